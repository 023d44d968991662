//! Who has looked through which days (QR-12), as those above see it.

use std::sync::Arc;

use otklik_access::{Permission, Role, Scope};
use otklik_jobs::Worker;
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_notifications::daily::Days;
use otklik_notifications::read::{self, watchers};
use otklik_notifications::{Recipients, daily};
use otklik_organisations::people::{self, PersonFields};
use otklik_responses::days::{Looked, Mark, Watchers, set};
use otklik_responses::figures::Cube;
use otklik_responses::figures::Figures;
use otklik_testkit::caller;
use otklik_ui::Viewer;
use otklik_web::{Attention, Who};

use crate::world::{NEIGHBOUR, OFFICE, REGION, World, world};

const SYSTEM: Scope = Scope::system("a test looks at everything");
/// The office's day of the frozen clock.
const TODAY: CivilDay = CivilDay(20_261_122);
const DEPUTY: Id = 71;
const HEAD: Id = 72;

impl World {
    async fn staff(&self) {
        let tx = self.t.db.begin().await.unwrap();
        for (id, body, email) in [
            (DEPUTY, OFFICE, "ZAM@x.ru"),
            (HEAD, OFFICE, "otdel@x.ru"),
            (73, REGION, "zam@x.ru"),
            (74, OFFICE, "q@x.ru"),
        ] {
            let fields = PersonFields {
                login: format!("login{id}"),
                name: format!("Сотрудник {id}"),
                email: email.into(),
                body,
                ..PersonFields::default()
            };
            people::add(&tx, id, &fields, "", false, self.ctx.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn count_on(&self) {
        let worker = Worker::new(self.t.db.clone(), self.t.clock.clone(), vec![Arc::new(Figures)]);
        worker.run_once().await.unwrap();
    }

    async fn look(&self, person: Id, day: CivilDay) {
        let tx = self.t.db.begin().await.unwrap();
        set(&tx, OFFICE, day, Mark { person, at: self.ctx.now(), negative: 1 }).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn who(&self, person: Id, role: Role, body: Id) -> Who {
        let caller = caller(person, &[(role, body)]);
        let scope = caller.scope(Permission::ReadResponses);
        Who { caller, scope, csrf: String::new(), viewer: Viewer::default() }
    }
}

#[test]
fn qr12_days_are_judged_by_the_recipients_that_have_an_account() {
    world(async |w| {
        w.staff().await;
        w.set_recipients(OFFICE, &["zam@x.ru", "otdel@x.ru", "nobody@x.ru"]).await;
        w.set_recipients(REGION, &["ufns@x.ru"]).await;
        for body in [OFFICE, REGION, NEIGHBOUR] {
            w.accept(u128::from(body.unsigned_abs()), body, "a0", "").await;
        }
        w.count_on().await;
        let all = watchers(w.t.db.read(), &SYSTEM, None).await.unwrap();
        let people =
            |body: Id| all.get(&body).map(|list| list.iter().map(|one| one.person).collect::<Vec<_>>());
        assert_eq!((people(OFFICE), people(REGION)), (Some(vec![DEPUTY, HEAD]), None));
        for (body, watched) in &all {
            let one_by_one = read::recipients(w.t.db.read(), &SYSTEM, *body).await.unwrap();
            let one_by_one: Vec<Id> = one_by_one.into_iter().filter_map(|one| one.person).collect();
            assert_eq!(people(*body), Some(one_by_one), "{watched:?}");
        }
        assert_eq!(watchers(w.t.db.read(), &SYSTEM, Some(&[REGION])).await.unwrap().len(), 0);

        // What is kept in memory says the same after every change, however it came.
        let kept = Days::new(&Cube::default());
        let looked = async || {
            let (days, _) = daily::judged(w.t.db.read(), &SYSTEM, None, TODAY, TODAY).await.unwrap();
            let (in_memory, watching) = kept.judged(&w.t.db, &SYSTEM, TODAY, TODAY).await.unwrap();
            assert_eq!(
                (&in_memory, &*watching),
                (&days, &watchers(w.t.db.read(), &SYSTEM, None).await.unwrap())
            );
            days[&OFFICE][0].looked.clone()
        };
        assert_eq!(looked().await, Looked::ByNobody(vec![DEPUTY, HEAD]));
        w.look(HEAD, TODAY).await;
        assert_eq!(looked().await, Looked::BySome(vec![DEPUTY]));
        w.look(DEPUTY, TODAY).await;
        assert_eq!(looked().await, Looked::ByAll);
        w.set_recipients(OFFICE, &["zam@x.ru", "otdel@x.ru", "q@x.ru"]).await;
        assert_eq!(looked().await, Looked::BySome(vec![74]));
        let tx = w.t.db.begin().await.unwrap();
        people::store::set_disabled(&tx, 74, Some(w.ctx.now())).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(looked().await, Looked::ByAll);
        w.set_recipients(OFFICE, &["zam@x.ru", "otdel@x.ru"]).await;
        assert_eq!(looked().await, Looked::ByAll);
        let tx = w.t.db.begin().await.unwrap();
        people::store::set_disabled(&tx, 74, None).await.unwrap();
        tx.commit().await.unwrap();
        let (beyond, _) = kept
            .judged(
                &w.t.db,
                &caller(1, &[(Role::Head, NEIGHBOUR)]).scope(Permission::ReadResponses),
                TODAY,
                TODAY,
            )
            .await
            .unwrap();
        assert!(!beyond.contains_key(&OFFICE), "{beyond:?}");

        let recipients = Recipients::new(&w.ctx, &w.offices, &Days::new(&Cube::default()));
        for (person, role, body, must) in [
            (DEPUTY, Role::DeputyHead, OFFICE, vec![OFFICE]),
            (74, Role::DeputyHead, OFFICE, vec![]),
            (DEPUTY, Role::MerObserver, OFFICE, vec![]),
            (DEPUTY, Role::DeputyHead, NEIGHBOUR, vec![]),
        ] {
            assert_eq!(
                recipients.offices(&w.who(person, role, body)).await.unwrap(),
                must,
                "{person} {role:?} {body}"
            );
        }
    });
}

#[test]
fn qr12_days_nobody_looked_and_who_did_not_are_visible_above() {
    world(async |w| {
        w.staff().await;
        w.set_recipients(OFFICE, &["zam@x.ru", "otdel@x.ru"]).await;
        w.accept(1, OFFICE, "a0", "").await;
        w.accept(2, NEIGHBOUR, "a0", "").await;
        w.count_on().await;
        w.look(HEAD, TODAY).await;
        // One for all questions: what it keeps must follow every change.
        let recipients = Recipients::new(&w.ctx, &w.offices, &Days::new(&Cube::default()));
        let needs = async |role, body| {
            let needs = recipients.needs(&w.who(1, role, body)).await.unwrap();
            needs.into_iter().map(|need| (need.number, need.href)).collect::<Vec<_>>()
        };
        let count = |days, missing| {
            vec![(days, "/admin/daily".to_owned()), (missing, "/admin/recipients".to_owned())]
        };
        assert_eq!(needs(Role::QualityGroup, REGION).await, count(0, 2), "today is not over");
        assert!(needs(Role::TechnicalOperator, REGION).await.is_empty());
        w.after(Instant::DAY);
        assert_eq!(needs(Role::QualityGroup, REGION).await, count(1, 2));

        let page = w.get("observer", "/admin/daily").await.text;
        assert!(page.contains("ИФНС по Индустриальному району, 22.11.2026: 1 из 2"), "{page}");
        assert!(!page.contains("Московской") && !page.contains("УФНС по Хабаровскому краю</strong>"));
        assert!(page.contains("1 получатель") && !page.contains("Сотрудник 71"), "an observer sees no names");
        let page = w.get("responsible", "/admin/daily").await.text;
        assert!(page.contains("Сотрудник 71: 22.11") && !page.contains("Сотрудник 72"), "{page}");
        for (query, shown) in [
            ("show=all", [true, true]),
            ("show=all&body=2724", [true, false]),
            ("show=all&body=2700", [true, true]),
            ("body=2700", [true, false]),
            ("show=all&body=5000", [false, false]),
            ("to=2026-11-21", [false, false]),
            ("to=2026-12-05", [true, false]),
        ] {
            let page = w.get("observer", &format!("/admin/daily?{query}")).await.text;
            let found = ["ИФНС по Индустриальному району</strong>", "УФНС по Хабаровскому краю</strong>"];
            assert_eq!(found.map(|name| page.contains(name)), shown, "{query}");
        }
        w.look(DEPUTY, TODAY).await;
        assert_eq!(needs(Role::QualityGroup, REGION).await, count(0, 2));
        assert!(w.get("responsible", "/admin/daily").await.text.contains("Пропусков нет"));
        w.after(20 * Instant::DAY);
        w.accept(3, OFFICE, "a0", "").await;
        w.count_on().await;
        assert_eq!(needs(Role::QualityGroup, REGION).await, count(0, 2));
    });
}
