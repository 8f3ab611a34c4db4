//! What an operation's record leaves out because nearly every operation has it.
//!
//! The generator writes a line only where the document differs from these rules, and `build.rs`
//! fills the rules back in. Both call the functions below, so they cannot disagree.

use super::records::{OperationRecord, SchemaRecord};

/// Every schema of the catalog, for looking up the far ends of relationships.
pub struct Schemas<'a> {
    /// Resource type and schema.
    pub all: Vec<(&'a str, &'a SchemaRecord)>,
}

impl<'a> Schemas<'a> {
    /// Returns the schema of that name with its resource type.
    pub fn named(&self, name: &str) -> Option<(&'a str, &'a SchemaRecord)> {
        self.all.iter().copied().find(|(_, schema)| schema.name == name)
    }

    /// Returns the schemas of a resource type, by name.
    pub fn of_kind(&self, kind: &str) -> Vec<&'a SchemaRecord> {
        self.all.iter().filter(|(k, _)| *k == kind).map(|(_, schema)| *schema).collect()
    }
}

/// Success status of an operation kind.
pub fn statuses(kind: &str) -> Vec<u16> {
    match kind {
        "createInstance" => vec![201],
        "deleteInstance"
        | "createToManyRelationship"
        | "deleteToManyRelationship"
        | "replaceToManyRelationship"
        | "updateToOneRelationship" => vec![204],
        _ => vec![200],
    }
}

/// Largest `limit`: 200 where the answer is a list, 0 (no `limit`) elsewhere.
pub fn limit(kind: &str) -> u32 {
    match kind {
        "getCollection" | "getToManyRelated" | "getToManyRelationship" | "getMetrics" => 200,
        _ => 0,
    }
}

/// Largest `limit[relationship]`.
pub const LIMIT_OF: u32 = 50;

/// Names that `include` takes: the answered schema's relationships with `data`, on reads.
pub fn include(operation: &OperationRecord, answered: Option<&SchemaRecord>) -> Vec<String> {
    let reads = matches!(
        operation.kind(),
        "getCollection" | "getInstance" | "getToManyRelated" | "getToOneRelated"
    );
    let relationships = answered.filter(|_| reads).map(|schema| &schema.relationships[..]);
    relationships
        .unwrap_or_default()
        .iter()
        .filter(|r| r.has_data)
        .map(|r| r.name.clone())
        .collect()
}

/// Schemas in `included`, by resource type: the far ends of what `include` takes, or on writes of
/// every relationship with `data`. `None` where a far end has two schemas, so the document decides.
pub fn included(
    schemas: &Schemas<'_>,
    operation: &OperationRecord,
    answered: Option<&SchemaRecord>,
    include: &[String],
) -> Option<Vec<String>> {
    let writes = matches!(operation.kind(), "createInstance" | "updateInstance");
    let mut kinds: Vec<&str> = answered
        .map(|schema| &schema.relationships[..])
        .unwrap_or_default()
        .iter()
        .filter(|r| r.has_data && (writes || include.contains(&r.name)))
        .map(|r| r.target.as_str())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
        .iter()
        .map(|kind| match schemas.of_kind(kind)[..] {
            [only] => Some(only.name.clone()),
            _ => None,
        })
        .collect()
}

/// Resource types with a `fields` parameter: the answered one and those in `included`, on reads.
pub fn fields(
    schemas: &Schemas<'_>,
    operation: &OperationRecord,
    answered: Option<&str>,
    included: &[String],
) -> Vec<String> {
    if operation.method != "GET" {
        return Vec::new();
    }
    let mut kinds: Vec<String> = Vec::new();
    for name in answered.into_iter().chain(included.iter().map(String::as_str)) {
        let kind = schemas.named(name).map(|(kind, _)| kind);
        kinds.extend(kind.filter(|kind| kinds.iter().all(|k| k != kind)).map(str::to_owned));
    }
    kinds.sort();
    kinds
}

/// Names that `fields[kind]` takes: attributes and relationships of the schema that the answer
/// uses for the type.
pub fn field_names(
    schemas: &Schemas<'_>,
    kind: &str,
    answered: Option<&str>,
    included: &[String],
) -> Vec<String> {
    let used = answered.into_iter().chain(included.iter().map(String::as_str));
    let schema = used
        .filter_map(|name| schemas.named(name))
        .find(|(k, _)| *k == kind)
        .map(|(_, schema)| schema)
        .or_else(|| schemas.of_kind(kind).first().copied());
    schema.map(member_names).unwrap_or_default()
}

/// Names of a schema's attributes and relationships, in the document's order.
pub fn member_names(schema: &SchemaRecord) -> Vec<String> {
    let attributes = schema.attributes.iter().map(|attribute| attribute.name.clone());
    attributes.chain(schema.relationships.iter().map(|r| r.name.clone())).collect()
}

/// Schema that an inline form's members are read against: the one it is named after.
pub fn inline_schema<'a>(
    schemas: &Schemas<'a>,
    kind: &str,
    inline: &str,
) -> Option<&'a SchemaRecord> {
    let named = inline.strip_suffix("InlineCreate").and_then(|name| schemas.named(name));
    named.map(|(_, schema)| schema).or_else(|| schemas.of_kind(kind).first().copied())
}
