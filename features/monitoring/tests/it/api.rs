//! The API of senders.

use axum::http::StatusCode;
use otklik_kernel::Instant;
use otklik_progress::model::Channel;
use serde_json::json;

use crate::receipts::take;
use crate::receipts::told::Told;
use crate::site::{DAY, with};

const REPORTS: &str = "/api/v1/monitoring/reports";

#[test]
fn mon11_the_same_bytes_give_the_same_receipt_and_a_lower_revision_is_refused() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let first = site.deliver(&token, "?day=2026-11-21", "rows 5").await.expect(StatusCode::ACCEPTED);
        let receipt = first.json();
        assert_eq!(
            (&receipt["state"], &receipt["day"], &receipt["revision"]),
            (&"queued".into(), &"2026-11-21".into(), &1.into())
        );
        let again = site.deliver(&token, "?day=2026-11-21", "rows 5").await.expect(StatusCode::OK).json();
        assert_eq!(again["id"], receipt["id"]);
        // Other bytes under a revision that waits or stands are refused, before and after the check.
        for _ in 0..2 {
            let refused =
                site.deliver(&token, "?day=2026-11-21", "rows 6").await.expect(StatusCode::CONFLICT);
            assert_eq!(refused.json()["error"]["code"], "revision");
            site.work().await.unwrap();
        }
        let told = site.ask(&token, &first.location).await.expect(StatusCode::OK).json();
        assert_eq!((&told["state"], &told["counts"]["events"]), (&"accepted".into(), &5.into()));
        let second = site.deliver(&token, "?day=2026-11-21&revision=2", "rows 6").await;
        let second = second.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        let old = site.ask(&token, &first.location).await.json();
        assert_eq!((&old["state"], &old["replaced_by"]), (&"replaced".into(), &second.json()["id"]));
        site.deliver(&token, "?day=2026-11-21", "rows 7").await.expect(StatusCode::CONFLICT);
        // What was replaced long ago is known by its bytes still.
        let old = site.deliver(&token, "?day=2026-11-21", "rows 5").await.expect(StatusCode::OK).json();
        assert_eq!(old["id"], receipt["id"]);
    });
}

#[test]
fn mon11_what_was_refused_is_checked_once_more_under_its_receipt() {
    with(async |site| {
        let (id, token) = site.sender("r27", "2700", "whole").await;
        let first = site.deliver(&token, "?day=2026-11-21", "errors 1").await.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        let refused = site.ask(&token, &first.location).await.json();
        assert_eq!((&refused["state"], &refused["counts"]["errors"]), (&"rejected".into(), &1.into()));
        let again = site.deliver(&token, "?day=2026-11-21", "errors 1").await.expect(StatusCode::ACCEPTED);
        let told = again.json();
        assert_eq!(
            (&told["id"], &told["state"], &told["counts"]["errors"], &told["received_at"]),
            (&refused["id"], &"queued".into(), &0.into(), &refused["received_at"])
        );
        site.deliver(&token, "?day=2026-11-21", "errors 1").await.expect(StatusCode::OK);
        // What the sender may send has changed meanwhile: now its right rows are taken.
        site.set_policy((id, "r27"), "2700", "good_rows").await;
        site.work().await.unwrap();
        let told = site.ask(&token, &first.location).await.json();
        assert_eq!((&told["id"], &told["state"]), (&refused["id"], &"partly".into()));
        // What stands is not checked again, nor what was refused where something stands in its place.
        site.deliver(&token, "?day=2026-11-21", "errors 1").await.expect(StatusCode::OK);
        let other = site.deliver(&token, "?day=2026-11-21&revision=2", "unreadable").await;
        let other = other.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        site.deliver(&token, "?day=2026-11-21&revision=3", "rows 1").await.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        let known = site.deliver(&token, "?day=2026-11-21&revision=2", "unreadable").await;
        let known = known.expect(StatusCode::OK).json();
        assert_eq!((&known["id"], &known["state"]), (&other.json()["id"], &"rejected".into()));
    });
}

