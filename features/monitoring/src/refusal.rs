//! Why a change is refused.

use otklik_db::DbErr;
use otklik_ui::Errors;
use otklik_web::Fail;

/// What is wrong with a field, by its name in the form.
pub type Mistake = (&'static str, Wrong);

/// What can be wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was typed.
    Empty,
    /// Too long for its place.
    Long,
    /// Characters that may not stand there.
    Letters,
    /// Somebody else has it.
    Taken,
    /// No such body in the scope.
    NoBody,
    /// No such time zone.
    NoZone,
    /// Not one of the choices.
    NoChoice,
    /// Not a day, or one far away.
    NoDay,
    /// The day that a record is about is before the record holds.
    AfterItsDay,
    /// The last day is before the first.
    DaysTurned,
    /// A norm that holds for all services can't be one's.
    OfAllServices,
    /// Not a number within its bounds.
    Number,
    /// The scale ends before it begins.
    ScaleTurned,
    /// No such status.
    NoStatus,
    /// A line that can't be read.
    Line(usize),
    /// An address of another form than its way needs.
    Address,
    /// A fingerprint of another form than SHA256:…
    ServerKey,
    /// A folder outside of those that the installation allows, which are named.
    Folder(String),
    /// A password was typed for another server than the one that would get it.
    SecretAnew,
    /// A sender of neither the body nor one below it.
    NotOfBody,
    /// Nothing would be different.
    Same,
    /// The rest of the reference does not fit it.
    DoesNotFit,
    /// Only those over the whole tree may change what holds for all.
    NotOverAll,
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
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
    /// One mistake.
    #[must_use]
    pub fn one(field: &'static str, wrong: Wrong) -> Self {
        Self::Wrong(vec![(field, wrong)])
    }
}

/// What an operation gives, or the mistakes for its page.
///
/// # Errors
/// What no page can say better than the one about the error itself.
pub(crate) fn or_mistakes<T>(done: Result<T, Refusal>) -> Result<Result<T, Vec<Mistake>>, Fail> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Refusal::Wrong(mistakes)) => Ok(Err(mistakes)),
        Err(Refusal::NotFound) => Err(Fail::NotFound),
        Err(Refusal::Database(error)) => Err(error.into()),
    }
}

/// The mistakes of a form beside their fields.
pub(crate) fn errors(l: crate::texts::L, mistakes: &[Mistake]) -> Errors {
    let mut errors = Errors::new();
    for (field, wrong) in mistakes {
        let text = if *wrong == Wrong::Empty { empty(l, field).to_owned() } else { words(l, wrong) };
        errors.add(*field, text);
    }
    errors
}

/// What a field wants that was left empty: above the form it stands without its name.
fn empty(l: crate::texts::L, field: &str) -> &'static str {
    match field {
        "name" => l.empty_name(),
        "code" => l.empty_code(),
        "body" => l.empty_body(),
        "address" => l.empty_address(),
        "login" => l.empty_login(),
        "reason" => l.empty_reason(),
        _ => l.wrong_empty(),
    }
}

fn words(l: crate::texts::L, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Empty => l.wrong_empty().to_owned(),
        Wrong::Long => l.wrong_long().to_owned(),
        Wrong::Letters => l.wrong_letters().to_owned(),
        Wrong::Taken => l.wrong_taken().to_owned(),
        Wrong::NoBody => l.wrong_no_body().to_owned(),
        Wrong::NoZone => l.wrong_no_zone().to_owned(),
        Wrong::NoChoice => l.wrong_no_choice().to_owned(),
        Wrong::NoDay => l.wrong_no_day().to_owned(),
        Wrong::AfterItsDay => l.wrong_after_its_day().to_owned(),
        Wrong::DaysTurned => l.wrong_days_turned().to_owned(),
        Wrong::OfAllServices => l.wrong_of_all_services().to_owned(),
        Wrong::Number => l.wrong_number().to_owned(),
        Wrong::ScaleTurned => l.wrong_scale_turned().to_owned(),
        Wrong::NoStatus => l.wrong_no_status().to_owned(),
        Wrong::Line(line) => l.wrong_line(*line),
        Wrong::Address => l.wrong_address().to_owned(),
        Wrong::ServerKey => l.wrong_server_key().to_owned(),
        Wrong::Folder(allowed) => l.wrong_folder(allowed.clone()),
        Wrong::SecretAnew => l.wrong_secret_anew().to_owned(),
        Wrong::NotOfBody => l.wrong_not_of_body().to_owned(),
        Wrong::Same => l.wrong_same().to_owned(),
        Wrong::DoesNotFit => l.wrong_does_not_fit().to_owned(),
        Wrong::NotOverAll => l.wrong_not_over_all().to_owned(),
    }
}
