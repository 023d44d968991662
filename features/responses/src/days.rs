//! Daily monitoring (QR-12) [1 §5.1]: each official whose address is among an office's recipients looks through what
//! came on each day of the office.

use async_trait::async_trait;
use otklik_db::DbErr;
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_web::Who;

pub use crate::store::days::{of_office, received, set};

/// How many days back, with today, one is reminded of.
pub const REMINDED: i32 = 14;

/// That a person has looked through what had come on a day of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Who.
    pub person: Id,
    /// When.
    pub at: Instant,
    /// How many of the day's responses were negative then.
    pub negative: i64,
}

/// A day of an office with at least one response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The office.
    pub body: Id,
    /// Its civil day.
    pub day: CivilDay,
    /// How many responses came.
    pub all: i64,
    /// How many of them are negative.
    pub negative: i64,
    /// Who has looked them through.
    pub marks: Vec<Mark>,
}

/// By whom a day with responses has been looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// By all who must.
    ByAll,
    /// By somebody; these who must have not.
    BySome(Vec<Id>),
    /// By nobody; these must.
    ByNobody(Vec<Id>),
}

impl Day {
    /// Whether a person has looked through everything: a negative response that came after their mark is new.
    #[must_use]
    pub fn is_looked_by(&self, person: Id) -> bool {
        self.marks.iter().any(|mark| mark.person == person && mark.negative >= self.negative)
    }

    /// By whom the day has been looked through, of those who must.
    ///
    /// Somebody who is no longer a recipient has looked too; where nobody must, one mark is enough.
    #[must_use]
    pub fn looked(&self, must: impl IntoIterator<Item = Id>) -> Looked {
        let missing: Vec<Id> = must.into_iter().filter(|&person| !self.is_looked_by(person)).collect();
        if !self.marks.iter().any(|mark| self.is_looked_by(mark.person)) {
            Looked::ByNobody(missing)
        } else if missing.is_empty() {
            Looked::ByAll
        } else {
            Looked::BySome(missing)
        }
    }
}

/// Knows which offices' days a person must look through: the slice that has the recipients.
#[async_trait]
pub trait Watchers: Send + Sync {
    /// The offices among whose recipients this person is and whose responses they may handle.
    ///
    /// # Errors
    /// When the database is away.
    async fn offices(&self, who: &Who) -> Result<Vec<Id>, DbErr>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(negative: i64, marks: &[(Id, i64)]) -> Day {
        let mark = |&(person, negative): &(Id, i64)| Mark { person, at: Instant(0), negative };
        Day { body: 1, day: CivilDay(20_261_122), all: 5, negative, marks: marks.iter().map(mark).collect() }
    }

    /// Each of three people must or need not, and has no mark, one from before the second negative response, or one
    /// from after it: every combination.
    #[test]
    fn qr12_every_combination_of_duty_and_marks() {
        for code in 0..6_u32.pow(3) {
            let people: Vec<(Id, bool, u32)> = (0..3)
                .map(|at| (i64::from(at), code / 6_u32.pow(at) % 2 == 1, code / 6_u32.pow(at) % 6 / 2))
                .collect();
            let marks: Vec<(Id, i64)> = people
                .iter()
                .filter(|(_, _, mark)| *mark > 0)
                .map(|&(person, _, mark)| (person, i64::from(mark)))
                .collect();
            let must: Vec<Id> =
                people.iter().filter(|(_, must, _)| *must).map(|(person, ..)| *person).collect();
            let looked = day(2, &marks).looked(must.iter().copied());
            // In words: a mark counts from the second negative response on.
            let has = |id: Id| people.iter().any(|&(person, _, mark)| person == id && mark == 2);
            let missing: Vec<Id> = must.iter().copied().filter(|&id| !has(id)).collect();
            let expected = match ((0..3).any(has), missing.is_empty()) {
                (false, _) => Looked::ByNobody(must),
                (true, true) => Looked::ByAll,
                (true, false) => Looked::BySome(missing),
            };
            assert_eq!(looked, expected, "{people:?}");
        }
    }

    #[test]
    fn qr12_only_a_later_negative_response_opens_a_day_again() {
        let mut day = day(1, &[(7, 1)]);
        assert_eq!(day.looked([7]), Looked::ByAll);
        day.all += 10;
        assert_eq!(day.looked([7]), Looked::ByAll);
        day.negative += 1;
        assert_eq!(day.looked([7]), Looked::ByNobody(vec![7]));
        day.marks[0].negative = 2;
        assert_eq!(day.looked([7]), Looked::ByAll);
    }
}
