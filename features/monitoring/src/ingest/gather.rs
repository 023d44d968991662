//! Rows of several deliveries brought together by application.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use otklik_kernel::CivilDay;
use otklik_progress::delivery::{Delivery, Events, Text, Texts};
use otklik_progress::model::Channel;
use twox_hash::XxHash3_64;

use crate::derive::Step;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// The key of a request number: what applications are told apart by within the lake.
#[must_use]
pub fn request_key(request: &str) -> u64 {
    XxHash3_64::oneshot(request.as_bytes())
}

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Something by its key.
pub type Keyed<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// A delivery among those at hand.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Its rows.
    pub delivery: &'a Delivery,
    /// Its number in the lake.
    pub number: i64,
    /// Whether its rows are new to the lake; otherwise they were read from it.
    pub is_fresh: bool,
}

/// What was said of an application, with who said it when: the latest day holds, of the same day the sender whose
/// code is last. Texts are numbers in [`Gathered::words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The day of the delivery.
    pub day: i32,
    /// Its sender.
    pub sender: Text,
    /// The line in its file.
    pub line: u32,
    /// Registry number of the service.
    pub service: Text,
    /// Registry number of the variant.
    pub variant: Text,
    /// The body: its code, or its name without one.
    pub body: Text,
    /// The body's name as given.
    pub body_name: Text,
    /// Mnemonic of the interagency information.
    pub mnemonic: Text,
    /// Region.
    pub region: u16,
    /// Channel of the request.
    pub channel_in: u8,
    /// Channel of the result.
    pub channel_out: u8,
    /// 1 for М, 2 for Ж, 0 when not given.
    pub sex: u8,
    /// Age; -1 when not given.
    pub age: i16,
    /// ОГРН; 0 when not given.
    pub ogrn: i64,
}

impl Given {
    /// Whether what is said here holds instead of another.
    #[must_use]
    pub fn holds_over(&self, other: &Self, words: &Texts) -> bool {
        let own = (self.day, words.get(self.sender), self.line);
        own > (other.day, words.get(other.sender), other.line)
    }

    /// Whether the application came digitally.
    #[must_use]
    pub fn is_digital(&self) -> bool {
        Channel::of(self.channel_in).is_some_and(Channel::is_digital)
    }
}

/// An application at hand.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// The key of its request number.
    pub key: u64,
    /// Another hash of the number: two numbers of one key are told apart by it.
    pub check: u64,
    /// The part that names it, and the number's text there; of [`Gathered::asked`] when `part` is [`ASKED`].
    pub part: u32,
    /// The text of the request number.
    pub request: Text,
    /// What is said of it here, if anything.
    pub given: Option<Given>,
}

/// An event at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Event {
    /// What deriving needs.
    pub step: Step,
    /// Its item.
    pub item: i16,
    /// The part.
    pub part: u32,
}

/// Everything at hand, by application.
#[derive(Debug)]
pub struct Gathered<'a> {
    /// The deliveries, in order of their days and senders.
    pub parts: Vec<Part<'a>>,
    /// Words that recur: services, bodies, mnemonics, senders.
    pub words: Texts,
    /// Applications.
    pub apps: Vec<App>,
    /// Places of applications by their keys.
    pub index: Keyed<u32>,
    /// Where the events of each application begin and end.
    spans: Vec<(u32, u32)>,
    /// Events by application, in order of time.
    pub events: Vec<Event>,
    /// Requests that were asked for beside those of the parts.
    asked: &'a [String],
}

/// In place of a part: an application that was asked for.
const ASKED: u32 = u32::MAX;

/// Two request numbers have one key: the second can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the numbers {0} and {1} can't be told apart")]
pub struct Collision(pub String, pub String);

/// The order in which rows of equal moments of one request stand: of their days, senders and lines.
fn by_part<'a>(part: &Part<'a>) -> (CivilDay, &'a str, u32) {
    let head = &part.delivery.head;
    (head.day, &head.sender, head.revision)
}

