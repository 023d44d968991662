//! The journal on both databases: what is written is proven, what is tampered with is found.

use std::sync::atomic::{AtomicI64, Ordering};

use otklik_access::{Role, Scope, closure};
use otklik_db::{Value, sql};
use otklik_journal::{
    Actor, EraseError, Filter, Head, Heads, NewEntry, Report, SigningKey, append, erase, export_head, list,
    one, read_heads, seal, unsealed, verify,
};
use otklik_kernel::{Clock, Id, Instant};
use otklik_testkit::{TestDb, both, caller};
use sea_orm::ConnectionTrait;
use serde_json::json;

fn on_both(test: impl AsyncFn(TestDb)) {
    both(&[otklik_access::MIGRATIONS, otklik_journal::MIGRATIONS], test);
}

async fn add(t: &TestDb, body: Option<Id>, after: &str) -> Id {
    let entry = NewEntry {
        actor: Actor::Person { id: 5, login: "petrova" },
        action: "bodies.rename",
        subject: Some(("body", 9)),
        body,
        trace: "t1",
        before: Some(json!({ "name": "было" })),
        after: Some(json!({ "name": after })),
    };
    let tx = t.db.begin().await.unwrap();
    let id = append(&tx, entry, t.clock.now(), &t.ids, &*t.random).await.unwrap();
    tx.commit().await.unwrap();
    t.clock.advance(Instant::SECOND);
    id
}

async fn check(t: &TestDb, heads: &Heads) -> Report {
    verify(t.db.read(), heads, &[]).await.unwrap()
}

async fn run(t: &TestDb, text: &str, values: impl IntoIterator<Item = Value>) -> u64 {
    let tx = t.db.begin().await.unwrap();
    let done = tx.execute_raw(sql(&tx, text, values)).await.unwrap().rows_affected();
    tx.commit().await.unwrap();
    done
}

async fn erase_now(t: &TestDb, entry: Id) -> Result<Id, EraseError> {
    let tx = t.db.begin().await.unwrap();
    let actor = Actor::System("test");
    let id = erase(&tx, entry, "по обращению", actor, "t2", t.clock.now(), &t.ids, &*t.random).await?;
    tx.commit().await.unwrap();
    Ok(id)
}

/// Some sealed entries and the head exported after them.
async fn sealed(t: &TestDb, count: usize) -> (Vec<Id>, Heads) {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(add(t, Some(9), &format!("имя {number}")).await);
    }
    assert_eq!(seal(&t.db).await.unwrap(), count as u64);
    let key = SigningKey::open(t.folder.path()).unwrap();
    export_head(&t.db, &key, t.folder.path(), t.clock.now()).await.unwrap().unwrap();
    (ids, read_heads(t.folder.path()).unwrap())
}

#[test]
fn org7_an_untouched_journal_is_proven_and_its_unsealed_tail_told() {
    on_both(async |t| {
        let empty = check(&t, &Heads::default()).await;
        assert!(empty.ok() && empty.entries == 0 && empty.head.is_none());
        let (_, heads) = sealed(&t, 7).await;
        let made = t.clock.now();
        add(&t, None, "позже").await;
        add(&t, None, "ещё позже").await;
        let report = check(&t, &heads).await;
        assert!(report.ok(), "{:?}", report.problems);
        assert_eq!((report.entries, report.sealed, report.unsealed_tail, report.heads), (9, 7, 2, 1));
        assert_eq!(report.oldest_unsealed_at, Some(made));
        assert_eq!(unsealed(t.db.read()).await.unwrap(), 2);
        assert_eq!(report.keys, [SigningKey::open(t.folder.path()).unwrap().public_key()]);
        assert_eq!(seal(&t.db).await.unwrap(), 2);
        assert_eq!(seal(&t.db).await.unwrap(), 0);
        assert_eq!(unsealed(t.db.read()).await.unwrap(), 0);
        let report = check(&t, &heads).await;
        assert_eq!((report.unsealed_tail, report.oldest_unsealed_at, report.head.unwrap().0), (0, None, 9));
    });
}

