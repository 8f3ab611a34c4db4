//! Subscriptions: made without metadata, at the end of their group.
//!
//! Sources: Apple's help and document. Guesses: the level that a new one gets (the one after the
//! last), the code for taking family sharing back.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::{Behavior, products, unchanged};
use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `subscriptions`.
pub struct Subscriptions;

const KIND: &str = "subscriptions";
const GROUPS: &str = "subscriptionGroups";

impl Behavior for Subscriptions {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn facets(&self) -> &'static [&'static str] {
        &["productId"]
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                products::check_texts(&draft.attributes, problems);
                let group = draft.one("group").map(|id| view.find(GROUPS, id)).transpose()?;
                let app = group.flatten().and_then(|group| group.app);
                products::check_product_id(&draft.attributes, app.as_deref(), view, problems)
            }
            Change::Update { before, attributes, .. } => {
                products::check_texts(attributes, problems);
                let sent = attributes.get("familySharable").and_then(Value::as_bool);
                if sent == Some(false) && before.flag("familySharable") {
                    let detail = "Family sharing can not be turned off once it is on.";
                    let problem = Problem::new(Code::AttributeInvalid, detail);
                    problems.push(problem.at_attribute("familySharable"));
                }
                Ok(())
            }
            Change::Delete { .. } | Change::Link { .. } => Ok(()),
        }
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("state", "MISSING_METADATA");
        draft.default("familySharable", false);
        let others = match draft.one("group") {
            Some(group) => view.related(GROUPS, group, KIND)?,
            None => Vec::new(),
        };
        let level = |other: &crate::changes::Resource| other.attributes.get("groupLevel")?.as_i64();
        let last = others.iter().filter_map(level).max().unwrap_or(0);
        draft.default("groupLevel", last.saturating_add(1));
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let kept = &["name", "familySharable", "subscriptionPeriod", "groupLevel"];
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

    fn world() -> World {
        let mut world = World::new();
        let group = json!({"referenceName": "Plans"});
        world.plant("subscriptionGroups", "7", &group, &[("app", &[APP])]);
        world
    }

    fn subscription(id: &str) -> Value {
        let attributes = json!({"name": id, "productId": id, "familySharable": true});
        new("subscriptions", &attributes, &[("group", json!(["subscriptionGroups", "7"]))])
    }

    #[test]
    fn a_subscription_starts_without_metadata_below_the_others() {
        let mut world = world();
        for level in 1..3 {
            let made = json!({"status": 201, "data": {"attributes": {
                "state": "MISSING_METADATA", "groupLevel": level, "subscriptionPeriod": null,
            }}});
            let sent = subscription(&format!("plan{level}"));
            world.check("POST /v1/subscriptions", &sent, &made);
        }
    }

    #[test]
    fn a_product_id_is_used_once_in_an_app() {
        let mut world = world();
        world.create("/v1/subscriptions", &subscription("pro"));
        world.refuses(
            "POST /v1/subscriptions",
            &subscription("pro"),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                "/data/attributes/productId",
                "The product ID 'pro' has already been used.",
            ),
        );
    }

    #[test]
    fn family_sharing_stays_on() {
        let mut world = world();
        let id = world.create("/v1/subscriptions", &subscription("pro"));
        world.refuses(
            &format!("PATCH /v1/subscriptions/{id}"),
            &update("subscriptions", &id, &json!({"familySharable": false}), &[]),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/familySharable",
                "Family sharing can not be turned off once it is on.",
            ),
        );
    }
}
