//! The monitoring by commands, as an operator or a script uses them.

use std::collections::HashSet;
use std::path::Path;

use otklik_progress::exchange::activity;
use otklik_progress::reference::Reference;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::command::run;

fn well(folder: &Path, words: &[&str]) -> Value {
    let said = run(folder, words);
    assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
    said.json()
}

fn generated(folder: &Path) {
    let plan = ["--applications", "400", "--days", "12", "--seed", "7", "--regions", "1"];
    let words = [&["monitoring", "generate", "--out", "days", "--json"][..], &plan].concat();
    well(folder, &words);
}

#[test]
fn mon13_generated_data_are_imported_verified_and_answered_from_without_a_server() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    // A day on its own first, so that there are files to put together.
    well(folder, &["monitoring", "import", "days/epgu_2026-01-12_r1", "--json"]);
    let done = well(folder, &["monitoring", "import", "days", "--json"]);
    assert_eq!((&done["ok"], &done["errors"]), (&json!(true), &json!(0)), "{done}");
    let events = done["events"].as_i64().unwrap();
    assert!(events > 1000, "{done}");
    let found = well(folder, &["monitoring", "verify", "--json"]);
    assert_eq!((&found["ok"], found["events"].as_i64()), (&json!(true), Some(events)), "{found}");
    // The same once more changes nothing.
    let again = well(folder, &["monitoring", "import", "days", "--json"]);
    assert_eq!(again["deliveries"], done["deliveries"]);
    assert_eq!(well(folder, &["monitoring", "verify", "--json"]), found);
    let sheet = well(folder, &["monitoring", "report", "overview", "--by", "channel", "--json"]);
    let place = sheet["columns"].as_array().unwrap().iter().position(|name| name == "began").unwrap();
    let began: i64 = sheet["rows"].as_array().unwrap().iter().map(|row| row[place].as_i64().unwrap()).sum();
    assert_eq!(began, 400, "{sheet}");
    let calendar = well(folder, &["monitoring", "report", "completeness", "--period", "2026-01", "--json"]);
    assert!(calendar["rows"].as_array().unwrap().iter().any(|row| row[2] == "late"), "{calendar}");
    told_by_two_statuses_and_counted_by_bodies(folder, calendar["rows"].as_array().unwrap());
    listed_one_by_one(folder);
    let small = well(folder, &["monitoring", "compact", "--json"]);
    assert!(small["removed"].as_i64().unwrap() > 0, "{small}");
    let kept = well(folder, &["monitoring", "verify", "--json"]);
    assert_eq!(
        (&kept["ok"], &kept["events"], &kept["cases"]),
        (&json!(true), &found["events"], &found["cases"])
    );
    // A copy of the installation has its lake.
    well(folder, &["backup", "copy", "--json"]);
    let other = folder.join("other");
    std::fs::create_dir(&other).unwrap();
    well(&other, &["restore", "../copy", "--json"]);
    assert_eq!(well(&other, &["monitoring", "verify", "--json"]), kept);
    let again = well(&other, &["monitoring", "import", "../days", "--json"]);
    assert_eq!(again["deliveries"], done["deliveries"], "the same deliveries are known");
    let store = ["--lake", "s3://bucket/lake", "restore", "../copy"];
    let third = folder.join("third");
    std::fs::create_dir(&third).unwrap();
    let refused = run(&third, &store);
    assert!(refused.code == Some(1) && refused.err.contains("lake"), "{refused:?}");
    let wrong = run(folder, &["monitoring", "report", "overview", "--by", "weather"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

/// What `report … --by … --from … --to …` says, against the same report whole.
fn told_by_two_statuses_and_counted_by_bodies(folder: &Path, calendar: &[Value]) {
    let numbers = |words: &[&str], columns: [&str; 3]| -> Vec<[i64; 3]> {
        let sheet = well(folder, &[&["monitoring", "report", "--json"], words].concat());
        let names = sheet["columns"].as_array().unwrap().clone();
        let place = |name: &str| names.iter().position(|one| one == name).unwrap();
        let places = columns.map(place);
        let rows = sheet["rows"].as_array().unwrap().iter();
        rows.map(|row| places.map(|place| row[place].as_i64().unwrap())).collect()
    };
    let steps = ["from_status", "to_status", "n"];
    let some = numbers(&["transitions", "--by", "service", "--from", "2", "--to", "1"], steps);
    let all = numbers(&["transitions", "--by", "service"], steps);
    let expected: Vec<_> = all.into_iter().filter(|[from, to, _]| (*from, *to) == (2, 1)).collect();
    assert!(some == expected && some.len() > 3, "{some:?} {expected:?}");
    // No reference data know this status.
    for words in [
        &["durations", "--from", "9999", "--to", "1"][..],
        &["transitions", "--from", "2", "--to", "9999"],
        &["applications", "--what", "between", "--from", "2", "--to", "9999"],
    ] {
        let said = run(folder, &[&["monitoring", "report"], words].concat());
        assert!(said.code == Some(2) && said.err.contains("такого кода нет"), "{words:?}: {said:?}");
    }
    let by_body =
        numbers(&["completeness", "--period", "2026-01", "--by", "body"], ["days", "late", "missing"]);
    let expected = calendar.iter().filter(|row| row[2] != "outside").count();
    assert_eq!(by_body.iter().map(|[days, ..]| *days).sum::<i64>(), i64::try_from(expected).unwrap());
    let late = calendar.iter().filter(|row| row[2] == "late").count();
    assert_eq!(by_body.iter().map(|[_, late, _]| *late).sum::<i64>(), i64::try_from(late).unwrap());
}

/// What `report applications` lists, against the figures that it stands behind.
fn listed_one_by_one(folder: &Path) {
    let report = |words: &[&str]| well(folder, &[&["monitoring", "report", "--json"], words].concat());
    let place = |sheet: &Value, name: &str| {
        sheet["columns"].as_array().unwrap().iter().position(|one| one == name).unwrap()
    };
    let all = report(&["applications", "--what", "began"]);
    assert_eq!((&all["total"], all["rows"].as_array().unwrap().len()), (&json!(400), 50));
    let few = report(&["applications", "--what", "began", "--limit", "3"]);
    assert_eq!(few["rows"].as_array().unwrap()[..], all["rows"].as_array().unwrap()[..3]);
    // As many are listed as the figure counts.
    let total = |words: &[&str]| report(&[&["applications", "--what"], words].concat())["total"].clone();
    let figure = report(&["mnemonics"]);
    let (of, ended) = (place(&figure, "mnemonic"), place(&figure, "ended"));
    let row = &figure["rows"][0];
    assert!(row[ended].as_i64().unwrap() > 1, "{figure}");
    assert_eq!(total(&["exchange", "--mnemonic", row[of].as_str().unwrap()]), row[ended]);
    let figure = report(&["refusals"]);
    let missed = &figure["rows"][0][place(&figure, "missed")];
    assert!(missed.as_i64().unwrap() > 1, "{figure}");
    assert_eq!(&total(&["stage", "--stage", "missed"]), missed);
    let part = ["--channel", "МФЦ", "--period", "2026-01"];
    let figure = report(&[&["overview"], &part[..]].concat());
    let began = &figure["rows"][0][place(&figure, "began")];
    assert_eq!(&report(&[&["applications", "--what", "began"], &part[..]].concat())["total"], began);
    let body = all["rows"][0][place(&all, "body")].as_str().unwrap();
    let of_body = report(&["applications", "--what", "began", "--body", body]);
    assert!((1..400).contains(&of_body["total"].as_u64().unwrap()), "{of_body}");
    let words = run(folder, &["monitoring", "report", "applications", "--what", "ended", "--limit", "2"]);
    let lines: Vec<&str> = words.out.lines().collect();
    assert!(words.code == Some(0) && lines.len() == 4 && lines[0].starts_with("request  "), "{words:?}");
    assert!(lines[1].contains("2026 ") && lines[1].contains("(UTC"), "a moment, not seconds: {words:?}");
    assert!(lines[3].starts_with("Показаны первые 2 из ") && lines[3].contains("--limit"), "{words:?}");
    let csv =
        run(folder, &["monitoring", "report", "applications", "--what", "began", "--limit", "2", "--csv"]);
    assert!(csv.out.lines().count() == 3 && csv.err.contains("Показаны первые 2 из 400"), "{csv:?}");
    let none = run(folder, &["monitoring", "report", "applications", "--what", "began", "--period", "2020"]);
    assert!(none.code == Some(0) && none.out.ends_with("Показаны все: 0.\n"), "{none:?}");
    let unknown = run(folder, &["monitoring", "report", "applications", "--what", "rule", "--rule", "61"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("такого правила"), "{unknown:?}");
}

#[test]
fn mon11_a_lost_last_commit_is_found_by_the_log_and_by_receipts() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["monitoring", "import", "days/epgu_2026-01-12_r1", "--json"]);
    let before = well(folder, &["monitoring", "verify", "--json"]);
    assert_eq!((&before["lost"], &before["unknown"]), (&json!([]), &json!([])), "{before}");
    let done = well(folder, &["monitoring", "import", "days", "--json"]);
    let commits = well(folder, &["monitoring", "verify", "--json"])["commit"].as_u64().unwrap();
    let log = folder.join("data/lake/_log");
    for number in before["commit"].as_u64().unwrap() + 1..=commits {
        std::fs::remove_file(log.join(format!("{number:020}.json"))).unwrap();
    }
    let all = |of: &Value, name: &str| of[name].as_array().unwrap().len();
    let said = run(folder, &["monitoring", "verify", "--json"]);
    let found = said.json();
    assert_eq!(
        (said.code, &found["ok"], &found["damage"][0]["kind"]),
        (Some(1), &json!(false), &json!("end"))
    );
    // Without the log's own word for it the database still knows what it took.
    std::fs::remove_file(log.join("last")).unwrap();
    let said = run(folder, &["monitoring", "verify", "--json"]);
    let found = said.json();
    assert_eq!((said.code, &found["ok"], &found["damage"]), (Some(1), &json!(false), &json!([])), "{found}");
    let lost = done["deliveries"].as_u64().unwrap() - 1;
    assert_eq!((all(&found, "lost") as u64, all(&found, "unknown") > 0), (lost, true), "{found}");
    assert_eq!((&found["commit"], &found["events"]), (&before["commit"], &before["events"]));
    let said = run(folder, &["monitoring", "verify"]);
    assert_eq!(said.code, Some(1));
    let path = found["unknown"][0].as_str().unwrap();
    assert!(said.out.contains("запись утрачена") && said.out.contains(path), "{said:?}");
}

#[test]
fn mon10_many_applications_of_earlier_commands_are_known() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let plan = ["--applications", "60000", "--days", "5", "--seed", "7", "--regions", "1"];
    let made = well(folder, &[&["monitoring", "generate", "--out", "days", "--json"][..], &plan].concat());
    std::fs::create_dir(folder.join("first")).unwrap();
    for name in ["epgu", "mfc-54", "ogv-54", "vis"] {
        for day in 12..14 {
            let name = format!("{name}_2026-01-{day}_r1");
            std::fs::rename(folder.join("days").join(&name), folder.join("first").join(&name)).unwrap();
        }
    }
    well(folder, &["monitoring", "import", "first", "--json"]);
    // More of them in one package than are looked up one by one.
    let requests = |file: &str| -> HashSet<String> {
        let text = std::fs::read_to_string(folder.join("days/ogv-54_2026-01-14_r1").join(file)).unwrap();
        text.lines().skip(1).map(|line| line.split(';').next().unwrap().to_owned()).collect()
    };
    let unknown = requests("events.csv").difference(&requests("applications.csv")).count();
    assert!(unknown > 2_000, "{unknown}");
    let done = well(folder, &["monitoring", "import", "days", "--json"]);
    assert_eq!((&done["ok"], &done["errors"]), (&json!(true), &json!(0)));
    let found = well(folder, &["monitoring", "verify", "--json"]);
    assert_eq!(
        (&found["ok"], &found["events"], &found["cases"]),
        (&json!(true), &made["events"], &json!(60_000))
    );
}