#[test]
fn org7_more_entries_than_a_page_are_sealed_and_checked() {
    on_both(async |t| {
        let tx = t.db.begin().await.unwrap();
        for number in 0..2345 {
            let entry = NewEntry {
                actor: Actor::System("test"),
                action: "test.many",
                subject: None,
                body: None,
                trace: "",
                before: None,
                after: Some(json!(number)),
            };
            append(&tx, entry, t.clock.now(), &t.ids, &*t.random).await.unwrap();
        }
        tx.commit().await.unwrap();
        let unsealed = check(&t, &Heads::default()).await;
        assert!(unsealed.ok() && unsealed.unsealed_tail == 2345);
        assert_eq!(seal(&t.db).await.unwrap(), 2345);
        let report = check(&t, &Heads::default()).await;
        assert!(report.ok(), "{:?}", report.problems);
        assert_eq!((report.entries, report.sealed), (2345, 2345));
    });
}

/// Another value of a column's kind, never the one that is there.
fn another(column: &str, row: usize) -> Value {
    static FRESH: AtomicI64 = AtomicI64::new(1_000_000_000_000_000_000);
    let fresh = FRESH.fetch_add(1, Ordering::SeqCst);
    match column {
        "id" | "at" | "actor_id" | "subject_id" | "body_id" | "seq" | "entry_id" => Value::from(fresh),
        "commitment" | "chain" | "salt" => Value::from(format!("{fresh:064x}")),
        "payload" => Value::from(format!("{{\"after\":{{\"name\":\"чужое {row}\"}},\"before\":null}}")),
        _ => Value::from(format!("x{fresh}")),
    }
}

const COLUMNS: [(&str, &str, &str); 15] = [
    ("journal_entries", "id", "id"),
    ("journal_entries", "id", "at"),
    ("journal_entries", "id", "actor_id"),
    ("journal_entries", "id", "actor"),
    ("journal_entries", "id", "action"),
    ("journal_entries", "id", "subject_kind"),
    ("journal_entries", "id", "subject_id"),
    ("journal_entries", "id", "body_id"),
    ("journal_entries", "id", "trace"),
    ("journal_entries", "id", "commitment"),
    ("journal_entries", "id", "seq"),
    ("journal_entries", "id", "chain"),
    ("journal_payloads", "entry_id", "entry_id"),
    ("journal_payloads", "entry_id", "salt"),
    ("journal_payloads", "entry_id", "payload"),
];

#[test]
fn org7_any_column_of_any_row_changed_is_found_and_put_back_is_fine() {
    on_both(async |t| {
        let (mut ids, _) = sealed(&t, 4).await;
        // The last two: an erased entry and the entry that says so.
        ids.push(erase_now(&t, ids[1]).await.unwrap());
        seal(&t.db).await.unwrap();
        std::fs::remove_dir_all(t.folder.path().join("heads")).unwrap();
        let key = SigningKey::open(t.folder.path()).unwrap();
        export_head(&t.db, &key, t.folder.path(), t.clock.now()).await.unwrap();
        let heads = read_heads(t.folder.path()).unwrap();
        assert!(check(&t, &heads).await.ok());

        for (number, &id) in ids.iter().enumerate() {
            for (table, key, column) in COLUMNS {
                let nullable = matches!(column, "actor_id" | "subject_id" | "body_id" | "seq" | "chain");
                let null = if column == "chain" { Value::String(None) } else { Value::BigInt(None) };
                let changes = [Some(another(column, number)), nullable.then_some(null)];
                for value in changes.into_iter().flatten() {
                    let what = format!("{table}.{column} = {value:?} in row {number}");
                    let keep = format!("SELECT {column} AS old FROM {table} WHERE {key} = ?");
                    let old = t.db.read().query_one_raw(sql(t.db.read(), &keep, [id.into()])).await.unwrap();
                    let Some(old) = old else {
                        assert_eq!(number, 1, "only the erased entry has no payload");
                        continue;
                    };
                    let old = match column {
                        "actor" | "action" | "subject_kind" | "trace" | "commitment" | "chain" | "salt"
                        | "payload" => Value::from(old.try_get::<Option<String>>("", "old").unwrap()),
                        _ => Value::from(old.try_get::<Option<i64>>("", "old").unwrap()),
                    };
                    if old == value {
                        continue; // It was null already.
                    }
                    let change = format!("UPDATE {table} SET {column} = ? WHERE {key} = ?");
                    let found_at = if column == key { value.clone() } else { id.into() };
                    assert_eq!(run(&t, &change, [value, id.into()]).await, 1);
                    assert!(!check(&t, &heads).await.ok(), "not found: {what}");
                    assert_eq!(run(&t, &change, [old, found_at]).await, 1);
                    let report = check(&t, &heads).await;
                    assert!(report.ok(), "after putting back {what}: {:?}", report.problems);
                }
            }
        }
    });
}

