//! Updates, changes of linkages and deletes, each read back.

use std::collections::BTreeSet;

use russet_catalog::{Arity, Body, Inline, InputRelationship, Method, Operation, OperationKind};
use russet_testkit::Reply;
use serde_json::{Map, Value, json};

use crate::create::{Maker, instance, of_kind, same};
use crate::known::ABSENT;
use crate::{planted, sample, send};

/// Resources of a type on which a change is tried before it is left at a refusal.
const SAMPLES: usize = 20;

impl Maker<'_> {
    /// Updates one of everything: first with nothing, then with every attribute that is taken.
    pub async fn update_all(&mut self) {
        for operation in of_kind(OperationKind::UpdateInstance) {
            for id in self.samples(operation) {
                self.update(operation, &id).await;
                if self.journal.succeeded(operation) {
                    self.update_inline(operation, &id).await;
                    break;
                }
            }
        }
    }

    /// Makes what the update can make inline, twice: the second must not trip over the first.
    async fn update_inline(&mut self, operation: &'static Operation, id: &str) {
        let Some(Body::Resource { kind, relationships, inline, .. }) = operation.body else {
            return;
        };
        for known in relationships.iter().filter(|known| makes(inline, known)) {
            for attempt in [0, 0, 1] {
                self.turn += 1;
                let mut included = Vec::new();
                let data = self.linkage(known, inline, attempt, &mut included);
                let relationships = json!({ known.name: { "data": data } });
                let data = json!({ "type": kind, "id": id, "relationships": relationships });
                let body = json!({ "data": data, "included": included });
                let reply = send(self.caller, operation, id, &body).await;
                self.journal.note(operation, &reply);
            }
        }
    }

    async fn update(&mut self, operation: &'static Operation, id: &str) {
        let Some(Body::Resource { kind, attributes, .. }) = operation.body else { return };
        let empty = json!({ "data": { "type": kind, "id": id } });
        let reply = send(self.caller, operation, id, &empty).await;
        self.journal.note(operation, &reply);
        self.turn += 1;
        let mut values: Map<String, Value> = attributes
            .iter()
            .map(|known| {
                let value = sample::attribute(kind, known.name, known.shape, self.turn);
                (known.name.to_owned(), value)
            })
            .collect();
        for _ in 0..6 {
            let body = json!({ "data": { "type": kind, "id": id, "attributes": values } });
            let reply = send(self.caller, operation, id, &body).await;
            self.journal.note(operation, &reply);
            if reply.status == 200 {
                return self.read_update(operation, id, &values, &reply).await;
            }
            let refused = refused_attributes(&reply);
            let before = values.len();
            values.retain(|name, _| !refused.contains(name));
            if values.len() == before {
                return;
            }
        }
    }

    async fn read_update(
        &mut self,
        operation: &'static Operation,
        id: &str,
        sent: &Map<String, Value>,
        reply: &Reply,
    ) {
        for (name, sent) in sent {
            let got = reply.json["data"]["attributes"].get(name);
            if got.is_some_and(|got| !same(sent, got)) {
                let operation = operation.id;
                self.journal
                    .find(format!("{operation}: '{name}' was set to {sent}, answered as {got:?}"));
            }
        }
        let Some(read) = instance(operation, OperationKind::GetInstance) else { return };
        let again = send(self.caller, read, id, &Value::Null).await;
        self.journal.note(read, &again);
        if again.json["data"] != reply.json["data"] {
            let operation = operation.id;
            self.journal.find(format!(
                "{operation}: what it answered is not what is read\n{reply}\n{again}"
            ));
        }
    }

    /// Changes every linkage that can be changed: adds, removes, replaces.
    pub async fn link_all(&mut self) {
        let kinds = [
            OperationKind::CreateToManyRelationship,
            OperationKind::DeleteToManyRelationship,
            OperationKind::ReplaceToManyRelationship,
            OperationKind::UpdateToOneRelationship,
        ];
        for kind in kinds {
            for operation in of_kind(kind) {
                self.link_some(operation).await;
            }
        }
    }

    /// Tries pairs of near and far ends until one is taken.
    async fn link_some(&mut self, operation: &'static Operation) {
        for turn in 0..SAMPLES {
            for id in self.samples(operation) {
                self.link(operation, &id, turn).await;
                if self.journal.succeeded(operation) {
                    return;
                }
            }
        }
    }

    async fn link(&mut self, operation: &'static Operation, id: &str, turn: usize) {
        let Some(Body::Linkage { target, arity }) = operation.body else { return };
        let before = self.linked(operation, id).await;
        let far = match (operation.kind, before.as_deref()) {
            (OperationKind::DeleteToManyRelationship, Some([first, ..])) => Some(first.clone()),
            (_, Some([_, .., last])) if turn == 0 => Some(last.clone()),
            _ => self.known.ids(target).iter().rev().nth(turn).cloned(),
        };
        let identify = |id: &str| json!({ "type": target, "id": id });
        let identifier = identify(far.as_deref().unwrap_or(ABSENT));
        let mut wanted: Vec<String> = far.iter().cloned().collect();
        let data = match (*arity, operation.kind, before.as_deref()) {
            (Arity::One, ..) => identifier,
            // What belongs to its list alone can only be put in another order.
            (_, OperationKind::ReplaceToManyRelationship, Some(before @ [_, ..])) if turn == 1 => {
                wanted = before.iter().rev().cloned().collect();
                wanted.iter().map(|id| identify(id)).collect()
            }
            _ => json!([identifier]),
        };
        let reply = send(self.caller, operation, id, &json!({ "data": data })).await;
        self.journal.note(operation, &reply);
        let (true, Some(far), Some(before)) = (reply.is_success(), far, before) else { return };
        let after = self.linked(operation, id).await.unwrap_or_default();
        let right = match operation.kind {
            OperationKind::CreateToManyRelationship => {
                after.contains(&far) && before.iter().all(|id| after.contains(id))
            }
            OperationKind::DeleteToManyRelationship => !after.contains(&far),
            _ => after == wanted,
        };
        if !right {
            let operation = operation.id;
            self.journal.find(format!("{operation} with {far} made {after:?} of {before:?}"));
        }
    }

    /// Reads what a resource has in the relationship of an operation, where it can be read.
    async fn linked(&mut self, operation: &'static Operation, id: &str) -> Option<Vec<String>> {
        let read = russet_catalog::operations()
            .iter()
            .find(|other| other.path == operation.path && other.method == Method::Get)?;
        let reply = send(self.caller, read, id, &Value::Null).await;
        self.journal.note(read, &reply);
        let data = match &reply.json["data"] {
            Value::Array(items) => items.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let ids = data.iter().filter_map(|item| item["id"].as_str());
        reply.is_success().then(|| ids.map(str::to_owned).collect())
    }

    /// Deletes one of everything, made for it, or planted where it cannot be made.
    pub async fn delete_all(&mut self) {
        for operation in of_kind(OperationKind::DeleteInstance) {
            let made = match instance(operation, OperationKind::CreateInstance) {
                Some(create) => self.make(create).await,
                None => None,
            };
            let made = made.or_else(|| {
                self.turn += 1;
                planted::plant_one(self.app, self.known, operation.subject, self.turn)
            });
            let mut ids = self.samples(operation);
            if let Some(made) = made {
                ids.retain(|id| *id != made);
                ids.insert(0, made);
            }
            for id in ids {
                self.delete(operation, &id).await;
                if self.journal.succeeded(operation) {
                    break;
                }
            }
        }
    }

    async fn delete(&mut self, operation: &'static Operation, id: &str) {
        let reply = send(self.caller, operation, id, &Value::Null).await;
        self.journal.note(operation, &reply);
        if !reply.is_success() {
            return;
        }
        self.known.forget(operation.subject, id);
        for kind in [OperationKind::GetInstance, OperationKind::DeleteInstance] {
            let Some(again) = instance(operation, kind) else { continue };
            let reply = send(self.caller, again, id, &Value::Null).await;
            self.journal.judge(&reply);
            if reply.status != 404 {
                let operation = operation.id;
                self.journal.find(format!("{operation}: what it deleted is still there\n{reply}"));
            }
        }
    }

    /// Resources to try an operation on: the latest first, which the walk made itself.
    fn samples(&self, operation: &Operation) -> Vec<String> {
        let ids = self.known.ids(operation.subject);
        if ids.is_empty() {
            return vec![ABSENT.to_owned()];
        }
        ids.iter().rev().take(SAMPLES).cloned().collect()
    }
}

fn makes(inline: &[Inline], known: &InputRelationship) -> bool {
    inline.iter().any(|inline| inline.kind == known.target)
}

fn refused_attributes(reply: &Reply) -> BTreeSet<String> {
    let errors = reply.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let pointers = errors.iter().filter_map(|error| error["source"]["pointer"].as_str());
    let names = pointers.filter_map(|pointer| pointer.strip_prefix("/data/attributes/"));
    names.map(|name| name.split('/').next().unwrap_or(name).to_owned()).collect()
}