#[test]
fn mon8_what_is_exported_is_imported_as_the_same_data() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["monitoring", "import", "days", "--json"]);
    let one = well(folder, &["monitoring", "verify", "--json"]);
    for day in 12..24 {
        let day = format!("2026-01-{day}");
        well(folder, &["monitoring", "export", "--day", &day, "--out", "out", "--json"]);
    }
    let none = run(folder, &["monitoring", "export", "--day", "2020-01-01", "--out", "out", "--json"]);
    assert_eq!((none.code, &none.json()["files"]), (Some(1), &json!([])));
    let out = folder.join("out");
    let other = tempdir().unwrap();
    let other = other.path();
    let done = well(other, &["monitoring", "import", out.to_str().unwrap(), "--json"]);
    assert_eq!(done["ok"], json!(true), "{done}");
    let two = well(other, &["monitoring", "verify", "--json"]);
    for name in ["ok", "events", "transitions", "cases"] {
        assert_eq!(one[name], two[name], "{name}");
    }
    // Written again it has the same bytes.
    let again = ["monitoring", "export", "--day", "2026-01-15", "--out", "out", "--json"];
    for file in well(other, &again)["files"].as_array().unwrap() {
        let read = |place: &Path| std::fs::read(place.join(file.as_str().unwrap())).unwrap();
        assert!(read(folder) == read(other), "{file}");
    }
}

