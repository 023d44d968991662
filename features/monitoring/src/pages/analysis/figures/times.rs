//! How long it takes.

use otklik_lake::Result;
use otklik_ui::Choice;
use otklik_ui::charts::Strip;

use super::{DRAWN, Maker, Scale, Shown, count, is_time, on_axis, real, seconds, whole};
use crate::answers::{By, Sheet};
use crate::pages::analysis::figure::{Bar, Drawing, Figure, Pair};
use crate::pages::analysis::{duration, next, percent};
use crate::pages::table::{Column, Value, is_enough, ratio, share};

impl Maker<'_> {
    /// Half and ninety percent of a duration in each row of enough.
    fn spread(&self, sheet: &Sheet, order: &[usize], by: By) -> Vec<Shown> {
        let shown = |&row: &usize| {
            let (half, ninety) = (real(sheet, row, "p50")?, real(sheet, row, "p90")?);
            is_enough(whole(sheet, row, "n")).then_some(())?;
            Some(Shown {
                key: self.key(sheet, row, by),
                value: half,
                interval: Some((half, ninety)),
                text: duration(self.l, half),
                more: self.l.up_to_ninety(duration(self.l, ninety)),
                is_problem: false,
            })
        };
        order.iter().filter_map(shown).collect()
    }

    fn times(&self, shown: Vec<Shown>, by: By) -> Drawing {
        let mark = |seconds: f64| duration(self.l, seconds);
        self.drawing(shown, &Scale { by, line: None, top: None, mark: &mark })
    }

    fn span(&self, sheet: &Sheet, column: &str) -> String {
        seconds(sheet, 0, column).words(self.l)
    }

    pub(super) async fn durations(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let sheet = self.answers.durations(&self.ask(by), &self.asked.allowed).await?;
        let all = self.answers.durations(&self.asked.ask(&[]), &self.asked.allowed).await?;
        if whole(&all, 0, "n") == 0 {
            return Ok(None);
        }
        let order = self.order(&sheet, by, "p50");
        let columns = ["p50", "p75", "p90", "p95", "active_p50", "active_p95"];
        let spans = [l.p50(), l.p75(), l.p90(), l.p95(), l.active_p50(), l.active_p95()];
        let mut head = vec![self.by_column(by), Column::number(l.column_n())];
        head.extend(spans.map(Column::time));
        Ok(Some(Figure {
            code: "durations",
            title: l.durations_title().to_owned(),
            answer: l.durations_answer(
                self.span(&all, "active_p50"),
                self.span(&all, "p50"),
                self.span(&all, "p95"),
            ),
            note: self.note(l.durations_note(), all.is_exact && sheet.is_exact, false),
            pair: None,
            drawing: self.times(self.spread(&sheet, &order, by), by),
            head,
            rows: order.iter().map(|&row| self.spans(&sheet, row, by, columns)).collect(),
            lists: vec![(self.list(&[("what", "ended")]), l.list_ended())],
        }))
    }

    pub(super) async fn norm(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let sheet = self.answers.overview(&self.ask(by), &self.asked.allowed).await?;
        let all = self.answers.overview(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let (within, measured) = (whole(&all, 0, "within"), whole(&all, 0, "measured"));
        if measured == 0 {
            return Ok(None);
        }
        let line = ratio(within, measured);
        let mut order = self.order(&sheet, by, "within_share");
        order.retain(|&row| whole(&sheet, row, "measured") > 0);
        if !is_time(by) {
            order.reverse();
        }
        let is_below = |value| line.is_some_and(|line| value < line);
        let (shown, rows) = self.shares(&sheet, &order, by, ("within", "measured"), is_below);
        Ok(Some(Figure {
            code: "norm",
            title: l.norm_figure_title().to_owned(),
            answer: match line {
                Some(_) => l.norm_figure_answer(count(measured), share(l, within, measured)),
                None => l.too_few(measured),
            },
            note: l.norm_figure_note().to_owned(),
            pair: None,
            drawing: self.drawing(shown, &Scale { by, line, top: Some(1.0), mark: &on_axis }),
            head: vec![
                self.by_column(by),
                Column::number(l.column_measured()),
                Column::number(l.column_within_n()),
                Column::percent(l.column_within()),
            ],
            rows,
            lists: match measured - within {
                0 => Vec::new(),
                _ => vec![(self.list(&[("what", "overdue")]), l.list_overdue())],
            },
        }))
    }

    pub(super) async fn bottlenecks(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let bottlenecks = async |by: &[By]| {
            self.answers.bottlenecks(&self.asked.ask(by), &self.asked.allowed, usize::MAX).await
        };
        let sheet = bottlenecks(&[]).await?;
        if sheet.rows.is_empty() {
            return Ok(None);
        }
        let (also, mut head) = self.also();
        let table = bottlenecks(&also).await?;
        let name = |sheet: &Sheet, row: usize| {
            let status = |column| self.words.status(whole(sheet, row, column));
            format!("{} → {}", status("from_status"), status("to_status"))
        };
        let top = real(&sheet, 0, "share").unwrap_or(1.0).max(f64::MIN_POSITIVE);
        let bars = (0..sheet.rows.len().min(DRAWN)).map(|row| {
            let share = real(&sheet, row, "share").unwrap_or(0.0);
            let status = |column| whole(&sheet, row, column).to_string();
            let (from, to) = (status("from_status"), status("to_status"));
            let href = self.list(&[("what", "step"), ("from_status", &from), ("to_status", &to)]);
            Bar {
                label: name(&sheet, row),
                href: Some(href),
                value: percent(share),
                more: l.half_under(seconds(&sheet, row, "p50").words(l)),
                strip: Strip { bar: Some((0.0, share / top)), ..Strip::default() },
            }
        });
        let row = |row: usize| {
            let mut cells = self.own(&table, row);
            cells.push(Value::Text(name(&table, row)));
            cells.push(Value::Count(whole(&table, row, "n")));
            cells.push(real(&table, row, "share").map_or(Value::Nothing, Value::Part));
            cells.extend(["mean", "p50", "p95"].map(|name| seconds(&table, row, name)));
            cells
        };
        head.extend([Column::text(l.column_step()), Column::number(l.column_n())]);
        head.push(Column::percent(l.column_share_of_time()));
        head.extend([l.mean(), l.p50(), l.p95()].map(Column::time));
        Ok(Some(Figure {
            code: "bottlenecks",
            title: l.bottlenecks_title().to_owned(),
            answer: l.bottlenecks_answer(percent(real(&sheet, 0, "share").unwrap_or(0.0)), name(&sheet, 0)),
            note: self.note(l.bottlenecks_note(), sheet.is_exact, true),
            pair: None,
            drawing: Drawing::Bars(bars.collect()),
            head,
            rows: (0..table.rows.len()).map(row).collect(),
            lists: Vec::new(),
        }))
    }

    /// The time between two statuses, which are chosen in the figure itself.
    pub(super) async fn between(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let choices = |chosen: Option<i16>| {
            let chosen = chosen.map_or_else(String::new, |code| code.to_string());
            let mut all = vec![Choice::new("", l.status_choose(), &chosen)];
            let rules = self.words.rules();
            let mut known: Vec<_> = rules.statuses().filter(|(code, _)| rules.is_measured(*code)).collect();
            known.sort_by_key(|(_, name)| *name);
            let named = |(code, name): (i16, &str)| {
                Choice::new(code.to_string(), l.status_named(code, name.to_owned()), &chosen)
            };
            all.extend(known.into_iter().map(named));
            all
        };
        let kept = self.asked.fields().into_iter();
        let kept = kept.filter(|(name, value)| !name.ends_with("_status") && !value.is_empty()).collect();
        let errors = ["from_status", "to_status"].map(|name| self.asked.errors.of(name).to_owned());
        let pair = Pair { kept, from: choices(self.asked.pair.0), to: choices(self.asked.pair.1), errors };
        let figure = |answer: String, note: &str, drawing: Drawing| Figure {
            code: "between",
            title: l.between_title().to_owned(),
            answer,
            note: note.to_owned(),
            pair: Some(pair),
            drawing,
            head: Vec::new(),
            rows: Vec::new(),
            lists: Vec::new(),
        };
        let is_one = self.asked.pair.0 == self.asked.pair.1;
        let (Some(from), Some(to), false) = (self.asked.pair.0, self.asked.pair.1, is_one) else {
            let hint = Drawing::Nothing(l.between_choose().to_owned());
            return Ok(Some(figure(String::new(), l.between_note(), hint)));
        };
        let sheet = self.answers.between(&self.ask(by), &self.asked.allowed, from, to).await?;
        let all = self.answers.between(&self.asked.ask(&[]), &self.asked.allowed, from, to).await?;
        let n = whole(&all, 0, "n");
        if n == 0 {
            let none = Drawing::Nothing(l.between_none().to_owned());
            return Ok(Some(figure(String::new(), l.between_note(), none)));
        }
        let order = self.order(&sheet, by, "p50");
        let columns = ["mean", "p50", "p75", "p90", "p95", "active_p50", "active_p95"];
        let answer = l.between_answer(
            self.span(&all, "active_p50"),
            self.span(&all, "p50"),
            self.span(&all, "p95"),
            self.n_applications(n),
        );
        let drawing = self.times(self.spread(&sheet, &order, by), by);
        let mut made = figure(answer, l.between_note(), drawing);
        made.head = vec![self.by_column(by), Column::number(l.column_n())];
        let spans = [l.mean(), l.p50(), l.p75(), l.p90(), l.p95(), l.active_p50(), l.active_p95()];
        made.head.extend(spans.map(Column::time));
        made.rows = order.iter().map(|&row| self.spans(&sheet, row, by, columns)).collect();
        made.note = self.note(l.between_note(), all.is_exact && sheet.is_exact, false);
        let (from, to) = (from.to_string(), to.to_string());
        let list = self.list(&[("what", "between"), ("from_status", &from), ("to_status", &to)]);
        made.lists = vec![(list, l.list_between())];
        Ok(Some(made))
    }

    pub(super) async fn waiting(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let by = self.asked.by.unwrap_or(By::Body);
        let sheet = self.answers.waiting(&self.ask(by), &self.asked.allowed).await?;
        let all = self.answers.waiting(&self.asked.ask(&[]), &self.asked.allowed).await?;
        if whole(&all, 0, "n") == 0 {
            return Ok(None);
        }
        let order = self.order(&sheet, by, "p90");
        let of = |sheet: &Sheet, row| (whole_of(sheet, row, "within"), whole_of(sheet, row, "measured"));
        let row = |&row: &usize| {
            let (within, measured) = of(&sheet, row);
            vec![
                self.key(&sheet, row, by).cell(),
                Value::Count(whole(&sheet, row, "n")),
                seconds(&sheet, row, "p50"),
                seconds(&sheet, row, "p90"),
                Value::Share(within, measured),
                seconds(&sheet, row, "called_mean"),
            ]
        };
        let head = vec![
            self.by_column(by),
            Column::number(l.column_n()),
            Column::time(l.p50()),
            Column::time(l.p90()),
            Column::percent(l.column_within_waiting()),
            Column::time(l.column_called()),
        ];
        let (within, measured) = of(&all, 0);
        let norm = self.words.rules().waiting().throughout(self.asked.from, self.asked.to);
        #[expect(clippy::cast_precision_loss, reason = "norms are far below 2^52 seconds")]
        let norm = norm.map(|seconds| duration(l, seconds as f64));
        let spans = l.waiting_answer(self.span(&all, "p50"), self.span(&all, "p90"));
        let kept = match (norm, ratio(within, measured)) {
            (Some(norm), Some(_)) => l.waiting_within(norm, share(l, within, measured)),
            (None, Some(_)) => l.waiting_within_norms(share(l, within, measured)),
            _ => String::new(),
        };
        Ok(Some(Figure {
            code: "waiting",
            title: l.waiting_title().to_owned(),
            answer: format!("{spans} {kept}").trim_end().to_owned(),
            note: self.note(l.waiting_note(), all.is_exact && sheet.is_exact, false),
            pair: None,
            drawing: self.times(self.spread(&sheet, &order, by), by),
            head,
            rows: order.iter().map(row).collect(),
            lists: vec![(self.list(&[("what", "waited")]), l.list_waited())],
        }))
    }
}

/// A sum, which comes as a real number where percentiles come from buckets.
#[expect(clippy::cast_possible_truncation, reason = "counts are far below 2^52")]
fn whole_of(sheet: &Sheet, row: usize, column: &str) -> i64 {
    real(sheet, row, column).unwrap_or(0.0) as i64
}
