//! In-app purchases: made without metadata, each with a product id of its own.
//!
//! Sources: Apple's help and document. That state follows from metadata is not here yet.

use russet_wire::Problem;

use super::{Behavior, products, unchanged};
use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `inAppPurchases`.
pub struct InAppPurchases;

const KIND: &str = "inAppPurchases";

impl Behavior for InAppPurchases {
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
                products::check_product_id(&draft.attributes, draft.one("app"), view, problems)
            }
            Change::Update { attributes, .. } => {
                products::check_texts(attributes, problems);
                Ok(())
            }
            Change::Delete { .. } | Change::Link { .. } => Ok(()),
        }
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("state", "MISSING_METADATA");
        draft.set("contentHosting", false);
        draft.default("familySharable", false);
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
                unchanged::restore(KIND, before, attributes, &["name", "familySharable"])
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn purchase(id: &str) -> Value {
        let attributes =
            json!({"name": "Coins", "productId": id, "inAppPurchaseType": "CONSUMABLE"});
        new("inAppPurchases", &attributes, &[("app", json!(["apps", APP]))])
    }

    const PATH: &str = "POST /v2/inAppPurchases";

    #[test]
    fn a_purchase_starts_without_metadata() {
        let made = json!({"status": 201, "data": {"attributes": {
            "state": "MISSING_METADATA", "familySharable": false, "contentHosting": false,
            "reviewNote": null,
        }}});
        World::new().check(PATH, &purchase("com.example.coins"), &made);
    }

    #[test]
    fn a_product_id_is_used_once_in_an_app_over_both_types() {
        let mut world = World::new();
        world.create("/v2/inAppPurchases", &purchase("coins"));
        world.plant("subscriptions", "9", &json!({"productId": "pro"}), &[]);
        for id in ["coins", "pro"] {
            let detail = format!("The product ID '{id}' has already been used.");
            let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE";
            let taken = (code, "/data/attributes/productId", detail.as_str());
            world.refuses(PATH, &purchase(id), taken);
        }
    }

    #[test]
    fn a_product_id_has_letters_digits_periods_and_underscores() {
        let long = "x".repeat(101);
        for id in ["", "a b", "a-b", &long] {
            World::new().refuses(
                PATH,
                &purchase(id),
                (
                    "ENTITY_ERROR.ATTRIBUTE.INVALID",
                    "/data/attributes/productId",
                    "A product ID has up to 100 letters, digits, periods and underscores.",
                ),
            );
        }
    }

    #[test]
    fn reference_names_have_at_most_64_characters() {
        let mut long = purchase("coins");
        long["data"]["attributes"]["name"] = "x".repeat(65).into();
        let detail = "The reference name cannot be longer than 64 characters.";
        let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG";
        World::new().refuses(PATH, &long, (code, "/data/attributes/name", detail));
    }
}
