//! App Store versions: when there may be a new one, what can be edited when, which builds fit.
//!
//! A version has one state and two words for it; `appStoreState` is derived. What a new version
//! takes over is in `new_version`. Sources: Apple's help on versions, recorded refusals. Guesses:
//! the code for numbers that are malformed or not higher than the last released one, that release
//! options stay open until the version is out, that a new version is released after approval.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, new_version, unchanged};
use crate::changes::{Change, Draft, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `appStoreVersions`.
pub struct AppStoreVersions;

const KIND: &str = "appStoreVersions";

impl Behavior for AppStoreVersions {
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
            Change::Create { draft, .. } => check_new(draft, view, problems),
            Change::Update { before, attributes, relationships, .. } => {
                check_locked(before, attributes, problems);
                if let Some(number) = attributes.get("versionString").and_then(Value::as_str)
                    && is_editable(before)
                    && before.text("versionString") != Some(number)
                {
                    let others = siblings(before, view)?;
                    check_number(number, &others, problems);
                }
                let build = relationships.iter().find(|(name, _)| *name == "build");
                let Some((_, ids)) = build else { return Ok(()) };
                let mut after = (*before).clone();
                after.attributes.extend((*attributes).clone());
                check_build(&after, ids, view, problems)
            }
            Change::Link { before, relationship: "build", ids, .. } => {
                check_build(before, ids, view, problems)
            }
            Change::Delete { before } => check_end(before, view, problems),
            Change::Link { .. } => Ok(()),
        }
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        draft.set("appVersionState", "PREPARE_FOR_SUBMISSION");
        draft.set("downloadable", true);
        draft.default("reviewType", "APP_STORE");
        if let Some(last) = new_version::last(draft, view)? {
            for name in ["copyright", "releaseType"] {
                let value = last.attributes.get(name).cloned().unwrap_or_default();
                draft.default(name, value);
            }
        }
        draft.default("releaseType", "AFTER_APPROVAL");
        Ok(())
    }

    fn derive(&self, attributes: &mut Map<String, Value>) {
        let state = attributes.get("appVersionState").and_then(Value::as_str).unwrap_or_default();
        let older = attributes.get("appStoreState").and_then(Value::as_str).unwrap_or_default();
        // Where a live version is sold at all is told by the older word only.
        if state.is_empty() || (state == LIVE && LIVE_BUT.contains(&older)) {
            return;
        }
        let older = Value::from(older_word(state));
        attributes.insert("appStoreState".to_owned(), older);
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        ids: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Create { draft, .. } => new_version::complete(draft, view, ids)?,
            Change::Update { before, attributes, .. } => {
                let kept = &["versionString", "releaseType", "reviewType", "downloadable"];
                unchanged::restore(KIND, before, attributes, kept)
            }
            Change::Delete { .. } | Change::Link { .. } => Vec::new(),
        })
    }
}

/// The state of a version that is live, or was sold until another took its place.
const LIVE: &str = "READY_FOR_DISTRIBUTION";
const REPLACED: &str = "REPLACED_WITH_NEW_VERSION";

/// Older words for a live version that is not for sale everywhere.
const LIVE_BUT: &[&str] = &[
    "READY_FOR_SALE",
    "PREORDER_READY_FOR_SALE",
    "DEVELOPER_REMOVED_FROM_SALE",
    "REMOVED_FROM_SALE",
    "PENDING_CONTRACT",
];

/// Returns the older word for a state; the others are the same in both vocabularies.
pub(super) fn older_word(state: &str) -> &str {
    match state {
        LIVE => "READY_FOR_SALE",
        "PROCESSING_FOR_DISTRIBUTION" => "PROCESSING_FOR_APP_STORE",
        same => same,
    }
}

/// Returns whether a version's number, texts and media can be edited. Source: Apple's help.
pub(super) fn is_editable(version: &Resource) -> bool {
    let open = [
        "PREPARE_FOR_SUBMISSION",
        "DEVELOPER_REJECTED",
        "REJECTED",
        "METADATA_REJECTED",
        "INVALID_BINARY",
    ];
    version.text("appVersionState").is_some_and(|state| open.contains(&state))
}

/// Returns whether a version is or was live.
pub(super) fn is_released(version: &Resource) -> bool {
    matches!(version.text("appVersionState"), Some(LIVE | REPLACED))
}

/// Returns the other versions of a version's app and platform.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn siblings(version: &Resource, view: &View<'_>) -> Result<Vec<Resource>, Fault> {
    let Some(app) = &version.app else { return Ok(Vec::new()) };
    let mut others = view.related("apps", app, KIND)?;
    others.retain(|o| o.id != version.id && o.text("platform") == version.text("platform"));
    Ok(others)
}

