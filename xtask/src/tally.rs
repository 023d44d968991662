//! Counting tests: what the runners say at their end, added up.

use std::fmt;

/// How many tests and checks passed and failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
}

impl Tally {
    /// Adds what another count holds.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The closing line of a run, alone on its line: `12 passed, 0 failed`.
impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// What one line of a runner's output counts: the closing lines of `cargo test`, Vitest, Node's runner and
/// Playwright. Everything else counts nothing.
pub fn of_line(line: &str) -> Tally {
    let line = plain(line);
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("test result: ") {
        let counts = rest.split_once(". ").map_or("", |(_, counts)| counts);
        return sum(counts.split("; "));
    }
    // Vitest: `Tests  1 failed | 11 passed (12)`; its line `Test Files` counts files.
    if let Some(rest) = line.strip_prefix("Tests ") {
        return sum(rest.split('|'));
    }
    // Node: `ℹ pass 12` or, not in a terminal, `# pass 12`.
    if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
        return match rest.split_once(' ').map(|(word, number)| (word, number.parse())) {
            Some(("pass", Ok(passed))) => Tally { passed, failed: 0 },
            Some(("fail", Ok(failed))) => Tally { passed: 0, failed },
            _ => Tally::default(),
        };
    }
    // Playwright: `12 passed (1.2m)`, `1 failed`, `1 flaky`, each on its own line.
    let mut words = line.split_whitespace();
    let number = words.next().and_then(|word| word.parse::<u64>().ok());
    let word = words.next();
    let end = words.next().is_none_or(|word| word.starts_with('(') && word.ends_with(')'));
    match (number, word, end && words.next().is_none()) {
        (Some(passed), Some("passed"), true) => Tally { passed, failed: 0 },
        (Some(failed), Some("failed" | "flaky" | "interrupted"), true) => Tally { passed: 0, failed },
        _ => Tally::default(),
    }
}

fn sum<'a>(parts: impl Iterator<Item = &'a str>) -> Tally {
    let mut tally = Tally::default();
    for part in parts {
        let mut words = part.split_whitespace();
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (number, words.next()) {
            (Some(number), Some("passed")) => tally.passed += number,
            (Some(number), Some("failed")) => tally.failed += number,
            _ => {}
        }
    }
    tally
}

/// The line without a terminal's colours.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for skipped in characters.by_ref() {
                if skipped.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Tally, of_line};

    fn check(line: &str, passed: u64, failed: u64) {
        assert_eq!(of_line(line), Tally { passed, failed }, "{line:?}");
    }

    #[test]
    fn closing_lines_are_counted() {
        check(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            5,
            0,
        );
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", 3, 2);
        check("      Tests  1 failed | 11 passed (12)", 11, 1);
        check(
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m7 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (7)\u{1b}[39m",
            7,
            0,
        );
        check("ℹ pass 4", 4, 0);
        check("# fail 2", 0, 2);
        check("  12 passed (1.2m)", 12, 0);
        check("  1 failed", 0, 1);
        check("  1 flaky", 0, 1);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("", 0, 0);
        check(" Test Files  2 passed (2)", 0, 0);
        check("test bodies::tree ... ok", 0, 0);
        check("# tests 12", 0, 0);
        check("3 passed, 0 failed", 0, 0);
        check("12 letters passed through the outbox", 0, 0);
        check("2 failed attempts were made", 0, 0);
    }

    #[test]
    fn the_closing_line_is_exact() {
        assert_eq!(Tally { passed: 12, failed: 0 }.to_string(), "12 passed, 0 failed");
    }
}
