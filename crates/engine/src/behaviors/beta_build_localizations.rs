//! What to test in a build, in a locale.
//!
//! Sources: Apple's help (length), recorded refusals (characters, locale there already).

use russet_wire::Problem;
use serde_json::{Map, Value};

use super::texts::{self, Most, Text};
use super::{Behavior, locales};
use crate::changes::{Change, View};
use crate::failure::Fault;

/// The behavior of `betaBuildLocalizations`.
pub struct BetaBuildLocalizations;

const KIND: &str = "betaBuildLocalizations";

const WHATS_NEW: (&str, &str) = ("whatsNew", "What to Test");
const TEXTS: &[Text] = &[(WHATS_NEW.0, WHATS_NEW.1, Most::Bytes(4000))];

impl Behavior for BetaBuildLocalizations {
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
                locales::check_new(draft, ("builds", "build", KIND), view, problems)
            }
            Change::Update { attributes, .. } => {
                check_texts(attributes, problems);
                Ok(())
            }
            Change::Delete { .. } | Change::Link { .. } => Ok(()),
        }
    }
}

fn check_texts(sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    texts::check_lengths(sent, TEXTS, problems);
    texts::check_characters(sent, WHATS_NEW, problems);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn send(world: &mut World, attributes: &Value, refusal: (&str, &str, &str)) {
        let build = [("build", json!(["builds", "b1"]))];
        let body = new("betaBuildLocalizations", attributes, &build);
        world.refuses("POST /v1/betaBuildLocalizations", &body, refusal);
    }

    fn world() -> World {
        let mut world = World::new();
        world.plant("builds", "b1", &json!({"processingState": "VALID"}), &[("app", &[APP])]);
        world
    }

    #[test]
    fn a_locale_is_added_once() {
        let mut world = world();
        let there = json!({"locale": "en-US"});
        world.plant("betaBuildLocalizations", "l1", &there, &[("build", &["b1"])]);
        let detail = "A localization with the locale 'en-US' already exists. Try updating it.";
        let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE";
        send(&mut world, &there, (code, "/data/attributes/locale", detail));
    }

    #[test]
    fn what_to_test_takes_4000_bytes_and_no_emoji() {
        let mut world = world();
        let long = json!({"locale": "en-US", "whatsNew": "\u{e9}".repeat(2001)});
        let detail = "What to Test cannot be longer than 4000 bytes.";
        let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG";
        send(&mut world, &long, (code, "/data/attributes/whatsNew", detail));
        let emoji = json!({"locale": "en-US", "whatsNew": "Look \u{1F440}"});
        let detail = "An attribute value has invalid characters. - What to Test can't contain the \
                      following characters: \u{1F440}";
        let code = "ENTITY_ERROR.ATTRIBUTE.INVALID";
        send(&mut world, &emoji, (code, "/data/attributes/whatsNew", detail));
    }
}
