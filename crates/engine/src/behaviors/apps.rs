//! Apps: what can be changed of one. They are made elsewhere.
//!
//! Sources: Apple's document and help. Guesses: the codes for a bundle id that is fixed, unknown
//! or taken. Our choice: the primary locale is one that the app is named in.

use russet_wire::{Code, Problem};
use serde_json::Value;

use super::{Behavior, beta_testers, locales, tester_access, unchanged};
use crate::changes::{Change, Effect, LinkChange, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `apps`.
pub struct Apps;

const KIND: &str = "apps";

impl Behavior for Apps {
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
                let sent = |name: &str| attributes.get(name).and_then(Value::as_str);
                if let Some(identifier) = sent("bundleId") {
                    check_bundle_id(before, identifier, view, problems)?;
                }
                match sent("primaryLocale") {
                    Some(locale) => check_primary_locale(before, locale, view, problems),
                    None => Ok(()),
                }
            }
            Change::Link { relationship: "betaTesters", ids, .. }
                if view.permit.lacks().is_some() =>
            {
                for tester in *ids {
                    if beta_testers::is_external(view, tester)? {
                        problems.splice(.., view.permit.refusal().0);
                        return Ok(());
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let mut effects = Vec::new();
        match change {
            Change::Update { before, attributes, .. } => {
                let kept = &["bundleId", "primaryLocale"];
                effects.extend(unchanged::restore(KIND, before, attributes, kept));
                let identifier = attributes.get("bundleId").and_then(Value::as_str);
                if let Some(identifier) = identifier.filter(|i| before.text("bundleId") != Some(i))
                {
                    effects.extend(move_bundle_id(before, identifier, view)?);
                }
            }
            Change::Link { before, relationship: "betaTesters", how: LinkChange::Remove, ids } => {
                for tester in *ids {
                    effects.extend(tester_access::forget(view, tester, &before.id)?);
                }
            }
            _ => {}
        }
        Ok(effects)
    }
}

/// A bundle id is chosen from those of the team and fixed by the first build.
fn check_bundle_id(
    before: &Resource,
    identifier: &str,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    if before.text("bundleId") == Some(identifier) {
        return Ok(());
    }
    let (code, detail) = if !view.linked(KIND, &before.id, "builds")?.is_empty() {
        (Code::AttributeState, "The attribute 'bundleId' can not be modified.".to_owned())
    } else if view.having("bundleIds", "identifier", identifier)?.is_empty() {
        let detail = format!("There is no App ID with the identifier '{identifier}' on this team.");
        (Code::AttributeInvalid, detail)
    } else if !view.having(KIND, "bundleId", identifier)?.is_empty() {
        let detail = format!("The bundle ID '{identifier}' is already being used by another app.");
        (Code::AttributeDuplicate, detail)
    } else {
        return Ok(());
    };
    problems.push(Problem::new(code, detail).at_attribute("bundleId"));
    Ok(())
}

/// A primary locale is one that an app info of the app has a localization in. Our choice, as are
/// code and wording.
fn check_primary_locale(
    before: &Resource,
    locale: &str,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    if before.text("primaryLocale") == Some(locale) {
        return Ok(());
    }
    for info in view.linked(KIND, &before.id, "appInfos")? {
        if locales::has(view, ("appInfos", &info, "appInfoLocalizations"), locale)? {
            return Ok(());
        }
    }
    let detail = format!("The app has no localization with the locale '{locale}'.");
    problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("primaryLocale"));
    Ok(())
}

/// The old bundle id is free again, the new one is the app's.
fn move_bundle_id(
    before: &Resource,
    identifier: &str,
    view: &View<'_>,
) -> Result<Vec<Effect>, Fault> {
    let link = |bundle_id: Resource, to: Vec<String>| Effect::Link {
        kind: "bundleIds",
        id: bundle_id.id,
        relationship: "app",
        how: LinkChange::Replace,
        to,
    };
    let mut effects = Vec::new();
    let old = before.text("bundleId").unwrap_or_default();
    for bundle_id in view.having("bundleIds", "identifier", old)? {
        effects.push(link(bundle_id, Vec::new()));
    }
    for bundle_id in view.having("bundleIds", "identifier", identifier)? {
        effects.push(link(bundle_id, vec![before.id.clone()]));
    }
    Ok(effects)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, linkage, update};

    const PATH: &str = "PATCH /v1/apps/1001";

    fn bundle_id(identifier: &str) -> Value {
        update("apps", APP, &json!({"bundleId": identifier}), &[])
    }

    #[test]
    fn a_bundle_id_is_changed_before_the_first_build_only() {
        let mut world = World::new();
        world.plant("bundleIds", "NEW", &json!({"identifier": "com.example.new"}), &[]);
        let renamed = json!({"data": {"attributes": {"bundleId": "com.example.new"}}});
        world.check(PATH, &bundle_id("com.example.new"), &renamed);
        let owner = json!({"data": {"id": APP}});
        world.check("GET /v1/bundleIds/NEW/app", &Value::Null, &owner);
        world.plant("builds", "b1", &json!({"processingState": "VALID"}), &[("app", &[APP])]);
        let detail = "The attribute 'bundleId' can not be modified.";
        let code = "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE";
        let fixed = (code, "/data/attributes/bundleId", detail);
        world.refuses(PATH, &bundle_id("com.example.other"), fixed);
        world.check(PATH, &bundle_id("com.example.new"), &json!({"status": 200}));
    }

    #[test]
    fn a_bundle_id_is_registered_and_free() {
        let mut world = World::new();
        let detail = "There is no App ID with the identifier 'com.example.new' on this team.";
        let pointer = "/data/attributes/bundleId";
        let unknown = ("ENTITY_ERROR.ATTRIBUTE.INVALID", pointer, detail);
        world.refuses(PATH, &bundle_id("com.example.new"), unknown);
        world.plant("bundleIds", "NEW", &json!({"identifier": "com.example.new"}), &[]);
        world.plant("apps", "1002", &json!({"bundleId": "com.example.new"}), &[]);
        let detail = "The bundle ID 'com.example.new' is already being used by another app.";
        let taken = ("ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", pointer, detail);
        world.refuses(PATH, &bundle_id("com.example.new"), taken);
    }

    #[test]
    fn a_primary_locale_is_one_that_the_app_is_named_in() {
        let mut world = World::new();
        let open = json!({"state": "PREPARE_FOR_SUBMISSION"});
        world.plant("appInfos", "i1", &open, &[("app", &[APP])]);
        let french = json!({"locale": "fr-FR", "name": "Montre"});
        world.plant("appInfoLocalizations", "n1", &french, &[("appInfo", &["i1"])]);
        let locale = |locale: &str| update("apps", APP, &json!({"primaryLocale": locale}), &[]);
        for unknown in ["xx-ZZ", "de-DE"] {
            let detail = format!("The app has no localization with the locale '{unknown}'.");
            let pointer = "/data/attributes/primaryLocale";
            let refused = ("ENTITY_ERROR.ATTRIBUTE.INVALID", pointer, detail.as_str());
            world.refuses(PATH, &locale(unknown), refused);
        }
        // The one that it has is taken as it is.
        world.check(PATH, &locale("en-US"), &json!({"status": 200}));
        let moved = json!({"data": {"attributes": {"primaryLocale": "fr-FR"}}});
        world.check(PATH, &locale("fr-FR"), &moved);
    }

    #[test]
    fn a_name_is_not_changed_here() {
        World::new().refuses(
            PATH,
            &update("apps", APP, &json!({"name": "Other"}), &[]),
            (
                "ENTITY_ERROR.ATTRIBUTE.NOT_ALLOWED",
                "/data/attributes/name",
                "The attribute 'name' can not be included in a 'UPDATE' operation",
            ),
        );
    }

    #[test]
    fn a_tester_taken_off_an_app_leaves_its_groups() {
        let mut world = World::new();
        world.plant("apps", "1002", &json!({}), &[]);
        let group = json!({"name": "Friends", "isInternalGroup": false});
        world.plant("betaGroups", "g1", &group, &[("app", &[APP])]);
        let links: &[(&'static str, &[&str])] =
            &[("apps", &[APP, "1002"]), ("betaGroups", &["g1"])];
        world.plant("betaTesters", "t1", &json!({"email": "pia@example.com"}), links);
        world.check(
            "DELETE /v1/apps/1001/relationships/betaTesters",
            &linkage(&json!([["betaTesters", "t1"]])),
            &json!({"status": 202}),
        );
        let none = json!({"data": []});
        world.check("GET /v1/betaGroups/g1/betaTesters", &Value::Null, &none);
    }
}
