//! The people of a team. They are never created here: who accepts an invitation becomes one.
//!
//! Sources: Apple's help on users and roles, recorded refusals of roles at or above the caller's.
//! The Account Holder stands above every key, so nobody changes, deletes or becomes one here.
//! Guess: the code for linkages of somebody who sees all apps.

use russet_wire::Problem;
use serde_json::{Map, Value};

use super::people::{self, Person};
use super::{Behavior, unchanged};
use crate::changes::{Change, Effect, LinkChange, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `users`.
pub struct Users;

const KIND: &str = "users";

impl Behavior for Users {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let (before, roles) = match change {
            Change::Create { .. } => return Ok(()),
            Change::Update { before, attributes, .. } => (before, attributes.get("roles")),
            Change::Delete { before } | Change::Link { before, .. } => (before, None),
        };
        let held = people::roles(before.attributes.get("roles"));
        let given = people::roles(roles);
        if !(view.permit.may_assign(held) && view.permit.may_assign(given)) {
            problems.splice(.., view.permit.refusal().0);
            return Ok(());
        }
        match change {
            Change::Update { attributes, relationships, .. } => {
                let apps = relationships.iter().find(|(name, _)| *name == "visibleApps");
                let apps = apps.map(|(_, ids)| ids.as_slice());
                check_update(before, attributes, apps, view, problems)
            }
            Change::Link { how, ids, .. } => check_apps(before, *how, ids, view, problems),
            Change::Create { .. } | Change::Delete { .. } => Ok(()),
        }
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        match change {
            Change::Update { before, attributes, .. } => {
                let kept = &["roles", "allAppsVisible", "provisioningAllowed"];
                let mut effects = unchanged::restore(KIND, before, attributes, kept);
                let Some(after) = view.find(KIND, &before.id)? else { return Ok(effects) };
                effects.extend(see_all(&after));
                Ok(effects)
            }
            Change::Delete { before } => Ok(leave_groups(before, view)?),
            Change::Create { .. } | Change::Link { .. } => Ok(Vec::new()),
        }
    }
}

fn check_update(
    before: &Resource,
    sent: &Map<String, Value>,
    apps: Option<&[String]>,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    people::check_roles(sent.get("roles"), problems);
    let kept = || before.attributes.get("roles");
    let roles = people::roles(sent.get("roles").filter(|roles| roles.is_array()).or_else(kept));
    let flag = |name: &str| sent.get(name).and_then(Value::as_bool);
    let all_apps = flag("allAppsVisible");
    let will_see_all = all_apps.unwrap_or_else(|| before.flag("allAppsVisible"));
    let person = Person {
        roles,
        all_apps: Some(will_see_all).filter(|_| all_apps.is_some() || will_see_all),
        provisioning: flag("provisioningAllowed"),
        apps,
    };
    people::check(&person, problems);
    if people::always_sees_all(roles) || will_see_all {
        return Ok(());
    }
    let none = match apps {
        Some(apps) => apps.is_empty(),
        None => view.linked(KIND, &before.id, "visibleApps")?.is_empty(),
    };
    if none {
        problems.push(people::sees_none());
    }
    Ok(())
}

/// Linkages of visible apps are for those who do not see all, who keep at least one.
fn check_apps(
    before: &Resource,
    how: LinkChange,
    ids: &[String],
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let roles = people::roles(before.attributes.get("roles"));
    if before.flag("allAppsVisible") || people::always_sees_all(roles) {
        problems.push(people::sees_all());
        return Ok(());
    }
    let none = match how {
        LinkChange::Add => false,
        LinkChange::Replace => ids.is_empty(),
        LinkChange::Remove => {
            let there = view.linked(KIND, &before.id, "visibleApps")?;
            there.iter().all(|app| ids.contains(app))
        }
    };
    if none {
        problems.push(people::sees_none());
    }
    Ok(())
}

/// Who sees all apps has no list of them.
fn see_all(after: &Resource) -> Vec<Effect> {
    let always = people::always_sees_all(people::roles(after.attributes.get("roles")));
    let mut effects = Vec::new();
    if always && !after.flag("allAppsVisible") {
        let attributes = vec![("allAppsVisible", Value::Bool(true))];
        effects.push(Effect::Set { kind: KIND, id: after.id.clone(), attributes });
    }
    if always || after.flag("allAppsVisible") {
        effects.push(Effect::Link {
            kind: KIND,
            id: after.id.clone(),
            relationship: "visibleApps",
            how: LinkChange::Replace,
            to: Vec::new(),
        });
    }
    effects
}

