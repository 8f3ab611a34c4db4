//! How tests of behaviors enter: requests as text, replies as JSON, on a store in memory.
//!
//! A [`World`] is a team with one app and keys of every role; time and ids are fixed. Start at
//! [`World::check`].

use std::collections::HashMap;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use jiff::Timestamp;
use russet_auth::{
    API_KEYS, Actor, Authenticator, Decision, Directory, IssuerId, JwtRequest, Permit, Principal,
    RequestLine, Role, RoleSet, SigningKey, Strictness,
};
use russet_catalog::{Found, Method};
use russet_store::{Store, Team, Write};
use russet_store_sqlite::SqliteStore;
use russet_wire::{Query, Refusal};
use serde_json::{Value, json};

use crate::seed::{Seed, plant};
use crate::{Asked, Failure, Ids, Input, Sent, present, read_input, run};

const ISSUER: &str = "57246542-96fe-1a63-e053-0824d011072a";

/// The app that every world has; its primary locale is `en-US`.
pub const APP: &str = "1001";

/// A team and those who call.
pub struct World {
    store: SqliteStore,
    team: Team,
    authenticator: Authenticator,
    callers: HashMap<Role, Principal>,
    /// The simulated time; it also dates the JWTs.
    pub now: Timestamp,
    drawn: u64,
}

impl World {
    /// Returns a team with the app [`APP`] and nobody and nothing else.
    pub fn new() -> World {
        let store = SqliteStore::in_memory().expect("memory opens");
        let team = store.create_team("Team", ISSUER, "SEED123456").expect("the first team");
        let directory = Arc::new(Directory::load(&store).expect("loads"));
        let authenticator = Authenticator::new(directory, Strictness::Tolerant);
        let now = "2026-01-01T00:00:00Z".parse().expect("a date");
        let callers = HashMap::new();
        let mut world = World { store, team, authenticator, callers, now, drawn: 0 };
        world.write(move |write| {
            russet_auth::request_access(write, &Actor::System, now).expect("asked first");
            russet_auth::decide_access(write, Decision::Approve, "", now).expect("pending");
        });
        let app = json!({"name": "App", "bundleId": "com.example.app", "primaryLocale": "en-US"});
        world.plant("apps", APP, &app, &[]);
        world
    }

