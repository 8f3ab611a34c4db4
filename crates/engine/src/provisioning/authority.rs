//! A team's certificate authority: one RSA key and the certificates that are computed from it.
//!
//! It signs what it is given and knows no certificate types. The root names itself Russet's, so
//! that nobody takes it for Apple's; the issuers below it carry the names that clients read.

use aws_lc_rs::digest::{SHA256, digest};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, PublicKeyData, RsaKeySize,
    SerialNumber, SigningKey, date_time_ymd,
};

use super::{MaterialFault, der};

/// Arcs of Apple's private extensions.
const APPLE: [u64; 5] = [1, 2, 840, 113_635, 100];

/// A team's own CA hierarchy.
///
/// All of its certificates are on one key and are computed from it, so the key is all that is
/// kept, and equal requests give equal certificates (RSA PKCS#1 signatures are deterministic).
/// Not printable: it holds a private key.
pub struct TeamAuthority {
    key: KeyPair,
}

/// A certificate of the hierarchy that issues others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Issuer {
    /// Development and distribution.
    DeveloperRelations,
    /// Passes.
    DeveloperRelationsG4,
    /// Apple Pay.
    DeveloperRelationsG2,
    /// Distribution outside the store.
    DeveloperId,
    /// The same, newer.
    DeveloperIdG2,
    /// The signer of profiles.
    Iphone,
}

impl TeamAuthority {
    /// Draws a new authority from the operating system's random source. Called at the edge only;
    /// takes about 100 ms, so not inside a write transaction.
    ///
    /// # Errors
    /// When no key can be drawn.
    pub fn generate() -> Result<Self, MaterialFault> {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        Ok(TeamAuthority { key })
    }

    /// Reads an authority that [`TeamAuthority::to_pem`] wrote.
    ///
    /// # Errors
    /// When the text is no RSA key in PKCS#8 PEM.
    pub fn from_pem(pem: &str) -> Result<Self, MaterialFault> {
        KeyPair::from_pkcs8_pem_and_sign_algo(pem, &PKCS_RSA_SHA256)
            .map(|key| TeamAuthority { key })
            .map_err(|error| MaterialFault::Authority(error.to_string()))
    }

    /// Returns the authority as text to be kept. It is a private key: never shown, never logged.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Returns the root certificate, PEM, for those who want to verify what the team was issued.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn root_pem(&self) -> Result<String, MaterialFault> {
        Ok(root_params(&self.key).self_signed(&self.key)?.pem())
    }

    /// Returns all issuing certificates below the root, PEM, one after another.
    ///
    /// # Errors
    /// When they cannot be signed.
    pub fn issuers_pem(&self) -> Result<String, MaterialFault> {
        Issuer::ALL.iter().map(|issuer| Ok(self.issuer_certificate(*issuer)?.pem())).collect()
    }

    /// Signs a certificate; returns its DER.
    pub(super) fn certify(
        &self,
        issuer: Issuer,
        params: &CertificateParams,
        public_key: &impl rcgen::PublicKeyData,
    ) -> Result<Vec<u8>, MaterialFault> {
        let issuer = rcgen::Issuer::new(issuer.params(&self.key), &self.key);
        Ok(params.signed_by(public_key, &issuer)?.der().to_vec())
    }

    /// Returns the chain that profiles carry, DER: signer, its issuer, root.
    pub(super) fn profile_chain(&self) -> Result<[Vec<u8>; 3], MaterialFault> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(&[
            (DnType::CommonName, "Apple iPhone OS Provisioning Profile Signing"),
            (DnType::OrganizationName, "Apple Inc."),
        ]);
        params.serial_number = Some(SerialNumber::from_slice(&[0x11]));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        params.key_identifier_method = key_identifier(&self.key, "profile signer");
        set_lifetime(&mut params);
        Ok([
            self.certify(Issuer::Iphone, &params, &self.key)?,
            self.issuer_certificate(Issuer::Iphone)?.der().to_vec(),
            root_params(&self.key).self_signed(&self.key)?.der().to_vec(),
        ])
    }

    /// Signs a message: RSA PKCS#1 with SHA-256.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, MaterialFault> {
        Ok(self.key.sign(message)?)
    }

    fn issuer_certificate(&self, issuer: Issuer) -> Result<rcgen::Certificate, MaterialFault> {
        let root = rcgen::Issuer::new(root_params(&self.key), &self.key);
        Ok(issuer.params(&self.key).signed_by(&self.key, &root)?)
    }
}

