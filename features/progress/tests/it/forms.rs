//! Every form in which a delivery may come gives the same data (MON-8).

use std::io::{Cursor, Write as _};

use otklik_csv::MARK;
use otklik_progress::check::Outcome;
use otklik_progress::fields::{COMPLAINT_TITLES, PAYMENT_TITLES, RATING_TITLES, Table};
use otklik_progress::model::{Item, Process};
use otklik_progress::reading::{Limits, Source};
use otklik_progress::reference::Reference;

use crate::support::{check, check_file, check_folder, description, shown};

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015";

type Rows = Vec<Vec<&'static str>>;

fn applications() -> Rows {
    let mfc = "МФЦ района Аэропорт";
    vec![
        vec!["Ж-1", "100", "1", "", "МФЦ", "", "", "г. Москва", mfc, "mfc-77-1", HASH, "Ж", "035", ""],
        vec![
            "Ж-2",
            "101",
            "",
            "Пособия; выплаты",
            "РПГУ",
            "МФЦ",
            "ВС-1",
            "77",
            mfc,
            "",
            "",
            "",
            "",
            "1027700132195",
        ],
        vec![
            "Ж-3",
            "100",
            "2",
            "",
            "ЕПГУ",
            "ЕПГУ",
            "",
            "Республика Саха (Якутия)",
            "МФЦ Верхоянска",
            "",
            "",
            "М",
            "100",
            "",
        ],
    ]
}

fn events() -> Rows {
    let event = |request, process, item, status, time| {
        vec![request, process, item, status, "", "24-11-2026", time, ""]
    };
    vec![
        event("Ж-1", "mfc", "4", "1003", "10:00:00"),
        event("Ж-1", "mfc", "5", "1004", "10:05:00"),
        event("Ж-1", "mfc", "6a", "1005", "10:05:30"),
        event("Ж-1", "mfc", "7", "1007", "10:06:00"),
        event("Ж-2", "authority", "9", "1010", "09:00:00"),
        event("Ж-2", "authority", "9", "1010", "09:30:00"),
        event("Ж-2", "authority", "3n", "1018", "08:00:00"),
        event("Ж-3", "epgu", "2", "1002", "23:59:59"),
        event("Ж-3", "vis", "6b", "1006", "12:00:00"),
    ]
}

fn payments() -> Rows {
    vec![vec!["Ж-1", "paid", "24-11-2026", "10:10:00"], vec!["Ж-1", "refunded", "24-11-2026", "11:10:00"]]
}

fn ratings() -> Rows {
    vec![vec!["Ж-1", "24-11-2026", "10:20:00", "5", "срок=4|вежливость", "Спасибо; «всё» хорошо"]]
}

fn complaints() -> Rows {
    vec![
        vec!["Ж-2", "", "accepted", "24-11-2026", "10:30:00"],
        vec!["Ж-2", "", "scheduled", "24-11-2027", "10:30:00"],
    ]
}

