//! The database goes away and comes back.

use otklik_db::{Address, Db, execute};
use otklik_responses::AcceptError;
use otklik_testkit::{TestDb, both};

use crate::common::{MIGRATIONS, NEAR_A, acceptor, context, response, stored};

/// Takes the database away from the programme under test.
enum Away {
    /// On SQLite somebody else writes, and goes on writing.
    Busy(Db, otklik_db::Tx),
    /// On PostgreSQL every connection ends and no new one is let in.
    Closed(Db, String),
}

impl Away {
    async fn begin(t: &TestDb) -> Self {
        match t.db.address() {
            Address::Sqlite(_) => {
                // The programme waits five seconds for its turn; a test needn't.
                execute(&t.db, "PRAGMA busy_timeout = 20").await.unwrap();
                let other = Db::open(t.db.address()).await.unwrap();
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

    async fn end(self) {
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

#[test]
fn a_response_sent_while_the_database_is_away_is_stored_when_sent_again() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let before = acceptor.accept(response(&t, NEAR_A, "a1", "раньше")).await.unwrap();

        let away = Away::begin(&t).await;
        let form = response(&t, NEAR_A, "c0", "Долго");
        for _ in 0..3 {
            let outcome = acceptor.accept(form.clone()).await;
            assert!(matches!(outcome, Err(AcceptError::Away(_))), "{outcome:?}");
        }
        away.end().await;

        // A dead connection may be met once more by each committer before a new one is made.
        let mut done = acceptor.accept(form.clone()).await;
        for _ in 0..16 {
            if !matches!(done, Err(AcceptError::Away(_))) {
                break;
            }
            done = acceptor.accept(form.clone()).await;
        }
        let done = done.unwrap();
        let again = acceptor.accept(form).await.unwrap();
        assert_eq!((done.is_repeated, again.is_repeated), (false, true));
        assert_eq!(done.receipt, again.receipt);
        assert_ne!(done.receipt, before.receipt);
        assert_eq!(stored(&t).await, 2);
    });
}
