//! Tables read back by other programs: calamine, the `csv` crate, and Python's own archive and XML readers.

use std::io::{Cursor, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use calamine::{Data, Reader as _, Xlsx};
use http_body_util::BodyExt as _;
use otklik_kernel::{CivilDay, Instant, Zone};
use otklik_sheet::{Cell, Column, Format, Table, Writer, stream};
use proptest::prelude::*;

fn table(columns: usize) -> Table {
    let columns = (0..columns).map(|n| Column::wrapped(format!("Столбец {n}"), 20)).collect();
    Table { title: "Отклики".into(), columns }
}

fn write(format: Format, table: &Table, rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(format, table, &mut bytes).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn texts(rows: &[Vec<String>]) -> Vec<Vec<Cell<'_>>> {
    rows.iter().map(|row| row.iter().map(|text| Cell::Text(text)).collect()).collect()
}

/// What a table holds of a text.
fn held(text: &str) -> String {
    let impossible =
        |c: char| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().map(|c| if impossible(c) { '\u{fffd}' } else { c }).collect()
}

fn read_xlsx(bytes: &[u8]) -> Vec<Vec<Data>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    book.worksheet_range(&name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv_reader().from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect()).collect()
}

fn csv_reader() -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(b';').has_headers(false);
    builder
}

/// As the README says: one apostrophe off where some are followed by a sign.
fn armed(text: &str) -> String {
    let rest = text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace());
    match rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        true => text.strip_prefix('\'').unwrap_or(text).to_owned(),
        false => text.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn x3_any_text_comes_back_from_xlsx_as_text(rows in prop::collection::vec(prop::collection::vec("[=+@'\"<>&_xA0-9;а-яЁ\\s]{0,9}|\\PC{0,12}|(?s).{0,12}|_x00[0-4][0-9A-F]_", 3), 1..12)) {
        let bytes = write(Format::Xlsx, &table(3), &texts(&rows));
        let found = read_xlsx(&bytes);
        // The reader leaves out empty rows at the end.
        let blank = vec![Data::Empty; 3];
        for (number, row) in (1..).zip(&rows) {
            for (cell, text) in found.get(number).unwrap_or(&blank).iter().zip(row) {
                match cell {
                    Data::Empty => prop_assert_eq!(text.as_str(), ""),
                    Data::String(found) => prop_assert_eq!(found, &held(text)),
                    other => prop_assert!(false, "{:?} became {:?}", text, other),
                }
            }
        }
    }

    #[test]
    fn x4_any_text_comes_back_from_csv_and_none_begins_like_a_formula(rows in prop::collection::vec(prop::collection::vec("[=+@'\"\t;а-яЁ\\s-]{0,9}|\\PC{0,12}|(?s).{0,12}", 3), 1..12)) {
        let bytes = write(Format::Csv, &table(3), &texts(&rows));
        let found = read_csv(&bytes);
        prop_assert_eq!(found.len(), rows.len() + 1);
        for (found, row) in found.iter().skip(1).zip(&rows) {
            for (cell, text) in found.iter().zip(row) {
                prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{:?}", cell);
                prop_assert_eq!(armed(cell), held(text));
            }
        }
    }
}

const MOMENT: Instant = Instant(1_795_338_309_000_000); // 2026-11-22T09:05:09Z

#[test]
fn x5_numbers_are_numbers_and_dates_are_dates_of_the_office() {
    let zone = Zone::find("Asia/Vladivostok").unwrap();
    let row = vec![
        Cell::Integer(-5),
        Cell::Number(0.25),
        Cell::Number(f64::NAN),
        Cell::Day(CivilDay(20_260_228)),
        Cell::Moment(MOMENT, &zone),
        Cell::Day(CivilDay(18_120_908)),
    ];
    let rows = [row.clone(), row[..2].to_vec()];
    let found = read_xlsx(&write(Format::Xlsx, &table(6), &rows));
    assert_eq!((found[1][0].clone(), found[1][1].clone()), (Data::Float(-5.0), Data::Float(0.25)));
    assert_eq!(found[1][2], Data::Empty);
    let dates: Vec<String> = found[1][3..5]
        .iter()
        .map(|cell| {
            let Data::DateTime(date) = cell else { panic!("{cell:?}") };
            let (y, m, d, h, min, s, _) = date.to_ymd_hms_milli();
            format!("{y}-{m}-{d} {h}:{min}:{s}")
        })
        .collect();
    assert_eq!(dates, ["2026-2-28 0:0:0", "2026-11-22 19:5:9"]);
    assert_eq!(found[1][5], Data::String("1812-09-08".into()), "before the calendar of spreadsheets");
    let found = read_csv(&write(Format::Csv, &table(6), &rows));
    assert_eq!(found[1], ["-5", "0,25", "", "2026-02-28", "2026-11-22 19:05:09", "1812-09-08"]);
    assert_eq!(found[2], ["-5", "0,25", "", "", "", ""]);
    assert!(write(Format::Csv, &table(2), &rows[1..]).ends_with(b"-5;0,25\r\n"));
}

