//! Certificates: on the caller's key, limited, revocable.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::ToSpan;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, PublicKeyData, RsaKeySize};
use russet_auth::Role;
use serde_json::{Value, json};
use x509_parser::parse_x509_certificate;
use x509_parser::prelude::X509Certificate;

use crate::team::{Team, errors, id, one};

/// A key and a request for it, base64 without header.
pub struct Request {
    key: KeyPair,
    /// PKCS#10.
    pub csr: String,
}

impl Request {
    fn on(key: KeyPair) -> Request {
        let request = CertificateParams::default().serialize_request(&key).expect("signs");
        Request { csr: STANDARD.encode(request.der()), key }
    }

    /// An RSA 2048 key, as all but Apple Pay processing takes.
    pub fn rsa() -> Request {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
        Request::on(key.expect("draws"))
    }

    fn ec() -> Request {
        Request::on(KeyPair::generate().expect("draws"))
    }

    /// Attributes that ask for a certificate of a type.
    pub fn of(&self, certificate_type: &str) -> Value {
        json!({"csrContent": self.csr, "certificateType": certificate_type})
    }
}

/// Returns the identifier of the key that signed a certificate.
pub fn issuer_key(certificate: &X509Certificate<'_>) -> Vec<u8> {
    let named = certificate.extensions().iter().find(|one| one.oid.to_id_string() == "2.5.29.35");
    named.expect("names its issuer's key").value.to_vec()
}

#[test]
fn certificate_is_on_the_caller_s_key_and_its_attributes_agree_with_it() {
    let mut team = Team::new();
    let request = Request::rsa();
    let made = team.create("certificates", request.of("IOS_DEVELOPMENT"), json!({}));
    let attributes = &made["attributes"];
    let text = |name: &str| attributes[name].as_str().expect("is text");
    let der = STANDARD.decode(text("certificateContent")).expect("is base64");
    let (rest, certificate) = parse_x509_certificate(&der).expect("is a certificate");
    assert!(rest.is_empty());
    assert_eq!(certificate.public_key().raw, request.key.subject_public_key_info());
    assert_eq!(
        certificate.raw_serial_as_string().replace(':', "").to_uppercase(),
        text("serialNumber")
    );
    assert_eq!(text("name"), "iOS Development: Created via API");
    assert_eq!(text("displayName"), "Created via API");
    assert_eq!(text("platform"), "IOS");
    assert_eq!(text("expirationDate"), "2027-03-01T10:20:29.000+0000");
    assert!(certificate.subject().to_string().contains("OU=A1B2C3D4E5, O=Acme Rockets LLC"));
    assert_eq!(attributes.get("csrContent"), Some(&Value::Null), "shown, without a value");
    let (_, again) = team.get(&format!("/v1/certificates/{}", id(&made)));
    assert_eq!(again["data"]["attributes"], made["attributes"]);
}

#[test]
fn a_team_s_certificates_come_from_one_authority() {
    let mut team = Team::new();
    let request = Request::rsa();
    let mut authority = |kind: &str| {
        let made = team.create("certificates", request.of(kind), json!({}));
        let content =
            made["attributes"]["certificateContent"].as_str().expect("is text").to_owned();
        let der = STANDARD.decode(content).expect("is base64");
        let (_, certificate) = parse_x509_certificate(&der).expect("is a certificate");
        (certificate.issuer().to_string(), issuer_key(&certificate))
    };
    assert_eq!(authority("DEVELOPMENT"), authority("DISTRIBUTION"));
}

#[test]
fn bad_requests_are_refused_where_they_stand() {
    let mut team = Team::new();
    let mut broken = STANDARD.decode(Request::rsa().csr).expect("is base64");
    let last = broken.len() - 1;
    broken[last] ^= 1;
    for csr in ["", "not a request", &STANDARD.encode(broken), &Request::ec().csr] {
        let attributes = json!({"csrContent": csr, "certificateType": "DISTRIBUTION"});
        let refused = team.post("certificates", attributes, json!({}));
        assert_eq!(refused.0, 409);
        let (code, detail) = errors(&refused)[0];
        assert_eq!(code, "ENTITY_ERROR.ATTRIBUTE.INVALID");
        assert!(detail.starts_with("Invalid certificate signing request: "), "{detail}");
        let pointer = &refused.1["errors"][0]["source"]["pointer"];
        assert_eq!(pointer, "/data/attributes/csrContent");
    }
    assert_eq!(team.get("/v1/certificates").1["meta"]["paging"]["total"], 0);
}

