//! What needs a person: slices say it, «Сегодня» shows it, and neither knows the other.

use async_trait::async_trait;
use otklik_db::DbErr;
use otklik_ui::Tone;

use crate::Who;

/// Something that waits for a person, counted; a number of zero is shown too, quietly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// How many.
    pub number: u64,
    /// Of what, in words that follow the number and agree with it.
    pub text: String,
    /// The list that shows what is counted and leads to where it is mended.
    pub href: String,
    /// How much it calls for attention while it isn't zero.
    pub tone: Tone,
}

/// A slice that knows of needs.
#[async_trait]
pub trait Attention: Send + Sync {
    /// The needs within the scope where the person may open the list they lead to; none of a list that they
    /// may not open. Asked at each opening of «Сегодня», so it takes one or two statements.
    ///
    /// # Errors
    /// When the database is away.
    async fn needs(&self, who: &Who) -> Result<Vec<Need>, DbErr>;
}
