//! Builds: what can be changed of one, and what that does to its testing.
//!
//! Sources: Apple's document, recorded refusals. Guess: the code of "already set" and of taking
//! an expiry back (their details are recorded, or ours).

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, beta_groups, beta_testers, build_beta_details, unchanged};
use crate::changes::{Change, Effect, LinkChange, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `builds`.
pub struct Builds;

const KIND: &str = "builds";

impl Behavior for Builds {
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
            Change::Update { before, attributes, .. } => {
                // Developers answer for encryption, and nothing else.
                if attributes.contains_key("expired") && view.permit.lacks().is_some() {
                    problems.splice(.., view.permit.refusal().0);
                    return Ok(());
                }
                check_attributes(before, attributes, problems);
            }
            Change::Link { before, relationship, how, ids } => {
                check_linked(before, relationship, *how, ids, view, problems)?;
            }
            Change::Create { .. } | Change::Delete { .. } => {}
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let (build, mut effects) = match change {
            Change::Update { before, attributes, .. } => {
                let kept = &["expired", "usesNonExemptEncryption"];
                let mut effects = unchanged::restore(KIND, before, attributes, kept);
                if attributes.get("expired").and_then(Value::as_bool) == Some(true) {
                    effects.extend(withdraw(view, &before.id)?);
                }
                (&before.id, effects)
            }
            Change::Link { before, .. } => (&before.id, Vec::new()),
            Change::Create { .. } | Change::Delete { .. } => return Ok(Vec::new()),
        };
        effects.extend(build_beta_details::settle(view, build)?);
        Ok(effects)
    }
}

fn check_attributes(before: &Resource, sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    if sent.get("expired").and_then(Value::as_bool) == Some(false) {
        let detail = "A build can only be expired, which is final.";
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("expired"));
    }
    let answer = "usesNonExemptEncryption";
    let answered = before.attributes.get(answer).is_some_and(Value::is_boolean);
    if answered && sent.get(answer).is_some_and(Value::is_boolean) {
        // Source: recorded; fastlane matches detail and pointer.
        let detail = "You cannot update when the value is already set.";
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute(answer));
    }
}

fn check_linked(
    before: &Resource,
    relationship: &str,
    how: LinkChange,
    ids: &[String],
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    for id in ids {
        match relationship {
            "betaGroups" => {
                let Some(group) = view.find("betaGroups", id)? else { continue };
                if !group.flag("isInternalGroup") && view.permit.lacks().is_some() {
                    problems.splice(.., view.permit.refusal().0);
                    return Ok(());
                }
                if how == LinkChange::Add {
                    // Source: recorded; reported of assignments from the build's side.
                    let refused = "Cannot add internal group to a build.";
                    problems.extend(beta_groups::check_build(&group, before, refused));
                }
            }
            "individualTesters" if view.permit.lacks().is_some() => {
                problems.splice(.., view.permit.refusal().0);
                return Ok(());
            }
            "individualTesters" if how == LinkChange::Add => {
                let Some(tester) = view.find("betaTesters", id)? else { continue };
                problems.extend(beta_testers::check_assigned(view, &tester, before)?);
            }
            _ => {}
        }
    }
    Ok(())
}

