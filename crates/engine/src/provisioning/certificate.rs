//! Issues certificates on the key of a request.
//!
//! What a type looks like is `certificate_type`'s table; whether the caller may have one, and how
//! many, is the behaviors' business.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use rcgen::{CertificateParams, CustomExtension, DnType, IsCa, KeyUsagePurpose, SerialNumber};
use time::OffsetDateTime;

use super::authority::{apple_extension, name};
use super::certificate_type::{Purpose, Row, Validity};
use super::{CertificateType, Csr, Holder, KeyKind, MaterialFault, TeamAuthority, TeamName, der};

/// Who a development certificate belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Full name; `Created via API` for certificates that a team key asked for.
    pub name: &'a str,
    /// Ten upper-case alphanumerics, the same in all certificates of the person.
    pub id: &'a str,
}

/// What is to be issued, beside the key.
#[derive(Debug, Clone, Copy)]
pub struct CertificateOrder<'a> {
    /// Type.
    pub certificate_type: CertificateType,
    /// The team that gets it.
    pub team: TeamName<'a>,
    /// The member who asks.
    pub person: Person<'a>,
    /// Identifier of the merchant id or pass type id, where the type stands for one.
    pub identifier: Option<&'a str>,
    /// Entropy for the serial number.
    pub serial: u128,
    /// Start of validity.
    pub now: Timestamp,
}

/// A certificate, and the attributes that follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// Attribute `name`, `iOS Development: Jane Doe`.
    pub name: String,
    /// Attribute `displayName`: whom or what it stands for.
    pub display_name: String,
    /// Attribute `serialNumber`: upper-case hexadecimal.
    pub serial_number: String,
    /// Attribute `platform`.
    pub platform: Option<&'static str>,
    /// Last second of validity.
    pub expires: Timestamp,
}

impl Issued {
    /// Returns the attribute `certificateContent`: base64 of the DER.
    #[must_use]
    pub fn content(&self) -> String {
        STANDARD.encode(&self.der)
    }
}

/// Why a certificate is not issued.
#[derive(Debug, thiserror::Error)]
pub enum CertificateProblem {
    /// The request's key is of another kind than the type takes.
    #[error("its key must be {}", match .needed {
        KeyKind::Rsa2048 => "RSA with 2048 bits",
        KeyKind::EcP256 => "ECC with 256 bits",
    })]
    Key {
        /// The kind that the type takes.
        needed: KeyKind,
    },
    /// The type stands for a merchant id or pass type id, and none was given.
    #[error("the certificate type needs a merchant id or pass type id")]
    Identifier,
    /// A fault of ours.
    #[error(transparent)]
    Fault(#[from] MaterialFault),
}

/// Issues a certificate on the key of `csr`. Subject, issuer, extensions and validity follow
/// recorded certificates; no revocation or OCSP address is given, since none would answer.
///
/// # Errors
/// [`CertificateProblem`]; the fault when the date is outside what certificates can say.
pub fn issue(
    authority: &TeamAuthority,
    csr: &Csr,
    order: &CertificateOrder<'_>,
) -> Result<Issued, CertificateProblem> {
    let row = order.certificate_type.row();
    if csr.key_kind() != row.key {
        return Err(CertificateProblem::Key { needed: row.key });
    }
    let subject = Subject::of(row, order)?;
    let expires = expiry(row.validity, order.now)?;
    let serial = serial_bytes(order.serial);

    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.distinguished_name = name(&[
        (DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 1]), subject.id),
        (DnType::CommonName, &subject.common_name),
        (DnType::OrganizationalUnitName, order.team.id),
        (DnType::OrganizationName, order.team.name),
    ]);
    params.not_before = date(order.now)?;
    params.not_after = date(expires)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![key_usage(row)];
    params.custom_extensions = extensions(row, order, subject.id);
    let der = authority.certify(row.issuer, &params, csr)?;

    Ok(Issued {
        der,
        name: format!("{}: {}", row.label, subject.display_name),
        display_name: subject.display_name.to_owned(),
        serial_number: hexadecimal(&serial),
        platform: order.certificate_type.platform(),
        expires,
    })
}

/// Returns when a certificate of this type was issued if it expires then.
///
/// # Errors
/// When the date is outside what certificates can say.
pub fn issued_at(
    certificate_type: CertificateType,
    expires: Timestamp,
) -> Result<Timestamp, MaterialFault> {
    let end = expires.to_zoned_datetime(TimeZone::UTC).checked_add(1.second())?;
    Ok(end.checked_sub(span(certificate_type.row().validity))?.timestamp())
}

struct Subject<'a> {
    id: &'a str,
    common_name: String,
    display_name: &'a str,
}

