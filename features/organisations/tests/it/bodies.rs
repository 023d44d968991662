//! The tree: adding, changing, moving, closing, and who sees what (ORG-1, ORG-2).

use otklik_access::{Permission, Role, closure};
use otklik_organisations::bodies::check::Raw;
use otklik_organisations::bodies::{change, close, create, list, pick, relocate};
use otklik_organisations::refusal::{Refusal, Wrong};
use otklik_organisations::store;
use otklik_testkit::both;

use crate::common::{MIGRATIONS, SYSTEM, World};

fn raw(code: &str, parent: &str) -> Raw {
    let mut raw = Raw::default();
    for (column, value) in [
        ("code", code),
        ("parent_code", parent),
        ("full_name", "Обособленное место"),
        ("short_name", "Место"),
        ("kind", "tax_workplace"),
        ("level", "local"),
        ("time_zone", "Asia/Novosibirsk"),
        ("office", "да"),
    ] {
        raw.set(column, value);
    }
    raw
}

fn reason<T: std::fmt::Debug>(done: Result<T, Refusal>) -> (&'static str, Wrong) {
    match done {
        Err(Refusal::Wrong(mut mistakes)) => {
            let mistake = mistakes.remove(0);
            (mistake.field, mistake.what)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn org1_a_body_is_added_within_the_scope_and_its_code_is_its_own() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let adm = world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let caller = world.caller(adm).await;
        let (db, scope, act) = (&world.t.db, caller.scope(Permission::ManageBodies), world.act_of(&caller));
        let id = create::create(db, &scope, &act, &raw("5401-1", "5401")).await.unwrap();
        let body = store::find(db.read(), &scope, id).await.unwrap().unwrap();
        assert_eq!(body.parent, Some(world.body("5401").await));
        assert!(closure::is_under(db.read(), id, world.body("0000").await).await.unwrap());
        let (action, entry_body, payload) = world.last_entry().await;
        assert_eq!((action.as_str(), entry_body), ("bodies.create", Some(id)));
        assert!(payload.contains("Обособленное место"));
        let tried = async |code: &str, parent: &str| {
            reason(create::create(db, &scope, &act, &raw(code, parent)).await)
        };
        assert_eq!(tried("5401-1", "5401").await, ("code", Wrong::Taken));
        // Also a code of a body that isn't seen from here.
        assert_eq!(tried("NSO", "5401").await, ("code", Wrong::TakenInOtherCase("nso".to_owned())));
        for outside in ["0000", "2724", "nso", "9999"] {
            assert_eq!(tried("5401-2", outside).await, ("parent_code", Wrong::NoBody));
        }
        assert_eq!(tried("5401-2", "").await, ("parent_code", Wrong::Empty));
        let (field, what) = tried("5401-2", "ИФНС").await;
        assert!(matches!((field, what), ("parent_code", Wrong::ManyBodies(found)) if found.len() == 2));
        let found = pick::body(db.read(), &scope, "parent_code", "елочная").await.unwrap();
        assert_eq!(found.fields.code, "5401");
    });
}

#[test]
fn org1_a_change_is_written_down_with_what_it_was() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let (db, id) = (&world.t.db, world.body("5401").await);
        let body = store::find(db.read(), &SYSTEM, id).await.unwrap().unwrap();
        let mut raw = Raw::of(&body.fields, "");
        assert!(!change::change(db, &SYSTEM, &world.act(), id, &raw).await.unwrap());
        raw.set("short_name", "ИФНС № 1 по городу");
        raw.set("latitude", "55,03");
        raw.set("longitude", "82.92");
        assert!(change::change(db, &SYSTEM, &world.act(), id, &raw).await.unwrap());
        let (action, _, payload) = world.last_entry().await;
        assert_eq!(action, "bodies.change");
        assert_eq!(
            payload,
            r#"{"after":{"latitude":"55.03","longitude":"82.92","short_name":"ИФНС № 1 по городу"},"before":{"latitude":"","longitude":"","short_name":"ИФНС № 1"}}"#
        );
        raw.set("code", "5402");
        assert_eq!(reason(change::change(db, &SYSTEM, &world.act(), id, &raw).await), ("code", Wrong::Taken));
        raw.set("code", "54 01");
        assert_eq!(reason(change::change(db, &SYSTEM, &world.act(), id, &raw).await), ("code", Wrong::Code));
    });
}

