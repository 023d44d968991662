//! Charts drawn by the server as SVG: they need no script, print well and take the page's colours.
//!
//! Widths are given in percent, heights in pixels, so that a chart is as wide as its place and its words stay
//! as large as the page's. The words of a chart stand beside it for screen readers: the drawing is hidden
//! from them.

use askama::Template;

/// A percent of the width, as SVG takes it.
fn percent(share: f64) -> String {
    format!("{:.2}%", share.clamp(0.0, 1.0) * 100.0)
}

/// One value as a bar from its base, with the interval it lies in; all ends are shares of the width, 0–1.
#[derive(Clone, Debug, Default, PartialEq, Template)]
#[template(path = "ui/chart/strip.html")]
pub struct Strip {
    /// Where the bar begins and ends; nothing when there is no value.
    pub bar: Option<(f64, f64)>,
    /// The interval.
    pub interval: Option<(f64, f64)>,
    /// A line across to compare with, such as the base of differences.
    pub line: Option<f64>,
    /// Whether the bar is drawn as trouble rather than as neutral.
    pub is_problem: bool,
    /// Whether the value is drawn as a point at the bar's end.
    pub is_point: bool,
}

impl Strip {
    fn start(&self) -> String {
        self.bar.map_or_else(String::new, |(from, to)| percent(from.min(to)))
    }

    fn width(&self) -> String {
        self.bar.map_or_else(String::new, |(from, to)| percent((to - from).abs()))
    }

    fn end(&self) -> String {
        self.bar.map_or_else(String::new, |(_, to)| percent(to))
    }

    fn at(share: &f64) -> String {
        percent(*share)
    }
}

/// A step of a [`Trend`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// A few letters for the axis.
    pub short: String,
    /// The step in words with its value, shown when pointed at.
    pub long: String,
    /// The value with its interval, in the unit of the trend's top; nothing where there is a gap.
    pub value: Option<(f64, f64, f64)>,
}

/// Something that happened on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The step in which it happened.
    pub before: usize,
    /// Whether what stands before it should not be compared with what follows: the line is parted.
    pub parts: bool,
    /// What it was, in a few words.
    pub text: String,
}

/// A value over time: a line with the band of its intervals, from zero.
#[derive(Clone, Debug, Default, PartialEq, Template)]
#[template(path = "ui/chart/trend.html")]
pub struct Trend {
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// The value at the upper edge.
    pub top: f64,
    /// Values with their words: the lines across.
    pub marks: Vec<(f64, String)>,
    /// What happened in between.
    pub breaks: Vec<Break>,
    /// The last value in words, written beside it.
    pub last: String,
}

/// The height of the plot, in pixels.
const HEIGHT: f64 = 190.0;
/// Steps with points and words to point at; beyond it the line alone.
const POINTS: usize = 62;
/// Words on the axis.
const WORDS: usize = 6;

