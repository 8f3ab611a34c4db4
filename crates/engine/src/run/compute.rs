//! Reference data as records and pages: what is computed instead of stored.

use russet_auth::Permit;
use russet_catalog::{Relationship, Schema};
use russet_store::{Linked, Read, Record};

use super::{Paging, resolve};
use crate::failure::Fault;
use crate::input::ReadQuery;
use crate::reference::{self, Narrowing, ReferenceList, ReferenceRecord};

/// Returns whether resources of a kind are computed.
#[must_use]
pub fn is_reference(kind: &str) -> bool {
    reference::KINDS.contains(&kind)
}

/// Returns a computed resource, whether or not what it belongs to exists.
#[must_use]
pub fn find(kind: &str, id: &str) -> Option<Record> {
    if !is_reference(kind) {
        return None;
    }
    reference::record(kind, id).map(to_record)
}

/// Returns a computed resource whose subject the caller may see.
///
/// # Errors
/// When the store fails.
pub fn find_visible(
    read: &dyn Read,
    permit: &Permit,
    kind: &str,
    id: &str,
) -> Result<Option<Record>, Fault> {
    if let Some((subject_kind, subject_id)) = reference::subject(kind, id)
        && resolve::find(read, permit, subject_kind, &subject_id)?.is_none()
    {
        return Ok(None);
    }
    Ok(find(kind, id))
}

/// Returns a top-level list of computed resources.
#[must_use]
pub fn collection(kind: &str, query: &ReadQuery) -> Option<ReferenceList> {
    narrowed(query, |narrowing| reference::collection(kind, narrowing))
}

/// Returns the computed resources behind a relationship.
#[must_use]
pub fn related(kind: &str, id: &str, member: &str, query: &ReadQuery) -> Option<ReferenceList> {
    narrowed(query, |narrowing| reference::related(kind, id, member, narrowing))
}

/// Cuts a page out of a computed list. The cursor of these lists is the position; `None` where it
/// is not one.
#[must_use]
pub fn page(
    list: &ReferenceList,
    query: &ReadQuery,
    limit: usize,
) -> Option<(Vec<Record>, Paging)> {
    let start = match query.cursor.as_deref() {
        None => 0,
        Some([position]) => position.parse().ok().filter(|at| *at < list.len())?,
        Some(_) => return None,
    };
    let end = start.saturating_add(limit).min(list.len());
    let records = (start..end).filter_map(|at| list.get(at)).map(to_record).collect();
    let next = (end < list.len()).then(|| vec![end.to_string()]);
    Some((records, Paging { total: list.len() as u64, limit, next }))
}

/// Returns what computed resources have in one relationship.
#[must_use]
pub fn linked(
    schema: &Schema,
    relationship: &Relationship,
    ids: &[&str],
    limit: usize,
) -> Vec<Linked> {
    ids.iter()
        .map(|id| {
            let record = reference::record(schema.kind, id);
            let links = record.map(|record| record.links).unwrap_or_default();
            let mut to = links
                .into_iter()
                .find(|(name, _)| *name == relationship.name)
                .map(|(_, ids)| ids)
                .unwrap_or_default();
            let total = to.len() as u64;
            to.truncate(limit);
            Linked { from: (*id).to_owned(), to, total }
        })
        .collect()
}

fn narrowed<T>(query: &ReadQuery, with: impl FnOnce(Narrowing<'_>) -> T) -> T {
    let values: Vec<(&str, Vec<&str>)> = query
        .filters
        .iter()
        .map(|filter| (filter.name, filter.values.iter().map(String::as_str).collect()))
        .collect();
    let filters: Vec<(&str, &[&str])> =
        values.iter().map(|(name, values)| (*name, values.as_slice())).collect();
    let exists: Vec<(&str, bool)> =
        query.exists.iter().map(|(name, _, present)| (*name, *present)).collect();
    with(Narrowing { filters: &filters, exists: &exists })
}

fn to_record(found: ReferenceRecord) -> Record {
    Record {
        kind: found.kind.into(),
        id: found.id,
        sequence: 0,
        app: None,
        attributes: found.attributes,
    }
}
