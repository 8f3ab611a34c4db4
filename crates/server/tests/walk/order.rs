//! Which error wins when several apply.

use russet_testkit::{Role, TestApp};
use serde_json::{Value, json};

/// A request that is wrong in every way; each step puts one thing right.
#[tokio::test]
async fn the_earliest_error_of_the_documented_order_wins() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let sales = app.caller(Role::Sales);
    let app_id = admin.get("/v1/apps?limit=1").await.expect(200).ids()[0].to_owned();
    let versions = admin.get(&format!("/v1/apps/{app_id}/appStoreVersions")).await.expect(200);
    let id = versions.ids()[0];
    let text: &[(&str, &str)] = &[("content-type", "text/plain")];
    let json_type: &[(&str, &str)] = &[("content-type", "application/json")];
    let known = format!("/v1/appStoreVersions/{id}");
    let absent = "/v1/appStoreVersions/absent";
    let members = wrong_members("absent").to_string();
    let steps = [
        (&app.anonymous(), "/v1/nothing/absent?foo=1", text, "{", 401, "NOT_AUTHORIZED"),
        (&sales, "/v1/nothing/absent?foo=1", text, "{", 404, "PATH_ERROR"),
        (&sales, "/v1/appStoreVersions?foo=1", text, "{", 403, "FORBIDDEN_ERROR"),
        (&sales, "/v1/appStoreVersions/absent?foo=1", text, "{", 403, "FORBIDDEN_ERROR"),
        (&admin, "/v1/appStoreVersions/absent?foo=1", text, "{", 400, "PARAMETER_ERROR.ILLEGAL"),
        (&admin, absent, text, "{", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (&admin, absent, json_type, "{", 400, "ENTITY_INVALID"),
        (&admin, absent, json_type, "{}", 422, "ENTITY_UNPROCESSABLE"),
        (&admin, absent, json_type, &members, 404, "NOT_FOUND"),
    ];
    for (caller, path, headers, body, status, code) in steps {
        let reply = caller.send("PATCH", path, headers, body).await;
        assert_eq!((reply.status, reply.codes().first().copied()), (status, Some(code)), "{reply}");
    }
    let reply = admin.patch(&known, wrong_members(id)).await.expect(409);
    let mut codes = reply.codes();
    codes.sort_unstable();
    let all_at_once = [
        "ENTITY_ERROR.ATTRIBUTE.TYPE",
        "ENTITY_ERROR.ATTRIBUTE.UNKNOWN",
        "ENTITY_ERROR.RELATIONSHIP.INVALID",
        "ENTITY_ERROR.RELATIONSHIP.UNKNOWN",
        "ENTITY_ERROR.TYPE.INVALID",
    ];
    assert_eq!(codes, all_at_once, "{reply}");
    let right = json!({ "data": { "type": "appStoreVersions", "id": id } });
    admin.patch(&known, right).await.expect(200);
}

/// The 403 of an operation that is not offered tells more than that of a role, and comes first.
#[tokio::test]
async fn an_operation_that_is_not_offered_wins_over_a_role_that_is_too_low() {
    let app = TestApp::new();
    let reply = app.caller(Role::Sales).delete("/v1/apps/1").await.expect(403);
    let title = &reply.json["errors"][0]["title"];
    assert_eq!(title, "The given operation is not allowed", "{reply}");
}

fn wrong_members(id: &str) -> Value {
    json!({ "data": {
        "type": "apps",
        "id": id,
        "attributes": { "copyright": 5, "color": "red" },
        "relationships": {
            "build": { "data": { "type": "builds", "id": "absent" } },
            "friend": { "data": null },
        },
    }})
}
