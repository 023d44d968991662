//! Takes the database away from the programme under test.

use otklik_db::{Address, Db, Tx, execute};

/// A database that is away.
pub enum Away {
    /// On SQLite somebody else writes, and goes on writing.
    Busy(Db, Tx),
    /// On PostgreSQL every connection ends and no new one is let in.
    Closed(Db, String),
}

impl Away {
    pub async fn begin(db: &Db) -> Self {
        match db.address() {
            Address::Sqlite(_) => {
                // The programme waits five seconds for its turn; a test needn't.
                execute(db, "PRAGMA busy_timeout = 20").await.unwrap();
                let other = Db::open(db.address()).await.unwrap();
                let tx = other.begin().await.unwrap();
                Self::Busy(other, tx)
            }
            Address::Postgres(url) => {
                let (base, name) = url.rsplit_once('/').unwrap();
                let admin = Db::open(&Address::Postgres(format!("{base}/postgres"))).await.unwrap();
                execute(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
                let end = format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                );
                execute(&admin, &end).await.unwrap();
                Self::Closed(admin, name.to_owned())
            }
        }
    }

    pub async fn end(self) {
        match self {
            Self::Busy(other, tx) => {
                tx.rollback().await.unwrap();
                other.close().await;
            }
            Self::Closed(admin, name) => {
                execute(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
                admin.close().await;
            }
        }
    }
}
