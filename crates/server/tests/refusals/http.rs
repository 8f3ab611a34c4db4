//! Headers and methods: what HTTP lets a client say that this API does not take.

use russet_testkit::{Role, TestApp};

use crate::table::At::Nowhere;
use crate::table::Known::{Ours, Seen};
use crate::table::{Known, Row, hold};

const NOT_AUTHORIZED: &str = "Provide a properly configured and signed bearer token, and make sure that it has not expired. Learn more about Generating Tokens for API Requests https://developer.apple.com/go/?id=api-generating-tokens";

#[tokio::test]
async fn second_authorization_header_makes_both_worthless() {
    let refused = |known: Known, value: &str| {
        Row::get(known, "/v1/apps").with("authorization", value).is(
            401,
            "NOT_AUTHORIZED",
            NOT_AUTHORIZED,
            Nowhere,
        )
    };
    hold(vec![refused(Ours, "Bearer x"), refused(Ours, ""), refused(Ours, "Basic YTpi")]).await;
}

#[tokio::test]
async fn missing_jwt_wins_over_every_other_mistake() {
    let app = TestApp::demo();
    for (method, path) in [
        ("GET", "/v1/cars"),
        ("PUT", "/v1/apps"),
        ("POST", "/v1/apps"),
        ("GET", "/v1/apps?foo=1"),
        ("POST", "/v1/bundleIds"),
        ("GET", "/v1/apps/%FF"),
    ] {
        let reply = app.anonymous().send(method, path, &[], b"{").await.expect(401);
        assert_eq!(reply.codes(), ["NOT_AUTHORIZED"], "{reply}");
        assert!(reply.json["errors"][0].get("id").is_none(), "{reply}");
    }
}

/// Source: a recorded reply, which is plain text.
#[tokio::test]
async fn media_types_that_are_not_offered_are_refused_in_plain_text() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let reply = admin.send_unjudged("GET", "/v1/apps", &[("accept", "text/html")], b"").await;
    assert_eq!((reply.status, reply.header("content-type")), (406, Some("text/plain")), "{reply}");
    assert_eq!(
        String::from_utf8_lossy(&reply.body),
        "The provided Accept header is not supported for this request.\n\
         Requested: MediaRangeImpl{type='text', subtype='html', parameters={}, quality=1.0}\n\
         Allowed: application/json"
    );
    let accepted = [
        "*/*",
        "application/*",
        "application/json",
        "APPLICATION/JSON",
        "text/html, application/json;q=0.1",
        "application/json; charset=utf-8",
        "",
    ];
    for accept in accepted {
        let _ = admin.send("GET", "/v1/apps", &[("accept", accept)], b"").await.expect(200);
    }
}

#[tokio::test]
async fn head_answers_as_get_does() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    for (path, status) in [("/v1/apps", 200), ("/v1/apps/0", 404), ("/v1/cars", 404)] {
        assert_eq!(admin.send_unjudged("HEAD", path, &[], b"").await.status, status, "{path}");
    }
}

#[tokio::test]
async fn hosts_that_are_none_are_refused() {
    let refused = |path: &str| {
        Row::get(Ours, path).is(400, "BAD_REQUEST", "The Host header does not name a host", Nowhere)
    };
    hold(vec![
        refused("http://user:secret@host.example/v1/apps"),
        refused("http://under_score.example/v1/apps"),
    ])
    .await;
}

/// The absolute form names the host: what a client sends through a plain proxy.
#[tokio::test]
async fn absolute_form_names_the_host_of_links() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let reply =
        admin.send_unjudged("GET", "http://asc.example:8080/v1/apps?limit=1", &[], b"").await;
    assert_eq!(reply.status, 200, "{reply}");
    let own = reply.json["links"]["self"].as_str().unwrap_or_default();
    assert_eq!(own, "https://asc.example:8080/v1/apps?limit=1");
}

#[tokio::test]
async fn bodies_of_reads_and_deletes_are_not_looked_at() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let text = [("content-type", "text/plain")];
    let _ = admin.send("GET", "/v1/apps", &text, b"{").await.expect(200);
    hold(vec![
        Row::new(Seen, "DELETE", "/v1/bundleIds/NONE".to_owned(), Vec::new(), b"{".to_vec()).is(
            404,
            "NOT_FOUND",
            "There is no resource of type 'bundleIds' with id 'NONE'",
            Nowhere,
        ),
    ])
    .await;
}
