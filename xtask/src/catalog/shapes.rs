//! Shapes of values: from schema nodes to [`ShapeText`], and the named ones that were met.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::document::{Document, only, properties, reference, strings};
use super::resources::resource_kind;
use super::shape::{MemberText, ShapeText};

/// Converts shapes and remembers which named ones they use.
pub struct Shapes<'d> {
    document: &'d Document,
    used: BTreeSet<String>,
}

impl<'d> Shapes<'d> {
    /// Returns a converter that has met nothing yet.
    pub fn new(document: &'d Document) -> Self {
        Self { document, used: BTreeSet::new() }
    }

    /// Returns the named shapes that were met, and those that they use, by name.
    pub fn named(&mut self) -> Result<Vec<(String, ShapeText)>> {
        let mut done: Vec<(String, ShapeText)> = Vec::new();
        while let Some(name) =
            self.used.iter().find(|name| done.iter().all(|(n, _)| n != *name)).cloned()
        {
            let shape = self.shape(self.document.schema(&name)?).with_context(|| name.clone())?;
            done.push((name, shape));
        }
        done.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(done)
    }

    /// Notes a named shape as used and returns it. Resource schemas are not shapes.
    pub fn name(&mut self, name: &str) -> ShapeText {
        if self.document.schema(name).is_ok_and(|schema| resource_kind(schema).is_none()) {
            self.used.insert(name.to_owned());
        }
        ShapeText::Named(name.to_owned())
    }

    /// Returns a shape, by name where the document has exactly this enum under a name.
    pub fn parameter(&mut self, node: &Value) -> Result<ShapeText> {
        if let Some(values) = node.get("enum") {
            let named = self.document.schemas().find(|(_, schema)| {
                schema["type"] == "string" && schema.get("enum") == Some(values)
            });
            if let Some((name, _)) = named {
                return Ok(self.name(name));
            }
        }
        match node["type"].as_str() {
            Some("array") => Ok(ShapeText::Array(Box::new(self.parameter(&node["items"])?))),
            _ => self.shape(node),
        }
    }

    /// Returns the shape of a value. `nullable` and `deprecated` are the caller's to read.
    pub fn shape(&mut self, node: &Value) -> Result<ShapeText> {
        if let Some(name) = reference(node) {
            return Ok(self.name(name));
        }
        let format = node.get("format").and_then(Value::as_str).unwrap_or_default();
        let around = ["type", "title", "nullable", "deprecated"];
        let known = |more: &[&str]| only(node, &[&around, more].concat());
        match node.get("type").and_then(Value::as_str) {
            Some("string") if node.get("enum").is_some() => {
                known(&["enum"])?;
                let values = strings(node.get("enum")).into_iter().map(str::to_owned).collect();
                Ok(ShapeText::Enum(values))
            }
            Some("string") => {
                known(&["format"])?;
                Ok(match format {
                    "date" => ShapeText::Date,
                    "date-time" => ShapeText::DateTime,
                    "" | "uri" | "uri-reference" | "email" | "duration" | "number" => {
                        ShapeText::String(format.to_owned())
                    }
                    _ => bail!("unknown string format {format}"),
                })
            }
            Some("integer") => {
                known(&["format", "minimum", "maximum"])?;
                ensure!(matches!(format, "" | "int64"), "unknown integer format {format}");
                let limit = |key: &str| node.get(key).and_then(Value::as_i64);
                let range = limit("minimum").zip(limit("maximum"));
                ensure!(range.is_some() || node.get("maximum").is_none(), "half a range");
                Ok(ShapeText::Integer { format: format.to_owned(), range })
            }
            Some("number") => known(&[]).map(|()| ShapeText::Number),
            Some("boolean") => known(&[]).map(|()| ShapeText::Boolean),
            Some("array") => {
                known(&["items"])?;
                Ok(ShapeText::Array(Box::new(self.shape(&node["items"])?)))
            }
            Some("object") => match node.get("additionalProperties") {
                Some(value) => {
                    known(&["additionalProperties"])?;
                    Ok(ShapeText::Map(Box::new(self.shape(value)?)))
                }
                None => known(&["properties", "required"]).and_then(|()| self.object(node)),
            },
            _ => bail!("a shape of unknown type: {node}"),
        }
    }

    fn object(&mut self, node: &Value) -> Result<ShapeText> {
        let required = strings(node.get("required"));
        let mut members = Vec::new();
        for (name, property) in properties(node) {
            ensure!(property.get("deprecated").is_none(), "{name}: a deprecated member of a shape");
            members.push(MemberText {
                name: name.to_owned(),
                shape: self.shape(property).with_context(|| name.to_owned())?,
                required: required.contains(&name),
                nullable: property.get("nullable") == Some(&Value::Bool(true)),
            });
        }
        Ok(ShapeText::Object(members))
    }
}
