//! Issuing keys of both kinds, with every rule that Apple states for it.

use jiff::Timestamp;
use russet_store::{StoreError, Write};

use super::access::{AccessState, access_state};
use super::pem::{PrivateKeyPem, generate};
use super::record::{ApiKey, KeyOwner, KeyState, OFFERED, active_for, find_key};
use crate::people::User;
use crate::{Actor, Draw, KeyId, Role, RoleSet};

/// Active team keys that a team may have. Source: several independent write-ups, not Apple's pages.
const MOST_TEAM_KEYS: u64 = 50;

/// Longest name, in characters. Our choice: Apple states none.
const LONGEST_NAME: usize = 100;

/// Roles whose holders may have an individual key. Source: Apple's help (not Finance, not Sales).
const ELIGIBLE: RoleSet = RoleSet::of(&[
    Role::AccountHolder,
    Role::Admin,
    Role::AppManager,
    Role::CustomerSupport,
    Role::Developer,
    Role::Marketing,
]);

/// Who may generate an individual key: the Account Holder, from whom nobody can take the permission
/// away, and those who have it.
const PERMITTED: RoleSet = RoleSet::of(&[Role::AccountHolder, Role::GenerateIndividualKeys]);

/// Roles that generate and revoke team keys. Source: Apple's help.
pub(super) const KEY_KEEPERS: RoleSet = RoleSet::of(&[Role::AccountHolder, Role::Admin]);

/// A key just issued, with its private half. Hand the private half out only after the commit.
pub struct Issued {
    /// What is kept.
    pub key: ApiKey,
    /// What is not.
    pub private_key: PrivateKeyPem,
}

impl Issued {
    /// Returns the name of the file that the private key is handed out in.
    #[must_use]
    pub fn file_name(&self) -> String {
        self.key.kind().file_name(self.key.id)
    }
}

/// Why a key was not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The team may not use the API (yet).
    #[error(
        "this team has no access to the App Store Connect API; its Account Holder must request it and the operator approve it"
    )]
    AccessNotGranted,
    /// The actor may not generate this key.
    #[error("only the Account Holder and Admins can generate team keys")]
    NotAllowed,
    /// The name is empty, blank or too long.
    #[error("a key needs a name of 1 to {LONGEST_NAME} characters")]
    InvalidName,
    /// No role was picked.
    #[error("a team key needs at least one role")]
    NoRoles,
    /// A team key cannot have this role.
    #[error("team keys cannot have the role {0}")]
    RoleNotOffered(Role),
    /// All 50 are in use.
    #[error("this team has {MOST_TEAM_KEYS} active keys; revoke one first")]
    TooManyKeys,
    /// There is no such user.
    #[error("this team has no such user")]
    UserUnknown,
    /// None of the user's roles may have an individual key.
    #[error("none of the user's roles allows an individual key")]
    UserNotEligible,
    /// The permission was taken away.
    #[error("the user may not generate individual keys (GENERATE_INDIVIDUAL_KEYS was taken away)")]
    GenerationNotPermitted,
    /// The user has one already.
    #[error("the user has an active individual key already; revoke it first")]
    AlreadyHasKey,
    /// The cryptographic library failed, or the randomness is broken.
    #[error("no key pair could be made from the randomness given")]
    NoKeyPair,
    /// A fault of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Issues a team key. Runs inside a write job, so the limit holds against other issuers.
///
/// # Errors
/// One variant of [`IssueError`] for each rule; nothing has been written then.
pub fn issue_team_key(
    write: &mut dyn Write,
    by: &Actor,
    name: &str,
    roles: RoleSet,
    now: Timestamp,
    draw: Draw<'_>,
) -> Result<Issued, IssueError> {
    require_access(write)?;
    let allowed = match by {
        Actor::System => true,
        Actor::User(id) => {
            User::load(write, id)?.is_some_and(|user| user.roles.intersects(KEY_KEEPERS))
        }
        Actor::Key(_) => false,
    };
    if !allowed {
        return Err(IssueError::NotAllowed);
    }
    // Any Unicode is fine; a name of spaces could not be told from none.
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(IssueError::InvalidName);
    }
    if roles.is_empty() {
        return Err(IssueError::NoRoles);
    }
    if let Some(role) = roles.iter().find(|role| !OFFERED.contains(*role)) {
        return Err(IssueError::RoleNotOffered(role));
    }
    let owner = KeyOwner::Team { roles };
    if write.count(&active_for(owner.facet()))? >= MOST_TEAM_KEYS {
        return Err(IssueError::TooManyKeys);
    }
    issue(write, by.clone(), name.to_owned(), owner, now, draw)
}

/// Issues the individual key of `user`, who asks for it.
///
/// # Errors
/// One variant of [`IssueError`] for each rule; nothing has been written then.
pub fn issue_individual_key(
    write: &mut dyn Write,
    user: &str,
    now: Timestamp,
    draw: Draw<'_>,
) -> Result<Issued, IssueError> {
    require_access(write)?;
    let roles = User::load(write, user)?.ok_or(IssueError::UserUnknown)?.roles;
    if !roles.intersects(ELIGIBLE) {
        return Err(IssueError::UserNotEligible);
    }
    if !roles.intersects(PERMITTED) {
        return Err(IssueError::GenerationNotPermitted);
    }
    let owner = KeyOwner::User(user.to_owned());
    if write.count(&active_for(owner.facet()))? > 0 {
        return Err(IssueError::AlreadyHasKey);
    }
    issue(write, Actor::User(user.to_owned()), String::new(), owner, now, draw)
}

fn require_access(write: &mut dyn Write) -> Result<(), IssueError> {
    match access_state(write)? {
        AccessState::Approved { .. } => Ok(()),
        AccessState::NotRequested | AccessState::Pending { .. } | AccessState::Declined { .. } => {
            Err(IssueError::AccessNotGranted)
        }
    }
}

fn issue(
    write: &mut dyn Write,
    created_by: Actor,
    nickname: String,
    owner: KeyOwner,
    now: Timestamp,
    draw: Draw<'_>,
) -> Result<Issued, IssueError> {
    let mut id = KeyId::draw(draw);
    while find_key(write, id)?.is_some() {
        id = KeyId::draw(draw);
    }
    let (private_key, public_key) = generate(draw).map_err(|_| IssueError::NoKeyPair)?;
    let key = ApiKey {
        id,
        nickname,
        owner,
        state: KeyState::Active,
        public_key,
        created_at: now,
        created_by,
        last_used: None,
    };
    key.insert(write)?;
    Ok(Issued { key, private_key })
}
