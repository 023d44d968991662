//! A figure: a question, its answer in words, a drawing, the same as a table.

use otklik_ui::charts::{Strip, Trend};

use crate::texts::L;

/// Which figure; its name stands in the address of its fragment and in its container's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Share of sad marks by criterion.
    Shares,
    /// The share over time.
    Dynamics,
    /// Which criteria make most of the sad marks.
    Causes,
    /// Which bodies make most of the negative responses.
    Places,
    /// Bodies with the places they can have.
    Offices,
    /// By weekday and hour.
    Hours,
    /// Two periods.
    Periods,
    /// Regions.
    Map,
    /// Words of texts and the marks with them.
    Words,
    /// Words of texts in two periods.
    Changes,
}

impl Part {
    /// Every one, in the order of the page.
    pub const ALL: [Self; 8] = [
        Self::Dynamics,
        Self::Shares,
        Self::Causes,
        Self::Map,
        Self::Places,
        Self::Offices,
        Self::Periods,
        Self::Hours,
    ];

    /// Those of the page of words, in its order.
    pub const WORDS: [Self; 2] = [Self::Words, Self::Changes];

    /// Its name in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Shares => "shares",
            Self::Dynamics => "dynamics",
            Self::Causes => "causes",
            Self::Places => "places",
            Self::Offices => "offices",
            Self::Hours => "hours",
            Self::Periods => "periods",
            Self::Map => "map",
            Self::Words => "words",
            Self::Changes => "changes",
        }
    }

    /// Finds one by its name in addresses.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::WORDS).find(|part| part.code() == code)
    }

    /// Whether it takes the whole width.
    #[must_use]
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::Dynamics | Self::Map)
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of things.
    Number(u64),
    /// A share, shown in percent with one digit.
    Percent(f64),
    /// A difference of shares, in percentage points with its sign.
    Points(f64),
    /// Nothing, since there is too little to say it.
    Few,
}

/// One decimal, with the comma of Russian numbers.
fn decimal(value: f64) -> String {
    format!("{:.1}", value * 100.0).replace('.', ",")
}

impl Cell {
    /// Nothing when there is no value.
    #[must_use]
    pub fn percent(value: Option<f64>) -> Self {
        value.map_or(Self::Few, Self::Percent)
    }

    /// For a file: numbers as a spreadsheet of a Russian system reads them.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(n) => n.to_string(),
            Self::Percent(value) => decimal(*value),
            Self::Points(value) => points(*value).replace('−', "-").replace('+', ""),
            Self::Few => String::new(),
        }
    }

    /// For the page.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Number(n) => otklik_ui::thousands(*n),
            Self::Percent(value) => format!("{}\u{a0}%", decimal(*value)),
            Self::Points(value) => points(*value),
            Self::Few => "—".to_owned(),
            Self::Text(text) => text.clone(),
        }
    }

    fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_))
    }
}

/// «+4,2» or «−4,2».
fn points(value: f64) -> String {
    let digits = decimal(value.abs());
    match () {
        () if digits == "0,0" => digits,
        () if value < 0.0 => format!("−{digits}"),
        () => format!("+{digits}"),
    }
}

/// Whole percents: «34 %».
#[must_use]
pub fn whole(value: f64) -> String {
    format!("{:.0}\u{a0}%", value * 100.0)
}

/// The same numbers as in the drawing, and more of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names of columns.
    pub head: Vec<&'static str>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Whether the cells of a column are numbers.
    #[must_use]
    pub fn is_number(&self, column: &usize) -> bool {
        self.rows.iter().any(|row| row.get(*column).is_some_and(Cell::is_number))
    }
}

/// A row of bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Where more about it is.
    pub href: Option<String>,
    /// Its value in words.
    pub value: String,
    /// More about it, smaller.
    pub more: String,
    /// The bar.
    pub strip: Strip,
}

/// A square or a cell that is coloured by its share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shade {
    /// What stands in it.
    pub text: String,
    /// What it is, in words.
    pub long: String,
    /// Its step of the scale, from 1; 0 without a share.
    pub level: usize,
}

