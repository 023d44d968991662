//! Every error there is, by an example of its own in `tests/data/errors`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use otklik_progress::check::{Claim, Code, ErrorFile, NoneKnown, Outcome, Sink as _, Weight};
use otklik_progress::reading::Source;

use crate::support::{RECEIVED, check, check_claimed, listed, small};

/// The examples with the codes they are of.
fn examples() -> Vec<(Code, PathBuf)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/errors");
    let mut examples: Vec<(Code, PathBuf)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let name = name.split_once("_mfc-77").map_or(name.as_str(), |(code, _)| code);
            let name = name.trim_end_matches(".zip");
            let code = Code::ALL.iter().copied().find(|code| code.code() == name);
            (code.unwrap_or_else(|| panic!("{name} is no code")), path)
        })
        .collect();
    examples.sort();
    examples
}

#[test]
fn mon10_every_error_has_an_example_and_is_found_in_it() {
    let examples = examples();
    let shown: BTreeSet<Code> = examples.iter().map(|(code, _)| *code).collect();
    assert_eq!(shown, Code::ALL.iter().copied().collect());
    for (code, path) in examples {
        let revision = (code == Code::HeadDiffers).then_some(1);
        let claim = Claim { revision, ..Claim::at(RECEIVED) };
        let (checked, problems) = check_claimed(named(&path), small(), &NoneKnown, &claim);
        assert!(
            problems.iter().any(|problem| problem.code == code),
            "{}: {}",
            code.code(),
            listed(&problems)
        );
        let has = |weight| problems.iter().any(|problem| problem.code.weight() == weight);
        let has_good = checked.files.iter().any(|file| file.good() > 0);
        let is_refused = has(Weight::Delivery) || (has(Weight::Row) && !has_good);
        assert_eq!(checked.outcome == Outcome::Refused, is_refused, "{code:?}");
        for file in &checked.files {
            let lines: BTreeSet<u32> = problems
                .iter()
                .filter(|problem| *problem.file == *file.name && problem.code.weight() == Weight::Row)
                .map(|problem| problem.line)
                .collect();
            assert_eq!(file.bad, lines.len() as u64, "{code:?} {}", file.name);
            assert!(file.bad <= file.rows);
        }
        let counts: Vec<String> =
            checked.files.iter().map(|file| format!("{} {}+{}", file.name, file.good(), file.bad)).collect();
        let report = format!("{:?} {}\n{}", checked.outcome, counts.join(", "), listed(&problems));
        insta::assert_snapshot!(code.code(), report);
    }
}

/// A file alone goes by the name that says whose it is.
fn named(path: &std::path::Path) -> Source {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    match name.split_once("_mfc-77") {
        Some((_, rest)) => Source::bytes(&format!("mfc-77{rest}"), fs::read(path).unwrap()).unwrap(),
        None => Source::at(path).unwrap(),
    }
}

#[test]
fn mon10_the_report_is_a_table_with_everything_and_no_formulas() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/errors");
    let mut report = ErrorFile::new(Vec::new(), otklik_locale::Lang::default()).unwrap();
    for name in ["excel_formula", "csv_fields", "body_unknown"] {
        let (_, problems) = check(Source::at(&folder.join(name)).unwrap(), small(), &NoneKnown);
        for problem in &problems {
            report.problem(problem).unwrap();
        }
    }
    insta::assert_snapshot!(String::from_utf8(report.finish().unwrap()).unwrap().replace("\r\n", "↵\n"));
}

#[test]
fn mon10_the_guide_for_senders_lists_every_code() {
    let guide = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/monitoring.ru.md");
    let guide = fs::read_to_string(guide).unwrap();
    for code in Code::ALL {
        assert!(guide.contains(&format!("\n| `{}` |", code.code())), "{}", code.code());
    }
}

#[test]
fn mon10_a_formula_is_named_in_both_layouts_however_its_quotes_are_written() {
    let head = "request_id;service_id;channel_in;region;body;age";
    for formula in ["\"=\"\"035\"\"\"", "=\"035\""] {
        let row = format!("Ж-1;100;МФЦ;г. Москва;МФЦ района Аэропорт;{formula}");
        let files = [
            ("mfc-77_2026-11-24_r1.csv", format!("{head}\n{row}\n")),
            ("mfc-77_2026-11-24_r1.csv", format!("{head};mfc_4\n{row};24-11-2026 10:00:00\n")),
        ];
        for (name, text) in files {
            let source = Source::bytes(name, text.into_bytes()).unwrap();
            let (_, problems) = check(source, small(), &NoneKnown);
            let [problem] = &problems[..] else { panic!("{}", listed(&problems)) };
            assert_eq!(
                (problem.code, &*problem.field, &*problem.value),
                (Code::ExcelFormula, "age", "=\"035\"")
            );
            assert!(problem.message(otklik_locale::Lang::default()).contains("формулой Excel вида =\"…\""));
        }
    }
}