#[test]
fn mon10_check_tells_every_error_with_its_place_and_changes_nothing() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["migrate", "--json"]);
    assert_eq!(well(folder, &["monitoring", "check", "days", "--json"])["errors"], json!([]));
    let entries = std::fs::read_dir(folder.join("days")).unwrap();
    let mut all: Vec<_> = entries.map(|one| one.unwrap().path()).collect();
    all.retain(|one| one.file_name().unwrap().to_string_lossy().starts_with("ogv"));
    all.sort();
    let package = all.remove(0);
    let table = package.join("applications.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    let mut lines: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
    let head: Vec<&str> = lines[0].trim_start_matches('\u{feff}').split(';').collect();
    let column = head.iter().position(|name| *name == "channel_in").unwrap();
    let mut cells: Vec<String> = lines[1].split(';').map(str::to_owned).collect();
    cells[column] = "почта".to_owned();
    lines[1] = cells.join(";");
    std::fs::write(&table, lines.join("\r\n")).unwrap();
    let said = run(folder, &["monitoring", "check", package.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let answer = said.json();
    let errors = answer["errors"].as_array().unwrap();
    let found = errors.iter().find(|error| error["value"] == "почта").unwrap_or_else(|| panic!("{answer}"));
    assert_eq!((&found["line"], &found["column"]), (&json!(2), &json!(column + 1)), "{found}");
    assert_eq!((&found["file"], &found["field"]), (&json!("applications.csv"), &json!("channel_in")));
    assert!(!found["message"].as_str().unwrap().is_empty() && !found["code"].as_str().unwrap().is_empty());
    assert_eq!(well(folder, &["monitoring", "verify", "--json"])["events"], json!(0));
    assert_eq!(run(folder, &["monitoring", "check", "missing"]).code, Some(1));
}

#[test]
fn mon10_check_prints_however_many_errors_there_are_and_import_the_first() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let row = |number| format!("n-{number};100;1;27;2700;x{number}\r\n");
    let rows: String = (0..3_000).map(row).collect();
    let text = format!("request_id;service_id;channel_in;region;body;age\r\n{rows}");
    std::fs::write(folder.join("r27_2026-01-12_r1.csv"), text).unwrap();
    let said = run(folder, &["monitoring", "check", "r27_2026-01-12_r1.csv", "--json"]);
    let answer = said.json();
    assert_eq!((said.code, &answer["ok"]), (Some(1), &json!(false)));
    let values = |errors: &Value| -> Vec<String> {
        let ages = errors.as_array().unwrap().iter().filter(|error| error["field"] == "age");
        ages.map(|error| error["value"].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<String> = (0..3_000).map(|number| format!("x{number}")).collect();
    assert_eq!(values(&answer["errors"]), all);
    assert_eq!(values(&answer["deliveries"][0]["errors"]), all);
    assert_eq!(answer["errors"].as_array().unwrap().len() as u64, answer["deliveries"][0]["error_count"]);
    let said = run(folder, &["monitoring", "check", "r27_2026-01-12_r1.csv"]);
    assert_eq!(said.code, Some(1));
    assert!(all.iter().all(|value| said.out.contains(&format!("age, «{value}»: "))));
    let said = run(folder, &["monitoring", "import", "r27_2026-01-12_r1.csv", "--json"]);
    let answer = said.json();
    assert_eq!((said.code, &answer["ok"], &answer["deliveries"]), (Some(1), &json!(false), &json!(1)));
    let done = &answer["results"][0];
    assert_eq!((&done["state"], done["errors"].as_array().unwrap().len()), (&json!("rejected"), 100));
    assert_eq!(answer["errors"], done["error_count"]);
}

#[test]
fn mon17_logs_are_written_and_compared_by_command() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    well(folder, &["migrate", "--json"]);
    let none = run(folder, &["monitoring", "xes", "--out", "log.xes"]);
    assert_eq!((none.code, folder.join("log.xes").exists()), (Some(1), false), "{none:?}");
    assert!(none.err.contains("ещё нет данных"), "{none:?}");
    generated(folder);
    well(folder, &["monitoring", "import", "days", "--json"]);
    let log = well(folder, &["monitoring", "xes", "--out", "log.xes", "--json"]);
    assert_eq!((&log["cases"], folder.join("log.xes.part").exists()), (&json!(400), false), "{log}");
    let same = well(folder, &["monitoring", "compare", "log.xes", "--json"]);
    assert_eq!(same["ours"], same["theirs"]);
    assert_eq!(same["ours"]["events"], log["events"]);
    assert_eq!(same["comparison"]["common_variants"], json!([1000.0, 1000.0]));
    // Packed by its name it is the same log.
    let packed = well(folder, &["monitoring", "xes", "--out", "packed.xes.gz", "--json"]);
    assert_eq!((&packed["cases"], &packed["events"]), (&log["cases"], &log["events"]));
    let bytes = std::fs::read(folder.join("packed.xes.gz")).unwrap();
    assert_eq!(bytes[..2], [0x1f, 0x8b]);
    assert!(bytes.len() * 4 < std::fs::read(folder.join("log.xes")).unwrap().len(), "{}", bytes.len());
    let same = well(folder, &["monitoring", "compare", "packed.xes.gz", "--json"]);
    assert_eq!(same["ours"], same["theirs"]);
    let part = well(folder, &["monitoring", "ocel", "--out", "log.json", "--channel", "МФЦ", "--json"]);
    let cases = part["cases"].as_u64().unwrap();
    assert!(cases > 0 && cases < 400, "{part}");
    let text = std::fs::read_to_string(folder.join("log.json")).unwrap();
    let objects = serde_json::from_str::<Value>(&text).unwrap();
    assert!(objects["objects"].as_array().unwrap().len() as u64 > cases);
    std::fs::write(folder.join("broken.xes"), "<log><trace>").unwrap();
    for log in ["broken.xes", "missing.xes"] {
        let said = run(folder, &["monitoring", "compare", log]);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains(log), "{said:?}");
    }
    let wrong = run(folder, &["monitoring", "ocel", "--out", "log.json", "--channel", "почта"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

#[test]
fn mon11_a_sender_nobody_knows_is_told_of_and_a_path_is_none() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    let package = folder.join("days/mfc-54_2026-01-13_r1");
    let description = std::fs::read_to_string(package.join("datapackage.json")).unwrap();
    let name_it = |sender: &str| {
        let said = description.replace("mfc-54", sender);
        assert_ne!(said, description);
        std::fs::write(package.join("datapackage.json"), said).unwrap();
    };
    // A misspelt code is a new sender: checking and importing say so.
    well(folder, &["migrate", "--json"]);
    name_it("mcf-54");
    let checked = run(folder, &["monitoring", "check", "days/mfc-54_2026-01-13_r1"]);
    assert!(checked.err.contains("«mcf-54» не был заведён"), "{checked:?}");
    let taken = run(folder, &["monitoring", "import", "days", "--json"]);
    assert!(taken.err.contains("«mcf-54» не был заведён"), "{taken:?}");
    let again = run(folder, &["monitoring", "import", "days", "--json"]);
    assert!(!again.err.contains("не был заведён"), "{again:?}");
    // What leads out of a folder is nobody's code.
    for path in ["../x", "/tmp/pwn", "=cmd", "a b", "x"] {
        name_it(path);
        let refused = run(folder, &["monitoring", "import", "days/mfc-54_2026-01-13_r1", "--json"]);
        let done = refused.json();
        assert_eq!((refused.code, &done["results"][0]["state"]), (Some(1), &json!("rejected")), "{done}");
        assert_eq!(done["results"][0]["errors"][0]["code"], "sender_unknown", "{done}");
    }
    let out = well(folder, &["monitoring", "export", "--day", "2026-01-13", "--out", "out/in", "--json"]);
    let within = folder.join("out/in");
    for file in out["files"].as_array().unwrap() {
        let file = folder.join(file.as_str().unwrap()).canonicalize().unwrap();
        assert_eq!(file.parent().unwrap(), within.canonicalize().unwrap());
    }
    std::fs::create_dir(folder.join("nothing")).unwrap();
    let nothing = run(folder, &["monitoring", "import", "nothing"]);
    assert!(nothing.code == Some(1) && nothing.err.contains("поставок там нет"), "{nothing:?}");
}

#[test]
fn mon11_a_revision_that_is_refused_says_so() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["monitoring", "import", "days", "--json"]);
    let events = folder.join("days/mfc-54_2026-01-13_r1/events.csv");
    let text = std::fs::read_to_string(&events).unwrap();
    let shorter = text.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(&events, format!("{shorter}\n")).unwrap();
    let refused = run(folder, &["monitoring", "import", "days/mfc-54_2026-01-13_r1", "--json"]);
    let done = &refused.json()["results"][0];
    assert_eq!((refused.code, &done["state"]), (Some(1), &json!("rejected")), "{done}");
    assert_eq!(
        (&done["errors"][0]["code"], &done["errors"][0]["field"]),
        (&json!("revision"), &json!("revision"))
    );
    let told = run(folder, &["monitoring", "import", "days/mfc-54_2026-01-13_r1"]);
    assert!(told.out.contains("более высокая ревизия"), "{told:?}");
}

#[test]
fn mon11_two_commands_may_bring_the_same_new_senders() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["migrate", "--json"]);
    for part in ["odd", "even"] {
        std::fs::create_dir(folder.join(part)).unwrap();
    }
    for day in 12..20 {
        let part = if day % 2 == 0 { "even" } else { "odd" };
        for name in ["epgu", "mfc-54", "ogv-54", "vis"] {
            let name = format!("{name}_2026-01-{day}_r1");
            std::fs::rename(folder.join("days").join(&name), folder.join(part).join(&name)).unwrap();
        }
    }
    let both = std::thread::scope(|scope| {
        let running = ["odd", "even"]
            .map(|part| scope.spawn(move || run(folder, &["monitoring", "import", part, "--json"])));
        running.map(|one| one.join().unwrap())
    });
    for said in both {
        // Events may come before their applications do; nobody fails over the other.
        assert!(said.code.is_some() && said.err.lines().all(|line| !line.contains("UNIQUE")), "{said:?}");
        assert_eq!(said.json()["deliveries"], 16, "{said:?}");
    }
    assert_eq!(well(folder, &["monitoring", "verify", "--json"])["ok"], true);
}

