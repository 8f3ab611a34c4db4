//! Profiles: what goes together, what they hold, what ends them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Dictionary, Value as Plist};
use russet_auth::Role;
use serde_json::{Value, json};

use crate::certificates::Request;
use crate::team::{Reply, Team, errors, id, many, one};

const UDID: &str = "00008030-001C2D8E3A88802E";

/// A team with what a profile needs, and the ids of it.
struct Bench {
    team: Team,
    bundle: String,
    wildcard: String,
    development: String,
    distribution: String,
    phone: String,
}

impl Bench {
    fn new() -> Bench {
        let mut team = Team::new();
        let request = Request::rsa();
        let mut make = |kind: &str, attributes: Value| {
            id(&team.create(kind, attributes, json!({}))).to_owned()
        };
        let app = |name: &str, identifier: &str| json!({"name": name, "identifier": identifier, "platform": "IOS"});
        let bundle = make("bundleIds", app("Rocket", "com.acme.rocket"));
        let wildcard = make("bundleIds", app("Any", "com.acme.*"));
        let development = make("certificates", request.of("IOS_DEVELOPMENT"));
        let distribution = make("certificates", request.of("DISTRIBUTION"));
        let phone = make("devices", json!({"name": "Phone", "udid": UDID, "platform": "IOS"}));
        Bench { team, bundle, wildcard, development, distribution, phone }
    }

    fn post(&mut self, name: &str, kind: &str, relationships: Value) -> Reply {
        self.team.post("profiles", json!({"name": name, "profileType": kind}), relationships)
    }

    fn development(&self) -> Value {
        json!({
            "bundleId": one("bundleIds", &self.bundle),
            "certificates": many("certificates", &[&self.development]),
            "devices": many("devices", &[&self.phone]),
        })
    }

    fn store(&self) -> Value {
        json!({
            "bundleId": one("bundleIds", &self.bundle),
            "certificates": many("certificates", &[&self.distribution]),
        })
    }

    fn made(&mut self, name: &str, kind: &str, relationships: Value) -> Value {
        let (status, mut reply) = self.post(name, kind, relationships);
        assert_eq!(status, 201, "{reply:#}");
        reply["data"].take()
    }

    /// State and content of a profile as it is now.
    fn state(&mut self, profile: &Value) -> (Value, Value) {
        let (_, reply) = self.team.get(&format!("/v1/profiles/{}", id(profile)));
        let attributes = &reply["data"]["attributes"];
        (attributes["profileState"].clone(), attributes["profileContent"].clone())
    }

    fn assert_invalid(&mut self, profile: &Value) {
        assert_eq!(self.state(profile), (json!("INVALID"), Value::Null));
    }
}

/// Reads the property list out of a profile; that the signature holds is `provisioning`'s test.
pub fn open(profile: &Value) -> Dictionary {
    let content = profile["attributes"]["profileContent"].as_str().expect("is text");
    let der = STANDARD.decode(content).expect("is base64");
    let find = |what: &[u8]| der.windows(what.len()).position(|part| part == what);
    let start = find(b"<?xml").expect("holds XML");
    let end = find(b"</plist>").expect("holds a property list") + b"</plist>".len();
    let list = Plist::from_reader_xml(&der[start..end]).expect("is a property list");
    list.into_dictionary().expect("is a dictionary")
}

#[test]
fn development_profile_holds_what_it_was_made_of() {
    let mut bench = Bench::new();
    let relationships = bench.development();
    let profile = bench.made("Rocket Dev", "IOS_APP_DEVELOPMENT", relationships);
    let attributes = &profile["attributes"];
    assert_eq!(attributes["profileState"], "ACTIVE");
    assert_eq!(attributes["platform"], "IOS");
    assert_eq!(attributes["createdDate"], "2026-03-01T10:20:30.456+0000");
    assert_eq!(attributes["expirationDate"], "2027-03-01T10:20:30.456+0000");
    let list = open(&profile);
    assert_eq!(list["UUID"].as_string(), attributes["uuid"].as_str());
    assert_eq!(list["Name"].as_string(), Some("Rocket Dev"));
    assert_eq!(list["AppIDName"].as_string(), Some("Rocket"));
    assert_eq!(list["TeamName"].as_string(), Some("Acme Rockets LLC"));
    assert_eq!(
        list["ProvisionedDevices"].as_array().expect("is an array")[0].as_string(),
        Some(UDID)
    );
    let (_, certificate) = bench.team.get(&format!("/v1/certificates/{}", bench.development));
    let inside = list["DeveloperCertificates"].as_array().expect("is an array")[0].as_data();
    let content =
        certificate["data"]["attributes"]["certificateContent"].as_str().expect("is text");
    assert_eq!(inside.map(|der| STANDARD.encode(der)).as_deref(), Some(content));
    let rights = list["Entitlements"].as_dictionary().expect("is a dictionary");
    assert_eq!(rights["application-identifier"].as_string(), Some("A1B2C3D4E5.com.acme.rocket"));
    assert_eq!(rights["com.apple.developer.game-center"].as_boolean(), Some(true));
}

