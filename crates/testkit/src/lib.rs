//! A whole server inside a test: teams with real keys, callers by role, fixed time, seeded ids.
//!
//! Requests go through the router as the proxy would send them, with real JWTs, but without a
//! socket; every reply is held against the catalog. It knows no resource type. Start at
//! [`TestApp`], then [`Caller`]; what is checked of a reply is in `check/`.
//!
//! Everything here panics where it cannot go on, since that is how a test fails.

mod app;
mod caller;
mod check;
mod keys;
mod reply;

pub use app::{BASE, TestApp};
pub use caller::Caller;
pub use reply::Reply;
pub use russet_auth::Role;
pub use russet_demo::CERTIFICATE_REQUEST;
pub use russet_engine::seed::Seed;
