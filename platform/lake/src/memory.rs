//! How much memory queries may take.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};

/// A quarter is kept for what can't go to the disk.
const KEPT: usize = 4;

/// One bound for all queries together. Sorts and groups, which can use the disk, share evenly what is there but
/// for a quarter, which is kept for merging and joining: DataFusion's own fair pool gives all of it to sorts and
/// then has none left to read them back.
#[derive(Debug)]
pub struct Bounded {
    size: usize,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    /// How many can use the disk.
    movable: usize,
    by_movable: usize,
    by_others: usize,
}

impl Bounded {
    pub fn new(size: usize) -> Self {
        Self { size, used: Mutex::default() }
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bounded by {} MiB", self.size >> 20)
    }
}

impl MemoryPool for Bounded {
    fn name(&self) -> &str {
        "bounded"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.used().movable += usize::from(consumer.can_spill());
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.used().movable -= usize::from(consumer.can_spill());
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        let mut used = self.used();
        if reservation.consumer().can_spill() {
            used.by_movable += additional;
        } else {
            used.by_others += additional;
        }
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        let mut used = self.used();
        if reservation.consumer().can_spill() {
            used.by_movable -= shrink;
        } else {
            used.by_others -= shrink;
        }
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let mut used = self.used();
        let available = if reservation.consumer().can_spill() {
            let all = self.size.saturating_sub(used.by_others.max(self.size / KEPT));
            (all / used.movable.max(1)).saturating_sub(reservation.size())
        } else {
            self.size.saturating_sub(used.by_movable + used.by_others)
        };
        if additional > available {
            let name = reservation.consumer().name();
            return Err(DataFusionError::ResourcesExhausted(format!(
                "{name} needs {additional} bytes more; {available} are left of what queries may use ({} MiB)",
                self.size >> 20
            )));
        }
        if reservation.consumer().can_spill() {
            used.by_movable += additional;
        } else {
            used.by_others += additional;
        }
        Ok(())
    }

    fn reserved(&self) -> usize {
        let used = self.used();
        used.by_movable + used.by_others
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.size)
    }
}
