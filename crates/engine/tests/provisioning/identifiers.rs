//! Bundle ids, their capabilities, devices, merchant and pass type ids.

use russet_auth::Role;
use serde_json::{Value, json};

use crate::team::{Team, errors, id, one};

fn app_id(name: &str, identifier: &str) -> Value {
    json!({"name": name, "identifier": identifier, "platform": "IOS"})
}

fn phone(name: &str, udid: &str) -> Value {
    json!({"name": name, "udid": udid, "platform": "IOS"})
}

fn ids_of(list: &Value) -> Vec<&str> {
    let data = list["data"].as_array().expect("is a list");
    data.iter().map(|one| one["id"].as_str().expect("has an id")).collect()
}

#[test]
fn new_bundle_id_is_universal_and_has_the_team_s_prefix() {
    let mut team = Team::new();
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    assert_eq!(
        made["attributes"],
        json!({"name": "Rocket", "platform": "UNIVERSAL", "identifier": "com.acme.rocket", "seedId": "A1B2C3D4E5"})
    );
    assert_eq!(id(&made).len(), 10);
}

#[test]
fn id_made_for_ios_is_found_by_that_platform() {
    let mut team = Team::new();
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    let mac = json!({"name": "Mac", "identifier": "com.acme.mac", "platform": "MAC_OS"});
    let mac = team.create("bundleIds", mac, json!({}));
    for (platform, expected) in [
        ("IOS", vec![id(&made)]),
        ("MAC_OS", vec![id(&made), id(&mac)]),
        ("UNIVERSAL", vec![id(&made)]),
    ] {
        let (_, list) = team.get(&format!("/v1/bundleIds?filter[platform]={platform}"));
        let mut found = ids_of(&list);
        found.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "{platform}");
    }
}

#[test]
fn null_seed_id_means_the_team_s_and_a_malformed_one_is_refused() {
    let mut team = Team::new();
    let mut attributes = app_id("Rocket", "com.acme.rocket");
    attributes["seedId"] = Value::Null;
    let made = team.create("bundleIds", attributes.clone(), json!({}));
    assert_eq!(made["attributes"]["seedId"], "A1B2C3D4E5");
    attributes["identifier"] = "com.acme.other".into();
    attributes["seedId"] = "mine".into();
    let refused = team.post("bundleIds", attributes, json!({}));
    assert_eq!(errors(&refused)[0].0, "ENTITY_ERROR.ATTRIBUTE.INVALID");
}

#[test]
fn taken_identifier_is_refused_whatever_its_case() {
    let mut team = Team::new();
    team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    let refused = team.post("bundleIds", app_id("Copy", "com.Acme.Rocket"), json!({}));
    assert_eq!(refused.0, 409);
    assert_eq!(
        errors(&refused),
        [(
            "ENTITY_ERROR.ATTRIBUTE.INVALID",
            "An App ID with Identifier 'com.Acme.Rocket' is not available. Please enter a different string."
        )]
    );
    assert_eq!(refused.1["errors"][0]["source"]["pointer"], "/data/attributes/identifier");
}

#[test]
fn odd_names_and_identifiers_are_refused_together() {
    let mut team = Team::new();
    let refused = team.post("bundleIds", app_id("Rocket & Co", "com.acme.rocket!"), json!({}));
    assert_eq!(errors(&refused).len(), 2, "{refused:?}");
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.*"), json!({}));
    let refused = team.patch("bundleIds", id(&made), json!({"name": "Rocket_2"}));
    assert_eq!(refused.0, 409);
}

#[test]
fn null_name_changes_nothing() {
    let mut team = Team::new();
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    let (status, reply) = team.patch("bundleIds", id(&made), json!({"name": null}));
    assert_eq!((status, &reply["data"]["attributes"]["name"]), (200, &json!("Rocket")));
}

#[test]
fn explicit_ids_are_born_with_two_capabilities_and_wildcards_with_none() {
    let mut team = Team::new();
    let explicit = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    let (_, list) = team.get(&format!("/v1/bundleIds/{}/bundleIdCapabilities", id(&explicit)));
    let expected =
        [format!("{}_IN_APP_PURCHASE", id(&explicit)), format!("{}_GAME_CENTER", id(&explicit))];
    assert_eq!(ids_of(&list), expected);
    assert_eq!(
        list["data"][0]["attributes"],
        json!({"capabilityType": "IN_APP_PURCHASE", "settings": null})
    );
    let wildcard = team.create("bundleIds", app_id("Any", "com.acme.*"), json!({}));
    let (_, list) = team.get(&format!("/v1/bundleIds/{}/bundleIdCapabilities", id(&wildcard)));
    assert!(ids_of(&list).is_empty());
}

#[test]
fn repeated_capability_answers_201_and_changes_nothing() {
    let mut team = Team::new();
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    let owner = || json!({"bundleId": one("bundleIds", id(&made))});
    let settings =
        json!([{"key": "ICLOUD_VERSION", "options": [{"key": "XCODE_6", "enabled": true}]}]);
    let first = team.create(
        "bundleIdCapabilities",
        json!({"capabilityType": "ICLOUD", "settings": settings}),
        owner(),
    );
    assert_eq!(first["id"], format!("{}_ICLOUD", id(&made)));
    let second = team.create("bundleIdCapabilities", json!({"capabilityType": "ICLOUD"}), owner());
    assert_eq!(first["attributes"], second["attributes"]);
    let (_, list) = team.get(&format!("/v1/bundleIds/{}/bundleIdCapabilities", id(&made)));
    assert_eq!(ids_of(&list).len(), 3);
}

