//! Names and descriptions of purchases, subscriptions and their groups, in a locale.
//!
//! Sources: Apple's help (lengths), recorded refusals (locale there already). Guess: the state in
//! which one starts.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::Behavior;
use super::texts::{self, Text};
use crate::changes::{Change, Draft, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of a type of localizations that belong to a product or to a version of one.
pub struct ProductLocalizations {
    /// Resource type.
    pub(super) kind: &'static str,
    /// Relationships that name what one belongs to; each has one of them.
    pub(super) parents: [&'static str; 2],
    /// Limits of its texts.
    pub(super) texts: &'static [Text],
}

impl Behavior for ProductLocalizations {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let mut lengths = |sent: &Map<String, Value>| {
            texts::check_lengths(sent, self.texts, problems);
        };
        match change {
            Change::Create { draft, .. } => {
                lengths(&draft.attributes);
                self.check_locale(draft, view, problems)
            }
            Change::Update { attributes, .. } => {
                lengths(attributes);
                Ok(())
            }
            Change::Delete { .. } | Change::Link { .. } => Ok(()),
        }
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("state", "PREPARE_FOR_SUBMISSION");
        Ok(())
    }
}

impl ProductLocalizations {
    fn check_locale(
        &self,
        draft: &Draft,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Some(locale) = draft.text("locale") else { return Ok(()) };
        for parent in self.parents {
            let Some(id) = draft.one(parent) else { continue };
            for other in view.naming(self.kind, parent, id)? {
                let other = view.find(self.kind, &other)?;
                if other.is_some_and(|other| other.text("locale") == Some(locale)) {
                    let detail = format!(
                        "A localization with the locale '{locale}' already exists. Try updating it."
                    );
                    let problem = Problem::new(Code::AttributeDuplicate, detail);
                    problems.push(problem.at_attribute("locale"));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn world() -> World {
        let mut world = World::new();
        world.plant("inAppPurchases", "7", &json!({"productId": "coins"}), &[("app", &[APP])]);
        world
    }

    fn localization(attributes: &Value) -> Value {
        let parent = [("inAppPurchaseV2", json!(["inAppPurchases", "7"]))];
        new("inAppPurchaseLocalizations", attributes, &parent)
    }

    const PATH: &str = "POST /v1/inAppPurchaseLocalizations";

    #[test]
    fn a_localization_is_in_preparation_and_one_of_its_locale() {
        let mut world = world();
        let sent = localization(&json!({"locale": "en-US", "name": "Coins"}));
        let made =
            json!({"status": 201, "data": {"attributes": {"state": "PREPARE_FOR_SUBMISSION"}}});
        world.check(PATH, &sent, &made);
        world.refuses(
            PATH,
            &sent,
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                "/data/attributes/locale",
                "A localization with the locale 'en-US' already exists. Try updating it.",
            ),
        );
    }

    #[test]
    fn descriptions_have_at_most_55_characters() {
        let long = json!({"locale": "en-US", "name": "Coins", "description": "x".repeat(56)});
        world().refuses(
            PATH,
            &localization(&long),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG",
                "/data/attributes/description",
                "The description cannot be longer than 55 characters.",
            ),
        );
    }
}
