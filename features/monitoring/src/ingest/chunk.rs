//! Rows of the lake made of applications at hand, by several threads.

use std::collections::HashSet;
use std::hint::black_box;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use otklik_kernel::CivilDay;
use otklik_lake::arrow::array::ArrayRef;
use otklik_lake::{Error, Result, Table};
use otklik_progress::delivery::Text;
use otklik_progress::reference::Norm;

use super::columns::{
    CaseColumns, RunColumn, Sink, WordColumn, bytes, ints, longs, short, shorts, some_ints,
};
use super::gather::{App, Event, Gathered, Given};
use super::known::{Old, Olds};
use super::register::Register;
use super::sums::{Counted, Sums, Tally};
use crate::derive::{Case, Derived, Exchange, Rules, Step, Transition, derive, encode};
use crate::tables;

/// Applications that a thread takes at a time.
const CHUNK: usize = 8_192;

/// Applications that are fetched from memory together.
const FETCHED: usize = 16;

/// Rows that are made into a batch.
const BATCH: usize = 65_536;

/// What there is to do.
pub struct Work<'a> {
    /// Applications and events at hand; what is said of an application is what holds of it.
    pub gathered: &'a Gathered<'a>,
    /// Its words as a list.
    pub words: &'a ArrayRef,
    /// Applications in the order of the tables.
    pub order: &'a [u32],
    /// What the lake holds of them.
    pub old: &'a Olds,
    /// Applications whose steps are all at hand, whatever the lake holds.
    pub whole: &'a HashSet<u32>,
    /// Applications whose norm may have changed.
    pub forced: &'a HashSet<u32>,
    /// The rules.
    pub rules: &'a Rules,
    /// Norms of services.
    pub register: &'a Register,
    /// The version of the rows to be made.
    pub version: i64,
    /// Whether fresh events are written too.
    pub with_events: bool,
}

impl Work<'_> {
    /// Does it with some threads, the rows of each table into what `begin` gives for it; what was made of them.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn run<R: Sink>(
        &self,
        begin: impl Fn(&'static Table) -> R + Sync,
        threads: usize,
    ) -> Result<Vec<R::Made>> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<R::Made>> {
            let mut worker = Worker::new(self, &begin);
            loop {
                let from = next.fetch_add(CHUNK, Ordering::Relaxed);
                let Some(apps) = self.order.get(from..self.order.len().min(from + CHUNK)) else { break };
                for some in apps.chunks(FETCHED) {
                    self.fetch(some);
                    for app in some {
                        worker.app(*app)?;
                    }
                }
                if apps.len() < CHUNK {
                    break;
                }
            }
            worker.finish()
        };
        let made: Vec<Result<Vec<R::Made>>> = thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let own = work();
            let others = others.into_iter().map(|other| other.join().unwrap_or_else(|_| Err(broken())));
            [own].into_iter().chain(others).collect()
        });
        made.into_iter().try_fold(Vec::new(), |mut all, some| {
            all.extend(some?);
            Ok(all)
        })
    }

    /// Reads a little of everything that some applications are made of: they lie anywhere in memory, which gives many
    /// at a time when none of them waits for another.
    fn fetch(&self, places: &[u32]) {
        let gathered = self.gathered;
        let apps = || places.iter().map(|place| (*place as usize, &gathered.apps[*place as usize]));
        let given = |app: &App| app.given.map_or(0, |given| given.day);
        black_box(apps().fold(0, |sum, (_, app)| sum ^ app.key ^ u64::from(given(app).cast_unsigned())));
        let first = |place: usize| gathered.events(place).first().map_or(0, |event| event.step.at);
        black_box(apps().fold(0, |sum, (place, _)| sum ^ first(place)));
        let text = |app: &App| gathered.request(app).as_bytes().first().copied().unwrap_or(0);
        black_box(apps().fold(0, |sum, (_, app)| sum ^ text(app)));
    }

    fn word(&self, text: Text) -> &str {
        self.gathered.words.get(text)
    }
}

fn broken() -> Error {
    Error::File(std::io::Error::other("a thread of the import broke"))
}

/// Since when which norm holds.
type Norms<'a> = &'a [(CivilDay, Option<Norm>)];

