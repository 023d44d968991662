//! One sender's day, read and checked, as columns. A row that was refused is in none of them.

use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use otklik_kernel::CivilDay;

/// A text's number in [`Texts`]; 0 is the empty text, which stands for «not given».
pub type Text = u32;

/// Texts kept once, by number.
#[derive(Clone, Debug)]
pub struct Texts {
    bytes: String,
    ends: Vec<u32>,
    /// Numbers by their texts' hashes: a table of its own costs one look where a map of boxed texts costs three.
    numbers: HashTable<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u64,
    number: Text,
}

impl Default for Texts {
    fn default() -> Self {
        let mut numbers = HashTable::new();
        let hash = Self::hash("");
        numbers.insert_unique(hash, Slot { hash, number: 0 }, |slot| slot.hash);
        Self { bytes: String::new(), ends: vec![0], numbers }
    }
}

impl Texts {
    /// The hash by which a text is found; the same in one run of the program only.
    #[must_use]
    #[inline]
    pub fn hash(text: &str) -> u64 {
        static STATE: OnceLock<RandomState> = OnceLock::new();
        STATE.get_or_init(RandomState::default).hash_one(text.as_bytes())
    }

    /// The number of a text, which is kept when it is new.
    ///
    /// # Panics
    /// When all texts together are over 4 GiB.
    pub fn add(&mut self, text: &str) -> Text {
        self.add_hashed(Self::hash(text), text)
    }

    /// The number of a text whose [`Texts::hash`] is known already.
    ///
    /// # Panics
    /// When all texts together are over 4 GiB.
    #[inline]
    pub fn add_hashed(&mut self, hash: u64, text: &str) -> Text {
        if let Some(number) = self.find_hashed(hash, text) {
            return number;
        }
        let number = u32::try_from(self.ends.len()).expect("fewer than 2^32 texts");
        self.bytes.push_str(text);
        self.ends.push(u32::try_from(self.bytes.len()).expect("texts of a delivery are below 4 GiB"));
        self.numbers.insert_unique(hash, Slot { hash, number }, |slot| slot.hash);
        number
    }

    /// The number of a text, if it is kept.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Text> {
        self.find_hashed(Self::hash(text), text)
    }

    #[inline]
    fn find_hashed(&self, hash: u64, text: &str) -> Option<Text> {
        let is_same = |slot: &Slot| slot.hash == hash && self.get(slot.number).as_bytes() == text.as_bytes();
        self.numbers.find(hash, is_same).map(|slot| slot.number)
    }

    /// The text of a number.
    #[must_use]
    #[inline]
    pub fn get(&self, number: Text) -> &str {
        let number = number as usize;
        let from = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[from..self.ends[number] as usize]
    }

    /// All texts in the order of their numbers, the empty one first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..).zip(&self.ends).map(|(number, _)| self.get(number))
    }

    /// How many texts there are, with the empty one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is only the empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.len() == 1
    }

    /// How many bytes all texts have together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }
}

/// Whose data, of which day, in which revision (MON-11).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    /// The sender's code.
    pub sender: String,
    /// The day the data are of.
    pub day: CivilDay,
    /// 1 for the first, higher for corrections.
    pub revision: u32,
}

/// A checked delivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Whose, which day, which revision.
    pub head: Head,
    /// SHA-256 of the bytes as they came; of a folder: of its files' names and the digests of their bytes, in the
    /// order of names.
    pub digest: [u8; 32],
    /// Every text that the columns name, request numbers too.
    pub texts: Texts,
    /// Services (once, then on change).
    pub services: Vec<Service>,
    /// Applications.
    pub applications: Applications,
    /// Events of progress, in the order of the file.
    pub events: Events,
    /// Events of fees.
    pub payments: Payments,
    /// Ratings.
    pub ratings: Ratings,
    /// Events of complaints.
    pub complaints: Complaints,
}

impl Delivery {
    /// Gives back the room that was kept for more rows: deliveries wait for each other.
    pub fn shrink(&mut self) {
        let Applications {
            line, request, service, variant, topic, channel_in, channel_out, mnemonic, ..
        } = &mut self.applications;
        [line, request, service, variant, topic, mnemonic].into_iter().for_each(Vec::shrink_to_fit);
        [channel_in, channel_out].into_iter().for_each(Vec::shrink_to_fit);
        let Applications { region, body, body_code, applicant, sex, age, ogrn, .. } = &mut self.applications;
        [body, body_code, applicant].into_iter().for_each(Vec::shrink_to_fit);
        region.shrink_to_fit();
        sex.shrink_to_fit();
        age.shrink_to_fit();
        ogrn.shrink_to_fit();
        let Events { line, request, process, item, status, at, offset, mnemonic } = &mut self.events;
        [line, request, mnemonic].into_iter().for_each(Vec::shrink_to_fit);
        [item, status, offset].into_iter().for_each(Vec::shrink_to_fit);
        process.shrink_to_fit();
        at.shrink_to_fit();
        self.texts.bytes.shrink_to_fit();
        self.texts.ends.shrink_to_fit();
    }
}

