//! What a new App Store version starts with: a copy of the last one's texts and review details,
//! or a localization in the primary locale; and a second app info where the only one is live.
//!
//! Sources: Apple's help, versions as they were seen after creation (everything but what is new,
//! attachments unconfirmed). Pictures are copied as records that show the same files.

use serde_json::{Map, Value};

use super::{app_infos, app_store_versions, locales};
use crate::changes::{Draft, Effect, Resource, View};
use crate::failure::Fault;
use crate::ids::Ids;

const KIND: &str = "appStoreVersions";
const LOCALIZATIONS: &str = "appStoreVersionLocalizations";
const REVIEW_DETAILS: &str = "appStoreReviewDetails";

/// Sets of pictures or films of a localization, and what is in them.
const MEDIA: &[(&str, &str)] =
    &[("appScreenshotSets", "appScreenshots"), ("appPreviewSets", "appPreviews")];

/// Returns the version that a new one follows: the youngest of its platform.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn last(draft: &Draft, view: &View<'_>) -> Result<Option<Resource>, Fault> {
    let Some(app) = draft.one("app") else { return Ok(None) };
    let mut others = view.related("apps", app, KIND)?;
    others.retain(|other| other.id != draft.id && other.text("platform") == draft.text("platform"));
    let live = others
        .iter()
        .rposition(|other| other.text("appVersionState") == Some("READY_FOR_DISTRIBUTION"));
    Ok(match live {
        Some(live) => Some(others.swap_remove(live)),
        None => others.pop(),
    })
}

/// Returns what comes to be with a version that has just been made.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn complete(
    draft: &Draft,
    view: &View<'_>,
    ids: &mut Ids,
) -> Result<Vec<Effect>, Fault> {
    let Some(app) = draft.one("app") else { return Ok(Vec::new()) };
    let mut effects = Vec::new();
    if let Some(last) = last(draft, view)? {
        for from in view.related(KIND, &last.id, LOCALIZATIONS)? {
            effects.extend(copy_localization(&from, draft, view, ids)?);
        }
        effects.extend(copy_review_detail(&last, draft, view)?);
    } else {
        let locale = locales::primary(view, Some(app))?;
        effects.extend(locale.map(|locale| localization(&draft.id, &locale, ids)));
    }
    effects.extend(app_infos::open(app, view, ids)?);
    Ok(effects)
}

/// Returns the creation of an empty localization of a version.
pub(super) fn localization(version: &str, locale: &str, ids: &mut Ids) -> Effect {
    let mut attributes = Map::new();
    attributes.insert("locale".to_owned(), locale.into());
    Effect::Create(Draft {
        kind: LOCALIZATIONS,
        id: ids.uuid(),
        attributes,
        relationships: vec![("appStoreVersion", vec![version.to_owned()])],
    })
}

fn copy_localization(
    from: &Resource,
    version: &Draft,
    view: &View<'_>,
    ids: &mut Ids,
) -> Result<Vec<Effect>, Fault> {
    let id = ids.uuid();
    let mut attributes = from.attributes.clone();
    attributes.insert("whatsNew".to_owned(), Value::Null);
    let relationships = vec![("appStoreVersion", vec![version.id.clone()])];
    let kind = LOCALIZATIONS;
    let mut effects =
        vec![Effect::Create(Draft { kind, id: id.clone(), attributes, relationships })];
    for (set_kind, kind) in MEDIA {
        for set in view.related(LOCALIZATIONS, &from.id, set_kind)? {
            let copy = ids.uuid();
            effects.push(Effect::Create(Draft {
                kind: set_kind,
                id: copy.clone(),
                attributes: set.attributes.clone(),
                relationships: vec![("appStoreVersionLocalization", vec![id.clone()])],
            }));
            effects.extend(copy_media((set_kind, kind), &set, &copy, view, ids)?);
        }
    }
    Ok(effects)
}

fn copy_media(
    (set_kind, kind): (&'static str, &'static str),
    set: &Resource,
    copy: &str,
    view: &View<'_>,
    ids: &mut Ids,
) -> Result<Vec<Effect>, Fault> {
    let way = if set_kind == "appPreviewSets" { "appPreviewSet" } else { "appScreenshotSet" };
    let mut effects = Vec::new();
    for one in view.related(set_kind, &set.id, kind)? {
        let id = ids.uuid();
        let relationships = vec![(way, vec![copy.to_owned()])];
        effects.push(Effect::Create(Draft {
            kind,
            id: id.clone(),
            attributes: one.attributes.clone(),
            relationships,
        }));
        // A create by a caller is a reservation; this one has its file already.
        let attributes = known(kind, &one.attributes);
        effects.push(Effect::Set { kind, id, attributes });
    }
    Ok(effects)
}

fn copy_review_detail(
    last: &Resource,
    version: &Draft,
    view: &View<'_>,
) -> Result<Vec<Effect>, Fault> {
    let from = view.related(KIND, &last.id, "appStoreReviewDetail")?;
    let to = view.linked(KIND, &version.id, "appStoreReviewDetail")?;
    Ok(from
        .into_iter()
        .zip(to)
        .map(|(from, id)| {
            let attributes = known(REVIEW_DETAILS, &from.attributes);
            Effect::Set { kind: REVIEW_DETAILS, id, attributes }
        })
        .collect())
}

/// The attributes that the catalog names for a kind, as effects take them.
pub(super) fn known(kind: &str, from: &Map<String, Value>) -> Vec<(&'static str, Value)> {
    let schemas = russet_catalog::schemas_of(kind).iter();
    let names = schemas.flat_map(|schema| schema.attributes).map(|attribute| attribute.name);
    names.filter_map(|name| Some((name, from.get(name)?.clone()))).collect()
}

