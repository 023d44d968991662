//! The figures of the page, each made of one or two answers.

use otklik_lake::Result;
use otklik_ui::charts::{Step, Strip, Trend};
use otklik_ui::thousands;

use super::days::with_quiet_days;
use super::figure::{Bar, Drawing, Figure, duration, percent};
use super::{Asked, PATH, Words, next};
use crate::answers::{Answers, By, Cell, Sheet};
use crate::texts::L;

/// Every figure, in the order of the page.
pub const ALL: [&str; 10] = [
    "dynamics",
    "durations",
    "norm",
    "bottlenecks",
    "waiting",
    "refusals",
    "interagency",
    "order",
    "digital",
    "people",
];
/// Bars drawn; the table has all rows.
const DRAWN: usize = 10;
/// Days drawn one by one; longer periods are drawn by months.
const BY_DAY: i64 = 92;

/// What a figure is made from.
struct Maker<'a> {
    l: L,
    answers: &'a Answers,
    asked: &'a Asked,
    words: &'a Words,
}

/// Makes a figure; nothing when the data have nothing to say.
pub async fn make(
    code: &'static str,
    l: L,
    answers: &Answers,
    asked: &Asked,
    words: &Words,
) -> Result<Option<Figure>> {
    let maker = Maker { l, answers, asked, words };
    match code {
        "dynamics" => maker.dynamics().await,
        "durations" => maker.durations().await,
        "norm" => maker.norm().await,
        "bottlenecks" => maker.bottlenecks().await,
        "waiting" => maker.waiting().await,
        "refusals" => maker.refusals().await,
        "interagency" => maker.interagency().await,
        "order" => maker.order().await,
        "digital" => maker.digital().await,
        _ => maker.people().await,
    }
}

fn real(sheet: &Sheet, row: usize, column: &str) -> Option<f64> {
    sheet.get(row, column).and_then(Cell::number)
}

fn whole(sheet: &Sheet, row: usize, column: &str) -> i64 {
    sheet.get(row, column).and_then(Cell::whole).unwrap_or(0)
}

fn count(n: i64) -> String {
    thousands(n.unsigned_abs())
}

/// Rows by a number, the largest first.
fn largest(sheet: &Sheet, column: &str) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..sheet.rows.len()).collect();
    rows.sort_by(|&one, &other| {
        let value = |row| real(sheet, row, column).unwrap_or(f64::MIN);
        value(other).total_cmp(&value(one))
    });
    rows
}

fn bar(share: f64, is_problem: bool) -> Strip {
    Strip { bar: Some((0.0, share.clamp(0.0, 1.0))), is_problem, ..Strip::default() }
}