/// A row of the register of services [5 app.1 §1–2, fn.1], with its norm (MON-14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The registry number.
    pub service: String,
    /// The registry number of the variant; empty for the service itself.
    pub variant: String,
    /// The name.
    pub name: String,
    /// The direction; empty when not given.
    pub direction: String,
    /// The norm in days, when there is one.
    pub norm: Option<Norm>,
    /// The first day on which the row holds.
    pub valid_from: CivilDay,
}

/// How long a service may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norm {
    /// Days.
    pub days: u16,
    /// Whether only working days count.
    pub is_working: bool,
    /// The status from which it runs.
    pub from: i16,
    /// The status to which it runs.
    pub to: i16,
}

/// Applications [5 app.1, app.2], a row each.
#[derive(Clone, Debug, Default)]
pub struct Applications {
    /// Line of the file, from 1 (the header).
    pub line: Vec<u32>,
    /// Unique request number.
    pub request: Vec<Text>,
    /// Registry number of the service.
    pub service: Vec<Text>,
    /// Registry number of the variant.
    pub variant: Vec<Text>,
    /// Topic of a consultation.
    pub topic: Vec<Text>,
    /// [`crate::model::Channel`] of the request, as a number.
    pub channel_in: Vec<u8>,
    /// Channel of the result; 0 when not given.
    pub channel_out: Vec<u8>,
    /// Mnemonic of the interagency information.
    pub mnemonic: Vec<Text>,
    /// The region's code of two or three digits, as a number.
    pub region: Vec<u16>,
    /// Name of the body as it was given.
    pub body: Vec<Text>,
    /// Code of the body; empty when not given and not known.
    pub body_code: Vec<Text>,
    /// Hashed id of the applicant.
    pub applicant: Vec<Text>,
    /// 1 for М, 2 for Ж, 0 when not given.
    pub sex: Vec<u8>,
    /// Age in years; -1 when not given.
    pub age: Vec<i16>,
    /// ОГРН of a legal entity; 0 when not given.
    pub ogrn: Vec<i64>,
}

/// Events of progress [5 app.3, app.8], a row each.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// Line of the file; equal moments of a request keep its order.
    pub line: Vec<u32>,
    /// Request number.
    pub request: Vec<Text>,
    /// [`crate::model::Process`] as a number.
    pub process: Vec<u8>,
    /// [`crate::model::Item::stored`]; 0 when only a status was given that has several or no items.
    pub item: Vec<i16>,
    /// Status code; never missing.
    pub status: Vec<i16>,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// Minutes east of UTC at that moment in the office.
    pub offset: Vec<i16>,
    /// Mnemonic of this interagency request.
    pub mnemonic: Vec<Text>,
}

/// Events of fees [5 app.4].
#[derive(Clone, Debug, Default)]
pub struct Payments {
    /// Line of the file.
    pub line: Vec<u32>,
    /// Request number.
    pub request: Vec<Text>,
    /// 1 to 5, in the order of the source: uin_assigned, paid, payment_confirmed, form_error, refunded.
    pub event: Vec<u8>,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// Minutes east of UTC.
    pub offset: Vec<i16>,
}

/// Ratings [5 app.5].
#[derive(Clone, Debug, Default)]
pub struct Ratings {
    /// Line of the file.
    pub line: Vec<u32>,
    /// Request number.
    pub request: Vec<Text>,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// Minutes east of UTC.
    pub offset: Vec<i16>,
    /// The least and the most mark of the sender's scale, as it was agreed when the delivery was checked; `None` where
    /// that isn't known.
    pub scale: Option<(i16, i16)>,
    /// The mark, on that scale.
    pub mark: Vec<i16>,
    /// Criteria as `name` or `name=mark`, separated by `|`.
    pub criteria: Vec<Text>,
    /// The comment.
    pub comment: Vec<Text>,
}

/// Events of complaints [5 app.6].
#[derive(Clone, Debug, Default)]
pub struct Complaints {
    /// Line of the file.
    pub line: Vec<u32>,
    /// Request number.
    pub request: Vec<Text>,
    /// The complaint's own number.
    pub complaint: Vec<Text>,
    /// 1 to 4, in the order of the source: accepted, scheduled, upheld, rejected.
    pub event: Vec<u8>,
    /// Microseconds since 1970 in UTC.
    pub at: Vec<i64>,
    /// Minutes east of UTC.
    pub offset: Vec<i16>,
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn texts_are_kept_once() {
        let mut texts = Texts::default();
        let first = texts.add("Ж-1");
        assert_eq!((texts.add("Ж-1"), texts.add("")), (first, 0));
        let second = texts.add("второй");
        assert_eq!((texts.get(0), texts.get(first), texts.get(second)), ("", "Ж-1", "второй"));
        assert_eq!((texts.len(), texts.find("второй"), texts.find("нет")), (3, Some(second), None));
    }
}
