//! How services run in a few figures, over the last full days that there are data of. MON-13

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use otklik_kernel::CivilDay;
use otklik_lake::Result;
use otklik_web::{Fail, Who};

use super::analysis::{AT_ONCE, PATH, broken, failed};
use super::common::{Monitoring, encode, texts};
use super::table::{MANY, Value, interval, is_enough, ratio};
use crate::answers::{Allowed, Answers, Ask, By, Cell, Further, Period, Report, Sheet};
use crate::texts::L;
use crate::visible::Visible;

/// Days that the figures are over.
const DAYS: i32 = 30;

/// The figures.
pub struct Headline {
    /// Which days they are over, and with which they are compared.
    pub lead: String,
    /// How they were reckoned.
    pub note: String,
    /// The figures.
    pub tiles: Vec<Tile>,
}

/// A figure.
pub struct Tile {
    /// Its value.
    pub value: String,
    /// The interval of a share of few.
    pub between: String,
    /// What it is.
    pub text: &'static str,
    /// Of how many it is.
    pub more: String,
    /// What it was before; empty where it can't be compared.
    pub was: String,
    /// Where more about it is.
    pub href: String,
    is_exact: bool,
}

/// What is told, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Began,
    Ended,
    Durations,
    Norm,
    Refused,
    Waiting,
    Digital,
    Broken,
    Marks,
    Complaints,
}

/// A figure as it is read off an answer.
struct Read {
    value: Value,
    /// Of how many it is.
    n: i64,
    /// The interval of a share of few.
    between: Option<(f64, f64)>,
}

impl Read {
    fn of(value: Value, n: i64) -> Self {
        Self { value, n, between: None }
    }

    fn share(part: i64, n: i64) -> Self {
        let value = ratio(part, n).map_or(Value::Nothing, Value::Part);
        Self { value, n, between: interval(part, n).filter(|_| n < MANY) }
    }

    /// Its words; nothing of fewer than five but how many there are.
    fn words(&self, l: L) -> String {
        let is_told = matches!(self.value, Value::Count(_)) || is_enough(self.n);
        if is_told { self.value.words(l) } else { Value::Nothing.words(l) }
    }
}

impl Told {
    const ALL: [Self; 10] = [
        Self::Began,
        Self::Ended,
        Self::Durations,
        Self::Norm,
        Self::Refused,
        Self::Waiting,
        Self::Digital,
        Self::Broken,
        Self::Marks,
        Self::Complaints,
    ];

    /// The answer that it stands in, and by what the analysis breaks that down: with one comes the other.
    const fn answer(self) -> (Report, By) {
        match self {
            Self::Began | Self::Ended | Self::Norm | Self::Refused | Self::Digital | Self::Broken => {
                (Report::Overview, By::Day)
            }
            Self::Durations => (Report::Durations, By::Service),
            Self::Waiting => (Report::Waiting, By::Body),
            Self::Marks => (Report::Satisfaction, By::Service),
            Self::Complaints => (Report::Complaints, By::Service),
        }
    }

    /// The figure of the analysis that tells more.
    const fn figure(self) -> &'static str {
        match self {
            Self::Began | Self::Ended => "dynamics",
            Self::Durations => "durations",
            Self::Norm => "norm",
            Self::Refused => "refusals",
            Self::Waiting => "waiting",
            Self::Digital => "digital",
            Self::Broken => "order",
            Self::Marks | Self::Complaints => "people",
        }
    }

    /// Whether it is as complete as it was for days before: what applications go through, and what people say of them, comes
    /// for weeks after they began.
    const fn is_complete(self) -> bool {
        !matches!(self, Self::Broken | Self::Marks | Self::Complaints)
    }

    fn read(self, sheet: &Sheet) -> Read {
        let whole = |column| sheet.whole(0, column).unwrap_or(0);
        let real = |column| sheet.get(0, column).and_then(Cell::number);
        let mean = |column| real(column).map_or(Value::Nothing, Value::Mean);
        match self {
            Self::Began => Read::of(Value::Count(whole("began")), whole("began")),
            Self::Ended => Read::of(Value::Count(whole("ended")), whole("ended")),
            Self::Durations | Self::Waiting => Read::of(Value::seconds(real("p50")), whole("n")),
            Self::Norm => Read::share(whole("within"), whole("measured")),
            Self::Refused => Read::share(whole("denied") + whole("not_accepted"), whole("ended")),
            Self::Digital => Read::share(whole("digital"), whole("began")),
            Self::Broken => Read::share(whole("broken"), whole("began")),
            Self::Marks => Read::of(mean("mean"), whole("n")),
            Self::Complaints => Read::of(mean("per_thousand"), whole("began")),
        }
    }

    fn text(self, l: L) -> &'static str {
        match self {
            Self::Began => l.headline_began(),
            Self::Ended => l.headline_ended(),
            Self::Durations => l.headline_durations(),
            Self::Norm => l.headline_norm(),
            Self::Refused => l.headline_refused(),
            Self::Waiting => l.headline_waiting(),
            Self::Digital => l.headline_digital(),
            Self::Broken => l.headline_broken(),
            Self::Marks => l.headline_marks(),
            Self::Complaints => l.headline_complaints(),
        }
    }

    /// Of how many it is, in words.
    fn of(self, l: L, read: &Read) -> String {
        let count = Value::Count(read.n).words(l);
        match self {
            Self::Began | Self::Ended => String::new(),
            _ if read.n == 0 => String::new(),
            _ if !is_enough(read.n) => l.share_few(read.n),
            Self::Marks => l.n_marks(read.n, count),
            _ => l.headline_of(read.n, count),
        }
    }
}

