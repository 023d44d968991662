//! How fast a clean delivery is checked: `cargo run --release -p otklik-progress --example check_speed -- FOLDER…`,
//! or without folders on events made up here (`--events N --requests N --threads N`).

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use otklik_kernel::{Clock as _, SystemClock};
use otklik_progress::check::{Checker, Claim, Collected, NoneKnown, Offices, Options, Register, Sender};
use otklik_progress::reading::Source;
use otklik_progress::reference::Reference;

#[expect(clippy::disallowed_methods, reason = "a measurement takes time")]
fn main() {
    let (mut events, mut requests, mut threads, mut folders) = (10_000_000_u64, 1_500_000_u64, 1, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).expect("a number");
        match argument.as_str() {
            "--events" => events = number(),
            "--requests" => requests = number(),
            "--threads" => threads = usize::try_from(number()).expect("few threads"),
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    let made = folders.is_empty();
    if made {
        let folder = std::env::temp_dir().join(format!("otklik-check-speed-{events}-{requests}"));
        if !folder.join("datapackage.json").exists() {
            make(&folder, events, requests).expect("the temporary folder can be written");
        }
        folders.push(folder);
    }
    let register = register();
    let options = Options { threads, ..Options::default() };
    let checker = Checker::new(&register, options);
    let started = Instant::now();
    let (mut bytes, mut rows, mut errors) = (0, 0, 0);
    for folder in &folders {
        let mut sink = Collected::new(5);
        let source = Source::at(folder).expect("a delivery");
        let checked =
            checker.check(source, &Claim::at(SystemClock.now()), &NoneKnown, &mut sink).expect("checked");
        bytes += checked.bytes;
        errors += checked.errors;
        rows += checked.files.iter().map(|file| file.rows).sum::<u64>();
        for problem in sink.problems {
            println!("{} {}: {} {}", problem.file, problem.line, problem.code.code(), problem.value);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{} deliveries, {rows} rows, {errors} errors, {megabytes:.0} MB in {seconds:.2} s on {threads} thread(s): \
         {:.0} MB/s, {:.1} million rows/s",
        folders.len(),
        megabytes / seconds,
        rows as f64 / seconds / 1e6
    );
}

/// Knows what the made-up delivery names.
fn register() -> Register {
    Register {
        reference: Reference::built_in().clone(),
        services: [("7700000001".to_owned(), std::collections::BTreeSet::new())].into(),
        offices: Offices::default(),
        senders: [("speed".to_owned(), Sender::default())].into(),
    }
}

fn make(folder: &Path, events: u64, requests: u64) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let head = "request_id;service_id;variant_id;consultation_topic;channel_in;channel_out;interagency_mnemonic;\
        region;body;body_code;applicant_hash;sex;age;ogrn\r\n";
    let mut out = std::io::BufWriter::new(std::fs::File::create(folder.join("applications.csv"))?);
    out.write_all(b"\xef\xbb\xbf")?;
    out.write_all(head.as_bytes())?;
    for request in 0..requests {
        write!(
            out,
            "77-2026-{request:010};7700000001;;;МФЦ;МФЦ;;г. Москва;МФЦ района Аэропорт;;{request:032x};Ж;035;\r\n"
        )?;
    }
    out.flush()?;
    let mut out = std::io::BufWriter::new(std::fs::File::create(folder.join("events.csv"))?);
    out.write_all(b"\xef\xbb\xbf")?;
    out.write_all(b"request_id;process;item;status;own_status;date;time;interagency_mnemonic\r\n")?;
    // The way of an application at МФЦ, over again; requests come mixed as a day brings them.
    const WAY: [(&str, u32); 7] =
        [("1", 1001), ("4", 1003), ("5", 1004), ("6a", 1005), ("7", 1007), ("15", 1013), ("18", 17)];
    let mut row = String::new();
    for event in 0..events {
        let (round, place) = (event / requests, event % requests);
        let request = (place * 7919) % requests;
        let (item, status) = WAY[usize::try_from(round % 7).unwrap_or(0)];
        let second = (event * 86_399 / events) as u32;
        row.clear();
        let _ = write!(
            row,
            "77-2026-{request:010};mfc;{item};{status};;{:02}-11-2025;{:02}:{:02}:{:02};\r\n",
            10 + round / 7,
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        out.write_all(row.as_bytes())?;
    }
    out.flush()?;
    std::fs::write(
        folder.join("datapackage.json"),
        r#"{"name": "otklik-daily", "otklik": {"sender": "speed", "day": "2025-11-24", "revision": 1}}"#,
    )
}
