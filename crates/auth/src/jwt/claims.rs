//! The JSON of a JWT: header and claims, read strictly where it matters.
//!
//! A known member that occurs twice, is null or has another type is refused; unknown members are
//! ignored (so are `nbf`, `jti`, `bid` and `nonce`, which Apple does not list for this API).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::denied::Rejection;
use crate::KeyId;

/// The audience of this API.
pub(super) const AUDIENCE: &str = "appstoreconnect-v1";

#[derive(Deserialize)]
struct RawHeader<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow, default, deserialize_with = "present")]
    typ: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    b64: Option<IgnoredAny>,
}

/// Reads the header and returns the key id.
///
/// `typ` may be absent, since clients of every kind pass; where it is, it must be `JWT` in any case
/// (RFC 7519). `crit` and `b64` announce extensions that must be understood, and none is. Keys
/// in the header (`jwk`, `jku`, `x5c`) are ignored: only `kid` names a key.
pub(super) fn key_id(header: &[u8]) -> Result<KeyId, Rejection> {
    let header: RawHeader<'_> =
        object(header).ok_or(Rejection::Malformed("the header is not the JSON it must be"))?;
    if header.alg != "ES256" {
        return Err(Rejection::Algorithm);
    }
    if header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
        return Err(Rejection::Malformed("typ is not JWT"));
    }
    if header.crit.is_some() || header.b64.is_some() {
        return Err(Rejection::Malformed("the header asks for an extension"));
    }
    KeyId::parse(&header.kid).ok_or(Rejection::UnknownKey)
}

/// The claims that count.
#[derive(Deserialize)]
pub(super) struct Claims<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub iss: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub sub: Option<Cow<'a, str>>,
    pub aud: Audience,
    pub exp: Instant,
    #[serde(default, deserialize_with = "present")]
    pub iat: Option<Instant>,
    #[serde(default, deserialize_with = "present")]
    pub scope: Option<Vec<String>>,
}

impl Claims<'_> {
    pub(super) fn parse(json: &[u8]) -> Result<Claims<'_>, Rejection> {
        object(json).ok_or(Rejection::Malformed("the claims are not the JSON they must be"))
    }
}

/// Reads a JSON object. Without the look at the first byte a list of the members' values would
/// pass for one.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    json.trim_ascii_start().starts_with(b"{").then(|| serde_json::from_slice(json).ok())?
}

/// Reads a member that may be absent but not null.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Whether `aud`, a string or a list of strings, holds [`AUDIENCE`].
pub(super) struct Audience(pub bool);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Audience, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Audience;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Audience, E> {
                Ok(Audience(text == AUDIENCE))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Audience, A::Error> {
                let mut found = false;
                while let Some(text) = list.next_element::<Cow<'de, str>>()? {
                    found |= text == AUDIENCE;
                }
                Ok(Audience(found))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A point in time, in milliseconds since the epoch. On the wire seconds, whole or with a
/// fraction: some clients send floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant(pub i64);

/// Seconds beyond this (the year 5138) are no date but a client that sends milliseconds.
const LATEST_SECOND: i64 = 100_000_000_000;

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Instant;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since 1970")
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Instant, E> {
                let seconds = i64::try_from(seconds).map_err(E::custom)?;
                if seconds > LATEST_SECOND {
                    return Err(E::custom("too large for seconds"));
                }
                Ok(Instant(seconds * 1000))
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<Instant, E> {
                #[expect(clippy::cast_precision_loss, reason = "the limit is below 2^53")]
                let latest = LATEST_SECOND as f64;
                if !(0.0..=latest).contains(&seconds) {
                    return Err(E::custom("not a time"));
                }
                #[expect(clippy::cast_possible_truncation, reason = "checked above to fit")]
                Ok(Instant((seconds * 1000.0).round() as i64))
            }
        }
        deserializer.deserialize_any(Number)
    }
}
