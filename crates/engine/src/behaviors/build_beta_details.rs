//! A build's states in TestFlight: they follow from the build, its groups and its beta review.
//!
//! One function, [`settle`], computes both states; whatever changes one of the things that they
//! follow from asks for it. Source: the events and states of Apple's TestFlight pages and of
//! recorded lanes. Guess: an answer "yes" without a declaration counts as answered.

use serde_json::Value;

use super::{Behavior, unchanged};
use crate::changes::{Change, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `buildBetaDetails`.
pub struct BuildBetaDetails;

const KIND: &str = "buildBetaDetails";

impl Behavior for BuildBetaDetails {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let Change::Update { before, attributes, .. } = change else { return Ok(Vec::new()) };
        if !attributes.contains_key("autoNotifyEnabled") {
            return Ok(Vec::new());
        }
        let effects = unchanged::restore(KIND, before, attributes, &["autoNotifyEnabled"]);
        if effects.is_empty() { Ok(settle(view, &before.id)?) } else { Ok(effects) }
    }
}

/// Returns what brings a build's two states, and those of the testers who wait for it, in line
/// with everything else. The id of the detail is the build's.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn settle(view: &View<'_>, build: &str) -> Result<Vec<Effect>, Fault> {
    settle_in(view, build, &view.related("builds", build, "betaGroups")?)
}

/// As [`settle`], where a group is about to end.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn settle_without(
    view: &View<'_>,
    build: &str,
    group: &str,
) -> Result<Vec<Effect>, Fault> {
    let mut groups = view.related("builds", build, "betaGroups")?;
    groups.retain(|other| other.id != group);
    settle_in(view, build, &groups)
}

fn settle_in(view: &View<'_>, build: &str, groups: &[Resource]) -> Result<Vec<Effect>, Fault> {
    let (Some(detail), Some(build)) = (view.find(KIND, build)?, view.find("builds", build)?) else {
        return Ok(Vec::new());
    };
    let internal = match blocked(view, &build)? {
        Some(state) => state,
        None if has_internal_testers(view, groups)? => "IN_BETA_TESTING",
        None => "READY_FOR_BETA_TESTING",
    };
    let external = match blocked(view, &build)? {
        _ if build.text("buildAudienceType") == Some("INTERNAL_ONLY") => "NOT_APPLICABLE",
        Some(state) => state,
        None => reviewed(view, &build, &detail, groups)?,
    };
    let mut effects = Vec::new();
    let same = |name: &str, state: &str| detail.text(name) == Some(state);
    if !same("internalBuildState", internal) || !same("externalBuildState", external) {
        let states = [("internalBuildState", internal), ("externalBuildState", external)];
        let attributes = states.map(|(name, state)| (name, Value::from(state))).to_vec();
        effects.push(Effect::Set { kind: KIND, id: build.id.clone(), attributes });
    }
    if external == "IN_BETA_TESTING" {
        effects.extend(invite(view, &build.id, groups)?);
    }
    Ok(effects)
}

/// Returns what happens when external testers are told of a build that waited for it.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn announce(view: &View<'_>, build: &str) -> Result<Vec<Effect>, Fault> {
    let detail = view.find(KIND, build)?;
    let state = detail.as_ref().and_then(|detail| detail.text("externalBuildState"));
    if state != Some("READY_FOR_BETA_TESTING") {
        return Ok(Vec::new());
    }
    let attributes = vec![("externalBuildState", Value::from("IN_BETA_TESTING"))];
    let mut effects = vec![Effect::Set { kind: KIND, id: build.to_owned(), attributes }];
    effects.extend(invite(view, build, &view.related("builds", build, "betaGroups")?)?);
    Ok(effects)
}

/// Testers who had nothing to test are invited once there is something. Source: Apple's help.
fn invite(view: &View<'_>, build: &str, groups: &[Resource]) -> Result<Vec<Effect>, Fault> {
    let mut testers = view.related("builds", build, "individualTesters")?;
    for group in groups.iter().filter(|group| !group.flag("isInternalGroup")) {
        testers.extend(view.related("betaGroups", &group.id, "betaTesters")?);
    }
    testers.retain(|tester| tester.text("state") == Some("NOT_INVITED"));
    let invited = |tester: Resource| {
        let attributes = vec![("state", Value::from("INVITED"))];
        Effect::Set { kind: "betaTesters", id: tester.id, attributes }
    };
    Ok(testers.into_iter().map(invited).collect())
}

