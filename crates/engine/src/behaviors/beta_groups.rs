//! Groups of testers: internal ones of team users, external ones of anyone, public links.
//!
//! Sources: Apple's document and TestFlight help, recorded refusals. Guesses: which groups get
//! `feedbackEnabled` and iOS builds on other devices by default (all), that a link stays when it
//! is switched off, the code for builds of another app and for builds that nobody can install.
//! Our choice: names have 1 to 255 characters and are not blank.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::texts::{self, Most};
use super::{Behavior, beta_testers, build_beta_details, tester_access, unchanged};
use crate::changes::{Change, Draft, Effect, LinkChange, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `betaGroups`.
pub struct BetaGroups;

const KIND: &str = "betaGroups";
const NAME: (&str, &str) = ("name", "The group name");

impl Behavior for BetaGroups {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let internal = match change {
            Change::Create { draft, .. } => draft.flag("isInternalGroup"),
            Change::Update { before, .. }
            | Change::Delete { before }
            | Change::Link { before, .. } => before.flag("isInternalGroup"),
        };
        if !internal && view.permit.lacks().is_some() {
            problems.splice(.., view.permit.refusal().0);
            return Ok(());
        }
        match change {
            Change::Create { draft, .. } => check_new(draft, view, problems),
            Change::Update { before, attributes, .. } => {
                check_link(internal, attributes, problems);
                let app = before.app.as_deref();
                check_name(app, Some(&before.id), attributes, view, problems)
            }
            Change::Link { before, relationship, how: LinkChange::Add, ids } => {
                check_added(before, relationship, ids, view, problems)
            }
            Change::Link { .. } | Change::Delete { .. } => Ok(()),
        }
    }

    fn fill(&self, draft: &mut Draft, _: &View<'_>, ids: &mut Ids) -> Result<(), Failure> {
        draft.default("isInternalGroup", false);
        if draft.flag("isInternalGroup") {
            draft.default("hasAccessToAllBuilds", false);
        } else {
            draft.default("publicLinkEnabled", false);
            draft.default("publicLinkLimitEnabled", false);
        }
        draft.default("feedbackEnabled", true);
        draft.default("iosBuildsAvailableForAppleSiliconMac", true);
        draft.default("iosBuildsAvailableForAppleVision", true);
        if draft.flag("publicLinkEnabled") {
            for (name, value) in public_link(ids) {
                draft.set(name, value);
            }
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        ids: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        let mut effects = Vec::new();
        match change {
            Change::Create { draft, .. } => {
                for build in draft.ids("builds") {
                    effects.extend(build_beta_details::settle(view, build)?);
                }
                let testers = draft.ids("betaTesters");
                effects.extend(tester_access::join(view, &draft.id, testers)?);
            }
            Change::Update { before, attributes, .. } => {
                effects.extend(unchanged::restore(KIND, before, attributes, CANNOT_BE_EMPTY));
                let enabled = attributes.get("publicLinkEnabled").and_then(Value::as_bool);
                if enabled == Some(true) && before.text("publicLink").is_none() {
                    let (id, attributes) = (before.id.clone(), public_link(ids).to_vec());
                    effects.push(Effect::Set { kind: KIND, id, attributes });
                }
            }
            Change::Delete { before } => {
                for build in view.linked(KIND, &before.id, "builds")? {
                    let settled = build_beta_details::settle_without(view, &build, &before.id)?;
                    effects.extend(settled);
                }
                for tester in view.linked(KIND, &before.id, "betaTesters")? {
                    effects.extend(tester_access::leave(view, &tester, before)?);
                }
            }
            Change::Link { relationship: "builds", ids, .. } => {
                for build in *ids {
                    effects.extend(build_beta_details::settle(view, build)?);
                }
            }
            Change::Link { before, relationship: "betaTesters", how: LinkChange::Add, ids } => {
                effects.extend(tester_access::join(view, &before.id, ids)?);
            }
            Change::Link { .. } => {}
        }
        Ok(effects)
    }
}

const CANNOT_BE_EMPTY: &[&str] = &[
    "name",
    "feedbackEnabled",
    "publicLinkEnabled",
    "publicLinkLimitEnabled",
    "iosBuildsAvailableForAppleSiliconMac",
    "iosBuildsAvailableForAppleVision",
];

/// Source: links as Apple's document and recorded groups show them.
fn public_link(ids: &mut Ids) -> [(&'static str, Value); 2] {
    let id = ids.alphanumeric(8);
    let link = format!("https://testflight.apple.com/join/{id}");
    [("publicLinkId", id.into()), ("publicLink", link.into())]
}

fn check_new(draft: &Draft, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let internal = draft.flag("isInternalGroup");
    check_link(internal, &draft.attributes, problems);
    if !internal && draft.flag("hasAccessToAllBuilds") {
        let detail = "Only an internal group can have access to all builds.";
        let problem = Problem::new(Code::AttributeInvalid, detail);
        problems.push(problem.at_attribute("hasAccessToAllBuilds"));
    }
    let app = draft.one("app");
    check_name(app, None, &draft.attributes, view, problems)?;
    let group = Resource {
        kind: KIND.to_owned(),
        id: draft.id.clone(),
        app: app.map(str::to_owned),
        attributes: draft.attributes.clone(),
    };
    check_added(&group, "builds", draft.ids("builds"), view, problems)?;
    check_added(&group, "betaTesters", draft.ids("betaTesters"), view, problems)
}

/// Links are for external groups and take one to ten thousand testers. Source: Apple's help.
fn check_link(internal: bool, sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    if internal && sent.get("publicLinkEnabled").and_then(Value::as_bool) == Some(true) {
        let detail = "An internal group can not have a public link.";
        let problem = Problem::new(Code::AttributeInvalid, detail);
        problems.push(problem.at_attribute("publicLinkEnabled"));
    }
    let limit = sent.get("publicLinkLimit").and_then(Value::as_i64);
    if limit.is_some_and(|limit| !(1..=10_000).contains(&limit)) {
        let detail = "The limit of a public link must be between 1 and 10000.";
        let problem = Problem::new(Code::AttributeInvalid, detail);
        problems.push(problem.at_attribute("publicLinkLimit"));
    }
}

/// Names are unique in an app. Source: Apple's help; the wording is ours, and so are the lengths.
fn check_name(
    app: Option<&str>,
    id: Option<&str>,
    sent: &Map<String, Value>,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    texts::check_not_blank(sent, NAME, problems);
    texts::check_lengths(sent, &[(NAME.0, NAME.1, Most::Characters(255))], problems);
    let Some(name) = sent.get("name").and_then(Value::as_str) else { return Ok(()) };
    let namesakes = view.having(KIND, "name", name)?;
    if namesakes.iter().any(|group| group.app.as_deref() == app && Some(group.id.as_str()) != id) {
        let detail = format!("A beta group with the name '{name}' already exists for this app.");
        problems.push(Problem::new(Code::AttributeDuplicate, detail).at_attribute("name"));
    }
    Ok(())
}

fn check_added(
    group: &Resource,
    relationship: &str,
    ids: &[String],
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    for id in ids {
        match relationship {
            "builds" => {
                // Source: recorded; reported of assignments from the group's side.
                let refused = "Builds cannot be assigned to this internal group.";
                if let Some(build) = view.find("builds", id)? {
                    problems.extend(check_build(group, &build, refused));
                }
            }
            "betaTesters" => {
                if let Some(tester) = view.find("betaTesters", id)? {
                    problems.extend(beta_testers::check_joining(view, &tester, group)?);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns why a group does not get a build. `refused` is the detail for groups that get every
/// build by themselves: it differs by the side that asks.
pub(super) fn check_build(
    group: &Resource,
    build: &Resource,
    refused: &'static str,
) -> Option<Problem> {
    if group.flag("isInternalGroup") && group.flag("hasAccessToAllBuilds") {
        return Some(Problem::new(Code::EntityUnprocessable, refused));
    }
    if group.app != build.app {
        let detail = format!("The build '{}' belongs to another app than the group.", build.id);
        return Some(Problem::new(Code::RelationshipInvalid, detail));
    }
    let testable = build.text("processingState") == Some("VALID") && !build.flag("expired");
    if !testable {
        let detail = format!("The build '{}' can not be tested.", build.id);
        return Some(Problem::new(Code::EntityUnprocessable, detail));
    }
    let internal_only = build.text("buildAudienceType") == Some("INTERNAL_ONLY");
    if internal_only && !group.flag("isInternalGroup") {
        let detail = format!("The build '{}' is for internal testing only.", build.id);
        return Some(Problem::new(Code::EntityUnprocessable, detail));
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, linkage, new, update};

    fn group(attributes: &Value) -> Value {
        new("betaGroups", attributes, &[("app", json!(["apps", APP]))])
    }

    fn world_with_build(state: &str, internal: &Value) -> (World, String) {
        let mut world = World::new();
        let build = json!({"version": "1", "processingState": state, "expired": false,
            "usesNonExemptEncryption": false, "buildAudienceType": "APP_STORE_ELIGIBLE"});
        world.plant("builds", "b1", &build, &[("app", &[APP])]);
        let states = json!({"internalBuildState": "READY_FOR_BETA_TESTING",
            "externalBuildState": "READY_FOR_BETA_SUBMISSION"});
        world.plant("buildBetaDetails", "b1", &states, &[("build", &["b1"])]);
        let mut attributes = json!({"name": "QA", "isInternalGroup": true});
        attributes["hasAccessToAllBuilds"] = internal.clone();
        let id = world.create("/v1/betaGroups", &group(&attributes));
        (world, id)
    }

    #[test]
    fn an_external_group_starts_without_a_link() {
        let expected = json!({"status": 201, "data": {"attributes": {
            "name": "Friends", "isInternalGroup": false, "hasAccessToAllBuilds": null,
            "publicLinkEnabled": false, "publicLinkLimitEnabled": false, "publicLink": null,
            "publicLinkId": null, "feedbackEnabled": true,
        }}});
        World::new().check("POST /v1/betaGroups", &group(&json!({"name": "Friends"})), &expected);
    }

    #[test]
    fn an_internal_group_has_no_link_attributes() {
        let sent = group(&json!({"name": "QA", "isInternalGroup": true}));
        let expected = json!({"status": 201, "data": {"attributes": {
            "hasAccessToAllBuilds": false, "publicLinkEnabled": null,
        }}});
        World::new().check("POST /v1/betaGroups", &sent, &expected);
    }

    #[test]
    fn names_are_unique_in_an_app() {
        let mut world = World::new();
        world.create("/v1/betaGroups", &group(&json!({"name": "QA"})));
        let other = world.create("/v1/betaGroups", &group(&json!({"name": "Others"})));
        let taken = (
            "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE",
            "/data/attributes/name",
            "A beta group with the name 'QA' already exists for this app.",
        );
        world.refuses("POST /v1/betaGroups", &group(&json!({"name": "QA"})), taken);
        let path = format!("PATCH /v1/betaGroups/{other}");
        world.refuses(&path, &update("betaGroups", &other, &json!({"name": "QA"}), &[]), taken);
        let same = update("betaGroups", &other, &json!({"name": "Others"}), &[]);
        world.check(&path, &same, &json!({"status": 200}));
    }

    #[test]
    fn switching_the_link_on_makes_it_and_switching_it_off_keeps_it() {
        let mut world = World::new();
        let id = world.create("/v1/betaGroups", &group(&json!({"name": "Open"})));
        let path = format!("PATCH /v1/betaGroups/{id}");
        let switch = |on: bool| update("betaGroups", &id, &json!({"publicLinkEnabled": on}), &[]);
        let reply = world.check(&path, &switch(true), &json!({"status": 200}));
        let link = reply["data"]["attributes"]["publicLink"].clone();
        let link = link.as_str().expect("a link");
        assert!(link.starts_with("https://testflight.apple.com/join/"), "{link}");
        let kept =
            json!({"data": {"attributes": {"publicLink": link, "publicLinkEnabled": false}}});
        world.check(&path, &switch(false), &kept);
        let kept = json!({"data": {"attributes": {"publicLink": link, "publicLinkEnabled": true}}});
        world.check(&path, &switch(true), &kept);
    }

    #[test]
    fn names_have_1_to_255_characters_and_are_not_blank() {
        let mut world = World::new();
        let id = world.create("/v1/betaGroups", &group(&json!({"name": "Friends"})));
        let path = format!("PATCH /v1/betaGroups/{id}");
        let rename = |name: &str| update("betaGroups", &id, &json!({"name": name}), &[]);
        let long = "\u{E9}".repeat(256);
        let invalid = "ENTITY_ERROR.ATTRIBUTE.INVALID";
        let too_long = "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG";
        for (name, code, detail) in [
            ("", invalid, "The group name cannot be empty."),
            (" \t", invalid, "The group name cannot be empty."),
            (&long, too_long, "The group name cannot be longer than 255 characters."),
        ] {
            let refused = (code, "/data/attributes/name", detail);
            world.refuses("POST /v1/betaGroups", &group(&json!({ "name": name })), refused);
            world.refuses(&path, &rename(name), refused);
        }
        world.check(&path, &rename(&"\u{E9}".repeat(255)), &json!({"status": 200}));
        world.create("/v1/betaGroups", &group(&json!({"name": "A"})));
    }

    #[test]
    fn link_limits_are_from_1_to_10000() {
        let mut world = World::new();
        for limit in [0, 10_001] {
            world.refuses(
                "POST /v1/betaGroups",
                &group(&json!({"name": "Open", "publicLinkLimit": limit})),
                (
                    "ENTITY_ERROR.ATTRIBUTE.INVALID",
                    "/data/attributes/publicLinkLimit",
                    "The limit of a public link must be between 1 and 10000.",
                ),
            );
        }
        for limit in [1, 10_000] {
            let name = format!("Open {limit}");
            let sent = group(&json!({"name": name, "publicLinkLimit": limit}));
            world.create("/v1/betaGroups", &sent);
        }
    }

    #[test]
    fn internal_groups_have_no_public_link_and_external_ones_not_every_build() {
        let mut world = World::new();
        let internal = json!({"name": "A", "isInternalGroup": true, "publicLinkEnabled": true});
        world.refuses(
            "POST /v1/betaGroups",
            &group(&internal),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/publicLinkEnabled",
                "An internal group can not have a public link.",
            ),
        );
        world.refuses(
            "POST /v1/betaGroups",
            &group(&json!({"name": "B", "hasAccessToAllBuilds": true})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/hasAccessToAllBuilds",
                "Only an internal group can have access to all builds.",
            ),
        );
    }

    #[test]
    fn access_to_all_builds_is_decided_at_creation() {
        let mut world = World::new();
        let sent = group(&json!({"name": "QA", "isInternalGroup": true}));
        let id = world.create("/v1/betaGroups", &sent);
        world.refuses(
            &format!("PATCH /v1/betaGroups/{id}"),
            &update("betaGroups", &id, &json!({"hasAccessToAllBuilds": true}), &[]),
            (
                "ENTITY_ERROR.ATTRIBUTE.NOT_ALLOWED",
                "/data/attributes/hasAccessToAllBuilds",
                "The attribute 'hasAccessToAllBuilds' can not be included in a 'UPDATE' operation",
            ),
        );
    }

    #[test]
    fn a_developer_makes_internal_groups_and_no_external_ones() {
        let mut world = World::new();
        let internal = group(&json!({"name": "QA", "isInternalGroup": true}));
        world.check("DEVELOPER POST /v1/betaGroups", &internal, &json!({"status": 201}));
        let external = group(&json!({"name": "Friends", "isInternalGroup": false}));
        let refused = ("FORBIDDEN_ERROR", "", "");
        world.refuses("DEVELOPER POST /v1/betaGroups", &external, refused);
        let id = world.create("/v1/betaGroups", &external);
        let renamed = update("betaGroups", &id, &json!({"name": "Pals"}), &[]);
        world.refuses(&format!("DEVELOPER PATCH /v1/betaGroups/{id}"), &renamed, refused);
        world.refuses(&format!("DEVELOPER DELETE /v1/betaGroups/{id}"), &Value::Null, refused);
    }

    #[test]
    fn a_group_with_all_builds_gets_none_by_hand() {
        let (mut world, id) = world_with_build("VALID", &json!(true));
        let build = linkage(&json!([["builds", "b1"]]));
        world.refuses(
            &format!("POST /v1/betaGroups/{id}/relationships/builds"),
            &build,
            ("ENTITY_UNPROCESSABLE", "", "Builds cannot be assigned to this internal group."),
        );
        let group = linkage(&json!([["betaGroups", id]]));
        world.refuses(
            "POST /v1/builds/b1/relationships/betaGroups",
            &group,
            ("ENTITY_UNPROCESSABLE", "", "Cannot add internal group to a build."),
        );
    }

    #[test]
    fn a_group_gets_no_build_that_is_being_processed() {
        let (mut world, id) = world_with_build("PROCESSING", &json!(false));
        world.refuses(
            &format!("POST /v1/betaGroups/{id}/relationships/builds"),
            &linkage(&json!([["builds", "b1"]])),
            ("ENTITY_UNPROCESSABLE", "", "The build 'b1' can not be tested."),
        );
    }

    #[test]
    fn a_build_of_an_internal_group_with_testers_is_in_testing() {
        let (mut world, id) = world_with_build("VALID", &json!(false));
        world.plant("users", "u1", &json!({"username": "Ada@example.com"}), &[]);
        let builds = format!("POST /v1/betaGroups/{id}/relationships/builds");
        let done = json!({"status": 204});
        world.check(&builds, &linkage(&json!([["builds", "b1"]])), &done);
        let state = |state: &str| json!({"data": {"attributes": {"internalBuildState": state}}});
        let detail = "GET /v1/buildBetaDetails/b1";
        world.check(detail, &Value::Null, &state("READY_FOR_BETA_TESTING"));
        let groups = [("betaGroups", json!([["betaGroups", id]]))];
        let tester = new("betaTesters", &json!({"email": "ada@example.com"}), &groups);
        world.create("/v1/betaTesters", &tester);
        world.check(detail, &Value::Null, &state("IN_BETA_TESTING"));
        world.check(&builds, &linkage(&json!([["builds", "b1"]])), &done);
        world.check(&format!("DELETE /v1/betaGroups/{id}"), &Value::Null, &done);
        world.check(detail, &Value::Null, &state("READY_FOR_BETA_TESTING"));
    }

    #[test]
    fn the_testers_of_a_deleted_group_lose_the_app() {
        let mut world = World::new();
        let id = world.create("/v1/betaGroups", &group(&json!({"name": "Friends"})));
        let groups = [("betaGroups", json!([["betaGroups", id]]))];
        let tester = new("betaTesters", &json!({"email": "pia@example.com"}), &groups);
        let tester = world.create("/v1/betaTesters", &tester);
        let done = json!({"status": 204});
        world.check(&format!("DELETE /v1/betaGroups/{id}"), &Value::Null, &done);
        let gone = json!({"status": 404});
        world.check(&format!("GET /v1/betaTesters/{tester}"), &Value::Null, &gone);
    }
}
