//! What only the whole delivery and earlier ones show: known requests, offices' clocks, repeated rows, policies.

use std::cell::RefCell;
use std::error::Error;

use otklik_progress::check::{Known, NoneKnown, Outcome};
use otklik_progress::reading::{Limits, Source};

use crate::support::{check, check_folder, codes, description};

const APPLICATIONS: &str = "request_id;service_id;channel_in;region;body;body_code\r\n";
const EVENTS: &str = "request_id;process;item;status;date;time\r\n";

/// Knows two applications, of Moscow and of Verkhoyansk.
#[derive(Default)]
struct Two {
    asked: RefCell<Vec<String>>,
}

impl Known for Two {
    fn find(
        &self,
        requests: &[&str],
        found: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        for (place, request) in requests.iter().enumerate() {
            self.asked.borrow_mut().push((*request).to_owned());
            match *request {
                "Р-1" => found(place, 77, "", "МФЦ района Аэропорт"),
                "Р-2" => found(place, 14, "mfc-14-1", "МФЦ Верхоянска"),
                _ => {}
            }
        }
        Ok(())
    }
}

fn folder(sender: &str, files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("datapackage.json"), description(sender)).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn mon10_requests_of_earlier_deliveries_are_known_and_asked_for_once() {
    let events = format!(
        "{EVENTS}Р-1;mfc;4;;24-11-2026;10:00:00\r\nР-2;mfc;4;;24-11-2026;10:00:00\r\nР-3;mfc;4;;24-11-2026;10:00:00\r\n\
         Р-1;mfc;5;;24-11-2026;10:01:00\r\nЖ-1;mfc;4;;24-11-2026;10:00:00\r\n"
    );
    let applications = format!("{APPLICATIONS}Ж-1;100;МФЦ;77;МФЦ района Аэропорт;\r\n");
    let folder = folder("mfc-77", &[("events.csv", events), ("applications.csv", applications)]);
    let known = Two::default();
    let (checked, problems) = check(Source::at(folder.path()).unwrap(), Limits::default(), &known);
    assert_eq!(codes(&problems), [(4, "request_unknown")]);
    assert_eq!(*known.asked.borrow(), ["Р-1", "Р-2", "Р-3"]);
    let delivery = checked.delivery.unwrap();
    assert_eq!(checked.outcome, Outcome::Partly);
    assert_eq!(delivery.events.line, [2, 3, 5, 6]);
    // Ten o'clock in Moscow and in Verkhoyansk, whose zone is not its region's.
    assert_eq!(delivery.events.offset, [180, 600, 180, 180]);
    assert_eq!(delivery.events.at[0] - delivery.events.at[1], 7 * 3600 * 1_000_000);
}

#[test]
fn mon10_the_policy_of_the_sender_decides_what_one_error_costs() {
    let applications = format!(
        "{APPLICATIONS}Ж-1;100;МФЦ;77;МФЦ района Аэропорт;\r\nЖ-2;100;почта;77;МФЦ района Аэропорт;\r\n"
    );
    for (sender, outcome, taken) in [("mfc-77", Outcome::Partly, Some(1)), ("strict", Outcome::Refused, None)]
    {
        let files = [
            ("datapackage.json", description(sender)),
            ("applications.csv", applications.clone().into_bytes()),
        ];
        let (checked, problems) = check_folder(&files);
        assert_eq!(codes(&problems), [(3, "channel")]);
        assert_eq!(checked.outcome, outcome);
        assert_eq!((checked.files[0].rows, checked.files[0].bad, checked.files[0].good()), (2, 1, 1));
        assert_eq!(checked.delivery.map(|delivery| delivery.applications.line.len()), taken);
    }
}

#[test]
fn mon10_without_a_good_row_nothing_is_taken_whatever_the_policy() {
    let applications = format!("{APPLICATIONS}Ж-2;100;почта;77;МФЦ района Аэропорт;\r\n");
    for sender in ["mfc-77", "strict"] {
        let files = [
            ("datapackage.json", description(sender)),
            ("applications.csv", applications.clone().into_bytes()),
        ];
        let (checked, problems) = check_folder(&files);
        assert_eq!(codes(&problems), [(2, "channel")]);
        assert_eq!(checked.outcome, Outcome::Refused, "{sender}");
        assert!(checked.delivery.is_none(), "what stands for the day must stay");
    }
}

