//! What must hold for every reply, whatever was asked: headers, error documents, and successes
//! against the catalog's schema of the operation.
//!
//! It never says what a reply should have been, only that the API does not give such a reply.
//! Start at [`check`].

mod document;
mod resource;
mod shape;

use russet_catalog::{Found, Method, Operation};
use serde_json::Value;

use crate::reply::Reply;

/// Headers that replies may carry. Source: recorded replies, and HTTP's own.
const HEADERS: &[&str] = &[
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "location",
    "requestid",
    "retry-after",
    "server",
    "strict-transport-security",
    "vary",
    "x-apple-jingle-correlation-key",
    "x-apple-request-uuid",
    "x-rate-limit",
    "x-reports-download-version",
    "x-reports-filename",
];

/// Members that an error object may have. Source: Apple's document.
const ERROR_MEMBERS: &[&str] =
    &["id", "status", "code", "title", "detail", "source", "links", "meta"];

/// Says what is wrong, each with the place where it is.
pub(crate) struct Findings(Vec<String>);

impl Findings {
    pub(crate) fn add(&mut self, at: &str, what: impl AsRef<str>) {
        self.0.push(format!("{at}: {}", what.as_ref()));
    }

    pub(crate) fn require(&mut self, holds: bool, at: &str, what: &str) {
        if !holds {
            self.add(at, what);
        }
    }
}

/// Returns what is wrong with a reply: nothing, if the API could give it.
pub(crate) fn check(reply: &Reply) -> Vec<String> {
    let mut findings = Findings(Vec::new());
    for (name, _) in &reply.headers {
        findings.require(HEADERS.contains(&name.as_str()), name, "is not a header of the API");
    }
    match reply.status {
        200..=299 => success(reply, &mut findings),
        406 => findings.require(
            reply.header("content-type") == Some("text/plain"),
            "406",
            "is not plain text",
        ),
        400..=499 => errors(reply, &mut findings),
        501 => {
            errors(reply, &mut findings);
            let told = reply.codes() == ["NOT_IMPLEMENTED"];
            findings.require(told, "501", "does not say NOT_IMPLEMENTED");
        }
        status => findings.add("status", format!("{status} is never an answer of the API")),
    }
    findings.0
}

fn success(reply: &Reply, findings: &mut Findings) {
    let (path, query) = reply.path.split_once('?').unwrap_or((&reply.path, ""));
    let Some(path) = russet_wire::decode_path(path) else {
        return findings.add("path", "was not refused although it cannot be decoded");
    };
    let method = match reply.method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        // Health checks and the like are not the API's.
        _ => return,
    };
    let Found::Match { operation, .. } = russet_catalog::find(method, &path) else {
        return findings.require(!path.starts_with("/v"), "path", "is not in Apple's document");
    };
    let before = findings.0.len();
    of_operation(reply, operation, query, findings);
    if findings.0.len() > before {
        findings.0.insert(before, format!("{}:", operation.id));
    }
}

fn of_operation(
    reply: &Reply,
    operation: &'static Operation,
    query: &str,
    findings: &mut Findings,
) {
    let status = reply.status;
    if !operation.statuses.contains(&status) {
        findings.add("status", format!("the document lists {:?}", operation.statuses));
    }
    if status == 204 || status == 202 {
        return findings.require(reply.body.is_empty(), "body", "204 and 202 have none");
    }
    let media = reply.header("content-type").unwrap_or("none");
    if !operation.media.contains(&media) {
        return findings.add("content-type", format!("{media} is not of {:?}", operation.media));
    }
    if media == "application/json" {
        document::check(reply, operation, query, findings);
    }
}

fn errors(reply: &Reply, findings: &mut Findings) {
    let json = reply.header("content-type") == Some("application/json");
    findings.require(json, "content-type", "of an error is application/json");
    let members = reply.json.as_object().map(|object| object.keys().collect::<Vec<_>>());
    findings.require(
        members == Some(vec![&"errors".to_owned()]),
        "body",
        "is not {\"errors\": […]}",
    );
    let errors = reply.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
    findings.require(!errors.is_empty(), "errors", "is empty");
    for (index, error) in errors.iter().enumerate() {
        error_object(error, &format!("errors/{index}"), findings);
    }
    let first = errors.first().and_then(|error| error["status"].as_str());
    let same = first == Some(reply.status.to_string().as_str());
    findings.require(same, "errors/0/status", "is not the HTTP status");
}

