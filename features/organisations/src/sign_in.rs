//! Signing in: login and password against the stored hash, lock-out, and a new session (ORG-3).

use otklik_db::{DbErr, Tx};
use otklik_journal::Actor;
use otklik_kernel::{Id, Instant, Zone, code, secret};
use otklik_web::{Context, Fail};
use serde_json::json;

use crate::act::{Act, Entry};
use crate::lock::Lock;
use crate::password::{self, Weakness};
use crate::people::{Person, fold_login, store};
use crate::sessions;

/// For how long the page for a new password can be sent, in microseconds.
const TICKET_TIME: i64 = 15 * Instant::MINUTE;

/// How an attempt to sign in ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A session began; the secret is for the cookie.
    In(String),
    /// The password is right but temporary: the ticket lets its owner set a new one.
    MustChange(String),
    /// Login or password is wrong; which one is not told.
    Wrong,
    /// No password is taken until then, shown in the zone of the person's body.
    Locked(Instant, Zone),
    /// The password is right, but the account is disabled.
    Disabled,
}

/// Tries to sign in.
///
/// # Errors
/// When the database is away.
pub async fn sign_in(
    ctx: &Context,
    login: &str,
    password: &str,
    agent: &str,
    trace: &str,
) -> Result<Outcome, Fail> {
    let login = fold_login(login);
    let known = store::find_by_login(ctx.db.read(), &login).await?;
    let is_right = password::verify(password, known.as_ref().map(|(_, hash)| hash.as_str())).await?;
    let Some((person, hash)) = known else {
        tracing::info!(trace, "sign-in with an unknown login");
        return Ok(Outcome::Wrong);
    };
    let act = Act::by(ctx, Actor::Person { id: person.id, login: &login }, trace);
    let tx = ctx.db.begin().await?;
    store::hold(&tx, person.id).await?;
    let Some((person, hash_now)) = store::find_by_login(&tx, &login).await? else {
        return Ok(Outcome::Wrong);
    };
    let outcome = if let Some(until) = person.lock.held(act.now) {
        Outcome::Locked(until, zone(&tx, &person).await?)
    } else if !is_right || hash != hash_now {
        count(&tx, &act, &person).await?
    } else if person.disabled_at.is_some() {
        Outcome::Disabled
    } else if person.must_change {
        store::set_lock(&tx, person.id, Lock::default()).await?;
        Outcome::MustChange(ticket(ctx, person.id, &hash, act.now.plus(TICKET_TIME)))
    } else {
        Outcome::In(begin(&tx, &act, &person, agent).await?)
    };
    tx.commit().await?;
    Ok(outcome)
}

/// How an attempt to replace a temporary password ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The password is set and a session began.
    In(String),
    /// The new password is not taken.
    Weak(Weakness),
    /// The new password is the temporary one.
    Same,
    /// The ticket is old, used or of another account: sign in again.
    Stale,
}

/// Replaces a temporary password by the person's own and signs in.
///
/// # Errors
/// When the database is away.
pub async fn replace_temporary(
    ctx: &Context,
    given: (&str, &str),
    new: &str,
    agent: &str,
    trace: &str,
) -> Result<Replaced, Fail> {
    let login = fold_login(given.0);
    let Some((person, hash)) = store::find_by_login(ctx.db.read(), &login).await? else {
        return Ok(Replaced::Stale);
    };
    let act = Act::by(ctx, Actor::Person { id: person.id, login: &login }, trace);
    if !person.must_change
        || person.disabled_at.is_some()
        || !is_ticket(ctx, given.1, person.id, &hash, act.now)
    {
        return Ok(Replaced::Stale);
    }
    if let Some(weakness) = password::weakness(new, &login) {
        return Ok(Replaced::Weak(weakness));
    }
    if password::verify(new, Some(&hash)).await? {
        return Ok(Replaced::Same);
    }
    let new_hash = password::hash(new, act.random).await?;
    let tx = ctx.db.begin().await?;
    store::hold(&tx, person.id).await?;
    if store::password_hash(&tx, person.id).await?.as_deref() != Some(&*hash) {
        return Ok(Replaced::Stale);
    }
    store::set_password(&tx, person.id, &new_hash, false).await?;
    let entry = entry("people.change_password", &person);
    act.journal(&tx, entry).await?;
    let secret = begin(&tx, &act, &person, agent).await?;
    tx.commit().await?;
    Ok(Replaced::In(secret))
}

fn entry(action: &'static str, person: &Person) -> Entry {
    Entry { action, subject: Some(("person", person.id)), body: Some(person.fields.body), ..Entry::default() }
}

async fn zone(tx: &Tx, person: &Person) -> Result<Zone, DbErr> {
    let scope = otklik_access::Scope::system("the lock's time is shown where the person works");
    let body = crate::store::find(tx, &scope, person.fields.body).await?;
    Ok(body.map_or(Zone::utc(), |body| body.fields.zone))
}

async fn count(tx: &Tx, act: &Act<'_>, person: &Person) -> Result<Outcome, DbErr> {
    let lock = person.lock.after_failure(act.now);
    store::set_lock(tx, person.id, lock).await?;
    let Some(until) = lock.held(act.now) else { return Ok(Outcome::Wrong) };
    let after = Some(json!({"failures": lock.failures, "locked_until": until.iso()}));
    let act = Act { actor: Actor::System("lock-out"), ..*act };
    act.journal(tx, Entry { after, ..entry("people.lock", person) }).await?;
    Ok(Outcome::Locked(until, zone(tx, person).await?))
}

async fn begin(tx: &Tx, act: &Act<'_>, person: &Person, agent: &str) -> Result<String, DbErr> {
    store::set_lock(tx, person.id, Lock::default()).await?;
    sessions::sweep(tx, person.id, act.now).await?;
    let secret = sessions::begin(tx, act, person.id, agent).await?;
    act.journal(tx, entry("sessions.begin", person)).await?;
    Ok(secret)
}

/// Lets the owner of a temporary password replace it: bound to the account, the temporary password and a
/// time, so that it works once.
fn ticket(ctx: &Context, person: Id, hash: &str, until: Instant) -> String {
    let key = ctx.secret.derive("temporary-password");
    let parts: [&[u8]; 3] = [&person.to_le_bytes(), hash.as_bytes(), &until.0.to_le_bytes()];
    format!("{}.{}", until.0, code::base32(&key.code(&parts)))
}

fn is_ticket(ctx: &Context, given: &str, person: Id, hash: &str, now: Instant) -> bool {
    let until = given.split_once('.').and_then(|(until, _)| until.parse().ok()).map(Instant);
    until.is_some_and(|until| {
        now < until && secret::same(given.as_bytes(), ticket(ctx, person, hash, until).as_bytes())
    })
}
