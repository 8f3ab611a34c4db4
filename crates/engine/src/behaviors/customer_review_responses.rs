//! Answers to customer reviews: one for each review, a new one takes the place of the old one.
//!
//! Sources: Apple's document and help; when it is published is the simulator's business.

use russet_wire::Problem;

use super::Behavior;
use super::texts::{self, Most};
use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `customerReviewResponses`.
pub struct CustomerReviewResponses;

const KIND: &str = "customerReviewResponses";

/// Member of a draft, never shown, that names the response whose place it takes.
const REPLACED: &str = "replaced";

impl Behavior for CustomerReviewResponses {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        if let Change::Create { draft, .. } = change {
            let most = [("responseBody", "The response", Most::Characters(5970))];
            texts::check_lengths(&draft.attributes, &most, problems);
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("state", "PENDING_PUBLISH");
        draft.set("lastModifiedDate", view.now.to_string());
        let there = match draft.one("review") {
            Some(review) => view.linked("customerReviews", review, "response")?,
            None => Vec::new(),
        };
        if let Some(replaced) = there.into_iter().next() {
            draft.set(REPLACED, replaced);
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
            Change::Create { draft, .. } => {
                let replaced = draft.text(REPLACED).map(str::to_owned);
                replaced.into_iter().map(|id| Effect::Delete { kind: KIND, id }).collect()
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn response(body: &str) -> Value {
        let review = [("review", json!(["customerReviews", "r1"]))];
        new("customerReviewResponses", &json!({"responseBody": body}), &review)
    }

    fn world() -> World {
        let mut world = World::new();
        world.plant("customerReviews", "r1", &json!({"rating": 2}), &[("app", &[APP])]);
        world
    }

    const PATH: &str = "POST /v1/customerReviewResponses";

    #[test]
    fn a_new_response_takes_the_place_of_the_old_one() {
        let mut world = world();
        let waiting = json!({"status": 201, "data": {"attributes": {
            "state": "PENDING_PUBLISH", "lastModifiedDate": "2025-12-31T16:00:00-08:00",
            "responseBody": "Sorry",
        }}});
        let reply = world.check(PATH, &response("Sorry"), &waiting);
        let old = reply["data"]["id"].as_str().expect("an id").to_owned();
        let new = world.create("/v1/customerReviewResponses", &response("Fixed"));
        let there = json!({"data": {"id": new, "attributes": {"responseBody": "Fixed"}}});
        world.check("GET /v1/customerReviews/r1/response", &Value::Null, &there);
        let gone = json!({"status": 404});
        world.check(&format!("GET /v1/customerReviewResponses/{old}"), &Value::Null, &gone);
    }

    #[test]
    fn responses_have_at_most_5970_characters() {
        world().refuses(
            PATH,
            &response(&"x".repeat(5971)),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG",
                "/data/attributes/responseBody",
                "The response cannot be longer than 5970 characters.",
            ),
        );
    }
}
