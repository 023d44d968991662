//! What deriving goes by: roles of statuses, the allowed order, norms, working days, ready for quick looks.

use std::collections::BTreeMap;

use otklik_kernel::CivilDay;
use otklik_progress::model::Status;
use otklik_progress::reference::{Norm, Norms, Order, Reference, Role, RuleRecord, Unit};

/// The 48 statuses, which have columns of their own in `cases`: the first and the last moment of each.
pub const CODES: [i16; 48] = [
    0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 14, 15, 17, 22, 24, 25, 26, 32, 33, 39, 40, 41, 81, 82, 83, 1001, 1002,
    1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019,
    1020, 1021, 1022, 1023,
];

/// Codes of [`CODES`] are below this.
const HIGHEST: usize = 1024;

/// The place of a status among [`CODES`].
#[must_use]
pub fn place(status: i16) -> Option<usize> {
    const PLACES: [u8; HIGHEST] = {
        let mut places = [u8::MAX; HIGHEST];
        let mut place = 0;
        while place < CODES.len() {
            places[CODES[place] as usize] = place as u8;
            place += 1;
        }
        places
    };
    let place = *PLACES.get(usize::try_from(status).ok()?)?;
    (place != u8::MAX).then_some(usize::from(place))
}

/// The reference data as deriving uses them.
///
/// What may change holds by the day: an application is judged by the order and the norms that were in force on the
/// civil day on which it began (its first event that isn't planned), a working day by the records in force on itself.
/// So what is edited from a later day on judges nothing of before anew, whenever it is derived.
#[derive(Clone, Debug)]
pub struct Rules {
    reference: Reference,
    /// Statuses that data may have, with their names.
    statuses: BTreeMap<i16, String>,
    roles: Vec<u32>,
    turns: Vec<Turn>,
    today: CivilDay,
    waiting: Waiting,
    terms: Vec<Term>,
}

/// The allowed order and the norms as they hold from a day on, until the next turn.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The first day.
    pub from: CivilDay,
    /// The order.
    pub order: Order,
    /// The norms.
    pub norms: Norms,
}

/// How long one may wait at a multifunctional centre, as it held from day to day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting(Vec<(CivilDay, Option<i64>)>);

impl Waiting {
    /// The name of the norm.
    pub const NAME: &str = "waiting";

    /// From days on, the earliest first: seconds, or nothing where there is no norm.
    #[must_use]
    pub fn new(turns: Vec<(CivilDay, Option<i64>)>) -> Self {
        Self(turns)
    }

    /// The seconds of a norm; working days count as days.
    #[must_use]
    pub fn seconds(amount: u16, unit: Unit) -> i64 {
        i64::from(amount) * if unit == Unit::Minutes { 60 } else { 86_400 }
    }

    /// The norm of a day as SQL, in seconds.
    #[must_use]
    pub fn sql(&self, day: &str) -> String {
        let cases = self.0.iter().rev().map(|(from, seconds)| {
            let seconds = seconds.map_or_else(|| "null".to_owned(), |seconds| seconds.to_string());
            format!("when {day} >= {} then {seconds} ", from.0)
        });
        match self.0.is_empty() {
            true => "cast(null as bigint)".to_owned(),
            false => format!("cast(case {}end as bigint)", cases.collect::<String>()),
        }
    }

    /// The norm of all days of a period; nothing when it changed within it or there is none.
    #[must_use]
    pub fn throughout(&self, from: CivilDay, to: CivilDay) -> Option<i64> {
        let first = self.0.iter().rposition(|(day, _)| *day <= from)?;
        let is_one = self.0[first + 1..].iter().all(|(day, _)| *day > to);
        self.0[first].1.filter(|_| is_one)
    }
}

/// The term of a service or a variant as it was set by hand, from a day on until another is set or delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Registry number of the service.
    pub service: String,
    /// Registry number of the variant; empty for the service.
    pub variant: String,
    /// The first day on which it holds.
    pub from: CivilDay,
    /// What holds; `None` for what deliveries say.
    pub says: Option<Option<Norm>>,
}

/// The norm of one application: of the register of services, or of the reference.
pub type NormOf<'a> = Option<&'a Norm>;

