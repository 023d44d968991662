//! Accounts and roles: scope, and that nobody gains rights above their own (ORG-2, ORG-4).

use otklik_access::Role;
use otklik_kernel::Id;
use otklik_organisations::people::store;
use otklik_testkit::both;

use crate::common::{MIGRATIONS, PASSWORD, SYSTEM, World};

const ADMIN: Role = Role::Administrator;

async fn hash(world: &World, id: Id) -> String {
    store::password_hash(world.t.db.read(), id).await.unwrap().unwrap()
}

#[test]
fn org2_people_outside_the_scope_dont_exist() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        world.person("kassir", "5401", &[(Role::ResponsibleEmployee, "5401")]).await;
        let far = world.person("dalniy", "2724", &[(ADMIN, "2724"), (Role::UnitHead, "5401")]).await;
        let mut browser = world.signed_in("adm54").await;
        let page =
            browser.get("/admin/people").await.expect(200).says("kassir").says("adm54").hides("dalniy");
        page.says("Ответственный сотрудник").says("2 записи");
        browser.get("/admin/people?q=KASSIR").await.expect(200).says("kassir").hides("Сотрудник adm54</a>");
        browser
            .get("/admin/people?role=responsible_employee")
            .await
            .expect(200)
            .says("kassir")
            .says("1 запись");
        browser.get("/admin/people?role=unit_head").await.expect(200).says("Никто не нашёлся");
        browser.get("/admin/people?body=5401").await.expect(200).says("kassir").says("1 запись");
        browser.get("/admin/people?body=2724").await.expect(422).hides("dalniy").says("Такого органа нет");
        let before = hash(&world, far).await;
        let card = format!("/admin/people/{far}");
        for path in
            [card.clone(), format!("{card}/edit"), "/admin/people/1".to_owned(), "/admin/people/x".to_owned()]
        {
            browser.get(&path).await.expect(404).hides("dalniy");
        }
        let body = world.body("2724").await.to_string();
        for step in ["edit", "grant", "withdraw", "password", "unlock", "disable", "enable", "sessions/end"] {
            let fields = [
                ("role", "administrator"),
                ("body", body.as_str()),
                ("role_body", "5401"),
                ("login", "moj"),
                ("name", "Я"),
            ];
            browser.post(&format!("{card}/{step}"), &fields).await.expect(404);
        }
        assert_eq!(before, hash(&world, far).await);
        // Neither does the page exist for those who don't keep people.
        world.signed_in("kassir").await.get("/admin/people").await.expect(403);
    });
}

#[test]
fn org4_nobody_takes_over_an_account_with_roles_above_their_own() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        // They work in the region, but administer the whole service, or a part of the neighbour region.
        let above = world.person("fed", "5401", &[(ADMIN, "0000")]).await;
        let beside =
            world.person("sosed", "5401", &[(Role::UnitHead, "5401"), (Role::UnitHead, "2724")]).await;
        let mut browser = world.signed_in("adm54").await;
        for (id, login) in [(above, "fed"), (beside, "sosed")] {
            let (card, before) = (format!("/admin/people/{id}"), hash(&world, id).await);
            browser
                .get(&card)
                .await
                .expect(200)
                .says("Ещё ролей вне ваших прав: 1")
                .hides("ФНС России")
                .hides("ИФНС № 4");
            for step in ["password", "disable", "unlock", "enable"] {
                let answer = browser.post(&format!("{card}/{step}"), &[]).await.expect(422);
                answer.says("есть роли в органах вне ваших прав");
            }
            let fields = [("login", "moj"), ("name", "Я"), ("body", "5401"), ("email", "ya@office.example")];
            browser.post(&format!("{card}/edit"), &fields).await.expect(422).says("вне ваших прав");
            assert_eq!(before, hash(&world, id).await);
            let person = store::find(world.t.db.read(), &SYSTEM, id).await.unwrap().unwrap();
            assert!(person.fields.login == login && person.disabled_at.is_none() && !person.must_change);
            world.browser().sign_in(login, PASSWORD).await.expect(303);
        }
        // The role outside can't be withdrawn; the one inside can.
        let outside = world.body("2724").await.to_string();
        let fields = [("role", "unit_head"), ("body", outside.as_str())];
        browser.post(&format!("/admin/people/{beside}/withdraw"), &fields).await.expect(404);
        let inside = world.body("5401").await.to_string();
        let fields = [("role", "unit_head"), ("body", inside.as_str())];
        browser.post(&format!("/admin/people/{beside}/withdraw"), &fields).await.expect(303);
        assert_eq!(store::grants(world.t.db.read(), &SYSTEM, beside).await.unwrap().len(), 1);
        // Whoever administers the top may do all of it.
        world.person("top", "0000", &[(ADMIN, "0000")]).await;
        let mut top = world.signed_in("top").await;
        top.post(&format!("/admin/people/{above}/password"), &[]).await.expect(200).says("Временный пароль:");
        world.browser().sign_in("fed", PASSWORD).await.expect(422);
    });
}

