//! Testers: a record for each app and address, in groups or on single builds.
//!
//! Sources: Apple's TestFlight help, recorded refusals (`Tester(s) cannot be assigned` for people
//! who are not users of the team, who test another app, or who are in the group already). Guess:
//! a second record for an address of the same app is refused with that text too.

use russet_wire::{Code, Problem};
use serde_json::json;

use super::{Behavior, build_beta_details, tester_access};
use crate::changes::{Change, Draft, Effect, LinkChange, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `betaTesters`.
pub struct BetaTesters;

const KIND: &str = "betaTesters";

impl Behavior for BetaTesters {
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
            Change::Link { before, relationship: "betaGroups", how, ids } => {
                for group in found(view, "betaGroups", ids)? {
                    if closed(view, &group) {
                        problems.splice(.., view.permit.refusal().0);
                        return Ok(());
                    }
                    if *how == LinkChange::Add {
                        problems.extend(check_joining(view, before, &group)?);
                    }
                }
                Ok(())
            }
            Change::Link { before, relationship: "builds", how: LinkChange::Add, ids } => {
                for build in found(view, "builds", ids)? {
                    problems.extend(check_assigned(view, before, &build)?);
                }
                Ok(())
            }
            Change::Delete { before } | Change::Link { before, relationship: "apps", .. } => {
                if view.permit.lacks().is_some() && is_external(view, &before.id)? {
                    problems.splice(.., view.permit.refusal().0);
                }
                Ok(())
            }
            Change::Link { .. } | Change::Update { .. } => Ok(()),
        }
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        let groups = found(view, "betaGroups", draft.ids("betaGroups"))?;
        let builds = found(view, "builds", draft.ids("builds"))?;
        draft.set("inviteType", "EMAIL");
        draft.set("state", tester_access::state_of_new(view, &groups, &builds)?);
        draft.set("appDevices", json!([]));
        if let Some(app) = app_of(&groups, &builds) {
            draft.relationships.push(("apps", vec![app.to_owned()]));
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let mut effects = Vec::new();
        match change {
            Change::Create { draft, .. } => {
                for group in draft.ids("betaGroups") {
                    effects.extend(tester_access::settle_group(view, group)?);
                }
                for build in draft.ids("builds") {
                    effects.extend(build_beta_details::settle(view, build)?);
                }
            }
            Change::Link { before, relationship: "betaGroups", how: LinkChange::Add, ids } => {
                for group in *ids {
                    effects.extend(tester_access::join(
                        view,
                        group,
                        std::slice::from_ref(&before.id),
                    )?);
                }
            }
            Change::Link { relationship: "builds", ids, .. } => {
                for build in *ids {
                    effects.extend(build_beta_details::settle(view, build)?);
                }
            }
            Change::Link { before, relationship: "apps", how: LinkChange::Remove, ids } => {
                for app in *ids {
                    effects.extend(tester_access::forget(view, &before.id, app)?);
                }
            }
            _ => {}
        }
        Ok(effects)
    }
}

fn check_new(draft: &Draft, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let groups = found(view, "betaGroups", draft.ids("betaGroups"))?;
    let builds = found(view, "builds", draft.ids("builds"))?;
    if groups.iter().any(|group| closed(view, group)) {
        problems.splice(.., view.permit.refusal().0);
        return Ok(());
    }
    let sent = |name| draft.relationships.iter().any(|(sent, _)| *sent == name);
    if sent("betaGroups") && sent("builds") {
        // Source: the start of the detail is recorded.
        let detail = "Only one relationship should be included: 'betaGroups' or 'builds'.";
        problems.push(Problem::new(Code::RelationshipInvalid, detail));
        return Ok(());
    }
    if groups.is_empty() && builds.is_empty() {
        // What is named and not there has been told.
        if problems.is_empty() {
            let detail =
                "You must provide a value for the relationship 'betaGroups' with this request";
            let problem = Problem::new(Code::RelationshipRequired, detail);
            problems.push(problem.at_relationship("betaGroups"));
        }
        return Ok(());
    }
    let app = app_of(&groups, &builds);
    if groups.iter().chain(&builds).any(|one| one.app.as_deref() != app) {
        let detail = "A tester is added to groups or builds of one app.";
        problems.push(Problem::new(Code::RelationshipInvalid, detail));
    }
    let Some(email) = draft.text("email") else { return Ok(()) };
    let known = view.having(KIND, "email", email)?;
    let internal = groups.iter().any(|group| group.flag("isInternalGroup"));
    if (internal && !is_user(view, email)?) || known.iter().any(|one| one.app.as_deref() == app) {
        problems.push(cannot_be_assigned());
    }
    Ok(())
}

