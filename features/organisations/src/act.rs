//! Who makes a change, under which request, and when: what every change and its journal entry need.

use otklik_access::Caller;
use otklik_db::{DbErr, Tx};
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::{Id, Ids, Instant, Random};
use otklik_web::{Context, Trace};
use serde_json::Value as Json;

/// A change being made.
#[derive(Clone, Copy)]
pub struct Act<'a> {
    /// Who makes it.
    pub actor: Actor<'a>,
    /// The trace of the request.
    pub trace: &'a str,
    /// When.
    pub now: Instant,
    /// The maker of identifiers.
    pub ids: &'a Ids,
    /// The source of randomness.
    pub random: &'a dyn Random,
}

/// What was done, for the journal; personal data only in `before` and `after`.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// What was done, such as `bodies.create`.
    pub action: &'static str,
    /// What it was done to: its kind and id.
    pub subject: Option<(&'static str, Id)>,
    /// The body it belongs to: decides who may read the entry.
    pub body: Option<Id>,
    /// How it was before.
    pub before: Option<Json>,
    /// How it is afterwards.
    pub after: Option<Json>,
}

impl<'a> Act<'a> {
    /// A change made by a signed-in person.
    #[must_use]
    pub fn of(ctx: &'a Context, caller: &'a Caller, trace: &'a Trace) -> Self {
        Self::by(ctx, Actor::Person { id: caller.person(), login: caller.login() }, &trace.0)
    }

    /// A change made by somebody else: a command, or a person who is not signed in yet.
    #[must_use]
    pub fn by(ctx: &'a Context, actor: Actor<'a>, trace: &'a str) -> Self {
        Self { actor, trace, now: ctx.now(), ids: &ctx.ids, random: &*ctx.random }
    }

    /// A new identifier.
    #[must_use]
    pub fn new_id(&self) -> Id {
        self.ids.next(self.now, self.random)
    }

    /// Writes what was done into the journal, in the transaction of the change.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn journal(&self, tx: &Tx, entry: Entry) -> Result<(), DbErr> {
        let entry = NewEntry {
            actor: self.actor,
            action: entry.action,
            subject: entry.subject,
            body: entry.body,
            trace: self.trace,
            before: entry.before,
            after: entry.after,
        };
        append(tx, entry, self.now, self.ids, self.random).await.map(|_| ())
    }
}

impl std::fmt::Debug for Act<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Act").field("actor", &self.actor).field("now", &self.now).finish_non_exhaustive()
    }
}
