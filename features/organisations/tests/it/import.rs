//! Import of bodies (ORG-1).

use otklik_access::{Permission, Role, closure};
use otklik_db::sql;
use otklik_organisations::import::{self, Report};
use otklik_organisations::store;
use otklik_testkit::both;
use sea_orm::ConnectionTrait;

use crate::common::{HEADER, MIGRATIONS, SYSTEM, TREE, World};

const DEMO: &str = include_str!("../../../../app/demo-data/bodies.csv");

fn errors(report: &Report) -> Vec<(u64, &str, &str)> {
    report.errors.iter().map(|error| (error.row, error.column.as_str(), error.value.as_str())).collect()
}

async fn count(world: &World) -> usize {
    store::all(world.t.db.read(), &SYSTEM).await.unwrap().len()
}

#[test]
fn org1_a_dry_run_says_everything_and_changes_nothing() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let before = (count(&world).await, world.journal().await.len());
        let rows = "5403;5400;Инспекция № 3;ИФНС № 3;tax_inspection;local;54;Asia/Novosibirsk;;да
5401;2700;Инспекция № 1;ИФНС № 1 бывшая;tax_inspection;local;54;Asia/Novosibirsk;ул. Ёлочная, 5;да
5402;5400;Инспекция № 2;ИФНС № 2;tax_inspection;local;54;asia/novosibirsk;;1\n";
        let looked = world.import(&SYSTEM, rows, true).await;
        assert_eq!(
            (looked.added.len(), looked.changed.len(), looked.unchanged, looked.is_done),
            (1, 1, 1, false)
        );
        assert_eq!(
            looked.changed[0].columns,
            [
                ("parent_code", "5400".to_owned(), "2700".to_owned()),
                ("short_name", "ИФНС № 1".to_owned(), "ИФНС № 1 бывшая".to_owned()),
            ]
        );
        assert_eq!(before, (count(&world).await, world.journal().await.len()));
        let done = world.import(&SYSTEM, rows, false).await;
        assert_eq!(Report { is_done: false, ..done.clone() }, looked);
        assert!(done.is_done);
        assert_eq!((count(&world).await, world.journal().await.len()), (before.0 + 1, before.1 + 2));
        let (conn, moved) = (world.t.db.read(), world.body("5401").await);
        assert!(closure::is_under(conn, moved, world.body("2700").await).await.unwrap());
        assert!(!closure::is_under(conn, moved, world.body("5400").await).await.unwrap());
        let again = world.import(&SYSTEM, rows, false).await;
        assert_eq!((again.unchanged, again.is_done, world.journal().await.len()), (3, true, before.1 + 2));
    });
}

#[test]
fn org1_every_mistake_is_named_with_its_row_and_nothing_is_done() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let rows = "5403;5400;Инспекция № 3;ИФНС № 3;tax_inspection;local;54;Asia/Novosibirsk;;да
5404;9999;Инспекция;ИФНС;tax_inspection;local;54;Asia/Novosibirsk;;да
5405;5400;;ИФНС;ifns;local;5;Mars/Olympus;;может
5403;5400;Ещё раз;Ещё;mfc;local;54;Asia/Novosibirsk;;да
NSO;5400;Правительство;Пр;government;regional;54;Asia/Novosibirsk;;да
54 06;5400;Инспекция;=1+1;tax_inspection;local;54;Asia/Novosibirsk;;да
a1;a2;А;А;mfc;local;54;Asia/Novosibirsk;;да
a2;a1;Б;Б;mfc;local;54;Asia/Novosibirsk;;да
a3;a1;В;В;mfc;local;54;Asia/Novosibirsk;;да
5400;5401;Управление;УФНС 54;tax_region;regional;54;Asia/Novosibirsk;;да\n";
        let before = count(&world).await;
        let report = world.import(&SYSTEM, rows, false).await;
        assert_eq!(
            errors(&report),
            [
                (3, "parent_code", "9999"),
                (4, "full_name", ""),
                (4, "kind", "ifns"),
                (4, "region", "5"),
                (4, "time_zone", "Mars/Olympus"),
                (4, "office", "может"),
                (5, "code", "5403"),
                (6, "code", "NSO"),
                (7, "code", "54 06"),
                (7, "short_name", "=1+1"),
                (8, "parent_code", "a2"),
                (9, "parent_code", "a1"),
                (11, "parent_code", "5401"),
            ]
        );
        assert!(report.errors.iter().all(|error| error.message.chars().any(|c| ('а'..='я').contains(&c))));
        assert_eq!((report.is_done, count(&world).await), (false, before));
    });
}