#[test]
fn mon10_errors_come_with_line_column_and_report() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let (_, other) = site.sender("r69", "6900", "whole").await;
        let sent = site.deliver(&token, "?day=2026-11-21", "errors 1").await.expect(StatusCode::ACCEPTED);
        site.work().await.unwrap();
        let told = site.ask(&token, &sent.location).await.expect(StatusCode::OK).json();
        assert_eq!(told["state"], "rejected");
        let error = &told["errors"][0];
        assert_eq!(
            (&error["file"], &error["line"], &error["column"]),
            (&"applications.csv".into(), &2.into(), &11.into())
        );
        let report = told["report"].as_str().unwrap();
        site.ask(&token, report).await.expect(StatusCode::OK).says("applications.csv;2;11;age");
        site.ask(&other, report).await.expect(StatusCode::NOT_FOUND);
        site.ask(&other, &sent.location).await.expect(StatusCode::NOT_FOUND);
        // Nothing was taken, so the same revision may come again with other bytes.
        site.deliver(&token, "?day=2026-11-21", "rows 1").await.expect(StatusCode::ACCEPTED);
    });
}

#[test]
fn mon11_what_cannot_be_told_apart_is_refused_with_a_code() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let refused = async |token: &str, query: &str, body: &str, status: StatusCode| {
            site.deliver(token, query, body).await.expect(status).json()["error"]["code"].clone()
        };
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(refused("nobody", "?day=2026-11-21", "x", StatusCode::UNAUTHORIZED).await, "token");
        assert_eq!(refused(&token, "", "x", wrong).await, "no_day");
        assert_eq!(refused(&token, "?day=2026-11-21", "", wrong).await, "no_file");
        assert_eq!(refused(&token, "?day=2026-13-01", "x", wrong).await, "bad_day");
        assert_eq!(refused(&token, "?day=2026-11-23", "x", wrong).await, "day_ahead");
        assert_eq!(refused(&token, "?day=2026-11-21&revision=0", "x", wrong).await, "bad_revision");
        assert_eq!(refused(&token, "?day=2026-11-21", "PK\u{3}\u{4}no", wrong).await, "bad_zip");
        // What is no package at all is told so, whatever else is missing.
        let noise = "\u{1f}\u{8}\u{3}noise\u{1}\u{0}";
        for (query, bytes) in [("", noise), ("?day=2026-11-21", noise), ("?day=2026-11-21", "%PDF-1.7")] {
            assert_eq!(refused(&token, query, bytes, wrong).await, "package_unreadable");
        }
        assert_eq!(refused(&token, "?name=r69_2026-11-21_r1.csv", "x", wrong).await, "disagree");
        site.deliver(&token, "?name=r27_2026-11-21_r1.csv", "rows 1").await.expect(StatusCode::ACCEPTED);
        assert!(site.journal().await.contains(&"deliveries.receive".to_owned()));
        let description = site.ask("", "/api/v1/openapi.json").await.expect(StatusCode::OK).json();
        assert!(description["paths"]["/api/v1/monitoring/deliveries"]["post"].is_object());
    });
}

