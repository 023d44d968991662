//! Who is calling, by the secret of the session's cookie. Nothing is kept in memory: a session that was
//! ended, a role that was withdrawn and an account that was disabled count from the next request on.

use async_trait::async_trait;
use otklik_access::{Authenticator, Authority, Caller, Grant, Role};
use otklik_db::{Db, DbErr, sql};
use otklik_kernel::time::SharedClock;
use otklik_kernel::{Id, Instant};
use sea_orm::ConnectionTrait;

use crate::sessions;

/// The authenticator over the sessions in the database.
pub struct Sessions {
    db: Db,
    clock: SharedClock,
    authority: Authority,
}

impl Sessions {
    /// The authenticator; `app` issues the authority.
    #[must_use]
    pub const fn new(db: Db, clock: SharedClock, authority: Authority) -> Self {
        Self { db, clock, authority }
    }

    /// Writes down that a session was used, at most once a minute; a failure only delays the next attempt.
    async fn note(&self, session: Id, now: Instant) {
        let written = async {
            let tx = self.db.begin().await?;
            sessions::seen(&tx, session, now).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "the session's last request was not written down");
        }
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("db", &self.db).finish_non_exhaustive()
    }
}

#[async_trait]
impl Authenticator for Sessions {
    async fn authenticate(&self, session_secret: &str) -> Result<Option<Caller>, DbErr> {
        let text =
            "SELECT s.id, s.created_at, s.seen_at, p.id AS person_id, p.login, p.name, g.role, g.body_id
            FROM organisations_sessions s
            JOIN organisations_people p ON p.id = s.person_id
            LEFT JOIN organisations_grants g ON g.person_id = p.id
            WHERE s.secret_hash = ? AND p.disabled_at IS NULL AND p.must_change = ?
            ORDER BY g.granted_at, g.body_id, g.role";
        let conn = self.db.read();
        let values = [sessions::secret_hash(session_secret).into(), false.into()];
        let rows = conn.query_all_raw(sql(conn, text, values)).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let now = self.clock.now();
        let seen_at = Instant(first.try_get("", "seen_at")?);
        if sessions::is_over(Instant(first.try_get("", "created_at")?), seen_at, now) {
            return Ok(None);
        }
        let session: Id = first.try_get("", "id")?;
        if now.since(seen_at) >= sessions::SEEN_EVERY {
            self.note(session, now).await;
        }
        let mut grants = Vec::with_capacity(rows.len());
        for row in &rows {
            let role: Option<String> = row.try_get("", "role")?;
            let body: Option<Id> = row.try_get("", "body_id")?;
            let Some((role, body)) = role.zip(body) else { continue };
            let role = Role::find(&role).ok_or_else(|| {
                DbErr::Custom(format!("organisations_grants.role on body {body}: {role:?}"))
            })?;
            grants.push(Grant { role, body });
        }
        let (person, login) = (first.try_get("", "person_id")?, first.try_get("", "login")?);
        Ok(Some(self.authority.caller(person, session, login, first.try_get("", "name")?, grants)))
    }
}