#[test]
fn store_profile_ends_with_its_certificate_and_may_name_no_devices() {
    let mut bench = Bench::new();
    let mut relationships = bench.store();
    relationships["devices"] = many("devices", &[]);
    let profile = bench.made("Rocket Store", "IOS_APP_STORE", relationships.clone());
    assert_eq!(profile["attributes"]["expirationDate"], "2027-03-01T10:20:29.000+0000");
    assert!(!open(&profile).contains_key("ProvisionedDevices"));
    relationships["devices"] = many("devices", &[&bench.phone]);
    let refused = bench.post("Rocket Store 2", "IOS_APP_STORE", relationships);
    assert_eq!(
        errors(&refused),
        [(
            "ENTITY_ERROR.RELATIONSHIP.NOT_ALLOWED",
            "No devices can be associated to Provisioning Profiles for the App Store."
        )]
    );
}

#[test]
fn taken_name_is_refused_even_where_its_profile_is_invalid() {
    let mut bench = Bench::new();
    let relationships = bench.store();
    let profile = bench.made("Rocket", "IOS_APP_STORE", relationships.clone());
    bench.team.delete("certificates", &bench.distribution.clone());
    bench.assert_invalid(&profile);
    let mut relationships = bench.development();
    relationships["devices"] = many("devices", &[&bench.phone]);
    let refused = bench.post("Rocket", "IOS_APP_DEVELOPMENT", relationships.clone());
    assert_eq!(
        errors(&refused),
        [(
            "ENTITY_ERROR",
            "Multiple profiles found with the name 'Rocket'.  Please remove the duplicate profiles and try again."
        )]
    );
    assert_eq!(bench.team.delete("profiles", id(&profile)).0, 204);
    bench.made("Rocket", "IOS_APP_DEVELOPMENT", relationships);
}

#[test]
fn certificates_of_another_kind_are_refused() {
    let mut bench = Bench::new();
    let mut relationships = bench.store();
    relationships["certificates"] = many("certificates", &[&bench.development]);
    let refused = bench.post("Rocket", "IOS_APP_STORE", relationships.clone());
    assert_eq!(errors(&refused)[0].0, "ENTITY_ERROR.RELATIONSHIP.INVALID");
    relationships["certificates"] = many("certificates", &[]);
    let refused = bench.post("Rocket", "IOS_APP_STORE", relationships);
    assert_eq!(
        errors(&refused)[0],
        (
            "ENTITY_ERROR.RELATIONSHIP.REQUIRED",
            "You must provide a value for the relationship 'certificates' with this request"
        )
    );
}

#[test]
fn development_needs_enabled_devices_of_the_platform() {
    let mut bench = Bench::new();
    let mut relationships = bench.development();
    relationships["devices"] = many("devices", &[]);
    let refused = bench.post("Rocket", "IOS_APP_DEVELOPMENT", relationships.clone());
    assert_eq!(errors(&refused)[0].0, "ENTITY_ERROR.RELATIONSHIP.REQUIRED");
    let television = json!({"name": "Apple TV", "udid": "0".repeat(40), "platform": "IOS"});
    let television = bench.team.create("devices", television, json!({}));
    relationships["devices"] = many("devices", &[&bench.phone, id(&television)]);
    let refused = bench.post("Rocket", "IOS_APP_DEVELOPMENT", relationships.clone());
    assert_eq!(errors(&refused)[0], ("ENTITY_ERROR", "Invalid deviceClass for profile type."));
    bench.team.patch("devices", id(&television), json!({"status": "DISABLED"}));
    let refused = bench.post("Rocket", "IOS_APP_DEVELOPMENT", relationships);
    assert_eq!(
        errors(&refused)[0].1,
        "There are no current IOS devices on this team matching the provided device IDs."
    );
}

#[test]
fn unknown_bundle_id_is_refused_in_the_service_s_words() {
    let mut bench = Bench::new();
    let mut relationships = bench.store();
    relationships["bundleId"] = one("bundleIds", "ZZZZZZZZZZ");
    let refused = bench.post("Rocket", "IOS_APP_STORE", relationships);
    assert_eq!(
        errors(&refused),
        [("ENTITY_ERROR", "There is no App ID with ID 'ZZZZZZZZZZ' on this team.")]
    );
}