/// Brings deliveries together.
///
/// # Errors
/// [`Collision`].
pub fn gather<'a>(mut parts: Vec<Part<'a>>, key: fn(&str) -> u64) -> Result<Gathered<'a>, Collision> {
    parts.sort_by_key(by_part);
    let mut gathered = Gathered {
        parts,
        words: Texts::default(),
        apps: Vec::new(),
        index: Keyed::default(),
        spans: Vec::new(),
        events: Vec::new(),
        asked: &[],
    };
    let parts = gathered.parts.clone();
    let mut apps_of = Vec::with_capacity(parts.len());
    for (place, part) in parts.iter().enumerate() {
        apps_of.push(gathered.applications(place, part.delivery, key)?);
    }
    let mut counts = vec![0_u32; gathered.apps.len() + 1];
    for (place, part) in parts.iter().enumerate() {
        gathered.count(place, part.delivery, &mut apps_of[place], &mut counts, key)?;
    }
    gathered.scatter(&apps_of, counts);
    Ok(gathered)
}

impl<'a> Gathered<'a> {
    /// The number of an application's request.
    #[must_use]
    pub fn request(&self, app: &App) -> &'a str {
        match self.parts.get(app.part as usize) {
            Some(part) => part.delivery.texts.get(app.request),
            None => &self.asked[app.request as usize],
        }
    }

    /// The events of an application, in order of time.
    #[must_use]
    pub fn events(&self, app: usize) -> &[Event] {
        let (from, to) = self.spans[app];
        &self.events[from as usize..to as usize]
    }

    /// Adds what was read back of some applications; `asked` are there afterwards even without rows.
    ///
    /// # Errors
    /// [`Collision`].
    pub fn add(
        &mut self,
        parts: impl IntoIterator<Item = Part<'a>>,
        asked: &'a [String],
        key: fn(&str) -> u64,
    ) -> Result<(), Collision> {
        self.asked = asked;
        let mut added = BTreeMap::<u32, Vec<Event>>::new();
        for part in parts {
            let place = self.parts.len();
            self.parts.push(part);
            let apps = self.applications(place, part.delivery, key)?;
            let (rows, texts) = (&part.delivery.events, &part.delivery.texts);
            for row in 0..rows.request.len() {
                let text = rows.request[row];
                let app = match apps[text as usize] {
                    u32::MAX => self.app(place, text, texts.get(text), key(texts.get(text)))?,
                    known => known,
                };
                let mnemonic = self.words.add(texts.get(rows.mnemonic[row]));
                added.entry(app).or_default().push(event(rows, row, mnemonic, place));
            }
        }
        for (place, request) in asked.iter().enumerate() {
            let text = Text::try_from(place).unwrap_or(Text::MAX);
            self.app(ASKED as usize, text, request, key(request))?;
        }
        self.spans.resize(self.apps.len(), (0, 0));
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        order.sort_by_key(|part| by_part(&self.parts[*part]));
        let mut ranks = vec![0; order.len()];
        order.into_iter().enumerate().for_each(|(rank, part)| ranks[part] = rank);
        self.events.reserve_exact(
            added.iter().map(|(app, more)| self.events(*app as usize).len() + more.len()).sum(),
        );
        for (app, more) in added {
            let from = self.events.len();
            let (first, last) = self.spans[app as usize];
            self.events.extend_from_within(first as usize..last as usize);
            self.events.extend(more);
            // Rows of one part stand in order of lines: a stable sort keeps that.
            self.events[from..].sort_by_key(|event| (event.step.at, ranks[event.part as usize]));
            self.spans[app as usize] = (number(from), number(self.events.len()));
        }
        Ok(())
    }

    fn app(&mut self, part: usize, text: Text, request: &str, key: u64) -> Result<u32, Collision> {
        let next = u32::try_from(self.apps.len()).unwrap_or(u32::MAX);
        let (place, check) = (*self.index.entry(key).or_insert(next), Texts::hash(request));
        if place == next {
            self.apps.push(App { key, check, part: number(part), request: text, given: None });
        } else if self.apps[place as usize].check != check {
            let known = self.request(&self.apps[place as usize]).to_owned();
            return Err(Collision(known, request.to_owned()));
        }
        Ok(place)
    }

    /// Takes what a part says of applications; the places of applications by the part's texts.
    fn applications(
        &mut self,
        place: usize,
        delivery: &'a Delivery,
        key: fn(&str) -> u64,
    ) -> Result<Vec<u32>, Collision> {
        let mut apps = vec![u32::MAX; delivery.texts.len()];
        let mut words = vec![Text::MAX; delivery.texts.len()];
        let rows = &delivery.applications;
        let sender = self.words.add(&delivery.head.sender);
        self.apps.reserve(rows.request.len());
        self.index.reserve(rows.request.len());
        for row in 0..rows.request.len() {
            let request = rows.request[row];
            let app = match apps[request as usize] {
                u32::MAX => {
                    let text = delivery.texts.get(request);
                    self.app(place, request, text, key(text))?
                }
                known => known,
            };
            apps[request as usize] = app;
            let mut word = |text: Text| {
                let known = &mut words[text as usize];
                if *known == Text::MAX {
                    *known = self.words.add(delivery.texts.get(text));
                }
                *known
            };
            let body = if rows.body_code[row] == 0 { rows.body[row] } else { rows.body_code[row] };
            let given = Given {
                day: delivery.head.day.0,
                sender,
                line: rows.line[row],
                service: word(rows.service[row]),
                variant: word(rows.variant[row]),
                body: word(body),
                body_name: word(rows.body[row]),
                mnemonic: word(rows.mnemonic[row]),
                region: rows.region[row],
                channel_in: rows.channel_in[row],
                channel_out: rows.channel_out[row],
                sex: rows.sex[row],
                age: rows.age[row],
                ogrn: rows.ogrn[row],
            };
            let before = &mut self.apps[app as usize].given;
            if before.is_none_or(|before| given.holds_over(&before, &self.words)) {
                *before = Some(given);
            }
        }
        Ok(apps)
    }

    fn count(
        &mut self,
        place: usize,
        delivery: &'a Delivery,
        apps: &mut [u32],
        counts: &mut Vec<u32>,
        key: fn(&str) -> u64,
    ) -> Result<(), Collision> {
        for &request in &delivery.events.request {
            let app = &mut apps[request as usize];
            if *app == u32::MAX {
                let text = delivery.texts.get(request);
                *app = self.app(place, request, text, key(text))?;
                counts.resize(self.apps.len() + 1, 0);
            }
            counts[*app as usize + 1] += 1;
        }
        Ok(())
    }

    /// Puts every event to its application, then those of one application in order.
    fn scatter(&mut self, apps_of: &[Vec<u32>], mut next: Vec<u32>) {
        for place in 1..next.len() {
            next[place] += next[place - 1];
        }
        self.spans = next.windows(2).map(|ends| (ends[0], ends[1])).collect();
        self.events = vec![Event::default(); next.last().map_or(0, |last| *last as usize)];
        for (place, part) in self.parts.iter().enumerate() {
            let (rows, texts) = (&part.delivery.events, &part.delivery.texts);
            let mut words = vec![Text::MAX; texts.len()];
            for row in 0..rows.request.len() {
                let app = apps_of[place][rows.request[row] as usize] as usize;
                let mnemonic = match rows.mnemonic[row] {
                    0 => 0,
                    text => {
                        let known = &mut words[text as usize];
                        if *known == Text::MAX {
                            *known = self.words.add(texts.get(text));
                        }
                        *known
                    }
                };
                let slot = &mut next[app];
                self.events[*slot as usize] = event(rows, row, mnemonic, place);
                *slot += 1;
            }
        }
        for (from, to) in &self.spans {
            let events = &mut self.events[*from as usize..*to as usize];
            // Rows stand in order of parts and lines: a stable sort by the moment keeps that.
            if !events.is_sorted_by_key(|event| event.step.at) {
                events.sort_by_key(|event| event.step.at);
            }
        }
    }
}

fn event(rows: &Events, row: usize, mnemonic: Text, part: usize) -> Event {
    let step = Step {
        at: rows.at[row].div_euclid(SECOND),
        mnemonic,
        status: rows.status[row],
        offset: rows.offset[row],
        process: rows.process[row],
    };
    Event { step, item: rows.item[row], part: number(part) }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