impl Issuer {
    const ALL: [Issuer; 6] = [
        Issuer::DeveloperRelations,
        Issuer::DeveloperRelationsG4,
        Issuer::DeveloperRelationsG2,
        Issuer::DeveloperId,
        Issuer::DeveloperIdG2,
        Issuer::Iphone,
    ];

    /// Common name, organizational unit and the last arcs of Apple's marker for the issuer.
    /// Source: issuers named in recorded certificates; units of the passes' and Apple Pay's CA and
    /// the markers from published tool sources.
    fn identity(self) -> (&'static str, &'static str, &'static [u64]) {
        const RELATIONS: &str = "Apple Worldwide Developer Relations Certification Authority";
        const DEVELOPER_ID: &str = "Developer ID Certification Authority";
        const GENERAL: &str = "Apple Certification Authority";
        match self {
            Issuer::DeveloperRelations => (RELATIONS, "G3", &[6, 2, 1]),
            Issuer::DeveloperRelationsG4 => (RELATIONS, "G4", &[6, 2, 1]),
            Issuer::DeveloperRelationsG2 => {
                ("Apple Worldwide Developer Relations CA - G2", GENERAL, &[6, 2, 15])
            }
            Issuer::DeveloperId => (DEVELOPER_ID, GENERAL, &[6, 2, 6]),
            Issuer::DeveloperIdG2 => (DEVELOPER_ID, "G2", &[6, 2, 6]),
            Issuer::Iphone => ("Apple iPhone Certification Authority", GENERAL, &[6, 2, 2]),
        }
    }

    fn params(self, key: &KeyPair) -> CertificateParams {
        let (common_name, unit, marker) = self.identity();
        let mut params = authority_params(key, &format!("{common_name} {unit}"), 0x02 + self as u8);
        params.distinguished_name = name(&[
            (DnType::CommonName, common_name),
            (DnType::OrganizationalUnitName, unit),
            (DnType::OrganizationName, "Apple Inc."),
        ]);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.custom_extensions = vec![apple_extension(marker, der::null())];
        params
    }
}

/// Returns one of Apple's private extensions, not critical.
pub(super) fn apple_extension(arcs: &[u64], content: Vec<u8>) -> CustomExtension {
    CustomExtension::from_oid_content(&[&APPLE, arcs].concat(), content)
}

/// Returns a distinguished name of these parts, in this order, and the country.
pub(super) fn name(parts: &[(DnType, &str)]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in parts {
        name.push(kind.clone(), *value);
    }
    if let Ok(country) = "US".try_into() {
        name.push(DnType::CountryName, DnValue::PrintableString(country));
    }
    name
}

fn root_params(key: &KeyPair) -> CertificateParams {
    let mut params = authority_params(key, "Russet Root CA", 0x01);
    params.distinguished_name = name(&[
        (DnType::CommonName, "Russet Root CA"),
        (DnType::OrganizationalUnitName, "Emulation, not Apple"),
        (DnType::OrganizationName, "Russet"),
    ]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn authority_params(key: &KeyPair, identity: &str, serial: u8) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(&[serial]));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.key_identifier_method = key_identifier(key, identity);
    set_lifetime(&mut params);
    params
}

/// Certificates of the hierarchy share a key; identifiers drawn from key and name keep them apart
/// for those who build chains.
fn key_identifier(key: &KeyPair, identity: &str) -> KeyIdMethod {
    let whole = [identity.as_bytes(), key.der_bytes()].concat();
    KeyIdMethod::PreSpecified(digest(&SHA256, &whole).as_ref()[..20].to_vec())
}

/// The hierarchy outlives whatever the simulated clock is set to within reason: fixed dates, the
/// last one the end of what X.509's two-digit years can say.
fn set_lifetime(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_authority_computes_the_same_certificates_again() {
        let authority = TeamAuthority::generate().expect("generates");
        let again = TeamAuthority::from_pem(&authority.to_pem()).expect("reads back");
        assert_eq!(authority.root_pem().expect("signs"), again.root_pem().expect("signs"));
        assert_eq!(
            authority.profile_chain().expect("signs"),
            again.profile_chain().expect("signs")
        );
    }

    #[test]
    fn text_that_is_no_key_is_a_fault_with_a_reason() {
        for text in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(matches!(TeamAuthority::from_pem(text), Err(MaterialFault::Authority(_))));
        }
    }
}
