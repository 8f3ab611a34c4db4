//! Request bodies: JSON text to the members of a JSON:API document, nothing about meaning.
//!
//! What is not JSON is `ENTITY_INVALID` (400), JSON of another shape `ENTITY_UNPROCESSABLE` (422).
//! Leniences that clients need: `attributes`, `relationships` and single relationships may be
//! null or absent, and unknown `links` and `meta` are ignored.

use serde_json::{Map, Value};

use crate::problem::pointer_token;
use crate::{Code, Problem, Refusal};

/// A resource identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// Resource type.
    pub kind: String,
    /// Id.
    pub id: String,
}

/// The value of a relationship, or the body of a linkage operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linkage {
    /// One identifier or null.
    One(Option<Identifier>),
    /// A list.
    Many(Vec<Identifier>),
}

/// A resource as a client writes it, unchecked against any schema.
#[derive(Debug, Clone, PartialEq)]
pub struct NewResource {
    /// `type`.
    pub kind: String,
    /// `id`, absent on creates.
    pub id: Option<String>,
    /// `attributes`, empty where absent.
    pub attributes: Map<String, Value>,
    /// `relationships` that carry `data`, in the order sent.
    pub relationships: Vec<(String, Linkage)>,
}

/// A create or update body.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestDocument {
    /// Primary data.
    pub data: NewResource,
    /// Resources to create inline.
    pub included: Vec<NewResource>,
}

impl RequestDocument {
    /// Parses a create or update body.
    ///
    /// # Errors
    /// `ENTITY_INVALID` for what is not JSON (nesting deeper than 128 levels included),
    /// `ENTITY_UNPROCESSABLE` for JSON of another shape.
    pub fn parse(body: &[u8]) -> Result<RequestDocument, Refusal> {
        let mut document = top_level(body, &["data", "included"])?;
        let data = match document.remove("data") {
            Some(Value::Object(data)) => resource(data, "/data")?,
            Some(_) => return Err(shape("The member 'data' must be an object", "/data")),
            None => return Err(shape("The document must have a member 'data'", "/data")),
        };
        let included = match document.remove("included") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(at, item)| {
                    let pointer = format!("/included/{at}");
                    match item {
                        Value::Object(item) => resource(item, &pointer),
                        _ => Err(shape("An included resource must be an object", &pointer)),
                    }
                })
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(shape("The member 'included' must be a list", "/included")),
        };
        Ok(RequestDocument { data, included })
    }
}

impl Linkage {
    /// Parses the body of a linkage operation.
    ///
    /// # Errors
    /// As [`RequestDocument::parse`].
    pub fn parse(body: &[u8]) -> Result<Linkage, Refusal> {
        let mut document = top_level(body, &["data"])?;
        match document.remove("data") {
            Some(data) => linkage(data, "/data"),
            None => Err(shape("The document must have a member 'data'", "/data")),
        }
    }
}

fn top_level(body: &[u8], members: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let detail = if body.iter().all(u8::is_ascii_whitespace) {
            "The request body is empty; it must be a JSON document".to_owned()
        } else {
            format!("The request body is not valid JSON: {error}")
        };
        Refusal::from(Problem::new(Code::EntityInvalid, detail))
    })?;
    let Value::Object(document) = value else {
        return Err(shape("The request document must be an object", ""));
    };
    only_members(&document, members, "")?;
    Ok(document)
}

fn only_members(object: &Map<String, Value>, members: &[&str], at: &str) -> Result<(), Refusal> {
    let problems: Vec<Problem> = object
        .keys()
        .filter(|name| !members.contains(&name.as_str()))
        .filter(|name| !["links", "meta", "jsonapi"].contains(&name.as_str()))
        .map(|name| {
            Problem::new(Code::EntityUnprocessable, format!("Unexpected member '{name}'"))
                .at(format!("{at}/{}", pointer_token(name)))
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Refusal(problems)) }
}

