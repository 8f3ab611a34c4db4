//! Chooses what drives a listing's query: an order that an index already has, or the smallest set.
//!
//! A query that follows an index in the listing's order stops after one page, but may pass over
//! many records that do not match; one that starts from a set looks at all of the set and sorts.
//! What each costs is estimated from kept counters and short looks into the indexes.

use russet_store::{Direction, Edge, Listing, Order, Result, Test};

use crate::condition::{self, Resolved, Step};
use crate::snapshot::Snapshot;
use crate::values::Values;

/// How many index entries are looked at to estimate a set.
const LOOK: i64 = 400;

/// What the records are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// The place among what the record within is linked with.
    Position,
    /// Creation.
    Sequence,
    /// Id.
    Id,
    /// A facet's text.
    Facet(i64),
    /// The text of a facet (kind, name) of what is one step away.
    FacetOf(Step, i64, i64),
    /// Nothing: no record has the facet.
    Empty,
}

/// What a query starts from. Numbers are places in the list of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drive {
    /// All records of the kind, by creation.
    Kind,
    /// All records of the kind, by id.
    KindById,
    /// All records of the kind, by a facet.
    FacetOrder(i64),
    /// The records with one facet text, by creation.
    OneText(usize),
    /// The records that are linked to one record, by creation.
    OneEnd(usize),
    /// What one record is linked with, by position.
    Position(usize),
    /// The records for which a condition holds, in no order.
    Set(usize),
}

impl Key {
    /// Whether it looks at more of the record than its number.
    pub(crate) fn needs_record(self) -> bool {
        match self {
            Key::Id => true,
            Key::FacetOf(step, ..) => !step.is_forward,
            Key::Position | Key::Sequence | Key::Facet(_) | Key::Empty => false,
        }
    }
}

impl Drive {
    /// The condition that the drive already sees to.
    pub(crate) fn condition(self) -> Option<usize> {
        match self {
            Drive::Kind | Drive::KindById | Drive::FacetOrder(_) => None,
            Drive::OneText(at) | Drive::OneEnd(at) | Drive::Position(at) | Drive::Set(at) => {
                Some(at)
            }
        }
    }
}

/// Returns the keys by which a listing is sorted, the one that breaks ties included.
pub(crate) fn keys(
    snapshot: &Snapshot<'_>,
    kind: i64,
    listing: &Listing<'_>,
) -> Result<Vec<(Key, Direction)>> {
    if listing.order.is_empty() {
        let is_forward = listing.within.is_some_and(|w| matches!(w.edge, Edge::Forward(_)));
        let key = if is_forward { Key::Position } else { Key::Sequence };
        return Ok(vec![(key, Direction::Ascending)]);
    }
    let mut keys = Vec::with_capacity(listing.order.len() + 1);
    let mut last = Direction::Ascending;
    for order in &listing.order {
        let (key, direction) = match *order {
            Order::Sequence(direction) => (Key::Sequence, direction),
            Order::Id(direction) => (Key::Id, direction),
            Order::Facet(name, direction) => {
                (snapshot.facet_name(kind, name)?.map_or(Key::Empty, Key::Facet), direction)
            }
            Order::FacetOf(edge, kind, name, direction) => {
                (facet_of(snapshot, edge, kind, name)?, direction)
            }
        };
        keys.push((key, direction));
        last = direction;
        // Nothing can be equal in these, so what follows plays no part.
        if matches!(key, Key::Sequence | Key::Id) {
            return Ok(keys);
        }
    }
    keys.push((Key::Sequence, last));
    Ok(keys)
}

fn facet_of(snapshot: &Snapshot<'_>, edge: Edge<'_>, kind: &str, name: &str) -> Result<Key> {
    let (Some(step), Some(kind)) = (condition::step(snapshot, edge), snapshot.names.number(kind))
    else {
        return Ok(Key::Empty);
    };
    let name = snapshot.facet_name(kind, name)?;
    Ok(name.map_or(Key::Empty, |name| Key::FacetOf(step, kind, name)))
}

