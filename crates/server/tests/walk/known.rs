//! The ids that the walk has come across, by resource type.

use std::collections::BTreeMap;

use russet_catalog::{Edge, FilterEnd, FilterTarget, Operation, Parameter};
use serde_json::Value;

/// An id that no resource has.
pub const ABSENT: &str = "00000000-0000-4000-8000-00000000dead";

/// Ids by resource type, in the order in which they were met.
#[derive(Default)]
pub struct Known(BTreeMap<String, Vec<String>>);

impl Known {
    /// Notes an id; returns whether it is new.
    pub fn add(&mut self, kind: &str, id: &str) -> bool {
        let ids = self.0.entry(kind.to_owned()).or_default();
        let new = !ids.iter().any(|known| known == id);
        if new {
            ids.push(id.to_owned());
        }
        new
    }

    /// Forgets a resource that was deleted.
    pub fn forget(&mut self, kind: &str, id: &str) {
        self.0.entry(kind.to_owned()).or_default().retain(|known| known != id);
    }

    /// Notes every resource and identifier of a document.
    pub fn learn(&mut self, value: &Value) {
        match value {
            Value::Object(object) => {
                if let (Some(kind), Some(id)) = (text(value, "type"), text(value, "id")) {
                    // Error objects and attributes have ids, too, but no resource type.
                    if russet_catalog::kind(kind).is_some() {
                        self.add(kind, id);
                    }
                }
                for (name, value) in object {
                    if name != "attributes" {
                        self.learn(value);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }

    /// Returns the ids of a resource type.
    pub fn ids(&self, kind: &str) -> &[String] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Returns an id for an operation, one that no resource has where none is known.
    pub fn id_for(&self, operation: &Operation) -> &str {
        self.ids(operation.subject).first().map_or(ABSENT, String::as_str)
    }

    /// Returns the query that an operation must have: its required parameters.
    pub fn required_query(&self, operation: &Operation, turn: usize) -> String {
        let mut parts = Vec::new();
        for parameter in operation.query {
            match parameter {
                Parameter::Filter { name, values, required: true, target } => {
                    let value = self.filter_value(operation, values, *target, turn);
                    parts.push(format!("filter[{name}]={value}"));
                }
                Parameter::Other { name, values, required: true } => {
                    parts.push(format!("{name}={}", values.first().unwrap_or(&"P7D")));
                }
                _ => {}
            }
        }
        parts.join("&")
    }

    /// Returns a value for a filter: one that the document lists, an id that exists, or a word.
    pub fn filter_value(
        &self,
        operation: &Operation,
        values: &[&str],
        target: FilterTarget,
        turn: usize,
    ) -> String {
        let ids = match target.end {
            FilterEnd::Id if target.path.is_empty() => {
                operation.answers.map_or(&[][..], |schema| self.ids(schema.kind))
            }
            FilterEnd::Relationship(edge) => far_end(edge).map_or(&[][..], |kind| self.ids(kind)),
            _ => &[],
        };
        if let Some(value) = values.get(turn % values.len().max(1)) {
            return (*value).to_owned();
        }
        match ids.get(turn % ids.len().max(1)) {
            Some(id) => id.clone(),
            None => "walk".to_owned(),
        }
    }
}

fn far_end(edge: Edge) -> Option<&'static str> {
    match edge {
        Edge::Forward(name) => russet_catalog::relation(name).map(|relation| relation.to),
        Edge::Backward(name) => russet_catalog::relation(name).map(|relation| relation.from),
        Edge::Computed => None,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str()
}
