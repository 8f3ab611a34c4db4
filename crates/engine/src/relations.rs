//! The ways from a record to others: relationships of its schemas, those that only bodies name,
//! and those that no name shows.

use std::collections::HashMap;
use std::sync::OnceLock;

use russet_catalog::{Arity, Body, Edge, Inline, InputRelationship, Relationship, Schema};

/// A way from records of a kind to others.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// To-one or to-many.
    pub arity: Arity,
    /// Resource type that it leads to.
    pub target: &'static str,
    /// Where its linkages are kept.
    pub edge: Edge,
}

/// Returns the way that a name stands for on a resource type: a relationship of one of its
/// schemas, else one that a body names, else the stored relation of that name.
#[must_use]
pub fn way(kind: &str, name: &str) -> Option<Way> {
    if let Some(known) = relationship(kind, name) {
        return Some(Way { arity: known.arity, target: known.target, edge: known.edge });
    }
    if let Some(known) = of_bodies().get(&(kind, name)) {
        return Some(Way { arity: known.arity, target: known.target, edge: known.edge });
    }
    let stored = russet_catalog::relations()
        .iter()
        .find(|relation| relation.name.split_once('.') == Some((kind, name)))?;
    Some(Way { arity: stored.arity, target: stored.to, edge: Edge::Forward(stored.name) })
}

/// Returns the name by which a resource type knows an edge that it stores.
#[must_use]
pub fn name_of(edge: Edge) -> Option<&'static str> {
    match edge {
        Edge::Forward(relation) => relation.split_once('.').map(|(_, name)| name),
        Edge::Backward(_) | Edge::Computed => None,
    }
}

/// Returns whether an edge leads from a resource type to what it belongs to.
#[must_use]
pub fn is_owner(kind: &str, edge: Edge) -> bool {
    russet_catalog::kind(kind).is_some_and(|kind| kind.owners.iter().any(|o| o.edge == edge))
}

/// Returns the store's form of an edge; `None` where nothing is stored.
#[must_use]
pub fn stored(edge: Edge) -> Option<russet_store::Edge<'static>> {
    match edge {
        Edge::Forward(name) => Some(russet_store::Edge::Forward(name)),
        Edge::Backward(name) => Some(russet_store::Edge::Backward(name)),
        Edge::Computed => None,
    }
}

/// Returns a relationship of a resource type, whichever of its schemas has it.
#[must_use]
pub fn relationship(kind: &str, name: &str) -> Option<&'static Relationship> {
    russet_catalog::schemas_of(kind).iter().find_map(|schema| schema.relationship(name))
}

/// Returns a relationship of a schema, or of another schema of its resource type.
#[must_use]
pub fn of_schema(schema: &'static Schema, name: &str) -> Option<&'static Relationship> {
    schema.relationship(name).or_else(|| relationship(schema.kind, name))
}

type OfBodies = HashMap<(&'static str, &'static str), &'static InputRelationship>;

/// The relationships that bodies name, by resource type and name.
fn of_bodies() -> &'static OfBodies {
    static TABLE: OnceLock<OfBodies> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = OfBodies::new();
        for operation in russet_catalog::operations() {
            let Some(Body::Resource { kind, relationships, inline, .. }) = operation.body else {
                continue;
            };
            table.extend(relationships.iter().map(|known| ((*kind, known.name), known)));
            for Inline { kind, relationships, .. } in *inline {
                table.extend(relationships.iter().map(|known| ((*kind, known.name), known)));
            }
        }
        table
    })
}
