//! A year of responses: who answers when, how content they are, what they write.

use otklik_kernel::{Instant, Zone};

use super::calendar::Day;
use super::comments::{self, Comment, Place, Scene};
use super::random::SplitMix64;

/// How many responses a demo year has.
pub const VOLUME: usize = 12_000;
/// The length of the demo year.
const YEAR: i64 = 365 * Instant::DAY;
/// The bad month of [`Story::BadMonth`], counted back from the end of the year.
const BAD_MONTH: std::ops::Range<i64> = 90 * Instant::DAY..120 * Instant::DAY;

/// What happens at an office during the year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Story {
    /// Nothing special.
    Steady,
    /// Four to three months before the end the queues grow: more responses, most of them about waiting.
    BadMonth,
    /// Poor at first, good at last.
    Improving,
}

/// An office as the generator sees it.
#[derive(Clone, Debug)]
pub struct DemoOffice {
    /// The body's code.
    pub code: String,
    /// Where its clocks are.
    pub zone: Zone,
    /// Which texts fit it.
    pub place: Place,
    /// How much more often than usual people answer here; 1 is usual.
    pub weight: f64,
    /// How good it is in general: 0 is usual, ±1 is much better or worse.
    pub quality: f64,
    /// Strong and weak sides by criterion, added to `quality`.
    pub lean: [f64; 5],
    /// What happens during the year.
    pub story: Story,
}

/// One response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DemoResponse {
    /// The index of the office in the list given.
    pub office: usize,
    /// When it came.
    pub at: Instant,
    /// Marks by criterion а–д: `true` is a happy face, `None` not rated.
    pub marks: [Option<bool>; 5],
    /// The text; empty if there is none, and then at least one criterion is rated (QR-3).
    pub comment: String,
}

/// So many responses of the year up to `until`, in the order of time; the same seed gives the same ones.
/// Nine in ten come in the office's local working hours, the rest from home the same evening.
pub fn responses(
    seed: u64,
    volume: usize,
    offices: &[DemoOffice],
    until: Instant,
) -> impl Iterator<Item = DemoResponse> {
    let texts = comments::comments();
    let mut random = SplitMix64::new(seed);
    let visits = Visits::new(offices, until);
    let mut year: Vec<_> =
        std::iter::repeat_with(|| visits.next(&mut random)).take(volume * 3).flatten().take(volume).collect();
    year.sort_by_key(|&(office, _, _, at)| (at, office));
    // Written one by one as they are asked for: a million texts needn't wait in memory.
    year.into_iter().map(move |(office, day, minute, at)| {
        let mut random = SplitMix64::new(seed ^ at.0.unsigned_abs());
        answer(office, &offices[office], day, minute, at, until, &texts, &mut random)
    })
}

/// Days of offices with their running sum of visits, to draw from.
struct Visits<'a> {
    offices: &'a [DemoOffice],
    until: Instant,
    days: Vec<(usize, Day)>,
    sums: Vec<f64>,
}

impl<'a> Visits<'a> {
    fn new(offices: &'a [DemoOffice], until: Instant) -> Self {
        let (first, last) = (Day::of(until.plus(-YEAR)).0, Day::of(until).0 + 1);
        let (mut days, mut sums, mut sum) = (Vec::new(), Vec::new(), 0.0);
        for day in (first..=last).map(Day).filter(|day| day.hours().is_some()) {
            let (busy, tax, other) = (day.busy(), day.tax_season(), day.other_season());
            for (index, office) in offices.iter().enumerate() {
                let season = if office.place == Place::Tax { tax } else { other };
                let noon = Instant(day.0 * Instant::DAY + Instant::DAY / 2);
                let rush = if in_bad_month(office, noon, until) { 1.8 } else { 1.0 };
                sum += office.weight * busy * season * rush;
                days.push((index, day));
                sums.push(sum);
            }
        }
        Self { offices, until, days, sums }
    }

    /// A visit, or nothing where the draw fell outside the year.
    fn next(&self, random: &mut SplitMix64) -> Option<(usize, Day, i64, Instant)> {
        let wish = random.unit() * self.sums.last().copied()?;
        let &(office, day) = self.days.get(self.sums.partition_point(|&sum| sum <= wish))?;
        let (open, close) = day.hours()?;
        let micros = if random.chance(0.08) {
            within(close, 22 * 60 + 30, random.unit())
        } else {
            let peak = if random.chance(0.6) { 0.0 } else { 0.45 };
            within(open, close, peak + (random.unit() + random.unit()) * 0.275)
        };
        let at = day.start_in(&self.offices[office].zone).plus(micros);
        (at <= self.until && at > self.until.plus(-YEAR)).then_some((
            office,
            day,
            micros / Instant::MINUTE,
            at,
        ))
    }
}

/// Microseconds from midnight at a share of the way between two minutes of a day.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a day fits a double")]
fn within(from: i64, to: i64, share: f64) -> i64 {
    from * Instant::MINUTE + (share * ((to - from) * Instant::MINUTE) as f64) as i64
}

fn in_bad_month(office: &DemoOffice, at: Instant, until: Instant) -> bool {
    office.story == Story::BadMonth && BAD_MONTH.contains(&until.since(at))
}

/// How content a usual person is with each criterion: politeness is rated best, waiting worst.
const USUAL: [f64; 5] = [1.0, 0.9, 0.55, 0.85, 1.25];

#[expect(clippy::too_many_arguments, reason = "one call, named values")]
fn answer(
    index: usize,
    office: &DemoOffice,
    day: Day,
    minute: i64,
    at: Instant,
    until: Instant,
    texts: &[Comment],
    random: &mut SplitMix64,
) -> DemoResponse {
    let hour = minute / 60;
    let mut expected: [f64; 5] = std::array::from_fn(|at| USUAL[at] + office.lean[at] + office.quality);
    let season = if office.place == Place::Tax { day.tax_season() } else { day.other_season() };
    expected[2] -= (season - 1.0) * 0.35 + if (12..14).contains(&hour) { 0.25 } else { 0.0 };
    if in_bad_month(office, at, until) {
        expected = std::array::from_fn(|at| expected[at] - [0.3, 0.6, 2.0, 1.1, 0.4][at]);
    }
    if office.story == Story::Improving {
        #[expect(clippy::cast_precision_loss, reason = "a year fits a double")]
        let passed = 1.0 - until.since(at) as f64 / YEAR as f64;
        expected = expected.map(|level| level - 1.1 + 1.7 * passed);
    }
    let person = random.normal() * 0.75;
    let felt = expected.map(|level| Some(level + person + random.normal() * 0.55 > 0.0));
    let mut marks = felt;
    if random.chance(0.28) {
        marks = marks.map(|mark| mark.filter(|_| random.chance(0.6)));
    }
    if marks == [None; 5] {
        let kept = random.below(5);
        marks[kept] = felt[kept];
    }
    let scene = Scene { place: office.place, month_day: day.month_day(), hour, saturday: day.weekday() == 5 };
    let sad = marks.contains(&Some(false));
    let text_only = random.chance(0.04);
    let mut comment = String::new();
    if text_only || random.chance(if sad { 0.42 } else { 0.22 }) {
        let basis = if text_only { &felt } else { &marks };
        if let Some(chosen) = comments::choose(texts, basis, &scene, random) {
            comment = comments::write(chosen, &scene, random);
            if text_only {
                marks = [None; 5];
            }
        }
    }
    DemoResponse { office: index, at, marks, comment }
}