#[test]
fn org7_a_deleted_entry_is_found_wherever_it_was() {
    for which in 0..5 {
        on_both(async |t| {
            let (ids, heads) = sealed(&t, 5).await;
            run(&t, "DELETE FROM journal_entries WHERE id = ?", [ids[which].into()]).await;
            run(&t, "DELETE FROM journal_payloads WHERE entry_id = ?", [ids[which].into()]).await;
            let report = check(&t, &heads).await;
            assert!(!report.ok());
            // The end cut off: the chain alone can't tell, the exported head does; and so it does after
            // the chain has grown again over the place.
            assert_eq!(check(&t, &Heads::default()).await.ok(), which == 4);
            add(&t, None, "новая").await;
            seal(&t.db).await.unwrap();
            assert!(!check(&t, &heads).await.ok());
        });
    }
}

#[test]
fn org7_a_chain_made_anew_differs_from_the_exported_head() {
    on_both(async |t| {
        let (ids, heads) = sealed(&t, 3).await;
        // Whoever can write the database changes an entry and lets the sealer chain everything again.
        run(&t, "UPDATE journal_entries SET actor = 'ivanov' WHERE id = ?", [ids[0].into()]).await;
        run(&t, "UPDATE journal_entries SET seq = NULL, chain = NULL", []).await;
        assert_eq!(seal(&t.db).await.unwrap(), 3);
        assert!(check(&t, &Heads::default()).await.ok(), "the database alone looks fine");
        let report = check(&t, &heads).await;
        assert_eq!(report.problems_found, 1);
        assert!(report.problems[0].what.contains("отличается от выгруженной"), "{:?}", report.problems);
    });
}

#[test]
fn org7_a_forged_head_is_refused() {
    on_both(async |t| {
        let (_, good) = sealed(&t, 3).await;
        let trusted = [SigningKey::open(t.folder.path()).unwrap().public_key()];
        assert!(verify(t.db.read(), &good, &trusted).await.unwrap().ok());
        let (name, head) = good.heads[0].clone();
        let other = tempfile::tempdir().unwrap();
        let stranger = SigningKey::open(other.path()).unwrap();
        let forged = |head: Head| Heads { heads: vec![(name.clone(), head)], ..Heads::default() };
        let cases = [
            (forged(Head { at: "2020-01-01T00:00:00Z".to_owned(), ..head.clone() }), "подпись"),
            (forged(Head { seq: 2, ..head.clone() }), "подпись"),
            (forged(stranger.sign(head.seq, head.chain.clone(), t.clock.now())), "чужим ключом"),
            (Heads { unreadable: vec![(name.clone(), "x".to_owned())], ..Heads::default() }, "не читается"),
        ];
        for (heads, what) in cases {
            let report = verify(t.db.read(), &heads, &trusted).await.unwrap();
            assert_eq!(report.problems_found, 1, "{what}");
            assert!(report.problems[0].what.contains(what), "{:?}", report.problems);
        }
    });
}

#[test]
fn org7_the_days_head_is_written_once_and_a_broken_file_is_seen() {
    on_both(async |t| {
        let key = SigningKey::open(t.folder.path()).unwrap();
        let nothing = export_head(&t.db, &key, t.folder.path(), t.clock.now()).await.unwrap();
        assert_eq!(nothing, None, "an empty journal has no head");
        assert!(read_heads(t.folder.path()).unwrap().heads.is_empty());
        let (_, heads) = sealed(&t, 2).await;
        add(&t, None, "позже").await;
        seal(&t.db).await.unwrap();
        let path = export_head(&t.db, &key, t.folder.path(), t.clock.now()).await.unwrap().unwrap();
        assert!(path.ends_with("heads/2026-11-22.json"), "{}", path.display());
        assert_eq!(read_heads(t.folder.path()).unwrap().heads, heads.heads, "evidence stays as it was");
        t.clock.advance(Instant::DAY);
        export_head(&t.db, &key, t.folder.path(), t.clock.now()).await.unwrap();
        std::fs::write(t.folder.path().join("heads/2026-11-20.json"), "{").unwrap();
        let found = read_heads(t.folder.path()).unwrap();
        assert_eq!(found.heads.iter().map(|(_, head)| head.seq).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(found.unreadable.len(), 1);
        assert_eq!(check(&t, &found).await.problems_found, 1);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 3, "no half-written files");
    });
}

