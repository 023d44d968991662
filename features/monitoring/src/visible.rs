//! Whose data a person sees: bodies of the scope, by the codes that stand in the data.

use std::collections::BTreeSet;

use otklik_access::Scope;
use otklik_kernel::Id;
use otklik_organisations::Offices;

use crate::answers::Allowed;

/// The part of the data within a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    /// All of it, that of bodies that stand in no tree too.
    All,
    /// Of the bodies with these codes.
    Codes(BTreeSet<String>),
}

impl Visible {
    /// What a scope holds: everything for those over every root of the tree.
    #[must_use]
    pub fn of(scope: &Scope, offices: &Offices) -> Self {
        if is_over_all(scope, offices) {
            return Self::All;
        }
        Self::Codes(below(scope.tops(), offices))
    }

    /// Whether the data of a body with this code are within it.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        match self {
            Self::All => true,
            Self::Codes(codes) => codes.contains(code),
        }
    }

    /// As what answers may be about.
    #[must_use]
    pub fn allowed(self) -> Allowed {
        match self {
            Self::All => Allowed::All,
            Self::Codes(codes) => Allowed::Bodies(codes),
        }
    }
}

/// Codes of the bodies that have one of some above them, or are it.
#[must_use]
pub fn below(tops: &[Id], offices: &Offices) -> BTreeSet<String> {
    let within = offices.all().filter(|office| {
        std::iter::successors(Some(office.id), |&id| parent(offices, id)).any(|id| tops.contains(&id))
    });
    within.map(|office| office.code.clone()).collect()
}

/// Codes of a body and of all below it, as a filter by the body means; a code that no body has stands for itself.
#[must_use]
pub fn with_below(code: &str, offices: &Offices) -> Vec<String> {
    match offices.find(code) {
        Some(office) => below(&[office.id], offices).into_iter().collect(),
        None => vec![code.to_owned()],
    }
}

fn parent(offices: &Offices, id: Id) -> Option<Id> {
    offices.get(id).and_then(|office| office.parent)
}

/// Whether a scope holds every root of the tree: what holds for all may be changed by those alone.
#[must_use]
pub fn is_over_all(scope: &Scope, offices: &Offices) -> bool {
    let tops = scope.tops();
    let is_system = tops.is_empty() && !scope.is_empty();
    let mut roots = offices.all().filter(|office| office.parent.is_none()).peekable();
    is_system || (roots.peek().is_some() && roots.all(|root| tops.contains(&root.id)))
}