fn error_object(error: &Value, at: &str, findings: &mut Findings) {
    let Some(object) = error.as_object() else { return findings.add(at, "is not an object") };
    for name in object.keys() {
        findings.require(ERROR_MEMBERS.contains(&name.as_str()), at, &format!("has '{name}'"));
    }
    for name in ["status", "code", "title", "detail"] {
        findings.require(
            object.get(name).is_some_and(Value::is_string),
            at,
            &format!("has no text '{name}'"),
        );
    }
    if let Some(source) = object.get("source") {
        let one = source.as_object().filter(|source| source.len() == 1);
        let known = one.is_some_and(|source| {
            ["pointer", "parameter"]
                .iter()
                .any(|name| source.get(*name).is_some_and(Value::is_string))
        });
        findings.require(known, at, "has a source that is neither a pointer nor a parameter");
    }
    let associated = error["meta"]["associatedErrors"].as_object();
    for (path, errors) in associated.into_iter().flatten() {
        findings.require(
            path.starts_with("/v"),
            at,
            &format!("associates with '{path}', not a path"),
        );
        for error in errors.as_array().into_iter().flatten() {
            error_object(error, &format!("{at}/meta/associatedErrors/{path}"), findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::app::BASE;

    fn reply(status: u16, body: &Value) -> Reply {
        Reply {
            method: "GET".to_owned(),
            path: "/v1/betaCrashLogs/1".to_owned(),
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into(),
            json: body.clone(),
            faults: Vec::new(),
        }
    }

    fn crash_log() -> Value {
        let own = format!("{BASE}/v1/betaCrashLogs/1");
        json!({
            "data": {
                "type": "betaCrashLogs",
                "id": "1",
                "attributes": { "logText": "t" },
                "links": { "self": own },
            },
            "links": { "self": own },
        })
    }

    #[test]
    fn a_good_reply_has_no_faults() {
        assert_eq!(check(&reply(200, &crash_log())), Vec::<String>::new());
    }

    #[test]
    fn each_departure_from_the_schema_is_told_with_its_place() {
        let departures = [
            ("/data/type", json!("apps"), "type is"),
            ("/data/id", json!(""), "has no id"),
            ("/data/attributes", json!({ "logText": 5 }), "attributes/logText: 5 is not"),
            ("/data/attributes", json!({}), "attribute 'logText' is missing"),
            ("/data/attributes", json!({ "logText": "t", "x": 1 }), "attributes/x: is not"),
            ("/data/links/self", json!("http://elsewhere"), "links/self is not"),
            ("/links/self", json!("http://elsewhere"), "links/self: is not a URL"),
            ("/data", json!(null), "is not a resource"),
        ];
        for (place, value, told) in departures {
            let mut document = crash_log();
            *document.pointer_mut(place).expect("a place") = value;
            let faults = check(&reply(200, &document)).join("\n");
            assert!(faults.contains(told), "{place}: {faults}");
            assert!(faults.contains("betaCrashLogs_getInstance"), "{faults}");
        }
    }

    #[test]
    fn errors_must_be_error_documents_and_faults_of_ours_are_never_right() {
        let error = json!({"status": "404", "code": "NOT_FOUND", "title": "t", "detail": "d"});
        assert!(check(&reply(404, &json!({ "errors": [error] }))).is_empty());
        for (status, body) in [
            (404, json!({})),
            (404, json!({ "errors": [] })),
            (404, json!({ "errors": [{ "status": "404" }] })),
            (409, json!({ "errors": [error] })),
            (500, json!({ "errors": [error] })),
            (501, json!({ "errors": [error] })),
        ] {
            assert!(!check(&reply(status, &body)).is_empty(), "{status} {body}");
        }
    }

    #[test]
    fn a_header_that_the_api_does_not_have_is_told() {
        let mut reply = reply(200, &crash_log());
        reply.headers.push(("x-powered-by".to_owned(), "us".to_owned()));
        assert_eq!(check(&reply), ["x-powered-by: is not a header of the API"]);
    }
}
