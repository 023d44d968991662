//! Where posters hang and what must hold for it. QR-11, [1 §3.10, §4.1]

use otklik_kernel::{CivilDay, Id, Instant};
use otklik_organisations::model::BodyFields;
use otklik_organisations::{Body, BodyKind};

/// The fewest posters of an office. [1 §3.10]
pub const LEAST_POSTERS: u32 = 2;
/// Letters of the longest note.
pub const LONGEST_NOTE: usize = 300;
/// The first day that may be told: earlier ones are slips of the keyboard.
const FIRST_DAY: CivilDay = CivilDay(20_150_101);

/// A place where a poster hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Info stand №1 «Организационно-распорядительная информация».
    InfoStand,
    /// Beside the queue terminal (СУО).
    QueueTerminal,
    /// Elsewhere in the rooms where people are received; the note says where.
    Other,
}

impl Place {
    /// Every place, the prescribed ones first.
    pub const ALL: [Self; 3] = [Self::InfoStand, Self::QueueTerminal, Self::Other];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InfoStand => "info_stand",
            Self::QueueTerminal => "queue_terminal",
            Self::Other => "other",
        }
    }

    /// Finds a place by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.code() == code)
    }
}

/// What holds a poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A stand, a wall or a frame: the sheet lies open to the eye.
    Open,
    /// A flat pocket for one sheet of A4: allowed.
    Pocket,
    /// A flip-stand («перекидная система»): refused, and so never stored.
    FlipStand,
}

impl Carrier {
    /// Every carrier, the refused one last: it is offered so that the rule is told.
    pub const ALL: [Self; 3] = [Self::Open, Self::Pocket, Self::FlipStand];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pocket => "pocket",
            Self::FlipStand => "flip_stand",
        }
    }

    /// Finds a carrier by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|carrier| carrier.code() == code)
    }
}

/// The places where an office must have a poster. [1 §3.10]
///
/// Stand №1 is prescribed for inspections; a regional office that receives people acts as one (glossary of
/// document 1, «УФНС»). The queue terminal counts wherever there is one.
#[must_use]
pub fn prescribed(fields: &BodyFields) -> Vec<Place> {
    if !fields.is_office {
        return Vec::new();
    }
    prescribed_in_office(fields.kind, fields.has_queue_terminal).collect()
}

/// The places where an office of this kind must have a poster.
pub fn prescribed_in_office(kind: BodyKind, has_queue_terminal: bool) -> impl Iterator<Item = Place> {
    let is_inspection = matches!(kind, BodyKind::TaxInspection | BodyKind::TaxRegion);
    let both = [(Place::InfoStand, is_inspection), (Place::QueueTerminal, has_queue_terminal)];
    both.into_iter().filter(|(_, is_due)| *is_due).map(|(place, _)| place)
}

/// The posters that hang in an office now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// How many hang in each place.
    pub by_place: Vec<(Place, u32)>,
    /// The latest day one was hung up.
    pub last: Option<CivilDay>,
}

/// An office against the rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The office.
    pub body: Body,
    /// How many posters hang there.
    pub posters: u32,
    /// The prescribed places without one.
    pub missing: Vec<Place>,
    /// The latest day one was hung up.
    pub last: Option<CivilDay>,
}

impl Standing {
    /// Holds an office against the rule.
    #[must_use]
    pub fn of(body: Body, placed: &Placed) -> Self {
        let hangs = |place: &Place| placed.by_place.iter().any(|(known, count)| known == place && *count > 0);
        Self {
            posters: placed.by_place.iter().map(|(_, count)| count).sum(),
            missing: prescribed(&body.fields).into_iter().filter(|place| !hangs(place)).collect(),
            last: placed.last,
            body,
        }
    }

    /// Whether there are fewer than two posters.
    #[must_use]
    pub const fn is_below_minimum(&self) -> bool {
        self.posters < LEAST_POSTERS
    }

    /// Whether a prescribed place is empty.
    #[must_use]
    pub const fn has_empty_place(&self) -> bool {
        !self.missing.is_empty()
    }
}

