//! Reads of one team's data through one connection, within whatever transaction it has open.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use russet_store::{Condition, Edge, Linked, Listing, Page, Record, Result, Team};

use crate::condition::{self, Resolved, Step};
use crate::failure;
use crate::names::Names;
use crate::query::{self, Query};
use crate::values::{Values, list};

/// One team's data as one connection sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Snapshot<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) names: &'c Names,
    pub(crate) team: i64,
    pub(crate) place: &'c str,
}

impl Snapshot<'_> {
    pub(crate) fn owner(&self) -> Result<Team> {
        self.of_sqlite(|connection| {
            connection
                .prepare_cached("SELECT number, name, issuer, seed FROM teams WHERE number = ?1")?
                .query_row([self.team], crate::team)
        })
    }

    pub(crate) fn record(&self, kind: &str, id: &str) -> Result<Option<Record>> {
        let Some((number, kind)) = self.names.find(kind) else { return Ok(None) };
        self.of_sqlite(|connection| {
            connection
                .prepare_cached(
                    "SELECT sequence, id, app, attributes FROM records INDEXED BY records_by_id \
                     WHERE team = ?1 AND kind = ?2 AND id = ?3",
                )?
                .query_row(params![self.team, number, id], |row| record(&kind, row))
                .optional()
        })
    }

    pub(crate) fn records(&self, kind: &str, ids: &[&str]) -> Result<Vec<Record>> {
        let Some((number, kind)) = self.names.find(kind) else { return Ok(Vec::new()) };
        self.of_sqlite(|connection| {
            connection
                .prepare_cached(
                    "SELECT r.sequence, r.id, r.app, r.attributes FROM rarray(?3) a \
                     CROSS JOIN records r INDEXED BY records_by_id \
                     ON r.team = ?1 AND r.kind = ?2 AND r.id = a.value ORDER BY a.rowid",
                )?
                .query_map(params![self.team, number, list(ids)], |row| record(&kind, row))?
                .collect()
        })
    }

    pub(crate) fn page(&self, listing: &Listing<'_>) -> Result<Page> {
        let nothing = Page { records: Vec::new(), next: None };
        let Some((number, kind)) = self.names.find(listing.kind) else { return Ok(nothing) };
        let within = within(listing);
        let conditions = self.resolve(number, within.as_ref(), listing)?;
        let Some(query) = query::page(self, number, listing, &conditions)? else {
            return Ok(nothing);
        };
        self.of_sqlite(|connection| read_page(connection, &query, &kind, listing.limit))
    }

    pub(crate) fn count(&self, listing: &Listing<'_>) -> Result<u64> {
        let Some(kind) = self.names.number(listing.kind) else { return Ok(0) };
        let total = match (listing.within, listing.conditions.is_empty()) {
            (None, true) => self.record_count(kind)?,
            (Some(within), true) => match condition::step(self, within.edge) {
                Some(step) => self.link_count(step, within.id)?,
                None => 0,
            },
            (_, false) => {
                let within = within(listing);
                let conditions = self.resolve(kind, within.as_ref(), listing)?;
                match (conditions.as_slice(), query::count(self, kind, &conditions)?) {
                    (_, None) => 0,
                    // Those that are linked to one record are counted already.
                    ([Resolved::Linked { steps, ids: [id] }], _) if matches!(steps.as_slice(), [step] if step.is_forward) => {
                        self.link_count(Step { is_forward: false, ..steps[0] }, id)?
                    }
                    (_, Some(query)) => self.number(&query.sql, &query.values)?,
                }
            }
        };
        Ok(u64::try_from(total).unwrap_or(0))
    }

    pub(crate) fn linked(&self, edge: Edge<'_>, ids: &[&str], limit: usize) -> Result<Vec<Linked>> {
        let mut all: Vec<Linked> = ids
            .iter()
            .map(|id| Linked { from: (*id).to_owned(), to: Vec::new(), total: 0 })
            .collect();
        let Some(step) = condition::step(self, edge) else { return Ok(all) };
        self.of_sqlite(|connection| {
            fill_linked(connection, (self.team, step), ids, limit, &mut all)?;
            let full: Vec<usize> = (0..all.len()).filter(|at| all[*at].to.len() >= limit).collect();
            if full.is_empty() {
                return Ok(());
            }
            let ids: Vec<&str> = full.iter().map(|at| ids[*at]).collect();
            let totals = totals(connection, (self.team, step), &ids)?;
            for (at, total) in full.into_iter().zip(totals) {
                all[at].total = total.unsigned_abs();
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// Returns how many records of a kind there are.
    pub(crate) fn record_count(&self, kind: i64) -> Result<i64> {
        self.of_sqlite(|connection| {
            connection
                .prepare_cached("SELECT total FROM record_counts WHERE team = ?1 AND kind = ?2")?
                .query_row(params![self.team, kind], |row| row.get(0))
                .optional()
                .map(Option::unwrap_or_default)
        })
    }

    /// Returns how many linkages one record has in one direction.
    pub(crate) fn link_count(&self, step: Step, id: &str) -> Result<i64> {
        self.of_sqlite(|connection| {
            let totals = totals(connection, (self.team, step), &[id])?;
            Ok(totals.first().copied().unwrap_or(0))
        })
    }

    /// Returns the number of a facet name that records of a kind have.
    pub(crate) fn facet_name(&self, kind: i64, name: &str) -> Result<Option<i64>> {
        let Some(number) = self.names.number(name) else { return Ok(None) };
        self.of_sqlite(|connection| {
            connection
                .prepare_cached(
                    "SELECT name FROM facet_names WHERE team = ?1 AND kind = ?2 AND name = ?3",
                )?
                .query_row(params![self.team, kind, number], |row| row.get(0))
                .optional()
        })
    }

    /// Runs a query that answers with one number.
    pub(crate) fn number(&self, sql: &str, values: &Values<'_>) -> Result<i64> {
        self.of_sqlite(|connection| {
            connection
                .prepare_cached(sql)?
                .query_row(params_from_iter(values.parameters()), |row| row.get(0))
        })
    }

    /// Resolves the conditions of a listing, the record within first.
    pub(crate) fn resolve<'l>(
        &self,
        kind: i64,
        within: Option<&'l Condition<'_>>,
        listing: &'l Listing<'_>,
    ) -> Result<Vec<Resolved<'l>>> {
        within
            .into_iter()
            .chain(&listing.conditions)
            .map(|condition| condition::resolve(self, kind, condition))
            .collect()
    }

    fn of_sqlite<T>(&self, run: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        run(self.connection).map_err(|e| failure::of_sqlite(self.place, &e))
    }
}

/// The record that a listing is within, as the condition that it is.
pub(crate) fn within<'l>(listing: &Listing<'l>) -> Option<Condition<'l>> {
    listing.within.map(|within| {
        let back = match within.edge {
            Edge::Forward(relation) => Edge::Backward(relation),
            Edge::Backward(relation) => Edge::Forward(relation),
        };
        Condition::Linked { path: vec![back], ids: vec![within.id.to_owned()] }
    })
}

