//! Signs the JWTs that the load carries.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A key that signs.
pub struct Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// Header and claims, which all JWTs share: signatures are random, so no two JWTs are equal.
    payload: String,
}

impl Signer {
    /// Reads a .p8 file.
    ///
    /// # Errors
    /// When the file is no P-256 key in PKCS#8 PEM.
    #[expect(clippy::disallowed_methods, reason = "a tool's own JWTs are made here and now")]
    pub fn read(file: &Path, key_id: &str, issuer_id: &str) -> Result<Self> {
        let pem = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)
            .map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let header = serde_json::json!({ "alg": "ES256", "kid": key_id, "typ": "JWT" });
        let claims = serde_json::json!({
            "iss": issuer_id, "iat": now, "exp": now + 19 * 60, "aud": "appstoreconnect-v1",
        });
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let payload = format!("{}.{}", encode(header), encode(claims));
        Ok(Self { pair, random: SystemRandom::new(), payload })
    }

    /// Returns a JWT that was never seen before.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn sign(&self) -> Result<String> {
        let signature = self.pair.sign(&self.random, self.payload.as_bytes())?;
        Ok(format!("{}.{}", self.payload, URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Returns the public key as an uncompressed point, in base64url.
    #[must_use]
    pub fn public_key(&self) -> String {
        use aws_lc_rs::signature::KeyPair;
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }
}
