//! Reference data edited with history.

use axum::http::StatusCode;
use otklik_kernel::CivilDay;
use otklik_monitoring::reference::in_force::{KINDS, reference};
use otklik_monitoring::reference::store;
use otklik_progress::model::Status;

use crate::site::{DAY, Site, with};

pub const ONE: &str = "/admin/monitoring/records/one";

async fn name_on(site: &Site, day: CivilDay) -> String {
    let mut records = Vec::new();
    for kind in KINDS {
        records.extend(store::all(site.t.db.read(), kind).await.unwrap());
    }
    reference(records, day).unwrap().statuses.name(Status(6)).to_owned()
}

pub fn status(title: &str) -> Vec<(&'static str, String)> {
    let known = otklik_progress::reference::Records::built_in();
    let known = known.statuses.into_iter().find(|one| one.code == 6).unwrap();
    let item = |item: Option<u8>| item.map_or(String::new(), |item| item.to_string());
    vec![
        ("kind_of", "statuses".into()),
        ("name", "6".into()),
        ("code", "6".into()),
        ("title", title.into()),
        ("printed", known.name_ru),
        ("authority", item(known.authority_item)),
        ("mfc", item(known.mfc_item)),
        ("epgu", item(known.epgu_item)),
        ("vis", item(known.vis_item)),
        ("valid_from", "2026-11-21".into()),
        ("reason", "приказ № 1".into()),
        ("do", "set".into()),
    ]
}

pub fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[test]
fn mon6_a_status_is_renamed_from_a_day_on_with_its_history() {
    with(async |site| {
        let fields = status("Рассматривается");
        let fields = borrowed(&fields);
        let refused = site.post("near", ONE, &fields).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("участок охватывает всех");
        site.post("observer", ONE, &fields).await.expect(StatusCode::FORBIDDEN);
        site.post("administrator", ONE, &fields).await.expect(StatusCode::SEE_OTHER);
        let same = site.post("administrator", ONE, &fields).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        same.says("менять нечего");
        assert_ne!(name_on(&site, DAY.plus_days(-1)).await, "Рассматривается");
        assert_eq!(name_on(&site, DAY).await, "Рассматривается");
        let page = site.get("observer", &format!("{ONE}?kind=statuses&name=6")).await.expect(StatusCode::OK);
        page.says("приказ № 1").says("Рассматривается").hides("name=\"reason\"");
        let list = site.get("near", "/admin/monitoring/records?kind=statuses").await.expect(StatusCode::OK);
        list.says("Рассматривается");
        let back = [
            ("kind_of", "statuses"),
            ("name", "6"),
            ("code", "6"),
            ("valid_from", "2026-11-22"),
            ("reason", "отмена"),
            ("do", "built_in"),
        ];
        site.post("administrator", ONE, &back).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(name_on(&site, DAY).await, "Рассматривается");
        assert_ne!(name_on(&site, DAY.plus_days(1)).await, "Рассматривается");
        assert_eq!(site.journal().await, ["records.set", "records.set"]);
    });
}

