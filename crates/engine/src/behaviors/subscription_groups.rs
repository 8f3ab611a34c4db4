//! Groups of subscriptions: their names are unique in an app.
//!
//! Sources: Apple's help; the wording is ours.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::texts::{self, Most};
use super::{Behavior, unchanged};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `subscriptionGroups`.
pub struct SubscriptionGroups;

const KIND: &str = "subscriptionGroups";
const NAME: &str = "referenceName";

impl Behavior for SubscriptionGroups {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn facets(&self) -> &'static [&'static str] {
        &[NAME]
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                check_name(&draft.attributes, (draft.one("app"), None), view, problems)
            }
            Change::Update { before, attributes, .. } => {
                let own = (before.app.as_deref(), Some(before.id.as_str()));
                check_name(attributes, own, view, problems)
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
                unchanged::restore(KIND, before, attributes, &[NAME])
            }
            _ => Vec::new(),
        })
    }
}

fn check_name(
    sent: &Map<String, Value>,
    (app, own): (Option<&str>, Option<&str>),
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(name) = sent.get(NAME).and_then(Value::as_str) else { return Ok(()) };
    texts::check_lengths(sent, &[(NAME, "The reference name", Most::Characters(64))], problems);
    let namesakes = view.having(KIND, NAME, name)?;
    if namesakes.iter().any(|one| one.app.as_deref() == app && Some(one.id.as_str()) != own) {
        let detail = format!("The reference name '{name}' has already been used.");
        problems.push(Problem::new(Code::AttributeDuplicate, detail).at_attribute(NAME));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::behaviors::testing::{APP, World, new, update};

    #[test]
    fn names_are_unique_in_an_app() {
        let mut world = World::new();
        let group = |name: &str| {
            let app = [("app", json!(["apps", APP]))];
            new("subscriptionGroups", &json!({"referenceName": name}), &app)
        };
        world.create("/v1/subscriptionGroups", &group("Plans"));
        let other = world.create("/v1/subscriptionGroups", &group("More"));
        let taken = (
            "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
            "/data/attributes/referenceName",
            "The reference name 'Plans' has already been used.",
        );
        world.refuses("POST /v1/subscriptionGroups", &group("Plans"), taken);
        let renamed = json!({"referenceName": "Plans"});
        let renamed = update("subscriptionGroups", &other, &renamed, &[]);
        world.refuses(&format!("PATCH /v1/subscriptionGroups/{other}"), &renamed, taken);
    }
}
