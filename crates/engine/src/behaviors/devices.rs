//! Devices: UDIDs that are unique in the team, 100 of a class, and profiles that a disabled one
//! makes invalid.
//!
//! The yearly renewal that frees slots is not simulated: a registered device counts for good.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::{Behavior, profiles, unchanged};
use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `devices`.
pub struct Devices;

const KIND: &str = "devices";

/// Devices of one class that a team may register in a membership year. Source: Apple's help.
const MOST_OF_A_CLASS: usize = 100;

/// Class, and what people call it.
const CLASSES: &[(&str, &str)] = &[
    ("APPLE_TV", "Apple TV"),
    ("APPLE_VISION_PRO", "Apple Vision Pro"),
    ("APPLE_WATCH", "Apple Watch"),
    ("IPAD", "iPad"),
    ("IPHONE", "iPhone"),
    ("IPOD", "iPod"),
    ("MAC", "Mac"),
];

impl Behavior for Devices {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn facets(&self) -> &'static [&'static str] {
        &["deviceClass"]
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Create { draft, .. } = change else { return Ok(()) };
        if let Some(platform @ ("UNIVERSAL" | "SERVICES")) = draft.text("platform") {
            let detail = format!(
                "'{platform}' is not a valid value for the attribute 'platform'. Expected one of: \
                 'IOS', 'MAC_OS'"
            );
            problems.push(Problem::new(Code::AttributeType, detail).at_attribute("platform"));
        }
        if let Some(udid) = draft.text("udid") {
            if !is_udid(udid) {
                let detail =
                    format!("An invalid value '{udid}' was provided for the parameter 'udid'.");
                problems.push(invalid(detail));
            } else if !view.having(KIND, "udid", udid)?.is_empty() {
                let detail = format!("A device with number '{udid}' already exists on this team.");
                problems.push(invalid(detail));
            }
        }
        let class = device_class(draft);
        if view.having(KIND, "deviceClass", class)?.len() >= MOST_OF_A_CLASS {
            let name = CLASSES.iter().find(|(of, _)| *of == class).map_or("", |(_, name)| name);
            let detail = format!(
                "Your development team has reached the maximum number of registered {name} devices."
            );
            problems.push(Problem::new(Code::EntityError, detail));
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.default("deviceClass", device_class(draft));
        draft.default("status", "ENABLED");
        draft.default("addedDate", view.now.to_string());
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let Change::Update { before, attributes, .. } = change else { return Ok(Vec::new()) };
        let mut effects = unchanged::restore(KIND, before, attributes, &["name", "status"]);
        let disabled = attributes.get("status").and_then(Value::as_str) == Some("DISABLED");
        if disabled && before.text("status") != Some("DISABLED") {
            effects.extend(profiles::invalidate(&view.naming("profiles", "devices", &before.id)?));
        }
        Ok(effects)
    }
}

fn invalid(detail: String) -> Problem {
    Problem::new(Code::AttributeInvalid, detail).at_attribute("udid")
}

/// Forty hexadecimal digits, eight and sixteen with a dash, or a Mac's UUID. Source: UDIDs as
/// clients check them.
fn is_udid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let known = matches!(lengths.as_slice(), [40] | [8, 16] | [8, 4, 4, 4, 12]);
    known && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The service learns the class from the device. Ours is read off the name, so that a lane can
/// have an iPad or a watch; anything else is a phone, on macOS a Mac. Our choice.
fn device_class(draft: &Draft) -> &'static str {
    if draft.text("platform") == Some("MAC_OS") {
        return "MAC";
    }
    let name = draft.text("name").unwrap_or_default().to_ascii_lowercase();
    let told = [
        ("apple tv", "APPLE_TV"),
        ("vision", "APPLE_VISION_PRO"),
        ("watch", "APPLE_WATCH"),
        ("ipad", "IPAD"),
        ("ipod", "IPOD"),
    ];
    told.iter().find(|(word, _)| name.contains(word)).map_or("IPHONE", |(_, class)| class)
}

#[cfg(test)]
mod tests {
    use super::is_udid;

    #[test]
    fn udids_have_one_of_three_forms() {
        for good in [
            "5d0d1e9e3e4c8323756ec0038564006dafe15c21",
            "00008030-001C2D8E3A88802E",
            "564D5F3A-1D2E-4C6B-9A70-0123456789AB",
        ] {
            assert!(is_udid(good), "{good}");
        }
        for bad in ["", "1234", "00008030001C2D8E3A88802E", "0000803g-001C2D8E3A88802E", "--"] {
            assert!(!is_udid(bad), "{bad}");
        }
    }
}
