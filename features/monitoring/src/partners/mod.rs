//! Partners to whom the daily data are sent, and the proof of each sending (MON-18).

mod change;
pub mod deliver;
pub mod folder;
pub mod https;
pub mod sftp;
pub mod store;

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_organisations::store as bodies;
use sea_orm::ConnectionTrait;

pub use change::{Raw, about, add, again, change, may_again};

const SYSTEM: Scope = Scope::system("whose data a partner may get");

/// Whether a body is another one or lies below it.
async fn is_in<C: ConnectionTrait>(conn: &C, body: Id, above: Id) -> Result<bool, DbErr> {
    Ok(bodies::path(conn, &SYSTEM, body).await?.iter().any(|one| one.id == above))
}

/// How data are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Into a folder of this machine or of a network drive.
    Folder,
    /// By SFTP.
    Sftp,
    /// By HTTPS, with PUT.
    Https,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Folder, Self::Sftp, Self::Https];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Sftp => "sftp",
            Self::Https => "https",
        }
    }

    /// Finds a method by its code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

/// The layout of the file that is sent (MON-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// A ZIP with a file per table.
    Package,
    /// One file, a row per application.
    Wide,
}

impl Layout {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Package, Self::Wide];

    /// The name it is stored under, also in commands.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Wide => "wide",
        }
    }

    /// Finds a layout by its code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.code() == code)
    }
}

/// What is agreed with a partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The body whose partner it is: decides who sees it.
    pub body: Id,
    /// The name.
    pub name: String,
    /// How data are sent.
    pub method: Method,
    /// A folder's path, `sftp://host[:port]/path` or `https://…`.
    pub address: String,
    /// The login, where one is needed.
    pub login: String,
    /// The password or token, sealed; empty when there is none.
    pub secret: String,
    /// The fingerprint of the SFTP server's key, `SHA256:…`.
    pub server_key: String,
    /// The layout.
    pub layout: Layout,
    /// Whose data are sent; nothing for those of every sender of the body.
    pub sender: Option<Id>,
    /// The hour at which yesterday's data are sent.
    pub hour: i32,
    /// The zone of the hour.
    pub zone: Zone,
    /// Whether sending is switched on.
    pub is_on: bool,
    /// The first day whose data are sent.
    pub since: CivilDay,
}

/// A partner as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its id.
    pub id: Id,
    /// What is agreed.
    pub fields: Fields,
}

impl Partner {
    /// The days whose data are due at a moment, at most so many back, oldest first.
    #[must_use]
    pub fn due(&self, now: Instant, back: i32) -> Vec<CivilDay> {
        let today = now.day_in(&self.fields.zone);
        let is_hour =
            now.since(today.start_in(&self.fields.zone)) >= i64::from(self.fields.hour) * Instant::HOUR;
        let last = today.plus_days(if is_hour { -1 } else { -2 });
        let days = (0..back).rev().map(|days| last.plus_days(-days));
        days.filter(|day| *day >= self.fields.since && self.fields.is_on).collect()
    }
}

/// How a sending stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It waits, for the first time or after a failure.
    Waiting,
    /// It was sent, and there is proof.
    Sent,
    /// It was given up.
    Failed,
    /// There was nothing to send when it was due.
    Nothing,
    /// A correction came before it could be sent, and is sent itself.
    Replaced,
}

impl State {
    const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Failed, Self::Nothing, Self::Replaced];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Nothing => "nothing",
            Self::Replaced => "replaced",
        }
    }

    fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a sending is of: a revision of a sender's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The day whose data are sent.
    pub day: CivilDay,
    /// The sender's code; empty where there was nothing of the day, and for whole days of a body, as were sent once.
    pub sender: String,
    /// The revision, from 1; 0 without a sender.
    pub revision: u32,
}

impl Subject {
    /// A day of which there was nothing to send.
    #[must_use]
    pub const fn nothing(day: CivilDay) -> Self {
        Self { day, sender: String::new(), revision: 0 }
    }

    const fn is_nothing(&self) -> bool {
        self.sender.is_empty()
    }
}

/// A sending with its proof: what, when, its digest, what the other side answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Its id.
    pub id: Id,
    /// The partner.
    pub partner: Id,
    /// The partner's body.
    pub body: Id,
    /// What was sent.
    pub subject: Subject,
    /// How it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_at: Instant,
    /// The name of the file.
    pub file: String,
    /// Its length.
    pub bytes: i64,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
    /// Where it was sent.
    pub address: String,
    /// What the other side answered, or what went wrong.
    pub answer: String,
    /// When it was written down.
    pub created_at: Instant,
    /// When it was sent or given up.
    pub finished_at: Option<Instant>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon18_yesterday_is_due_at_its_hour_and_what_was_missed_comes_first() {
        let fields = Fields {
            body: 1,
            name: "x".into(),
            method: Method::Folder,
            address: "/x".into(),
            login: String::new(),
            secret: String::new(),
            server_key: String::new(),
            layout: Layout::Package,
            sender: None,
            hour: 6,
            zone: Zone::find("Asia/Vladivostok").unwrap(),
            is_on: true,
            since: CivilDay(20_261_119),
        };
        let mut partner = Partner { id: 1, fields };
        // 06:00 in Vladivostok is 20:00 UTC of the day before.
        let at = CivilDay(20_261_121).start_utc().plus(20 * Instant::HOUR);
        assert_eq!(partner.due(at, 3), [CivilDay(20_261_119), CivilDay(20_261_120), CivilDay(20_261_121)]);
        assert_eq!(partner.due(at.plus(-1), 3), [CivilDay(20_261_119), CivilDay(20_261_120)]);
        partner.fields.is_on = false;
        assert!(partner.due(at, 3).is_empty());
    }
}
