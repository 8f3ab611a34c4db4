//! The private half of a key pair: made, handed out once as PEM text, and forgotten.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Draw;

/// A private key as PKCS#8 PEM. It has no `Debug`, `Display`, `Clone` or `Serialize`: the one way
/// out is [`PrivateKeyPem::into_text`], to the person who asked for the key.
pub struct PrivateKeyPem(String);

impl PrivateKeyPem {
    /// Returns the text of the `.p8` file.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Makes a P-256 key pair from `draw` and returns its PEM and its public point.
///
/// The scalar is 32 drawn bytes; those outside the group's order (one in four billion) are drawn
/// anew, so every key is equally likely.
pub(super) fn generate(draw: Draw<'_>) -> Result<(PrivateKeyPem, Vec<u8>), Unspecified> {
    let mut scalar = [0; 32];
    for _ in 0..8 {
        draw(&mut scalar);
        let Ok(private) = PrivateKey::from_private_key(&ECDH_P256, &scalar) else { continue };
        let point = private.compute_public_key()?.as_ref().to_vec();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &scalar,
            &point,
        )?;
        scalar.fill(0);
        let pem = encode_pem(pair.to_pkcs8v1()?.as_ref());
        return Ok((PrivateKeyPem(pem), point));
    }
    // A source that yields eight bad scalars in a row is broken.
    Err(Unspecified)
}

fn encode_pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

/// Returns the label and the text between the first pair of PEM lines; `None` where there is no
/// complete pair.
pub(crate) fn pem_block(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    Some((label, body))
}
