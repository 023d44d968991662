//! What a log says, in memory that grows with its activities and variants only.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::log::Trace;

/// The most variants that are told apart; rarer ones that come later are counted together.
const MOST_VARIANTS: usize = 200_000;

/// Counts of durations in steps of 1 %: quantiles are within half a per cent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    steps: BTreeMap<u16, u64>,
    count: u64,
}

/// How durations lie, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many there are.
    pub count: u64,
    /// Half are shorter.
    pub median: f64,
    /// One of twenty is longer.
    pub p95: f64,
}

impl Histogram {
    /// Counts a duration in microseconds; a negative one as none.
    pub fn add(&mut self, micros: i64) {
        #[expect(clippy::cast_precision_loss, reason = "within the step")]
        let millis = (micros as f64 / 1000.0).max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 4000")]
        let step = if millis < 1.0 { 0 } else { 1 + (millis.ln() / 1.01_f64.ln()) as u16 };
        *self.steps.entry(step).or_default() += 1;
        self.count += 1;
    }

    /// The duration that a share of all don't exceed, in seconds; 0 when there are none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below")]
        let wanted = share * self.count as f64;
        let mut seen = 0;
        for (step, count) in &self.steps {
            seen += count;
            #[expect(clippy::cast_precision_loss, reason = "counts are far below")]
            if seen as f64 >= wanted {
                return if *step == 0 { 0.0 } else { 1.01_f64.powf(f64::from(*step) - 0.5) / 1000.0 };
            }
        }
        0.0
    }

    /// How they lie.
    #[must_use]
    pub fn quantiles(&self) -> Quantiles {
        Quantiles { count: self.count, median: self.quantile(0.5), p95: self.quantile(0.95) }
    }
}

/// One activity right after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// How often.
    pub count: u64,
    /// How soon, where both have a moment.
    pub durations: Histogram,
}

/// A way that cases go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// Its activities.
    pub activities: Vec<String>,
    /// How many cases.
    pub cases: u64,
}

/// What a log says.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    counts: Vec<u64>,
    flows: HashMap<(u32, u32), Flow>,
    variants: HashMap<Box<[u32]>, u64>,
    other_variants: u64,
    durations: Histogram,
    cases: u64,
    events: u64,
    scratch: Vec<(u32, Option<i64>)>,
}

impl Summary {
    /// Counts a trace: activities are the events' `concept:name`, moments their `time:timestamp`.
    pub fn add_trace(&mut self, trace: &Trace) {
        let events = trace.events.iter().map(|event| {
            let name = Trace::value(event, "concept:name").unwrap_or_default();
            (name, Trace::value(event, "time:timestamp").and_then(crate::moment))
        });
        self.add(events);
    }

    /// Counts a case by its activities with their moments in microseconds, in their order.
    pub fn add<'a>(&mut self, events: impl IntoIterator<Item = (&'a str, Option<i64>)>) {
        let mut way = std::mem::take(&mut self.scratch);
        way.clear();
        for (name, at) in events {
            let number = self.number(name);
            self.counts[number as usize] += 1;
            way.push((number, at));
        }
        for pair in way.windows(2) {
            let flow = self.flows.entry((pair[0].0, pair[1].0)).or_default();
            flow.count += 1;
            if let (Some(from), Some(to)) = (pair[0].1, pair[1].1) {
                flow.durations.add(to - from);
            }
        }
        let moments = || way.iter().filter_map(|(_, at)| *at);
        if let (Some(first), Some(last)) = (moments().min(), moments().max()) {
            self.durations.add(last - first);
        }
        let variant: Box<[u32]> = way.iter().map(|(number, _)| *number).collect();
        let is_full = self.variants.len() >= MOST_VARIANTS;
        match self.variants.get_mut(&variant) {
            Some(count) => *count += 1,
            None if is_full => self.other_variants += 1,
            None => {
                self.variants.insert(variant, 1);
            }
        }
        self.cases += 1;
        self.events += way.len() as u64;
        self.scratch = way;
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.counts.push(0);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// How many cases.
    #[must_use]
    pub const fn cases(&self) -> u64 {
        self.cases
    }

    /// How many events.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// How long cases take from their first moment to their last.
    #[must_use]
    pub fn durations(&self) -> Quantiles {
        self.durations.quantiles()
    }

    /// How often each activity occurs, by name.
    #[must_use]
    pub fn activities(&self) -> BTreeMap<&str, u64> {
        self.names.iter().map(String::as_str).zip(self.counts.iter().copied()).collect()
    }

    /// What follows what, by names.
    #[must_use]
    pub fn flows(&self) -> BTreeMap<(&str, &str), &Flow> {
        let name = |number: u32| self.names[number as usize].as_str();
        self.flows.iter().map(|((from, to), flow)| ((name(*from), name(*to)), flow)).collect()
    }

    /// The most frequent ways, and how many there are in all; cases of ways that came too late to be told apart are
    /// no part of either.
    #[must_use]
    pub fn variants(&self, most: usize) -> (Vec<Variant>, usize) {
        let named =
            |numbers: &[u32]| numbers.iter().map(|number| self.names[*number as usize].clone()).collect();
        let mut all: Vec<(&[u32], u64)> = self.variants.iter().map(|(way, cases)| (&**way, *cases)).collect();
        let before = |way: &[u32]| -> Vec<String> { named(way) };
        all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| before(one.0).cmp(&before(other.0))));
        let count = all.len();
        let top = all.into_iter().take(most).map(|(way, cases)| Variant { activities: named(way), cases });
        (top.collect(), count)
    }

    /// Cases whose ways came too late to be told apart.
    #[must_use]
    pub const fn other_variants(&self) -> u64 {
        self.other_variants
    }
}

