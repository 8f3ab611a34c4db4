//! Ending a key for good.

use jiff::Timestamp;
use russet_store::{StoreError, Write};

use super::issue::KEY_KEEPERS;
use super::record::{ApiKey, KeyOwner, KeyState, find_key};
use crate::people::User;
use crate::{Actor, KeyId};

/// Why a key was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The team has no such key.
    #[error("this team has no key {0}")]
    Unknown(KeyId),
    /// It is revoked already.
    #[error("the key was revoked already, at {at}")]
    AlreadyRevoked {
        /// When.
        at: Timestamp,
    },
    /// The actor may not revoke this key.
    #[error("only the Account Holder, an Admin or the key's own user can revoke it")]
    NotAllowed,
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Revokes a key and returns it as it is now. Refresh the directory before telling anyone: the
/// next request with the key must be refused.
///
/// # Errors
/// When the key is unknown or revoked, or `by` may not: team keys by Account Holder and Admins,
/// individual keys by their user too. Source: Apple's help.
pub fn revoke(
    write: &mut dyn Write,
    by: &Actor,
    id: KeyId,
    now: Timestamp,
) -> Result<ApiKey, RevokeError> {
    let mut key = find_key(write, id)?.ok_or(RevokeError::Unknown(id))?;
    let allowed = match by {
        Actor::System => true,
        Actor::User(user) => {
            key.owner == KeyOwner::User(user.clone())
                || User::load(write, user)?.is_some_and(|user| user.roles.intersects(KEY_KEEPERS))
        }
        Actor::Key(_) => false,
    };
    if !allowed {
        return Err(RevokeError::NotAllowed);
    }
    if let KeyState::Revoked { at, .. } = key.state {
        return Err(RevokeError::AlreadyRevoked { at });
    }
    key.state = KeyState::Revoked { at: now, by: by.clone() };
    key.update(write)?;
    Ok(key)
}
