//! Data of two regions in one lake: whoever is over one of them is told of its own, by every page, file and report.

use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Reader as _, Xlsx};
use otklik_monitoring::answers::Report;
use otklik_progress::model::Channel;
use serde_json::{Value, json};

use crate::receipts::take;
use crate::receipts::told::Told;
use crate::site::{Answer, DAY, Site, with};

const DAYS: &str = "from=2026-11-01&to=2026-11-30";

/// A region: who is over it, its body, what stands in its data alone.
struct Region {
    who: &'static str,
    body: &'static str,
    code: u16,
    /// The number of its service; stands in its kind of information too.
    service: &'static str,
    /// The status that its applications alone have, and its name.
    step: (i16, &'static str),
}

const NEAR: Region = Region {
    who: "near",
    body: "2700",
    code: 27,
    service: "ближняя-1",
    step: (1014, "Выдан результат на бумажном носителе"),
};
const FAR: Region = Region {
    who: "far",
    body: "6900",
    code: 69,
    service: "дальняя-1",
    step: (1015, "Выдан результат на электронном носителе"),
};

impl Region {
    /// So many applications that have a part in every figure.
    fn tell(&self, told: &mut Told, many: i64) {
        for n in 0..many {
            let request = format!("{}-{n}", self.body);
            told.application(&request, self.service, self.code, self.body, Channel::ALL[0]);
            let steps = [
                (2, 1003),
                (2, 1004),
                (2, 1005),
                (2, 1007),
                (1, 2),
                (1, 1),
                (1, 1),
                (1, 1010),
                (1, 1011),
                (1, 1010),
                (1, 1012),
                (1, 4),
                (1, self.step.0),
            ];
            for (place, (process, status)) in (0..).zip(steps) {
                let mnemonic = if (1010..=1012).contains(&status) { self.service } else { "" };
                told.event(&request, process, status, 1_795_000_000 + place * 600 + n, mnemonic);
            }
            told.rating(&request, 1_795_010_000, 4);
            told.complaint(&request, 1_795_010_000, 1);
        }
    }
}

/// The lake with data of both regions; the tokens of their senders.
async fn told(site: &Site) -> [String; 2] {
    let (_, near) = site.sender("r27", NEAR.body, "whole").await;
    let (_, far) = site.sender("r69", FAR.body, "whole").await;
    let mut told = Told::new("r27", DAY.0, 1, 1);
    NEAR.tell(&mut told, 6);
    FAR.tell(&mut told, 5);
    take(site, &told).await;
    [near, far]
}

/// What an answer says: a page or a file as it is, a workbook cell by cell.
fn words(path: &str, answer: &Answer) -> String {
    if !path.contains(".xlsx?") {
        return answer.text().to_owned();
    }
    let mut book = Xlsx::new(Cursor::new(&answer.content)).unwrap();
    let sheets = book.worksheets();
    sheets.iter().flat_map(|(_, sheet)| sheet.rows()).flatten().map(|cell| format!("{cell}\n")).collect()
}

/// Asks as whoever is over the one region, the other, and both.
async fn ask(site: &Site, path: &str, says: [&str; 2]) {
    for (who, told, hidden) in [(NEAR.who, says[0], says[1]), (FAR.who, says[1], says[0])] {
        let answer = site.get(who, path).await.expect(StatusCode::OK);
        let words = words(path, &answer);
        assert!(words.contains(told), "{path} as {who}: no «{told}» in {words}");
        assert!(!words.contains(hidden), "{path} as {who}: «{hidden}» in {words}");
    }
    let words = words(path, &site.get("administrator", path).await.expect(StatusCode::OK));
    assert!(says.iter().all(|said| words.contains(said)), "{path}: {words}");
}

#[test]
fn x6_figures_and_the_map_tell_of_the_own_region_on_the_page_and_in_every_file() {
    with(async |site| {
        told(&site).await;
        let services = [NEAR.service, FAR.service];
        let pair = "from_status=2&to_status=4";
        for by in ["service", "body", "region", "channel", "day"] {
            ask(&site, &format!("/admin/monitoring/analysis?{DAYS}&{pair}&by={by}"), services).await;
        }
        for kind in ["csv", "xlsx", "json"] {
            for figure in [
                "durations",
                "norm",
                "bottlenecks",
                "between",
                "waiting",
                "refusals",
                "interagency",
                "order",
                "digital",
                "people",
            ] {
                let query = format!("{DAYS}&{pair}&by=service&figure={figure}");
                ask(&site, &format!("/admin/monitoring/analysis.{kind}?{query}"), services).await;
            }
        }
        let steps = [NEAR.step.1, FAR.step.1];
        for page in ["map", "map.csv", "map.xlsx", "map.json"] {
            ask(&site, &format!("/admin/monitoring/{page}?{DAYS}&all=1"), steps).await;
        }
        // What both regions have is counted by region: how many began on each day, how many were registered.
        for (who, expected) in [("near", 6), ("far", 5), ("administrator", 11)] {
            let rows = async |path: &str| {
                let path = format!("/admin/monitoring/{path}");
                site.get(who, &path).await.expect(StatusCode::OK).json()["rows"].as_array().unwrap().clone()
            };
            let days = rows(&format!("analysis.json?{DAYS}&figure=dynamics&by=day")).await;
            let began: i64 = days.iter().filter_map(|day| day[1].as_i64()).sum();
            assert_eq!(began, expected, "{who}: {days:?}");
            let ways = rows(&format!("map.json?{DAYS}")).await;
            let registered = ways.iter().find(|way| (&way[0], &way[2]) == (&json!(2), &json!(1))).unwrap();
            assert_eq!(registered[4], expected, "{who}: {ways:?}");
        }
        // The body of the other region is none to choose.
        let other = format!("/admin/monitoring/analysis?{DAYS}&body={}", FAR.body);
        let refused = site.get(NEAR.who, &other).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused.hides(FAR.service);
    });
}

#[test]
fn x6_every_report_tells_a_sender_and_an_official_of_their_own_region() {
    with(async |site| {
        let [near, far] = told(&site).await;
        for report in Report::ALL.into_iter().filter(|report| *report != Report::Criteria) {
            for format in ["json", "csv"] {
                let path = format!("/api/v1/monitoring/reports/{}?by=service&format={format}", report.word());
                ask(&site, &path, [NEAR.service, FAR.service]).await;
                let own = site.ask(&near, &path).await.expect(StatusCode::OK);
                own.says(NEAR.service).hides(FAR.service);
                let own = site.ask(&far, &path).await.expect(StatusCode::OK);
                own.says(FAR.service).hides(NEAR.service);
            }
        }
        // To ask for the other region by its codes tells nothing of it.
        for query in [format!("body={}", FAR.body), format!("region={}", FAR.code)] {
            let path = format!("/api/v1/monitoring/reports/overview?{query}");
            for answer in [site.ask(&near, &path).await, site.get(NEAR.who, &path).await] {
                let told = answer.expect(StatusCode::OK).json();
                let place = told["columns"].as_array().unwrap().iter().position(|name| name == "began");
                let began: Vec<&Value> =
                    told["rows"].as_array().unwrap().iter().map(|row| &row[place.unwrap()]).collect();
                assert!(began.iter().all(|began| **began == json!(0)), "{query}: {told}");
            }
        }
    });
}
