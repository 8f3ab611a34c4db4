//! Relationships and inline resources: absent, foreign, of the wrong form, not local.

use crate::table::At::{Nowhere, Pointer};
use crate::table::Known::{Documented, Ours, Seen};
use crate::table::{Known, Row, hold};

const INVALID: &str = "ENTITY_ERROR.RELATIONSHIP.INVALID";
const FORM: &str = "ENTITY_ERROR.RELATIONSHIP.TYPE";

/// A create of a beta group with these relationships.
fn group(known: Known, relationships: &str) -> Row {
    let body = format!(
        r#"{{"data":{{"type":"betaGroups","attributes":{{"name":"G"}},"relationships":{relationships}}}}}"#
    );
    Row::send(known, "POST", "/v1/betaGroups", body)
}

/// A create of a price schedule with these prices named and these resources made inline.
fn prices(known: Known, named: &str, included: &str) -> Row {
    let body = format!(
        r#"{{"data":{{"type":"appPriceSchedules","relationships":{{
            "app":{{"data":{{"type":"apps","id":"{{app}}"}}}},
            "baseTerritory":{{"data":{{"type":"territories","id":"USA"}}}},
            "manualPrices":{{"data":{named}}}}}}},"included":{included}}}"#
    );
    Row::send(known, "POST", "/v1/appPriceSchedules", body)
}