#[test]
fn mon11_what_cannot_be_checked_now_waits_and_holds_up_its_sender_alone() {
    with(async |site| {
        let (_, token) = site.sender("r27", "2700", "whole").await;
        let (_, other) = site.sender("r69", "6900", "whole").await;
        let stuck = site.deliver(&token, "?day=2026-11-20", "later").await.expect(StatusCode::ACCEPTED);
        site.t.clock.advance(Instant::SECOND);
        let behind = site.deliver(&token, "?day=2026-11-21", "rows 1").await.expect(StatusCode::ACCEPTED);
        let beside = site.deliver(&other, "?day=2026-11-21", "rows 1").await.expect(StatusCode::ACCEPTED);
        assert!(site.work().await.is_err());
        let state = async |token: &str, at: &str| site.ask(token, at).await.json()["state"].clone();
        assert_eq!(state(&token, &stuck.location).await, "checking");
        assert_eq!(state(&token, &behind.location).await, "queued");
        assert_eq!(state(&other, &beside.location).await, "accepted");
        // For a day it may be that the store is away; what can't be checked then is given up, and the others go on.
        for _ in 0..9 {
            let _ = site.work().await;
        }
        assert_eq!(state(&token, &stuck.location).await, "checking");
        site.t.clock.advance(Instant::DAY);
        for _ in 0..9 {
            let _ = site.work().await;
        }
        assert_eq!(state(&token, &stuck.location).await, "rejected");
        assert_eq!(state(&token, &behind.location).await, "accepted");
    });
}

