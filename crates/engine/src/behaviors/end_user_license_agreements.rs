//! An app's own license agreement, in place of Apple's.
//!
//! Source: Apple's document (an app has one). Guess: the code for a second one.

use russet_wire::{Code, Problem};

use super::{Behavior, unchanged};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `endUserLicenseAgreements`.
pub struct EndUserLicenseAgreements;

const KIND: &str = "endUserLicenseAgreements";

impl Behavior for EndUserLicenseAgreements {
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
        if !view.linked("apps", app, "endUserLicenseAgreement")?.is_empty() {
            let detail = "The app already has a license agreement.";
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
        Ok(match change {
            Change::Update { before, attributes, .. } => {
                unchanged::restore(KIND, before, attributes, &["agreementText"])
            }
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::behaviors::testing::{APP, World, new};

    #[test]
    fn an_app_has_one_agreement() {
        let links =
            [("app", json!(["apps", APP])), ("territories", json!([["territories", "USA"]]))];
        let body = new("endUserLicenseAgreements", &json!({"agreementText": "Be kind"}), &links);
        let mut world = World::new();
        world.create("/v1/endUserLicenseAgreements", &body);
        world.refuses(
            "POST /v1/endUserLicenseAgreements",
            &body,
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "/data/relationships/app",
                "The app already has a license agreement.",
            ),
        );
    }
}
