//! Receiving by the page; what pages show of deliveries and of completeness.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use otklik_jobs::PeriodicJob as _;
use otklik_kernel::{CivilDay, Clock as _, Instant};
use otklik_monitoring::deliveries::depot::Part;
use otklik_monitoring::deliveries::report::NOTHING;
use otklik_monitoring::deliveries::work::Work;
use otklik_monitoring::reference::{Content, History, Kind, store as records};
use serde_json::json;

use crate::site::{DAY, with};

#[test]
fn mon8_a_file_is_uploaded_checked_and_shown_within_the_scope() {
    with(async |site| {
        site.sender("r27", "2700", "good_rows").await;
        let csrf = site.csrf("officer");
        let file = ("r27_2026-11-21_r1.csv", b"errors 1".as_slice());
        site.upload("officer", "forged", &[], file).await.expect(StatusCode::FORBIDDEN);
        site.upload("observer", &site.csrf("observer"), &[], file).await.expect(StatusCode::FORBIDDEN);
        let none = site.upload("officer", &csrf, &[], ("", b"")).await;
        none.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Выберите файл");
        let far = site.upload("far", &site.csrf("far"), &[], file).await;
        far.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Отправителя для вашего участка нет");
        site.sender("r69", "6900", "good_rows").await;
        let far = site.upload("far", &site.csrf("far"), &[], file).await;
        far.expect(StatusCode::UNPROCESSABLE_ENTITY).says("чьи это данные");
        let sent = site.upload("officer", &csrf, &[], file).await.expect(StatusCode::SEE_OTHER);
        let page = sent.location.split('?').next().unwrap().to_owned();
        site.get("officer", &page).await.expect(StatusCode::OK).says("в очереди").says("progress");
        site.work().await.unwrap();
        let shown = site.get("officer", &page).await.expect(StatusCode::OK);
        shown
            .says("принята частично")
            .says("строка 2")
            .says("столбец 11")
            .says("три цифры")
            .hides("progress");
        let report = site.get("officer", &format!("{page}/report.csv")).await.expect(StatusCode::OK);
        report.says("applications.csv;2;11;age");
        site.get("far", &page).await.expect(StatusCode::NOT_FOUND);
        site.get("far", &format!("{page}/report.csv")).await.expect(StatusCode::NOT_FOUND);
        site.get("observer", "/admin/monitoring/deliveries").await.expect(StatusCode::OK).says(&page);
        site.get("far", "/admin/monitoring/deliveries").await.expect(StatusCode::OK).hides(&page);
        // The same file once more leads to its receipt.
        let again = site.upload("officer", &csrf, &[], file).await.expect(StatusCode::SEE_OTHER);
        assert!(again.location.starts_with(&page) && again.location.ends_with("known"));
        assert!(site.monitoring.depot.older(Part::Inbox, Instant(i64::MAX)).await.unwrap().is_empty());
        site.get("officer", "/admin/monitoring").await.expect(StatusCode::OK).says("Отправитель r27");
    });
}

#[test]
fn mon8_while_a_file_is_checked_its_page_tells_how_far_it_has_come() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let sent = site.deliver(&token, "?day=2026-11-21", "slow rows 1").await.expect(StatusCode::ACCEPTED);
        let page = format!("/admin/monitoring/deliveries/{}", sent.json()["id"].as_str().unwrap());
        let look = async {
            let is_told = async || site.get("near", &page).await.text().contains("прочитано 40\u{a0}%");
            for _ in 0..200 {
                if is_told().await {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let page = site.get("near", &page).await;
            site.taker.go_on.notify_one();
            page.says("прочитано 40\u{a0}%").says("max=\"100\" value=\"40\"");
        };
        let (done, ()) = tokio::join!(site.work(), look);
        done.unwrap();
        site.get("near", &page).await.hides("progress").says("Принято всё");
    });
}

