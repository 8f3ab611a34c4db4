//! Values for attributes: by shape, and where a rule wants more than a shape, by name.

use russet_catalog::Shape;
use serde_json::{Map, Value, json};

/// Returns a value that fits an attribute. Different turns give different values, so that one of
/// them may satisfy a rule, and texts never repeat.
pub fn attribute(kind: &str, name: &str, shape: Shape, turn: usize) -> Value {
    match (kind, name) {
        ("certificates", "csrContent") => certificate_request().into(),
        ("certificates", "certificateType") => json!(["IOS_DEVELOPMENT", "DEVELOPMENT"][turn % 2]),
        ("profiles", "profileType") => json!("IOS_APP_DEVELOPMENT"),
        ("devices", "udid") => format!("00008110-{:016X}", 0x1000 + turn).into(),
        ("bundleIds", "identifier") => format!("com.example.walk{turn}").into(),
        ("merchantIds", "identifier") => format!("merchant.com.example.walk{turn}").into(),
        ("passTypeIds", "identifier") => format!("pass.com.example.walk{turn}").into(),
        (_, "productId") => format!("com.example.walk.product{turn}").into(),
        (_, "versionString") => format!("9.{turn}").into(),
        ("apps", "primaryLocale") => json!("en-US"),
        (_, "locale") => json!(LOCALES[turn % LOCALES.len()]),
        (_, "sourceFileChecksum") if matches!(shape, Shape::String(_)) => {
            json!("d41d8cd98f00b204e9800998ecf8427e")
        }
        _ => of_shape(name, shape, turn),
    }
}

/// Returns a value of a shape.
fn of_shape(name: &str, shape: Shape, turn: usize) -> Value {
    match shape {
        Shape::String("uri") => format!("https://walk.example/{turn}").into(),
        Shape::String("email") => format!("walk{turn}@walk.example").into(),
        Shape::String(_) => text(name, turn).into(),
        Shape::Date => format!("2027-01-{:02}", 1 + turn % 28).into(),
        Shape::DateTime => format!("2027-01-{:02}T10:00:00-08:00", 1 + turn % 28).into(),
        Shape::Integer => (1 + turn).into(),
        Shape::Number => json!(1.5),
        Shape::Boolean => turn.is_multiple_of(2).into(),
        Shape::Enum(values) => values[turn % values.len()].into(),
        Shape::Array(item) => json!([of_shape(name, *item, turn)]),
        Shape::Object(members) => members
            .iter()
            .map(|member| (member.name.to_owned(), of_shape(member.name, member.shape, turn)))
            .collect::<Map<String, Value>>()
            .into(),
        Shape::Map => json!({ "walk": "walk" }),
        Shape::Any => json!("walk"),
    }
}

fn text(name: &str, turn: usize) -> String {
    let lower = name.to_ascii_lowercase();
    if lower.contains("email") {
        format!("walk{turn}@walk.example")
    } else if lower.contains("url") {
        format!("https://walk.example/{turn}")
    } else if lower.contains("phone") {
        "+1 555 0100".to_owned()
    } else {
        format!("walk {turn}")
    }
}

/// A certificate signing request on a key that nobody has.
fn certificate_request() -> &'static str {
    russet_testkit::CERTIFICATE_REQUEST
}

const LOCALES: [&str; 8] = ["nl-NL", "sv", "da", "fi", "pl", "tr", "cs", "el"];