impl Maker<'_> {
    fn span(&self, seconds: Option<f64>) -> String {
        seconds.map_or_else(|| "—".to_owned(), |seconds| duration(self.l, seconds))
    }

    fn text(&self, sheet: &Sheet, row: usize, by: By) -> (String, String) {
        let code = sheet.get(row, by.word()).and_then(Cell::text).unwrap_or_default();
        let name = match by {
            By::Service => self.words.service(code),
            By::Body => self.words.body(code),
            By::Region => self.words.region(code),
            _ => code.to_owned(),
        };
        let name = if name.is_empty() { self.l.not_said().to_owned() } else { name };
        (name, code.to_owned())
    }

    fn by_title(&self, by: By) -> String {
        match by {
            By::Service => self.l.by_service(),
            By::Body => self.l.by_body(),
            By::Region => self.l.by_region(),
            By::Channel => self.l.by_channel(),
            _ => self.l.by_day(),
        }
        .to_owned()
    }

    fn down(&self, by: By, code: &str) -> Option<String> {
        matches!(by, By::Service | By::Body | By::Region | By::Channel)
            .then(|| self.asked.address(PATH, &[(by.word(), code)]))
    }

    fn head(&self, first: String, more: &[&'static str]) -> Vec<(String, bool)> {
        std::iter::once((first, false)).chain(more.iter().map(|name| ((*name).to_owned(), true))).collect()
    }

    async fn dynamics(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let by = if self.asked.days() <= BY_DAY { By::Day } else { By::Month };
        let sheet = self.answers.overview(&self.asked.ask(&[by]), &self.asked.allowed).await?;
        let all = self.answers.overview(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let (began, ended) = (whole(&all, 0, "began"), whole(&all, 0, "ended"));
        if began + ended == 0 {
            return Ok(None);
        }
        let value = |row: Option<usize>| row.and_then(|row| real(&sheet, row, "began")).unwrap_or(0.0);
        let most = (0..sheet.rows.len()).map(|row| value(Some(row))).fold(2.0, f64::max);
        // A half of it stands at the axis too.
        let most = (most / 2.0).ceil() * 2.0;
        let step = |(name, row): (String, Option<usize>)| {
            let short = match by {
                By::Day => format!("{}.{}", &name[8..], &name[5..7]),
                _ => name,
            };
            let began = value(row);
            let n = count(row.map_or(0, |row| whole(&sheet, row, "began")));
            Step { long: l.dynamics_step(short.clone(), n), short, value: Some((began, began, began)) }
        };
        let names: Vec<String> = (0..sheet.rows.len())
            .map(|row| sheet.get(row, by.word()).and_then(Cell::text).unwrap_or_default().to_owned())
            .collect();
        let steps: Vec<Step> = with_quiet_days(names, by).into_iter().map(step).collect();
        let marks = [0.5, 1.0].map(|share| (most * share, format!("{:.0}", most * share)));
        let last = sheet
            .rows
            .len()
            .checked_sub(1)
            .map_or_else(String::new, |row| count(whole(&sheet, row, "began")));
        let share = |name| real(&all, 0, name).map_or_else(|| "—".to_owned(), percent);
        let row = |row: usize| {
            let cell = |name| count(whole(&sheet, row, name));
            let shares = ["digital_share", "within_share", "broken_share"];
            let shares = shares.map(|name| real(&sheet, row, name).map_or_else(String::new, percent));
            let first = sheet.get(row, by.word()).and_then(Cell::text).unwrap_or_default().to_owned();
            [
                vec![first],
                vec![cell("began"), cell("ended"), cell("granted"), cell("denied")],
                shares.to_vec(),
            ]
            .concat()
        };
        let names = [
            l.column_began(),
            l.column_ended(),
            l.column_granted(),
            l.column_denied(),
            l.column_digital(),
            l.column_within(),
            l.column_broken(),
        ];
        Ok(Some(Figure {
            code: "dynamics",
            title: l.dynamics_title().to_owned(),
            answer: l.dynamics_answer(
                count(began),
                share("digital_share"),
                count(ended),
                share("within_share"),
            ),
            note: l.dynamics_note().to_owned(),
            drawing: Drawing::Trend(Trend {
                steps,
                top: most * 1.08,
                marks: marks.into(),
                breaks: Vec::new(),
                last,
            }),
            head: self.head(self.by_title(by), &names),
            rows: (0..sheet.rows.len()).map(row).collect(),
        }))
    }

    async fn durations(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let sheet = self.answers.durations(&self.asked.ask(&[by]), &self.asked.allowed).await?;
        let all = self.answers.durations(&self.asked.ask(&[]), &self.asked.allowed).await?;
        if whole(&all, 0, "n") == 0 {
            return Ok(None);
        }
        let order = largest(&sheet, "p50");
        let top = order.iter().filter_map(|&row| real(&sheet, row, "p90")).fold(1.0, f64::max);
        let bars = order.iter().take(DRAWN).filter_map(|&row| {
            let (label, code) = self.text(&sheet, row, by);
            let (half, ninety) = (real(&sheet, row, "p50")?, real(&sheet, row, "p90")?);
            Some(Bar {
                label,
                href: self.down(by, &code),
                value: duration(l, half),
                more: l.up_to_ninety(duration(l, ninety)),
                strip: Strip { interval: Some((half / top, ninety / top)), ..bar(half / top, false) },
            })
        });
        let row = |&row: &usize| {
            let span = |name| self.span(real(&sheet, row, name));
            vec![
                self.text(&sheet, row, by).0,
                count(whole(&sheet, row, "n")),
                span("p50"),
                span("p75"),
                span("p90"),
                span("p95"),
                span("active_p50"),
                span("active_p95"),
            ]
        };
        let names = [l.column_n(), l.p50(), l.p75(), l.p90(), l.p95(), l.active_p50(), l.active_p95()];
        let answer = l.durations_answer(
            self.span(real(&all, 0, "active_p50")),
            self.span(real(&all, 0, "p50")),
            self.span(real(&all, 0, "p95")),
        );
        Ok(Some(Figure {
            code: "durations",
            title: l.durations_title().to_owned(),
            answer,
            note: if all.is_exact && sheet.is_exact { l.durations_note() } else { l.durations_note_about() }
                .to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self.head(self.by_title(by), &names),
            rows: order.iter().map(row).collect(),
        }))
    }

    async fn norm(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let names = ["measured", "within"];
        let sheet = self.answers.overview(&self.asked.ask(&[by]), &self.asked.allowed).await?;
        let all = self.answers.overview(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let Some(share) = real(&all, 0, "within_share") else { return Ok(None) };
        let mut order: Vec<usize> = largest(&sheet, "within_share")
            .into_iter()
            .filter(|&row| whole(&sheet, row, names[0]) > 0)
            .collect();
        order.reverse();
        let bars = order.iter().take(DRAWN).filter_map(|&row| {
            let (label, code) = self.text(&sheet, row, by);
            let within = real(&sheet, row, "within_share")?;
            let strip = Strip { line: Some(share), ..bar(within, within < share) };
            let n = l.of_n(count(whole(&sheet, row, names[0])));
            Some(Bar { label, href: self.down(by, &code), value: percent(within), more: n, strip })
        });
        let row = |&row: &usize| {
            let cell = |name| count(whole(&sheet, row, name));
            let within = real(&sheet, row, "within_share").map_or_else(String::new, percent);
            vec![self.text(&sheet, row, by).0, cell(names[0]), cell(names[1]), within]
        };
        Ok(Some(Figure {
            code: "norm",
            title: l.norm_figure_title().to_owned(),
            answer: l.norm_figure_answer(count(whole(&all, 0, names[0])), percent(share)),
            note: l.norm_figure_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self
                .head(self.by_title(by), &[l.column_measured(), l.column_within_n(), l.column_within()]),
            rows: order.iter().map(row).collect(),
        }))
    }

    async fn bottlenecks(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.bottlenecks(&self.asked.ask(&[]), &self.asked.allowed, 50).await?;
        if sheet.rows.is_empty() {
            return Ok(None);
        }
        let name = |row: usize| {
            let status = |column| self.words.status(whole(&sheet, row, column));
            format!("{} → {}", status("from_status"), status("to_status"))
        };
        let top = real(&sheet, 0, "share").unwrap_or(1.0).max(f64::MIN_POSITIVE);
        let bars = (0..sheet.rows.len().min(DRAWN)).map(|row| {
            let share = real(&sheet, row, "share").unwrap_or(0.0);
            Bar {
                label: name(row),
                href: None,
                value: percent(share),
                more: l.half_under(self.span(real(&sheet, row, "p50"))),
                strip: bar(share / top, false),
            }
        });
        let row = |row: usize| {
            let share = real(&sheet, row, "share").map_or_else(String::new, percent);
            let span = |name| self.span(real(&sheet, row, name));
            vec![name(row), count(whole(&sheet, row, "n")), share, span("mean"), span("p50"), span("p95")]
        };
        let names = [l.column_n(), l.column_share_of_time(), l.mean(), l.p50(), l.p95()];
        Ok(Some(Figure {
            code: "bottlenecks",
            title: l.bottlenecks_title().to_owned(),
            answer: l.bottlenecks_answer(percent(real(&sheet, 0, "share").unwrap_or(0.0)), name(0)),
            note: l.bottlenecks_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self.head(l.column_step().to_owned(), &names),
            rows: (0..sheet.rows.len()).map(row).collect(),
        }))
    }

    async fn waiting(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.waiting(&self.asked.ask(&[By::Body]), &self.asked.allowed).await?;
        let all = self.answers.waiting(&self.asked.ask(&[]), &self.asked.allowed).await?;
        if whole(&all, 0, "n") == 0 {
            return Ok(None);
        }
        let order = largest(&sheet, "p90");
        let top = order.iter().filter_map(|&row| real(&sheet, row, "p90")).fold(1.0, f64::max);
        let bars = order.iter().take(DRAWN).filter_map(|&row| {
            let (label, code) = self.text(&sheet, row, By::Body);
            let (half, ninety) = (real(&sheet, row, "p50")?, real(&sheet, row, "p90")?);
            Some(Bar {
                label,
                href: self.down(By::Body, &code),
                value: duration(l, half),
                more: l.up_to_ninety(duration(l, ninety)),
                strip: Strip { interval: Some((half / top, ninety / top)), ..bar(half / top, false) },
            })
        });
        let row = |&row: &usize| {
            let span = |name| self.span(real(&sheet, row, name));
            let within = real(&sheet, row, "within_share").map_or_else(String::new, percent);
            let n = count(whole(&sheet, row, "n"));
            vec![self.text(&sheet, row, By::Body).0, n, span("p50"), span("p90"), within, span("called_mean")]
        };
        let names = [l.column_n(), l.p50(), l.p90(), l.column_within_waiting(), l.column_called()];
        let within = real(&all, 0, "within_share").map_or_else(|| "—".to_owned(), percent);
        Ok(Some(Figure {
            code: "waiting",
            title: l.waiting_title().to_owned(),
            answer: l.waiting_answer(
                self.span(real(&all, 0, "p50")),
                self.span(real(&all, 0, "p90")),
                within,
            ),
            note: l.waiting_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self.head(l.by_body().to_owned(), &names),
            rows: order.iter().map(row).collect(),
        }))
    }

    async fn refusals(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.refusals(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let began = real(&sheet, 0, "began").unwrap_or(0.0);
        if sheet.rows.is_empty() || began < 1.0 {
            return Ok(None);
        }
        let stages: Vec<(String, i64)> = sheet
            .columns
            .iter()
            .filter(|name| *name != "began" && *name != "refused")
            .map(|name| {
                (stage(l, name).map_or_else(|| name.clone(), ToOwned::to_owned), whole(&sheet, 0, name))
            })
            .collect();
        let most = stages.iter().map(|(_, n)| *n).max().unwrap_or(0);
        if most == 0 {
            return Ok(None);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let share = |n: i64| n as f64 / began;
        let bars = stages.iter().filter(|(_, n)| *n > 0).map(|(name, n)| Bar {
            label: name.clone(),
            href: None,
            value: percent(share(*n)),
            more: l.n_applications(*n, count(*n)),
            strip: bar(share(*n) / share(most), true),
        });
        let first = stages.iter().max_by_key(|(_, n)| *n);
        let answer =
            first.map_or_else(String::new, |(name, n)| l.refusals_answer(percent(share(*n)), name.clone()));
        Ok(Some(Figure {
            code: "refusals",
            title: l.refusals_title().to_owned(),
            answer,
            note: l.refusals_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self.head(l.column_stage().to_owned(), &[l.column_n(), l.column_share()]),
            rows: stages.iter().map(|(name, n)| vec![name.clone(), count(*n), percent(share(*n))]).collect(),
        }))
    }

    async fn interagency(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.mnemonics(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let all = self.answers.interagency(&self.asked.ask(&[]), &self.asked.allowed).await?;
        if whole(&all, 0, "asked") == 0 {
            return Ok(None);
        }
        let order = largest(&sheet, "p50");
        let top = order.iter().filter_map(|&row| real(&sheet, row, "p90")).fold(1.0, f64::max);
        let name = |row: usize| {
            let code = sheet.get(row, "mnemonic").and_then(Cell::text).unwrap_or_default();
            if code.is_empty() { l.not_said().to_owned() } else { code.to_owned() }
        };
        let bars = order.iter().take(DRAWN).filter_map(|&row| {
            let (half, ninety) = (real(&sheet, row, "p50")?, real(&sheet, row, "p90")?);
            Some(Bar {
                label: name(row),
                href: None,
                value: duration(l, half),
                more: l.up_to_ninety(duration(l, ninety)),
                strip: Strip { interval: Some((half / top, ninety / top)), ..bar(half / top, false) },
            })
        });
        let row = |&row: &usize| {
            let span = |name| self.span(real(&sheet, row, name));
            vec![
                name(row),
                count(whole(&sheet, row, "n")),
                span("mean"),
                span("p50"),
                span("p90"),
                span("p95"),
            ]
        };
        let failed = real(&all, 0, "failed_share").map_or_else(|| "—".to_owned(), percent);
        Ok(Some(Figure {
            code: "interagency",
            title: l.interagency_title().to_owned(),
            answer: l.interagency_answer(
                count(whole(&all, 0, "asked")),
                failed,
                self.span(real(&all, 0, "p50")),
            ),
            note: l.interagency_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self
                .head(l.column_mnemonic().to_owned(), &[l.column_n(), l.mean(), l.p50(), l.p90(), l.p95()]),
            rows: order.iter().map(row).collect(),
        }))
    }

    async fn order(&self) -> Result<Option<Figure>> {
        let l = self.l;
        let sheet = self.answers.conformance(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let all = self.answers.overview(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let Some(broken) = real(&all, 0, "broken_share") else { return Ok(None) };
        let order: Vec<usize> =
            largest(&sheet, "n").into_iter().filter(|&row| whole(&sheet, row, "n") > 0).collect();
        let top = order.first().and_then(|&row| real(&sheet, row, "share")).unwrap_or(1.0);
        let title = |row| sheet.get(row, "title").and_then(Cell::text).unwrap_or_default().to_owned();
        let bars = order.iter().take(DRAWN).map(|&row| {
            let share = real(&sheet, row, "share").unwrap_or(0.0);
            let rule = whole(&sheet, row, "rule").to_string();
            Bar {
                label: title(row),
                href: Some(self.asked.address("/admin/monitoring/breaking", &[("rule", &rule)])),
                value: percent(share),
                more: l.n_applications(whole(&sheet, row, "n"), count(whole(&sheet, row, "n"))),
                strip: bar(share / top, true),
            }
        });
        let bars: Vec<Bar> = bars.collect();
        let row = |&row: &usize| {
            let share = real(&sheet, row, "share").map_or_else(String::new, percent);
            vec![title(row), count(whole(&sheet, row, "n")), share]
        };
        Ok(Some(Figure {
            code: "order",
            title: l.order_title().to_owned(),
            answer: l.order_answer(percent(broken)),
            note: l.order_note().to_owned(),
            drawing: match bars.is_empty() {
                true => Drawing::Nothing(l.order_none().to_owned()),
                false => Drawing::Bars(bars),
            },
            head: self.head(l.column_rule().to_owned(), &[l.column_n(), l.column_share()]),
            rows: order.iter().map(row).collect(),
        }))
    }

    async fn digital(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let sheet = self.answers.digital(&self.asked.ask(&[by]), &self.asked.allowed).await?;
        let all = self.answers.digital(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let Some(share) = real(&all, 0, "digital_share") else { return Ok(None) };
        let order = largest(&sheet, "digital_share");
        let bars = order.iter().take(DRAWN).filter_map(|&row| {
            let (label, code) = self.text(&sheet, row, by);
            let digital = real(&sheet, row, "digital_share")?;
            Some(Bar {
                label,
                href: self.down(by, &code),
                value: percent(digital),
                more: l.of_n(count(whole(&sheet, row, "began"))),
                strip: Strip { line: Some(share), ..bar(digital, false) },
            })
        });
        let row = |&row: &usize| {
            let cell = |name| count(whole(&sheet, row, name));
            let digital = real(&sheet, row, "digital_share").map_or_else(String::new, percent);
            vec![self.text(&sheet, row, by).0, cell("began"), cell("digital"), digital]
        };
        Ok(Some(Figure {
            code: "digital",
            title: l.digital_title().to_owned(),
            answer: l.digital_answer(count(whole(&all, 0, "began")), percent(share)),
            note: l.digital_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self.head(self.by_title(by), &[l.column_began(), l.column_digital_n(), l.column_digital()]),
            rows: order.iter().map(row).collect(),
        }))
    }

    async fn people(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let marks = self.answers.satisfaction(&self.asked.ask(&[by]), &self.asked.allowed).await?;
        let all = self.answers.satisfaction(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let complaints = self.answers.complaints(&self.asked.ask(&[by]), &self.asked.allowed).await?;
        let told = self.answers.complaints(&self.asked.ask(&[]), &self.asked.allowed).await?;
        let mean = real(&all, 0, "mean");
        let (Some(mean), Some(thousand)) = (mean, real(&told, 0, "per_thousand").or(Some(0.0))) else {
            return Ok(None);
        };
        let decimal = |value: f64| format!("{value:.2}").replace('.', ",");
        let order = {
            let mut order = largest(&marks, "mean");
            order.reverse();
            order
        };
        let bars = order.iter().take(DRAWN).filter_map(|&row| {
            let (label, code) = self.text(&marks, row, by);
            let value = real(&marks, row, "mean")?;
            Some(Bar {
                label,
                href: self.down(by, &code),
                value: decimal(value),
                more: l.n_marks(whole(&marks, row, "n"), count(whole(&marks, row, "n"))),
                strip: Strip { line: Some(mean / 5.0), ..bar(value / 5.0, value < mean) },
            })
        });
        let row = |&row: &usize| {
            let (name, code) = self.text(&marks, row, by);
            let same = (0..complaints.rows.len()).find(|&other| self.text(&complaints, other, by).1 == code);
            let per = same.and_then(|row| real(&complaints, row, "per_thousand"));
            let value = real(&marks, row, "mean").map_or_else(String::new, decimal);
            vec![name, count(whole(&marks, row, "n")), value, per.map_or_else(String::new, decimal)]
        };
        Ok(Some(Figure {
            code: "people",
            title: l.people_title().to_owned(),
            answer: l.people_answer(decimal(thousand), decimal(mean), count(whole(&all, 0, "n"))),
            note: l.people_note().to_owned(),
            drawing: Drawing::Bars(bars.collect()),
            head: self
                .head(self.by_title(by), &[l.column_marks(), l.column_mean_mark(), l.column_per_thousand()]),
            rows: order.iter().map(row).collect(),
        }))
    }
}

/// Words for a stage of refusals.
fn stage(l: L, name: &str) -> Option<&'static str> {
    Some(match name {
        "booking_failed" => l.stage_booking_failed(),
        "missed" => l.stage_missed(),
        "consent_refused" => l.stage_consent_refused(),
        "sending_failed" => l.stage_sending_failed(),
        "not_accepted" => l.stage_not_accepted(),
        "cancelled" => l.stage_cancelled(),
        "denied" => l.stage_denied(),
        "denied_online" => l.stage_denied_online(),
        "cancelling_refused" => l.stage_cancelling_refused(),
        _ => return None,
    })
}
