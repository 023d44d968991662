//! Pages of a list, whose place lives in the address.

use std::borrow::Borrow;

use crate::{L, thousands};

/// Where a list stands: page and filters as a query, so that the address can be sent to a colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    /// This page, from 1.
    pub page: u64,
    /// How many there are, at least 1.
    pub pages: u64,
    /// How many rows there are on all of them.
    pub total: u64,
    /// Filters, already percent-encoded, without `?` and without `page`.
    pub base_query: String,
}

/// One entry of the pager: a page, or pages left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagerItem {
    /// The page; `None` for a gap.
    pub page: Option<u64>,
    /// Where it leads; empty for a gap.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
}

impl PagerItem {
    /// Whether pages are left out here.
    #[must_use]
    pub const fn gap(&self) -> bool {
        self.page.is_none()
    }

    /// Whether it is this page.
    #[must_use]
    pub const fn here(&self) -> bool {
        self.current
    }

    /// The number of the page, «…» for a gap.
    #[must_use]
    pub fn shown(&self) -> String {
        self.page.map_or_else(|| "…".to_owned(), thousands)
    }
}

impl Pager {
    /// The pager of `total` rows shown `per_page` at a time; a page beyond the last becomes the last.
    #[must_use]
    pub fn new(page: u64, per_page: u64, total: u64, base_query: impl Into<String>) -> Self {
        let pages = total.div_ceil(per_page.max(1)).max(1);
        Self { page: page.clamp(1, pages), pages, total, base_query: base_query.into() }
    }

    /// The address of a page.
    #[must_use]
    pub fn href(&self, page: u64) -> String {
        match (self.base_query.is_empty(), page) {
            (true, 1) => "?".to_owned(),
            (true, _) => format!("?page={page}"),
            (false, 1) => format!("?{}", self.base_query),
            (false, _) => format!("?{}&page={page}", self.base_query),
        }
    }

    /// The address of the page before.
    #[must_use]
    pub fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| self.href(self.page - 1))
    }

    /// The address of the page after.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.href(self.page + 1))
    }

    /// The first and the last page, this one and its neighbours, with gaps between.
    #[must_use]
    pub fn items(&self) -> Vec<PagerItem> {
        let mut shown: Vec<u64> = vec![1, self.pages];
        shown.extend(self.page.saturating_sub(1).max(1)..=(self.page + 1).min(self.pages));
        shown.sort_unstable();
        shown.dedup();
        let mut items = Vec::new();
        let mut last = 0;
        for page in shown {
            match page - last {
                1 => {}
                2 => items.push(self.item(page - 1)),
                _ => items.push(PagerItem { page: None, href: String::new(), current: false }),
            }
            items.push(self.item(page));
            last = page;
        }
        items
    }

    fn item(&self, page: u64) -> PagerItem {
        PagerItem { page: Some(page), href: self.href(page), current: page == self.page }
    }

    /// «1 204 записи»; in a template: `pager.total_text(page.l)`.
    #[must_use]
    pub fn total_text(&self, l: impl Borrow<L>) -> String {
        l.borrow().pager_total(self.total, thousands(self.total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: u64, pages: u64) -> String {
        let items = Pager::new(page, 1, pages, "").items();
        let words =
            items.iter().map(|item| if item.here() { format!("[{}]", item.shown()) } else { item.shown() });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ends_and_neighbours_are_shown() {
        assert_eq!(shown(1, 0), "[1]");
        assert_eq!(shown(1, 1), "[1]");
        assert_eq!(shown(1, 3), "[1] 2 3");
        assert_eq!(shown(5, 9), "1 … 4 [5] 6 … 9");
        assert_eq!(shown(4, 9), "1 2 3 [4] 5 … 9");
        assert_eq!(shown(9, 9), "1 … 8 [9]");
        assert_eq!(shown(99, 9), "1 … 8 [9]");
    }

    #[test]
    fn filters_stay_in_the_address() {
        let pager = Pager::new(2, 50, 120, "body=7&days=30");
        assert_eq!(pager.previous().unwrap(), "?body=7&days=30");
        assert_eq!(pager.next().unwrap(), "?body=7&days=30&page=3");
        let first = Pager::new(1, 50, 120, "");
        assert_eq!(first.previous(), None);
        assert_eq!(first.next().unwrap(), "?page=2");
        assert_eq!(first.href(1), "?");
    }

    #[test]
    fn total_agrees_with_its_number() {
        let text = |n| Pager::new(1, 50, n, "").total_text(L::default());
        assert_eq!(text(1), "1 запись");
        assert_eq!(text(3), "3 записи");
        assert_eq!(text(11), "11 записей");
        assert_eq!(text(1204), "1\u{202f}204 записи");
    }
}
