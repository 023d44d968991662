//! Which rules of the allowed order applications break, how often, which for example (MON-14: the order is ours).

use otklik_lake::Result;

use super::counts::counted;
use super::{Allowed, Answers, Ask, Cell, Sheet};

impl Answers {
    /// How many applications begun in the period break each rule that held in it, as rows of `rule`, `name`, `title`,
    /// `n`, `began`, `share`.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn conformance(&self, ask: &Ask, allowed: &Allowed) -> Result<Sheet> {
        let rules = self.rules.rules_between(ask.from, ask.to);
        let sums: Vec<String> = rules
            .iter()
            .map(|rule| {
                let (number, bit) = (rule.number, bit(rule.number));
                format!("{} as rule_{number}", counted(&format!("(findings & {bit}) <> 0")))
            })
            .collect();
        let query = format!(
            "select {}count(*) as began, {} as broken, {} \
             from live_cases where known and began is not null and {} {} {}",
            ask.selected("began_day"),
            counted("findings <> 0"),
            sums.join(", "),
            ask.condition(allowed, "began_day"),
            ask.listed("group by"),
            ask.listed("order by")
        );
        let wide = self.sheet(&query).await?;
        let keys = ask.by.len();
        let mut sheet = Sheet { is_exact: true, ..Sheet::default() };
        sheet.columns.extend(ask.by.iter().map(|by| by.word().to_owned()));
        sheet.columns.extend(["rule", "name", "title", "n", "began", "share"].map(str::to_owned));
        for row in &wide.rows {
            let began = row[keys].clone();
            for (rule, n) in rules.iter().zip(&row[keys + 2..]) {
                let share = n.number().zip(began.number()).filter(|(_, began)| *began > 0.0);
                let mut cells = row[..keys].to_vec();
                cells.extend([
                    Cell::Whole(rule.number.into()),
                    Cell::Text(rule.name.clone()),
                    Cell::Text(rule.title.clone()),
                    n.clone(),
                    began.clone(),
                    share.map_or(Cell::None, |(n, began)| Cell::Real(n / began)),
                ]);
                sheet.rows.push(cells);
            }
        }
        Ok(sheet)
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
