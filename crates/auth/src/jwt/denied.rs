//! Why a request was not let in: said in full to the log, in one body to the caller.

use russet_wire::{Code, Problem, Refusal};

/// What is wrong with a JWT or its key. For logs and for explaining refusals to the team; the
/// caller gets the same body for all of them. Source: recorded replies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No `Authorization` header, or another scheme.
    #[error("there is no bearer JWT")]
    Missing,
    /// The header is larger than 8 KB.
    #[error("the JWT is longer than {} bytes", super::compact::LONGEST)]
    TooLarge,
    /// Not three parts of unpadded, canonical base64url, or JSON that is not as it must be.
    #[error("the JWT is malformed: {0}")]
    Malformed(&'static str),
    /// Another `alg` than ES256.
    #[error("the header's alg is not ES256")]
    Algorithm,
    /// No such key.
    #[error("no key has the id in kid")]
    UnknownKey,
    /// The key is revoked.
    #[error("the key is revoked")]
    Revoked,
    /// The key's user has left the team.
    #[error("the key's user is not on the team any more")]
    UserGone,
    /// `iss` or `sub` do not fit the kind of key.
    #[error("{0}")]
    Identity(&'static str),
    /// `aud` does not hold `appstoreconnect-v1`.
    #[error("aud is not appstoreconnect-v1")]
    Audience,
    /// `iat` is in the future.
    #[error("iat is in the future")]
    IssuedInFuture,
    /// `exp` has passed.
    #[error("it has expired")]
    Expired,
    /// It lives longer than it may.
    #[error("it lives too long: {0}")]
    Lifetime(&'static str),
    /// The signature is not the key's.
    #[error("the signature does not verify")]
    Signature,
}

/// Why a request was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// 401: the JWT.
    #[error("not authorized: {0}")]
    NotAuthorized(#[from] Rejection),
    /// 405: the JWT has a scope, and the method is not GET. Source: a recorded reply.
    #[error("the JWT's scope allows only GET")]
    MethodOutOfScope,
    /// 403: the JWT's scope does not list the request. Our choice: no reply is recorded.
    #[error("the JWT's scope does not list this request")]
    OutOfScope,
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Refusal {
        Refusal::from(match denied {
            Denied::NotAuthorized(_) => Problem::new(
                Code::NotAuthorized,
                "Provide a properly configured and signed bearer token, and make sure that it has \
                 not expired. Learn more about Generating Tokens for API Requests \
                 https://developer.apple.com/go/?id=api-generating-tokens",
            ),
            Denied::MethodOutOfScope => Problem::new(
                Code::MethodNotAllowed,
                "The scope of the token in use allows only GET requests",
            ),
            Denied::OutOfScope => Problem::new(
                Code::Forbidden,
                "The scope of the token in use does not allow this request",
            ),
        })
    }
}
