//! `otklik monitoring trace`: all that is known of an application.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use otklik_kernel::{Instant, Zone};
use otklik_monitoring::answers::{Allowed, Cell, Sheet, Trace};
use otklik_progress::exchange::{activity, complaint_event, fee_event};
use otklik_progress::model::{Item, Process};
use otklik_progress::reference::Reference;
use serde_json::json;

use super::common::Opened;
use super::report::table;
use crate::commands::{Json, exit};
use crate::settings::Settings;

/// An application by its number.
#[derive(Args, Debug)]
pub struct TraceArgs {
    /// The request number
    request: String,
    #[command(flatten)]
    json: Json,
}

/// Prints all that is known of an application: 0 when it is there, 1 when it isn't.
pub async fn run(settings: Settings, args: TraceArgs) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let answers = opened.hub.answers().await?;
    let found = match answers.commit() {
        0 => None,
        _ => answers.trace(&args.request, &Allowed::All).await?,
    };
    match &found {
        Some(trace) => args.json.print(trace, &words(trace, opened.hub.rules().await?.reference()))?,
        None => args.json.print(&json!(null), &format!("{}: такого заявления нет", args.request))?,
    }
    opened.close().await;
    Ok(exit(found.is_some()))
}

/// A row of a sheet, by the names of its columns.
#[derive(Clone, Copy)]
struct Row<'s> {
    sheet: &'s Sheet,
    row: usize,
}

impl<'s> Row<'s> {
    fn all(sheet: &'s Sheet) -> impl Iterator<Item = Self> {
        (0..sheet.rows.len()).map(move |row| Self { sheet, row })
    }

    fn text(self, column: &str) -> &'s str {
        self.sheet.text(self.row, column)
    }

    fn whole<N: TryFrom<i64>>(self, column: &str) -> Option<N> {
        N::try_from(self.sheet.whole(self.row, column)?).ok()
    }

    /// The moment on the office's clock.
    fn moment(self) -> String {
        let at = Instant(self.whole::<i64>("at").unwrap_or(0) * Instant::SECOND);
        at.show_exact_in(&Zone::ahead(self.whole("offset").unwrap_or(0)))
    }

    fn region(self, reference: &Reference) -> String {
        let code = self.text("region");
        let known = code.parse().ok().and_then(|code| reference.regions.of_code(code));
        known.map_or_else(|| code.to_owned(), |region| format!("{code} {}", region.name))
    }

    /// The channels of the request and of the result.
    fn channels(self) -> String {
        either(&[self.text("channel"), self.text("channel_out")], " → ")
    }

    /// Sex and age of a person, ОГРН of an organisation.
    fn applicant(self) -> String {
        let age = self.whole::<i64>("age").map_or_else(String::new, |age| format!("возраст {age}"));
        let ogrn = self.whole::<i64>("ogrn").map_or_else(String::new, |ogrn| format!("ОГРН {ogrn}"));
        either(&[self.text("sex"), &age, &ogrn], ", ")
    }

    /// Whose delivery told it.
    fn delivery(self) -> String {
        let revision: i64 = self.whole("revision").unwrap_or(1);
        format!("{} за {}, ревизия {revision}", self.text("sender"), self.text("day"))
    }
}

/// Those that say something, joined.
fn either(parts: &[&str], between: &str) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

/// Some seconds in days, hours and minutes.
fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} мин"),
        (0, _) => format!("{hours} ч {minutes} мин"),
        _ => format!("{days} сут {hours} ч"),
    }
}

fn words(trace: &Trace, reference: &Reference) -> String {
    let findings = trace.findings.iter().map(|one| format!("{}. {}\n", one.rule, one.title)).collect();
    let parts = [
        ("", Row::all(&trace.case).map(|case| facts(case, reference)).collect()),
        ("События", events(&trace.events, reference)),
        ("Что сообщали о заявлении", told(&trace.told, reference)),
        ("Пошлина", happened(&trace.payments, |row| named(row, fee_event))),
        ("Оценки", happened(&trace.ratings, rated)),
        ("Жалобы", happened(&trace.complaints, complained)),
        ("Нарушения порядка", findings),
    ];
    let shown = parts.into_iter().filter(|(_, text): &(_, String)| !text.is_empty());
    shown.map(|(title, text)| if title.is_empty() { text } else { format!("\n{title}\n{text}") }).collect()
}

/// What is known of the application itself.
fn facts(case: Row<'_>, reference: &Reference) -> String {
    let of = |column: &str| case.text(column).to_owned();
    let seconds = |column: &str| case.whole(column).filter(|n| *n > 0).map_or_else(String::new, span);
    let status = case.whole("last_status").map_or_else(String::new, |code| activity(reference, code));
    let facts = [
        ("Заявление", of("request")),
        ("Услуга", of("service")),
        ("Вариант", of("variant")),
        ("Канал", case.channels()),
        ("Вид сведений", of("mnemonic")),
        ("Регион", case.region(reference)),
        ("Орган", either(&[case.text("body"), case.text("body_name")], " ")),
        ("Заявитель", case.applicant()),
        ("Последний статус", status),
        ("Длится", seconds("total")),
        ("Приостановлено", seconds("paused")),
    ];
    let shown = facts.iter().filter(|(_, value)| !value.is_empty());
    shown.map(|(name, value)| format!("{name:<18}{value}\n")).collect()
}

fn events(sheet: &Sheet, reference: &Reference) -> String {
    let line = |row: Row<'_>| {
        let process = row.whole("process").and_then(Process::of).map_or("", Process::title);
        let item = row.whole("item").and_then(Item::of).map(|item| item.to_string());
        let status = row.whole("status").map(|code| activity(reference, code));
        [
            row.moment(),
            process.to_owned(),
            item.unwrap_or_default(),
            status.unwrap_or_default(),
            row.text("mnemonic").to_owned(),
            row.delivery(),
        ]
    };
    lines(&["когда", "процесс", "пункт", "статус", "вид сведений", "поставка"], Row::all(sheet).map(line))
}

