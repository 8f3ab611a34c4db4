//! Checks the members of a create or update body against what the operation takes.
//!
//! It reports every problem it finds; details and pointers are those of recorded replies.

use russet_catalog::{Arity, Inline, InputAttribute, InputRelationship, Operation, OperationKind};
use russet_wire::{
    Code, Identifier, Linkage, NewResource, Problem, RequestDocument, pointer_token,
};
use serde_json::{Map, Value};

use super::shape;
use crate::relations;

/// A body that fits its operation.
#[derive(Debug, Default)]
pub struct Entity {
    /// Attributes to set, null where the caller sent null.
    pub attributes: Map<String, Value>,
    /// Relationships to set.
    pub relationships: Vec<(&'static InputRelationship, Linkage)>,
    /// Resources to create inline, in the order sent.
    pub inline: Vec<InlineEntity>,
}

/// An inline resource that fits its schema.
#[derive(Debug)]
pub struct InlineEntity {
    /// `${…}`, unique in the request.
    pub local_id: String,
    /// What it creates.
    pub schema: &'static Inline,
    /// Attributes to set.
    pub attributes: Map<String, Value>,
    /// Relationships to set.
    pub relationships: Vec<(&'static InputRelationship, Linkage)>,
}

/// What the members of a resource are checked against.
struct Expected {
    kind: &'static str,
    attributes: &'static [InputAttribute],
    relationships: &'static [InputRelationship],
    operation: OperationKind,
}

/// Checks a document; what fits is in the entity even where there are problems.
#[must_use]
pub fn check(
    operation: &'static Operation,
    path_id: Option<&str>,
    document: RequestDocument,
) -> (Entity, Vec<Problem>) {
    let mut problems = Vec::new();
    let Some(russet_catalog::Body::Resource { kind, attributes, relationships, inline }) =
        operation.body
    else {
        return (Entity::default(), problems);
    };
    check_identity(kind, path_id, &document.data, &mut problems);
    let expected = Expected { kind, attributes, relationships, operation: operation.kind };
    let (attributes, relationships) =
        check_members(&expected, document.data, "/data", &mut problems);
    let inline = check_inline(inline, document.included, &mut problems);
    let entity = Entity { attributes, relationships, inline };
    check_local_ids(&entity, &mut problems);
    check_inline_is_named(&entity, &mut problems);
    (entity, problems)
}

fn check_identity(
    kind: &str,
    path_id: Option<&str>,
    data: &NewResource,
    problems: &mut Vec<Problem>,
) {
    if data.kind != kind {
        let detail = format!("'{}' is not the expected resource type '{kind}'", data.kind);
        problems.push(Problem::new(Code::TypeInvalid, detail).at("/data/type"));
    }
    match (path_id, data.id.as_deref()) {
        (None, Some(_)) => {
            let detail = "The id of a resource can not be chosen by a 'CREATE' operation";
            problems.push(Problem::new(Code::UnexpectedId, detail).at("/data/id"));
        }
        (Some(path), Some(id)) if path != id => {
            let detail = format!("The id '{id}' does not match the id '{path}' of the URL path");
            problems.push(Problem::new(Code::IdInvalid, detail).at("/data/id"));
        }
        (Some(_), None) => {
            let detail = "You must provide the id of the resource with this request";
            problems.push(Problem::new(Code::IdInvalid, detail).at("/data/id"));
        }
        _ => {}
    }
}

type Members = (Map<String, Value>, Vec<(&'static InputRelationship, Linkage)>);

fn check_members(
    expected: &Expected,
    data: NewResource,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Members {
    let mut attributes = Map::new();
    for (name, value) in data.attributes {
        let pointer = format!("{at}/attributes/{}", pointer_token(&name));
        match expected.attributes.iter().find(|known| known.name == name) {
            None => problems.push(foreign_attribute(expected, &name, &pointer)),
            Some(known) if value.is_null() => {
                if known.nullable || (!known.required && updates(expected)) {
                    attributes.insert(name, value);
                } else if known.required {
                    problems.push(missing_attribute(known.name, at));
                }
            }
            Some(known) => {
                shape::check(&name, &pointer, &value, known.shape, problems);
                attributes.insert(name, value);
            }
        }
    }
    for known in expected.attributes.iter().filter(|known| known.required) {
        let pointer = format!("{at}/attributes/{}", known.name);
        let told = problems.iter().any(|p| {
            matches!(&p.source, Some(russet_wire::Source::Pointer(source)) if *source == pointer)
        });
        if !attributes.contains_key(known.name) && !told {
            problems.push(missing_attribute(known.name, at));
        }
    }
    let relationships = check_relationships(expected, data.relationships, at, problems);
    (attributes, relationships)
}

fn check_relationships(
    expected: &Expected,
    sent: Vec<(String, Linkage)>,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Vec<(&'static InputRelationship, Linkage)> {
    let mut relationships = Vec::new();
    for (name, linkage) in sent {
        let pointer = format!("{at}/relationships/{}", pointer_token(&name));
        let Some(known) = expected.relationships.iter().find(|known| known.name == name) else {
            problems.push(foreign_relationship(expected, &name, &pointer));
            continue;
        };
        let before = problems.len();
        check_linkage(known, &linkage, &pointer, problems);
        if problems.len() > before {
            continue;
        }
        if linkage == Linkage::One(None) && !updates(expected) {
            if known.required {
                problems.push(missing_relationship(known.name, at));
            }
            continue;
        }
        relationships.push((known, linkage));
    }
    for known in expected.relationships.iter().filter(|known| known.required) {
        let pointer = format!("{at}/relationships/{}", known.name);
        let told = problems.iter().any(|p| {
            matches!(&p.source, Some(russet_wire::Source::Pointer(source)) if source.starts_with(&pointer))
        });
        if !told && !relationships.iter().any(|(have, _)| have.name == known.name) {
            problems.push(missing_relationship(known.name, at));
        }
    }
    relationships
}

fn check_linkage(
    known: &InputRelationship,
    linkage: &Linkage,
    at: &str,
    problems: &mut Vec<Problem>,
) {
    let mut identifiers: Vec<(&Identifier, String)> = Vec::new();
    match (known.arity, linkage) {
        (Arity::One, Linkage::One(one)) => {
            identifiers.extend(one.iter().map(|one| (one, format!("{at}/data/type"))));
        }
        (Arity::Many, Linkage::Many(many)) => identifiers
            .extend(many.iter().enumerate().map(|(n, one)| (one, format!("{at}/data/{n}/type")))),
        (Arity::One, Linkage::Many(_)) => {
            let detail =
                format!("Unexpected json type for '{}'. Expected OBJECT but got ARRAY", known.name);
            problems.push(Problem::new(Code::RelationshipType, detail).at(at));
        }
        (Arity::Many, Linkage::One(one)) => {
            let detail = format!(
                "Unexpected json type for '{}'. Expected ARRAY but got {}",
                known.name,
                form_of(one.as_ref())
            );
            problems.push(Problem::new(Code::RelationshipType, detail).at(at));
        }
    }
    for (identifier, pointer) in identifiers {
        if identifier.kind != known.target {
            let detail = format!(
                "'{}' is not a valid resource type for the relationship '{}'. Expected '{}'",
                identifier.kind, known.name, known.target
            );
            problems.push(Problem::new(Code::RelationshipInvalid, detail).at(pointer));
        }
    }
}

fn check_inline(
    schemas: &'static [Inline],
    included: Vec<NewResource>,
    problems: &mut Vec<Problem>,
) -> Vec<InlineEntity> {
    let mut entities: Vec<InlineEntity> = Vec::new();
    for (index, resource) in included.into_iter().enumerate() {
        let at = format!("/included/{index}");
        let Some(schema) = schemas.iter().find(|schema| schema.kind == resource.kind) else {
            let detail = format!(
                "A resource of type '{}' can not be created inline by this request",
                resource.kind
            );
            problems.push(Problem::new(Code::IncludedInvalidType, detail).at(format!("{at}/type")));
            continue;
        };
        let local_id = resource.id.clone().unwrap_or_default();
        if !is_local(&local_id) || entities.iter().any(|known| known.local_id == local_id) {
            let detail = format!(
                "'{local_id}' can not be used here, the id must be a local id with the format '${{local-id}}'"
            );
            problems.push(Problem::new(Code::IncludedInvalidId, detail).at(format!("{at}/id")));
            continue;
        }
        let expected = Expected {
            kind: schema.kind,
            attributes: schema.attributes,
            relationships: schema.relationships,
            operation: OperationKind::CreateInstance,
        };
        let (attributes, relationships) = check_members(&expected, resource, &at, problems);
        entities.push(InlineEntity { local_id, schema, attributes, relationships });
    }
    entities
}

/// Local ids that relationships name must be there, and be of the right type.
fn check_local_ids(entity: &Entity, problems: &mut Vec<Problem>) {
    let of_data = entity.relationships.iter().map(|pair| ("/data".to_owned(), pair));
    let of_inline = entity.inline.iter().enumerate().flat_map(|(index, inline)| {
        inline.relationships.iter().map(move |pair| (format!("/included/{index}"), pair))
    });
    for (at, (known, linkage)) in of_data.chain(of_inline) {
        for identifier in identifiers(linkage).iter().filter(|identifier| is_local(&identifier.id))
        {
            let there = entity.inline.iter().any(|inline| {
                inline.local_id == identifier.id && inline.schema.kind == identifier.kind
            });
            if !there {
                let detail = format!(
                    "The relationship '{}' expects an included resource with type '{}' and id '{}'",
                    known.name, known.target, identifier.id
                );
                let pointer = format!("{at}/relationships/{}", known.name);
                problems.push(Problem::new(Code::RelationshipInvalid, detail).at(pointer));
            }
        }
    }
}

/// What is made inline must hang together with the rest: something names it, or it names another
/// of them. Source: our choice; JSON:API wants full linkage.
fn check_inline_is_named(entity: &Entity, problems: &mut Vec<Problem>) {
    let of_inline = entity.inline.iter().flat_map(|inline| &inline.relationships);
    let named: Vec<&str> = entity
        .relationships
        .iter()
        .chain(of_inline)
        .flat_map(|(_, linkage)| identifiers(linkage))
        .map(|identifier| identifier.id.as_str())
        .collect();
    for (index, inline) in entity.inline.iter().enumerate() {
        let mut own = inline.relationships.iter().flat_map(|(_, linkage)| identifiers(linkage));
        if named.contains(&inline.local_id.as_str()) || own.any(|own| is_local(&own.id)) {
            continue;
        }
        let detail = format!("No relationship names the included resource '{}'", inline.local_id);
        let pointer = format!("/included/{index}/id");
        problems.push(Problem::new(Code::IncludedInvalidId, detail).at(pointer));
    }
}

fn identifiers(linkage: &Linkage) -> &[Identifier] {
    match linkage {
        Linkage::One(one) => one.as_slice(),
        Linkage::Many(many) => many,
    }
}

/// Returns the JSON type of a linkage that is no list.
#[must_use]
pub fn form_of(one: Option<&Identifier>) -> &'static str {
    if one.is_some() { "OBJECT" } else { "NULL" }
}

/// Returns whether an id is of the form `${local-id}`.
#[must_use]
pub fn is_local(id: &str) -> bool {
    id.len() > 3 && id.starts_with("${") && id.ends_with('}')
}

fn updates(expected: &Expected) -> bool {
    expected.operation == OperationKind::UpdateInstance
}

fn operation_name(expected: &Expected) -> &'static str {
    if updates(expected) { "UPDATE" } else { "CREATE" }
}

fn foreign_attribute(expected: &Expected, name: &str, pointer: &str) -> Problem {
    let known = russet_catalog::schemas_of(expected.kind)
        .iter()
        .any(|schema| schema.attribute(name).is_some());
    if known || is_create_only(expected.kind, name) {
        let operation = operation_name(expected);
        let detail =
            format!("The attribute '{name}' can not be included in a '{operation}' operation");
        Problem::new(Code::AttributeNotAllowed, detail).at(pointer)
    } else {
        let detail = format!("'{name}' is not an attribute on the resource '{}'", expected.kind);
        Problem::new(Code::AttributeUnknown, detail).at(pointer)
    }
}

/// Attributes that only a create takes and no answer shows (`secret`, `csrContent`).
fn is_create_only(kind: &str, name: &str) -> bool {
    russet_catalog::operations().iter().any(|operation| match operation.body {
        Some(russet_catalog::Body::Resource { kind: of, attributes, .. }) => {
            *of == kind && attributes.iter().any(|attribute| attribute.name == name)
        }
        _ => false,
    })
}

fn foreign_relationship(expected: &Expected, name: &str, pointer: &str) -> Problem {
    if relations::relationship(expected.kind, name).is_some() {
        let operation = operation_name(expected);
        let detail =
            format!("The relationship '{name}' can not be included in a '{operation}' operation");
        Problem::new(Code::RelationshipNotAllowed, detail).at(pointer)
    } else {
        let detail = format!("'{name}' is not a relationship on the resource '{}'", expected.kind);
        Problem::new(Code::RelationshipUnknown, detail).at(pointer)
    }
}

fn missing_attribute(name: &str, at: &str) -> Problem {
    let detail = format!("You must provide a value for the attribute '{name}' with this request");
    Problem::new(Code::AttributeRequired, detail).at(format!("{at}/attributes/{name}"))
}

fn missing_relationship(name: &str, at: &str) -> Problem {
    let detail =
        format!("You must provide a value for the relationship '{name}' with this request");
    Problem::new(Code::RelationshipRequired, detail).at(format!("{at}/relationships/{name}"))
}
