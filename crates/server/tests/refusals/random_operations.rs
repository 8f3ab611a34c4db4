//! Random requests for every operation of the catalog, made of what it takes and of what it does
//! not: never a 5xx but 501, always a document of the right form, and refusals change nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use russet_catalog::{Arity, Body, Method, Operation, OperationKind, Parameter, Shape};
use russet_testkit::{Caller, Role, TestApp};
use serde_json::{Map, Value, json};

use crate::random::{escaped, value};

/// Requests that are sent: a few for each operation.
const CASES: u32 = 5_000;

/// Ids by resource type.
type Ids = BTreeMap<String, Vec<String>>;

/// What chance decides about one request.
#[derive(Debug, Clone)]
struct Dice {
    operation: prop::sample::Index,
    picks: Vec<prop::sample::Index>,
    values: Vec<Value>,
}

/// Deals out what chance decided, from the start again when it runs out.
struct Dealer<'a> {
    dice: &'a Dice,
    ids: &'a Ids,
    at: usize,
}

impl Dealer<'_> {
    fn pick(&mut self, size: usize) -> usize {
        self.at += 1;
        self.dice.picks[self.at % self.dice.picks.len()].index(size.max(1))
    }

    fn one_in(&mut self, size: usize) -> bool {
        self.pick(size) == 0
    }

    fn odd(&mut self) -> Value {
        self.at += 1;
        self.dice.values[self.at % self.dice.values.len()].clone()
    }

    /// An id of a type, mostly one that exists.
    fn id(&mut self, kind: &str) -> String {
        let ids = self.ids;
        match ids.get(kind).filter(|known| !known.is_empty()) {
            Some(known) if !self.one_in(8) => known[self.pick(known.len())].clone(),
            _ => ["0", "NONE", "${a}", "USA", "00000000-0000-8000-8000-000000000000"][self.pick(5)]
                .to_owned(),
        }
    }

    /// One of the known words, or something else.
    fn word(&mut self, words: &[&str]) -> String {
        if words.is_empty() || self.one_in(8) {
            return match self.odd() {
                Value::String(text) => text,
                other => other.to_string(),
            };
        }
        words[self.pick(words.len())].to_owned()
    }

    fn url(&mut self, operation: &Operation) -> String {
        let kind = operation.schema.map_or("apps", |schema| schema.kind);
        let mut url = operation.path.replace("{id}", &escaped(&self.id(kind)));
        let mut joint = '?';
        for parameter in operation.query {
            if !self.one_in(3) {
                continue;
            }
            let (name, text) = self.parameter(parameter);
            url = format!("{url}{joint}{}={}", escaped(&name), escaped(&text));
            joint = '&';
        }
        url
    }

    fn parameter(&mut self, parameter: &Parameter) -> (String, String) {
        match parameter {
            Parameter::Filter { name, values, .. } => {
                let target = if self.one_in(2) { self.word(values) } else { self.id(name) };
                (format!("filter[{name}]"), target)
            }
            Parameter::Exists { name, .. } => {
                (format!("exists[{name}]"), self.word(&["true", "false"]))
            }
            Parameter::Fields { kind, names } => (format!("fields[{kind}]"), self.word(names)),
            Parameter::Limit { .. } => ("limit".to_owned(), self.word(&["1", "2", "200", "201"])),
            Parameter::LimitOf { relationship, .. } => {
                (format!("limit[{relationship}]"), self.word(&["1", "50", "51"]))
            }
            Parameter::Sort { keys } => {
                let sign = if self.one_in(2) { "-" } else { "" };
                ("sort".to_owned(), format!("{sign}{}", self.word(keys)))
            }
            Parameter::Include { names } => {
                ("include".to_owned(), format!("{},{}", self.word(names), self.word(names)))
            }
            Parameter::Other { name, values, .. } => ((*name).to_owned(), self.word(values)),
        }
    }

    fn body(&mut self, operation: &Operation, url_id: &str) -> Value {
        match operation.body {
            None => Value::Null,
            Some(Body::Linkage { target, arity }) => {
                json!({ "data": self.linkage(target, *arity) })
            }
            Some(Body::Resource { kind, attributes, relationships, .. }) => {
                let mut data = json!({ "type": kind });
                if operation.kind == OperationKind::UpdateInstance {
                    data["id"] = url_id.into();
                }
                let mut sent = Map::new();
                for attribute in *attributes {
                    if attribute.required && !self.one_in(12) || self.one_in(3) {
                        let value = self.fitting(&attribute.shape);
                        sent.insert(attribute.name.to_owned(), value);
                    }
                }
                data["attributes"] = sent.into();
                let mut sent = Map::new();
                for relationship in *relationships {
                    if relationship.required && !self.one_in(12) || self.one_in(3) {
                        let linkage = self.linkage(relationship.target, relationship.arity);
                        sent.insert(relationship.name.to_owned(), json!({ "data": linkage }));
                    }
                }
                data["relationships"] = sent.into();
                json!({ "data": data })
            }
        }
    }

    fn linkage(&mut self, target: &str, arity: Arity) -> Value {
        let one = json!({ "type": target, "id": self.id(target) });
        match arity {
            _ if self.one_in(16) => self.odd(),
            Arity::One => one,
            Arity::Many => Value::Array((0..self.pick(4)).map(|_| one.clone()).collect()),
        }
    }

    /// A value of a shape, mostly.
    fn fitting(&mut self, shape: &Shape) -> Value {
        if self.one_in(10) {
            return self.odd();
        }
        match shape {
            Shape::String(_) => {
                ["1.0", "com.example.a", "en-US", "a@b.example", "https://a.example/", ""]
                    [self.pick(6)]
                .into()
            }
            Shape::Date => "2026-12-01".into(),
            Shape::DateTime => "2026-12-01T10:00:00Z".into(),
            Shape::Enum(values) => self.word(values).into(),
            Shape::Integer => [0_i64, 1, -1, 10, i64::MAX, i64::MIN][self.pick(6)].into(),
            Shape::Number => json!(1.5),
            Shape::Boolean => self.one_in(2).into(),
            Shape::Array(item) => {
                Value::Array((0..self.pick(3)).map(|_| self.fitting(item)).collect())
            }
            Shape::Object(members) => {
                let mut object = Map::new();
                for member in *members {
                    if member.required || self.one_in(2) {
                        object.insert(member.name.to_owned(), self.fitting(&member.shape));
                    }
                }
                object.into()
            }
            Shape::Map => json!({ "a": "b" }),
            Shape::Any => self.odd(),
        }
    }
}

