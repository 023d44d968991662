//! Adding and changing senders; their tokens.

use otklik_access::Scope;
use otklik_db::{Db, DbErr, Tx};
use otklik_kernel::{CivilDay, Id, Zone, code, secret, text};
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::model::is_code;
use otklik_organisations::store as bodies;
use serde_json::{Value as Json, json};

use super::{Agreement, Fields, Policy, Sender, store};
use crate::refusal::{Mistake, Refusal, Wrong};

/// The longest name.
const LONGEST: usize = 300;
/// The most hours after a day's end.
const MOST_HOURS: i32 = 24 * 31;

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Raw<'a> {
    /// The code.
    pub code: &'a str,
    /// The name.
    pub name: &'a str,
    /// The code of the body.
    pub body: &'a str,
    /// The policy.
    pub policy: &'a str,
    /// The least mark.
    pub least: &'a str,
    /// The most mark.
    pub most: &'a str,
    /// The zone.
    pub zone: &'a str,
    /// Hours.
    pub due_hours: &'a str,
    /// The first day.
    pub since: &'a str,
    /// The last day, or nothing.
    pub until: &'a str,
}

async fn check(tx: &Tx, scope: &Scope, raw: &Raw<'_>, own: Option<Id>) -> Result<Fields, Refusal> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let mut wrong = |field, wrong| mistakes.push((field, wrong));
    let (code, name) = (raw.code.trim(), raw.name.trim());
    if text::is_blank(name) {
        wrong("name", Wrong::Empty);
    } else if name.chars().count() > LONGEST {
        wrong("name", Wrong::Long);
    }
    if code.is_empty() {
        wrong("code", Wrong::Empty);
    } else if !is_code(code) {
        wrong("code", Wrong::Letters);
    } else if let Some(known) = store::find_by_code(tx, &Scope::system("codes are unique"), code).await?
        && Some(known.id) != own
    {
        wrong("code", Wrong::Taken);
    }
    let body = bodies::find_by_code(tx, scope, raw.body.trim()).await?;
    if text::is_blank(raw.body) {
        wrong("body", Wrong::Empty);
    } else if body.is_none() {
        wrong("body", Wrong::NoBody);
    }
    let policy = Policy::find(raw.policy);
    if policy.is_none() {
        wrong("policy", Wrong::NoChoice);
    }
    let mark = |typed: &str| typed.trim().parse::<i16>().ok().filter(|mark| (-1000..=1000).contains(mark));
    let marks = (mark(raw.least), mark(raw.most));
    match marks {
        (None, _) => wrong("least", Wrong::Number),
        (_, None) => wrong("most", Wrong::Number),
        (Some(least), Some(most)) if least >= most => wrong("most", Wrong::ScaleTurned),
        _ => {}
    }
    let zone = match raw.zone.trim() {
        "" => body.as_ref().map(|body| body.fields.zone.clone()),
        typed => Zone::find(typed),
    };
    if zone.is_none() && body.is_some() {
        wrong("zone", Wrong::NoZone);
    }
    let hours = raw.due_hours.trim().parse::<i32>().ok().filter(|hours| (0..=MOST_HOURS).contains(hours));
    if hours.is_none() {
        wrong("due_hours", Wrong::Number);
    }
    let day =
        |typed: &str| CivilDay::parse(typed.trim()).filter(|day| (20_000_101..20_900_101).contains(&day.0));
    let (since, until) = (day(raw.since), day(raw.until));
    if since.is_none() {
        wrong("since", Wrong::NoDay);
    }
    if until.is_none() && !text::is_blank(raw.until) {
        wrong("until", Wrong::NoDay);
    }
    if until.is_some_and(|until| since.is_some_and(|since| until < since)) {
        wrong("until", Wrong::DaysTurned);
    }
    match (body, policy, marks, zone, hours, since) {
        (Some(body), Some(policy), (Some(least), Some(most)), Some(zone), Some(due_hours), Some(since))
            if mistakes.is_empty() =>
        {
            Ok(Fields {
                code: code.to_owned(),
                name: name.to_owned(),
                body: body.id,
                policy,
                marks: (least, most),
                zone,
                due_hours,
                since,
                until,
            })
        }
        _ => Err(Refusal::Wrong(mistakes)),
    }
}

