//! Senders: what is agreed, tokens, who may.

use axum::http::StatusCode;
use otklik_kernel::Instant;
use otklik_monitoring::senders::store;

use crate::site::{DAY, NEAR, SYSTEM, with};

const FIELDS: [(&str, &str); 9] = [
    ("code", "r27"),
    ("name", "Хабаровский край"),
    ("body", "2700"),
    ("policy", "good_rows"),
    ("least", "1"),
    ("most", "10"),
    ("due_hours", "36"),
    ("since", "2026-11-01"),
    ("until", ""),
];

#[test]
fn mon6_a_sender_is_added_and_changed_within_the_scope_and_journaled() {
    with(async |site| {
        let new = "/admin/monitoring/senders/new";
        let added = site.post("near", new, &FIELDS).await.expect(StatusCode::SEE_OTHER);
        let page = added.location.split('?').next().unwrap().to_owned();
        let conn = site.t.db.read();
        let sender = store::find_by_code(conn, &SYSTEM, "r27").await.unwrap().unwrap();
        assert_eq!((sender.fields.body, sender.fields.marks), (NEAR, (1, 10)));
        assert_eq!(sender.fields.zone.name(), "Europe/Moscow", "the body's where none is typed");
        site.get("near", &page).await.expect(StatusCode::OK).says("Хабаровский край");
        site.get("far", &page).await.expect(StatusCode::NOT_FOUND);
        site.get("officer", &page).await.expect(StatusCode::FORBIDDEN);
        site.get("officer", "/admin/monitoring/senders").await.expect(StatusCode::OK).says("r27");
        site.get("far", "/admin/monitoring/senders").await.expect(StatusCode::OK).hides("r27");
        // The code is somebody's already, the body is another region's.
        let far = FIELDS.map(|(name, value)| if name == "body" { (name, "6900") } else { (name, value) });
        let refused = site.post("near", new, &far).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("занят").says("вне вашего участка");
        let turned = FIELDS.map(|(name, value)| match name {
            "least" => (name, "10"),
            "until" => (name, "2026-10-01"),
            _ => (name, value),
        });
        let refused = site.post("near", &page, &turned).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("больше наименьшей").says("раньше первого");
        let changed = FIELDS.map(|(name, value)| if name == "name" { (name, "Край") } else { (name, value) });
        site.post("near", &page, &changed).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(store::find_by_code(conn, &SYSTEM, "r27").await.unwrap().unwrap().fields.name, "Край");
        assert_eq!(site.journal().await, ["senders.create", "senders.change"]);
    });
}

#[test]
fn mon12_what_is_agreed_anew_leaves_earlier_days_as_they_were() {
    with(async |site| {
        let (id, _) = site.sender("r27", "2700", "whole").await;
        let page = format!("/admin/monitoring/senders/{id}");
        site.get("near", &page).await.expect(StatusCode::OK).hides("class=\"history\"");
        let sender = async || store::find(site.t.db.read(), &SYSTEM, id).await.unwrap().unwrap();
        let due = sender().await.due(DAY);
        assert!(sender().await.history.is_empty());
        // It is the 22nd: its data are due later from now on, those of the 21st are not.
        site.post("near", &page, &FIELDS).await.expect(StatusCode::SEE_OTHER);
        let changed = sender().await;
        assert_eq!(changed.due(DAY), due);
        assert_eq!(changed.due(DAY.plus_days(1)), due.plus(48 * Instant::HOUR));
        assert_eq!((changed.on(DAY).marks, changed.on(DAY.plus_days(1)).marks), ((1, 5), (1, 10)));
        let shown = site.get("near", &page).await.expect(StatusCode::OK);
        shown.says("С начала:").says("оценки от 1 до 5").says("С 22.11.2026:").says("оценки от 1 до 10");
        // Once more on the same day: the last word of a day counts; a new name is no other agreement.
        let later =
            FIELDS.map(|(name, value)| if name == "due_hours" { (name, "24") } else { (name, value) });
        site.post("near", &page, &later).await.expect(StatusCode::SEE_OTHER);
        let named = later.map(|(name, value)| if name == "name" { (name, "Край") } else { (name, value) });
        site.post("near", &page, &named).await.expect(StatusCode::SEE_OTHER);
        let changed = sender().await;
        assert_eq!((changed.history.len(), changed.due(DAY.plus_days(1))), (2, due.plus(36 * Instant::HOUR)));
    });
}

#[test]
fn mon10_a_token_is_shown_once_and_the_one_before_ends() {
    with(async |site| {
        let (id, first) = site.sender("r27", "2700", "whole").await;
        let page = format!("/admin/monitoring/senders/{id}");
        let shown = site.post("near", &format!("{page}/token"), &[]).await.expect(StatusCode::OK);
        let second =
            shown.text().split_once("class=\"token\">").unwrap().1.split_once('<').unwrap().0.to_owned();
        assert!(second.len() >= 40 && second != first);
        site.get("near", &page).await.expect(StatusCode::OK).hides(&second);
        let list = "/api/v1/monitoring/deliveries/1";
        site.ask(&first, list).await.expect(StatusCode::UNAUTHORIZED);
        site.ask(&second, list).await.expect(StatusCode::NOT_FOUND);
        site.post("far", &format!("{page}/token/end"), &[]).await.expect(StatusCode::NOT_FOUND);
        site.post("near", &format!("{page}/token/end"), &[]).await.expect(StatusCode::SEE_OTHER);
        site.ask(&second, list).await.expect(StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn mon6_only_those_who_may_add_senders_are_told_to_add_them() {
    with(async |site| {
        let page = site.get("near", "/admin/monitoring").await.expect(StatusCode::OK);
        page.says("Сначала добавьте отправителей");
        for who in ["officer", "observer"] {
            let page = site.get(who, "/admin/monitoring").await.expect(StatusCode::OK);
            page.says("обратитесь к нему").hides("Сначала добавьте");
        }
    });
}
