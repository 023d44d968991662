//! The source's mapping of statuses to items, cell by cell, as files are read (MON-5, MON-6, MON-15).

use otklik_progress::model::{Process, Status};
use otklik_progress::reference::Reference;

use crate::support::{check_folder, description};

/// What a single event comes to: item and status, or the code of the error.
fn event(process: Process, item: &str, status: &str) -> Result<(i16, i16), &'static str> {
    let applications =
        "request_id;service_id;channel_in;region;body\r\nЖ-1;100;МФЦ;77;МФЦ района Аэропорт\r\n";
    let events = format!(
        "request_id;process;item;status;date;time\r\nЖ-1;{};{item};{status};23-11-2026;10:00:00\r\n",
        process.code()
    );
    let files = [
        ("datapackage.json", description("mfc-77")),
        ("applications.csv", applications.as_bytes().to_vec()),
        ("events.csv", events.into_bytes()),
    ];
    let (checked, problems) = check_folder(&files);
    match problems.first() {
        Some(problem) => Err(problem.code.code()),
        None => {
            let events = checked.delivery.unwrap().events;
            Ok((events.item[0], events.status[0]))
        }
    }
}

#[test]
fn mon6_each_of_the_103_places_is_read_by_status_and_by_both() {
    let reference = Reference::built_in();
    let cells = reference.mapping.cells();
    assert_eq!(cells.len(), 103);
    for cell in cells {
        let expected = Ok((cell.item.stored(), cell.status.0));
        let (item, status) = (cell.item.to_string(), cell.status.to_string());
        assert_eq!(event(cell.process, "", &status), expected, "{cell:?}");
        assert_eq!(event(cell.process, &item, &status), expected, "{cell:?}");
        assert_eq!(event(cell.process, &cell.item.number.to_string(), &status), expected, "{cell:?}");
    }
    for process in Process::ALL {
        for status in reference.statuses.all() {
            if !cells.iter().any(|cell| cell.process == process && cell.status == status.code) {
                assert_eq!(
                    event(process, "", &status.code.to_string()),
                    Err("status_process"),
                    "{process:?} {status:?}"
                );
            }
        }
    }
}

#[test]
fn mon5_each_of_the_99_items_and_4_sub_items_is_read_alone() {
    let reference = Reference::built_in();
    let (mut plain, mut lettered) = (0, 0);
    for (process, item, _) in reference.mapping.items() {
        let read = event(process, &item.to_string(), "");
        if item.letter == 0 {
            plain += 1
        } else {
            lettered += 1
        }
        match (process, item.to_string().as_str()) {
            (Process::Mfc | Process::Vis, "6") => assert_eq!(read, Err("item_letter")),
            (Process::Mfc | Process::Vis, "6a") => assert_eq!(read, Ok((61, 1005))),
            (Process::Mfc | Process::Vis, "6b") => assert_eq!(read, Ok((62, 1006))),
            (Process::Authority, "3") => assert_eq!(read, Ok((30, 1017))),
            (Process::Epgu, "13") => assert_eq!(read, Ok((130, 22))),
            _ => {
                let [status] = reference.mapping.candidates(process, item) else {
                    panic!("{process:?} {item}")
                };
                assert_eq!(read, Ok((item.stored(), status.0)));
            }
        }
    }
    assert_eq!((plain, lettered), (99, 4));
    for (process, item) in [
        (Process::Authority, "21"),
        (Process::Mfc, "20"),
        (Process::Epgu, "33"),
        (Process::Vis, "29"),
        (Process::Epgu, "6a"),
        (Process::Mfc, "0"),
        (Process::Mfc, "04"),
    ] {
        assert_eq!(event(process, item, ""), Err("item_unknown"), "{process:?} {item}");
    }
    assert_eq!(event(Process::Mfc, "6а", ""), Ok((61, 1005)), "Cyrillic");
    assert_eq!(event(Process::Vis, "6б", ""), Ok((62, 1006)), "Cyrillic");
    assert_eq!(event(Process::Authority, "3n", ""), Ok((33, 1018)));
    assert_eq!(event(Process::Authority, "3n", "1017"), Err("status_item"));
}

#[test]
fn mon6_names_as_printed_and_as_shown_are_taken_where_they_name_one() {
    let reference = Reference::built_in();
    for status in reference.statuses.all() {
        for name in [&status.printed, &status.name] {
            for process in Process::ALL.into_iter().filter(|process| status.occurs[*process as usize - 1]) {
                let read = event(process, "", name).map(|(_, code)| code);
                let several = matches!(status.code, Status(5 | 22 | 24)) && process == Process::Epgu;
                assert_eq!(
                    read,
                    if several { Err("status_ambiguous") } else { Ok(status.code.0) },
                    "{name} {process:?}"
                );
            }
        }
    }
    // The item tells which of them it is, where it tells.
    assert_eq!(event(Process::Epgu, "12", "Ошибка при отправке"), Ok((120, 5)));
    assert_eq!(event(Process::Epgu, "13", "Ошибка при отправке"), Err("status_ambiguous"));
}
