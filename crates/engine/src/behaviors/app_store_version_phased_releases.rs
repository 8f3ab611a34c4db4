//! Phased releases: asked for before a version is out, paused, resumed or ended by its owner.
//!
//! Sources: Apple's help, recorded refusals (same value, final state). Guesses: the codes of the
//! other refusals, and of the recorded ones whose code is not.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::{Behavior, app_store_versions, unchanged};
use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `appStoreVersionPhasedReleases`.
pub struct AppStoreVersionPhasedReleases;

const KIND: &str = "appStoreVersionPhasedReleases";
const STATE: &str = "phasedReleaseState";

impl Behavior for AppStoreVersionPhasedReleases {
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
            Change::Create { draft, .. } => check_new(draft, view, problems)?,
            Change::Update { before, attributes, .. } => {
                let sent = attributes.get(STATE).and_then(Value::as_str);
                let detail = match (before.text(STATE), sent) {
                    (_, None) => return Ok(()),
                    (Some("COMPLETE"), _) => {
                        "You cannot change the state of a phased release that is in a final state"
                    }
                    (held, sent) if held == sent => "The phased release already has this value",
                    _ => return Ok(()),
                };
                problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute(STATE));
            }
            Change::Delete { before } if before.text(STATE) != Some("INACTIVE") => {
                let detail = "A phased release that has started can not be deleted.";
                problems.push(Problem::new(Code::StateEntity, detail));
            }
            Change::Delete { .. } | Change::Link { .. } => {}
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.default(STATE, "INACTIVE");
        draft.set("totalPauseDuration", 0);
        draft.set("currentDayNumber", 0);
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
                unchanged::restore(KIND, before, attributes, &[STATE])
            }
            _ => Vec::new(),
        })
    }
}

fn check_new(draft: &Draft, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let version = draft.one("appStoreVersion").map(|id| view.find("appStoreVersions", id));
    let Some(version) = version.transpose()?.flatten() else { return Ok(()) };
    let others = app_store_versions::siblings(&version, view)?;
    if !others.iter().any(app_store_versions::is_released) {
        let detail = "The first version of an app can not be released in phases.";
        problems.push(Problem::new(Code::State, detail));
    }
    let there = view.linked("appStoreVersions", &version.id, "appStoreVersionPhasedRelease")?;
    if !there.is_empty() {
        let detail = "The version already has a phased release.";
        let problem = Problem::new(Code::RelationshipInvalid, detail);
        problems.push(problem.at_relationship("appStoreVersion"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new, update};

    fn world(state: &str) -> World {
        let mut world = World::new();
        let live = json!({"platform": "IOS", "appVersionState": "READY_FOR_DISTRIBUTION"});
        world.plant("appStoreVersions", "v0", &live, &[("app", &[APP])]);
        let open = json!({"platform": "IOS", "appVersionState": "PREPARE_FOR_SUBMISSION"});
        world.plant("appStoreVersions", "v1", &open, &[("app", &[APP])]);
        let release = json!({"phasedReleaseState": state});
        let links: &[(&'static str, &[&str])] = &[("appStoreVersion", &["v0"])];
        world.plant("appStoreVersionPhasedReleases", "p0", &release, links);
        world
    }

    fn release(version: &str) -> Value {
        let version = [("appStoreVersion", json!(["appStoreVersions", version]))];
        new("appStoreVersionPhasedReleases", &json!({}), &version)
    }

    fn patch(state: &str) -> Value {
        let state = json!({"phasedReleaseState": state});
        update("appStoreVersionPhasedReleases", "p0", &state, &[])
    }

    const PATH: &str = "PATCH /v1/appStoreVersionPhasedReleases/p0";

    #[test]
    fn a_phased_release_starts_inactive() {
        let inactive = json!({"status": 201, "data": {"attributes": {
            "phasedReleaseState": "INACTIVE", "startDate": null, "totalPauseDuration": 0,
        }}});
        let mut world = world("ACTIVE");
        world.check("POST /v1/appStoreVersionPhasedReleases", &release("v1"), &inactive);
        world.refuses(
            "POST /v1/appStoreVersionPhasedReleases",
            &release("v1"),
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "/data/relationships/appStoreVersion",
                "The version already has a phased release.",
            ),
        );
    }

    #[test]
    fn a_first_version_is_not_released_in_phases() {
        let mut world = World::new();
        let open = json!({"platform": "IOS", "appVersionState": "PREPARE_FOR_SUBMISSION"});
        world.plant("appStoreVersions", "v1", &open, &[("app", &[APP])]);
        let detail = "The first version of an app can not be released in phases.";
        let path = "POST /v1/appStoreVersionPhasedReleases";
        world.refuses(path, &release("v1"), ("STATE_ERROR", "", detail));
    }

    #[test]
    fn an_active_release_is_paused_once_and_a_complete_one_stays() {
        let mut world = world("ACTIVE");
        world.check(PATH, &patch("PAUSED"), &json!({"status": 200}));
        let code = "ENTITY_ERROR.ATTRIBUTE.INVALID";
        let pointer = "/data/attributes/phasedReleaseState";
        let detail = "The phased release already has this value";
        world.refuses(PATH, &patch("PAUSED"), (code, pointer, detail));
        world.check(PATH, &patch("COMPLETE"), &json!({"status": 200}));
        let detail = "You cannot change the state of a phased release that is in a final state";
        world.refuses(PATH, &patch("ACTIVE"), (code, pointer, detail));
    }

    #[test]
    fn only_an_inactive_release_is_deleted() {
        let path = "DELETE /v1/appStoreVersionPhasedReleases/p0";
        let code = "STATE_ERROR.ENTITY_STATE_INVALID";
        let detail = "A phased release that has started can not be deleted.";
        world("ACTIVE").refuses(path, &Value::Null, (code, "", detail));
        world("INACTIVE").check(path, &Value::Null, &json!({"status": 204}));
    }
}