#[test]
fn mon13_reports_are_told_by_the_api_within_what_may_be_seen() {
    with(async |site| {
        let (_, near) = site.sender("r27", "2700", "whole").await;
        let (_, far) = site.sender("r69", "6900", "whole").await;
        // Before anything was delivered there is nothing to tell.
        let empty = site.ask(&near, &format!("{REPORTS}/overview")).await.expect(StatusCode::OK).json();
        assert_eq!(empty["rows"], json!([]));
        let bodies = [("1-1", 27, "2700"), ("1-2", 27, "2724"), ("1-3", 69, "6900")];
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for (request, region, body) in bodies {
            told.application(request, "100", region, body, Channel::ALL[0]);
            told.event(request, 1, 2, 1_795_000_000, "");
            told.event(request, 1, 1, 1_795_003_600, "");
        }
        take(&site, &told).await;
        let began = async |answer: crate::site::Answer| {
            let sheet = answer.expect(StatusCode::OK).json();
            let columns = sheet["columns"].as_array().unwrap();
            let place = columns.iter().position(|name| name == "began").unwrap();
            let rows = sheet["rows"].as_array().unwrap().iter();
            rows.map(|row| row[place].as_i64().unwrap()).collect::<Vec<_>>()
        };
        let overview = format!("{REPORTS}/overview");
        assert_eq!(began(site.ask(&near, &overview).await).await, [2], "a body and those below it");
        assert_eq!(began(site.ask(&far, &overview).await).await, [1]);
        assert_eq!(began(site.get("administrator", &overview).await).await, [3], "signed in, the country");
        assert_eq!(began(site.get("far", &overview).await).await, [1]);
        let by_body = format!("{overview}?by=body&period=2026");
        assert_eq!(began(site.get("near", &by_body).await).await, [1, 1]);
        let one = format!("{overview}?body=2724&region=27&channel={}", Channel::ALL[0].code());
        let one: String = percent_encoding::utf8_percent_encode(&one, percent_encoding::CONTROLS).collect();
        assert_eq!(began(site.ask(&near, &one).await).await, [1]);
        let below = format!("{overview}?body=2700");
        assert_eq!(
            began(site.get("administrator", &below).await).await,
            [2],
            "a body means those below it too"
        );
        let between = format!("{REPORTS}/durations?from=2&to=1&format=csv");
        site.ask(&near, &between).await.expect(StatusCode::OK).says("3600");
        let steps = site.ask(&near, &format!("{REPORTS}/transitions?from=2&to=1")).await;
        assert_eq!(steps.expect(StatusCode::OK).json()["rows"][0].as_array().unwrap()[..3], [2, 1, 2]);
        let none = site.ask(&near, &format!("{REPORTS}/transitions?from=1&to=2")).await;
        assert_eq!(none.expect(StatusCode::OK).json()["rows"], json!([]));
        let counted = site.ask(&near, &format!("{REPORTS}/completeness?period=2026-11&by=body")).await;
        counted.expect(StatusCode::OK).says("2700").hides("6900");
        let days = site.ask(&near, &format!("{REPORTS}/completeness?period=2026-11")).await;
        days.expect(StatusCode::OK).says("r27").hides("r69");
        site.get("administrator", &format!("{REPORTS}/completeness?period=2026-11")).await.says("r69");
        // Nothing where there was nothing: no complaints are none.
        let complaints = site.ask(&near, &format!("{REPORTS}/complaints?by=body")).await;
        assert_eq!(complaints.expect(StatusCode::OK).json()["rows"][0], json!(["2700", 1, 0, 0, 0, 0, 0.0]));
        for report in ["complaints", "satisfaction", "refusals", "conformance"] {
            let none = site.ask(&near, &format!("{REPORTS}/{report}?period=2020")).await;
            let none = none.expect(StatusCode::OK).json();
            for row in none["rows"].as_array().unwrap() {
                let counts = row.as_array().unwrap().iter().filter(|cell| cell.is_number());
                assert!(counts.count() >= 2, "{report}: {none}");
            }
        }
        const ONE: &str = "/api/v1/monitoring/applications/1-2";
        let one = site.ask(&near, ONE).await.expect(StatusCode::OK).json();
        assert_eq!(one["events"]["rows"].as_array().unwrap().len(), 2);
        assert_eq!(one["case"]["rows"][0][0], "1-2");
        site.ask(&far, ONE).await.expect(StatusCode::NOT_FOUND).says("not_found");
        site.get("far", ONE).await.expect(StatusCode::NOT_FOUND);
        site.get("near", ONE).await.expect(StatusCode::OK);
        // What can't be answered says why.
        for (wrong, field) in [
            ("overview?by=weather", "by"),
            ("overview?by=month,service,period", "by"),
            ("overview?period=9999", "period"),
            ("completeness?period=2000-01-01..2099-12-31", "period"),
            ("overview?period=2026-13", "period"),
            ("overview?from=2&to=1", "from"),
            ("overview?format=xml", "format"),
            ("overview?colour=red", "colour"),
            ("durations?from=2", "to"),
            ("durations?from=2&to=9999", "9999"),
            ("durations?from=1002&to=1", "1002"),
            ("overview?examples=1", "examples"),
            ("conformance?examples=101", "examples"),
            ("waiting?from=2&to=1", "from"),
            ("completeness?by=service", "service"),
            ("completeness?service=1", "completeness"),
        ] {
            let answer = site.ask(&near, &format!("{REPORTS}/{wrong}")).await;
            let answer = answer.expect(StatusCode::UNPROCESSABLE_ENTITY).says(field);
            assert_eq!(answer.json()["error"]["code"], "parameter", "{wrong}");
        }
        site.ask(&near, &format!("{REPORTS}/weather")).await.expect(StatusCode::NOT_FOUND);
        site.ask("nobody's", &overview).await.expect(StatusCode::UNAUTHORIZED);
        site.get("stranger", &overview).await.expect(StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn mon13_the_conformance_report_names_requests_within_what_may_be_seen() {
    with(async |site| {
        let (_, near) = site.sender("r27", "2700", "whole").await;
        let (_, far) = site.sender("r69", "6900", "whole").await;
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for n in 0..8_i64 {
            let (request, body) = (format!("1-{n}"), if n == 7 { "6900" } else { "2700" });
            told.application(&request, "100", 27, body, Channel::ALL[usize::from(n == 6)]);
            // All but the first are registered twice, the later the higher the number.
            let steps: &[i16] = if n == 0 { &[2, 1] } else { &[2, 1, 1] };
            for (place, status) in (0..).zip(steps) {
                told.event(&request, 1, *status, 1_795_000_000 + n * 60 + place, "");
            }
        }
        take(&site, &told).await;
        let path = |query: &str| format!("{REPORTS}/conformance?{query}");
        let rule = |answer: crate::site::Answer| {
            let told = answer.expect(StatusCode::OK).json();
            let columns = told["columns"].as_array().unwrap();
            let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
            let is_fourth = |row: &&serde_json::Value| row[place("rule")] == 4;
            let rows = told["rows"].as_array().unwrap().iter().filter(is_fourth);
            rows.map(|row| (row[place("n")].clone(), row[place("examples")].clone())).collect::<Vec<_>>()
        };
        let five = json!(["1-6", "1-5", "1-4", "1-3", "1-2"]);
        assert_eq!(
            rule(site.ask(&near, &path("")).await),
            [(json!(6), five)],
            "the latest, five unless said"
        );
        assert_eq!(rule(site.ask(&far, &path("")).await), [(json!(1), json!(["1-7"]))]);
        assert_eq!(rule(site.get("far", &path("examples=9")).await), [(json!(1), json!(["1-7"]))]);
        assert_eq!(rule(site.ask(&near, &path("examples=0")).await), [(json!(6), json!([]))]);
        let by_channel = rule(site.ask(&near, &path("by=channel&examples=2")).await);
        let examples: Vec<_> = by_channel.into_iter().map(|(_, examples)| examples).collect();
        assert_eq!(examples.len(), 2);
        assert!(
            examples.contains(&json!(["1-6"])) && examples.contains(&json!(["1-5", "1-4"])),
            "{examples:?}"
        );
        assert_eq!(rule(site.ask(&near, &path("period=2020")).await), [(json!(0), json!([]))]);
        let csv = site.ask(&near, &path("examples=2&format=csv")).await.expect(StatusCode::OK);
        csv.says("examples\r\n").says("1-6, 1-5\r\n");
    });
}

#[test]
fn mon13_the_applications_behind_a_figure_are_listed_by_the_api_within_what_may_be_seen() {
    const LIST: &str = "/api/v1/monitoring/applications";
    with(async |site| {
        let (_, near) = site.sender("r27", "2700", "whole").await;
        let (_, far) = site.sender("r69", "6900", "whole").await;
        let path = |query: &str| -> String {
            percent_encoding::utf8_percent_encode(&format!("{LIST}?{query}"), percent_encoding::CONTROLS)
                .collect()
        };
        let empty = site.ask(&near, &path("what=began")).await.expect(StatusCode::OK).json();
        assert_eq!((&empty["rows"], &empty["total"]), (&json!([]), &json!(0)), "nothing was delivered yet");
        let mut told = Told::new("r27", DAY.0, 1, 1);
        for n in 0..8_i64 {
            let (request, body) = (format!("1-{n}"), if n == 7 { "6900" } else { "2724" });
            told.application(&request, "100", 27, body, Channel::ALL[usize::from(n == 6)]);
            told.event(&request, 1, 2, 1_795_000_000 + n * 60, "");
            // The higher the number, the longer; the last two are denied.
            told.event(&request, 1, if n < 5 { 3 } else { 4 }, 1_795_000_000 + n * 60 + (n + 1) * 3600, "");
        }
        take(&site, &told).await;
        let told = async |answer: crate::site::Answer| {
            let told = answer.expect(StatusCode::OK).json();
            assert_eq!(told["columns"], empty["columns"]);
            let rows = told["rows"].as_array().unwrap();
            let requests: Vec<String> = rows.iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
            (requests.join(" "), told["total"].as_i64().unwrap())
        };
        let list = async |query: &str| told(site.ask(&near, &path(query)).await).await;
        let of = |requests: &str, total| (requests.to_owned(), total);
        // A sender sees its body and those below it, whatever is asked for.
        let seven = of("1-6 1-5 1-4 1-3 1-2 1-1 1-0", 7);
        assert_eq!(list("what=began").await, seven, "the latest first");
        assert_eq!(list("what=ended&body=2700&region=27&service=100&period=2026-11").await, seven);
        assert_eq!(list("what=began&body=6900").await, of("", 0));
        assert_eq!(told(site.ask(&far, &path("what=began")).await).await, of("1-7", 1));
        assert_eq!(told(site.get("far", &path("what=began")).await).await, of("1-7", 1));
        let all = told(site.get("administrator", &path("what=began")).await).await;
        assert_eq!((all.1, &all.0[..3]), (8, "1-7"));
        let channel = format!("what=began&channel={}", Channel::ALL[1].code());
        assert_eq!(list(&channel).await, of("1-6", 1));
        assert_eq!(list("what=began&period=2020").await, of("", 0));
        // Kinds that need something besides.
        assert_eq!(list("what=stage&stage=denied").await, of("1-6 1-5", 2));
        assert_eq!(list("what=step&from=2&to=4").await, of("1-6 1-5", 2));
        assert_eq!(list("what=between&from=2&to=3").await, of("1-4 1-3 1-2 1-1 1-0", 5));
        assert_eq!(list("what=rule&rule=4").await, of("", 0));
        assert_eq!(list("what=exchange&mnemonic=").await, of("", 0));
        for bare in ["overdue", "waited", "failed", "complained", "rated"] {
            list(&format!("what={bare}")).await;
        }
        // Pages add up to the whole, and none comes after the last.
        assert_eq!(list("what=began&limit=3").await, of("1-6 1-5 1-4", 7));
        assert_eq!(list("what=began&limit=3&page=2").await, of("1-3 1-2 1-1", 7));
        assert_eq!(list("what=began&limit=3&page=3").await, of("1-0", 7));
        assert_eq!(list("what=began&limit=3&page=4").await, of("", 7));
        assert_eq!(list("what=step&from=2&to=3&limit=2&page=3").await, of("1-0", 5));
        let page = site.ask(&near, &path("what=began&limit=3&page=2")).await.json();
        assert_eq!((&page["limit"], &page["page"]), (&json!(3), &json!(2)));
        let first = &site.ask(&near, &path("what=between&from=2&to=3&limit=1")).await.json()["rows"][0];
        let first = first.as_array().unwrap();
        assert_eq!(first[1..6], ["100", "", "27", "2724", Channel::ALL[0].code()].map(|cell| json!(cell)));
        assert_eq!(first[6..], [1_795_000_240_i64, 3, 5 * 3600].map(|cell| json!(cell)));
        let csv = site.ask(&near, &path("what=stage&stage=denied&limit=1&format=csv")).await;
        csv.expect(StatusCode::OK).says("request;service;").says("\r\n1-6;100;").hides("1-5");
        // What can't be answered says why, and what there is.
        for (wrong, says) in [
            ("", "began, ended, overdue"),
            ("what=weather", "began, ended, overdue"),
            ("what=stage", "not_accepted"),
            ("what=stage&stage=x", "not_accepted"),
            ("what=rule", "rule"),
            ("what=rule&rule=61", "61"),
            ("what=rule&rule=600", "600"),
            ("what=exchange", "mnemonic"),
            ("what=step", "from"),
            ("what=step&from=2", "to"),
            ("what=between&from=2&to=9999", "9999"),
            ("what=began&from=2&to=3", "from"),
            ("what=began&stage=denied", "stage"),
            ("what=began&limit=0", "limit"),
            ("what=began&limit=1001", "1001"),
            ("what=began&page=0", "page"),
            ("what=began&by=body", "by"),
            ("what=began&format=xml", "xml"),
            ("what=began&period=2026-13", "2026-13"),
        ] {
            let answer = site.ask(&near, &path(wrong)).await;
            let answer = answer.expect(StatusCode::UNPROCESSABLE_ENTITY).says(says);
            assert_eq!(answer.json()["error"]["code"], "parameter", "{wrong}");
        }
        site.ask("nobody's", &path("what=began")).await.expect(StatusCode::UNAUTHORIZED);
        site.get("stranger", &path("what=began")).await.expect(StatusCode::UNAUTHORIZED);
    });
}
