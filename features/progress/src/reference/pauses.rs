//! When the provision of a service was suspended.

use super::{Role, Roles};
use crate::model::Process;

/// The pauses of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// Moments of beginning and end, in order and apart from each other: pauses of several processes that
    /// overlap are one.
    pub closed: Vec<(i64, i64)>,
    /// The beginning of a pause that goes on.
    pub open: Option<i64>,
    /// The beginning of the first pause at a multifunctional centre: the source has no resumption there, so its end
    /// is never known, and it is taken out of no duration (MON-15).
    pub open_ended: Option<i64>,
}

impl Pauses {
    /// How much of the time from one moment to another was suspended; an open pause counts up to `to`.
    #[must_use]
    pub fn within(&self, from: i64, to: i64) -> i64 {
        let open = self.open.map(|begin| (begin, to.max(begin)));
        let inside = |(begin, end): (i64, i64)| (end.min(to) - begin.max(from)).max(0);
        self.closed.iter().copied().chain(open).map(inside).sum()
    }
}

/// The pauses told by events (process, status, moment) in the order of time. A pause ends with a resumption, a
/// decision or another end of the same process.
pub fn pauses(roles: &Roles, events: impl IntoIterator<Item = (Process, i16, i64)>) -> Pauses {
    let mut pauses = Pauses::default();
    let mut since: [Option<i64>; 5] = [None; 5];
    let mut spans = Vec::new();
    for (process, status, at) in events {
        if roles.is(status, Role::Suspends) {
            if process == Process::Mfc {
                pauses.open_ended.get_or_insert(at);
            } else {
                since[process as usize].get_or_insert(at);
            }
        } else if [Role::Resumes, Role::Granted, Role::Denied, Role::Ends]
            .iter()
            .any(|role| roles.is(status, *role))
            && let Some(begin) = since[process as usize].take()
        {
            spans.push((begin, at));
        }
    }
    pauses.open = since.into_iter().flatten().min();
    spans.sort_unstable();
    for (begin, end) in spans {
        match pauses.closed.last_mut() {
            Some(last) if begin <= last.1 => last.1 = last.1.max(end),
            _ => pauses.closed.push((begin, end)),
        }
    }
    if let Some(open) = pauses.open {
        while let Some((begin, _)) = pauses.closed.pop_if(|(_, end)| *end >= open) {
            pauses.open = Some(begin.min(open));
        }
    }
    pauses
}
