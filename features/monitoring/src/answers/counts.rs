//! How many: outcomes, refusals by stage, interagency exchange, digital share, complaints, satisfaction.

use otklik_kernel::CivilDay;
use otklik_lake::Result;
use otklik_progress::reference::Role;

use super::percentiles::{ALL, Of};
use super::{Allowed, Answers, Ask, EXACT, Period, Sheet, criteria};
use crate::derive::STAGES;
use crate::live::versioned;
use crate::tables::FIGURES_OF;

/// Names of the stages at which an application may stop, in the order of its way.
pub fn stages() -> impl Iterator<Item = &'static str> {
    STAGES.iter().map(|stage| stage.name)
}

/// The condition over `cases` that an application stopped at a stage.
pub(super) fn stage(name: &str) -> String {
    let statuses = STAGES.iter().find(|stage| stage.name == name).map_or(&[][..], |stage| stage.statuses);
    let has = statuses.iter().map(|status| format!("first_{status} is not null"));
    std::iter::once("false".to_owned()).chain(has).collect::<Vec<_>>().join(" or ")
}

/// How many rows fit a condition, as SQL: zero where there are none at all.
pub(super) fn counted(condition: &str) -> String {
    format!("coalesce(sum(case when {condition} then 1 else 0 end), 0)")
}

/// The sum of a column, as SQL: zero where there are no rows.
fn total(column: &str) -> String {
    format!("cast(coalesce(sum({column}), 0) as bigint)")
}

/// A mark of `ratings` as SQL, brought to the scale from 1 to 5: the ends of the scale that was agreed with its sender
/// when it was taken in become 1 and 5, and what lies between keeps its part of the way. A scale that changes later
/// changes no mark of before; where none is kept the mark is of 1 to 5 already.
pub(super) fn mark() -> String {
    let (least, most) = ("coalesce(mark_least, 1)", "coalesce(mark_most, 5)");
    format!("(1.0 + 4.0 * (mark - {least}) / ({most} - {least}))")
}

