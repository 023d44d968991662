//! What statuses mean for the way of an application; ours, in no source (MON-14).

use super::{Fault, RoleRecord, Statuses, records::codes};

/// What a status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// A moment that is planned: no event, no part of order or duration (MON-15).
    Planned,
    /// An appointment was made.
    Booked,
    /// The applicant came.
    Attended,
    /// The applicant didn't come.
    Missed,
    /// A ticket of the queue was given.
    Ticket,
    /// The ticket was called.
    Called,
    /// The applicant is served at a window.
    Served,
    /// Documents were taken or a request received.
    Received,
    /// The application was registered.
    Registered,
    /// Somebody works on it.
    Considered,
    /// It wasn't accepted or registered: 1019 and 1023 are one legal event (MON-15).
    NotAccepted,
    /// It is suspended.
    Suspends,
    /// It goes on.
    Resumes,
    /// An interagency request was sent.
    Asked,
    /// It was answered.
    Answered,
    /// It could not be sent.
    AskFailed,
    /// Decided for the applicant.
    Granted,
    /// Decided against.
    Denied,
    /// Cancelled at the applicant's wish.
    Cancelled,
    /// The result was given.
    Issued,
    /// A consultation ended.
    Consulted,
    /// Something technical failed.
    Failed,
    /// Nothing need follow.
    Ends,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Planned,
        Self::Booked,
        Self::Attended,
        Self::Missed,
        Self::Ticket,
        Self::Called,
        Self::Served,
        Self::Received,
        Self::Registered,
        Self::Considered,
        Self::NotAccepted,
        Self::Suspends,
        Self::Resumes,
        Self::Asked,
        Self::Answered,
        Self::AskFailed,
        Self::Granted,
        Self::Denied,
        Self::Cancelled,
        Self::Issued,
        Self::Consulted,
        Self::Failed,
        Self::Ends,
    ];

    /// The code in records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Booked => "booked",
            Self::Attended => "attended",
            Self::Missed => "missed",
            Self::Ticket => "ticket",
            Self::Called => "called",
            Self::Served => "served",
            Self::Received => "received",
            Self::Registered => "registered",
            Self::Considered => "considered",
            Self::NotAccepted => "not_accepted",
            Self::Suspends => "suspends",
            Self::Resumes => "resumes",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::AskFailed => "ask_failed",
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Cancelled => "cancelled",
            Self::Issued => "issued",
            Self::Consulted => "consulted",
            Self::Failed => "failed",
            Self::Ends => "ends",
        }
    }
}

/// Roles of all statuses.
#[derive(Clone, Debug)]
pub struct Roles {
    codes: [Vec<i16>; Role::ALL.len()],
    bits: Vec<u32>,
}

impl Roles {
    pub(super) fn of(records: &[RoleRecord], statuses: &Statuses) -> Result<Self, Fault> {
        let highest = statuses.all().last().map_or(0, |status| status.code.0);
        let mut bits = vec![0; usize::try_from(highest).unwrap_or(0) + 1];
        let mut by_role: [Vec<i16>; Role::ALL.len()] = Default::default();
        for record in records {
            let role = Role::ALL.into_iter().find(|role| role.code() == record.role);
            let role = role.ok_or_else(|| Fault::Unknown("roles", record.role.clone()))?;
            for code in codes("roles", &record.codes)? {
                if statuses.place(code).is_none() {
                    return Err(Fault::Unknown("roles", code.to_string()));
                }
                let place = usize::try_from(code).unwrap_or(0);
                if bits[place] & 1 << role as u8 != 0 {
                    return Err(Fault::Code("roles", code.to_string()));
                }
                bits[place] |= 1 << role as u8;
                by_role[role as usize].push(code);
            }
        }
        Ok(Self { codes: by_role, bits })
    }

    /// Whether a status plays a role.
    #[must_use]
    pub fn is(&self, status: i16, role: Role) -> bool {
        let bits = usize::try_from(status).ok().and_then(|place| self.bits.get(place));
        bits.is_some_and(|bits| bits & 1 << role as u8 != 0)
    }

    /// The statuses that play a role.
    #[must_use]
    pub fn statuses(&self, role: Role) -> &[i16] {
        &self.codes[role as usize]
    }
}
