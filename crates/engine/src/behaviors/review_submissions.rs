//! Submissions for review as they are made: one open at a time for an app and platform.
//!
//! Source: the detail is recorded (codemagic reads the id out of it), its code is our choice.
//! Sending, cancelling and what reviewers do are not here yet.

use russet_wire::{Code, Problem};

use super::Behavior;
use crate::changes::{Change, Draft, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `reviewSubmissions`.
pub struct ReviewSubmissions;

const KIND: &str = "reviewSubmissions";

impl Behavior for ReviewSubmissions {
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
        let there = view.related("apps", app, KIND)?;
        let same = |one: &&Resource| one.text("platform") == draft.text("platform");
        if let Some(open) = there.iter().filter(same).find(|one| is_open(one)) {
            let detail =
                format!("There is another reviewSubmissions with id {} still in progress", open.id);
            problems.push(Problem::new(Code::State, detail));
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("state", "READY_FOR_REVIEW");
        Ok(())
    }
}

/// Returns whether a submission is neither done nor on the way to it.
pub(super) fn is_open(submission: &Resource) -> bool {
    let open = ["READY_FOR_REVIEW", "WAITING_FOR_REVIEW", "IN_REVIEW", "UNRESOLVED_ISSUES"];
    submission.text("state").is_some_and(|state| open.contains(&state))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn submission(platform: &str) -> Value {
        let attributes = json!({"platform": platform});
        new("reviewSubmissions", &attributes, &[("app", json!(["apps", APP]))])
    }

    #[test]
    fn a_submission_starts_as_a_draft() {
        let draft = json!({"status": 201, "data": {"attributes": {
            "state": "READY_FOR_REVIEW", "submittedDate": null, "platform": "IOS",
        }}});
        World::new().check("POST /v1/reviewSubmissions", &submission("IOS"), &draft);
    }

    #[test]
    fn one_submission_is_open_for_an_app_and_platform() {
        let mut world = World::new();
        let done = json!({"platform": "IOS", "state": "COMPLETE"});
        world.plant("reviewSubmissions", "s0", &done, &[("app", &[APP])]);
        let id = world.create("/v1/reviewSubmissions", &submission("IOS"));
        let detail = format!("There is another reviewSubmissions with id {id} still in progress");
        let refused = ("STATE_ERROR", "", detail.as_str());
        world.refuses("POST /v1/reviewSubmissions", &submission("IOS"), refused);
        world.create("/v1/reviewSubmissions", &submission("MAC_OS"));
    }
}
