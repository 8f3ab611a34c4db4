//! Records that were planted without a request, as the demo's are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use russet_engine::seed::Seed;
use serde_json::{Value, json};
use x509_parser::parse_x509_certificate;

use crate::certificates::{Request, issuer_key};
use crate::profiles::open;
use crate::team::{Team, id};

fn seed(kind: &'static str, id: &str, attributes: Value, links: &[(&'static str, &str)]) -> Seed {
    let Value::Object(attributes) = attributes else { panic!("attributes are an object") };
    let relationships = links.iter().map(|(name, to)| (*name, vec![(*to).to_owned()])).collect();
    Seed { kind, id: id.to_owned(), app: None, attributes, relationships }
}

fn seeds() -> Vec<Seed> {
    vec![
        seed(
            "bundleIds",
            "BBBBBBBBBB",
            json!({"name": "Rocket", "platform": "UNIVERSAL", "identifier": "com.acme.rocket", "seedId": "A1B2C3D4E5"}),
            &[],
        ),
        seed(
            "certificates",
            "CCCCCCCCCC",
            json!({
                "certificateType": "IOS_DEVELOPMENT",
                "displayName": "Jane Doe",
                "serialNumber": "4123456789ABCDEF0123456789ABCDEF01234567",
                "expirationDate": "2026-09-01T00:00:00Z",
            }),
            &[],
        ),
        seed(
            "profiles",
            "PPPPPPPPPP",
            json!({
                "name": "Rocket Dev", "profileType": "IOS_APP_DEVELOPMENT", "profileState": "ACTIVE",
                "uuid": "5a6f1c0e-7b1d-4c52-9d58-2f6ad0f6f001", "platform": "IOS",
                "createdDate": "2026-01-01T00:00:00Z", "expirationDate": "2027-01-01T00:00:00Z",
            }),
            &[("bundleId", "BBBBBBBBBB"), ("certificates", "CCCCCCCCCC")],
        ),
    ]
}

#[test]
fn planted_certificate_agrees_with_the_attributes_it_was_planted_with() {
    let mut team = Team::new();
    team.plant(seeds(), &Request::rsa().csr);
    let (_, reply) = team.get("/v1/certificates/CCCCCCCCCC");
    let attributes = &reply["data"]["attributes"];
    assert_eq!(attributes["name"], "iOS Development: Jane Doe");
    assert_eq!(attributes["expirationDate"], "2026-09-01T00:00:00.000+0000");
    assert_eq!(attributes["serialNumber"], "4123456789ABCDEF0123456789ABCDEF");
    assert_eq!(attributes.get("csrContent"), Some(&Value::Null));
    let content = attributes["certificateContent"].as_str().expect("is text");
    let der = STANDARD.decode(content).expect("is base64");
    let (_, certificate) = parse_x509_certificate(&der).expect("is a certificate");
    let subject = certificate.subject().to_string();
    assert!(subject.contains("CN=iPhone Developer: Jane Doe ("), "{subject}");
    assert_eq!(certificate.validity().not_after.to_string(), "Sep  1 00:00:00 2026 +00:00");
}

#[test]
fn planted_profile_holds_its_certificate_and_new_ones_share_the_authority() {
    let mut team = Team::new();
    team.plant(seeds(), &Request::rsa().csr);
    let (_, reply) = team.get("/v1/profiles/PPPPPPPPPP");
    let list = open(&reply["data"]);
    let inside = list["DeveloperCertificates"].as_array().expect("is an array")[0].as_data();
    let inside = inside.expect("is data").to_vec();
    let made = team.create("certificates", Request::rsa().of("IOS_DEVELOPMENT"), json!({}));
    assert_ne!(id(&made), "CCCCCCCCCC");
    let content = made["attributes"]["certificateContent"].as_str().expect("is text");
    let der = STANDARD.decode(content).expect("is base64");
    let (_, new) = parse_x509_certificate(&der).expect("is a certificate");
    let (_, planted) = parse_x509_certificate(&inside).expect("is a certificate");
    assert_eq!(issuer_key(&new), issuer_key(&planted));
}