#[test]
fn mon12_the_calendar_tells_delivered_late_rejected_missing_and_empty_days() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        for (day, body) in [("18", "rows 1"), ("21", "rows 1"), ("20", "empty"), ("19", "errors 2")] {
            site.deliver(&token, &format!("?day=2026-11-{day}"), body).await.expect(StatusCode::ACCEPTED);
        }
        site.work().await.unwrap();
        let table = site.get("near", "/admin/monitoring/completeness.csv?month=2026-11").await;
        let table = table.expect(StatusCode::OK);
        let state = |day: &str| {
            let row = table.text().lines().find(|row| row.contains(&format!(";2026-11-{day};"))).unwrap();
            row.split(';').nth(3).unwrap().to_owned()
        };
        // It is noon of the 22nd in Moscow: the 21st was due just now.
        assert_eq!(state("21"), "в срок");
        assert_eq!(state("20"), "объявлен пустым с опозданием");
        assert_eq!(state("19"), "отклонено");
        assert_eq!(state("18"), "с опозданием");
        assert_eq!(state("17"), "нет данных");
        assert_eq!(state("22"), "ещё ожидается");
        let page = site.get("near", "/admin/monitoring/completeness").await.expect(StatusCode::OK);
        page.says("Полнота данных: ноябрь 2026")
            .says("Получено 3 из 21")
            .says("объявлен пустым с опозданием: 1");
        let list = site.get("near", "/admin/monitoring/deliveries.csv").await;
        let listed = list.text().lines().find(|row| row.contains(";2026-11-20;")).unwrap();
        assert!(listed.contains("с опозданием"), "the list says the same: {listed}");
        site.get("far", "/admin/monitoring/completeness").await.expect(StatusCode::OK).hides("r27");
    });
}

#[test]
fn mon3_services_come_with_deliveries_and_leave_with_what_is_replaced() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let name = async || {
            let history = History(records::of(site.t.db.read(), Kind::Service, "100").await.unwrap());
            assert!(history.on(CivilDay(DAY.0 - 1)).is_none());
            match history.on(DAY).map(|record| record.content.clone()) {
                Some(Content::Service { name, .. }) => (history.0.len(), name),
                other => panic!("{other:?}"),
            }
        };
        site.deliver(&token, "?day=2026-11-21", "rows 1").await.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        assert_eq!(name().await, (1, "Услуга ревизии 1".to_owned()));
        site.deliver(&token, "?day=2026-11-21&revision=2", "rows 2").await.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        assert_eq!(name().await, (1, "Услуга ревизии 2".to_owned()));
        let page = site.get("administrator", "/admin/monitoring/records?kind=services").await;
        page.expect(StatusCode::OK).says("Услуга ревизии 2").hides("Услуга ревизии 1");
    });
}

#[test]
fn mon8_who_has_no_sender_is_told_who_adds_one_and_gets_no_form() {
    with(async |site| {
        const NEW: &str = "/admin/monitoring/deliveries/new";
        let page = site.get("officer", NEW).await.expect(StatusCode::OK);
        page.says("Его добавляет администратор").says("уже есть в анализе").hides("type=\"file\"");
        let page = site.get("near", NEW).await.expect(StatusCode::OK);
        page.says("href=\"/admin/monitoring/senders/new\"").hides("type=\"file\"");
        site.sender("r27", "2700", "whole").await;
        let page = site.get("officer", NEW).await.expect(StatusCode::OK);
        page.says("type=\"file\"").hides("Его добавляет администратор");
    });
}

#[test]
fn mon8_an_empty_file_and_one_that_is_no_table_are_named_before_anything_else() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let csrf = site.csrf("officer");
        let empty = site.upload("officer", &csrf, &[], ("день.csv", b"")).await;
        let empty = empty.expect(StatusCode::UNPROCESSABLE_ENTITY);
        empty.says("Файл «день.csv» пуст").says("Файл нужно выбрать снова").hides("Выберите файл.</");
        let photo = ("IMG_1.jpg", b"\xFF\xD8\xFF\xE0\x00\x10JFIF".as_slice());
        let photo = site.upload("officer", &csrf, &[], photo).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        photo.says("«IMG_1.jpg» — не пакет ZIP и не таблица CSV").hides("чьи это данные");
    });
}

