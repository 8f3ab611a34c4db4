//! Resource schemas: attributes, relationships and their targets.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::document::{Document, RawOperation, deprecated, only, properties, reference, strings};
use super::records::{AttributeRecord, RelationshipRecord, ResourceFile, SchemaRecord};
use super::shapes::Shapes;

/// Far ends that no operation of the document states: the related read answers a file or report.
const UNSTATED_TARGETS: [(&str, &str, &str); 6] = [
    ("App", "perfPowerMetrics", "perfPowerMetrics"),
    ("Build", "perfPowerMetrics", "perfPowerMetrics"),
    ("DiagnosticSignature", "logs", "diagnosticLogs"),
    (
        "InAppPurchaseOfferCodeOneTimeUseCode",
        "values",
        "inAppPurchaseOfferCodeOneTimeUseCodeValues",
    ),
    ("InAppPurchasePricePoint", "equalizations", "inAppPurchasePricePoints"),
    ("SubscriptionOfferCodeOneTimeUseCode", "values", "subscriptionOfferCodeOneTimeUseCodeValues"),
];

/// Returns a file per resource type, by type, with the schemas filled in.
///
/// # Errors
/// A schema that looks like a resource and is not built like one.
pub fn read(
    document: &Document,
    operations: &[RawOperation<'_>],
    shapes: &mut Shapes<'_>,
) -> Result<Vec<ResourceFile>> {
    let mut files: BTreeMap<String, ResourceFile> = BTreeMap::new();
    let paths = paths(document, operations)?;
    for (name, schema) in document.schemas() {
        let Some(kind) = resource_kind(schema).filter(|_| !name.ends_with("InlineCreate")) else {
            continue;
        };
        let path = paths.get(name).cloned().unwrap_or_else(|| guessed_path(name, kind));
        let record = read_schema(document, operations, shapes, (name, schema), path)
            .with_context(|| format!("schema {name}"))?;
        let file = files.entry(kind.to_owned()).or_default();
        kind.clone_into(&mut file.kind);
        file.schemas.push(record);
    }
    for operation in operations {
        let subject = operation.parts()[1].to_owned();
        files.entry(subject.clone()).or_default().kind.clone_from(&subject);
    }
    Ok(files.into_values().collect())
}

/// Returns the resource type of a schema that has `type` (one value) and `id`.
pub fn resource_kind(schema: &Value) -> Option<&str> {
    schema.get("properties")?.get("id")?;
    match schema["properties"]["type"].get("enum")?.as_array()?.as_slice() {
        [Value::String(kind)] => Some(kind),
        _ => None,
    }
}

/// Returns the schema of a resource answer and whether it is a list.
pub fn answered<'d>(document: &'d Document, answer: &Value) -> Result<Option<(&'d str, bool)>> {
    let Some(name) = reference(answer) else { return Ok(None) };
    let data = &document.schema(name)?["properties"]["data"];
    let many = data["type"] == "array";
    let data = if many { &data["items"] } else { data };
    Ok(reference(data).map(|_| document.follow(data)).transpose()?.map(|(name, _)| (name, many)))
}

