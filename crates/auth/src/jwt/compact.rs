//! The compact form of a JWS: three parts of base64url between dots.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::denied::Rejection;

/// Longest JWT that is looked at. Our choice: scopes may name dozens of requests, and a header
/// beyond this is an attack or a mistake.
pub(super) const LONGEST: usize = 8192;

/// A JWT taken apart, nothing verified.
pub(super) struct Compact<'a> {
    pub header: Vec<u8>,
    pub claims: Vec<u8>,
    /// What the signature covers: the first two parts and the dot between them.
    pub signed: &'a [u8],
    pub signature: [u8; 64],
}

/// Returns the JWT of an `Authorization` header: scheme `Bearer` in any case (RFC 9110), then
/// spaces, then the JWT to the end.
pub(super) fn bearer(authorization: Option<&[u8]>) -> Result<&[u8], Rejection> {
    let header = authorization.ok_or(Rejection::Missing)?;
    let (scheme, rest) = header.split_at_checked(7).ok_or(Rejection::Missing)?;
    if !scheme.eq_ignore_ascii_case(b"bearer ") {
        return Err(Rejection::Missing);
    }
    let jwt = rest.trim_ascii_start();
    match jwt.len() {
        0 => Err(Rejection::Missing),
        1..=LONGEST => Ok(jwt),
        _ => Err(Rejection::TooLarge),
    }
}

impl<'a> Compact<'a> {
    /// Takes a JWT apart. The decoder takes neither padding nor whitespace, and no trailing bits
    /// that are not zero, so that one signature has one text.
    pub(super) fn split(jwt: &'a [u8]) -> Result<Compact<'a>, Rejection> {
        const PARTS: Rejection = Rejection::Malformed("it does not have three parts");
        const BASE64: Rejection = Rejection::Malformed("a part is not unpadded base64url");
        let first = jwt.iter().position(|byte| *byte == b'.').ok_or(PARTS)?;
        let last = jwt.iter().rposition(|byte| *byte == b'.').ok_or(PARTS)?;
        if first == last {
            return Err(PARTS);
        }
        // A third dot would be inside the claims, where the decoder refuses it.
        let decode = |part: &[u8]| URL_SAFE_NO_PAD.decode(part).map_err(|_| BASE64);
        let mut signature = [0; 64];
        // Only R and S, 32 bytes each: DER is refused by its length or its value.
        if jwt.len() - last - 1 != 86
            || URL_SAFE_NO_PAD.decode_slice(&jwt[last + 1..], &mut signature) != Ok(64)
        {
            return Err(Rejection::Malformed("the signature is not 64 bytes in base64url"));
        }
        Ok(Compact {
            header: decode(&jwt[..first])?,
            claims: decode(&jwt[first + 1..last])?,
            signed: &jwt[..last],
            signature,
        })
    }
}
