//! Which part of the data is asked about, as it stands in the address.

use std::sync::Arc;

use axum::http::StatusCode;
use otklik_kernel::CivilDay;
use otklik_organisations::Office;
use otklik_progress::model::Channel;
use otklik_ui::Errors;
use otklik_web::{Form, Who};

use super::Words;
use super::meant::Meant;
use crate::answers::{Allowed, Ask, By};
use crate::pages::Monitoring;
use crate::pages::common::{self, encode, texts};
use crate::texts::L;
use crate::visible::{Visible, with_below};

/// Bodies that are named when several may be meant.
const NAMED: usize = 10;

/// Days of the ready-made periods.
const PRESETS: [i32; 3] = [30, 90, 365];

/// What is asked for; what is wrong in the address is pointed out and left aside.
pub struct Asked {
    /// Whose data may be seen.
    pub allowed: Allowed,
    /// The service's number, or nothing for all.
    pub service: String,
    /// The variant's number, or nothing for all of the service.
    pub variant: String,
    /// The body's code, or nothing for all of the scope.
    pub body: String,
    /// Whether that body has none below it.
    pub is_one_body: bool,
    /// Codes of the body and those below it.
    bodies: Vec<String>,
    /// The region.
    pub region: Option<u16>,
    /// The channel.
    pub channel: Option<Channel>,
    /// The first day.
    pub from: CivilDay,
    /// The last day.
    pub to: CivilDay,
    /// By what figures are broken down; nothing for the next step down.
    pub by: Option<By>,
    /// The statuses between which time is measured.
    pub pair: (Option<i16>, Option<i16>),
    today: CivilDay,
    /// Bodies of which one may be meant, where it can't be told which.
    bodies_meant: Vec<Arc<Office>>,
    /// What was typed, as its form shows it.
    pub typed: Typed,
    /// Mistakes beside their fields.
    pub errors: Errors,
}

/// Fields as they were typed, so that one with a mistake is not lost.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub service: String,
    pub variant: String,
    pub body: String,
    pub region: String,
    pub channel: String,
    pub by: String,
}

/// Bodies of which one may be meant.
#[derive(Clone, Debug, Default)]
pub struct BodiesMeant {
    /// The first of them: where the same is about it, its name and code.
    pub named: Vec<(String, String, String)>,
    /// How many more there are.
    pub others: usize,
}

