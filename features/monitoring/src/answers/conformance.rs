//! Which rules of the allowed order applications break, how often, which for example (MON-14: the order is ours).

use std::collections::HashMap;

use otklik_lake::Result;

use super::sheet::key;
use super::{Allowed, Answers, Ask, Cell, Sheet};

impl Answers {
    /// How many applications begun in the period break each rule that held in it, as rows of `rule`, `name`, `title`,
    /// `n`, `began`, `share`.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn conformance(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let rules = self.rules.rules_between(ask.from, ask.to);
        let query = format!(
            "select {}findings, cast(sum(began) as bigint) as began from figures where {} \
             group by {}findings having sum(began) <> 0 order by {}findings",
            ask.selected("day"),
            ask.condition(allowed, "day"),
            ask.named(),
            ask.named()
        );
        let found = self.sheet(&query).await?;
        let keys = ask.by.len();
        let mut sheet = Sheet { is_exact: true, ..Sheet::default() };
        sheet.columns.extend(ask.by.iter().map(|by| by.word().to_owned()));
        sheet.columns.extend(["rule", "name", "title", "n", "began", "share"].map(str::to_owned));
        // Rows of equal keys follow one another.
        let mut groups: Vec<&[Vec<Cell>]> =
            found.rows.chunk_by(|one, other| one[..keys] == other[..keys]).collect();
        if groups.is_empty() && keys == 0 {
            groups.push(&[]);
        }
        for rows in groups {
            let numbers = |row: &Vec<Cell>| Some((row.get(keys)?.whole()?, row.get(keys + 1)?.whole()?));
            let sum = |is: &dyn Fn(i64) -> bool| -> i64 {
                rows.iter().filter_map(numbers).filter(|(findings, _)| is(*findings)).map(|(_, n)| n).sum()
            };
            let began = sum(&|_| true);
            for rule in &rules {
                let n = sum(&|findings| findings >> rule.number & 1 != 0);
                let share = (began > 0).then(|| Cell::Real(n as f64 / began as f64));
                let mut cells = rows.first().map_or_else(Vec::new, |row| row[..keys].to_vec());
                cells.extend([
                    Cell::Whole(rule.number.into()),
                    Cell::Text(rule.name.clone()),
                    Cell::Text(rule.title.clone()),
                    Cell::Whole(n),
                    Cell::Whole(began),
                    share.unwrap_or(Cell::None),
                ]);
                sheet.rows.push(cells);
            }
        }
        Ok(sheet)
    }
}

impl Answers {
    /// The same with `examples`: up to `most` numbers of requests that break the rule, the latest begun first, of those
    /// that are asked about and may be seen.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn conformance_with_examples(&self, ask: &Ask, allowed: &Allowed, most: u8) -> Result<Sheet> {
        let mut sheet = self.conformance(ask, allowed).await?;
        let mut examples = self.examples(ask, allowed, most).await?;
        sheet.columns.push("examples".to_owned());
        for row in &mut sheet.rows {
            let found = examples.remove(&key(&row[..=ask.by.len()]));
            row.push(Cell::List(found.unwrap_or_default()));
        }
        Ok(sheet)
    }

    /// Numbers of requests by the cells of what is asked by and the rule.
    async fn examples(&self, ask: &Ask, allowed: &Allowed, most: u8) -> Result<HashMap<String, Vec<String>>> {
        let rules = self.rules.rules_between(ask.from, ask.to);
        let bits: Vec<String> =
            rules.iter().map(|rule| format!("({}, {})", rule.number, bit(rule.number))).collect();
        let mut examples: HashMap<String, Vec<String>> = HashMap::new();
        if bits.is_empty() || most == 0 {
            return Ok(examples);
        }
        let keys = ask.named();
        let query = format!(
            "select {keys}rule, request from (select {keys}rule, request, row_number() over \
             (partition by {keys}rule order by began desc, request) as place \
             from (select {}request, began, findings from live_cases \
             where known and began is not null and findings <> 0 and {}) c \
             join (values {}) r(rule, bit) on (c.findings & r.bit) <> 0) x \
             where place <= {most} order by {keys}rule, place",
            ask.selected("began_day"),
            ask.condition(allowed, "began_day"),
            bits.join(", ")
        );
        for mut row in self.sheet(&query).await?.rows {
            if let Some(Cell::Text(request)) = row.pop() {
                examples.entry(key(&row)).or_default().push(request);
            }
        }
        Ok(examples)
    }
}

/// The bit of a rule as a literal; the last one is the sign.
pub(super) fn bit(rule: u8) -> String {
    match 1_u64.checked_shl(rule.into()).map(u64::cast_signed) {
        Some(i64::MIN) => "(-9223372036854775807 - 1)".to_owned(),
        Some(bit) => bit.to_string(),
        None => "0".to_owned(),
    }
}
