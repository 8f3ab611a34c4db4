//! What Russet's certificates say: the local CA and the server certificate that it signs.
//!
//! Knows X.509 and nothing of files, clocks or sockets: time comes in as a value. Start at
//! [`make_ca`]; [`make_leaf`] signs with what it returns.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_parser::extensions::GeneralName;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a new CA is good for (our choice: long enough not to be noticed, short enough that a
/// forgotten one ends).
pub(crate) const CA_LIFETIME: Duration = Duration::from_secs(2 * 365 * 24 * 60 * 60);

/// How long a new server certificate is good for. macOS refuses more than 825 days, browsers more
/// than about a year; these last as long as those of common public CAs.
pub(crate) const LEAF_LIFETIME: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How long before now both begin, so that a client whose clock is behind accepts them.
const BACKDATED: Duration = DAY;

/// A CA: its certificate and its private key, both as PEM.
///
/// Has no `Debug`, since it holds a private key.
pub(crate) struct Ca {
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

/// A server certificate with its key.
pub(crate) struct Leaf {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
    /// When it ends.
    pub(crate) ends: SystemTime,
}

/// Why a kept CA cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// It has ended, or was made for other hosts by another version: a new one takes its place.
    #[error("it is out of date")]
    Outdated,
    /// The files are not what Russet writes.
    #[error("{0}")]
    Damaged(String),
}

/// Makes a CA that can sign for `hosts` and below them, and for nothing else.
///
/// Certificates for IP addresses are excluded outright, since a list of permitted DNS names says
/// nothing about other kinds of names (RFC 5280, 4.2.1.10). The extension is critical.
pub(crate) fn make_ca(hosts: &[&str], now: SystemTime) -> Result<Ca, rcgen::Error> {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::OrganizationName, "Russet");
    params.distinguished_name.push(DnType::CommonName, "Russet CA, made on this machine");
    set_validity(&mut params, now - BACKDATED, now + CA_LIFETIME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: hosts
            .iter()
            .map(|host| GeneralSubtree::DnsName((*host).to_owned()))
            .collect(),
        excluded_subtrees: vec![
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([0; 4], 0)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix([0; 16], 0)),
        ],
    });
    let certificate = params.self_signed(&key)?;
    Ok(Ca { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
}

/// Checks that a kept CA is whole, for exactly `hosts`, and good for at least another day.
///
/// # Errors
///
/// [`Unusable::Outdated`] where a new one should be made, [`Unusable::Damaged`] otherwise.
pub(crate) fn check_ca(ca: &Ca, hosts: &[&str], now: SystemTime) -> Result<(), Unusable> {
    let damaged = |why: &str| Unusable::Damaged(why.to_owned());
    let (_, pem) = x509_parser::pem::parse_x509_pem(ca.certificate_pem.as_bytes())
        .map_err(|_| damaged("ca.pem holds no certificate"))?;
    let certificate =
        pem.parse_x509().map_err(|_| damaged("the certificate in ca.pem cannot be read"))?;
    let key = KeyPair::from_pem(&ca.key_pem).map_err(|_| damaged("ca.key holds no private key"))?;
    if key.public_key_raw() != &*certificate.public_key().subject_public_key.data {
        return Err(damaged("ca.key is not the key of ca.pem"));
    }
    let permitted: Vec<&str> = certificate
        .name_constraints()
        .ok()
        .flatten()
        .and_then(|extension| extension.value.permitted_subtrees.as_ref())
        .into_iter()
        .flatten()
        .filter_map(|subtree| match subtree.base {
            GeneralName::DNSName(name) => Some(name),
            _ => None,
        })
        .collect();
    if permitted != hosts || end_of(&certificate) < now + DAY {
        return Err(Unusable::Outdated);
    }
    Ok(())
}

/// Signs a server certificate for `hosts`, which ends no later than the CA.
pub(crate) fn make_leaf(ca: &Ca, hosts: &[&str], now: SystemTime) -> Result<Leaf, rcgen::Error> {
    let issuer = Issuer::from_ca_cert_pem(&ca.certificate_pem, KeyPair::from_pem(&ca.key_pem)?)?;
    let ca_ends = x509_parser::pem::parse_x509_pem(ca.certificate_pem.as_bytes())
        .ok()
        .and_then(|(_, pem)| pem.parse_x509().ok().map(|certificate| end_of(&certificate)))
        .ok_or(rcgen::Error::CouldNotParseCertificate)?;
    let ends = (now + LEAF_LIFETIME).min(ca_ends);

    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::OrganizationName, "Russet");
    if let Some(host) = hosts.first() {
        params.distinguished_name.push(DnType::CommonName, *host);
    }
    set_validity(&mut params, now - BACKDATED, ends);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Leaf {
        chain: vec![certificate.der().clone()],
        key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        ends,
    })
}

fn end_of(certificate: &x509_parser::certificate::X509Certificate<'_>) -> SystemTime {
    let seconds = certificate.validity().not_after.timestamp();
    UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// Sets from when until when, in the whole seconds that X.509 counts in.
fn set_validity(params: &mut CertificateParams, begins: SystemTime, ends: SystemTime) {
    let since_epoch = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + Duration::from_secs(since_epoch(begins).as_secs());
    params.not_after = epoch + Duration::from_secs(since_epoch(ends).as_secs());
}