#[test]
fn mon13_what_a_report_does_not_know_is_wrong_usage() {
    let folder = tempdir().unwrap();
    for words in [
        &["durations", "--from", "10000", "--to", "1"][..],
        &["waiting", "--from", "2", "--to", "1"],
        &["completeness", "--by", "service"],
        &["completeness", "--examples", "3"],
        &["conformance", "--examples", "101"],
        &["durations", "--from", "1002", "--to", "1"],
        &["overview", "--period", "2026-02-01..2026-01-01"],
        &["overview", "--period", "2026-13"],
        &["overview", "--region", "Москва"],
        &["overview", "--what", "began"],
        &["durations", "--limit", "5"],
        &["applications"],
        &["applications", "--what", "weather"],
        &["applications", "--what", "began", "--by", "body"],
        &["applications", "--what", "began", "--limit", "0"],
        &["applications", "--what", "began", "--examples", "3"],
        &["applications", "--what", "began", "--from", "2", "--to", "1"],
        &["applications", "--what", "step"],
        &["applications", "--what", "between", "--from", "2", "--to", "10000"],
        &["applications", "--what", "stage"],
        &["applications", "--what", "stage", "--stage", "x"],
        &["applications", "--what", "rule", "--rule", "64"],
        &["applications", "--what", "exchange"],
        &["applications", "--what", "ended", "--rule", "4"],
    ] {
        let said = run(folder.path(), &[&["monitoring", "report"], words].concat());
        assert_eq!(said.code, Some(2), "{words:?}: {said:?}");
    }
    for words in [&["applications"][..], &["applications", "--what", "weather"]] {
        let said = run(folder.path(), &[&["monitoring", "report"], words].concat());
        assert!(["began", "overdue", "between"].iter().all(|kind| said.err.contains(kind)), "{said:?}");
    }
}

