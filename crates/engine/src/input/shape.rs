//! Checks a JSON value against the shape that the catalog gives it.
//!
//! Details are those of recorded replies: `Unexpected json type for 'x'. Expected BOOLEAN but got
//! STRING` and `'X' is not a valid value for the attribute 'settings/0/key'. Expected one of: …`.

use russet_catalog::{Member, Shape};
use russet_wire::{Code, Problem, pointer_token};
use serde_json::Value;

use crate::dates;

/// Appends a problem for each place where `value` is not of `shape`. `name` is the attribute,
/// `at` the JSON pointer to it.
pub fn check(name: &str, at: &str, value: &Value, shape: Shape, problems: &mut Vec<Problem>) {
    match (shape, value) {
        (Shape::Any, _) | (Shape::Boolean, Value::Bool(_)) | (Shape::Number, Value::Number(_)) => {}
        (Shape::Integer, Value::Number(number)) if number.is_i64() => {}
        (Shape::String(format), Value::String(text)) => {
            check_text(name, at, format, text, problems);
        }
        (Shape::Date, Value::String(text)) => {
            if text.parse::<jiff::civil::Date>().is_err() || text.len() != 10 {
                problems.push(not_a_date(name, at, text, "a date such as 2026-01-31"));
            }
        }
        (Shape::DateTime, Value::String(text)) => {
            if dates::parse(text).is_none() {
                let wanted = "a date and time with offset such as 2026-01-31T10:00:00-08:00";
                problems.push(not_a_date(name, at, text, wanted));
            }
        }
        (Shape::Enum(values), Value::String(text)) => {
            if !values.contains(&text.as_str()) {
                problems.push(
                    Problem::new(Code::AttributeType, not_in_enum(name, text, values)).at(at),
                );
            }
        }
        (Shape::Array(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check(&format!("{name}/{index}"), &format!("{at}/{index}"), value, *item, problems);
            }
        }
        (Shape::Object(members), Value::Object(object)) => {
            check_members(name, at, object, members, problems);
        }
        (Shape::Map, Value::Object(object)) => {
            for (key, value) in object {
                let (name, at) = (format!("{name}/{key}"), format!("{at}/{}", pointer_token(key)));
                check(&name, &at, value, Shape::String(""), problems);
            }
        }
        (shape, value) => {
            let detail = format!(
                "Unexpected json type for '{name}'. Expected {} but got {}",
                shape_name(shape),
                value_name(value)
            );
            problems.push(Problem::new(Code::AttributeType, detail).at(at));
        }
    }
}

fn check_text(name: &str, at: &str, format: &str, text: &str, problems: &mut Vec<Problem>) {
    if text.contains('\0') {
        let detail =
            format!("An attribute value has invalid characters. - '{name}' can't contain NUL.");
        problems.push(Problem::new(Code::AttributeInvalid, detail).at(at));
    } else if let Some(wanted) = unmet_format(format, text) {
        let detail =
            format!("'{text}' is not a valid value for the attribute '{name}'. Expected {wanted}");
        problems.push(Problem::new(Code::AttributeInvalid, detail).at(at));
    }
}

/// Returns what a text of a format would be, where this one is not. An empty text clears a value.
/// Source: formats are documented, the wording is ours.
fn unmet_format(format: &str, text: &str) -> Option<&'static str> {
    let one_word = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    match format {
        "uri" => {
            let (scheme, rest) = text.split_once("://").unwrap_or_default();
            let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            let fits = text.is_empty() || named && one_word && !rest.is_empty();
            (!fits).then_some("a URL such as https://example.com")
        }
        "email" => {
            let (person, host) = text.rsplit_once('@').unwrap_or_default();
            let fits = one_word && !person.is_empty() && !host.is_empty();
            (!fits).then_some("an e-mail address")
        }
        _ => None,
    }
}

fn check_members(
    name: &str,
    at: &str,
    object: &serde_json::Map<String, Value>,
    members: &[Member],
    problems: &mut Vec<Problem>,
) {
    for (key, value) in object {
        let (path, pointer) = (format!("{name}/{key}"), format!("{at}/{}", pointer_token(key)));
        match members.iter().find(|member| member.name == key) {
            None => {
                let detail = format!("'{key}' is not a member of the attribute '{name}'");
                problems.push(Problem::new(Code::AttributeUnknown, detail).at(pointer));
            }
            Some(member) if value.is_null() && (member.nullable || !member.required) => {}
            Some(member) => check(&path, &pointer, value, member.shape, problems),
        }
    }
    for member in members.iter().filter(|member| member.required) {
        if !object.contains_key(member.name) {
            let path = format!("{name}/{}", member.name);
            let detail =
                format!("You must provide a value for the attribute '{path}' with this request");
            problems.push(
                Problem::new(Code::AttributeRequired, detail).at(format!("{at}/{}", member.name)),
            );
        }
    }
}

fn not_a_date(name: &str, at: &str, text: &str, wanted: &str) -> Problem {
    let detail =
        format!("'{text}' is not a valid value for the attribute '{name}'. Expected {wanted}");
    Problem::new(Code::AttributeType, detail).at(at)
}

fn not_in_enum(name: &str, text: &str, values: &[&str]) -> String {
    let known: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    format!(
        "'{text}' is not a valid value for the attribute '{name}'. Expected one of: {}",
        known.join(", ")
    )
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::String(_) | Shape::Date | Shape::DateTime | Shape::Enum(_) => "STRING",
        Shape::Integer => "INTEGER",
        Shape::Number => "NUMBER",
        Shape::Boolean => "BOOLEAN",
        Shape::Array(_) => "ARRAY",
        Shape::Object(_) | Shape::Map => "OBJECT",
        Shape::Any => "ANY",
    }
}

fn value_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Number(_) => "NUMBER",
        Value::String(_) => "STRING",
        Value::Array(_) => "ARRAY",
        Value::Object(_) => "OBJECT",
    }
}
