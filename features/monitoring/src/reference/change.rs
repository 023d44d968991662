//! Adding a record, which changes what holds from its day on.

use otklik_db::{Db, Tx};
use otklik_kernel::{CivilDay, Id};
use otklik_organisations::act::{Act, Entry};
use serde_json::json;

use super::in_force::{KINDS, reference};
use super::{Content, History, Kind, Raw, Record, check, store};
use crate::refusal::{Refusal, Wrong};

/// Who changes a record: the name for the history, and the body whose records these are, when it is one's.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The name.
    pub name: &'a str,
    /// The body of the sender whose own status it is.
    pub body: Option<Id>,
}

/// Adds a record of what was typed; the caller has checked that the person may.
///
/// # Errors
/// Mistakes in what was typed, it doesn't fit the rest of the reference, or nothing would be different.
pub async fn set(db: &Db, act: &Act<'_>, person: Person<'_>, kind: Kind, raw: &Raw) -> Result<(), Refusal> {
    let (name, content, valid_from, reason) = check(kind, raw).map_err(Refusal::Wrong)?;
    add(db, act, person, (kind, name), content, (valid_from, reason)).await
}

/// Takes a thing out of use from a day on, or gives it back what is built in.
///
/// # Errors
/// There is nothing to change, or the rest of the reference needs it.
pub async fn leave(
    db: &Db,
    act: &Act<'_>,
    person: Person<'_>,
    (kind, name): (Kind, &str),
    content: Content,
    when: (CivilDay, String),
) -> Result<(), Refusal> {
    add(db, act, person, (kind, name.to_owned()), content, when).await
}

async fn add(
    db: &Db,
    act: &Act<'_>,
    person: Person<'_>,
    (kind, name): (Kind, String),
    content: Content,
    (valid_from, reason): (CivilDay, String),
) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let history = History(store::of(&tx, kind, &name).await?);
    let before = history.on(valid_from).map(|record| record.content.clone());
    let built_in = || super::in_force::built_in(kind).remove(&name).unwrap_or(Content::BuiltIn);
    let held = before.clone().unwrap_or_else(built_in);
    if held == content || (before.is_none() && content == Content::BuiltIn) {
        return Err(Refusal::one("", Wrong::Same));
    }
    let shown = |content: &Content| json!({ "kind": kind.code(), "name": name, "says": content, "from": valid_from.to_string() });
    let entry = Entry {
        action: "records.set",
        subject: None,
        body: person.body,
        before: before.as_ref().map(shown),
        after: Some(shown(&content)),
    };
    act.journal(&tx, entry).await?;
    let record = Record {
        id: act.new_id(),
        kind,
        name,
        valid_from,
        content,
        reason,
        delivery: None,
        changed_by: person.name.to_owned(),
        changed_at: act.now,
    };
    store::insert(&tx, &record).await?;
    fits(&tx, &record).await?;
    Ok(tx.commit().await?)
}

/// Whether the reference still fits together on the day of a new record and on later days on which something changes;
/// a sender's own status must be one of ours on its day.
async fn fits(tx: &Tx, record: &Record) -> Result<(), Refusal> {
    let mut records = Vec::new();
    for kind in KINDS {
        records.extend(store::all(tx, kind).await?);
    }
    if let Content::OwnStatus(status) = record.content {
        let held = reference(records, record.valid_from);
        let is_known = held.is_ok_and(|held| held.statuses.place(status).is_some());
        return if is_known { Ok(()) } else { Err(Refusal::one("first", Wrong::NoStatus)) };
    }
    if !KINDS.contains(&record.kind) {
        return Ok(());
    }
    let days: std::collections::BTreeSet<CivilDay> =
        records.iter().map(|one| one.valid_from).filter(|day| *day >= record.valid_from).collect();
    for day in days {
        if let Err(fault) = reference(records.clone(), day) {
            tracing::info!(%fault, "a record was refused");
            return Err(Refusal::one("", Wrong::DoesNotFit));
        }
    }
    Ok(())
}