#[test]
fn org7_an_erased_payload_is_gone_and_the_chain_still_holds() {
    on_both(async |t| {
        let (ids, heads) = sealed(&t, 3).await;
        erase_now(&t, ids[1]).await.unwrap();
        let report = check(&t, &heads).await;
        assert!(report.ok(), "{:?}", report.problems);
        assert_eq!((report.erased, report.erased_unsealed), (0, 1));
        seal(&t.db).await.unwrap();
        let report = check(&t, &heads).await;
        assert!(report.ok(), "{:?}", report.problems);
        assert_eq!((report.erased, report.erased_unsealed, report.entries), (1, 0, 4));
        let row = one(t.db.read(), &Scope::system("test"), ids[1]).await.unwrap().unwrap();
        assert_eq!((row.actor.as_str(), row.change), ("petrova", None));
        let text = "SELECT COUNT(*) AS n FROM journal_payloads WHERE payload LIKE '%имя 1%'";
        let left = t.db.read().query_one_raw(sql(t.db.read(), text, [])).await.unwrap().unwrap();
        assert_eq!(left.try_get::<i64>("", "n").unwrap(), 0);

        assert!(matches!(erase_now(&t, ids[1]).await, Err(EraseError::Nothing)));
        assert!(matches!(erase_now(&t, 42).await, Err(EraseError::Nothing)));
        // Without an entry that says so it is a finding.
        run(&t, "DELETE FROM journal_payloads WHERE entry_id = ?", [ids[2].into()]).await;
        let report = check(&t, &heads).await;
        assert_eq!(report.problems.iter().map(|p| p.id).collect::<Vec<_>>(), [Some(ids[2])]);
    });
}

