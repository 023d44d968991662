//! Answers kept between questions: no longer than they hold.

use axum::http::StatusCode;
use otklik_kernel::Clock as _;
use otklik_lake::Change;
use otklik_monitoring::answers::{Allowed, Ask, By, Sheet};
use otklik_monitoring::hub::Hub;
use otklik_monitoring::upkeep::{rebuild, verify};
use otklik_organisations::store;
use otklik_progress::model::{Channel, Process};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::receipts::take;
use crate::receipts::told::{Told, contents};
use crate::records::{ONE, borrowed, status};
use crate::site::{DAY, NEAR, Site, fields, with};

async fn overview(site: &Site) -> (u64, Sheet) {
    overview_of(&site.monitoring.hub).await
}

async fn overview_of(hub: &Hub) -> (u64, Sheet) {
    let answers = hub.answers().await.unwrap();
    (answers.commit(), answers.overview(&Ask::default(), &Allowed::All).await.unwrap())
}

fn began(sheet: &Sheet) -> Option<i64> {
    sheet.get(0, "began")?.whole()
}

#[test]
fn mon13_an_answer_outlives_a_compaction_and_neither_an_import_nor_other_rules() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        for day in 1..=9 {
            let request = format!("1-{day}");
            let mut told = Told::new("r27", DAY.0 - day, 1, 1);
            told.application(&request, "100", 27, "2700", Channel::ALL[0]);
            told.event(&request, 1, 2, 1_795_000_000 + i64::from(day), "");
            take(&site, &told).await;
            assert_eq!(began(&overview(&site).await.1), Some(i64::from(day)));
        }
        let before = overview(&site).await;
        let kept_up = site.monitoring.hub.keep_up().await.unwrap();
        let after = overview(&site).await;
        assert!(after.0 == kept_up.commit && after.0 > before.0, "{kept_up:?}");
        assert_eq!(after.1, before.1);
        // Other rules hold from now on, not from the next import on.
        let fields = status("Рассматривается");
        site.post("administrator", ONE, &borrowed(&fields)).await.expect(StatusCode::SEE_OTHER);
        let hub = &site.monitoring.hub;
        assert!(hub.answers().await.unwrap().is_by(&hub.rules().await.unwrap()));
    });
}

#[test]
fn mon13_what_an_older_programme_derived_is_made_anew_before_it_is_asked() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        told.application("1-1", "100", 27, "2700", Channel::ALL[0]);
        told.event("1-1", 1, 2, 1_795_000_000, "");
        take(&site, &told).await;
        let expected = overview(&site).await;
        // A commit of before: it says no form, and tables of sums are not what they are now.
        let hub = &site.monitoring.hub;
        let base = hub.lake().latest().await.unwrap();
        let older = |change: Change| change.note("kind", "import").note("version", base.number() + 1);
        let sums = ["figures", "spans"].into_iter().flat_map(|table| base.files(table));
        let change = sums.fold(older(Change::new()), |change, file| change.without(&file.path));
        let old = hub.lake().commit(&base, change).await.unwrap();
        let again = site.hub_again();
        let (commit, sheet) = overview_of(&again).await;
        assert_eq!((commit, &sheet), (old.number() + 1, &expected.1));
        assert!(verify(&again.importer().await.unwrap()).await.unwrap().ok);
        assert_eq!(overview_of(&site.hub_again()).await.0, commit, "once is enough");
        // An older one may run beside it until it is replaced: what it writes is made anew too.
        let base = hub.lake().latest().await.unwrap();
        let change = ["figures", "spans"].into_iter().flat_map(|table| base.files(table));
        let change = change.fold(older(Change::new()), |change, file| change.without(&file.path));
        let old = hub.lake().commit(&base, change).await.unwrap();
        assert_eq!(overview_of(&again).await, (old.number() + 1, expected.1));
        // What a newer one made is not touched, whenever this one began.
        let change = older(Change::new()).note("form", 1_000);
        hub.lake().commit(&hub.lake().latest().await.unwrap(), change).await.unwrap();
        for hub in [&site.hub_again(), &again] {
            let refused = hub.answers().await.err().unwrap();
            assert!(refused.to_string().contains("form 1000"), "{refused}");
        }
    });
}