    /// Plants a record under [`APP`] as it is, without any rule.
    pub fn plant(
        &mut self,
        kind: &'static str,
        id: &str,
        attributes: &Value,
        links: &[(&'static str, &[&str])],
    ) {
        let app = if kind == "apps" { id } else { APP };
        self.plant_under(app, kind, id, attributes, links);
    }

    /// As [`World::plant`], under another app.
    pub fn plant_under(
        &mut self,
        app: &str,
        kind: &'static str,
        id: &str,
        attributes: &Value,
        links: &[(&'static str, &[&str])],
    ) {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let seed = Seed {
            kind,
            id: id.to_owned(),
            app: (kind != "users").then(|| app.to_owned()),
            attributes: attributes.as_object().expect("an object").clone(),
            relationships: links.iter().map(|(name, ids)| (*name, owned(ids))).collect(),
        };
        let (permit, now) = (Permit::for_system(self.team.number), self.now);
        self.write(move |write| plant(write, &permit, now, vec![seed]).expect("plants"));
    }

    /// Sends a request, `POST /v1/betaGroups`, by an Admin's key or that of a role named before it,
    /// and compares its reply: each member of `expected` must be there, lists as a whole.
    /// `expected` has the members of the document and `status`. What was created must come back
    /// from its GET as it was answered. Returns the reply.
    pub fn check(&mut self, request: &str, body: &Value, expected: &Value) -> Value {
        let reply = self.send(request, body);
        let missing = missing(expected, &reply, "");
        assert!(missing.is_none(), "{request}: {}\nreply {reply:#}", missing.unwrap_or_default());
        if reply["status"] == 201 {
            self.check_kept(request, &reply);
        }
        reply
    }

    /// As [`World::check`] for a create: returns the id of what was made.
    pub fn create(&mut self, path: &str, body: &Value) -> String {
        let reply = self.check(&format!("POST {path}"), body, &json!({"status": 201}));
        reply["data"]["id"].as_str().expect("an id").to_owned()
    }

    /// Checks that a request is refused with one problem that has this code, pointer and detail.
    pub fn refuses(&mut self, request: &str, body: &Value, (code, pointer, detail): Problem<'_>) {
        let source = if pointer.is_empty() { Value::Null } else { json!({ "pointer": pointer }) };
        let mut error = json!({"code": code, "detail": detail});
        if !source.is_null() {
            error["source"] = source;
        }
        self.check(request, body, &json!({ "errors": [error] }));
    }

    fn check_kept(&mut self, request: &str, created: &Value) {
        let base = request.rsplit(' ').next().expect("a path");
        let path = format!("GET {base}/{}", created["data"]["id"].as_str().expect("an id"));
        let kept = self.send(&path, &Value::Null);
        // Some types are only created, and never read.
        if kept["status"] == 200 {
            assert_eq!(kept["data"], created["data"], "{path}");
        }
    }

    /// Sends a request and returns its reply, the status among its members.
    pub fn send(&mut self, request: &str, body: &Value) -> Value {
        let words: Vec<&str> = request.split(' ').collect();
        let (role, method, target) = match words.as_slice() {
            [method, target] => (Role::Admin, *method, *target),
            [role, method, target] => (Role::parse(role).expect("a role"), *method, *target),
            _ => panic!("no request: {request}"),
        };
        let mut reply = match self.carry_out(role, method, target, body) {
            Ok((status, text)) if text.is_empty() => return json!({ "status": status }),
            Ok((status, text)) => {
                let mut reply: Value = serde_json::from_str(&text).expect("JSON");
                reply["status"] = status.into();
                return reply;
            }
            Err(Failure::Refusal(refusal)) => {
                let mut reply = refusal.to_document("id");
                reply["status"] = refusal.status().into();
                reply
            }
            Err(Failure::Fault(fault)) => panic!("{request}: {fault}"),
        };
        reply["refused"] = true.into();
        reply
    }

    fn carry_out(
        &mut self,
        role: Role,
        method: &str,
        target: &str,
        body: &Value,
    ) -> Result<(u16, String), Failure> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let method = match method {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            other => panic!("no method: {other}"),
        };
        let Found::Match { operation, id } = russet_catalog::find(method, path) else {
            return Err(Refusal(Vec::new()).into());
        };
        let permit = russet_auth::permit(self.caller(role), operation)?;
        let parsed = Query::parse(query)?;
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let content_type = Some("application/json");
        let sent = Sent { id, query: &parsed, content_type, body: text.as_bytes() };
        let input = read_input(operation, sent)?;
        let base = "https://api.appstoreconnect.apple.com";
        let asked = Asked { base, path, query, operation, read: None };
        if let Input::Read(read) = &input {
            let store = self.store.read(self.team.number)?;
            let outcome = run::read(&*store, &permit, operation, id, read)?;
            let presented = present(Asked { read: Some(read), ..asked }, &outcome);
            return Ok((presented.status, presented.body));
        }
        self.drawn += 1;
        let (id, now, ids) = (id.map(str::to_owned), self.now, Ids::new(self.drawn.into()));
        let written = self.write_if(move |store| {
            run::write(store, &permit, operation, id.as_deref(), input, now, ids)
        });
        let (outcome, _) = written?;
        let presented = present(asked, &outcome);
        Ok((presented.status, presented.body))
    }

    fn caller(&mut self, role: Role) -> &Principal {
        if !self.callers.contains_key(&role) {
            let principal = self.sign_in(role);
            self.callers.insert(role, principal);
        }
        &self.callers[&role]
    }

    fn sign_in(&mut self, role: Role) -> Principal {
        let now = self.now;
        let mut next = role as u8 + 1;
        let issued = self.write(move |write| {
            let mut draw = |bytes: &mut [u8]| {
                for byte in bytes {
                    next = next.wrapping_mul(31).wrapping_add(17);
                    *byte = next;
                }
            };
            let roles = RoleSet::of(&[role]);
            russet_auth::issue_team_key(write, &Actor::System, "Key", roles, now, &mut draw)
        });
        let issued = issued.expect("every rule is kept");
        let key_id = issued.key.id;
        let touched = [(API_KEYS, key_id.as_str())];
        let directory = self.authenticator.directory();
        directory.refresh(&self.store, self.team.number, &touched).expect("the store is read");
        let key = SigningKey::from_pem(&issued.private_key.into_text()).expect("a key");
        let team = IssuerId::parse(ISSUER).expect("an issuer id");
        let lifetime = Duration::from_secs(600);
        let jwt = JwtRequest { key_id, issuer: Some(&team), now, lifetime, scope: &[] };
        let header = format!("Bearer {}", russet_auth::sign_jwt(&key, &jwt).expect("signs"));
        let line = RequestLine { method: "GET", path: "/v1/apps", query: "" };
        let known = self.authenticator.authenticate(Some(header.as_bytes()), &line, now);
        known.unwrap_or_else(|_| panic!("the key of {role} is known"))
    }

    fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut dyn Write) -> T + Send + 'static,
    ) -> T {
        let done = self.write_if(move |write| Ok::<T, std::convert::Infallible>(job(write)));
        match done {
            Ok(done) => done,
            Err(never) => match never {},
        }
    }

    /// Keeps what a job did only where it succeeds.
    fn write_if<T: Send + 'static, E: Send + 'static>(
        &self,
        job: impl FnOnce(&mut dyn Write) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (result, results) = mpsc::channel();
        let (done, finished) = mpsc::channel();
        let run = move |write: &mut dyn Write| {
            let made = job(write);
            let keep = made.is_ok();
            result.send(made).is_ok() && keep
        };
        let report = move |outcome| done.send(outcome).expect("somebody waits");
        self.store.write(self.team.number, Box::new(run), Box::new(report));
        finished.recv().expect("the job ends").expect("it commits");
        results.recv().expect("the job ran")
    }
}

/// Code, pointer (empty where none is expected) and detail of a refusal.
pub type Problem<'a> = (&'a str, &'a str, &'a str);

