//! What reviewers of an app's betas are told; each app has one from the start.
//!
//! Sources: recorded refusals (length of notes, contact without a telephone number), Apple's
//! document (form of the number) and help (a contact is changed, never cleared). Guess: that only
//! the first contact must bring the number.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::{Behavior, texts, unchanged};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `betaAppReviewDetails`.
pub struct BetaAppReviewDetails;

const KIND: &str = "betaAppReviewDetails";

const CONTACT: &[&str] = &["contactFirstName", "contactLastName", "contactPhone", "contactEmail"];

impl Behavior for BetaAppReviewDetails {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Update { before, attributes, .. } = change else { return Ok(()) };
        texts::check_review(attributes, problems);
        let phone = "contactPhone";
        let sent = attributes.get(phone).is_some_and(Value::is_string);
        let contact =
            CONTACT.iter().any(|name| attributes.get(*name).is_some_and(Value::is_string));
        if contact && !sent && before.text(phone).is_none() {
            let detail =
                format!("You must provide a value for the attribute '{phone}' with this request");
            problems.push(Problem::new(Code::AttributeRequired, detail).at_attribute(phone));
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Update { before, attributes, .. } => {
                unchanged::restore(KIND, before, attributes, CONTACT)
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, update};

    fn beta() -> World {
        let mut world = World::new();
        world.plant("betaAppReviewDetails", APP, &json!({}), &[("app", &[APP])]);
        world
    }

    fn patch(attributes: &Value) -> Value {
        update("betaAppReviewDetails", APP, attributes, &[])
    }

    const PATH: &str = "PATCH /v1/betaAppReviewDetails/1001";

    #[test]
    fn a_betas_contact_comes_with_a_telephone_number() {
        let mut world = beta();
        world.refuses(
            PATH,
            &patch(&json!({"contactFirstName": "Ada"})),
            (
                "ENTITY_ERROR.ATTRIBUTE.REQUIRED",
                "/data/attributes/contactPhone",
                "You must provide a value for the attribute 'contactPhone' with this request",
            ),
        );
        let none = json!({"data": {"attributes": {"contactFirstName": null}}});
        world.check("GET /v1/betaAppReviewDetails/1001", &Value::Null, &none);
        let whole = json!({"contactFirstName": "Ada", "contactPhone": "+44 844 209 0611"});
        world.check(PATH, &patch(&whole), &json!({"status": 200}));
        let later = patch(&json!({"contactFirstName": "Eve", "contactPhone": null}));
        let kept = json!({"data": {"attributes": {
            "contactFirstName": "Eve", "contactPhone": "+44 844 209 0611",
        }}});
        world.check(PATH, &later, &kept);
    }

    #[test]
    fn telephone_numbers_begin_with_the_country_code() {
        let mut world = beta();
        for phone in ["0844 209 0611", "+1", "+44 call me"] {
            world.refuses(
                PATH,
                &patch(&json!({"contactPhone": phone})),
                (
                    "ENTITY_ERROR.ATTRIBUTE.INVALID",
                    "/data/attributes/contactPhone",
                    "The phone number must begin with '+' and the country code.",
                ),
            );
        }
    }

    #[test]
    fn notes_have_at_most_4000_characters() {
        beta().refuses(
            PATH,
            &patch(&json!({"notes": "x".repeat(4001)})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG",
                "/data/attributes/notes",
                "Review Notes cannot be longer than 4000 characters.",
            ),
        );
    }
}
