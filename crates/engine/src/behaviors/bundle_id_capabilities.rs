//! Capabilities of bundle ids: one of a type for each id, known settings, and profiles that any
//! change makes invalid.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, profiles, unchanged};
use crate::changes::{Change, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `bundleIdCapabilities`.
pub struct BundleIdCapabilities;

const KIND: &str = "bundleIdCapabilities";

/// Which setting a capability has, and its options. Source: the document's enums; that each
/// belongs to one capability is from Apple's help.
const SETTINGS: &[(&str, &str, &[&str])] = &[
    ("ICLOUD", "ICLOUD_VERSION", &["XCODE_5", "XCODE_6"]),
    (
        "DATA_PROTECTION",
        "DATA_PROTECTION_PERMISSION_LEVEL",
        &["COMPLETE_PROTECTION", "PROTECTED_UNLESS_OPEN", "PROTECTED_UNTIL_FIRST_USER_AUTH"],
    ),
    ("APPLE_ID_AUTH", "APPLE_ID_AUTH_APP_CONSENT", &["PRIMARY_APP_CONSENT"]),
];

impl Behavior for BundleIdCapabilities {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                let capability = draft.text("capabilityType").unwrap_or_default();
                check_settings(capability, &draft.attributes, problems);
            }
            Change::Update { before, attributes, .. } => {
                let capability = before.text("capabilityType").unwrap_or_default();
                check_settings(capability, attributes, problems);
                let sent = attributes.get("capabilityType").and_then(Value::as_str);
                if sent.is_some_and(|sent| sent != capability) {
                    // The type is part of the id. Our choice: nothing recorded shows such a PATCH.
                    let detail =
                        format!("The capability '{}' is of type '{capability}'", before.id);
                    problems.push(
                        Problem::new(Code::AttributeInvalid, detail).at_attribute("capabilityType"),
                    );
                }
            }
            Change::Delete { .. } | Change::Link { .. } => {}
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let (bundle_id, mut effects) = match change {
            Change::Create { draft, .. } => (bundle_id(&draft.id), Vec::new()),
            Change::Update { before, attributes, .. } => {
                let names = ["capabilityType"];
                (bundle_id(&before.id), unchanged::restore(KIND, before, attributes, &names))
            }
            Change::Delete { before } => (bundle_id(&before.id), Vec::new()),
            Change::Link { .. } => return Ok(Vec::new()),
        };
        effects.extend(profiles::invalidate(&view.linked("bundleIds", bundle_id, "profiles")?));
        Ok(effects)
    }
}

/// Returns the option that is enabled in a capability's setting, for its entitlement.
pub(super) fn enabled_option(capability: &Resource) -> Option<&str> {
    let settings = capability.attributes.get("settings")?.as_array()?;
    let options = settings.iter().filter_map(|setting| setting.get("options")?.as_array());
    options
        .flatten()
        .find(|option| option.get("enabled").and_then(Value::as_bool).unwrap_or(false))
        .and_then(|option| option.get("key")?.as_str())
}

/// Ids of bundle ids have no underscore, types of capabilities may.
fn bundle_id(id: &str) -> &str {
    id.split_once('_').map_or(id, |(bundle_id, _)| bundle_id)
}

fn check_settings(capability: &str, sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let Some(settings) = sent.get("settings").and_then(Value::as_array) else { return };
    let known = SETTINGS.iter().find(|(of, _, _)| *of == capability);
    for (at, setting) in settings.iter().enumerate() {
        let key = setting.get("key").and_then(Value::as_str).unwrap_or_default();
        let Some((_, _, options)) = known.filter(|(_, name, _)| *name == key) else {
            let name = format!("settings/{at}/key");
            problems.push(foreign(key, &name, known.map(|(_, name, _)| *name).as_slice()));
            continue;
        };
        let sent = setting.get("options").and_then(Value::as_array);
        for (index, option) in sent.into_iter().flatten().enumerate() {
            let key = option.get("key").and_then(Value::as_str).unwrap_or_default();
            if !options.contains(&key) {
                let name = format!("settings/{at}/options/{index}/key");
                problems.push(foreign(key, &name, options));
            }
        }
    }
}

/// Source: the recorded detail for a setting that is not one of its enum.
fn foreign(value: &str, name: &str, expected: &[&str]) -> Problem {
    let expected: Vec<String> = expected.iter().map(|one| format!("'{one}'")).collect();
    let mut detail = format!("'{value}' is not a valid value for the attribute '{name}'.");
    if !expected.is_empty() {
        detail = format!("{detail} Expected one of: {}", expected.join(", "));
    }
    Problem::new(Code::AttributeType, detail).at_attribute(name)
}
