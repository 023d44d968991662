//! Why a change is refused.

use otklik_db::DbErr;
use otklik_web::Fail;

/// Why a change is not made; `M` is what can be wrong with what was typed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal<M: std::fmt::Debug> {
    /// There is no such thing within the scope.
    #[error("not found")]
    NotFound,
    /// Something typed is wrong, or a rule forbids the change.
    #[error("refused: {0:?}")]
    Wrong(Vec<M>),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
}

/// What an operation gives, or the mistakes for its page.
///
/// # Errors
/// What no page can say better than the one about the error itself.
pub(crate) fn or_mistakes<T, M: std::fmt::Debug>(
    done: Result<T, Refusal<M>>,
) -> Result<Result<T, Vec<M>>, Fail> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Refusal::Wrong(mistakes)) => Ok(Err(mistakes)),
        Err(Refusal::NotFound) => Err(Fail::NotFound),
        Err(Refusal::Database(error)) => Err(error.into()),
    }
}
