//! Identifiers: 63-bit numbers that grow with time, made by the programme, not by the database, so that
//! both databases get the same ones and rows are inserted at the end of their tables.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::{Instant, Random};

/// An identifier of any row.
pub type Id = i64;

/// 2025-01-01T00:00:00Z, the origin of identifiers, in microseconds.
const ORIGIN: i64 = 1_735_689_600_000_000;
/// The lowest bits, random at first, so that two nodes don't meet in one microsecond.
const TAIL: u32 = 12;

/// The last moment that fits above the tail, in microseconds since the origin: in May 2096.
const LAST: i64 = i64::MAX >> TAIL;

/// The lowest identifier that can be made at a moment or later: bounds a search by time on the primary key.
/// Moments outside 2025…2096 count as the first or the last of these.
#[must_use]
pub fn floor(at: Instant) -> Id {
    at.0.saturating_sub(ORIGIN).clamp(0, LAST) << TAIL
}

/// How far behind the last identifier a moment may lie to get the next one all the same, as a number of
/// identifiers: ten seconds. What happened longer ago (an import, demo content) gets one of its own time,
/// so that a search by time finds it.
const LATE: i64 = (10 * Instant::SECOND) << TAIL;

/// A maker of identifiers: growing within a process.
#[derive(Debug, Default)]
pub struct Ids {
    last: AtomicI64,
}

impl Ids {
    /// The next identifier for a moment.
    pub fn next(&self, now: Instant, random: &dyn Random) -> Id {
        let tail = i64::from(u16::from_le_bytes(random.bytes::<2>())) & ((1 << TAIL) - 1);
        let wish = floor(now) | tail;
        let mut last = self.last.load(Ordering::Relaxed);
        if wish < last - LATE {
            return wish;
        }
        loop {
            let id = wish.max(last + 1);
            match self.last.compare_exchange_weak(last, id, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return id,
                Err(seen) => last = seen,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn identifiers_grow_within_one_microsecond_and_when_the_clock_goes_back_a_little() {
        let ids = Ids::default();
        let random = SystemRandom;
        let mut last = 0;
        for now in [1_795_000_000_000_000, 1_795_000_000_000_000, 1_794_999_991_000_000] {
            let id = ids.next(Instant(now), &random);
            assert!(id > last);
            last = id;
        }
    }

    #[test]
    fn what_happened_long_ago_has_an_identifier_of_its_time() {
        let ids = Ids::default();
        let now = Instant(1_795_000_000_000_000);
        let newest = ids.next(now, &SystemRandom);
        let old = now.plus(-30 * Instant::DAY);
        let id = ids.next(old, &SystemRandom);
        assert!((floor(old)..floor(old.plus(1))).contains(&id), "{id}");
        assert!(ids.next(now, &SystemRandom) > newest);
    }

    #[test]
    fn the_bound_of_a_moment_grows_with_it_and_is_never_above_its_identifiers() {
        let year = 366 * Instant::DAY;
        let moments: Vec<i64> = [i64::MIN, -1, 0, ORIGIN - 1, ORIGIN, ORIGIN + 1]
            .into_iter()
            .chain((1..200).map(|years| ORIGIN + years * year))
            .chain([ORIGIN + LAST - 1, ORIGIN + LAST, ORIGIN + LAST + 1, i64::MAX - 1, i64::MAX])
            .collect();
        for &moment in &moments {
            let bound = floor(Instant(moment));
            assert!(bound >= floor(Instant(moment.saturating_sub(1))), "{moment}");
            let made = Ids::default().next(Instant(moment), &SystemRandom);
            assert!((bound..=bound | 0xfff).contains(&made), "{moment}: {made}");
        }
        assert_eq!((floor(Instant(i64::MIN)), floor(Instant(ORIGIN + 1))), (0, 0x1000));
        assert_eq!(floor(Instant(i64::MAX)), i64::MAX - 0xfff);
        assert!(Instant(ORIGIN + LAST).iso().starts_with("2096-"), "{}", Instant(ORIGIN + LAST).iso());
    }
}
