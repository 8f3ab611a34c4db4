//! Which role may call which operation, as a table to review, and what a permit allows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs};

use crate::world::{World, team_claims, user_claims};
use russet_auth::{Access, Capability, Permit, Principal, Role, RoleSet, families, permit, ruling};
use russet_catalog::{Operation, operations};
use russet_store::TeamNumber;

const MATRIX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/role_matrix.txt");

fn operation(id: &str) -> &'static Operation {
    operations().iter().find(|operation| operation.id == id).expect(id)
}

fn team_principal(roles: &'static [Role]) -> Principal {
    let mut world = World::new();
    let client = world.team_key(roles);
    world.ask(&client.jwt(&team_claims())).expect("let in")
}

fn individual_principal(roles: &'static [Role]) -> Principal {
    let mut world = World::new();
    world.user("u1", &[Role::Developer, Role::GenerateIndividualKeys], None);
    let client = world.individual_key("u1");
    world.user("u1", roles, None);
    world.ask(&client.jwt(&user_claims())).expect("let in")
}

#[test]
fn every_operation_falls_under_exactly_one_rule() {
    // If you are here because Apple's document has new operations: rule on their types in
    // permissions.toml. There is no switch to accept an operation without a rule.
    let mut families_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for family in families() {
        for kind in family.types {
            families_of.entry(kind).or_default().push(family.name);
        }
    }
    let mut wanted = BTreeSet::new();
    for operation in operations() {
        wanted.insert(operation.subject);
        wanted.extend(operation.answers.map(|schema| schema.kind));
        wanted.extend(operation.included.iter().map(|schema| schema.kind));
        let subject = families_of.get(operation.subject);
        assert_eq!(subject.map(Vec::len), Some(1), "{}: {subject:?}", operation.id);
        let holder = ruling(operation).is_some_and(|it| it.roles.contains(Role::AccountHolder));
        assert!(holder, "no rule lets the Account Holder call {}", operation.id);
    }
    for (kind, names) in &families_of {
        assert_eq!(names.len(), 1, "{kind} is in several families: {names:?}");
        let known = wanted.contains(kind)
            || russet_catalog::schemas().iter().any(|schema| schema.kind == *kind);
        assert!(known, "{kind} is no resource type of Apple's document");
    }
    for kind in wanted {
        assert!(families_of.contains_key(kind), "{kind} is in no family");
    }
}

#[test]
fn every_rule_for_an_access_is_used() {
    for family in families() {
        for access in [Access::Create, Access::Update, Access::Delete] {
            let used = operations().iter().any(|operation| {
                Access::of(operation.kind) == access && family.types.contains(&operation.subject)
            });
            let missing = used && family.rule(access).is_none();
            assert!(!missing, "{} has no rule for {access:?}", family.name);
        }
        let writes = operations().iter().any(|operation| {
            Access::of(operation.kind) != Access::Read && family.types.contains(&operation.subject)
        });
        let ruled = family.create.is_some() || family.update.is_some() || family.delete.is_some();
        assert_eq!(writes, ruled, "{} and its writes", family.name);
    }
}

#[test]
fn the_role_matrix_is_as_reviewed() {
    let mut text = String::from(
        "# Which role may call which operation with a team key. i: individual keys may too, ?: those\n\
         # without the capability that the rule's condition names only where the record allows it.\n\
         # Accept changes with RUSSET_ACCEPT=1 cargo test -p russet-auth permissions\n",
    );
    let letters = ["H", "A", "M", "D", "m", "S", "F", "C", "r", "c", "d", "p", "g"];
    for (letter, role) in letters.iter().zip(Role::ALL) {
        let _ = writeln!(text, "# {letter} {role}");
    }
    for operation in operations() {
        let ruling = ruling(operation).expect("another test holds that there is one");
        let roles: String = letters
            .iter()
            .zip(Role::ALL)
            .map(|(letter, role)| if ruling.roles.contains(*role) { letter } else { "." })
            .collect();
        let individual = if ruling.individual_keys { 'i' } else { '.' };
        let condition = if ruling.condition.is_some() { '?' } else { '.' };
        let _ = writeln!(text, "{roles} {individual}{condition} {}", operation.id);
    }
    if env::var_os("RUSSET_ACCEPT").is_some() {
        fs::write(MATRIX, &text).expect("the matrix can be written");
    }
    let reviewed = fs::read_to_string(MATRIX).unwrap_or_default();
    let difference = text.lines().find(|line| !reviewed.lines().any(|known| known == *line));
    assert_eq!(difference, None, "see line 3 of {MATRIX} for how to accept");
    assert!(text == reviewed, "{MATRIX} has lines too many, or in another order");
}