#[test]
fn mon13_what_only_reads_makes_no_installation() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    let missing = folder.join("data");
    for words in [
        &["doctor"][..],
        &["backup", "copy"],
        &["journal", "verify"],
        &["responses", "count"],
        &["monitoring", "report", "overview"],
        &["monitoring", "trace", "1"],
        &["monitoring", "records", "statuses"],
        &["monitoring", "verify"],
        &["monitoring", "compact"],
        &["monitoring", "receipts"],
        &["monitoring", "rebuild"],
        &["monitoring", "xes", "--out", "log.xes"],
        &["monitoring", "export", "--day", "2026-01-12", "--out", "out"],
    ] {
        let said = run(folder, words);
        assert_eq!((said.code, missing.exists()), (Some(1), false), "{words:?}: {said:?}");
        assert!(said.err.contains(&format!("{}: установки здесь нет", missing.display())), "{said:?}");
    }
}

#[test]
fn mon10_checking_needs_no_installation() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    let said = run(folder, &["monitoring", "check", "days", "--json"]);
    assert_eq!((said.code, &said.json()["errors"]), (Some(0), &json!([])), "{said:?}");
    assert!(
        said.err.contains("по встроенным справочникам") && !said.err.contains("не был заведён"),
        "{said:?}"
    );
    std::fs::write(folder.join("days/mfc-54_2026-01-13_r1/events.csv"), "x").unwrap();
    let wrong = run(folder, &["monitoring", "check", "days/mfc-54_2026-01-13_r1", "--json"]);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(!folder.join("data").exists());
    well(folder, &["migrate", "--json"]);
    let known = run(folder, &["monitoring", "check", "days/epgu_2026-01-12_r1"]);
    assert!(!known.err.contains("по встроенным справочникам"), "{known:?}");
}

