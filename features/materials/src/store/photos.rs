//! Photos of posters, in the database, so that backups and every node have them. QR-11

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::ConnectionTrait;

use crate::photo::Photo;

/// The photo of a poster in a body of the scope: a JPEG.
///
/// # Errors
/// When the database is away.
pub async fn find<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    placement: Id,
) -> Result<Option<Vec<u8>>, DbErr> {
    let text = format!(
        "SELECT f.content FROM materials_photos f JOIN materials_placements p ON p.id = f.placement_id
        WHERE p.id = ? AND p.body_id = ? AND {}",
        scope.sql("p.body_id")
    );
    let row = conn.query_one_raw(sql(conn, &text, [placement.into(), body.into()])).await?;
    row.map(|row| row.try_get("", "content")).transpose()
}

/// Keeps the photo of a poster; a photo that was there before is replaced.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &Tx, placement: Id, photo: Photo, by: &str, now: Instant) -> Result<(), DbErr> {
    let text = "INSERT INTO materials_photos (placement_id, content, width, height, added_by, added_at)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (placement_id) DO UPDATE SET content = excluded.content,
        width = excluded.width, height = excluded.height, added_by = excluded.added_by,
        added_at = excluded.added_at";
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    let values = [
        placement.into(),
        photo.jpeg.into(),
        side(photo.width).into(),
        side(photo.height).into(),
        by.into(),
        now.0.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}
