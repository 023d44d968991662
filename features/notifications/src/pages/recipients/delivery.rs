//! How letters of an office arrive, below the field.

use std::collections::HashSet;

use otklik_db::DbErr;
use otklik_kernel::Instant;
use otklik_mail::{EmailAddress, SendErrorKind};
use otklik_organisations::Body;
use otklik_ui::When;
use otklik_web::Ctx;

use crate::queue::Reason;
use crate::store::{deliveries, outbox, pause};
use crate::texts::L;

/// How far back failures are told.
const LOOK_BACK: i64 = 30 * Instant::DAY;
/// Addresses with failures shown at most.
const MOST_SHOWN: usize = 20;

/// What is told of the letters of an office.
pub struct Delivery {
    /// When the last letter went out.
    pub last: Option<When>,
    /// Sending is paused for the whole installation.
    pub is_paused: bool,
    /// Letters of the last 30 days that nobody got because the list was empty.
    pub nobody: i64,
    /// The last failure of each address of the list that got no letter since.
    pub failures: Vec<(When, String)>,
}

impl Delivery {
    pub async fn of(ctx: &Ctx, body: &Body, list: &[EmailAddress], l: L) -> Result<Self, DbErr> {
        let (conn, zone) = (ctx.db.read(), &body.fields.zone);
        let since = ctx.now().plus(-LOOK_BACK);
        Ok(Self {
            last: deliveries::last_sent(conn, body.id).await?.map(|at| When::new(at, zone)),
            is_paused: pause::read(conn).await?.is_some(),
            nobody: outbox::nobody_since(conn, body.id, since).await?,
            failures: failures(ctx, body, list, l, since).await?,
        })
    }
}

async fn failures(
    ctx: &Ctx,
    body: &Body,
    list: &[EmailAddress],
    l: L,
    since: Instant,
) -> Result<Vec<(When, String)>, DbErr> {
    let conn = ctx.db.read();
    let failed = deliveries::failed(conn, body.id, since).await?;
    let Some(oldest) = failed.iter().map(|failed| failed.at).min() else { return Ok(Vec::new()) };
    let sent = deliveries::sent_after(conn, body.id, oldest).await?;
    // Addresses that are in the list now; each is told once, by its last failure.
    let mut untold: HashSet<&str> = list.iter().map(EmailAddress::as_str).collect();
    let mut told = Vec::new();
    for failed in failed {
        if !untold.remove(failed.address.as_str()) || sent.get(&failed.address) > Some(&failed.at) {
            continue;
        }
        let (others, sent) = deliveries::others(conn, &failed).await?;
        let address = failed.address;
        let mut text = match failed.reason {
            Reason::Mail(SendErrorKind::RefusedRecipient) => l.failure_recipient(address),
            Reason::Mail(SendErrorKind::Permanent) => l.failure_letter(address),
            Reason::Mail(SendErrorKind::UnknownOutcome) => l.failure_unknown(address),
            _ => l.failure_given_up(address),
        };
        if others > 0 {
            text.push(' ');
            text.push_str(if sent == others { l.failure_others_sent() } else { l.failure_others_not_sent() });
        }
        told.push((When::new(failed.at, &body.fields.zone), text));
        if told.len() == MOST_SHOWN {
            break;
        }
    }
    Ok(told)
}