fn tables() -> Vec<(Table, Rows)> {
    vec![
        (Table::Applications, applications()),
        (Table::Events, events()),
        (Table::Payments, payments()),
        (Table::Ratings, ratings()),
        (Table::Complaints, complaints()),
    ]
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
struct Form {
    encoding: &'static str,
    delimiter: u8,
    end: &'static str,
    is_titled: bool,
    is_dotted: bool,
    is_quoted: bool,
}

const CANONICAL: Form = Form {
    encoding: "marked",
    delimiter: b';',
    end: "\r\n",
    is_titled: false,
    is_dotted: false,
    is_quoted: false,
};

fn forms() -> Vec<Form> {
    let mut forms = Vec::new();
    for encoding in ["plain", "marked", "windows-1251"] {
        for delimiter in [b';', b',', b'\t'] {
            for end in ["\r\n", "\n"] {
                for is_titled in [false, true] {
                    forms.push(Form { encoding, delimiter, end, is_titled, ..CANONICAL });
                }
            }
        }
    }
    forms.push(Form { is_dotted: true, ..CANONICAL });
    forms.push(Form { is_quoted: true, delimiter: b',', ..CANONICAL });
    forms
}

fn written(form: Form, header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in [header].into_iter().chain(rows.iter().map(Vec::as_slice)) {
        if form.is_quoted {
            let fields: Vec<String> =
                row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            out.extend_from_slice(fields.join(std::str::from_utf8(&[form.delimiter]).unwrap()).as_bytes());
            out.extend_from_slice(b"\r\n");
        } else {
            otklik_csv::write_record(&mut out, form.delimiter, row.iter().map(String::as_str));
        }
    }
    let text = String::from_utf8(out).unwrap().replace("\r\n", form.end);
    match form.encoding {
        "plain" => text.into_bytes(),
        "marked" => [MARK, text.as_bytes()].concat(),
        _ => encoding_rs::WINDOWS_1251.encode(&text).0.into_owned(),
    }
}

fn dated(form: Form, field: &str) -> String {
    let is_date = form.is_dotted && field.contains("-11-20");
    if is_date { field.replace("-11-", ".11.") } else { field.to_owned() }
}

fn package(form: Form) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("datapackage.json".to_owned(), description("mfc-77"))];
    for (table, rows) in tables() {
        let names = table.fields().iter().map(|field| if form.is_titled { field.title } else { field.name });
        let header: Vec<String> = names.map(str::to_owned).collect();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|field| dated(form, field)).collect()).collect();
        files.push((table.file(), written(form, &header, &rows)));
    }
    files
}

/// The wide file of the same data.
fn wide(form: Form) -> Vec<u8> {
    let reference = Reference::built_in();
    let fields = Table::Wide.fields();
    let mut header: Vec<String> =
        fields.iter().map(|field| if form.is_titled { field.title } else { field.name }.to_owned()).collect();
    let mut columns: Vec<(&str, String)> = Vec::new();
    for (process, item) in [
        (Process::Authority, "3n"),
        (Process::Authority, "9"),
        (Process::Mfc, "4"),
        (Process::Mfc, "5"),
        (Process::Mfc, "6a"),
        (Process::Mfc, "7"),
        (Process::Epgu, "2"),
        (Process::Vis, "6b"),
    ] {
        columns.push((process.code(), item.to_owned()));
        let letter = item.as_bytes().last().copied().filter(u8::is_ascii_alphabetic).unwrap_or(0);
        let number = item.trim_end_matches(char::is_alphabetic).parse().unwrap();
        let text = &reference.mapping.text(process, Item { number, letter }).unwrap().text_ru;
        let is_titled = form.is_titled && letter != b'n';
        header.push(if is_titled {
            format!("{}: {text}", process.title())
        } else {
            format!("{}_{item}", process.code())
        });
    }
    let numbered = |name: &str, titles: &[&str]| -> Vec<String> {
        let named = (1..=titles.len()).map(|number| format!("{name}_{number}"));
        if form.is_titled {
            titles.iter().map(|title| (*title).to_owned()).collect()
        } else {
            named.collect()
        }
    };
    header.extend(numbered("payment", &PAYMENT_TITLES));
    let rating = ["at", "mark", "criteria", "comment"].map(|name| format!("rating_{name}"));
    header.extend(if form.is_titled { RATING_TITLES.map(str::to_owned) } else { rating });
    header.extend(numbered("complaint", &COMPLAINT_TITLES));
    let joined = |found: Vec<String>| found.join("|");
    let rows: Vec<Vec<String>> = applications()
        .iter()
        .map(|application| {
            let request = application[0];
            let moment = |date: &str, time: &str| dated(form, &format!("{date} {time}"));
            let mut row: Vec<String> = application.iter().map(|field| (*field).to_owned()).collect();
            for (process, item) in &columns {
                let of = events()
                    .into_iter()
                    .filter(|event| event[0] == request && event[1] == *process && event[2] == item);
                row.push(joined(of.map(|event| moment(event[5], event[6])).collect()));
            }
            for word in ["uin_assigned", "paid", "payment_confirmed", "form_error", "refunded"] {
                let of = payments().into_iter().filter(|payment| payment[0] == request && payment[1] == word);
                row.push(joined(of.map(|payment| moment(payment[2], payment[3])).collect()));
            }
            match ratings().into_iter().find(|rating| rating[0] == request) {
                Some(rating) => row.extend([
                    moment(rating[1], rating[2]),
                    rating[3].into(),
                    rating[4].into(),
                    rating[5].into(),
                ]),
                None => row.extend(std::iter::repeat_n(String::new(), 4)),
            }
            for word in ["accepted", "scheduled", "upheld", "rejected"] {
                let of = complaints()
                    .into_iter()
                    .filter(|complaint| complaint[0] == request && complaint[2] == word);
                row.push(joined(of.map(|complaint| moment(complaint[3], complaint[4])).collect()));
            }
            row
        })
        .collect();
    written(form, &header, &rows)
}

