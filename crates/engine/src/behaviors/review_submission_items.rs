//! What a submission for review holds, as it is added: one thing for each item, in one submission.
//!
//! Sources: Apple's document (exactly one thing), recorded refusals. Guess: the code where there is
//! not exactly one. Whether the thing can be reviewed at all is not checked yet.

use russet_wire::{Code, Problem};

use super::{Behavior, review_submissions};
use crate::changes::{Change, Draft, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;
use crate::relations;

/// The behavior of `reviewSubmissionItems`.
pub struct ReviewSubmissionItems;

const KIND: &str = "reviewSubmissionItems";
const SUBMISSION: &str = "reviewSubmission";

impl Behavior for ReviewSubmissionItems {
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
        let things = draft.relationships.iter().filter(|(name, _)| *name != SUBMISSION);
        let things: Vec<(&str, &str)> =
            things.filter_map(|(name, ids)| Some((*name, ids.first()?.as_str()))).collect();
        let [(name, id)] = things.as_slice() else {
            let detail = "Exactly one thing to review should be included.";
            problems.push(Problem::new(Code::RelationshipInvalid, detail));
            return Ok(());
        };
        let submission = draft.one(SUBMISSION).map(|id| view.find("reviewSubmissions", id));
        let state = submission.transpose()?.flatten();
        let state = state.as_ref().and_then(|submission| submission.text("state"));
        if !matches!(state, Some("READY_FOR_REVIEW" | "UNRESOLVED_ISSUES")) {
            // Source: recorded.
            let detail = "reviewSubmission state does not allow adding more items.";
            problems.push(Problem::new(Code::StateEntity, detail));
        }
        check_elsewhere(name, id, view, problems)
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("state", "READY_FOR_REVIEW");
        Ok(())
    }
}

/// A thing is in one open submission. Source: recorded.
fn check_elsewhere(
    name: &str,
    id: &str,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(way) = relations::way(KIND, name) else { return Ok(()) };
    for item in view.naming(KIND, name, id)? {
        let item = view.find(KIND, &item)?;
        let Some(item) = item.filter(|item| item.text("state") != Some("REMOVED")) else {
            continue;
        };
        let submissions = view.related(KIND, &item.id, SUBMISSION)?;
        if let Some(open) = submissions.iter().find(|one| review_submissions::is_open(one)) {
            let detail = format!(
                "{} with id {id} was already added to another reviewSubmission with id {}",
                way.target, open.id
            );
            problems.push(Problem::new(Code::StateItemElsewhere, detail));
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn world(state: &str) -> World {
        let mut world = World::new();
        world.plant("appStoreVersions", "v1", &json!({"platform": "IOS"}), &[("app", &[APP])]);
        let submission = json!({"platform": "IOS", "state": state});
        world.plant("reviewSubmissions", "s1", &submission, &[("app", &[APP])]);
        world
    }

    fn item(version: Option<&str>) -> Value {
        let mut links = vec![("reviewSubmission", json!(["reviewSubmissions", "s1"]))];
        links.extend(version.map(|id| ("appStoreVersion", json!(["appStoreVersions", id]))));
        new("reviewSubmissionItems", &json!({}), &links)
    }

    const PATH: &str = "POST /v1/reviewSubmissionItems";

    #[test]
    fn an_item_is_ready_for_review_and_in_one_submission() {
        let mut world = world("READY_FOR_REVIEW");
        let ready = json!({"status": 201, "data": {"attributes": {"state": "READY_FOR_REVIEW"}}});
        world.check(PATH, &item(Some("v1")), &ready);
        let detail =
            "appStoreVersions with id v1 was already added to another reviewSubmission with id s1";
        let code = "STATE_ERROR.ITEM_PART_OF_ANOTHER_SUBMISSION";
        world.refuses(PATH, &item(Some("v1")), (code, "", detail));
    }

    #[test]
    fn a_submission_that_was_sent_takes_no_more_items() {
        world("WAITING_FOR_REVIEW").refuses(
            PATH,
            &item(Some("v1")),
            (
                "STATE_ERROR.ENTITY_STATE_INVALID",
                "",
                "reviewSubmission state does not allow adding more items.",
            ),
        );
    }

    #[test]
    fn an_item_names_one_thing() {
        let code = "ENTITY_ERROR.RELATIONSHIP.INVALID";
        let detail = "Exactly one thing to review should be included.";
        world("READY_FOR_REVIEW").refuses(PATH, &item(None), (code, "", detail));
    }
}
