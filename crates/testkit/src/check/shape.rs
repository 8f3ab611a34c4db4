//! Attribute values against their shape. Null stands for no value and always fits.

use jiff::Timestamp;
use russet_catalog::{DateNotation, Member, Shape};
use serde_json::{Map, Value};

use super::Findings;

/// Checks a value.
pub fn check(
    value: &Value,
    shape: Shape,
    notation: DateNotation,
    at: &str,
    findings: &mut Findings,
) {
    match (shape, value) {
        (_, Value::Null)
        | (Shape::Any, _)
        | (Shape::Boolean, Value::Bool(_))
        | (Shape::Number, Value::Number(_)) => {}
        (Shape::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        (Shape::String(format), Value::String(text)) => {
            let fits = match format {
                "uri" => text.contains("://"),
                "email" => text.contains('@'),
                _ => true,
            };
            findings.require(fits, at, &format!("'{text}' is not of the format {format}"));
        }
        (Shape::Date, Value::String(text)) => {
            let fits = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
            findings.require(fits, at, &format!("'{text}' is not a date"));
        }
        (Shape::DateTime, Value::String(text)) => {
            let fits = is_date_time(text, notation);
            findings.require(fits, at, &format!("'{text}' is not a date-time in {notation:?}"));
        }
        (Shape::Enum(values), Value::String(text)) => {
            let fits = values.contains(&text.as_str());
            findings.require(fits, at, &format!("'{text}' is not one of {values:?}"));
        }
        (Shape::Array(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                check(value, *item, notation, &format!("{at}/{index}"), findings);
            }
        }
        (Shape::Object(known), Value::Object(object)) => {
            members(object, known, notation, at, findings);
        }
        (Shape::Map, Value::Object(object)) => {
            let texts = object.values().all(|value| value.is_string() || value.is_null());
            findings.require(texts, at, "does not map to texts");
        }
        (shape, value) => findings.add(at, format!("{value} is not of the shape {shape:?}")),
    }
}

fn members(
    object: &Map<String, Value>,
    known: &[Member],
    notation: DateNotation,
    at: &str,
    findings: &mut Findings,
) {
    for (name, value) in object {
        match known.iter().find(|member| member.name == name) {
            None => findings.add(at, format!("'{name}' is not a member of the object")),
            Some(member) => check(value, member.shape, notation, &format!("{at}/{name}"), findings),
        }
    }
    for member in known.iter().filter(|member| member.required) {
        let there = object.contains_key(member.name);
        findings.require(there, at, &format!("the member '{}' is missing", member.name));
    }
}

/// Tells whether a text is an instant in the notation of its type. Source: recorded replies.
fn is_date_time(text: &str, notation: DateNotation) -> bool {
    let (length, ends) = match notation {
        DateNotation::Pacific => (25, ["-07:00", "-08:00"]),
        DateNotation::Milliseconds => (28, ["+0000", "+0000"]),
        DateNotation::Utc => (24, ["Z", "Z"]),
    };
    text.len() == length
        && ends.iter().any(|end| text.ends_with(end))
        && text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{DateNotation, is_date_time};

    #[test]
    fn each_notation_takes_its_own_dates_only() {
        let samples = [
            (DateNotation::Pacific, "2021-02-02T04:00:19-08:00"),
            (DateNotation::Milliseconds, "2019-11-29T13:56:50.220+0000"),
            (DateNotation::Utc, "2025-06-09T10:09:30.123Z"),
        ];
        for (notation, text) in samples {
            for (other, _) in samples {
                assert_eq!(is_date_time(text, other), notation == other, "{text} in {other:?}");
            }
        }
    }
}
