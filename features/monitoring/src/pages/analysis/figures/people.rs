//! What people say: marks, what they are of, and complaints.

use std::collections::BTreeMap;

use otklik_lake::Result;

use super::{Key, Maker, Scale, Shown, count, real, sentences, whole};
use crate::answers::{By, Sheet};
use crate::pages::analysis::figure::Figure;
use crate::pages::analysis::next;
use crate::pages::table::{Column, Value, is_enough};

/// The highest mark of the scale that all marks are brought to: to draw by.
const BEST: f64 = 5.0;

impl Maker<'_> {
    pub(super) async fn people(&self) -> Result<Option<Figure>> {
        let (l, by) = (self.l, next(self.asked));
        let (ask, total, allowed) = (self.ask(by), self.asked.ask(&[]), &self.asked.allowed);
        let marks = self.answers.satisfaction(&ask, allowed).await?;
        let all = self.answers.satisfaction(&total, allowed).await?;
        let complaints = self.answers.complaints(&ask, allowed).await?;
        let told = self.answers.complaints(&total, allowed).await?;
        let (mean, complained) = (real(&all, 0, "mean"), whole(&told, 0, "applications"));
        if mean.is_none() && complained == 0 {
            return Ok(None);
        }
        let mut order = self.order(&marks, by, "mean");
        if !super::is_time(by) {
            order.reverse();
        }
        let shown = |&row: &usize| {
            let value = real(&marks, row, "mean")?;
            let n = whole(&marks, row, "n");
            is_enough(n).then_some(())?;
            Some(Shown {
                key: self.key(&marks, row, by),
                value,
                interval: None,
                text: Value::Mean(value).words(l),
                more: l.n_marks(n, count(n)),
                is_problem: mean.is_some_and(|mean| value < mean),
            })
        };
        let mark = |value: f64| Value::Mean(value).words(l);
        let scale = Scale { by, line: mean, top: Some(BEST), mark: &mark };
        let drawing = self.drawing(order.iter().filter_map(shown).collect(), &scale);
        // Whoever has only complaints, or only marks, has a row too.
        let by_code = |sheet: &Sheet| -> BTreeMap<String, usize> {
            (0..sheet.rows.len()).map(|row| (self.key(sheet, row, by).code, row)).collect()
        };
        let (rated, begun) = (by_code(&marks), by_code(&complaints));
        let row = |code: &String| {
            let (mark, complaint) = (rated.get(code).copied(), begun.get(code).copied());
            let name = match (mark, complaint) {
                (Some(row), _) => self.key(&marks, row, by).cell(),
                (_, Some(row)) => self.key(&complaints, row, by).cell(),
                _ => Value::Text(code.clone()),
            };
            let number = |column| complaint.map_or(0, |row| whole(&complaints, row, column));
            let per = complaint.and_then(|row| real(&complaints, row, "per_thousand"));
            vec![
                name,
                Value::Count(mark.map_or(0, |row| whole(&marks, row, "n"))),
                mark.and_then(|row| real(&marks, row, "mean")).map_or(Value::Nothing, Value::Mean),
                Value::Count(number("began")),
                Value::Count(number("applications")),
                Value::Count(number("upheld")),
                Value::Count(number("rejected")),
                per.filter(|_| number("began") >= 5).map_or(Value::Nothing, Value::Mean),
            ]
        };
        let said = |code: &&String| {
            let complained = begun.get(*code).is_some_and(|&row| whole(&complaints, row, "applications") > 0);
            complained || rated.contains_key(*code)
        };
        let mut codes: Vec<String> = order.iter().map(|&row| self.key(&marks, row, by).code).collect();
        codes.extend(begun.keys().filter(|code| !rated.contains_key(*code)).cloned());
        if super::is_time(by) {
            codes.sort();
        }
        let n = whole(&all, 0, "n");
        let per = real(&told, 0, "per_thousand").filter(|_| whole(&told, 0, "began") >= 5);
        Ok(Some(Figure {
            code: "people",
            title: l.people_title().to_owned(),
            answer: sentences([
                mean.map(|mean| l.people_answer(l.n_marks(n, count(n)), Value::Mean(mean).words(l))),
                per.map(|per| l.people_complained(Value::Mean(per).words(l))),
            ]),
            note: l.people_note().to_owned(),
            pair: None,
            drawing,
            head: vec![
                self.by_column(by),
                Column::number(l.column_marks()),
                Column::number(l.column_mean_mark()),
                Column::number(l.column_began()),
                Column::number(l.column_complained()),
                Column::number(l.column_upheld()),
                Column::number(l.column_rejected()),
                Column::number(l.column_per_thousand()),
            ],
            rows: codes.iter().filter(said).map(row).collect(),
            lists: [
                (n > 0).then(|| (self.list(&[("what", "rated")]), l.list_rated())),
                (complained > 0).then(|| (self.list(&[("what", "complained")]), l.list_complained())),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }))
    }

    pub(super) async fn criteria(&self) -> Result<Option<Figure>> {
        let (l, allowed) = (self.l, &self.asked.allowed);
        let sheet = self.answers.criteria(&self.asked.ask(&[]), allowed).await?;
        if sheet.rows.is_empty() {
            return Ok(None);
        }
        let all = self.answers.satisfaction(&self.asked.ask(&[]), allowed).await?;
        let (also, mut head) = self.also();
        let table = self.answers.criteria(&self.asked.ask(&also), allowed).await?;
        let line = real(&all, 0, "mean");
        let marks = |row| l.n_marks(whole(&sheet, row, "n"), count(whole(&sheet, row, "n")));
        let shown = |row: usize| {
            let value = real(&sheet, row, "mean_mark")?;
            is_enough(whole(&sheet, row, "n")).then_some(())?;
            let code = sheet.text(row, "criterion").to_owned();
            Some(Shown {
                key: Key { name: code.clone(), code, shown: String::new(), href: None },
                value,
                interval: None,
                text: Value::Mean(value).words(l),
                more: marks(row),
                is_problem: line.is_some_and(|line| value < line),
            })
        };
        let mark = |value: f64| Value::Mean(value).words(l);
        let scale = Scale { by: By::Service, line, top: Some(BEST), mark: &mark };
        let drawing = self.draw((0..sheet.rows.len()).filter_map(shown).collect(), &scale);
        let mean = |row, column| real(&table, row, column).map_or(Value::Nothing, Value::Mean);
        let row = |row| {
            let mut cells = self.own(&table, row);
            cells.push(Value::Text(table.text(row, "criterion").to_owned()));
            cells.extend([Value::Count(whole(&table, row, "n")), mean(row, "mean_mark")]);
            cells.extend([Value::Count(whole(&table, row, "rated")), mean(row, "mean")]);
            cells
        };
        head.extend([Column::text(l.column_criterion()), Column::number(l.column_marks())]);
        head.extend([Column::number(l.column_mean_mark()), Column::number(l.column_own_marks())]);
        head.push(Column::number(l.column_own_mean()));
        Ok(Some(Figure {
            code: "criteria",
            title: l.criteria_title().to_owned(),
            answer: real(&sheet, 0, "mean_mark").map_or_else(String::new, |mean| {
                l.criteria_answer(sheet.text(0, "criterion").to_owned(), marks(0), mark(mean))
            }),
            note: l.criteria_note().to_owned(),
            pair: None,
            drawing,
            head,
            rows: (0..table.rows.len()).map(row).collect(),
            lists: vec![(self.list(&[("what", "rated")]), l.list_rated())],
        }))
    }
}
