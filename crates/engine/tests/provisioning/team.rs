//! A team in memory that is talked to in requests and replies as text.

use std::sync::{Arc, Mutex};

use jiff::{Span, Timestamp};
use russet_auth::{Permit, Role, RoleSet};
use russet_catalog::{Found, Method};
use russet_engine::provisioning::TeamAuthority;
use russet_engine::seed::{Seed, equip, plant};
use russet_engine::{Asked, Failure, Ids, Input, Sent, present, read_input, run};
use russet_store::{Store, TeamNumber};
use russet_store_sqlite::SqliteStore;
use russet_wire::{Query, Refusal};
use serde_json::{Value, json};

/// Host that the requests name.
const BASE: &str = "https://api.appstoreconnect.apple.com";

/// A team, a clock and a caller.
pub struct Team {
    store: SqliteStore,
    number: TeamNumber,
    roles: RoleSet,
    requests: u128,
    /// The simulated time.
    pub now: Timestamp,
}

/// A reply: status and document.
pub type Reply = (u16, Value);

impl Team {
    /// Starts with an empty team and a caller who may do everything.
    pub fn new() -> Team {
        let store = SqliteStore::in_memory().expect("opens");
        let issuer = "57246542-96fe-1a63-e053-0824d011072a";
        let team = store.create_team("Acme Rockets LLC", issuer, "A1B2C3D4E5").expect("adds");
        let now = "2026-03-01T10:20:30.456Z".parse().expect("parses");
        Team { store, number: team.number, roles: RoleSet::ALL, requests: 0, now }
    }

    /// Goes on as a caller with one role.
    pub fn caller(&mut self, role: Role) {
        self.roles = RoleSet::of(&[role]);
    }

    /// Moves the clock.
    pub fn advance(&mut self, by: Span) {
        self.now = self.now.checked_add(by).expect("is a date");
    }

    /// Gets a resource or list.
    pub fn get(&mut self, target: &str) -> Reply {
        self.send(Method::Get, target, &Value::Null)
    }

    /// Posts a resource made of these members.
    #[expect(clippy::needless_pass_by_value, reason = "callers write `json!` in place")]
    pub fn post(&mut self, kind: &str, attributes: Value, relationships: Value) -> Reply {
        let data = json!({"type": kind, "attributes": attributes, "relationships": relationships});
        self.send(Method::Post, &format!("/v1/{kind}"), &json!({"data": data}))
    }

    /// Posts a resource that is to be created, and returns its data.
    pub fn create(&mut self, kind: &str, attributes: Value, relationships: Value) -> Value {
        let (status, mut reply) = self.post(kind, attributes, relationships);
        assert_eq!(status, 201, "{reply:#}");
        reply["data"].take()
    }

    /// Patches attributes.
    #[expect(clippy::needless_pass_by_value, reason = "callers write `json!` in place")]
    pub fn patch(&mut self, kind: &str, id: &str, attributes: Value) -> Reply {
        let body = json!({"data": {"type": kind, "id": id, "attributes": attributes}});
        self.send(Method::Patch, &format!("/v1/{kind}/{id}"), &body)
    }

    /// Deletes a resource.
    pub fn delete(&mut self, kind: &str, id: &str) -> Reply {
        self.send(Method::Delete, &format!("/v1/{kind}/{id}"), &Value::Null)
    }

    /// Plants records as they are, then gives certificates and profiles their content.
    pub fn plant(&mut self, seeds: Vec<Seed>, request: &str) {
        let (number, now, request) = (self.number, self.now, request.to_owned());
        let planted = self.write(move |write| {
            let permit = Permit::for_system(number);
            plant(write, &permit, now, seeds)?;
            let authority = TeamAuthority::generate().expect("draws");
            Ok(equip(write, &permit, now, authority, &request)?)
        });
        planted.expect("plants");
    }

    fn send(&mut self, method: Method, target: &str, body: &Value) -> Reply {
        self.requests += 1;
        match self.carry_out(method, target, body) {
            Ok(reply) => reply,
            Err(Failure::Refusal(Refusal(problems))) => {
                let status = problems[0].code.status();
                let errors: Vec<Value> = problems.iter().map(|p| p.to_json(None)).collect();
                (status, json!({"errors": errors}))
            }
            Err(Failure::Fault(fault)) => panic!("{target}: {fault}"),
        }
    }

    fn carry_out(&self, method: Method, target: &str, body: &Value) -> Result<Reply, Failure> {
        let (path, text) = target.split_once('?').unwrap_or((target, ""));
        let Found::Match { operation, id } = russet_catalog::find(method, path) else {
            panic!("{path} is no path of the document");
        };
        let permit = Permit::for_system(self.number).narrowed(self.roles, None);
        let query = Query::parse(text)?;
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let content_type = (!bytes.is_empty()).then_some("application/json");
        let sent = Sent { id, query: &query, content_type, body: &bytes };
        let input = read_input(operation, sent)?;
        let asked = Asked { base: BASE, path, query: text, operation, read: None };
        let presented = if let Input::Read(query) = &input {
            let asked = Asked { read: Some(query), ..asked };
            let read = self.store.read(self.number)?;
            present(asked, &run::read(&*read, &permit, operation, id, query)?)
        } else {
            let (now, ids) = (self.now, Ids::new(self.requests));
            let id = id.map(str::to_owned);
            let (outcome, _) = self.write(move |write| {
                run::write(write, &permit, operation, id.as_deref(), input, now, ids)
            })?;
            present(asked, &outcome)
        };
        let document = match presented.body.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).expect("is JSON"),
        };
        Ok((presented.status, document))
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn russet_store::Write) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let slot: Arc<Mutex<Option<Result<T, Failure>>>> = Arc::default();
        let filled = slot.clone();
        let (send, receive) = std::sync::mpsc::channel();
        let job = Box::new(move |write: &mut dyn russet_store::Write| {
            let result = work(write);
            let keep = result.is_ok();
            *filled.lock().expect("is free") = Some(result);
            keep
        });
        self.store.write(self.number, job, Box::new(move |done| drop(send.send(done))));
        receive.recv().expect("answers").expect("commits");
        slot.lock().expect("is free").take().expect("ran")
    }
}

/// Returns `code` and `detail` of each error of a reply.
pub fn errors(reply: &Reply) -> Vec<(&str, &str)> {
    let errors = reply.1["errors"].as_array().unwrap_or_else(|| panic!("no refusal: {reply:?}"));
    errors
        .iter()
        .map(|error| {
            (error["code"].as_str().expect("is text"), error["detail"].as_str().expect("is text"))
        })
        .collect()
}

/// Returns a to-one relationship's member.
pub fn one(kind: &str, id: &str) -> Value {
    json!({"data": {"type": kind, "id": id}})
}

/// Returns a to-many relationship's member.
pub fn many(kind: &str, ids: &[&str]) -> Value {
    let data: Vec<Value> = ids.iter().map(|id| json!({"type": kind, "id": id})).collect();
    json!({"data": data})
}

/// Returns a resource's id.
pub fn id(data: &Value) -> &str {
    data["id"].as_str().expect("has an id")
}