struct Worker<'a, R> {
    work: &'a Work<'a>,
    norms: Sums<(Text, Text), Norms<'a>>,
    events: EventColumns,
    cases: CaseColumns,
    transitions: TransitionColumns,
    exchanges: ExchangeColumns,
    cases_gone: Gone,
    steps_gone: Gone,
    outs: [R; 8],
    tally: Tally,
    steps: Vec<Step>,
    /// The steps that the lake holds of the application.
    old_steps: Vec<Step>,
    derived: Derived,
    before: Derived,
}

impl<'a, R: Sink> Worker<'a, R> {
    fn new(work: &'a Work<'a>, begin: impl Fn(&'static Table) -> R) -> Self {
        let tables = [
            &tables::EVENTS,
            &tables::CASES,
            &tables::TRANSITIONS,
            &tables::EXCHANGES,
            &tables::CASES_GONE,
            &tables::STEPS_GONE,
            &tables::SPANS,
            &tables::FIGURES,
        ];
        Self {
            work,
            norms: Sums::default(),
            events: EventColumns::default(),
            cases: CaseColumns::default(),
            transitions: TransitionColumns::default(),
            exchanges: ExchangeColumns::default(),
            cases_gone: Gone::default(),
            steps_gone: Gone::default(),
            outs: tables.map(|table| begin(table)),
            tally: Tally::default(),
            steps: Vec::new(),
            old_steps: Vec::new(),
            derived: Derived::default(),
            before: Derived::default(),
        }
    }

    fn app(&mut self, place: u32) -> Result<()> {
        let work = self.work;
        let app = work.gathered.apps[place as usize];
        let events = work.gathered.events(place as usize);
        if work.with_events {
            self.events.push(work, &app, events);
        }
        let (old, given) = (work.old.get(place as usize), app.given);
        self.steps.clear();
        self.old_steps.clear();
        if let Some(old) = old {
            work.old.steps(old, &work.gathered.words, &mut self.old_steps);
        }
        match old {
            Some(_) if !work.whole.contains(&place) => merge(&self.old_steps, events, &mut self.steps),
            _ => self.steps.extend(events.iter().map(|event| event.step)),
        }
        let case = self.derive(place, given.as_ref());
        match old {
            Some(old) => self.changed(place, &app, old, given, &case),
            None => self.new_rows(given.as_ref(), &app, &case, (0, 0)),
        }
        if old.is_none_or(|old| !self.is_same(place, old, given, &case))
            && (given.is_some() || !self.steps.is_empty())
        {
            let (steps, word) = (&self.steps, |text| work.word(text));
            let head = (app.key, work.version, work.gathered.request(&app));
            self.cases.push(head, given.as_ref(), &case, |bytes| encode(steps, word, bytes));
        }
        self.flush(BATCH)
    }

    fn derive(&mut self, place: u32, given: Option<&Given>) -> Case {
        let steps = mem::take(&mut self.steps);
        let mut derived = mem::take(&mut self.derived);
        derived.clear();
        let norm = given.and_then(|given| self.norm(given, &steps));
        let case = derive(self.work.rules, norm, place, &steps, &mut derived);
        (self.steps, self.derived) = (steps, derived);
        case
    }

    /// The norm of an application by the day on which it began.
    fn norm(&mut self, given: &Given, steps: &[Step]) -> Option<&'a Norm> {
        let work = self.work;
        let first = steps.iter().find(|step| !work.rules.is_planned(step.status))?;
        let day = CivilDay(first.day());
        let (service, variant) = (work.word(given.service), work.word(given.variant));
        let key = (given.service, given.variant);
        let rows = *self.norms.entry(key).or_insert_with(|| work.register.norms(service, variant));
        let registered = rows.iter().rev().find(|(from, _)| *from <= day).and_then(|(_, norm)| norm.as_ref());
        registered.or_else(|| work.rules.decision_on(service, variant, day))
    }

    fn is_same(&self, place: u32, old: &Old, given: Option<Given>, case: &Case) -> bool {
        let is_forced = self.work.forced.contains(&place);
        !is_forced && old.given == given && old.counted == Counted::from(case) && self.old_steps == self.steps
    }