#[test]
fn mon13_what_was_asked_is_asked_anew_after_an_import_before_anybody_looks() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let hub = &site.monitoring.hub;
        let day = |day: i32| {
            let request = format!("1-{day}");
            let mut told = Told::new("r27", DAY.0 - day, 1, 1);
            told.application(&request, "100", 27, "2700", Channel::ALL[0]);
            told.event(&request, 1, 2, 1_795_000_000 + i64::from(day), "");
            told.event(&request, 1, 1, 1_795_000_600 + i64::from(day), "");
            told
        };
        let steps = async || {
            let answers = hub.answers().await.unwrap();
            let sheet = answers.transitions(&Ask::default(), &Allowed::All).await.unwrap();
            sheet.whole(0, "n")
        };
        assert_eq!(hub.freshen().await.unwrap(), 0, "nobody has asked anything");
        take(&site, &day(1)).await;
        assert_eq!((began(&overview(&site).await.1), steps().await), (Some(1), Some(1)));
        assert_eq!(hub.freshen().await.unwrap(), 0, "all of it is answered");
        take(&site, &day(2)).await;
        assert_eq!(hub.freshen().await.unwrap(), 2);
        let now = site.t.clock.now();
        assert!(hub.answers().await.unwrap().open(now).is_empty(), "whoever asks now finds both answered");
        assert_eq!(hub.freshen().await.unwrap(), 0, "once for each commit");
        assert_eq!((began(&overview(&site).await.1), steps().await), (Some(2), Some(2)));
        let fields = status("Рассматривается");
        site.post("administrator", ONE, &borrowed(&fields)).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(hub.freshen().await.unwrap(), 2, "by other rules there may be other answers");
    });
}

#[test]
fn mon15_a_pause_at_a_centre_is_told_of_as_one_without_an_end() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for (request, process) in [("1-1", Process::Mfc), ("1-2", Process::Authority)] {
            told.application(request, "100", 27, "2700", Channel::ALL[0]);
            told.event(request, Process::Authority as u8, 2, 1_795_000_000, "");
            told.event(request, process as u8, 14, 1_795_000_100, "");
        }
        take(&site, &told).await;
        let page = async |request: &str| {
            let path = format!("/admin/monitoring/application?request={request}");
            site.get("administrator", &path).await.expect(StatusCode::OK).says(request)
        };
        page("1-1").await.says("Приостановка в МФЦ").says("из длительности не вычтена");
        page("1-2").await.hides("Приостановка в МФЦ");
    });
}