#[test]
fn a_row_with_too_many_cells_is_refused() {
    for format in [Format::Xlsx, Format::Csv] {
        let mut writer = Writer::new(format, &table(1), Vec::new()).unwrap();
        assert!(writer.row(&[Cell::Integer(1), Cell::Integer(2)]).is_err());
    }
}

/// Reads an archive and its XML strictly, with nothing of ours: prints texts and marks of the first sheet.
const PYTHON: &str = r#"
import sys, io, zipfile, xml.etree.ElementTree as ET
z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert z.testzip() is None
for name in z.namelist(): ET.fromstring(z.read(name))
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
sheet = ET.fromstring(z.read("xl/worksheets/sheet1.xml"))
pane = sheet.find(f".//{main}pane")
assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
assert [c.get("width") for c in sheet.iter(f"{main}col")] == ["20", "20"]
assert not list(sheet.iter(f"{main}f")), "a formula"
named = ET.fromstring(z.read("xl/workbook.xml")).find(f".//{main}sheet").get("name")
print(named, len(list(sheet.iter(f"{main}row"))))
for row in list(sheet.iter(f"{main}row")):
    print("|".join("".join(c.itertext()) for c in row))
"#;

#[test]
fn python_reads_the_archive_and_its_xml() {
    let rows = vec![vec!["Ёлка & <b>".to_owned(), "=HYPERLINK(\"x\")".to_owned()]; 2000];
    let bytes = write(Format::Xlsx, &table(2), &texts(&rows));
    let mut python = Command::new("python3")
        .args(["-c", PYTHON])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    python.stdin.take().unwrap().write_all(&bytes).unwrap();
    let out = python.wait_with_output().unwrap();
    assert!(out.status.success());
    let text = String::from_utf8(out.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Отклики 2001");
    assert_eq!(lines[1], "Столбец 0|Столбец 1");
    assert_eq!(lines[2..], ["Ёлка & <b>|=HYPERLINK(\"x\")"; 2000]);
}

#[tokio::test]
async fn a_download_is_whole_or_broken_off_and_a_slow_reader_slows_it() {
    for format in [Format::Xlsx, Format::Csv] {
        let long = "Очень долго ждали. ".repeat(50);
        let (mut rows, response) = stream(format, &table(2), "Отклики за год").unwrap();
        let disposition = response.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment;") && disposition.contains("filename*=UTF-8''%D0%9E"));
        let writing = tokio::spawn(async move {
            for number in 0..4_000 {
                rows.add(&[Cell::Integer(number), Cell::Text(&long)]).await.unwrap();
            }
            rows.finish().await.unwrap();
        });
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        writing.await.unwrap();
        let count = match format {
            Format::Xlsx => read_xlsx(&bytes).len(),
            Format::Csv => read_csv(&bytes).len(),
        };
        assert_eq!(count, 4_001);

        let (mut rows, response) = stream(format, &table(1), "x").unwrap();
        rows.add(&[Cell::Integer(1)]).await.unwrap();
        drop(rows);
        assert!(response.into_body().collect().await.is_err(), "half a table is no table");

        // Nobody reads: the writer stops at what the channel holds. Nobody is there: it ends.
        let (mut rows, response) = stream(format, &table(1), "x").unwrap();
        let added = Arc::new(AtomicU64::new(0));
        let counter = added.clone();
        let writing = tokio::spawn(async move {
            for number in 0_u64.. {
                let text = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_string().repeat(50);
                if rows.add(&[Cell::Text(&text)]).await.is_err() {
                    return;
                }
                counter.store(number, Ordering::SeqCst);
            }
        });
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        let stopped = added.load(Ordering::SeqCst);
        tokio::task::yield_now().await;
        assert!(stopped > 0 && added.load(Ordering::SeqCst) == stopped);
        drop(response);
        writing.await.unwrap();
    }
}
