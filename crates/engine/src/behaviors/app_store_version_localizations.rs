//! A version's texts in a locale.
//!
//! Sources: Apple's help (lengths, what is open when), recorded refusals. While a version waits
//! for review `whatsNew` was still taken; `promotionalText` always is. Our choice: a localization
//! is deleted when one could be added, and refused as that is.

use russet_wire::Problem;
use serde_json::{Map, Value};

use super::app_store_versions::{cannot_be_edited, is_editable, siblings};
use super::texts::{self, Most, Text};
use super::{Behavior, locales};
use crate::changes::{Change, Resource, View};
use crate::failure::Fault;

/// The behavior of `appStoreVersionLocalizations`.
pub struct AppStoreVersionLocalizations;

const KIND: &str = "appStoreVersionLocalizations";
const WHATS_NEW: (&str, &str) = ("whatsNew", "What's New in This Version");

const TEXTS: &[Text] = &[
    ("description", "The description", Most::Characters(4000)),
    ("keywords", "Keywords", Most::Bytes(100)),
    ("marketingUrl", "The marketing URL", Most::Characters(255)),
    ("promotionalText", "Promotional text", Most::Characters(170)),
    ("supportUrl", "The support URL", Most::Characters(255)),
    (WHATS_NEW.0, WHATS_NEW.1, Most::Characters(4000)),
];

impl Behavior for AppStoreVersionLocalizations {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                check_texts(&draft.attributes, problems);
                let parent = ("appStoreVersions", "appStoreVersion", KIND);
                locales::check_new(draft, parent, view, problems)?;
                match draft.one("appStoreVersion") {
                    Some(version) => check_open(version, &draft.attributes, view, problems),
                    None => Ok(()),
                }
            }
            Change::Update { before, attributes, .. } => {
                check_texts(attributes, problems);
                for version in view.linked(KIND, &before.id, "appStoreVersion")? {
                    check_open(&version, attributes, view, problems)?;
                }
                Ok(())
            }
            Change::Delete { before } => {
                for version in view.related(KIND, &before.id, "appStoreVersion")? {
                    if !is_editable(&version) {
                        problems.push(cannot_be_edited("locale"));
                    }
                }
                locales::check_end(before, view, problems)
            }
            Change::Link { .. } => Ok(()),
        }
    }
}

fn check_texts(sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    texts::check_lengths(sent, TEXTS, problems);
    texts::check_characters(sent, WHATS_NEW, problems);
}

fn check_open(
    version: &str,
    sent: &Map<String, Value>,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(version) = view.find("appStoreVersions", version)? else { return Ok(()) };
    for name in sent.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()) {
        if !is_open(name, &version, view)? {
            problems.push(cannot_be_edited(name));
        }
    }
    Ok(())
}

