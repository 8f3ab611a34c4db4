//! Tells testers of a build that is not announced by itself.
//!
//! Source: recorded refusal where it is; that other builds must be open to external testers is
//! documented, the wording is ours.

use russet_wire::{Code, Problem};

use super::{Behavior, build_beta_details};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `buildBetaNotifications`.
pub struct BuildBetaNotifications;

impl Behavior for BuildBetaNotifications {
    fn kind(&self) -> &'static str {
        "buildBetaNotifications"
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Create { draft, .. } = change else { return Ok(()) };
        let Some(build) = draft.one("build") else { return Ok(()) };
        let Some(detail) = view.find("buildBetaDetails", build)? else { return Ok(()) };
        let state = detail.text("externalBuildState");
        let open = ["READY_FOR_BETA_TESTING", "IN_BETA_TESTING", "BETA_APPROVED"];
        if detail.flag("autoNotifyEnabled") {
            problems.push(Problem::new(Code::StateEntity, "Auto-notify already enabled"));
        } else if !state.is_some_and(|state| open.contains(&state)) {
            let detail = "The build is not open to external testers";
            problems.push(Problem::new(Code::StateEntity, detail));
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        match change {
            Change::Create { draft, .. } => match draft.one("build") {
                Some(build) => Ok(build_beta_details::announce(view, build)?),
                None => Ok(Vec::new()),
            },
            _ => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn world(state: &str, notifies: bool) -> World {
        let mut world = World::new();
        let build = json!({"processingState": "VALID", "usesNonExemptEncryption": false});
        world.plant("builds", "b1", &build, &[("app", &[APP])]);
        let detail = json!({"externalBuildState": state, "autoNotifyEnabled": notifies});
        world.plant("buildBetaDetails", "b1", &detail, &[("build", &["b1"])]);
        world
    }

    fn notification() -> Value {
        new("buildBetaNotifications", &json!({}), &[("build", json!(["builds", "b1"]))])
    }

    const PATH: &str = "POST /v1/buildBetaNotifications";

    #[test]
    fn announcing_a_build_puts_it_into_testing() {
        let mut world = world("READY_FOR_BETA_TESTING", false);
        world.check(PATH, &notification(), &json!({"status": 201}));
        let testing = json!({"data": {"attributes": {"externalBuildState": "IN_BETA_TESTING"}}});
        world.check("GET /v1/buildBetaDetails/b1", &Value::Null, &testing);
    }

    #[test]
    fn a_build_that_announces_itself_is_not_announced() {
        world("READY_FOR_BETA_TESTING", true).refuses(
            PATH,
            &notification(),
            ("STATE_ERROR.ENTITY_STATE_INVALID", "", "Auto-notify already enabled"),
        );
    }

    #[test]
    fn a_build_that_was_not_reviewed_is_not_announced() {
        world("READY_FOR_BETA_SUBMISSION", false).refuses(
            PATH,
            &notification(),
            ("STATE_ERROR.ENTITY_STATE_INVALID", "", "The build is not open to external testers"),
        );
    }
}
