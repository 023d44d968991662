//! The map of the process: statuses and the ways between them, drawn by the server. MON-13

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use otklik_ui::{Page, Section, thousands};
use otklik_web::{Fail, Who, html};

use super::analysis::{Asked, FilterView, Question, Words, broken, duration, failed, filter};
use super::applications;
use super::common::{Monitoring, Tab, TabView, texts};
use super::table::{self, Column, Value};
use crate::answers::{Edge, Map, Node};
use crate::layout::{Way, levels};
use crate::texts::L;

pub(super) const PATH: &str = "/admin/monitoring/map";

/// The share of all steps that the ways drawn at first make up.
const SHOWN: f64 = 0.9;
/// Ways with their time written beside them.
const LABELLED: usize = 14;

const BOX: (f64, f64) = (176.0, 58.0);
const GAP: (f64, f64) = (28.0, 62.0);
/// Letters in a line of a box, and lines.
const LINE: usize = 22;

#[derive(Template)]
#[template(path = "monitoring/map.html")]
struct MapView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    filter: FilterView,
    lead: String,
    printed: String,
    drawing: Option<Drawing>,
    toggle: (String, &'static str),
    note: &'static str,
    rows: Vec<StepView>,
    files: Vec<(&'static str, String)>,
}

/// A way in the table.
struct StepView {
    from: String,
    to: String,
    /// Where its applications are.
    href: String,
    cells: [String; 3],
}

/// The drawing, in its own pixels.
struct Drawing {
    width: f64,
    height: f64,
    boxes: Vec<BoxView>,
    ways: Vec<WayView>,
    labels: Vec<(f64, f64, String)>,
    summary: String,
}

struct BoxView {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    lines: Vec<(f64, String)>,
    count: String,
    title: String,
}

struct WayView {
    path: String,
    width: f64,
    speed: usize,
    is_back: bool,
    title: String,
}

/// The step of colour of a median.
fn speed(median: Option<f64>) -> usize {
    const HOUR: f64 = 3600.0;
    const DAY: f64 = 24.0 * HOUR;
    match median {
        None => 0,
        Some(seconds) if seconds < HOUR => 1,
        Some(seconds) if seconds < DAY => 2,
        Some(seconds) if seconds < 3.0 * DAY => 3,
        Some(seconds) if seconds < 10.0 * DAY => 4,
        Some(_) => 5,
    }
}

/// Words in lines of a box, the last one cut.
fn lines(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let is_full =
            lines[last].chars().count() + word.chars().count() + 1 > LINE && !lines[last].is_empty();
        if is_full && lines.len() == most {
            let cut: String = lines[last].chars().take(LINE - 1).collect();
            lines[last] = format!("{cut}…");
            return lines;
        }
        if is_full {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
        .into_iter()
        .map(|line| match line.chars().count() > LINE + 2 {
            true => format!("{}…", line.chars().take(LINE).collect::<String>()),
            false => line,
        })
        .collect()
}

/// The ways that are drawn: the most frequent ones that make up most steps, and for each status the one most walked
/// to it and from it, so that none stands alone.
fn shown(map: &Map, all: bool) -> Vec<&Edge> {
    if all {
        return map.edges.iter().collect();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let enough = map.edges.iter().map(|edge| edge.n).sum::<i64>() as f64 * SHOWN;
    let mut sum = 0.0;
    let mut kept: Vec<&Edge> = Vec::new();
    for edge in &map.edges {
        let is_first =
            !kept.iter().any(|one| one.to == edge.to) || !kept.iter().any(|one| one.from == edge.from);
        if sum < enough || is_first {
            kept.push(edge);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let n = edge.n as f64;
        sum += n;
    }
    kept
}

fn draw(l: L, map: &Map, all: bool) -> Option<Drawing> {
    let edges = shown(map, all);
    let first = edges.first()?;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let share = |n: i64| n as f64 / first.n as f64;
    let mut nodes: Vec<i16> = map.nodes.iter().map(|node| node.status).collect();
    nodes.retain(|status| edges.iter().any(|edge| edge.from == *status || edge.to == *status));
    let ways: Vec<Way> = edges.iter().map(|edge| Way { from: edge.from, to: edge.to, n: edge.n }).collect();
    let rows = levels(&nodes, &ways);
    // 22 and 24 and more have one name: their codes tell them apart.
    let is_alike = |node: &Node| map.nodes.iter().filter(|one| one.name == node.name).count() > 1;
    let widest = rows.iter().map(Vec::len).max().unwrap_or(1);
    #[expect(clippy::cast_precision_loss, reason = "rows and places are few")]
    let size = |count: usize, side: f64, gap: f64| count as f64 * (side + gap) - gap;
    let (margin, right) = (12.0, 70.0);
    let width = size(widest, BOX.0, GAP.0) + margin + right;
    let height = size(rows.len(), BOX.1, GAP.1) + 2.0 * margin;
    let mut places = std::collections::BTreeMap::new();
    let mut boxes = Vec::new();
    for (row, statuses) in rows.iter().enumerate() {
        let left = margin + (width - margin - right - size(statuses.len(), BOX.0, GAP.0)) / 2.0;
        for (place, status) in statuses.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "rows and places are few")]
            let (x, y) = (left + place as f64 * (BOX.0 + GAP.0), margin + row as f64 * (BOX.1 + GAP.1));
            places.insert(*status, (x, y));
            let Some(node) = map.nodes.iter().find(|node| node.status == *status) else { continue };
            let count = thousands(node.steps.unsigned_abs());
            #[expect(clippy::cast_precision_loss, reason = "lines are few")]
            let text = lines(&node.name, 2)
                .into_iter()
                .enumerate()
                .map(|(at, line)| (y + 19.0 + at as f64 * 14.0, line));
            boxes.push(BoxView {
                x,
                y,
                width: BOX.0,
                height: BOX.1,
                lines: text.collect(),
                title: l.map_box(*status, count.clone(), node.name.clone()),
                count: if is_alike(node) { l.map_alike(*status, count) } else { count },
            });
        }
    }
    let name = |status: i16| {
        map.nodes.iter().find(|node| node.status == status).map_or("", |node| node.name.as_str())
    };
    let time = |edge: &Edge| edge.median.map_or_else(|| "—".to_owned(), |median| duration(l, median));
    let mut labels = Vec::new();
    let mut drawn = Vec::new();
    for (place, edge) in edges.iter().enumerate() {
        let (Some(&from), Some(&to)) = (places.get(&edge.from), places.get(&edge.to)) else { continue };
        let (path, middle, is_back) = path(from, to, place);
        if place < LABELLED && !is_back {
            labels.push((middle.0, middle.1, time(edge)));
        }
        drawn.push(WayView {
            path,
            width: 1.0 + 9.0 * share(edge.n).sqrt(),
            speed: speed(edge.median),
            is_back,
            title: l.map_way(
                edge.n,
                name(edge.from).to_owned(),
                thousands(edge.n.unsigned_abs()),
                time(edge),
                name(edge.to).to_owned(),
            ),
        });
    }
    // Thin ways on top: a thick one would hide them.
    drawn.sort_by(|one, other| other.width.total_cmp(&one.width));
    let summary = l.map_summary(
        name(first.from).to_owned(),
        nodes.len(),
        time(first),
        name(first.to).to_owned(),
        drawn.len(),
    );
    Some(Drawing { width, height, boxes, ways: drawn, labels, summary })
}

/// The curve of a way, where words about it stand, and whether it leads back up.
fn path(from: (f64, f64), to: (f64, f64), place: usize) -> (String, (f64, f64), bool) {
    let (width, height) = BOX;
    if from == to {
        let (x, y) = (from.0 + width, from.1 + height / 2.0);
        let curve = format!("M{x:.0} {:.0}c34 -22 34 36 0 14", y - 7.0);
        return (curve, (x + 20.0, y), true);
    }
    if to.1 > from.1 {
        let (x1, y1, x2, y2) = (from.0 + width / 2.0, from.1 + height, to.0 + width / 2.0, to.1);
        let bend = ((y2 - y1) / 2.0).max(24.0);
        // A way over several rows goes beside the boxes between.
        let aside = if y2 - y1 > GAP.1 + 4.0 && (x1 - x2).abs() < width / 2.0 { width * 0.62 } else { 0.0 };
        let curve = format!(
            "M{x1:.0} {y1:.0}C{:.0} {:.0} {:.0} {:.0} {x2:.0} {y2:.0}",
            x1 + aside,
            y1 + bend,
            x2 + aside,
            y2 - bend
        );
        // Words stand in the gap under the upper box, where no other box is.
        let along = |t: f64, [a, b, c, d]: [f64; 4]| {
            let s = 1.0 - t;
            s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
        };
        let at = |t: f64| {
            let x = along(t, [x1, x1 + aside, x2 + aside, x2]);
            (x, along(t, [y1, y1 + bend, y2 - bend, y2]))
        };
        let mut steps = (0..=50).map(|step| at(f64::from(step) / 50.0));
        let middle = steps.find(|(_, y)| *y >= y1 + GAP.1 / 2.0);
        return (curve, middle.unwrap_or((x2, y2)), false);
    }
    // Back up, or beside: round the right side.
    #[expect(clippy::cast_precision_loss, reason = "places are few")]
    let far = 26.0 + (place % 5) as f64 * 9.0;
    let (x1, y1, x2, y2) = (from.0 + width, from.1 + height / 2.0, to.0 + width, to.1 + height / 2.0);
    let side = x1.max(x2) + far;
    let curve = format!("M{x1:.0} {y1:.0}C{side:.0} {y1:.0} {side:.0} {y2:.0} {x2:.0} {y2:.0}");
    (curve, (side, f64::midpoint(y1, y2)), true)
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let Question { given, words, asked } = Question::read(&monitoring, &who, raw).await?;
    page(&monitoring, &who, &asked, &words, given.is_on("all")).await
}

/// The ways as a file; the page with its mistakes instead when what is asked for can't be understood.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let Question { words, asked, .. } = Question::read(&monitoring, &who, raw).await?;
    if !asked.errors.is_empty() {
        return page(&monitoring, &who, &asked, &words, false).await;
    }
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let edges = match answers.commit() {
        0 => Vec::new(),
        _ => answers.map(&asked.ask(&[]), &asked.allowed).await.map_err(broken)?.edges,
    };
    let status = |code: i16| [Value::Count(code.into()), Value::Text(words.status(code.into()))];
    let row = |edge: &Edge| {
        let times = [Value::Count(edge.n), Value::seconds(edge.median), Value::seconds(edge.mean)];
        [&status(edge.from)[..], &status(edge.to), &times].concat()
    };
    let head = [
        Column::number(l.column_code()),
        Column::text(l.column_from_status()),
        Column::number(l.column_code()),
        Column::text(l.column_to_status()),
        Column::number(l.column_n()),
        Column::time(l.p50()),
        Column::time(l.mean()),
    ];
    let rows: Vec<Vec<Value>> = edges.iter().map(row).collect();
    table::file(l, table::Kind::of(&uri), ("map", l.map_title()), &head, rows)
}

