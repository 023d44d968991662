//! Removing rows of mail that ended long ago.

use otklik_db::{DbErr, Tx, bulk, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::ConnectionTrait;

/// Rows of the outbox after an id and older than a moment whose letters all ended before it, oldest first.
///
/// A response told in a digest goes only when the digest may, and never while the digest is gathered.
pub async fn ended<C: ConnectionTrait>(
    conn: &C,
    after: Id,
    before: Instant,
    limit: u64,
) -> Result<Vec<Id>, DbErr> {
    let text = format!(
        "SELECT o.id FROM notifications_outbox o WHERE o.id > ? AND o.id < ? AND o.state > 0
        AND NOT EXISTS (SELECT 1 FROM notifications_deliveries d
            WHERE d.outbox_id = CASE WHEN o.letter_id > 0 THEN o.letter_id ELSE o.id END
            AND (d.state = 0 OR d.finished_at >= ?))
        AND (o.letter_id = 0 OR NOT EXISTS
            (SELECT 1 FROM notifications_floods f WHERE f.letter_id = o.letter_id))
        ORDER BY o.id LIMIT {limit}"
    );
    let values = [after.into(), otklik_kernel::id::floor(before).into(), before.0.into()];
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Removes rows of the outbox with their deliveries and digests; a delivery that waits again keeps its row.
pub async fn remove(tx: &Tx, ids: &[Id]) -> Result<u64, DbErr> {
    let among = bulk::among(tx);
    for text in [
        format!("DELETE FROM notifications_deliveries WHERE state > 0 AND outbox_id {among}"),
        format!(
            "DELETE FROM notifications_digests WHERE id {among} AND NOT EXISTS
            (SELECT 1 FROM notifications_deliveries d WHERE d.outbox_id = notifications_digests.id)"
        ),
    ] {
        tx.execute_raw(sql(tx, &text, [bulk::numbers(ids)])).await?;
    }
    let text = format!(
        "DELETE FROM notifications_outbox WHERE id {among} AND NOT EXISTS
        (SELECT 1 FROM notifications_deliveries d WHERE d.outbox_id = notifications_outbox.id)"
    );
    Ok(tx.execute_raw(sql(tx, &text, [bulk::numbers(ids)])).await?.rows_affected())
}
