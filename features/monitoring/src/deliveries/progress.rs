//! How far the check of a delivery has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// How far a check has come: told by the thread that checks, asked by the one that waits for it.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicI32>);

impl Progress {
    /// Tells how many bytes of how many were read.
    pub fn tell(&self, bytes: u64, total: u64) {
        let percent = bytes.saturating_mul(100).checked_div(total).map_or(0, |percent| percent.min(100));
        self.0.store(i32::try_from(percent).unwrap_or(100), Ordering::Relaxed);
    }

    /// What was read, in percent of all.
    #[must_use]
    pub fn percent(&self) -> i32 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon8_what_was_read_is_told_in_percent() {
        let progress = Progress::default();
        for (bytes, total, percent) in [(0, 0, 0), (1, 3, 33), (3, 3, 100), (4, 3, 100), (u64::MAX, 1, 100)] {
            progress.tell(bytes, total);
            assert_eq!(progress.percent(), percent, "{bytes} of {total}");
        }
    }
}
