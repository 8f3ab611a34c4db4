//! Facets: which attributes a record can be found and sorted by, and their order-preserving texts.

use std::collections::HashMap;
use std::sync::OnceLock;

use russet_catalog::{Comparison, FilterEnd, Parameter, Shape};
use russet_store::Facet;
use serde_json::{Map, Value};

use crate::{behaviors, dates};

/// Returns whether a filter on this attribute matches parts of its value.
#[must_use]
pub fn is_contained(kind: &str, name: &str) -> bool {
    russet_catalog::comparison(kind, name) == Comparison::Contained
}

/// Returns the names of the attributes of `kind` that are kept as facets.
#[must_use]
pub fn names(kind: &str) -> &'static [&'static str] {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    TABLE.get_or_init(table).get(kind).map_or(&[], Vec::as_slice)
}

/// Returns the facets of a record.
#[must_use]
pub fn of(kind: &str, attributes: &Map<String, Value>) -> Vec<Facet<'static>> {
    let mut facets = Vec::new();
    for name in names(kind) {
        match attributes.get(*name) {
            Some(Value::Array(items)) if !items.is_empty() => {
                facets
                    .extend(items.iter().map(|item| Facet { name, text: text(kind, name, item) }));
            }
            Some(value) => facets.push(Facet { name, text: text(kind, name, value) }),
            None => facets.push(Facet { name, text: String::new() }),
        }
    }
    facets
}

/// Returns the text of a filter value that is to equal a facet, given the attribute's shape.
#[must_use]
pub fn filter_text(kind: &str, name: &str, value: &str) -> String {
    match attribute_shape(kind, name) {
        Some(Shape::Boolean) => value.to_ascii_lowercase(),
        Some(Shape::Integer | Shape::Number) => {
            value.parse().map_or_else(|_| value.to_owned(), number_text)
        }
        Some(Shape::DateTime) => {
            dates::parse(value).map_or_else(|| value.to_owned(), dates::order_text)
        }
        _ => plain_text(kind, name, value),
    }
}

fn attribute_shape(kind: &str, name: &str) -> Option<Shape> {
    let schemas = russet_catalog::schemas_of(kind);
    let attribute = schemas.iter().find_map(|schema| schema.attribute(name))?;
    Some(match attribute.shape {
        Shape::Array(item) => *item,
        shape => shape,
    })
}

fn text(kind: &str, name: &str, value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => match attribute_shape(kind, name) {
            Some(Shape::DateTime) => {
                dates::parse(text).map_or_else(|| text.clone(), dates::order_text)
            }
            _ => plain_text(kind, name, text),
        },
    }
}

fn plain_text(kind: &str, name: &str, text: &str) -> String {
    match russet_catalog::comparison(kind, name) {
        Comparison::Whole => text.to_owned(),
        Comparison::Caseless | Comparison::Contained => text.to_lowercase(),
        Comparison::Dotted => dotted_text(text),
        Comparison::Folded => text.replace('-', "").to_ascii_lowercase(),
    }
}

/// Numbers as 16 hexadecimal digits whose order is theirs: the sign bit flipped for positive
/// values, all bits for negative ones.
fn number_text(number: f64) -> String {
    let bits = number.to_bits();
    let ordered = if bits >> 63 == 0 { bits | (1 << 63) } else { !bits };
    format!("{ordered:016x}")
}

fn dotted_text(text: &str) -> String {
    let parts: Vec<String> = text
        .split('.')
        .map(|part| {
            let digits = part.trim_start_matches('0');
            let digits = if digits.is_empty() && !part.is_empty() { "0" } else { digits };
            format!("{digits:0>18}")
        })
        .collect();
    parts.join(".")
}

fn table() -> HashMap<&'static str, Vec<&'static str>> {
    let mut table: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    let mut add = |kind: &'static str, name: &'static str| {
        let names = table.entry(kind).or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for operation in russet_catalog::operations() {
        for parameter in operation.query {
            match parameter {
                Parameter::Filter { target, .. } | Parameter::Exists { target, .. } => {
                    if let FilterEnd::Attribute { kind, name } = target.end {
                        add(kind, name);
                    }
                }
                Parameter::Sort { keys } => {
                    let Some(schema) = operation.answers else { continue };
                    for key in *keys {
                        if let Some(target) = russet_catalog::sort_target(schema.kind, key)
                            && let FilterEnd::Attribute { kind, name } = target.end
                        {
                            add(kind, name);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    for behavior in behaviors::ALL {
        for name in behavior.facets() {
            add(behavior.kind(), name);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_texts_sort_as_numbers() {
        let numbers = [-1e9, -2.0, -1.5, 0.0, 0.5, 1.0, 10.0, 9e15];
        assert!(numbers.iter().map(|n| number_text(*n)).is_sorted());
    }

    #[test]
    fn dotted_numbers_sort_by_part_and_ignore_leading_zeros() {
        assert!(dotted_text("2") < dotted_text("10"));
        assert!(dotted_text("1.9") < dotted_text("1.10"));
        assert_eq!(dotted_text("01.2"), dotted_text("1.2"));
        assert_ne!(dotted_text("1.0"), dotted_text("1"));
    }
}
