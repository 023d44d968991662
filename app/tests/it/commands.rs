//! Commands, as an operator or a script uses them.

use std::path::Path;

use otklik_db::{Address, Db, execute};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::command::{Server, respond, run, run_with, unread};
use crate::world::form;

const HEADER: &str = "code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;\
    longitude;site;queue_terminal;office\n";
const CENTRE: &str = "0000;;Федеральная служба;Служба;tax_central;federal;77;Europe/Moscow;;;;;нет;нет\n";
const OFFICE: &str = "6901;0000;Инспекция № 1;ИФНС № 1;tax_inspection;local;69;Europe/Moscow;;;;;нет;да\n";

/// An installation with an office.
fn installed(folder: &Path) {
    std::fs::write(folder.join("bodies.csv"), format!("{HEADER}{CENTRE}{OFFICE}")).unwrap();
    let said = run(folder, &["bodies", "import", "bodies.csv", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

fn count(folder: &Path) -> Value {
    let said = run(folder, &["responses", "count", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    said.json()["responses"].clone()
}

#[test]
fn migrate_says_what_is_done_and_what_is_pending() {
    let folder = tempdir().unwrap();
    let before = run(folder.path(), &["migrate", "--status", "--json"]);
    assert_eq!(before.code, Some(0), "{before:?}");
    let steps = before.json()["pending"].as_array().unwrap().len();
    assert!(steps > 0 && before.json()["done"] == json!([]));
    let done = run(folder.path(), &["migrate", "--json"]);
    assert_eq!((done.code, done.json()["done"].as_array().unwrap().len()), (Some(0), steps), "{done:?}");
    let after = run(folder.path(), &["migrate", "--status", "--json"]);
    assert_eq!(after.json(), done.json());
    assert_eq!(after.json()["pending"], json!([]));
    let words = run(folder.path(), &["migrate", "--status"]);
    assert!(words.out.contains("Осталось: 0"), "{words:?}");
}

#[test]
fn org1_bodies_are_imported_looked_at_first_and_refused_whole() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("good.csv"), format!("{HEADER}{CENTRE}{OFFICE}")).unwrap();
    let look = run(folder, &["bodies", "import", "good.csv", "--dry-run", "--json"]);
    assert_eq!((look.code, &look.json()["done"], &look.json()["added"]), (Some(0), &json!(false), &json!(2)));
    let good = run(folder, &["bodies", "import", "good.csv", "--json"]);
    assert_eq!((good.code, &good.json()["done"], &good.json()["added"]), (Some(0), &json!(true), &json!(2)));
    let again = run(folder, &["bodies", "import", "good.csv", "--json"]);
    assert_eq!((&again.json()["added"], &again.json()["unchanged"]), (&json!(0), &json!(2)));

    let wrong = OFFICE.replace("6901", "6902").replace("Europe/Moscow", "Europe/Nowhere");
    let beside = OFFICE.replace("6901", "6903");
    std::fs::write(folder.join("wrong.csv"), format!("{HEADER}{beside}{wrong}")).unwrap();
    let refused = run(folder, &["bodies", "import", "wrong.csv", "--json"]);
    assert_eq!((refused.code, &refused.json()["done"]), (Some(1), &json!(false)), "{refused:?}");
    let errors = refused.json()["errors"].clone();
    assert_eq!((errors.as_array().unwrap().len(), &errors[0]["column"]), (1, &json!("time_zone")));
    assert_eq!(errors[0]["value"], json!("Europe/Nowhere"));
    // The good row beside it was not added either.
    let look = run(folder, &["bodies", "import", "good.csv", "--dry-run", "--json"]);
    assert_eq!(look.json()["unchanged"], json!(2));
    std::fs::write(folder.join("beside.csv"), format!("{HEADER}{beside}")).unwrap();
    let look = run(folder, &["bodies", "import", "beside.csv", "--dry-run", "--json"]);
    assert_eq!(look.json()["added"], json!(1));

    let missing = run(folder, &["bodies", "import", "missing.csv"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("missing.csv"), "{missing:?}");
}

#[test]
fn org4_an_account_that_was_added_can_sign_in() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    installed(folder);
    let add = ["user", "add", "--login", "Keeper", "--name", "Администратор", "--body", "0000", "--role"];
    let with = |more: &[&'static str]| [&add[..], more].concat();
    for (args, password, says) in [
        (with(&["nobody", "--password-stdin"]), "correct-horse-42", "роль"),
        (with(&["administrator", "--password-stdin"]), "123456", "пароль"),
    ] {
        let refused = run_with(folder, &args, password);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains(says), "{refused:?}");
    }
    let added =
        run_with(folder, &with(&["administrator", "--password-stdin", "--json"]), "correct-horse-42\n");
    assert_eq!((added.code, &added.json()["temporary_password"]), (Some(0), &Value::Null), "{added:?}");
    let twice = run_with(folder, &with(&["head", "--password-stdin"]), "correct-horse-42");
    assert_eq!(twice.code, Some(1));

    let server = Server::start(folder, &["serve"]);
    let sign_in =
        |password| server.post("/admin/login", &form(&[("login", "keeper"), ("password", password)]));
    assert_eq!(sign_in("wrong-horse-42").status, 422);
    let done = sign_in("correct-horse-42");
    assert_eq!((done.status, done.header("location")), (303, "/admin/"));
    let cookie = done.header("set-cookie").split(';').next().unwrap().to_owned();
    let today = server.call("GET", "/admin/", &cookie, "").unwrap();
    assert_eq!(today.status, 200);
    assert!(today.text.contains("Администратор"));

    // A new temporary password ends the session and must be replaced.
    let reset = run(folder, &["user", "reset-password", "keeper", "--json"]);
    let temporary = reset.json()["temporary_password"].as_str().unwrap().to_owned();
    assert_eq!(server.call("GET", "/admin/", &cookie, "").unwrap().status, 303);
    assert_eq!(sign_in("correct-horse-42").status, 422);
    let page = server.post("/admin/login", &form(&[("login", "keeper"), ("password", &temporary)]));
    assert_eq!(page.status, 200);
    assert!(page.text.contains("new_password_again"));
}

#[test]
fn x2_the_journal_is_whole_until_somebody_changes_it() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    installed(folder);
    let added = run_with(
        folder,
        &[
            "user",
            "add",
            "--login",
            "keeper",
            "--name",
            "К",
            "--body",
            "0000",
            "--role",
            "head",
            "--password-stdin",
        ],
        "correct-horse-42",
    );
    assert_eq!(added.code, Some(0), "{added:?}");
    let exported = run(folder, &["journal", "export", "--json"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let key = exported.json()["public_key"].as_str().unwrap().to_owned();
    let whole = run(folder, &["journal", "verify", "--key", &key, "--json"]);
    assert_eq!((whole.code, &whole.json()["ok"]), (Some(0), &json!(true)), "{whole:?}");
    assert!(whole.json()["sealed"].as_u64().unwrap() >= 2 && whole.json()["heads"] == json!(1));
    let other = run(folder, &["journal", "verify", "--key", &"ab".repeat(32), "--json"]);
    assert_eq!(other.code, Some(1), "a key that signed nothing");

    let change = "UPDATE journal_entries SET action = 'people.nothing' WHERE action = 'people.create'";
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(&Address::Sqlite(folder.join("data/otklik.sqlite"))).await.unwrap();
        execute(&db, change).await.unwrap();
        db.close().await;
    });
    let spoilt = run(folder, &["journal", "verify", "--json"]);
    assert_eq!((spoilt.code, &spoilt.json()["ok"]), (Some(1), &json!(false)), "{spoilt:?}");
    assert!(spoilt.json()["problems_found"].as_u64().unwrap() >= 1);
    let doctor = run(folder, &["doctor", "--json"]);
    assert_eq!((doctor.code, &doctor.json()["ok"]), (Some(1), &json!(false)), "{doctor:?}");
}

#[test]
fn x2_a_copy_made_while_serving_is_restored_with_everything() {
    copy_and_restore(&[], &[]);
}

#[test]
fn x2_a_copy_of_a_server_is_restored_into_another_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let database = || match runtime.block_on(otklik_testkit::create_postgres()) {
        // A server that asks for no password takes one that is given all the same.
        Address::Postgres(url) => url.replace("postgres@", "postgres:secret@"),
        Address::Sqlite(_) => unreachable!("an address of PostgreSQL was asked for"),
    };
    let (one, another) = (database(), database());
    copy_and_restore(&["--database-url", &one], &["--database-url", &another]);
}

/// Copies from a database while it is served and restores into another.
fn copy_and_restore(here: &[&str], there: &[&str]) {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let at = |place: &[&'static str], more: &[&str]| -> Vec<String> {
        place.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    let ask =
        |folder: &Path, words: &[String]| run(folder, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let stored = |folder: &Path, database: &[&str]| {
        let said = ask(folder, &at(&["responses", "count", "--json"], database));
        assert_eq!(said.code, Some(0), "{said:?}");
        said.json()["responses"].clone()
    };
    let serve = |folder: &Path, database: &[&str]| {
        let words = at(&["serve"], database);
        Server::start(folder, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    std::fs::write(folder.join("bodies.csv"), format!("{HEADER}{CENTRE}{OFFICE}")).unwrap();
    let said = ask(folder, &at(&["bodies", "import", "bodies.csv", "--json"], here));
    assert_eq!((said.code, stored(folder, here)), (Some(0), json!(0)), "{said:?}");
    let server = serve(folder, here);
    let receipt = respond(server.address, "6901", "Долго").unwrap();
    respond(server.address, "6901", "Вежливо").unwrap();
    assert_eq!(stored(folder, here), json!(2));
    let copied = ask(folder, &at(&["backup", "copy", "--json"], here));
    assert_eq!(copied.code, Some(0), "{copied:?}");
    respond(server.address, "6901", "После копии").unwrap();
    drop(server);
    let occupied = ask(folder, &at(&["restore", "copy"], here));
    assert_eq!(occupied.code, Some(1), "never over what is there: {occupied:?}");
    assert!(occupied.err.contains("не пуста"));
    assert_eq!(stored(folder, here), json!(3));

    let other = folder.join("other");
    std::fs::create_dir(&other).unwrap();
    let restored = ask(&other, &at(&["restore", "../copy", "--json"], there));
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert_eq!(stored(&other, there), json!(2));
    assert_eq!(ask(&other, &at(&["journal", "verify"], there)).code, Some(0));
    let server = serve(&other, there);
    assert_eq!(server.get(&format!("/r/{receipt}")).status, 200);
    drop(server);

    // One byte of the copy is changed: nothing is restored.
    let file = folder.join("copy/secret.key");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[0] = if bytes[0] == b'0' { b'1' } else { b'0' };
    std::fs::write(&file, bytes).unwrap();
    let third = folder.join("third");
    std::fs::create_dir(&third).unwrap();
    let refused = ask(&third, &at(&["restore", "../copy"], there));
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("secret.key") && !third.join("data").exists(), "{refused:?}");
}

#[test]
fn qr14_the_doctor_says_what_is_wrong() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    // A database without a schema.
    run(folder, &["migrate", "--status"]);
    let empty = run(folder, &["doctor", "--json"]);
    assert_eq!((empty.code, &empty.json()["ok"]), (Some(1), &json!(false)), "no schema: {empty:?}");
    installed(folder);
    let fit = run(folder, &["doctor", "--json"]);
    assert_eq!((fit.code, &fit.json()["ok"]), (Some(0), &json!(true)), "{fit:?}");
    let state = |check: &str| {
        let found = fit.json()["findings"].as_array().unwrap().clone();
        found.iter().find(|one| one["check"] == check).map(|one| one["state"].clone())
    };
    assert_eq!(state("recipients"), Some(json!("warning")), "an office without recipients");
    assert_eq!(state("journal"), Some(json!("ok")));
    let mute = run(folder, &["doctor", "--json", "--mail", "smtp://127.0.0.1:1"]);
    assert_eq!(mute.code, Some(1), "{mute:?}");
}

#[test]
fn mon16_daily_data_are_generated_without_an_installation() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let args = [
        "monitoring",
        "generate",
        "--applications",
        "300",
        "--days",
        "4",
        "--faults",
        "--json",
        "--out",
        "made",
    ];
    let said = run(folder, &args);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.json()["packages"].as_u64().unwrap() > 12, "six senders, four days, some missing: {said:?}");
    assert!(said.json()["events"].as_u64().unwrap() > 600, "{said:?}");
    assert!(folder.join("made/epgu_2026-01-12_r1/services.csv").exists());
    let told: Value =
        serde_json::from_slice(&std::fs::read(folder.join("made/faults.json")).unwrap()).unwrap();
    assert_eq!(json!(told["planted"].as_array().unwrap().len()), said.json()["faults"]);
    assert_eq!(run(folder, &args).code, Some(1), "nothing is written over");
    assert!(!folder.join("data").exists());
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = tempdir().unwrap();
    for args in [
        &["nonsense"][..],
        &["migrate", "--nonsense"],
        &["bodies", "import"],
        &["user", "add", "--login", "x"],
        &["monitoring", "generate", "--applications", "0", "--days", "1", "--out", "x"],
        &["serve", "--listen", "nowhere"],
        &["migrate", "--public-url", "otklik.example"],
        &["migrate", "--database-url", "mysql://x"],
        &["migrate", "--config", "missing.toml"],
    ] {
        let said = run(folder.path(), args);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{args:?}: {said:?}");
        assert!(!said.err.is_empty());
    }
    let help = run(folder.path(), &["--help"]);
    assert_eq!(help.code, Some(0));
    assert!(!folder.path().join("data").exists(), "nothing is made by wrong usage");
}

#[test]
fn the_demo_is_complete_and_never_mixes_with_real_data() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let occupied = folder.join("occupied");
    std::fs::create_dir_all(occupied.join("data")).unwrap();
    std::fs::write(occupied.join("data/otklik.sqlite"), "").unwrap();
    let refused = run(&occupied, &["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("не пуста"));
    assert_eq!(std::fs::read(occupied.join("data/otklik.sqlite")).unwrap(), b"");

    let server = Server::start(folder, &["demo"]);
    let demo: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("data/demo.json")).unwrap()).unwrap();
    let public_url = demo["public_url"].as_str().unwrap();
    assert_eq!(public_url, format!("http://{}", server.address));
    assert_eq!(demo["admin_url"], json!(format!("{public_url}/admin/")));
    let closed = demo["closed_code"].as_str().unwrap();
    assert_eq!(server.get(&format!("/qr/{closed}/")).status, 410);
    let offices = demo["offices"].as_array().unwrap();
    assert!(offices.len() > 100);
    for office in offices {
        let path = office["url"].as_str().unwrap().strip_prefix(public_url).unwrap();
        assert_eq!(server.get(path).status, 200, "{office}");
    }
    let accounts = demo["accounts"].as_array().unwrap();
    let roles: std::collections::BTreeSet<_> =
        accounts.iter().map(|account| account["role"].as_str().unwrap()).collect();
    assert_eq!(roles.len(), otklik_access::Role::ALL.len(), "every role can be tried: {roles:?}");
    let logins: std::collections::BTreeSet<_> =
        accounts.iter().map(|account| account["login"].as_str().unwrap()).collect();
    assert_eq!(logins.len(), accounts.len(), "each account is told once");
    for account in accounts {
        let field = |name: &str| account[name].as_str().unwrap();
        let done =
            server.post("/admin/login", &form(&[("login", field("login")), ("password", field("password"))]));
        assert_eq!((done.status, done.header("location")), (303, "/admin/"), "{account}");
    }
    respond(server.address, offices[0]["code"].as_str().unwrap(), "Спасибо").unwrap();
    let before = count(folder);
    assert!(before.as_u64().unwrap() > 1000);
    drop(server);
    // Once it is made, the same folder is served as it is.
    let server = Server::start(folder, &["demo"]);
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(count(folder), before);
}

#[test]
fn a_command_whose_reader_has_had_enough_ends_well() {
    let folder = tempdir().unwrap();
    let said = unread(folder.path(), &["monitoring", "datapackage"]);
    assert_eq!((said.code, &*said.err), (Some(0), ""));
}