#[test]
fn mon5_an_item_is_edited_with_history_and_stays_while_a_status_stands_for_it() {
    with(async |site| {
        let list = site.get("observer", "/admin/monitoring/records?kind=items").await.expect(StatusCode::OK);
        assert_eq!(list.text().matches("records/one?kind=items").count(), 103);
        list.says(">МФЦ 6a</a>");
        let page = format!("{ONE}?kind=items&name=mfc%2F6a");
        site.get("administrator", &page).await.expect(StatusCode::OK).says("value=\"mfc/6a\"");
        let fields = |code, action| {
            [
                ("kind_of", "items"),
                ("name", "mfc/6a"),
                ("code", code),
                ("title", "Заявитель подошёл к окну"),
                ("more", "Приём"),
                ("valid_from", "2026-11-21"),
                ("reason", "письмо № 2"),
                ("do", action),
            ]
        };
        let wrong = site.post("administrator", ONE, &fields("mfc/20", "set")).await;
        wrong.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Заявитель подошёл к окну");
        site.post("administrator", ONE, &fields("mfc/6a", "set")).await.expect(StatusCode::SEE_OTHER);
        let page = site.get("observer", &page).await.expect(StatusCode::OK);
        page.says("Заявитель подошёл к окну").says("письмо № 2");
        let off = site.post("administrator", ONE, &fields("mfc/6a", "off")).await;
        off.expect(StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn mon14_the_order_and_norms_are_edited_and_must_fit_the_statuses() {
    with(async |site| {
        let rule = |first: &'static str| {
            [
                ("kind_of", "order"),
                ("name", ""),
                ("code", "63"),
                ("title", "Консультация — одна"),
                ("printed", "one-consultation"),
                ("kind", "once"),
                ("first", first),
                ("scope", "process"),
                ("valid_from", "2026-11-01"),
                ("reason", "приказ"),
                ("do", "set"),
            ]
        };
        let refused = site.post("administrator", ONE, &rule("7777")).await;
        refused.expect(StatusCode::UNPROCESSABLE_ENTITY).says("перестаёт сходиться");
        site.post("administrator", ONE, &rule("1008")).await.expect(StatusCode::SEE_OTHER);
        let mut records = Vec::new();
        for kind in KINDS {
            records.extend(store::all(site.t.db.read(), kind).await.unwrap());
        }
        assert_eq!(records.len(), 1, "what was refused left nothing");
        let order = reference(records, DAY).unwrap().order;
        assert_eq!(order.rule(63).unwrap().title, "Консультация — одна");
        for kind in ["order", "norms", "holidays", "regions", "services", "own"] {
            site.get("administrator", &format!("/admin/monitoring/records?kind={kind}"))
                .await
                .expect(StatusCode::OK);
            site.get("administrator", &format!("{ONE}?kind={kind}&name=1/")).await;
        }
    });
}

#[test]
fn mon14_the_statuses_of_the_norm_of_waiting_are_shown_as_fixed() {
    with(async |site| {
        let page = site.get("administrator", &format!("{ONE}?kind=norms&name=waiting//")).await;
        page.expect(StatusCode::OK).says("Эти статусы не меняются").hides("name=\"first\"");
        let page = site.get("administrator", &format!("{ONE}?kind=norms&name=decision//")).await;
        page.expect(StatusCode::OK).says("name=\"first\"").hides("Эти статусы не меняются");
        let norm = [
            ("kind_of", "norms"),
            ("name", "waiting//"),
            ("code", "waiting"),
            ("title", "Ожидание — не дольше 10 минут"),
            ("amount", "10"),
            ("unit", "minutes"),
            ("valid_from", "2026-11-01"),
            ("reason", "приказ"),
        ];
        site.post("administrator", ONE, &norm).await.expect(StatusCode::SEE_OTHER);
        let rules = site.monitoring.hub.rules().await.unwrap();
        assert_eq!(rules.waiting().throughout(DAY, DAY), Some(600));
        let reference = site.monitoring.hub.reference(DAY).await.unwrap();
        let norm = reference.norms.get("waiting", "", "", DAY).unwrap();
        assert_eq!((norm.amount, &*norm.from, &*norm.to), (10, &[1003_i16][..], &[1004_i16][..]));
    });
}

#[test]
fn mon6_own_statuses_are_kept_per_sender_by_whoever_is_over_it() {
    with(async |site| {
        let (id, _) = site.sender("r27", "2700", "whole").await;
        let fields = |sender: String| {
            vec![
                ("kind_of", "own".to_owned()),
                ("name", format!("{sender}/")),
                ("variant", "В работе".into()),
                ("first", "6".into()),
                ("valid_from", "2026-11-01".into()),
                ("reason", "письмо".into()),
            ]
        };
        let fields = fields(id.to_string());
        site.post("far", ONE, &borrowed(&fields)).await.expect(StatusCode::NOT_FOUND);
        // A status that there isn't would make every row of the sender wrong.
        let unknown: Vec<_> = borrowed(&fields)
            .into_iter()
            .map(|(name, value)| (name, if name == "first" { "9999" } else { value }))
            .collect();
        site.post("near", ONE, &unknown)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Такого статуса нет");
        site.post("near", ONE, &borrowed(&fields)).await.expect(StatusCode::SEE_OTHER);
        let list = format!("/admin/monitoring/records?kind=own&sender={id}");
        site.get("near", &list).await.expect(StatusCode::OK).says("В работе");
        site.get("far", &list).await.expect(StatusCode::NOT_FOUND);
        let first = "/admin/monitoring/records?kind=own";
        site.get("near", first).await.expect(StatusCode::OK).says("В работе");
        site.get("far", first).await.expect(StatusCode::OK).hides("В работе");
        let one = format!("{ONE}?kind=own&name={id}%2F%D0%92%20%D1%80%D0%B0%D0%B1%D0%BE%D1%82%D0%B5");
        site.get("near", &one).await.expect(StatusCode::OK).says("письмо");
        site.get("far", &one).await.expect(StatusCode::NOT_FOUND);
    });
}

#[test]
fn mon14_a_change_says_what_it_leaves_until_a_rebuild() {
    with(async |site| {
        const COMMAND: &str = "otklik monitoring rebuild";
        for (kind, is_derived) in [("order", true), ("norms", true), ("holidays", true), ("statuses", false)]
        {
            let page = site.get("administrator", &format!("{ONE}?kind={kind}")).await.expect(StatusCode::OK);
            assert_eq!(page.text().contains(COMMAND), is_derived, "{kind}");
            // Who may not change it isn't told what a change would do.
            let page = site.get("observer", &format!("{ONE}?kind={kind}")).await.expect(StatusCode::OK);
            page.hides(COMMAND);
        }
        let day = [
            ("kind_of", "holidays"),
            ("name", ""),
            ("code", "2026-11-23"),
            ("kind", "no"),
            ("valid_from", "2026-11-01"),
            ("reason", "указ"),
            ("do", "set"),
        ];
        let saved = site.post("administrator", ONE, &day).await.expect(StatusCode::SEE_OTHER);
        let page = site.get("administrator", &saved.location).await.expect(StatusCode::OK);
        page.says("показатели ранее принятых заявлений пересчитает оператор");
        let fields = status("Рассматривается");
        let saved = site.post("administrator", ONE, &borrowed(&fields)).await.expect(StatusCode::SEE_OTHER);
        let page = site.get("administrator", &saved.location).await.expect(StatusCode::OK);
        page.says("Изменение записано.").hides(COMMAND);
    });
}
