//! Makes one of everything that can be made, and reads it back.

use std::collections::BTreeSet;

use russet_catalog::{
    Arity, Body, Inline, InputAttribute, InputRelationship, Operation, OperationKind,
};
use russet_testkit::{Caller, Reply, TestApp};
use serde_json::{Map, Value, json};

use crate::journal::Journal;
use crate::known::{ABSENT, Known};
use crate::{sample, send};

/// How often a create is tried, each time with other values and owners.
const TRIES: usize = 20;

/// Attributes that are answered otherwise than sent. Source: recorded replies, see the behaviors.
const REWRITTEN: &[(&str, &str)] = &[("bundleIds", "platform")];

/// What the walk makes.
pub struct Maker<'a> {
    pub app: &'a TestApp,
    pub caller: &'a Caller,
    pub known: &'a mut Known,
    pub journal: &'a mut Journal,
    /// Counts bodies, so that no two are the same.
    pub turn: usize,
}

/// Members that a refusal asked for beyond those that the document requires.
#[derive(Default)]
struct Asked {
    attributes: BTreeSet<String>,
    relationships: BTreeSet<String>,
}

impl Maker<'_> {
    /// Makes one of everything. What needs owners that turn up late is tried again.
    pub async fn make_all(&mut self) {
        let creates = || of_kind(OperationKind::CreateInstance);
        for _ in 0..4 {
            let mut progress = false;
            for operation in creates() {
                if !self.journal.succeeded(operation) {
                    progress |= self.make(operation).await.is_some();
                }
            }
            if !progress {
                break;
            }
        }
    }

    /// Makes a resource and returns its id, `None` where it is refused.
    pub async fn make(&mut self, operation: &'static Operation) -> Option<String> {
        let Some(Body::Resource { kind, .. }) = operation.body else { return None };
        let mut asked = Asked::default();
        for attempt in 0..TRIES {
            self.turn += 1;
            let body = self.body(operation, &asked, attempt);
            let reply = send(self.caller, operation, "", &body).await;
            self.journal.note(operation, &reply);
            if reply.status == 201 {
                let id = reply.id().to_owned();
                self.known.add(kind, &id);
                self.known.learn(&reply.json);
                self.compare(operation, &body, &reply);
                self.read_back(operation, &id, &reply).await;
                return Some(id);
            }
            if !matches!(reply.status, 409 | 422 | 501) {
                return None;
            }
            asked.learn(&reply);
        }
        None
    }

    /// A body with what must be there, and one relationship more.
    fn body(&self, operation: &'static Operation, asked: &Asked, attempt: usize) -> Value {
        let Some(Body::Resource { kind, attributes, relationships, inline }) = operation.body
        else {
            return Value::Null;
        };
        let mut included = Vec::new();
        let mut sent = Map::new();
        let chosen = self.chosen(kind, relationships, attempt);
        for known in *relationships {
            let wanted = known.required
                || asked.relationships.contains(known.name)
                || chosen == Some(known.name);
            if wanted {
                let data = self.linkage(known, inline, attempt, &mut included);
                sent.insert(known.name.to_owned(), json!({ "data": data }));
            }
        }
        let attributes = self.attributes(kind, attributes, &asked.attributes);
        let mut data = json!({ "type": kind, "attributes": attributes });
        data["relationships"] = sent.into();
        if included.is_empty() {
            json!({ "data": data })
        } else {
            json!({ "data": data, "included": included })
        }
    }

    fn attributes(
        &self,
        kind: &str,
        known: &[InputAttribute],
        asked: &BTreeSet<String>,
    ) -> Map<String, Value> {
        known
            .iter()
            .filter(|known| known.required || asked.contains(known.name))
            .map(|known| {
                let value = sample::attribute(kind, known.name, known.shape, self.turn);
                (known.name.to_owned(), value)
            })
            .collect()
    }

    /// One more relationship than the document requires. A resource that is required to belong to
    /// nothing still belongs to something: an owner of which there is one. Others may need
    /// exactly one of several, which no schema tells, so later tries name one after the other.
    fn chosen(
        &self,
        kind: &str,
        relationships: &'static [InputRelationship],
        attempt: usize,
    ) -> Option<&'static str> {
        let owners = russet_catalog::kind(kind)?.owners;
        let owns = |known: &&InputRelationship| owners.iter().any(|owner| owner.edge == known.edge);
        let able = relationships
            .iter()
            .filter(|known| !known.required && !self.known.ids(known.target).is_empty());
        let required = relationships.iter().any(|known| known.required && owns(&known));
        let mut choices: Vec<Option<&str>> = Vec::new();
        if required {
            choices.push(None);
            choices.extend(able.map(|known| Some(known.name)));
        } else {
            choices.extend(able.filter(owns).map(|known| Some(known.name)));
        }
        choices.get(attempt % choices.len().max(1)).copied().flatten()
    }

    /// The value of a relationship: a resource made inline where the operation takes that.
    pub fn linkage(
        &self,
        known: &InputRelationship,
        inline: &'static [Inline],
        attempt: usize,
        included: &mut Vec<Value>,
    ) -> Value {
        let made = inline.iter().find(|inline| inline.kind == known.target);
        let id = if let Some(inline) = made {
            let local = format!("${{{}{}}}", inline.kind, included.len());
            let resource = self.inline(inline, &local, attempt);
            included.push(resource);
            local
        } else {
            // The latest first: what the walk made itself is in no other's way.
            let ids = self.known.ids(known.target);
            let at = ids.len().saturating_sub(1 + attempt % ids.len().max(1));
            ids.get(at).map_or(ABSENT, String::as_str).to_owned()
        };
        let identifier = json!({ "type": known.target, "id": id });
        if known.arity == Arity::One { identifier } else { json!([identifier]) }
    }

    fn inline(&self, inline: &'static Inline, local: &str, attempt: usize) -> Value {
        let attributes = self.attributes(inline.kind, inline.attributes, &BTreeSet::new());
        let mut relationships = Map::new();
        for known in inline.relationships {
            let owned = russet_catalog::kind(inline.kind)
                .is_some_and(|kind| kind.owners.iter().any(|owner| owner.edge == known.edge));
            if known.required || !owned {
                let data = self.linkage(known, &[], attempt, &mut Vec::new());
                if data["id"] != ABSENT {
                    relationships.insert(known.name.to_owned(), json!({ "data": data }));
                }
            }
        }
        json!({
            "type": inline.kind,
            "id": local,
            "attributes": attributes,
            "relationships": relationships,
        })
    }

    /// What was sent is what is answered.
    fn compare(&mut self, operation: &'static Operation, body: &Value, reply: &Reply) {
        let sent = body["data"]["attributes"].as_object().into_iter().flatten();
        for (name, sent) in sent {
            let shown = operation.schema.is_some_and(|schema| schema.attribute(name).is_some());
            let got = reply.json["data"]["attributes"].get(name);
            let Some(got) = got.filter(|_| shown) else { continue };
            if !same(sent, got) && !REWRITTEN.contains(&(operation.subject, name)) {
                let id = operation.id;
                self.journal.find(format!("{id}: '{name}' was sent as {sent}, answered as {got}"));
            }
        }
    }

    /// What was answered is what is read.
    async fn read_back(&mut self, operation: &'static Operation, id: &str, made: &Reply) {
        let Some(read) = instance(operation, OperationKind::GetInstance) else { return };
        let reply = send(self.caller, read, id, &Value::Null).await;
        self.journal.note(read, &reply);
        if reply.status != 200 || reply.json["data"] != made.json["data"] {
            let id = operation.id;
            self.journal.find(format!("{id}: what it made is not what is read\n{made}\n{reply}"));
        }
    }
}

