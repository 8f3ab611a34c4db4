//! The path of one request to the API, top to bottom. The order of the steps decides which error
//! wins: JWT, path, operation, role, parameters, content type, JSON, shape, resource, members,
//! state (protocol facts, section 4.7; a test holds it).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Response;
use bytes::Bytes;
use parking_lot::Mutex;
use russet_auth::{Permit, RequestLine};
use russet_catalog::{Found, Method, Operation};
use russet_engine::{Asked, Failure, Fault, Input, Outcome, ReadQuery, Sent, present, run};
use russet_store::{StoreError, TeamNumber};
use russet_wire::{Code, Problem, Query, Refusal, decode_path};
use tokio::sync::oneshot;

use crate::Server;
use crate::accept::{Incoming, accept};
use crate::answers::Answers;
use crate::request_id::RequestId;
use crate::respond::{Answer, Body, JSON, respond};

/// Handles a request to the API that came through the router.
pub async fn routed(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    handle(server, request).await
}

/// Handles a request to the API.
pub async fn handle<B>(server: Arc<Server>, request: axum::http::Request<B>) -> Response<Body>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<axum::BoxError>,
{
    let mut ids = server.fork_ids();
    let id = RequestId(u128::from(ids.bits()) << 64 | u128::from(ids.bits()));
    let line = tracing::enabled!(tracing::Level::INFO)
        .then(|| format!("{} {}", request.method(), request.uri().path()));
    let result = match accept(&server, request).await {
        Ok(incoming) => carry_out(&server, incoming).await,
        Err(refusal) => Err(refusal.into()),
    };
    let response = respond(id, result);
    if let Some(line) = line {
        let status = response.status().as_u16();
        tracing::info!(request.id = %id.base32(), status, "{line}");
    }
    response
}

async fn carry_out(server: &Arc<Server>, incoming: Incoming) -> Result<Answer, Failure> {
    let line =
        RequestLine { method: incoming.method(), path: incoming.path(), query: incoming.query() };
    let principal = server
        .authenticator
        .authenticate(incoming.authorization(), &line, incoming.arrived)
        .map_err(Refusal::from)?;
    let path = decode_path(incoming.path()).ok_or_else(|| bad_path(incoming.path()))?;
    let (operation, id) = find(incoming.method(), &path)?;
    let permit = russet_auth::permit(&principal, operation)?;
    if let Some(refused) = not_acceptable(incoming.accept(), operation.media) {
        return Ok(refused);
    }
    if operation.method == Method::Get {
        return read(server, &incoming, operation, id, &permit);
    }
    write(server, &incoming, operation, id, permit).await
}

/// Step 3: path and method to an operation.
///
/// # Errors
/// 404, 403 where the path is known and the method is not offered, 405 for a method of no path.
fn find<'a>(method: &str, path: &'a str) -> Result<(&'static Operation, Option<&'a str>), Refusal> {
    let method = match method {
        "GET" | "HEAD" => Method::Get,
        "POST" => Method::Post,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => {
            let detail = format!("The method '{other}' is not supported");
            return Err(Problem::new(Code::MethodNotAllowed, detail).into());
        }
    };
    let no_path = |detail| Problem::new(Code::PathInvalid, detail);
    let problem = match russet_catalog::find(method, path) {
        Found::Match { operation, id } => return Ok((operation, id)),
        Found::WrongMethod { resource, asked, allowed, .. } => {
            not_offered(resource, asked, &allowed)
        }
        Found::NoRelationship { name } => {
            no_path(format!("The relationship '{name}' does not exist"))
        }
        Found::NoResource { name } => no_path(format!("The resource '{name}' does not exist")),
    };
    Err(problem.into())
}

/// Source: recorded 403 replies.
fn not_offered(resource: &str, asked: &str, allowed: &[&str]) -> Problem {
    let detail = match allowed {
        [] => format!("The resource '{resource}' has no allowed operations defined"),
        [one] => {
            format!(
                "The resource '{resource}' does not allow '{asked}'. Allowed operation is: {one}"
            )
        }
        many => format!(
            "The resource '{resource}' does not allow '{asked}'. Allowed operations are: {}",
            many.join(", ")
        ),
    };
    Problem::new(Code::OperationNotAllowed, detail)
}

