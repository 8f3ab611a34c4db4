//! Who is let in: nobody without a JWT, and each role exactly where the reviewed matrix says so.

use std::collections::BTreeMap;

use russet_catalog::{Body, Method, Operation};
use russet_testkit::{Caller, Reply, Role, TestApp};
use serde_json::{Value, json};

use crate::explore::{Explorer, with_query};
use crate::journal::Journal;
use crate::known::{ABSENT, Known};
use crate::{path, send};

const MATRIX: &str = include_str!("../../../auth/tests/role_matrix.txt");

/// Roles in the order of the matrix's columns.
const COLUMNS: &str = "HAMDmSFCrcdpg";

const TEAM_ROLES: [Role; 7] = [
    Role::Admin,
    Role::AppManager,
    Role::Developer,
    Role::Marketing,
    Role::Sales,
    Role::Finance,
    Role::CustomerSupport,
];

const INDIVIDUAL_ROLES: [Role; 6] = [
    Role::AccountHolder,
    Role::Admin,
    Role::AppManager,
    Role::Developer,
    Role::Marketing,
    Role::CustomerSupport,
];

#[tokio::test]
async fn no_operation_answers_without_a_good_jwt() {
    let app = TestApp::demo();
    let strangers = [app.anonymous(), app.revoked(), app.with_key("no.jwt.atall")];
    for operation in russet_catalog::operations() {
        for stranger in &strangers {
            let reply = send(stranger, operation, ABSENT, &Value::Null).await;
            assert!(reply.faults.is_empty(), "{reply}");
            assert_eq!(reply.status, 401, "{reply}");
            assert_eq!(reply.json, the_one_body(), "{reply}");
        }
    }
}

/// Source: recorded replies; there is no `id` in it.
fn the_one_body() -> Value {
    json!({"errors": [{
        "status": "401",
        "code": "NOT_AUTHORIZED",
        "title": "Authentication credentials are missing or invalid.",
        "detail": "Provide a properly configured and signed bearer token, and make sure that it \
                   has not expired. Learn more about Generating Tokens for API Requests \
                   https://developer.apple.com/go/?id=api-generating-tokens",
    }]})
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_is_let_in_exactly_where_the_matrix_says_so() {
    let app = TestApp::demo();
    let (mut known, mut journal) = (Known::default(), Journal::default());
    Explorer::default().explore(&app.caller(Role::Admin), &mut known, &mut journal).await;
    let known = std::sync::Arc::new(known);
    let team = TEAM_ROLES.map(|role| (role, KeyKind::Team, app.caller(role)));
    let individual =
        INDIVIDUAL_ROLES.map(|role| (role, KeyKind::Individual, app.individual(role, &[])));
    let walks: Vec<_> = team
        .into_iter()
        .chain(individual)
        .map(|(role, kind, caller)| tokio::spawn(walk(role, kind, caller, known.clone())))
        .collect();
    let mut findings = Vec::new();
    for walk in walks {
        findings.extend(walk.await.expect("a walk ends"));
    }
    let shown = findings.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(findings.is_empty(), "{} findings:\n\n{shown}", findings.len());
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum KeyKind {
    Team,
    Individual,
}

/// Walks over all operations as one caller and returns what contradicts the matrix.
async fn walk(
    role: Role,
    kind: KeyKind,
    caller: Caller,
    known: std::sync::Arc<Known>,
) -> Vec<String> {
    let matrix = Matrix::read();
    let mut findings = Vec::new();
    for operation in russet_catalog::operations() {
        let reply = ask(&caller, operation, &known).await;
        let let_in = matrix.lets_in(operation, role, kind);
        let refused = reply.status == 403;
        if let_in == refused || !reply.faults.is_empty() || reply.status == 401 {
            let should = if let_in { "may" } else { "may not" };
            findings.push(format!("{kind:?} {role} {should} call {}\n{reply}", operation.id));
        }
        if refused && reply.codes() != ["FORBIDDEN_ERROR"] {
            findings.push(format!("{kind:?} {role}: another 403 than the role's\n{reply}"));
        }
    }
    findings
}

/// Asks so that nothing changes: reads what is there, writes to what is not.
async fn ask(caller: &Caller, operation: &'static Operation, known: &Known) -> Reply {
    if operation.method == Method::Get {
        let query = known.required_query(operation, 0);
        let url = with_query(&path(operation, known.id_for(operation)), &query);
        return caller.send_unjudged("GET", &url, &[], b"").await;
    }
    let body = match operation.body {
        None => Value::Null,
        Some(Body::Linkage { arity: russet_catalog::Arity::Many, .. }) => json!({ "data": [] }),
        Some(_) => json!({ "data": null }),
    };
    send(caller, operation, ABSENT, &body).await
}

/// The reviewed matrix of `auth`.
struct Matrix(BTreeMap<&'static str, (&'static str, &'static str)>);

impl Matrix {
    fn read() -> Matrix {
        let lines = MATRIX.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.filter_map(|line| {
            let mut parts = line.split(' ');
            let (roles, marks, id) = (parts.next()?, parts.next()?, parts.next()?);
            Some((id, (roles, marks)))
        });
        Matrix(rows.collect())
    }

    fn lets_in(&self, operation: &Operation, role: Role, kind: KeyKind) -> bool {
        let (roles, marks) = self.0.get(operation.id).expect("the matrix has every operation");
        let column = |letter: char| {
            let at = COLUMNS.find(letter).expect("a column");
            roles.as_bytes()[at] != b'.'
        };
        let letter = match role {
            Role::AccountHolder => 'H',
            Role::Admin => 'A',
            Role::AppManager => 'M',
            Role::Developer => 'D',
            Role::Marketing => 'm',
            Role::Sales => 'S',
            Role::Finance => 'F',
            Role::CustomerSupport => 'C',
            other => panic!("{other} has no key of its own"),
        };
        match kind {
            KeyKind::Team => column(letter),
            // The user of an individual key may generate it, which is a role as well.
            KeyKind::Individual => marks.contains('i') && (column(letter) || column('g')),
        }
    }
}
