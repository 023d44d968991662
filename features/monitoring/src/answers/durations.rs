//! How long it takes: in all, between two statuses, from each status to the next, in the queue.

use std::collections::BTreeMap;

use otklik_lake::{Error, Result};

use super::percentiles::Of;
use super::{Allowed, Answers, Ask, Cell, Sheet};
use crate::derive;

/// Columns of durations without suspension, beside those with it.
const ACTIVE: [(&str, &str); 3] = [("mean", "active_mean"), ("p50", "active_p50"), ("p95", "active_p95")];

impl Answers {
    /// Whole durations of applications that ended in the period: from the first event to the last decision or end,
    /// with suspension (`mean`, `p50`, …) and without (`active_…`), and how often the norm was kept.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn durations(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let of = |value, kept| Of {
            table: "live_cases",
            value,
            day: "ended_day",
            also: &[],
            only: "known",
            sums: &[],
            kept: Some(kept),
        };
        let whole = of("total", "from_status = -1 and to_status = -1");
        let active = of("(total - paused)", "from_status = -1 and to_status = -2");
        let (whole, active) =
            (self.spread(ask, allowed, &whole).await?, self.spread(ask, allowed, &active).await?);
        let norms = self.figures(ask, allowed, &["measured", "within"]).await?;
        let keys = ask.by.len();
        let sheet = whole.beside(&active, keys, &ACTIVE);
        let norms = sheet.beside(&norms, keys, &[("measured", "measured"), ("within", "within")]);
        Ok(norms.share("within_share", "within", "measured", 1.0))
    }

    /// From the first moment of one status to the first of another, or, where that came before, to its last; for
    /// applications begun in the period; with suspension (`mean`, `p50`, …) and without (`active_…`).
    ///
    /// # Errors
    /// A status has no columns or is a planned moment, or the lake can't be read.
    pub async fn between(&self, ask: &Ask, allowed: &Allowed, from: i16, to: i16) -> Result<Sheet> {
        for status in [from, to] {
            derive::measured(status)
                .ok_or_else(|| Error::Invalid(format!("no event has the status {status}")))?;
        }
        let value = between(from, to);
        let of = Of {
            table: "live_cases",
            value: &value,
            day: "began_day",
            also: &[],
            only: "known",
            sums: &[],
            kept: None,
        };
        let whole = self.spread(ask, allowed, &of).await?;
        let active = self.active(ask, allowed, from, to).await?;
        Ok(whole.beside(&active, ask.by.len(), &ACTIVE))
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
            value: "seconds",
            day: "day",
            also: &[("from_status", "from_status"), ("to_status", "to_status")],
            only: which,
            sums: &[],
            kept: Some(which),
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
        let within = format!("sum(case when waited <= {limit} then 1 else 0 end)");
        let measured = format!("count({limit})");
        let of = Of {
            table: "live_cases",
            value: "waited",
            day: "began_day",
            also: &[],
            only: "known",
            sums: &[
                (within.as_str(), "within"),
                (measured.as_str(), "measured"),
                ("sum(called)", "called_seconds"),
                ("count(called)", "called"),
            ],
            kept: None,
        };
        let sheet = self.spread(ask, allowed, &of).await?;
        let sheet = sheet.share("within_share", "within", "measured", 1.0);
        Ok(sheet.share("called_mean", "called_seconds", "called", 1.0))
    }
}

/// Seconds from the first moment of one status to the first of another, or, where that came before, to its last; over
/// `cases`, null without.
pub(super) fn between(from: i16, to: i16) -> String {
    format!("({} - first_{from})", later(from, to))
}

/// The moment up to which that is.
pub(super) fn later(from: i16, to: i16) -> String {
    format!(
        "(case when first_{to} >= first_{from} then first_{to} when last_{to} >= first_{from} then last_{to} end)"
    )
}
