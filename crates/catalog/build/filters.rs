//! What a `filter[…]`, an `exists[…]` or a sort key looks at: its text is read as a path through
//! relationships to an attribute, a relationship or `id`; `overlay/filters.toml` and `sorts.toml`
//! give the path where the text is not one.

use super::records::{ResourceFile, SchemaRecord};
use super::relations::{Relations, Side};

/// What a filter compares.
#[derive(Debug)]
pub enum End {
    /// The id.
    Id,
    /// An attribute of a resource type.
    Attribute(String, String),
    /// The ids at the far end of a relationship.
    Relationship(Side),
    /// Nothing that is stored.
    Special,
}

/// A path and its end.
#[derive(Debug)]
pub struct Target {
    /// Relationships to follow.
    pub path: Vec<Side>,
    /// What is compared there.
    pub end: End,
}

/// Resolves the text between the brackets of a filter on a list of `kind`.
///
/// # Errors
/// An overlay path that leads nowhere.
pub fn resolve(
    files: &[ResourceFile],
    relations: &Relations,
    overlay: &[(String, String)],
    kind: &str,
    text: &str,
) -> Result<Target, String> {
    let special = Target { path: Vec::new(), end: End::Special };
    match overlay.iter().find(|(key, _)| *key == format!("{kind} {text}")) {
        Some((_, given)) if given == "special" => Ok(special),
        Some((key, given)) => follow(files, relations, kind, given)
            .ok_or_else(|| format!("overlay: {key}: {given} leads nowhere")),
        None => Ok(follow(files, relations, kind, text).unwrap_or(special)),
    }
}

fn follow(files: &[ResourceFile], relations: &Relations, kind: &str, text: &str) -> Option<Target> {
    let mut kind = kind.to_owned();
    let mut path = Vec::new();
    let mut names = text.split('.').peekable();
    while let Some(name) = names.next() {
        let last = names.peek().is_none();
        if last && name == "id" {
            return Some(Target { path, end: End::Id });
        }
        if last && has_attribute(files, &kind, name) {
            return Some(Target { path, end: End::Attribute(kind, name.to_owned()) });
        }
        let key = (kind.clone(), name.to_owned());
        let side = relations.sides.get(&key).filter(|side| **side != Side::Computed)?.clone();
        if last {
            return Some(Target { path, end: End::Relationship(side) });
        }
        path.push(side);
        kind.clone_from(&relations.traits.get(&key)?.target);
    }
    None
}

/// Whether a schema of the resource type has the attribute.
pub fn has_attribute(files: &[ResourceFile], kind: &str, name: &str) -> bool {
    let has = |schema: &SchemaRecord| schema.attributes.iter().any(|a| a.name == name);
    files.iter().any(|file| file.kind == kind && file.schemas.iter().any(has))
}
