//! Query parameters: unknown, repeated, bad and missing ones.

use crate::table::At::{Nowhere, Parameter};
use crate::table::Known::{Documented, Ours, Seen};
use crate::table::{Known, Row, hold};

const INVALID: &str = "PARAMETER_ERROR.INVALID";
const ILLEGAL: &str = "PARAMETER_ERROR.ILLEGAL";
const REQUIRED: &str = "PARAMETER_ERROR.REQUIRED";

#[tokio::test]
async fn names_that_are_not_there() {
    let illegal = |known: Known, path: &str, name: &'static str| {
        let detail = format!("The parameter '{name}' can not be used with this request");
        Row::get(known, path).is(400, ILLEGAL, detail, Parameter(name))
    };
    hold(vec![
        illegal(Seen, "/v1/reviewSubmissions?filter[app]={app}&sort=state", "sort"),
        illegal(Seen, "/v1/apps/{app}/builds?sort=version", "sort"),
        illegal(Seen, "/v1/apps/{app}/appStoreVersions?sort=versionString", "sort"),
        illegal(Documented, "/v1/apps?foo=1", "foo"),
        illegal(Documented, "/v1/apps?Limit=1", "Limit"),
        illegal(Documented, "/v1/apps?page=2", "page"),
        illegal(Ours, "/v1/apps?page[size]=2", "page[size]"),
        illegal(Ours, "/v1/apps?filter=x", "filter"),
        illegal(Ours, "/v1/apps?filter[name=x", "filter[name"),
        illegal(Ours, "/v1/apps?sort[name]=1", "sort[name]"),
        illegal(Ours, "/v1/apps?include[builds]=1", "include[builds]"),
        illegal(Ours, "/v1/apps?=1", ""),
        illegal(Ours, "/v1/apps/{app}?limit=5", "limit"),
        illegal(Ours, "/v1/apps/{app}?cursor=Mg", "cursor"),
        illegal(Ours, "/v1/apps/{app}?filter[name]=x", "filter[name]"),
        illegal(Ours, "/v1/bundleIds?exists[name]=true", "exists[name]"),
        illegal(Ours, "/v1/apps/{app}/relationships/builds?include=app", "include"),
        illegal(
            Ours,
            "/v1/apps/{app}/relationships/builds?fields[builds]=version",
            "fields[builds]",
        ),
    ])
    .await;
}

/// A bad member or value of a family that the operation has.
fn invalid(known: Known, path: &str, detail: &str, name: &'static str) -> Row {
    Row::get(known, path).is(400, INVALID, detail, Parameter(name))
}

#[tokio::test]
async fn members_of_families_that_are_not_there() {
    let filter = |known: Known, path: &str, member: &str, name: &'static str| {
        invalid(known, path, &format!("'{member}' is not a valid filter type"), name)
    };
    let field = |known: Known, path: &str| {
        invalid(known, path, "'nope' is not a valid field name", "fields[apps]")
    };
    let [exists, kind, limit] = [
        "'builds' is not a valid exists type",
        "'cars' is not a valid resource type",
        "'cars' is not a valid relationship name",
    ];
    hold(vec![
        filter(Seen, "/v1/users?filter[emaill]=x", "emaill", "filter[emaill]"),
        filter(Seen, "/v1/apps?filter[zzz]=x", "zzz", "filter[zzz]"),
        filter(Seen, "/v1/apps?filter%5Bzzz%5D=x", "zzz", "filter[zzz]"),
        filter(Ours, "/v1/apps?filter[Name]=x", "Name", "filter[Name]"),
        filter(Ours, "/v1/apps?filter[]=x", "", "filter[]"),
        invalid(Ours, "/v1/apps?exists[builds]=true", exists, "exists[builds]"),
        invalid(Ours, "/v1/apps?fields[cars]=x", kind, "fields[cars]"),
        invalid(Ours, "/v1/apps?limit[cars]=1", limit, "limit[cars]"),
        field(Seen, "/v1/apps?fields[apps]=nope"),
        field(Seen, "/v1/apps?fields[apps]=name,nope"),
    ])
    .await;
}

#[tokio::test]
async fn names_that_cannot_be_included_or_sorted_by() {
    let include = |known: Known, name: &str| {
        let detail = format!("'{name}' is not a valid relationship name");
        invalid(known, &format!("/v1/builds?include={name}"), &detail, "include")
    };
    let sort = |key: &str| {
        let detail = format!("'{key}' is not a valid sort type");
        invalid(Ours, &format!("/v1/apps?sort={key}"), &detail, "sort")
    };
    hold(vec![
        include(Seen, "betaBuildMetrics"),
        include(Seen, "app.betaGroups"),
        include(Ours, "App"),
        include(Ours, "*"),
        sort("primaryLocale"),
        sort("--name"),
        sort("name;drop"),
        sort("-"),
    ])
    .await;
}