fn resource(mut object: Map<String, Value>, at: &str) -> Result<NewResource, Refusal> {
    only_members(&object, &["type", "id", "attributes", "relationships"], at)?;
    let Some(Value::String(kind)) = object.remove("type") else {
        return Err(shape("The member 'type' must be a string", &format!("{at}/type")));
    };
    let id = match object.remove("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(_) => return Err(shape("The member 'id' must be a string", &format!("{at}/id"))),
    };
    let attributes = members(object.remove("attributes"), "attributes", at)?;
    let relationships = members(object.remove("relationships"), "relationships", at)?
        .into_iter()
        .filter_map(|(name, value)| {
            let pointer = format!("{at}/relationships/{}", pointer_token(&name));
            match value {
                Value::Null => None,
                Value::Object(mut relationship) => {
                    let data = relationship.remove("data")?;
                    Some(linkage(data, &pointer).map(|linkage| (name, linkage)))
                }
                _ => Some(Err(shape("A relationship must be an object", &pointer))),
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(NewResource { kind, id, attributes, relationships })
}

fn members(value: Option<Value>, name: &str, at: &str) -> Result<Map<String, Value>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => {
            let detail = format!("The member '{name}' must be an object");
            Err(shape(detail, &format!("{at}/{name}")))
        }
    }
}

fn linkage(data: Value, at: &str) -> Result<Linkage, Refusal> {
    match data {
        Value::Null => Ok(Linkage::One(None)),
        Value::Object(object) => Ok(Linkage::One(Some(identifier(object, at)?))),
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                let pointer = format!("{at}/{index}");
                match item {
                    Value::Object(object) => identifier(object, &pointer),
                    _ => Err(shape("A resource identifier must be an object", &pointer)),
                }
            })
            .collect::<Result<_, _>>()
            .map(Linkage::Many),
        _ => Err(shape("A linkage must be an object, a list or null", at)),
    }
}

fn identifier(mut object: Map<String, Value>, at: &str) -> Result<Identifier, Refusal> {
    match (object.remove("type"), object.remove("id")) {
        (Some(Value::String(kind)), Some(Value::String(id))) => Ok(Identifier { kind, id }),
        _ => Err(shape("A resource identifier must have the strings 'type' and 'id'", at)),
    }
}

fn shape(detail: impl Into<std::borrow::Cow<'static, str>>, at: &str) -> Refusal {
    let problem = Problem::new(Code::EntityUnprocessable, detail);
    Refusal::from(if at.is_empty() { problem } else { problem.at(at) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> (u16, Option<crate::Source>) {
        let refusal = RequestDocument::parse(body.as_bytes()).expect_err(body);
        (refusal.status(), refusal.0[0].source.clone())
    }

    #[test]
    fn text_that_is_not_json_is_400_and_another_shape_is_422() {
        for body in ["", "  ", "{", "nope", "{\"data\":}", &"[".repeat(5000)] {
            assert_eq!(refused(body).0, 400, "{body:.20}");
        }
        for body in ["[]", "1", "{}", "{\"data\":[]}", "{\"data\":{}}", "{\"data\":{\"type\":1}}"] {
            assert_eq!(refused(body).0, 422, "{body}");
        }
    }

    #[test]
    fn a_misspelt_member_is_named() {
        let (status, source) = refused(r#"{"data":{"type":"apps","atributes":{}}}"#);
        assert_eq!(status, 422);
        assert_eq!(source, Some(crate::Source::Pointer("/data/atributes".into())));
    }

    #[test]
    fn null_and_empty_members_are_as_absent() {
        let body = r#"{"data":{"type":"profiles","attributes":null,
            "relationships":{"devices":null,"bundleId":{"data":{"type":"bundleIds","id":"A"}}}}}"#;
        let document = RequestDocument::parse(body.as_bytes()).expect("parses");
        assert_eq!(document.data.relationships.len(), 1);
        assert!(document.data.attributes.is_empty());
    }
}
