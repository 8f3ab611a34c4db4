//! Bundle ids: identifiers that are unique in the team, what is enabled on a new one, and what
//! their end does to profiles.
//!
//! That another team may hold the same identifier is not noticed: no transaction crosses teams.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, profiles, unchanged};
use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `bundleIds`.
pub struct BundleIds;

const KIND: &str = "bundleIds";

impl Behavior for BundleIds {
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
                check_name(&draft.attributes, problems);
                if let Some(identifier) = draft.text("identifier") {
                    if !is_identifier(identifier.strip_suffix(".*").unwrap_or(identifier)) {
                        problems.push(malformed("App ID", identifier));
                    } else if !view.having(KIND, "identifier", identifier)?.is_empty() {
                        problems.push(taken("An App ID", identifier));
                    }
                }
                if let Some(seed) = draft.text("seedId").filter(|seed| !is_seed(seed)) {
                    let detail = format!("'{seed}' is not an App ID prefix of this team.");
                    problems.push(invalid(detail).at_attribute("seedId"));
                }
            }
            Change::Update { attributes, .. } => check_name(attributes, problems),
            Change::Delete { before } => {
                if !view.linked(KIND, &before.id, "app")?.is_empty() {
                    problems.push(in_use(before.text("identifier").unwrap_or_default()));
                }
            }
            Change::Link { .. } => {}
        }
        Ok(())
    }

    /// Ids sent for iOS come back as universal ones. Source: recorded replies.
    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.default("seedId", view.team()?.seed);
        if draft.text("platform") == Some("IOS") {
            draft.set("platform", "UNIVERSAL");
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Create { draft, .. } => born_capabilities(draft),
            Change::Update { before, attributes, .. } => {
                unchanged::restore(KIND, before, attributes, &["name"])
            }
            Change::Delete { before } => {
                profiles::invalidate(&view.linked(KIND, &before.id, "profiles")?)
            }
            Change::Link { .. } => Vec::new(),
        })
    }
}

/// Returns whether an identifier stands for many.
pub(super) fn is_wildcard(identifier: &str) -> bool {
    identifier == "*" || identifier.ends_with(".*")
}

/// Returns whether a text is made of what identifiers are made of. Source: Apple's help.
pub(super) fn is_identifier(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    text == "*" || (!text.is_empty() && text.chars().all(allowed))
}

/// The refusal of an identifier that is taken. Source: recorded for bundle ids.
pub(super) fn taken(what: &str, identifier: &str) -> Problem {
    invalid(format!(
        "{what} with Identifier '{identifier}' is not available. Please enter a different string."
    ))
    .at_attribute("identifier")
}

/// The refusal of an identifier with characters that none has; our wording.
pub(super) fn malformed(what: &str, identifier: &str) -> Problem {
    invalid(format!(
        "'{identifier}' is not a valid {what}. Use letters, digits, hyphens and periods."
    ))
    .at_attribute("identifier")
}

fn invalid(detail: String) -> Problem {
    Problem::new(Code::AttributeInvalid, detail)
        .titled("An attribute in the provided entity has invalid value")
}

/// Source: reports of refused names; the text is our wording.
fn check_name(attributes: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let Some(name) = attributes.get("name").and_then(Value::as_str) else { return };
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == ' ');
    if !plain || name.trim().is_empty() {
        let detail = "An attribute value has invalid characters. - App ID names are made of \
                      letters, digits and spaces.";
        problems.push(invalid(detail.to_owned()).at_attribute("name"));
    }
}

/// Ten upper-case alphanumerics. That only prefixes of the team are taken is not checked: older
/// teams have several, and nothing lists them.
fn is_seed(text: &str) -> bool {
    text.len() == 10 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Source: the developer website's refusal; status and code are our choice.
fn in_use(identifier: &str) -> Problem {
    Problem::new(
        Code::EntityError,
        format!(
            "The App ID '{identifier}' appears to be in use by the App Store, so it can not be \
             removed at this time."
        ),
    )
}

/// Explicit ids are born with in-app purchase and Game Center. Source: Apple's help, recorded lists.
fn born_capabilities(draft: &Draft) -> Vec<Effect> {
    let identifier = draft.text("identifier").unwrap_or_default();
    if is_wildcard(identifier) || draft.text("platform") == Some("SERVICES") {
        return Vec::new();
    }
    ["IN_APP_PURCHASE", "GAME_CENTER"]
        .map(|capability| {
            let mut attributes = Map::new();
            attributes.insert("capabilityType".to_owned(), capability.into());
            Effect::Create(Draft {
                kind: "bundleIdCapabilities",
                id: format!("{}_{capability}", draft.id),
                attributes,
                relationships: vec![("bundleId", vec![draft.id.clone()])],
            })
        })
        .to_vec()
}