#[test]
fn wildcards_are_not_for_the_store_and_mac_ids_not_for_ios() {
    let mut bench = Bench::new();
    let mut relationships = bench.store();
    relationships["bundleId"] = one("bundleIds", &bench.wildcard);
    let refused = bench.post("Any", "IOS_APP_STORE", relationships.clone());
    let detail = errors(&refused)[0].1;
    assert!(
        detail.starts_with("You are not allowed to create 'iOS' profile with App ID"),
        "{detail}"
    );
    bench.made("Any in house", "IOS_APP_INHOUSE", relationships.clone());
    let mac = json!({"name": "Mac", "identifier": "com.acme.mac", "platform": "MAC_OS"});
    let mac = bench.team.create("bundleIds", mac, json!({}));
    relationships["bundleId"] = one("bundleIds", id(&mac));
    assert_eq!(bench.post("Mac", "IOS_APP_STORE", relationships).0, 409);
}

#[test]
fn developers_make_and_delete_development_profiles_only() {
    let mut bench = Bench::new();
    let (store, development) = (bench.store(), bench.development());
    let kept = bench.made("Rocket Store", "IOS_APP_STORE", store.clone());
    bench.team.caller(Role::Developer);
    assert_eq!(bench.post("Mine", "IOS_APP_STORE", store).0, 403);
    let made = bench.made("Mine", "IOS_APP_DEVELOPMENT", development);
    assert_eq!(bench.team.delete("profiles", id(&kept)).0, 403);
    assert_eq!(bench.team.delete("profiles", id(&made)).0, 204);
}

#[test]
fn revoking_a_certificate_makes_its_profiles_invalid_and_no_others() {
    let mut bench = Bench::new();
    let (store, development) = (bench.store(), bench.development());
    let hit = bench.made("Store", "IOS_APP_STORE", store);
    let spared = bench.made("Dev", "IOS_APP_DEVELOPMENT", development);
    assert_eq!(bench.team.delete("certificates", &bench.distribution.clone()).0, 204);
    bench.assert_invalid(&hit);
    assert_eq!(bench.state(&spared).0, "ACTIVE");
}

#[test]
fn disabling_a_device_makes_its_profiles_invalid_and_renaming_does_not() {
    let mut bench = Bench::new();
    let development = bench.development();
    let profile = bench.made("Dev", "IOS_APP_DEVELOPMENT", development);
    let phone = bench.phone.clone();
    bench.team.patch("devices", &phone, json!({"name": "Other name"}));
    assert_eq!(bench.state(&profile).0, "ACTIVE");
    bench.team.patch("devices", &phone, json!({"status": "DISABLED"}));
    bench.assert_invalid(&profile);
}

#[test]
fn changing_a_capability_makes_the_bundle_id_s_profiles_invalid() {
    let mut bench = Bench::new();
    let owner = json!({"bundleId": one("bundleIds", &bench.bundle)});
    let push = || json!({"capabilityType": "PUSH_NOTIFICATIONS"});
    for step in 0..3 {
        let store = bench.store();
        let profile = bench.made(&format!("Store {step}"), "IOS_APP_STORE", store);
        let capability = format!("{}_PUSH_NOTIFICATIONS", bench.bundle);
        match step {
            0 => drop(bench.team.create("bundleIdCapabilities", push(), owner.clone())),
            1 => {
                // Once more changes nothing, so nothing becomes invalid.
                bench.team.create("bundleIdCapabilities", push(), owner.clone());
                assert_eq!(bench.state(&profile).0, "ACTIVE");
                let (status, _) =
                    bench.team.patch("bundleIdCapabilities", &capability, json!({"settings": []}));
                assert_eq!(status, 200);
            }
            _ => assert_eq!(bench.team.delete("bundleIdCapabilities", &capability).0, 204),
        }
        bench.assert_invalid(&profile);
    }
}

#[test]
fn profiles_outlive_their_bundle_id_as_invalid() {
    let mut bench = Bench::new();
    let store = bench.store();
    let profile = bench.made("Store", "IOS_APP_STORE", store);
    assert_eq!(bench.team.delete("bundleIds", &bench.bundle.clone()).0, 204);
    bench.assert_invalid(&profile);
}

#[test]
fn push_capability_shows_in_the_entitlements() {
    let mut bench = Bench::new();
    let owner = json!({"bundleId": one("bundleIds", &bench.bundle)});
    let push = json!({"capabilityType": "PUSH_NOTIFICATIONS"});
    bench.team.create("bundleIdCapabilities", push, owner);
    for (name, kind, relationships, environment) in [
        ("Store", "IOS_APP_STORE", bench.store(), "production"),
        ("Dev", "IOS_APP_DEVELOPMENT", bench.development(), "development"),
    ] {
        let list = open(&bench.made(name, kind, relationships));
        let rights = list["Entitlements"].as_dictionary().expect("is a dictionary");
        assert_eq!(rights["aps-environment"].as_string(), Some(environment));
    }
}
