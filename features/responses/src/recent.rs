//! Tokens this process has lately seen: a token made since it began and not among them is new, which
//! spares asking the database.

use std::collections::HashSet;
use std::sync::Mutex;

use otklik_kernel::Instant;

use crate::model::FormToken;
use crate::suspicion::shown_at;

/// How many tokens are remembered; beyond it all are forgotten and older ones are asked for again.
const TOKENS: usize = 200_000;

/// The tokens seen since a moment, by the only process that accepts responses.
#[derive(Debug)]
pub struct Recent {
    seen: Mutex<(Instant, HashSet<FormToken>)>,
}

impl Recent {
    /// Knows every token made at this moment or later; never any, when other processes accept as well.
    #[must_use]
    pub fn since(moment: Instant) -> Self {
        Self { seen: Mutex::new((moment, HashSet::new())) }
    }

    /// Whether all of these tokens are certainly not stored.
    pub fn all_new(&self, tokens: &[FormToken]) -> bool {
        let seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tokens.iter().all(|token| shown_at(token) >= seen.0 && !seen.1.contains(token))
    }

    /// Remembers tokens that are about to be stored; called before the transaction, so that one whose
    /// outcome is unknown is asked for. `newest` is the newest of the group.
    pub fn note(&self, tokens: impl Iterator<Item = FormToken>, newest: Option<&FormToken>) {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if seen.1.len() >= TOKENS {
            seen.1.clear();
            if let Some(newest) = newest {
                seen.0 = seen.0.max(shown_at(newest).plus(1));
            }
        }
        seen.1.extend(tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(at: i64, n: u8) -> FormToken {
        let mut token = [n; 16];
        token[..7].copy_from_slice(&at.to_be_bytes()[1..]);
        token
    }

    #[test]
    fn a_token_is_new_only_when_made_since_and_never_seen() {
        let recent = Recent::since(Instant(100));
        assert!(recent.all_new(&[token(100, 1), token(101, 2)]));
        assert!(!recent.all_new(&[token(100, 1), token(99, 2)]));
        recent.note([token(100, 1)].into_iter(), None);
        assert!(!recent.all_new(&[token(100, 1)]));
        assert!(recent.all_new(&[token(100, 2)]));
    }

    #[test]
    fn what_is_forgotten_is_not_taken_for_new() {
        let recent = Recent::since(Instant(0));
        let many = (0..TOKENS).map(|n| token(i64::try_from(n).unwrap(), 0));
        recent.note(many, None);
        let newest = token(1_000_000, 7);
        recent.note([newest].into_iter(), Some(&newest));
        for forgotten in [token(5, 0), token(999_999, 3)] {
            assert!(!recent.all_new(&[forgotten]));
        }
        assert!(!recent.all_new(&[newest]));
        assert!(recent.all_new(&[token(1_000_001, 7)]));
    }
}
