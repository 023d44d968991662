//! Versions in the database and in memory.

use std::collections::HashMap;
use std::sync::Arc;

use otklik_db::{Db, DbErr, sql};
use otklik_kernel::Instant;
use sea_orm::ConnectionTrait;

use crate::model::{Questionnaire, Version};

/// The code of the built-in questionnaire.
pub const BUILT_IN: &str = "qr-office";

/// Puts the built-in questionnaire into the database, as a new version when it differs from the newest.
///
/// # Errors
/// When the database refuses.
pub async fn publish_built_in(db: &Db, now: Instant) -> Result<(), DbErr> {
    publish(db, &Questionnaire::built_in(), now).await
}

/// Publishes the questionnaire of offices, as a new version when it differs from the newest.
///
/// # Errors
/// When the database refuses.
pub async fn publish(db: &Db, questionnaire: &Questionnaire, now: Instant) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let newest =
        "SELECT version, content FROM questionnaires_versions WHERE code = ? ORDER BY version DESC LIMIT 1";
    let row = tx.query_one_raw(sql(&tx, newest, [BUILT_IN.into()])).await?;
    let content = serde_json::to_string(questionnaire).map_err(|e| DbErr::Custom(e.to_string()))?;
    let (version, known) = match row {
        Some(row) => (row.try_get::<i32>("", "version")?, row.try_get::<String>("", "content")?),
        None => (0, String::new()),
    };
    if known != content {
        let text = "INSERT INTO questionnaires_versions (id, code, version, content, published_at)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let values = [now.0.into(), BUILT_IN.into(), (version + 1).into(), content.into(), now.0.into()];
        tx.execute_raw(sql(&tx, text, values)).await?;
    }
    tx.commit().await
}

/// When each version of the questionnaire of offices was published, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn published(db: &Db) -> Result<Vec<(i32, Instant)>, DbErr> {
    let text = "SELECT version, published_at FROM questionnaires_versions WHERE code = ? ORDER BY version";
    let rows = db.read().query_all_raw(sql(db.read(), text, [BUILT_IN.into()])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "version")?, Instant(row.try_get("", "published_at")?))))
        .collect()
}

/// Every published version, in memory: versions never change.
#[derive(Clone, Debug, Default)]
pub struct Questionnaires {
    versions: HashMap<i32, Arc<Version>>,
    newest: i32,
}

impl Questionnaires {
    /// Loads the versions of the questionnaire of offices.
    ///
    /// # Errors
    /// When the database is away, a row is broken, or nothing was published.
    pub async fn open(db: &Db) -> Result<Self, DbErr> {
        let text = "SELECT version, content FROM questionnaires_versions WHERE code = ? ORDER BY version";
        let mut loaded = Self::default();
        for row in db.read().query_all_raw(sql(db.read(), text, [BUILT_IN.into()])).await? {
            let (version, content): (i32, String) =
                (row.try_get("", "version")?, row.try_get("", "content")?);
            let questionnaire = serde_json::from_str(&content).map_err(|e| {
                DbErr::Custom(format!("questionnaires_versions.content of {BUILT_IN} {version}: {e}"))
            })?;
            let made = Version { code: BUILT_IN.to_owned(), version, questionnaire };
            loaded.versions.insert(version, Arc::new(made));
            loaded.newest = version;
        }
        if loaded.versions.is_empty() {
            return Err(DbErr::Custom(format!("questionnaires_versions: {BUILT_IN} was never published")));
        }
        Ok(loaded)
    }

    /// The version to show.
    #[must_use]
    pub fn newest(&self) -> &Arc<Version> {
        &self.versions[&self.newest]
    }

    /// A version that was shown.
    #[must_use]
    pub fn get(&self, version: i32) -> Option<&Arc<Version>> {
        self.versions.get(&version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MIGRATIONS;

    #[test]
    fn the_built_in_questionnaire_is_published_once() {
        otklik_testkit::both(&[MIGRATIONS], async |t| {
            for _ in 0..2 {
                publish_built_in(&t.db, otklik_testkit::NOON).await.unwrap();
            }
            let loaded = Questionnaires::open(&t.db).await.unwrap();
            assert_eq!(loaded.newest().version, 1);
            assert_eq!(loaded.newest().questionnaire, Questionnaire::built_in());
            assert!(loaded.get(2).is_none());
            assert_eq!(published(&t.db).await.unwrap(), [(1, otklik_testkit::NOON)]);
        });
    }
}