/// Returns the body of a create: attributes, and relationships that each name one resource or a
/// list of them, `("app", json!(["apps", "1001"]))` or `("builds", json!([["builds", "b1"]]))`.
pub fn new(kind: &str, attributes: &Value, links: &[(&str, Value)]) -> Value {
    let mut data = json!({"type": kind, "attributes": attributes});
    for (name, to) in links {
        data["relationships"][*name] = linkage(to);
    }
    json!({ "data": data })
}

/// Returns the body of an update.
pub fn update(kind: &str, id: &str, attributes: &Value, links: &[(&str, Value)]) -> Value {
    let mut body = new(kind, attributes, links);
    body["data"]["id"] = id.into();
    body
}

/// Returns a linkage: `null`, one `["apps", "1001"]`, or a list of such pairs.
pub fn linkage(to: &Value) -> Value {
    let one = |pair: &Value| json!({"type": pair[0], "id": pair[1]});
    match to {
        Value::Array(items) if items.first().is_none_or(Value::is_array) => {
            json!({ "data": items.iter().map(one).collect::<Vec<_>>() })
        }
        Value::Array(_) => json!({ "data": one(to) }),
        _ => json!({ "data": null }),
    }
}

/// Says what of `expected` is not in `found`.
fn missing(expected: &Value, found: &Value, at: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(members), Value::Object(_)) => members.iter().find_map(|(name, member)| {
            missing(member, &found[name.as_str()], &format!("{at}/{name}"))
        }),
        (Value::Array(items), Value::Array(there)) if items.len() == there.len() => items
            .iter()
            .zip(there)
            .enumerate()
            .find_map(|(index, (item, there))| missing(item, there, &format!("{at}/{index}"))),
        _ if expected == found => None,
        _ => Some(format!("{at}: expected {expected}, found {found}")),
    }
}
