//! The allowed order of statuses, as rules with names; ours, in no source, editable (MON-14).

use super::{Fault, OrderRecord, RuleKind, RuleRecord, Scope, Statuses};
use crate::model::{Process, Status};

/// The most rules: one bit each in kept findings.
const MOST: usize = 64;

/// The most rules that count openings and closings.
const MOST_COUNTERS: usize = 16;

/// The allowed order, ready for checking.
#[derive(Clone, Debug)]
pub struct Order {
    record: OrderRecord,
    rules: Vec<Rule>,
    /// Rules that look at a status of a process, by place × 4 + process - 1.
    looks: Vec<Vec<u8>>,
    places: Vec<u8>,
    planned: u64,
}

/// A rule with its sets of statuses as bits of their places.
#[derive(Clone, Copy, Debug)]
struct Rule {
    of: u64,
    earlier: u64,
    closes: u64,
    is_wide: bool,
    kind: Kind,
    counter: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Requires,
    Forbids,
    Excludes,
    Once,
    Pairs { overlapping: bool },
    ForbidsWhile,
}

/// How a rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// What has to come earlier hasn't.
    NothingEarlier,
    /// Something came earlier that forbids it.
    AfterForbidden,
    /// It excludes something that came earlier.
    Together,
    /// It is there a second time.
    Again,
    /// It closes what isn't open.
    NotOpen,
    /// It opens what is open already.
    StillOpen,
    /// It came while something was open.
    WhileOpen,
}

/// A rule broken by an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's number.
    pub rule: u8,
    /// The event's place among the events checked, from 0.
    pub event: usize,
    /// How.
    pub reason: Reason,
}

impl Order {
    pub(super) fn of(record: &OrderRecord, statuses: &Statuses) -> Result<Self, Fault> {
        let mut order = Self {
            record: record.clone(),
            rules: Vec::new(),
            looks: vec![Vec::new(); MOST * 4],
            places: Vec::new(),
            planned: 0,
        };
        let highest = statuses.all().last().map_or(0, |status| status.code.0);
        order.places = (0..=highest).map(|code| statuses.place(code).unwrap_or(u8::MAX)).collect();
        order.planned = bits(&[Status::SLOT.0], statuses)?;
        let mut numbers = 0_u64;
        for record in &record.rules {
            if usize::from(record.number) >= MOST {
                return Err(Fault::TooMany("order", MOST));
            }
            if numbers & 1 << record.number != 0 {
                return Err(Fault::Code("order", record.number.to_string()));
            }
            numbers |= 1 << record.number;
            order.add(record, statuses)?;
        }
        Ok(order)
    }

    fn add(&mut self, record: &RuleRecord, statuses: &Statuses) -> Result<(), Fault> {
        let counters =
            self.rules.iter().filter(|rule| matches!(rule.kind, Kind::Pairs { .. } | Kind::ForbidsWhile));
        let counter = counters.count();
        let rule = rule(record, statuses, counter)?;
        if matches!(rule.kind, Kind::Pairs { .. } | Kind::ForbidsWhile) && counter >= MOST_COUNTERS {
            return Err(Fault::TooMany("order", MOST_COUNTERS));
        }
        let place = u8::try_from(self.rules.len()).map_err(|_| Fault::TooMany("order", MOST))?;
        let mut processes = Vec::new();
        for code in &record.processes {
            processes.push(Process::find(code).ok_or_else(|| Fault::Unknown("order", code.clone()))?);
        }
        let mut looked = rule.of | rule.closes;
        match rule.kind {
            Kind::Excludes => looked |= rule.earlier,
            Kind::ForbidsWhile => looked |= rule.earlier,
            _ => {}
        }
        for process in Process::ALL {
            if !processes.is_empty() && !processes.contains(&process) {
                continue;
            }
            for status in 0..MOST {
                if looked & 1 << status != 0 {
                    self.looks[status * 4 + process as usize - 1].push(place);
                }
            }
        }
        self.rules.push(rule);
        Ok(())
    }

    /// What the version is called, since when it holds, and its rules.
    #[must_use]
    pub fn record(&self) -> &OrderRecord {
        &self.record
    }

    /// A rule by its number.
    #[must_use]
    pub fn rule(&self, number: u8) -> Option<&RuleRecord> {
        self.record.rules.iter().find(|rule| rule.number == number)
    }