fn shown(fields: &Fields) -> Json {
    json!({
        "code": fields.code,
        "name": fields.name,
        "body": fields.body.to_string(),
        "policy": fields.policy.code(),
        "marks": [fields.marks.0, fields.marks.1],
        "zone": fields.zone.name(),
        "due_hours": fields.due_hours,
        "since": fields.since.to_string(),
        "until": fields.until.map(|day| day.to_string()),
    })
}

/// Adds a sender whose body is within the scope; its id.
///
/// # Errors
/// Mistakes in what was typed.
pub async fn add(db: &Db, scope: &Scope, act: &Act<'_>, raw: &Raw<'_>) -> Result<Id, Refusal> {
    let tx = db.begin().await?;
    let fields = check(&tx, scope, raw, None).await?;
    let id = act.new_id();
    store::insert(&tx, id, &fields, act.now).await?;
    let entry = Entry {
        action: "senders.create",
        subject: Some(("sender", id)),
        body: Some(fields.body),
        before: None,
        after: Some(shown(&fields)),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

async fn known(tx: &Tx, scope: &Scope, id: Id) -> Result<Sender, Refusal> {
    store::find(tx, scope, id).await?.ok_or(Refusal::NotFound)
}

/// Changes a sender of the scope. What is agreed holds from today on, by the sender's clock: days before keep what was
/// agreed for them.
///
/// # Errors
/// No such sender; mistakes in what was typed.
pub async fn change(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    (id, by): (Id, &str),
    raw: &Raw<'_>,
) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let known = known(&tx, scope, id).await?;
    let fields = check(&tx, scope, raw, Some(id)).await?;
    if fields == known.fields {
        return Ok(());
    }
    store::update(&tx, id, &fields).await?;
    if fields.terms() != known.fields.terms() {
        agree(&tx, act, (&known, by), &fields).await?;
    }
    let entry = Entry {
        action: "senders.change",
        subject: Some(("sender", id)),
        body: Some(fields.body),
        before: Some(shown(&known.fields)),
        after: Some(shown(&fields)),
    };
    act.journal(&tx, entry).await?;
    Ok(tx.commit().await?)
}

async fn agree(tx: &Tx, act: &Act<'_>, (known, by): (&Sender, &str), fields: &Fields) -> Result<(), DbErr> {
    let agreed = |valid_from, terms, by: &str| Agreement {
        valid_from,
        terms,
        changed_by: by.to_owned(),
        changed_at: act.now,
    };
    if known.history.is_empty() {
        store::set_terms(tx, known.id, &agreed(Agreement::ALWAYS, known.fields.terms(), "")).await?;
    }
    let today = act.now.day_in(&fields.zone);
    store::set_terms(tx, known.id, &agreed(today, fields.terms(), by)).await
}

/// The digest under which a token is stored.
#[must_use]
pub fn token_hash(token: &str) -> String {
    code::hex(&secret::digest(&[b"monitoring token", token.as_bytes()]))
}

/// Makes a new token for the API, which ends the one before; it is shown once and only its digest is kept.
///
/// # Errors
/// No such sender.
pub async fn renew_token(db: &Db, scope: &Scope, act: &Act<'_>, id: Id) -> Result<String, Refusal> {
    let tx = db.begin().await?;
    let known = known(&tx, scope, id).await?;
    let mut bytes = [0; 25];
    act.random.fill(&mut bytes);
    let token = code::base32(&bytes);
    store::set_token(&tx, id, Some((&token_hash(&token), act.now))).await?;
    let entry = Entry {
        action: "senders.token",
        subject: Some(("sender", id)),
        body: Some(known.fields.body),
        before: None,
        after: None,
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(token)
}

/// Takes the token away: the sender can't use the API until it has a new one.
///
/// # Errors
/// No such sender.
pub async fn drop_token(db: &Db, scope: &Scope, act: &Act<'_>, id: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let known = known(&tx, scope, id).await?;
    store::set_token(&tx, id, None).await?;
    let entry = Entry {
        action: "senders.token_end",
        subject: Some(("sender", id)),
        body: Some(known.fields.body),
        before: None,
        after: None,
    };
    act.journal(&tx, entry).await?;
    Ok(tx.commit().await?)
}
