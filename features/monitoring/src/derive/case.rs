//! One application: what its steps, in order of time, add up to.

use otklik_kernel::{CivilDay, Instant};
use otklik_progress::model::Process;
use otklik_progress::reference::{Pauses, Role, pauses};

use super::Step;
use super::rules::{CODES, NormOf, Rules, place};
use super::stages::stops;

/// How an application ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i8)]
pub enum Outcome {
    /// Not yet.
    #[default]
    Open = 0,
    /// The service was given.
    Granted = 1,
    /// It was refused.
    Denied = 2,
    /// The application was not accepted or registered: 1019 and 1023 are one legal event (MON-15).
    NotAccepted = 3,
    /// Cancelled at the applicant's wish.
    Cancelled = 4,
    /// Ended without a decision, such as a consultation.
    Finished = 5,
}

/// What is kept of an application besides what was said of it. Moments are seconds since 1970 in UTC, durations
/// seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The first event; `None` without any.
    pub began: Option<i64>,
    /// Its civil day in the office; 0 without any.
    pub began_day: i32,
    /// The last decision or other end.
    pub ended: Option<i64>,
    /// Its civil day in the office; 0 without one.
    pub ended_day: i32,
    /// How it ended.
    pub outcome: Outcome,
    /// How many events there are, planned moments not counted.
    pub events: i32,
    /// The last event; `None` without any.
    pub last: Option<Step>,
    /// From the first event to the end.
    pub total: Option<i64>,
    /// How much of it was suspended.
    pub paused: Option<i64>,
    /// Whether a suspension goes on.
    pub is_paused: bool,
    /// Whether there was a suspension at a multifunctional centre, whose end no data tell (MON-15).
    pub is_open_ended: bool,
    /// Interagency requests sent.
    pub asked: i32,
    /// Interagency requests answered.
    pub answered: i32,
    /// Interagency requests that failed.
    pub failed: i32,
    /// Numbers of rules of the order allowed on the day it began that were broken, as bits.
    pub findings: u64,
    /// The stages at which it was refused something, as bits in the order of [`super::STAGES`].
    pub stops: i16,
    /// How much the norm allows, in its units; `None` without a norm.
    pub norm: Option<i32>,
    /// How much was spent; `None` while what the norm runs to hasn't come.
    pub spent: Option<i64>,
    /// Whether the norm was kept.
    pub is_within: Option<bool>,
    /// From the first ticket to the first call.
    pub waited: Option<i64>,
    /// From the first call to the first beginning of service.
    pub called: Option<i64>,
    /// The first moment of each of [`CODES`], planned ones too.
    pub first: [Option<i64>; CODES.len()],
    /// The last moment of each of [`CODES`].
    pub last_of: [Option<i64>; CODES.len()],
}

/// Two events that follow one another, planned moments left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Which application, by its place in the work at hand.
    pub app: u32,
    /// The earlier status.
    pub from: i16,
    /// The later status.
    pub to: i16,
    /// The process of the earlier event.
    pub process_from: u8,
    /// The process of the later event.
    pub process_to: u8,
    /// The later moment.
    pub at: i64,
    /// Its civil day in the office.
    pub day: i32,
    /// From one to the other.
    pub seconds: i64,
    /// How much of it was suspended.
    pub paused: i64,
}

/// An answer to an interagency request, or its failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Which application, by its place in the work at hand.
    pub app: u32,
    /// The status of the answer or failure.
    pub status: i16,
    /// The mnemonic's number; 0 without one.
    pub mnemonic: u32,
    /// The moment of the answer.
    pub at: i64,
    /// Its civil day in the office.
    pub day: i32,
    /// Since the request; `None` when there was none.
    pub seconds: Option<i64>,
}

/// Rows besides the case, of any number of applications.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Transitions in order of time.
    pub transitions: Vec<Transition>,
    /// Exchanges in order of time.
    pub exchanges: Vec<Exchange>,
    /// Requests not answered yet, of the application at hand.
    asked: Vec<(u32, i64)>,
}

impl Derived {
    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.transitions.clear();
        self.exchanges.clear();
    }
}

const fn bit(role: Role) -> u32 {
    1 << role as u8
}

const DECISIONS: u32 = bit(Role::Granted) | bit(Role::Denied) | bit(Role::NotAccepted) | bit(Role::Cancelled);