/// Chooses what drives one page of a listing.
pub(crate) fn for_page(
    snapshot: &Snapshot<'_>,
    kind: i64,
    conditions: &[Resolved<'_>],
    key: Key,
    limit: usize,
) -> Result<Drive> {
    if key == Key::Position {
        // The conditions begin with the one that the record within stands for.
        return Ok(Drive::Position(0));
    }
    let in_order = match key {
        Key::Sequence => Some(Drive::Kind),
        Key::Id => Some(Drive::KindById),
        Key::Facet(name) => Some(Drive::FacetOrder(name)),
        Key::Position | Key::FacetOf(..) | Key::Empty => None,
    };
    let sources: Vec<usize> =
        (0..conditions.len()).filter(|at| is_source(&conditions[*at])).collect();
    match (in_order, sources.as_slice()) {
        (Some(drive), []) => return Ok(drive),
        (None, []) => return Ok(Drive::Kind),
        (_, [only]) if key == Key::Sequence => {
            if let Some(drive) = ordered(*only, &conditions[*only]) {
                return Ok(drive);
            }
        }
        _ => {}
    }
    let total = snapshot.record_count(kind)?;
    let mut sizes = Vec::with_capacity(sources.len());
    for at in sources {
        sizes.push((at, estimate(snapshot, &conditions[at], total)?));
    }
    let matching = sizes.iter().map(|(_, size)| *size).min().unwrap_or(total).max(1);
    let page = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    // Walking `size` entries in order, of which `matching` fit, until a page is full.
    let walked = |size: i64| size.min(page.saturating_mul(size / matching + 1));
    let mut best = in_order.map(|drive| (walked(total), drive));
    for (at, size) in sizes {
        let mut offer = (gathered(&conditions[at], size, total), Drive::Set(at));
        if key == Key::Sequence
            && let Some(drive) = ordered(at, &conditions[at])
        {
            offer = (walked(size), drive);
        }
        if best.is_none_or(|(cost, _)| offer.0 < cost) {
            best = Some(offer);
        }
    }
    Ok(best.map_or(Drive::Kind, |(_, drive)| drive))
}

/// Chooses what drives a count.
pub(crate) fn for_count(
    snapshot: &Snapshot<'_>,
    kind: i64,
    conditions: &[Resolved<'_>],
) -> Result<Drive> {
    let total = snapshot.record_count(kind)?;
    let mut best = (total, Drive::Kind);
    for (at, condition) in conditions.iter().enumerate().filter(|(_, c)| is_source(c)) {
        let size = estimate(snapshot, condition, total)?;
        if size <= best.0 || matches!(best.1, Drive::Kind) {
            best = (size, ordered(at, condition).unwrap_or(Drive::Set(at)));
        }
    }
    Ok(best.1)
}

fn is_source(condition: &Resolved<'_>) -> bool {
    match condition {
        Resolved::Id(_) | Resolved::Linked { .. } => true,
        Resolved::Facet { steps, test, .. } => match test {
            Test::AnyOf(_) => true,
            Test::AtLeast(_) | Test::LessThan(_) | Test::Contains(_) => steps.is_empty(),
            Test::Present(_) => false,
        },
        _ => false,
    }
}

/// The drive that reads a condition's records by creation, where an index has them so.
fn ordered(at: usize, condition: &Resolved<'_>) -> Option<Drive> {
    match condition {
        Resolved::Facet { steps, test: Test::AnyOf(texts), .. }
            if steps.is_empty() && texts.len() == 1 =>
        {
            Some(Drive::OneText(at))
        }
        Resolved::Linked { steps, ids } => match (steps.as_slice(), ids) {
            ([step], [_]) if step.is_forward => Some(Drive::OneEnd(at)),
            _ => None,
        },
        _ => None,
    }
}

/// What a set costs: each of its entries is gathered, looked up and sorted, and where texts are
/// looked into, all of them are.
fn gathered(condition: &Resolved<'_>, size: i64, total: i64) -> i64 {
    let looks_into = matches!(condition, Resolved::Facet { test: Test::Contains(_), .. });
    size.saturating_mul(3) + if looks_into { total / 3 } else { 0 }
}

fn estimate(snapshot: &Snapshot<'_>, condition: &Resolved<'_>, total: i64) -> Result<i64> {
    match condition {
        Resolved::Id(ids) => return Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX)),
        Resolved::Linked { steps, ids } => {
            if let [step] = steps.as_slice() {
                let mut sum = 0_i64;
                for id in *ids {
                    let back = Step { is_forward: !step.is_forward, ..*step };
                    sum = sum.saturating_add(snapshot.link_count(back, id)?);
                }
                return Ok(sum);
            }
        }
        _ => {}
    }
    let mut values = Values::of_team(snapshot.team);
    if let Some(sql) = condition::sample(condition, LOOK, &mut values) {
        let hits = snapshot.number(&sql, &values)?;
        return Ok((total.saturating_mul(hits) / LOOK.min(total.max(1))).max(total / LOOK));
    }
    let Some(set) = condition::set(condition, &mut values) else {
        return Ok(total);
    };
    let look = values.integer(LOOK);
    let sql = format!("SELECT count(*) FROM ({} LIMIT {look})", set.select);
    let seen = snapshot.number(&sql, &values)?;
    Ok(if seen < LOOK { seen } else { (total / 2).max(seen) })
}