#[tokio::test]
async fn values_that_do_not_fit() {
    let limit = |value: &str, maximum: u32| {
        let detail = format!(
            "'{value}' is not a valid value for the parameter 'limit'. Expected a number from 1 to {maximum}"
        );
        let path = format!("/v1/apps?limit={}", value.replace(' ', "%20").replace('+', "%2B"));
        Row::get(Ours, path).is(400, INVALID, detail, Parameter("limit"))
    };
    let mut rows: Vec<Row> =
        ["0", "-1", "201", "99999999999999999999", "ten", "1.5", "", " 1", "0x10", "1e1"]
            .into_iter()
            .map(|value| limit(value, 200))
            .collect();
    let platforms = "Expected one of: 'IOS', 'MAC_OS', 'UNIVERSAL'";
    for (path, value) in [
        ("/v1/devices?filter[platform]=ANDROID", "ANDROID"),
        ("/v1/devices?filter[platform]=ios", "ios"),
        ("/v1/devices?filter[platform]=IOS,WATCH", "WATCH"),
    ] {
        let detail = format!(
            "'{value}' is not a valid value for the parameter 'filter[platform]'. {platforms}"
        );
        rows.push(Row::get(Ours, path).is(400, INVALID, detail, Parameter("filter[platform]")));
    }
    let detail = "'51' is not a valid value for the parameter 'limit[builds]'. Expected a number from 1 to 50";
    rows.push(Row::get(Documented, "/v1/apps?include=builds&limit[builds]=51").is(
        400,
        INVALID,
        detail,
        Parameter("limit[builds]"),
    ));
    let detail = "'maybe' is not a valid value for the parameter 'exists[gameCenterEnabledVersions]'. Expected one of: 'true', 'false'";
    rows.push(Row::get(Ours, "/v1/apps?exists[gameCenterEnabledVersions]=maybe").is(
        400,
        INVALID,
        detail,
        Parameter("exists[gameCenterEnabledVersions]"),
    ));
    hold(rows).await;
}

#[tokio::test]
async fn parameters_given_more_than_once() {
    let twice = |path: &str, name: &'static str| {
        let detail = format!("The parameter '{name}' can not be given more than once");
        Row::get(Seen, path).is(400, INVALID, detail, Parameter(name))
    };
    hold(vec![
        twice("/v1/apps?limit=1&limit=2", "limit"),
        twice("/v1/apps?limit=1&limit=1", "limit"),
        twice("/v1/apps?filter[name]=a&filter%5Bname%5D=b", "filter[name]"),
        twice("/v1/apps?include=builds&include=betaGroups", "include"),
    ])
    .await;
}

#[tokio::test]
async fn cursors_that_are_not_of_this_list() {
    let cursor = |path: String, value: &str| {
        let detail = format!("'{value}' is not a valid cursor for this request");
        Row::get(Ours, path).is(400, INVALID, detail, Parameter("cursor"))
    };
    let admin = russet_testkit::TestApp::demo().caller(russet_testkit::Role::Admin);
    let mut rows = Vec::new();
    // Another list's, cut short, forged.
    for (from, to) in [
        ("/v1/bundleIds?limit=1&sort=name", "/v1/apps?limit=1"),
        ("/v1/apps?limit=1", "/v1/apps?limit=1&sort=name"),
        ("/v1/apps?limit=1&sort=name", "/v1/apps?limit=1"),
        ("/v1/territories?limit=1", "/v1/apps?limit=1&sort=name"),
        ("/v1/apps?limit=1&sort=name", "/v1/apps?limit=1&sort=bundleId"),
        ("/v1/apps?limit=1&sort=name", "/v1/apps?limit=1&sort=-name"),
        ("/v1/builds?limit=1", "/v1/builds?limit=1&filter[expired]=true"),
    ] {
        let page = admin.get(from).await.expect(200);
        let next = page.json["meta"]["paging"]["nextCursor"].as_str().expect("more pages");
        rows.push(cursor(format!("{to}&cursor={next}"), next));
        let cut = &next[..next.len() - 1];
        rows.push(cursor(format!("{from}&cursor={cut}"), cut));
    }
    // `{}`, `[]`, `[1]`, `["x"]`, `["a","b","c","d"]`, `["-1"]`, deep nesting, not base64.
    for forged in [
        "e30",
        "W10",
        "WzFd",
        "WyJ4Il0",
        "WyJhIiwiYiIsImMiLCJkIl0",
        "WyItMSJd",
        "W1tbW1tbXV1dXV1d",
        "Mg",
        "%20",
        "!!",
        "%F0%9F%92%A9",
    ] {
        let value = match forged {
            "%20" => " ",
            "%F0%9F%92%A9" => "\u{1F4A9}",
            other => other,
        };
        rows.push(cursor(format!("/v1/apps?limit=1&cursor={forged}"), value));
        rows.push(cursor(format!("/v1/territories?limit=1&cursor={forged}"), value));
    }
    rows.push(cursor("/v1/apps?cursor=".to_owned(), ""));
    hold(rows).await;
}

