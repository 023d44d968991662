//! How many: outcomes, refusals by stage, interagency exchange, digital share, complaints, satisfaction.

use otklik_lake::Result;
use otklik_progress::reference::Role;

use super::percentiles::Of;
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
        let stage = |(name, statuses): &(&str, &[i16])| {
            let has: Vec<String> =
                statuses.iter().map(|status| format!("first_{status} is not null")).collect();
            format!("sum(case when {} then 1 else 0 end) as {name}", has.join(" or "))
        };
        let stages: Vec<String> = STAGES.iter().map(stage).collect();
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

    /// Interagency exchange: answer times by the day of the answer; requests, answers and failures of applications
    /// begun in the period.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn interagency(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let counts = self.figures(ask, allowed, &["asked", "answered", "failed"]).await?;
        let counts = counts.share("failed_share", "failed", "asked", 1.0);
        let only = self.answered();
        let of = Of {
            table: "live_exchanges",
            value: "seconds",
            day: "day",
            also: &[],
            only: &only,
            sums: &[],
            kept: None,
        };
        let times = self.spread(ask, allowed, &of).await?;
        let names =
            [("n", "n"), ("mean", "mean"), ("p50", "p50"), ("p75", "p75"), ("p90", "p90"), ("p95", "p95")];
        Ok(counts.beside(&times, ask.by.len(), &names))
    }

    /// Answer times and failures by the kind of information asked for.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn mnemonics(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let answered = format!("sum(case when {} then 1 else 0 end)", self.answered());
        let of = Of {
            table: "live_exchanges",
            value: "seconds",
            day: "day",
            also: &[("mnemonic", "mnemonic")],
            only: "true",
            sums: &[(answered.as_str(), "answered")],
            kept: None,
        };
        self.spread(ask, allowed, &of).await
    }

    fn answered(&self) -> String {
        let statuses = self.rules.reference().roles.statuses(Role::Answered);
        let numbers: Vec<String> = statuses.iter().map(i16::to_string).collect();
        if numbers.is_empty() { "false".to_owned() } else { format!("status in ({})", numbers.join(", ")) }
    }

    /// Complaints about applications begun in the period: how many were accepted, upheld, rejected, and how many of
    /// a thousand applications were complained about.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn complaints(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let of = |event: i32| format!("sum(case when event = {event} then 1 else 0 end)");
        let query = format!(
            "select {}{} as accepted, {} as upheld, {} as rejected, \
             count(distinct case when event = 1 then c.request_key end) as applications \
             from live_complaints x join live_cases c on c.request_key = x.request_key \
             where c.known and {} {} {}",
            ask.selected("began_day"),
            of(1),
            of(3),
            of(4),
            ask.condition(allowed, "began_day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        let told = self.sheet(&query).await?;
        let names = ["accepted", "upheld", "rejected", "applications"].map(|name| (name, name));
        let all = self.figures(ask, allowed, &["began"]).await?;
        Ok(all.beside(&told, ask.by.len(), &names).share("per_thousand", "applications", "began", 1_000.0))
    }

    /// Marks given to applications begun in the period: how many, their mean, and how many of each from 1 to 5.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn satisfaction(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let marks: Vec<String> = (1..=5)
            .map(|mark| format!("sum(case when mark = {mark} then 1 else 0 end) as mark_{mark}"))
            .collect();
        let query = format!(
            "select {}count(*) as n, avg(cast(mark as double)) as mean, {} \
             from live_ratings x join live_cases c on c.request_key = x.request_key where c.known and {} {} {}",
            ask.selected("began_day"),
            marks.join(", "),
            ask.condition(allowed, "began_day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        self.sheet(&query).await
    }
}
