//! The page, the files and the API of one application: all that is kept of it.

use axum::http::StatusCode;
use otklik_progress::delivery::{Applications, Delivery};
use otklik_progress::model::{Channel, Process};
use serde_json::{Value, json};

use crate::receipts::take;
use crate::receipts::told::Told;
use crate::site::{DAY, Site, with};

const PAGE: &str = "/admin/monitoring/application?request=1-1";
const FILE: &str = "/admin/monitoring/application.json?request=1-1";
const BEGAN: i64 = 1_795_000_000;

/// An application with all that may happen to one, told out of order.
fn first() -> Told {
    let mut told = Told::new("r27", DAY.0, 1, 1);
    told.application("1-1", "100", 27, "2700", Channel::Epgu);
    told.event("1-1", Process::Authority as u8, 3, BEGAN + 86_400, "");
    told.event("1-1", Process::Authority as u8, 1010, BEGAN + 7_200, "EGRN");
    told.event("1-1", Process::Epgu as u8, 0, BEGAN, "");
    told.event("1-1", Process::Authority as u8, 2, BEGAN + 600, "");
    told.event("1-1", Process::Authority as u8, 1002, BEGAN + 80_000, "");
    told.payment("1-1", BEGAN + 60, 2);
    told.complaint("1-1", BEGAN + 95_000, 4);
    told.rating("1-1", BEGAN + 90_000, 7);
    let Delivery { texts, ratings, .. } = &mut told.0;
    ratings.scale = Some((0, 10));
    ratings.criteria[0] = texts.add("срок=7|вежливость");
    ratings.comment[0] = texts.add("Ждали <долго>");
    told
}

/// The next day another body tells more of it.
fn second() -> Told {
    let mut told = Told::new("r27", DAY.plus_days(1).0, 2, 2);
    told.application("1-1", "100", 27, "2724", Channel::Epgu);
    let Delivery { texts, applications, .. } = &mut told.0;
    let Applications { topic, channel_out, mnemonic, sex, age, .. } = applications;
    topic[0] = texts.add("Сроки выдачи");
    channel_out[0] = Channel::Mfc as u8;
    mnemonic[0] = texts.add("Сведения ЕГРН");
    (sex[0], age[0]) = (2, 41);
    told
}

/// The lines of the way on the page.
async fn way(site: &Site) -> Vec<String> {
    let page = site.get("administrator", PAGE).await.expect(StatusCode::OK);
    let (_, list) = page.text().split_once("<ol class=\"timeline\">").unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    list.split("<li").skip(1).map(ToOwned::to_owned).collect()
}

#[test]
fn mon13_fees_ratings_and_complaints_stand_among_the_events() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        take(&site, &first()).await;
        let way = way(&site).await;
        let expected = [
            (" class=\"beside\"", "Пошлина оплачена", "Пошлина · сообщил r27"),
            (
                " class=\"beside\"",
                "Оценка 7 по шкале от 0 до 10",
                "критерии: срок: 7, вежливость · сообщил r27",
            ),
            (" class=\"beside\"", "В удовлетворении жалобы отказано", "жалоба Ж-0 · сообщил r27"),
        ];
        assert_eq!(way.len(), 8);
        for (line, (class, name, about)) in [1, 6, 7].map(|line| &way[line]).into_iter().zip(expected) {
            assert!(line.starts_with(class) && line.contains(name) && line.contains(about), "{line}");
        }
        assert!(way[0].contains("Черновик") && way[0].contains("ЕПГУ (РПГУ)"), "{}", way[0]);
        assert!(way[3].contains("EGRN"), "{}", way[3]);
        assert!(way[4].starts_with(" class=\"planned\""), "{}", way[4]);
        assert!(way[6].contains("«Ждали &#60;долго&#62;»"), "{}", way[6]);
        // From event to event: neither what is planned nor a fee counts.
        assert!(way[2].contains("+ 10\u{a0}мин") && way[5].contains("+ 22\u{a0}ч"), "{way:?}");
        for line in [0, 1, 4, 6, 7] {
            assert!(!way[line].contains(">+ "), "{}", way[line]);
        }
    });
}

