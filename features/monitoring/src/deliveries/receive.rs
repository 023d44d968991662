//! Taking a delivery in: the same bytes give the same receipt, a lower revision is refused (MON-11). Bytes of which
//! nothing was taken are checked once more under their receipt: what they were checked against may have changed.

use std::path::Path;

use otklik_access::Scope;
use otklik_db::{Db, DbErr, Tx};
use otklik_kernel::{Id, code};
use otklik_organisations::act::{Act, Entry};
use otklik_progress::delivery::Head;
use serde_json::json;

use super::depot::{Depot, DepotError, Part};
use super::head::{self, HeadError, Said};
use super::{Delivery, State, Way, store};
use crate::senders::{self, Sender};

/// A file that came, on this machine.
#[derive(Clone, Debug)]
pub struct Arrived<'a> {
    /// Where it lies.
    pub path: &'a Path,
    /// The name it had.
    pub name: &'a str,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// How it came.
    pub way: Way,
    /// Who sent it.
    pub by: &'a str,
}

/// Why a delivery is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    /// It isn't known whose it is.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// There is no such sender within the scope.
    #[error("no such sender")]
    NoSender,
    /// The day has not begun for the sender yet.
    #[error("the day lies ahead")]
    DayAhead,
    /// A delivery with this or a higher revision has been taken or waits.
    #[error("revision {known} is there already")]
    Revision {
        /// The receipt of that delivery.
        receipt: Id,
        /// Its revision.
        known: i32,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The file can't be kept.
    #[error(transparent)]
    Depot(#[from] DepotError),
}

/// A receipt: of a new delivery, or of the one that had the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The delivery.
    pub delivery: Delivery,
    /// Whether it will be checked: it is new, or was refused before.
    pub is_to_check: bool,
}

/// What the deliveries of a day say of one that comes.
enum Verdict {
    /// The same bytes are there, and stay what they are.
    Known(Delivery),
    /// The same bytes were refused, and nothing stands in their place.
    Again(Delivery),
    /// It is to be taken in.
    New,
}

/// Takes a file in, to be checked by and by. `sender` is the one whose token was given; else the file or what was
/// said beside it names one within the scope.
///
/// # Errors
/// See [`NotReceived`].
pub async fn receive(
    db: &Db,
    depot: &Depot,
    scope: &Scope,
    act: &Act<'_>,
    arrived: &Arrived<'_>,
    said: &Said,
    sender: Option<&Sender>,
) -> Result<Receipt, NotReceived> {
    let mut said = said.clone();
    if let Some(sender) = sender {
        said.sender.clone_from(&sender.fields.code);
    }
    let head = head::read(arrived.path, arrived.name, &said)?;
    let found = match sender {
        Some(sender) => Some(sender.clone()),
        None => senders::store::find_by_code(db.read(), scope, &head.sender).await?,
    };
    let sender = found.ok_or(NotReceived::NoSender)?;
    if head.day.start_in(&sender.fields.zone) > act.now {
        return Err(NotReceived::DayAhead);
    }
    let digest = code::hex(&arrived.digest);
    let known = store::of_day(db.read(), sender.id, head.day).await?;
    let delivery = match decide(&known, &head, &digest)? {
        Verdict::Known(delivery) => return Ok(Receipt { delivery, is_to_check: false }),
        Verdict::Again(delivery) => delivery,
        Verdict::New => {
            let came = (head.day, head.revision);
            Delivery {
                file: arrived.name.chars().take(300).collect(),
                bytes: i64::try_from(arrived.bytes).unwrap_or(i64::MAX),
                ..Delivery::new(act.new_id(), &sender, came, &digest, (arrived.way, arrived.by), act.now)
            }
        }
    };
    // The file first: a row without its file could never be checked, a file without its row is swept away.
    depot.put_file(Part::Inbox, delivery.id, arrived.path).await?;
    let tx = db.begin().await?;
    let known = store::of_day(&tx, sender.id, head.day).await?;
    let delivery = match decide(&known, &head, &digest) {
        Ok(Verdict::New) => {
            store::insert(&tx, &delivery).await?;
            delivery
        }
        Ok(Verdict::Again(refused)) if refused.id == delivery.id => {
            store::set_queued(&tx, refused.id).await?;
            refused.queued()
        }
        // Somebody was faster. The file goes, unless it is that of a delivery that is there.
        other => {
            drop(tx);
            if known.iter().all(|one| one.id != delivery.id) {
                depot.remove(Part::Inbox, delivery.id).await?;
            }
            let delivery = match other? {
                Verdict::Known(known) | Verdict::Again(known) => known,
                Verdict::New => delivery,
            };
            return Ok(Receipt { delivery, is_to_check: false });
        }
    };
    note(&tx, act, &delivery).await?;
    tx.commit().await?;
    Ok(Receipt { delivery, is_to_check: true })
}

async fn note(tx: &Tx, act: &Act<'_>, delivery: &Delivery) -> Result<(), DbErr> {
    let entry = Entry {
        action: "deliveries.receive",
        subject: Some(("daily_delivery", delivery.id)),
        body: Some(delivery.body),
        before: None,
        after: Some(json!({
            "sender": delivery.code,
            "day": delivery.day.to_string(),
            "revision": delivery.revision,
            "digest": delivery.digest,
            "bytes": delivery.bytes,
        })),
    };
    act.journal(tx, entry).await
}

fn decide(known: &[Delivery], head: &Head, digest: &str) -> Result<Verdict, NotReceived> {
    let revision = i32::try_from(head.revision).unwrap_or(i32::MAX);
    let taken = known.iter().filter(|one| one.state != State::Rejected);
    let last = taken.max_by_key(|one| one.revision).filter(|last| last.revision >= revision);
    let same = known.iter().find(|one| one.digest == digest && one.revision == revision);
    match (same, last) {
        (Some(same), None) if same.state == State::Rejected => Ok(Verdict::Again(same.clone())),
        (Some(same), _) => Ok(Verdict::Known(same.clone())),
        (None, Some(last)) => Err(NotReceived::Revision { receipt: last.id, known: last.revision }),
        (None, None) => Ok(Verdict::New),
    }
}
