//! Which body a person means by what they typed: a code, a name, a part of a name.

use std::sync::Arc;

use otklik_kernel::text::{search_text, sort_key};
use otklik_organisations::{Office, Offices};

use crate::visible::Visible;

/// What was typed, among the bodies that the person may see.
pub enum Meant {
    /// No body.
    Nothing,
    /// This one.
    One(Arc<Office>),
    /// Any of these, in the order of names.
    Several(Vec<Arc<Office>>),
}

impl Meant {
    /// The body with this code, or else the only one so called, or else the only one with this in its name.
    pub fn by(typed: &str, offices: &Offices, visible: &Visible) -> Self {
        if let Some(office) = offices.find(typed).filter(|office| visible.has(&office.code)) {
            return Self::One(office.clone());
        }
        let sought = search_text(typed);
        if sought.is_empty() {
            return Self::Nothing;
        }
        let (mut whole, mut part) = (Vec::new(), Vec::new());
        for office in offices.all().filter(|office| visible.has(&office.code)) {
            match search_text(&office.name) {
                name if name == sought => whole.push(office.clone()),
                name if name.contains(&sought) => part.push(office.clone()),
                _ => {}
            }
        }
        let mut found = if whole.is_empty() { part } else { whole };
        found.sort_by_cached_key(|office| (sort_key(&office.name), office.code.clone()));
        match (found.pop(), found.is_empty()) {
            (None, _) => Self::Nothing,
            (Some(only), true) => Self::One(only),
            (Some(last), false) => {
                found.push(last);
                Self::Several(found)
            }
        }
    }
}
