//! Which applications stand behind a figure, one by one.

use otklik_lake::Result;
use otklik_progress::reference::Role;
use serde::Serialize;

use super::ask::quoted;
use super::conformance::bit;
use super::counts::{mark, stage, stages};
use super::durations::{between, with_moments};
use super::report::Between;
use super::{Allowed, Answers, Ask, Sheet};

/// Which applications are listed, and by what they are put in order: the value, the largest first unless said
/// otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Begun in the period, the latest first; the value is how long they took.
    Began,
    /// Ended in the period; the value is how long they took.
    Ended,
    /// Ended in the period, the norm not kept; the value is how long they took.
    Overdue,
    /// Begun in the period, with a queue at a multifunctional centre; the value is the waiting.
    Waited,
    /// Begun in the period and stopped at a stage, as [`Answers::refusals`] names it, the latest first.
    Stage(String),
    /// Begun in the period and breaking a rule of the allowed order, the latest first.
    Rule(u8),
    /// Answers to interagency requests of one kind of information, and failures, in the period; the value is the time
    /// from the request.
    Exchange(String),
    /// Failures of interagency requests in the period; the value is the time from the request.
    Failed,
    /// Begun in the period and complained about, the latest first.
    Complained,
    /// Ratings of those begun in the period, the lowest mark first; the value is the mark on the scale from 1 to 5.
    Rated,
    /// Steps from one status to the next in the period; the value is the time in between.
    Step(i16, i16),
    /// Begun in the period; the value is the time from the first moment of one status to a later one of another.
    Between(i16, i16),
}

/// A list as it is asked for: the word for what it is of, and what else is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// One of [`Which::WORDS`].
    pub what: &'a str,
    /// The stage of `stage`.
    pub stage: Option<&'a str>,
    /// The number of the rule of `rule`.
    pub rule: Option<u8>,
    /// The kind of information of `exchange`; empty for requests of which none was told.
    pub mnemonic: Option<&'a str>,
    /// The statuses of `step` and `between`.
    pub pair: Option<Between>,
}

/// Why no list is what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoList {
    /// No list is of this.
    #[error("a list of nothing")]
    What,
    /// No stage has this name.
    #[error("no such stage")]
    Stage,
    /// Something must be said besides.
    #[error("{0} is needed")]
    Needs(&'static str),
    /// Something is said that such a list has no use for.
    #[error("{0} has no meaning here")]
    Useless(&'static str),
}

impl Which {
    /// Words for what is listed.
    pub const WORDS: [&'static str; 12] = [
        "began",
        "ended",
        "overdue",
        "waited",
        "stage",
        "rule",
        "exchange",
        "failed",
        "complained",
        "rated",
        "step",
        "between",
    ];

    /// Which list is asked for. Whether there is such a rule depends on the reference data and isn't looked at.
    ///
    /// # Errors
    /// [`NoList`].
    pub fn find(wanted: &Wanted<'_>) -> std::result::Result<Self, NoList> {
        let Wanted { what, stage, rule, mnemonic, pair } = *wanted;
        let needed = match what {
            "stage" => "stage",
            "rule" => "rule",
            "exchange" => "mnemonic",
            "step" | "between" => "from",
            _ => "",
        };
        let which = match what {
            "began" => Some(Self::Began),
            "ended" => Some(Self::Ended),
            "overdue" => Some(Self::Overdue),
            "waited" => Some(Self::Waited),
            "failed" => Some(Self::Failed),
            "complained" => Some(Self::Complained),
            "rated" => Some(Self::Rated),
            "stage" => stage.map(|name| Self::Stage(name.to_owned())),
            "rule" => rule.map(Self::Rule),
            "exchange" => mnemonic.map(|kind| Self::Exchange(kind.to_owned())),
            "step" => pair.map(|Between { from, to }| Self::Step(from, to)),
            "between" => pair.map(|Between { from, to }| Self::Between(from, to)),
            _ => return Err(NoList::What),
        };
        let said = [
            ("stage", stage.is_some()),
            ("rule", rule.is_some()),
            ("mnemonic", mnemonic.is_some()),
            ("from", pair.is_some()),
        ];
        if let Some((useless, _)) = said.into_iter().find(|(field, is_said)| *is_said && *field != needed) {
            return Err(NoList::Useless(useless));
        }
        match which.ok_or(NoList::Needs(needed))? {
            Self::Stage(name) if !stages().any(|one| one == name) => Err(NoList::Stage),
            which => Ok(which),
        }
    }

    /// Whether a row is something that happened, so that an application may have several.
    #[must_use]
    pub const fn is_of_events(&self) -> bool {
        matches!(self, Self::Exchange(_) | Self::Failed | Self::Rated | Self::Step(..))
    }
}

/// Some rows of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// The rows.
    #[serde(flatten)]
    pub sheet: Sheet,
    /// How many rows the list has in all.
    pub total: u64,
}