/// A square of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    /// Short name.
    pub short: &'static str,
    /// Column and row.
    pub place: (u8, u8),
    /// Where the region's page is.
    pub href: Option<String>,
    /// Its colour and words.
    pub shade: Shade,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawing {
    /// Bars one under another.
    Bars(Vec<Bar>),
    /// A line over time.
    Trend(Trend),
    /// Hours down, weekdays across.
    Heat {
        /// Names of weekdays.
        days: Vec<&'static str>,
        /// Hours with a cell per weekday.
        rows: Vec<(String, Vec<Shade>)>,
        /// The steps of colour in words.
        legend: Vec<String>,
    },
    /// The tile map.
    Map {
        /// Squares.
        squares: Vec<Square>,
        /// The steps of colour in words.
        legend: Vec<String>,
    },
    /// Nothing: words that say why.
    Nothing(&'static str),
}

/// A figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Which it is.
    pub part: Part,
    /// The question.
    pub title: &'static str,
    /// The answer in words.
    pub answer: String,
    /// How to read it.
    pub note: &'static str,
    /// The drawing.
    pub drawing: Drawing,
    /// The same as a table.
    pub table: Table,
}

/// Steps of colour: the first ends below `from`, the last begins three steps above it, all in whole percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    from: u32,
    step: u32,
}

impl Scale {
    /// Ends between the five steps.
    const ENDS: u32 = 4;

    /// The finest scale of round numbers whose inner steps hold all shares but the lowest and the highest
    /// tenth: a few far-off values must not make all others look the same.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percent is within 0–100")]
    #[must_use]
    pub fn of(shares: impl Iterator<Item = f64>) -> Self {
        let mut shares: Vec<f64> = shares.map(|share| share * 100.0).collect();
        shares.sort_by(f64::total_cmp);
        let at =
            |tenth: usize| shares.get((shares.len().saturating_sub(1)) * tenth / 10).copied().unwrap_or(0.0);
        let (low, high) = (at(1).floor() as u32, at(9));
        let from = |step: u32| (low / step * step).max(step);
        let fits = |&step: &u32| high <= f64::from(from(step) + step * (Self::ENDS - 1));
        let step = [1, 2, 3, 4, 5, 10, 15].into_iter().find(fits).unwrap_or(20);
        Self { from: from(step), step }
    }

    fn ends(self) -> impl Iterator<Item = u32> {
        (0..Self::ENDS).map(move |end| self.from + end * self.step)
    }

    /// The step of a share, from 1.
    #[must_use]
    pub fn level(self, share: f64) -> usize {
        1 + self.ends().filter(|&end| share * 100.0 >= f64::from(end) - 1e-9).count()
    }

    /// The steps in words.
    #[must_use]
    pub fn legend(self, l: L) -> Vec<String> {
        let inner =
            self.ends().take(Self::ENDS as usize - 1).map(|end| format!("{end}–{}\u{a0}%", end + self.step));
        let last = self.from + (Self::ENDS - 1) * self.step;
        std::iter::once(l.legend_below(self.from)).chain(inner).chain([l.legend_above(last)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_as_in_russian() {
        let shown = [
            Cell::Percent(0.3415),
            Cell::Points(-0.042),
            Cell::Points(0.1),
            Cell::Points(-0.0001),
            Cell::Few,
        ];
        assert_eq!(shown.each_ref().map(Cell::shown), ["34,2\u{a0}%", "−4,2", "+10,0", "0,0", "—"]);
        assert_eq!(shown.each_ref().map(Cell::plain), ["34,2", "-4,2", "10,0", "0,0", ""]);
        assert_eq!(Cell::Number(12_345).plain(), "12345");
    }

    #[test]
    fn colours_part_what_is_usual_and_far_off_values_take_the_ends() {
        let scale = Scale::of([0.02, 0.31, 0.34, 0.36, 0.38, 0.39, 0.4, 0.41, 0.42, 0.44, 0.97].into_iter());
        assert_eq!(scale, Scale { from: 30, step: 5 });
        let levels = [0.02, 0.2999, 0.30, 0.349, 0.35, 0.44, 0.45, 0.97].map(|share| scale.level(share));
        assert_eq!(levels, [1, 1, 2, 2, 3, 4, 5, 5]);
        let legend = ["до 30\u{a0}%", "30–35\u{a0}%", "35–40\u{a0}%", "40–45\u{a0}%", "от 45\u{a0}%"];
        assert_eq!(scale.legend(L::default()), legend);
        assert_eq!(Scale::of(std::iter::empty()).level(0.0), 1);
    }

    proptest! {
        #[test]
        fn a_larger_share_is_never_paler(shares in prop::collection::vec(0.0_f64..=1.0, 1..40)) {
            let scale = Scale::of(shares.iter().copied());
            let mut sorted = shares;
            sorted.sort_by(f64::total_cmp);
            let levels: Vec<usize> = sorted.iter().map(|&share| scale.level(share)).collect();
            prop_assert!(levels.is_sorted() && levels.iter().all(|level| (1..=5).contains(level)));
        }
    }
}
