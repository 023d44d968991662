//! The runner of migrations, over SeaORM's: one sorted list for all slices, each step a transaction, one
//! node at a time.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager, async_trait};

use crate::{Address, Db};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number and name, such as `0200_organisations_bodies`: the order of all slices' steps.
    pub name: &'static str,
    /// Its statements, for both databases.
    pub sql: &'static str,
}

/// Declares steps by their names: the files are `migrations/<name>.sql` of the crate.
#[macro_export]
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$($crate::Migration {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sql")),
        }),*]
    };
}

/// The steps of this crate's own table.
pub const MIGRATIONS: &[Migration] = migrations!["0001_db_versions"];

/// Where the schema stands, each list in the order of the steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationState {
    /// Steps of this version that are done.
    pub done: Vec<String>,
    /// Steps of this version still to do.
    pub pending: Vec<String>,
    /// Steps done that this version doesn't know: a newer one has been here.
    pub unknown: Vec<String>,
}

/// Why the schema wasn't brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database is newer than the program; nothing was changed.
    #[error(
        "база данных новее этой версии программы, в ней есть незнакомые шаги: {}; запустите ту версию, \
         которая её обновила, или новее",
        .0.join(", ")
    )]
    Newer(Vec<String>),
    /// A step failed or the database is away.
    #[error(transparent)]
    Database(#[from] DbErr),
}

struct Step(Migration);

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.0.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let conn = manager.get_connection();
        let backend = conn.get_database_backend();
        let own = crate::search::for_backend(self.0.sql, backend);
        let text = match backend {
            DbBackend::Sqlite => {
                own.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB")
            }
            _ => own,
        };
        conn.execute_unprepared(&text).await.map(|_| ())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

struct Runner(Vec<Migration>);

#[async_trait::async_trait]
impl MigratorTraitSelf for Runner {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        self.0.iter().map(|&step| Box::new(Step(step)) as Box<dyn MigrationTrait>).collect()
    }
}

fn runner(steps: &[Migration]) -> Runner {
    let mut steps = steps.to_vec();
    steps.sort_by_key(|step| step.name);
    Runner(steps)
}

/// An arbitrary number all nodes agree on: the advisory lock of migrations.
const LOCK: i64 = 0x4f54_4b4c_494b;

/// Does every pending step; other nodes and commands wait meanwhile.
///
/// # Errors
/// When a step fails: it is rolled back, and the steps before it stay. When the database has steps that
/// this version doesn't know: then nothing is changed.
pub async fn migrate(db: &Db, steps: &[Migration]) -> Result<(), MigrateError> {
    let runner = runner(steps);
    match db.address() {
        Address::Postgres(_) => {
            let pool = db.writer.get_postgres_connection_pool();
            let away = |e: sqlx::Error| DbErr::Custom(format!("advisory lock of migrations: {e}"));
            let mut holder = pool.acquire().await.map_err(away)?;
            sqlx::query("SELECT pg_advisory_lock($1)")
                .bind(LOCK)
                .execute(&mut *holder)
                .await
                .map_err(away)?;
            let result = up(db, &runner).await;
            sqlx::query("SELECT pg_advisory_unlock($1)")
                .bind(LOCK)
                .execute(&mut *holder)
                .await
                .map_err(away)?;
            result
        }
        Address::Sqlite(path) => {
            let name = path.with_extension("migrating");
            let lock = std::fs::File::create(&name);
            let lock = lock.and_then(|file| file.lock().map(|()| file));
            let _held = lock.map_err(|e| DbErr::Custom(format!("{}: {e}", name.display())))?;
            up(db, &runner).await
        }
    }
}

/// Looks once more, now that nobody else changes the schema, and does the steps.
async fn up(db: &Db, runner: &Runner) -> Result<(), MigrateError> {
    let state = state(db, runner).await?;
    if !state.unknown.is_empty() {
        return Err(MigrateError::Newer(state.unknown));
    }
    Ok(runner.up(&db.writer, None).await?)
}

/// Which steps are done, which are pending, and which a newer version has done.
///
/// # Errors
/// When the database is away.
pub async fn pending(db: &Db, steps: &[Migration]) -> Result<MigrationState, DbErr> {
    state(db, &runner(steps)).await
}

async fn state(db: &Db, runner: &Runner) -> Result<MigrationState, DbErr> {
    let models = runner.get_migration_models(&db.writer).await?;
    let applied: BTreeSet<String> = models.into_iter().map(|model| model.version).collect();
    let known = || runner.0.iter().map(|step| step.name);
    Ok(MigrationState {
        done: known().filter(|name| applied.contains(*name)).map(str::to_owned).collect(),
        pending: known().filter(|name| !applied.contains(*name)).map(str::to_owned).collect(),
        unknown: applied.iter().filter(|name| known().all(|known| known != *name)).cloned().collect(),
    })
}
