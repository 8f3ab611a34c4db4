//! The demo's identifiers, devices, certificates and profiles.
//!
//! What certificates and profiles contain is issued when seeding, from the team's own authority;
//! start at [`add_provisioning`].
//!
//! Source: `behaviours.md` 4.1 to 4.5.

use serde_json::json;

use super::apps::{self, APPS};
use super::identity;
use super::seeds::{Seeds, many, one};

/// Adds everything that belongs to Certificates, Identifiers & Profiles.
pub(super) fn add_provisioning(seeds: &mut Seeds, developer_team: &str) {
    for app in &APPS {
        let capabilities: &[&str] = match app.key {
            "tidewatch" => &["IN_APP_PURCHASE", "GAME_CENTER", "PUSH_NOTIFICATIONS", "ICLOUD"],
            "orbitgolf" => &["IN_APP_PURCHASE", "GAME_CENTER", "APPLE_ID_AUTH"],
            _ => &["IN_APP_PURCHASE", "GAME_CENTER"],
        };
        let name = (app.name, app.bundle_id, developer_team);
        add_bundle_id(seeds, name, Some(&apps::id(app.key)), capabilities);
    }
    let widget = ("Tidewatch Widget", "com.harborpine.tidewatch.widget", developer_team);
    add_bundle_id(seeds, widget, None, &["APP_GROUPS"]);
    add_bundle_id(seeds, ("Any of ours", "com.harborpine.*", developer_team), None, &[]);

    let devices = add_devices(seeds);
    let certificates = add_certificates(seeds);
    add_profiles(seeds, &devices, &certificates);
    for (kind, name, identifier) in [
        ("merchantIds", "Harbor shop", "merchant.com.harborpine.shop"),
        ("passTypeIds", "Mooring pass", "pass.com.harborpine.mooring"),
    ] {
        seeds.add(kind, identifier, json!({"name": name, "identifier": identifier}), []);
    }
}

fn add_bundle_id(
    seeds: &mut Seeds,
    (name, identifier, seed): (&str, &str, &str),
    app: Option<&str>,
    capabilities: &[&str],
) {
    let id = seeds.add(
        "bundleIds",
        identifier,
        json!({"name": name, "platform": "UNIVERSAL", "identifier": identifier, "seedId": seed}),
        app.map(|app| one("app", app)),
    );
    for capability in capabilities {
        let settings = match *capability {
            "ICLOUD" => Some(setting("ICLOUD_VERSION", "XCODE_6")),
            "APPLE_ID_AUTH" => Some(setting("APPLE_ID_AUTH_APP_CONSENT", "PRIMARY_APP_CONSENT")),
            _ => None,
        };
        seeds.add_as(
            "bundleIdCapabilities",
            format!("{id}_{capability}"),
            json!({"capabilityType": capability, "settings": settings}),
            [one("bundleId", &id)],
        );
    }
}

fn setting(key: &str, option: &str) -> serde_json::Value {
    json!([{"key": key, "options": [{"key": option, "enabled": true}]}])
}

fn add_devices(seeds: &mut Seeds) -> Vec<(String, &'static str)> {
    let devices = [
        ("Ada's iPhone", "IOS", "IPHONE", Some("iPhone 16 Pro"), "ENABLED"),
        ("Dee's iPhone", "IOS", "IPHONE", Some("iPhone 15"), "ENABLED"),
        ("Test shelf iPad", "IOS", "IPAD", Some("iPad Pro 13-inch (M4)"), "ENABLED"),
        ("Test shelf watch", "IOS", "APPLE_WATCH", None, "ENABLED"),
        ("Old iPhone", "IOS", "IPHONE", Some("iPhone 11"), "DISABLED"),
        ("Build Mac", "MAC_OS", "MAC", Some("Mac mini (M2)"), "ENABLED"),
    ];
    let mut ids = Vec::new();
    for (name, platform, class, model, status) in devices {
        let hex = identity::checksum(name).to_uppercase();
        let udid = match class {
            "MAC" => format!(
                "{}-{}-{}-{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..]
            ),
            _ => format!("0000{}-{}", &hex[..4], &hex[4..20]),
        };
        let id = seeds.add(
            "devices",
            name,
            json!({
                "name": name,
                "platform": platform,
                "udid": udid,
                "deviceClass": class,
                "status": status,
                "model": model,
                "addedDate": seeds.days_ago(150),
            }),
            [],
        );
        if status == "ENABLED" {
            ids.push((id, platform));
        }
    }
    ids
}

/// Ids of the certificates that profiles name.
struct Certificates {
    development: String,
    distribution: String,
}

fn add_certificates(seeds: &mut Seeds) -> Certificates {
    let mut add = |name: &str, certificate_type: &str, owner: &str, days_left: i64| {
        seeds.add(
            "certificates",
            name,
            json!({
                "name": format!("{name}: {owner}"),
                "certificateType": certificate_type,
                "displayName": owner,
                "serialNumber": identity::checksum(name).to_uppercase(),
                "platform": match certificate_type {
                    "IOS_DEVELOPMENT" | "IOS_DISTRIBUTION" => Some("IOS"),
                    "MAC_APP_DISTRIBUTION" => Some("MAC_OS"),
                    _ => None,
                },
                "expirationDate": seeds.days_ago(-days_left),
            }),
            [],
        )
    };
    let development = add("Apple Development", "DEVELOPMENT", "Created via API", 300);
    let distribution = add("Apple Distribution", "DISTRIBUTION", "Harbor & Pine", 210);
    add("iOS Development", "IOS_DEVELOPMENT", "Dee Marlow", 120);
    add("iOS Distribution", "IOS_DISTRIBUTION", "Harbor & Pine", 20);
    add("Mac App Distribution", "MAC_APP_DISTRIBUTION", "Harbor & Pine", 250);
    Certificates { development, distribution }
}

fn add_profiles(
    seeds: &mut Seeds,
    devices: &[(String, &'static str)],
    certificates: &Certificates,
) {
    let ios: Vec<&String> =
        devices.iter().filter(|(_, platform)| *platform == "IOS").map(|(id, _)| id).collect();
    for (name, app, profile_type, state) in [
        ("Tidewatch Development", "com.harborpine.tidewatch", "IOS_APP_DEVELOPMENT", "ACTIVE"),
        ("Tidewatch App Store", "com.harborpine.tidewatch", "IOS_APP_STORE", "ACTIVE"),
        ("Tidewatch Ad Hoc", "com.harborpine.tidewatch", "IOS_APP_ADHOC", "ACTIVE"),
        ("Orbit Golf App Store", "com.harborpine.orbitgolf", "IOS_APP_STORE", "ACTIVE"),
        ("Quiet Room App Store", "com.harborpine.quietroom", "IOS_APP_STORE", "INVALID"),
    ] {
        let development = profile_type == "IOS_APP_DEVELOPMENT";
        let certificate =
            if development { &certificates.development } else { &certificates.distribution };
        let devices: &[&String] = if profile_type == "IOS_APP_STORE" { &[] } else { &ios };
        let bundle = identity::id("bundleIds", &format!("team/{app}"));
        seeds.add(
            "profiles",
            name,
            json!({
                "name": name,
                "platform": "IOS",
                "profileType": profile_type,
                "profileState": state,
                "uuid": identity::id("profile uuid", name),
                "createdDate": seeds.days_ago(60),
                "expirationDate": seeds.days_ago(if development { -305 } else { -210 }),
            }),
            [
                one("bundleId", &bundle),
                many("certificates", &[certificate]),
                many("devices", devices),
            ],
        );
    }
}
