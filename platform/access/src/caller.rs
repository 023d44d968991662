//! A signed-in person.

use async_trait::async_trait;
use otklik_kernel::Id;
use sea_orm::DbErr;

use crate::{Permission, Role, Scope};

/// A role on a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The body it is given on; it holds for everything under it.
    pub body: Id,
}

/// A signed-in person and what they were granted.
#[derive(Clone, Debug)]
pub struct Caller {
    person: Id,
    session: Id,
    login: String,
    name: String,
    grants: Vec<Grant>,
}

impl Caller {
    /// The person's id.
    #[must_use]
    pub const fn person(&self) -> Id {
        self.person
    }

    /// The session's id.
    #[must_use]
    pub const fn session(&self) -> Id {
        self.session
    }

    /// The login.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// The name shown in the interface.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The roles on bodies.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Whether the person has the permission anywhere.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.grants.iter().any(|grant| grant.role.may(permission))
    }

    /// Where the person has the permission.
    #[must_use]
    pub fn scope(&self, permission: Permission) -> Scope {
        let granted = self.grants.iter().filter(|grant| grant.role.may(permission));
        Scope::under(granted.map(|grant| grant.body).collect())
    }
}

/// The right to say who is calling: issued by `app` to the authenticator, and to nobody else (the layer
/// check looks for other calls).
#[derive(Debug)]
pub struct Authority(());

impl Authority {
    /// Issues the right.
    #[must_use]
    pub const fn issue() -> Self {
        Self(())
    }

    /// A caller, after their session was checked.
    #[must_use]
    pub const fn caller(
        &self,
        person: Id,
        session: Id,
        login: String,
        name: String,
        grants: Vec<Grant>,
    ) -> Caller {
        Caller { person, session, login, name, grants }
    }
}

/// Finds out who is calling by the secret of a session's cookie.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The caller, or nothing when the session is unknown, ended or expired.
    ///
    /// # Errors
    /// When the database is away.
    async fn authenticate(&self, session_secret: &str) -> Result<Option<Caller>, DbErr>;
}
