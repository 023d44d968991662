//! Honest figures: shares with their number of responses and interval.

use std::borrow::Borrow;

use crate::L;

/// Fewer responses than this have no share: a handful says nothing in percent.
const FEWEST: u64 = 5;

/// A number with narrow no-break spaces between thousands: «12 345».
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A share of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Responses counted.
    pub part: u64,
    /// Responses in all: n.
    pub total: u64,
}

impl Share {
    /// `part` of `total` responses; a part larger than the total counts as all of it.
    #[must_use]
    pub fn new(part: u64, total: u64) -> Self {
        Self { part: part.min(total), total }
    }

    /// The share in whole percent; `None` under five responses.
    #[must_use]
    pub fn percent(self) -> Option<u64> {
        (self.total >= FEWEST).then(|| percent(self.part as f64 / self.total as f64))
    }

    /// The Wilson score interval at 95 %, in whole percent: low and high end; `None` under five responses.
    ///
    /// It stays within 0–100 and is honest for small n and for shares near the ends.
    #[must_use]
    pub fn interval(self) -> Option<(u64, u64)> {
        const Z: f64 = 1.959_963_984_540_054;
        if self.total < FEWEST {
            return None;
        }
        let n = self.total as f64;
        let p = self.part as f64 / n;
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some((percent(middle - half), percent(middle + half)))
    }

    /// «62 % (57–67), n = 340»; without responses or with fewer than five, words instead of a share.
    /// In a template: `share.text(page.l)`.
    #[must_use]
    pub fn text(self, l: impl Borrow<L>) -> String {
        let l = l.borrow();
        match (self.percent(), self.interval()) {
            (Some(share), Some((low, high))) => l.share(high, low, share, thousands(self.total)),
            _ if self.total == 0 => l.share_none().to_owned(),
            _ => l.share_few(self.total),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0–100 first")]
fn percent(share: f64) -> u64 {
    (share * 100.0).round().clamp(0.0, 100.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        let cases = [(0, "0"), (999, "999"), (1000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567")];
        for (n, text) in cases {
            assert_eq!(thousands(n), text);
        }
    }

    #[test]
    fn share_has_interval_and_number() {
        // 211 of 340: Wilson gives 56.79–67.06.
        assert_eq!(Share::new(211, 340).text(L::default()), "62\u{a0}% (57–67), n\u{a0}=\u{a0}340");
        assert_eq!(Share::new(700, 1400).text(L::default()), "50\u{a0}% (47–53), n\u{a0}=\u{a0}1\u{202f}400");
    }

    #[test]
    fn fewer_than_five_have_no_share() {
        assert_eq!(Share::new(0, 0).text(L::default()), "нет ответов");
        assert_eq!(Share::new(4, 4).text(L::default()), "мало ответов, n\u{a0}=\u{a0}4");
        assert_eq!(Share::new(4, 4).percent(), None);
        assert!(Share::new(5, 5).percent().is_some());
    }

    #[test]
    fn ends_stay_within_bounds_and_known_values_hold() {
        // All of five and none of five: the published Wilson ends are 0.5655 and 0.4345.
        assert_eq!(Share::new(5, 5).interval(), Some((57, 100)));
        assert_eq!(Share::new(0, 5).interval(), Some((0, 43)));
        for total in 5..200 {
            for part in 0..=total {
                let share = Share::new(part, total);
                let (low, high) = share.interval().unwrap();
                let middle = share.percent().unwrap();
                assert!(low <= middle && middle <= high && high <= 100, "{part} of {total}");
            }
        }
    }
}
