//! From a method and a path to an operation.

use russet_catalog::{Found, Method, PathKind, find, operations};

fn wrong(method: Method, path: &str) -> String {
    match find(method, path) {
        Found::WrongMethod { resource, asked, allowed, .. } => {
            format!("{resource} {asked}: {}", allowed.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn absent(path: &str) -> String {
    match find(Method::Get, path) {
        Found::NoRelationship { name } => format!("relationship {name}"),
        Found::NoResource { name } => format!("resource {name}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn each_operation_is_found_by_its_method_and_path() {
    for expected in operations() {
        let path = expected.path.replace("{id}", "some-id");
        let Found::Match { operation, id } = find(expected.method, &path) else {
            panic!("{} is not found", expected.id)
        };
        assert_eq!(operation.id, expected.id);
        assert_eq!(id, expected.path.contains("{id}").then_some("some-id"));
    }
}

#[test]
fn each_operation_is_found_by_its_id() {
    for expected in operations() {
        assert_eq!(russet_catalog::operation(expected.id).unwrap().path, expected.path);
    }
    assert!(russet_catalog::operation("apps_createInstance").is_none());
}

#[test]
fn a_method_that_is_not_offered_lists_those_that_are() {
    // The first two as recorded.
    assert_eq!(
        wrong(Method::Get, "/v1/webhooks"),
        "webhooks GET_COLLECTION: CREATE, DELETE, GET_INSTANCE, UPDATE"
    );
    assert_eq!(
        wrong(Method::Post, "/v1/apps"),
        "apps CREATE: GET_COLLECTION, GET_INSTANCE, UPDATE"
    );
    assert_eq!(
        wrong(Method::Post, "/v1/appStoreVersionSubmissions"),
        "appStoreVersionSubmissions CREATE: DELETE"
    );
    assert_eq!(
        wrong(Method::Get, "/v1/inAppPurchasePricePoints/1"),
        "inAppPurchasePricePoints GET_INSTANCE: "
    );
    assert_eq!(
        wrong(Method::Delete, "/v1/devices/1"),
        "devices DELETE: CREATE, GET_COLLECTION, GET_INSTANCE, UPDATE"
    );
}

#[test]
fn a_relationship_lists_what_its_linkages_offer() {
    // As recorded.
    assert_eq!(
        wrong(
            Method::Get,
            "/v1/gameCenterDetails/1/relationships/challengesMinimumPlatformVersions"
        ),
        "gameCenterDetails GET_RELATIONSHIP: REPLACE"
    );
    assert_eq!(
        wrong(Method::Get, "/v1/builds/1/betaGroups"),
        "builds GET_RELATIONSHIP: ADD, REMOVE"
    );
    assert_eq!(
        wrong(Method::Post, "/v1/betaGroups/1/relationships/app"),
        "betaGroups ADD: GET_RELATIONSHIP"
    );
    assert_eq!(
        wrong(Method::Patch, "/v1/reviewSubmissionItems/1/relationships/appEvent"),
        "reviewSubmissionItems REPLACE: "
    );
}

#[test]
fn the_kind_of_path_is_told_with_a_wrong_method() {
    for (path, expected) in [
        ("/v1/apps", PathKind::Collection),
        ("/v1/webhookPings/1", PathKind::Instance),
        ("/v1/apps/1/builds", PathKind::Related),
        ("/v1/apps/1/relationships/builds", PathKind::Relationship),
        ("/v1/apps/1/metrics/betaTesterUsages", PathKind::Metrics),
    ] {
        let Found::WrongMethod { path: kind, .. } = find(Method::Post, path) else {
            panic!("{path}")
        };
        assert_eq!(kind, expected, "{path}");
    }
}

#[test]
fn names_that_the_api_does_not_have_are_told_apart() {
    assert_eq!(absent("/v1/dataUsages"), "resource dataUsages");
    assert_eq!(
        absent("/v1/apps/1/inAppPurchaseLocalizations"),
        "relationship inAppPurchaseLocalizations"
    );
    assert_eq!(absent("/v1/apps/1/relationships/nope"), "relationship nope");
    assert_eq!(absent("/v1/apps/1/metrics/nope"), "relationship nope");
    // A relationship that only request bodies name is none of the resource's.
    assert_eq!(absent("/v1/webhookPings/1/webhook"), "relationship webhook");
}

#[test]
fn the_version_is_part_of_the_name() {
    assert_eq!(absent("/v1/appAvailabilities/1"), "resource appAvailabilities");
    assert_eq!(absent("/v2/apps"), "resource apps");
    assert_eq!(absent("/v4/apps"), "resource apps");
    assert!(matches!(find(Method::Get, "/v2/appAvailabilities/1"), Found::Match { .. }));
    assert!(matches!(find(Method::Get, "/v3/appPricePoints/1"), Found::Match { .. }));
    let Found::Match { operation, .. } = find(Method::Get, "/v1/inAppPurchases/1") else {
        panic!("the first version is still there")
    };
    assert_eq!(operation.answers.unwrap().name, "InAppPurchase");
    let Found::Match { operation, .. } = find(Method::Get, "/v2/inAppPurchases/1") else {
        panic!("so is the second")
    };
    assert_eq!(operation.answers.unwrap().name, "InAppPurchaseV2");
}

#[test]
fn paths_with_oddities_name_nothing() {
    for path in [
        "",
        "/",
        "//",
        "v1/apps",
        "/v1",
        "/v1/",
        "/v1//apps",
        "/V1/apps",
        "/v1/Apps",
        "/v1/apps/",
        "/v1/apps//builds",
        "/v1/apps/1/builds/2",
        "/v1/apps/1/relationships/builds/",
        "/v1/apps/1/relationships/builds/2",
        "/v1/apps/1/metrics/betaTesterUsages/x",
        "/v1/apps\0",
        "/v1/äpps",
    ] {
        assert!(matches!(find(Method::Get, path), Found::NoResource { .. }), "{path:?}");
    }
    for path in [
        "/v1/apps/1/",
        "/v1/apps/1/relationships",
        "/v1/apps/1/relationships/",
        "/v1/apps/1/metrics",
    ] {
        assert!(matches!(find(Method::Get, path), Found::NoRelationship { .. }), "{path:?}");
    }
}

#[test]
fn an_id_may_hold_anything_but_a_slash() {
    for id in ["${local}", "a b", "%2F", "é\0\u{202e}", "..", &"9".repeat(10_000)] {
        let path = format!("/v1/apps/{id}/builds");
        let Found::Match { id: found, .. } = find(Method::Get, &path) else { panic!("{id}") };
        assert_eq!(found, Some(id));
    }
}
