//! Random damage to good requests: never a 5xx but 501, never a panic, always the right document,
//! and what is refused changes nothing.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use russet_testkit::{Caller, Role, TestApp};
use serde_json::Value;

/// Damaged requests that are sent. Enough to meet each kind of damage on each request.
const CASES: u32 = 1_500;

/// Good requests; `{…}` is filled in with an id of the demo.
const GOOD: &[(&str, &str, &str)] = &[
    (
        "GET",
        "/v1/apps?limit=2&sort=-name&include=builds,betaGroups&limit[builds]=3&fields[apps]=name,builds",
        "",
    ),
    ("GET", "/v1/apps/{app}?include=appInfos&fields[appInfos]=state", ""),
    (
        "GET",
        "/v1/builds?filter[app]={app}&filter[preReleaseVersion.platform]=IOS&exists[usesNonExemptEncryption]=true",
        "",
    ),
    ("GET", "/v1/apps/{app}/relationships/betaGroups?limit=1", ""),
    ("GET", "/v1/territories?limit=3&cursor=WyJiYmM4NzMzZSIsIjMiXQ", ""),
    (
        "GET",
        "/v1/bundleIds?filter[identifier]=com&filter[platform]=IOS&limit=1&cursor=WyJhMjNhMTQ5NiIsIjE2NTEiXQ",
        "",
    ),
    (
        "POST",
        "/v1/bundleIds",
        r#"{"data":{"type":"bundleIds","attributes":{"name":"N","identifier":"com.example.n","platform":"IOS"}}}"#,
    ),
    (
        "POST",
        "/v1/betaGroups",
        r#"{"data":{"type":"betaGroups","attributes":{"name":"G","publicLinkLimit":5,"feedbackEnabled":true},"relationships":{"app":{"data":{"type":"apps","id":"{app}"}},"betaTesters":{"data":[{"type":"betaTesters","id":"{tester}"}]}}}}"#,
    ),
    (
        "PATCH",
        "/v1/bundleIds/{bundle}",
        r#"{"data":{"type":"bundleIds","id":"{bundle}","attributes":{"name":"M"}}}"#,
    ),
    (
        "POST",
        "/v1/betaGroups/{group}/relationships/betaTesters",
        r#"{"data":[{"type":"betaTesters","id":"{tester}"}]}"#,
    ),
    (
        "DELETE",
        "/v1/betaGroups/{group}/relationships/betaTesters",
        r#"{"data":[{"type":"betaTesters","id":"{tester}"}]}"#,
    ),
    (
        "POST",
        "/v1/appPriceSchedules",
        r#"{"data":{"type":"appPriceSchedules","relationships":{"app":{"data":{"type":"apps","id":"{app}"}},"baseTerritory":{"data":{"type":"territories","id":"USA"}},"manualPrices":{"data":[{"type":"appPrices","id":"${p}"}]}}},"included":[{"type":"appPrices","id":"${p}","attributes":{"startDate":null},"relationships":{"appPricePoint":{"data":{"type":"appPricePoints","id":"eyJ"}}}}]}"#,
    ),
    (
        "POST",
        "/v1/appStoreVersions",
        r#"{"data":{"type":"appStoreVersions","attributes":{"platform":"TV_OS","versionString":"9.1","earliestReleaseDate":"2026-12-01T10:00:00Z"},"relationships":{"app":{"data":{"type":"apps","id":"{app}"}}}}}"#,
    ),
    (
        "PATCH",
        "/v1/users/{user}/relationships/visibleApps",
        r#"{"data":[{"type":"apps","id":"{app}"}]}"#,
    ),
    (
        "POST",
        "/v1/userInvitations",
        r#"{"data":{"type":"userInvitations","attributes":{"email":"a@b.example","firstName":"A","lastName":"B","roles":["DEVELOPER"],"allAppsVisible":false},"relationships":{"visibleApps":{"data":[{"type":"apps","id":"{app}"}]}}}}"#,
    ),
];

