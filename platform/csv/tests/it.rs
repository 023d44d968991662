//! What is printed is read back; what is broken is named, and reading goes on.

use std::io;

use otklik_csv::{Encoding, Facts, Kind, Limits, MARK, Refused, Table, write_record};
use proptest::prelude::*;

/// Small limits, so that files are cut everywhere.
const SMALL: Limits = Limits { field: 40, record: 120, columns: 8, block: 16 };

/// A line of what was read: number, fields, faults.
type Row = (u32, Vec<String>, Vec<(u32, Kind)>);

fn read(bytes: &[u8], limits: Limits, threads: usize) -> Result<(Vec<String>, Vec<Row>, Facts), Refused> {
    let mut table = Table::open(bytes, limits, &|names| names.len())?;
    let header = table.header().to_vec();
    let mut rows = Vec::new();
    table.run(
        threads,
        |block| {
            let mut rows = Vec::new();
            let mut records = block.records();
            while let Some(record) = records.next() {
                let fields = (0..record.len()).map(|field| record.get(field).to_owned()).collect();
                let faults = record.faults().iter().map(|fault| (fault.column, fault.kind)).collect();
                rows.push((record.line(), fields, faults));
            }
            rows
        },
        |more| {
            rows.extend(more);
            Ok::<(), io::Error>(())
        },
    )?;
    Ok((header, rows, table.facts()))
}

/// The same as it is written down in a test.
type Expected = (u32, &'static [&'static str], &'static [(u32, Kind)]);

fn check(text: &str, expected: &[Expected]) {
    let expected: Vec<Row> = expected
        .iter()
        .map(|(line, fields, faults)| {
            (*line, fields.iter().map(|field| (*field).to_owned()).collect(), faults.to_vec())
        })
        .collect();
    let limits = [Limits { block: 1, ..SMALL }, SMALL, Limits { block: 1 << 20, ..SMALL }];
    for limits in limits {
        for threads in [1, 2, 3] {
            let (_, rows, _) = read(text.as_bytes(), limits, threads).unwrap();
            assert_eq!(rows, expected, "{limits:?} {threads}");
        }
    }
}

#[test]
fn mon10_every_fault_is_named_and_the_next_line_is_read() {
    check(
        "a;b\r\n1;2\r\n\r\n3\r\n4;5;6\r\n7;8",
        &[
            (2, &["1", "2"], &[]),
            (3, &[""], &[(0, Kind::Blank)]),
            (4, &["3"], &[(0, Kind::Fields { found: 1, expected: 2 })]),
            (5, &["4", "5", "6"], &[(0, Kind::Fields { found: 3, expected: 2 })]),
            (6, &["7", "8"], &[]),
        ],
    );
    // A quote inside a field, text behind a closing quote, a quote that is never closed.
    check(
        "a;b\n1\"2;3\n\"ООО \"Ромашка\"\";5\n6;\"7\n8;9\n",
        &[
            (2, &["1\"2", "3"], &[(1, Kind::Quote)]),
            (3, &[], &[(1, Kind::BrokenQuotes)]),
            (4, &[], &[(2, Kind::BrokenQuotes)]),
            (5, &["8", "9"], &[]),
        ],
    );
    check(
        "a;b\n\"1\r\n2\";\"3\"\"4\"\n5\r6;7\n",
        &[(2, &["1\r\n2", "3\"4"], &[]), (4, &["5\r6", "7"], &[(1, Kind::LoneReturn)])],
    );
}

#[test]
fn mon10_what_is_too_long_is_skipped_and_named() {
    let (field, record) = ("x".repeat(41), "y".repeat(500));
    let text = format!("a;b\n1;{field}\n{record};2\n3;4\n{record}{record}\n\"{record}\n5;6\n{record}");
    let wrong = [
        (2, vec!["1".to_owned(), field.clone()], vec![(2, Kind::FieldTooLong)]),
        (3, vec![], vec![(0, Kind::RecordTooLong)]),
        (4, vec!["3".to_owned(), "4".to_owned()], vec![]),
        (5, vec![], vec![(0, Kind::RecordTooLong)]),
        (6, vec![], vec![(0, Kind::RecordTooLong)]),
        (7, vec!["5".to_owned(), "6".to_owned()], vec![]),
        (8, vec![], vec![(0, Kind::RecordTooLong)]),
    ];
    for block in [1, 16, 1 << 20] {
        let (_, rows, _) = read(text.as_bytes(), Limits { block, ..SMALL }, 2).unwrap();
        assert_eq!(rows, wrong, "{block}");
    }
}

