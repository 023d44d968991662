//! Making digests: of a flood when its time has come, and of a day that is over.

use otklik_db::{DbErr, Tx};
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_mail::EmailAddress;
use otklik_organisations::{Office, Offices};
use otklik_web::{Context, Trace};

use super::plan::together;
use crate::alerts::Alerts;
use crate::flood::{goes_on, interval};
use crate::store::deliveries::{self, NewDelivery};
use crate::store::digests::{self, Digest, DigestKind};
use crate::store::floods::{self, Flood};
use crate::store::outbox::{self, OutboxState};
use crate::store::{alerts, recipients};

/// Makes the digests of floods that are due, and ends the floods that are over; gives how many were made.
pub async fn of_floods(ctx: &Context) -> Result<usize, DbErr> {
    let now = ctx.now();
    let mut made = 0;
    for flood in floods::due(ctx.db.read(), now).await? {
        made += usize::from(of_flood(ctx, &flood, now).await?);
    }
    Ok(made)
}

async fn of_flood(ctx: &Context, flood: &Flood, now: Instant) -> Result<bool, DbErr> {
    let body = flood.body;
    let alerts = in_force(ctx, body).await?;
    let digest = Digest { id: flood.letter, body, kind: DigestKind::Flood, from: flood.since, until: now };
    let list = recipients::of(ctx.db.read(), body).await?;
    let tx = ctx.db.begin().await?;
    let Some(flood) = floods::hold(&tx, flood).await? else {
        tx.rollback().await?;
        return Ok(false);
    };
    if flood.gathered > 0 {
        let has_word = !alerts.words_to.is_empty() && digests::has_word(&tx, &digest).await?;
        let to = together([&list[..], &alerts.several_to, if has_word { &alerts.words_to } else { &[] }]);
        write(&tx, ctx, &digest, &to, now).await?;
    }
    if goes_on(flood.gathered, flood.next.since(flood.since), alerts.flood_limit) {
        let level = flood.level.saturating_add(1);
        let next = now.plus(interval(level));
        let next = Flood { letter: ctx.new_id(), since: now, next, level, gathered: 0, ..flood };
        floods::go_on(&tx, &next).await?;
    } else {
        floods::end(&tx, body).await?;
    }
    tx.commit().await?;
    tracing::info!(body, gathered = flood.gathered, level = flood.level, "a digest of many responses is due");
    Ok(flood.gathered > 0)
}

/// Sums up yesterday for the offices whose hour has come; gives how many summaries were made.
///
/// An office without negative responses on that day gets none. Each day is summed up once, whatever dies when.
pub async fn of_days(ctx: &Context, offices: &Offices) -> Result<usize, DbErr> {
    let bodies = alerts::with_daily(ctx.db.read()).await?;
    if bodies.is_empty() {
        return Ok(0);
    }
    let now = ctx.now();
    let rules = alerts::in_force(ctx.db.read(), &bodies).await?;
    let done = digests::last_days(ctx.db.read()).await?;
    let mut made = 0;
    for (body, (_, alerts)) in rules {
        let Some(office) = offices.get(body) else { continue };
        let Some(day) = alerts.daily_hour.and_then(|hour| due_day(office, hour, now)) else { continue };
        if done.get(&body).is_none_or(|last| *last < day) {
            made += usize::from(of_day(ctx, office, day, &alerts, now).await?);
        }
    }
    Ok(made)
}

/// The day that is to be summed up by now, when the hour of the office has come.
fn due_day(office: &Office, hour: u8, now: Instant) -> Option<CivilDay> {
    let today = now.day_in(&office.zone);
    let due = today.start_in(&office.zone).plus(i64::from(hour) * Instant::HOUR + LATE);
    (now >= due).then(|| today.plus_days(-1))
}

/// How long responses that arrived right before midnight may take to be stored.
const LATE: i64 = 2 * Instant::MINUTE;

async fn of_day(
    ctx: &Context,
    office: &Office,
    day: CivilDay,
    alerts: &Alerts,
    now: Instant,
) -> Result<bool, DbErr> {
    let (from, until) = (day.start_in(&office.zone), day.plus_days(1).start_in(&office.zone));
    let digest = Digest { id: ctx.new_id(), body: office.id, kind: DigestKind::Daily, from, until };
    let is_any = !digests::by_marks(ctx.db.read(), &digest).await?.is_empty();
    let list = recipients::of(ctx.db.read(), office.id).await?;
    let to = together([&list[..], &alerts.daily_to]);
    let tx = ctx.db.begin().await?;
    let is_first = digests::set_day(&tx, office.id, day).await?;
    if is_first && is_any {
        write(&tx, ctx, &digest, &to, now).await?;
    }
    tx.commit().await?;
    Ok(is_first && is_any)
}

async fn in_force(ctx: &Context, body: Id) -> Result<Alerts, DbErr> {
    let mut rules = alerts::in_force(ctx.db.read(), &[body]).await?;
    Ok(rules.remove(&body).map(|(_, alerts)| alerts).unwrap_or_default())
}

/// Writes a digest with its row of the outbox and its deliveries.
async fn write(
    tx: &Tx,
    ctx: &Context,
    digest: &Digest,
    to: &[EmailAddress],
    now: Instant,
) -> Result<(), DbErr> {
    let state = if to.is_empty() { OutboxState::Nobody } else { OutboxState::Expanded };
    digests::insert(tx, digest).await?;
    outbox::insert_digest(tx, digest, &Trace::new(&*ctx.random).0, state, now).await?;
    let made: Vec<NewDelivery<'_>> = to
        .iter()
        .map(|address| NewDelivery {
            id: ctx.new_id(),
            outbox: digest.id,
            body: digest.body,
            address: address.as_str(),
            at: now,
        })
        .collect();
    deliveries::insert(tx, &made).await
}