impl Asked {
    /// Reads the address within the person's scope.
    pub fn read(monitoring: &Monitoring, who: &Who, words: &Words, given: &Form) -> Self {
        let l = texts(who);
        let offices = monitoring.offices.current();
        let visible = Visible::of(&who.scope, &offices);
        let mut errors = Errors::new();
        let typed = given.get("body").trim();
        let (mut found, mut bodies_meant) = (None, Vec::new());
        match Meant::by(typed, &offices, &visible) {
            Meant::One(office) => found = Some(office),
            Meant::Several(offices) => {
                errors.add("body", l.wrong_many_bodies());
                bodies_meant = offices;
            }
            Meant::Nothing if typed.is_empty() => {}
            Meant::Nothing => errors.add("body", l.wrong_no_body()),
        }
        let bodies = found.as_ref().map_or_else(Vec::new, |office| with_below(&office.code, &offices));
        let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope));
        let mut day = |name: &str| {
            let typed = given.get(name).trim();
            let day = common::day(typed);
            if day.is_none() && !typed.is_empty() {
                errors.add(name.to_owned(), l.wrong_no_day());
            }
            day
        };
        let (from, to) = (day("from"), day("to"));
        let to = to.unwrap_or(today);
        let mut from = from.unwrap_or_else(|| to.plus_days(-29));
        if from > to {
            errors.add("to", l.wrong_days_turned());
            from = to.plus_days(-29);
        }
        let typed = |name: &str| given.get(name).trim().to_owned();
        let typed = Typed {
            service: typed("service"),
            variant: typed("variant"),
            body: typed("body"),
            region: typed("region"),
            channel: typed("channel"),
            by: typed("by"),
        };
        let (region, channel) = (typed.region.parse().ok(), Channel::find(&typed.channel));
        let region = region.filter(|region| words.regions.contains_key(&format!("{region:02}")));
        let has_service = words.services.contains_key(&typed.service);
        let has_variant = words.has_variant(&typed.service, &typed.variant);
        let by = By::find(&typed.by).ok();
        let is_measured = |code: &i16| words.rules().is_measured(*code);
        let status = |name: &str| given.get(name).trim().parse().ok().filter(is_measured);
        let pair = (status("from_status"), status("to_status"));
        let checks = [
            ("service", has_service, l.wrong_no_service()),
            ("variant", has_variant, l.wrong_no_variant()),
            ("region", region.is_some(), l.wrong_no_region()),
            ("channel", channel.is_some(), l.wrong_no_channel()),
            ("by", by.is_some(), l.wrong_no_choice()),
            ("from_status", pair.0.is_some(), l.wrong_no_status()),
            ("to_status", pair.1.is_some(), l.wrong_no_status()),
        ];
        for (name, is_known, wrong) in checks {
            if !is_known && !given.get(name).trim().is_empty() {
                errors.add(name, wrong);
            }
        }
        if pair.0.is_some() && pair.0 == pair.1 {
            errors.add("to_status", l.wrong_same_status());
        }
        let held = |is_known: bool, code: &str| if is_known { code.to_owned() } else { String::new() };
        Self {
            allowed: visible.allowed(),
            service: held(has_service, &typed.service),
            variant: held(has_variant, &typed.variant),
            body: found.map_or_else(String::new, |office| office.code.clone()),
            is_one_body: bodies.len() == 1,
            bodies,
            region,
            channel,
            from,
            to,
            by,
            pair,
            today,
            bodies_meant,
            typed,
            errors,
        }
    }

    /// The status of a page that shows it.
    pub fn status(&self) -> StatusCode {
        if self.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// The question, broken down by some things.
    pub fn ask(&self, by: &[By]) -> Ask {
        Ask {
            by: by.to_vec(),
            services: if self.service.is_empty() { Vec::new() } else { vec![self.service.clone()] },
            variants: if self.variant.is_empty() { Vec::new() } else { vec![self.variant.clone()] },
            regions: self.region.into_iter().collect(),
            bodies: self.bodies.clone(),
            channels: self.channel.into_iter().collect(),
            from: Some(self.from),
            to: Some(self.to),
        }
    }

    /// How many days the period has.
    pub fn days(&self) -> i64 {
        self.to.start_utc().since(self.from.start_utc()) / otklik_kernel::Instant::DAY + 1
    }

    /// What stands in the address: names and values.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let status = |code: Option<i16>| code.map_or_else(String::new, |code| code.to_string());
        vec![
            ("service", self.service.clone()),
            ("variant", self.variant.clone()),
            ("body", self.body.clone()),
            ("region", self.region.map_or_else(String::new, |region| format!("{region:02}"))),
            ("channel", self.channel.map_or("", Channel::code).to_owned()),
            ("from", self.from.to_string()),
            ("to", self.to.to_string()),
            ("by", self.by.map_or("", By::word).to_owned()),
            ("from_status", status(self.pair.0)),
            ("to_status", status(self.pair.1)),
        ]
    }

    /// The address of the same with some fields changed; an empty value takes a field away.
    pub fn address(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let own = self.fields();
        let mut fields: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for &(name, value) in changes {
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some(field) => field.1 = value,
                None => fields.push((name, value)),
            }
        }
        let query = encode(fields);
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Ready-made periods: address, words, whether it is this one.
    pub fn presets(&self, l: L, path: &str, more: &[(&str, &str)]) -> Vec<(String, &'static str, bool)> {
        let words = [l.preset_30(), l.preset_90(), l.preset_365()];
        let of = |(days, text): (i32, &'static str)| {
            let from = self.today.plus_days(1 - days);
            let (first, last) = (from.to_string(), self.today.to_string());
            let days = [("from", first.as_str()), ("to", last.as_str())];
            let href = self.address(path, &[&days[..], more].concat());
            (href, text, self.from == from && self.to == self.today)
        };
        PRESETS.into_iter().zip(words).map(of).collect()
    }

    /// The bodies of which one may be meant, with the addresses of the same about each.
    pub fn bodies_meant(&self, path: &str, more: &[(&str, &str)]) -> BodiesMeant {
        let of = |office: &Arc<Office>| {
            let href = self.address(path, &[more, &[("body", office.code.as_str())]].concat());
            (href, office.name.clone(), office.code.clone())
        };
        BodiesMeant {
            named: self.bodies_meant.iter().take(NAMED).map(of).collect(),
            others: self.bodies_meant.len().saturating_sub(NAMED),
        }
    }

    /// The names of the service and of the body that are chosen; empty where none is.
    pub fn subject(&self, words: &Words) -> String {
        let service = Some(&self.service).filter(|code| !code.is_empty()).map(|code| words.service(code));
        let body = Some(&self.body).filter(|code| !code.is_empty()).map(|code| words.body(code));
        service.into_iter().chain(body).collect::<Vec<_>>().join(" · ")
    }

    /// What is shown, in a sentence.
    pub fn lead(&self, l: L, words: &Words) -> String {
        let mut parts = Vec::new();
        if !self.service.is_empty() {
            parts.push(words.service(&self.service));
        }
        if !self.variant.is_empty() {
            parts.push(words.variant(&self.service, &self.variant));
        }
        if !self.body.is_empty() {
            parts.push(words.body(&self.body));
        }
        if let Some(region) = self.region {
            parts.push(words.region(&format!("{region:02}")));
        }
        if let Some(channel) = self.channel {
            parts.push(channel.code().to_owned());
        }
        let what = if parts.is_empty() { l.analysis_everything().to_owned() } else { parts.join(" · ") };
        // A name may end with an abbreviation: the sentence has a full stop of its own.
        l.analysis_lead(self.from.show(), self.to.show(), what.trim_end_matches('.').to_owned())
    }
}