#[test]
fn mon13_what_was_said_of_an_application_is_there_as_it_holds_and_as_it_changed() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        take(&site, &first()).await;
        let page = async || site.get("administrator", PAGE).await.expect(StatusCode::OK);
        let nothing = ["Что сообщали", "Тема консультации", "Канал результата", "Вид сведений"];
        nothing.iter().fold(page().await.says("мужчина, 35 лет"), |page, text| page.hides(text));
        take(&site, &second()).await;
        let told = page().await.hides("0123456789abcdef");
        let (_, facts) = told.text().split_once("<dl class=\"facts\">").unwrap();
        let (facts, table) = facts.split_once("Что сообщали").unwrap();
        for fact in [
            "<dt>Тема консультации</dt><dd>Сроки выдачи</dd>",
            "<dt>Канал подачи</dt><dd>ЕПГУ</dd>",
            "<dt>Канал результата</dt><dd>МФЦ</dd>",
            "<dt>Вид сведений</dt><dd>Сведения ЕГРН</dd>",
            "<dt>Заявитель</dt><dd>женщина, 41 год</dd>",
        ] {
            assert!(facts.contains(fact), "{fact}: {facts}");
        }
        let (head, rows) = table.split_once("<tbody>").unwrap();
        let names: Vec<&str> = head
            .split("<th scope=\"col\">")
            .skip(1)
            .filter_map(|name| Some(name.split_once("</th>")?.0))
            .collect();
        let changed =
            ["Поставка", "Тема консультации", "Канал результата", "Вид сведений", "Орган", "Заявитель"];
        assert_eq!(names, changed, "neither service nor region changed");
        let rows: Vec<&str> = rows.split("<tr>").skip(1).collect();
        assert_eq!(rows.len(), 2);
        let has = |row: &str, texts: &[&str]| texts.iter().all(|text| row.contains(text));
        assert!(
            has(rows[0], &["r27 за 21.11.2026<", ">—<", "Отдел 2700 (2700)", "мужчина, 35 лет"]),
            "{rows:?}"
        );
        assert!(has(rows[1], &["r27 за 22.11.2026, ревизия 2<", ">МФЦ<", "Отдел 2724 (2724)"]), "{rows:?}");
    });
}

/// A column of a table for programs.
fn column<'t>(table: &'t Value, name: &str) -> Vec<&'t Value> {
    let names = table["columns"].as_array().unwrap();
    let place = names.iter().position(|column| column == name).unwrap_or_else(|| panic!("{name}: {table}"));
    table["rows"].as_array().unwrap().iter().map(|row| &row[place]).collect()
}

#[test]
fn mon13_the_files_and_the_api_of_an_application_hold_all_of_it() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        take(&site, &first()).await;
        take(&site, &second()).await;
        let file = site.get("administrator", FILE).await.expect(StatusCode::OK).json();
        let kinds = [
            "Событие",
            "Пошлина",
            "Событие",
            "Событие",
            "Событие",
            "Событие",
            "Оценка",
            "Жалоба",
            "Сведения",
            "Сведения",
        ];
        assert_eq!(column(&file, "Вид записи"), kinds);
        let codes = [0, 2, 1010, 1002, 3].map(|code| json!(code));
        assert_eq!(
            column(&file, "Код").into_iter().filter(|code| !code.is_null()).collect::<Vec<_>>(),
            codes.each_ref()
        );
        let at = |name: &str, row: usize| column(&file, name)[row].clone();
        assert_eq!((at("Что", 0), at("Что", 1)), (json!("Черновик"), json!("Пошлина оплачена")));
        let rating = ["Оценка", "Критерии", "Слова заявителя"].map(|name| at(name, 6));
        assert_eq!(rating, [json!(7), json!("срок: 7, вежливость"), json!("Ждали <долго>")]);
        assert_eq!(
            (at("Номер жалобы", 7), at("Что", 7)),
            (json!("Ж-0"), json!("В удовлетворении жалобы отказано"))
        );
        assert!(
            at("Когда", 9).is_null() && at("За день", 9) == "2026-11-22" && at("Ревизия", 9) == 2,
            "{file}"
        );
        let said = at("Что", 9);
        for part in
            ["Тема консультации: Сроки выдачи; ", "Канал результата: МФЦ; ", "Заявитель: женщина, 41 год"]
        {
            assert!(said.as_str().unwrap().contains(part), "{said}");
        }
        let table = site.get("administrator", &FILE.replace("json", "csv")).await.expect(StatusCode::OK);
        assert_eq!(table.says("Вид записи").says("Ж-0").text().lines().count(), 1 + kinds.len());
        let api = "/api/v1/monitoring/applications/1-1";
        let api =
            site.get("administrator", api).await.expect(StatusCode::OK).hides("0123456789abcdef").json();
        assert_eq!(column(&api["case"], "channel_out"), ["МФЦ"]);
        assert_eq!(column(&api["case"], "sex"), ["Ж"]);
        assert_eq!(column(&api["case"], "age"), [41]);
        let told = &api["told"];
        assert_eq!(column(told, "topic"), ["", "Сроки выдачи"]);
        assert_eq!(column(told, "channel_out"), [&Value::Null, &json!("МФЦ")]);
        assert_eq!(column(told, "sex"), ["М", "Ж"]);
        assert_eq!(column(told, "age"), [35, 41]);
        assert_eq!(column(&api["ratings"], "criteria"), ["срок=7|вежливость"]);
        assert_eq!(column(&api["complaints"], "complaint"), ["Ж-0"]);
    });
}