/// Rows of a table of a generated package.
fn table(folder: &Path, package: &str, table: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("days").join(package).join(table)).unwrap();
    text.lines().skip(1).map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

#[test]
fn mon13_the_trace_of_an_application_is_told_in_words() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["monitoring", "import", "days", "--json"]);
    let request = table(folder, "epgu_2026-01-12_r1", "ratings.csv").remove(0).remove(0);
    let events = well(folder, &["monitoring", "trace", &request, "--json"])["events"]["rows"].clone();
    let said = run(folder, &["monitoring", "trace", &request]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let told = table(folder, "epgu_2026-01-12_r1", "events.csv").into_iter().filter(|row| row[0] == request);
    let mut count = 0;
    for row in told {
        let moment = format!("{} {} (UTC+7)  ЕПГУ (РПГУ)  ", row[5].replace('-', "."), row[6]);
        let line = said.out.lines().find(|line| line.starts_with(&moment));
        assert!(
            line.is_some_and(|line| line.contains("epgu за 2026-01-12, ревизия 1")),
            "{row:?}: {}",
            said.out
        );
        count += 1;
    }
    assert!(count > 0 && count == events.as_array().unwrap().len(), "{events}");
    let statuses: Vec<i64> = events.as_array().unwrap().iter().map(|row| row[4].as_i64().unwrap()).collect();
    assert!(statuses.contains(&0), "a draft comes first: {events}");
    for status in statuses {
        let name = activity(Reference::built_in(), status.try_into().unwrap());
        assert!(said.out.contains(&format!("  {name}  ")), "{name}: {}", said.out);
    }
    assert!(said.out.contains("54 Новосибирская область"), "{}", said.out);
    assert!(!said.out.contains(&events[0][0].to_string()), "no seconds: {}", said.out);
    let none = run(folder, &["monitoring", "trace", "0", "--json"]);
    assert_eq!((none.code, none.json()), (Some(1), Value::Null));
}

