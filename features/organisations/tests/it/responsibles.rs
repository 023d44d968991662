//! The register of responsible employees (ORG-5, X-3, X-4).

use std::io::Cursor;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use calamine::{Reader as _, Xlsx};
use otklik_access::{Permission, Role};
use otklik_organisations::refusal::{Refusal, Wrong};
use otklik_organisations::responsibles::{self, check::Raw, register::register, store};
use otklik_organisations::store as bodies;
use otklik_testkit::both;
use tower::ServiceExt as _;

use crate::common::{MIGRATIONS, SYSTEM, World};

fn raw(name: &str) -> Raw {
    Raw {
        unit: "Отдел работы с налогоплательщиками".into(),
        position: "Начальник отдела".into(),
        name: name.into(),
        phone_code: "383".into(),
        phone_vts: "54-001".into(),
        phone_number: "200-00-01".into(),
        email: format!("{}@r54.example", name.len()),
        person: String::new(),
    }
}

fn fields(raw: &Raw) -> Vec<(&'static str, &str)> {
    vec![
        ("unit", &raw.unit),
        ("position", &raw.position),
        ("name", &raw.name),
        ("phone_code", &raw.phone_code),
        ("phone_vts", &raw.phone_vts),
        ("phone_number", &raw.phone_number),
        ("email", &raw.email),
        ("person", &raw.person),
    ]
}

impl World {
    async fn responsible(&self, body: &str, name: &str) {
        let body = self.body(body).await;
        responsibles::add(&self.t.db, &SYSTEM, &self.act(), body, &raw(name)).await.unwrap();
    }

    /// An answer that is no page, as bytes.
    async fn download(&self, cookie: &str, path: &str) -> (String, Vec<u8>) {
        let request = Request::get(path)
            .header(header::HOST, "admin.example")
            .header(header::COOKIE, format!("otklik={cookie}"))
            .body(Body::empty())
            .unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        assert_eq!(parts.status, 200);
        let name = parts.headers[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        (name, to_bytes(body, usize::MAX).await.unwrap().into())
    }
}

#[test]
fn org5_rows_are_added_changed_and_removed_and_each_change_is_in_the_journal() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let person = world.person("otv5401", "5401", &[(Role::ResponsibleEmployee, "5401")]).await;
        let colleague = world.person("sosed", "5402", &[]).await;
        let (near, far) = (world.body("5401").await, world.body("5402").await);
        let mut browser = world.signed_in("otv5401").await;
        let path = format!("/admin/bodies/{near}/responsibles");
        browser.get(&path).await.expect(200).says("Ответственные пока не указаны");
        // Each bad field is pointed out by itself, and what was typed stays.
        let typed = Raw {
            name: "  ".into(),
            email: "otdel@".into(),
            phone_vts: "1\n2".into(),
            person: colleague.to_string(),
            ..raw("")
        };
        let page = browser.post(&format!("{path}/new"), &fields(&typed)).await.expect(422);
        let page = page.says("id=\"name-error\"").says("id=\"email-error\"").says("id=\"phone_vts-error\"");
        let page = page.says("id=\"person-error\"").says("value=\"otdel@\"").says("Отдел работы с");
        page.hides("id=\"unit-error\"").hides("id=\"phone_number-error\"").hides("Сотрудник sosed");
        let typed = Raw {
            phone_vts: String::new(),
            phone_number: String::new(),
            email: String::new(),
            ..raw("Сотрудник 1")
        };
        browser
            .post(&format!("{path}/new"), &fields(&typed))
            .await
            .expect(422)
            .says("id=\"phone_number-error\"");
        assert!(store::of(world.t.db.read(), &SYSTEM, near, false).await.unwrap().is_empty());

        let typed = Raw { person: person.to_string(), ..raw("Сотрудник <1>") };
        let answer = browser.post(&format!("{path}/new"), &fields(&typed)).await.expect(303);
        browser
            .get(answer.location())
            .await
            .expect(200)
            .says("Ответственный добавлен")
            .says("383/<wbr>54-001/<wbr>200-00-01");
        let row = store::of(world.t.db.read(), &SYSTEM, near, false).await.unwrap().remove(0);
        assert_eq!((row.fields.name.as_str(), row.fields.person), ("Сотрудник <1>", Some(person)));
        let (action, body, payload) = world.last_entry().await;
        assert_eq!((action.as_str(), body), ("responsibles.create", Some(near)));
        assert!(payload.contains("Сотрудник <1>") && payload.contains("383/54-001/200-00-01"), "{payload}");

