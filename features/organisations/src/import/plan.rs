//! What a table would do to the bodies that are stored; a pure function.

use std::collections::{HashMap, HashSet};

use otklik_kernel::Id;

use crate::bodies::check::{Raw, check};
use crate::import::read::Row;
use crate::import::{Added, Changed, Report, RowError};
use crate::model::{Body, BodyFields};
use crate::refusal::Wrong;
use crate::texts::L;

/// What is stored.
#[derive(Debug)]
pub(super) struct Known {
    /// Every body.
    pub bodies: Vec<Body>,
    /// Those within the scope.
    pub within: HashSet<Id>,
    /// Whether a body may be made without one above it.
    pub may_make_roots: bool,
}

/// Where a body stands afterwards: under one that is stored, or under another row of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Above {
    Nothing,
    Stored(Id),
    Row(usize),
}

/// A row that can be done.
#[derive(Debug)]
pub(super) struct Step {
    pub line: u64,
    pub fields: BodyFields,
    pub above: Above,
    /// The body as text, before (when it is stored) and after.
    pub before: Option<(Id, Raw)>,
    pub after: Raw,
    /// Whether it moves.
    pub moves: bool,
}

/// The rows that can be done, in the order of the file, and the mistakes: without mistakes there is a step for
/// each row, so that [`Above::Row`] is also the place of a step.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
    pub errors: Vec<RowError>,
}

impl Plan {
    /// The plan in words.
    pub fn report(&self) -> Report {
        let mut report = Report { errors: self.errors.clone(), ..Report::default() };
        for step in &self.steps {
            let (row, code, name) = (step.line, step.fields.code.clone(), step.fields.short_name.clone());
            let Some((_, before)) = &step.before else {
                report.added.push(Added {
                    row,
                    code,
                    name,
                    parent: step.after.get("parent_code").to_owned(),
                });
                continue;
            };
            let columns: Vec<_> = before
                .differences(&step.after)
                .map(|(column, before, after)| (column, before.to_owned(), after.to_owned()))
                .collect();
            if columns.is_empty() {
                report.unchanged += 1;
            } else {
                report.changed.push(Changed { row, code, name, columns });
            }
        }
        report
    }
}

/// Finds out what to do with each row.
pub(super) fn plan(rows: Vec<Row>, known: &Known) -> Plan {
    let by_id: HashMap<Id, &Body> = known.bodies.iter().map(|body| (body.id, body)).collect();
    let by_code: HashMap<String, &Body> =
        known.bodies.iter().map(|body| (body.fields.code.to_lowercase(), body)).collect();
    let code_of =
        |id: Option<Id>| id.and_then(|id| by_id.get(&id)).map_or("", |body| body.fields.code.as_str());
    let mut place: HashMap<String, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        place.entry(row.cells["code"].to_lowercase()).or_insert(at);
    }
    let mut planning = Planning { plan: Plan::default(), l: L::default() };
    let mut steps: Vec<Option<Step>> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let code = row.cells["code"].to_lowercase();
        let stored = by_code.get(&code).copied();
        let before = stored.map(|body| (body.id, Raw::of(&body.fields, code_of(body.parent))));
        let mut raw = before.as_ref().map(|(_, raw)| raw.clone()).unwrap_or_default();
        for (column, value) in &row.cells {
            raw.set(column, value.as_str());
        }
        let mut is_good = true;
        if !code.is_empty() && place[&code] != at {
            is_good = planning.wrong(
                row,
                "code",
                planning.l.import_code_twice(rows[place[&code]].line.to_string()),
            );
        }
        if let Some(body) = stored {
            if body.fields.code != row.cells["code"] {
                is_good = planning.mistake(row, "code", &Wrong::TakenInOtherCase(body.fields.code.clone()));
            } else if !known.within.contains(&body.id) {
                is_good = planning.wrong(row, "code", planning.l.import_outside().to_owned());
            }
        }
        let fields = check(&raw);
        for mistake in fields.as_ref().err().into_iter().flatten() {
            is_good = planning.mistake(row, mistake.field, &mistake.what);
        }
        let above = planning.above(row, stored, &place, &by_code, known);
        let (Ok(fields), Some(above), true) = (fields, above, is_good) else {
            steps.push(None);
            continue;
        };
        let parent_code = match above {
            Above::Nothing => "",
            Above::Stored(id) => code_of(Some(id)),
            Above::Row(at) => &rows[at].cells["code"],
        };
        let moves = before.as_ref().is_some_and(|(_, raw)| raw.get("parent_code") != parent_code);
        let after = Raw::of(&fields, parent_code);
        steps.push(Some(Step { line: row.line, fields, above, before, after, moves }));
    }
    planning.cycles(&rows, &place, known, &by_id);
    planning.plan.errors.sort_by_key(|error| error.row);
    planning.plan.steps = steps.into_iter().flatten().collect();
    planning.plan
}