#[test]
fn org4_roles_are_given_only_on_bodies_of_the_scope_and_count_at_once() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let me = world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        let id = world.person("novyj", "5401", &[]).await;
        let mut browser = world.signed_in("adm54").await;
        let mut theirs = world.signed_in("novyj").await;
        theirs.get("/admin/bodies").await.expect(403);
        let grant = format!("/admin/people/{id}/grant");
        for body in ["0000", "2724", "ФНС России"] {
            let fields = [("role", "administrator"), ("role_body", body)];
            browser.post(&grant, &fields).await.expect(422).says("Такого органа нет");
            browser.post(&format!("/admin/people/{me}/grant"), &fields).await.expect(422);
        }
        browser
            .post(&grant, &[("role", "tsar"), ("role_body", "5401")])
            .await
            .expect(422)
            .says("Выберите роль");
        browser
            .post(&grant, &[("role", "head"), ("role_body", "ИФНС")])
            .await
            .expect(422)
            .says("5401 — ИФНС № 1");
        let fields = [("role", "responsible_employee"), ("role_body", "5401")];
        browser.post(&grant, &fields).await.expect(303);
        let (action, body, payload) = world.last_entry().await;
        assert_eq!((action.as_str(), body), ("people.grant", Some(world.body("5401").await)));
        assert!(payload.contains("responsible_employee"));
        let before = world.journal().await.len();
        browser.post(&grant, &fields).await.expect(303);
        assert_eq!(world.journal().await.len(), before, "a role that is there already is no change");
        theirs.get("/admin/bodies").await.expect(200).says("ИФНС № 1").hides("ИФНС № 2").hides("УФНС 54");
        let office = world.body("5401").await.to_string();
        let fields = [("role", "responsible_employee"), ("body", office.as_str())];
        browser.post(&format!("/admin/people/{id}/withdraw"), &fields).await.expect(303);
        theirs.get("/admin/bodies").await.expect(403);
    });
}

#[test]
fn org4_an_administrator_doesnt_lock_themselves_out() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let me = world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        let mut browser = world.signed_in("adm54").await;
        let card = format!("/admin/people/{me}");
        browser
            .post(&format!("{card}/disable"), &[])
            .await
            .expect(422)
            .says("Свою учётную запись отключить нельзя");
        browser.post(&format!("{card}/password"), &[]).await.expect(422).says("Моя учётная запись");
        let body = world.body("5400").await.to_string();
        let fields = [("role", "administrator"), ("body", body.as_str())];
        browser
            .post(&format!("{card}/withdraw"), &fields)
            .await
            .expect(422)
            .says("последняя роль администратора");
        browser.get(&card).await.expect(200).says("Это ваша учётная запись");
        // With a second one the first can go.
        browser
            .post(&format!("{card}/grant"), &[("role", "administrator"), ("role_body", "5401")])
            .await
            .expect(303);
        browser.post(&format!("{card}/withdraw"), &fields).await.expect(303);
        browser.get("/admin/people").await.expect(200).hides("Сотрудник adm54</a>");
    });
}

#[test]
fn org3_a_new_account_gets_a_temporary_password_that_is_shown_once() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        let mut browser = world.signed_in("adm54").await;
        browser.get("/admin/people/new").await.expect(200).says("value=\"5400\"");
        let fields = [
            ("name", "Новый сотрудник"),
            ("login", "Novyj@Office.example"),
            ("body", "5401"),
            ("position", "Инспектор"),
            ("phone", "+7 383 000-00-00"),
            ("email", "novyj@office.example"),
            ("role", "responsible_employee"),
        ];
        let answer = browser.post("/admin/people/new", &fields).await.expect(200);
        let at = answer.text.find("<strong><code>").unwrap() + "<strong><code>".len();
        let password = answer.text[at..at + 19].to_owned();
        browser.post("/admin/people/new", &fields).await.expect(422).says("уже занято");
        let page = world.browser().sign_in("novyj@office.example", &password).await.expect(200);
        page.says("Задайте свой пароль");
        assert_eq!(world.journal().await.iter().filter(|action| *action == "people.create").count(), 1);
        // What was wrong is named beside its field, and everything typed stays.
        let fields = [
            ("name", ""),
            ("login", "a b"),
            ("body", "2724"),
            ("position", "Глава\r\nBcc: x"),
            ("phone", "звонить"),
            ("email", "a@office.example\r\nBcc: b@evil.example"),
            ("role", "tsar"),
        ];
        let answer = browser.post("/admin/people/new", &fields).await.expect(422);
        let answer = answer
            .says("6 ошибок")
            .says("name=\"phone\" type=\"text\" value=\"звонить\"")
            .says("Bcc: b@evil.example");
        for wrong in
            ["name-error", "login-error", "body-error", "position-error", "email-error", "role-error"]
        {
            assert!(answer.text.contains(wrong), "{wrong}");
        }
    });
}

