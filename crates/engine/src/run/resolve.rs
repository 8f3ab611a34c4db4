//! Finds the resources that a request names, as its caller may see them.

use russet_auth::Permit;
use russet_store::{Read, Record};
use russet_wire::{Code, Problem};

use super::compute;
use crate::failure::{Failure, Fault};

/// Returns a record that the caller may see, from the store or the reference data.
///
/// # Errors
/// When the store fails.
pub fn find(
    read: &dyn Read,
    permit: &Permit,
    kind: &str,
    id: &str,
) -> Result<Option<Record>, Fault> {
    if compute::is_reference(kind) {
        return compute::find_visible(read, permit, kind, id);
    }
    Ok(read.record(kind, id)?.filter(|record| is_visible(permit, record)))
}

/// Returns a record that must be there.
///
/// # Errors
/// 404 `NOT_FOUND` where there is none that the caller may see.
pub fn require(read: &dyn Read, permit: &Permit, kind: &str, id: &str) -> Result<Record, Failure> {
    find(read, permit, kind, id)?.ok_or_else(|| absent(kind, id).into())
}

/// Returns whether the caller sees the app that a record hangs from.
#[must_use]
pub fn is_visible(permit: &Permit, record: &Record) -> bool {
    record.app.as_ref().is_none_or(|app| permit.apps().includes(app))
}

/// Returns the refusal for a resource that is not there. Source: recorded replies.
#[must_use]
pub fn absent(kind: &str, id: &str) -> Problem {
    Problem::new(Code::NotFound, format!("There is no resource of type '{kind}' with id '{id}'"))
}
