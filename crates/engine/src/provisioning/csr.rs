//! Reads certificate signing requests (PKCS#10), in every form that clients send.
//!
//! A [`Csr`] is proof: well-formed, signed by the key it carries, and that key is of a kind that
//! some certificate type takes. Its subject and wishes are ignored, as the real service does.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, SignatureAlgorithm};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// More than any RSA 2048 request needs, little enough to parse without a thought.
const LONGEST_BYTES: usize = 64 * 1024;

/// A checked certificate signing request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csr {
    kind: KeyKind,
    public_key: Vec<u8>,
}

/// The kinds of key that certificates are issued on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with a modulus of 2048 bits.
    Rsa2048,
    /// Elliptic curve P-256.
    EcP256,
}

/// Why a text is no acceptable certificate signing request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsrProblem {
    /// Neither PEM nor base64.
    #[error("it is neither PEM nor base64")]
    Encoding,
    /// The bytes are no PKCS#10 request, or more than one.
    #[error("it is not a PKCS#10 certificate signing request")]
    Form,
    /// The key is of no kind that certificates are issued on.
    #[error("its key must be RSA with 2048 bits or ECC with 256 bits")]
    Key,
    /// The signature algorithm is not known.
    #[error("its signature algorithm is not supported")]
    Algorithm,
    /// The signature is not the key's.
    #[error("its signature does not match its public key")]
    Signature,
}

impl Csr {
    /// Returns the kind of the key.
    #[must_use]
    pub fn key_kind(&self) -> KeyKind {
        self.kind
    }
}

impl rcgen::PublicKeyData for Csr {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.kind {
            KeyKind::Rsa2048 => &PKCS_RSA_SHA256,
            KeyKind::EcP256 => &PKCS_ECDSA_P256_SHA256,
        }
    }
}

/// Reads a request: PEM with any line ends and any text around it, or bare base64 of the DER.
///
/// # Errors
/// The first [`CsrProblem`] in the order of the variants.
pub fn parse_csr(text: &str) -> Result<Csr, CsrProblem> {
    let bytes = decode(text)?;
    let (rest, request) =
        X509CertificationRequest::from_der(&bytes).map_err(|_| CsrProblem::Form)?;
    if !rest.is_empty() {
        return Err(CsrProblem::Form);
    }
    let info = &request.certification_request_info;
    let kind = key_kind(&info.subject_pki).ok_or(CsrProblem::Key)?;
    let public_key = info.subject_pki.subject_public_key.data.to_vec();
    let algorithm = verification(kind, &request.signature_algorithm.algorithm.to_id_string())
        .ok_or(CsrProblem::Algorithm)?;
    UnparsedPublicKey::new(algorithm, &public_key)
        .verify(info.raw, &request.signature_value.data)
        .map_err(|_| CsrProblem::Signature)?;
    Ok(Csr { kind, public_key })
}

fn decode(text: &str) -> Result<Vec<u8>, CsrProblem> {
    if text.len() > LONGEST_BYTES {
        return Err(CsrProblem::Encoding);
    }
    let body = match text.split_once("-----BEGIN") {
        None => text,
        Some((_, rest)) => {
            let (label, rest) = rest.split_once("-----").ok_or(CsrProblem::Encoding)?;
            if !matches!(label.trim(), "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST") {
                return Err(CsrProblem::Form);
            }
            rest.split_once("-----END").ok_or(CsrProblem::Encoding)?.0
        }
    };
    let dense: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match STANDARD.decode(dense) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(CsrProblem::Encoding),
    }
}

fn key_kind(key: &SubjectPublicKeyInfo<'_>) -> Option<KeyKind> {
    const PRIME256V1: &str = "1.2.840.10045.3.1.7";
    match key.parsed().ok()? {
        PublicKey::RSA(rsa) => {
            let digits = rsa.modulus.iter().skip_while(|byte| **byte == 0);
            let mut digits = digits.copied().peekable();
            let full = digits.peek().is_some_and(|first| *first >= 0x80);
            (full && digits.count() == 256).then_some(KeyKind::Rsa2048)
        }
        PublicKey::EC(_) => {
            let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
            (curve.to_id_string() == PRIME256V1).then_some(KeyKind::EcP256)
        }
        _ => None,
    }
}

