//! A caller that goes away in the middle of beginning a transaction leaves nothing behind.

use std::future::Future as _;
use std::pin::pin;
use std::task::Poll;

use otklik_db::{Column, Db, Migration, Rows, sql};
use otklik_testkit::both;
use sea_orm::ConnectionTrait as _;

const STEPS: &[Migration] =
    &[Migration { name: "9000_cancel", sql: "CREATE TABLE cancel_rows (id BIGINT NOT NULL)" }];

/// Lets a transaction begin for so many turns of the runtime, then drops it.
async fn begin_and_leave(db: &Db, turns: usize) {
    let mut beginning = pin!(db.begin());
    for _ in 0..turns {
        let step =
            std::future::poll_fn(|context| Poll::Ready(beginning.as_mut().poll(context).is_ready())).await;
        if step {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn x2_rows_inserted_after_a_begin_that_nobody_waited_for_are_there_for_good() {
    both(&[STEPS], async |t| {
        for round in 0..400_i64 {
            begin_and_leave(&t.db, usize::try_from(round % 40).unwrap()).await;
            let rows = Rows { table: "cancel_rows", columns: vec![("id", Column::Long(vec![round]))] };
            t.db.insert(vec![rows]).await.unwrap();
        }
        // Whoever looks from outside sees what was made durable and nothing else.
        let other = Db::open(t.db.address()).await.unwrap();
        let count = sql(other.read(), "SELECT COUNT(*) AS n FROM cancel_rows", []);
        let row = other.read().query_one_raw(count).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 400);
        other.close().await;
    });
}