fn expected() -> String {
    let files = package(CANONICAL);
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let (checked, problems) = check_folder(&files);
    assert!(problems.is_empty(), "{problems:?}");
    shown(&checked.delivery.unwrap())
}

#[test]
fn mon8_the_canonical_form_is_read_as_it_is_meant() {
    insta::assert_snapshot!(expected());
}

#[test]
fn mon8_every_form_of_a_package_gives_the_same_data() {
    let expected = expected();
    for form in forms() {
        let files = package(form);
        let files: Vec<(&str, Vec<u8>)> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let (checked, problems) = check_folder(&files);
        assert!(problems.is_empty(), "{form:?}: {problems:?}");
        assert_eq!(shown(&checked.delivery.unwrap()), expected, "{form:?}");
        let facts = checked.files[0].facts.unwrap();
        assert_eq!(facts.delimiter, form.delimiter, "{form:?}");
    }
}

#[test]
fn mon8_every_form_of_a_wide_file_gives_the_same_data() {
    let expected = expected();
    for form in forms() {
        let (checked, problems) = check_file("mfc-77_2026-11-24_r1.csv", wide(form));
        assert!(problems.is_empty(), "{form:?}: {problems:?}");
        assert_eq!(checked.files[0].table, Table::Wide);
        assert_eq!(shown(&checked.delivery.unwrap()), expected, "{form:?}");
    }
}

#[test]
fn mon8_an_archive_gives_the_same_data_also_with_its_files_in_a_folder() {
    let expected = expected();
    for prefix in ["", "24-11-2026/"] {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in package(CANONICAL) {
            archive.start_file(format!("{prefix}{name}"), zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(&bytes).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        let digest = {
            let mut sum = otklik_kernel::secret::Sum::default();
            sum.add(&bytes);
            sum.finish()
        };
        let (checked, problems) = check_file("any.zip", bytes);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(checked.digest, digest);
        assert_eq!(shown(&checked.delivery.unwrap()), expected);
    }
}

#[test]
fn mon8_each_file_of_a_package_may_come_alone() {
    let form = CANONICAL;
    for (name, bytes) in package(form) {
        if name != "applications.csv" {
            continue;
        }
        let (checked, problems) = check_file("mfc-77_2026-11-24_r3.csv", bytes);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!((checked.outcome, checked.head.unwrap().revision), (Outcome::Accepted, 3));
    }
}

#[test]
fn mon8_blocks_of_any_size_give_the_same_data() {
    let expected = expected();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in package(CANONICAL) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for block in [1, 100, 300, 1000] {
        let mut limits = Limits::default();
        limits.csv.block = block;
        let (checked, problems) =
            check(Source::at(folder.path()).unwrap(), limits, &otklik_progress::check::NoneKnown);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(shown(&checked.delivery.unwrap()), expected, "{block}");
    }
}
