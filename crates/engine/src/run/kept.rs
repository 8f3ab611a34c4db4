//! What is kept of attributes: all of a type's, in the catalog's order, null where there is no
//! value, dates in the notation of their family; and nothing that answers do not show.

use jiff::Timestamp;
use russet_catalog::{DateNotation, Shape};
use serde_json::{Map, Value};

use crate::behaviors;
use crate::dates;

/// Puts the attributes into the catalog's order with null for what has no value. What no schema
/// shows comes last: hooks may still want it.
pub fn complete(kind: &str, attributes: &mut Map<String, Value>, now: Timestamp) {
    let mut sent = std::mem::take(attributes);
    let notation = russet_catalog::date_notation(kind);
    for schema in russet_catalog::schemas_of(kind) {
        for attribute in schema.attributes {
            if attributes.contains_key(attribute.name) {
                continue;
            }
            let value = match sent.remove(attribute.name) {
                Some(value) => in_notation(attribute.shape, value, notation),
                None if attribute.name == "createdDate" => dates::render(now, notation).into(),
                None => Value::Null,
            };
            attributes.insert(attribute.name.to_owned(), value);
        }
    }
    attributes.extend(sent);
    if let Some(behavior) = behaviors::find(kind) {
        behavior.derive(attributes);
    }
}

/// Returns the attributes without those that only bodies have: what a client may only write
/// (`secret`) is never answered. Records of no resource type are Russet's own and kept whole.
#[must_use]
pub fn shown(kind: &str, attributes: &Map<String, Value>) -> Map<String, Value> {
    if russet_catalog::kind(kind).is_none() {
        return attributes.clone();
    }
    let beside = behaviors::find(kind).map_or(&[][..], |behavior| behavior.shows());
    let shown = |name: &str| is_attribute(kind, name) || beside.contains(&name);
    attributes
        .iter()
        .filter(|(name, _)| shown(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Returns whether a schema of the type has the attribute.
#[must_use]
pub fn is_attribute(kind: &str, name: &str) -> bool {
    russet_catalog::schemas_of(kind).iter().any(|schema| schema.attribute(name).is_some())
}

/// Returns a value with its dates in the notation of their family, whatever notation they came in.
#[must_use]
pub fn normal(kind: &str, name: &str, value: Value) -> Value {
    let schemas = russet_catalog::schemas_of(kind);
    match schemas.iter().find_map(|schema| schema.attribute(name)) {
        Some(attribute) => in_notation(attribute.shape, value, russet_catalog::date_notation(kind)),
        None => value,
    }
}

fn in_notation(shape: Shape, value: Value, notation: DateNotation) -> Value {
    match (shape, value) {
        (Shape::DateTime, Value::String(text)) => match dates::parse(&text) {
            Some(at) => dates::render(at, notation).into(),
            None => text.into(),
        },
        (Shape::Array(item), Value::Array(items)) => {
            items.into_iter().map(|value| in_notation(*item, value, notation)).collect()
        }
        (Shape::Object(members), Value::Object(object)) => object
            .into_iter()
            .map(|(name, value)| {
                let member = members.iter().find(|member| member.name == name);
                let shape = member.map_or(Shape::Any, |member| member.shape);
                (name, in_notation(shape, value, notation))
            })
            .collect::<Map<_, _>>()
            .into(),
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_inside_of_lists_and_objects_get_the_notation_of_their_family() {
        let sent = json!([{ "eventStart": "2026-11-01T00:00:00Z", "territories": ["USA"] }]);
        let kept = normal("appEvents", "territorySchedules", sent);
        let expected =
            json!([{ "eventStart": "2026-10-31T17:00:00-07:00", "territories": ["USA"] }]);
        assert_eq!(kept, expected);
    }

    #[test]
    fn what_no_answer_shows_is_not_kept() {
        let now = Timestamp::UNIX_EPOCH;
        let mut sent = json!({ "name": "n", "secret": "s" }).as_object().cloned().unwrap();
        complete("webhooks", &mut sent, now);
        assert_eq!(sent.get("secret"), Some(&json!("s")), "hooks see it");
        let kept = shown("webhooks", &sent);
        assert_eq!((kept.get("secret"), kept.get("name")), (None, Some(&json!("n"))));
    }
}
