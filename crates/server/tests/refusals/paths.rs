//! Paths: unknown ones, known ones with another method, ids that are not there or not ids.

use crate::table::At::Nowhere;
use crate::table::Known::{Ours, Seen};
use crate::table::{Known, Row, hold};

#[tokio::test]
async fn paths_that_name_nothing() {
    let path = |known: Known, path: &str, detail: &str| {
        Row::get(known, path).is(404, "PATH_ERROR", detail, Nowhere)
    };
    let relationship = |name: &str| format!("The relationship '{name}' does not exist");
    let resource = |name: &str| format!("The resource '{name}' does not exist");
    hold(vec![
        path(
            Seen,
            "/v1/apps/{app}/inAppPurchaseLocalizations",
            &relationship("inAppPurchaseLocalizations"),
        ),
        path(Seen, "/v1/apps/{app}/relationships/cars", &relationship("cars")),
        path(Ours, "/v1/apps/{app}/relationships", &relationship("relationships")),
        path(Seen, "/v1/cars", &resource("cars")),
        path(Seen, "/v1/appDataUsages", &resource("appDataUsages")),
        path(Ours, "/v1/Apps", &resource("Apps")),
        path(Ours, "/v1/cars/1", &resource("cars")),
        path(Ours, "/v2/apps", &resource("apps")),
        path(Ours, "/v4/apps", &resource("apps")),
        path(Ours, "/v1", &resource("/v1")),
        path(Ours, "/v1/", &resource("/v1/")),
        path(Ours, "/", &resource("/")),
        path(Ours, "/v1/_apiKeys", &resource("_apiKeys")),
        path(Ours, "/v1/apps/{app}/builds/1", &resource("/v1/apps/{app}/builds/1")),
        path(Ours, "/v1//apps", &resource("/v1//apps")),
    ])
    .await;
}

#[tokio::test]
async fn methods_that_are_not_offered() {
    let refused = |known: Known, method: &'static str, path: &str, detail: &str| {
        Row::new(known, method, path.to_owned(), Vec::new(), Vec::new()).is(
            403,
            "FORBIDDEN_ERROR",
            detail,
            Nowhere,
        )
    };
    hold(vec![
        refused(Seen, "POST", "/v1/apps", "The resource 'apps' does not allow 'CREATE'. Allowed operations are: GET_COLLECTION, GET_INSTANCE, UPDATE"),
        refused(Seen, "DELETE", "/v1/apps/{app}", "The resource 'apps' does not allow 'DELETE'. Allowed operations are: GET_COLLECTION, GET_INSTANCE, UPDATE"),
        refused(Seen, "GET", "/v1/webhooks", "The resource 'webhooks' does not allow 'GET_COLLECTION'. Allowed operations are: CREATE, DELETE, GET_INSTANCE, UPDATE"),
        refused(Seen, "DELETE", "/v1/devices/{device}", "The resource 'devices' does not allow 'DELETE'. Allowed operations are: CREATE, GET_COLLECTION, GET_INSTANCE, UPDATE"),
        refused(Ours, "PATCH", "/v1/territories/USA", "The resource 'territories' does not allow 'UPDATE'. Allowed operation is: GET_COLLECTION"),
    ])
    .await;
}

#[tokio::test]
async fn methods_that_nothing_offers() {
    let refused = |method: &'static str| {
        let detail = format!("The method '{method}' is not supported");
        Row::new(Ours, method, "/v1/apps".to_owned(), Vec::new(), Vec::new()).is(
            405,
            "METHOD_NOT_ALLOWED",
            detail,
            Nowhere,
        )
    };
    hold(["PUT", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"].map(refused).into()).await;
}

#[tokio::test]
async fn ids_that_are_not_there() {
    let absent = |known: Known, path: &str, kind: &str, id: &str| {
        let detail = format!("There is no resource of type '{kind}' with id '{id}'");
        Row::get(known, path).is(404, "NOT_FOUND", detail, Nowhere)
    };
    let long = "9".repeat(8_000);
    hold(vec![
        absent(Seen, "/v1/builds/X", "builds", "X"),
        absent(Seen, "/v1/apps/0", "apps", "0"),
        absent(Seen, "/v1/apps/0/builds", "apps", "0"),
        absent(Seen, "/v1/apps/0/relationships/builds", "apps", "0"),
        absent(Seen, "/v1/bundleIds/{theirs}", "bundleIds", "{theirs}"),
        absent(Seen, "/v1/bundleIds/{theirs}/profiles", "bundleIds", "{theirs}"),
        absent(Ours, "/v1/apps/{bundle}", "apps", "{bundle}"),
        absent(Ours, &format!("/v1/apps/{long}"), "apps", &long),
        absent(Ours, "/v1/apps/%27%20OR%201=1--", "apps", "' OR 1=1--"),
        absent(Ours, "/v1/apps/..%252F", "apps", "..%2F"),
        absent(Ours, "/v1/apps/%2525", "apps", "%25"),
        absent(Ours, "/v1/apps/%", "apps", "%"),
        absent(Ours, "/v1/apps/%zz", "apps", "%zz"),
        absent(Ours, "/v1/apps/..", "apps", ".."),
        absent(Ours, "/v1/apps/%F0%9F%92%A9", "apps", "\u{1F4A9}"),
        absent(Ours, "/v1/apps/a%0D%0Ab", "apps", "a\r\nb"),
        absent(Ours, "/v3/appPricePoints/AAAA", "appPricePoints", "AAAA"),
    ])
    .await;
}

#[tokio::test]
async fn paths_that_hide_something() {
    let path = |path: &str| {
        let detail = format!("The URL path '{path}' is not valid");
        Row::get(Ours, path).is(404, "PATH_ERROR", detail, Nowhere)
    };
    hold(vec![
        path("/v1/apps/a%2Fb"),
        path("/v1/apps/a%2fbuilds"),
        path("/v1%2Fapps"),
        path("/v1/apps/%00"),
        path("/v1/apps/1%00.json"),
        path("/v1/apps/%FF"),
        path("/v1/apps/%C0%AF"),
        path("/v1/apps/%E0%80%AF"),
        path("/v1/apps/%ED%A0%80"),
    ])
    .await;
}

#[tokio::test]
async fn writes_to_ids_that_are_not_there_change_nothing() {
    let absent = |method: &'static str, path: &str, body: &str, kind: &str, id: &str| {
        let detail = format!("There is no resource of type '{kind}' with id '{id}'");
        Row::send(Seen, method, path, body).is(404, "NOT_FOUND", detail, Nowhere)
    };
    let rename = |id: &str| {
        format!(r#"{{"data":{{"type":"bundleIds","id":"{id}","attributes":{{"name":"Mine"}}}}}}"#)
    };
    hold(vec![
        absent("PATCH", "/v1/bundleIds/NONE", &rename("NONE"), "bundleIds", "NONE"),
        absent("PATCH", "/v1/bundleIds/{theirs}", &rename("{theirs}"), "bundleIds", "{theirs}"),
        absent("DELETE", "/v1/bundleIds/{theirs}", "", "bundleIds", "{theirs}"),
        absent("DELETE", "/v1/betaGroups/NONE", "", "betaGroups", "NONE"),
        absent(
            "POST",
            "/v1/betaGroups/NONE/relationships/betaTesters",
            r#"{"data":[]}"#,
            "betaGroups",
            "NONE",
        ),
        absent(
            "DELETE",
            "/v1/betaGroups/NONE/relationships/betaTesters",
            r#"{"data":[]}"#,
            "betaGroups",
            "NONE",
        ),
    ])
    .await;
}
