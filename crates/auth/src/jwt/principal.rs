//! A caller whose JWT is good: the only way to a permit from outside the process.

use std::sync::Arc;

use russet_store::TeamNumber;

use crate::{KeyId, KeyKind, RoleSet, Visibility};

/// Who makes a request. Only [`super::Authenticator`] makes one; it holds for that request alone,
/// since roles, apps and the key itself may be others by the next.
#[derive(Debug, Clone)]
pub struct Principal {
    pub(super) team: TeamNumber,
    pub(super) key: KeyId,
    pub(super) roles: RoleSet,
    pub(super) user: Option<Arc<str>>,
    pub(super) apps: Visibility,
}

impl Principal {
    /// Returns the team.
    #[must_use]
    pub fn team(&self) -> TeamNumber {
        self.team
    }

    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Returns the kind of key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        if self.user.is_some() { KeyKind::Individual } else { KeyKind::Team }
    }

    /// Returns the roles: the key's own, or its user's at this moment.
    #[must_use]
    pub fn roles(&self) -> RoleSet {
        self.roles
    }

    /// Returns the user of an individual key.
    #[must_use]
    pub fn user(&self) -> Option<&Arc<str>> {
        self.user.as_ref()
    }

    /// Returns which apps the caller sees.
    #[must_use]
    pub fn apps(&self) -> &Visibility {
        &self.apps
    }
}
