//! The build of an App Store version: which fits, and when it can be changed.
//!
//! Sources: Apple's help, recorded refusals, which all have one text; that another build switches
//! Game Center off for the version was seen.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::app_store_versions::is_editable;
use crate::changes::{Effect, Resource, View};
use crate::failure::Fault;

/// Appends a problem where a version does not take a build, or does not let go of its own.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn check(
    version: &Resource,
    ids: &[String],
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let build = ids.first().map(|id| view.find("builds", id)).transpose()?.flatten();
    let open = is_editable(version) && version.text("appVersionState") != Some("METADATA_REJECTED");
    let fits = match &build {
        Some(build) => fits(version, build, view)?,
        None => true,
    };
    if !open || !fits {
        problems.push(refusal());
    }
    Ok(())
}

/// The refusal of a build. Source: recorded.
pub(super) fn refusal() -> Problem {
    let title = "A relationship value is not acceptable for the current resource state.";
    let detail = "The specified pre-release build could not be added.";
    Problem::new(Code::RelationshipInvalid, detail).titled(title).at_relationship("build")
}

/// Returns whether a build can be a version's: processed and good, for the store, of its app,
/// platform and number, and no other version's. Source: Apple's help, recorded refusals.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn fits(version: &Resource, build: &Resource, view: &View<'_>) -> Result<bool, Fault> {
    let trains = view.related("builds", &build.id, "preReleaseVersion")?;
    let of_train = trains.iter().all(|train| {
        train.text("platform") == version.text("platform")
            && train.text("version") == version.text("versionString")
    });
    let owners = view.linked("builds", &build.id, "appStoreVersion")?;
    Ok(build.text("processingState") == Some("VALID")
        && !build.flag("expired")
        && build.text("buildAudienceType") != Some("INTERNAL_ONLY")
        && build.app == version.app
        && of_train
        && owners.iter().all(|owner| *owner == version.id))
}

/// Returns what follows when a version has another build.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn changed(version: &str, view: &View<'_>) -> Result<Vec<Effect>, Fault> {
    let there = view.linked("appStoreVersions", version, "gameCenterAppVersion")?;
    let off = |id: String| {
        let attributes = vec![("enabled", Value::Bool(false))];
        Effect::Set { kind: "gameCenterAppVersions", id, attributes }
    };
    Ok(there.into_iter().map(off).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, linkage, update};

    fn world(versions: &[(&str, &str, &str)]) -> World {
        let mut world = World::new();
        for (id, number, state) in versions {
            let version =
                json!({"platform": "IOS", "versionString": number, "appVersionState": state});
            world.plant("appStoreVersions", id, &version, &[("app", &[APP])]);
        }
        world
    }

    fn plant_build(world: &mut World, more: &Value) {
        let train = json!({"version": "2.0", "platform": "IOS"});
        world.plant("preReleaseVersions", "t1", &train, &[("app", &[APP])]);
        let mut build = json!({"version": "7", "processingState": "VALID", "expired": false,
            "buildAudienceType": "APP_STORE_ELIGIBLE"});
        for (name, value) in more.as_object().expect("an object") {
            build[name] = value.clone();
        }
        let links: &[(&'static str, &[&str])] = &[("app", &[APP]), ("preReleaseVersion", &["t1"])];
        world.plant("builds", "b1", &build, links);
    }

    const NO_BUILD: (&str, &str, &str) = (
        "ENTITY_ERROR.RELATIONSHIP.INVALID",
        "/data/relationships/build",
        "The specified pre-release build could not be added.",
    );

    #[test]
    fn a_build_of_the_version_is_attached_and_detached() {
        let mut world = world(&[("v1", "2.0", "PREPARE_FOR_SUBMISSION")]);
        plant_build(&mut world, &json!({}));
        let path = "PATCH /v1/appStoreVersions/v1/relationships/build";
        let build = linkage(&json!(["builds", "b1"]));
        world.check(path, &build, &json!({"status": 204}));
        let attached = json!({"data": {"id": "b1"}});
        world.check("GET /v1/appStoreVersions/v1/build", &Value::Null, &attached);
        world.check(path, &build, &json!({"status": 204}));
        world.check(path, &json!({"data": null}), &json!({"status": 204}));
        let none = json!({"data": null});
        world.check("GET /v1/appStoreVersions/v1/build", &Value::Null, &none);
    }

    #[test]
    fn builds_that_are_not_for_the_version_are_not_attached() {
        for build in [
            json!({"processingState": "PROCESSING"}),
            json!({"processingState": "INVALID"}),
            json!({"expired": true}),
            json!({"buildAudienceType": "INTERNAL_ONLY"}),
        ] {
            let mut world = world(&[("v1", "2.0", "PREPARE_FOR_SUBMISSION")]);
            plant_build(&mut world, &build);
            let path = "PATCH /v1/appStoreVersions/v1/relationships/build";
            world.refuses(path, &linkage(&json!(["builds", "b1"])), NO_BUILD);
        }
    }

    #[test]
    fn a_build_of_another_number_is_attached_only_with_that_number() {
        let mut world = world(&[("v1", "1.0", "PREPARE_FOR_SUBMISSION")]);
        plant_build(&mut world, &json!({}));
        let path = "PATCH /v1/appStoreVersions/v1";
        let build = [("build", json!(["builds", "b1"]))];
        let alone = update("appStoreVersions", "v1", &json!({}), &build);
        world.refuses(path, &alone, NO_BUILD);
        let both = update("appStoreVersions", "v1", &json!({"versionString": "2.0"}), &build);
        world.check(path, &both, &json!({"status": 200}));
    }

    #[test]
    fn a_version_that_is_in_review_keeps_its_build() {
        let mut world = world(&[("v1", "2.0", "READY_FOR_REVIEW")]);
        plant_build(&mut world, &json!({}));
        let path = "PATCH /v1/appStoreVersions/v1/relationships/build";
        world.refuses(path, &linkage(&json!(["builds", "b1"])), NO_BUILD);
    }

    #[test]
    fn a_build_belongs_to_one_version() {
        let mut world = world(&[
            ("v1", "2.0", "READY_FOR_DISTRIBUTION"),
            ("v2", "2.0", "PREPARE_FOR_SUBMISSION"),
        ]);
        plant_build(&mut world, &json!({}));
        let links: &[(&'static str, &[&str])] = &[("build", &["b1"]), ("app", &[APP])];
        let shipped = json!({"platform": "IOS", "versionString": "2.0"});
        world.plant("appStoreVersions", "v0", &shipped, links);
        let path = "PATCH /v1/appStoreVersions/v2/relationships/build";
        world.refuses(path, &linkage(&json!(["builds", "b1"])), NO_BUILD);
    }

    #[test]
    fn another_build_switches_game_center_off() {
        let mut world = world(&[("v1", "2.0", "PREPARE_FOR_SUBMISSION")]);
        plant_build(&mut world, &json!({}));
        let of_version: &[(&'static str, &[&str])] = &[("appStoreVersion", &["v1"])];
        world.plant("gameCenterAppVersions", "g1", &json!({"enabled": true}), of_version);
        let path = "PATCH /v1/appStoreVersions/v1/relationships/build";
        world.check(path, &linkage(&json!(["builds", "b1"])), &json!({"status": 204}));
        let off = json!({"data": {"attributes": {"enabled": false}}});
        world.check("GET /v1/gameCenterAppVersions/g1", &Value::Null, &off);
    }
}