#[test]
fn mon8_that_it_waits_is_said_only_while_it_does() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let csrf = site.csrf("officer");
        let file = ("r27_2026-11-21_r1.csv", b"errors 1".as_slice());
        let sent = site.upload("officer", &csrf, &[], file).await.expect(StatusCode::SEE_OTHER);
        let page = site.get("officer", &sent.location).await.expect(StatusCode::OK);
        // What refreshes itself has it, so that it goes away with the refresh.
        let (_, live) = page.text().split_once("data-live id").unwrap();
        assert!(live.contains("принята и ждёт проверки"));
        page.hides("обновится сама").hides("Решено");
        let again = site.upload("officer", &csrf, &[], file).await.expect(StatusCode::SEE_OTHER);
        site.get("officer", &again.location).await.expect(StatusCode::OK).says("уже были приняты раньше");
        site.work().await.unwrap();
        let page = site.get("officer", &sent.location).await.expect(StatusCode::OK);
        // When it was decided comes with the refresh too.
        let (_, live) = page.text().split_once("data-live id=\"about\"").unwrap();
        assert!(live.contains("Решено"));
        page.says("отклонена").hides("ждёт проверки");
        // Refused bytes wait for their check once more.
        let again = site.upload("officer", &csrf, &[], file).await.expect(StatusCode::SEE_OTHER);
        let page = site.get("officer", &again.location).await.expect(StatusCode::OK);
        page.says("принята и ждёт проверки").hides("Решено");
    });
}

#[test]
fn mon8_what_was_counted_is_said_in_words_that_fit_the_number() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "good_rows").await;
        let sent = site.deliver(&token, "?day=2026-11-21&name=x.csv", "errors 1").await;
        site.work().await.unwrap();
        let id = sent.json()["id"].as_str().unwrap().to_owned();
        let page = site.get("near", &format!("/admin/monitoring/deliveries/{id}")).await;
        let page = page.expect(StatusCode::OK).says("</strong> ошибка<").says("</strong> строк прочитано<");
        page.says("x.csv (8 байт)").says("через API, r27");
    });
}

#[test]
fn mon10_errors_of_a_file_alone_name_it_as_it_was_sent() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let table = "request_id;service_id;channel_in;region;body;age;authority_1\r\n\
            1-1;100;МФЦ;27;УФНС;=\"035\";\r\n";
        let query = "?day=2026-11-21&name=%3D%D0%B4%D0%B5%D0%BD%D1%8C.csv";
        let sent = site.deliver(&token, query, table).await.expect(StatusCode::ACCEPTED);
        let hub = Arc::new(site.monitoring.hub.clone());
        Work::new(&site.ctx, &site.monitoring.depot, hub).run(site.t.clock.now()).await.unwrap();
        let told = site.ask(&token, &sent.location).await.expect(StatusCode::OK).json();
        let error = &told["errors"][0];
        assert_eq!((&error["file"], &error["line"]), (&"=день.csv".into(), &2.into()), "{told}");
        assert_eq!((&error["code"], &error["value"]), (&"excel_formula".into(), &"=\"035\"".into()));
        let report = site.ask(&token, told["report"].as_str().unwrap()).await.expect(StatusCode::OK);
        report.says("\n'=день.csv;2;6;age;excel_formula;").hides("delivery.csv");
        let id = told["id"].as_str().unwrap();
        let page = site.get("near", &format!("/admin/monitoring/deliveries/{id}")).await;
        page.expect(StatusCode::OK).says("=день.csv").says("формулой Excel вида").hides("delivery.csv");
    });
}

#[test]
fn mon12_what_an_address_asks_for_and_there_is_not_is_said() {
    with(async |site| {
        let (id, token) = site.sender("r27", "2700", "whole").await;
        site.deliver(&token, "?day=2026-11-21", "rows 1").await.expect(StatusCode::ACCEPTED);
        let list = "/admin/monitoring/deliveries";
        let right = format!("{list}?sender={id}&state=queued&from=2026-11-01&to=2026-11-30");
        site.get("near", &right).await.expect(StatusCode::OK).says("<table");
        for (wrong, field, words) in [
            ("state=zzz", "state", "Такого состояния нет"),
            ("sender=nosuch", "sender", "Такого отправителя нет"),
            ("from=xx", "from", "Введите день"),
            ("to=2026-13-01", "to", "Введите день"),
            ("from=2026-11-20&to=2026-11-10", "to", "раньше первого"),
        ] {
            let page = site.get("near", &format!("{list}?{wrong}")).await;
            let page = page.expect(StatusCode::UNPROCESSABLE_ENTITY).says(words).hides("<table");
            page.says(&format!("id=\"{field}-error\""));
        }
        // What was typed stays in its field: one for days would drop it.
        let page = site.get("near", &format!("{list}?from=xx&to=2026-11-30")).await;
        page.says("type=\"text\" value=\"xx\"").says("type=\"date\" value=\"2026-11-30\"");
        let far = site.get("far", &format!("{list}?sender={id}")).await;
        far.expect(StatusCode::UNPROCESSABLE_ENTITY).says("вне вашего участка");
        for wrong in ["records?kind=zzz", "records?kind=own&sender=x", "completeness?month=xx"] {
            site.get("near", &format!("/admin/monitoring/{wrong}")).await.expect(StatusCode::NOT_FOUND);
        }
        let calendar = "/admin/monitoring/completeness.csv?month=2026-13";
        site.get("near", calendar).await.expect(StatusCode::NOT_FOUND);
    });
}

