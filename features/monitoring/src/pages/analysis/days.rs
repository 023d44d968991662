//! The days of a line.

use otklik_kernel::CivilDay;

use crate::answers::By;

/// Days, or months, with their rows: days between them on which nothing began have none.
pub(super) fn with_quiet_days(names: Vec<String>, by: By) -> Vec<(String, Option<usize>)> {
    let mut all: Vec<(String, Option<usize>)> = Vec::new();
    for (row, name) in names.into_iter().enumerate() {
        let before = all.last().and_then(|(before, _)| CivilDay::parse(before));
        if let (By::Day, Some(before), Some(day)) = (by, before, CivilDay::parse(&name)) {
            let between = (1..).map(|days| before.plus_days(days)).take_while(|quiet| *quiet < day);
            all.extend(between.map(|quiet| (quiet.to_string(), None)));
        }
        all.push((name, Some(row)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_days_on_which_nothing_began_stand_in_the_line_too() {
        let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let days = with_quiet_days(names(&["2026-02-27", "2026-03-02", "2026-03-03"]), By::Day);
        let shown: Vec<(&str, Option<usize>)> = days.iter().map(|(day, row)| (day.as_str(), *row)).collect();
        assert_eq!(
            shown,
            [
                ("2026-02-27", Some(0)),
                ("2026-02-28", None),
                ("2026-03-01", None),
                ("2026-03-02", Some(1)),
                ("2026-03-03", Some(2))
            ]
        );
        assert_eq!(with_quiet_days(names(&["2026-01", "2026-04"]), By::Month).len(), 2);
    }
}