        let row_path = format!("{path}/{}", row.id);
        browser.get(&row_path).await.expect(200).says("value=\"Сотрудник &#60;1&#62;\"");
        let same = fields(&typed);
        let journal = world.journal().await.len();
        browser.post(&row_path, &same).await.expect(303);
        assert_eq!(world.journal().await.len(), journal, "nothing changed, nothing is written");
        let changed = Raw { position: "Заместитель начальника".into(), ..typed };
        browser.post(&row_path, &fields(&changed)).await.expect(303);
        let (action, _, payload) = world.last_entry().await;
        assert_eq!(action, "responsibles.change");
        assert!(
            payload.contains("Начальник отдела") && payload.contains("Заместитель начальника"),
            "{payload}"
        );

        // A row of another body is not found under this one, nor this one's under another.
        world.responsible("5402", "Сотрудник 2").await;
        let other = store::of(world.t.db.read(), &SYSTEM, far, false).await.unwrap().remove(0);
        browser.get(&format!("{path}/{}", other.id)).await.expect(404);
        browser.post(&format!("{path}/{}/remove", other.id), &[]).await.expect(404);
        browser.get(&format!("/admin/bodies/{far}/responsibles")).await.expect(404);
        browser.post(&format!("{row_path}/remove"), &[]).await.expect(303);
        assert_eq!(world.last_entry().await.0, "responsibles.remove");
        assert!(store::of(world.t.db.read(), &SYSTEM, near, false).await.unwrap().is_empty());
        assert_eq!(store::of(world.t.db.read(), &SYSTEM, far, false).await.unwrap().len(), 1);
    });
}

#[test]
fn org5_the_six_columns_hold_every_row_of_the_subtree_and_nothing_beyond() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("ruk54", "5400", &[(Role::Head, "5400")]).await;
        for (body, name) in [
            ("5402", "Сотрудник 4"),
            ("5400", "Сотрудник 1"),
            ("5401", "=Сотрудник 3"),
            ("5400", "Сотрудник 2"),
            ("2724", "Сотрудник 9"),
        ] {
            let typed = Raw { name: name.into(), ..raw(name) };
            if body == "5401" {
                // The form refuses what begins like a formula; a row that came otherwise is text all the same.
                let tx = world.t.db.begin().await.unwrap();
                let fields =
                    responsibles::Fields {
                        name: name.into(), unit: "Отдел".into(), ..Default::default()
                    };
                let (id, body) = (world.t.new_id(), world.body(body).await);
                store::insert(&tx, id, body, &fields, world.ctx.now()).await.unwrap();
                tx.commit().await.unwrap();
            } else {
                let body = world.body(body).await;
                responsibles::add(&world.t.db, &SYSTEM, &world.act(), body, &typed).await.unwrap();
            }
        }
        let region = world.body("5400").await;
        let browser = world.signed_in("ruk54").await;
        let cookie = browser.cookie.clone().unwrap();
        let base = format!("/admin/bodies/{region}/responsibles");

        let (name, bytes) = world.download(&cookie, &format!("{base}.xlsx?below=1")).await;
        assert!(name.ends_with("5400%202026%2D11%2D22%2Exlsx"), "{name}");
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names(), ["Ответственные"]);
        let sheet = book.worksheet_range("Ответственные").unwrap();
        let rows: Vec<Vec<String>> =
            sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let header = [
            "№ п/п",
            "Структурное подразделение",
            "Должность",
            "Фамилия, имя, отчество",
            "Реквизиты телефонной связи (код/Номер ВТС/N телефона)",
            "Адрес электронной почты",
        ];
        assert_eq!(rows[0], header);
        let short: Vec<[&str; 3]> = rows[1..].iter().map(|row| [&*row[0], &*row[1], &*row[3]]).collect();
        let unit = "Отдел работы с налогоплательщиками";
        assert_eq!(
            short,
            [
                ["1", &*format!("УФНС 54, {unit}"), "Сотрудник 1"],
                ["2", &*format!("УФНС 54, {unit}"), "Сотрудник 2"],
                ["3", "ИФНС № 1, Отдел", "=Сотрудник 3"],
                ["4", &*format!("ИФНС № 2, {unit}"), "Сотрудник 4"],
            ]
        );
        let (action, _, payload) = world.last_entry().await;
        assert_eq!(action, "responsibles.export", "personal data that leave are in the journal");
        assert!(payload.contains("\"count\":4") && payload.contains("xlsx"), "{payload}");

        let (_, bytes) = world.download(&cookie, &format!("{base}.csv?below=1")).await;
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 5);
        assert!(text.contains(";'=Сотрудник 3;"), "{text}");
        let (_, bytes) = world.download(&cookie, &format!("{base}.csv")).await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.contains("1;Отдел работы с налогоплательщиками;Начальник отдела;Сотрудник 1;"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 3, "without those under it");

        let mut browser = browser;
        let print = browser.get(&format!("{base}/print?below=1")).await.expect(200);
        let print = print.says("Управление по Новосибирской области").says("с подчинёнными органами");
        let print = print.says("22.11.2026 16:00:00 (UTC+7)").says("Сотрудник ruk54, Руководитель");
        print.says("=Сотрудник 3").says("Сотрудник 4").hides("Сотрудник 9").hides("/responsibles/new");
        // A closed body's rows stay with it, and leave the table of those above.
        let closed = world.body("5402").await;
        let tx = world.t.db.begin().await.unwrap();
        bodies::set_closed(&tx, closed, Some(world.ctx.now())).await.unwrap();
        tx.commit().await.unwrap();
        browser.get(&format!("{base}?below=1")).await.expect(200).says("Сотрудник 2").hides("Сотрудник 4");
        browser.get(&format!("/admin/bodies/{closed}/responsibles")).await.expect(200).says("Сотрудник 4");
    });
}

