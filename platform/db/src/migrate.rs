//! The runner of migrations, over SeaORM's: one sorted list for all slices, each step a transaction, one
//! node at a time.

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

/// Where the schema stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Steps done, oldest first.
    pub done: Vec<String>,
    /// Steps still to do.
    pub pending: Vec<String>,
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
        let text = match conn.get_database_backend() {
            DbBackend::Sqlite => {
                self.0.sql.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTEA", "BLOB")
            }
            _ => self.0.sql.to_owned(),
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
/// When a step fails: it is rolled back, and the steps before it stay.
pub async fn migrate(db: &Db, steps: &[Migration]) -> Result<(), DbErr> {
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
            let result = runner.up(&db.writer, None).await;
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
            runner.up(&db.writer, None).await
        }
    }
}

/// Which steps are done and which are pending.
///
/// # Errors
/// When the database is away.
pub async fn pending(db: &Db, steps: &[Migration]) -> Result<MigrationState, DbErr> {
    let runner = runner(steps);
    runner.install(&db.writer).await?;
    let names = |list: Vec<sea_orm_migration::Migration>| list.iter().map(|m| m.name().to_owned()).collect();
    Ok(MigrationState {
        done: names(runner.get_applied_migrations(&db.writer).await?),
        pending: names(runner.get_pending_migrations(&db.writer).await?),
    })
}
