//! An app's name and privacy texts in a locale.
//!
//! Sources: Apple's help (lengths, locked states), recorded refusals (locale there already, name
//! of another app, locked); a new locale appears on the editable version too (seen in 2026). The
//! app's `name` is that in its primary locale. That a name is taken by another team is not
//! noticed: no transaction crosses teams. Our choice: a localization is deleted when one could be
//! added, and refused as that is.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::texts::{self, Most, Text};
use super::{Behavior, app_infos, locales, new_version, unchanged};
use crate::changes::{Change, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `appInfoLocalizations`.
pub struct AppInfoLocalizations;

const KIND: &str = "appInfoLocalizations";

const TEXTS: &[Text] = &[
    ("name", "The app name", Most::Characters(30)),
    ("subtitle", "The subtitle", Most::Characters(30)),
    ("privacyPolicyUrl", "The privacy policy URL", Most::Characters(255)),
    ("privacyChoicesUrl", "The privacy choices URL", Most::Characters(255)),
    ("privacyPolicyText", "The privacy policy", Most::Characters(4000)),
];

impl Behavior for AppInfoLocalizations {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn facets(&self) -> &'static [&'static str] {
        &["name"]
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                check_texts(&draft.attributes, problems);
                let info = draft.one("appInfo").map(|id| view.find("appInfos", id)).transpose()?;
                let Some(info) = info.flatten() else { return Ok(()) };
                check_open(&info, &draft.attributes, problems);
                locales::check_new(draft, ("appInfos", "appInfo", KIND), view, problems)?;
                let locale = draft.text("locale");
                check_name(&draft.attributes, (info.app.as_deref(), locale), view, problems)
            }
            Change::Update { before, attributes, .. } => {
                check_texts(attributes, problems);
                for info in view.related(KIND, &before.id, "appInfo")? {
                    check_open(&info, attributes, problems);
                }
                let locale = before.text("locale");
                check_name(attributes, (before.app.as_deref(), locale), view, problems)
            }
            Change::Delete { before } => {
                for info in view.related(KIND, &before.id, "appInfo")? {
                    if app_infos::is_locked(&info) {
                        problems.push(locked("locale"));
                    }
                }
                locales::check_end(before, view, problems)
            }
            Change::Link { .. } => Ok(()),
        }
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        ids: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Create { draft, .. } => match view.find(KIND, &draft.id)? {
                Some(made) => spread(&made, view, ids)?,
                None => Vec::new(),
            },
            Change::Update { before, attributes, .. } => {
                let mut effects = unchanged::restore(KIND, before, attributes, &["name"]);
                effects.extend(rename(before, attributes, view)?);
                effects
            }
            Change::Delete { .. } | Change::Link { .. } => Vec::new(),
        })
    }
}

fn check_texts(sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    texts::check_lengths(sent, TEXTS, problems);
    let name = sent.get("name").and_then(Value::as_str);
    if name.is_some_and(|name| name.chars().count() < 2) {
        let detail = "The app name must have at least 2 characters.";
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("name"));
    }
}

fn check_open(info: &Resource, sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    if app_infos::is_locked(info) {
        for (name, _) in sent.iter().filter(|(_, value)| !value.is_null()) {
            problems.push(locked(name));
        }
    }
}

/// Source: recorded; the detail names the field.
fn locked(name: &str) -> Problem {
    let detail = format!("The field '{name}' can not be modified in the current state");
    Problem::new(Code::AttributeState, detail).at_attribute(name)
}

/// Source: recorded for names of other apps.
fn check_name(
    sent: &Map<String, Value>,
    (app, locale): (Option<&str>, Option<&str>),
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(name) = sent.get("name").and_then(Value::as_str) else { return Ok(()) };
    let taken = view.having(KIND, "name", name)?;
    if taken.iter().any(|other| other.app.as_deref() != app && other.text("locale") == locale) {
        let detail = format!("The app name '{name}' is already being used by another app.");
        problems.push(Problem::new(Code::AttributeDuplicate, detail).at_attribute("name"));
    }
    Ok(())
}

/// The locale of a new localization appears on the versions that can be edited.
fn spread(made: &Resource, view: &View<'_>, ids: &mut Ids) -> Result<Vec<Effect>, Fault> {
    let (Some(app), Some(locale)) = (&made.app, made.text("locale")) else {
        return Ok(Vec::new());
    };
    let mut effects = Vec::new();
    for version in new_version::editable(app, view)? {
        let list = ("appStoreVersions", version.id.as_str(), "appStoreVersionLocalizations");
        if !locales::has(view, list, locale)? {
            effects.push(new_version::localization(&version.id, locale, ids));
        }
    }
    Ok(effects)
}

