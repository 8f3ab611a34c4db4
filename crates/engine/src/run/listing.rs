//! Turns the parameters of a read into a store listing.

use russet_auth::{Permit, Visibility};
use russet_catalog::{DefaultOrder, Edge, FilterEnd, FilterTarget, Operation, Parameter, Schema};
use russet_store::{Condition, Direction, Listing, Order, Test, Within};

use crate::input::{Filter, ReadQuery};
use crate::{behaviors, facets, relations};

/// Page size where the request names none. Source: `limit: 50` in recorded lists.
pub const DEFAULT_LIMIT: usize = 50;

/// Builds the listing of a read. `None` where a filter or sort key is not carried out by the
/// store; the caller answers 501.
#[must_use]
pub fn build<'a>(
    operation: &'static Operation,
    schema: &'static Schema,
    within: Option<Within<'a>>,
    query: &'a ReadQuery,
    permit: &Permit,
) -> Option<Listing<'a>> {
    let mut conditions = Vec::new();
    for filter in &query.filters {
        conditions.push(filter_condition(filter)?);
    }
    for (_, target, present) in &query.exists {
        conditions.push(exists_condition(*target, *present)?);
    }
    if let Visibility::Some(apps) = permit.apps() {
        conditions.push(Condition::Apps(apps.iter().map(ToString::to_string).collect()));
    }
    let mut order = Vec::new();
    for (key, direction) in &query.sort {
        order.push(order_of(schema, key, *direction)?);
    }
    if order.is_empty() {
        order.extend(default_order(operation));
    }
    Some(Listing {
        kind: schema.kind,
        within,
        conditions,
        order,
        after: query.cursor.as_deref(),
        limit: limit(operation, query),
    })
}

/// Returns the page size of a read.
#[must_use]
pub fn limit(operation: &'static Operation, query: &ReadQuery) -> usize {
    let maximum = operation.query.iter().find_map(|parameter| match parameter {
        Parameter::Limit { maximum } => usize::try_from(*maximum).ok(),
        _ => None,
    });
    query.limit.unwrap_or(DEFAULT_LIMIT.min(maximum.unwrap_or(DEFAULT_LIMIT)))
}

fn filter_condition(filter: &Filter) -> Option<Condition<'static>> {
    let path = hops(filter.target.path)?;
    Some(match filter.target.end {
        FilterEnd::Id if path.is_empty() => Condition::Id(filter.values.clone()),
        FilterEnd::Id => Condition::Linked { path, ids: filter.values.clone() },
        FilterEnd::Attribute { kind, name } => {
            let also = behaviors::ALSO_FOUND.iter().filter(|(k, n, sent, _)| {
                (*k, *n) == (kind, name) && filter.values.iter().any(|value| value == sent)
            });
            let found = also.map(|(.., found)| *found);
            let values = filter.values.iter().map(String::as_str).chain(found);
            let texts = values.map(|value| facets::filter_text(kind, name, value));
            let test = if facets::is_contained(kind, name) {
                Test::Contains(texts.collect())
            } else {
                Test::AnyOf(texts.collect())
            };
            Condition::Facet { path, kind, name, test }
        }
        FilterEnd::Relationship(edge) => {
            let mut path = path;
            path.push(relations::stored(edge)?);
            Condition::Linked { path, ids: filter.values.clone() }
        }
        FilterEnd::Special => return None,
    })
}

fn exists_condition(target: FilterTarget, present: bool) -> Option<Condition<'static>> {
    let mut path = hops(target.path)?;
    Some(match target.end {
        FilterEnd::Attribute { kind, name } => {
            Condition::Facet { path, kind, name, test: Test::Present(present) }
        }
        FilterEnd::Relationship(edge) => {
            path.push(relations::stored(edge)?);
            Condition::Exists { path, present }
        }
        FilterEnd::Id | FilterEnd::Special => return None,
    })
}

fn hops(path: &[Edge]) -> Option<Vec<russet_store::Edge<'static>>> {
    path.iter().map(|edge| relations::stored(*edge)).collect()
}

/// A sort key is an attribute of the listed resource or of one that it is linked with.
fn order_of(
    schema: &'static Schema,
    key: &'static str,
    direction: Direction,
) -> Option<Order<'static>> {
    let target = russet_catalog::sort_target(schema.kind, key)?;
    match (target.path, target.end) {
        ([], FilterEnd::Id) => Some(Order::Id(direction)),
        ([], FilterEnd::Attribute { name, .. }) => Some(Order::Facet(name, direction)),
        ([edge], FilterEnd::Attribute { kind, name }) => {
            Some(Order::FacetOf(relations::stored(*edge)?, kind, name, direction))
        }
        _ => None,
    }
}

fn default_order(operation: &'static Operation) -> Option<Order<'static>> {
    match russet_catalog::default_order(operation) {
        DefaultOrder::NewestFirst => Some(Order::Sequence(Direction::Descending)),
        DefaultOrder::OldestFirst => None,
    }
}
