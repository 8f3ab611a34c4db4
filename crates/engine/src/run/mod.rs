//! Step 6 of a request: carries out any operation that the catalog lists.
//!
//! Reads run in a snapshot, writes as one job in a write transaction: everything in it happens or
//! nothing does. Start at [`read`] and [`write()`].

pub(crate) mod compute;
mod create;
mod identity;
mod kept;
mod listing;
mod parts;
mod read;
mod resolve;
mod update;
mod writer;

pub use read::read;
pub use update::{Written, write};
pub use writer::Writer;

use russet_auth::Permit;
use russet_catalog::{Arity, Operation, Schema};
use russet_store::{Linked, Record};

use crate::failure::Fault;

/// A permit for one operation does not carry out another; a mix-up is a fault of ours.
fn require_cover(permit: &Permit, operation: &Operation) -> Result<(), Fault> {
    if permit.covers(operation) {
        return Ok(());
    }
    let why = "the permit is for another operation".to_owned();
    Err(Fault::Data { kind: operation.subject.to_owned(), id: operation.id.to_owned(), why })
}

/// What an operation came to.
#[derive(Debug)]
pub enum Outcome {
    /// A page of resources.
    Page(Listed),
    /// One resource; `None` is an empty to-one.
    One {
        /// Schema to answer with.
        schema: &'static Schema,
        /// The resource.
        record: Option<Record>,
        /// What was included.
        included: Included,
        /// Whether it was made by this request.
        created: bool,
    },
    /// Identifiers of a relationship.
    Linkage {
        /// To-one or to-many.
        arity: Arity,
        /// Resource type of the identifiers.
        target: &'static str,
        /// The identifiers.
        ids: Vec<String>,
        /// Paging, for to-many.
        paging: Option<Paging>,
        /// What was included.
        included: Included,
    },
    /// Done, nothing to say (204).
    Done,
    /// Taken on, nothing to say (202).
    Accepted,
}

/// A page of resources.
#[derive(Debug)]
pub struct Listed {
    /// Schema to answer with.
    pub schema: &'static Schema,
    /// The resources, in order.
    pub records: Vec<Record>,
    /// Where the page stands in its list.
    pub paging: Paging,
    /// What was included.
    pub included: Included,
}

/// Where a page stands in its list.
#[derive(Debug)]
pub struct Paging {
    /// Matches on all pages.
    pub total: u64,
    /// Page size.
    pub limit: usize,
    /// Key of the next page.
    pub next: Option<Vec<String>>,
}

/// Resources that came along because of `include`.
#[derive(Debug, Default)]
pub struct Included {
    /// For each included relationship: name, page size, and what each primary resource has there.
    pub linkages: Vec<IncludedLinkage>,
    /// The resources, each once.
    pub records: Vec<(&'static Schema, Record)>,
}

/// One included relationship.
#[derive(Debug)]
pub struct IncludedLinkage {
    /// Relationship name.
    pub name: &'static str,
    /// To-one or to-many.
    pub arity: Arity,
    /// Resource type at the far end.
    pub target: &'static str,
    /// Page size of a to-many.
    pub limit: usize,
    /// What each primary resource has, in the order of the primary resources.
    pub linked: Vec<Linked>,
}
