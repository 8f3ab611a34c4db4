//! Sends a tester's invitation again.
//!
//! Sources: recorded codes; their details are ours. Guess: the code for a tester of another app.
//! Nothing reads an invitation, so only what it does to the tester matters.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::{Behavior, beta_testers, tester_access};
use crate::changes::{Change, Draft, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `betaTesterInvitations`.
pub struct BetaTesterInvitations;

impl Behavior for BetaTesterInvitations {
    fn kind(&self) -> &'static str {
        "betaTesterInvitations"
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Create { draft, .. } = change else { return Ok(()) };
        let (Some(app), Some(tester)) = (draft.one("app"), tester(draft, view)?) else {
            return Ok(());
        };
        if view.permit.lacks().is_some() && beta_testers::is_external(view, &tester.id)? {
            problems.splice(.., view.permit.refusal().0);
            return Ok(());
        }
        if !view.linked("betaTesters", &tester.id, "apps")?.iter().any(|tested| tested == app) {
            let detail = format!("'{}' is not a tester of this app.", tester.id);
            let problem = Problem::new(Code::RelationshipInvalid, detail);
            problems.push(problem.at_relationship("betaTester"));
        } else if matches!(tester.text("state"), Some("ACCEPTED" | "INSTALLED")) {
            let detail = "The tester has already accepted the invitation.";
            problems.push(Problem::new(Code::StateInviteAccepted, detail));
        } else {
            let groups = view.related("betaTesters", &tester.id, "betaGroups")?;
            let builds = view.related("betaTesters", &tester.id, "builds")?;
            if !tester_access::installable(view, &groups, &builds)? {
                let detail = "There is no build that the tester can install.";
                problems.push(Problem::new(Code::StateInviteNoBuilds, detail));
            }
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let Change::Create { draft, .. } = change else { return Ok(Vec::new()) };
        let Some(tester) = tester(draft, view)? else { return Ok(Vec::new()) };
        let attributes = vec![("state", Value::from("INVITED"))];
        Ok(vec![Effect::Set { kind: "betaTesters", id: tester.id, attributes }])
    }
}

fn tester(draft: &Draft, view: &View<'_>) -> Result<Option<Resource>, Fault> {
    let tester = draft.one("betaTester").map(|id| view.find("betaTesters", id)).transpose()?;
    Ok(tester.flatten())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn world(tester: &str, build: &str) -> World {
        let mut world = World::new();
        let group = json!({"name": "Friends", "isInternalGroup": false});
        world.plant("betaGroups", "g1", &group, &[("app", &[APP])]);
        let links: &[(&'static str, &[&str])] = &[("app", &[APP]), ("betaGroups", &["g1"])];
        world.plant("builds", "b1", &json!({"processingState": "VALID"}), links);
        let detail = json!({"externalBuildState": build});
        world.plant("buildBetaDetails", "b1", &detail, &[("build", &["b1"])]);
        let links: &[(&'static str, &[&str])] = &[("apps", &[APP]), ("betaGroups", &["g1"])];
        world.plant("betaTesters", "t1", &json!({"state": tester}), links);
        world
    }

    fn invitation() -> Value {
        let links = [("app", json!(["apps", APP])), ("betaTester", json!(["betaTesters", "t1"]))];
        new("betaTesterInvitations", &json!({}), &links)
    }

    const PATH: &str = "POST /v1/betaTesterInvitations";

    #[test]
    fn a_tester_with_something_to_install_is_invited() {
        let mut world = world("NOT_INVITED", "IN_BETA_TESTING");
        world.check(PATH, &invitation(), &json!({"status": 201}));
        let invited = json!({"data": {"attributes": {"state": "INVITED"}}});
        world.check("GET /v1/betaTesters/t1", &Value::Null, &invited);
    }

    #[test]
    fn who_accepted_is_not_invited_again() {
        world("INSTALLED", "IN_BETA_TESTING").refuses(
            PATH,
            &invitation(),
            (
                "STATE_ERROR.TESTER_INVITE.ALREADY_ACCEPTED",
                "",
                "The tester has already accepted the invitation.",
            ),
        );
    }

    #[test]
    fn nobody_is_invited_to_nothing() {
        world("NOT_INVITED", "READY_FOR_BETA_SUBMISSION").refuses(
            PATH,
            &invitation(),
            (
                "STATE_ERROR.TESTER_INVITE.NO_INSTALLABLE_BUILDS",
                "",
                "There is no build that the tester can install.",
            ),
        );
    }
}