/// What one log says beside what the other says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// How long cases take.
    pub durations: [Quantiles; 2],
    /// Events per case.
    pub events_per_case: [f64; 2],
    /// Activities with the share of events they make up, in a thousand.
    pub activities: Vec<(String, [f64; 2])>,
    /// What follows what, the most frequent first.
    pub flows: Vec<FlowRow>,
    /// Share of the cases of each log that go a way which the other has too, in a thousand.
    pub common_variants: [f64; 2],
}

/// One pair of activities in both logs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowRow {
    /// The earlier activity.
    pub from: String,
    /// The later one.
    pub to: String,
    /// Per thousand cases.
    pub per_thousand: [f64; 2],
    /// How soon.
    pub durations: [Quantiles; 2],
}

/// Compares two logs.
#[must_use]
pub fn compare(one: &Summary, other: &Summary) -> Comparison {
    let both = [one, other];
    let mut activities: BTreeMap<&str, [f64; 2]> = BTreeMap::new();
    let mut flows: BTreeMap<(&str, &str), FlowRow> = BTreeMap::new();
    for (place, summary) in both.into_iter().enumerate() {
        for (name, count) in summary.activities() {
            activities.entry(name).or_default()[place] = per_thousand(count, summary.events);
        }
        for ((from, to), flow) in summary.flows() {
            let row = flows.entry((from, to)).or_insert_with(|| FlowRow {
                from: from.to_owned(),
                to: to.to_owned(),
                per_thousand: [0.0; 2],
                durations: [Quantiles::default(); 2],
            });
            row.per_thousand[place] = per_thousand(flow.count, summary.cases);
            row.durations[place] = flow.durations.quantiles();
        }
    }
    let mut flows: Vec<FlowRow> = flows.into_values().collect();
    let weight = |row: &FlowRow| row.per_thousand[0] + row.per_thousand[1];
    flows.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    let common = |of: &Summary, with: &Summary| {
        let names = |way: &[u32]| -> Option<Box<[u32]>> {
            way.iter().map(|number| with.numbers.get(&of.names[*number as usize]).copied()).collect()
        };
        let shared = of
            .variants
            .iter()
            .filter(|(way, _)| names(way).is_some_and(|way| with.variants.contains_key(&way)));
        per_thousand(shared.map(|(_, cases)| cases).sum(), of.cases)
    };
    Comparison {
        durations: both.map(Summary::durations),
        events_per_case: both.map(|summary| per_thousand(summary.events, summary.cases) / 1000.0),
        activities: activities.into_iter().map(|(name, shares)| (name.to_owned(), shares)).collect(),
        flows,
        common_variants: [common(one, other), common(other, one)],
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below")]
fn per_thousand(count: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { count as f64 * 1000.0 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon17_quantiles_are_within_a_per_cent() {
        let mut histogram = Histogram::default();
        (1..=10_000_i64).for_each(|second| histogram.add(second * 1_000_000));
        for (share, exact) in [(0.5, 5_000.0), (0.95, 9_500.0), (0.01, 100.0)] {
            let found = histogram.quantile(share);
            assert!((found / exact - 1.0_f64).abs() < 0.01, "{share}: {found}");
        }
        assert_eq!(Histogram::default().quantile(0.5), 0.0);
    }

    #[test]
    fn mon17_two_logs_are_compared_by_names() {
        let (mut one, mut other) = (Summary::default(), Summary::default());
        one.add([("a", Some(0)), ("b", Some(60_000_000)), ("b", Some(180_000_000))]);
        one.add([("a", Some(0)), ("b", Some(60_000_000))]);
        other.add([("z", None), ("a", None)]);
        other.add([("a", Some(5)), ("b", Some(5))]);
        let (variants, count) = one.variants(1);
        assert_eq!((variants[0].cases, count), (1, 2));
        let comparison = compare(&one, &other);
        assert_eq!(comparison.events_per_case, [2.5, 2.0]);
        assert_eq!(comparison.common_variants, [500.0, 500.0]);
        let first = &comparison.flows[0];
        assert_eq!((first.from.as_str(), first.to.as_str(), first.per_thousand), ("a", "b", [1000.0, 500.0]));
        assert!((first.durations[0].median / 60.0 - 1.0).abs() < 0.01);
        let shares: Vec<&str> = comparison.activities.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(shares, ["a", "b", "z"]);
    }
}