/// Returns why a tester does not get into a group.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn check_joining(
    view: &View<'_>,
    tester: &Resource,
    group: &Resource,
) -> Result<Option<Problem>, Fault> {
    let apps = view.linked(KIND, &tester.id, "apps")?;
    let elsewhere = group.app.as_ref().is_none_or(|app| !apps.contains(app));
    let there = view.linked(KIND, &tester.id, "betaGroups")?.contains(&group.id);
    let stranger = group.flag("isInternalGroup")
        && match tester.text("email") {
            Some(email) => !is_user(view, email)?,
            None => true,
        };
    Ok((elsewhere || there || stranger).then(cannot_be_assigned))
}

/// Returns why a tester does not get a single build.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn check_assigned(
    view: &View<'_>,
    tester: &Resource,
    build: &Resource,
) -> Result<Option<Problem>, Fault> {
    let apps = view.linked(KIND, &tester.id, "apps")?;
    let elsewhere = build.app.as_ref().is_none_or(|app| !apps.contains(app));
    Ok(elsewhere.then(cannot_be_assigned))
}

/// Source: recorded.
fn cannot_be_assigned() -> Problem {
    Problem::new(Code::State, "Tester(s) cannot be assigned")
}

/// Returns whether a tester is anything else than a member of internal groups.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn is_external(view: &View<'_>, tester: &str) -> Result<bool, Fault> {
    let groups = view.related(KIND, tester, "betaGroups")?;
    Ok(groups.is_empty() || groups.iter().any(|group| !group.flag("isInternalGroup")))
}

/// Whether the caller may not touch who is in a group.
fn closed(view: &View<'_>, group: &Resource) -> bool {
    !group.flag("isInternalGroup") && view.permit.lacks().is_some()
}

/// Returns whether an address is that of a user of the team, whatever its case.
fn is_user(view: &View<'_>, email: &str) -> Result<bool, Fault> {
    let same = |user: &Resource| {
        user.text("username").is_some_and(|username| username.eq_ignore_ascii_case(email))
    };
    Ok(view.all("users")?.iter().any(same))
}

fn app_of<'a>(groups: &'a [Resource], builds: &'a [Resource]) -> Option<&'a str> {
    groups.iter().chain(builds).find_map(|one| one.app.as_deref())
}

