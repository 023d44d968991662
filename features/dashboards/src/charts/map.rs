//! The tile map of regions.

use std::collections::HashMap;

use otklik_organisations::bodies::regions;

use super::{Made, PATH, cells, heads};
use crate::figure::{Cell, Drawing, Figure, Part, Scale, Shade, Square, Table};
use crate::stats::Count;
use crate::tiles::TILES;
use crate::tree::Node;

pub fn figure(made: &Made<'_>) -> Figure {
    let l = made.l;
    let count = |region: &str| {
        made.numbers.regions.get(region).map_or_else(Count::default, |tally| made.count(tally))
    };
    let pages = pages(made);
    let scale = Scale::of(TILES.iter().filter_map(|tile| count(tile.region).share()));
    let squares = TILES.iter().map(|tile| {
        let count = count(tile.region);
        Square {
            short: tile.short,
            place: tile.place,
            href: pages.get(tile.region).filter(|_| count.total > 0).cloned(),
            shade: Shade {
                text: match count.share() {
                    Some(share) => format!("{:.0}", share * 100.0),
                    None if count.total > 0 => "·".to_owned(),
                    None => String::new(),
                },
                long: l.region_share(regions::title(tile.region), made.share(count)),
                level: count.share().map_or(0, |share| scale.level(share)),
            },
        }
    });
    let mut rows: Vec<(String, Count)> =
        made.numbers.regions.keys().map(|region| (regions::title(region), count(region))).collect();
    let share = |count: &Count| count.share().unwrap_or(-1.0);
    rows.sort_by(|(_, one), (_, other)| share(other).total_cmp(&share(one)));
    let known = rows.iter().filter(|(_, count)| count.is_enough()).count();
    let answer = match known {
        0 => l.nothing().to_owned(),
        1 => l.map_answer_one(name(&rows[0].0), made.share(rows[0].1)),
        _ => {
            let (worst, best) = (&rows[0], &rows[known - 1]);
            l.map_answer(name(&best.0), made.share(best.1), name(&worst.0), made.share(worst.1))
        }
    };
    let row = |(name, count): &(String, Count)| {
        std::iter::once(Cell::Text(name.clone())).chain(cells(*count)).collect()
    };
    Figure {
        part: Part::Map,
        title: l.map_title(),
        answer,
        note: l.map_note(),
        table: Table {
            head: std::iter::once(l.column_region()).chain(heads(l)).collect(),
            rows: rows.iter().map(row).collect(),
        },
        drawing: match known {
            0 => Drawing::Nothing(l.nothing()),
            _ => Drawing::Map { squares: squares.collect(), legend: scale.legend(l) },
        },
    }
}

/// The name of a region without its code.
fn name(title: &str) -> String {
    title.split_once(" — ").map_or(title, |(_, name)| name).to_owned()
}

/// The page of each region: of its highest body that lies below what is shown.
fn pages<'a>(made: &'a Made<'_>) -> HashMap<&'a str, String> {
    let is_below = |node: &&Node| {
        Some(node.id) != made.asked.body && made.tops.iter().any(|&top| made.tree.is_under(node.id, top))
    };
    let mut highest: HashMap<&str, (usize, &str)> = HashMap::new();
    for &(body, _) in &made.numbers.units {
        let depth = made.tree.upwards(body).count();
        for (up, node) in made.tree.upwards(body).take_while(is_below).enumerate() {
            let found = (depth - up, node.code.as_str());
            let known = highest.entry(&node.region).or_insert(found);
            *known = found.min(*known);
        }
    }
    let page = |(_, code): (usize, &str)| made.asked.address(PATH, &[("body", code)]);
    highest.into_iter().map(|(region, found)| (region, page(found))).collect()
}
