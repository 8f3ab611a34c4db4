//! The form of the table's rows, and how they are held against the server.

use std::fmt::Write as _;

use russet_testkit::{Caller, Reply, Role, TestApp};
use serde_json::Value;

/// Where a reply is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Recorded from the real service.
    Seen,
    /// Apple's documentation says so.
    Documented,
    /// Inferred, or made up where nothing is known.
    Ours,
}

/// Where a problem lies.
#[derive(Debug, Clone, Copy)]
pub enum At {
    /// `source.pointer`.
    Pointer(&'static str),
    /// `source.parameter`.
    Parameter(&'static str),
    /// No `source`.
    Nowhere,
}

/// One expected error object.
#[derive(Debug)]
pub struct Problem {
    pub code: &'static str,
    pub detail: String,
    pub at: At,
}

/// One request and what it must be answered with.
pub struct Row {
    pub known: Known,
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub status: u16,
    pub problems: Vec<Problem>,
}

/// The titles that go with codes. Those not recorded are Russet's wording.
const TITLES: &[(&str, &str)] = &[
    ("BAD_REQUEST", "The request could not be understood"),
    (
        "ENTITY_ERROR.ATTRIBUTE.INVALID",
        "The provided entity includes an attribute with an invalid value",
    ),
    (
        "ENTITY_ERROR.ATTRIBUTE.NOT_ALLOWED",
        "The provided entity includes an attribute that is not allowed",
    ),
    ("ENTITY_ERROR.ATTRIBUTE.REQUIRED", "The provided entity is missing a required attribute"),
    (
        "ENTITY_ERROR.ATTRIBUTE.TYPE",
        "The provided entity includes an attribute with an invalid type",
    ),
    ("ENTITY_ERROR.ATTRIBUTE.UNKNOWN", "The provided entity includes an unknown attribute"),
    ("ENTITY_ERROR.ID.INVALID", "The provided entity has an invalid id"),
    (
        "ENTITY_ERROR.INCLUDED.INVALID_ID",
        "The provided entity includes an included resource with an invalid id",
    ),
    (
        "ENTITY_ERROR.INCLUDED.INVALID_TYPE",
        "The provided entity includes an included resource with an invalid type",
    ),
    (
        "ENTITY_ERROR.RELATIONSHIP.INVALID",
        "The provided entity includes a relationship with an invalid value",
    ),
    (
        "ENTITY_ERROR.RELATIONSHIP.NOT_ALLOWED",
        "The provided entity includes a relationship that is not allowed",
    ),
    (
        "ENTITY_ERROR.RELATIONSHIP.REQUIRED",
        "The provided entity is missing a required relationship",
    ),
    (
        "ENTITY_ERROR.RELATIONSHIP.TYPE",
        "The provided entity includes a relationship with an invalid type",
    ),
    ("ENTITY_ERROR.RELATIONSHIP.UNKNOWN", "The provided entity includes an unknown relationship"),
    ("ENTITY_ERROR.TYPE.INVALID", "The provided entity has an invalid type"),
    ("ENTITY_ERROR.UNEXPECTED_ID", "The provided entity includes an unexpected id"),
    ("ENTITY_INVALID", "The request entity is not a valid request document object"),
    ("ENTITY_UNPROCESSABLE", "The request entity could not be processed"),
    ("FORBIDDEN_ERROR", "The given operation is not allowed"),
    ("METHOD_NOT_ALLOWED", "The request method is not allowed"),
    ("NOT_AUTHORIZED", "Authentication credentials are missing or invalid."),
    ("NOT_FOUND", "The specified resource does not exist"),
    ("PARAMETER_ERROR.ILLEGAL", "A parameter is not allowed"),
    ("PARAMETER_ERROR.INVALID", "A parameter has an invalid value"),
    ("PARAMETER_ERROR.REQUIRED", "A required parameter is missing"),
    ("PATH_ERROR", "The URL path is not valid"),
    ("PAYLOAD_TOO_LARGE", "The request body is too large"),
    ("UNSUPPORTED_MEDIA_TYPE", "The request content type is not supported"),
    ("URI_TOO_LONG", "The request URL is too long"),
];

impl Row {
    /// A read.
    pub fn get(known: Known, path: impl Into<String>) -> Row {
        Row::new(known, "GET", path.into(), Vec::new(), Vec::new())
    }

    /// A write of JSON.
    pub fn send(known: Known, method: &'static str, path: &str, body: impl AsRef<[u8]>) -> Row {
        let json = vec![("content-type", "application/json".to_owned())];
        Row::new(known, method, path.to_owned(), json, body.as_ref().to_vec())
    }

    pub fn new(
        known: Known,
        method: &'static str,
        path: String,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Row {
        Row { known, method, path, headers, body, status: 0, problems: Vec::new() }
    }

    /// Adds a header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Row {
        self.headers.push((name, value.into()));
        self
    }

    /// The status and the first problem; [`Row::and`] adds more.
    pub fn is(self, status: u16, code: &'static str, detail: impl Into<String>, at: At) -> Row {
        Row { status, ..self }.and(code, detail, at)
    }

    /// One more problem of the same reply, in its order.
    pub fn and(mut self, code: &'static str, detail: impl Into<String>, at: At) -> Row {
        self.problems.push(Problem { code, detail: detail.into(), at });
        self
    }
}

/// The app with demo data, its Admin and ids that rows name in braces.
pub struct Stage {
    app: TestApp,
    admin: Caller,
    ids: Vec<(&'static str, String)>,
}

impl Stage {
    pub async fn new() -> Stage {
        let app = TestApp::demo();
        let admin = app.caller(Role::Admin);
        let mut ids = Vec::new();
        for (name, path) in [
            ("{app}", "/v1/apps?limit=1"),
            ("{bundle}", "/v1/bundleIds?limit=1"),
            ("{group}", "/v1/betaGroups?limit=1&filter[isInternalGroup]=false"),
            ("{tester}", "/v1/betaTesters?limit=1"),
            ("{build}", "/v1/builds?limit=1"),
            ("{user}", "/v1/users?limit=1"),
            ("{device}", "/v1/devices?limit=1"),
        ] {
            ids.push((name, admin.get(path).await.expect(200).ids()[0].to_owned()));
        }
        let body = serde_json::json!({ "data": { "type": "bundleIds", "attributes": {
            "name": "Theirs", "identifier": "com.example.theirs", "platform": "IOS" } } });
        let theirs = app.outsider(Role::Admin).post("/v1/bundleIds", body).await.expect(201);
        ids.push(("{theirs}", theirs.id().to_owned()));
        Stage { app, admin, ids }
    }

    fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, id) in &self.ids {
            filled = filled.replace(name, id);
        }
        filled
    }

    async fn ask(&self, row: &Row) -> Reply {
        let headers: Vec<(&str, &str)> =
            row.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = match std::str::from_utf8(&row.body) {
            Ok(text) => self.fill(text).into_bytes(),
            Err(_) => row.body.clone(),
        };
        self.admin.send_unjudged(row.method, &self.fill(&row.path), &headers, body).await
    }
}

/// Holds all rows against the server and reports every difference at once.
pub async fn hold(rows: Vec<Row>) {
    let stage = Stage::new().await;
    let mut wrong = String::new();
    for row in &rows {
        let before = stage.app.generation();
        let reply = stage.ask(row).await;
        let mut differences = reply.faults.clone();
        if reply.status != row.status {
            differences.push(format!("status {} instead of {}", reply.status, row.status));
        }
        if stage.app.generation() != before {
            differences.push("something changed".to_owned());
        }
        differences.extend(compare(&stage, row, &reply));
        if !differences.is_empty() {
            let body: String = String::from_utf8_lossy(&row.body).chars().take(200).collect();
            let path: String = row.path.chars().take(200).collect();
            let _ = writeln!(wrong, "{} {path} {body} ({:?})", row.method, row.known);
            for difference in differences {
                let _ = writeln!(wrong, "    {difference}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn compare(stage: &Stage, row: &Row, reply: &Reply) -> Vec<String> {
    let none = Vec::new();
    let errors = reply.json["errors"].as_array().unwrap_or(&none);
    let mut differences = Vec::new();
    if errors.len() != row.problems.len() {
        let text: String = String::from_utf8_lossy(&reply.body).chars().take(1500).collect();
        differences.push(format!("{} problems: {text}", errors.len()));
        return differences;
    }
    for (error, problem) in errors.iter().zip(&row.problems) {
        let title = TITLES.iter().find(|(code, _)| *code == problem.code).map(|(_, title)| *title);
        let source = match problem.at {
            At::Pointer(pointer) => serde_json::json!({ "pointer": pointer }),
            At::Parameter(name) => serde_json::json!({ "parameter": name }),
            At::Nowhere => Value::Null,
        };
        let expected = [
            ("code", Value::from(problem.code)),
            ("status", Value::from(row.status.to_string())),
            ("title", title.map_or(Value::Null, Value::from)),
            ("detail", Value::from(stage.fill(&problem.detail))),
            ("source", source),
        ];
        for (member, value) in expected {
            if error[member] != value {
                differences.push(format!("{member} {} instead of {value}", error[member]));
            }
        }
    }
    differences
}
