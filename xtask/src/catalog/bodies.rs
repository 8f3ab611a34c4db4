//! Request bodies and the forms of inline creation.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::document::{deprecated, only, properties, strings};
use super::records::{InputName, InputRecord, InputType, SchemaRecord};
use super::resources::linkage;
use super::shapes::Shapes;

/// Reads `attributes` and `relationships` of a body's `data` or an inline form. Members that the
/// answered schema has alike are left to it.
///
/// # Errors
/// A part that is not built like the others.
pub fn read_input(
    node: &Value,
    answered: Option<&SchemaRecord>,
    shapes: &mut Shapes<'_>,
) -> Result<InputRecord> {
    let mut input = InputRecord::default();
    let sections = strings(node.get("required"));
    only(&node["properties"], &["type", "id", "attributes", "relationships"])?;
    for section in ["attributes", "relationships"] {
        let Some(members) = node["properties"].get(section) else {
            ensure!(!sections.contains(&section), "{section} required and absent");
            continue;
        };
        only(members, &["type", "properties", "required"])?;
        let required = strings(members.get("required"));
        let any = !required.is_empty();
        // Of a body both hold or neither; one inline form requires a member of an optional section.
        ensure!(any || !sections.contains(&section), "{section}: required, yet requires nothing");
        for (name, member) in properties(members) {
            let kind = if section == "attributes" {
                InputType::Attribute(shapes.shape(member).with_context(|| name.to_owned())?)
            } else {
                read_relationship(member, required.contains(&name))
                    .with_context(|| name.to_owned())?
            };
            if answered.and_then(|schema| same_member(schema, name)) != Some(kind.clone()) {
                input.types.push((name.to_owned(), kind));
            }
            let nullable = member.get("nullable") == Some(&Value::Bool(true));
            let list =
                if required.contains(&name) { &mut input.required } else { &mut input.optional };
            list.push(InputName { name: name.to_owned(), nullable });
        }
    }
    Ok(input)
}

/// Returns the names of the members that the document marks deprecated.
pub fn deprecated_members(node: &Value) -> Vec<String> {
    ["attributes", "relationships"]
        .iter()
        .filter_map(|section| node["properties"].get(section))
        .flat_map(properties)
        .filter(|(_, member)| deprecated(member))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Returns what the answered schema says of a member; attributes come before relationships.
fn same_member(schema: &SchemaRecord, name: &str) -> Option<InputType> {
    let attribute = schema.attributes.iter().find(|attribute| attribute.name == name);
    let relationship = schema.relationships.iter().find(|r| r.name == name);
    attribute.map(|attribute| InputType::Attribute(attribute.shape.clone())).or_else(|| {
        relationship.map(|r| InputType::Relationship { many: r.many, target: r.target.clone() })
    })
}

fn read_relationship(member: &Value, required: bool) -> Result<InputType> {
    only(member, &["type", "properties", "required", "deprecated"])?;
    only(&member["properties"], &["data"])?;
    ensure!(!required || strings(member.get("required")) == ["data"], "`data` is not required");
    let (many, target) = linkage(&member["properties"]["data"])?;
    Ok(InputType::Relationship { many, target })
}