/// The numbers of the overview's tiles.
fn tiles(page: &str) -> Vec<usize> {
    let (tiles, _) = page.split_once("class=\"tiles stands\"").unwrap().1.split_once("</ul>").unwrap();
    let numbers = tiles.split("<strong>").skip(1);
    numbers.map(|rest| rest.split_once('<').unwrap().0.parse().unwrap()).collect()
}

#[test]
fn mon12_the_tiles_of_the_overview_add_up_to_all_days() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "good_rows").await;
        let page = site.get("near", "/admin/monitoring").await.expect(StatusCode::OK);
        assert_eq!(tiles(page.text()), [13, 0, 0, 1, 0], "the one is awaited still");
        for (day, body) in [("21", "errors 1"), ("20", "empty"), ("18", "rows 1")] {
            site.deliver(&token, &format!("?day=2026-11-{day}"), body).await.expect(StatusCode::ACCEPTED);
        }
        let page = site.get("near", "/admin/monitoring").await.expect(StatusCode::OK);
        assert_eq!(tiles(page.text()), [11, 0, 0, 3, 0]);
        page.says("дня проверяются");
        site.work().await.unwrap();
        let page = site.get("near", "/admin/monitoring").await.expect(StatusCode::OK);
        assert_eq!(tiles(page.text()), [11, 0, 1, 1, 1, 0]);
        page.says("день принят без ошибочных строк").says("день объявлен пустым с опозданием");
    });
}

#[test]
fn mon12_the_list_tells_which_deliveries_came_late_and_gives_a_table_of_what_is_asked_for() {
    with(async |site| {
        let (id, token) = site.sender("r27", "2700", "whole").await;
        // It is noon of the 22nd: the 21st comes in time, the 20th late, the 19th late after a rejection.
        for (day, body) in [("21", "rows 1"), ("20", "rows 2"), ("19", "errors 1")] {
            site.deliver(&token, &format!("?day=2026-11-{day}"), body).await.expect(StatusCode::ACCEPTED);
        }
        site.work().await.unwrap();
        site.t.clock.advance(Instant::HOUR);
        // A correction that comes after the day was due doesn't make it late.
        for (day, body) in [("21", "rows 3"), ("19", "rows 4")] {
            let query = format!("?day=2026-11-{day}&revision=2");
            site.deliver(&token, &query, body).await.expect(StatusCode::ACCEPTED);
        }
        site.work().await.unwrap();
        let table = site.get("near", "/admin/monitoring/deliveries.csv").await.expect(StatusCode::OK);
        let rows: Vec<Vec<&str>> =
            table.text().lines().skip(1).map(|row| row.split(';').skip(2).take(4).collect()).collect();
        assert_eq!(
            rows,
            [
                ["2026-11-19", "2", "принята", "с опозданием"],
                ["2026-11-21", "2", "принята", ""],
                ["2026-11-19", "1", "отклонена", "с опозданием"],
                ["2026-11-20", "1", "принята", "с опозданием"],
                ["2026-11-21", "1", "заменена", ""],
            ]
        );
        let page = site.get("near", "/admin/monitoring/deliveries").await.expect(StatusCode::OK);
        assert_eq!(page.text().matches("с опозданием").count(), 3);
        let tail = format!("?sender={id}&state=rejected");
        site.get("near", &format!("/admin/monitoring/deliveries{tail}"))
            .await
            .says(&format!("deliveries.xlsx?sender={id}&#38;state=rejected"));
        let table = site.get("near", &format!("/admin/monitoring/deliveries.csv{tail}")).await;
        assert_eq!(table.expect(StatusCode::OK).text().lines().count(), 2);
        let wrong = site.get("near", "/admin/monitoring/deliveries.csv?state=zzz").await;
        wrong.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Такого состояния нет").hides("r27;");
        let far = site.get("far", "/admin/monitoring/deliveries.csv").await.expect(StatusCode::OK);
        assert_eq!(far.text().lines().count(), 1, "the header alone");
    });
}

