//! How many.

use otklik_lake::Result;
use otklik_ui::charts::Strip;

use super::{DRAWN, Key, Maker, Scale, Shown, count, on_axis, real, seconds, sentences, whole};
use crate::answers::{By, Sheet, stages};
use crate::pages::analysis::figure::{Bar, Drawing, Figure};
use crate::pages::analysis::{duration, next, percent};
use crate::pages::table::{Column, Value, is_enough, ratio, share};
use crate::texts::L;

/// Days drawn one by one; longer periods are drawn by months.
const BY_DAY: i64 = 92;

impl Maker<'_> {
    /// The drawing, or words that there is too little for one.
    pub(super) fn drawing(&self, shown: Vec<Shown>, scale: &Scale<'_>) -> Drawing {
        match shown.is_empty() {
            true => Drawing::Nothing(self.l.too_few_rows().to_owned()),
            false => self.draw(shown, scale),
        }
    }

    pub(super) async fn dynamics(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let by = self.asked.by.filter(|by| super::is_time(*by));
        let by = by.unwrap_or(if self.asked.days() <= BY_DAY { By::Day } else { By::Month });
        let sheet = self.answers.overview(&self.ask(by), &self.asked.allowed).await?;
        let all = self.answers.overview(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let (began, ended) = (whole(&all, 0, "began"), whole(&all, 0, "ended"));
        if began + ended == 0 {
            return Ok(None);
        }
        let rows = 0..sheet.rows.len();
        let value = |row| real(&sheet, row, "began").unwrap_or(0.0);
        // A half of it stands at the axis too.
        let most = (rows.clone().map(value).fold(2.0, f64::max) / 2.0).ceil() * 2.0;
        let shown = |row| Shown {
            key: self.key(&sheet, row, by),
            value: value(row),
            interval: None,
            text: count(whole(&sheet, row, "began")),
            more: String::new(),
            is_problem: false,
        };
        let of =
            |sheet: &Sheet, row, part, all| Value::Share(whole(sheet, row, part), whole(sheet, row, all));
        let row = |row: usize| {
            let counts =
                ["began", "ended", "granted", "denied"].map(|name| Value::Count(whole(&sheet, row, name)));
            let mut cells = vec![self.key(&sheet, row, by).cell()];
            cells.extend(counts);
            cells.push(of(&sheet, row, "digital", "began"));
            cells.push(of(&sheet, row, "within", "measured"));
            cells.push(of(&sheet, row, "broken", "began"));
            cells
        };
        let mut head = vec![self.by_column(by)];
        let counts = [l.column_began(), l.column_ended(), l.column_granted(), l.column_denied()];
        head.extend(counts.map(Column::number));
        head.extend([l.column_digital(), l.column_within(), l.column_broken()].map(Column::percent));
        let told = |part, of| {
            let (part, of) = (whole(&all, 0, part), whole(&all, 0, of));
            ratio(part, of).map(|_| share(l, part, of))
        };
        let mark = |value: f64| format!("{value:.0}");
        Ok(Some(Figure {
            code: "dynamics",
            title: l.dynamics_title().to_owned(),
            answer: sentences([
                Some(l.dynamics_answer(count(began), count(ended))),
                told("digital", "began").map(|share| l.dynamics_digital(share)),
                told("within", "measured").map(|share| l.dynamics_within(share)),
            ]),
            note: l.dynamics_note().to_owned(),
            pair: None,
            drawing: self.draw(
                rows.clone().map(shown).collect(),
                &Scale { by, line: None, top: Some(most), mark: &mark },
            ),
            head,
            rows: rows.map(row).collect(),
            lists: vec![(self.list(&[("what", "began")]), l.list_began())],
        }))
    }

    pub(super) async fn refusals(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.refusals(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let began = whole(&sheet, 0, "began");
        let first = stages().max_by_key(|name| whole(&sheet, 0, name)).unwrap_or_default();
        let most = whole(&sheet, 0, first);
        if most == 0 {
            return Ok(None);
        }
        let (also, mut head) = self.also();
        let table = self.answers.refusals(&self.asked.ask(&also), &self.asked.allowed).await?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let part = |n: i64| n as f64 / most as f64;
        let bars = stages().filter(|name| whole(&sheet, 0, name) > 0).map(|name| {
            let n = whole(&sheet, 0, name);
            Bar {
                label: stage(l, name).to_owned(),
                href: Some(self.list(&[("what", "stage"), ("stage", name)])),
                value: ratio(n, began).map_or_else(|| count(n), percent),
                more: self.n_applications(n),
                strip: Strip { bar: Some((0.0, part(n))), is_problem: true, ..Strip::default() },
            }
        });
        let row = |(row, name): (usize, &str)| {
            let mut cells = self.own(&table, row);
            let n = whole(&table, row, name);
            cells.extend([Value::Text(stage(l, name).to_owned()), Value::Count(n)]);
            cells.extend([
                Value::Count(whole(&table, row, "began")),
                Value::Share(n, whole(&table, row, "began")),
            ]);
            cells
        };
        head.extend([Column::text(l.column_stage()), Column::number(l.column_n())]);
        head.extend([Column::number(l.column_of()), Column::percent(l.column_share())]);
        let rows = (0..table.rows.len()).flat_map(|row| stages().map(move |name| (row, name)));
        Ok(Some(Figure {
            code: "refusals",
            title: l.refusals_title().to_owned(),
            answer: match ratio(most, began) {
                Some(_) => l.refusals_answer(share(l, most, began), stage(l, first).to_owned()),
                None => l.too_few(began),
            },
            note: self.note(l.refusals_note(), true, true),
            pair: None,
            drawing: Drawing::Bars(bars.collect()),
            head,
            rows: rows.map(row).collect(),
            lists: Vec::new(),
        }))
    }

    pub(super) async fn interagency(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.mnemonics(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let all = self.answers.interagency(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let ended = |sheet: &Sheet, row| whole(sheet, row, "answered") + whole(sheet, row, "failed");
        if ended(&all, 0) == 0 {
            return Ok(None);
        }
        let (also, mut head) = self.also();
        let table = self.answers.mnemonics(&self.asked.ask(&also), &self.asked.allowed).await?;
        let name = |sheet: &Sheet, row: usize| match sheet.text(row, "mnemonic") {
            "" => l.not_said().to_owned(),
            code => code.to_owned(),
        };
        let failed = |sheet: &Sheet, row| Value::Share(whole(sheet, row, "failed"), ended(sheet, row));
        let shown = |&row: &usize| {
            let (half, ninety) = (real(&sheet, row, "p50")?, real(&sheet, row, "p90")?);
            is_enough(whole(&sheet, row, "n")).then_some(())?;
            let code = sheet.text(row, "mnemonic").to_owned();
            let href = self.list(&[("what", "exchange"), ("mnemonic", &code)]);
            Some(Shown {
                key: Key { name: name(&sheet, row), code, shown: String::new(), href: Some(href) },
                value: half,
                interval: Some((half, ninety)),
                text: duration(l, half),
                more: match failed(&sheet, row) {
                    Value::Share(part, of) if ratio(part, of).is_some() => l.failed_of(share(l, part, of)),
                    _ => String::new(),
                },
                is_problem: false,
            })
        };
        let shown: Vec<Shown> = self.order(&sheet, By::Service, "p50").iter().filter_map(shown).collect();
        let row = |row: usize| {
            let mut cells = self.own(&table, row);
            cells.push(Value::Text(name(&table, row)));
            cells.extend(["answered", "failed"].map(|column| Value::Count(whole(&table, row, column))));
            cells.push(failed(&table, row));
            cells.extend(["mean", "p50", "p90", "p95"].map(|column| seconds(&table, row, column)));
            cells
        };
        head.push(Column::text(l.column_mnemonic()));
        head.extend([l.column_answered(), l.column_failed()].map(Column::number));
        head.push(Column::percent(l.column_failed_share()));
        head.extend([l.mean(), l.p50(), l.p90(), l.p95()].map(Column::time));
        let mark = |seconds: f64| duration(l, seconds);
        let scale = Scale { by: By::Service, line: None, top: None, mark: &mark };
        let (answered, broken) = (whole(&all, 0, "answered"), whole(&all, 0, "failed"));
        let order = self.order(&table, By::Service, "p50");
        Ok(Some(Figure {
            code: "interagency",
            title: l.interagency_title().to_owned(),
            answer: sentences([
                Some(l.interagency_answer(l.n_answers(answered, count(answered)))),
                real(&all, 0, "p50").map(|half| l.interagency_times(duration(l, half))),
                ratio(broken, ended(&all, 0)).map(|_| l.interagency_failed(share(l, broken, ended(&all, 0)))),
            ]),
            note: self.note(l.interagency_note(), sheet.is_exact, true),
            pair: None,
            drawing: self.drawing(shown, &scale),
            head,
            rows: order.into_iter().map(row).collect(),
            lists: match broken {
                0 => Vec::new(),
                _ => vec![(self.list(&[("what", "failed")]), l.list_failed())],
            },
        }))
    }

    pub(super) async fn order_broken(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.conformance(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let all = self.answers.overview(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let (broken, began) = (whole(&all, 0, "broken"), whole(&all, 0, "began"));
        if began == 0 {
            return Ok(None);
        }
        let (also, mut head) = self.also();
        let table = self.answers.conformance(&self.asked.ask(&also), &self.asked.allowed).await?;
        let broken_by = |sheet: &Sheet, row: &usize| whole(sheet, *row, "n") > 0;
        let order = self.order(&sheet, By::Service, "n");
        let top =
            order.first().and_then(|&row| real(&sheet, row, "share")).unwrap_or(1.0).max(f64::MIN_POSITIVE);
        let bars = order.iter().filter(|row| broken_by(&sheet, row)).take(DRAWN).map(|&row| {
            let n = whole(&sheet, row, "n");
            let rule = whole(&sheet, row, "rule").to_string();
            Bar {
                label: sheet.text(row, "title").to_owned(),
                href: Some(self.list(&[("what", "rule"), ("rule", &rule)])),
                value: ratio(n, began).map_or_else(|| count(n), percent),
                more: self.n_applications(n),
                strip: Strip {
                    bar: Some((0.0, real(&sheet, row, "share").unwrap_or(0.0) / top)),
                    is_problem: true,
                    ..Strip::default()
                },
            }
        });
        let bars: Vec<Bar> = bars.collect();
        let row = |row: usize| {
            let mut cells = self.own(&table, row);
            let (n, began) = (whole(&table, row, "n"), whole(&table, row, "began"));
            cells.extend([Value::Text(table.text(row, "title").to_owned()), Value::Count(n)]);
            cells.extend([Value::Count(began), Value::Share(n, began)]);
            cells
        };
        head.extend([Column::text(l.column_rule()), Column::number(l.column_n())]);
        head.extend([Column::number(l.column_of()), Column::percent(l.column_share())]);
        let rows = match also.is_empty() {
            true => order,
            false => (0..table.rows.len()).collect(),
        };
        let rows = rows.into_iter().filter(|row| broken_by(&table, row));
        Ok(Some(Figure {
            code: "order",
            title: l.order_title().to_owned(),
            answer: match ratio(broken, began) {
                Some(_) => l.order_answer(share(l, broken, began)),
                None => l.too_few(began),
            },
            note: self.note(l.order_note(), true, true),
            pair: None,
            drawing: match bars.is_empty() {
                true => Drawing::Nothing(l.order_none().to_owned()),
                false => Drawing::Bars(bars),
            },
            head,
            rows: rows.map(row).collect(),
            lists: Vec::new(),
        }))
    }

    pub(super) async fn digital(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let sheet = self.answers.digital(&self.ask(by), &self.asked.allowed).await?;
        let all = self.answers.digital(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let (digital, began) = (whole(&all, 0, "digital"), whole(&all, 0, "began"));
        if began == 0 {
            return Ok(None);
        }
        let mut order = self.order(&sheet, by, "digital_share");
        order.retain(|&row| whole(&sheet, row, "began") > 0);
        let (shown, rows) = self.shares(&sheet, &order, by, ("digital", "began"), |_| false);
        let line = ratio(digital, began);
        let scale = Scale { by, line, top: Some(1.0), mark: &on_axis };
        Ok(Some(Figure {
            code: "digital",
            title: l.digital_title().to_owned(),
            answer: match line {
                Some(_) => l.digital_answer(count(began), share(l, digital, began)),
                None => l.too_few(began),
            },
            note: l.digital_note().to_owned(),
            pair: None,
            drawing: self.drawing(shown, &scale),
            head: vec![
                self.by_column(by),
                Column::number(l.column_began()),
                Column::number(l.column_digital_n()),
                Column::percent(l.column_digital()),
            ],
            rows,
            lists: Vec::new(),
        }))
    }
}

/// Words for a stage at which an application may stop.
pub(in crate::pages) fn stage(l: L, name: &str) -> &'static str {
    match name {
        "booking_failed" => l.stage_booking_failed(),
        "missed" => l.stage_missed(),
        "consent_refused" => l.stage_consent_refused(),
        "sending_failed" => l.stage_sending_failed(),
        "not_accepted" => l.stage_not_accepted(),
        "cancelled" => l.stage_cancelled(),
        "denied" => l.stage_denied(),
        "denied_online" => l.stage_denied_online(),
        _ => l.stage_cancelling_refused(),
    }
}
