//! What a profile allows an app: the entitlements that follow from the bundle id's capabilities.
//!
//! Base keys and the push key are as recorded; which key belongs to which capability is from
//! Apple's list of entitlements; the values are those of a freshly enabled capability.

use plist::{Dictionary, Value};

use super::profile_type::{Channel, System};

/// An enabled capability of a bundle id.
#[derive(Debug, Clone, Copy)]
pub struct Capability<'a> {
    /// `CapabilityType` of the document, `PUSH_NOTIFICATIONS`.
    pub kind: &'a str,
    /// Key of the option that is enabled in its setting, `COMPLETE_PROTECTION`.
    pub option: Option<&'a str>,
}

/// What the entitlements are drawn up for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) prefix: &'a str,
    pub(super) identifier: &'a str,
    pub(super) team: &'a str,
    pub(super) channel: Channel,
    pub(super) system: System,
}

/// Returns the dictionary `Entitlements`.
pub(super) fn entitlements(scope: Scope<'_>, capabilities: &[Capability<'_>]) -> Dictionary {
    let Scope { prefix, identifier, team, channel, system } = scope;
    let all_of_prefix = format!("{prefix}.*");
    let mut keys = Dictionary::new();
    let mac = system == System::Mac;
    let application =
        if mac { "com.apple.application-identifier" } else { "application-identifier" };
    keys.insert(application.into(), format!("{prefix}.{identifier}").into());
    keys.insert("com.apple.developer.team-identifier".into(), team.into());
    let mut groups = vec![all_of_prefix];
    if !mac {
        groups.push("com.apple.token".into());
        keys.insert("get-task-allow".into(), (channel == Channel::Development).into());
    }
    keys.insert("keychain-access-groups".into(), strings(groups));
    if channel == Channel::Store {
        keys.insert("beta-reports-active".into(), true.into());
    }
    for capability in capabilities {
        for (key, value) in granted(scope, *capability) {
            keys.insert(key.into(), value);
        }
    }
    keys
}

/// Keys and values that one capability adds.
fn granted(scope: Scope<'_>, capability: Capability<'_>) -> Vec<(&'static str, Value)> {
    let all_of_prefix = format!("{}.*", scope.prefix);
    let development = scope.channel == Channel::Development;
    let environment = if development { "development" } else { "production" };
    let none = || Value::Array(Vec::new());
    let yes = || Value::Boolean(true);
    let one = |key: &'static str, value: Value| vec![(key, value)];
    match capability.kind {
        "ICLOUD" => icloud(all_of_prefix, development),
        "GAME_CENTER" => one("com.apple.developer.game-center", yes()),
        "PUSH_NOTIFICATIONS" if scope.system == System::Mac => {
            one("com.apple.developer.aps-environment", environment.into())
        }
        "PUSH_NOTIFICATIONS" => one("aps-environment", environment.into()),
        "WALLET" => one("com.apple.developer.pass-type-identifiers", strings(vec![all_of_prefix])),
        "INTER_APP_AUDIO" => one("inter-app-audio", yes()),
        "MAPS" => one("com.apple.developer.maps", yes()),
        "ASSOCIATED_DOMAINS" => one("com.apple.developer.associated-domains", "*".into()),
        "PERSONAL_VPN" => {
            one("com.apple.developer.networking.vpn.api", strings(vec!["allow-vpn".into()]))
        }
        "APP_GROUPS" => one("com.apple.security.application-groups", none()),
        "HEALTHKIT" => vec![
            ("com.apple.developer.healthkit", yes()),
            ("com.apple.developer.healthkit.access", none()),
        ],
        "HOMEKIT" => one("com.apple.developer.homekit", yes()),
        "WIRELESS_ACCESSORY_CONFIGURATION" => {
            one("com.apple.external-accessory.wireless-configuration", yes())
        }
        "APPLE_PAY" => one("com.apple.developer.in-app-payments", none()),
        "DATA_PROTECTION" => {
            one("com.apple.developer.default-data-protection", protection(capability.option))
        }
        "SIRIKIT" => one("com.apple.developer.siri", yes()),
        "NETWORK_EXTENSIONS" => one(
            "com.apple.developer.networking.networkextension",
            strings(NETWORK_EXTENSIONS.map(String::from).to_vec()),
        ),
        "MULTIPATH" => one("com.apple.developer.networking.multipath", yes()),
        "HOT_SPOT" => one("com.apple.developer.networking.HotspotConfiguration", yes()),
        "NFC_TAG_READING" => one(
            "com.apple.developer.nfc.readersession.formats",
            strings(vec!["NDEF".into(), "TAG".into()]),
        ),
        "CLASSKIT" => one("com.apple.developer.ClassKit-environment", environment.into()),
        "AUTOFILL_CREDENTIAL_PROVIDER" => {
            one("com.apple.developer.authentication-services.autofill-credential-provider", yes())
        }
        "ACCESS_WIFI_INFORMATION" => one("com.apple.developer.networking.wifi-info", yes()),
        "NETWORK_CUSTOM_PROTOCOL" => one("com.apple.developer.networking.custom-protocol", yes()),
        "COREMEDIA_HLS_LOW_LATENCY" => one("com.apple.developer.coremedia.hls.low-latency", yes()),
        "SYSTEM_EXTENSION_INSTALL" => one("com.apple.developer.system-extension.install", yes()),
        "USER_MANAGEMENT" => one(
            "com.apple.developer.user-management",
            strings(vec!["get-current-user".into(), "runs-as-current-user".into()]),
        ),
        "APPLE_ID_AUTH" => one("com.apple.developer.applesignin", strings(vec!["Default".into()])),
        // In-app purchase needs no entitlement; a capability that Apple adds later is not ours
        // to invent keys for.
        _ => Vec::new(),
    }
}

const NETWORK_EXTENSIONS: [&str; 5] = [
    "app-proxy-provider",
    "content-filter-provider",
    "packet-tunnel-provider",
    "dns-proxy",
    "dns-settings",
];

fn icloud(all_of_prefix: String, development: bool) -> Vec<(&'static str, Value)> {
    let mut environments = vec!["Production".to_owned()];
    if development {
        environments.insert(0, "Development".to_owned());
    }
    vec![
        ("com.apple.developer.icloud-container-identifiers", Value::Array(Vec::new())),
        ("com.apple.developer.icloud-services", "*".into()),
        ("com.apple.developer.icloud-container-environment", strings(environments)),
        ("com.apple.developer.ubiquity-container-identifiers", Value::Array(Vec::new())),
        ("com.apple.developer.ubiquity-kvstore-identifier", all_of_prefix.into()),
    ]
}

fn protection(option: Option<&str>) -> Value {
    match option {
        Some("PROTECTED_UNLESS_OPEN") => "NSFileProtectionCompleteUnlessOpen",
        Some("PROTECTED_UNTIL_FIRST_USER_AUTH") => {
            "NSFileProtectionCompleteUntilFirstUserAuthentication"
        }
        _ => "NSFileProtectionComplete",
    }
    .into()
}

fn strings(list: Vec<String>) -> Value {
    Value::Array(list.into_iter().map(Value::String).collect())
}
