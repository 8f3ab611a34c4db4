//! The six kinds of read: collections, instances, related resources and linkages.

use std::collections::HashSet;

use russet_auth::{Permit, Visibility};
use russet_catalog::{Arity, Operation, OperationKind, Relationship, Schema};
use russet_store::{Linked, Read, Record, Within};
use russet_wire::Problem;

use super::{Included, IncludedLinkage, Listed, Outcome, Paging, compute, listing, resolve};
use crate::behaviors::absent;
use crate::failure::{Failure, Fault};
use crate::input::ReadQuery;
use crate::{grade, relations};

/// How many of a to-many come along where no `limit[relationship]` is given. Source: recorded.
const INCLUDED_LIMIT: usize = 10;

/// What a read works with.
struct Reading<'a> {
    read: &'a dyn Read,
    permit: &'a Permit,
    operation: &'static Operation,
    query: &'a ReadQuery,
}

/// Carries out a read.
///
/// # Errors
/// 404 where the resource in the path is not there, 400 for a cursor of another list, 501 for
/// what is not carried out yet.
pub fn read(
    store: &dyn Read,
    permit: &Permit,
    operation: &'static Operation,
    id: Option<&str>,
    query: &ReadQuery,
) -> Result<Outcome, Failure> {
    super::require_cover(permit, operation)?;
    let reading = Reading { read: store, permit, operation, query };
    let schema = operation.schema.ok_or_else(|| grade::not_yet(operation))?;
    match (operation.kind, id) {
        (OperationKind::GetCollection, _) => reading.collection(schema),
        (OperationKind::GetInstance, Some(id)) => {
            let record = resolve::require(store, permit, schema.kind, id)?;
            reading.one(schema, Some(record))
        }
        (_, Some(id)) => {
            let parent = resolve::require(store, permit, schema.kind, id)?;
            let relationship = operation
                .member
                .and_then(|member| relations::of_schema(schema, member))
                .ok_or_else(|| grade::not_yet(operation))?;
            reading.behind(schema, &parent, relationship)
        }
        (_, None) => Err(grade::not_yet(operation).into()),
    }
}