impl Rules {
    /// Rules of reference data that hold on every day.
    #[must_use]
    pub fn new(reference: Reference) -> Self {
        let statuses = reference.statuses.all().iter();
        let statuses: BTreeMap<i16, String> =
            statuses.map(|status| (status.code.0, status.name.clone())).collect();
        let highest = statuses.last_key_value().map_or(0, |(code, _)| *code);
        let roles = (0..=highest.max(Status::SLOT.0)).map(|code| {
            let with = Role::ALL.into_iter().filter(|role| reference.roles.is(code, *role));
            let bits = with.fold(0, |bits, role| bits | 1_u32 << role as u8);
            if code == Status::SLOT.0 { bits | 1 << Role::Planned as u8 } else { bits }
        });
        let roles = roles.collect();
        let norm = reference.norms.general().find(|norm| norm.name == Waiting::NAME);
        let seconds = norm.map(|norm| Waiting::seconds(norm.amount, norm.unit));
        let waiting = Waiting::new(vec![(CivilDay(0), seconds)]);
        let (order, norms) = (reference.order.clone(), reference.norms.clone());
        let turns = vec![Turn { from: CivilDay(0), order, norms }];
        Self { reference, statuses, roles, turns, today: CivilDay(0), waiting, terms: Vec::new() }
    }

    /// With statuses that were in force before and what they were called: data have them still.
    #[must_use]
    pub fn with_earlier_statuses(mut self, named: BTreeMap<i16, String>) -> Self {
        for (code, name) in named {
            self.statuses.entry(code).or_insert(name);
        }
        self
    }

    /// With the order and the norms as they held before and will hold, the earliest first, seen from a day.
    #[must_use]
    pub fn with_turns(mut self, turns: Vec<Turn>, today: CivilDay) -> Self {
        (self.turns, self.today) = (turns, today);
        self
    }

    /// With terms of services that were set by hand.
    #[must_use]
    pub fn with_terms(mut self, terms: Vec<Term>) -> Self {
        self.terms = terms;
        self
    }

    /// Terms of services that were set by hand.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// With the norm of waiting as it held before, too.
    #[must_use]
    pub fn with_waiting(mut self, waiting: Waiting) -> Self {
        self.waiting = waiting;
        self
    }

    /// The norm of waiting.
    #[must_use]
    pub fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    /// The reference in force today: names and roles, which have no day. What an application is judged by has one.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    fn turn(&self, day: CivilDay) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.from <= day)
    }

    /// The allowed order for applications begun on a day.
    #[must_use]
    pub fn order_on(&self, day: CivilDay) -> &Order {
        self.turn(day).map_or(&self.reference.order, |turn| &turn.order)
    }

    /// The norm of the decision, where the register of services says none, for applications begun on a day.
    #[must_use]
    pub fn decision_on(&self, service: &str, variant: &str, day: CivilDay) -> Option<&Norm> {
        self.turn(day)?.norms.get("decision", service, variant, day)
    }

    /// Rules of the order that held on any day of a period, which without a last day ends today: by their numbers,
    /// each as it held last.
    #[must_use]
    pub fn rules_between(&self, from: Option<CivilDay>, to: Option<CivilDay>) -> Vec<&RuleRecord> {
        let to = to.unwrap_or_else(|| self.today.max(from.unwrap_or(CivilDay(0))));
        let ends = self.turns.iter().skip(1).map(|next| Some(next.from)).chain([None]);
        let held = self.turns.iter().zip(ends).filter(|(turn, end)| {
            turn.from <= to && end.is_none_or(|end| from.is_none_or(|from| from < end))
        });
        let rules = held.flat_map(|(turn, _)| &turn.order.record().rules);
        let rules: BTreeMap<u8, &RuleRecord> = rules.map(|rule| (rule.number, rule)).collect();
        rules.into_values().collect()
    }

    /// A rule of the order by its number, as it is today or else as it was last or will be first.
    #[must_use]
    pub fn rule(&self, number: u8) -> Option<&RuleRecord> {
        let begun = self.turns.partition_point(|turn| turn.from <= self.today);
        let (begun, coming) = self.turns.split_at(begun);
        begun.iter().rev().chain(coming).find_map(|turn| turn.order.rule(number))
    }

    /// The statuses that data may have, with their names: those in force, added ones too, and those that were (MON-6).
    pub fn statuses(&self) -> impl Iterator<Item = (i16, &str)> {
        self.statuses.iter().map(|(code, name)| (*code, name.as_str()))
    }

    /// A status's name; its code where there never was such a status.
    #[must_use]
    pub fn status(&self, code: i16) -> String {
        self.statuses.get(&code).cloned().unwrap_or_else(|| code.to_string())
    }

    /// Whether time can be measured between a status's moments and those of others: a planned one is no event, and part
    /// of no duration (MON-15).
    #[must_use]
    pub fn is_measured(&self, status: i16) -> bool {
        self.statuses.contains_key(&status) && !self.is_planned(status)
    }

    /// Roles of a status, as bits.
    #[must_use]
    pub fn roles(&self, status: i16) -> u32 {
        usize::try_from(status).ok().and_then(|code| self.roles.get(code)).copied().unwrap_or(0)
    }

    /// Whether a status is a planned moment, no event (MON-15).
    #[must_use]
    pub fn is_planned(&self, status: i16) -> bool {
        self.roles(status) & 1 << Role::Planned as u8 != 0
    }
}