#[test]
fn mon8_the_delimiter_is_the_one_that_gives_known_names() {
    for (text, delimiter) in
        [("a;b\n", b';'), ("a,b\n", b','), ("a\tb\n", b'\t'), ("a\n", b';'), ("a (x, y, z);b (c, d)\n", b',')]
    {
        assert_eq!(read(text.as_bytes(), SMALL, 1).unwrap().2.delimiter, delimiter, "{text}");
    }
    let known =
        |names: &[String]| names.iter().filter(|name| name.starts_with("a (") || *name == "b").count();
    let table = Table::open(&b"a (x, y, z);b\n"[..], SMALL, &known).unwrap();
    assert_eq!(table.facts().delimiter, b';');
}

#[test]
fn mon8_what_is_no_table_is_refused_by_name() {
    let refused = |bytes: &[u8]| read(bytes, SMALL, 1).unwrap_err().to_string();
    assert_eq!(refused(b""), "the file is empty");
    assert_eq!(refused(b"\xef\xbb\xbf"), "the file is empty");
    assert_eq!(refused(b"\r\na;b\r\n"), "the file is empty");
    assert_eq!(refused(b"\xff\xfea\0;\0"), "the file is in UTF-16");
    assert_eq!(refused(b"a\0;\0b\0"), "the file is in UTF-16");
    assert_eq!(refused(b"PK\x03\x04abc"), "the file is a workbook or an archive, not a table of text");
    assert_eq!(refused(b"a;\"b\n1;2\n"), "the header is broken: BrokenQuotes");
    let long = "a".repeat(500);
    assert_eq!(refused(long.as_bytes()), "the header is broken: RecordTooLong");
}

#[test]
fn mon8_mixed_line_ends_are_reported() {
    let facts = read(b"a;b\r\n1;2\n3;\"4\"\r\n5;6", SMALL, 1).unwrap().2;
    assert_eq!((facts.crlf, facts.lf, facts.is_mixed()), (2, 1, true));
    assert!(!read(b"a;b\r\n1;\"2\n3\"\r\n", SMALL, 1).unwrap().2.is_mixed());
}

fn letters(encoding: Encoding) -> impl Strategy<Value = String> {
    let any = match encoding {
        Encoding::Windows1251 => "[a-zА-яЁё№«»;,\t\"\r\n —]{0,12}",
        _ => "(?s).{0,8}|[a-zА-я;,\t\"\r\n€ ]{0,12}",
    };
    any.prop_map(|text: String| text.replace('\u{feff}', ""))
}

fn tables() -> impl Strategy<Value = (Encoding, u8, Vec<Vec<String>>)> {
    let encodings =
        prop_oneof![Just(Encoding::Utf8), Just(Encoding::Utf8Marked), Just(Encoding::Windows1251)];
    let delimiters = prop_oneof![Just(b';'), Just(b','), Just(b'\t')];
    (encodings, delimiters, 1_usize..6).prop_flat_map(|(encoding, delimiter, columns)| {
        // In a table of one column nothing tells of another delimiter.
        let delimiter = if columns == 1 { b';' } else { delimiter };
        let row = prop::collection::vec(letters(encoding), columns);
        (Just(encoding), Just(delimiter), prop::collection::vec(row, 0..12))
    })
}

#[expect(clippy::disallowed_methods, reason = "the long form is asked for by the environment")]
fn cases(short: u32, long: u32) -> u32 {
    if std::env::var("OTKLIK_SOAK").is_ok() { long } else { short }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases(1500, 30_000)) })]

    /// parse(print(x)) = x, however the file is cut and on however many threads it is read.
    #[test]
    fn mon8_what_is_printed_is_read_back((encoding, delimiter, rows) in tables(), block in 1_usize..300) {
        let columns = rows.first().map_or(2, Vec::len);
        // The header's names tell the encoding and the delimiter, as those of real files do.
        let header: Vec<String> = (0..columns).map(|column| format!("Столбец {column}")).collect();
        let mut text = Vec::new();
        write_record(&mut text, delimiter, header.iter().map(String::as_str));
        for row in &rows {
            write_record(&mut text, delimiter, row.iter().map(String::as_str));
        }
        let text = String::from_utf8(text).unwrap();
        let bytes = match encoding {
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Utf8Marked => [MARK, text.as_bytes()].concat(),
            Encoding::Windows1251 => encoding_rs::WINDOWS_1251.encode(&text).0.into_owned(),
        };
        let limits = Limits { field: 4096, record: 16_384, columns: 8, block };
        for threads in [1, 2] {
            let (names, read, facts) = read(&bytes, limits, threads).unwrap();
            prop_assert_eq!(&names, &header);
            prop_assert_eq!(facts.encoding, encoding);
            prop_assert_eq!(facts.delimiter, delimiter);
            let faults: Vec<_> = read.iter().filter(|(_, _, faults)| !faults.is_empty()).collect();
            prop_assert!(faults.is_empty(), "{:?}", faults);
            let fields: Vec<Vec<String>> = read.into_iter().map(|(_, fields, _)| fields).collect();
            prop_assert_eq!(&fields, &rows);
        }
    }
}
