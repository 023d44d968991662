//! The list of bodies: the tree of the scope, or, when something is filtered, what fits in the order of names.

use std::collections::{BTreeSet, HashMap};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::{Id, text};
use sea_orm::ConnectionTrait;

use crate::model::{Body, BodyKind, Level};
use crate::store;

/// Open bodies, closed ones, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Both.
    #[default]
    Any,
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// What to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the code, a name or the address.
    pub text: String,
    /// Code of a region, or empty.
    pub region: String,
    /// Level.
    pub level: Option<Level>,
    /// Kind.
    pub kind: Option<BodyKind>,
    /// Open or closed.
    pub state: State,
}

impl Filter {
    /// Whether everything is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn fits(&self, body: &Body, wanted: &str) -> bool {
        let fields = &body.fields;
        let is_found = wanted.is_empty()
            || [&fields.code, &fields.short_name, &fields.full_name, &fields.address]
                .iter()
                .any(|value| text::search_text(value).contains(wanted));
        is_found
            && (self.region.is_empty() || self.region == fields.region)
            && self.level.is_none_or(|level| level == fields.level)
            && self.kind.is_none_or(|kind| kind == fields.kind)
            && match self.state {
                State::Any => true,
                State::Open => body.closed_at.is_none(),
                State::Closed => body.closed_at.is_some(),
            }
    }
}

/// A row of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The body.
    pub body: Body,
    /// How deep it stands in the tree shown; 0 when something is filtered.
    pub depth: usize,
    /// How many bodies lie under it.
    pub below: usize,
    /// The name of the body above it, when that is within the scope.
    pub above: Option<String>,
}

/// The list and what can be chosen from.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// All rows that fit.
    pub rows: Vec<Row>,
    /// The regions of the scope.
    pub regions: BTreeSet<String>,
    /// How many bodies the scope has.
    pub total: usize,
    /// How many of them are open offices.
    pub offices: usize,
    /// How many of them are closed.
    pub closed: usize,
}

/// The bodies of the scope that fit.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<List, DbErr> {
    Ok(arrange(store::all(conn, scope).await?, filter))
}

/// Arranges the bodies of a scope, which come in the order of names.
fn arrange(mut bodies: Vec<Body>, filter: &Filter) -> List {
    bodies.sort_by_cached_key(|body| (text::sort_key(&body.fields.short_name), body.id));
    let place: HashMap<Id, usize> = bodies.iter().enumerate().map(|(at, body)| (body.id, at)).collect();
    let parent = |at: usize| bodies[at].parent.and_then(|id| place.get(&id).copied());
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    let mut tops = Vec::new();
    for at in 0..bodies.len() {
        match parent(at) {
            Some(above) => children[above].push(at),
            None => tops.push(at),
        }
    }
    let mut order = Vec::with_capacity(bodies.len());
    let mut stack: Vec<(usize, usize)> = tops.into_iter().rev().map(|at| (at, 0)).collect();
    while let Some((at, depth)) = stack.pop() {
        order.push((at, depth));
        stack.extend(children[at].iter().rev().map(|&child| (child, depth + 1)));
    }
    let mut below = vec![0; bodies.len()];
    for &(at, _) in order.iter().rev() {
        if let Some(above) = parent(at) {
            below[above] += below[at] + 1;
        }
    }
    let is_tree = filter.is_empty();
    if !is_tree {
        order = (0..bodies.len()).map(|at| (at, 0)).collect();
    }
    let wanted = text::search_text(&filter.text);
    let rows =
        order.into_iter().filter(|&(at, _)| filter.fits(&bodies[at], &wanted)).map(|(at, depth)| Row {
            depth,
            below: below[at],
            above: parent(at).map(|above| bodies[above].fields.short_name.clone()),
            body: bodies[at].clone(),
        });
    List {
        rows: rows.collect(),
        regions: bodies
            .iter()
            .map(|body| body.fields.region.clone())
            .filter(|region| !region.is_empty())
            .collect(),
        total: bodies.len(),
        offices: bodies.iter().filter(|body| body.fields.is_office && body.closed_at.is_none()).count(),
        closed: bodies.iter().filter(|body| body.closed_at.is_some()).count(),
    }
}