/// One way to damage a request.
#[derive(Debug, Clone)]
enum Damage {
    /// Puts bytes in place of one byte of the body.
    Bytes(prop::sample::Index, Vec<u8>),
    /// Cuts the body.
    Cut(prop::sample::Index),
    /// Puts another value in place of one value of the JSON.
    Value(prop::sample::Index, Value),
    /// Renames one member of the JSON.
    Rename(prop::sample::Index, String),
    /// Puts text in place of one character of the path and query.
    Url(prop::sample::Index, String),
    /// Adds a parameter.
    Parameter(String, String),
    /// Another method.
    Method(&'static str),
    /// Another content type.
    ContentType(&'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = || any::<prop::sample::Index>();
    prop_oneof![
        (index(), prop::collection::vec(any::<u8>(), 0..4))
            .prop_map(|(at, b)| Damage::Bytes(at, b)),
        index().prop_map(Damage::Cut),
        (index(), value()).prop_map(|(at, value)| Damage::Value(at, value)),
        (index(), "\\PC{0,12}").prop_map(|(at, name)| Damage::Rename(at, name)),
        (index(), url_text()).prop_map(|(at, text)| Damage::Url(at, text)),
        (parameter_name(), "\\PC{0,12}").prop_map(|(name, text)| Damage::Parameter(name, text)),
        prop::sample::select(vec!["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD"])
            .prop_map(Damage::Method),
        prop::sample::select(vec!["text/plain", "", "application/vnd.api+json"])
            .prop_map(Damage::ContentType),
    ]
}

pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        prop::sample::select(vec!["${p}", "${}", "\0", "apps", "IOS", "", "2026-13-01"])
            .prop_map(Value::from),
        prop::sample::select(vec![300_usize, 5_000]).prop_map(|n| Value::from("x".repeat(n))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("\\PC{0,8}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn url_text() -> impl Strategy<Value = String> {
    let odd = vec![
        "",
        "%",
        "%00",
        "%FF",
        "%2F",
        "/",
        "//",
        "..",
        "&",
        "=",
        ",",
        "[",
        "]",
        "-",
        "+",
        "relationships",
        "%C0%AF",
        "999999999999999999999",
        "'",
        ";",
        "?",
        "v2",
        "%ED%A0%80",
    ];
    prop_oneof![
        prop::sample::select(odd).prop_map(str::to_owned),
        "\\PC{1,3}".prop_map(|text| escaped(&text)),
    ]
}

fn parameter_name() -> impl Strategy<Value = String> {
    let family = prop::sample::select(vec![
        "limit",
        "cursor",
        "sort",
        "include",
        "filter[app]",
        "filter[id]",
        "filter[name]",
        "fields[apps]",
        "fields[builds]",
        "limit[builds]",
        "exists[app]",
        "filter[",
        "x",
    ]);
    family.prop_map(str::to_owned)
}

pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| format!("{escaped}%{byte:02X}"))
}

/// A request that is about to be sent.
#[derive(Debug)]
struct Sent {
    method: &'static str,
    url: String,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Sent {
    fn suffer(&mut self, damage: Damage) {
        match damage {
            Damage::Bytes(at, bytes) if !self.body.is_empty() => {
                let at = at.index(self.body.len());
                self.body.splice(at..=at, bytes);
            }
            Damage::Cut(at) if !self.body.is_empty() => {
                self.body.truncate(at.index(self.body.len()));
            }
            Damage::Value(at, value) => self.change_json(|document| {
                let count = count(document);
                if let Some(place) = nth(document, &mut at.index(count)) {
                    *place = value;
                }
            }),
            Damage::Rename(at, name) => self.change_json(|document| {
                let count = count(document);
                if let Some(Value::Object(object)) = nth(document, &mut at.index(count)) {
                    let first = object.keys().next().cloned();
                    if let Some(value) = first.and_then(|first| object.remove(&first)) {
                        object.insert(name, value);
                    }
                }
            }),
            Damage::Url(at, text) => {
                let at = 1 + at.index(self.url.len() - 1);
                if self.url.is_char_boundary(at) {
                    self.url.replace_range(at..=at, &text);
                }
            }
            Damage::Parameter(name, text) => {
                let joint = if self.url.contains('?') { '&' } else { '?' };
                self.url = format!("{}{joint}{name}={}", self.url, escaped(&text));
            }
            Damage::Method(method) => self.method = method,
            Damage::ContentType(kind) => self.content_type = kind,
            Damage::Bytes(..) | Damage::Cut(_) => {}
        }
    }

    fn change_json(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut document) = serde_json::from_slice::<Value>(&self.body) {
            change(&mut document);
            self.body = document.to_string().into_bytes();
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

fn nth<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(members) => members.values_mut().find_map(|member| nth(member, left)),
        _ => None,
    }
}

#[test]
fn damaged_requests_get_errors_of_the_right_form_and_change_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let ids = runtime.block_on(ids(&admin));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let requests = (0..GOOD.len(), prop::collection::vec(damage(), 1..4));
    let outcome = runner.run(&requests, |(which, damages)| {
        let (method, url, body) = GOOD[which];
        let mut sent = Sent {
            method,
            url: fill(url, &ids),
            content_type: "application/json",
            body: fill(body, &ids).into_bytes(),
        };
        for damage in damages {
            sent.suffer(damage);
        }
        // What no HTTP client can send is not for this test.
        if sent.url.parse::<axum::http::Uri>().is_err() || !sent.url.starts_with('/') {
            return Ok(());
        }
        let before = app.generation();
        let headers = [("content-type", sent.content_type)];
        let reply =
            runtime.block_on(admin.send_unjudged(sent.method, &sent.url, &headers, &sent.body));
        prop_assert!(reply.status < 500 || reply.status == 501, "{sent:?}\n{reply}");
        // The answer to a HEAD has no body to look at.
        let judged = sent.method == "HEAD" || reply.faults.is_empty();
        prop_assert!(judged, "{sent:?}\n{reply}");
        if reply.status >= 400 {
            prop_assert_eq!(app.generation(), before, "{:?}\n{}", sent, reply);
        }
        Ok(())
    });
    outcome.expect("every damaged request is answered as it should be");
}

async fn ids(admin: &Caller) -> Vec<(&'static str, String)> {
    let mut ids = Vec::new();
    for (name, list) in [
        ("{app}", "apps"),
        ("{bundle}", "bundleIds"),
        ("{group}", "betaGroups"),
        ("{tester}", "betaTesters"),
        ("{user}", "users"),
    ] {
        let page = admin.get(&format!("/v1/{list}?limit=1")).await.expect(200);
        ids.push((name, page.ids()[0].to_owned()));
    }
    ids
}

fn fill(text: &str, ids: &[(&str, String)]) -> String {
    ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
}
