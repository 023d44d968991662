//! Units inside a body (ORG-8).

use otklik_access::{Permission, Role};
use otklik_organisations::refusal::{Refusal, Wrong};
use otklik_organisations::units;
use otklik_testkit::both;

use crate::common::{MIGRATIONS, SYSTEM, World};

fn reason<T: std::fmt::Debug>(done: Result<T, Refusal>) -> Wrong {
    match done {
        Err(Refusal::Wrong(mut mistakes)) => mistakes.remove(0).what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn org8_one_unit_is_responsible_for_quality_and_only_an_empty_one_is_removed() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let (db, act, body) = (&world.t.db, world.act(), world.body("5401").await);
        let first = units::add(db, &SYSTEM, &act, body, " Отдел № 10 ", true).await.unwrap();
        let second = units::add(db, &SYSTEM, &act, body, "Отдел № 9", true).await.unwrap();
        let names = async || {
            let units = units::store::of(db.read(), &SYSTEM, body).await.unwrap();
            units.into_iter().map(|unit| (unit.name, unit.is_quality)).collect::<Vec<_>>()
        };
        assert_eq!(names().await, [("Отдел № 9".to_owned(), true), ("Отдел № 10".to_owned(), false)]);
        assert_eq!(reason(units::add(db, &SYSTEM, &act, body, "отдел № 9", false).await), Wrong::Taken);
        assert_eq!(reason(units::add(db, &SYSTEM, &act, body, "", false).await), Wrong::Empty);
        units::change(db, &SYSTEM, &act, (body, first), "Отдел № 10", true).await.unwrap();
        assert!(!names().await[0].1);
        let person = world.person("kassir", "5401", &[]).await;
        let tx = db.begin().await.unwrap();
        let mut fields =
            otklik_organisations::people::store::find(&tx, &SYSTEM, person).await.unwrap().unwrap().fields;
        fields.unit = Some(second);
        otklik_organisations::people::store::update(&tx, person, &fields).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reason(units::remove(db, &SYSTEM, &act, body, second).await), Wrong::UnitHasMembers(1));
        units::remove(db, &SYSTEM, &act, body, first).await.unwrap();
        let actions: Vec<_> =
            world.journal().await.into_iter().filter(|action| action.starts_with("units.")).collect();
        assert_eq!(actions, ["units.create", "units.create", "units.change", "units.remove"]);
    });
}

#[test]
fn org2_units_of_bodies_outside_the_scope_dont_exist() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let (db, far) = (&world.t.db, world.body("2724").await);
        let unit = units::add(db, &SYSTEM, &world.act(), far, "Отдел", false).await.unwrap();
        let adm = world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let caller = world.caller(adm).await;
        let (scope, act) = (caller.scope(Permission::ManageBodies), world.act_of(&caller));
        assert!(matches!(units::add(db, &scope, &act, far, "Чужой", false).await, Err(Refusal::NotFound)));
        assert!(matches!(
            units::change(db, &scope, &act, (far, unit), "Чужой", true).await,
            Err(Refusal::NotFound)
        ));
        assert!(matches!(units::remove(db, &scope, &act, far, unit).await, Err(Refusal::NotFound)));
        // Not through the address of an own body either.
        let own = world.body("5401").await;
        assert!(matches!(units::remove(db, &scope, &act, own, unit).await, Err(Refusal::NotFound)));
        assert_eq!(units::store::of(db.read(), &scope, far).await.unwrap(), []);
        assert_eq!(units::store::find(db.read(), &scope, far, unit).await.unwrap(), None);
        let mut browser = world.signed_in("adm54").await;
        browser.get(&format!("/admin/bodies/{far}/units/{unit}")).await.expect(404);
        browser.post(&format!("/admin/bodies/{own}/units/{unit}/remove"), &[]).await.expect(404);
    });
}