/// The app is named as in its primary locale, once it has no other app info that is live.
fn rename(
    before: &Resource,
    sent: &Map<String, Value>,
    view: &View<'_>,
) -> Result<Option<Effect>, Fault> {
    let (Some(app), Some(name)) = (&before.app, sent.get("name").filter(|name| name.is_string()))
    else {
        return Ok(None);
    };
    let primary = locales::primary(view, Some(app))?;
    let alone = view.linked("apps", app, "appInfos")?.len() == 1;
    let (kind, attributes) = ("apps", vec![("name", name.clone())]);
    let named = alone && primary.as_deref() == before.text("locale");
    Ok(named.then(|| Effect::Set { kind, id: app.clone(), attributes }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new, update};

    fn world(state: &str) -> World {
        let mut world = World::new();
        world.plant("appInfos", "i1", &json!({"state": state}), &[("app", &[APP])]);
        let name = json!({"locale": "en-US", "name": "App"});
        world.plant("appInfoLocalizations", "n1", &name, &[("appInfo", &["i1"])]);
        world
    }

    fn localization(attributes: &Value) -> Value {
        new("appInfoLocalizations", attributes, &[("appInfo", json!(["appInfos", "i1"]))])
    }

    fn patch(attributes: &Value) -> Value {
        update("appInfoLocalizations", "n1", attributes, &[])
    }

    #[test]
    fn a_locale_is_added_once() {
        let sent = localization(&json!({"locale": "en-US", "name": "Again"}));
        world("PREPARE_FOR_SUBMISSION").refuses(
            "POST /v1/appInfoLocalizations",
            &sent,
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                "/data/attributes/locale",
                "A localization with the locale 'en-US' already exists. Try updating it.",
            ),
        );
    }

    #[test]
    fn a_new_locale_appears_on_the_open_version_too() {
        let mut world = world("PREPARE_FOR_SUBMISSION");
        let version = json!({"platform": "IOS", "appVersionState": "PREPARE_FOR_SUBMISSION"});
        world.plant("appStoreVersions", "v1", &version, &[("app", &[APP])]);
        let sent = localization(&json!({"locale": "fr-FR", "name": "Montre"}));
        world.create("/v1/appInfoLocalizations", &sent);
        let there = json!({"data": [{"attributes": {"locale": "fr-FR"}}]});
        let list = "GET /v1/appStoreVersions/v1/appStoreVersionLocalizations";
        world.check(list, &Value::Null, &there);
    }

    #[test]
    fn names_have_2_to_30_characters_and_subtitles_at_most_30() {
        let mut world = world("PREPARE_FOR_SUBMISSION");
        let long = "x".repeat(31);
        for (attribute, label) in [("name", "The app name"), ("subtitle", "The subtitle")] {
            let mut sent = json!({});
            sent[attribute] = long.as_str().into();
            let detail = format!("{label} cannot be longer than 30 characters.");
            let pointer = format!("/data/attributes/{attribute}");
            let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG";
            let path = "PATCH /v1/appInfoLocalizations/n1";
            world.refuses(path, &patch(&sent), (code, &pointer, &detail));
        }
        world.refuses(
            "PATCH /v1/appInfoLocalizations/n1",
            &patch(&json!({"name": "A"})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/name",
                "The app name must have at least 2 characters.",
            ),
        );
    }

    #[test]
    fn a_live_app_info_is_locked() {
        world("READY_FOR_DISTRIBUTION").refuses(
            "PATCH /v1/appInfoLocalizations/n1",
            &patch(&json!({"subtitle": "Better"})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE",
                "/data/attributes/subtitle",
                "The field 'subtitle' can not be modified in the current state",
            ),
        );
    }

    #[test]
    fn a_localization_of_a_locked_app_info_stays() {
        let french = json!({"locale": "fr-FR", "name": "Montre"});
        let path = "DELETE /v1/appInfoLocalizations/n2";
        for state in ["READY_FOR_DISTRIBUTION", "IN_REVIEW", "PENDING_RELEASE"] {
            let mut world = world(state);
            world.plant("appInfoLocalizations", "n2", &french, &[("appInfo", &["i1"])]);
            let refused = (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE",
                "/data/attributes/locale",
                "The field 'locale' can not be modified in the current state",
            );
            world.refuses(path, &Value::Null, refused);
        }
        for state in ["PREPARE_FOR_SUBMISSION", "WAITING_FOR_REVIEW"] {
            let mut world = world(state);
            world.plant("appInfoLocalizations", "n2", &french, &[("appInfo", &["i1"])]);
            world.check(path, &Value::Null, &json!({"status": 204}));
        }
    }

    #[test]
    fn the_primary_localization_stays_and_names_the_app() {
        let mut world = world("PREPARE_FOR_SUBMISSION");
        world.refuses(
            "DELETE /v1/appInfoLocalizations/n1",
            &Value::Null,
            (
                "STATE_ERROR",
                "",
                "The localization in the primary locale of the app can not be deleted.",
            ),
        );
        let renamed = patch(&json!({"name": "Tides"}));
        world.check("PATCH /v1/appInfoLocalizations/n1", &renamed, &json!({"status": 200}));
        let named = json!({"data": {"attributes": {"name": "Tides"}}});
        world.check(&format!("GET /v1/apps/{APP}"), &Value::Null, &named);
    }

    #[test]
    fn a_name_is_one_apps_in_a_locale() {
        let mut world = world("PREPARE_FOR_SUBMISSION");
        world.plant("apps", "1002", &json!({"primaryLocale": "en-US"}), &[]);
        let open = json!({"state": "PREPARE_FOR_SUBMISSION"});
        world.plant_under("1002", "appInfos", "i2", &open, &[("app", &["1002"])]);
        let sent = json!({"locale": "en-US", "name": "App"});
        let info = [("appInfo", json!(["appInfos", "i2"]))];
        world.refuses(
            "POST /v1/appInfoLocalizations",
            &new("appInfoLocalizations", &sent, &info),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
                "/data/attributes/name",
                "The app name 'App' is already being used by another app.",
            ),
        );
    }
}
