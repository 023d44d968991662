//! The figures of the page, each made of the numbers by itself.

mod causes;
mod dynamics;
mod hours;
mod map;
mod offices;
mod periods;
mod shares;
mod words;

use std::sync::Arc;

use otklik_kernel::Id;
use otklik_questionnaires::{Criterion, Version};
use otklik_responses::figures::Tally;
use otklik_ui::Share;
use otklik_ui::charts::Break;

use crate::figure::{Cell, Figure, Part};
use crate::numbers::{self, Numbers};
use crate::query::Asked;
use crate::stats::Count;
use crate::texts::L;
use crate::tree::Tree;

pub use words::Words;

/// The address of the page.
pub const PATH: &str = "/admin/analysis";
/// The address of the page of words.
pub const WORDS: &str = "/admin/analysis/words";

/// What figures are made of.
pub struct Made<'a> {
    pub numbers: &'a Numbers,
    /// What people write about, where that was asked for.
    pub words: &'a Words,
    pub asked: &'a Asked,
    pub tree: &'a Tree,
    /// The bodies at the top of the scope.
    pub tops: Vec<Id>,
    pub version: &'a Arc<Version>,
    /// What happened within the period.
    pub breaks: Vec<Break>,
    pub l: L,
    pub page_l: otklik_ui::L,
}

impl Made<'_> {
    /// One of the figures.
    pub fn figure(&self, part: Part) -> Figure {
        match part {
            Part::Shares => shares::figure(self),
            Part::Dynamics => dynamics::figure(self),
            Part::Causes => causes::criteria(self),
            Part::Places => causes::places(self),
            Part::Offices => offices::figure(self),
            Part::Hours => hours::figure(self),
            Part::Periods => periods::figure(self),
            Part::Map => map::figure(self),
            Part::Words => words::figure(self),
            Part::Changes => words::changes(self),
        }
    }

    fn criteria(&self) -> &[Criterion] {
        &self.version.questionnaire.criteria
    }

    fn count(&self, tally: &Tally) -> Count {
        numbers::count(tally, self.asked.about)
    }

    /// «62 % (57–67), n = 340».
    fn share(&self, count: Count) -> String {
        Share::new(count.part, count.total).text(self.page_l)
    }

    /// «(57–67), n = 340», after a share; how many there are when they have none.
    fn bounds(&self, count: Count) -> String {
        let n = otklik_ui::thousands(count.total);
        match Share::new(count.part, count.total).interval() {
            Some((low, high)) => self.l.bounds(high, low, n),
            None => self.l.only_n(n),
        }
    }

    /// The name of a compared body; one's own responses among those of the bodies below are told apart.
    fn name(&self, body: Id) -> String {
        let name = self.tree.get(body).map_or_else(|| body.to_string(), |node| node.name.clone());
        let has_below = self.tree.get(body).is_some_and(|node| !node.children.is_empty());
        if self.asked.body == Some(body) && has_below { self.l.own_responses(name) } else { name }
    }

    /// The page of a compared body, unless it is this one.
    fn href(&self, body: Id) -> Option<String> {
        let node = self.tree.get(body).filter(|node| Some(node.id) != self.asked.body)?;
        Some(self.asked.address(PATH, &[("body", &node.code)]))
    }
}

/// The cells of a share: percent, both ends of the interval, how many, of how many.
fn cells(count: Count) -> Vec<Cell> {
    let interval = count.interval();
    vec![
        Cell::percent(count.share()),
        Cell::percent(interval.map(|interval| interval.low)),
        Cell::percent(interval.map(|interval| interval.high)),
        Cell::Number(count.part),
        Cell::Number(count.total),
    ]
}

/// The names of those cells' columns.
fn heads(l: L) -> Vec<&'static str> {
    vec![l.column_share(), l.column_low(), l.column_high(), l.column_sad(), l.column_n()]
}
