//! A transaction that writes.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TransactionTrait,
};
use tokio::sync::OwnedSemaphorePermit;

/// A transaction that writes; dropped without a commit it is taken back.
#[derive(Debug)]
pub struct Tx {
    // In this order: what is taken back is taken back before the next one gets its turn.
    inner: DatabaseTransaction,
    turn: Option<OwnedSemaphorePermit>,
}

impl Tx {
    pub(crate) const fn new(inner: DatabaseTransaction, turn: Option<OwnedSemaphorePermit>) -> Self {
        Self { inner, turn }
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// When the database refuses or is away; whether it was made durable is unknown then.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { inner, turn: _held } = self;
        inner.commit().await
    }

    /// Takes back what was written.
    ///
    /// # Errors
    /// When the database is away; it takes it back then by itself.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let Self { inner, turn: _held } = self;
        inner.rollback().await
    }

    /// Begins a part that can be taken back alone.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn savepoint(&self) -> Result<Self, DbErr> {
        Ok(Self { inner: self.inner.begin().await?, turn: None })
    }
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, text: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(text).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
