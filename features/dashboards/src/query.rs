//! What is asked for, as it stands in the address.

use std::sync::Arc;

use otklik_access::Scope;
use otklik_db::{Db, DbErr};
use otklik_kernel::text::{is_blank, search_text};
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_ui::Errors;
use otklik_web::Form;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::period::{Cut, LONGEST, Period, Preset};
use crate::texts::L;
use crate::tree::{Node, Tree};

/// The first day that is not taken for a date of responses.
const FAR: CivilDay = CivilDay(20_900_101);

/// What is compared with what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Units {
    /// The bodies right below, each with everything under it.
    #[default]
    Below,
    /// Every office by itself.
    Offices,
}

/// What a period is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Against {
    /// The period of the same length right before.
    #[default]
    Before,
    /// The same days a year before.
    Year,
}

/// What is asked for; what is wrong in the address is pointed out and left aside.
#[derive(Debug)]
pub struct Asked {
    /// The body with everything under it; the whole scope when there is none.
    pub body: Option<Id>,
    /// Its code, for the address.
    code: String,
    /// The days.
    pub period: Period,
    /// The ready-made period they are, if any.
    pub preset: Option<Preset>,
    /// How the dynamics are cut, when that was asked for.
    pub cut: Option<Cut>,
    /// The criterion asked about; all marks together when there is none.
    pub about: Option<char>,
    /// What is compared.
    pub units: Units,
    /// What the period is compared with.
    pub against: Against,
    /// Mistakes beside their fields.
    pub errors: Errors,
    /// The fields as they were given.
    pub given: Form,
}

/// The zone whose today a period ends with: that of the body, or of the scope's first top.
pub fn zone(tree: &Tree, tops: &[&Node], body: Option<Id>) -> Zone {
    let node = body.and_then(|id| tree.get(id)).or_else(|| tops.first().copied());
    node.map_or_else(Zone::utc, |node| node.zone.clone())
}

impl Asked {
    /// Reads the address; the body is found by its code, its name or an only part of it, within the scope.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(
        db: &Db,
        scope: &Scope,
        tree: &Arc<Tree>,
        given: Form,
        keys: &[char],
        now: Instant,
        l: L,
    ) -> Result<Self, DbErr> {
        let mut errors = Errors::new();
        let tops = tree.tops(scope);
        let typed = given.get("body").to_owned();
        let mut body = match tree.find(&typed) {
            Some(node) if scope.contains(db.read(), node.id).await? => Some(node),
            _ => named(tree, &tops, &typed),
        };
        if body.is_none() && !is_blank(&typed) {
            errors.add("body", l.bad_body(typed.trim().to_owned()));
        }
        if let ([only], None) = (&tops[..], body) {
            body = Some(only);
        }
        let today = now.day_in(&zone(tree, &tops, body.map(|node| node.id)));
        let (period, preset) = days(&given, today, &mut errors, l);
        let cut = given.get("cut");
        let found = Cut::ALL.into_iter().find(|one| one.code() == cut);
        if found.is_none() && !cut.is_empty() {
            errors.add("cut", l.bad_value(cut.to_owned()));
        }
        let about = given.get("about");
        let key = keys.iter().copied().find(|key| about.chars().eq([*key]));
        if key.is_none() && !about.is_empty() {
            errors.add("about", l.bad_value(about.to_owned()));
        }
        let mut choice = |name: &str, other: &str| match given.get(name) {
            "" => false,
            value if value == other => true,
            value => {
                errors.add(name, l.bad_value(value.to_owned()));
                false
            }
        };
        let units = if choice("units", "offices") { Units::Offices } else { Units::Below };
        let against = if choice("against", "year") { Against::Year } else { Against::Before };
        Ok(Self {
            body: body.map(|node| node.id),
            code: body.map_or_else(String::new, |node| node.code.clone()),
            period,
            preset,
            cut: found,
            about: key,
            units,
            against,
            errors,
            given,
        })
    }

    /// The period that this one is compared with.
    #[must_use]
    pub fn other_period(&self) -> Period {
        match self.against {
            Against::Before => self.period.before(),
            Against::Year => self.period.year_before(),
        }
    }

    /// How the dynamics are cut.
    #[must_use]
    pub fn steps(&self) -> Cut {
        self.cut.unwrap_or_else(|| Cut::for_period(self.period))
    }

    /// The address of the same with some fields changed; an empty value takes a field away.
    #[must_use]
    pub fn address(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let (from, to) = match self.preset {
            Some(_) => (String::new(), String::new()),
            None => (self.period.from.to_string(), self.period.to.to_string()),
        };
        let mut fields = vec![
            ("body", self.code.clone()),
            ("period", self.preset.map_or("", Preset::code).to_owned()),
            ("from", from),
            ("to", to),
            ("cut", self.cut.map_or("", Cut::code).to_owned()),
            ("about", self.about.map(String::from).unwrap_or_default()),
            ("units", if self.units == Units::Offices { "offices" } else { "" }.to_owned()),
            ("against", if self.against == Against::Year { "year" } else { "" }.to_owned()),
        ];
        for (name, value) in changes {
            match fields.iter_mut().find(|(known, _)| known == name) {
                Some(field) => field.1 = (*value).to_owned(),
                None => fields.push((name, (*value).to_owned())),
            }
        }
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

/// The body that is called so, or the only one whose name has these words in it.
fn named<'a>(tree: &'a Tree, tops: &[&'a Node], typed: &str) -> Option<&'a Node> {
    let typed = search_text(typed);
    if typed.is_empty() {
        return None;
    }
    let within: Vec<&Node> = tops.iter().flat_map(|top| tree.below(top.id)).collect();
    let exact = within.iter().find(|node| search_text(&node.name) == typed);
    let mut near = within.iter().filter(|node| search_text(&node.name).contains(&typed));
    exact.or_else(|| near.next().filter(|_| near.next().is_none())).copied()
}

/// The days: a ready-made period unless its dates were changed beside it.
fn days(given: &Form, today: CivilDay, errors: &mut Errors, l: L) -> (Period, Option<Preset>) {
    let usual = (Preset::Days30.on(today), Some(Preset::Days30));
    let code = given.get("period");
    let preset = Preset::ALL.into_iter().find(|preset| preset.code() == code);
    if preset.is_none() && !code.is_empty() {
        errors.add("", l.bad_value(code.to_owned()));
    }
    let mut date = |name: &str| {
        let typed = given.get(name).trim();
        let day = CivilDay::parse(typed).filter(|&day| day < FAR);
        if day.is_none() && !typed.is_empty() {
            errors.add(name, l.bad_date(typed.to_owned()));
        }
        day
    };
    let (from, to) = (date("from"), date("to"));
    if from.is_none() && to.is_none() {
        return preset.map_or(usual, |preset| (preset.on(today), Some(preset)));
    }
    // One end alone: up to today, or thirty days back.
    let to = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
    let period = Period { from: from.unwrap_or_else(|| to.plus_days(-29)), to };
    if period.from > period.to {
        errors.add("from", l.bad_dates());
        return usual;
    }
    if period.days() > LONGEST {
        errors.add("from", l.bad_length());
        return usual;
    }
    (period, preset.filter(|preset| preset.on(today) == period))
}