/// Where the rows come from.
enum From {
    /// From `cases` alone, or as they stand in a view of them.
    Cases { view: String, only: String, value: String, order: &'static str },
    /// From something that was said of few applications, with `request_key` and `value`, beside those of `cases`.
    Said { few: String, only: String, order: &'static str },
    /// From what happened, which itself knows the day and the body: `request_key` and `value`, the largest first.
    Happened { all: String, only: String },
}

const COLUMNS: [&str; 9] =
    ["request", "service", "variant", "region", "body", "channel", "began", "last_status", "value"];

const LARGEST: &str = "value desc nulls last, request";
const LATEST: &str = "began desc nulls last, request";

impl Answers {
    /// Rows of `request`, `service`, `variant`, `region`, `body`, `channel`, `began`, `last_status`, `value`: the
    /// applications behind a figure, or what happened to them, so many after leaving out some.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn list(
        &self,
        ask: &Ask,
        allowed: &Allowed,
        which: &Which,
        (most, after): (u64, u64),
    ) -> Result<Sheet> {
        let (tables, value, order) = match self.from(ask, allowed, which) {
            From::Cases { view, only, value, order } => {
                (format!("{view} where known and {only}"), value, order)
            }
            From::Said { few, only, order } => (joined(&few, &only), "value".to_owned(), order),
            From::Happened { all, only } => {
                let order = "value desc nulls last, c.request_key";
                // The few wanted come first, so that the join is small.
                let few = format!(
                    "select * from ({all}) a order by value desc nulls last, request_key limit {}",
                    most + after
                );
                (joined(&few, &only), "value".to_owned(), order)
            }
        };
        let query = format!(
            "select request, service, variant, region, body, channel_in as channel, began, last_status, {value} as value \
             from {tables} order by {order} limit {most} offset {after}"
        );
        if after == 0 {
            return self.sheet(&query).await;
        }
        // What follows is read by those who read a list to its end, once: nothing of it is kept or asked anew.
        Sheet::of(&self.session.rows(&query).await?)
    }

    /// The same with how many there are; without any data there are none.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn list_with_total(
        &self,
        ask: &Ask,
        allowed: &Allowed,
        which: &Which,
        (most, after): (u64, u64),
    ) -> Result<Listed> {
        let total = match self.commit() {
            0 => 0,
            _ => self.listed(ask, allowed, which).await?,
        };
        let sheet = match total > after {
            true => self.list(ask, allowed, which, (most, after)).await?,
            false => Sheet { columns: COLUMNS.map(str::to_owned).into(), is_exact: true, ..Sheet::default() },
        };
        Ok(Listed { sheet, total })
    }

