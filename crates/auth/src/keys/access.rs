//! A team's access to the API: requested once by the Account Holder, decided case by case.
//!
//! Until it is granted no key of either kind can be issued. Source: Apple's help.

use jiff::Timestamp;
use russet_store::{Read, StoreError, Write};
use serde::{Deserialize, Serialize};

use crate::people::User;
use crate::{Actor, Role};

/// Kind of the one record that a team's access is kept in.
const ACCESS: &str = "_apiAccess";
/// Its id.
const ACCESS_ID: &str = "access";

/// How far a team's access has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum AccessState {
    /// Nobody has asked.
    NotRequested,
    /// Asked, not yet decided.
    #[serde(rename_all = "camelCase")]
    Pending {
        /// When it was asked for.
        requested_at: Timestamp,
        /// By whom.
        requested_by: Actor,
    },
    /// Keys can be issued.
    #[serde(rename_all = "camelCase")]
    Approved {
        /// When it was decided.
        decided_at: Timestamp,
        /// The operator's reason, possibly empty.
        reason: String,
    },
    /// Refused; it can be asked for again (our choice).
    #[serde(rename_all = "camelCase")]
    Declined {
        /// When it was decided.
        decided_at: Timestamp,
        /// The operator's reason.
        reason: String,
    },
}

/// What the operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Grant access.
    Approve,
    /// Refuse it.
    Decline,
}

/// Why access could not be requested or decided.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Only the Account Holder can ask.
    #[error("only the Account Holder can request access to the App Store Connect API")]
    NotAccountHolder,
    /// It waits for the operator already.
    #[error("access was requested already and waits for a decision")]
    AlreadyPending,
    /// There is access already.
    #[error("this team has access already")]
    AlreadyApproved,
    /// There is no request to decide.
    #[error("this team has no request for access to decide")]
    NothingPending,
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns how far the team's access has come.
///
/// # Errors
/// When the store cannot be read or the record is damaged.
pub fn access_state(read: &(impl Read + ?Sized)) -> Result<AccessState, StoreError> {
    let Some(record) = read.record(ACCESS, ACCESS_ID)? else {
        return Ok(AccessState::NotRequested);
    };
    serde_json::from_str(&record.attributes).map_err(|error| StoreError::Damaged {
        place: "the record of the team's access to the API".to_owned(),
        why: error.to_string(),
    })
}

/// Records that access is asked for.
///
/// # Errors
/// When `by` is not the Account Holder (or Russet itself, for demo data), or it was asked for or
/// granted before.
pub fn request_access(
    write: &mut dyn Write,
    by: &Actor,
    now: Timestamp,
) -> Result<(), AccessError> {
    let allowed = match by {
        Actor::System => true,
        Actor::User(id) => {
            User::load(write, id)?.is_some_and(|user| user.roles.contains(Role::AccountHolder))
        }
        Actor::Key(_) => false,
    };
    if !allowed {
        return Err(AccessError::NotAccountHolder);
    }
    match access_state(write)? {
        AccessState::Pending { .. } => Err(AccessError::AlreadyPending),
        AccessState::Approved { .. } => Err(AccessError::AlreadyApproved),
        AccessState::NotRequested | AccessState::Declined { .. } => {
            let pending = AccessState::Pending { requested_at: now, requested_by: by.clone() };
            Ok(keep(write, &pending)?)
        }
    }
}

/// Records the operator's decision on a pending request.
///
/// # Errors
/// When nothing is pending.
pub fn decide_access(
    write: &mut dyn Write,
    decision: Decision,
    reason: &str,
    now: Timestamp,
) -> Result<(), AccessError> {
    let AccessState::Pending { .. } = access_state(write)? else {
        return Err(AccessError::NothingPending);
    };
    let reason = reason.to_owned();
    let decided = match decision {
        Decision::Approve => AccessState::Approved { decided_at: now, reason },
        Decision::Decline => AccessState::Declined { decided_at: now, reason },
    };
    Ok(keep(write, &decided)?)
}

fn keep(write: &mut dyn Write, state: &AccessState) -> Result<(), StoreError> {
    let attributes = serde_json::to_string(state).map_err(|error| StoreError::Backend {
        place: "the team's access to the API".to_owned(),
        why: error.to_string(),
    })?;
    if write.record(ACCESS, ACCESS_ID)?.is_some() {
        write.update(ACCESS, ACCESS_ID, &attributes, &[])
    } else {
        write.insert(ACCESS, ACCESS_ID, None, &attributes, &[]).map(|_| ())
    }
}