#[test]
fn mon13_from_a_figure_one_comes_to_its_applications_and_to_each_of_them() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for n in 1..=8_i64 {
            let request = format!("1-{n}");
            told.application(&request, "100", 27, "2700", Channel::ALL[0]);
            told.event(&request, 1, 2, 1_795_000_000, "");
            told.event(&request, 1, 3, 1_795_000_000 + n * 3600, "");
        }
        told.application("1-9", "100", 27, "2700", Channel::ALL[0]);
        told.event("1-9", 1, 1, 1_780_000_000, "");
        told.event("1-9", 1, 4, 1_785_000_000, "");
        take(&site, &told).await;
        let get = async |path: &str| site.get("near", path).await.expect(StatusCode::OK);
        let days = "from=2026-11-01&to=2026-11-30";
        let page =
            get(&format!("/admin/monitoring/analysis?{days}&from_status=2&to_status=3&by=channel")).await;
        let page = page
            .says("Сколько времени между двумя статусами?")
            .says("8 заявлений: половина не дольше чем за 4");
        page.says("from_status=2&#38;to_status=3&#38;what=between\">Самые долгие заявления");
        // Each row of a table leads to what it is about.
        let bodies = get(&format!("/admin/monitoring/analysis?{days}&by=body")).await;
        bodies.says("<th scope=\"row\"><a href=\"/admin/monitoring/analysis?").says("body=2700");
        let asked = format!("{days}&what=between&from_status=2&to_status=3");
        let page = get(&format!("/admin/monitoring/applications?{asked}")).await.says("1-8").says("8\u{a0}ч");
        let (longest, shortest) = (page.text().find("1-8").unwrap(), page.text().find("1-1").unwrap());
        assert!(longest < shortest, "the longest stands first");
        let told = get(&format!("/admin/monitoring/applications.json?{asked}")).await.json();
        assert_eq!(told["rows"].as_array().unwrap().len(), 8);
        assert_eq!(told["rows"][0][0], "1-8");
        assert_eq!(told["columns"][8], "Между статусами, ч");
        assert_eq!(told["rows"][0][8], 8.0);
        let figure = format!("{days}&from_status=2&to_status=3&by=channel&figure=between");
        let told = get(&format!("/admin/monitoring/analysis.json?{figure}")).await.json();
        assert_eq!((&told["rows"][0][1], &told["rows"][0][3]), (&8.into(), &4.5.into()));
        let book = get(&format!("/admin/monitoring/analysis.xlsx?{figure}")).await;
        assert!(book.content.starts_with(b"PK"));
        get("/admin/monitoring/application?request=1-8").await.says("/admin/monitoring/analysis?service=100");
        let events = get("/admin/monitoring/application.json?request=1-8").await.json();
        assert_eq!((&events["rows"][1][2], &events["rows"][1][3]), (&3.into(), &"Услуга оказана".into()));
        let late = "/admin/monitoring/applications?what=overdue&from=2026-05-01&to=2026-11-30";
        get(late).await.says("1-9").says("57\u{a0}дн").hides("1-8");
        let ways = get(&format!("/admin/monitoring/map.json?{days}")).await.json();
        assert_eq!(ways["rows"][0][4], 8);
        for nowhere in ["what=weather", "what=rule&rule=61", "what=stage&stage=x", "what=step&from_status=2"]
        {
            let path = format!("/admin/monitoring/applications?{nowhere}");
            site.get("near", &path).await.expect(StatusCode::NOT_FOUND);
        }
        let other = format!("/admin/monitoring/applications?{asked}");
        site.get("far", &other).await.expect(StatusCode::OK).hides("1-8");
        site.get("far", "/admin/monitoring/application.csv?request=1-8").await.expect(StatusCode::NOT_FOUND);
    });
}