#[tokio::test]
async fn required_parameters_that_are_missing() {
    let required = |path: &str, name: &'static str| {
        let detail = format!("The parameter '{name}' is required for this request");
        Row::get(Documented, path).is(400, REQUIRED, detail, Parameter(name))
    };
    hold(vec![
        required("/v1/actors", "filter[id]"),
        required("/v1/actors?filter[id]=", "filter[id]"),
        required("/v1/betaAppReviewDetails", "filter[app]"),
        required("/v1/betaAppReviewSubmissions", "filter[build]"),
        required("/v1/reviewSubmissions", "filter[app]"),
        required("/v1/nominations", "filter[state]"),
        required("/v1/apps/{app}/customerReviewSummarizations", "filter[platform]"),
    ])
    .await;
}

#[tokio::test]
async fn text_that_is_no_text() {
    let text = |path: &str, name: &'static str| {
        let detail = "A parameter is not valid UTF-8 text";
        Row::get(Ours, path).is(400, INVALID, detail, Parameter(name))
    };
    hold(vec![
        text("/v1/apps?filter[name]=%FF", "filter[name]"),
        text("/v1/apps?filter[name]=%C0%AF", "filter[name]"),
        text("/v1/apps?filter[name]=%ED%A0%80", "filter[name]"),
        text("/v1/apps?filter[name]=a%00b", "filter[name]"),
        text("/v1/apps?%FF=1", "%FF"),
        text("/v1/apps?filter%5B%00%5D=1", "filter%5B%00%5D"),
    ])
    .await;
}

#[tokio::test]
async fn every_problem_is_told_at_once() {
    hold(vec![
        Row::get(Documented, "/v1/apps?limit=0&sort=sku,zip&foo=1&filter[zzz]=1&include=a,b")
            .is(
                400,
                INVALID,
                "'0' is not a valid value for the parameter 'limit'. Expected a number from 1 to 200",
                Parameter("limit"),
            )
            .and(INVALID, "'zip' is not a valid sort type", Parameter("sort"))
            .and(ILLEGAL, "The parameter 'foo' can not be used with this request", Parameter("foo"))
            .and(INVALID, "'zzz' is not a valid filter type", Parameter("filter[zzz]"))
            .and(INVALID, "'a' is not a valid relationship name", Parameter("include"))
            .and(INVALID, "'b' is not a valid relationship name", Parameter("include")),
    ])
    .await;
}

#[tokio::test]
async fn writes_take_no_parameters_either() {
    let body = r#"{"data":{"type":"bundleIds","attributes":{"name":"N","identifier":"a.b","platform":"IOS"}}}"#;
    let detail = "The parameter 'include' can not be used with this request";
    hold(vec![
        Row::send(Ours, "POST", "/v1/bundleIds?include=app", body).is(
            400,
            ILLEGAL,
            detail,
            Parameter("include"),
        ),
        Row::send(Ours, "PATCH", "/v1/bundleIds/{bundle}?include=app", body).is(
            400,
            ILLEGAL,
            detail,
            Parameter("include"),
        ),
        Row::new(Ours, "DELETE", "/v1/bundleIds/{bundle}?include=app".to_owned(), vec![], vec![])
            .is(400, ILLEGAL, detail, Parameter("include")),
        Row::get(Ours, format!("/v1/apps?filter[name]={}", "n".repeat(17_000))).is(
            414,
            "URI_TOO_LONG",
            "The URL is longer than 16384 bytes",
            Nowhere,
        ),
    ])
    .await;
}

/// Lists in every kind of order go on where their own cursor says.
#[tokio::test]
async fn cursors_of_this_list_lead_to_its_next_page() {
    let app = russet_testkit::TestApp::demo();
    let admin = app.caller(russet_testkit::Role::Admin);
    let apps = admin.get("/v1/apps?limit=1").await.expect(200);
    let of_app = |list: &str| format!("/v1/apps/{}/{list}", apps.ids()[0]);
    for list in [
        "/v1/apps?limit=1".to_owned(),
        "/v1/apps?sort=-name&limit=1".to_owned(),
        "/v1/bundleIds?sort=id&limit=1".to_owned(),
        "/v1/bundleIds?sort=platform,-id&limit=1".to_owned(),
        "/v1/territories?limit=1".to_owned(),
        of_app("appStoreVersions?limit=1"),
        of_app("builds?limit=1"),
        of_app("relationships/builds?limit=1"),
    ] {
        let first = admin.get(&list).await.expect(200);
        let next = first.json["meta"]["paging"]["nextCursor"].as_str().expect("more pages");
        let second = admin.get(&format!("{list}&cursor={next}")).await.expect(200);
        assert_eq!(second.ids().len(), 1, "{second}");
        assert_ne!(first.ids(), second.ids(), "{second}");
    }
}