/// The state, the same on both sides, of a build that nobody can test yet or any more.
fn blocked(view: &View<'_>, build: &Resource) -> Result<Option<&'static str>, Fault> {
    if build.flag("expired") {
        return Ok(Some("EXPIRED"));
    }
    match build.text("processingState") {
        Some("PROCESSING") => return Ok(Some("PROCESSING")),
        Some("FAILED" | "INVALID") => return Ok(Some("PROCESSING_EXCEPTION")),
        _ => {}
    }
    match build.attributes.get("usesNonExemptEncryption").and_then(Value::as_bool) {
        None => return Ok(Some("MISSING_EXPORT_COMPLIANCE")),
        Some(false) => return Ok(None),
        Some(true) => {}
    }
    let declarations = view.related("builds", &build.id, "appEncryptionDeclaration")?;
    let waiting = declarations.iter().any(|declaration| {
        matches!(declaration.text("appEncryptionDeclarationState"), Some("CREATED" | "IN_REVIEW"))
    });
    Ok(waiting.then_some("IN_EXPORT_COMPLIANCE_REVIEW"))
}

fn has_internal_testers(view: &View<'_>, groups: &[Resource]) -> Result<bool, Fault> {
    for group in groups.iter().filter(|group| group.flag("isInternalGroup")) {
        if !view.linked("betaGroups", &group.id, "betaTesters")?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The external state of a build that could be tested.
fn reviewed(
    view: &View<'_>,
    build: &Resource,
    detail: &Resource,
    groups: &[Resource],
) -> Result<&'static str, Fault> {
    let submission = view.find("betaAppReviewSubmissions", &build.id)?;
    let asked = submission.as_ref().and_then(|submission| submission.text("betaReviewState"));
    // A build of a version that was approved before may pass without being asked for.
    let passed = ["BETA_APPROVED", "READY_FOR_BETA_TESTING", "IN_BETA_TESTING"];
    let known = detail.text("externalBuildState").filter(|state| passed.contains(state));
    let state = asked.or(known.map(|_| "APPROVED"));
    let outside = groups.iter().any(|group| !group.flag("isInternalGroup"))
        || !view.linked("builds", &build.id, "individualTesters")?.is_empty();
    Ok(match state {
        Some("WAITING_FOR_REVIEW") => "WAITING_FOR_BETA_REVIEW",
        Some("IN_REVIEW") => "IN_BETA_REVIEW",
        Some("REJECTED") => "BETA_REJECTED",
        Some("APPROVED") if !outside => "BETA_APPROVED",
        Some("APPROVED") => {
            let announced = detail.text("externalBuildState") == Some("IN_BETA_TESTING");
            if announced || detail.flag("autoNotifyEnabled") {
                "IN_BETA_TESTING"
            } else {
                "READY_FOR_BETA_TESTING"
            }
        }
        _ => "READY_FOR_BETA_SUBMISSION",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, update};

    /// The two states after a change that asks for them to be settled.
    fn settled(build: &Value, external: &str) -> Value {
        let mut world = World::new();
        world.plant("builds", "b1", build, &[("app", &[APP])]);
        let detail = json!({"internalBuildState": "READY_FOR_BETA_TESTING",
            "externalBuildState": external, "autoNotifyEnabled": false});
        world.plant("buildBetaDetails", "b1", &detail, &[("build", &["b1"])]);
        let notify = update("buildBetaDetails", "b1", &json!({"autoNotifyEnabled": true}), &[]);
        let done = json!({"status": 200, "data": {"attributes": {"autoNotifyEnabled": true}}});
        let reply = world.check("PATCH /v1/buildBetaDetails/b1", &notify, &done);
        let attributes = &reply["data"]["attributes"];
        json!([attributes["internalBuildState"], attributes["externalBuildState"]])
    }

    #[test]
    fn states_follow_from_the_build() {
        let valid = |encryption: Value, audience: &str, expired: bool| {
            json!({"processingState": "VALID", "usesNonExemptEncryption": encryption,
                "buildAudienceType": audience, "expired": expired})
        };
        let store = "APP_STORE_ELIGIBLE";
        for (build, states) in [
            (json!({"processingState": "PROCESSING"}), ["PROCESSING"; 2]),
            (json!({"processingState": "FAILED"}), ["PROCESSING_EXCEPTION"; 2]),
            (valid(Value::Null, store, false), ["MISSING_EXPORT_COMPLIANCE"; 2]),
            (valid(json!(false), store, true), ["EXPIRED"; 2]),
            (
                valid(json!(false), store, false),
                ["READY_FOR_BETA_TESTING", "READY_FOR_BETA_SUBMISSION"],
            ),
            (
                valid(json!(false), "INTERNAL_ONLY", false),
                ["READY_FOR_BETA_TESTING", "NOT_APPLICABLE"],
            ),
        ] {
            assert_eq!(settled(&build, "PROCESSING"), json!(states), "{build}");
        }
    }

    #[test]
    fn a_build_that_passed_without_being_asked_for_stays_approved() {
        let build = json!({"processingState": "VALID", "usesNonExemptEncryption": false});
        let kept = json!(["READY_FOR_BETA_TESTING", "BETA_APPROVED"]);
        assert_eq!(settled(&build, "BETA_APPROVED"), kept);
    }

    #[test]
    fn null_does_not_switch_notifications_off() {
        let mut world = World::new();
        world.plant("builds", "b1", &json!({"processingState": "VALID"}), &[("app", &[APP])]);
        let on = json!({"autoNotifyEnabled": true});
        world.plant("buildBetaDetails", "b1", &on, &[("build", &["b1"])]);
        let null = update("buildBetaDetails", "b1", &json!({"autoNotifyEnabled": null}), &[]);
        let kept = json!({"data": {"attributes": {"autoNotifyEnabled": true}}});
        world.check("PATCH /v1/buildBetaDetails/b1", &null, &kept);
    }
}