#[test]
fn fourth_distribution_certificate_is_refused_until_one_is_revoked_or_expires() {
    let mut team = Team::new();
    let request = Request::rsa();
    let mut made = Value::Null;
    for _ in 0..3 {
        made = team.create("certificates", request.of("DISTRIBUTION"), json!({}));
    }
    let refused = team.post("certificates", request.of("DISTRIBUTION"), json!({}));
    assert_eq!(
        errors(&refused),
        [(
            "ENTITY_ERROR",
            "You already have a current Distribution certificate or a pending certificate request."
        )]
    );
    team.create("certificates", request.of("IOS_DISTRIBUTION"), json!({}));
    assert_eq!(team.delete("certificates", id(&made)).0, 204);
    team.create("certificates", request.of("DISTRIBUTION"), json!({}));
    team.advance((400 * 24).hours());
    team.create("certificates", request.of("DISTRIBUTION"), json!({}));
}

#[test]
fn developer_id_is_refused_to_all_but_the_account_holder() {
    let mut team = Team::new();
    let request = Request::rsa();
    team.create("certificates", request.of("DEVELOPER_ID_APPLICATION_G2"), json!({}));
    team.caller(Role::Admin);
    let refused = team.post("certificates", request.of("DEVELOPER_ID_APPLICATION_G2"), json!({}));
    assert_eq!((refused.0, errors(&refused)[0].0), (403, "FORBIDDEN_ERROR"));
}

#[test]
fn developers_ask_for_and_revoke_development_certificates_only() {
    let mut team = Team::new();
    let request = Request::rsa();
    let distribution = team.create("certificates", request.of("DISTRIBUTION"), json!({}));
    team.caller(Role::Developer);
    let development = team.create("certificates", request.of("DEVELOPMENT"), json!({}));
    assert_eq!(team.post("certificates", request.of("DISTRIBUTION"), json!({})).0, 403);
    assert_eq!(team.delete("certificates", id(&distribution)).0, 403);
    assert_eq!(team.delete("certificates", id(&development)).0, 204);
}

#[test]
fn of_a_merchant_s_processing_certificates_one_is_active() {
    let mut team = Team::new();
    let request = Request::ec();
    let identifier = json!({"name": "Shop", "identifier": "merchant.com.acme"});
    let merchant = team.create("merchantIds", identifier, json!({}));
    let refused = team.post("certificates", request.of("APPLE_PAY"), json!({}));
    assert_eq!(errors(&refused)[0].0, "ENTITY_ERROR.RELATIONSHIP.REQUIRED");
    let owner = || json!({"merchantId": one("merchantIds", id(&merchant))});
    let first = team.create("certificates", request.of("APPLE_PAY"), owner());
    let second = team.create("certificates", request.of("APPLE_PAY"), owner());
    assert_eq!(first["attributes"]["activated"], true);
    assert_eq!(second["attributes"]["activated"], false);
    assert_eq!(first["attributes"]["name"], "Apple Pay Payment Processing: merchant.com.acme");
    assert_eq!(first["attributes"]["expirationDate"], "2028-04-01T10:20:29.000+0000");
    let (status, reply) = team.patch("certificates", id(&second), json!({"activated": true}));
    assert_eq!((status, &reply["data"]["attributes"]["activated"]), (200, &json!(true)));
    let (_, list) = team.get(&format!("/v1/merchantIds/{}/certificates", id(&merchant)));
    let active: Vec<&Value> = list["data"]
        .as_array()
        .expect("is a list")
        .iter()
        .filter(|one| one["attributes"]["activated"] == true)
        .map(|one| &one["id"])
        .collect();
    assert_eq!(active, [&second["id"]]);
    assert_eq!(team.delete("merchantIds", id(&merchant)).0, 409);
}

#[test]
fn other_certificates_have_no_activation() {
    let mut team = Team::new();
    let made = team.create("certificates", Request::rsa().of("DISTRIBUTION"), json!({}));
    assert_eq!(made["attributes"]["activated"], Value::Null);
    let refused = team.patch("certificates", id(&made), json!({"activated": true}));
    assert_eq!(errors(&refused)[0].0, "ENTITY_ERROR.ATTRIBUTE.NOT_ALLOWED");
}

#[test]
fn pass_certificate_names_its_pass_type_id() {
    let mut team = Team::new();
    let identifier = json!({"name": "Ticket", "identifier": "pass.com.acme.ticket"});
    let pass = team.create("passTypeIds", identifier, json!({}));
    let made = team.create(
        "certificates",
        Request::rsa().of("PASS_TYPE_ID"),
        json!({"passTypeId": one("passTypeIds", id(&pass))}),
    );
    assert_eq!(made["attributes"]["displayName"], "pass.com.acme.ticket");
    let (_, reply) = team.get(&format!("/v1/certificates/{}/passTypeId", id(&made)));
    assert_eq!(reply["data"]["id"], pass["id"]);
}
