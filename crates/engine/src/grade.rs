//! What is not carried out yet, and the one way to say so.
//!
//! Known but not carried out is 501 with an error document, never an invented success. The table
//! is what COVERAGE.md is computed from.

use std::collections::HashSet;
use std::sync::OnceLock;

use russet_catalog::{Edge, Method, Operation, OperationKind, Shape};
use russet_wire::{Code, Problem};

use crate::reference::{self, Narrowing};
use crate::{behaviors, relations};

/// Returns the 501 for an operation.
#[must_use]
pub fn not_yet(operation: &Operation) -> Problem {
    let why = reason(operation).unwrap_or("a parameter that it was given is not carried out yet");
    Problem::new(Code::NotImplemented, format!("'{}': {why}", operation.id))
}

/// Returns why an operation is not carried out, if it is not.
#[must_use]
pub fn reason(operation: &Operation) -> Option<&'static str> {
    if operation.kind == OperationKind::GetMetrics {
        return Some("metrics are not computed yet");
    }
    if !operation.media.is_empty() && !operation.media.contains(&"application/json") {
        return Some("reports in formats other than JSON are not made yet");
    }
    if operation.kind == OperationKind::CreateInstance && reserves_upload(operation) {
        return Some("uploads are not taken yet");
    }
    if operation.kind == OperationKind::CreateInstance && asks_for_an_act(operation) {
        return Some("what it asks for is not done yet");
    }
    if is_uncomputed(operation) {
        return Some("what the relationship leads to is not computed yet");
    }
    None
}

/// Returns the 501 for an attribute that a body has set.
#[must_use]
pub fn not_yet_set(kind: &str, name: &str) -> Problem {
    let detail = format!("'{name}' of '{kind}' is not carried out yet");
    Problem::new(Code::NotImplemented, detail).at_attribute(name)
}

/// A create that leaves nothing behind that could be read, and has no behavior that acts on it.
fn asks_for_an_act(operation: &Operation) -> bool {
    behaviors::acts::NOT_DONE.contains(&operation.id)
        || operation.schema.is_some_and(|schema| {
            behaviors::find(schema.kind).is_none() && !readable().contains(schema.kind)
        })
}

/// Resource types that some read answers with or includes.
fn readable() -> &'static HashSet<&'static str> {
    static TYPES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let reads = russet_catalog::operations().iter().filter(|read| read.method == Method::Get);
        let schemas = reads.flat_map(|read| read.answers.iter().chain(read.included));
        schemas.map(|schema| schema.kind).collect()
    })
}

/// A relationship that nothing stores, and that reference data does not answer either.
fn is_uncomputed(operation: &Operation) -> bool {
    let (Some(schema), Some(member)) = (operation.schema, operation.member) else { return false };
    let edge = relations::of_schema(schema, member).map(|relationship| relationship.edge);
    let everything = Narrowing { filters: &[], exists: &[] };
    edge == Some(Edge::Computed)
        && !reference::KINDS.contains(&schema.kind)
        && reference::related(schema.kind, "", member, everything).is_none()
}

/// A create whose answer carries upload operations would promise an upload that nothing takes.
fn reserves_upload(operation: &Operation) -> bool {
    operation.schema.is_some_and(|schema| {
        schema.attribute("uploadOperations").is_some_and(|a| matches!(a.shape, Shape::Array(_)))
    })
}
