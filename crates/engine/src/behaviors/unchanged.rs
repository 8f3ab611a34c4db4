//! PATCH with null for an attribute that cannot be empty changes nothing.
//!
//! The document accepts null there; clients send it for what they do not mean to change. That it
//! means "unchanged" is our reading.

use serde_json::{Map, Value};

use crate::changes::{Effect, Resource};

/// Returns the effect that puts back what null replaced, of the attributes in `names`.
pub(super) fn restore(
    kind: &'static str,
    before: &Resource,
    sent: &Map<String, Value>,
    names: &[&'static str],
) -> Vec<Effect> {
    let attributes: Vec<(&'static str, Value)> = names
        .iter()
        .filter(|name| sent.get(**name).is_some_and(Value::is_null))
        .filter_map(|name| Some((*name, before.attributes.get(*name)?.clone())))
        .filter(|(_, value)| !value.is_null())
        .collect();
    if attributes.is_empty() {
        return Vec::new();
    }
    vec![Effect::Set { kind, id: before.id.clone(), attributes }]
}
