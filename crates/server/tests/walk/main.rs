//! The walk: every operation of Apple's document, with every role and without a JWT, on the demo,
//! on an empty team and from another team.
//!
//! What an operation came to for an Admin is in `outcomes.txt`, a reviewed file of which
//! COVERAGE.md is made. Nothing here knows what a resource type means, but for the few values in
//! `sample.rs` that no schema can tell. Start at `admin.rs`.

mod admin;
mod apps;
mod change;
mod create;
mod explore;
mod journal;
mod known;
mod order;
mod parameters;
mod planted;
mod roles;
mod sample;
mod teams;

use russet_catalog::{Method, Operation};
use russet_testkit::{Caller, Reply};
use serde_json::Value;

/// Returns the method as it stands in a request line.
fn method(operation: &Operation) -> &'static str {
    match operation.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// Returns the path of an operation for a resource.
fn path(operation: &Operation, id: &str) -> String {
    operation.path.replace("{id}", id)
}

/// Sends an operation for a resource; a null body is none.
async fn send(caller: &Caller, operation: &Operation, id: &str, body: &Value) -> Reply {
    let (headers, body) = match body {
        Value::Null => (&[][..], String::new()),
        body => (&[("content-type", "application/json")][..], body.to_string()),
    };
    caller.send_unjudged(method(operation), &path(operation, id), headers, body).await
}
