//! Values kept in memory for as long as the counters of what they were made from stand still.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;

use crate::{Db, versions};

/// Values kept at most; beyond it all are forgotten.
const MOST: usize = 500;
/// Made again at the latest after this time: a node of an older version changes things without a word.
const OLD: Duration = Duration::from_secs(60);

/// Values by key, each made again once one of the counters has been raised ([`versions::bump`]): what is given is never
/// older than the call. Cheap to clone; clones share what they keep.
#[derive(Debug)]
pub struct Kept<K, V> {
    counters: &'static [&'static str],
    values: Arc<Mutex<HashMap<K, Value<V>>>>,
}

#[derive(Debug)]
struct Value<V> {
    versions: Vec<i64>,
    made: Instant,
    value: V,
}

impl<K, V> Clone for Kept<K, V> {
    fn clone(&self) -> Self {
        Self { counters: self.counters, values: self.values.clone() }
    }
}

impl<K: Hash + Eq, V: Clone> Kept<K, V> {
    /// Nothing in memory yet; what is to be kept is made from what these counters count the changes of.
    #[must_use]
    pub fn new(counters: &'static [&'static str]) -> Self {
        Self { counters, values: Arc::default() }
    }

    /// The value of a key, made by `make` unless it is kept.
    ///
    /// # Errors
    /// When the database is away, and what `make` says.
    pub async fn get<E: From<DbErr>>(
        &self,
        db: &Db,
        key: K,
        make: impl AsyncFnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        let values = || self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = versions::all(db.read(), self.counters).await?;
        let is_fresh = |one: &&Value<V>| one.versions == versions && one.made.elapsed() < OLD;
        if let Some(kept) = values().get(&key).filter(is_fresh) {
            return Ok(kept.value.clone());
        }
        let made = Instant::now();
        let value = make().await?;
        let mut values = values();
        if values.len() >= MOST {
            values.clear();
        }
        values.insert(key, Value { versions, made, value: value.clone() });
        Ok(value)
    }
}