    /// What a change of a known application makes of its rows.
    fn changed(&mut self, place: u32, app: &App, old: &Old, given: Option<Given>, case: &Case) {
        if self.is_same(place, old, given, case) {
            return;
        }
        self.cases_gone.push(app.key, self.work.version);
        let mut kept = (0, 0);
        if let Some(before) = &old.given {
            self.before.clear();
            // Only rows are wanted: the norm doesn't matter.
            derive(self.work.rules, None, place, &self.old_steps, &mut self.before);
            self.tally.case(before, &old.counted, -1);
            let of =
                |given: &Given| (given.service, given.variant, given.region, given.body, given.channel_in);
            let is_more = given.is_some_and(|given| of(&given) == of(before))
                && self.derived.transitions.starts_with(&self.before.transitions)
                && same(&self.before.exchanges, &self.derived.exchanges);
            if is_more {
                kept = (self.before.transitions.len(), self.before.exchanges.len());
            } else {
                if !self.before.transitions.is_empty() || !self.before.exchanges.is_empty() {
                    self.steps_gone.push(app.key, self.work.version);
                }
                for transition in &self.before.transitions {
                    self.tally.transition(before, transition, -1);
                }
            }
        }
        self.new_rows(given.as_ref(), app, case, kept);
    }

    /// Writes what was derived, but for rows that are kept.
    fn new_rows(
        &mut self,
        given: Option<&Given>,
        app: &App,
        case: &Case,
        (transitions, exchanges): (usize, usize),
    ) {
        let Some(given) = given else { return };
        self.tally.case(given, &Counted::from(case), 1);
        for transition in &self.derived.transitions[transitions..] {
            self.tally.transition(given, transition, 1);
            self.transitions.push(self.work, app, given, transition);
        }
        for exchange in &self.derived.exchanges[exchanges..] {
            self.exchanges.push(self.work, app, given, exchange);
        }
    }

