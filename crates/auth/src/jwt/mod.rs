//! JWTs: read, verified and remembered on the server, signed for `russet jwt`.
//!
//! The way in is [`Authenticator::authenticate`]: `compact` splits the text, `claims` reads the
//! JSON, `scope` compares, `seen` remembers. What is accepted and refused beyond Apple's text is
//! decided in `docs/decisions/0003-jwt-verification.md` and tested in `tests/auth/`.

mod authenticate;
mod claims;
mod compact;
mod denied;
mod principal;
mod scope;
mod seen;
mod sign;

pub use authenticate::{Authenticator, RequestLine, Strictness};
pub use denied::{Denied, Rejection};
pub use principal::Principal;
pub use sign::{JwtRequest, KeyFileError, SignError, SigningKey, sign_jwt};
