//! Personal data erased from the journal by an operator.

use std::path::Path;

use otklik_access::Scope;
use otklik_db::{Address, Db};
use otklik_journal::{Filter, Row};
use serde_json::json;
use tempfile::tempdir;

use crate::command::{run, run_with};

const BODIES: &str = "code;parent_code;full_name;short_name;kind;level;time_zone\n\
    0000;;Федеральная служба;Служба;tax_central;federal;Europe/Moscow\n";

/// The newest entry of an action.
fn entry(folder: &Path, action: &str) -> Row {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(&Address::Sqlite(folder.join("data/otklik.sqlite"))).await.unwrap();
        let scope = Scope::system("a test looks at everything");
        let filter = Filter { action: Some(action.to_owned()), ..Filter::default() };
        let page = otklik_journal::list(db.read(), &scope, &filter).await.unwrap();
        db.close().await;
        page.rows.into_iter().next().unwrap()
    })
}

#[test]
fn org7_an_operator_erases_the_data_of_an_entry_and_the_journal_stays_whole() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("bodies.csv"), BODIES).unwrap();
    let said = run(folder, &["bodies", "import", "bodies.csv"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let add = ["user", "add", "--login", "keeper", "--name", "Лишнее", "--body", "0000", "--role", "head"];
    let said = run_with(folder, &[&add[..], &["--password-stdin"]].concat(), "correct-horse-42");
    assert_eq!(said.code, Some(0), "{said:?}");
    let before = entry(folder, "people.create");
    assert_eq!(before.change.unwrap().after["name"], json!("Лишнее"));

    let id = before.id.to_string();
    for reason in ["", "  "] {
        let refused = run(folder, &["journal", "erase", &id, "--reason", reason]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
    }
    let done = run(folder, &["journal", "erase", &id, "--reason", " по заявлению № 7 ", "--json"]);
    assert_eq!((done.code, &done.json()["erased"]), (Some(0), &json!(id)), "{done:?}");
    assert_eq!(entry(folder, "people.create").change, None);
    let said = entry(folder, "journal.erase");
    assert_eq!(done.json()["entry"], json!(said.id.to_string()));
    assert_eq!((said.subject_id, said.actor.as_str()), (Some(before.id), "system:command"));
    assert_eq!(said.change.unwrap().after["reason"], json!("по заявлению № 7"));

    let whole = run(folder, &["journal", "verify", "--json"]);
    assert_eq!((whole.code, &whole.json()["erased"]), (Some(0), &json!(1)), "{whole:?}");
    let twice = run(folder, &["journal", "erase", &id, "--reason", "ещё раз"]);
    assert_eq!((twice.code, twice.out.as_str()), (Some(1), ""), "{twice:?}");
    assert!(twice.err.contains("уже удалены"));
}
