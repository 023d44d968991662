//! Where statuses stand on the map of the process: in levels from the beginning down to the end, so that most ways
//! lead downwards and few cross.

use std::collections::{BTreeMap, BTreeSet};

/// The most statuses side by side.
const WIDEST: usize = 6;
/// A way counts for the levels when it is at least this share of what comes to its end.
const COUNTS: f64 = 0.05;
/// How often the order within levels is improved.
const SWEEPS: usize = 6;

/// A way with its frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// From.
    pub from: i16,
    /// To.
    pub to: i16,
    /// How often.
    pub n: i64,
}

/// Where each status stands: its row and its place in the row, rows from the top.
#[must_use]
pub fn levels(nodes: &[i16], ways: &[Way]) -> Vec<Vec<i16>> {
    let order = order(nodes, ways);
    let place: BTreeMap<i16, usize> = order.iter().enumerate().map(|(place, node)| (*node, place)).collect();
    let forward: Vec<Way> = ways
        .iter()
        .copied()
        .filter(|way| place.get(&way.from).zip(place.get(&way.to)).is_some_and(|(from, to)| from < to))
        .collect();
    let mut comes: BTreeMap<i16, i64> = BTreeMap::new();
    for way in &forward {
        *comes.entry(way.to).or_default() += way.n;
    }
    let mut level: BTreeMap<i16, usize> = BTreeMap::new();
    for node in &order {
        let to_here = forward.iter().filter(|way| way.to == *node);
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let counted = to_here.filter(|way| way.n as f64 >= COUNTS * comes[&way.to] as f64);
        let above = counted.map(|way| level.get(&way.from).copied().unwrap_or(0) + 1).max();
        level.insert(*node, above.unwrap_or(0));
    }
    let deepest = level.values().max().copied().unwrap_or(0);
    let mut rows: Vec<Vec<i16>> = vec![Vec::new(); deepest + 1];
    for node in &order {
        rows[level[node]].push(*node);
    }
    for sweep in 0..SWEEPS {
        let count = rows.len();
        for step in 1..count {
            let (row, beside) =
                if sweep % 2 == 0 { (step, step - 1) } else { (count - 1 - step, count - step) };
            let places: BTreeMap<i16, usize> =
                rows[beside].iter().enumerate().map(|(place, node)| (*node, place)).collect();
            arrange(&mut rows[row], &places, ways);
        }
    }
    rows.into_iter().filter(|row| !row.is_empty()).flat_map(split).collect()
}

/// Puts the statuses of a row below (or above) those that they are tied to.
fn arrange(row: &mut [i16], beside: &BTreeMap<i16, usize>, ways: &[Way]) {
    let wish = |node: i16| {
        let tied = ways.iter().filter_map(|way| match (way.from == node, way.to == node) {
            (true, false) => beside.get(&way.to).map(|place| (*place, way.n)),
            (false, true) => beside.get(&way.from).map(|place| (*place, way.n)),
            _ => None,
        });
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let (sum, all) =
            tied.fold((0.0, 0.0), |(sum, all), (place, n)| (sum + place as f64 * n as f64, all + n as f64));
        if all > 0.0 { Some(sum / all) } else { None }
    };
    let before: BTreeMap<i16, usize> = row.iter().enumerate().map(|(place, node)| (*node, place)).collect();
    #[expect(clippy::cast_precision_loss, reason = "places in a row are small")]
    let key = |node: &i16| wish(*node).unwrap_or(before[node] as f64);
    row.sort_by(|one, other| key(one).total_cmp(&key(other)));
}

/// A row that is too wide as several.
fn split(row: Vec<i16>) -> Vec<Vec<i16>> {
    let parts = row.len().div_ceil(WIDEST);
    let size = row.len().div_ceil(parts.max(1)).max(1);
    row.chunks(size).map(<[i16]>::to_vec).collect()
}

/// An order in which few ways lead back: sources first, sinks last, of the rest the one that gives most more than it
/// takes (Eades, Lin, Smyth).
fn order(nodes: &[i16], ways: &[Way]) -> Vec<i16> {
    let mut left: BTreeSet<i16> = nodes.iter().copied().collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let sum = |node: i16, out: bool| -> i64 {
            let ours = ways
                .iter()
                .filter(|way| way.from != way.to && left.contains(&way.from) && left.contains(&way.to));
            ours.filter(|way| if out { way.from == node } else { way.to == node }).map(|way| way.n).sum()
        };
        let sinks: Vec<i16> = left.iter().copied().filter(|&node| sum(node, true) == 0).collect();
        if let Some(&sink) = sinks.first().filter(|&&node| left.len() > 1 || sum(node, false) > 0) {
            last.push(sink);
            left.remove(&sink);
            continue;
        }
        let source = left.iter().copied().find(|&node| sum(node, false) == 0);
        let chosen =
            source.or_else(|| left.iter().copied().max_by_key(|&node| sum(node, true) - sum(node, false)));
        if let Some(chosen) = chosen {
            first.push(chosen);
            left.remove(&chosen);
        }
    }
    last.reverse();
    first.extend(last);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: i16, to: i16, n: i64) -> Way {
        Way { from, to, n }
    }

    #[test]
    fn mon13_a_way_leads_down_and_its_return_does_not_turn_it() {
        let ways =
            [way(17, 2, 100), way(2, 1, 90), way(1, 6, 80), way(6, 14, 20), way(14, 6, 18), way(6, 3, 70)];
        let rows = levels(&[3, 1, 14, 17, 2, 6], &ways);
        let row = |node: i16| rows.iter().position(|row| row.contains(&node)).unwrap();
        assert!(row(17) < row(2) && row(2) < row(1) && row(1) < row(6) && row(6) < row(3), "{rows:?}");
        assert!(row(6) < row(14), "{rows:?}");
    }

    #[test]
    fn mon13_every_status_stands_once_and_no_row_is_too_wide() {
        let nodes: Vec<i16> = (0..48).collect();
        let ways: Vec<Way> =
            (0..48).flat_map(|one| [way(one, (one * 7 + 1) % 48, 10), way(one, (one + 5) % 48, 3)]).collect();
        let rows = levels(&nodes, &ways);
        let mut all: Vec<i16> = rows.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, nodes);
        assert!(rows.iter().all(|row| (1..=WIDEST).contains(&row.len())));
        let lone = levels(&[1, 2], &[]);
        assert_eq!(lone.iter().flatten().count(), 2);
        assert!(levels(&[], &[]).iter().all(Vec::is_empty));
    }
}
