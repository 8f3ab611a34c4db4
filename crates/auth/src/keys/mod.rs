//! API keys as records, from the team's request for access to their revocation.
//!
//! Keys live in internal kinds (their names start with `_`), which no operation of the REST API
//! reaches. The private half is handed to the caller once and is not kept here; keeping it,
//! encrypted, until its first download is the business of whoever shows a download link.
//! Start at [`issue_team_key`].

mod access;
mod issue;
mod pem;
mod record;
mod revoke;

pub use access::{AccessError, AccessState, Decision, access_state, decide_access, request_access};
pub use issue::{IssueError, Issued, issue_individual_key, issue_team_key};
pub use pem::PrivateKeyPem;
pub(crate) use pem::pem_block;
pub(crate) use record::each_key;
pub use record::{
    API_KEYS, ApiKey, KeyKind, KeyOwner, KeyState, find_key, list_keys, write_last_used,
};
pub use revoke::{RevokeError, revoke};
