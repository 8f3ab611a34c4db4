//! App infos: one that is live, one that can be edited, two words for the state of each.
//!
//! Sources: Apple's help, app infos as clients see them; the code for editing a locked one is
//! recorded for its localizations. Guess: the older word for a pending release.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, new_version};
use crate::changes::{Change, Draft, Effect, Resource, View};
use crate::failure::Fault;
use crate::ids::Ids;
use crate::reference::AppCategory;

/// The behavior of `appInfos`.
pub struct AppInfos;

const KIND: &str = "appInfos";
const LOCALIZATIONS: &str = "appInfoLocalizations";
const AGE_RATINGS: &str = "ageRatingDeclarations";

/// Categories and the relationships that name parts of them.
const CATEGORIES: &[(&str, [&str; 2])] = &[
    ("primaryCategory", ["primarySubcategoryOne", "primarySubcategoryTwo"]),
    ("secondaryCategory", ["secondarySubcategoryOne", "secondarySubcategoryTwo"]),
];

impl Behavior for AppInfos {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Update { before, relationships, .. } = change else { return Ok(()) };
        if is_locked(before) {
            for (name, _) in *relationships {
                let detail = format!("The field '{name}' can not be modified in the current state");
                problems.push(Problem::new(Code::AttributeState, detail).at_relationship(name));
            }
            return Ok(());
        }
        let sent = |name: &str| {
            let sent = relationships.iter().find(|(sent, _)| *sent == name);
            sent.map(|(_, ids)| ids.clone())
        };
        for (category, parts) in CATEGORIES {
            let chosen = match sent(category) {
                Some(ids) => ids,
                None => view.linked(KIND, &before.id, category)?,
            };
            for part in parts {
                let Some(id) = sent(part).and_then(|ids| ids.into_iter().next()) else { continue };
                let parent = AppCategory::find(&id).and_then(|category| category.parent);
                if parent.is_none() || parent != chosen.first().map(String::as_str) {
                    // Source: recorded with a pointer and no detail.
                    problems
                        .push(Problem::new(Code::RelationshipInvalid, "").at_relationship(part));
                }
            }
        }
        Ok(())
    }

    fn derive(&self, attributes: &mut Map<String, Value>) {
        let Some(state) = attributes.get("state").and_then(Value::as_str) else { return };
        let older = match state {
            "PENDING_RELEASE" => "PENDING_DEVELOPER_RELEASE",
            "READY_FOR_DISTRIBUTION" => "READY_FOR_SALE",
            "REPLACED_WITH_NEW_INFO" => "REPLACED_WITH_NEW_VERSION",
            same => same,
        };
        let older = Value::from(older);
        attributes.insert("appStoreState".to_owned(), older);
    }
}

/// Returns whether an app info and its localizations are closed to edits. Source: Apple's help
/// (while in review and once approved), recorded refusals (live); waiting ones stay open.
pub(super) fn is_locked(info: &Resource) -> bool {
    let open = ["PREPARE_FOR_SUBMISSION", "DEVELOPER_REJECTED", "REJECTED", "WAITING_FOR_REVIEW"];
    info.text("state").is_some_and(|state| !open.contains(&state))
}

/// Returns what gives an app an app info that can be edited, where it has only a live one: a copy
/// with localizations, categories and age rating. Source: observed when a version is created.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn open(app: &str, view: &View<'_>, ids: &mut Ids) -> Result<Vec<Effect>, Fault> {
    let infos = view.related("apps", app, KIND)?;
    let [live] = infos.as_slice() else { return Ok(Vec::new()) };
    if live.text("state") != Some("READY_FOR_DISTRIBUTION") {
        return Ok(Vec::new());
    }
    let id = ids.uuid();
    let mut relationships = vec![("app", vec![app.to_owned()])];
    for (category, parts) in CATEGORIES {
        for name in [category].into_iter().chain(parts) {
            let linked = view.linked(KIND, &live.id, name)?;
            if !linked.is_empty() {
                relationships.push((name, linked));
            }
        }
    }
    let mut attributes = live.attributes.clone();
    attributes.insert("state".to_owned(), "PREPARE_FOR_SUBMISSION".into());
    let info = Draft { kind: KIND, id: id.clone(), attributes, relationships };
    let mut effects = vec![Effect::Create(info)];
    // The declaration is born with the app info and has its id.
    for rating in view.related(KIND, &live.id, "ageRatingDeclaration")? {
        let attributes = new_version::known(AGE_RATINGS, &rating.attributes);
        effects.push(Effect::Set { kind: AGE_RATINGS, id: id.clone(), attributes });
    }
    for from in view.related(KIND, &live.id, LOCALIZATIONS)? {
        effects.push(Effect::Create(Draft {
            kind: LOCALIZATIONS,
            id: ids.uuid(),
            attributes: from.attributes,
            relationships: vec![("appInfo", vec![id.clone()])],
        }));
    }
    Ok(effects)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, update};

    fn world(state: &str) -> World {
        let mut world = World::new();
        world.plant("appInfos", "i1", &json!({"state": state}), &[("app", &[APP])]);
        world
    }

    fn categories(links: &[(&str, &str)]) -> Value {
        let links: Vec<(&str, Value)> =
            links.iter().map(|(name, id)| (*name, json!(["appCategories", id]))).collect();
        update("appInfos", "i1", &json!({}), &links)
    }

    #[test]
    fn the_older_word_for_the_state_is_derived() {
        for (state, word) in [
            ("PENDING_RELEASE", "PENDING_DEVELOPER_RELEASE"),
            ("READY_FOR_DISTRIBUTION", "READY_FOR_SALE"),
            ("IN_REVIEW", "IN_REVIEW"),
        ] {
            let expected = json!({"data": {"attributes": {"appStoreState": word}}});
            world(state).check("GET /v1/appInfos/i1", &Value::Null, &expected);
        }
    }

    #[test]
    fn a_subcategory_is_one_of_its_category() {
        let mut world = world("PREPARE_FOR_SUBMISSION");
        let games =
            categories(&[("primaryCategory", "GAMES"), ("primarySubcategoryOne", "GAMES_SPORTS")]);
        world.check("PATCH /v1/appInfos/i1", &games, &json!({"status": 200}));
        let part = categories(&[("primarySubcategoryTwo", "GAMES_WORD")]);
        world.check("PATCH /v1/appInfos/i1", &part, &json!({"status": 200}));
        let foreign = categories(&[
            ("secondaryCategory", "UTILITIES"),
            ("secondarySubcategoryOne", "GAMES_WORD"),
        ]);
        world.refuses(
            "PATCH /v1/appInfos/i1",
            &foreign,
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "/data/relationships/secondarySubcategoryOne",
                "",
            ),
        );
    }

    #[test]
    fn a_live_app_info_keeps_its_categories() {
        world("READY_FOR_DISTRIBUTION").refuses(
            "PATCH /v1/appInfos/i1",
            &categories(&[("primaryCategory", "GAMES")]),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE",
                "/data/relationships/primaryCategory",
                "The field 'primaryCategory' can not be modified in the current state",
            ),
        );
    }
}
