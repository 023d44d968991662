//! What the data speak of: processes, channels, items, statuses.

use std::fmt;

/// How an application goes its way: the four lists of items of appendix 3 (MON-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Process {
    /// In person, at the authority [5 app.3 §1.1].
    Authority = 1,
    /// In person, at a multifunctional centre [5 app.3 §1.2].
    Mfc = 2,
    /// By the federal or a regional portal [5 app.3 §2.1].
    Epgu = 3,
    /// By a system of a ministry's own [5 app.3 §2.2].
    Vis = 4,
}

impl Process {
    /// All of them, in the order of the source.
    pub const ALL: [Self; 4] = [Self::Authority, Self::Mfc, Self::Epgu, Self::Vis];

    /// The code in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Mfc => "mfc",
            Self::Epgu => "epgu",
            Self::Vis => "vis",
        }
    }

    /// How the source calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Authority => "Орган власти",
            Self::Mfc => "МФЦ",
            Self::Epgu => "ЕПГУ (РПГУ)",
            Self::Vis => "ВИС",
        }
    }

    /// The number of the last item of its list.
    #[must_use]
    pub const fn items(self) -> u8 {
        match self {
            Self::Authority => 20,
            Self::Mfc => 19,
            Self::Epgu => 32,
            Self::Vis => 28,
        }
    }

    /// Finds a process by its code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|process| process.code() == code)
    }

    /// The process of a stored number.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|process| *process as u8 == number)
    }
}

/// The channel by which a service is asked for or its result given [5 app.1 §4, §5].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Channel {
    /// The federal portal.
    Epgu = 1,
    /// A regional portal.
    Rpgu = 2,
    /// A system of a ministry's own.
    Vis = 3,
    /// The authority.
    Ogv = 4,
    /// A multifunctional centre.
    Mfc = 5,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Epgu, Self::Rpgu, Self::Vis, Self::Ogv, Self::Mfc];

    /// The word in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Epgu => "ЕПГУ",
            Self::Rpgu => "РПГУ",
            Self::Vis => "ВИС",
            Self::Ogv => "ОГВ",
            Self::Mfc => "МФЦ",
        }
    }

    /// Whether an application by this channel is digital.
    #[must_use]
    pub const fn is_digital(self) -> bool {
        matches!(self, Self::Epgu | Self::Rpgu | Self::Vis)
    }

    /// Finds a channel by its word; «РГПУ» is the source's misprint of РПГУ (MON-2).
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        if word == "РГПУ" {
            return Some(Self::Rpgu);
        }
        Self::ALL.into_iter().find(|channel| channel.code() == word)
    }

    /// The channel of a stored number.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| *channel as u8 == number)
    }
}

/// A status code of appendix 8 (MON-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(pub i16);

impl Status {
    /// The moment an applicant chose for a visit: planned, no event (MON-15).
    pub const SLOT: Self = Self(1002);

    /// Whether it tells of something that happened: part of order and duration.
    #[must_use]
    pub fn is_event(self) -> bool {
        self != Self::SLOT
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An item of appendix 3 within its process, as `6`, `6a`, `6b`, or `3n` for who didn't come (MON-5, MON-15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// The number, from 1.
    pub number: u8,
    /// The letter; 0 when there is none.
    pub letter: u8,
}

impl Item {
    /// An item without a letter.
    #[must_use]
    pub const fn plain(number: u8) -> Self {
        Self { number, letter: 0 }
    }

    /// The item as a number to store: the number times ten, and 1, 2, 3 for `a`, `b`, `n`.
    #[must_use]
    pub const fn stored(self) -> i16 {
        let letter = match self.letter {
            b'a' => 1,
            b'b' => 2,
            b'n' => 3,
            _ => 0,
        };
        self.number as i16 * 10 + letter
    }

    /// The item of a stored number.
    #[must_use]
    pub fn of(stored: i16) -> Option<Self> {
        let number = u8::try_from(stored / 10).ok().filter(|number| *number > 0)?;
        let letter = *[0, b'a', b'b', b'n'].get(usize::try_from(stored % 10).ok()?)?;
        Some(Self { number, letter })
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        if self.letter == 0 { Ok(()) } else { write!(f, "{}", char::from(self.letter)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon5_items_are_stored_and_read_back() {
        for process in Process::ALL {
            for number in 1..=process.items() {
                for letter in [0, b'a', b'b', b'n'] {
                    let item = Item { number, letter };
                    assert_eq!(Item::of(item.stored()), Some(item));
                }
            }
        }
        assert_eq!(Item::of(4), None);
        assert_eq!(Item::of(64), None);
        assert_eq!(Item { number: 6, letter: b'a' }.to_string(), "6a");
    }

    #[test]
    fn mon2_the_misprint_of_the_source_is_taken() {
        assert_eq!(Channel::find("РГПУ"), Some(Channel::Rpgu));
        for channel in Channel::ALL {
            assert_eq!(Channel::find(channel.code()), Some(channel));
            assert_eq!(Channel::of(channel as u8), Some(channel));
        }
        assert_eq!(Channel::find("епгу"), None);
    }
}