impl Asked {
    /// Learns from a refusal what else must be there.
    fn learn(&mut self, reply: &Reply) {
        for error in reply.json["errors"].as_array().into_iter().flatten() {
            let pointer = error["source"]["pointer"].as_str().unwrap_or_default();
            if let Some(name) = pointer.strip_prefix("/data/attributes/") {
                self.attributes.insert(name.to_owned());
            } else if let Some(name) = pointer.strip_prefix("/data/relationships/") {
                let name = name.split('/').next().unwrap_or(name);
                self.relationships.insert(name.to_owned());
            }
        }
    }
}

/// Tells whether two values say the same: dates may be in another notation.
pub fn same(sent: &Value, got: &Value) -> bool {
    match (sent, got) {
        (Value::String(sent), Value::String(got)) => {
            let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
            sent == got || (instant(sent).is_some() && instant(sent) == instant(got))
        }
        (Value::Array(sent), Value::Array(got)) => {
            sent.len() == got.len() && sent.iter().zip(got).all(|(sent, got)| same(sent, got))
        }
        (Value::Object(sent), Value::Object(got)) => {
            sent.iter().all(|(name, sent)| got.get(name).is_none_or(|got| same(sent, got)))
        }
        _ => sent == got,
    }
}

/// Returns the operations of a kind.
pub fn of_kind(kind: OperationKind) -> impl Iterator<Item = &'static Operation> {
    russet_catalog::operations().iter().filter(move |operation| operation.kind == kind)
}

/// Returns the operation on an instance that belongs to another operation of the same schema.
pub fn instance(operation: &Operation, kind: OperationKind) -> Option<&'static Operation> {
    let schema = operation.schema?.name;
    of_kind(kind).find(|other| other.schema.is_some_and(|known| known.name == schema))
}
