//! From method and path to the operation. Knows paths only: not queries, bodies or callers.
//!
//! Start at [`find`]. A match allocates nothing; lists of allowed operations are made when a
//! request is refused.

use std::cmp::Ordering;

use crate::tables::BASES;
use crate::{Method, Operation, OperationKind, Schema};

/// Paths of one resource type in one version, `/v1/betaGroups`.
#[derive(Debug)]
pub(crate) struct Base {
    /// `betaGroups`
    pub(crate) resource: &'static str,
    /// `v1`
    pub(crate) version: &'static str,
    /// Schema of its resources.
    pub(crate) schema: Option<&'static Schema>,
    /// Operations on the collection and on `/{id}`.
    pub(crate) whole: &'static [&'static Operation],
    /// Operations on `/{id}/relationships/<name>`, by name.
    pub(crate) linkages: &'static [(&'static str, &'static [&'static Operation])],
    /// Operations on `/{id}/<name>`, by name.
    pub(crate) related: &'static [(&'static str, &'static [&'static Operation])],
    /// Operations on `/{id}/metrics/<name>`, by name.
    pub(crate) metrics: &'static [(&'static str, &'static [&'static Operation])],
}

/// What a method and a path name.
#[derive(Debug)]
pub enum Found<'a> {
    /// An operation.
    Match {
        /// The operation.
        operation: &'static Operation,
        /// What stands for `{id}`.
        id: Option<&'a str>,
    },
    /// A path of the API with a method that it does not offer. Source of the names: details of
    /// recorded 403 replies; ADD and REMOVE are inferred.
    WrongMethod {
        /// What the path names.
        path: PathKind,
        /// Resource type, `webhooks`.
        resource: &'static str,
        /// Name of the operation that was asked for, `GET_COLLECTION`.
        asked: &'static str,
        /// Names of those that are offered, sorted.
        allowed: Vec<&'static str>,
    },
    /// A known resource type without that relationship.
    NoRelationship {
        /// The name.
        name: &'a str,
    },
    /// No resource type of that name in that version, or no path of the API at all.
    NoResource {
        /// The name, or the part of the path that nothing answers to.
        name: &'a str,
    },
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// `/v1/things`
    Collection,
    /// `/v1/things/{id}`
    Instance,
    /// `/v1/things/{id}/others`
    Related,
    /// `/v1/things/{id}/relationships/others`
    Relationship,
    /// `/v1/things/{id}/metrics/usages`
    Metrics,
}

/// Finds the operation that a method and a percent-decoded path (without query) name.
#[must_use]
pub fn find(method: Method, path: &str) -> Found<'_> {
    let mut parts = path.strip_prefix('/').unwrap_or_default().split('/');
    let version = parts.next().unwrap_or_default();
    let resource = parts.next().unwrap_or_default();
    let order =
        |base: &Base| by_length(base.resource, resource).then_with(|| base.version.cmp(version));
    let Ok(index) = BASES.binary_search_by(order) else {
        return Found::NoResource { name: if resource.is_empty() { path } else { resource } };
    };
    let base = &BASES[index];
    let Some(id) = parts.next() else {
        return among(base, base.whole, PathKind::Collection, method, None);
    };
    if id.is_empty() {
        return Found::NoResource { name: path };
    }
    let Some(name) = parts.next() else {
        return among(base, base.whole, PathKind::Instance, method, Some(id));
    };
    let (kind, name) = match (name, parts.next()) {
        ("relationships", Some(name)) => (PathKind::Relationship, name),
        ("metrics", Some(name)) => (PathKind::Metrics, name),
        (name, None) => (PathKind::Related, name),
        _ => return Found::NoResource { name: path },
    };
    if parts.next().is_some() {
        return Found::NoResource { name: path };
    }
    let places = match kind {
        PathKind::Metrics => base.metrics,
        PathKind::Relationship => base.linkages,
        _ => base.related,
    };
    let place =
        places.binary_search_by(|(other, _)| by_length(other, name)).map(|index| places[index].1);
    match place {
        Ok(operations) => among(base, operations, kind, method, Some(id)),
        // A relationship that the schema has, or that is known from its other path.
        Err(_) if base.knows(kind, name) => among(base, &[], kind, method, Some(id)),
        Err(_) => Found::NoRelationship { name },
    }
    .with_linkages_of(base, name)
}