    /// How many rows [`Self::list`] has in all.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn listed(&self, ask: &Ask, allowed: &Allowed, which: &Which) -> Result<u64> {
        let from = match self.from(ask, allowed, which) {
            From::Cases { view, only, .. } => format!("{view} where known and {only}"),
            From::Said { few, only, .. } => joined(&few, &only),
            From::Happened { all, .. } => format!("({all}) a"),
        };
        let counted = self.sheet(&format!("select count(*) as n from {from}")).await?;
        Ok(counted.whole(0, "n").map_or(0, i64::unsigned_abs))
    }

    fn from(&self, ask: &Ask, allowed: &Allowed, which: &Which) -> From {
        let began = ask.condition(allowed, "began_day");
        let ended = ask.condition(allowed, "ended_day");
        let cases = |only: String, value: &str, order| {
            let (view, value) = ("live_cases".to_owned(), value.to_owned());
            From::Cases { view, only, value, order }
        };
        let happened = |table: &str, only: String| From::Happened {
            all: format!(
                "select request_key, seconds as value from {table} where {} and {only}",
                ask.condition(allowed, "day")
            ),
            only: Ask { from: None, to: None, ..ask.clone() }.condition(allowed, "began_day"),
        };
        match which {
            Which::Began => cases(format!("began is not null and {began}"), "total", LATEST),
            Which::Ended => cases(format!("ended is not null and {ended}"), "total", LARGEST),
            Which::Overdue => cases(format!("is_within = false and {ended}"), "total", LARGEST),
            Which::Waited => cases(format!("waited is not null and {began}"), "waited", LARGEST),
            Which::Stage(name) => {
                cases(format!("began is not null and ({}) and {began}", stage(name)), "total", LATEST)
            }
            Which::Rule(rule) => cases(format!("(findings & {}) <> 0 and {began}", bit(*rule)), "total", LATEST),
            Which::Between(from, to) => {
                let value = between(*from, *to);
                let only = format!("{value} is not null and {began}");
                From::Cases { view: with_moments(*from, *to), only, value, order: LARGEST }
            }
            Which::Step(from, to) => {
                happened("live_transitions", format!("from_status = {from} and to_status = {to}"))
            }
            Which::Exchange(of) => happened("live_exchanges", format!("mnemonic = {}", quoted(of))),
            Which::Failed => happened("live_exchanges", self.in_role(Role::AskFailed)),
            Which::Complained => From::Said {
                few: "select distinct request_key, cast(null as bigint) as value from live_complaints where event = 1"
                    .to_owned(),
                only: format!("began is not null and {began}"),
                order: LATEST,
            },
            Which::Rated => From::Said {
                few: format!("select request_key, {} as value from live_ratings", mark()),
                only: format!("began is not null and {began}"),
                order: "value, began desc nulls last, request",
            },
        }
    }
}

/// Few rows beside the applications that they are of.
fn joined(few: &str, only: &str) -> String {
    format!(
        "({few}) x join (select * from live_cases where known and {only}) c on c.request_key = x.request_key"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_each_list_is_found_by_its_word_with_what_it_needs_and_nothing_else() {
        let pair = Between::of(2, 3).unwrap();
        let stage = stages().next().unwrap();
        let needs = |what: &str| match what {
            "stage" => Some(("stage", Wanted { stage: Some(stage), ..Wanted::default() })),
            "rule" => Some(("rule", Wanted { rule: Some(4), ..Wanted::default() })),
            "exchange" => Some(("mnemonic", Wanted { mnemonic: Some(""), ..Wanted::default() })),
            "step" | "between" => Some(("from", Wanted { pair: Some(pair), ..Wanted::default() })),
            _ => None,
        };
        let mut found = Vec::new();
        for what in Which::WORDS {
            let bare = Which::find(&Wanted { what, ..Wanted::default() });
            let which = match needs(what) {
                None => bare.unwrap(),
                Some((field, with)) => {
                    assert_eq!(bare, Err(NoList::Needs(field)), "{what}");
                    Which::find(&Wanted { what, ..with }).unwrap()
                }
            };
            assert!(!found.contains(&which), "{what}");
            found.push(which);
            let other = if what == "rule" { "stage" } else { "rule" };
            let (_, with) = needs(other).unwrap();
            assert_eq!(Which::find(&Wanted { what, ..with }), Err(NoList::Useless(other)), "{what}");
        }
        assert_eq!(Which::find(&Wanted { what: "weather", ..Wanted::default() }), Err(NoList::What));
        let nowhere = Wanted { what: "stage", stage: Some("x"), ..Wanted::default() };
        assert_eq!(Which::find(&nowhere), Err(NoList::Stage));
    }
}