impl Answers {
    /// Sums of kept figures: those of beginnings by the day of the beginning, those of ends by the day of the end.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn figures(&self, ask: &Ask, allowed: &Allowed, names: &[&str]) -> Result<Sheet> {
        let sums: Vec<String> = names.iter().map(|name| format!("{} as {name}", total(name))).collect();
        let query = |ask: &Ask| {
            format!(
                "select {}{} from figures where {} {} {}",
                ask.selected("day"),
                sums.join(", "),
                ask.condition(allowed, "day"),
                ask.listed("group by"),
                ask.listed("order by")
            )
        };
        self.sums(ask, query).await
    }

    /// What a first page shows: all kept figures with the shares of digital, kept norms and broken order.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn overview(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let sheet = self.figures(ask, allowed, &FIGURES_OF).await?.of_something(ask.by.len());
        let sheet = sheet.share("digital_share", "digital", "began", 1.0).share(
            "within_share",
            "within",
            "measured",
            1.0,
        );
        Ok(sheet.share("broken_share", "broken", "began", 1.0).share(
            "mean_seconds",
            "total_seconds",
            "ended",
            1.0,
        ))
    }

    /// From the first to the last day, of those up to one, on which anything began or ended; nothing where nothing did.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn days(&self, allowed: &Allowed, until: CivilDay) -> Result<Option<Period>> {
        let of = Ask { to: Some(until), ..Ask::default() }.condition(allowed, "day");
        let query = format!(
            "select min(day) as earliest, max(day) as latest from (select day from figures where {of} group by day \
             having sum(began) <> 0 or sum(ended) <> 0) as days"
        );
        let sheet = self.sheet(&query).await?;
        let day = |column| sheet.whole(0, column).and_then(|day| i32::try_from(day).ok()).map(CivilDay);
        Ok(day("earliest").zip(day("latest")).map(|(from, to)| Period { from, to }))
    }

    /// Applications that came digitally, of those begun in the period.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn digital(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let sheet = self.figures(ask, allowed, &["began", "digital"]).await?.of_something(ask.by.len());
        Ok(sheet.share("digital_share", "digital", "began", 1.0))
    }

    /// Applications begun in the period that were refused something, by stage; one may be in several.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn refusals(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let stages = STAGES.iter().map(|stage| format!("{} as {}", total(stage.sum), stage.name));
        let stages: Vec<String> = stages.collect();
        let query = |ask: &Ask| {
            format!(
                "select {}{} as began, {} from figures where {} {} {} {}",
                ask.selected("day"),
                total("began"),
                stages.join(", "),
                ask.condition(allowed, "day"),
                ask.listed("group by"),
                if ask.by.is_empty() { "" } else { "having sum(began) <> 0" },
                ask.listed("order by")
            )
        };
        self.sums(ask, query).await
    }

    /// Interagency exchange by the day of the answer: how many were answered, how many failed, the share of failures,
    /// and the times of answers (of `n` whose request is known).
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn interagency(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        self.exchange(ask, allowed, &[]).await
    }

    /// The same by the kind of information asked for.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn mnemonics(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        self.exchange(ask, allowed, &[("mnemonic", "mnemonic")]).await
    }

    async fn exchange(&self, ask: &Ask, allowed: &Allowed, also: &[(&str, &str)]) -> Result<Sheet> {
        let (answered, failed) = (self.in_role(Role::Answered), self.in_role(Role::AskFailed));
        let is = |condition: &str| format!("case when {condition} then 1 else 0 end");
        let of = Of {
            table: "live_exchanges",
            values: &[(&format!("case when {answered} then seconds end"), &ALL)],
            day: "day",
            also,
            only: &format!("({answered} or {failed})"),
            sums: &[(&is(&answered), "answered"), (&is(&failed), "failed"), ("1", "ended")],
            kept: None,
        };
        let sheet = self.spread(ask, allowed, &of).await?.share("failed_share", "failed", "ended", 1.0);
        let first = ["answered", "failed", "ended", "failed_share"];
        Ok(sheet.led_by(ask.by.len() + also.len(), &first))
    }

    /// The condition that a status has a role.
    pub(super) fn in_role(&self, role: Role) -> String {
        let statuses = self.rules.reference().roles.statuses(role);
        let numbers: Vec<String> = statuses.iter().map(i16::to_string).collect();
        if numbers.is_empty() { "false".to_owned() } else { format!("status in ({})", numbers.join(", ")) }
    }

    /// Complaints about applications begun in the period: how many were accepted, upheld, rejected, and how many of
    /// a thousand applications were complained about.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn complaints(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        const NAMES: [&str; 4] = ["accepted", "upheld", "rejected", "applications"];
        let of = |event: i32| counted(&format!("event = {event}"));
        let query = |ask: &Ask| {
            format!(
                "select {}{} as accepted, {} as upheld, {} as rejected, \
                 count(distinct case when event = 1 then request_key end) as applications from {} {} {}",
                ask.selected("began_day"),
                of(1),
                of(3),
                of(4),
                about("said_complaints", ask, allowed),
                ask.listed("group by"),
                ask.listed("order by")
            )
        };
        self.said().await?;
        let told = self.sums(ask, query).await?;
        let all = self.figures(ask, allowed, &["began"]).await?;
        let all = all
            .beside(&told, ask.by.len(), &NAMES.map(|name| (name, name)))
            .or_zero(&NAMES)
            .of_something(ask.by.len());
        Ok(all.share("per_thousand", "applications", "began", 1_000.0))
    }

    /// Marks given to applications begun in the period, all brought to one scale from 1 to 5: how many, their
    /// mean, and how many come nearest to each from 1 to 5.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn satisfaction(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let mark = mark();
        let marks: Vec<String> = (1..=5)
            .map(|nearest| format!("{} as mark_{nearest}", counted(&format!("round({mark}) = {nearest}"))))
            .collect();
        let query = |ask: &Ask| {
            format!(
                "select {}count(*) as n, sum({mark}) as mean, {} from {} {} {}",
                ask.selected("began_day"),
                marks.join(", "),
                about("said_ratings", ask, allowed),
                ask.listed("group by"),
                ask.listed("order by")
            )
        };
        self.said().await?;
        Ok(self.sums(ask, query).await?.mean("mean", "n"))
    }

    /// What was rated, of applications begun in the period, what was named most often first: how often a criterion was
    /// named, how often with a mark of its own and their mean, and the mean mark of the ratings that name it; all marks
    /// brought to one scale from 1 to 5 [5 app.5].
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn criteria(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        self.said().await?;
        let query = format!(
            "select {}criteria, mark_least, mark_most, count(*) as n, sum({}) as marks from {} and criteria <> '' \
             group by {}criteria, mark_least, mark_most order by {}criteria, mark_least, mark_most",
            ask.selected("began_day"),
            mark(),
            about("said_ratings", ask, allowed),
            ask.named(),
            ask.named(),
        );
        Ok(criteria::of(&self.sheet(&query).await?, ask.by.len()))
    }

    /// Readies `said_ratings` and `said_complaints`: what people said, with what is known of the applications that began.
    /// It takes a look at all applications, so that it is kept in memory while it isn't too much.
    pub(super) async fn said(&self) -> Result<()> {
        let ready = async || {
            for (table, columns) in
                [("ratings", "mark, mark_least, mark_most, criteria"), ("complaints", "event")]
            {
                let (name, query) = (format!("said_{table}"), self.with_applications(table, columns));
                match self.session.snapshot().rows(table) <= EXACT {
                    true => self.session.hold(&name, &query).await?,
                    false => self.session.view(&name, &query).await?,
                }
            }
            Ok(())
        };
        self.said.get_or_try_init(ready).await.copied()
    }

    /// Versions of applications that are gone are left out last: of the few that such rows are about.
    fn with_applications(&self, table: &str, columns: &str) -> String {
        let of = "request_key, version, service, variant, region, body, channel_in, began_day";
        let rows = format!(
            "(select c.*, {columns} from live_{table} x join \
             (select {of} from cases where known and began is not null) c on c.request_key = x.request_key)"
        );
        versioned(self.session.snapshot(), &rows, "cases_gone", "true", "true")
    }
}

/// What was said of applications that began in the period.
fn about(said: &str, ask: &Ask, allowed: &Allowed) -> String {
    format!("{said} where {}", ask.condition(allowed, "began_day"))
}