fn record(kind: &Arc<str>, row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        kind: kind.clone(),
        sequence: row.get::<_, i64>(0)?.unsigned_abs(),
        id: row.get(1)?,
        app: row.get(2)?,
        attributes: row.get(3)?,
    })
}

fn read_page(
    connection: &Connection,
    query: &Query<'_>,
    kind: &Arc<str>,
    limit: usize,
) -> rusqlite::Result<Page> {
    let mut statement = connection.prepare_cached(&query.sql)?;
    let mut rows = statement.query(params_from_iter(query.values.parameters()))?;
    let mut page = Page { records: Vec::new(), next: None };
    let mut key = Vec::new();
    while let Some(row) = rows.next()? {
        if page.records.len() == limit {
            page.next = Some(key);
            break;
        }
        page.records.push(record(kind, row)?);
        if page.records.len() == limit {
            key =
                (4..4 + query.keys).map(|at| key_text(row, at)).collect::<rusqlite::Result<_>>()?;
        }
    }
    Ok(page)
}

fn key_text(row: &Row<'_>, at: usize) -> rusqlite::Result<String> {
    let value = row.get_ref(at)?;
    match value {
        rusqlite::types::ValueRef::Integer(number) => Ok(number.to_string()),
        _ => Ok(value.as_str()?.to_owned()),
    }
}

