//! An application's attributes: drawn anew whenever they are needed, always the same.

use super::chance::Chance;
use super::world::{DAY, Offer, World};
use crate::model::Channel;

/// The way an application goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A consultation at a centre.
    Consultation,
    /// Through a centre to the authority and back.
    Centre,
    /// By the portal, decided by a machine.
    Automatic,
    /// By the portal, considered by the authority.
    Portal,
    /// In person at the authority.
    Authority,
    /// By a ministry's own system.
    Own,
    /// By a ministry's own system, decided by a machine.
    OwnAutomatic,
    /// A draft on the portal, never sent.
    Draft,
}

/// What an application is.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// Its number, from 0.
    pub number: u32,
    /// Which way it goes.
    pub way: Way,
    /// The offer's place.
    pub offer: usize,
    /// The body's place.
    pub place: usize,
    /// Seconds since 1970 on the office's clock when it begins.
    pub begins: i64,
    /// Whether a legal entity asks.
    pub is_legal: bool,
    /// Whether there is an applicant's id.
    pub has_applicant: bool,
    /// What the applicant's values are drawn from.
    pub person: u64,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Consultation,
        Self::Centre,
        Self::Automatic,
        Self::Portal,
        Self::Authority,
        Self::Own,
        Self::OwnAutomatic,
        Self::Draft,
    ];
}

impl Draw {
    /// The application of a number that begins on a day of the plan.
    pub fn of(world: &World, number: u32, day: usize) -> Self {
        let mut chance = Chance::of(world.plan.seed, u64::from(number), 1);
        let today = world.first + i64::try_from(day).unwrap_or(0);
        let (authority, centre) = (world.authority_hours.is_open(today), world.centre_hours.is_open(today));
        let way = way(&mut chance, authority, centre);
        let offer = chance.weighted(&world.weights[way as usize]);
        let places =
            if matches!(way, Way::Consultation | Way::Centre) { &world.centres } else { &world.authorities };
        // Bodies differ in size: the lower of two draws.
        let count = u32::try_from(places.len()).unwrap_or(1);
        let place = places[chance.below(count).min(chance.below(count)) as usize];
        let hour = match way {
            Way::Consultation | Way::Centre => 8 + chance.weighted(&[4, 8, 11, 12, 10, 7, 8, 9, 9, 8, 6, 3]),
            Way::Authority => 9 + chance.weighted(&[8, 12, 12, 9, 5, 9, 10, 8, 4]),
            _ => chance.weighted(&[
                2, 1, 1, 1, 1, 2, 3, 5, 8, 11, 12, 12, 11, 10, 10, 10, 9, 9, 10, 12, 13, 12, 8, 4,
            ]),
        };
        let begins = today * DAY + i64::try_from(hour).unwrap_or(0) * 3600 + i64::from(chance.below(3600));
        Self {
            number,
            way,
            offer,
            place,
            begins,
            is_legal: chance.per_mille(80) && way != Way::Consultation,
            has_applicant: chance.per_mille(if matches!(way, Way::Consultation) { 100 } else { 900 }),
            person: chance.next(),
        }
    }

    /// How it came.
    pub const fn channel_in(&self) -> Channel {
        match self.way {
            Way::Consultation | Way::Centre => Channel::Mfc,
            Way::Automatic | Way::Portal | Way::Draft => {
                if self.person.is_multiple_of(7) {
                    Channel::Rpgu
                } else {
                    Channel::Epgu
                }
            }
            Way::Authority => Channel::Ogv,
            Way::Own | Way::OwnAutomatic => Channel::Vis,
        }
    }

    /// 1 for a man, 2 for a woman, 0 for a legal entity.
    pub const fn sex(&self) -> u8 {
        if self.is_legal { 0 } else { 1 + (self.person >> 8 & 1) as u8 }
    }

    /// Years, -1 for a legal entity.
    pub fn age(&self) -> i16 {
        let spread = i16::try_from((self.person >> 9 & 0x3f) + (self.person >> 15 & 0xf)).unwrap_or(0);
        if self.is_legal { -1 } else { 15 + spread }
    }

    /// A number with its right check digit; 0 for a person.
    pub fn ogrn(&self) -> i64 {
        if !self.is_legal {
            return 0;
        }
        let head = 102_000_000_000 + i64::try_from(self.person % 22_000_000_000).unwrap_or(0);
        head * 10 + head % 11 % 10
    }
}

/// A request's number: eleven digits that don't tell how many there are. No two applications have the same.
pub const fn request(seed: u64, number: u32) -> [u8; 11] {
    // 10^10 and the factor have no common divisor.
    let mixed = (number as u64 * 7_654_321_013 + seed % 9_999_999_967) % 10_000_000_000;
    let mut digits = [b'2'; 11];
    let mut rest = mixed;
    let mut place = 11;
    while place > 1 {
        place -= 1;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

fn way(chance: &mut Chance, authority: bool, centre: bool) -> Way {
    let open = |weight: u32, is_open: bool| if is_open { weight } else { 0 };
    let weights = [open(300, centre), open(80, centre), 225, 95, open(95, authority), 60, 55, 90];
    Way::ALL[chance.weighted(&weights)]
}

/// How often each offer is asked for by a way.
pub fn weights(offers: &[Offer], way: Way) -> Vec<u32> {
    let weight = |offer: &Offer| {
        let has = |letter| offer.ways.contains(letter);
        let fits = match way {
            Way::Consultation => return u32::from(offer.ways.is_empty()),
            Way::Centre => has('m'),
            Way::Automatic | Way::Portal | Way::Draft => has('p'),
            Way::Authority => has('a'),
            Way::Own => has('v'),
            Way::OwnAutomatic => has('v') && has('x'),
        };
        // What a machine decides is more often one of the services made for it.
        let times = if way == Way::Automatic && has('x') { 4 } else { 1 };
        if fits { offer.weight * times } else { 0 }
    };
    offers.iter().map(weight).collect()
}
