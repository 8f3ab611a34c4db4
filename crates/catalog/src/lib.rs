//! What Apple's API is: resource types, schemas and operations. It refuses to know callers,
//! records and HTTP.
//!
//! The facts are in `data/*.toml`, written by `cargo xtask catalog` from Apple's document, and in
//! `overlay/*.toml`, written by hand; `build.rs` turns both into constants. Start at `model.rs`
//! for the types, [`find`] for the way from a request to its operation, [`kind`] for a resource
//! type.

mod find;
mod kinds;
mod model;

pub use find::{Found, PathKind, find};
pub use kinds::{
    Birth, BirthId, Comparison, DateNotation, DefaultOrder, IdFormat, Kind, Owner, Relation,
};
pub use model::*;

/// The constants that `build.rs` writes.
#[expect(non_upper_case_globals, reason = "constants are named after the document's schemas")]
mod tables {
    use crate::find::Base;
    use crate::{
        Arity, Attribute, Birth, BirthId, Body, Comparison, DateNotation, Edge, FilterEnd,
        FilterTarget, IdFormat, Inline, InputAttribute, InputRelationship, Kind, Member, Method,
        Operation, OperationKind, Owner, Parameter, Relation, Relationship, Schema, Shape,
    };

    include!(concat!(env!("OUT_DIR"), "/catalog.rs"));
}

/// Returns every operation, by id.
#[must_use]
pub fn operations() -> &'static [Operation] {
    &tables::OPERATIONS
}

/// Returns the operation with that id.
#[must_use]
pub fn operation(id: &str) -> Option<&'static Operation> {
    let operations = operations();
    operations.binary_search_by(|other| other.id.cmp(id)).ok().map(|index| &operations[index])
}

/// Returns every schema, by resource type.
#[must_use]
pub fn schemas() -> &'static [&'static Schema] {
    &tables::SCHEMAS
}

/// Returns every resource type, by name.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    &tables::KINDS
}

/// Returns the resource type of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    let kinds = kinds();
    kinds.binary_search_by(|other| other.name.cmp(name)).ok().map(|index| &kinds[index])
}

/// Returns the schemas of a resource type, none for an unknown one.
#[must_use]
pub fn schemas_of(name: &str) -> &'static [&'static Schema] {
    kind(name).map_or(&[], |kind| kind.schemas)
}

/// Returns the schema of a resource type, of two the newer one.
#[must_use]
pub fn schema(name: &str) -> Option<&'static Schema> {
    schemas_of(name).last().copied()
}

/// Returns the schema of that name, `BetaGroup`.
#[must_use]
pub fn schema_named(name: &str) -> Option<&'static Schema> {
    schemas().iter().find(|schema| schema.name == name).copied()
}

/// Returns every stored relation, by name.
#[must_use]
pub fn relations() -> &'static [Relation] {
    &tables::RELATIONS
}

/// Returns the stored relation of that name, `betaGroups.app`.
#[must_use]
pub fn relation(name: &str) -> Option<&'static Relation> {
    relations().iter().find(|relation| relation.name == name)
}

/// Returns how ids of a resource type look; a UUID for an unknown one.
#[must_use]
pub fn id_format(name: &str) -> IdFormat {
    kind(name).map_or(IdFormat::Uuid, |kind| kind.id_format)
}

/// Returns how a resource type prints date-times.
#[must_use]
pub fn date_notation(name: &str) -> DateNotation {
    kind(name).map_or(DateNotation::Pacific, |kind| kind.dates)
}

/// Returns the records that come to be with a record of a resource type.
#[must_use]
pub fn births(name: &str) -> &'static [Birth] {
    kind(name).map_or(&[], |kind| kind.births)
}

/// Returns the order of the list that an operation answers, when the request does not sort it.
#[must_use]
pub fn default_order(operation: &Operation) -> DefaultOrder {
    let newest = tables::NEWEST_FIRST.iter().any(|list| match operation.member {
        None => *list == operation.subject,
        Some(member) => list.split_once('.') == Some((operation.subject, member)),
    });
    if newest { DefaultOrder::NewestFirst } else { DefaultOrder::OldestFirst }
}

/// Returns how values of an attribute compare.
#[must_use]
pub fn comparison(kind: &str, attribute: &str) -> Comparison {
    let found = tables::COMPARISONS.iter().find(|(k, name, _)| *k == kind && *name == attribute);
    found.map_or(Comparison::Whole, |(_, _, comparison)| *comparison)
}

/// Returns what a sort key of lists of a resource type compares; `None` where no list takes it.
#[must_use]
pub fn sort_target(kind: &str, key: &str) -> Option<FilterTarget> {
    let found = tables::SORTS.iter().find(|(k, name, _)| *k == kind && *name == key);
    found.map(|(_, _, target)| *target)
}

/// Returns the relationships and types that `overlay/` still has to decide: none, says a test.
#[doc(hidden)]
#[must_use]
pub fn undecided() -> &'static [&'static str] {
    tables::UNDECIDED
}

impl Schema {
    /// Returns the relationship of that name.
    #[must_use]
    pub fn relationship(&self, name: &str) -> Option<&'static Relationship> {
        self.relationships.iter().find(|relationship| relationship.name == name)
    }

    /// Returns the attribute of that name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}