#[test]
fn mon8_what_the_wide_layout_leaves_out_is_told() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    generated(folder);
    well(folder, &["monitoring", "import", "days", "--json"]);
    let package = "ogv-54_2026-01-15_r1";
    let mnemonics = table(folder, package, "events.csv").iter().filter(|row| !row[7].is_empty()).count();
    assert!(mnemonics > 0);
    let export = ["monitoring", "export", "--sender", "ogv-54", "--day", "2026-01-15", "--out", "out"];
    let wide = run(folder, &[&export[..], &["--layout", "wide"]].concat());
    let told = format!("видов сведений межведомственных запросов — {mnemonics}");
    assert!(wide.code == Some(0) && wide.err.contains(&told) && wide.err.contains("package"), "{wide:?}");
    assert!(!wide.out.contains("поместилось"), "{wide:?}");
    let package = run(folder, &export);
    assert!(package.code == Some(0) && !package.err.contains("поместилось"), "{package:?}");
}

#[test]
fn mon14_reference_data_are_listed_as_they_hold_on_a_day() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    well(folder, &["migrate", "--json"]);
    let statuses = well(folder, &["monitoring", "records", "statuses", "--json"]);
    let records = statuses["records"].as_array().unwrap();
    let codes: Vec<i64> = records.iter().map(|one| one["name"].as_str().unwrap().parse().unwrap()).collect();
    assert!(codes.len() == 48 && codes.is_sorted(), "{codes:?}");
    assert_eq!(records[0]["content"]["status"]["code"], codes[0]);
    generated(folder);
    well(folder, &["monitoring", "import", "days", "--json"]);
    let on = |day: &str| {
        let found = well(folder, &["monitoring", "records", "services", "--day", day, "--json"]);
        assert_eq!((&found["kind"], &found["day"]), (&json!("services"), &json!(day)));
        found["records"].as_array().unwrap().len()
    };
    assert_eq!(on("2000-01-01"), 0, "nobody had told of them yet");
    assert!(on("2026-02-01") > 0);
    let words = run(folder, &["monitoring", "records", "regions"]);
    assert!(words.code == Some(0) && words.out.contains("Новосибирская область"), "{words:?}");
    let wrong = run(folder, &["monitoring", "records", "weather"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("holidays"), "{wrong:?}");
}
