//! What can be asked for by name: by a command, by the API.

use otklik_lake::Result;
use otklik_progress::model::Status;

use super::{Allowed, Answers, Ask, Sheet};
use crate::derive::Rules;

/// Bottlenecks that are told.
const WORST: usize = 100;

/// A report about applications (MON-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Whole durations, or those between two statuses.
    Durations,
    /// From each status to the next.
    Transitions,
    /// Where the time goes.
    Bottlenecks,
    /// Waiting at multifunctional centres.
    Waiting,
    /// Refusals by stage.
    Refusals,
    /// Interagency requests.
    Interagency,
    /// Interagency requests by the kind of information.
    Mnemonics,
    /// How often the allowed order is broken, and by which requests for example.
    Conformance,
    /// The digital share.
    Digital,
    /// Complaints.
    Complaints,
    /// Ratings.
    Satisfaction,
    /// What was rated.
    Criteria,
    /// All kept figures.
    Overview,
}

impl Report {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Durations,
        Self::Transitions,
        Self::Bottlenecks,
        Self::Waiting,
        Self::Refusals,
        Self::Interagency,
        Self::Mnemonics,
        Self::Conformance,
        Self::Digital,
        Self::Complaints,
        Self::Satisfaction,
        Self::Criteria,
        Self::Overview,
    ];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Durations => "durations",
            Self::Transitions => "transitions",
            Self::Bottlenecks => "bottlenecks",
            Self::Waiting => "waiting",
            Self::Refusals => "refusals",
            Self::Interagency => "interagency",
            Self::Mnemonics => "mnemonics",
            Self::Conformance => "conformance",
            Self::Digital => "digital",
            Self::Complaints => "complaints",
            Self::Satisfaction => "satisfaction",
            Self::Criteria => "criteria",
            Self::Overview => "overview",
        }
    }

    /// Finds one by its name.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.word() == word)
    }

    /// Whether it can be about two statuses: durations between them, or steps from one to the other.
    #[must_use]
    pub const fn is_between(self) -> bool {
        matches!(self, Self::Durations | Self::Transitions)
    }

    /// The report; between two statuses where it can be ([`Self::is_between`]). Without any data it is empty.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn make(
        self,
        answers: &Answers,
        ask: &Ask,
        allowed: &Allowed,
        further: Further,
    ) -> Result<Sheet> {
        if answers.commit() == 0 {
            return Ok(Sheet { is_exact: true, ..Sheet::default() });
        }
        match self {
            Self::Durations => match further.between {
                Some(Between { from, to }) => answers.between(ask, allowed, from, to).await,
                None => answers.durations(ask, allowed).await,
            },
            Self::Transitions => match further.between {
                Some(Between { from, to }) => answers.transition(ask, allowed, from, to).await,
                None => answers.transitions(ask, allowed).await,
            },
            Self::Bottlenecks => answers.bottlenecks(ask, allowed, WORST).await,
            Self::Waiting => answers.waiting(ask, allowed).await,
            Self::Refusals => answers.refusals(ask, allowed).await,
            Self::Interagency => answers.interagency(ask, allowed).await,
            Self::Mnemonics => answers.mnemonics(ask, allowed).await,
            Self::Conformance => answers.conformance_with_examples(ask, allowed, further.examples).await,
            Self::Digital => answers.digital(ask, allowed).await,
            Self::Complaints => answers.complaints(ask, allowed).await,
            Self::Satisfaction => answers.satisfaction(ask, allowed).await,
            Self::Criteria => answers.criteria(ask, allowed).await,
            Self::Overview => answers.overview(ask, allowed).await,
        }
    }
}

/// What some reports are told besides what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Further {
    /// Between which statuses: durations instead of whole ones, the steps from one to the other instead of all.
    pub between: Option<Between>,
    /// How many requests are named for each rule that is broken, at most.
    pub examples: u8,
}

impl Default for Further {
    fn default() -> Self {
        Self { between: None, examples: 5 }
    }
}

/// The most requests that are named for a rule.
pub const MOST_EXAMPLES: u8 = 100;

/// Codes of statuses are below this.
const CODES: i16 = 10_000;

/// Two statuses of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    pub(super) from: i16,
    pub(super) to: i16,
}

impl Between {
    /// From one status to another. Whether there are such statuses depends on the reference data ([`Self::known`]).
    ///
    /// # Errors
    /// The code that no status can have, or whose moment is planned.
    pub fn of(from: i16, to: i16) -> std::result::Result<Self, i16> {
        let pair = Self { from, to };
        pair.all(|status| (0..CODES).contains(&status) && Status(status).is_event())
    }

    /// The same, of statuses that the reference data know.
    ///
    /// # Errors
    /// The code of which there is none.
    pub fn known(self, rules: &Rules) -> std::result::Result<Self, i16> {
        self.all(|status| rules.is_measured(status))
    }

    fn all(self, is_right: impl Fn(i16) -> bool) -> std::result::Result<Self, i16> {
        match [self.from, self.to].into_iter().find(|status| !is_right(*status)) {
            Some(wrong) => Err(wrong),
            None => Ok(self),
        }
    }
}
