//! Why a change is refused, and what is wrong with what was typed.

use otklik_db::DbErr;
use otklik_ui::Errors;
use otklik_web::Fail;

use crate::texts::L;
use crate::words;

/// Why a change is not made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing within the scope.
    #[error("not found")]
    NotFound,
    /// Something typed is wrong, or a rule forbids the change.
    #[error("refused: {0:?}")]
    Wrong(Vec<Mistake>),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
}

impl Refusal {
    /// A refusal for one reason.
    #[must_use]
    pub fn one(field: &'static str, what: Wrong) -> Self {
        Self::Wrong(vec![Mistake { field, what }])
    }

    /// A refused insert or update: that the value exists already is a mistake of the field.
    #[must_use]
    pub fn or_taken(error: DbErr, field: &'static str) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Self::one(field, Wrong::Taken),
            _ => Self::Database(error),
        }
    }

    /// The mistakes for the page; anything else fails the request.
    pub(crate) fn mistakes(self) -> Result<Vec<Mistake>, Fail> {
        match self {
            Self::NotFound => Err(Fail::NotFound),
            Self::Database(error) => Err(Fail::Database(error)),
            Self::Wrong(mistakes) => Ok(mistakes),
        }
    }
}

/// A mistake in a field; an empty name is about the whole form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name, which is also the column's in an import file.
    pub field: &'static str,
    /// What is wrong.
    pub what: Wrong,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was typed.
    Empty,
    /// More characters than that.
    Long(usize),
    /// A line break or another control character.
    Control,
    /// A beginning that a spreadsheet would take for a formula.
    Formula,
    /// Not a body's code.
    Code,
    /// It exists already.
    Taken,
    /// It differs from an existing one only in the case of letters.
    TakenInOtherCase(String),
    /// Not a kind of body.
    Kind,
    /// Not a level.
    Level,
    /// Not a region's code.
    Region,
    /// Not an IANA zone.
    Zone,
    /// Not degrees of latitude.
    Latitude,
    /// Not degrees of longitude.
    Longitude,
    /// One coordinate without the other.
    HalfPlace,
    /// Not the address of a site.
    Site,
    /// Neither yes nor no.
    Flag,
    /// No such body, or it is outside the scope.
    NoBody,
    /// Several bodies fit: their codes and names.
    ManyBodies(Vec<(String, String)>),
    /// A body can't be under itself.
    UnderItself,
    /// A body without one above it can be made only by a command on the server.
    Root,
    /// Not a login.
    Login,
    /// Not an e-mail address.
    Email,
    /// Neither a telephone nor an e-mail.
    NoContact,
    /// Not an enabled account of this body.
    Account,
    /// No such role.
    Role,
    /// The unit is not of this body.
    Unit,
    /// The unit still has members.
    UnitHasMembers(u64),
    /// Nobody may disable their own account.
    DisableSelf,
    /// Nobody may withdraw their own last role of an administrator.
    LastOwnRole,
    /// The own password is changed on the own page.
    ResetSelf,
    /// The person has roles outside the scope of who asks.
    BeyondScope,
    /// The present password is wrong.
    Password,
    /// The present password is wrong once too often.
    Locked,
    /// The new password is not taken.
    Weak(crate::password::Weakness),
    /// The new password is the present one.
    SamePassword,
    /// Both new passwords differ.
    PasswordsDiffer,
}

impl Wrong {
    /// What is wrong with a field and how to mend it.
    pub(crate) fn text(&self, l: L, field: &str) -> String {
        let plain = match self {
            Self::Empty => return l.wrong_empty(words::label(l, field)),
            Self::Long(most) => return l.wrong_long(*most),
            Self::TakenInOtherCase(existing) => return l.wrong_taken_in_other_case(existing.clone()),
            Self::UnitHasMembers(count) => return l.wrong_unit_has_members(*count),
            Self::ManyBodies(bodies) => {
                let list: Vec<String> =
                    bodies.iter().map(|(code, name)| format!("{code} — {name}")).collect();
                return l.wrong_many_bodies(list.join("; "));
            }
            Self::Weak(weakness) => crate::weakness_text(l, *weakness),
            Self::Control => l.wrong_control(),
            Self::Formula => l.wrong_formula(),
            Self::Code => l.wrong_code(),
            Self::Taken => l.wrong_taken(),
            Self::Kind => l.wrong_kind(),
            Self::Level => l.wrong_level(),
            Self::Region => l.wrong_region(),
            Self::Zone => l.wrong_zone(),
            Self::Latitude => l.wrong_latitude(),
            Self::Longitude => l.wrong_longitude(),
            Self::HalfPlace => l.wrong_half_place(),
            Self::Site => l.wrong_site(),
            Self::Flag => l.wrong_flag(),
            Self::NoBody => l.wrong_no_body(),
            Self::UnderItself => l.wrong_under_itself(),
            Self::Root => l.wrong_root(),
            Self::Login => l.wrong_login(),
            Self::Email => l.wrong_email(),
            Self::NoContact => l.wrong_no_contact(),
            Self::Account => l.wrong_account(),
            Self::Role => l.wrong_role(),
            Self::Unit => l.wrong_unit(),
            Self::DisableSelf => l.wrong_disable_self(),
            Self::LastOwnRole => l.wrong_last_own_role(),
            Self::ResetSelf => l.wrong_reset_self(),
            Self::BeyondScope => l.wrong_beyond_scope(),
            Self::Password => l.wrong_password(),
            Self::Locked => l.wrong_locked(),
            Self::SamePassword => l.password_same(),
            Self::PasswordsDiffer => l.password_differs(),
        };
        plain.to_owned()
    }
}

/// The mistakes as a page shows them.
pub(crate) fn errors(l: L, mistakes: &[Mistake]) -> Errors {
    let mut errors = Errors::new();
    for mistake in mistakes {
        errors.add(mistake.field, mistake.what.text(l, mistake.field));
    }
    errors
}

/// Checks a text of one line; gives it trimmed.
pub(crate) fn line(
    mistakes: &mut Vec<Mistake>,
    field: &'static str,
    value: &str,
    needed: bool,
    most: usize,
) -> String {
    let value = value.trim();
    let what = if value.is_empty() || otklik_kernel::text::is_blank(value) {
        needed.then_some(Wrong::Empty)
    } else if value.chars().count() > most {
        Some(Wrong::Long(most))
    } else if value.chars().any(char::is_control) {
        Some(Wrong::Control)
    } else if value.starts_with(['=', '+', '@', '-'])
        && !value.chars().skip(1).all(|c| c.is_ascii_digit() || " ()-".contains(c))
    {
        Some(Wrong::Formula)
    } else {
        None
    };
    mistakes.extend(what.map(|what| Mistake { field, what }));
    value.to_owned()
}

/// For operations that take nothing typed: a mistake can't come from the page, so it fails the request.
impl From<Refusal> for Fail {
    fn from(refusal: Refusal) -> Self {
        match refusal.mistakes() {
            Err(fail) => fail,
            Ok(mistakes) => {
                Self::Internal(format!("an operation without fields found mistakes: {mistakes:?}"))
            }
        }
    }
}
