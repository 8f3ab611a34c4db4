//! From an `Authorization` header to a [`Principal`].

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;

use super::claims::{Claims, Instant, key_id};
use super::compact::{Compact, bearer};
use super::denied::{Denied, Rejection};
use super::principal::Principal;
use super::scope::Scope;
use super::seen::{Digest, Seen, Verified};
use crate::Visibility;
use crate::directory::{Directory, KeyEntry, Owner, Standing};

/// Longest lifetime of an ordinary JWT: 20 minutes, and one more because the longest that
/// fastlane makes spans 21. Source: Apple's text, and clients that pass.
const LONGEST_ORDINARY: i64 = 21 * 60 * 1000;

/// Longest lifetime of a JWT whose scope allows it. Source: Apple says six months; our choice is
/// half a year of 366 days.
const LONGEST_SCOPED: i64 = 183 * 24 * 60 * 60 * 1000;

/// How exactly the client's clock must agree with ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// `iat` may lie up to 60 seconds ahead, so that test runs on several machines are not flaky.
    #[default]
    Tolerant,
    /// `iat` must not lie ahead at all, as with the real service.
    Exact,
}

impl Strictness {
    fn skew(self) -> i64 {
        match self {
            Strictness::Tolerant => 60_000,
            Strictness::Exact => 0,
        }
    }
}

/// What counts of a request line when a JWT has a scope.
#[derive(Debug, Clone, Copy)]
pub struct RequestLine<'a> {
    /// Method, upper case.
    pub method: &'a str,
    /// Path as sent, percent-encoding and all.
    pub path: &'a str,
    /// Query as sent, without the question mark; empty where there is none.
    pub query: &'a str,
}

/// Tells who makes a request.
pub struct Authenticator {
    directory: Arc<Directory>,
    strictness: Strictness,
    seen: Seen,
}

impl Authenticator {
    /// Returns an authenticator that has seen no JWT yet.
    #[must_use]
    pub fn new(directory: Arc<Directory>, strictness: Strictness) -> Authenticator {
        Authenticator { directory, strictness, seen: Seen::new() }
    }

    /// Returns the table of keys and users that it consults.
    #[must_use]
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// Returns who makes the request.
    ///
    /// `authorization` is the value of the one `Authorization` header; pass `None` where there is
    /// none or more than one. `now` is the real clock's time at arrival, never the simulated one.
    /// A JWT seen before costs one SHA-256, one look-up, and whether its key and user are still
    /// good.
    ///
    /// # Errors
    /// 401 for everything that is wrong with the JWT or its key; 405 and 403 where its scope does
    /// not cover the request.
    pub fn authenticate(
        &self,
        authorization: Option<&[u8]>,
        line: &RequestLine<'_>,
        now: Timestamp,
    ) -> Result<Principal, Denied> {
        let jwt = bearer(authorization)?;
        let now_ms = now.as_millisecond();
        let mut sha256: Digest = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, jwt).as_ref());
        let seen = self.seen.get(&sha256);
        let kid = match &seen {
            Some(verified) if verified.expires <= now_ms => return Err(Rejection::Expired.into()),
            Some(verified) => Some(verified.kid),
            None => None,
        };
        let known = kid.and_then(|kid| self.directory.key(kid));
        let (verified, key) = match (seen, known) {
            (Some(verified), Some(key)) if Arc::ptr_eq(&verified.public, &key.public) => {
                (verified, key)
            }
            _ => {
                let (verified, key) = self.verify(jwt, now_ms)?;
                self.seen.remember(sha256, verified.clone());
                (verified, key)
            }
        };
        let principal = self.principal(&key)?;
        key.note_use(now);
        match &verified.scope {
            None => Ok(principal),
            Some(_) if line.method != "GET" => Err(Denied::MethodOutOfScope),
            Some(scope) if scope.lists(line.path, line.query) => Ok(principal),
            Some(_) => Err(Denied::OutOfScope),
        }
    }

    /// Checks everything about a JWT that stays true until it expires.
    fn verify(&self, jwt: &[u8], now: i64) -> Result<(Verified, Arc<KeyEntry>), Rejection> {
        let compact = Compact::split(jwt)?;
        let kid = key_id(&compact.header)?;
        let claims = Claims::parse(&compact.claims)?;
        let key = self.directory.key(kid).ok_or(Rejection::UnknownKey)?;
        check_identity(&key, &claims)?;
        if !claims.aud.0 {
            return Err(Rejection::Audience);
        }
        let scope = claims.scope.as_deref().map(Scope::parse).transpose()?;
        self.check_times(&claims, scope.as_ref(), now)?;
        // Last, because it costs more than all the rest together.
        if !key.public.verifies(compact.signed, &compact.signature) {
            return Err(Rejection::Signature);
        }
        let public = key.public.clone();
        Ok((Verified { kid, public, expires: claims.exp.0, scope }, key))
    }

    fn check_times(
        &self,
        claims: &Claims<'_>,
        scope: Option<&Scope>,
        now: i64,
    ) -> Result<(), Rejection> {
        let Instant(expires) = claims.exp;
        if expires <= now {
            return Err(Rejection::Expired);
        }
        let issued = match claims.iat {
            Some(Instant(issued)) if issued > now + self.strictness.skew() => {
                return Err(Rejection::IssuedInFuture);
            }
            Some(Instant(issued)) => issued,
            // Without `iat` the lifetime counts from arrival: codemagic's JWTs have none and pass.
            None => now,
        };
        let lifetime = expires - issued;
        if lifetime <= LONGEST_ORDINARY {
            return Ok(());
        }
        match scope {
            None => Err(Rejection::Lifetime("more than 20 minutes without a scope")),
            Some(scope) if !scope.may_live_long() => Err(Rejection::Lifetime(
                "more than 20 minutes with a scope that names what is not for long-lived JWTs",
            )),
            Some(_) if lifetime > LONGEST_SCOPED => Err(Rejection::Lifetime("more than 6 months")),
            Some(_) => Ok(()),
        }
    }

    /// Returns what the key stands for at this moment.
    fn principal(&self, key: &KeyEntry) -> Result<Principal, Rejection> {
        if !key.active {
            return Err(Rejection::Revoked);
        }
        let (user, standing) = match &key.owner {
            Owner::Team(roles) => (None, Standing { roles: *roles, apps: Visibility::All }),
            Owner::User(id) => {
                let standing = self.directory.user(key.team, id).ok_or(Rejection::UserGone)?;
                (Some(id.clone()), standing)
            }
        };
        Ok(Principal {
            team: key.team,
            key: key.id,
            roles: standing.roles,
            user,
            apps: standing.apps,
        })
    }
}

/// Team keys say `iss` and nothing in `sub`, individual keys `sub: user` and nothing in `iss`.
/// Source: Apple's text.
fn check_identity(key: &KeyEntry, claims: &Claims<'_>) -> Result<(), Rejection> {
    match (&key.owner, claims.iss.as_deref(), claims.sub.as_deref()) {
        (Owner::Team(_), Some(issuer), None) if issuer == &*key.issuer => Ok(()),
        (Owner::User(_), None, Some("user")) => Ok(()),
        (Owner::Team(_), _, Some(_)) => Err(Rejection::Identity("a team key's JWT has sub")),
        (Owner::Team(_), ..) => Err(Rejection::Identity("iss is not the key's team")),
        (Owner::User(_), Some(_), _) => Err(Rejection::Identity("an individual key's JWT has iss")),
        (Owner::User(_), ..) => Err(Rejection::Identity("sub is not user")),
    }
}
