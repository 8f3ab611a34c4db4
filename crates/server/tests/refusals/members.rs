//! Attributes, relationships and ids of bodies: missing, unknown, not allowed, of the wrong type.

use crate::table::At::Pointer;
use crate::table::Known::{Ours, Seen};
use crate::table::{Known, Row, hold};

const TYPE: &str = "ENTITY_ERROR.ATTRIBUTE.TYPE";
const UNKNOWN: &str = "ENTITY_ERROR.ATTRIBUTE.UNKNOWN";
const NOT_ALLOWED: &str = "ENTITY_ERROR.ATTRIBUTE.NOT_ALLOWED";
const REQUIRED: &str = "ENTITY_ERROR.ATTRIBUTE.REQUIRED";
const INVALID: &str = "ENTITY_ERROR.ATTRIBUTE.INVALID";

/// A create of a beta group with these further members of its attributes.
fn group(known: Known, more: &str) -> Row {
    let body = format!(
        r#"{{"data":{{"type":"betaGroups","attributes":{{"name":"G"{more}}},
        "relationships":{{"app":{{"data":{{"type":"apps","id":"{{app}}"}}}}}}}}}}"#
    );
    Row::send(known, "POST", "/v1/betaGroups", body)
}

/// A create with these attributes and nothing else.
fn create(known: Known, kind: &str, attributes: &str) -> Row {
    let body = format!(r#"{{"data":{{"type":"{kind}","attributes":{attributes}}}}}"#);
    Row::send(known, "POST", &format!("/v1/{kind}"), body)
}

/// An update of the bundle id.
fn update(known: Known, data: &str) -> Row {
    Row::send(known, "PATCH", "/v1/bundleIds/{bundle}", format!(r#"{{"data":{data}}}"#))
}

#[tokio::test]
async fn attributes_that_are_missing() {
    let missing = |name: &str| {
        format!("You must provide a value for the attribute '{name}' with this request")
    };
    hold(vec![
        create(Seen, "bundleIds", r#"{"identifier":"a.b","platform":"IOS"}"#).is(
            409,
            REQUIRED,
            missing("name"),
            Pointer("/data/attributes/name"),
        ),
        create(Seen, "bundleIds", r#"{"identifier":"a.b","platform":"IOS","name":null}"#).is(
            409,
            REQUIRED,
            missing("name"),
            Pointer("/data/attributes/name"),
        ),
        create(Seen, "bundleIds", "{}")
            .is(409, REQUIRED, missing("name"), Pointer("/data/attributes/name"))
            .and(REQUIRED, missing("platform"), Pointer("/data/attributes/platform"))
            .and(REQUIRED, missing("identifier"), Pointer("/data/attributes/identifier")),
        create(Seen, "bundleIds", "null")
            .is(409, REQUIRED, missing("name"), Pointer("/data/attributes/name"))
            .and(REQUIRED, missing("platform"), Pointer("/data/attributes/platform"))
            .and(REQUIRED, missing("identifier"), Pointer("/data/attributes/identifier")),
    ])
    .await;
}

#[tokio::test]
async fn attributes_that_are_unknown_or_not_for_this_operation() {
    let unknown =
        |name: &str, kind: &str| format!("'{name}' is not an attribute on the resource '{kind}'");
    let not_in = |name: &str, operation: &str| {
        format!("The attribute '{name}' can not be included in a '{operation}' operation")
    };
    hold(vec![
        group(Seen, r#","foo":1"#).is(409, UNKNOWN, unknown("foo", "betaGroups"), Pointer("/data/attributes/foo")),
        group(Ours, r#","Name":1"#).is(409, UNKNOWN, unknown("Name", "betaGroups"), Pointer("/data/attributes/Name")),
        group(Ours, r#","":1"#).is(409, UNKNOWN, unknown("", "betaGroups"), Pointer("/data/attributes/")),
        group(Ours, r#","a/b~c":1"#)
            .is(409, UNKNOWN, unknown("a/b~c", "betaGroups"), Pointer("/data/attributes/a~1b~0c")),
        group(Seen, r#","publicLink":"x""#)
            .is(409, NOT_ALLOWED, not_in("publicLink", "CREATE"), Pointer("/data/attributes/publicLink")),
        group(Seen, r#","createdDate":"2026-01-01T00:00:00Z""#)
            .is(409, NOT_ALLOWED, not_in("createdDate", "CREATE"), Pointer("/data/attributes/createdDate")),
        update(Seen, r#"{"type":"bundleIds","id":"{bundle}","attributes":{"identifier":"a.b"}}"#)
            .is(409, NOT_ALLOWED, not_in("identifier", "UPDATE"), Pointer("/data/attributes/identifier")),
        Row::send(Seen, "PATCH", "/v1/betaGroups/{group}", r#"{"data":{"type":"betaGroups","id":"{group}","attributes":{"hasAccessToAllBuilds":true}}}"#)
            .is(409, NOT_ALLOWED, not_in("hasAccessToAllBuilds", "UPDATE"), Pointer("/data/attributes/hasAccessToAllBuilds")),
    ])
    .await;
}

#[tokio::test]
async fn values_of_the_wrong_json_type() {
    let wrong = |more: &str, name: &str, wanted: &str, got: &str, at: &'static str| {
        let detail = format!("Unexpected json type for '{name}'. Expected {wanted} but got {got}");
        group(Seen, more).is(409, TYPE, detail, Pointer(at))
    };
    let limit = "/data/attributes/publicLinkLimit";
    hold(vec![
        wrong(
            r#","feedbackEnabled":"yes""#,
            "feedbackEnabled",
            "BOOLEAN",
            "STRING",
            "/data/attributes/feedbackEnabled",
        ),
        wrong(
            r#","feedbackEnabled":1"#,
            "feedbackEnabled",
            "BOOLEAN",
            "NUMBER",
            "/data/attributes/feedbackEnabled",
        ),
        wrong(r#","publicLinkLimit":"5""#, "publicLinkLimit", "INTEGER", "STRING", limit),
        wrong(r#","publicLinkLimit":5.5"#, "publicLinkLimit", "INTEGER", "NUMBER", limit),
        wrong(
            r#","publicLinkLimit":99999999999999999999"#,
            "publicLinkLimit",
            "INTEGER",
            "NUMBER",
            limit,
        ),
        wrong(r#","publicLinkLimit":1e300"#, "publicLinkLimit", "INTEGER", "NUMBER", limit),
        wrong(r#","publicLinkLimit":[5]"#, "publicLinkLimit", "INTEGER", "ARRAY", limit),
        wrong(r#","publicLinkLimit":{"a":5}"#, "publicLinkLimit", "INTEGER", "OBJECT", limit),
    ])
    .await;
}

#[tokio::test]
async fn values_outside_an_enum_and_texts_with_nul() {
    let platforms = "Expected one of: 'IOS', 'MAC_OS', 'UNIVERSAL', 'SERVICES'";
    let not_in = |value: &str| {
        format!("'{value}' is not a valid value for the attribute 'platform'. {platforms}")
    };
    let bundle = |platform: &str| {
        create(
            Seen,
            "bundleIds",
            &format!(r#"{{"name":"N","identifier":"a.b","platform":"{platform}"}}"#),
        )
    };
    let nul = "An attribute value has invalid characters. - 'name' can't contain NUL.";
    hold(vec![
        bundle("ANDROID").is(409, TYPE, not_in("ANDROID"), Pointer("/data/attributes/platform")),
        bundle("ios").is(409, TYPE, not_in("ios"), Pointer("/data/attributes/platform")),
        bundle("").is(409, TYPE, not_in(""), Pointer("/data/attributes/platform")),
        create(Ours, "bundleIds", r#"{"name":"a\u0000b","identifier":"a.b","platform":"IOS"}"#).is(
            409,
            INVALID,
            nul,
            Pointer("/data/attributes/name"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn texts_that_are_not_of_their_format() {
    let version = |date: &str| {
        let body = format!(
            r#"{{"data":{{"type":"appStoreVersions","attributes":{{"platform":"VISION_OS","versionString":"9.9","earliestReleaseDate":"{date}"}},
            "relationships":{{"app":{{"data":{{"type":"apps","id":"{{app}}"}}}}}}}}}}"#
        );
        let detail = format!(
            "'{date}' is not a valid value for the attribute 'earliestReleaseDate'. Expected a date and time with offset such as 2026-01-31T10:00:00-08:00"
        );
        Row::send(Seen, "POST", "/v1/appStoreVersions", body).is(
            409,
            TYPE,
            detail,
            Pointer("/data/attributes/earliestReleaseDate"),
        )
    };
    let url = |text: &str| {
        let body = format!(
            r#"{{"data":{{"type":"apps","id":"{{app}}","attributes":{{"subscriptionStatusUrl":"{text}"}}}}}}"#
        );
        let detail = format!(
            "'{text}' is not a valid value for the attribute 'subscriptionStatusUrl'. Expected a URL such as https://example.com"
        );
        Row::send(Ours, "PATCH", "/v1/apps/{app}", body).is(
            409,
            INVALID,
            detail,
            Pointer("/data/attributes/subscriptionStatusUrl"),
        )
    };
    let email = |text: &str| {
        let body =
            format!(r#"{{"data":{{"type":"betaTesters","attributes":{{"email":"{text}"}}}}}}"#);
        let detail = format!(
            "'{text}' is not a valid value for the attribute 'email'. Expected an e-mail address"
        );
        Row::send(Ours, "POST", "/v1/betaTesters", body).is(
            409,
            INVALID,
            detail,
            Pointer("/data/attributes/email"),
        )
    };
    hold(vec![
        version("2026-01-31"),
        version("tomorrow"),
        version("2026-02-30T10:00:00Z"),
        version("2026-01-31T10:00:00"),
        url("example.com"),
        url("https://"),
        url("https://a b.example"),
        email("nobody"),
        email("@example.com"),
    ])
    .await;
}

#[tokio::test]
async fn types_and_ids_that_do_not_belong_here() {
    let kind = "'devices' is not the expected resource type 'bundleIds'";
    let mismatch = "The id 'OTHER' does not match the id '{bundle}' of the URL path";
    let missing = "You must provide the id of the resource with this request";
    let chosen = "The id of a resource can not be chosen by a 'CREATE' operation";
    let good = r#""attributes":{"name":"N","identifier":"a.b","platform":"IOS"}"#;
    hold(vec![
        update(Ours, r#"{"type":"devices","id":"{bundle}"}"#).is(
            409,
            "ENTITY_ERROR.TYPE.INVALID",
            kind,
            Pointer("/data/type"),
        ),
        update(Ours, r#"{"type":"bundleIds","id":"OTHER"}"#).is(
            409,
            "ENTITY_ERROR.ID.INVALID",
            mismatch,
            Pointer("/data/id"),
        ),
        update(Ours, r#"{"type":"bundleIds"}"#).is(
            409,
            "ENTITY_ERROR.ID.INVALID",
            missing,
            Pointer("/data/id"),
        ),
        update(Ours, r#"{"type":"bundleIds","id":null}"#).is(
            409,
            "ENTITY_ERROR.ID.INVALID",
            missing,
            Pointer("/data/id"),
        ),
        Row::send(
            Seen,
            "POST",
            "/v1/bundleIds",
            format!(r#"{{"data":{{"type":"bundleIds","id":"MINE",{good}}}}}"#),
        )
        .is(409, "ENTITY_ERROR.UNEXPECTED_ID", chosen, Pointer("/data/id")),
        Row::send(
            Ours,
            "POST",
            "/v1/bundleIds",
            format!(r#"{{"data":{{"type":"devices",{good}}}}}"#),
        )
        .is(409, "ENTITY_ERROR.TYPE.INVALID", kind, Pointer("/data/type")),
    ])
    .await;
}

#[tokio::test]
async fn every_problem_of_a_body_is_told_at_once() {
    let body = r#"{"data":{"type":"betaGroups","id":"MINE","attributes":{"feedbackEnabled":"x","foo":1},
        "relationships":{"cars":{"data":[]},"builds":{"data":[{"type":"apps","id":"1"}]}}}}"#;
    hold(vec![
        Row::send(Seen, "POST", "/v1/betaGroups", body)
            .is(
                409,
                "ENTITY_ERROR.UNEXPECTED_ID",
                "The id of a resource can not be chosen by a 'CREATE' operation",
                Pointer("/data/id"),
            )
            .and(
                TYPE,
                "Unexpected json type for 'feedbackEnabled'. Expected BOOLEAN but got STRING",
                Pointer("/data/attributes/feedbackEnabled"),
            )
            .and(
                UNKNOWN,
                "'foo' is not an attribute on the resource 'betaGroups'",
                Pointer("/data/attributes/foo"),
            )
            .and(
                REQUIRED,
                "You must provide a value for the attribute 'name' with this request",
                Pointer("/data/attributes/name"),
            )
            .and(
                "ENTITY_ERROR.RELATIONSHIP.UNKNOWN",
                "'cars' is not a relationship on the resource 'betaGroups'",
                Pointer("/data/relationships/cars"),
            )
            .and(
                "ENTITY_ERROR.RELATIONSHIP.INVALID",
                "'apps' is not a valid resource type for the relationship 'builds'. Expected 'builds'",
                Pointer("/data/relationships/builds/data/0/type"),
            )
            .and(
                "ENTITY_ERROR.RELATIONSHIP.REQUIRED",
                "You must provide a value for the relationship 'app' with this request",
                Pointer("/data/relationships/app"),
            ),
    ])
    .await;
}