impl<'a> Subject<'a> {
    fn of(row: &Row, order: &CertificateOrder<'a>) -> Result<Self, CertificateProblem> {
        let prefix = row.common_name;
        let identifier = || order.identifier.ok_or(CertificateProblem::Identifier);
        let named = |id: &'a str, display_name: &'a str| {
            let common_name = format!("{prefix}: {display_name} ({id})");
            Subject { id, common_name, display_name }
        };
        Ok(match row.holder {
            Holder::Person => named(order.person.id, order.person.name),
            Holder::Team => named(order.team.id, order.team.name),
            Holder::Merchant => {
                let id = identifier()?;
                Subject { id, common_name: format!("{prefix}:{id}"), display_name: id }
            }
            Holder::Pass => {
                let id = identifier()?;
                Subject { id, common_name: format!("{prefix}: {id}"), display_name: id }
            }
        })
    }
}

/// Sixteen bytes that always print as 32 digits and never need a sign byte.
fn serial_bytes(entropy: u128) -> [u8; 16] {
    let mut bytes = entropy.to_be_bytes();
    bytes[0] = 0x40 | (bytes[0] & 0x3f);
    bytes
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 0x0f)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// A recorded year ends one second before its anniversary.
fn expiry(validity: Validity, now: Timestamp) -> Result<Timestamp, MaterialFault> {
    let start = now.to_zoned_datetime(TimeZone::UTC);
    let end = start.checked_add(span(validity))?.checked_sub(1.second())?;
    Ok(Timestamp::from_second(end.timestamp().as_second())?)
}

fn span(validity: Validity) -> Span {
    match validity {
        Validity::OneYear => 1.year(),
        Validity::FiveYears => 5.years(),
        Validity::TwentyFiveMonths => 25.months(),
    }
}

fn date(at: Timestamp) -> Result<OffsetDateTime, MaterialFault> {
    OffsetDateTime::from_unix_timestamp(at.as_second())
        .map_err(|error| MaterialFault::Date(error.to_string()))
}

fn key_usage(row: &Row) -> KeyUsagePurpose {
    match (row.purpose, row.key) {
        (Purpose::PaymentDecryption, KeyKind::EcP256) => KeyUsagePurpose::KeyAgreement,
        (Purpose::PaymentDecryption, KeyKind::Rsa2048) => KeyUsagePurpose::KeyEncipherment,
        _ => KeyUsagePurpose::DigitalSignature,
    }
}

fn extensions(row: &Row, order: &CertificateOrder<'_>, id: &str) -> Vec<CustomExtension> {
    let mut list = vec![certificate_policy()];
    list.extend(extended_key_usage(row.purpose));
    for marker in row.markers {
        let mut extension = apple_extension(&[6, 1, *marker], der::null());
        extension.set_criticality(true);
        list.push(extension);
    }
    match row.holder {
        // Payment libraries look for this digest, in digits. Source: Apple's payment token format.
        Holder::Merchant => {
            let digits = hexadecimal(digest(&SHA256, id.as_bytes()).as_ref());
            list.push(apple_extension(&[6, 32], der::utf8(&digits)));
        }
        Holder::Pass => list.push(apple_extension(&[6, 1, 16], der::utf8(id))),
        Holder::Team if row.validity == Validity::FiveYears => {
            let day = order.now.strftime("%Y%m%d000000Z").to_string();
            list.push(apple_extension(&[6, 1, 33], der::utf8(&day)));
        }
        Holder::Person | Holder::Team => {}
    }
    list
}

/// Apple's certificate policy, without its texts.
fn certificate_policy() -> CustomExtension {
    let policy = der::oid(&[1, 2, 840, 113_635, 100, 5, 1]);
    let content = der::sequence(&[&der::sequence(&[&policy])]);
    CustomExtension::from_oid_content(&[2, 5, 29, 32], content)
}

/// Written by hand because recorded ones are critical, which `rcgen`'s own never is.
fn extended_key_usage(purpose: Purpose) -> Option<CustomExtension> {
    let client: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 2];
    let usages: &[&[u64]] = match purpose {
        Purpose::CodeSigning => &[&[1, 3, 6, 1, 5, 5, 7, 3, 3]],
        Purpose::MacInstaller => &[&[1, 2, 840, 113_635, 100, 4, 9]],
        Purpose::PassSigning => &[client, &[1, 2, 840, 113_635, 100, 4, 14]],
        Purpose::ClientAuthentication => &[client],
        Purpose::PaymentDecryption => return None,
    };
    let usages: Vec<Vec<u8>> = usages.iter().map(|usage| der::oid(usage)).collect();
    let parts: Vec<&[u8]> = usages.iter().map(Vec::as_slice).collect();
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 37], der::sequence(&parts));
    extension.set_criticality(true);
    Some(extension)
}
