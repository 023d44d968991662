//! The two mandatory recipients of an office (QR-7), and the hint of an address (QR-8).

use axum::http::StatusCode;
use otklik_access::{Permission, Role, Scope};
use otklik_journal::{Filter, list};
use otklik_notifications::mandatory::{Duty, mandatory};
use otklik_notifications::read::{self, Missing};
use otklik_organisations::people::{self, PersonFields};
use otklik_testkit::caller;
use otklik_web::csrf_token;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::page::{Answer, path};
use crate::world::{NEIGHBOUR, OFFICE, REGION, World, world};

const SYSTEM: Scope = Scope::system("a test looks at everything");
const DEPUTY: &str = "заместитель руководителя";
const HEAD: &str = "начальник подразделения";

impl World {
    async fn mark(&self, who: &str, deputy: &str, head: &str) -> Answer {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let csrf = csrf_token(&self.ctx, who);
        let form = format!("csrf={csrf}&deputy_head={}&unit_head={}", encoded(deputy), encoded(head));
        self.post_to(who, &format!("{}/mandatory", path(OFFICE)), form).await
    }

    async fn marks(&self) -> [Option<String>; 2] {
        let marks = mandatory(self.t.db.read(), OFFICE).await.unwrap();
        Duty::ALL.map(|duty| marks.get(duty).map(ToOwned::to_owned))
    }
}

/// Whether the page says that somebody isn't marked.
fn lacks(answer: &Answer) -> [bool; 2] {
    let text = answer.text.to_lowercase();
    let told = text.split("не отмечены:").nth(1).map(|rest| rest.split("</ul>").next().unwrap().to_owned());
    [DEPUTY, HEAD].map(|who| told.as_ref().is_some_and(|told| told.contains(who)))
}

#[test]
fn qr7_marks_are_chosen_among_the_saved_addresses_and_an_address_that_goes_loses_its_mark() {
    world(async |w| {
        let page = w.get("responsible", &path(OFFICE)).await;
        assert!(
            page.text.contains("Сначала сохраните адреса") && !page.text.contains("name=\"deputy_head\"")
        );
        w.save("zam@x.ru, Otdel@X.ru, third@x.ru").await;
        assert_eq!(lacks(&w.get("responsible", &path(OFFICE)).await), [true, true]);

        let answer = w.mark("responsible", "zam@x.ru", "").await;
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (StatusCode::SEE_OTHER, &*format!("{}?done=marked", path(OFFICE)))
        );
        let page = w.get("responsible", &answer.location).await;
        assert!(page.text.contains("Отметки сохранены."));
        assert_eq!(lacks(&page), [false, true]);
        let key = otklik_mail::EmailAddress::parse("Otdel@X.ru").unwrap().key().to_owned();
        assert_eq!(w.mark("responsible", "zam@x.ru", &key).await.status, StatusCode::SEE_OTHER);
        assert_eq!(lacks(&w.get("responsible", &path(OFFICE)).await), [false, false]);
        assert_eq!(w.marks().await, [Some("zam@x.ru".into()), Some(key.clone())]);

        // One address for both, or one that isn't in the list, changes nothing and is pointed out by itself.
        let answer = w.mark("responsible", "third@x.ru", "third@x.ru").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text.contains("id=\"unit_head-error\"")
                && !answer.text.contains("id=\"deputy_head-error\"")
        );
        assert_eq!(answer.text.matches("value=\"third@x.ru\" selected").count(), 2, "what was chosen stays");
        let answer = w.mark("responsible", "gone@x.ru", "third@x.ru").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text.contains("id=\"deputy_head-error\"")
                && !answer.text.contains("id=\"unit_head-error\"")
        );
        assert_eq!(w.mark("neighbour", "zam@x.ru", "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(w.mark("observer", "zam@x.ru", "").await.status, StatusCode::FORBIDDEN);
        assert_eq!(w.marks().await, [Some("zam@x.ru".into()), Some(key.clone())]);

        // In another order and in other letters it is the same address.
        w.save("third@x.ru, otdel@x.ru, ZAM@x.ru").await;
        let kept = w.marks().await;
        w.save("third@x.ru, zam@x.ru").await;
        assert_eq!(w.marks().await, [kept[0].clone(), None], "the address has gone, and so has its mark");
        w.save("third@x.ru, zam@x.ru, otdel@x.ru").await;
        assert_eq!(w.marks().await[1], None, "coming back it is nobody's");

        let entries = list(w.t.db.read(), &SYSTEM, &Filter::default()).await.unwrap().rows;
        let marks: Vec<_> = entries.iter().filter(|entry| entry.action == "recipients.mark").collect();
        assert!(marks.iter().all(|entry| entry.body == Some(OFFICE) && entry.actor == "login11"));
        let newest = marks[0].change.as_ref().unwrap();
        assert!(newest.before.to_string().contains(&key), "{}", newest.before);
        assert!(newest.after.to_string().contains("\"unit_head\":null"), "{}", newest.after);
    });
}

