//! What people rated: criteria as senders write them, one beside the other in a rating (MON-7).

use std::collections::HashMap;

use super::{Cell, Sheet};

/// What is known of a criterion.
#[derive(Default)]
struct Rated {
    named: i64,
    /// How often it had a mark of its own, and their sum.
    own: (i64, f64),
    /// The sum of the marks of ratings that name it.
    marks: f64,
}

/// Ratings that name the same criteria (`criteria`, `mark_least`, `mark_most`, how many, the sum of their marks, after
/// `keys` columns) taken apart by criterion: `criterion`, `n`, `rated`, `mean`, `mean_mark`, within equal keys what was
/// named most often first.
pub(super) fn of(ratings: &Sheet, keys: usize) -> Sheet {
    let mut columns = ratings.columns.get(..keys).unwrap_or_default().to_vec();
    columns.extend(["criterion", "n", "rated", "mean", "mean_mark"].map(str::to_owned));
    let mut sheet = Sheet { columns, is_exact: true, ..Sheet::default() };
    // Rows of equal keys stand together.
    for rows in ratings.rows.chunk_by(|one, next| one[..keys] == next[..keys]) {
        let mut found: Vec<(&str, Rated)> = apart(rows, keys).into_iter().collect();
        found.sort_by(|one, other| (other.1.named, one.0).cmp(&(one.1.named, other.0)));
        for (criterion, rated) in found {
            let mut row = rows[0][..keys].to_vec();
            row.extend([
                Cell::Text(criterion.to_owned()),
                Cell::Whole(rated.named),
                Cell::Whole(rated.own.0),
            ]);
            row.extend([mean(rated.own.1, rated.own.0), mean(rated.marks, rated.named)]);
            sheet.rows.push(row);
        }
    }
    sheet
}

/// The criteria of some rows.
fn apart(rows: &[Vec<Cell>], keys: usize) -> HashMap<&str, Rated> {
    let mut all: HashMap<&str, Rated> = HashMap::new();
    for row in rows {
        let [Cell::Text(criteria), least, most, Cell::Whole(n), marks] = &row[keys..] else { continue };
        let (least, most) = (least.number().unwrap_or(1.0), most.number().unwrap_or(5.0));
        for part in criteria.split('|') {
            let (criterion, own) = part.split_once('=').unwrap_or((part, ""));
            let rated = all.entry(criterion.trim()).or_default();
            rated.named += n;
            rated.marks += marks.number().unwrap_or(0.0);
            if let Ok(own) = own.trim().parse::<f64>() {
                rated.own.0 += n;
                rated.own.1 += *n as f64 * (1.0 + 4.0 * (own - least) / (most - least));
            }
        }
    }
    all
}

/// A sum divided by how many there were; nothing of none.
fn mean(sum: f64, n: i64) -> Cell {
    if n > 0 { Cell::Real(sum / n as f64) } else { Cell::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon7_criteria_are_counted_one_by_one() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let (none, of) = (Cell::None, |n| Cell::Whole(n));
        let ratings = Sheet {
            columns: ["body", "criteria", "mark_least", "mark_most", "n", "marks"].map(str::to_owned).into(),
            rows: vec![
                vec![
                    text("а"),
                    text("срок=2|вежливость"),
                    none.clone(),
                    none.clone(),
                    of(2),
                    Cell::Real(6.0),
                ],
                // A scale from 1 to 10: ten is five.
                vec![text("а"), text("срок=10"), of(1), of(10), of(1), Cell::Real(4.0)],
                vec![text("б"), text("вежливость"), none.clone(), none.clone(), of(1), Cell::Real(5.0)],
            ],
            is_exact: true,
        };
        let told = super::of(&ratings, 1);
        assert_eq!(told.columns, ["body", "criterion", "n", "rated", "mean", "mean_mark"]);
        assert_eq!(
            told.rows,
            [
                vec![text("а"), text("срок"), of(3), of(3), Cell::Real(3.0), Cell::Real(10.0 / 3.0)],
                vec![text("а"), text("вежливость"), of(2), of(0), none.clone(), Cell::Real(3.0)],
                vec![text("б"), text("вежливость"), of(1), of(0), none, Cell::Real(5.0)],
            ]
        );
        assert_eq!(super::of(&Sheet::default(), 0).columns, ["criterion", "n", "rated", "mean", "mean_mark"]);
    }
}