fn check_new(draft: &Draft, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let Some(app) = draft.one("app") else { return Ok(()) };
    let mut others = view.related("apps", app, KIND)?;
    others.retain(|other| other.text("platform") == draft.text("platform"));
    if !others.iter().all(is_released) {
        // Source: recorded, together with the refusal of a used number where both apply.
        let detail = "You cannot create a new version of the App in the current state.";
        problems.push(Problem::new(Code::RelationshipInvalid, detail).at_relationship("app"));
    }
    if let Some(number) = draft.text("versionString") {
        check_number(number, &others, problems);
    }
    let version = Resource {
        kind: KIND.to_owned(),
        id: draft.id.clone(),
        app: Some(app.to_owned()),
        attributes: draft.attributes.clone(),
    };
    match draft.one("build").map(|build| view.find("builds", build)).transpose()?.flatten() {
        Some(build) if !fits(&version, &build, view)? => problems.push(could_not_be_added()),
        _ => {}
    }
    Ok(())
}

/// Numbers are dotted, used once, and higher than what is out. Source: Apple's help; the first
/// two details are recorded or ours, the third is ours.
fn check_number(number: &str, others: &[Resource], problems: &mut Vec<Problem>) {
    let problem = |code, detail| Problem::new(code, detail).at_attribute("versionString");
    let Some(parts) = parts(number) else {
        let detail = "A version number has at most 18 characters: numbers separated by periods.";
        problems.push(problem(Code::AttributeInvalid, detail));
        return;
    };
    if others.iter().any(|other| other.text("versionString") == Some(number)) {
        let detail = "The version number has been previously used.";
        problems.push(problem(Code::AttributeDuplicate, detail));
        return;
    }
    let released = others.iter().filter(|other| is_released(other));
    let highest = released.filter_map(|other| self::parts(other.text("versionString")?)).max();
    if highest.is_some_and(|highest| parts <= highest) {
        let detail = "The version number must be higher than that of the last released version.";
        problems.push(problem(Code::AttributeInvalid, detail));
    }
}

/// The parts of a version number without zeros at its end, so that `1.0` is `1.0.0`.
fn parts(number: &str) -> Option<Vec<u64>> {
    if number.len() > 18 {
        return None;
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts: Vec<u64> = number
        .split('.')
        .map(|part| if digits(part) { part.parse().ok() } else { None })
        .collect::<Option<_>>()?;
    while parts.last() == Some(&0) {
        parts.pop();
    }
    Some(parts)
}

/// Source: recorded refusals; one for the number, one for everything else.
fn check_locked(before: &Resource, sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    if is_editable(before) {
        return;
    }
    for name in sent.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()) {
        match name {
            "downloadable" => {}
            "releaseType" | "earliestReleaseDate" if !is_released(before) => {}
            "versionString" => {
                let detail = "The attribute 'versionString' can not be modified.";
                problems.push(Problem::new(Code::AttributeState, detail).at_attribute(name));
            }
            _ => problems.push(cannot_be_edited(name)),
        }
    }
}

/// The refusal of an edit at the wrong time. Source: recorded.
pub(super) fn cannot_be_edited(name: &str) -> Problem {
    let detail = format!("Attribute '{name}' cannot be edited at this time");
    Problem::new(Code::State, detail).at_attribute(name)
}

fn check_build(
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
        problems.push(could_not_be_added());
    }
    Ok(())
}

/// Source: recorded.
fn could_not_be_added() -> Problem {
    let title = "A relationship value is not acceptable for the current resource state.";
    let detail = "The specified pre-release build could not be added.";
    Problem::new(Code::RelationshipInvalid, detail).titled(title).at_relationship("build")
}

