//! Deliveries: what came, when, from whom, and what became of it. The lake's commit is the only truth; what the
//! database says of a delivery can be rebuilt from the notes of commits (MON-10, MON-11).

pub mod completeness;
pub mod depot;
pub mod head;
pub mod progress;
pub mod receive;
pub mod report;
pub mod restore;
pub mod spool;
pub mod store;
pub mod work;

use otklik_kernel::{CivilDay, Id, Instant};

use crate::ingest::Came;
use crate::senders::Sender;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It lies and waits for its turn.
    Queued,
    /// It is being checked.
    Checking,
    /// All of it was taken.
    Accepted,
    /// Its right rows were taken.
    Partly,
    /// It has no rows: the day is declared empty.
    Empty,
    /// Nothing of it was taken.
    Rejected,
    /// A higher revision stands in its place.
    Replaced,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Checking,
        Self::Accepted,
        Self::Partly,
        Self::Empty,
        Self::Rejected,
        Self::Replaced,
    ];

    /// The name it is stored under, also in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Checking => "checking",
            Self::Accepted => "accepted",
            Self::Partly => "partly",
            Self::Empty => "empty",
            Self::Rejected => "rejected",
            Self::Replaced => "replaced",
        }
    }

    /// Finds a state by its code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it waits for something to be done.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Checking)
    }

    /// Whether it stands for its day.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Accepted | Self::Partly | Self::Empty)
    }
}

/// The way by which a delivery came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// By the API.
    Api,
    /// By the page of the admin zone.
    Page,
    /// By a command.
    Command,
}

impl Way {
    const ALL: [Self; 3] = [Self::Api, Self::Page, Self::Command];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Page => "page",
            Self::Command => "command",
        }
    }

    pub(crate) fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }
}

/// What was counted in a delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of all files.
    pub rows_read: i64,
    /// Rows that were taken.
    pub rows_taken: i64,
    /// Errors found.
    pub errors: i64,
    /// Warnings: unknown columns, for instance.
    pub warnings: i64,
    /// Applications taken.
    pub applications: i64,
    /// Events taken.
    pub events: i64,
}

/// A delivery, whose id is its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The receipt.
    pub id: Id,
    /// The sender's id.
    pub sender: Id,
    /// The sender's code as it was then.
    pub code: String,
    /// The sender's body.
    pub body: Id,
    /// The day the data are of.
    pub day: CivilDay,
    /// 1 for the first, higher for corrections.
    pub revision: i32,
    /// SHA-256 of the bytes as they came, hexadecimal.
    pub digest: String,
    /// What became of it.
    pub state: State,
    /// How it came.
    pub way: Way,
    /// The file's name.
    pub file: String,
    /// Its length.
    pub bytes: i64,
    /// When it came.
    pub received_at: Instant,
    /// Who sent it: a login, or the sender's code by the API.
    pub received_by: String,
    /// When the check began.
    pub started_at: Option<Instant>,
    /// When it was decided.
    pub finished_at: Option<Instant>,
    /// How often its check was begun.
    pub attempts: i32,
    /// What was counted.
    pub counts: Counts,
    /// The commit of the lake that holds it.
    pub commit: Option<i64>,
    /// The delivery that stands in its place.
    pub replaced_by: Option<Id>,
    /// A code of why nothing of it was taken, where that isn't in the report of errors.
    pub problem: String,
}

impl Delivery {
    /// A delivery as it comes: of a day and a revision, by some way from somebody, at a moment. Nothing of it is checked.
    #[must_use]
    pub fn new(
        id: Id,
        sender: &Sender,
        (day, revision): (CivilDay, u32),
        digest: &str,
        (way, by): (Way, &str),
        at: Instant,
    ) -> Self {
        Self {
            id,
            sender: sender.id,
            code: sender.fields.code.clone(),
            body: sender.fields.body,
            day,
            revision: i32::try_from(revision).unwrap_or(i32::MAX),
            digest: digest.to_owned(),
            state: State::Queued,
            way,
            file: String::new(),
            bytes: 0,
            received_at: at,
            received_by: by.to_owned(),
            started_at: None,
            finished_at: None,
            attempts: 0,
            counts: Counts::default(),
            commit: None,
            replaced_by: None,
            problem: String::new(),
        }
    }

    /// The same with nothing decided: it waits for its check once more.
    #[must_use]
    pub fn queued(self) -> Self {
        Self {
            state: State::Queued,
            started_at: None,
            finished_at: None,
            attempts: 0,
            counts: Counts::default(),
            problem: String::new(),
            ..self
        }
    }

    /// What the commit that takes it in keeps of it, to write the receipt again should it be lost.
    #[must_use]
    pub fn came(&self, state: State, counts: Counts) -> Came {
        Came {
            receipt: self.id,
            state: state.code().to_owned(),
            way: self.way.code().to_owned(),
            file: self.file.clone(),
            bytes: self.bytes,
            received_at: self.received_at.0,
            rows_read: counts.rows_read,
            rows_taken: counts.rows_taken,
            errors: counts.errors,
            warnings: counts.warnings,
        }
    }
}