/// A poster that hangs, or hung, in an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Its id.
    pub id: Id,
    /// The office.
    pub body: Id,
    /// What is said of it.
    pub fields: PlacementFields,
    /// Who wrote it down.
    pub placed_by: String,
    /// When it was written down.
    pub created_at: Instant,
    /// Width and height of its photo in pixels.
    pub photo: Option<(u32, u32)>,
    /// When it was taken down, by whom and why.
    pub removed: Option<Removed>,
}

/// What is said of a placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacementFields {
    /// Where.
    pub place: Place,
    /// On what.
    pub carrier: Carrier,
    /// When it was hung up, a day of the office.
    pub day: CivilDay,
    /// Where exactly, or empty.
    pub note: String,
}

/// That a poster was taken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// When it was written down.
    pub at: Instant,
    /// Who wrote it down.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What a person typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// Code of the place.
    pub place: &'a str,
    /// Code of the carrier.
    pub carrier: &'a str,
    /// The day, as `2026-11-22`.
    pub day: &'a str,
    /// The note.
    pub note: &'a str,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No place was chosen.
    NoPlace,
    /// The place is not prescribed for this office, so it can't be filled there.
    PlaceNotHere,
    /// No carrier was chosen.
    NoCarrier,
    /// A flip-stand: not allowed. [1 §3.10]
    FlipStand,
    /// The day is missing or no day.
    NoDay,
    /// The day lies ahead.
    DayAhead,
    /// The day lies too far back.
    DayFar,
    /// Another place needs words.
    NoNote,
    /// The note is too long.
    NoteLong,
    /// No reason was given.
    NoReason,
}

/// A field and what is wrong with it.
pub type Mistake = (&'static str, Wrong);

/// Reads what was typed of a poster in an office, where today is `today`.
///
/// # Errors
/// Everything that is wrong, in the order of the fields.
pub fn check(
    fields: &BodyFields,
    today: CivilDay,
    typed: Typed<'_>,
) -> Result<PlacementFields, Vec<Mistake>> {
    let note = one_line(typed.note);
    let place = match Place::find(typed.place) {
        None => Err(Wrong::NoPlace),
        Some(place) if place == Place::Other || prescribed(fields).contains(&place) => Ok(place),
        Some(_) => Err(Wrong::PlaceNotHere),
    };
    let carrier = match Carrier::find(typed.carrier) {
        None => Err(Wrong::NoCarrier),
        Some(Carrier::FlipStand) => Err(Wrong::FlipStand),
        Some(carrier) => Ok(carrier),
    };
    let day = match CivilDay::parse(typed.day.trim()) {
        None => Err(Wrong::NoDay),
        Some(day) if day > today => Err(Wrong::DayAhead),
        Some(day) if day < FIRST_DAY => Err(Wrong::DayFar),
        Some(day) => Ok(day),
    };
    let note = match note {
        note if note.chars().count() > LONGEST_NOTE => Err(Wrong::NoteLong),
        note if note.is_empty() && place == Ok(Place::Other) => Err(Wrong::NoNote),
        note => Ok(note),
    };
    let mut mistakes = Vec::new();
    let mut keep = |field: &'static str, wrong: Option<Wrong>| mistakes.extend(wrong.map(|w| (field, w)));
    keep("place", place.err());
    keep("carrier", carrier.err());
    keep("day", day.err());
    keep("note", note.as_ref().err().copied());
    match (place, carrier, day, note) {
        (Ok(place), Ok(carrier), Ok(day), Ok(note)) => Ok(PlacementFields { place, carrier, day, note }),
        _ => Err(mistakes),
    }
}

/// Reads why a poster was taken down.
///
/// # Errors
/// No reason, or too long a one.
pub fn check_reason(typed: &str) -> Result<String, Mistake> {
    let reason = one_line(typed);
    match reason.chars().count() {
        0 => Err(("reason", Wrong::NoReason)),
        1..=LONGEST_NOTE => Ok(reason),
        _ => Err(("reason", Wrong::NoteLong)),
    }
}

/// A text on one line, blanks single.
pub(crate) fn one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