#[test]
fn mon10_a_day_is_not_replaced_by_its_services_alone() {
    let services = "service_id;name;direction\r\n100;Выписка;налоги\r\n";
    let application = "Ж-1;100;МФЦ;77;МФЦ района Аэропорт;\r\n";
    let (good, bad) = ("Ж-1;mfc;4;;24-11-2026;10:00:00\r\n", "Ж-1;mfc;4;;24-11-2026;25:00:00\r\n");
    for (applications, events, outcome) in [
        ("Ж-2;100;почта;77;МФЦ района Аэропорт;\r\n".to_owned(), String::new(), Outcome::Refused),
        (application.to_owned(), format!("{good}{bad}"), Outcome::Partly),
    ] {
        let files = [
            ("datapackage.json", description("mfc-77")),
            ("services.csv", services.as_bytes().to_vec()),
            ("applications.csv", format!("{APPLICATIONS}{applications}").into_bytes()),
            ("events.csv", format!("{EVENTS}{events}").into_bytes()),
        ];
        let (checked, problems) = check_folder(&files);
        assert_eq!(checked.errors, 1, "{problems:?}");
        assert_eq!(checked.outcome, outcome, "{applications} {events}");
        assert_eq!(checked.delivery.is_some(), outcome == Outcome::Partly);
    }
}

#[test]
fn mon12_headers_alone_declare_an_empty_day() {
    let files =
        [("datapackage.json", description("strict")), ("applications.csv", APPLICATIONS.as_bytes().to_vec())];
    let (checked, problems) = check_folder(&files);
    assert!(problems.is_empty());
    assert_eq!(checked.outcome, Outcome::Empty);
    assert!(checked.delivery.unwrap().applications.line.is_empty());
}

#[test]
fn mon11_the_digest_is_of_the_bytes_whatever_they_say() {
    let applications = |text: &str| format!("{APPLICATIONS}{text}").into_bytes();
    let digest = |text: &str| {
        let files = [("datapackage.json", description("mfc-77")), ("applications.csv", applications(text))];
        check_folder(&files).0.digest
    };
    assert_eq!(digest("Ж-1;100;МФЦ;77;МФЦ;\r\n"), digest("Ж-1;100;МФЦ;77;МФЦ;\r\n"));
    let others = ["Ж-1;100;МФЦ;77;МФЦ;\n", "", "\"", "Ж-2;100;МФЦ;77;МФЦ;\r\n"];
    let mut digests: Vec<[u8; 32]> = others.iter().map(|text| digest(text)).collect();
    digests.push(digest("Ж-1;100;МФЦ;77;МФЦ;\r\n"));
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 5);
}

#[test]
fn mon5_a_visit_has_exactly_one_of_6a_and_6b() {
    let applications = format!("{APPLICATIONS}Ж-1;100;МФЦ;77;МФЦ района Аэропорт;\r\n");
    let found = |rows: &[(&str, &str)]| {
        let mut events = EVENTS.to_owned();
        for (item, time) in rows {
            events += &format!("Ж-1;mfc;{item};;24-11-2026;{time}\r\n");
        }
        let folder = folder("mfc-77", &[("events.csv", events), ("applications.csv", applications.clone())]);
        let (_, problems) = check(Source::at(folder.path()).unwrap(), Limits::default(), &NoneKnown);
        codes(&problems)
    };
    let (a, b, c, d) = ("10:00:00", "10:05:00", "10:06:00", "10:07:00");
    assert_eq!(found(&[("4", a), ("5", b), ("6a", c), ("7", d)]), []);
    assert_eq!(found(&[("4", a), ("5", b), ("6b", c)]), []);
    // A second visit; a ticket whose day ends before it is called; rows in another order.
    assert_eq!(found(&[("4", a), ("6b", b), ("4", c), ("6a", d)]), []);
    assert_eq!(found(&[("4", a), ("5", b)]), []);
    assert_eq!(found(&[("7", d), ("6a", c), ("4", a)]), []);
    // What was begun on another day.
    assert_eq!(found(&[("7", a)]), []);
    assert_eq!(found(&[("4", a), ("6a", b), ("6b", c)]), [(4, "visit_both")]);
    assert_eq!(found(&[("4", a), ("6a", b), ("6a", c)]), [(4, "visit_both")]);
    assert_eq!(found(&[("4", a), ("7", c)]), [(3, "visit_none")]);
    // It was said that the applicant came, but not well: what follows comes with the correction.
    let refused = [(3, "time_impossible"), (4, "request_refused")];
    assert_eq!(found(&[("4", a), ("6a", "10:61:00"), ("7", c)]), refused);
}

#[test]
fn mon2_the_misprint_is_taken_and_marks_follow_the_senders_scale() {
    let applications =
        "request_id;service_id;channel_in;region;body\r\nЖ-1;100;РГПУ;77;МФЦ района Аэропорт\r\n";
    let ratings = "request_id;date;time;mark\r\nЖ-1;24-11-2026;10:00:00;10\r\n";
    for (sender, expected) in [("ten", vec![]), ("strict", vec![(2, "mark_scale")])] {
        let files = [
            ("datapackage.json", description(sender)),
            ("applications.csv", applications.as_bytes().to_vec()),
            ("ratings.csv", ratings.as_bytes().to_vec()),
        ];
        assert_eq!(codes(&check_folder(&files).1), expected);
    }
}