/// Adds the first far ids of each record. The bound on the order column is found by stepping
/// over `limit` index entries, so that long relations cost no more than short ones.
fn fill_linked(
    connection: &Connection,
    (team, step): (i64, Step),
    ids: &[&str],
    limit: usize,
    all: &mut [Linked],
) -> rusqlite::Result<()> {
    let Some(last) = limit.checked_sub(1) else { return Ok(()) };
    let last = i64::try_from(last).unwrap_or(i64::MAX);
    let sql = if step.is_forward {
        "SELECT a.rowid, l.to_id FROM rarray(?3) a \
         CROSS JOIN records r INDEXED BY records_by_id \
         ON r.team = ?1 AND r.kind = ?4 AND r.id = a.value \
         CROSS JOIN linkages l INDEXED BY linkages_forward \
         ON l.team = ?1 AND l.from_sequence = r.sequence AND l.relation = ?2 \
         AND l.position <= coalesce((SELECT m.position FROM linkages m \
         INDEXED BY linkages_forward WHERE m.team = ?1 AND m.from_sequence = r.sequence \
         AND m.relation = ?2 ORDER BY m.position LIMIT 1 OFFSET ?5), 9223372036854775807) \
         ORDER BY a.rowid, l.position"
    } else {
        "SELECT a.rowid, l.from_id FROM rarray(?3) a CROSS JOIN linkages l \
         ON l.team = ?1 AND l.to_id = a.value AND l.relation = ?2 \
         AND l.from_sequence <= coalesce((SELECT m.from_sequence FROM linkages m \
         WHERE m.team = ?1 AND m.to_id = a.value AND m.relation = ?2 \
         ORDER BY m.from_sequence LIMIT 1 OFFSET ?5), 9223372036854775807) \
         WHERE ?4 = ?4 ORDER BY a.rowid, l.from_sequence"
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![team, step.relation, list(ids), step.kind, last])?;
    while let Some(row) = rows.next()? {
        let at = usize::try_from(row.get::<_, i64>(0)? - 1).unwrap_or(usize::MAX);
        if let Some(linked) = all.get_mut(at) {
            linked.to.push(row.get(1)?);
            linked.total += 1;
        }
    }
    Ok(())
}

/// Returns the kept totals of some records' linkages in one direction, in the order asked.
fn totals(
    connection: &Connection,
    (team, step): (i64, Step),
    ids: &[&str],
) -> rusqlite::Result<Vec<i64>> {
    let sql = if step.is_forward {
        "SELECT coalesce((SELECT c.total FROM forward_counts c JOIN records r \
         INDEXED BY records_by_id ON c.from_sequence = r.sequence WHERE r.team = ?1 \
         AND r.kind = ?4 AND r.id = a.value AND c.team = ?1 AND c.relation = ?2), 0) \
         FROM rarray(?3) a ORDER BY a.rowid"
    } else {
        "SELECT coalesce((SELECT c.total FROM backward_counts c \
         WHERE c.team = ?1 AND c.to_id = a.value AND c.relation = ?2), 0) \
         FROM rarray(?3) a WHERE ?4 = ?4 ORDER BY a.rowid"
    };
    connection
        .prepare_cached(sql)?
        .query_map(params![team, step.relation, list(ids), step.kind], |row| row.get(0))?
        .collect()
}
