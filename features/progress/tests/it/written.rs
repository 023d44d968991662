//! One delivery written in every form in which it may come (MON-8). The tests of the lake write it too.

use otklik_csv::MARK;
use otklik_progress::fields::{COMPLAINT_TITLES, PAYMENT_TITLES, RATING_TITLES, Table};
use otklik_progress::model::{Item, Process};
use otklik_progress::reference::Reference;

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
pub struct Form {
    encoding: &'static str,
    /// Between fields.
    pub delimiter: u8,
    end: &'static str,
    is_titled: bool,
    is_dotted: bool,
    is_quoted: bool,
}

/// As we write it ourselves.
pub const CANONICAL: Form = Form {
    encoding: "marked",
    delimiter: b';',
    end: "\r\n",
    is_titled: false,
    is_dotted: false,
    is_quoted: false,
};

/// All of them.
pub fn forms() -> Vec<Form> {
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

/// The description of a package with its head.
pub fn description(sender: &str) -> Vec<u8> {
    format!(r#"{{"name": "otklik-daily", "otklik": {{"sender": "{sender}", "day": "2026-11-24", "revision": 1}}}}"#)
        .into_bytes()
}

/// The files of a package.
pub fn package(form: Form) -> Vec<(String, Vec<u8>)> {
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
pub fn wide(form: Form) -> Vec<u8> {
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