#[test]
fn mon15_between_two_statuses_time_is_told_without_suspension_too_and_never_from_a_planned_moment() {
    with(async |site| {
        const HOUR: i64 = 3600;
        const BEGAN: i64 = 1_795_000_000;
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for n in 0..8_i64 {
            let request = format!("1-{n}");
            told.application(&request, "100", 27, "2700", Channel::ALL[0]);
            // Half of them are suspended: for two hours within the time, for one before it, without an end after it.
            let steps: &[(i16, i64)] = match n {
                0 => &[(2, 0), (1, 1), (14, 2), (1020, 4), (3, 10)],
                1 => &[(2, 0), (14, 0), (1020, 1), (1, 1), (3, 10), (14, 11)],
                2 => &[(2, 0), (1, 1), (14, 5), (3, 10)],
                3 => &[(2, 0), (1, 1), (14, 2), (1020, 3), (14, 4), (1020, 5), (3, 10)],
                _ => &[(2, 0), (1, 1), (3, 10)],
            };
            for (place, (status, hours)) in (0..).zip(steps) {
                told.event(&request, 1, *status, BEGAN + hours * HOUR + place, "");
            }
        }
        take(&site, &told).await;
        let answers = site.monitoring.hub.answers().await.unwrap();
        let asks = [Ask::default(), Ask::by(&[By::Body]), Ask::by(&[By::Service, By::Day])];
        for ask in asks {
            // The sums of buckets say the same as far as they can.
            for answers in [answers.clone(), answers.clone().exact_up_to(0)] {
                let sheet = answers.between(&ask, &Allowed::All, 1, 3).await.unwrap();
                let hours =
                    |column| (sheet.get(0, column).unwrap().number().unwrap() / 3600.0 * 10.0).round();
                assert_eq!(sheet.whole(0, "n"), Some(8));
                // 9 hours each; without 2, 0, 5 and 2 of them.
                assert_eq!((hours("mean"), hours("active_mean")), (90.0, 79.0), "{:?}", ask.by);
                assert!(
                    (hours("active_p50") - 90.0).abs() <= 1.0 && (hours("active_p95") - 90.0).abs() <= 1.0
                );
            }
        }
        let none = answers.between(&Ask::default(), &Allowed::Bodies(["6900".into()].into()), 1, 3).await;
        assert_eq!(none.unwrap().whole(0, "n"), Some(0));
        assert!(answers.between(&Ask::default(), &Allowed::All, 1002, 3).await.is_err());
        let days = "from=2026-11-01&to=2026-11-30";
        let page = "/admin/monitoring/analysis";
        let shown = site.get("near", &format!("{page}?{days}&from_status=1&to_status=3")).await;
        shown.expect(StatusCode::OK).says("Без приостановлений половина").hides("<option value=\"1002\"");
        let planned = site.get("near", &format!("{page}?{days}&from_status=1002&to_status=3")).await;
        planned.expect(StatusCode::UNPROCESSABLE_ENTITY).says("Такого статуса нет");
    });
}

#[test]
fn x6_times_of_few_applications_stand_in_the_table_and_are_not_drawn() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for (service, of) in [("100", 5_i64), ("200", 4)] {
            for n in 0..of {
                let request = format!("{service}-{n}");
                told.application(&request, service, 27, "2700", Channel::ALL[0]);
                told.event(&request, 1, 2, 1_795_000_000, "");
                told.event(&request, 1, 3, 1_795_000_000 + 7200, "");
                told.rating(&request, 1_795_000_000 + 9000, 4);
            }
        }
        take(&site, &told).await;
        let path = "/admin/monitoring/analysis?from=2026-11-01&to=2026-11-30&by=service";
        let page = site.get("near", path).await.expect(StatusCode::OK);
        for figure in ["durations", "people"] {
            let drawn = page.text().split(&format!("id=\"chart-{figure}\"")).nth(1).unwrap();
            let (bars, rest) = drawn.split_once("</ul>").unwrap();
            assert!(bars.contains(">100</a>") && !bars.contains(">200</a>"), "{figure}: {bars}");
            assert!(rest.split("</figure>").next().unwrap().contains(">200</a>"), "{figure}");
        }
        let bodies = site.get("near", &path.replace("by=service", "by=body")).await.expect(StatusCode::OK);
        bodies.says("</a> <small>2700</small></th>");
    });
}