impl Trend {
    /// Where a step stands, as a share of the width.
    fn x(&self, step: usize) -> f64 {
        match self.steps.len() {
            0 | 1 => 0.5,
            many => 0.02 + 0.96 * step as f64 / (many - 1) as f64,
        }
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT * (1.0 - (value / self.top.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0))
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    /// Lines across: height and words.
    fn across(&self) -> impl Iterator<Item = (String, &str)> {
        self.marks.iter().map(|(value, text)| (format!("{:.1}", self.y(*value)), text.as_str()))
    }

    /// Runs of neighbouring steps that have a value.
    fn runs(&self) -> Vec<Vec<usize>> {
        let mut runs: Vec<Vec<usize>> = vec![Vec::new()];
        for (at, step) in self.steps.iter().enumerate() {
            let is_break = self.breaks.iter().any(|one| one.parts && one.before == at);
            if (step.value.is_none() || is_break) && runs.last().is_some_and(|run| !run.is_empty()) {
                runs.push(Vec::new());
            }
            if step.value.is_some()
                && let Some(run) = runs.last_mut()
            {
                run.push(at);
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    fn path(&self, points: impl Iterator<Item = (usize, f64)>) -> String {
        let place = |(at, value)| format!("{:.1},{:.1}", self.x(at) * 1000.0, self.y(value));
        points.map(place).collect::<Vec<_>>().join(" ")
    }

    fn value(&self, step: usize) -> (f64, f64, f64) {
        self.steps[step].value.unwrap_or_default()
    }

    /// Lines, for a drawing a thousand wide that is stretched to its place.
    fn lines(&self) -> Vec<String> {
        let longer = |run: &Vec<usize>| run.len() > 1;
        let line = |run: Vec<usize>| self.path(run.into_iter().map(|at| (at, self.value(at).0)));
        self.runs().into_iter().filter(longer).map(line).collect()
    }

    /// Bands, likewise; a lone step's band is as wide as half its distance to the next.
    fn bands(&self) -> Vec<String> {
        let longer = |run: &Vec<usize>| run.len() > 1;
        let band = |run: Vec<usize>| {
            let there = run.iter().map(|&at| (at, self.value(at).2));
            let back = run.iter().rev().map(|&at| (at, self.value(at).1));
            self.path(there.chain(back))
        };
        self.runs().into_iter().filter(longer).map(band).collect()
    }

    /// Lone steps with their intervals: place, ends.
    fn lone(&self) -> Vec<(String, String, String)> {
        let alone = self.runs().into_iter().filter(|run| run.len() == 1).map(|run| run[0]);
        alone
            .map(|at| {
                let (_, low, high) = self.value(at);
                (percent(self.x(at)), format!("{:.1}", self.y(high)), format!("{:.1}", self.y(low)))
            })
            .collect()
    }

    /// Points: place, height. All while they can be told apart, else those without a neighbour.
    fn points(&self) -> Vec<(String, String)> {
        let few = self.steps.len() <= POINTS;
        let shown = self.runs().into_iter().filter(|run| few || run.len() == 1).flatten();
        shown.map(|at| (percent(self.x(at)), format!("{:.1}", self.y(self.value(at).0)))).collect()
    }

    /// What can be pointed at: left edge, width, words.
    fn hits(&self) -> Vec<(String, String, &str)> {
        if self.steps.len() > POINTS {
            return Vec::new();
        }
        let width = 0.96 / self.steps.len().saturating_sub(1).max(1) as f64;
        let edge = |at| percent(self.x(at) - width / 2.0);
        let steps = self.steps.iter().enumerate();
        steps.map(|(at, step)| (edge(at), percent(width), step.long.as_str())).collect()
    }

    /// Words of the axis: place, where the text is anchored, words.
    fn words(&self) -> Vec<(String, &'static str, &str)> {
        let count = self.steps.len();
        let every = count.div_ceil(WORDS).max(1);
        let shown = (0..count).filter(|at| at % every == 0);
        shown
            .map(|at| {
                let (x, anchor) = match at {
                    _ if count == 1 => (0.5, "middle"),
                    0 => (0.0, "start"),
                    _ if at + 1 == count => (1.0, "end"),
                    _ => (self.x(at), "middle"),
                };
                (percent(x), anchor, self.steps[at].short.as_str())
            })
            .collect()
    }

    /// Breaks: place, where the text is anchored and how far from the line, height of the text, words.
    fn broken(&self) -> Vec<(String, &'static str, i32, usize, &str)> {
        let places = self.breaks.iter().enumerate().map(|(row, one)| {
            let between = match one.before {
                0 => 0.0,
                at if at >= self.steps.len() => 1.0,
                at => f64::midpoint(self.x(at - 1), self.x(at)),
            };
            let (anchor, off) = if between > 0.5 { ("end", -6) } else { ("start", 6) };
            (percent(between), anchor, off, 12 + row % 3 * 15, one.text.as_str())
        });
        places.collect()
    }

    /// The last value: place and height of its words.
    fn end(&self) -> Option<(String, &'static str, String)> {
        let at = self.runs().last()?.last().copied()?;
        let x = self.x(at);
        let anchor = if x > 0.5 { "end" } else { "start" };
        Some((percent(x), anchor, format!("{:.1}", (self.y(self.value(at).2) - 8.0).max(12.0))))
    }
}

/// A round number not below a share (0–1] for the end of an axis, and the distance of the lines across.
#[must_use]
pub fn axis(largest: f64) -> (f64, f64) {
    let steps = [(0.05, 0.01), (0.1, 0.02), (0.2, 0.05), (0.3, 0.1), (0.4, 0.1), (0.6, 0.2), (0.8, 0.2)];
    steps.into_iter().find(|(top, _)| largest <= *top).unwrap_or((1.0, 0.25))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(value: Option<(f64, f64, f64)>) -> Step {
        Step { short: "1".into(), long: "первый".into(), value }
    }

    #[test]
    fn a_gap_and_a_break_part_the_line() {
        let some = Some((0.2, 0.1, 0.3));
        let mut trend = Trend { top: 0.4, ..Trend::default() };
        trend.steps = [some, some, None, some, some, some, some].map(step).to_vec();
        assert_eq!(trend.runs(), [vec![0, 1], vec![3, 4, 5, 6]]);
        trend.breaks.push(Break { before: 4, parts: true, text: "новая анкета".into() });
        assert_eq!(trend.runs(), [vec![0, 1], vec![3], vec![4, 5, 6]]);
        assert_eq!((trend.lines().len(), trend.lone().len(), trend.points().len()), (2, 1, 6));
        let html = trend.to_string();
        assert!(html.contains("новая анкета") && html.contains("95.0"), "{html}");
    }

    #[test]
    fn nothing_and_one_step_are_drawn_too() {
        assert!(Trend::default().to_string().contains("<svg"));
        let one = Trend { top: 1.0, steps: vec![step(Some((1.0, 0.6, 1.0)))], ..Trend::default() };
        assert!(one.to_string().contains("50.00%"));
        assert!(Strip::default().to_string().contains("<svg"));
    }

    #[test]
    fn an_axis_ends_at_a_round_number_above() {
        for (largest, top) in [(0.0, 0.05), (0.05, 0.05), (0.051, 0.1), (0.33, 0.4), (0.81, 1.0), (1.0, 1.0)]
        {
            assert_eq!(axis(largest).0, top);
        }
    }
}
