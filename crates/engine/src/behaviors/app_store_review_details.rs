//! What reviewers of a version are told; each version has one.
//!
//! Sources: recorded refusal of long notes, Apple's document (form of the telephone number).
//! Guess: the code for a second one.

use russet_wire::{Code, Problem};

use super::{Behavior, texts};
use crate::changes::{Change, Draft, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `appStoreReviewDetails`.
pub struct AppStoreReviewDetails;

const KIND: &str = "appStoreReviewDetails";

impl Behavior for AppStoreReviewDetails {
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
                texts::check_review(&draft.attributes, problems);
                let Some(version) = draft.one("appStoreVersion") else { return Ok(()) };
                let there = view.linked("appStoreVersions", version, "appStoreReviewDetail")?;
                if !there.is_empty() {
                    let detail = "The version already has review details.";
                    let problem = Problem::new(Code::RelationshipInvalid, detail);
                    problems.push(problem.at_relationship("appStoreVersion"));
                }
            }
            Change::Update { attributes, .. } => texts::check_review(attributes, problems),
            Change::Delete { .. } | Change::Link { .. } => {}
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.default("demoAccountRequired", false);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::behaviors::testing::{APP, World, new};

    #[test]
    fn a_version_has_one_review_detail() {
        let mut world = World::new();
        world.plant("appStoreVersions", "v1", &json!({"platform": "IOS"}), &[("app", &[APP])]);
        let version = [("appStoreVersion", json!(["appStoreVersions", "v1"]))];
        let body = new("appStoreReviewDetails", &json!({}), &version);
        world.create("/v1/appStoreReviewDetails", &body);
        world.refuses(
            "POST /v1/appStoreReviewDetails",
            &body,
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "/data/relationships/appStoreVersion",
                "The version already has review details.",
            ),
        );
    }
}
