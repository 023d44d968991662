//! Texts of posters: a body's own, or that of the nearest body above. QR-10

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::{Id, Instant};
use otklik_print::PosterText;
use sea_orm::ConnectionTrait;

/// A text and the body that has set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The body: the one asked for, or one above it.
    pub body: Id,
    /// What its posters say.
    pub text: PosterText,
}

/// The text in force for a body of the scope: its own or that of the nearest body above, which may lie above the
/// scope; nothing where no level has set one.
///
/// # Errors
/// When the database is away.
pub async fn in_force<C: ConnectionTrait>(conn: &C, scope: &Scope, body: Id) -> Result<Option<Set>, DbErr> {
    let text = format!(
        "SELECT t.body_id, t.heading, t.invitation, t.footer
        FROM access_closure c JOIN materials_texts t ON t.body_id = c.ancestor
        WHERE c.body = ? AND {} ORDER BY c.depth LIMIT 1",
        scope.sql("c.body")
    );
    let row = conn.query_one_raw(sql(conn, &text, [body.into()])).await?;
    row.map(|row| {
        let footer: String = row.try_get("", "footer")?;
        let text = PosterText {
            heading: row.try_get("", "heading")?,
            invitation: row.try_get("", "invitation")?,
            footer: footer.lines().map(ToOwned::to_owned).collect(),
        };
        Ok(Set { body: row.try_get("", "body_id")?, text })
    })
    .transpose()
}

/// Sets a body's own text.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &Tx, body: Id, text: &PosterText, now: Instant) -> Result<(), DbErr> {
    let statement =
        "INSERT INTO materials_texts (body_id, heading, invitation, footer, changed_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (body_id) DO UPDATE SET heading = excluded.heading, invitation = excluded.invitation,
        footer = excluded.footer, changed_at = excluded.changed_at";
    let values = [
        body.into(),
        text.heading.as_str().into(),
        text.invitation.as_str().into(),
        text.footer.join("\n").into(),
        now.0.into(),
    ];
    tx.execute_raw(sql(tx, statement, values)).await.map(|_| ())
}

/// Removes a body's own text: that of the body above counts again.
///
/// # Errors
/// When the database refuses.
pub async fn unset(tx: &Tx, body: Id) -> Result<(), DbErr> {
    let statement = "DELETE FROM materials_texts WHERE body_id = ?";
    tx.execute_raw(sql(tx, statement, [body.into()])).await.map(|_| ())
}
