//! Answers kept between questions: no longer than they hold.

use axum::http::StatusCode;
use otklik_monitoring::answers::{Allowed, Ask, Sheet};
use otklik_progress::model::{Channel, Process};

use crate::receipts::take;
use crate::receipts::told::Told;
use crate::records::{ONE, borrowed, status};
use crate::site::{DAY, Site, with};

async fn overview(site: &Site) -> (u64, Sheet) {
    let answers = site.monitoring.hub.answers().await.unwrap();
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
fn mon13_a_table_of_something_else_than_was_asked_for_is_not_given() {
    with(async |site| {
        const TABLE: &str = "/admin/monitoring/analysis.csv";
        let digital = format!("{TABLE}?figure=digital");
        site.get("near", &digital).await.expect(StatusCode::OK);
        site.get("near", &format!("{TABLE}?figure=weather")).await.expect(StatusCode::NOT_FOUND);
        site.get("near", TABLE).await.expect(StatusCode::OK);
        for wrong in ["from=xx", "body=6900", "channel=foo", "region=abc", "from=2026-11-20&to=2026-11-10"] {
            let page = site.get("near", &format!("{digital}&{wrong}")).await;
            page.expect(StatusCode::UNPROCESSABLE_ENTITY).says("<form");
        }
    });
}