#[tokio::test]
async fn relationships_of_a_create() {
    let app = r#""app":{"data":{"type":"apps","id":"{app}"}}"#;
    let absent = |kind: &str, id: &str| {
        format!(
            "The specified resource does not exist. There is no resource of type '{kind}' with id '{id}'"
        )
    };
    let required = "You must provide a value for the relationship 'app' with this request";
    hold(vec![
        group(Seen, "{}").is(409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", required, Pointer("/data/relationships/app")),
        group(Seen, r#"{"app":{"data":null}}"#)
            .is(409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", required, Pointer("/data/relationships/app")),
        group(Ours, r#"{"app":{}}"#)
            .is(409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", required, Pointer("/data/relationships/app")),
        group(Seen, r#"{"app":{"data":{"type":"apps","id":"0"}}}"#)
            .is(409, INVALID, absent("apps", "0"), Pointer("/data/relationships/app")),
        group(Ours, r#"{"app":{"data":{"type":"bundleIds","id":"{theirs}"}}}"#).is(
            409,
            INVALID,
            "'bundleIds' is not a valid resource type for the relationship 'app'. Expected 'apps'",
            Pointer("/data/relationships/app/data/type"),
        ),
        group(Ours, r#"{"app":{"data":[{"type":"apps","id":"{app}"}]}}"#).is(
            409,
            FORM,
            "Unexpected json type for 'app'. Expected OBJECT but got ARRAY",
            Pointer("/data/relationships/app"),
        ),
        group(Ours, &format!(r#"{{{app},"builds":{{"data":{{"type":"builds","id":"{{build}}"}}}}}}"#)).is(
            409,
            FORM,
            "Unexpected json type for 'builds'. Expected ARRAY but got OBJECT",
            Pointer("/data/relationships/builds"),
        ),
        group(Ours, &format!(r#"{{{app},"builds":{{"data":null}}}}"#)).is(
            409,
            FORM,
            "Unexpected json type for 'builds'. Expected ARRAY but got NULL",
            Pointer("/data/relationships/builds"),
        ),
        group(Seen, &format!(r#"{{{app},"builds":{{"data":[{{"type":"builds","id":"NONE"}}]}}}}"#))
            .is(409, INVALID, absent("builds", "NONE"), Pointer("/data/relationships/builds/data/0")),
        group(Seen, &format!(r#"{{{app},"cars":{{"data":null}}}}"#)).is(
            409,
            "ENTITY_ERROR.RELATIONSHIP.UNKNOWN",
            "'cars' is not a relationship on the resource 'betaGroups'",
            Pointer("/data/relationships/cars"),
        ),
        group(Seen, &format!(r#"{{{app},"betaRecruitmentCriteria":{{"data":null}}}}"#)).is(
            409,
            "ENTITY_ERROR.RELATIONSHIP.NOT_ALLOWED",
            "The relationship 'betaRecruitmentCriteria' can not be included in a 'CREATE' operation",
            Pointer("/data/relationships/betaRecruitmentCriteria"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn bodies_of_linkage_operations() {
    let testers = "/v1/betaGroups/{group}/relationships/betaTesters";
    let absent = |kind: &str, id: &str| {
        format!(
            "The specified resource does not exist. There is no resource of type '{kind}' with id '{id}'"
        )
    };
    let of_type =
        "'apps' is not a valid resource type for this relationship. Expected 'betaTesters'";
    let mut rows = Vec::new();
    for method in ["POST", "DELETE"] {
        let send = |body: &str| Row::send(Ours, method, testers, body);
        rows.extend([
            send("{}").is(422, "ENTITY_UNPROCESSABLE", "The document must have a member 'data'", Pointer("/data")),
            send(r#"{"data":[7]}"#)
                .is(422, "ENTITY_UNPROCESSABLE", "A resource identifier must be an object", Pointer("/data/0")),
            send(r#"{"data":{"type":"betaTesters","id":"{tester}"}}"#).is(
                409,
                FORM,
                "Unexpected json type for 'data'. Expected ARRAY but got OBJECT",
                Pointer("/data"),
            ),
            send(r#"{"data":null}"#).is(
                409,
                FORM,
                "Unexpected json type for 'data'. Expected ARRAY but got NULL",
                Pointer("/data"),
            ),
            send(r#"{"data":[{"type":"apps","id":"{app}"}]}"#).is(409, INVALID, of_type, Pointer("/data/0/type")),
            send(r#"{"data":[{"type":"betaTesters","id":"{tester}"},{"type":"betaTesters","id":"NONE"}]}"#)
                .is(409, INVALID, absent("betaTesters", "NONE"), Pointer("/data/1")),
            send("").is(
                400,
                "ENTITY_INVALID",
                "The request body is empty; it must be a JSON document",
                Nowhere,
            ),
        ]);
    }
    rows.push(
        Row::send(
            Ours,
            "POST",
            "/v1/betaTesters/{tester}/relationships/betaGroups",
            r#"{"data":[{"type":"betaGroups","id":"0"}]}"#,
        )
        .is(409, INVALID, absent("betaGroups", "0"), Pointer("/data/0")),
    );
    hold(rows).await;
}

#[tokio::test]
async fn inline_resources() {
    let local = |id: &str| {
        format!(
            "'{id}' can not be used here, the id must be a local id with the format '${{local-id}}'"
        )
    };
    let expects = |id: &str| {
        format!(
            "The relationship 'manualPrices' expects an included resource with type 'appPrices' and id '{id}'"
        )
    };
    let one = r#"[{"type":"appPrices","id":"${p}"}]"#;
    let at = Pointer("/data/relationships/manualPrices");
    hold(vec![
        prices(Seen, one, "[]").is(409, INVALID, expects("${p}"), at),
        prices(Seen, "[]", r#"[{"type":"appPrices","id":"p"}]"#)
            .is(409, "ENTITY_ERROR.INCLUDED.INVALID_ID", local("p"), Pointer("/included/0/id")),
        prices(Seen, "[]", r#"[{"type":"appPrices"}]"#)
            .is(409, "ENTITY_ERROR.INCLUDED.INVALID_ID", local(""), Pointer("/included/0/id")),
        prices(Ours, "[]", r#"[{"type":"appPrices","id":"${}"}]"#)
            .is(409, "ENTITY_ERROR.INCLUDED.INVALID_ID", local("${}"), Pointer("/included/0/id")),
        prices(Ours, one, r#"[{"type":"appPrices","id":"${p}"},{"type":"appPrices","id":"${p}"}]"#)
            .is(409, "ENTITY_ERROR.INCLUDED.INVALID_ID", local("${p}"), Pointer("/included/1/id")),
        prices(Ours, "[]", r#"[{"type":"apps","id":"${a}"}]"#).is(
            409,
            "ENTITY_ERROR.INCLUDED.INVALID_TYPE",
            "A resource of type 'apps' can not be created inline by this request",
            Pointer("/included/0/type"),
        ),
        prices(Ours, "[]", r#"[{"type":"appPrices","id":"${p}"}]"#).is(
            409,
            "ENTITY_ERROR.INCLUDED.INVALID_ID",
            "No relationship names the included resource '${p}'",
            Pointer("/included/0/id"),
        ),
        prices(Documented, one, r#"[{"type":"appPrices","id":"${p}","attributes":{"startDate":"soon"}}]"#).is(
            409,
            "ENTITY_ERROR.ATTRIBUTE.TYPE",
            "'soon' is not a valid value for the attribute 'startDate'. Expected a date such as 2026-01-31",
            Pointer("/included/0/attributes/startDate"),
        ),
    ])
    .await;
}