/// An expired build leaves beta review. Source: lanes that withdraw a submission by it.
fn withdraw(view: &View<'_>, build: &str) -> Result<Option<Effect>, Fault> {
    let kind = "betaAppReviewSubmissions";
    let submission = view.find(kind, build)?;
    let open = submission.is_some_and(|submission| {
        matches!(submission.text("betaReviewState"), Some("WAITING_FOR_REVIEW" | "IN_REVIEW"))
    });
    Ok(open.then(|| Effect::Delete { kind, id: build.to_owned() }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, linkage, update};

    fn world(encryption: &Value) -> World {
        let mut world = World::new();
        let mut build = json!({"version": "1", "processingState": "VALID", "expired": false,
            "buildAudienceType": "APP_STORE_ELIGIBLE"});
        build["usesNonExemptEncryption"] = encryption.clone();
        world.plant("builds", "b1", &build, &[("app", &[APP])]);
        let states = json!({"autoNotifyEnabled": false,
            "internalBuildState": "MISSING_EXPORT_COMPLIANCE",
            "externalBuildState": "MISSING_EXPORT_COMPLIANCE"});
        world.plant("buildBetaDetails", "b1", &states, &[("build", &["b1"])]);
        world
    }

    fn states(internal: &str, external: &str) -> Value {
        json!({"data": {"attributes": {
            "internalBuildState": internal, "externalBuildState": external,
        }}})
    }

    fn patch(attributes: &Value) -> Value {
        update("builds", "b1", attributes, &[])
    }

    #[test]
    fn answering_for_encryption_makes_a_build_ready() {
        let mut world = world(&Value::Null);
        let answer = patch(&json!({"usesNonExemptEncryption": false}));
        world.check("PATCH /v1/builds/b1", &answer, &json!({"status": 200}));
        let ready = states("READY_FOR_BETA_TESTING", "READY_FOR_BETA_SUBMISSION");
        world.check("GET /v1/buildBetaDetails/b1", &Value::Null, &ready);
    }

    #[test]
    fn encryption_is_answered_once() {
        let mut world = world(&json!(false));
        for answer in [true, false] {
            world.refuses(
                "PATCH /v1/builds/b1",
                &patch(&json!({"usesNonExemptEncryption": answer})),
                (
                    "ENTITY_ERROR.ATTRIBUTE.INVALID",
                    "/data/attributes/usesNonExemptEncryption",
                    "You cannot update when the value is already set.",
                ),
            );
        }
        let kept = json!({"data": {"attributes": {"usesNonExemptEncryption": false}}});
        let none = patch(&json!({"usesNonExemptEncryption": null}));
        world.check("PATCH /v1/builds/b1", &none, &kept);
    }

    #[test]
    fn expiring_is_final_and_ends_testing_and_review() {
        let mut world = world(&json!(false));
        let waiting = json!({"betaReviewState": "WAITING_FOR_REVIEW"});
        world.plant("betaAppReviewSubmissions", "b1", &waiting, &[("build", &["b1"])]);
        let expired = json!({"data": {"attributes": {"expired": true}}});
        world.check("PATCH /v1/builds/b1", &patch(&json!({"expired": true})), &expired);
        let ended = states("EXPIRED", "EXPIRED");
        world.check("GET /v1/buildBetaDetails/b1", &Value::Null, &ended);
        let none = json!({"status": 200, "data": null});
        world.check("GET /v1/builds/b1/betaAppReviewSubmission", &Value::Null, &none);
        world.refuses(
            "PATCH /v1/builds/b1",
            &patch(&json!({"expired": false})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/expired",
                "A build can only be expired, which is final.",
            ),
        );
    }

    #[test]
    fn a_developer_answers_for_encryption_and_expires_nothing() {
        let mut world = world(&Value::Null);
        let refused = ("FORBIDDEN_ERROR", "", "The API key in use does not allow this request");
        let expire = patch(&json!({"expired": true}));
        world.refuses("DEVELOPER PATCH /v1/builds/b1", &expire, refused);
        let answer = patch(&json!({"usesNonExemptEncryption": true}));
        world.check("DEVELOPER PATCH /v1/builds/b1", &answer, &json!({"status": 200}));
    }

    #[test]
    fn a_declaration_under_review_holds_a_build_back() {
        let mut world = world(&json!(true));
        let declaration = json!({"appEncryptionDeclarationState": "IN_REVIEW"});
        world.plant("appEncryptionDeclarations", "d1", &declaration, &[("app", &[APP])]);
        world.check(
            "PATCH /v1/builds/b1/relationships/appEncryptionDeclaration",
            &linkage(&json!(["appEncryptionDeclarations", "d1"])),
            &json!({"status": 204}),
        );
        let held = states("IN_EXPORT_COMPLIANCE_REVIEW", "IN_EXPORT_COMPLIANCE_REVIEW");
        world.check("GET /v1/buildBetaDetails/b1", &Value::Null, &held);
    }

    #[test]
    fn an_approved_build_of_an_external_group_is_tested_once_announced() {
        let mut world = world(&json!(false));
        let approved = json!({"betaReviewState": "APPROVED"});
        world.plant("betaAppReviewSubmissions", "b1", &approved, &[("build", &["b1"])]);
        let group = json!({"name": "Friends", "isInternalGroup": false});
        world.plant("betaGroups", "g1", &group, &[("app", &[APP])]);
        let waits = json!({"email": "pia@example.com", "state": "NOT_INVITED"});
        let links: &[(&'static str, &[&str])] = &[("apps", &[APP]), ("betaGroups", &["g1"])];
        world.plant("betaTesters", "t1", &waits, links);
        world.check(
            "POST /v1/builds/b1/relationships/betaGroups",
            &linkage(&json!([["betaGroups", "g1"]])),
            &json!({"status": 204}),
        );
        let ready = states("READY_FOR_BETA_TESTING", "READY_FOR_BETA_TESTING");
        world.check("GET /v1/buildBetaDetails/b1", &Value::Null, &ready);
        let notify = update("buildBetaDetails", "b1", &json!({"autoNotifyEnabled": true}), &[]);
        let announced = states("READY_FOR_BETA_TESTING", "IN_BETA_TESTING");
        world.check("PATCH /v1/buildBetaDetails/b1", &notify, &announced);
        let invited = json!({"data": {"attributes": {"state": "INVITED"}}});
        world.check("GET /v1/betaTesters/t1", &Value::Null, &invited);
    }
}
