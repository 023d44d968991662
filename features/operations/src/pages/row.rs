//! An entry of the journal as pages show it.

use otklik_access::Permission;
use otklik_journal::Row;
use otklik_kernel::{Id, Zone};
use otklik_organisations::Offices;
use otklik_ui::{When, thousands};
use otklik_web::Who;

use crate::difference::{self, Values};
use crate::texts::L;
use crate::words;

/// Words, with a link where there is a page that this person may open.
pub struct Linked {
    pub text: String,
    pub href: Option<String>,
}

/// A field that differs, in words.
pub struct Line {
    pub field: String,
    pub gone: Vec<String>,
    pub come: Vec<String>,
}

/// An entry in words.
pub struct EntryRow {
    pub href: String,
    pub when: When,
    pub actor: String,
    pub action: String,
    /// The action's code, for those who filter by it.
    pub code: String,
    pub subject: Option<Linked>,
    pub subject_id: Option<Id>,
    pub body: Option<Linked>,
    pub is_erased: bool,
    pub lines: Vec<Line>,
    /// Its number in the chain; nothing until it is sealed.
    pub seq: Option<String>,
    pub trace: String,
}

/// What rows are shown with.
pub struct Shown<'a> {
    pub l: L,
    pub who: &'a Who,
    pub offices: &'a Offices,
    pub zone: &'a Zone,
}

impl Shown<'_> {
    /// An entry of the caller's scope in words.
    pub fn row(&self, row: Row) -> EntryRow {
        let l = self.l;
        // A body is in its own column already.
        let is_own_body = row.subject_kind == "body" && row.subject_id == row.body;
        let has_subject = !row.subject_kind.is_empty() && !is_own_body;
        let subject = has_subject.then(|| self.subject(&row.subject_kind, row.subject_id));
        let differences = row.change.as_ref().map(difference::differences).unwrap_or_default();
        let lines = differences.into_iter().map(|one| Line {
            gone: self.values(&one.path, one.gone),
            come: self.values(&one.path, one.come),
            field: words::field(l, &one.path),
        });
        EntryRow {
            href: format!("/admin/journal/{}", row.id),
            when: When::new(row.at, self.zone),
            actor: words::actor(l, &row.actor),
            action: words::action(l, &row.action),
            subject,
            subject_id: row.subject_id,
            body: row.body.map(|body| self.body(body)),
            is_erased: row.change.is_none(),
            lines: lines.collect(),
            seq: row.seq.map(|seq| thousands(seq.unsigned_abs())),
            code: row.action,
            trace: row.trace,
        }
    }

    fn body(&self, id: Id) -> Linked {
        let text = self.offices.get(id).map_or_else(|| id.to_string(), |office| office.name.clone());
        let href = self.who.caller.may(Permission::ReadBodies).then(|| format!("/admin/bodies/{id}"));
        Linked { text, href }
    }

    fn subject(&self, kind: &str, id: Option<Id>) -> Linked {
        let (needed, folder) = match kind {
            "body" => (Permission::ReadBodies, "bodies"),
            "person" => (Permission::ManagePeople, "people"),
            "response" => (Permission::ReadResponses, "responses"),
            "journal" => (Permission::ReadJournal, "journal"),
            _ => return Linked { text: words::subject(self.l, kind), href: None },
        };
        let href = id.filter(|_| self.who.caller.may(needed)).map(|id| format!("/admin/{folder}/{id}"));
        let name = id.filter(|_| kind == "body").and_then(|id| self.offices.get(id));
        Linked { text: name.map_or_else(|| words::subject(self.l, kind), |office| office.name.clone()), href }
    }

    fn values(&self, path: &[String], values: Values) -> Vec<String> {
        let shown = values.shown.iter().map(|value| words::value(self.l, path, value, self.zone));
        let more = (values.more > 0).then(|| self.l.journal_more(values.more));
        shown.chain(more).collect()
    }
}

/// The zone of a person's own body: the first at the top of their scope.
pub fn own_zone(who: &Who, offices: &Offices) -> Zone {
    let mut grants = who.caller.grants().iter();
    let own = grants.find_map(|grant| offices.get(grant.body));
    own.map_or_else(Zone::utc, |office| office.zone.clone())
}
