//! Steps of the schema, on both databases, while versions of the program change.

use otklik_db::{MigrateError, Migration, migrate, pending};
use otklik_testkit::both;

const FIRST: Migration =
    Migration { name: "9001_test_first", sql: "CREATE TABLE test_first (id BIGINT PRIMARY KEY, at BYTEA);" };
const SECOND: Migration =
    Migration { name: "9002_test_second", sql: "ALTER TABLE test_first ADD COLUMN note TEXT;" };
const BROKEN: Migration = Migration {
    name: "9003_test_broken",
    sql: "CREATE TABLE test_third (id BIGINT PRIMARY KEY); INSERT INTO test_nowhere (id) VALUES (1);",
};

/// A version of the program with these steps.
fn version(steps: &[Migration]) -> Vec<Migration> {
    // Slices hand in their steps in any order.
    steps.iter().rev().chain(otklik_db::MIGRATIONS).copied().collect()
}

#[test]
fn what_is_pending_is_told_done_in_order_and_done_once() {
    both(&[], async |t| {
        let all = version(&[FIRST, SECOND]);
        let state = pending(&t.db, &all).await.unwrap();
        assert_eq!(state.done, ["0001_db_versions"]);
        assert_eq!(state.pending, ["9001_test_first", "9002_test_second"]);
        migrate(&t.db, &all).await.unwrap();
        migrate(&t.db, &all).await.unwrap();
        let state = pending(&t.db, &all).await.unwrap();
        assert_eq!(state.done, ["0001_db_versions", "9001_test_first", "9002_test_second"]);
        assert!(state.pending.is_empty() && state.unknown.is_empty());
        otklik_db::execute(&t.db, "INSERT INTO test_first (id, note) VALUES (1, 'x')").await.unwrap();
    });
}

#[test]
fn an_older_version_sees_steps_it_does_not_know_and_refuses_to_change_the_schema() {
    both(&[], async |t| {
        migrate(&t.db, &version(&[SECOND, FIRST])).await.unwrap();
        let old = version(&[FIRST]);
        let state = pending(&t.db, &old).await.unwrap();
        assert_eq!(state.unknown, ["9002_test_second"]);
        assert_eq!(state.done, ["0001_db_versions", "9001_test_first"]);
        assert!(state.pending.is_empty());

        // Neither is anything done of a version that has gone another way.
        let other = Migration { name: "9004_test_other", sql: "CREATE TABLE test_other (id BIGINT);" };
        let other = version(&[FIRST, other]);
        let error = migrate(&t.db, &other).await.unwrap_err();
        assert!(matches!(&error, MigrateError::Newer(unknown) if *unknown == ["9002_test_second"]));
        let words = error.to_string();
        assert!(words.contains("новее") && words.contains("9002_test_second"), "{words}");
        assert_eq!(pending(&t.db, &other).await.unwrap().pending, ["9004_test_other"]);
        assert!(otklik_db::execute(&t.db, "INSERT INTO test_other (id) VALUES (1)").await.is_err());

        // The lock is free again.
        migrate(&t.db, &version(&[FIRST, SECOND])).await.unwrap();
    });
}

#[test]
fn a_step_that_fails_leaves_nothing_behind_and_the_ones_before_stay() {
    both(&[], async |t| {
        let all = version(&[FIRST, SECOND, BROKEN]);
        assert!(matches!(migrate(&t.db, &all).await.unwrap_err(), MigrateError::Database(_)));
        let state = pending(&t.db, &all).await.unwrap();
        assert_eq!(state.pending, ["9003_test_broken"]);
        assert!(otklik_db::execute(&t.db, "INSERT INTO test_third (id) VALUES (1)").await.is_err());
    });
}
