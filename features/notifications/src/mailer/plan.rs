//! What becomes of fresh rows of the outbox: a letter of its own, with what a body's rules say of it, or a
//! place in a digest. Only reads; the writing is in `expand`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::{Id, Instant};
use otklik_mail::EmailAddress;
use otklik_responses::store as responses;
use otklik_web::Context;

use crate::alerts::Alerts;
use crate::flood::{WINDOW, interval};
use crate::rule::Hour;
use crate::store::floods::{self, Flood};
use crate::store::outbox::{self, Fresh, Handled, OutboxState};
use crate::store::{alerts, recipients};

/// What becomes of a row.
#[derive(Debug)]
pub struct Planned<'a> {
    pub row: &'a Fresh,
    pub handled: Handled,
    /// Whom it is mailed to as a letter of its own.
    pub to: Vec<EmailAddress>,
}

/// What becomes of rows, and of the floods of their offices.
#[derive(Debug)]
pub struct Plan<'a> {
    pub rows: Vec<Planned<'a>>,
    pub begun: Vec<Flood>,
    /// Floods that go on, and how many responses more they gather.
    pub more: Vec<(Flood, i64)>,
}

/// An office while its rows are gone through.
struct Office {
    alerts: Alerts,
    list: Vec<EmailAddress>,
    singles: i64,
    hour: Hour,
    flood: Option<Flood>,
    is_new: bool,
    more: i64,
}

/// Plans what becomes of the oldest rows, up to so many deliveries.
pub async fn make<'a>(
    ctx: &Context,
    fresh: &'a [Fresh],
    now: Instant,
    most: usize,
) -> Result<Plan<'a>, DbErr> {
    let mut offices = offices(ctx, fresh, now).await?;
    let mut plan = Plan { rows: Vec::with_capacity(fresh.len()), begun: Vec::new(), more: Vec::new() };
    let mut deliveries = 0;
    for row in fresh {
        if deliveries >= most {
            break;
        }
        let Some(office) = offices.get_mut(&row.body) else { continue };
        let word = topic(ctx, row, &office.alerts).await?;
        let planned = office.plan(ctx, row, word, now);
        deliveries += planned.to.len();
        plan.rows.push(planned);
    }
    for flood in offices.into_values().filter(|office| office.more > 0) {
        match flood.flood {
            Some(begun) if flood.is_new => plan.begun.push(Flood { gathered: flood.more, ..begun }),
            Some(known) => plan.more.push((known, flood.more)),
            None => {}
        }
    }
    Ok(plan)
}

async fn offices(ctx: &Context, fresh: &[Fresh], now: Instant) -> Result<BTreeMap<Id, Office>, DbErr> {
    let conn = ctx.db.read();
    let bodies: Vec<Id> = fresh.iter().map(|row| row.body).collect::<BTreeSet<_>>().into_iter().collect();
    let mut lists = recipients::of_all(conn, &bodies).await?;
    let mut rules = alerts::in_force(conn, &bodies).await?;
    let mut singles = outbox::singles(conn, &bodies, now.plus(-WINDOW)).await?;
    let floods = floods::of(conn, &bodies).await?;
    let mut offices = BTreeMap::new();
    for &body in &bodies {
        let alerts = rules.remove(&body).map(|(_, alerts)| alerts).unwrap_or_default();
        let office = Office {
            alerts,
            list: lists.remove(&body).unwrap_or_default(),
            singles: singles.remove(&body).unwrap_or(0),
            hour: Hour::default(),
            flood: floods.get(&body).copied(),
            is_new: false,
            more: 0,
        };
        offices.insert(body, office);
    }
    remember(ctx, &mut offices, fresh).await?;
    Ok(offices)
}

/// Counts the negative responses of the last hour where a rule asks for them; not during a flood, when they
/// are told together anyway.
async fn remember(ctx: &Context, offices: &mut BTreeMap<Id, Office>, fresh: &[Fresh]) -> Result<(), DbErr> {
    let counted: Vec<Id> = offices
        .iter()
        .filter(|(_, office)| office.alerts.several.is_some() && office.flood.is_none())
        .map(|(body, _)| *body)
        .collect();
    let oldest = fresh.iter().map(|row| row.at).min();
    let Some(oldest) = oldest.filter(|_| !counted.is_empty()) else { return Ok(()) };
    let earlier = outbox::negatives(ctx.db.read(), &counted, oldest.plus(-Instant::HOUR)).await?;
    for (body, at, is_told) in earlier {
        if let Some(office) = offices.get_mut(&body) {
            office.hour.earlier(at, is_told);
        }
    }
    Ok(())
}

/// The topic word of a response, where a rule asks for some.
async fn topic(ctx: &Context, row: &Fresh, alerts: &Alerts) -> Result<Option<String>, DbErr> {
    let Some(alerting) = row.response.filter(|one| one.has_text() && !alerts.words.is_empty()) else {
        return Ok(None);
    };
    let scope = Scope::system("rules look for topic words in responses of every office");
    let response = responses::find(ctx.db.read(), &scope, row.id).await?;
    Ok(response.and_then(|found| alerting.topic(&found.comment, &alerts.words).map(str::to_owned)))
}

impl Office {
    fn plan<'a>(&mut self, ctx: &Context, row: &'a Fresh, word: Option<String>, now: Instant) -> Planned<'a> {
        if self.flood.is_none() && self.singles >= i64::from(self.alerts.flood_limit) {
            let (body, letter) = (row.body, ctx.new_id());
            let next = now.plus(interval(0));
            self.flood = Some(Flood { body, letter, since: now, next, level: 0, gathered: 0 });
            self.is_new = true;
        }
        if let Some(flood) = &self.flood {
            self.more += 1;
            let word = word.unwrap_or_default();
            let handled = Handled { state: OutboxState::Gathered, letter: flood.letter, several: 0, word };
            return Planned { row, handled, to: Vec::new() };
        }
        let asked = self.alerts.several.unwrap_or(0);
        let several = match &row.response {
            Some(response) if self.hour.note(response, row.at, asked) => asked,
            _ => 0,
        };
        let to = together([
            &self.list[..],
            if several > 0 { &self.alerts.several_to } else { &[] },
            if word.is_some() { &self.alerts.words_to } else { &[] },
        ]);
        let state = if to.is_empty() { OutboxState::Nobody } else { OutboxState::Expanded };
        self.singles += i64::from(!to.is_empty());
        let handled = Handled { state, letter: 0, several, word: word.unwrap_or_default() };
        Planned { row, handled, to }
    }
}

/// The addresses of several lists, each once.
pub fn together<const N: usize>(lists: [&[EmailAddress]; N]) -> Vec<EmailAddress> {
    let mut all: Vec<EmailAddress> = Vec::new();
    let mut known: HashMap<&str, ()> = HashMap::new();
    for address in lists.into_iter().flatten() {
        if known.insert(address.key(), ()).is_none() {
            all.push(address.clone());
        }
    }
    all
}
