//! One resource object against its schema.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use russet_catalog::{Arity, Relationship, Schema};
use serde_json::{Map, Value};

use super::{Findings, shape};
use crate::app::BASE;

/// Attributes that replies carry although the document does not list them. Source: recorded
/// replies; codemagic cannot do without it.
const UNLISTED: &[(&str, &str)] = &[("certificates", "csrContent")];

/// What the request asked to be shown.
pub struct Asked {
    /// Names by resource type.
    pub fields: HashMap<String, Vec<String>>,
    /// Relationships whose resources come along.
    pub include: Vec<String>,
}

impl Asked {
    /// Reads a query.
    pub fn of(query: &str) -> Asked {
        let mut asked = Asked { fields: HashMap::new(), include: Vec::new() };
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let decoded = percent_decode_str(part).decode_utf8_lossy();
            let (name, values) = decoded.split_once('=').unwrap_or((&decoded, ""));
            let values = values.split(',').filter(|value| !value.is_empty()).map(str::to_owned);
            if name == "include" {
                asked.include = values.collect();
            } else if let Some(kind) = name.strip_prefix("fields[") {
                asked.fields.insert(kind.trim_end_matches(']').to_owned(), values.collect());
            }
        }
        asked
    }
}

/// Checks a resource object.
pub fn check(
    resource: &Value,
    schema: &'static Schema,
    asked: &Asked,
    at: &str,
    findings: &mut Findings,
) {
    let Some(object) = resource.as_object() else { return findings.add(at, "is not a resource") };
    for name in object.keys() {
        let known = ["type", "id", "attributes", "relationships", "links"].contains(&name.as_str());
        findings.require(known, at, &format!("'{name}' is not a member of a resource"));
    }
    let id = check_type_and_id(object, schema.kind, at, findings);
    let own = format!("{BASE}{}/{id}", schema.path);
    if object.get("links").and_then(|links| links["self"].as_str()) != Some(&own) {
        findings.add(at, format!("links/self is not {own}"));
    }
    let fields = asked.fields.get(schema.kind);
    attributes(object, schema, fields, at, findings);
    for (name, value) in
        object.get("relationships").and_then(Value::as_object).into_iter().flatten()
    {
        let at = format!("{at}/relationships/{name}");
        match schema.relationship(name) {
            None => findings.add(&at, format!("is not a relationship of {}", schema.name)),
            Some(known) => relationship(value, known, &own, &at, findings),
        }
        let wanted = fields.is_none_or(|fields| fields.contains(name));
        findings.require(wanted, &at, "was not asked for");
    }
}

/// Checks a resource identifier.
pub fn check_identifier(value: &Value, kind: &str, at: &str, findings: &mut Findings) {
    let Some(object) = value.as_object() else { return findings.add(at, "is not an identifier") };
    findings.require(object.len() == 2, at, "has more than a type and an id");
    check_type_and_id(object, kind, at, findings);
}

fn check_type_and_id<'a>(
    object: &'a Map<String, Value>,
    kind: &str,
    at: &str,
    findings: &mut Findings,
) -> &'a str {
    let found = object.get("type").and_then(Value::as_str);
    if found != Some(kind) {
        findings.add(at, format!("type is {found:?}, not {kind}"));
    }
    let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
    findings.require(!id.is_empty(), at, "has no id");
    id
}

fn attributes(
    object: &Map<String, Value>,
    schema: &'static Schema,
    fields: Option<&Vec<String>>,
    at: &str,
    findings: &mut Findings,
) {
    let empty = Map::new();
    let attributes = match object.get("attributes") {
        Some(Value::Object(attributes)) => attributes,
        None => &empty,
        Some(_) => return findings.add(at, "attributes is not an object"),
    };
    let notation = russet_catalog::date_notation(schema.kind);
    for (name, value) in attributes {
        let at = format!("{at}/attributes/{name}");
        match schema.attribute(name) {
            None if UNLISTED.contains(&(schema.kind, name.as_str())) => {}
            None => findings.add(&at, format!("is not an attribute of {}", schema.name)),
            Some(known) => shape::check(value, known.shape, notation, &at, findings),
        }
        let wanted = fields.is_none_or(|fields| fields.contains(name));
        findings.require(wanted, &at, "was not asked for");
    }
    // Source: recorded replies show attributes without a value as null.
    for known in schema.attributes {
        let wanted = fields.is_none_or(|fields| fields.iter().any(|name| name == known.name));
        let there = attributes.contains_key(known.name);
        findings.require(there || !wanted, at, &format!("attribute '{}' is missing", known.name));
    }
}

fn relationship(value: &Value, known: &Relationship, own: &str, at: &str, findings: &mut Findings) {
    let Some(object) = value.as_object() else { return findings.add(at, "is not an object") };
    for name in object.keys() {
        let member = ["data", "links", "meta"].contains(&name.as_str());
        findings.require(member, at, &format!("'{name}' is not a member of a relationship"));
    }
    let link = |name: &str, offered: bool, url: String| {
        let wanted = offered.then_some(url);
        (value["links"].get(name).and_then(Value::as_str) != wanted.as_deref())
            .then(|| format!("links/{name} is not {wanted:?}"))
    };
    let name = known.name;
    let wrong = [
        link("self", known.self_link, format!("{own}/relationships/{name}")),
        link("related", known.related_link, format!("{own}/{name}")),
    ];
    for wrong in wrong.into_iter().flatten() {
        findings.add(at, wrong);
    }
    match (object.get("data"), known.arity) {
        (None, _) | (Some(Value::Null), Arity::One) => {}
        (Some(data), Arity::One) => check_identifier(data, known.target, at, findings),
        (Some(Value::Array(items)), Arity::Many) => {
            for item in items {
                check_identifier(item, known.target, at, findings);
            }
            let paging = &value["meta"]["paging"];
            let counted = paging["total"].as_u64().is_some_and(|total| items.len() as u64 <= total);
            findings.require(counted, at, "meta/paging/total is not a count that fits");
            findings.require(paging["limit"].is_u64(), at, "meta/paging/limit is missing");
        }
        (Some(_), Arity::Many) => findings.add(at, "data is not a list"),
    }
}