async fn page(
    monitoring: &Monitoring,
    who: &Who,
    asked: &Asked,
    words: &Words,
    all: bool,
) -> Result<Response, Fail> {
    let l = texts(who);
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let map = match answers.commit() {
        0 => None,
        _ => Some(answers.map(&asked.ask(&[]), &asked.allowed).await.map_err(broken)?),
    };
    let drawing = map.as_ref().and_then(|map| draw(l, map, all));
    let row = |edge: &Edge| {
        let status = |code: i16| words.status(i64::from(code));
        let (from, to) = (edge.from.to_string(), edge.to.to_string());
        let what = [("what", "step"), ("from_status", from.as_str()), ("to_status", to.as_str())];
        let cells = [Value::Count(edge.n), Value::seconds(edge.median), Value::seconds(edge.mean)];
        StepView {
            from: status(edge.from),
            to: status(edge.to),
            href: asked.address(applications::PATH, &what),
            cells: cells.map(|cell| cell.words(l)),
        }
    };
    let person = who.viewer.person.as_ref().map_or("", |person| person.name.as_str());
    let now = monitoring.ctx.now().show_exact_in(&monitoring.zone(&who.scope));
    let toggle = match all {
        true => (asked.address(PATH, &[]), l.map_main()),
        false => (asked.address(PATH, &[("all", "1")]), l.map_all()),
    };
    let page = who.page(Section::Monitoring, l.map_title());
    let view = MapView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Map.text(l)),
        l,
        tabs: Tab::Map.row(l),
        lead: asked.lead(l, words),
        printed: l.printed(person.to_owned(), now),
        filter: filter(monitoring, who, asked, words, PATH).await?,
        drawing,
        toggle,
        note: if map.as_ref().is_none_or(|map| map.is_exact) { l.map_note() } else { l.map_note_about() },
        rows: map.map_or_else(Vec::new, |map| map.edges.iter().map(row).collect()),
        files: table::files(PATH, &asked.address("", &[])),
    };
    Ok(html(asked.status(), &view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_names_fit_their_boxes() {
        assert_eq!(lines("Зарегистрировано", 2), ["Зарегистрировано"]);
        let long = lines("Направлен межведомственный запрос в другое ведомство через единую систему", 2);
        assert_eq!(long.len(), 2);
        assert!(
            long[1].ends_with('…') && long.iter().all(|line| line.chars().count() <= LINE + 2),
            "{long:?}"
        );
    }

    #[test]
    fn mon13_words_about_a_way_stand_between_two_rows_of_boxes() {
        for (rows, column) in [(1.0, 0.0), (2.0, 3.0), (4.0, -2.0), (3.0, 0.0)] {
            let to = (column * (BOX.0 + GAP.0), rows * (BOX.1 + GAP.1));
            let (_, (_, y), is_back) = path((0.0, 0.0), to, 0);
            assert!(!is_back && y > BOX.1 && y < BOX.1 + GAP.1, "{y} {rows}");
        }
    }

    #[test]
    fn mon13_no_status_stands_alone_though_rare_ways_are_left_out() {
        let edge = |from, to, n| Edge { from, to, n, median: Some(60.0), mean: None };
        let map = Map {
            nodes: Vec::new(),
            edges: vec![edge(1, 6, 1000), edge(6, 3, 900), edge(6, 4, 90), edge(1, 4, 5), edge(3, 14, 1)],
            is_exact: true,
        };
        let kept: Vec<(i16, i16)> = shown(&map, false).iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(kept, [(1, 6), (6, 3), (6, 4), (3, 14)]);
        assert_eq!(shown(&map, true).len(), 5);
    }
}
