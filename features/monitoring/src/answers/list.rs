//! Which applications stand behind a figure, one by one.

use otklik_lake::Result;
use otklik_progress::reference::Role;

use super::ask::quoted;
use super::conformance::bit;
use super::counts::stage;
use super::durations::between;
use super::{Allowed, Answers, Ask, Cell, Sheet};

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
    /// With an answer to an interagency request, or a failure, in the period: of one kind of information, or of any;
    /// the value is the time to the answer.
    Exchange(Option<String>),
    /// With a failed interagency request in the period.
    Failed,
    /// Begun in the period and complained about, the latest first.
    Complained,
    /// Begun in the period and rated, the lowest mark first; the value is the mark.
    Rated,
    /// That went from one status to the next in the period; the value is the time in between.
    Step(i16, i16),
    /// Begun in the period; the value is the time from the first moment of one status to a later one of another.
    Between(i16, i16),
}

/// Where the rows come from: a table joined to `cases`, or `cases` alone.
struct From {
    /// `request_key` and `value` of rows besides; nothing for `cases` alone.
    beside: Option<String>,
    /// The condition over `cases`.
    only: String,
    /// The value.
    value: String,
    /// The order.
    order: &'static str,
}

const LARGEST: &str = "value desc nulls last, request";
const LATEST: &str = "began desc nulls last, request";

impl Answers {
    /// Rows of `request`, `service`, `variant`, `region`, `body`, `channel`, `began`, `last_status`, `value`: the
    /// applications behind a figure, so many of them after leaving out some.
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
        let from = self.from(ask, allowed, which);
        let query = format!(
            "select request, service, variant, region, body, channel_in as channel, began, last_status, {} as value \
             from {} order by {} limit {most} offset {after}",
            from.value,
            from.tables(),
            from.order
        );
        self.sheet(&query).await
    }

    /// How many rows [`Self::list`] has in all.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn listed(&self, ask: &Ask, allowed: &Allowed, which: &Which) -> Result<u64> {
        let from = self.from(ask, allowed, which).tables();
        let counted = self.sheet(&format!("select count(*) as n from {from}")).await?;
        Ok(counted.get(0, "n").and_then(Cell::whole).map_or(0, i64::unsigned_abs))
    }

    fn from(&self, ask: &Ask, allowed: &Allowed, which: &Which) -> From {
        let began = ask.condition(allowed, "began_day");
        let ended = ask.condition(allowed, "ended_day");
        let alone =
            |only: String, value: &str, order| From { beside: None, only, value: value.to_owned(), order };
        let of_day = |table: &str, only: &str| {
            let held = ask.condition(allowed, "day");
            format!("select request_key, seconds as value from {table} where {held} and {only}")
        };
        let joined = |beside: String, only: &str, value: &str, order| From {
            beside: Some(beside),
            only: only.to_owned(),
            value: value.to_owned(),
            order,
        };
        match which {
            Which::Began => alone(format!("began is not null and {began}"), "total", LATEST),
            Which::Ended => alone(format!("ended is not null and {ended}"), "total", LARGEST),
            Which::Overdue => alone(format!("is_within = false and {ended}"), "total", LARGEST),
            Which::Waited => alone(format!("waited is not null and {began}"), "waited", LARGEST),
            Which::Stage(name) => {
                alone(format!("began is not null and ({}) and {began}", stage(name)), "total", LATEST)
            }
            Which::Rule(rule) => {
                alone(format!("(findings & {}) <> 0 and {began}", bit(*rule)), "total", LATEST)
            }
            Which::Between(from, to) => {
                let value = between(*from, *to);
                alone(format!("{value} is not null and {began}"), &value, LARGEST)
            }
            Which::Step(from, to) => {
                let only = format!("from_status = {from} and to_status = {to}");
                joined(of_day("live_transitions", &only), "true", "value", LARGEST)
            }
            Which::Exchange(of) => {
                let only =
                    of.as_ref().map_or_else(|| "true".to_owned(), |of| format!("mnemonic = {}", quoted(of)));
                joined(of_day("live_exchanges", &only), "true", "value", LARGEST)
            }
            Which::Failed => {
                let only = self.in_role(Role::AskFailed);
                joined(of_day("live_exchanges", &only), "true", "value", LARGEST)
            }
            Which::Complained => {
                let beside = "select distinct request_key, cast(null as bigint) as value from live_complaints where event = 1";
                joined(beside.to_owned(), &began, "value", LATEST)
            }
            Which::Rated => {
                let beside = "select request_key, mark as value from live_ratings";
                joined(beside.to_owned(), &began, "value", "value, began desc nulls last, request")
            }
        }
    }
}

impl From {
    fn tables(&self) -> String {
        let only = &self.only;
        match &self.beside {
            None => format!("live_cases where known and {only}"),
            Some(beside) => format!(
                "(select * from live_cases where known and {only}) c join ({beside}) x on c.request_key = x.request_key"
            ),
        }
    }
}
