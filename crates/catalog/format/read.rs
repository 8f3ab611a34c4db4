//! Reads the data files. Anything it does not expect is an error, never skipped.

use toml::{Table, Value};

use super::records::{
    AttributeRecord, InlineRecord, InputName, InputRecord, InputType, OperationRecord,
    ParameterRecord, RelationshipRecord, ResourceFile, SchemaRecord,
};
use super::shape::{ShapeText, parse_shape};

/// Reads `<kind>.toml`.
///
/// # Errors
/// A sentence that names the key and what is wrong with it.
pub fn read_resource(kind: &str, text: &str) -> Result<ResourceFile, String> {
    let mut file = ResourceFile { kind: kind.to_owned(), ..ResourceFile::default() };
    for (section, value) in parse_table(text)? {
        let entries = as_table(&section, value)?;
        for (name, value) in entries {
            let at = format!("{section}.{name}");
            match section.as_str() {
                "schema" => file.schemas.push(read_schema(&at, name, value)?),
                "inline" => {
                    let members = read_input(&at, &mut as_table(&at, value)?, true)?;
                    let members = members.unwrap_or_default();
                    file.inlines.push(InlineRecord { name, members });
                }
                "operations" => file.operations.push(read_call(name, &as_text(&at, value)?)?),
                "operation" => file.operations.push(read_operation(&at, name, value)?),
                _ => return Err(format!("`{section}` is not a section of a resource file")),
            }
        }
    }
    file.operations.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(file)
}

/// Reads `shapes.toml`.
///
/// # Errors
/// As [`read_resource`].
pub fn read_shapes(text: &str) -> Result<Vec<(String, ShapeText)>, String> {
    let mut top = parse_table(text)?;
    let shapes = as_table("shapes", top.remove("shapes").ok_or("there is no table `shapes`")?)?;
    shapes
        .into_iter()
        .map(|(name, value)| {
            let shape = shape_at(&name, &as_text(&name, value)?)?;
            Ok((name, shape))
        })
        .collect()
}

fn read_schema(at: &str, name: String, value: Value) -> Result<SchemaRecord, String> {
    let mut schema = SchemaRecord {
        name,
        path: String::new(),
        deprecated: false,
        attributes: Vec::new(),
        relationships: Vec::new(),
    };
    for (key, value) in as_table(at, value)? {
        let at = format!("{at}.{key}");
        match key.as_str() {
            "path" => schema.path = as_text(&at, value)?,
            "deprecated" => schema.deprecated = value == Value::Boolean(true),
            "attributes" => {
                for (name, value) in as_table(&at, value)? {
                    let text = as_text(&at, value)?;
                    let bare = text.strip_suffix(" deprecated");
                    let shape = shape_at(&at, bare.unwrap_or(&text))?;
                    let deprecated = bare.is_some();
                    schema.attributes.push(AttributeRecord { name, shape, deprecated });
                }
            }
            "relationships" => {
                for (name, value) in as_table(&at, value)? {
                    schema.relationships.push(read_relationship(name, &as_text(&at, value)?)?);
                }
            }
            _ => return Err(format!("{at}: unknown key")),
        }
    }
    Ok(schema)
}

fn read_relationship(name: String, text: &str) -> Result<RelationshipRecord, String> {
    let mut parts = text.split(", ");
    let (many, target) = read_arity(parts.next().unwrap_or_default())
        .ok_or_else(|| format!("{name}: `{text}` is not `one <type>` or `many <type>`"))?;
    let mut relationship = RelationshipRecord {
        name,
        many,
        target,
        has_data: true,
        has_links: true,
        deprecated: false,
    };
    for note in parts {
        match note {
            "no data" => relationship.has_data = false,
            "no links" => relationship.has_links = false,
            "deprecated" => relationship.deprecated = true,
            _ => return Err(format!("{}: unknown note `{note}`", relationship.name)),
        }
    }
    Ok(relationship)
}

fn read_arity(text: &str) -> Option<(bool, String)> {
    match text.split_once(' ')? {
        ("one", target) => Some((false, target.to_owned())),
        ("many", target) => Some((true, target.to_owned())),
        _ => None,
    }
}