#[test]
fn mon13_figures_are_told_by_whatever_is_asked_for() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for n in 0..12_i64 {
            let request = format!("1-{n}");
            told.application(&request, "100", 27, "2700", Channel::ALL[usize::from(n % 2 == 0)]);
            told.event(&request, 1, 2, 1_795_000_000 - n * 86_400 * 9, "");
            told.event(&request, 1, 3, 1_795_000_000 - n * 86_400 * 9 + 3600, "");
        }
        take(&site, &told).await;
        let rows = async |by: &str, figure: &str| {
            let path = format!(
                "/admin/monitoring/analysis.json?from=2026-08-10&to=2026-11-30&by={by}&figure={figure}"
            );
            let told = site.get("administrator", &path).await.expect(StatusCode::OK).json();
            told["rows"].as_array().unwrap().clone()
        };
        for by in ["service", "region", "body", "channel", "month", "day", "variant"] {
            let durations = rows(by, "durations").await;
            let n: i64 = durations.iter().map(|row| row[1].as_i64().unwrap()).sum();
            assert_eq!(n, 12, "{by}");
            let steps = rows(by, "bottlenecks").await;
            let n: i64 = steps.iter().map(|row| row[2].as_i64().unwrap()).sum();
            assert_eq!(n, 12, "{by}");
            assert!(steps.iter().all(|row| row[3] == 100.0), "{by}: the share of each one's own time");
        }
        let months = rows("month", "durations").await;
        let months: Vec<&str> = months.iter().map(|row| row[0].as_str().unwrap()).collect();
        assert_eq!(months, ["2026-08 (неполный)", "2026-09", "2026-10", "2026-11"]);
        let digital = rows("day", "digital").await;
        assert!(digital.iter().all(|row| row[3].is_null()), "no share of one application");
    });
}

#[test]
fn mon14_a_term_set_by_hand_is_measured_by_after_a_rebuild() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        told.application("1-1", "100", 27, "2700", Channel::ALL[0]);
        told.event("1-1", 1, 1, 1_794_000_000, "");
        told.event("1-1", 1, 3, 1_794_000_000 + 12 * 86_400, "");
        take(&site, &told).await;
        let late = async || {
            let path = "/admin/monitoring/applications.json?what=overdue&from=2026-11-01&to=2026-12-31";
            let told = site.get("administrator", path).await.expect(StatusCode::OK).json();
            told["rows"].as_array().unwrap().len()
        };
        assert_eq!(late().await, 0, "the general norm is of thirty days");
        let term = [
            ("kind_of", "services"),
            ("name", "100"),
            ("code", "100"),
            ("title", "Выписка"),
            ("amount", "5"),
            ("unit", "calendar"),
            ("first", "1"),
            ("second", "3"),
            ("valid_from", "2026-11-01"),
            ("reason", "регламент"),
        ];
        let saved = site.post("administrator", ONE, &term).await.expect(StatusCode::SEE_OTHER);
        site.get("administrator", &saved.location).await.says("otklik monitoring rebuild");
        assert_eq!(late().await, 0, "what was taken in stays until a rebuild");
        let importer = site.monitoring.hub.importer().await.unwrap();
        let found = verify(&importer).await.unwrap();
        assert!(!found.ok && found.differences.iter().any(|line| line.contains("rebuild")), "{found:?}");
        rebuild(&importer).await.unwrap();
        assert_eq!(late().await, 1);
        let found = verify(&importer).await.unwrap();
        assert!(found.ok, "{found:?}");
    });
}

/// Rules that each application of a period breaks, by the conformance report: rule and how many.
async fn broken(site: &Site, rule: i64) -> i64 {
    let answers = site.monitoring.hub.answers().await.unwrap();
    let sheet = answers.conformance(&Ask::default(), &Allowed::All).await.unwrap();
    let rows = (0..sheet.rows.len()).filter(|row| sheet.whole(*row, "rule") == Some(rule));
    rows.filter_map(|row| sheet.whole(row, "n")).sum()
}

