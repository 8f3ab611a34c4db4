//! What is not carried out yet, and the one way to say so.
//!
//! Known but not carried out is 501 with an error document, never an invented success. The table
//! is what COVERAGE.md is computed from.

use russet_catalog::{Operation, OperationKind, Shape};
use russet_wire::{Code, Problem};

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
    None
}

/// A create whose answer carries upload operations would promise an upload that nothing takes.
fn reserves_upload(operation: &Operation) -> bool {
    operation.schema.is_some_and(|schema| {
        schema.attribute("uploadOperations").is_some_and(|a| matches!(a.shape, Shape::Array(_)))
    })
}
