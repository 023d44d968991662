//! What deriving goes by: roles of statuses, the allowed order, norms, working days, ready for quick looks.

use otklik_progress::model::Status;
use otklik_progress::reference::{Norm, Order, Reference, Role};

/// The 48 statuses, which have columns of their own in `cases`: the first and the last moment of each.
pub const CODES: [i16; 48] = [
    0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 14, 15, 17, 22, 24, 25, 26, 32, 33, 39, 40, 41, 81, 82, 83, 1001, 1002,
    1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019,
    1020, 1021, 1022, 1023,
];

/// Codes are below this.
const HIGHEST: usize = 1024;

/// The place of a status among [`CODES`].
#[must_use]
pub fn place(status: i16) -> Option<usize> {
    const PLACES: [u8; HIGHEST] = {
        let mut places = [u8::MAX; HIGHEST];
        let mut place = 0;
        while place < CODES.len() {
            places[CODES[place] as usize] = place as u8;
            place += 1;
        }
        places
    };
    let place = *PLACES.get(usize::try_from(status).ok()?)?;
    (place != u8::MAX).then_some(usize::from(place))
}

/// The reference data as deriving uses them.
#[derive(Clone, Debug)]
pub struct Rules {
    reference: Reference,
    roles: Vec<u32>,
}

/// The norm of one application: of the register of services, or of the reference.
pub type NormOf<'a> = Option<&'a Norm>;

impl Rules {
    /// Rules of reference data.
    #[must_use]
    pub fn new(reference: Reference) -> Self {
        let roles = (0..HIGHEST).map(|code| {
            let code = i16::try_from(code).unwrap_or(0);
            let with = Role::ALL.into_iter().filter(|role| reference.roles.is(code, *role));
            let bits = with.fold(0, |bits, role| bits | 1_u32 << role as u8);
            if code == Status::SLOT.0 { bits | 1 << Role::Planned as u8 } else { bits }
        });
        let roles = roles.collect();
        Self { reference, roles }
    }

    /// What the rules were made of.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The allowed order.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.reference.order
    }

    /// Roles of a status, as bits.
    #[must_use]
    pub fn roles(&self, status: i16) -> u32 {
        usize::try_from(status).ok().and_then(|code| self.roles.get(code)).copied().unwrap_or(0)
    }

    /// Whether a status is a planned moment, no event (MON-15).
    #[must_use]
    pub fn is_planned(&self, status: i16) -> bool {
        self.roles(status) & 1 << Role::Planned as u8 != 0
    }
}
