//! A status that an installation adds to the 48: with data that have it, in every answer that names statuses.

use std::path::Path;

use axum::http::StatusCode;
use otklik_monitoring::answers::{Allowed, Ask, By};
use otklik_monitoring::bulk::{Bulk, Said};
use serde_json::{Value, json};

use crate::records::{ONE, borrowed};
use crate::site::{DAY, Site, with};

const NAME: &str = "На правовой экспертизе";
const DAYS: &str = "from=2026-11-01&to=2026-11-30";
const REPORTS: &str = "/api/v1/monitoring/reports";

async fn set(site: &Site, fields: &[(&'static str, String)]) {
    site.post("administrator", ONE, &borrowed(fields)).await.expect(StatusCode::SEE_OTHER);
}

/// The status 2001, of an item of authorities, or that it is out of use from a day on.
async fn say(site: &Site, action: &str, from: &str) {
    let fields = [
        ("kind_of", "statuses"),
        ("name", if action == "off" { "2001" } else { "" }),
        ("code", "2001"),
        ("title", NAME),
        ("printed", NAME),
        ("authority", "7"),
        ("valid_from", from),
        ("reason", "приказ № 7"),
        ("do", action),
    ];
    set(site, &fields.map(|(name, value)| (name, value.to_owned()))).await;
}

/// Eight applications of a day: received, at the lawyers' after an hour, decided two hours and some minutes later; half of
/// them suspended for an hour in between. Half of the rows say the status as their sender calls it.
fn package(folder: &Path) {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("services.csv", "service_id;name\n100;Выписка\n".to_owned());
    let mut applications = "request_id;service_id;channel_in;region;body;body_code\n".to_owned();
    let mut events = "request_id;process;item;status;own_status;date;time\n".to_owned();
    for n in 0..8 {
        applications += &format!("1-{n};100;ОГВ;27;УФНС по Хабаровскому краю;2700\n");
        let mut event = |status: &str, own: &str, time: &str| {
            events += &format!("1-{n};authority;;{status};{own};21-11-2026;{time}\n");
        };
        event("2", "", "10:00:00");
        if n % 2 == 0 {
            event("", "У юриста", "11:00:00")
        } else {
            event("2001", "", "11:00:00")
        }
        if n < 4 {
            event("14", "", "11:30:00");
            event("1020", "", "12:30:00");
        }
        event("3", "", &format!("13:0{n}:00"));
    }
    write("applications.csv", applications);
    write("events.csv", events);
}

/// An installation with the status, a sender that has its own word for it, and data.
async fn told(site: &Site) -> String {
    let (id, token) = site.sender("r27", "2700", "whole").await;
    say(site, "set", "2026-11-01").await;
    let own = [
        ("kind_of", "own".to_owned()),
        ("name", format!("{id}/")),
        ("variant", "У юриста".into()),
        ("first", "2001".into()),
        ("valid_from", "2026-11-01".into()),
        ("reason", "письмо".into()),
    ];
    set(site, &own).await;
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    let (depot, hub) = (&site.monitoring.depot, &site.monitoring.hub);
    let mut bulk = Bulk::begin(&site.ctx, depot, hub, 1, "0123456789abcdef").await.unwrap();
    let said = Said { sender: Some("r27".into()), day: Some(DAY), revision: Some(1), ..Said::default() };
    bulk.push(folder.path(), &said).await.unwrap();
    let done = bulk.finish().await.unwrap();
    assert_eq!((done[0].state, done[0].events), ("accepted", 32), "{done:?}");
    token
}

#[test]
fn mon6_an_added_status_stands_on_the_map_with_its_ways_and_among_the_choices() {
    with(async |site| {
        told(&site).await;
        let get = async |path: &str| site.get("near", path).await.expect(StatusCode::OK);
        let map = get(&format!("/admin/monitoring/map?{DAYS}&all=1")).await;
        // To the lawyers, from there to the decision or to the suspension, from which one goes on to the decision.
        assert_eq!(map.text().matches("<g class=\"status\">").count(), 5, "{}", map.text());
        assert_eq!(map.text().matches("<path class=\"way ").count(), 5);
        map.says(&format!("<th scope=\"row\">{NAME}</th>")).says(&format!("<td>{NAME}</td>"));
        let answers = site.monitoring.hub.answers().await.unwrap();
        let drawn = answers.map(&Ask::default(), &Allowed::All).await.unwrap();
        let nodes: Vec<(i16, i64)> = drawn.nodes.iter().map(|node| (node.status, node.steps)).collect();
        assert_eq!(nodes, [(2, 8), (3, 8), (14, 4), (1020, 4), (2001, 8)], "in the order of codes");
        assert_eq!(drawn.nodes[4].name, NAME);
        let told = get(&format!("/admin/monitoring/map.json?{DAYS}")).await.json();
        let first = &told["rows"][0];
        assert_eq!((&first[2], &first[3], &first[4]), (&json!(2001), &json!(NAME), &json!(8)), "{first}");
        // A way leads to its applications.
        let rows = async |query: &str| {
            let path = format!("/admin/monitoring/applications.json?{DAYS}&{query}");
            get(&path).await.json()["rows"].as_array().unwrap().clone()
        };
        assert_eq!(rows("what=step&from_status=2&to_status=2001").await.len(), 8);
        let longest = rows("what=between&from_status=2001&to_status=3").await;
        assert_eq!((longest.len(), &longest[0][0]), (8, &json!("1-7")), "{longest:?}");
        let page = get(&format!("/admin/monitoring/analysis?{DAYS}&from_status=2001&to_status=3")).await;
        page.says(&format!("<option value=\"2001\" selected>{NAME} (2001)</option>"))
            .says("8 заявлений: половина не дольше чем за 2\u{a0}ч 3\u{a0}мин");
        // Out of use, it is in the data still, under its name.
        say(&site, "off", "2026-11-22").await;
        get(&format!("/admin/monitoring/map?{DAYS}&all=1")).await.says(&format!("<td>{NAME}</td>"));
        let page = get(&format!("/admin/monitoring/analysis?{DAYS}")).await;
        page.says(&format!("<option value=\"2001\">{NAME} (2001)</option>"));
        let unknown = format!("/admin/monitoring/analysis?{DAYS}&from_status=2002&to_status=3");
        let unknown = site.get("near", &unknown).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        unknown.says("Такого статуса нет").hides("<option value=\"2002\"");
    });
}

#[test]
fn mon6_the_time_from_and_to_an_added_status_is_reported_as_of_any_other() {
    with(async |site| {
        let token = told(&site).await;
        let ask = async |query: &str| site.ask(&token, &format!("{REPORTS}/{query}")).await;
        let cells = async |query: &str, columns: &[&str]| -> Vec<Vec<Value>> {
            let sheet = ask(query).await.expect(StatusCode::OK).json();
            let names = sheet["columns"].as_array().unwrap();
            let place = |name: &&str| names.iter().position(|one| one == *name).unwrap();
            let rows = sheet["rows"].as_array().unwrap().iter();
            rows.map(|row| columns.iter().map(|name| row[place(name)].clone()).collect()).collect()
        };
        let columns = ["n", "mean", "p50", "active_mean"];
        // Two hours and from none to seven minutes; an hour less of four of them.
        let from_it = cells("durations?from=2001&to=3", &columns).await;
        assert_eq!(from_it, [[json!(8), json!(7410.0), json!(7410.0), json!(5610.0)]]);
        let by_body = cells("durations?from=2001&to=3&by=body", &["body", "n", "mean"]).await;
        assert_eq!(by_body, [[json!("2700"), json!(8), json!(7410.0)]]);
        let to_it = cells("durations?from=2&to=2001", &columns).await;
        assert_eq!(to_it, [[json!(8), json!(3600.0), json!(3600.0), json!(3600.0)]]);
        assert_eq!(cells("durations?from=3&to=2001", &["n"]).await, [[json!(0)]], "it never came after");
        assert_eq!(cells("transitions?from=2&to=2001", &["n", "mean"]).await, [[json!(8), json!(3600.0)]]);
        // By counted buckets it is the same as far as they can tell, and nothing is shown beyond the scope.
        let answers = site.monitoring.hub.answers().await.unwrap().exact_up_to(0);
        let sheet = answers.between(&Ask::by(&[By::Service]), &Allowed::All, 2001, 3).await.unwrap();
        let active = sheet.get(0, "active_mean").unwrap().number().unwrap();
        assert!(sheet.whole(0, "n") == Some(8) && (active - 5610.0).abs() < 60.0, "{sheet:?}");
        let far = Allowed::Bodies(["6900".into()].into());
        let none = answers.between(&Ask::default(), &far, 2001, 3).await.unwrap();
        assert_eq!(none.whole(0, "n"), Some(0));
        for (wrong, field) in [("durations?from=2002&to=3", "2002"), ("transitions?from=2&to=2002", "2002")] {
            ask(wrong).await.expect(StatusCode::UNPROCESSABLE_ENTITY).says(field);
        }
    });
}