#[test]
fn qr7_the_office_and_the_levels_above_see_where_a_mandatory_recipient_is_missing() {
    world(async |w| {
        w.save("zam@x.ru, otdel@x.ru").await;
        w.mark("responsible", "zam@x.ru", "").await;
        let missing = async |role: Role, body| {
            let scope = caller(1, &[(role, body)]).scope(Permission::ReadBodies);
            let mut found = read::missing(w.t.db.read(), &scope).await.unwrap();
            found.sort_by_key(|office| office.body);
            found
        };
        let office = Missing { body: OFFICE, deputy_head: false, unit_head: true, everybody: false };
        let region = Missing { body: REGION, deputy_head: true, unit_head: true, everybody: true };
        assert_eq!(missing(Role::Head, OFFICE).await, [office]);
        assert_eq!(missing(Role::Head, REGION).await, [region, office], "the level above sees both");
        assert_eq!(missing(Role::Head, NEIGHBOUR).await.len(), 1);
        assert!(missing(Role::TechnicalOperator, REGION).await.is_empty());

        let page = w.get("observer", "/admin/recipients").await;
        assert!(page.text.contains("УФНС по Хабаровскому краю") && !page.text.contains("Московской"));
        let card = format!("href=\"/admin/bodies/{OFFICE}\"");
        assert!(page.text.contains(&card), "who may not mend it is led to the card");
        let page = w.get("responsible", "/admin/recipients").await;
        assert!(page.text.contains(&format!("href=\"{}#mandatory\"", path(OFFICE))), "{}", page.text);
        assert!(!page.text.contains("Хабаровскому"));
        for (query, shown) in [
            ("lack=unit_head", [true, true]),
            ("lack=deputy_head", [true, false]),
            ("lack=everybody", [true, false]),
            ("q=2724", [false, true]),
            ("q=zzz", [false, false]),
        ] {
            let page = w.get("observer", &format!("/admin/recipients?{query}")).await;
            let found =
                ["УФНС по Хабаровскому", "ИФНС по Индустриальному"].map(|name| page.text.contains(name));
            assert_eq!(found, shown, "{query}");
        }
        w.mark("responsible", "zam@x.ru", "otdel@x.ru").await;
        assert!(missing(Role::Head, OFFICE).await.is_empty());
        let page = w.get("responsible", "/admin/recipients").await;
        assert!(page.text.contains("Обязательные получатели отмечены везде"));
    });
}

#[test]
fn qr12_a_recipient_is_linked_to_the_account_of_the_office_with_the_same_address() {
    world(async |w| {
        let now = w.ctx.now();
        let tx = w.t.db.begin().await.unwrap();
        for (id, body, login, email) in [
            (71, OFFICE, "zam", "ZAM@X.ru"),
            (72, NEIGHBOUR, "other", "otdel@x.ru"),
            (73, OFFICE, "none", ""),
        ] {
            let fields = PersonFields {
                login: login.into(),
                name: format!("Сотрудник {id}"),
                email: email.into(),
                body,
                ..PersonFields::default()
            };
            people::add(&tx, id, &fields, "", false, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        w.save("zam@x.ru, otdel@x.ru").await;
        w.mark("responsible", "zam@x.ru", "otdel@x.ru").await;
        let found = read::recipients(w.t.db.read(), &SYSTEM, OFFICE).await.unwrap();
        let short: Vec<_> = found.iter().map(|one| (one.address.as_str(), one.duty, one.person)).collect();
        let expected =
            [("zam@x.ru", Some(Duty::DeputyHead), Some(71)), ("otdel@x.ru", Some(Duty::UnitHead), None)];
        assert_eq!(short, expected);
        let page = w.get("responsible", &path(OFFICE)).await;
        assert!(page.text.contains("zam@x.ru — Сотрудник 71"), "{}", page.text);
        let scope = caller(1, &[(Role::Administrator, NEIGHBOUR)]).scope(Permission::ManageRecipients);
        assert!(read::recipients(w.t.db.read(), &scope, OFFICE).await.unwrap().is_empty());
    });
}

#[test]
fn qr8_the_offices_usual_address_is_put_into_the_field_without_a_script_and_saves_nothing() {
    world(async |w| {
        const USUAL: &str = "vashkontrol2724@r27.nalog.ru";
        let page = w.get("responsible", &path(OFFICE)).await;
        assert!(page.text.contains(&format!("Обычный вид адреса вашего органа: {USUAL}.")));
        assert!(page.text.contains("Подставить обычный адрес"));
        let csrf = csrf_token(&w.ctx, "responsible");
        let insert = async |typed: &str| {
            let typed = utf8_percent_encode(typed, NON_ALPHANUMERIC);
            let form = format!("csrf={csrf}&insert=1&recipients={typed}");
            w.post_to("responsible", &path(OFFICE), form).await
        };
        for (typed, field) in [
            ("", USUAL.to_owned()),
            ("a@x.ru, не адрес", format!("a@x.ru, не адрес, {USUAL}")),
            ("a@x.ru;\n", format!("a@x.ru; {USUAL}")),
            ("VASHKONTROL2724@r27.nalog.ru", "VASHKONTROL2724@r27.nalog.ru".to_owned()),
        ] {
            let answer = insert(typed).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(answer.text.contains(&format!(">\n{field}</textarea>")), "{field}: {}", answer.text);
            assert!(answer.text.contains("ещё не сохранён") && !answer.text.contains("Подставить "));
        }
        assert!(w.saved().await.is_empty());
        w.save(USUAL).await;
        assert!(!w.get("responsible", &path(OFFICE)).await.text.contains("Подставить "));
    });
}
