//! Signing JWTs for `russet jwt` and for tests: what a client does.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::json;

use super::claims::AUDIENCE;
use crate::keys::pem_block;
use crate::{IssuerId, KeyId};

/// A private key read from a file. No `Debug`, no way out.
pub struct SigningKey(EcdsaKeyPair);

/// Why a key file cannot be used. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// No PEM block in it.
    #[error(
        "it holds no PEM block; the file must be the .p8 file as downloaded, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----"
    )]
    NotPem,
    /// The PEM block is something else.
    #[error("it holds a PEM block named {0}, not a PRIVATE KEY; use the .p8 file as downloaded")]
    OtherBlock(String),
    /// Encrypted with a passphrase.
    #[error("its private key is encrypted; decrypt it first, the .p8 file as downloaded is not")]
    Encrypted,
    /// The text between the lines is damaged.
    #[error("the text inside its PEM block is not base64; download or copy the file again")]
    NotBase64,
    /// Another algorithm or curve.
    #[error("its private key is not an elliptic curve key on P-256; App Store Connect keys are")]
    NotP256,
}

impl SigningKey {
    /// Reads a private key from PEM text: PKCS#8 (`BEGIN PRIVATE KEY`) or SEC 1 (`BEGIN EC
    /// PRIVATE KEY`).
    ///
    /// # Errors
    /// What is wrong with the text, and what to do.
    pub fn from_pem(text: &str) -> Result<SigningKey, KeyFileError> {
        // OpenSSL writes EC parameters in a block of their own before a SEC 1 key.
        let key_starts = text.find("-----BEGIN EC PRIVATE KEY-----").unwrap_or(0);
        let (label, body) = pem_block(&text[key_starts..]).ok_or(KeyFileError::NotPem)?;
        match label {
            "PRIVATE KEY" | "EC PRIVATE KEY" => {}
            "ENCRYPTED PRIVATE KEY" => return Err(KeyFileError::Encrypted),
            other => return Err(KeyFileError::OtherBlock(other.to_owned())),
        }
        if body.contains("ENCRYPTED") {
            return Err(KeyFileError::Encrypted);
        }
        let body: String = body.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).map_err(|_| KeyFileError::NotBase64)?;
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)
            .map(SigningKey)
            .map_err(|_| KeyFileError::NotP256)
    }

    /// Returns the public key: uncompressed point, 65 bytes.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        use aws_lc_rs::signature::KeyPair as _;
        self.0.public_key().as_ref()
    }
}

/// What a JWT shall say.
#[derive(Debug, Clone)]
pub struct JwtRequest<'a> {
    /// Key id.
    pub key_id: KeyId,
    /// The team's issuer id; `None` for an individual key.
    pub issuer: Option<&'a IssuerId>,
    /// When it is signed.
    pub now: Timestamp,
    /// From `now` to its end. Any: what is too long is for the server to refuse.
    pub lifetime: Duration,
    /// Entries of `scope`; none for no scope.
    pub scope: &'a [String],
}

/// Why a JWT was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The cryptographic library failed.
    #[error("the JWT could not be signed with this key")]
    Failed,
    /// `now` and lifetime add up to no time.
    #[error("the lifetime is too long to count")]
    Lifetime,
}

/// Signs a JWT with ES256.
///
/// # Errors
/// When the library fails or the lifetime cannot be counted.
pub fn sign_jwt(key: &SigningKey, request: &JwtRequest<'_>) -> Result<String, SignError> {
    let signed_at = request.now.as_second();
    let lifetime = i64::try_from(request.lifetime.as_secs()).map_err(|_| SignError::Lifetime)?;
    let expires = signed_at.checked_add(lifetime).ok_or(SignError::Lifetime)?;
    let header = json!({ "alg": "ES256", "kid": request.key_id, "typ": "JWT" });
    let mut claims = match request.issuer {
        Some(issuer) => json!({ "iss": issuer.as_str() }),
        None => json!({ "sub": "user" }),
    };
    claims["iat"] = signed_at.into();
    claims["exp"] = expires.into();
    claims["aud"] = AUDIENCE.into();
    if !request.scope.is_empty() {
        claims["scope"] = request.scope.into();
    }
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string()),
    );
    // The library draws the nonce of the signature itself: it takes no generator for that.
    let signature =
        key.0.sign_digest(&digest(&SHA256, signed.as_bytes())).map_err(|_| SignError::Failed)?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
}