/// Takes the body's keys out of a table; `None` when it has none of them.
fn read_input(at: &str, keys: &mut Table, only: bool) -> Result<Option<InputRecord>, String> {
    let mut input = InputRecord::default();
    let mut found = false;
    for (key, list) in [("required", &mut input.required), ("optional", &mut input.optional)] {
        if let Some(value) = keys.remove(key) {
            found = true;
            list.extend(as_list(at, value)?.into_iter().map(|text| {
                let bare = text.strip_suffix('?').map(str::to_owned);
                InputName { nullable: bare.is_some(), name: bare.unwrap_or(text) }
            }));
        }
    }
    if let Some(types) = keys.remove("types") {
        for (name, value) in as_table(at, types)? {
            let text = as_text(at, value)?;
            let kind = match read_arity(&text) {
                Some((many, target)) => InputType::Relationship { many, target },
                None => InputType::Attribute(shape_at(at, &text)?),
            };
            input.types.push((name, kind));
        }
    }
    match keys.keys().next() {
        Some(key) if only => Err(format!("{at}: unknown key `{key}`")),
        _ => Ok(found.then_some(input)),
    }
}

fn read_call(id: String, text: &str) -> Result<OperationRecord, String> {
    let mut operation = OperationRecord { id, ..OperationRecord::default() };
    let mut parts = text.split(", ");
    let mut words = parts.next().unwrap_or_default().split(' ').map(str::to_owned);
    operation.method = words.next().unwrap_or_default();
    operation.path = words.next().unwrap_or_default();
    while let Some(arrow) = words.next() {
        match arrow.as_str() {
            "<-" => operation.takes = words.next(),
            "->" => operation.answers = words.next(),
            _ => return Err(format!("{}: `{arrow}` is not an arrow", operation.id)),
        }
    }
    for note in parts {
        if note == "deprecated" {
            operation.deprecated = true;
        } else if let Ok(status) = note.parse() {
            operation.statuses.push(status);
        } else if note.contains('/') {
            operation.media.push(note.to_owned());
        } else {
            return Err(format!("{}: unknown note `{note}`", operation.id));
        }
    }
    Ok(operation)
}

fn read_operation(at: &str, id: String, value: Value) -> Result<OperationRecord, String> {
    let mut keys = as_table(at, value)?;
    let call = keys.remove("call").ok_or_else(|| format!("{at}: no call"))?;
    let mut operation = read_call(id, &as_text(at, call)?)?;
    operation.input = read_input(at, &mut keys, false)?;
    for (key, value) in keys {
        let at = format!("{at}.{key}");
        let bracketed = key.strip_suffix(']').and_then(|key| key.split_once('['));
        match (key.as_str(), bracketed) {
            ("inline", _) => operation.inline = as_list(&at, value)?,
            ("sort", _) => operation.sort = as_list(&at, value)?,
            ("include", _) => operation.include = Some(as_list(&at, value)?),
            ("included", _) => operation.included = Some(as_list(&at, value)?),
            ("fields", _) => operation.fields = Some(as_list(&at, value)?),
            ("deprecated", _) => operation.deprecated_members = as_list(&at, value)?,
            ("limit", _) => operation.limit = Some(as_number(&at, &value)?),
            (_, Some(("limit", name))) => {
                operation.limit_of.push((name.to_owned(), as_number(&at, &value)?));
            }
            (_, Some(("fields", kind))) => {
                operation.fields_of.push((kind.to_owned(), as_list(&at, value)?));
            }
            _ => {
                let text = as_text(&at, value)?;
                let bare = text.strip_prefix("required ");
                let shape = shape_at(&at, bare.unwrap_or(&text))?;
                let record = ParameterRecord { shape, required: bare.is_some() };
                operation.parameters.push((key, record));
            }
        }
    }
    Ok(operation)
}

fn parse_table(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| error.to_string())
}

fn shape_at(at: &str, text: &str) -> Result<ShapeText, String> {
    parse_shape(text).map_err(|error| format!("{at}: {error}"))
}

fn as_table(at: &str, value: Value) -> Result<Table, String> {
    match value {
        Value::Table(table) => Ok(table),
        _ => Err(format!("{at}: not a table")),
    }
}

fn as_text(at: &str, value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(format!("{at}: not a string")),
    }
}

fn as_list(at: &str, value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(values) => values.into_iter().map(|value| as_text(at, value)).collect(),
        _ => Err(format!("{at}: not a list")),
    }
}

fn as_number(at: &str, value: &Value) -> Result<u32, String> {
    let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| format!("{at}: not a number"))
}