/// The order of the tables: most names differ in length, and lengths compare fast.
fn by_length(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

impl Base {
    fn knows(&self, kind: PathKind, name: &str) -> bool {
        kind != PathKind::Metrics
            && (self.schema.is_some_and(|schema| schema.relationship(name).is_some())
                || self.linkages.iter().chain(self.related).any(|(other, _)| *other == name))
    }
}

impl Found<'_> {
    /// Lists what a related or linkage path of one relationship offers on either of the two.
    fn with_linkages_of(mut self, base: &Base, name: &str) -> Self {
        if let Self::WrongMethod {
            path: PathKind::Related | PathKind::Relationship, allowed, ..
        } = &mut self
        {
            let both = base.linkages.iter().chain(base.related);
            let operations = both.filter(|(other, _)| *other == name).flat_map(|(_, list)| *list);
            *allowed = names(operations);
        }
        self
    }
}

fn among<'a>(
    base: &'static Base,
    operations: &'static [&'static Operation],
    path: PathKind,
    method: Method,
    id: Option<&'a str>,
) -> Found<'a> {
    let fits = |operation: &&&'static Operation| {
        operation.method == method
            && match path {
                PathKind::Collection => !is_instance(operation.kind),
                PathKind::Instance => is_instance(operation.kind),
                _ => true,
            }
    };
    match operations.iter().find(fits) {
        Some(operation) => Found::Match { operation, id },
        None => Found::WrongMethod {
            path,
            resource: base.resource,
            asked: asked(path, method),
            allowed: names(operations.iter()),
        },
    }
}

fn is_instance(kind: OperationKind) -> bool {
    matches!(
        kind,
        OperationKind::GetInstance | OperationKind::UpdateInstance | OperationKind::DeleteInstance
    )
}

fn names<'o>(operations: impl Iterator<Item = &'o &'static Operation>) -> Vec<&'static str> {
    let mut names: Vec<&str> = operations.map(|operation| operation.kind.access()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn asked(path: PathKind, method: Method) -> &'static str {
    let linkage = matches!(path, PathKind::Related | PathKind::Relationship);
    match (method, path) {
        (Method::Get, PathKind::Collection) => "GET_COLLECTION",
        (Method::Get, PathKind::Instance) => "GET_INSTANCE",
        (Method::Get, PathKind::Metrics) => "GET_METRICS",
        (Method::Get, PathKind::Related | PathKind::Relationship) => "GET_RELATIONSHIP",
        (Method::Post, _) if linkage => "ADD",
        (Method::Patch, _) if linkage => "REPLACE",
        (Method::Delete, _) if linkage => "REMOVE",
        (Method::Post, _) => "CREATE",
        (Method::Patch, _) => "UPDATE",
        (Method::Delete, _) => "DELETE",
    }
}

impl OperationKind {
    /// Returns the name that details of 403 replies use, `GET_COLLECTION`. Source: recorded
    /// replies; ADD and REMOVE are inferred, `GET_METRICS` is our choice.
    #[must_use]
    pub fn access(self) -> &'static str {
        match self {
            Self::GetCollection => "GET_COLLECTION",
            Self::GetInstance => "GET_INSTANCE",
            Self::CreateInstance => "CREATE",
            Self::UpdateInstance => "UPDATE",
            Self::DeleteInstance => "DELETE",
            Self::GetToManyRelated
            | Self::GetToOneRelated
            | Self::GetToManyRelationship
            | Self::GetToOneRelationship => "GET_RELATIONSHIP",
            Self::CreateToManyRelationship => "ADD",
            Self::ReplaceToManyRelationship | Self::UpdateToOneRelationship => "REPLACE",
            Self::DeleteToManyRelationship => "REMOVE",
            Self::GetMetrics => "GET_METRICS",
        }
    }
}