#[test]
fn settings_of_another_capability_are_refused() {
    let mut team = Team::new();
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    let settings = |key: &str, option: &str| json!({"capabilityType": "DATA_PROTECTION", "settings": [{"key": key, "options": [{"key": option, "enabled": true}]}]});
    let owner = || json!({"bundleId": one("bundleIds", id(&made))});
    for (attributes, expected) in [
        (
            settings("ICLOUD_VERSION", "XCODE_6"),
            "'ICLOUD_VERSION' is not a valid value for the attribute 'settings/0/key'. Expected one of: 'DATA_PROTECTION_PERMISSION_LEVEL'",
        ),
        (
            settings("DATA_PROTECTION_PERMISSION_LEVEL", "XCODE_6"),
            "'XCODE_6' is not a valid value for the attribute 'settings/0/options/0/key'. Expected one of: 'COMPLETE_PROTECTION', 'PROTECTED_UNLESS_OPEN', 'PROTECTED_UNTIL_FIRST_USER_AUTH'",
        ),
    ] {
        let refused = team.post("bundleIdCapabilities", attributes, owner());
        assert_eq!(errors(&refused), [("ENTITY_ERROR.ATTRIBUTE.TYPE", expected)]);
    }
}

#[test]
fn deleting_a_bundle_id_deletes_its_capabilities() {
    let mut team = Team::new();
    let made = team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    assert_eq!(team.delete("bundleIds", id(&made)).0, 204);
    assert_eq!(team.get(&format!("/v1/bundleIds/{}", id(&made))).0, 404);
    let capability = format!("{}_GAME_CENTER", id(&made));
    assert_eq!(team.delete("bundleIdCapabilities", &capability).0, 404);
    team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
}

#[test]
fn new_device_is_enabled_and_dated_in_milliseconds() {
    let mut team = Team::new();
    let made =
        team.create("devices", phone("Jane's phone", "00008030-001C2D8E3A88802E"), json!({}));
    assert_eq!(
        made["attributes"],
        json!({
            "name": "Jane's phone",
            "platform": "IOS",
            "udid": "00008030-001C2D8E3A88802E",
            "deviceClass": "IPHONE",
            "status": "ENABLED",
            "model": null,
            "addedDate": "2026-03-01T10:20:30.456+0000",
        })
    );
}

#[test]
fn udid_is_compared_without_case_and_dashes() {
    let mut team = Team::new();
    team.create("devices", phone("One", "00008030-001C2D8E3A88802E"), json!({}));
    let refused = team.post("devices", phone("Two", "00008030-001c2d8e3a88802e"), json!({}));
    assert_eq!(
        errors(&refused),
        [(
            "ENTITY_ERROR.ATTRIBUTE.INVALID",
            "A device with number '00008030-001c2d8e3a88802e' already exists on this team."
        )]
    );
    let refused = team.post("devices", phone("Three", "nonsense"), json!({}));
    assert_eq!(
        errors(&refused)[0].1,
        "An invalid value 'nonsense' was provided for the parameter 'udid'."
    );
}

#[test]
fn a_team_has_at_most_100_devices_of_a_class_and_disabled_ones_count() {
    let mut team = Team::new();
    let mut first = String::new();
    for number in 0..100 {
        let made = team.create("devices", phone("Phone", &format!("{number:040x}")), json!({}));
        first = id(&made).to_owned();
    }
    assert_eq!(team.patch("devices", &first, json!({"status": "DISABLED"})).0, 200);
    let refused = team.post("devices", phone("Phone", &format!("{:040x}", 100)), json!({}));
    assert_eq!(
        errors(&refused)[0].1,
        "Your development team has reached the maximum number of registered iPhone devices."
    );
    let other = team.create("devices", phone("My iPad", &format!("{:040x}", 100)), json!({}));
    assert_eq!(other["attributes"]["deviceClass"], "IPAD");
}

#[test]
fn merchant_and_pass_type_identifiers_are_unique() {
    for (kind, identifier, what) in [
        ("merchantIds", "merchant.com.acme", "A Merchant ID"),
        ("passTypeIds", "pass.com.acme", "A Pass Type ID"),
    ] {
        let mut team = Team::new();
        let attributes = || json!({"name": "Shop", "identifier": identifier});
        let made = team.create(kind, attributes(), json!({}));
        let refused = team.post(kind, attributes(), json!({}));
        let detail = errors(&refused)[0].1;
        assert!(detail.starts_with(&format!("{what} with Identifier '{identifier}'")), "{detail}");
        assert_eq!(team.delete(kind, id(&made)).0, 204);
        team.create(kind, attributes(), json!({}));
    }
}

#[test]
fn developers_read_identifiers() {
    let mut team = Team::new();
    team.create("bundleIds", app_id("Rocket", "com.acme.rocket"), json!({}));
    team.caller(Role::Developer);
    assert_eq!(
        team.get("/v1/bundleIds?filter[identifier]=COM.ACME").1["meta"]["paging"]["total"],
        1
    );
}