#[test]
fn org7_sealers_at_once_make_one_chain_while_entries_come() {
    on_both(async |t| {
        let t = std::sync::Arc::new(t);
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let t = t.clone();
                tokio::spawn(async move {
                    for _ in 0..25 {
                        add(&t, None, "x").await;
                    }
                })
            })
            .collect();
        let sealers: Vec<_> = (0..4)
            .map(|_| {
                let db = t.db.clone();
                tokio::spawn(async move {
                    let mut sealed = 0;
                    for _ in 0..30 {
                        sealed += seal(&db).await.unwrap();
                    }
                    sealed
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let mut sealed = 0;
        for sealer in sealers {
            sealed += sealer.await.unwrap();
        }
        sealed += seal(&t.db).await.unwrap();
        assert_eq!(sealed, 100, "each entry sealed by exactly one");
        let report = check(&t, &Heads::default()).await;
        assert!(report.ok(), "{:?}", report.problems);
        assert_eq!((report.sealed, report.head.unwrap().0), (100, 100));
    });
}

#[test]
fn org7_an_entry_committed_late_comes_later_in_the_chain() {
    // SQLite has one writer: nothing is committed late there.
    on_both(async |t| {
        if t.db.backend() == sea_orm::DbBackend::Sqlite {
            return;
        }
        let late = t.db.begin().await.unwrap();
        let entry = NewEntry {
            actor: Actor::System("test"),
            action: "test.late",
            subject: None,
            body: None,
            trace: "",
            before: None,
            after: None,
        };
        let low = append(&late, entry, t.clock.now(), &t.ids, &*t.random).await.unwrap();
        let high = add(&t, None, "раньше").await;
        assert_eq!(seal(&t.db).await.unwrap(), 1);
        late.commit().await.unwrap();
        assert_eq!(seal(&t.db).await.unwrap(), 1);
        let scope = Scope::system("test");
        assert!(low < high);
        assert_eq!(one(t.db.read(), &scope, high).await.unwrap().unwrap().seq, Some(1));
        assert_eq!(one(t.db.read(), &scope, low).await.unwrap().unwrap().seq, Some(2));
        assert!(check(&t, &Heads::default()).await.ok());
    });
}

#[test]
fn org7_an_entry_of_a_transaction_taken_back_leaves_nothing() {
    on_both(async |t| {
        let tx = t.db.begin().await.unwrap();
        let entry = NewEntry {
            actor: Actor::System("test"),
            action: "test.undone",
            subject: None,
            body: None,
            trace: "",
            before: None,
            after: None,
        };
        append(&tx, entry, t.clock.now(), &t.ids, &*t.random).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(seal(&t.db).await.unwrap(), 0);
        assert_eq!(check(&t, &Heads::default()).await.entries, 0);
    });
}

/// Bodies: 1 ─ 2 ─ 3, and 4 beside them.
async fn tree(t: &TestDb) {
    let tx = t.db.begin().await.unwrap();
    for (body, parent) in [(1, None), (2, Some(1)), (3, Some(2)), (4, None)] {
        closure::insert(&tx, body, parent).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[test]
fn org4_the_journal_is_read_within_the_scope() {
    on_both(async |t| {
        tree(&t).await;
        let mut ids = Vec::new();
        for body in [Some(1), Some(2), Some(3), Some(4), None] {
            ids.push(add(&t, body, "x").await);
        }
        let seen = async |role: Role, body: Id| {
            let caller = caller(1, &[(role, body)]);
            let scope = caller.scope(otklik_access::Permission::ReadJournal);
            let page = list(t.db.read(), &scope, &Filter::default()).await.unwrap();
            for &id in &ids {
                let shown = page.rows.iter().any(|row| row.id == id);
                assert_eq!(one(t.db.read(), &scope, id).await.unwrap().is_some(), shown);
            }
            assert_eq!(page.total, page.rows.len() as u64);
            page.rows.iter().map(|row| row.body.unwrap_or(0)).collect::<Vec<_>>()
        };
        assert_eq!(seen(Role::Administrator, 1).await, [0, 3, 2, 1], "a root: also entries without a body");
        assert_eq!(seen(Role::Administrator, 2).await, [3, 2]);
        assert_eq!(seen(Role::Head, 3).await, [3]);
        assert_eq!(seen(Role::Head, 4).await, [0, 4]);
        assert!(seen(Role::MerObserver, 1).await.is_empty(), "no right to read the journal");
        let all = list(t.db.read(), &Scope::system("test"), &Filter::default()).await.unwrap();
        assert_eq!((all.total, all.pages), (5, 1));
    });
}

#[test]
fn org7_the_list_is_filtered_and_paged() {
    on_both(async |t| {
        tree(&t).await;
        let begin = t.clock.now();
        for number in 0..60 {
            add(&t, Some(if number < 3 { 4 } else { 3 }), &format!("имя {number}")).await;
        }
        let last = erase_now(&t, add(&t, Some(2), "лишнее").await).await.unwrap();
        let scope = Scope::system("test");
        let get = async |filter: Filter| list(t.db.read(), &scope, &filter).await.unwrap();
        let first = get(Filter::default()).await;
        assert_eq!((first.total, first.page, first.pages, first.rows.len()), (62, 1, 2, 50));
        assert_eq!((first.rows[0].id, first.rows[0].actor.as_str()), (last, "system:test"));
        assert_eq!(first.rows[2].change.as_ref().unwrap().after, json!({ "name": "имя 59" }));
        assert_eq!(first.rows[2].change.as_ref().unwrap().before, json!({ "name": "было" }));
        let past = get(Filter { page: 99, ..Filter::default() }).await;
        assert_eq!((past.page, past.rows.len()), (2, 12));
        let total = async |filter| get(filter).await.total;
        let only = Filter::default;
        assert_eq!(total(Filter { body: Some(4), ..only() }).await, 3);
        assert_eq!(total(Filter { body: Some(1), ..only() }).await, 59);
        assert_eq!(total(Filter { actor: Some("petrova".to_owned()), ..only() }).await, 61);
        assert_eq!(total(Filter { actor: Some("petrov".to_owned()), ..only() }).await, 0);
        assert_eq!(total(Filter { action: Some("bodies.".to_owned()), ..only() }).await, 61);
        assert_eq!(total(Filter { action: Some("journal.erase".to_owned()), ..only() }).await, 1);
        assert_eq!(total(Filter { action: Some("b_dies.".to_owned()), ..only() }).await, 0);
        let to = Some(begin.plus(10 * Instant::SECOND));
        assert_eq!(total(Filter { from: Some(begin), to, ..only() }).await, 10);
    });
}

#[test]
fn org7_the_schedules_seal_and_export_by_themselves() {
    on_both(async |t| {
        let key = std::sync::Arc::new(SigningKey::open(t.folder.path()).unwrap());
        add(&t, None, "x").await;
        let schedules = otklik_journal::schedules(&t.db, key, t.folder.path().to_owned());
        for periodic in schedules {
            periodic.job.run(t.clock.now()).await.unwrap();
        }
        let heads = read_heads(t.folder.path()).unwrap();
        let report = check(&t, &heads).await;
        assert!(report.ok());
        assert_eq!((report.sealed, report.heads), (1, 1));
    });
}
