//! Which part of the data is asked about, as it stands in the address.

use otklik_kernel::CivilDay;
use otklik_progress::model::Channel;
use otklik_ui::Errors;
use otklik_web::{Form, Who};

use super::Words;
use crate::answers::{Allowed, Ask, By};
use crate::pages::Monitoring;
use crate::pages::common::{encode, texts};
use crate::texts::L;
use crate::visible::Visible;

/// Days of the ready-made periods.
const PRESETS: [i32; 3] = [30, 90, 365];

/// What is asked for; what is wrong in the address is pointed out and left aside.
pub struct Asked {
    /// Whose data may be seen.
    pub allowed: Allowed,
    /// The service's number, or nothing for all.
    pub service: String,
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
    today: CivilDay,
    /// Mistakes beside their fields.
    pub errors: Errors,
}

impl Asked {
    /// Reads the address within the person's scope.
    pub fn read(monitoring: &Monitoring, who: &Who, given: &Form) -> Self {
        let l = texts(who);
        let offices = monitoring.offices.current();
        let visible = Visible::of(&who.scope, &offices);
        let mut errors = Errors::new();
        let typed = given.get("body").trim();
        let found = offices.find(typed).filter(|office| visible.has(&office.code));
        if found.is_none() && !typed.is_empty() {
            errors.add("body", l.wrong_no_body());
        }
        let below = found.map(|office| visible.under(office.id, &offices));
        let bodies: Vec<String> = match below {
            Some(Visible::Codes(codes)) => codes.into_iter().collect(),
            _ => Vec::new(),
        };
        let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope));
        let mut day = |name: &str| {
            let typed = given.get(name).trim();
            let day = CivilDay::parse(typed).filter(|day| (20_000_101..20_900_101).contains(&day.0));
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
        let (region, channel) =
            (given.get("region").trim().parse().ok(), Channel::find(given.get("channel").trim()));
        for (name, is_known, wrong) in [
            ("region", region.is_some(), l.wrong_no_region()),
            ("channel", channel.is_some(), l.wrong_no_channel()),
        ] {
            if !is_known && !given.get(name).trim().is_empty() {
                errors.add(name, wrong);
            }
        }
        Self {
            allowed: visible.allowed(),
            service: given.get("service").trim().to_owned(),
            body: found.map_or_else(String::new, |office| office.code.clone()),
            is_one_body: bodies.len() == 1,
            bodies,
            region,
            channel,
            from,
            to,
            today,
            errors,
        }
    }

    /// The question, broken down by some things.
    pub fn ask(&self, by: &[By]) -> Ask {
        Ask {
            by: by.to_vec(),
            services: if self.service.is_empty() { Vec::new() } else { vec![self.service.clone()] },
            variants: Vec::new(),
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

    /// The address of the same with some fields changed; an empty value takes a field away.
    pub fn address(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let region = self.region.map_or_else(String::new, |region| format!("{region:02}"));
        let (from, to) = (self.from.to_string(), self.to.to_string());
        let mut fields = vec![
            ("service", self.service.as_str()),
            ("body", self.body.as_str()),
            ("region", region.as_str()),
            ("channel", self.channel.map_or("", Channel::code)),
            ("from", from.as_str()),
            ("to", to.as_str()),
        ];
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
    pub fn presets(&self, l: L, path: &str) -> Vec<(String, &'static str, bool)> {
        let words = [l.preset_30(), l.preset_90(), l.preset_365()];
        let of = |(days, text): (i32, &'static str)| {
            let from = self.today.plus_days(1 - days);
            let (first, last) = (from.to_string(), self.today.to_string());
            let href = self.address(path, &[("from", &first), ("to", &last)]);
            (href, text, self.from == from && self.to == self.today)
        };
        PRESETS.into_iter().zip(words).map(of).collect()
    }

    /// What is shown, in a sentence.
    pub fn lead(&self, l: L, words: &Words) -> String {
        let mut parts = Vec::new();
        if !self.service.is_empty() {
            parts.push(words.service(&self.service));
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
        l.analysis_lead(self.from.show(), self.to.show(), what)
    }
}