#[test]
fn x4_personal_data_of_the_register_are_for_those_who_may() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.responsible("5401", "Сотрудник 1").await;
        let body = world.body("5401").await;
        let path = format!("/admin/bodies/{body}/responsibles");
        for role in Role::ALL {
            let login = format!("r-{}", role.code());
            world.person(&login, "5400", &[(role, "5400")]).await;
            let mut browser = world.signed_in(&login).await;
            let is_read = role.may(Permission::ReadResponsibles);
            for page in [path.clone(), format!("{path}/print"), format!("{path}.csv")] {
                let answer = browser.get(&page).await.expect(if is_read { 200 } else { 403 });
                assert_eq!(answer.text.contains("200-00-01"), is_read, "{role:?} {page}");
            }
            let keeps = role.may(Permission::ManageRecipients);
            browser.get(&format!("{path}/new")).await.expect(if keeps { 200 } else { 403 });
            if role.may(Permission::ReadBodies) {
                let card = browser.get(&format!("/admin/bodies/{body}")).await.expect(200);
                assert_eq!(card.text.contains("/responsibles\""), is_read, "{role:?}");
            }
        }
        let neighbour = world.person("sosed", "2724", &[(Role::Head, "2724")]).await;
        let scope = world.caller(neighbour).await.scope(Permission::ReadResponsibles);
        let body = bodies::find(world.t.db.read(), &SYSTEM, body).await.unwrap().unwrap();
        for with_below in [false, true] {
            assert!(register(world.t.db.read(), &scope, &body, with_below).await.unwrap().is_empty());
        }
        let done = responsibles::add(&world.t.db, &scope, &world.act(), body.id, &raw("Сотрудник 2")).await;
        assert!(matches!(done, Err(Refusal::NotFound)));
        let done = responsibles::add(&world.t.db, &SYSTEM, &world.act(), body.id, &raw("=1+1")).await;
        assert!(matches!(done, Err(Refusal::Wrong(mistakes)) if mistakes[0].what == Wrong::Formula));
    });
}