/// Returns whether a text can be edited now.
fn is_open(name: &str, version: &Resource, view: &View<'_>) -> Result<bool, Fault> {
    let waiting = version.text("appVersionState") == Some("WAITING_FOR_REVIEW");
    Ok(match name {
        "promotionalText" => true,
        // What is the first of its platform has nothing new.
        "whatsNew" => (is_editable(version) || waiting) && !siblings(version, view)?.is_empty(),
        _ => is_editable(version),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new, update};

    const KIND: &str = "appStoreVersionLocalizations";

    /// A version in a state, `texts` in its `en-US`; a live one before it where `later`.
    fn world(state: &str, later: bool) -> World {
        let mut world = World::new();
        if later {
            let live = json!({"platform": "IOS", "appVersionState": "READY_FOR_DISTRIBUTION"});
            world.plant("appStoreVersions", "v0", &live, &[("app", &[APP])]);
        }
        let version = json!({"platform": "IOS", "appVersionState": state});
        world.plant("appStoreVersions", "v1", &version, &[("app", &[APP])]);
        let links: &[(&'static str, &[&str])] = &[("appStoreVersion", &["v1"])];
        world.plant(KIND, "l1", &json!({"locale": "en-US"}), links);
        world
    }

    fn patch(attributes: &Value) -> Value {
        update(KIND, "l1", attributes, &[])
    }

    const PATH: &str = "PATCH /v1/appStoreVersionLocalizations/l1";

    #[test]
    fn a_locale_is_added_once() {
        let version = [("appStoreVersion", json!(["appStoreVersions", "v1"]))];
        let mut world = world("PREPARE_FOR_SUBMISSION", false);
        world.refuses(
            "POST /v1/appStoreVersionLocalizations",
            &new(KIND, &json!({"locale": "en-US"}), &version),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                "/data/attributes/locale",
                "A localization with the locale 'en-US' already exists. Try updating it.",
            ),
        );
        let other = new(KIND, &json!({"locale": "fr-FR"}), &version);
        world.create("/v1/appStoreVersionLocalizations", &other);
    }

    #[test]
    fn the_primary_localization_stays() {
        world("PREPARE_FOR_SUBMISSION", false).refuses(
            "DELETE /v1/appStoreVersionLocalizations/l1",
            &Value::Null,
            (
                "STATE_ERROR",
                "",
                "The localization in the primary locale of the app can not be deleted.",
            ),
        );
    }

    #[test]
    fn a_localization_stays_while_its_version_cannot_be_edited() {
        let links: &[(&'static str, &[&str])] = &[("appStoreVersion", &["v1"])];
        let path = "DELETE /v1/appStoreVersionLocalizations/l2";
        for state in [
            "READY_FOR_DISTRIBUTION",
            "REPLACED_WITH_NEW_VERSION",
            "WAITING_FOR_REVIEW",
            "IN_REVIEW",
            "PENDING_DEVELOPER_RELEASE",
        ] {
            let mut world = world(state, false);
            world.plant(KIND, "l2", &json!({"locale": "fr-FR"}), links);
            let detail = "Attribute 'locale' cannot be edited at this time";
            let refused = ("STATE_ERROR", "/data/attributes/locale", detail);
            world.refuses(path, &Value::Null, refused);
            let version = [("appStoreVersion", json!(["appStoreVersions", "v1"]))];
            let added = new(KIND, &json!({"locale": "de-DE"}), &version);
            world.refuses("POST /v1/appStoreVersionLocalizations", &added, refused);
        }
        for state in ["PREPARE_FOR_SUBMISSION", "REJECTED"] {
            let mut world = world(state, false);
            world.plant(KIND, "l2", &json!({"locale": "fr-FR"}), links);
            world.check(path, &Value::Null, &json!({"status": 204}));
        }
    }

    #[test]
    fn texts_have_their_lengths() {
        let mut world = world("PREPARE_FOR_SUBMISSION", true);
        for (attribute, longest, detail) in [
            ("description", 4000, "The description cannot be longer than 4000 characters."),
            ("keywords", 100, "Keywords cannot be longer than 100 bytes."),
            ("promotionalText", 170, "Promotional text cannot be longer than 170 characters."),
        ] {
            let sent = |length: usize| json!({ attribute: "x".repeat(length) });
            world.check(PATH, &patch(&sent(longest)), &json!({"status": 200}));
            let pointer = format!("/data/attributes/{attribute}");
            let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG";
            world.refuses(PATH, &patch(&sent(longest + 1)), (code, &pointer, detail));
        }
    }

    #[test]
    fn what_is_new_takes_no_emoji_and_no_angle_bracket() {
        let mut world = world("PREPARE_FOR_SUBMISSION", true);
        for refused in ["\u{1F389}", "<"] {
            let detail = format!(
                "An attribute value has invalid characters. - What's New in This Version can't \
                 contain the following characters: {refused}"
            );
            world.refuses(
                PATH,
                &patch(&json!({"whatsNew": format!("New {refused}")})),
                ("ENTITY_ERROR.ATTRIBUTE.INVALID", "/data/attributes/whatsNew", &detail),
            );
        }
    }

    #[test]
    fn a_first_version_has_nothing_new() {
        world("PREPARE_FOR_SUBMISSION", false).refuses(
            PATH,
            &patch(&json!({"whatsNew": "All of it"})),
            (
                "STATE_ERROR",
                "/data/attributes/whatsNew",
                "Attribute 'whatsNew' cannot be edited at this time",
            ),
        );
    }

    #[test]
    fn promotional_text_is_always_open_and_the_rest_is_not() {
        let mut live = world("READY_FOR_DISTRIBUTION", true);
        let promotion = patch(&json!({"promotionalText": "Now"}));
        live.check(PATH, &promotion, &json!({"status": 200}));
        live.refuses(
            PATH,
            &patch(&json!({"description": "Other"})),
            (
                "STATE_ERROR",
                "/data/attributes/description",
                "Attribute 'description' cannot be edited at this time",
            ),
        );
    }

    #[test]
    fn what_is_new_can_be_edited_while_waiting_for_review() {
        let mut waiting = world("WAITING_FOR_REVIEW", true);
        waiting.check(PATH, &patch(&json!({"whatsNew": "More"})), &json!({"status": 200}));
    }
}