impl Reading<'_> {
    fn collection(&self, schema: &'static Schema) -> Result<Outcome, Failure> {
        if compute::is_reference(schema.kind) {
            let list = compute::collection(schema.kind, self.query)
                .ok_or_else(|| grade::not_yet(self.operation))?;
            return self.computed(schema, &list).map(Outcome::Page);
        }
        self.stored(schema, None).map(Outcome::Page)
    }

    fn behind(
        &self,
        schema: &'static Schema,
        parent: &Record,
        relationship: &'static Relationship,
    ) -> Result<Outcome, Failure> {
        let target = self
            .operation
            .answers
            .or_else(|| russet_catalog::schemas_of(relationship.target).first().copied())
            .ok_or_else(|| grade::not_yet(self.operation))?;
        let linkage = matches!(
            self.operation.kind,
            OperationKind::GetToManyRelationship | OperationKind::GetToOneRelationship
        );
        if relationship.arity == Arity::One {
            let ids = self.far_ids(schema, parent, relationship)?;
            let record = match ids.first() {
                None => None,
                Some(id) => resolve::find(self.read, self.permit, target.kind, id)?,
            };
            if record.is_none() {
                absent::refuse(self.operation)?;
            }
            if linkage {
                let ids = record.iter().map(|record| record.id.clone()).collect();
                return Ok(Outcome::Linkage {
                    arity: Arity::One,
                    target: target.kind,
                    ids,
                    paging: None,
                    included: Included::default(),
                });
            }
            return self.one(target, record);
        }
        let listed = self.many(schema, parent, relationship, target)?;
        if !linkage {
            return Ok(Outcome::Page(listed));
        }
        Ok(Outcome::Linkage {
            arity: Arity::Many,
            target: target.kind,
            ids: listed.records.into_iter().map(|record| record.id).collect(),
            paging: Some(listed.paging),
            included: listed.included,
        })
    }

    fn far_ids(
        &self,
        schema: &'static Schema,
        parent: &Record,
        relationship: &'static Relationship,
    ) -> Result<Vec<String>, Failure> {
        let linked = match relations::stored(relationship.edge) {
            Some(edge) => self.read.linked(edge, &[&parent.id], 1)?,
            None if compute::is_reference(schema.kind) => {
                compute::linked(schema, relationship, &[&parent.id], 1)
            }
            None => return Err(grade::not_yet(self.operation).into()),
        };
        Ok(linked.into_iter().next().map(|linked| linked.to).unwrap_or_default())
    }

    fn many(
        &self,
        schema: &'static Schema,
        parent: &Record,
        relationship: &'static Relationship,
        target: &'static Schema,
    ) -> Result<Listed, Failure> {
        let computed = compute::related(schema.kind, &parent.id, relationship.name, self.query);
        if let Some(list) = computed {
            return self.computed(target, &list);
        }
        let edge =
            relations::stored(relationship.edge).ok_or_else(|| grade::not_yet(self.operation))?;
        if compute::is_reference(target.kind) {
            return self.linked_reference(target, edge, &parent.id);
        }
        self.stored(target, Some(Within { edge, id: &parent.id }))
    }

    /// A stored to-many whose far ends are reference data (`availableTerritories`).
    fn linked_reference(
        &self,
        target: &'static Schema,
        edge: russet_store::Edge<'static>,
        id: &str,
    ) -> Result<Listed, Failure> {
        let start: usize = match self.query.cursor.as_deref() {
            None => 0,
            Some([position]) => position.parse().map_err(|_| bad_cursor(self.query))?,
            Some(_) => return Err(bad_cursor(self.query).into()),
        };
        let limit = listing::limit(self.operation, self.query);
        let linked = self.read.linked(edge, &[id], start.saturating_add(limit))?;
        let Some(Linked { to, total, .. }) = linked.into_iter().next() else {
            let paging = Paging { total: 0, limit, next: None };
            return self.with_included(target, Vec::new(), paging);
        };
        let end = to.len();
        let records =
            to.iter().skip(start).filter_map(|id| compute::find(target.kind, id)).collect();
        let next = (end as u64) < total;
        let paging = Paging { total, limit, next: next.then(|| vec![end.to_string()]) };
        self.with_included(target, records, paging)
    }

    fn stored(
        &self,
        schema: &'static Schema,
        within: Option<Within<'_>>,
    ) -> Result<Listed, Failure> {
        let listing = listing::build(self.operation, schema, within, self.query, self.permit)
            .ok_or_else(|| grade::not_yet(self.operation))?;
        if listing.after.is_some_and(|after| !listing.accepts(after)) {
            return Err(bad_cursor(self.query).into());
        }
        let page = self.read.page(&listing)?;
        let whole = listing.after.is_none() && page.next.is_none();
        let total = if whole { page.records.len() as u64 } else { self.read.count(&listing)? };
        let paging = Paging { total, limit: listing.limit, next: page.next };
        self.with_included(schema, page.records, paging)
    }

    fn computed(
        &self,
        schema: &'static Schema,
        list: &crate::reference::ReferenceList,
    ) -> Result<Listed, Failure> {
        let limit = listing::limit(self.operation, self.query);
        let (records, paging) =
            compute::page(list, self.query, limit).ok_or_else(|| bad_cursor(self.query))?;
        self.with_included(schema, records, paging)
    }

    fn with_included(
        &self,
        schema: &'static Schema,
        records: Vec<Record>,
        paging: Paging,
    ) -> Result<Listed, Failure> {
        let included = self.include(schema, &records)?;
        Ok(Listed { schema, records, paging, included })
    }

    fn one(&self, schema: &'static Schema, record: Option<Record>) -> Result<Outcome, Failure> {
        let included = match &record {
            Some(record) => self.include(schema, std::slice::from_ref(record))?,
            None => Included::default(),
        };
        Ok(Outcome::One { schema, record, included, created: false })
    }

    fn include(&self, schema: &'static Schema, records: &[Record]) -> Result<Included, Failure> {
        let mut included = Included::default();
        let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
        for name in &self.query.include {
            let Some(relationship) = relations::of_schema(schema, name) else { continue };
            if !self.permit.may_read(relationship.target) {
                continue;
            }
            let limit = self
                .query
                .limits
                .iter()
                .find(|(of, _)| of == name)
                .map_or(INCLUDED_LIMIT, |(_, limit)| *limit);
            let (linked, far) = self.linked(schema, relationship, &ids, limit)?;
            let target = self.included_schema(relationship);
            for record in far {
                let known = included
                    .records
                    .iter()
                    .any(|(_, have)| have.kind == record.kind && have.id == record.id);
                if !known {
                    included.records.extend(target.map(|target| (target, record)));
                }
            }
            included.linkages.push(IncludedLinkage {
                name: relationship.name,
                arity: relationship.arity,
                target: relationship.target,
                limit,
                linked,
            });
        }
        Ok(included)
    }

    /// What each resource has in a relationship, as far as the caller sees it, and the far ends.
    fn linked(
        &self,
        schema: &'static Schema,
        relationship: &'static Relationship,
        ids: &[&str],
        limit: usize,
    ) -> Result<(Vec<Linked>, Vec<Record>), Fault> {
        let Some(edge) = relations::stored(relationship.edge) else {
            let linked = compute::linked(schema, relationship, ids, limit);
            let far = self.far_records(relationship, &linked)?;
            return Ok((linked, far));
        };
        let sees_all = *self.permit.apps() == Visibility::All;
        if sees_all || compute::is_reference(relationship.target) {
            let linked = self.read.linked(edge, ids, limit)?;
            let far = self.far_records(relationship, &linked)?;
            return Ok((linked, far));
        }
        // What hangs from an app that the caller does not see does not count either.
        let mut linked = self.read.linked(edge, ids, usize::MAX)?;
        let mut far = self.far_records(relationship, &linked)?;
        let seen: HashSet<&str> = far.iter().map(|record| record.id.as_str()).collect();
        for one in &mut linked {
            one.to.retain(|id| seen.contains(id.as_str()));
            one.total = one.to.len() as u64;
            one.to.truncate(limit);
        }
        let shown: HashSet<&str> =
            linked.iter().flat_map(|one| &one.to).map(String::as_str).collect();
        let keep: Vec<bool> = far.iter().map(|record| shown.contains(record.id.as_str())).collect();
        let mut keep = keep.into_iter();
        far.retain(|_| keep.next().unwrap_or(false));
        Ok((linked, far))
    }

    fn far_records(
        &self,
        relationship: &Relationship,
        linked: &[Linked],
    ) -> Result<Vec<Record>, Fault> {
        let mut ids: Vec<&str> = Vec::new();
        let mut seen = HashSet::new();
        for id in linked.iter().flat_map(|one| &one.to) {
            if seen.insert(id.as_str()) {
                ids.push(id);
            }
        }
        if compute::is_reference(relationship.target) {
            return Ok(ids
                .iter()
                .filter_map(|id| compute::find(relationship.target, id))
                .collect());
        }
        let mut records = self.read.records(relationship.target, &ids)?;
        records.retain(|record| resolve::is_visible(self.permit, record));
        Ok(records)
    }

    fn included_schema(&self, relationship: &Relationship) -> Option<&'static Schema> {
        let named = self.operation.included.iter().find(|s| s.kind == relationship.target);
        named.or_else(|| russet_catalog::schemas_of(relationship.target).first()).copied()
    }
}

/// The refusal of a cursor that is of another list.
fn bad_cursor(query: &ReadQuery) -> Problem {
    crate::input::query::bad_cursor(&query.cursor_text)
}