    fn flush(&mut self, rows: usize) -> Result<()> {
        let [events, cases, transitions, exchanges, cases_gone, steps_gone, spans, figures] = &mut self.outs;
        if self.events.delivery.len() >= rows {
            events.write(self.events.arrays(self.work.words)?)?;
        }
        if self.cases.len() >= rows.min(BATCH / 4) {
            cases.write(self.cases.arrays(self.work.words)?)?;
        }
        if self.transitions.of.key.len() >= rows {
            transitions.write(self.transitions.arrays(self.work.words)?)?;
        }
        if self.exchanges.of.key.len() >= rows {
            exchanges.write(self.exchanges.arrays(self.work.words)?)?;
        }
        if self.cases_gone.key.len() >= rows {
            cases_gone.write(self.cases_gone.arrays())?;
        }
        if self.steps_gone.key.len() >= rows {
            steps_gone.write(self.steps_gone.arrays())?;
        }
        let (work, done) = (self.work, self.tally.rows_done());
        if done.0 >= rows {
            spans.write(self.tally.spans(|text| work.word(text))?)?;
        }
        if done.1 >= rows {
            figures.write(self.tally.figure_rows(|text| work.word(text))?)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<R::Made>> {
        self.tally.finish();
        self.flush(0)?;
        self.outs.into_iter().filter_map(|out| out.finish().transpose()).collect()
    }
}

fn same(before: &[Exchange], after: &[Exchange]) -> bool {
    before.iter().zip(after).all(|(before, after)| before == after) && before.len() <= after.len()
}

/// Steps of the lake and events at hand in one order. Those of equal moments don't come here.
fn merge(old: &[Step], events: &[Event], steps: &mut Vec<Step>) {
    let mut old = old.iter().peekable();
    for event in events {
        while let Some(step) = old.next_if(|step| step.at <= event.step.at) {
            steps.push(*step);
        }
        steps.push(event.step);
    }
    steps.extend(old);
}

#[derive(Default)]
struct EventColumns {
    delivery: Vec<i64>,
    request: RunColumn,
    process: Vec<i8>,
    item: Vec<i16>,
    status: Vec<i16>,
    at: Vec<i64>,
    offset: Vec<i16>,
    seq: Vec<i32>,
    mnemonic: WordColumn,
}

impl EventColumns {
    fn push(&mut self, work: &Work<'_>, app: &App, events: &[Event]) {
        let before = self.delivery.len();
        let (mut last, mut seq) = (None, 0);
        for event in events {
            let part = &work.gathered.parts[event.part as usize];
            if !part.is_fresh {
                continue;
            }
            let moment = Some((event.step.at, event.part));
            seq = if last == moment { seq + 1 } else { 0 };
            last = moment;
            self.delivery.push(part.number);
            self.process.push(event.step.process.cast_signed());
            self.item.push(event.item);
            self.status.push(event.step.status);
            self.at.push(event.step.at);
            self.offset.push(event.step.offset);
            self.seq.push(seq);
            self.mnemonic.push(event.step.mnemonic);
        }
        if self.delivery.len() > before {
            self.request.push(work.gathered.request(app), self.delivery.len() - before);
        }
    }

    fn arrays(&mut self, words: &ArrayRef) -> Result<Vec<ArrayRef>> {
        Ok(vec![
            longs(&mut self.delivery),
            self.request.array()?,
            bytes(&mut self.process),
            shorts(&mut self.item),
            shorts(&mut self.status),
            longs(&mut self.at),
            shorts(&mut self.offset),
            ints(&mut self.seq),
            self.mnemonic.array(words)?,
        ])
    }
}

/// What rows of `transitions` and `exchanges` have in common, as `tables.rs` lists it.
#[derive(Default)]
struct OfColumns {
    key: Vec<i64>,
    version: Vec<i64>,
    service: WordColumn,
    variant: WordColumn,
    region: Vec<i16>,
    body: WordColumn,
    channel_in: Vec<i8>,
}

impl OfColumns {
    fn push(&mut self, work: &Work<'_>, app: &App, given: &Given) {
        self.key.push(app.key.cast_signed());
        self.version.push(work.version);
        self.service.push(given.service);
        self.variant.push(given.variant);
        self.region.push(given.region.cast_signed());
        self.body.push(given.body);
        self.channel_in.push(given.channel_in.cast_signed());
    }

    fn arrays(&mut self, words: &ArrayRef) -> Result<Vec<ArrayRef>> {
        Ok(vec![
            longs(&mut self.key),
            longs(&mut self.version),
            self.service.array(words)?,
            self.variant.array(words)?,
            shorts(&mut self.region),
            self.body.array(words)?,
            bytes(&mut self.channel_in),
        ])
    }
}

#[derive(Default)]
struct TransitionColumns {
    of: OfColumns,
    process_from: Vec<i8>,
    process_to: Vec<i8>,
    from: Vec<i16>,
    to: Vec<i16>,
    day: Vec<i32>,
    seconds: Vec<i32>,
    paused: Vec<i32>,
}

impl TransitionColumns {
    fn push(&mut self, work: &Work<'_>, app: &App, given: &Given, transition: &Transition) {
        self.of.push(work, app, given);
        self.process_from.push(transition.process_from.cast_signed());
        self.process_to.push(transition.process_to.cast_signed());
        self.from.push(transition.from);
        self.to.push(transition.to);
        self.day.push(transition.day);
        self.seconds.push(short(transition.seconds));
        self.paused.push(short(transition.paused));
    }

    fn arrays(&mut self, words: &ArrayRef) -> Result<Vec<ArrayRef>> {
        let mut arrays = self.of.arrays(words)?;
        arrays.extend([
            bytes(&mut self.process_from),
            bytes(&mut self.process_to),
            shorts(&mut self.from),
            shorts(&mut self.to),
            ints(&mut self.day),
            ints(&mut self.seconds),
            ints(&mut self.paused),
        ]);
        Ok(arrays)
    }
}

#[derive(Default)]
struct ExchangeColumns {
    of: OfColumns,
    mnemonic: WordColumn,
    status: Vec<i16>,
    day: Vec<i32>,
    seconds: Vec<Option<i32>>,
}

impl ExchangeColumns {
    fn push(&mut self, work: &Work<'_>, app: &App, given: &Given, exchange: &Exchange) {
        self.of.push(work, app, given);
        self.mnemonic.push(exchange.mnemonic);
        self.status.push(exchange.status);
        self.day.push(exchange.day);
        self.seconds.push(exchange.seconds.map(short));
    }

    fn arrays(&mut self, words: &ArrayRef) -> Result<Vec<ArrayRef>> {
        let mut arrays = self.of.arrays(words)?;
        arrays.extend([
            self.mnemonic.array(words)?,
            shorts(&mut self.status),
            ints(&mut self.day),
            some_ints(&mut self.seconds),
        ]);
        Ok(arrays)
    }
}

#[derive(Default)]
struct Gone {
    key: Vec<i64>,
    version: Vec<i64>,
}

impl Gone {
    fn push(&mut self, key: u64, version: i64) {
        self.key.push(key.cast_signed());
        self.version.push(version);
    }

    fn arrays(&mut self) -> Vec<ArrayRef> {
        vec![longs(&mut self.key), longs(&mut self.version)]
    }
}
