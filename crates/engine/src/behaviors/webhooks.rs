//! Webhooks: at most ten for an app, the secret written and never shown.
//!
//! Sources: Apple's document (the secret is in bodies only); the number is reported, code and
//! wording of its refusal are ours. The secret is not kept yet: nothing is delivered.

use russet_wire::{Code, Problem};

use super::{Behavior, unchanged};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `webhooks`.
pub struct Webhooks;

const KIND: &str = "webhooks";

/// Most webhooks of an app.
const MOST: usize = 10;

impl Behavior for Webhooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Create { draft, .. } = change else { return Ok(()) };
        let Some(app) = draft.one("app") else { return Ok(()) };
        if view.linked("apps", app, KIND)?.len() >= MOST {
            let detail = format!("An app can not have more than {MOST} webhooks.");
            problems.push(Problem::new(Code::RelationshipInvalid, detail).at_relationship("app"));
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let kept = &["enabled", "eventTypes", "name", "url"];
        Ok(match change {
            Change::Update { before, attributes, .. } => {
                unchanged::restore(KIND, before, attributes, kept)
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new, update};

    fn webhook() -> Value {
        let attributes = json!({"enabled": true, "eventTypes": ["BUILD_UPLOAD_STATE_UPDATED"],
            "name": "CI", "secret": "hush", "url": "https://ci.example/hook"});
        new("webhooks", &attributes, &[("app", json!(["apps", APP]))])
    }

    #[test]
    fn a_secret_is_never_shown() {
        let mut world = World::new();
        let reply = world.check("POST /v1/webhooks", &webhook(), &json!({"status": 201}));
        assert!(!reply.to_string().contains("hush"), "{reply}");
        let id = reply["data"]["id"].as_str().expect("an id");
        let changed = update("webhooks", id, &json!({"secret": "hush again"}), &[]);
        let path = format!("PATCH /v1/webhooks/{id}");
        let reply = world.check(&path, &changed, &json!({"status": 200}));
        assert!(!reply.to_string().contains("hush"), "{reply}");
    }

    #[test]
    fn an_app_has_at_most_ten_webhooks() {
        let mut world = World::new();
        for _ in 0..10 {
            world.create("/v1/webhooks", &webhook());
        }
        world.refuses(
            "POST /v1/webhooks",
            &webhook(),
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "/data/relationships/app",
                "An app can not have more than 10 webhooks.",
            ),
        );
    }
}