/// Returns the versions of an app that can be edited.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn editable(app: &str, view: &View<'_>) -> Result<Vec<Resource>, Fault> {
    let mut versions = view.related("apps", app, KIND)?;
    versions.retain(app_store_versions::is_editable);
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn version(number: &str) -> Value {
        let attributes = json!({"platform": "IOS", "versionString": number});
        new("appStoreVersions", &attributes, &[("app", json!(["apps", APP]))])
    }

    /// A live version with texts, a picture, review details and a live app info.
    fn live() -> World {
        let mut world = World::new();
        let version = json!({"platform": "IOS", "versionString": "1.0", "copyright": "2025 Me",
            "releaseType": "MANUAL", "appVersionState": "READY_FOR_DISTRIBUTION"});
        world.plant("appStoreVersions", "v1", &version, &[("app", &[APP])]);
        let texts = json!({"locale": "de-DE", "description": "Hallo", "whatsNew": "Neu"});
        let of_version: &[(&'static str, &[&str])] = &[("appStoreVersion", &["v1"])];
        world.plant("appStoreVersionLocalizations", "l1", &texts, of_version);
        let set = json!({"screenshotDisplayType": "APP_IPHONE_67"});
        let of_text: &[(&'static str, &[&str])] = &[("appStoreVersionLocalization", &["l1"])];
        world.plant("appScreenshotSets", "s1", &set, of_text);
        let picture = json!({"fileName": "1.png", "sourceFileChecksum": "abc",
            "assetDeliveryState": {"state": "COMPLETE", "errors": []}});
        world.plant("appScreenshots", "p1", &picture, &[("appScreenshotSet", &["s1"])]);
        let review = json!({"contactFirstName": "Ada"});
        world.plant("appStoreReviewDetails", "r1", &review, of_version);
        let info = json!({"state": "READY_FOR_DISTRIBUTION"});
        let links: &[(&'static str, &[&str])] =
            &[("app", &[APP]), ("primaryCategory", &["UTILITIES"])];
        world.plant("appInfos", "i1", &info, links);
        let name = json!({"locale": "de-DE", "name": "Uhr"});
        world.plant("appInfoLocalizations", "n1", &name, &[("appInfo", &["i1"])]);
        world
    }

    #[test]
    fn a_first_version_has_a_localization_in_the_primary_locale() {
        let mut world = World::new();
        let id = world.create("/v1/appStoreVersions", &version("1.0"));
        let path = format!("GET /v1/appStoreVersions/{id}/appStoreVersionLocalizations");
        let one = json!({"data": [{"attributes": {"locale": "en-US", "description": null}}]});
        world.check(&path, &Value::Null, &one);
    }

    #[test]
    fn a_later_version_takes_over_everything_but_what_is_new() {
        let mut world = live();
        let taken = json!({"status": 201, "data": {"attributes": {
            "copyright": "2025 Me", "releaseType": "MANUAL",
        }}});
        let reply = world.check("POST /v1/appStoreVersions", &version("1.1"), &taken);
        let id = reply["data"]["id"].as_str().expect("an id").to_owned();
        let path = format!("GET /v1/appStoreVersions/{id}");
        let texts = json!({"data": [{"attributes": {
            "locale": "de-DE", "description": "Hallo", "whatsNew": null,
        }}]});
        let list = format!("{path}/appStoreVersionLocalizations");
        let reply = world.check(&list, &Value::Null, &texts);
        let contact = json!({"data": {"attributes": {"contactFirstName": "Ada"}}});
        world.check(&format!("{path}/appStoreReviewDetail"), &Value::Null, &contact);
        let text = reply["data"][0]["id"].as_str().expect("an id");
        let sets = format!("GET /v1/appStoreVersionLocalizations/{text}/appScreenshotSets");
        let set = json!({"data": [{"attributes": {"screenshotDisplayType": "APP_IPHONE_67"}}]});
        let reply = world.check(&sets, &Value::Null, &set);
        let set = reply["data"][0]["id"].as_str().expect("an id");
        let picture = json!({"data": [{"attributes": {
            "sourceFileChecksum": "abc", "assetDeliveryState": {"state": "COMPLETE"},
        }}]});
        let pictures = format!("GET /v1/appScreenshotSets/{set}/appScreenshots");
        world.check(&pictures, &Value::Null, &picture);
    }

    #[test]
    fn a_new_version_of_a_live_app_brings_an_app_info_to_edit() {
        let mut world = live();
        world.create("/v1/appStoreVersions", &version("1.1"));
        let list = format!("GET /v1/apps/{APP}/appInfos");
        let infos = json!({"data": [
            {"attributes": {"state": "READY_FOR_DISTRIBUTION", "appStoreState": "READY_FOR_SALE"}},
            {"attributes": {"state": "PREPARE_FOR_SUBMISSION"}},
        ]});
        let reply = world.check(&list, &Value::Null, &infos);
        let id = reply["data"][1]["id"].as_str().expect("an id").to_owned();
        let category = json!({"data": {"id": "UTILITIES"}});
        world.check(&format!("GET /v1/appInfos/{id}/primaryCategory"), &Value::Null, &category);
        let names = json!({"data": [{"attributes": {"locale": "de-DE", "name": "Uhr"}}]});
        let list = format!("GET /v1/appInfos/{id}/appInfoLocalizations");
        world.check(&list, &Value::Null, &names);
        let rating = json!({"data": {"id": id}});
        let path = format!("GET /v1/appInfos/{id}/ageRatingDeclaration");
        world.check(&path, &Value::Null, &rating);
    }
}
