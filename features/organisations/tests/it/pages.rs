//! The pages of bodies as a browser sees them (ORG-2, X-3).

use otklik_access::Role;
use otklik_testkit::both;

use crate::common::{MIGRATIONS, World};

#[test]
fn org2_every_page_of_a_body_outside_the_scope_answers_404() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        world.person("glaz", "5400", &[(Role::MerObserver, "5400")]).await;
        let (far, near) = (world.body("2724").await, world.body("5401").await);
        let mut adm = world.signed_in("adm54").await;
        let mut eye = world.signed_in("glaz").await;
        for step in ["", "/edit", "/move", "/close", "/units/new"] {
            adm.get(&format!("/admin/bodies/{far}{step}")).await.expect(404).hides("ИФНС № 4");
            adm.get(&format!("/admin/bodies/{near}{step}")).await.expect(200).says("ИФНС № 1");
            eye.get(&format!("/admin/bodies/{near}{step}")).await.expect(if step.is_empty() {
                200
            } else {
                403
            });
        }
        for step in ["/edit", "/move", "/close", "/reopen", "/units/new", "/units/1", "/units/1/remove"] {
            let fields =
                [("parent_code", "5401"), ("reason", "так"), ("unit_name", "Отдел"), ("short_name", "Х")];
            adm.post(&format!("/admin/bodies/{far}{step}"), &fields).await.expect(404);
            eye.post(&format!("/admin/bodies/{near}{step}"), &fields).await.expect(403);
        }
        adm.get("/admin/bodies/nonsense").await.expect(404);
        eye.get("/admin/bodies/import").await.expect(403);
        let list = adm
            .get("/admin/bodies")
            .await
            .expect(200)
            .hides("УФНС 27")
            .hides("ФНС России")
            .hides("Правительство НСО");
        list.says("Всего 3; принимают посетителей 3; закрыто 0.");
        adm.get("/admin/bodies?q=ИФНС+№+4").await.expect(200).says("Ничего не нашлось");
        adm.get("/admin/bodies?region=54&kind=tax_region&level=regional&state=open")
            .await
            .expect(200)
            .says("УФНС 54")
            .hides("ИФНС № 1");
        // The card of an observer has no buttons that lead nowhere.
        let card = eye.get(&format!("/admin/bodies/{near}")).await.expect(200);
        card.hides("/edit")
            .hides("/recipients")
            .hides("/materials")
            .hides("/reopen")
            .says("/qr/5401/")
            .hides("ФНС России");
    });
}

#[test]
fn x3_a_wrong_form_keeps_what_was_typed_and_points_at_each_mistake() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let mut browser = world.signed_in("adm54").await;
        let page = browser.get("/admin/bodies/new?parent=5401").await.expect(200);
        page.says("name=\"parent_code\" type=\"text\" value=\"5401\"")
            .says("value=\"Asia/Novosibirsk\" selected");
        let fields = [
            ("parent_code", "5401"),
            ("code", "54/01"),
            ("short_name", "<b>Место</b>"),
            ("full_name", ""),
            ("kind", "mfc"),
            ("level", "local"),
            ("time_zone", "Asia/Novosibirsk"),
            ("latitude", "55"),
            ("office", "1"),
        ];
        let page = browser.post("/admin/bodies/new", &fields).await.expect(422).says("3 ошибки");
        let page = page
            .says("value=\"&#60;b&#62;Место&#60;/b&#62;\"")
            .says("value=\"mfc\" selected")
            .says("href=\"#code\"");
        page.says("href=\"#longitude\"").says("value=\"1\" checked");
        // Nothing is changed by a form without the session's token.
        let good = [
            ("parent_code", "5401"),
            ("code", "5401-9"),
            ("short_name", "Место"),
            ("full_name", "Место"),
            ("kind", "tax_workplace"),
            ("level", "local"),
            ("time_zone", "Asia/Novosibirsk"),
        ];
        browser.post_bare("/admin/bodies/new", &good).await.expect(403).says("Форма устарела");
        let forged: Vec<_> = good.into_iter().chain([("csrf", "0000")]).collect();
        browser.post_bare("/admin/bodies/new", &forged).await.expect(403);
        assert!(world.offices.current().find("5401-9").is_none());
        let to = browser.post("/admin/bodies/new", &good).await.expect(303);
        browser.get(to.location()).await.expect(200).says("Орган добавлен").says("нет");
        assert!(world.offices.current().find("5401-9").is_some());
        let edit = format!("/admin/bodies/{}/edit", world.body("5401-9").await);
        browser.get(&edit).await.expect(200).says("QR-коды перестанут работать");
        let changed: Vec<_> = good
            .into_iter()
            .filter(|(key, _)| *key != "short_name")
            .chain([("short_name", "Окно")])
            .collect();
        browser.post(&edit, &changed).await.expect(303);
        assert_eq!(world.offices.current().find("5401-9").unwrap().name, "Окно");
    });
}

#[test]
fn x3_names_of_every_kind_are_shown_and_none_is_run() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let rows = "5409;5401;<script>alert(1)</script>;\"\"\"><img src=x>\";mfc;local;54;Asia/Novosibirsk;\"' onload=\"\"x\"\"\";да\n";
        assert!(world.import(&crate::common::SYSTEM, rows, false).await.is_done);
        let mut browser = world.signed_in("adm54").await;
        let id = world.body("5409").await;
        for path in [
            "/admin/bodies",
            "/admin/bodies?q=img",
            &format!("/admin/bodies/{id}"),
            &format!("/admin/bodies/{id}/edit"),
            "/admin/people",
            "/admin/people/new",
        ] {
            browser.get(path).await.expect(200).hides("<script>alert").hides("<img");
        }
    });
}
