//! The figures side by side.

use std::fmt::Write as _;

use serde::Serialize;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What was measured.
    pub what: String,
    /// Ours.
    pub ours: f64,
    /// The peer's, if there is one.
    pub peer: Option<f64>,
    /// `s`, `ms`, `MiB`, `bytes`.
    pub unit: &'static str,
    /// What is wanted.
    pub wanted: Wanted,
}

/// What is wanted of a figure.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Nothing: it is shown.
    Shown,
    /// At most so much.
    AtMost(f64),
    /// At most so many times the peer's.
    Times(f64),
}

impl Line {
    /// Whether it is as wanted; `None` when nothing is.
    pub fn reached(&self) -> Option<bool> {
        match self.wanted {
            Wanted::Shown => None,
            Wanted::AtMost(most) => Some(self.ours <= most),
            Wanted::Times(times) => self.peer.map(|peer| self.ours <= peer * times),
        }
    }
}

/// A table of lines under a heading.
pub fn markdown(heading: &str, lines: &[Line]) -> String {
    let mut text =
        format!("\n### {heading}\n\n| what | ours | the peer | ours / peer | wanted | reached |\n");
    text.push_str("|---|---:|---:|---:|---|---|\n");
    for line in lines {
        let number = |value: f64| match value {
            value if value >= 100.0 => format!("{value:.0} {}", line.unit),
            value if value >= 10.0 => format!("{value:.1} {}", line.unit),
            value => format!("{value:.2} {}", line.unit),
        };
        let peer = line.peer.map(number).unwrap_or_default();
        let ratio = line.peer.filter(|peer| *peer > 0.0);
        let ratio = ratio.map(|peer| format!("{:.3}", line.ours / peer)).unwrap_or_default();
        let wanted = match line.wanted {
            Wanted::Shown => String::new(),
            Wanted::AtMost(most) => format!("≤ {most} {}", line.unit),
            Wanted::Times(times) => format!("≤ {times} ×"),
        };
        let reached = match line.reached() {
            None => "",
            Some(true) => "yes",
            Some(false) => "**no**",
        };
        let (what, ours) = (&line.what, number(line.ours));
        let _ = writeln!(text, "| {what} | {ours} | {peer} | {ratio} | {wanted} | {reached} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_it_is_as_wanted() {
        let line = |ours, wanted| Line { what: "x".into(), ours, peer: Some(2.0), unit: "s", wanted };
        assert_eq!(line(5.0, Wanted::Times(2.5)).reached(), Some(true));
        assert_eq!(line(5.1, Wanted::Times(2.5)).reached(), Some(false));
        assert_eq!(line(5.1, Wanted::AtMost(5.0)).reached(), Some(false));
        assert_eq!(line(5.1, Wanted::Shown).reached(), None);
        let text = markdown("h", &[line(5.1, Wanted::Times(2.5)), line(123.4, Wanted::Shown)]);
        assert!(text.contains("| x | 5.10 s | 2.00 s | 2.550 | ≤ 2.5 × | **no** |\n"), "{text}");
        assert!(text.contains("| x | 123 s | 2.00 s | 61.700 |  |  |\n"), "{text}");
    }
}
