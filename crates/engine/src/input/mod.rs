//! Step 5 of a request: query and body become an [`Input`] that fits the operation.
//!
//! What is wrong with the query, the content type or the JSON refuses here. What is wrong with
//! the members of a body is carried along and told once the resource in the path is known to
//! exist, since a 404 wins over it (protocol facts, section 4.7).

pub mod entity;
pub mod query;
mod shape;

pub use entity::Entity;
pub use query::{Filter, ReadQuery};

use russet_catalog::{Arity, Body, Operation};
use russet_wire::{Code, Linkage, Problem, Query, Refusal, RequestDocument};

/// A parsed request, typed by what it carries.
#[derive(Debug)]
pub enum Input {
    /// A read.
    Read(ReadQuery),
    /// A create or update and what is wrong with its members.
    Entity(Entity, Vec<Problem>),
    /// A change of linkages and what is wrong with them.
    Linkage(Linkage, Vec<Problem>),
    /// A delete.
    Nothing,
}

/// The parts of a request that carry input.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Decoded id of the path.
    pub id: Option<&'a str>,
    /// Parsed query.
    pub query: &'a Query,
    /// `Content-Type`, if sent.
    pub content_type: Option<&'a str>,
    /// Whole body.
    pub body: &'a [u8],
}

/// Reads the input of a request.
///
/// # Errors
/// `PARAMETER_ERROR.*` (400), `UNSUPPORTED_MEDIA_TYPE` (415), `ENTITY_INVALID` (400),
/// `ENTITY_UNPROCESSABLE` (422), in this order.
pub fn read_input(operation: &'static Operation, sent: Sent<'_>) -> Result<Input, Refusal> {
    let query = query::read(operation, sent.query)?;
    let Some(body) = operation.body else {
        return Ok(match operation.method {
            russet_catalog::Method::Get => Input::Read(query),
            _ => Input::Nothing,
        });
    };
    if !sent.content_type.is_some_and(is_json) {
        let detail = format!(
            "The content type '{}' is not supported. Use 'application/json'",
            sent.content_type.unwrap_or("")
        );
        return Err(Problem::new(Code::UnsupportedMediaType, detail).into());
    }
    match body {
        Body::Resource { .. } => {
            let document = RequestDocument::parse(sent.body)?;
            let (entity, problems) = entity::check(operation, sent.id, document);
            Ok(Input::Entity(entity, problems))
        }
        Body::Linkage { target, arity } => {
            let linkage = Linkage::parse(sent.body)?;
            let problems = check_linkage(target, *arity, &linkage);
            Ok(Input::Linkage(linkage, problems))
        }
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/vnd.api+json")
}

fn check_linkage(target: &str, arity: Arity, linkage: &Linkage) -> Vec<Problem> {
    let identifiers = match (arity, linkage) {
        (Arity::One, Linkage::One(one)) => one.as_slice(),
        (Arity::Many, Linkage::Many(many)) => many.as_slice(),
        (Arity::One, Linkage::Many(_)) => {
            let detail = "Unexpected json type for 'data'. Expected OBJECT but got ARRAY";
            return vec![Problem::new(Code::RelationshipType, detail).at("/data")];
        }
        (Arity::Many, Linkage::One(one)) => {
            let got = entity::form_of(one.as_ref());
            let detail = format!("Unexpected json type for 'data'. Expected ARRAY but got {got}");
            return vec![Problem::new(Code::RelationshipType, detail).at("/data")];
        }
    };
    identifiers
        .iter()
        .enumerate()
        .filter(|(_, identifier)| identifier.kind != target)
        .map(|(index, identifier)| {
            let detail = format!(
                "'{}' is not a valid resource type for this relationship. Expected '{target}'",
                identifier.kind
            );
            let pointer = if arity == Arity::One {
                "/data/type".to_owned()
            } else {
                format!("/data/{index}/type")
            };
            Problem::new(Code::RelationshipInvalid, detail).at(pointer)
        })
        .collect()
}