#[test]
fn org2_moving_a_body_changes_who_sees_it_and_never_makes_a_ring() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let (db, id) = (&world.t.db, world.body("5400").await);
        let far = world.person("adm27", "2700", &[(Role::Administrator, "2700")]).await;
        let far = world.caller(far).await;
        let scope = far.scope(Permission::ManageBodies);
        let moved = async |code: &str| reason(relocate::relocate(db, &SYSTEM, &world.act(), id, code).await);
        assert_eq!(moved("5400").await, ("parent_code", Wrong::UnderItself));
        assert_eq!(moved("5401").await, ("parent_code", Wrong::UnderItself));
        assert_eq!(moved("nowhere").await, ("parent_code", Wrong::NoBody));
        // Nobody takes a body that is not theirs, nor gives one away to where they have no say.
        let act = world.act_of(&far);
        assert!(matches!(relocate::relocate(db, &scope, &act, id, "2724").await, Err(Refusal::NotFound)));
        let own = world.body("2724").await;
        assert_eq!(
            reason(relocate::relocate(db, &scope, &act, own, "5400").await),
            ("parent_code", Wrong::NoBody)
        );
        assert_eq!(store::all(db.read(), &scope).await.unwrap().len(), 2);
        relocate::relocate(db, &SYSTEM, &world.act(), id, "2724").await.unwrap();
        assert_eq!(store::all(db.read(), &scope).await.unwrap().len(), 5);
        let path = store::path(db.read(), &scope, world.body("5401").await).await.unwrap();
        assert_eq!(
            path.iter().map(|body| body.fields.code.as_str()).collect::<Vec<_>>(),
            ["2700", "2724", "5400", "5401"]
        );
        let (action, _, payload) = world.last_entry().await;
        assert_eq!(
            (action.as_str(), payload.as_str()),
            ("bodies.move", r#"{"after":{"parent_code":"2724"},"before":{"parent_code":"0000"}}"#)
        );
    });
}

#[test]
fn org1_a_closed_body_keeps_its_reason_and_public_pages_know_at_once() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let (db, id) = (&world.t.db, world.body("5401").await);
        assert_eq!(reason(close::close(db, &SYSTEM, &world.act(), id, " ").await), ("reason", Wrong::Empty));
        let mut browser = world.signed_in("adm54").await;
        browser.get(&format!("/admin/bodies/{id}/close")).await.expect(200);
        browser
            .post(&format!("/admin/bodies/{id}/close"), &[("reason", "")])
            .await
            .expect(422)
            .says("reason-error");
        browser.post(&format!("/admin/bodies/{id}/close"), &[("reason", "ремонт")]).await.expect(303);
        assert!(world.offices.current().find("5401").unwrap().is_closed);
        browser.get(&format!("/admin/bodies/{id}")).await.expect(200).says("ремонт").says("Открыть снова");
        browser.get("/admin/bodies?state=closed").await.expect(200).says("ИФНС № 1").hides("ИФНС № 2");
        browser.post(&format!("/admin/bodies/{id}/reopen"), &[]).await.expect(303);
        assert!(!world.offices.current().find("5401").unwrap().is_closed);
        let actions: Vec<_> = world
            .journal()
            .await
            .into_iter()
            .filter(|action| action.contains("close") || action.contains("open"))
            .collect();
        assert_eq!(actions, ["bodies.close", "bodies.reopen"]);
    });
}

#[test]
fn org2_every_read_of_bodies_keeps_to_the_scope() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let adm = world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let caller = world.caller(adm).await;
        let (conn, scope) = (world.t.db.read(), caller.scope(Permission::ReadBodies));
        let codes = |bodies: Vec<otklik_organisations::Body>| {
            bodies.into_iter().map(|body| body.fields.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(store::all(conn, &scope).await.unwrap()), ["5401", "5402", "5400"]);
        for (code, count) in [("5401", 1), ("2724", 0), ("0000", 0)] {
            let id = world.body(code).await;
            assert_eq!(store::find(conn, &scope, id).await.unwrap().iter().count(), count, "{code}");
            assert_eq!(
                store::find_by_code(conn, &scope, code).await.unwrap().iter().count(),
                count,
                "{code}"
            );
            assert_eq!(store::find_by_any_case(conn, &scope, code).await.unwrap().len(), count, "{code}");
            assert_eq!(store::search(conn, &scope, code, 9).await.unwrap().len(), count, "{code}");
            assert_eq!(
                store::path(conn, &scope, id).await.unwrap().len(),
                if count == 1 { 2 } else { 0 },
                "{code}"
            );
        }
        assert_eq!(store::children(conn, &scope, world.body("2700").await).await.unwrap(), []);
        assert_eq!(store::open_below(conn, &scope, world.body("0000").await).await.unwrap(), 3);
        assert_eq!(store::closed_reason(conn, &scope, world.body("2724").await).await.unwrap(), "");
        let found = list::list(conn, &scope, &list::Filter::default()).await.unwrap();
        let rows: Vec<_> =
            found.rows.iter().map(|row| (row.body.fields.code.as_str(), row.depth, row.below)).collect();
        assert_eq!(rows, [("5400", 0, 2), ("5401", 1, 0), ("5402", 1, 0)]);
        assert_eq!((found.total, found.offices, found.rows[0].above.as_deref()), (3, 3, None));
        let filter = list::Filter { text: "Елочная".to_owned(), ..list::Filter::default() };
        let found = list::list(conn, &scope, &filter).await.unwrap();
        assert_eq!((found.rows.len(), found.rows[0].above.as_deref()), (1, Some("УФНС 54")));
    });
}
