//! Deliveries put together into groups of bounded size.

use std::collections::HashSet;
use std::mem;

use otklik_kernel::CivilDay;
use otklik_progress::delivery::Delivery;

use super::MOST_DELIVERIES;

/// Rows of a group, about: with them an import stays well below 2 GiB of memory.
const MOST_ROWS: usize = 6_000_000;

/// Puts deliveries together as long as they fit into one commit.
#[derive(Debug, Default)]
pub struct Grouping {
    group: Vec<Delivery>,
    heads: HashSet<(String, CivilDay)>,
    rows: usize,
}

impl Grouping {
    /// Takes a delivery; gives the group before it, when the two don't fit together.
    pub fn push(&mut self, delivery: Delivery) -> Option<Vec<Delivery>> {
        let rows = delivery.events.request.len() + delivery.applications.request.len();
        let head = (delivery.head.sender.clone(), delivery.head.day);
        let is_full = self.rows + rows > MOST_ROWS || self.group.len() >= MOST_DELIVERIES;
        let full = (!self.group.is_empty() && (is_full || self.heads.contains(&head))).then(|| self.rest());
        self.rows += rows;
        self.heads.insert(head);
        self.group.push(delivery);
        full
    }

    /// What was taken since the last group.
    pub fn rest(&mut self) -> Vec<Delivery> {
        self.rows = 0;
        self.heads.clear();
        mem::take(&mut self.group)
    }
}