/// Returns the resources of a kind with these ids.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn found(view: &View<'_>, kind: &str, ids: &[String]) -> Result<Vec<Resource>, Fault> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(view.find(kind, id)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, linkage, new};

    const REFUSED: (&str, &str, &str) = ("STATE_ERROR", "", "Tester(s) cannot be assigned");

    fn world() -> World {
        let mut world = World::new();
        for (id, internal) in [("in", true), ("out", false), ("more", false)] {
            let group = json!({"name": id, "isInternalGroup": internal});
            world.plant("betaGroups", id, &group, &[("app", &[APP])]);
        }
        world.plant("users", "u1", &json!({"username": "ada@example.com"}), &[]);
        let build = json!({"processingState": "VALID", "usesNonExemptEncryption": false});
        world.plant("builds", "b1", &build, &[("app", &[APP])]);
        let states = json!({"externalBuildState": "IN_BETA_TESTING"});
        world.plant("buildBetaDetails", "b1", &states, &[("build", &["b1"])]);
        world
    }

    fn tester(email: &str, group: &str) -> Value {
        let groups = [("betaGroups", json!([["betaGroups", group]]))];
        new("betaTesters", &json!({"email": email}), &groups)
    }

    #[test]
    fn an_external_tester_waits_for_a_build() {
        let expected = json!({"status": 201, "data": {"attributes": {
            "state": "NOT_INVITED", "inviteType": "EMAIL", "appDevices": [],
        }}});
        world().check("POST /v1/betaTesters", &tester("pia@example.com", "out"), &expected);
    }

    #[test]
    fn an_external_tester_with_a_build_to_install_is_invited() {
        let builds = [("builds", json!([["builds", "b1"]]))];
        let sent = new("betaTesters", &json!({"email": "pia@example.com"}), &builds);
        let expected = json!({"data": {"attributes": {"state": "INVITED"}}});
        world().check("POST /v1/betaTesters", &sent, &expected);
    }

    #[test]
    fn an_internal_tester_is_invited_at_once_and_listed_under_the_app() {
        let mut world = world();
        let expected = json!({"status": 201, "data": {"attributes": {"state": "INVITED"}}});
        let sent = tester("ADA@example.com", "in");
        let reply = world.check("POST /v1/betaTesters", &sent, &expected);
        let listed = json!({"data": [{"id": reply["data"]["id"]}]});
        world.check(&format!("GET /v1/betaTesters?filter[apps]={APP}"), &Value::Null, &listed);
    }

    #[test]
    fn an_internal_group_takes_only_users_of_the_team() {
        let mut world = world();
        world.refuses("POST /v1/betaTesters", &tester("pia@example.com", "in"), REFUSED);
        let id = world.create("/v1/betaTesters", &tester("pia@example.com", "out"));
        world.refuses(
            "POST /v1/betaGroups/in/relationships/betaTesters",
            &linkage(&json!([["betaTesters", id]])),
            REFUSED,
        );
    }

    #[test]
    fn an_address_is_added_to_an_app_once() {
        let mut world = world();
        world.create("/v1/betaTesters", &tester("pia@example.com", "out"));
        world.refuses("POST /v1/betaTesters", &tester("pia@example.com", "more"), REFUSED);
    }

    #[test]
    fn a_tester_joins_a_group_once() {
        let mut world = world();
        let id = world.create("/v1/betaTesters", &tester("pia@example.com", "out"));
        let path = format!("POST /v1/betaTesters/{id}/relationships/betaGroups");
        world.check(&path, &linkage(&json!([["betaGroups", "more"]])), &json!({"status": 204}));
        world.refuses(&path, &linkage(&json!([["betaGroups", "more"]])), REFUSED);
    }

    #[test]
    fn a_tester_comes_with_groups_or_builds_and_not_with_both_or_none() {
        let mut world = world();
        let mut both = tester("pia@example.com", "out");
        both["data"]["relationships"]["builds"] = linkage(&json!([["builds", "b1"]]));
        world.refuses(
            "POST /v1/betaTesters",
            &both,
            (
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "",
                "Only one relationship should be included: 'betaGroups' or 'builds'.",
            ),
        );
        world.refuses(
            "POST /v1/betaTesters",
            &new("betaTesters", &json!({"email": "pia@example.com"}), &[]),
            (
                "ENTITY_ERROR.RELATIONSHIP.REQUIRED",
                "/data/relationships/betaGroups",
                "You must provide a value for the relationship 'betaGroups' with this request",
            ),
        );
    }

    #[test]
    fn a_developer_adds_testers_to_internal_groups_only() {
        let mut world = world();
        let refused = ("FORBIDDEN_ERROR", "", "");
        let outside = tester("pia@example.com", "out");
        world.refuses("DEVELOPER POST /v1/betaTesters", &outside, refused);
        let inside = tester("ada@example.com", "in");
        let made = json!({"status": 201});
        let reply = world.check("DEVELOPER POST /v1/betaTesters", &inside, &made);
        let id = reply["data"]["id"].as_str().expect("an id").to_owned();
        let outsider = world.create("/v1/betaTesters", &outside);
        let path = format!("DEVELOPER DELETE /v1/betaTesters/{outsider}");
        world.refuses(&path, &Value::Null, refused);
        let path = format!("DEVELOPER DELETE /v1/betaTesters/{id}");
        world.check(&path, &Value::Null, &json!({"status": 202}));
    }

    #[test]
    fn a_deleted_tester_is_gone_and_the_reply_is_202() {
        let mut world = world();
        let id = world.create("/v1/betaTesters", &tester("pia@example.com", "out"));
        let path = format!("/v1/betaTesters/{id}");
        world.check(&format!("DELETE {path}"), &Value::Null, &json!({"status": 202}));
        world.check(&format!("GET {path}"), &Value::Null, &json!({"status": 404}));
    }

    #[test]
    fn a_tester_taken_off_the_last_app_is_gone() {
        let mut world = world();
        let id = world.create("/v1/betaTesters", &tester("pia@example.com", "out"));
        world.check(
            &format!("DELETE /v1/betaTesters/{id}/relationships/apps"),
            &linkage(&json!([["apps", APP]])),
            &json!({"status": 202}),
        );
        let gone = json!({"status": 404});
        world.check(&format!("GET /v1/betaTesters/{id}"), &Value::Null, &gone);
    }
}
