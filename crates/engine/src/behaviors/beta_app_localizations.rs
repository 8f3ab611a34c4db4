//! What testers of an app are told, in a locale.
//!
//! Source: Apple's help (values may be changed, never cleared); null is taken for no change, as
//! elsewhere. A second one in a locale is refused as for other localizations.

use russet_wire::Problem;
use serde_json::{Map, Value};

use super::texts::{self, Most, Text};
use super::{Behavior, locales, unchanged};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `betaAppLocalizations`.
pub struct BetaAppLocalizations;

const KIND: &str = "betaAppLocalizations";

const TEXTS: &[Text] = &[("description", "The description", Most::Characters(4000))];

const CANNOT_BE_CLEARED: &[&str] =
    &["feedbackEmail", "marketingUrl", "privacyPolicyUrl", "tvOsPrivacyPolicy", "description"];

impl Behavior for BetaAppLocalizations {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let mut lengths = |sent: &Map<String, Value>| texts::check_lengths(sent, TEXTS, problems);
        match change {
            Change::Create { draft, .. } => {
                lengths(&draft.attributes);
                locales::check_new(draft, ("apps", "app", KIND), view, problems)
            }
            Change::Update { attributes, .. } => {
                lengths(attributes);
                Ok(())
            }
            Change::Delete { .. } | Change::Link { .. } => Ok(()),
        }
    }

    fn follow(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Update { before, attributes, .. } => {
                unchanged::restore(KIND, before, attributes, CANNOT_BE_CLEARED)
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::behaviors::testing::{APP, World, new, update};

    #[test]
    fn a_locale_is_added_once_and_nothing_is_cleared() {
        let mut world = World::new();
        let sent = json!({"locale": "en-US", "description": "Try it"});
        let app = [("app", json!(["apps", APP]))];
        let body = new("betaAppLocalizations", &sent, &app);
        let id = world.create("/v1/betaAppLocalizations", &body);
        world.refuses(
            "POST /v1/betaAppLocalizations",
            &body,
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                "/data/attributes/locale",
                "A localization with the locale 'en-US' already exists. Try updating it.",
            ),
        );
        let cleared = update("betaAppLocalizations", &id, &json!({"description": null}), &[]);
        let kept = json!({"data": {"attributes": {"description": "Try it"}}});
        world.check(&format!("PATCH /v1/betaAppLocalizations/{id}"), &cleared, &kept);
    }
}
