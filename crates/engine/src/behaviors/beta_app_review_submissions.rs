//! Beta review of a build: who may ask for it, and when. Its id is the build's.
//!
//! Sources: Apple's TestFlight help (what must be filled in), recorded refusals (another build of
//! the version in review, wrong state). A rejected build may be submitted again, so a create
//! replaces. Guesses: code and wording where something is not filled in, or the build is internal.
//! Not here: the daily limit, and that later builds of an approved version pass by themselves.

use russet_wire::{Code, Problem};

use super::{Behavior, build_beta_details};
use crate::changes::{Change, Draft, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `betaAppReviewSubmissions`.
pub struct BetaAppReviewSubmissions;

const KIND: &str = "betaAppReviewSubmissions";

impl Behavior for BetaAppReviewSubmissions {
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
        let build = draft.one("build").map(|id| view.find("builds", id)).transpose()?.flatten();
        let Some(build) = build else { return Ok(()) };
        if build.text("buildAudienceType") == Some("INTERNAL_ONLY") {
            let detail = "The build is for internal testing only.";
            problems.push(Problem::new(Code::EntityUnprocessable, detail));
            return Ok(());
        }
        let detail = view.find("buildBetaDetails", &build.id)?;
        let state = detail.as_ref().and_then(|detail| detail.text("externalBuildState"));
        if !matches!(state, Some("READY_FOR_BETA_SUBMISSION" | "BETA_REJECTED")) {
            let detail = "The build is not in a state that allows beta review.";
            problems.push(Problem::new(Code::InvalidQcState, detail));
            return Ok(());
        }
        if another_in_review(&build, view)? {
            // Source: recorded.
            let detail = "Another build is in review";
            problems.push(Problem::new(Code::AnotherBuildInReview, detail));
        }
        check_filled_in(&build, view, problems)
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("betaReviewState", "WAITING_FOR_REVIEW");
        draft.set("submittedDate", view.now.to_string());
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Create { draft, .. } => build_beta_details::settle(view, &draft.id)?,
            Change::Update { before, .. } => build_beta_details::settle(view, &before.id)?,
            Change::Delete { .. } | Change::Link { .. } => Vec::new(),
        })
    }
}

fn another_in_review(build: &Resource, view: &View<'_>) -> Result<bool, Fault> {
    for train in view.linked("builds", &build.id, "preReleaseVersion")? {
        for other in view.linked("preReleaseVersions", &train, "builds")? {
            let submission = view.find(KIND, &other)?;
            let state = submission.as_ref().and_then(|one| one.text("betaReviewState"));
            if matches!(state, Some("WAITING_FOR_REVIEW" | "IN_REVIEW")) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What testers and reviewers need to be told must be there.
fn check_filled_in(
    build: &Resource,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(app) = &build.app else { return Ok(()) };
    let mut missing = Vec::new();
    let mut require = |of: Option<&Resource>, kind: &'static str, names: &[&'static str]| {
        for name in names {
            let text = of.and_then(|of| of.text(name)).unwrap_or_default();
            if text.trim().is_empty() && !missing.contains(&(kind, *name)) {
                missing.push((kind, *name));
            }
        }
    };
    let contact = view.find("betaAppReviewDetails", app)?;
    let names = ["contactFirstName", "contactLastName", "contactPhone", "contactEmail"];
    require(contact.as_ref(), "betaAppReviewDetails", &names);
    let texts = view.related("apps", app, "betaAppLocalizations")?;
    let told = texts.iter().find(|text| text.text("feedbackEmail").is_some());
    require(told, "betaAppLocalizations", &["feedbackEmail"]);
    for text in &texts {
        require(Some(text), "betaAppLocalizations", &["description"]);
    }
    for (kind, name) in missing {
        let detail =
            format!("Beta review needs the attribute '{name}' of '{kind}' to have a value.");
        problems.push(Problem::new(Code::EntityUnprocessable, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn world(complete: bool) -> World {
        let mut world = World::new();
        let contact = if complete { json!("+14155550123") } else { Value::Null };
        let detail = json!({"contactFirstName": "Ada", "contactLastName": "Lee",
            "contactPhone": contact, "contactEmail": "ada@example.com"});
        world.plant("betaAppReviewDetails", APP, &detail, &[("app", &[APP])]);
        let description = if complete { json!("Try it") } else { Value::Null };
        let text = json!({"locale": "en-US", "description": description,
            "feedbackEmail": "ada@example.com"});
        world.plant("betaAppLocalizations", "x1", &text, &[("app", &[APP])]);
        let train = json!({"version": "1.0", "platform": "IOS"});
        world.plant("preReleaseVersions", "t1", &train, &[("app", &[APP])]);
        for id in ["b1", "b2"] {
            let build = json!({"processingState": "VALID", "usesNonExemptEncryption": false});
            let links: &[(&'static str, &[&str])] =
                &[("app", &[APP]), ("preReleaseVersion", &["t1"])];
            world.plant("builds", id, &build, links);
            let states = json!({"externalBuildState": "READY_FOR_BETA_SUBMISSION"});
            world.plant("buildBetaDetails", id, &states, &[("build", &[id])]);
        }
        world
    }

    fn submission(build: &str) -> Value {
        new("betaAppReviewSubmissions", &json!({}), &[("build", json!(["builds", build]))])
    }

    const PATH: &str = "POST /v1/betaAppReviewSubmissions";

    #[test]
    fn a_submitted_build_waits_for_review() {
        let mut world = world(true);
        let waiting = json!({"status": 201, "data": {"id": "b1", "attributes": {
            "betaReviewState": "WAITING_FOR_REVIEW",
            "submittedDate": "2025-12-31T16:00:00-08:00",
        }}});
        world.check(PATH, &submission("b1"), &waiting);
        let state = json!({"data": {"attributes": {
            "externalBuildState": "WAITING_FOR_BETA_REVIEW",
        }}});
        world.check("GET /v1/buildBetaDetails/b1", &Value::Null, &state);
    }

    #[test]
    fn one_build_of_a_version_is_in_review() {
        let mut world = world(true);
        world.create("/v1/betaAppReviewSubmissions", &submission("b1"));
        let code = "ENTITY_UNPROCESSABLE.ANOTHER_BUILD_IN_REVIEW";
        world.refuses(PATH, &submission("b2"), (code, "", "Another build is in review"));
    }

    #[test]
    fn a_build_is_submitted_once_until_it_is_rejected() {
        let mut world = world(true);
        world.create("/v1/betaAppReviewSubmissions", &submission("b1"));
        let code = "ENTITY_UNPROCESSABLE.INVALID_QC_STATE";
        let detail = "The build is not in a state that allows beta review.";
        world.refuses(PATH, &submission("b1"), (code, "", detail));
        let mut again = self::world(true);
        let rejected = json!({"betaReviewState": "REJECTED"});
        again.plant("betaAppReviewSubmissions", "b2", &rejected, &[("build", &["b2"])]);
        again.check(PATH, &submission("b2"), &json!({"status": 201}));
    }

    #[test]
    fn reviewers_need_a_contact_and_a_description() {
        let mut world = world(false);
        let missing = |name: &str, kind: &str| {
            json!({
                "code": "ENTITY_UNPROCESSABLE",
                "detail": format!(
                    "Beta review needs the attribute '{name}' of '{kind}' to have a value."
                ),
            })
        };
        let refused = json!({"status": 422, "errors": [
            missing("contactPhone", "betaAppReviewDetails"),
            missing("description", "betaAppLocalizations"),
        ]});
        world.check(PATH, &submission("b1"), &refused);
    }
}
