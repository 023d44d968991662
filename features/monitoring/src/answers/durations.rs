//! How long it takes: in all, between two statuses, from each status to the next, in the queue.

use std::collections::{BTreeMap, BTreeSet};

use otklik_lake::{Error, Result};

use super::percentiles::{ALL, InSpans, Of, Statistic};
use super::{Allowed, Answers, Ask, Cell, Sheet};
use crate::derive::place;
use crate::tables::{ACTIVE as WITHOUT, TOTAL};

/// Columns of durations without suspension, beside those with it.
pub(super) const ACTIVE: [(Statistic, &str); 3] = [
    (Statistic::Mean, "active_mean"),
    (Statistic::Share(0.5), "active_p50"),
    (Statistic::Share(0.95), "active_p95"),
];

impl Answers {
    /// Whole durations of applications that ended in the period: from the first event to the last decision or end,
    /// with suspension (`mean`, `p50`, …) and without (`active_…`), and how often the norm was kept.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn durations(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let of = Of {
            table: "live_cases",
            values: &[("total", &ALL), ("(total - paused)", &ACTIVE)],
            day: "ended_day",
            also: &[],
            only: "known and total is not null",
            sums: &[],
            kept: Some(InSpans {
                only: &format!("from_status = {TOTAL}"),
                value: &format!("case when to_status = {WITHOUT} then 1 else 0 end"),
                by_region: true,
            }),
        };
        let sheet = self.spread(ask, allowed, &of).await?;
        let norms = self.figures(ask, allowed, &["measured", "within"]).await?;
        let columns = [("measured", "measured"), ("within", "within")];
        let norms = sheet.beside(&norms, ask.by.len(), &columns);
        Ok(norms.share("within_share", "within", "measured", 1.0))
    }

    /// From the first moment of one status to the first of another, or, where that came before, to its last; for
    /// applications begun in the period; with suspension (`mean`, `p50`, …) and without (`active_…`).
    ///
    /// # Errors
    /// There is no such status or it is a planned moment, or the lake can't be read.
    pub async fn between(&self, ask: &Ask, allowed: &Allowed, from: i16, to: i16) -> Result<Sheet> {
        if let Some(status) = [from, to].into_iter().find(|status| !self.rules.is_measured(*status)) {
            return Err(Error::Invalid(format!("no event has the status {status}")));
        }
        let (table, value) = (with_moments(from, to), between(from, to));
        let of = Of {
            table: &table,
            values: &[(&value, &ALL)],
            day: "began_day",
            also: &[],
            only: &format!("known and {value} is not null"),
            sums: &[],
            kept: None,
        };
        let whole = self.spread(ask, allowed, &of).await?;
        let active = self.active(ask, allowed, from, to).await?;
        let columns = ACTIVE.map(|(_, name)| (name, name));
        Ok(whole.beside(&active, ask.by.len(), &columns))
    }

    /// From each status to the next, by the day of the later one. What was suspended is a step of its own, from the
    /// suspension on, and stays in.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn transitions(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        self.steps(ask, allowed, "from_status >= 0").await
    }

    /// From one status to another that followed it at once, by the day of the later one.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn transition(&self, ask: &Ask, allowed: &Allowed, from: i16, to: i16) -> Result<Sheet> {
        self.steps(ask, allowed, &format!("from_status = {from} and to_status = {to}")).await
    }

    async fn steps(&self, ask: &Ask, allowed: &Allowed, which: &str) -> Result<Sheet> {
        let of = Of {
            table: "live_transitions",
            values: &[("seconds", &ALL)],
            day: "day",
            also: &[("from_status", "from_status"), ("to_status", "to_status")],
            only: which,
            sums: &[],
            kept: Some(InSpans { only: which, value: "0", by_region: false }),
        };
        self.spread(ask, allowed, &of).await
    }

    /// Where the time goes: for each thing that is asked by, up to `most` of its transitions by all the time spent in
    /// them, the longest first, with their share of its time.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn bottlenecks(&self, ask: &Ask, allowed: &Allowed, most: usize) -> Result<Sheet> {
        let mut sheet = self.transitions(ask, allowed).await?;
        let (n, mean) = (sheet.column("n"), sheet.column("mean"));
        let spent = |row: &[Cell]| {
            let value = |place: Option<usize>| row.get(place?)?.number();
            value(n).zip(value(mean)).map_or(0.0, |(n, mean)| n * mean)
        };
        let thing = |row: &[Cell]| -> Vec<String> {
            row[..ask.by.len()].iter().map(|cell| cell.text().unwrap_or_default().to_owned()).collect()
        };
        let mut things: BTreeMap<Vec<String>, Vec<(f64, Vec<Cell>)>> = BTreeMap::new();
        for row in sheet.rows.drain(..) {
            things.entry(thing(&row)).or_default().push((spent(&row), row));
        }
        sheet.columns.extend(["seconds", "share"].map(str::to_owned));
        for mut rows in things.into_values() {
            let all: f64 = rows.iter().map(|(seconds, _)| seconds).sum();
            rows.sort_by(|one, other| other.0.total_cmp(&one.0));
            sheet.rows.extend(rows.into_iter().take(most).map(|(seconds, mut row)| {
                row.push(Cell::Real(seconds));
                row.push(if all > 0.0 { Cell::Real(seconds / all) } else { Cell::None });
                row
            }));
        }
        Ok(sheet)
    }

    /// Waiting at multifunctional centres, from the first ticket to the first call, for applications begun in the
    /// period: of the `measured` ones, begun on a day with a norm, `within` waited no longer than it; `called_mean` is
    /// from the call to the beginning of service.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn waiting(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let limit = self.rules.waiting().sql("began_day");
        let is = |condition: &str| format!("case when {condition} then 1 else 0 end");
        let of = Of {
            table: "live_cases",
            values: &[("waited", &ALL)],
            day: "began_day",
            also: &[],
            only: "known and waited is not null",
            sums: &[
                (&is(&format!("waited <= {limit}")), "within"),
                (&is(&format!("{limit} is not null")), "measured"),
                ("called", "called_seconds"),
                (&is("called is not null"), "called"),
            ],
            kept: None,
        };
        let sheet = self.spread(ask, allowed, &of).await?;
        let sheet = sheet.share("within_share", "within", "measured", 1.0);
        Ok(sheet.share("called_mean", "called_seconds", "called", 1.0))
    }
}

/// Applications with the first and the last moment of two statuses. Those that were added to the reference data have no
/// columns of their own: their moments are looked up among the events (MON-6).
pub(super) fn with_moments(from: i16, to: i16) -> String {
    let added = BTreeSet::from([from, to]).into_iter().filter(|status| place(*status).is_none());
    added.fold("live_cases".to_owned(), |table, status| {
        format!(
            "{table} join (select e.request as request_{status}, min(e.at) as first_{status}, max(e.at) as last_{status} \
             from live_events e where e.status = {status} group by e.request) m{status} on request_{status} = request"
        )
    })
}

/// Seconds from the first moment of one status to the first of another, or, where that came before, to its last; over
/// [`with_moments`], null without.
pub(super) fn between(from: i16, to: i16) -> String {
    format!("({} - first_{from})", later(from, to))
}

/// The moment up to which that is.
pub(super) fn later(from: i16, to: i16) -> String {
    format!(
        "(case when first_{to} >= first_{from} then first_{to} when last_{to} >= first_{from} then last_{to} end)"
    )
}
