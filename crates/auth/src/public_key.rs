//! The public half of a key, parsed once and used for every first sight of a JWT.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use russet_store::{Result, StoreError};

use crate::KeyId;

/// A P-256 public key, on the curve.
pub(crate) struct PublicKey {
    point: Vec<u8>,
    parsed: ParsedPublicKey,
}

impl PublicKey {
    /// Parses the point of a key's record.
    pub(crate) fn parse(id: KeyId, point: &[u8]) -> Result<PublicKey> {
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|error| {
            StoreError::Damaged {
                place: format!("the public key of API key {id}"),
                why: error.to_string(),
            }
        })?;
        Ok(PublicKey { point: point.to_vec(), parsed })
    }

    /// Returns whether this is the key with that point.
    pub(crate) fn is(&self, point: &[u8]) -> bool {
        self.point == point
    }

    /// Returns whether `signature`, R and S of 32 bytes each, is this key's over `signed`.
    pub(crate) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(signed, signature).is_ok()
    }
}

#[cfg(test)]
impl PublicKey {
    /// Returns some key, for tests that only need one to hold.
    pub(crate) fn any() -> std::sync::Arc<PublicKey> {
        let scalar = [7; 32];
        let private = aws_lc_rs::agreement::PrivateKey::from_private_key(
            &aws_lc_rs::agreement::ECDH_P256,
            &scalar,
        )
        .expect("7…7 is below the order");
        let point = private.compute_public_key().expect("it has a public key");
        let id = KeyId::parse("2X9R4HXF34").expect("well-formed");
        std::sync::Arc::new(PublicKey::parse(id, point.as_ref()).expect("a point on the curve"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = include_str!("../tests/vectors/ecdsa_p256_sha256_p1363.txt");

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = if hex == "-" { "" } else { hex };
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex"))
            .collect()
    }

    #[test]
    fn every_wycheproof_vector_verifies_as_it_should() {
        let id = KeyId::parse("2X9R4HXF34").expect("well-formed");
        let mut key = PublicKey::any();
        let mut counts = (0, 0);
        for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
            match line.split(' ').collect::<Vec<_>>().as_slice() {
                ["key", point] => key = PublicKey::parse(id, &bytes(point)).expect("valid").into(),
                [number, result, message, signature] => {
                    let expected = *result == "valid";
                    let verified = key.verifies(&bytes(message), &bytes(signature));
                    assert_eq!(verified, expected, "vector {number}");
                    if expected { counts.0 += 1 } else { counts.1 += 1 }
                }
                _ => panic!("unexpected line {line}"),
            }
        }
        assert_eq!(counts, (173, 89));
    }

    #[test]
    fn a_point_off_the_curve_is_no_key() {
        let id = KeyId::parse("2X9R4HXF34").expect("well-formed");
        let mut point = PublicKey::any().point.clone();
        point[64] ^= 1;
        assert!(PublicKey::parse(id, &point).is_err());
        assert!(PublicKey::parse(id, &[]).is_err());
    }
}