/// Returns whether a build can be a version's: processed and good, for the store, of its app,
/// platform and number, and no other version's. Source: Apple's help, recorded refusals.
fn fits(version: &Resource, build: &Resource, view: &View<'_>) -> Result<bool, Fault> {
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

/// Source: Apple's help; code and wording are our choice.
fn check_end(before: &Resource, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let Some(app) = &before.app else { return Ok(()) };
    let only = view.linked("apps", app, KIND)?.len() <= 1;
    if only || !is_editable(before) {
        let detail = "The version can not be deleted in the current state.";
        problems.push(Problem::new(Code::State, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::parts;
    use crate::behaviors::testing::{APP, World, linkage, new, update};

    fn world(versions: &[(&str, &str, &str)]) -> World {
        let mut world = World::new();
        for (id, number, state) in versions {
            let version =
                json!({"platform": "IOS", "versionString": number, "appVersionState": state});
            world.plant("appStoreVersions", id, &version, &[("app", &[APP])]);
        }
        world
    }

    fn version(number: &str) -> Value {
        let attributes = json!({"platform": "IOS", "versionString": number});
        new("appStoreVersions", &attributes, &[("app", json!(["apps", APP]))])
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
    fn a_new_version_is_in_preparation_in_both_vocabularies() {
        let expected = json!({"status": 201, "data": {"attributes": {
            "appVersionState": "PREPARE_FOR_SUBMISSION",
            "appStoreState": "PREPARE_FOR_SUBMISSION",
            "reviewType": "APP_STORE", "releaseType": "AFTER_APPROVAL", "downloadable": true,
            "createdDate": "2025-12-31T16:00:00-08:00",
        }}});
        world(&[]).check("POST /v1/appStoreVersions", &version("1.0"), &expected);
    }

    #[test]
    fn the_older_word_follows_the_state_unless_it_says_more() {
        let mut world = world(&[("v1", "1.0", "PROCESSING_FOR_DISTRIBUTION")]);
        let removed = json!({"platform": "IOS", "appVersionState": "READY_FOR_DISTRIBUTION",
            "appStoreState": "REMOVED_FROM_SALE"});
        world.plant("appStoreVersions", "v2", &removed, &[("app", &[APP])]);
        for (id, word) in [("v1", "PROCESSING_FOR_APP_STORE"), ("v2", "REMOVED_FROM_SALE")] {
            let expected = json!({"data": {"attributes": {"appStoreState": word}}});
            world.check(&format!("GET /v1/appStoreVersions/{id}"), &Value::Null, &expected);
        }
    }

    #[test]
    fn there_is_one_open_version_and_a_number_is_used_once() {
        let mut world = world(&[("v1", "1.0", "PENDING_DEVELOPER_RELEASE")]);
        let open = json!({
            "code": "ENTITY_ERROR.RELATIONSHIP.INVALID",
            "source": {"pointer": "/data/relationships/app"},
            "detail": "You cannot create a new version of the App in the current state.",
        });
        let used = json!({
            "code": "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
            "source": {"pointer": "/data/attributes/versionString"},
            "detail": "The version number has been previously used.",
        });
        let one = json!({"status": 409, "errors": [open]});
        world.check("POST /v1/appStoreVersions", &version("1.1"), &one);
        let both = json!({"status": 409, "errors": [open, used]});
        world.check("POST /v1/appStoreVersions", &version("1.0"), &both);
        let mut other = version("1.0");
        other["data"]["attributes"]["platform"] = "MAC_OS".into();
        world.check("POST /v1/appStoreVersions", &other, &json!({"status": 201}));
    }

    #[test]
    fn a_number_is_higher_than_the_released_one() {
        let mut world = world(&[("v1", "1.10", "READY_FOR_DISTRIBUTION")]);
        world.refuses(
            "POST /v1/appStoreVersions",
            &version("1.9"),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/versionString",
                "The version number must be higher than that of the last released version.",
            ),
        );
        world.check("POST /v1/appStoreVersions", &version("1.11"), &json!({"status": 201}));
    }

    #[test]
    fn a_number_is_made_of_digits_and_periods() {
        assert_eq!(parts("1.0.0"), parts("1"));
        assert!(parts("1.10") > parts("1.9"));
        for bad in ["", "1.", ".1", "1.x", "1 0", "1.2.3.4.5.6.7.8.9.10"] {
            assert_eq!(parts(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_number_of_a_locked_version_stays() {
        let mut world = world(&[("v1", "1.0", "WAITING_FOR_REVIEW")]);
        let path = "PATCH /v1/appStoreVersions/v1";
        let patch = |attributes: Value| update("appStoreVersions", "v1", &attributes, &[]);
        let renumbered = patch(json!({"versionString": "1.1"}));
        world.refuses(
            path,
            &renumbered,
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE",
                "/data/attributes/versionString",
                "The attribute 'versionString' can not be modified.",
            ),
        );
        world.refuses(
            path,
            &patch(json!({"copyright": "2026 Me"})),
            (
                "STATE_ERROR",
                "/data/attributes/copyright",
                "Attribute 'copyright' cannot be edited at this time",
            ),
        );
        world.check(path, &patch(json!({"releaseType": "MANUAL"})), &json!({"status": 200}));
    }

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
    fn only_open_versions_are_deleted_and_never_the_only_one() {
        let mut only = world(&[("v1", "1.0", "PREPARE_FOR_SUBMISSION")]);
        let refused = ("STATE_ERROR", "", "The version can not be deleted in the current state.");
        only.refuses("DELETE /v1/appStoreVersions/v1", &Value::Null, refused);
        let mut two =
            world(&[("v1", "1.0", "READY_FOR_DISTRIBUTION"), ("v2", "1.1", "DEVELOPER_REJECTED")]);
        two.refuses("DELETE /v1/appStoreVersions/v1", &Value::Null, refused);
        two.check("DELETE /v1/appStoreVersions/v2", &Value::Null, &json!({"status": 204}));
    }
}