/// The one refusal that is not an error document: 406 in plain text. Source: a recorded reply.
fn not_acceptable(accept: Option<&str>, media: &[&str]) -> Option<Answer> {
    let accept = accept?.trim();
    let ranges = accept.split(',').map(|range| range.split(';').next().unwrap_or("").trim());
    let fits = |range: &str| {
        range == "*/*"
            || media.iter().any(|kind| {
                range.eq_ignore_ascii_case(kind)
                    || range.strip_suffix("/*").is_some_and(|top| kind.split('/').next() == Some(top))
            })
            // JSON:API's own name is as good as JSON. Our choice: no reply is recorded.
            || (range == "application/vnd.api+json" && media.contains(&JSON))
    };
    if accept.is_empty() || media.is_empty() || ranges.clone().any(fits) {
        return None;
    }
    let requested: Vec<String> = ranges.map(media_range).collect();
    let body = format!(
        "The provided Accept header is not supported for this request.\nRequested: {}\nAllowed: {}",
        requested.join(", "),
        media.join(", ")
    );
    let body = Bytes::from(body);
    Some(Answer { status: 406, location: None, media: "text/plain", body })
}

fn media_range(range: &str) -> String {
    let (kind, subtype) = range.split_once('/').unwrap_or((range, "*"));
    format!("MediaRangeImpl{{type='{kind}', subtype='{subtype}', parameters={{}}, quality=1.0}}")
}

fn bad_path(path: &str) -> Problem {
    Problem::new(Code::PathInvalid, format!("The URL path '{path}' is not valid"))
}

fn read(
    server: &Server,
    incoming: &Incoming,
    operation: &'static Operation,
    id: Option<&str>,
    permit: &Permit,
) -> Result<Answer, Failure> {
    let key = Answers::key(permit, &incoming.base, incoming.path(), incoming.query());
    let generation = server.store.generation(permit.team());
    if let Some(body) = server.answers.get(&key, generation) {
        return Ok(Answer { status: 200, location: None, media: JSON, body });
    }
    let query = Query::parse(incoming.query())?;
    let sent = Sent { id, query: &query, content_type: None, body: &[] };
    let Input::Read(query) = russet_engine::read_input(operation, sent)? else {
        return Err(russet_engine::grade::not_yet(operation).into());
    };
    let store = server.store.read(permit.team())?;
    let outcome = run::read(&*store, permit, operation, id, &query)?;
    drop(store);
    let answer = answer(incoming, operation, Some(&query), &outcome);
    server.answers.keep(key, generation, answer.body.clone());
    Ok(answer)
}

async fn write(
    server: &Arc<Server>,
    incoming: &Incoming,
    operation: &'static Operation,
    id: Option<&str>,
    permit: Permit,
) -> Result<Answer, Failure> {
    let query = Query::parse(incoming.query())?;
    let content_type = incoming.content_type();
    let sent = Sent { id, query: &query, content_type, body: &incoming.body };
    let input = russet_engine::read_input(operation, sent)?;
    let team = permit.team();
    let (id, now, ids) = (id.map(str::to_owned), incoming.now, server.fork_ids());
    let slot: Arc<Mutex<Option<Result<run::Written, Failure>>>> = Arc::default();
    let (told, committed) = oneshot::channel::<Result<(), StoreError>>();
    let result = slot.clone();
    let job = Box::new(move |store: &mut dyn russet_store::Write| {
        let written = run::write(store, &permit, operation, id.as_deref(), input, now, ids);
        let keep = written.is_ok();
        *result.lock() = Some(written);
        keep
    });
    let (refreshing, made) = (server.clone(), slot.clone());
    // The caller may have gone away, and this future with it; its write stands all the same, and
    // so must what it did to keys and users.
    let done = Box::new(move |result: Result<(), StoreError>| {
        drop(told.send(result.and_then(|()| refresh(&refreshing, team, made.lock().as_ref()))));
    });
    server.store.write(team, job, done);
    committed.await.map_err(|_| lost())??;
    let written = slot.lock().take().ok_or_else(lost)?;
    let (outcome, _) = written?;
    Ok(answer(incoming, operation, None, &outcome))
}

/// Brings the table of keys and users up to what was just committed.
fn refresh(
    server: &Server,
    team: TeamNumber,
    written: Option<&Result<run::Written, Failure>>,
) -> Result<(), StoreError> {
    let Some(Ok((_, touched))) = written else { return Ok(()) };
    let touched: Vec<(&str, &str)> =
        touched.iter().map(|(kind, id)| (*kind, id.as_str())).collect();
    server.directory().refresh(&*server.store, team, &touched)
}

fn lost() -> Fault {
    Fault::Store(StoreError::Backend {
        place: "the store".to_owned(),
        why: "it stopped before the write was carried out".to_owned(),
    })
}

fn answer(
    incoming: &Incoming,
    operation: &'static Operation,
    read: Option<&ReadQuery>,
    outcome: &Outcome,
) -> Answer {
    let asked = Asked {
        base: &incoming.base,
        path: incoming.path(),
        query: incoming.query(),
        operation,
        read,
    };
    let presented = present(asked, outcome);
    Answer {
        status: presented.status,
        location: presented.location,
        media: JSON,
        body: Bytes::from(presented.body),
    }
}