#[test]
fn org1_parents_may_stand_below_their_children_and_bodies_may_change_places() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let rows = "n3;n2;Третий;Третий;mfc_branch;local;54;Asia/Novosibirsk;;да
n2;n1;Второй;Второй;mfc;local;54;Asia/Novosibirsk;;да
n1;5401;Первый;Первый;executive;local;54;Asia/Novosibirsk;;да
5401;0000;Инспекция № 1;ИФНС № 1;tax_inspection;local;54;Asia/Novosibirsk;ул. Ёлочная, 5;да
5400;5401;Управление по Новосибирской области;УФНС 54;tax_region;regional;54;Asia/Novosibirsk;;да\n";
        let report = world.import(&SYSTEM, rows, false).await;
        assert!(report.is_done, "{report:?}");
        let path = store::path(world.t.db.read(), &SYSTEM, world.body("n3").await).await.unwrap();
        let codes: Vec<_> = path.iter().map(|body| body.fields.code.as_str()).collect();
        assert_eq!(codes, ["0000", "5401", "n1", "n2", "n3"]);
        let path = store::path(world.t.db.read(), &SYSTEM, world.body("5402").await).await.unwrap();
        let codes: Vec<_> = path.iter().map(|body| body.fields.code.as_str()).collect();
        assert_eq!(codes, ["0000", "5401", "5400", "5402"]);
        // The closure is exactly what the parents say.
        let conn = world.t.db.read();
        let text = "SELECT COUNT(*) AS n FROM access_closure";
        let stored: i64 =
            conn.query_one_raw(sql(conn, text, [])).await.unwrap().unwrap().try_get("", "n").unwrap();
        let mut expected = 0;
        for body in store::all(conn, &SYSTEM).await.unwrap() {
            expected += store::path(conn, &SYSTEM, body.id).await.unwrap().len();
        }
        assert_eq!(usize::try_from(stored).unwrap(), expected);
    });
}

#[test]
fn org2_a_table_reaches_only_what_is_within_the_scope() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let adm = world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let scope = world.caller(adm).await.scope(Permission::ManageBodies);
        let rows = "2724;2700;Захвачено;Захвачено;tax_inspection;local;27;Asia/Vladivostok;;да
5403;2700;Инспекция № 3;ИФНС № 3;tax_inspection;local;54;Asia/Novosibirsk;;да
5404;;Инспекция № 4;ИФНС № 4;tax_inspection;local;54;Asia/Novosibirsk;;да
5401;;Инспекция № 1;ИФНС № 1;tax_inspection;local;54;Asia/Novosibirsk;;да
5400;2700;Управление;УФНС 54;tax_region;regional;54;Asia/Novosibirsk;;да\n";
        let report = world.import(&scope, rows, false).await;
        assert_eq!(
            errors(&report),
            [
                (2, "code", "2724"),
                (3, "parent_code", "2700"),
                (4, "parent_code", ""),
                (5, "parent_code", ""),
                (6, "parent_code", "2700"),
            ]
        );
        // What is above the scope is left out of an export and stays as it is.
        let mut browser = world.signed_in("adm54").await;
        let table = browser.get("/admin/bodies/export.csv").await.expect(200);
        let table = table.hides("0000").hides("2700").says("\r\n5400;;Управление");
        let report = import::run(&world.t.db, &scope, &world.act(), &table.text, false).await.unwrap();
        assert_eq!((report.unchanged, report.errors.len(), report.is_done), (3, 0, true));
        let top = store::find(world.t.db.read(), &SYSTEM, world.body("5400").await).await.unwrap().unwrap();
        assert_eq!(top.parent, Some(world.body("0000").await));
    });
}

