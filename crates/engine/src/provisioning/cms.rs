//! Wraps bytes into CMS `SignedData`, as provisioning profiles are: signed, not encrypted.
//!
//! It knows nothing of profiles. Source: RFC 5652; the choice of signed attributes and digests
//! follows what `openssl cms -sign` writes.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use x509_parser::parse_x509_certificate;

use super::{MaterialFault, TeamAuthority, der};

const PKCS7: [u64; 6] = [1, 2, 840, 113_549, 1, 7];
const PKCS9: [u64; 6] = [1, 2, 840, 113_549, 1, 9];
const RSA_ENCRYPTION: [u64; 7] = [1, 2, 840, 113_549, 1, 1, 1];
const SHA_256: [u64; 9] = [2, 16, 840, 1, 101, 3, 4, 2, 1];

/// Returns DER of a `ContentInfo` with `content` inside, signed by the authority's profile signer
/// and with its chain.
pub(super) fn sign(
    authority: &TeamAuthority,
    content: &[u8],
    at: Timestamp,
) -> Result<Vec<u8>, MaterialFault> {
    let chain = authority.profile_chain()?;
    let attributes = signed_attributes(content, at);
    // The signature covers the attributes under their own tag, not the one they are sent with.
    let signature = authority.sign(&der::tagged(0x31, &attributes))?;
    let digest_algorithm = der::sequence(&[&der::oid(&SHA_256), &der::null()]);
    let signer = der::sequence(&[
        &der::integer(1),
        &signer_identifier(&chain[0])?,
        &digest_algorithm,
        &der::context(0, &attributes),
        &der::sequence(&[&der::oid(&RSA_ENCRYPTION), &der::null()]),
        &der::octets(&signature),
    ]);
    let encapsulated =
        der::sequence(&[&der::oid(&data_type()), &der::context(0, &der::octets(content))]);
    let signed_data = der::sequence(&[
        &der::integer(1),
        &der::set(vec![digest_algorithm]),
        &encapsulated,
        &der::context(0, &der::set_content(chain.to_vec())),
        &der::set(vec![signer]),
    ]);
    let signed_data_type = [&PKCS7[..], &[2]].concat();
    Ok(der::sequence(&[&der::oid(&signed_data_type), &der::context(0, &signed_data)]))
}

fn data_type() -> Vec<u64> {
    [&PKCS7[..], &[1]].concat()
}

/// Content of the `SET OF` signed attributes: content type, signing time, message digest.
fn signed_attributes(content: &[u8], at: Timestamp) -> Vec<u8> {
    let attribute = |number: u64, value: Vec<u8>| {
        let kind = der::oid(&[&PKCS9[..], &[number]].concat());
        der::sequence(&[&kind, &der::set(vec![value])])
    };
    // Years from 2050 on need four digits.
    let short = at.strftime("%Y").to_string().as_str() < "2050";
    let time = if short {
        der::tagged(0x17, at.strftime("%y%m%d%H%M%SZ").to_string().as_bytes())
    } else {
        der::tagged(0x18, at.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes())
    };
    der::set_content(vec![
        attribute(3, der::oid(&data_type())),
        attribute(5, time),
        attribute(4, der::octets(digest(&SHA256, content).as_ref())),
    ])
}

/// Issuer and serial number of the signer's certificate.
fn signer_identifier(certificate: &[u8]) -> Result<Vec<u8>, MaterialFault> {
    let (_, certificate) = parse_x509_certificate(certificate)
        .map_err(|error| MaterialFault::Signing(error.to_string()))?;
    let serial = der::tagged(0x02, certificate.raw_serial());
    Ok(der::sequence(&[certificate.issuer().as_raw(), &serial]))
}