struct Planning {
    plan: Plan,
    l: L,
}

impl Planning {
    fn wrong(&mut self, row: &Row, column: &'static str, message: String) -> bool {
        let value = row.cells.get(column).cloned().unwrap_or_default();
        self.plan.errors.push(RowError { row: row.line, column: column.to_owned(), value, message });
        false
    }

    fn mistake(&mut self, row: &Row, column: &'static str, what: &Wrong) -> bool {
        let message = match what {
            Wrong::Kind => self.l.import_kind().to_owned(),
            Wrong::Level => self.l.import_level().to_owned(),
            Wrong::Zone => self.l.import_zone().to_owned(),
            other => other.text(self.l, column),
        };
        self.wrong(row, column, message)
    }

    /// Where the row's body stands; a place that didn't change may be outside the scope.
    fn above(
        &mut self,
        row: &Row,
        stored: Option<&Body>,
        place: &HashMap<String, usize>,
        by_code: &HashMap<String, &Body>,
        known: &Known,
    ) -> Option<Above> {
        let typed = row.cells["parent_code"].to_lowercase();
        if typed.is_empty() {
            return match stored {
                // An export leaves out what is above the scope, and comes back as it was.
                Some(body) if body.parent.is_none_or(|parent| !known.within.contains(&parent)) => {
                    Some(body.parent.map_or(Above::Nothing, Above::Stored))
                }
                _ if known.may_make_roots => Some(Above::Nothing),
                _ => {
                    self.mistake(row, "parent_code", &Wrong::Root);
                    None
                }
            };
        }
        match by_code.get(&typed) {
            Some(body) if stored.is_some_and(|stored| stored.parent == Some(body.id)) => {
                Some(Above::Stored(body.id))
            }
            Some(body) if known.within.contains(&body.id) => Some(Above::Stored(body.id)),
            Some(_) => {
                self.mistake(row, "parent_code", &Wrong::NoBody);
                None
            }
            None => match place.get(&typed) {
                Some(&at) => Some(Above::Row(at)),
                None => {
                    self.wrong(row, "parent_code", self.l.import_no_parent().to_owned());
                    None
                }
            },
        }
    }

    /// Names every row of the file whose body would stand under itself.
    fn cycles(
        &mut self,
        rows: &[Row],
        place: &HashMap<String, usize>,
        known: &Known,
        by_id: &HashMap<Id, &Body>,
    ) {
        let mut above: HashMap<String, String> = HashMap::new();
        for body in &known.bodies {
            let parent =
                body.parent.and_then(|id| by_id.get(&id)).map(|body| body.fields.code.to_lowercase());
            above.insert(body.fields.code.to_lowercase(), parent.unwrap_or_default());
        }
        for (code, &at) in place {
            above.insert(code.clone(), rows[at].cells["parent_code"].to_lowercase());
        }
        let (mut seen, mut rings): (HashSet<&str>, HashSet<&str>) = (HashSet::from([""]), HashSet::new());
        for start in above.keys() {
            let mut way: Vec<&str> = Vec::new();
            let mut at = start.as_str();
            while seen.insert(at) {
                way.push(at);
                at = above.get(at).map_or("", String::as_str);
            }
            if let Some(ring) = way.iter().position(|&code| code == at) {
                rings.extend(&way[ring..]);
            }
        }
        for (at, row) in rows.iter().enumerate() {
            let code = row.cells["code"].to_lowercase();
            if place.get(&code) == Some(&at) && rings.contains(code.as_str()) {
                self.mistake(row, "parent_code", &Wrong::UnderItself);
            }
        }
    }
}