#[test]
fn a_role_too_low_is_answered_with_the_recorded_403() {
    let developer = team_principal(&[Role::Developer]);
    let refused = permit(&developer, operation("appStoreVersions_createInstance")).unwrap_err();
    let error = &refused.to_document("R")["errors"][0];
    assert_eq!(error["status"], "403");
    assert_eq!(error["code"], "FORBIDDEN_ERROR");
    assert_eq!(error["title"], "This request is forbidden for security reasons");
    assert_eq!(error["detail"], "The API key in use does not allow this request");
    let refused = permit(&developer, operation("betaAppLocalizations_updateInstance")).unwrap_err();
    let error = &refused.to_document("R")["errors"][0];
    assert_eq!(error["title"], "Unable to process request.");
    assert_eq!(error["detail"], "");
}

#[test]
fn the_roles_of_a_key_add_up() {
    let sales = operation("salesReports_getCollection");
    let builds = operation("builds_getCollection");
    let both = team_principal(&[Role::Sales, Role::Developer]);
    assert!(permit(&both, sales).is_ok() && permit(&both, builds).is_ok());
    assert!(permit(&team_principal(&[Role::Developer]), sales).is_err());
    assert!(permit(&team_principal(&[Role::Sales]), builds).is_err());
}

#[test]
fn recorded_refusals_and_successes_are_repeated() {
    // Role, operation, allowed: each from a recorded reply or Apple's text.
    let cases: &[(&'static [Role], &str, bool)] = &[
        (&[Role::Developer], "betaGroups_createInstance", true),
        (&[Role::Developer], "appScreenshotSets_createInstance", false),
        (&[Role::Developer], "ciProducts_getCollection", true),
        (&[Role::Developer], "betaAppReviewDetails_updateInstance", false),
        (&[Role::AppManager], "customerReviewResponses_createInstance", false),
        (&[Role::CustomerSupport], "customerReviewResponses_createInstance", true),
        (&[Role::AppManager], "salesReports_getCollection", false),
        (&[Role::Sales], "financeReports_getCollection", false),
        (&[Role::Finance], "financeReports_getCollection", true),
        (&[Role::AppManager], "analyticsReportRequests_createInstance", false),
        (&[Role::AppManager], "appPriceSchedules_createInstance", true),
        (&[Role::AppManager], "webhooks_createInstance", true),
        (&[Role::Finance], "accessibilityDeclarations_createInstance", true),
        (&[Role::Marketing], "appStoreVersions_createInstance", false),
        (&[Role::CustomerSupport], "apps_getCollection", true),
    ];
    for (roles, id, allowed) in cases {
        let outcome = permit(&team_principal(roles), operation(id));
        assert_eq!(outcome.is_ok(), *allowed, "{roles:?} {id}");
    }
}

#[test]
fn individual_keys_never_reach_provisioning_and_reports() {
    let admin = individual_principal(&[Role::Admin]);
    assert!(permit(&admin, operation("apps_getCollection")).is_ok());
    for operation in operations().iter().filter(|operation| {
        let never = [
            "bundleIdCapabilities",
            "bundleIds",
            "certificates",
            "devices",
            "merchantIds",
            "passTypeIds",
            "profiles",
            "salesReports",
            "financeReports",
        ];
        never.contains(&operation.subject)
    }) {
        assert!(permit(&admin, operation).is_err(), "{}", operation.id);
    }
    let permit = permit(&admin, operation("apps_getCollection")).expect("may");
    assert!(permit.may_read("builds") && !permit.may_read("certificates"));
}

#[test]
fn reports_come_to_individual_keys_with_the_extra() {
    let read = operation("analyticsReportRequests_getInstance");
    assert!(permit(&individual_principal(&[Role::AppManager]), read).is_err());
    assert!(
        permit(&individual_principal(&[Role::AppManager, Role::AccessToReports]), read).is_ok()
    );
}

#[test]
fn a_related_read_needs_both_ends() {
    let finance = team_principal(&[Role::Finance]);
    assert!(permit(&finance, operation("apps_getInstance")).is_ok());
    assert!(permit(&finance, operation("apps_builds_getToManyRelated")).is_err());
    assert!(permit(&finance, operation("apps_builds_getToManyRelationship")).is_err());
    let manager = team_principal(&[Role::AppManager]);
    assert!(permit(&manager, operation("apps_builds_getToManyRelated")).is_ok());
}

#[test]
fn a_condition_is_left_to_the_record() {
    let create = operation("betaGroups_createInstance");
    let developer = permit(&team_principal(&[Role::Developer]), create).expect("internal ones");
    assert_eq!(developer.lacks(), Some(Capability::ExternalTesting));
    let refused = developer.refusal().to_document("R");
    assert_eq!(refused["errors"][0]["title"], "Unable to process request.");
    let manager = permit(&team_principal(&[Role::AppManager]), create).expect("may");
    assert_eq!(manager.lacks(), None);
    assert!(manager.may(Capability::ExternalTesting));
    let holder_only = Capability::DeveloperIdSigning;
    assert!(!permit(&team_principal(&[Role::Admin]), create).expect("may").may(holder_only));
}

#[test]
fn a_permit_is_for_its_operation_alone() {
    let admin = team_principal(&[Role::Admin]);
    let granted = permit(&admin, operation("apps_getCollection")).expect("may");
    assert!(granted.covers(operation("apps_getCollection")));
    assert!(!granted.covers(operation("apps_getInstance")));
    assert!(Permit::for_system(TeamNumber(1)).covers(operation("apps_getInstance")));
}

#[test]
fn nobody_assigns_a_role_at_or_above_the_own() {
    let invite = operation("userInvitations_createInstance");
    let assigns = |roles: &'static [Role], role| {
        permit(&team_principal(roles), invite).expect("may").may_assign(RoleSet::of(&[role]))
    };
    assert!(assigns(&[Role::Admin], Role::AppManager));
    assert!(assigns(&[Role::Admin], Role::Finance));
    assert!(assigns(&[Role::AppManager], Role::Developer));
    assert!(!assigns(&[Role::Admin], Role::Admin));
    assert!(!assigns(&[Role::Admin], Role::AccountHolder));
    assert!(!assigns(&[Role::AppManager], Role::AppManager));
    assert!(!assigns(&[Role::AppManager], Role::Admin));
}

#[test]
fn a_permit_can_only_be_narrowed() {
    let admin = RoleSet::of(&[Role::Admin]);
    let permit = Permit::for_system(TeamNumber(1)).narrowed(admin, Some(&["2", "1"]));
    assert_eq!(permit.roles(), admin);
    assert!(permit.apps().includes("1") && !permit.apps().includes("3"));
    let permit = permit.narrowed(RoleSet::ALL, Some(&["2", "3"]));
    assert_eq!(permit.roles(), admin);
    assert!(permit.apps().includes("2") && !permit.apps().includes("3"));
    assert!(!permit.apps().includes("1"));
}