/// What the steps of one application add up to; rows are added to `derived`. Steps are in order of time.
pub fn derive(rules: &Rules, norm: NormOf<'_>, app: u32, steps: &[Step], derived: &mut Derived) -> Case {
    let mut case = Case::default();
    let paused = steps
        .iter()
        .any(|step| rules.roles(step.status) & bit(Role::Suspends) != 0)
        .then(|| stopped(rules, steps));
    let mut last: Option<Step> = None;
    derived.asked.clear();
    for step in steps {
        let roles = rules.roles(step.status);
        if let Some(place) = place(step.status) {
            case.first[place].get_or_insert(step.at);
            case.last_of[place] = Some(step.at);
            case.stops |= stops(step.status);
        }
        if roles & bit(Role::Planned) != 0 {
            continue;
        }
        case.events += 1;
        if let Some(before) = last.replace(*step) {
            derived.transitions.push(Transition {
                app,
                from: before.status,
                to: step.status,
                process_from: before.process,
                process_to: step.process,
                at: step.at,
                day: step.day(),
                seconds: step.at - before.at,
                paused: paused.as_ref().map_or(0, |paused| paused.within(before.at, step.at)),
            });
        } else {
            case.began = Some(step.at);
            case.began_day = step.day();
        }
        if roles & (DECISIONS | bit(Role::Ends)) != 0 {
            case.end(*step, roles);
        }
        if roles & (bit(Role::Asked) | bit(Role::Answered) | bit(Role::AskFailed)) != 0 {
            case.exchange(*step, roles, app, derived);
        }
    }
    case.last = last;
    if let Some(paused) = &paused {
        case.is_paused = paused.open.is_some();
        case.is_open_ended = paused.open_ended.is_some();
    }
    if let (Some(began), Some(ended)) = (case.began, case.ended) {
        case.total = Some(ended - began);
        case.paused = Some(paused.as_ref().map_or(0, |paused| paused.within(began, ended)));
    }
    let known = steps.iter().filter_map(|step| Some((Process::of(step.process)?, step.status)));
    case.findings = rules.order_on(CivilDay(case.began_day)).broken(known);
    case.measure(rules, norm, steps, paused.as_ref());
    let first = |role| first(rules, steps, role);
    if let (Some(ticket), Some(called)) = (first(Role::Ticket), first(Role::Called)) {
        case.waited = (called >= ticket).then_some(called - ticket);
        let served = first(Role::Served).filter(|served| *served >= called);
        case.called = served.map(|served| served - called);
    }
    case
}

fn first(rules: &Rules, steps: &[Step], role: Role) -> Option<i64> {
    steps.iter().find(|step| rules.roles(step.status) & bit(role) != 0).map(|step| step.at)
}

/// How many seconds an application was suspended from one moment to another; a suspension that goes on lasts up to the
/// later one, one at a multifunctional centre counts for nothing (MON-15).
#[must_use]
pub fn suspended(rules: &Rules, steps: &[Step], (from, to): (i64, i64)) -> i64 {
    stopped(rules, steps).within(from, to)
}

fn stopped(rules: &Rules, steps: &[Step]) -> Pauses {
    let known = steps.iter().filter_map(|step| Some((Process::of(step.process)?, step.status, step.at)));
    pauses(&rules.reference().roles, known)
}

impl Default for Case {
    fn default() -> Self {
        Self {
            began: None,
            began_day: 0,
            ended: None,
            ended_day: 0,
            outcome: Outcome::Open,
            events: 0,
            last: None,
            total: None,
            paused: None,
            is_paused: false,
            is_open_ended: false,
            asked: 0,
            answered: 0,
            failed: 0,
            findings: 0,
            stops: 0,
            norm: None,
            spent: None,
            is_within: None,
            waited: None,
            called: None,
            first: [None; CODES.len()],
            last_of: [None; CODES.len()],
        }
    }
}

impl Case {
    fn end(&mut self, step: Step, roles: u32) {
        self.ended = Some(step.at);
        self.ended_day = step.day();
        self.outcome = match roles & DECISIONS {
            bits if bits & bit(Role::Granted) != 0 => Outcome::Granted,
            bits if bits & bit(Role::Denied) != 0 => Outcome::Denied,
            bits if bits & bit(Role::NotAccepted) != 0 => Outcome::NotAccepted,
            bits if bits & bit(Role::Cancelled) != 0 => Outcome::Cancelled,
            _ if self.outcome == Outcome::Open => Outcome::Finished,
            _ => self.outcome,
        };
    }

    fn exchange(&mut self, step: Step, roles: u32, app: u32, derived: &mut Derived) {
        if roles & bit(Role::Asked) != 0 {
            self.asked += 1;
            derived.asked.push((step.mnemonic, step.at));
            return;
        }
        if roles & bit(Role::Answered) != 0 {
            self.answered += 1;
        } else {
            self.failed += 1;
        }
        // The earliest open request of the same information; an answer that doesn't say which, of any.
        let of =
            derived.asked.iter().position(|(mnemonic, _)| step.mnemonic == 0 || *mnemonic == step.mnemonic);
        let seconds = of.map(|place| step.at - derived.asked.remove(place).1);
        let (status, mnemonic, at, day) = (step.status, step.mnemonic, step.at, step.day());
        derived.exchanges.push(Exchange { app, status, mnemonic, at, day, seconds });
    }

    fn measure(&mut self, rules: &Rules, norm: NormOf<'_>, steps: &[Step], paused: Option<&Pauses>) {
        let Some(norm) = norm else { return };
        self.norm = Some(i32::from(norm.amount));
        let Some(from) = steps.iter().find(|step| norm.from.contains(&step.status)) else { return };
        let to = steps.iter().find(|step| step.at >= from.at && norm.to.contains(&step.status));
        let Some(to) = to else { return };
        let micros = |seconds: i64| seconds.saturating_mul(Instant::SECOND);
        // A pause that goes on lasts until what the norm runs to, as it does in durations.
        let pauses: Vec<(i64, i64)> = paused.map_or_else(Vec::new, |paused| {
            let open = paused.open.filter(|begin| *begin < to.at).map(|begin| (begin, to.at));
            let all = paused.closed.iter().copied().chain(open);
            all.map(|(begin, end)| (micros(begin), micros(end))).collect()
        });
        let calendar = &rules.reference().calendar;
        let spent = norm.unit.spent(micros(from.at), micros(to.at), from.offset, &pauses, calendar);
        self.spent = Some(spent);
        self.is_within = Some(spent <= i64::from(norm.amount));
    }
}