#[test]
fn mon14_an_order_edited_from_tomorrow_on_judges_nothing_of_before_anew() {
    with(async |site| {
        const BEGAN: i64 = 1_795_000_000;
        site.sender("r27", "2700", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        told.application("1-1", "100", 27, "2700", Channel::ALL[0]);
        [2, 1, 1].iter().zip(0..).for_each(|(status, n)| told.event("1-1", 1, *status, BEGAN + n, ""));
        take(&site, &told).await;
        assert_eq!(broken(&site, 4).await, 1, "registered twice");
        let off = [
            ("kind_of", "order"),
            ("name", "4"),
            ("code", "4"),
            ("valid_from", "2026-11-22"),
            ("reason", "приказ"),
            ("do", "off"),
        ];
        site.post("administrator", ONE, &off).await.expect(StatusCode::SEE_OTHER);
        let before = contents(&site.monitoring.hub.importer().await.unwrap(), &[]).await;
        rebuild(&site.monitoring.hub.importer().await.unwrap()).await.unwrap();
        assert_eq!(contents(&site.monitoring.hub.importer().await.unwrap(), &[]).await, before);
        // What is told of it later changes nothing of that either; what begins tomorrow is judged without the rule.
        let mut more = Told::new("r27", DAY.plus_days(2).0, 1, 2);
        more.event("1-1", 1, 6, BEGAN + 5 * 86_400, "");
        more.application("1-2", "100", 27, "2700", Channel::ALL[0]);
        [2, 1, 1].iter().zip(0..).for_each(|(status, n)| {
            more.event("1-2", 1, *status, BEGAN + 5 * 86_400 + n, "");
        });
        take(&site, &more).await;
        assert_eq!(broken(&site, 4).await, 1);
        let findings = async |request: &str| {
            let answers = site.monitoring.hub.answers().await.unwrap();
            let trace = answers.trace(request, &Allowed::All).await.unwrap().unwrap();
            trace.findings.into_iter().map(|told| told.rule).collect::<Vec<_>>()
        };
        assert_eq!((findings("1-1").await, findings("1-2").await), (vec![4], vec![]));
        let held = contents(&site.monitoring.hub.importer().await.unwrap(), &[]).await;
        rebuild(&site.monitoring.hub.importer().await.unwrap()).await.unwrap();
        assert_eq!(contents(&site.monitoring.hub.importer().await.unwrap(), &[]).await, held);
        let list = "/admin/monitoring/applications?what=rule&rule=4&from=2026-11-01&to=2026-11-30";
        site.get("administrator", list).await.expect(StatusCode::OK).says(">1-1</a>").hides(">1-2</a>");
    });
}

#[test]
fn mon13_a_table_of_something_else_than_was_asked_for_is_not_given() {
    with(async |site| {
        const TABLE: &str = "/admin/monitoring/analysis.csv";
        let digital = format!("{TABLE}?figure=digital");
        site.get("near", &digital).await.expect(StatusCode::OK);
        site.get("near", &format!("{TABLE}?figure=weather")).await.expect(StatusCode::NOT_FOUND);
        site.get("near", TABLE).await.expect(StatusCode::OK);
        for wrong in [
            "from=xx",
            "body=6900",
            "channel=foo",
            "service=5",
            "variant=1",
            "by=weather",
            "from_status=999",
            "region=abc",
            "from=2026-11-20&to=2026-11-10",
        ] {
            let page = site.get("near", &format!("{digital}&{wrong}")).await;
            page.expect(StatusCode::UNPROCESSABLE_ENTITY).says("<form");
        }
        let typed = site.get("near", "/admin/monitoring/analysis?body=6900&service=555").await;
        typed.says("value=\"6900\"").says("<option value=\"555\" selected>");
    });
}

/// Links by which the filter's form offers bodies, as codes; the page was refused.
fn offered(page: &crate::site::Answer) -> Vec<String> {
    let list = page.text().split_once("id=\"bodies-meant\"").map_or("", |(_, rest)| rest);
    let list = list.split_once("</ul>").map_or("", |(list, _)| list);
    let codes = list.split("<small>").skip(1).filter_map(|rest| rest.split_once("</small>"));
    codes.map(|(code, _)| code.to_owned()).collect()
}

#[test]
fn mon13_a_body_is_found_by_its_code_its_name_or_a_part_of_it_among_those_that_may_be_seen() {
    with(async |site| {
        // More bodies than a list of them would take.
        let tx = site.t.db.begin().await.unwrap();
        let offices = (1..=320).map(|n| (format!("mfc-{n}"), format!("МФЦ № {n} Бердска")));
        let others = [("t-1", "Отдел"), ("t-2", "Отдел учёта"), ("t-3", "Приёмная"), ("t-4", "Приемная")];
        let others = others.map(|(code, name)| (code.to_owned(), name.to_owned()));
        for (id, (code, name)) in (100..).zip(offices.chain(others)) {
            store::insert(&tx, id, Some(NEAR), &fields(&code, &name), site.t.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        site.monitoring.offices.refresh(&site.t.db).await.unwrap();
        let page = async |who: &str, typed: &str| {
            let typed: String = utf8_percent_encode(typed, NON_ALPHANUMERIC).collect();
            site.get(who, &format!("/admin/monitoring/analysis?by=service&body={typed}")).await
        };
        let open = page("administrator", "").await.expect(StatusCode::OK);
        open.says("Код или часть названия").hides("<datalist");
        for (typed, code) in [
            ("mfc-7", "mfc-7"),
            ("  MFC-7 ", "mfc-7"),
            ("мфц  № 7 бердска", "mfc-7"),
            ("№ 320", "mfc-320"),
            ("Отдел", "t-1"),
            ("учета", "t-2"),
            ("тверской", "6900"),
        ] {
            let found = page("administrator", typed).await.expect(StatusCode::OK);
            let about = format!("body={}&#38;", code.replace('-', "%2D"));
            assert!(found.text().contains(&about), "{typed}: {}", found.text());
            assert!(found.text().contains(&format!("value=\"{}\"", typed.trim())), "what was typed stays");
        }
        let refused = async |who: &str, typed: &str| {
            let page = page(who, typed).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.text().contains(&format!("value=\"{typed}\"")), "{typed}: what was typed stays");
            page
        };
        let several = refused("administrator", "мфц").await;
        let ten: Vec<String> = (1..=10).map(|n| format!("mfc-{n}")).collect();
        assert_eq!(offered(&several), ten, "in the order of names");
        let several = several.says("Уточните, какой орган").says("Подходит ещё 310 органов");
        several
            .says("/admin/monitoring/analysis?body=mfc%2D1&#38;")
            .says("МФЦ № 1 Бердска</a> <small>mfc-1</small>");
        let alike = refused("administrator", "приемная").await.hides("Подход");
        assert_eq!(offered(&alike), ["t-3", "t-4"], "two are called so");
        assert_eq!(offered(&refused("administrator", "уфнс по").await), ["6900", "2700"]);
        // Nobody is offered what they may not see: the other body counts for nothing.
        page("near", "уфнс по").await.expect(StatusCode::OK).says("body=2700&#38;").hides("6900");
        page("far", "уфнс").await.expect(StatusCode::OK).says("body=6900&#38;").hides("2700");
        for (who, typed) in
            [("near", "тверской"), ("near", "6900"), ("far", "мфц"), ("administrator", "нигде")]
        {
            let none = refused(who, typed).await;
            assert!(offered(&none).is_empty(), "{who} {typed}");
            none.says("Такого органа нет или он вне вашего участка");
        }
        // Each page keeps its own question, and a file of something else is not given.
        let list = "/admin/monitoring/applications?what=stage&stage=denied&body=%D0%BC%D1%84%D1%86";
        let list = site.get("administrator", list).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        list.says("body=mfc%2D1&#38;").says("what=stage&#38;stage=denied\">МФЦ № 1 Бердска</a>");
        let file = "/admin/monitoring/analysis.csv?body=%D0%BC%D1%84%D1%86";
        site.get("administrator", file).await.expect(StatusCode::UNPROCESSABLE_ENTITY).says("mfc-10");
        let map = "/admin/monitoring/map?body=%D0%BC%D1%84%D1%86";
        site.get("administrator", map)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("/admin/monitoring/map?body=mfc%2D1&#38;");
    });
}