fn verification(kind: KeyKind, signature: &str) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (kind, signature) {
        // fastlane signs its requests with SHA-1.
        (KeyKind::Rsa2048, "1.2.840.113549.1.1.5") => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (KeyKind::Rsa2048, "1.2.840.113549.1.1.11") => &RSA_PKCS1_2048_8192_SHA256,
        (KeyKind::Rsa2048, "1.2.840.113549.1.1.12") => &RSA_PKCS1_2048_8192_SHA384,
        (KeyKind::Rsa2048, "1.2.840.113549.1.1.13") => &RSA_PKCS1_2048_8192_SHA512,
        (KeyKind::EcP256, "1.2.840.10045.4.3.2") => &ECDSA_P256_SHA256_ASN1,
        (KeyKind::EcP256, "1.2.840.10045.4.3.3") => &ECDSA_P256_SHA384_ASN1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, RsaKeySize};

    fn read(text: &str) -> Result<KeyKind, CsrProblem> {
        parse_csr(text).map(|csr| csr.key_kind())
    }

    fn request(key: &KeyPair) -> String {
        let request = CertificateParams::default().serialize_request(key).expect("signs");
        request.pem().expect("writes")
    }

    fn bare(pem: &str) -> String {
        pem.lines().filter(|line| !line.starts_with('-')).collect()
    }

    #[test]
    fn every_form_that_clients_send_is_read() {
        let pem = request(&KeyPair::generate().expect("draws")).replace("\r\n", "\n");
        let one_line = bare(&pem);
        for text in [
            pem.clone(),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', "\r"),
            format!("Certificate Request:\n  Data:\n{pem}\n\n"),
            pem.replace("CERTIFICATE REQ", "NEW CERTIFICATE REQ"),
            one_line.clone(),
            format!(" {one_line}\n"),
            format!(
                "-----BEGIN CERTIFICATE REQUEST-----{one_line}-----END CERTIFICATE REQUEST-----"
            ),
        ] {
            assert_eq!(read(&text), Ok(KeyKind::EcP256), "{text}");
        }
    }

    #[test]
    fn rsa_keys_need_2048_bits() {
        for (size, expected) in
            [(RsaKeySize::_2048, Ok(KeyKind::Rsa2048)), (RsaKeySize::_3072, Err(CsrProblem::Key))]
        {
            let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size).expect("draws");
            assert_eq!(read(&request(&key)), expected);
        }
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        let key = KeyPair::generate().expect("draws");
        let text = bare(&request(&key));
        let der = STANDARD.decode(&text).expect("is base64");
        let other = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("draws");
        for (text, problem) in [
            (String::new(), CsrProblem::Encoding),
            ("not base64!".to_owned(), CsrProblem::Encoding),
            ("-----BEGIN CERTIFICATE REQUEST-----".to_owned(), CsrProblem::Encoding),
            ("A".repeat(LONGEST_BYTES + 1), CsrProblem::Encoding),
            (key.serialize_pem(), CsrProblem::Form),
            (STANDARD.encode(b"hello"), CsrProblem::Form),
            (STANDARD.encode(&der[..der.len() - 1]), CsrProblem::Form),
            (STANDARD.encode([&der[..], &[0]].concat()), CsrProblem::Form),
            (request(&other), CsrProblem::Key),
        ] {
            assert_eq!(read(&text), Err(problem), "{text}");
        }
    }

    #[test]
    fn every_flipped_bit_of_what_is_signed_and_of_the_signature_is_noticed() {
        const ECDSA_WITH_SHA256: [u8; 12] = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
        let key = KeyPair::generate().expect("draws");
        let der = STANDARD.decode(bare(&request(&key))).expect("is base64");
        let length = ECDSA_WITH_SHA256.len();
        let unsigned = der.windows(length).rposition(|part| part == ECDSA_WITH_SHA256);
        let unsigned = unsigned.expect("names its algorithm");
        // Behind the algorithm stand three bytes of framing, then the signature.
        for at in (0..unsigned).chain(unsigned + length + 3..der.len()) {
            let mut broken = der.clone();
            broken[at] ^= 0x01;
            assert!(parse_csr(&STANDARD.encode(&broken)).is_err(), "byte {at} of {}", der.len());
        }
    }
}
