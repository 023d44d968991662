//! Doing what was planned, in the transaction of the import.

use otklik_db::{DbErr, Tx};
use otklik_kernel::Id;

use crate::act::{Act, Entry};
use crate::import::plan::{Above, Plan, Step};
use crate::store;

/// Adds what is new, parents first; then moves; then changes fields. Every body gets its journal entry.
pub(super) async fn apply(tx: &Tx, act: &Act<'_>, plan: &Plan) -> Result<(), DbErr> {
    let mut ids: Vec<Option<Id>> =
        plan.steps.iter().map(|step| step.before.as_ref().map(|(id, _)| *id)).collect();
    // A moved body is taken out first, so that moves which only fit together never make a ring.
    for (step, id) in plan.steps.iter().zip(&ids) {
        if let (true, Some(id)) = (step.moves, *id) {
            store::relocate(tx, id, None).await?;
        }
    }
    for at in 0..plan.steps.len() {
        create(tx, act, plan, &mut ids, at).await?;
    }
    for (at, step) in plan.steps.iter().enumerate() {
        if let (Some((id, before)), Some(_)) = (&step.before, ids[at]) {
            if step.moves {
                store::relocate(tx, *id, above(step, &ids)).await?;
            }
            let mut fields = before.clone();
            fields.set("parent_code", step.after.get("parent_code"));
            if fields != step.after {
                store::update(tx, *id, &step.fields).await?;
            }
            if *before != step.after {
                let (was, is) = before.json_change(&step.after);
                journal(tx, act, "bodies.change", *id, Some(was), Some(is)).await?;
            }
        }
    }
    Ok(())
}

fn above(step: &Step, ids: &[Option<Id>]) -> Option<Id> {
    match step.above {
        Above::Nothing => None,
        Above::Stored(id) => Some(id),
        Above::Row(at) => ids.get(at).copied().flatten(),
    }
}

/// Adds the body of a row, after those above it that are new as well.
async fn create(tx: &Tx, act: &Act<'_>, plan: &Plan, ids: &mut [Option<Id>], at: usize) -> Result<(), DbErr> {
    let mut way = vec![at];
    while let Some(&Step { above: Above::Row(up), .. }) = way.last().map(|&at| &plan.steps[at])
        && ids[up].is_none()
    {
        way.push(up);
    }
    for at in way.into_iter().rev() {
        let step = &plan.steps[at];
        if ids[at].is_some() {
            continue;
        }
        let id = act.new_id();
        store::insert(tx, id, above(step, ids), &step.fields, act.now).await?;
        ids[at] = Some(id);
        journal(tx, act, "bodies.create", id, None, Some(step.after.json())).await?;
    }
    Ok(())
}

async fn journal(
    tx: &Tx,
    act: &Act<'_>,
    action: &'static str,
    id: Id,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Result<(), DbErr> {
    act.journal(tx, Entry { action, subject: Some(("body", id)), body: Some(id), before, after }).await
}
