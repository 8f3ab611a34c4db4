//! Other teams: an empty one answers everything, and what is another team's is as absent as what
//! never was.

use russet_catalog::{Arity, Body, Method, Operation};
use russet_testkit::{Caller, Reply, Role, TestApp};
use serde_json::{Value, json};

use crate::explore::{Explorer, with_query};
use crate::journal::Journal;
use crate::known::{ABSENT, Known};
use crate::{method, path};

#[tokio::test]
async fn an_empty_team_gets_an_answer_to_everything() {
    let app = TestApp::new();
    let caller = app.caller(Role::Admin);
    let known = Known::default();
    let mut journal = Journal::default();
    for operation in russet_catalog::operations() {
        let reply = ask(&caller, operation, ABSENT, &known).await;
        journal.judge(&reply);
        if operation.path.contains("{id}") && !matches!(reply.status, 404 | 501) {
            journal.find(format!("{}: what is absent is found\n{reply}", operation.id));
        }
    }
    journal.assert_clean();
}

#[tokio::test]
async fn what_another_team_has_is_as_absent_as_what_never_was() {
    let app = TestApp::demo();
    let (mut known, mut journal) = (Known::default(), Journal::default());
    Explorer::default().explore(&app.caller(Role::Admin), &mut known, &mut journal).await;
    let outsider = app.outsider(Role::Admin);
    let mut compared = 0;
    let with_id = russet_catalog::operations().iter().filter(|o| o.path.contains("{id}"));
    for operation in with_id.filter(|operation| !PUBLIC.contains(&operation.subject)) {
        let Some(id) = known.ids(operation.subject).first() else { continue };
        let of_theirs = ask(&outsider, operation, id, &known).await;
        let of_nobody = ask(&outsider, operation, ABSENT, &known).await;
        compared += 1;
        if said(&of_theirs, id) != said(&of_nobody, ABSENT) {
            journal.find(format!("{}\n{of_theirs}\n{of_nobody}", operation.id));
        }
    }
    // Types of which the demo has none have nothing to compare.
    assert!(compared > 800, "only {compared} operations have something to compare");
    journal.assert_clean();
}

/// Types whose resources are everybody's.
const PUBLIC: [&str; 2] = ["territories", "appCategories"];

/// A reply without what tells requests apart.
fn said(reply: &Reply, id: &str) -> (u16, String) {
    let mut json = reply.json.clone();
    for error in json["errors"].as_array_mut().into_iter().flatten() {
        error["id"] = Value::Null;
    }
    (reply.status, json.to_string().replace(id, "ID"))
}

async fn ask(caller: &Caller, operation: &Operation, id: &str, known: &Known) -> Reply {
    let url = with_query(&path(operation, id), &known.required_query(operation, 0));
    let body = match operation.body {
        Some(Body::Resource { kind, .. }) if operation.method == Method::Patch => {
            json!({ "data": { "type": kind, "id": id } })
        }
        Some(Body::Resource { kind, .. }) => json!({ "data": { "type": kind } }),
        Some(Body::Linkage { arity: Arity::Many, .. }) => json!({ "data": [] }),
        Some(Body::Linkage { arity: Arity::One, .. }) => json!({ "data": null }),
        None => Value::Null,
    };
    let headers = [("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    caller.send_unjudged(method(operation), &url, &headers, body).await
}
