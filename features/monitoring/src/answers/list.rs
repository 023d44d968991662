//! Which applications stand behind a figure, one by one.

use otklik_lake::Result;
use otklik_progress::reference::Role;

use super::ask::quoted;
use super::conformance::bit;
use super::counts::{mark, stage};
use super::durations::between;
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

impl Which {
    /// Whether a row is something that happened, so that an application may have several.
    #[must_use]
    pub const fn is_of_events(&self) -> bool {
        matches!(self, Self::Exchange(_) | Self::Failed | Self::Rated | Self::Step(..))
    }
}

/// Where the rows come from.
enum From {
    /// From `cases` alone.
    Cases { only: String, value: String, order: &'static str },
    /// From something that was said of few applications, with `request_key` and `value`, beside those of `cases`.
    Said { few: String, only: String, order: &'static str },
    /// From what happened, which itself knows the day and the body: `request_key` and `value`, the largest first.
    Happened { all: String, only: String },
}

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
            From::Cases { only, value, order } => {
                (format!("live_cases where known and {only}"), value, order)
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
        self.sheet(&query).await
    }

    /// How many rows [`Self::list`] has in all.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn listed(&self, ask: &Ask, allowed: &Allowed, which: &Which) -> Result<u64> {
        let from = match self.from(ask, allowed, which) {
            From::Cases { only, .. } => format!("live_cases where known and {only}"),
            From::Said { few, only, .. } => joined(&few, &only),
            From::Happened { all, .. } => format!("({all}) a"),
        };
        let counted = self.sheet(&format!("select count(*) as n from {from}")).await?;
        Ok(counted.whole(0, "n").map_or(0, i64::unsigned_abs))
    }

    fn from(&self, ask: &Ask, allowed: &Allowed, which: &Which) -> From {
        let began = ask.condition(allowed, "began_day");
        let ended = ask.condition(allowed, "ended_day");
        let cases = |only: String, value: &str, order| From::Cases { only, value: value.to_owned(), order };
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
                cases(format!("{value} is not null and {began}"), &value, LARGEST)
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