/// Internal groups are for users of the team. Source: our reading of Apple's help.
fn leave_groups(before: &Resource, view: &View<'_>) -> Result<Vec<Effect>, Fault> {
    let mut effects = Vec::new();
    let Some(email) = before.text("username") else { return Ok(effects) };
    for tester in view.having("betaTesters", "email", email)? {
        let groups = view.related("betaTesters", &tester.id, "betaGroups")?;
        let internal = groups.into_iter().filter(|group| group.flag("isInternalGroup"));
        effects.push(Effect::Link {
            kind: "betaTesters",
            id: tester.id,
            relationship: "betaGroups",
            how: LinkChange::Remove,
            to: internal.map(|group| group.id).collect(),
        });
    }
    Ok(effects)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, linkage, update};

    const FORBIDDEN: (&str, &str, &str) =
        ("FORBIDDEN_ERROR", "", "The API key in use does not allow this request");

    fn world() -> World {
        let mut world = World::new();
        for (id, role, all) in [
            ("holder", "ACCOUNT_HOLDER", true),
            ("admin", "ADMIN", true),
            ("all", "MARKETING", true),
            ("some", "DEVELOPER", false),
        ] {
            let user = json!({"username": format!("{id}@example.com"), "roles": [role],
                "allAppsVisible": all, "provisioningAllowed": false});
            let apps: &[&str] = if all { &[] } else { &[APP] };
            world.plant("users", id, &user, &[("visibleApps", apps)]);
        }
        world
    }

    fn patch(id: &str, attributes: &Value) -> Value {
        update("users", id, attributes, &[])
    }

    #[test]
    fn the_account_holder_is_neither_changed_nor_deleted() {
        let mut world = world();
        let demoted = patch("holder", &json!({"roles": ["DEVELOPER"]}));
        world.refuses("PATCH /v1/users/holder", &demoted, FORBIDDEN);
        world.refuses("DELETE /v1/users/holder", &Value::Null, FORBIDDEN);
    }

    #[test]
    fn a_key_gives_no_role_at_or_above_its_own() {
        let mut world = world();
        for role in ["ACCOUNT_HOLDER", "ADMIN"] {
            let raised = patch("some", &json!({"roles": [role]}));
            world.refuses("PATCH /v1/users/some", &raised, FORBIDDEN);
        }
        let raised = patch("some", &json!({"roles": ["APP_MANAGER"]}));
        world.refuses("APP_MANAGER PATCH /v1/users/some", &raised, FORBIDDEN);
        let given = json!({"data": {"attributes": {"roles": ["APP_MANAGER"]}}});
        world.check("PATCH /v1/users/some", &raised, &given);
    }

    #[test]
    fn a_user_has_at_least_one_role() {
        world().refuses(
            "PATCH /v1/users/some",
            &patch("some", &json!({"roles": []})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/roles",
                "A user must have at least one role.",
            ),
        );
    }

    #[test]
    fn finance_sees_all_apps() {
        let mut world = world();
        let limited = patch("all", &json!({"roles": ["FINANCE"], "allAppsVisible": false}));
        world.refuses(
            "PATCH /v1/users/all",
            &limited,
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/allAppsVisible",
                "Users with the role ADMIN or FINANCE always see all apps.",
            ),
        );
        let moved = patch("some", &json!({"roles": ["FINANCE"]}));
        let sees_all = json!({"data": {"attributes": {"allAppsVisible": true}}});
        world.check("PATCH /v1/users/some", &moved, &sees_all);
        let none = json!({"data": []});
        world.check("GET /v1/users/some/relationships/visibleApps", &Value::Null, &none);
    }

    #[test]
    fn who_does_not_see_all_apps_sees_some() {
        let mut world = world();
        let blind = (
            "ENTITY_ERROR.RELATIONSHIP.REQUIRED",
            "/data/relationships/visibleApps",
            "You must provide a value for the relationship 'visibleApps' with this request",
        );
        let limited = json!({"allAppsVisible": false});
        world.refuses("PATCH /v1/users/all", &patch("all", &limited), blind);
        let path = "/v1/users/some/relationships/visibleApps";
        world.refuses(&format!("PATCH {path}"), &linkage(&json!([])), blind);
        let app = linkage(&json!([["apps", APP]]));
        world.refuses(&format!("DELETE {path}"), &app, blind);
        let apps = [("visibleApps", json!([["apps", APP]]))];
        let limited = update("users", "all", &limited, &apps);
        world.check("PATCH /v1/users/all", &limited, &json!({"status": 200}));
    }

    #[test]
    fn single_apps_are_chosen_only_for_limited_users() {
        let mut world = world();
        let path = "POST /v1/users/all/relationships/visibleApps";
        world.refuses(
            path,
            &linkage(&json!([["apps", APP]])),
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "/data/relationships/visibleApps",
                "Visible apps can only be chosen for users who do not see all apps.",
            ),
        );
    }

    #[test]
    fn provisioning_needs_a_role_that_may_have_it() {
        let mut world = world();
        let allowed = json!({"provisioningAllowed": true});
        world.refuses(
            "PATCH /v1/users/all",
            &patch("all", &allowed),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/provisioningAllowed",
                "Access to Certificates, Identifiers & Profiles needs the role ADMIN, \
                 APP_MANAGER or DEVELOPER.",
            ),
        );
        let given = json!({"data": {"attributes": {"provisioningAllowed": true}}});
        world.check("PATCH /v1/users/some", &patch("some", &allowed), &given);
    }

    #[test]
    fn a_deleted_user_leaves_internal_groups() {
        let mut world = world();
        let group = json!({"name": "QA", "isInternalGroup": true});
        world.plant("betaGroups", "g1", &group, &[("app", &[APP])]);
        let links: &[(&'static str, &[&str])] = &[("apps", &[APP]), ("betaGroups", &["g1"])];
        world.plant("betaTesters", "t1", &json!({"email": "some@example.com"}), links);
        world.check("DELETE /v1/users/some", &Value::Null, &json!({"status": 204}));
        let none = json!({"data": []});
        world.check("GET /v1/betaGroups/g1/betaTesters", &Value::Null, &none);
    }
}