/// The days that are told of, and those before them where there are data of all of those, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days {
    now: Period,
    before: Option<Period>,
}

impl Days {
    /// The last of those that there are data of.
    fn of(known: Period) -> Self {
        let until = |to: CivilDay| Period { from: to.plus_days(1 - DAYS), to };
        let now = until(known.to);
        let before = until(now.from.plus_days(-1));
        Self { now, before: (known.from <= before.from).then_some(before) }
    }
}

/// What the figures are made from.
struct Maker {
    l: L,
    answers: Answers,
    allowed: Allowed,
    days: Days,
}

impl Maker {
    async fn sheet(&self, report: Report, by: &[By], days: Period) -> Result<Sheet> {
        let ask = Ask { from: Some(days.from), to: Some(days.to), ..Ask::by(by) };
        report.make(&self.answers, &ask, &self.allowed, Further::default()).await
    }

    async fn tile(&self, told: Told) -> Result<Tile> {
        let (l, (report, by), days) = (self.l, told.answer(), self.days);
        self.sheet(report, &[by], days.now).await?;
        let sheet = self.sheet(report, &[], days.now).await?;
        let read = told.read(&sheet);
        let was = match days.before.filter(|_| told.is_complete() && is_enough(read.n)) {
            Some(before) => Some(told.read(&self.sheet(report, &[], before).await?)),
            None => None,
        };
        let was = was.filter(|was| is_enough(was.n));
        let between = read.between.map(|ends| [ends.0, ends.1].map(|share| format!("{:.0}", share * 100.0)));
        let (from, to) = (days.now.from.to_string(), days.now.to.to_string());
        let query = encode([("from", from.as_str()), ("to", to.as_str())]);
        Ok(Tile {
            value: read.words(l),
            between: between.map_or_else(String::new, |[low, high]| l.headline_between(high, low)),
            text: told.text(l),
            more: told.of(l, &read),
            was: was.map_or_else(String::new, |was| l.headline_was(was.words(l))),
            href: format!("{PATH}?{query}#chart-{}", told.figure()),
            is_exact: sheet.is_exact,
        })
    }
}

/// The figures of what a person may see; nothing while there are no data of it.
pub async fn headline(monitoring: &Monitoring, who: &Who) -> Result<Option<Headline>, Fail> {
    let l = texts(who);
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    if answers.commit() == 0 {
        return Ok(None);
    }
    let allowed = Visible::of(&who.scope, &monitoring.offices.current()).allowed();
    let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope));
    let Some(known) = answers.days(&allowed, today.plus_days(-1)).await.map_err(broken)? else {
        return Ok(None);
    };
    let days = Days::of(known);
    let maker = Maker { l, answers, allowed, days };
    let all = Told::ALL.map(|told| maker.tile(told));
    let tiles: Vec<Tile> = stream::iter(all).buffered(AT_ONCE).try_collect().await.map_err(broken)?;
    let (from, to) = (days.now.from.show(), days.now.to.show());
    let lead =
        if days.before.is_some() { l.headline_lead(from, to) } else { l.headline_lead_alone(from, to) };
    let mut notes = vec![l.headline_note()];
    notes.extend(tiles.iter().any(|tile| !tile.is_exact).then(|| l.within_one_percent()));
    Ok(Some(Headline { lead, note: notes.join(" "), tiles }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_days_are_compared_with_those_before_when_there_are_data_of_all_of_them() {
        let days = |from, to| Period { from: CivilDay(from), to: CivilDay(to) };
        let (now, before) = (days(20_261_023, 20_261_121), days(20_260_923, 20_261_022));
        assert_eq!(Days::of(days(20_260_923, 20_261_121)), Days { now, before: Some(before) });
        assert_eq!(Days::of(days(20_260_924, 20_261_121)), Days { now, before: None });
        assert_eq!(Days::of(days(20_261_121, 20_261_121)).now, now);
    }
}
