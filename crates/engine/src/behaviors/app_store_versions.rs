//! App Store versions: when there may be a new one, what can be edited when, which builds fit.
//!
//! A version has one state and two words for it; `appStoreState` is derived. What a new version
//! takes over is in `new_version`, which builds it takes in `attached_builds`. Sources: Apple's help
//! on versions, recorded refusals. Guesses: that release options stay open until the version is
//! out, that a new version is released after approval.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, attached_builds, new_version, unchanged, version_numbers};
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
                    version_numbers::check(number, &others, problems);
                }
                let build = relationships.iter().find(|(name, _)| *name == "build");
                let Some((_, ids)) = build else { return Ok(()) };
                let mut after = (*before).clone();
                after.attributes.extend((*attributes).clone());
                attached_builds::check(&after, ids, view, problems)
            }
            Change::Link { before, relationship: "build", ids, .. } => {
                attached_builds::check(before, ids, view, problems)
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
            Change::Update { before, attributes, relationships, .. } => {
                let kept = &["versionString", "releaseType", "reviewType", "downloadable"];
                let mut effects = unchanged::restore(KIND, before, attributes, kept);
                if relationships.iter().any(|(name, _)| *name == "build") {
                    effects.extend(attached_builds::changed(&before.id, view)?);
                }
                effects
            }
            Change::Link { before, relationship: "build", .. } => {
                attached_builds::changed(&before.id, view)?
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
        version_numbers::check(number, &others, problems);
    }
    let version = Resource {
        kind: KIND.to_owned(),
        id: draft.id.clone(),
        app: Some(app.to_owned()),
        attributes: draft.attributes.clone(),
    };
    match draft.one("build").map(|build| view.find("builds", build)).transpose()?.flatten() {
        Some(build) if !attached_builds::fits(&version, &build, view)? => {
            problems.push(attached_builds::refusal());
        }
        _ => {}
    }
    Ok(())
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

    use crate::behaviors::testing::{APP, World, new, update};

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
    fn the_number_of_a_locked_version_stays() {
        let mut world = world(&[("v1", "1.0", "WAITING_FOR_REVIEW")]);
        let path = "PATCH /v1/appStoreVersions/v1";
        let version = |attributes: Value| update("appStoreVersions", "v1", &attributes, &[]);
        let renumbered = version(json!({"versionString": "1.1"}));
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
            &version(json!({"copyright": "2026 Me"})),
            (
                "STATE_ERROR",
                "/data/attributes/copyright",
                "Attribute 'copyright' cannot be edited at this time",
            ),
        );
        world.check(path, &version(json!({"releaseType": "MANUAL"})), &json!({"status": 200}));
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