#[test]
fn org1_columns_that_a_table_leaves_out_stay_as_they_are() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let text = "short_name,code,parent_code,full_name,kind,level,time_zone\n\"ИФНС, первая\",5401,5400,Инспекция № 1,tax_inspection,local,Asia/Novosibirsk";
        let report = import::run(&world.t.db, &SYSTEM, &world.act(), text, false).await.unwrap();
        assert!(report.is_done, "{report:?}");
        let body = store::find_by_code(world.t.db.read(), &SYSTEM, "5401").await.unwrap().unwrap();
        assert_eq!(
            (body.fields.short_name.as_str(), body.fields.address.as_str()),
            ("ИФНС, первая", "ул. Ёлочная, 5")
        );
        assert!(body.fields.is_office);
    });
}

#[test]
fn org1_two_thousand_bodies_and_the_demo_table_are_taken() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let mut rows = String::new();
        for number in 0..2000 {
            let parent = if number < 40 { "0000".to_owned() } else { format!("t{}", number % 40) };
            rows.push_str(&format!("t{number};{parent};Инспекция {number};И {number};tax_inspection;local;54;Asia/Novosibirsk;;да\n"));
        }
        let report = world.import(&SYSTEM, &rows, false).await;
        assert!(report.is_done && report.added.len() == 2000, "{:?}", report.errors);
        let again = world.import(&SYSTEM, &format!("{TREE}{rows}"), true).await;
        assert_eq!((again.unchanged, again.errors.len()), (2007, 0));
        assert_eq!(world.journal().await.len(), 2007);
    });
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let report = import::run(&world.t.db, &SYSTEM, &world.act(), DEMO, false).await.unwrap();
        assert!(report.is_done, "{:?}", report.errors);
        let again = import::run(&world.t.db, &SYSTEM, &world.act(), DEMO, true).await.unwrap();
        assert_eq!(
            (again.added.len(), again.changed.len(), again.unchanged),
            (0, 0, DEMO.lines().count() - 1)
        );
    });
}

/// A form with a file, as a browser sends it.
fn multipart(csrf: &str, file: &[u8]) -> Vec<u8> {
    let mut body = format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"t.csv\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    body
}

#[test]
fn org1_the_page_looks_first_and_then_does_what_was_looked_at() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm54", "5400", &[(Role::Administrator, "5400")]).await;
        let mut browser = world.signed_in("adm54").await;
        let path = "/admin/bodies/import";
        browser.get(path).await.expect(200);
        let table = format!(
            "{HEADER}\n5403;5400;Инспекция <№ 3>;ИФНС № 3;tax_inspection;local;54;Asia/Novosibirsk;;да"
        );
        let (windows, _, is_lossy) = encoding_rs::WINDOWS_1251.encode(&table);
        assert!(!is_lossy);
        let kind = "multipart/form-data; boundary=b";
        browser.post_body(path, kind, multipart("forged", &windows)).await.expect(403);
        let csrf = browser.csrf.clone();
        let page = browser.post_body(path, kind, multipart(&csrf, &windows)).await.expect(200);
        let page = page.says("Проверка пройдена").says("ИФНС № 3");
        assert!(store::find_by_code(world.t.db.read(), &SYSTEM, "5403").await.unwrap().is_none());
        let kept = page.hidden("text").replace("&#60;", "<").replace("&#62;", ">");
        assert_eq!(kept, table);
        let done = browser.post(path, &[("text", &kept), ("confirm", "1")]).await.expect(303);
        assert_eq!(done.location(), "/admin/bodies?done=imported&new=1&other=0");
        browser.get(done.location()).await.expect(200).says("Добавлено органов: 1, изменено: 0");
        assert!(world.offices.current().find("5403").is_some());
        browser.post(path, &[("text", &kept)]).await.expect(200).says("Изменений нет");
        browser.post(path, &[("text", "")]).await.expect(422).says("Вставьте таблицу");
        let wrong = table.replace("local", "местный");
        let page = browser.post(path, &[("text", &wrong), ("confirm", "1")]).await.expect(422);
        page.says("Ничего не изменено").says("<code>level</code>").says("местный").hides("name=\"confirm\"");
    });
}
