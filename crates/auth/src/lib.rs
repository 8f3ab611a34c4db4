//! Who is calling and what they may do: keys and their life, ES256 JWTs, roles and permissions.
//!
//! It knows nothing of HTTP beyond the texts it is handed, and nothing of what operations do.
//! Start at [`Authenticator::authenticate`], which turns an `Authorization` header into a
//! [`Principal`]; then [`permit`], which turns a principal and an operation into a [`Permit`].
//! Keys are made by [`issue_team_key`] and [`issue_individual_key`] and end by [`revoke`].

mod directory;
mod identifiers;
mod jwt;
mod keys;
mod people;
mod permissions;
mod public_key;
mod role;

pub use directory::{Directory, Visibility};
pub use identifiers::{Draw, IssuerId, KeyId};
pub use jwt::{
    Authenticator, Denied, JwtRequest, KeyFileError, Principal, Rejection, RequestLine, SignError,
    SigningKey, Strictness, sign_jwt,
};
pub use keys::{
    API_KEYS, AccessError, AccessState, ApiKey, Decision, IssueError, Issued, KeyKind, KeyOwner,
    KeyState, PrivateKeyPem, RevokeError, access_state, decide_access, find_key,
    issue_individual_key, issue_team_key, list_keys, request_access, revoke, write_last_used,
};
pub use people::{Actor, USERS, VISIBLE_APPS};
pub use permissions::{
    Access, Capability, Evidence, Family, Permit, Reply, Rule, Ruling, families, permit, ruling,
};
pub use role::{Role, RoleSet};