fn told(sheet: &Sheet, reference: &Reference) -> String {
    let line = |row: Row<'_>| {
        [
            row.delivery(),
            either(&[row.text("service"), row.text("variant")], ", "),
            row.text("topic").to_owned(),
            row.channels(),
            row.text("mnemonic").to_owned(),
            row.region(reference),
            either(&[row.text("body_code"), row.text("body_name")], " "),
            row.applicant(),
        ]
    };
    let columns =
        ["поставка", "услуга, вариант", "тема", "канал", "вид сведений", "регион", "орган", "заявитель"];
    lines(&columns, Row::all(sheet).map(line))
}

/// What happened at which moment, and who told it.
fn happened(sheet: &Sheet, what: impl Fn(Row<'_>) -> String) -> String {
    lines(&["когда", "что", "поставка"], Row::all(sheet).map(|row| [row.moment(), what(row), row.delivery()]))
}

fn named(row: Row<'_>, name: fn(u8) -> Option<&'static str>) -> String {
    row.whole("event").and_then(name).unwrap_or("—").to_owned()
}

fn rated(row: Row<'_>) -> String {
    let scale = row.whole::<i64>("mark_least").zip(row.whole::<i64>("mark_most"));
    let scale = scale.map_or_else(String::new, |(least, most)| format!(" по шкале от {least} до {most}"));
    let mark = row.whole::<i64>("mark").map_or_else(String::new, |mark| format!("{mark}{scale}"));
    either(&[&mark, &row.text("criteria").replace('|', ", "), row.text("comment")], "; ")
}

fn complained(row: Row<'_>) -> String {
    either(&[row.text("complaint"), &named(row, complaint_event)], ": ")
}

/// A table for a terminal; nothing without rows.
fn lines<const N: usize>(columns: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let cell = |text: String| if text.is_empty() { Cell::None } else { Cell::Text(text) };
    let rows: Vec<Vec<Cell>> = rows.map(|row| row.map(cell).into()).collect();
    if rows.is_empty() {
        return String::new();
    }
    table(&Sheet { columns: columns.map(ToOwned::to_owned).into(), rows, is_exact: true })
}

#[cfg(test)]
mod tests {
    use otklik_monitoring::answers::Told;

    use super::*;

    /// A sheet of one row; what reads like a whole number is one.
    fn sheet(cells: &[(&str, &str)]) -> Sheet {
        let cell = |value: &str| value.parse().map_or_else(|_| Cell::Text(value.to_owned()), Cell::Whole);
        Sheet {
            columns: cells.iter().map(|(name, _)| (*name).to_owned()).collect(),
            rows: vec![cells.iter().map(|(_, value)| cell(value)).collect()],
            is_exact: true,
        }
    }

    #[test]
    fn mon13_an_application_is_told_in_words() {
        let by = [("sender", "epgu"), ("day", "2026-01-12"), ("revision", "2")];
        let at = |seconds: &'static str| [("at", seconds), ("offset", "420")];
        let of = |more: &[(&'static str, &'static str)]| sheet(&[&at("1768188634")[..], more, &by].concat());
        let mut events = of(&[("process", "3"), ("item", "60"), ("status", "0")]);
        events.rows.extend(of(&[("process", "3"), ("item", "140"), ("status", "2")]).rows);
        let person = [("sex", "Ж"), ("age", "35")];
        let about = [("request", "Ж-1"), ("last_status", "2"), ("total", "183900"), ("paused", "0")];
        let trace = Trace {
            case: sheet(&[&about[..], &person].concat()),
            events,
            told: sheet(
                &[&[("channel", "РПГУ"), ("channel_out", "МФЦ"), ("topic", "сроки")][..], &person, &by]
                    .concat(),
            ),
            payments: of(&[("event", "2")]),
            ratings: of(&[
                ("mark", "5"),
                ("mark_least", "0"),
                ("mark_most", "10"),
                ("criteria", "удобство|сроки"),
                ("comment", "Спасибо"),
            ]),
            complaints: of(&[("complaint", "Ж/7"), ("event", "3")]),
            findings: vec![Told { rule: 4, title: "Сначала регистрация".to_owned() }],
        };
        let reference = Reference::built_in();
        let text = words(&trace, reference);
        let (draft, status) = (activity(reference, 0), activity(reference, 2));
        for part in [
            "Заявление         Ж-1\n",
            "Заявитель         Ж, возраст 35\n",
            &format!("Последний статус  {status}\nДлится            2 сут 3 ч\n\nСобытия\n"),
            &format!("12.01.2026 10:30:34 (UTC+7)  ЕПГУ (РПГУ)  6      {draft} "),
            &format!("12.01.2026 10:30:34 (UTC+7)  ЕПГУ (РПГУ)  14     {status}"),
            "сроки  РПГУ → МФЦ  ",
            "  Ж, возраст 35\n",
            "  Пошлина оплачена  epgu за 2026-01-12, ревизия 2\n",
            "  5 по шкале от 0 до 10; удобство, сроки; Спасибо  ",
            "  Ж/7: Жалоба удовлетворена  ",
            "\nНарушения порядка\n4. Сначала регистрация\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("Приостановлено") && !text.contains("1768188634"), "{text}");
    }

    #[test]
    fn mon13_durations_are_told_as_far_as_they_matter() {
        assert_eq!([59, 3_660, 90_000].map(span), ["0 мин", "1 ч 1 мин", "1 сут 1 ч"]);
    }
}