#[test]
fn every_operation_bears_random_requests() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let ids = runtime.block_on(ids_of_the_demo(&admin));
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let index = any::<prop::sample::Index>;
    let dice = (index(), prop::collection::vec(index(), 24), prop::collection::vec(value(), 4))
        .prop_map(|(operation, picks, values)| Dice { operation, picks, values });
    let statuses = std::cell::RefCell::new(BTreeMap::<u16, u32>::new());
    let outcome = runner.run(&dice, |dice| {
        let operations = russet_catalog::operations();
        let operation = &operations[dice.operation.index(operations.len())];
        let mut dealer = Dealer { dice: &dice, ids: &ids, at: 0 };
        let url = dealer.url(operation);
        let url_id = url.split(['/', '?']).nth(3).unwrap_or_default().to_owned();
        let body = dealer.body(operation, &unescaped(&url_id));
        if url.len() > 60_000 {
            return Ok(());
        }
        let (method, text) = (method(operation), body.to_string());
        let before = app.generation();
        let headers = [("content-type", "application/json")];
        let reply = runtime.block_on(admin.send_unjudged(method, &url, &headers, &text));
        *statuses.borrow_mut().entry(reply.status).or_default() += 1;
        prop_assert!(reply.status < 500 || reply.status == 501, "{method} {url} {text}\n{reply}");
        // An empty text clears a URL; the line before the faults names the operation.
        let judged = reply
            .faults
            .iter()
            .all(|fault| fault.ends_with(':') || fault.contains(": '' is not of the format"));
        prop_assert!(judged, "{method} {url} {text}\n{reply}");
        if reply.status >= 400 {
            prop_assert_eq!(app.generation(), before, "{} {} {}\n{}", method, url, text, reply);
        }
        Ok(())
    });
    outcome.expect("every request is answered as it should be");
    let statuses = statuses.into_inner();
    // If you are here because a status is missing: the requests no longer reach that far.
    for status in [200, 201, 204, 400, 403, 404, 409, 422] {
        assert!(statuses.contains_key(&status), "{statuses:?}");
    }
}

fn unescaped(text: &str) -> String {
    let digits: Vec<u8> =
        text.split('%').skip(1).filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
    String::from_utf8_lossy(&digits).into_owned()
}

fn method(operation: &Operation) -> &'static str {
    match operation.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// The ids of everything that lists and the lists of apps show.
async fn ids_of_the_demo(admin: &Caller) -> Ids {
    let mut ids = Ids::new();
    for kind in [OperationKind::GetCollection, OperationKind::GetToManyRelated] {
        for operation in russet_catalog::operations().iter().filter(|found| found.kind == kind) {
            let parents = match operation.schema {
                Some(schema) if operation.path.contains("{id}") => {
                    ids.get(schema.kind).cloned().unwrap_or_default()
                }
                _ => vec![String::new()],
            };
            for parent in parents.iter().take(3) {
                let reply = admin
                    .send_unjudged("GET", &operation.path.replace("{id}", parent), &[], b"")
                    .await;
                for item in reply.json["data"].as_array().into_iter().flatten() {
                    let (Some(kind), Some(id)) = (item["type"].as_str(), item["id"].as_str())
                    else {
                        continue;
                    };
                    let known = ids.entry(kind.to_owned()).or_default();
                    if known.len() < 8 && !known.iter().any(|known| known == id) {
                        known.push(id.to_owned());
                    }
                }
            }
        }
    }
    ids
}