    /// Numbers of the rules that events (process, status) in the order of time break, as bits.
    pub fn broken(&self, events: impl IntoIterator<Item = (Process, i16)>) -> u64 {
        let mut broken = 0;
        self.each(events, |finding| broken |= 1 << finding.rule);
        broken
    }

    /// All that is broken, in the order of events.
    pub fn check(&self, events: impl IntoIterator<Item = (Process, i16)>) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.each(events, |finding| findings.push(finding));
        findings
    }

    fn each(&self, events: impl IntoIterator<Item = (Process, i16)>, mut tell: impl FnMut(Finding)) {
        let mut seen = [0_u64; 5];
        let mut open = [[0_u16; 5]; MOST_COUNTERS];
        for (event, (process, status)) in events.into_iter().enumerate() {
            let place = usize::try_from(status).ok().and_then(|code| self.places.get(code)).copied();
            let Some(place) = place.filter(|place| *place != u8::MAX) else { continue };
            let bit = 1_u64 << place;
            if bit & self.planned != 0 {
                continue;
            }
            let own = process as usize;
            for look in &self.looks[usize::from(place) * 4 + own - 1] {
                let rule = &self.rules[usize::from(*look)];
                let before = if rule.is_wide { seen[0] } else { seen[own] };
                let counter = &mut open[rule.counter][if rule.is_wide { 0 } else { own }];
                if let Some(reason) = rule.look(bit, before, counter) {
                    let number = self.record.rules[usize::from(*look)].number;
                    tell(Finding { rule: number, event, reason });
                }
            }
            seen[own] |= bit;
            seen[0] |= bit;
        }
    }
}

impl Rule {
    /// What an event does to the rule; how it breaks it, if it does.
    fn look(&self, event: u64, before: u64, open: &mut u16) -> Option<Reason> {
        match self.kind {
            Kind::Requires => (before & self.earlier == 0).then_some(Reason::NothingEarlier),
            Kind::Forbids => (before & self.earlier != 0).then_some(Reason::AfterForbidden),
            Kind::Excludes => {
                let other = if event & self.of != 0 { self.earlier } else { self.of };
                (before & other != 0).then_some(Reason::Together)
            }
            Kind::Once => (before & self.of != 0).then_some(Reason::Again),
            Kind::Pairs { overlapping } if event & self.of != 0 => {
                let is_open = *open > 0;
                if overlapping || !is_open {
                    *open = open.saturating_add(1);
                }
                (is_open && !overlapping).then_some(Reason::StillOpen)
            }
            Kind::Pairs { .. } => {
                let is_open = *open > 0;
                *open = open.saturating_sub(1);
                (!is_open).then_some(Reason::NotOpen)
            }
            Kind::ForbidsWhile => {
                if event & self.earlier != 0 {
                    *open = 1;
                } else if event & self.closes != 0 {
                    *open = 0;
                }
                (event & self.of != 0 && *open > 0).then_some(Reason::WhileOpen)
            }
        }
    }
}

fn rule(record: &RuleRecord, statuses: &Statuses, counter: usize) -> Result<Rule, Fault> {
    let bits = |codes: &[i16]| bits(codes, statuses);
    let is_wide = record.scope == Scope::Application;
    let (kind, of, earlier, closes) = match &record.kind {
        RuleKind::Requires { of, earlier } => (Kind::Requires, bits(of)?, bits(earlier)?, 0),
        RuleKind::Forbids { of, earlier } => (Kind::Forbids, bits(of)?, bits(earlier)?, 0),
        RuleKind::Excludes { one, other } => (Kind::Excludes, bits(one)?, bits(other)?, 0),
        RuleKind::Once { of } => (Kind::Once, bits(of)?, 0, 0),
        RuleKind::Pairs { opens, closes, overlapping } => {
            (Kind::Pairs { overlapping: *overlapping }, bits(opens)?, 0, bits(closes)?)
        }
        RuleKind::ForbidsWhile { of, opens, closes } => {
            (Kind::ForbidsWhile, bits(of)?, bits(opens)?, bits(closes)?)
        }
    };
    let counter = if matches!(kind, Kind::Pairs { .. } | Kind::ForbidsWhile) { counter } else { 0 };
    Ok(Rule { of, earlier, closes, is_wide, kind, counter })
}

fn bits(codes: &[i16], statuses: &Statuses) -> Result<u64, Fault> {
    codes.iter().try_fold(0, |bits, code| match statuses.place(*code) {
        Some(place) => Ok(bits | 1 << place),
        None => Err(Fault::Unknown("order", code.to_string())),
    })
}