/// Returns the path of each schema that operations on its own path answer with.
fn paths(document: &Document, operations: &[RawOperation<'_>]) -> Result<BTreeMap<String, String>> {
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations.iter().filter(|operation| operation.parts().len() <= 3) {
        for (_, answer) in operation.success()?.1 {
            let Some((name, _)) = answered(document, answer)? else { continue };
            let base = operation.base();
            let known = paths.entry(name.to_owned()).or_insert_with(|| base.clone());
            ensure!(*known == base, "{name} is served under {known} and {base}");
        }
    }
    Ok(paths)
}

/// Returns the path of a schema without operations of its own: its name's version, else `/v1`.
fn guessed_path(name: &str, kind: &str) -> String {
    let version = ["V2", "V3"].iter().find(|version| name.ends_with(*version)).unwrap_or(&"V1");
    format!("/{}/{kind}", version.to_lowercase())
}

fn read_schema(
    document: &Document,
    operations: &[RawOperation<'_>],
    shapes: &mut Shapes<'_>,
    (name, schema): (&str, &Value),
    path: String,
) -> Result<SchemaRecord> {
    only(schema, &["type", "title", "properties", "required", "deprecated"])?;
    only(&schema["properties"], &["type", "id", "attributes", "relationships", "links"])?;
    let mut required = strings(schema.get("required"));
    required.sort_unstable();
    ensure!(required == ["id", "type"], "it requires {required:?}");
    let mut record = SchemaRecord {
        name: name.to_owned(),
        path,
        deprecated: deprecated(schema),
        attributes: Vec::new(),
        relationships: Vec::new(),
    };
    if let Some(attributes) = schema["properties"].get("attributes") {
        only(attributes, &["type", "properties"])?;
        for (name, attribute) in properties(attributes) {
            ensure!(attribute.get("nullable").is_none(), "{name}: a nullable answer");
            record.attributes.push(AttributeRecord {
                name: name.to_owned(),
                shape: shapes.shape(attribute).with_context(|| name.to_owned())?,
                deprecated: deprecated(attribute),
            });
        }
    }
    if let Some(relationships) = schema["properties"].get("relationships") {
        only(relationships, &["type", "properties"])?;
        for (name, relationship) in properties(relationships) {
            let read = read_relationship(document, operations, &record, (name, relationship));
            record.relationships.push(read.with_context(|| name.to_owned())?);
        }
    }
    Ok(record)
}

fn read_relationship(
    document: &Document,
    operations: &[RawOperation<'_>],
    schema: &SchemaRecord,
    (name, node): (&str, &Value),
) -> Result<RelationshipRecord> {
    only(node, &["type", "properties", "deprecated"])?;
    let members = &node["properties"];
    only(members, &["links", "meta", "data"])?;
    let (many, target) = match members.get("data") {
        Some(data) => linkage(data)?,
        None => stated_elsewhere(document, operations, schema, name)?,
    };
    ensure!(members.get("meta").is_none() || many, "a to-one relationship with `meta`");
    Ok(RelationshipRecord {
        name: name.to_owned(),
        many,
        target,
        has_data: members.get("data").is_some(),
        has_links: members.get("links").is_some(),
        deprecated: deprecated(node),
    })
}

/// Returns the arity and resource type of a `data` of identifiers.
pub fn linkage(data: &Value) -> Result<(bool, String)> {
    let many = data["type"] == "array";
    only(data, if many { &["type", "items"] } else { &["type", "properties", "required"] })?;
    let identifier = if many { &data["items"] } else { data };
    only(identifier, &["type", "properties", "required"])?;
    only(&identifier["properties"], &["type", "id"])?;
    let kind = resource_kind(identifier).context("an identifier without one type")?;
    Ok((many, kind.to_owned()))
}

/// Returns arity and target of a relationship that has only links, from its operations.
fn stated_elsewhere(
    document: &Document,
    operations: &[RawOperation<'_>],
    schema: &SchemaRecord,
    name: &str,
) -> Result<(bool, String)> {
    let own = |operation: &&RawOperation<'_>| {
        let parts = operation.parts();
        parts.len() > 3 && operation.base() == schema.path && parts.last() == Some(&name)
    };
    for operation in operations.iter().filter(own) {
        if let Some((_, body)) = operation.body(document)? {
            return linkage(&body["properties"]["data"]);
        }
        for (_, answer) in operation.success()?.1 {
            if let Some((schema, many)) = answered(document, answer)? {
                let kind = resource_kind(document.schema(schema)?).context("no type")?;
                return Ok((many, kind.to_owned()));
            }
        }
    }
    let unstated = UNSTATED_TARGETS.iter().find(|(s, r, _)| *s == schema.name && *r == name);
    let (_, _, target) = unstated.context("no operation states its far end")?;
    Ok((true, (*target).to_owned()))
}
