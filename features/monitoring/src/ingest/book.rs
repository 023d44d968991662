//! Which deliveries the lake has, and what becomes of one that comes.

use std::collections::{BTreeMap, HashSet};
use std::slice;

use futures_util::TryStreamExt as _;
use otklik_kernel::CivilDay;
use otklik_lake::arrow::array::{Int32Array, Int64Array};
use otklik_lake::{Engine, Look, Result, Snapshot};
use otklik_progress::delivery::Delivery;
use serde::{Deserialize, Serialize};

use super::known::{text, typed};
use crate::tables;

/// A delivery as the lake accepted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    pub delivery: i64,
    /// Its sender.
    pub sender: String,
    /// The day it is of.
    #[serde(serialize_with = "as_text", deserialize_with = "of_text")]
    pub day: CivilDay,
    /// Its revision.
    pub revision: u32,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
    /// When it was accepted: microseconds since 1970 in UTC.
    pub at: i64,
    /// Rows taken.
    pub rows: Rows,
}

/// Rows taken of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Services.
    pub services: i64,
    /// Applications.
    pub applications: i64,
    /// Events.
    pub events: i64,
    /// Events of fees.
    pub payments: i64,
    /// Ratings.
    pub ratings: i64,
    /// Events of complaints.
    pub complaints: i64,
}

fn as_text<S: serde::Serializer>(day: &CivilDay, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

fn of_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<CivilDay, D::Error> {
    let text = String::deserialize(deserializer)?;
    CivilDay::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no day")))
}

impl Rows {
    /// Rows of a table of what was delivered.
    #[must_use]
    pub fn of(&self, table: &str) -> i64 {
        match table {
            "services" => self.services,
            "applications" => self.applications,
            "events" => self.events,
            "payments" => self.payments,
            "ratings" => self.ratings,
            "complaints" => self.complaints,
            _ => 0,
        }
    }
}

/// What becomes of a delivery (MON-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the lake now; instead of an earlier revision, if there was one.
    Accepted(Receipt),
    /// The same bytes are in the lake already: nothing changed.
    Repeated(Receipt),
    /// A higher revision is in the lake: refused.
    Lower(Receipt),
    /// The same revision with other bytes is in the lake: refused; a correction needs a higher revision.
    Differs(Receipt),
}

impl Receipt {
    /// The receipt of a delivery under a number.
    #[must_use]
    pub fn of(delivery: &Delivery, number: i64, at: i64) -> Self {
        let rows = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        Self {
            delivery: number,
            sender: delivery.head.sender.clone(),
            day: delivery.head.day,
            revision: delivery.head.revision,
            digest: hex(&delivery.digest),
            at,
            rows: Rows {
                services: rows(delivery.services.len()),
                applications: rows(delivery.applications.request.len()),
                events: rows(delivery.events.request.len()),
                payments: rows(delivery.payments.request.len()),
                ratings: rows(delivery.ratings.request.len()),
                complaints: rows(delivery.complaints.request.len()),
            },
        }
    }
}

fn hex(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a text can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// All deliveries of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct Book {
    receipts: BTreeMap<i64, Receipt>,
    current: BTreeMap<(String, CivilDay), i64>,
    dead: HashSet<i64>,
}

impl Book {
    /// The deliveries of a snapshot.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn read(engine: &Engine, snapshot: &Snapshot) -> Result<Self> {
        let session = engine.session(snapshot, slice::from_ref(&tables::DELIVERIES), Look::Whole)?;
        let mut rows = session.stream("select * from deliveries").await?;
        let mut book = Self::default();
        while let Some(batch) = rows.try_next().await? {
            let longs = |name| typed::<Int64Array>(&batch, name);
            let (numbers, ats) = (longs("delivery")?, longs("at")?);
            let (services, applications, events) =
                (longs("services")?, longs("applications")?, longs("events")?);
            let (payments, ratings, complaints) =
                (longs("payments")?, longs("ratings")?, longs("complaints")?);
            let (senders, digests) = (text(&batch, "sender")?, text(&batch, "digest")?);
            let days: &Int32Array = typed(&batch, "day")?;
            let revisions: &Int32Array = typed(&batch, "revision")?;
            for row in 0..batch.num_rows() {
                book.add(Receipt {
                    delivery: numbers.value(row),
                    sender: senders.value(row).to_owned(),
                    day: CivilDay(days.value(row)),
                    revision: revisions.value(row).cast_unsigned(),
                    digest: digests.value(row).to_owned(),
                    at: ats.value(row),
                    rows: Rows {
                        services: services.value(row),
                        applications: applications.value(row),
                        events: events.value(row),
                        payments: payments.value(row),
                        ratings: ratings.value(row),
                        complaints: complaints.value(row),
                    },
                });
            }
        }
        Ok(book)
    }

    /// Takes a receipt in: the highest revision of a sender's day holds.
    pub fn add(&mut self, receipt: Receipt) {
        let number = receipt.delivery;
        let key = (receipt.sender.clone(), receipt.day);
        match self.current.get(&key).and_then(|kept| self.receipts.get(kept)) {
            Some(kept) if kept.revision > receipt.revision => {
                self.dead.insert(number);
            }
            kept => {
                self.dead.extend(kept.map(|kept| kept.delivery));
                self.current.insert(key, number);
            }
        }
        self.receipts.insert(number, receipt);
    }

    /// All receipts, oldest first, also of replaced deliveries.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts.values()
    }

    /// The receipt of a delivery, also of a replaced one.
    #[must_use]
    pub fn get(&self, delivery: i64) -> Option<&Receipt> {
        self.receipts.get(&delivery)
    }

    /// The receipt of what holds for a sender's day.
    #[must_use]
    pub fn current(&self, sender: &str, day: CivilDay) -> Option<&Receipt> {
        self.receipts.get(self.current.get(&(sender.to_owned(), day))?)
    }

    /// The receipt of a delivery that was not replaced.
    #[must_use]
    pub fn live(&self, delivery: i64) -> Option<&Receipt> {
        self.receipts.get(&delivery).filter(|_| !self.dead.contains(&delivery))
    }

    /// Numbers of deliveries that were replaced, ascending.
    #[must_use]
    pub fn dead(&self) -> Vec<i64> {
        let mut dead: Vec<i64> = self.dead.iter().copied().collect();
        dead.sort_unstable();
        dead
    }

    /// What becomes of a delivery; `None` when it is to be taken.
    #[must_use]
    pub fn verdict(&self, delivery: &Delivery) -> Option<Verdict> {
        let kept = self.current(&delivery.head.sender, delivery.head.day)?;
        let digest = hex(&delivery.digest);
        let same = |receipt: &&Receipt| {
            let head = &delivery.head;
            (receipt.sender == head.sender && receipt.day == head.day && receipt.digest == digest)
                && receipt.revision == head.revision
        };
        if let Some(receipt) = self.receipts.values().find(same) {
            return Some(Verdict::Repeated(receipt.clone()));
        }
        match delivery.head.revision.cmp(&kept.revision) {
            std::cmp::Ordering::Less => Some(Verdict::Lower(kept.clone())),
            std::cmp::Ordering::Equal => Some(Verdict::Differs(kept.clone())),
            std::cmp::Ordering::Greater => None,
        }
    }
}
