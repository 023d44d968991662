#![doc = include_str!("../README.md")]

pub mod postgres;
pub mod smtp;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use otklik_access::{Authority, Caller, Grant, Role};
use otklik_db::{Address, Db, Migration};
use otklik_kernel::random::SharedRandom;
use otklik_kernel::{Clock, Id, Ids, Instant, Random};
use tempfile::TempDir;

/// A database of one test and what a test needs beside it.
#[derive(Debug)]
pub struct TestDb {
    /// The database, migrated.
    pub db: Db,
    /// A clock that stands still until moved.
    pub clock: Arc<FrozenClock>,
    /// Randomness that is the same in every run.
    pub random: Arc<SeededRandom>,
    /// A maker of identifiers.
    pub ids: Arc<Ids>,
    /// A folder for the test's files.
    pub folder: TempDir,
}

impl TestDb {
    /// A new identifier.
    #[must_use]
    pub fn new_id(&self) -> Id {
        self.ids.next(self.clock.now(), &*self.random)
    }

    /// The randomness as the code under test takes it.
    #[must_use]
    pub fn shared_random(&self) -> SharedRandom {
        self.random.clone()
    }
}

/// Runs a test on SQLite and on PostgreSQL.
///
/// # Panics
/// When the test does, saying on which database, or when a database can't be had, saying how to get it.
pub fn both<F: AsyncFn(TestDb)>(migrations: &[&[Migration]], test: F) {
    let steps: Vec<Migration> =
        migrations.iter().copied().flatten().chain(otklik_db::MIGRATIONS).copied().collect();
    for postgres in [false, true] {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let address = if postgres {
                create_postgres().await
            } else {
                Address::Sqlite(folder.path().join("t.sqlite"))
            };
            eprintln!("database: {address:?}");
            let db = Db::open(&address).await.expect("the database opens");
            otklik_db::migrate(&db, &steps).await.expect("the migrations apply");
            let kept = db.clone();
            test(TestDb {
                db,
                clock: Arc::new(FrozenClock::at(NOON)),
                random: Arc::new(SeededRandom::new(1)),
                ids: Arc::default(),
                folder,
            })
            .await;
            kept.close().await;
        });
    }
}

/// The address of a new, empty PostgreSQL database.
///
/// # Panics
/// When no server can be had, with the words of its programs.
pub async fn create_postgres() -> Address {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let server = postgres_server();
    let name = format!("t{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let admin = Db::open(&Address::Postgres(server.clone())).await.expect("the PostgreSQL server answers");
    otklik_db::execute(&admin, &format!("CREATE DATABASE {name}")).await.expect("a database can be made");
    admin.close().await;
    let (base, _) = server.rsplit_once('/').expect("an address with a database");
    Address::Postgres(format!("{base}/{name}"))
}

#[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
fn postgres_server() -> String {
    static OWN: OnceLock<postgres::Cluster> = OnceLock::new();
    std::env::var("OTKLIK_TEST_POSTGRES").unwrap_or_else(|_| {
        OWN.get_or_init(|| postgres::Cluster::start().unwrap_or_else(|error| panic!("{error}")))
            .url("postgres")
    })
}

/// 2026-11-22T09:00:00Z: noon in Moscow, evening in Vladivostok.
pub const NOON: Instant = Instant(1_795_338_000_000_000);

/// A clock that stands still until moved.
#[derive(Debug)]
pub struct FrozenClock(AtomicI64);

impl FrozenClock {
    /// A clock at a moment.
    #[must_use]
    pub const fn at(moment: Instant) -> Self {
        Self(AtomicI64::new(moment.0))
    }

    /// Moves the clock forward, or back when negative.
    pub fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Randomness that is the same in every run: SplitMix64.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// The sequence of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self
                .0
                .fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed)
                .wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let random = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
    }
}

/// The right to say who is calling, for tests of an authenticator.
#[must_use]
pub fn authority() -> Authority {
    Authority::issue()
}

/// A caller with roles on bodies.
#[must_use]
pub fn caller(person: Id, grants: &[(Role, Id)]) -> Caller {
    let grants = grants.iter().map(|&(role, body)| Grant { role, body }).collect();
    Authority::issue().caller(person, person, format!("login{person}"), format!("Сотрудник {person}"), grants)
}