#[test]
fn mon6_lists_are_given_as_tables_within_the_scope() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let get = async |who: &str, path: &str| {
            site.get(who, &format!("/admin/monitoring/{path}")).await.expect(StatusCode::OK)
        };
        get("officer", "senders.csv").await.says("Отправитель r27;r27;УФНС по Хабаровскому краю;");
        get("far", "senders.csv").await.hides("r27");
        get("near", "records.csv?kind=norms").await.says("waiting;").says("встроенная");
        get("near", "records.csv").await.says("1003;").hides("waiting;");
        get("near", "sendings.csv").await.says("За день;Получатель;");
        let told = get("near", "completeness.json?month=2026-11").await.json();
        assert_eq!((&told["columns"][2], &told["rows"][0][2]), (&"За день".into(), &"2026-11-01".into()));
        assert_eq!(told["rows"][0][3], "нет данных");
        get("far", "completeness.json?month=2026-11").await.hides("r27");
        for list in ["completeness", "deliveries", "senders", "records", "sendings"] {
            assert!(get("near", &format!("{list}.xlsx")).await.content.starts_with(b"PK"), "{list}");
        }
        site.get("near", "/admin/monitoring/records.csv?kind=zzz").await.expect(StatusCode::NOT_FOUND);
    });
}

#[test]
fn mon10_of_a_very_long_report_the_first_errors_are_shown_and_all_are_downloaded() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let sent = site.deliver(&token, "?day=2026-11-21&name=x.csv", "errors 50000").await;
        let receipt = sent.expect(StatusCode::ACCEPTED).json()["id"].as_str().unwrap().to_owned();
        site.work().await.unwrap();
        let row = |line| format!("x.csv;{line};11;age;age_digits;error;Возраст — три цифры;\"a{line};\"\r\n");
        let rows: String = (2..50_002).map(row).collect();
        let whole = format!("{NOTHING}{rows}");
        let id = receipt.parse().unwrap();
        site.monitoring.depot.put(Part::Report, id, whole.clone().into_bytes()).await.unwrap();
        let page = format!("/admin/monitoring/deliveries/{receipt}");
        let shown = site.get("near", &page).await.expect(StatusCode::OK);
        shown.says("Показаны первые 100 из 50\u{202f}000").says("a2;").says("a101;").hides("a102;");
        let api = format!("/api/v1/monitoring/deliveries/{receipt}");
        let told = site.ask(&token, &api).await.expect(StatusCode::OK).json();
        let errors = told["errors"].as_array().unwrap();
        assert_eq!((errors.len(), errors[999]["value"].as_str()), (1000, Some("a1001;")));
        assert_eq!(
            (&told["counts"]["errors"], &told["report"]),
            (&json!(50_000), &json!(format!("{api}/report.csv")))
        );
        for report in [
            site.get("near", &format!("{page}/report.csv")).await,
            site.ask(&token, &format!("{api}/report.csv")).await,
        ] {
            assert!(report.expect(StatusCode::OK).content == whole.as_bytes());
        }
        // Without errors there is a report all the same, which says nothing.
        let sent = site.deliver(&token, "?day=2026-11-20&name=x.csv", "rows 3").await;
        let receipt = sent.expect(StatusCode::ACCEPTED).json()["id"].as_str().unwrap().to_owned();
        site.work().await.unwrap();
        let report = site.ask(&token, &format!("/api/v1/monitoring/deliveries/{receipt}/report.csv")).await;
        assert_eq!(report.expect(StatusCode::OK).text(), NOTHING);
    });
}
