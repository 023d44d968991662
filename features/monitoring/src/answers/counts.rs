//! How many: outcomes, refusals by stage, interagency exchange, digital share, complaints, satisfaction.

use otklik_lake::Result;
use otklik_progress::reference::Role;

use super::percentiles::{Of, grouped, keys, names};
use super::{Allowed, Answers, Ask, Sheet};
use crate::tables::FIGURES_OF;

/// Stages of refusal, in the order of an application's way: name, statuses. 1019 and 1023 are one legal event
/// (MON-15).
const STAGES: [(&str, &[i16]); 9] = [
    ("booking_failed", &[1022]),
    ("missed", &[1018, 1006]),
    ("consent_refused", &[82]),
    ("sending_failed", &[5, 22, 24]),
    ("not_accepted", &[1019, 1023]),
    ("cancelled", &[10]),
    ("denied", &[4]),
    ("denied_online", &[41]),
    ("cancelling_refused", &[11]),
];

/// Names of the stages at which an application may stop, in the order of its way.
pub fn stages() -> impl Iterator<Item = &'static str> {
    STAGES.iter().map(|(name, _)| *name)
}

/// The condition over `cases` that an application stopped at a stage.
pub(super) fn stage(name: &str) -> String {
    let statuses = STAGES.iter().find(|(one, _)| *one == name).map_or(&[][..], |(_, statuses)| *statuses);
    let has = statuses.iter().map(|status| format!("first_{status} is not null"));
    std::iter::once("false".to_owned()).chain(has).collect::<Vec<_>>().join(" or ")
}

/// How many rows fit a condition, as SQL: zero where there are none at all.
pub(super) fn counted(condition: &str) -> String {
    format!("coalesce(sum(case when {condition} then 1 else 0 end), 0)")
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
        let sums: Vec<String> =
            names.iter().map(|name| format!("cast(coalesce(sum({name}), 0) as bigint) as {name}")).collect();
        let query = format!(
            "select {}{} from figures where {} {} {}",
            ask.selected("day"),
            sums.join(", "),
            ask.condition(allowed, "day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        self.sheet(&query).await
    }

    /// What a first page shows: all kept figures with the shares of digital, kept norms and broken order.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn overview(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let sheet = self.figures(ask, allowed, &FIGURES_OF).await?;
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

    /// Applications that came digitally, of those begun in the period.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn digital(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let sheet = self.figures(ask, allowed, &["began", "digital"]).await?;
        Ok(sheet.share("digital_share", "digital", "began", 1.0))
    }

    /// Applications begun in the period that were refused something, by stage; one may be in several.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn refusals(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let stages: Vec<String> =
            stages().map(|name| format!("{} as {name}", counted(&stage(name)))).collect();
        let query = format!(
            "select {}count(*) as began, {} from live_cases where known and began is not null and {} {} {}",
            ask.selected("began_day"),
            stages.join(", "),
            ask.condition(allowed, "began_day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        self.sheet(&query).await
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
        let of = Of {
            table: "live_exchanges",
            value: "seconds",
            day: "day",
            also,
            only: &answered,
            sums: &[],
            kept: None,
        };
        let (keys, names) = (keys(ask, also, of.day), names(ask, also));
        let query = format!(
            "select {keys}{} as answered, {} as failed, {} as ended from live_exchanges where {} {} {}",
            counted(&answered),
            counted(&failed),
            counted(&format!("({answered}) or ({failed})")),
            ask.condition(allowed, of.day),
            grouped("group by", &names),
            grouped("order by", &names)
        );
        let counts = self.sheet(&query).await?.share("failed_share", "failed", "ended", 1.0);
        let times = self.spread(ask, allowed, &of).await?;
        let spread = ["n", "mean", "p50", "p75", "p90", "p95"].map(|name| (name, name));
        Ok(counts.beside(&times, names.len(), &spread).or_zero(&["n"]))
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
        let query = format!(
            "select {}{} as accepted, {} as upheld, {} as rejected, \
             count(distinct case when event = 1 then c.request_key end) as applications \
             from live_complaints x join live_cases c on c.request_key = x.request_key \
             where c.known and c.began is not null and {} {} {}",
            ask.selected("began_day"),
            of(1),
            of(3),
            of(4),
            ask.condition(allowed, "began_day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        let told = self.sheet(&query).await?;
        let all = self.figures(ask, allowed, &["began"]).await?;
        let all = all.beside(&told, ask.by.len(), &NAMES.map(|name| (name, name))).or_zero(&NAMES);
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
        let query = format!(
            "select {}count(*) as n, avg({mark}) as mean, {} \
             from live_ratings x join live_cases c on c.request_key = x.request_key \
             where c.known and c.began is not null and {} {} {}",
            ask.selected("began_day"),
            marks.join(", "),
            ask.condition(allowed, "began_day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        self.sheet(&query).await
    }
}
