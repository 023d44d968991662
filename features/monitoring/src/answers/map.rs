//! The map of the process: statuses, and how applications go from one to the other.

use std::collections::BTreeSet;

use otklik_lake::Result;
use serde::Serialize;

use super::{Allowed, Answers, Ask, Cell};

/// A status on the map.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// Its code.
    pub status: i16,
    /// Its name.
    pub name: String,
    /// Steps made to it in the period, or away from it when those are more.
    pub steps: i64,
}

/// A way between two statuses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// The earlier status.
    pub from: i16,
    /// The later status.
    pub to: i16,
    /// How often.
    pub n: i64,
    /// The median in seconds.
    pub median: Option<f64>,
    /// The mean in seconds.
    pub mean: Option<f64>,
}

/// The map.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Map {
    /// Statuses that occur, by code.
    pub nodes: Vec<Node>,
    /// Ways that occur, the most frequent first.
    pub edges: Vec<Edge>,
    /// Whether medians are exact; otherwise within 1 %.
    pub is_exact: bool,
}

impl Answers {
    /// The map of a part of the data: the steps made in the period. It is not broken down.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn map(&self, ask: &Ask, allowed: &Allowed) -> Result<Map> {
        let ask = Ask { by: Vec::new(), ..ask.clone() };
        let sheet = self.transitions(&ask, allowed).await?;
        let edge = |row: usize| {
            let cell = |name| sheet.get(row, name);
            let status = |name| i16::try_from(cell(name)?.whole()?).ok();
            Some(Edge {
                from: status("from_status")?,
                to: status("to_status")?,
                n: cell("n")?.whole()?,
                median: cell("p50").and_then(Cell::number),
                mean: cell("mean").and_then(Cell::number),
            })
        };
        let mut edges: Vec<Edge> = (0..sheet.rows.len()).filter_map(edge).collect();
        edges.sort_by_key(|edge| (-edge.n, edge.from, edge.to));
        let statuses: BTreeSet<i16> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        let node = |status| Node { status, name: self.rules.status(status), steps: passed(&edges, status) };
        let nodes = statuses.into_iter().map(node).collect();
        Ok(Map { nodes, edges, is_exact: sheet.is_exact })
    }
}

/// How many steps lead to a status, or away from it when those are more, as where applications begin.
fn passed(edges: &[Edge], status: i16) -> i64 {
    let sum =
        |is: fn(&Edge) -> i16| edges.iter().filter(|edge| is(edge) == status).map(|edge| edge.n).sum::<i64>();
    sum(|edge| edge.to).max(sum(|edge| edge.from))
}
