//! SQLite has one writer: whoever writes takes a turn, and gives it back however the writing ends.

use std::pin::pin;
use std::task::Poll;

use otklik_db::{Column, Migration, Rows, sql};
use otklik_testkit::{TestDb, both};
use sea_orm::ConnectionTrait as _;

const STEPS: &[Migration] =
    &[Migration { name: "9000_turn", sql: "CREATE TABLE turn_rows (id BIGINT NOT NULL PRIMARY KEY)" }];

fn row(id: i64) -> Vec<Rows> {
    vec![Rows { table: "turn_rows", columns: vec![("id", Column::Long(vec![id]))] }]
}

async fn ids(t: &TestDb) -> Vec<i64> {
    let text = sql(t.db.read(), "SELECT id FROM turn_rows ORDER BY id", []);
    let rows = t.db.read().query_all_raw(text).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[test]
fn rows_are_inserted_after_whoever_writes_now() {
    both(&[STEPS], async |t| {
        let tx = t.db.begin().await.unwrap();
        tx.execute_raw(sql(&tx, "INSERT INTO turn_rows (id) VALUES (?)", [1.into()])).await.unwrap();
        let mut inserting = pin!(t.db.insert(row(2)));
        if t.db.backend() == sea_orm::DbBackend::Sqlite {
            let now = std::future::poll_fn(|context| {
                Poll::Ready(std::future::Future::poll(inserting.as_mut(), context).is_ready())
            });
            assert!(!now.await, "somebody else has the turn");
        }
        tx.commit().await.unwrap();
        inserting.await.unwrap();
        assert_eq!(ids(&t).await, [1, 2]);
    });
}

#[test]
fn the_turn_comes_back_from_a_transaction_that_is_dropped_or_fails_and_from_rows_that_are_refused() {
    both(&[STEPS], async |t| {
        for round in 0..20 {
            let tx = t.db.begin().await.unwrap();
            let part = tx.savepoint().await.unwrap();
            part.execute_raw(sql(&part, "INSERT INTO turn_rows (id) VALUES (?)", [0.into()])).await.unwrap();
            part.commit().await.unwrap();
            match round % 3 {
                0 => drop(tx),
                1 => tx.rollback().await.unwrap(),
                _ => {
                    let twice = "INSERT INTO turn_rows (id) VALUES (0)";
                    tx.execute_unprepared(twice).await.unwrap_err();
                    drop(tx);
                }
            }
            t.db.insert(row(100 + round)).await.unwrap();
            t.db.insert(row(100 + round)).await.unwrap_err();
        }
        assert_eq!(ids(&t).await, (100..120).collect::<Vec<_>>());
    });
}