#[test]
fn org3_resetting_and_disabling_end_sessions_at_once() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        let id = world.person("kassir", "5401", &[(Role::ResponsibleEmployee, "5401")]).await;
        let card = format!("/admin/people/{id}");
        let mut browser = world.signed_in("adm54").await;
        let mut theirs = world.signed_in("kassir").await;
        let number = browser.get(&card).await.expect(200).says("Firefox, Linux").hidden("session");
        browser.post(&format!("{card}/sessions/end"), &[("session", &number)]).await.expect(303);
        theirs.get("/admin/account").await.expect(303);
        browser.post(&format!("{card}/sessions/end"), &[("session", &number)]).await.expect(404);

        let mut theirs = world.signed_in("kassir").await;
        browser.post(&format!("{card}/disable"), &[]).await.expect(303);
        theirs.get("/admin/account").await.expect(303);
        world.browser().sign_in("kassir", PASSWORD).await.expect(422).says("Учётная запись отключена");
        world.browser().sign_in("kassir", "не тот пароль вовсе").await.expect(422).says("не подходит");
        browser.post(&format!("{card}/enable"), &[]).await.expect(303);

        let mut theirs = world.signed_in("kassir").await;
        for _ in 0..5 {
            world.browser().sign_in("kassir", "не тот пароль вовсе").await.expect(422);
        }
        browser.get(&card).await.expect(200).says("Вход закрыт");
        browser.post(&format!("{card}/unlock"), &[]).await.expect(303);
        browser.post(&format!("{card}/password"), &[]).await.expect(200).says("Временный пароль:");
        theirs.get("/admin/account").await.expect(303);
        browser.get(&card).await.expect(200).hides("<strong><code>");
        let journal = world.journal().await;
        for action in [
            "sessions.end",
            "people.disable",
            "people.enable",
            "people.lock",
            "people.unlock",
            "people.reset_password",
        ] {
            assert!(journal.iter().any(|done| done == action), "{action}");
        }
    });
}

#[test]
fn org8_a_person_is_changed_and_moves_to_a_unit_of_their_body() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(ADMIN, "5400")]).await;
        let id = world.person("kassir", "5401", &[]).await;
        let one = world.body("5401").await;
        let mut browser = world.signed_in("adm54").await;
        browser
            .post(
                &format!("/admin/bodies/{one}/units/new"),
                &[("unit_name", "Отдел работы с людьми"), ("quality", "1")],
            )
            .await
            .expect(303);
        let units = otklik_organisations::units::store::of(world.t.db.read(), &SYSTEM, one).await.unwrap();
        let unit = units[0].id.to_string();
        let path = format!("/admin/people/{id}/edit");
        browser.get(&path).await.expect(200).says("Отдел работы с людьми");
        let fields = |body: &'static str| {
            [
                ("login", "kassir"),
                ("name", "Кассир"),
                ("body", body),
                ("unit", unit.as_str()),
                ("position", "Старший"),
            ]
        };
        browser.post(&path, &fields("5402")).await.expect(422).says("Это подразделение другого органа");
        browser.post(&path, &fields("5401")).await.expect(303);
        let person = store::find(world.t.db.read(), &SYSTEM, id).await.unwrap().unwrap();
        assert_eq!((person.fields.body, person.fields.unit), (one, Some(units[0].id)));
        let (action, body, payload) = world.last_entry().await;
        assert_eq!((action.as_str(), body), ("people.change", Some(one)));
        assert!(payload.contains("Сотрудник kassir") && payload.contains("Старший"));
        browser
            .get(&format!("/admin/bodies/{one}"))
            .await
            .expect(200)
            .says("Кассир")
            .says("Старший")
            .says("качество");
    });
}
