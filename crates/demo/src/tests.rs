//! What holds for the whole of the demo's content.

use std::collections::{HashMap, HashSet};

use russet_engine::reference;

use super::*;

mod against_the_catalog;

fn now() -> Timestamp {
    "2026-10-15T09:30:00Z".parse().expect("a time")
}

fn records() -> Vec<SeedRecord> {
    team_records(&TEAMS[0], now())
}

fn of_kind<'a>(records: &'a [SeedRecord], kind: &'a str) -> impl Iterator<Item = &'a SeedRecord> {
    records.iter().filter(move |record| record.kind == kind)
}

/// The values that an attribute takes among the records of a type.
fn values(records: &[SeedRecord], kind: &str, attribute: &str) -> HashSet<String> {
    let texts = of_kind(records, kind).filter_map(|record| record.attributes.get(attribute));
    texts.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

#[test]
fn ids_are_unique_in_their_type() {
    let mut seen = HashSet::new();
    for record in records() {
        assert!(seen.insert((record.kind, record.id.clone())), "{} {}", record.kind, record.id);
    }
}

#[test]
fn no_linkage_is_named_twice_and_none_leads_nowhere() {
    let records = records();
    let mut ids: HashSet<&str> = records.iter().map(|record| record.id.as_str()).collect();
    ids.extend(reference::TERRITORIES.iter().map(|territory| territory.code));
    ids.extend(reference::APP_CATEGORIES.iter().map(|category| category.id));
    for record in &records {
        let mut names = HashSet::new();
        for (name, targets) in &record.relationships {
            assert!(names.insert(name), "{} {} twice", record.kind, name);
            for target in targets {
                let point = reference::PricePointId::parse(target)
                    .is_some_and(|point| ids.contains(point.subject.as_str()));
                assert!(point || ids.contains(target.as_str()), "{} {name} {target}", record.kind);
            }
        }
    }
}

#[test]
fn no_attribute_is_null() {
    for record in records() {
        assert!(record.attributes.values().all(|value| !value.is_null()), "{}", record.kind);
    }
}

#[test]
fn content_is_the_same_at_the_same_instant() {
    assert_eq!(records(), records());
}

#[test]
fn ids_do_not_depend_on_the_instant() {
    let later = team_records(&TEAMS[0], Timestamp::MIN);
    let ids = |records: Vec<SeedRecord>| {
        records.into_iter().map(|record| (record.kind, record.id)).collect::<Vec<_>>()
    };
    assert_eq!(ids(records()), ids(later));
}

#[test]
fn states_that_a_lane_meets_occur() {
    let records = records();
    for (kind, attribute, states) in [
        (
            "appStoreVersions",
            "appVersionState",
            &[
                "DEVELOPER_REJECTED",
                "IN_REVIEW",
                "PENDING_DEVELOPER_RELEASE",
                "PREPARE_FOR_SUBMISSION",
                "READY_FOR_DISTRIBUTION",
                "REJECTED",
                "REPLACED_WITH_NEW_VERSION",
                "WAITING_FOR_REVIEW",
            ][..],
        ),
        (
            "buildBetaDetails",
            "externalBuildState",
            &[
                "BETA_APPROVED",
                "BETA_REJECTED",
                "EXPIRED",
                "IN_BETA_REVIEW",
                "IN_BETA_TESTING",
                "IN_EXPORT_COMPLIANCE_REVIEW",
                "MISSING_EXPORT_COMPLIANCE",
                "NOT_APPLICABLE",
                "PROCESSING",
                "PROCESSING_EXCEPTION",
                "READY_FOR_BETA_SUBMISSION",
                "WAITING_FOR_BETA_REVIEW",
            ],
        ),
        ("betaTesters", "state", &["ACCEPTED", "INSTALLED", "INVITED", "NOT_INVITED", "REVOKED"]),
        (
            "reviewSubmissions",
            "state",
            &["COMPLETE", "IN_REVIEW", "UNRESOLVED_ISSUES", "WAITING_FOR_REVIEW"],
        ),
        ("profiles", "profileState", &["ACTIVE", "INVALID"]),
        ("devices", "status", &["DISABLED", "ENABLED"]),
        (
            "inAppPurchases",
            "state",
            &["APPROVED", "MISSING_METADATA", "READY_TO_SUBMIT", "REJECTED", "WAITING_FOR_REVIEW"],
        ),
    ] {
        let mut found: Vec<_> = values(&records, kind, attribute).into_iter().collect();
        found.sort();
        assert_eq!(found, states, "{kind} {attribute}");
    }
}

#[test]
fn each_role_has_a_person_and_each_assignable_one_a_team_key() {
    let team = &TEAMS[0];
    let people: HashSet<_> = team.people.iter().flat_map(|person| person.roles).collect();
    assert_eq!(people.len(), 13, "all UserRole values: {people:?}");
    let keys = team.keys.iter().filter(|key| key.person.is_none() && !key.revoked);
    let alone: HashSet<_> =
        keys.filter(|key| key.roles.len() == 1).map(|key| key.roles[0]).collect();
    for role in
        ["ADMIN", "APP_MANAGER", "CUSTOMER_SUPPORT", "DEVELOPER", "FINANCE", "MARKETING", "SALES"]
    {
        assert!(alone.contains(role), "{role}");
    }
    assert_eq!(team.keys.iter().filter(|key| key.revoked).count(), 1);
    for key in team.keys {
        let person = team.people.iter().find(|person| Some(person.email) == key.person);
        assert!(key.person.is_none() || person.is_some_and(|person| person.roles == key.roles));
    }
}

#[test]
fn second_team_has_people_and_nothing_else() {
    let team = &TEAMS[1];
    assert!(!team.has_access());
    let records = team_records(team, now());
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record.kind == "users"));
}

#[test]
fn what_hangs_from_an_app_says_so() {
    let records = records();
    let apps: HashSet<_> = of_kind(&records, "apps").map(|record| record.id.as_str()).collect();
    assert_eq!(apps.len(), 5);
    let team = ["actors", "bundleIds", "certificates", "devices", "profiles", "users"];
    for record in &records {
        match record.app.as_deref() {
            Some(app) => assert!(apps.contains(app) && !team.contains(&record.kind)),
            None => assert!(!record.kind.starts_with("app"), "{}", record.kind),
        }
    }
}

#[test]
fn common_lists_have_rows() {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for record in records() {
        *counts.entry(record.kind).or_default() += 1;
    }
    assert!(counts.len() > 100, "{} types", counts.len());
    for kind in ["builds", "betaGroups", "customerReviews", "inAppPurchases", "userInvitations"] {
        assert!(counts.get(kind).is_some_and(|count| *count > 2), "{kind}");
    }
}
