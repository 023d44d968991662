//! What looks suspicious: counted by each node over what it accepted; nobody is ever refused for it.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use otklik_db::{Db, DbErr, sql};
use otklik_kernel::{CivilDay, Id, Instant, id};
use sea_orm::ConnectionTrait;

use crate::model::{FormToken, Suspicion};

/// The shortest time in which a person reads five criteria and answers.
pub const TOO_FAST: i64 = 3 * Instant::SECOND;
/// How many responses about one office within [`BURST_WINDOW`] are a burst.
pub const BURST: usize = 30;
/// The time over which a burst is counted.
pub const BURST_WINDOW: i64 = Instant::MINUTE;
/// How many devices are remembered at most; beyond it the oldest day is forgotten first, then all.
const DEVICES: usize = 500_000;

/// Whether an answer came sooner than a person can give it.
#[must_use]
pub const fn is_too_fast(shown_at: Instant, received_at: Instant) -> bool {
    received_at.since(shown_at) < TOO_FAST
}

/// The moment a form was shown, from its token.
#[must_use]
pub fn shown_at(token: &FormToken) -> Instant {
    let mut bytes = [0; 8];
    bytes[1..].copy_from_slice(&token[..7]);
    Instant(i64::from_be_bytes(bytes))
}

/// What this node has seen lately.
#[derive(Debug, Default)]
pub struct Watch {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The last device marks per office; a device is known by half of its mark and its office.
    devices: HashMap<(Id, u64), CivilDay>,
    /// The moments of the last responses per office, newest last, at most [`BURST`].
    moments: HashMap<Id, VecDeque<Instant>>,
}

impl Watch {
    /// A watch that knows the devices of the given day and later.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open(db: &Db, since: CivilDay) -> Result<Self, DbErr> {
        let text = "SELECT DISTINCT body_id, device_mark, day FROM responses_responses
            WHERE id >= ? AND day >= ? LIMIT 500000";
        let from = id::floor(since.plus_days(-1).start_utc());
        let rows = db.read().query_all_raw(sql(db.read(), text, [from.into(), since.0.into()])).await?;
        let watch = Self::default();
        {
            let mut seen = watch.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            for row in rows {
                let mark: Vec<u8> = row.try_get("", "device_mark")?;
                let key = (row.try_get("", "body_id")?, half(&mark));
                seen.devices.insert(key, CivilDay(row.try_get("", "day")?));
            }
        }
        Ok(watch)
    }

    /// Remembers a response and says what is suspicious about it.
    pub fn note(&self, body: Id, device: &[u8; 16], day: CivilDay, at: Instant) -> Suspicion {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut suspicion = Suspicion::default();
        if seen.devices.len() >= DEVICES {
            seen.devices.retain(|_, known| *known >= day);
            if seen.devices.len() >= DEVICES {
                seen.devices.clear();
            }
        }
        if seen.devices.insert((body, half(device)), day) == Some(day) {
            suspicion = suspicion.with(Suspicion::SAME_DEVICE);
        }
        let moments = seen.moments.entry(body).or_default();
        if moments.len() == BURST {
            let oldest = moments.pop_front();
            if oldest.is_some_and(|oldest| at.since(oldest) < BURST_WINDOW) {
                suspicion = suspicion.with(Suspicion::BURST);
            }
        }
        moments.push_back(at);
        suspicion
    }
}

fn half(mark: &[u8]) -> u64 {
    mark.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surv4_marks_of_suspicion() {
        let watch = Watch::default();
        let day = CivilDay(20_261_122);
        let mut at = Instant(0);
        for n in 0..u8::try_from(BURST).unwrap() {
            assert_eq!(watch.note(1, &[n; 16], day, at), Suspicion::default());
            at = at.plus(Instant::SECOND);
        }
        assert_eq!(watch.note(1, &[200; 16], day, at), Suspicion::BURST);
        assert_eq!(watch.note(1, &[200; 16], day, at.plus(Instant::HOUR)), Suspicion::SAME_DEVICE);
        assert_eq!(watch.note(2, &[200; 16], day, at), Suspicion::default());
        assert_eq!(watch.note(2, &[200; 16], day.plus_days(1), at.plus(Instant::DAY)), Suspicion::default());
        assert!(is_too_fast(Instant(0), Instant(TOO_FAST - 1)));
        assert!(!is_too_fast(Instant(0), Instant(TOO_FAST)));
    }
}
