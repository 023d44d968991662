//! The two mandatory recipients, chosen beside the saved list (QR-7).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_journal::Actor;
use otklik_ui::{Choice, Errors, FlashKind};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::{RecipientsView, find};
use crate::mandatory::{Duty, Mandatory, mandatory, set_mandatory};
use crate::pages::Shared;
use crate::read::{self, Recipient};
use crate::texts::L;

/// What is told and asked of the mandatory recipients.
pub struct Marks {
    /// Who isn't marked yet.
    pub missing: Vec<&'static str>,
    pub deputy_head: Vec<Choice>,
    pub unit_head: Vec<Choice>,
    pub errors: Errors,
}

impl Marks {
    /// The saved marks, and what the selects show: the marks themselves, or what was chosen.
    pub fn new(l: L, list: &[Recipient], chosen: Option<&Mandatory>, errors: Errors) -> Self {
        let missing = [(Duty::DeputyHead, l.missing_deputy_head()), (Duty::UnitHead, l.missing_unit_head())]
            .into_iter()
            .filter(|(duty, _)| list.iter().all(|one| one.duty != Some(*duty)))
            .map(|(_, text)| text)
            .collect();
        let choices = |duty: Duty| {
            let marked = list.iter().find(|one| one.duty == Some(duty)).map(|one| one.address.key());
            let current = chosen.map_or(marked, |chosen| chosen.get(duty)).unwrap_or_default();
            let one = |one: &Recipient| {
                let shown = match one.name.as_str() {
                    "" => one.address.shown(),
                    name => format!("{} — {name}", one.address.shown()),
                };
                Choice::new(one.address.key(), shown, current)
            };
            std::iter::once(Choice::new("", l.mandatory_nobody(), current))
                .chain(list.iter().map(one))
                .collect()
        };
        Self { missing, deputy_head: choices(Duty::DeputyHead), unit_head: choices(Duty::UnitHead), errors }
    }
}

/// What was chosen, with what is wrong: an address that is no longer in the list, one address for both.
fn check(l: L, form: &Form, list: &[Recipient]) -> (Mandatory, Errors) {
    let (mut chosen, mut errors) = (Mandatory::default(), Errors::new());
    for duty in Duty::ALL {
        let key = form.get(duty.code());
        if !key.is_empty() && list.iter().all(|one| one.address.key() != key) {
            errors.add(duty.code(), l.mandatory_gone());
        } else if !key.is_empty() {
            chosen.set(duty, Some(key.to_owned()));
        }
    }
    if chosen.deputy_head.is_some() && chosen.deputy_head == chosen.unit_head {
        errors.add(Duty::UnitHead.code(), l.mandatory_same());
    }
    (chosen, errors)
}

/// Marks the mandatory recipients.
pub async fn mark(
    State(Shared { ctx, .. }): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let body = find(&ctx, &who, &id).await?;
    let l = L(who.viewer.lang);
    let tx = ctx.db.begin().await?;
    let list = read::recipients(&tx, &who.scope, body.id).await?;
    let (chosen, errors) = check(l, &form, &list);
    if errors.is_empty() {
        let actor = Actor::Person { id: who.caller.person(), login: who.caller.login() };
        let done = if chosen == mandatory(&tx, body.id).await? { "same" } else { "marked" };
        set_mandatory(&tx, &ctx, actor, &trace.0, body.id, &chosen).await?;
        tx.commit().await?;
        return Ok(Redirect::to(&format!("/admin/bodies/{}/recipients?done={done}", body.id)).into_response());
    }
    drop(tx);
    let mut view = RecipientsView::new(&ctx, &who, &body, &list).await?;
    view.page = view.page.flash(FlashKind::Problem, l.mandatory_unchanged());
    view.marks = Marks::new(l, &list, Some(&chosen), errors);
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
}
