//! Changes of one team's data within a job.
//!
//! Keeps three promises of the schema: counters equal what they count, each record has a facet of
//! every name known for its kind, and a linkage's number is that of the record it comes from.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use russet_store::{
    Edge, Facet, Linked, Listing, Page, Read, Record, Result, StoreError, Team, TeamNumber, Write,
};

use crate::failure;
use crate::links;
use crate::shared::Shared;
use crate::snapshot::Snapshot;

/// The facet names that each kind of each team is known to have, by team and kind.
pub(crate) type FacetNames = HashMap<(i64, i64), Vec<i64>>;

/// One job's changes.
pub(crate) struct Change<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) team: i64,
    shared: &'c Shared,
    facet_names: &'c mut FacetNames,
    /// The record that was looked up last: jobs link what they have just made.
    latest: Option<(i64, String, i64)>,
    trace: Trace,
}

/// What a job leaves behind for the writer to judge.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// Names that got a number.
    pub(crate) interned: Vec<Arc<str>>,
    /// Whether any row was changed.
    pub(crate) has_changed: bool,
    /// The first fault of the backend's. The job cannot be kept, whatever it says.
    pub(crate) fault: Option<StoreError>,
}

impl<'c> Change<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        shared: &'c Shared,
        facet_names: &'c mut FacetNames,
        team: Option<TeamNumber>,
    ) -> Change<'c> {
        let team = team.map_or(0, |team| i64::from(team.0));
        Change { connection, team, shared, facet_names, latest: None, trace: Trace::default() }
    }

    pub(crate) fn finish(self) -> Trace {
        self.trace
    }

    /// Runs statements; a failure makes the job one that cannot be kept.
    pub(crate) fn run<T>(
        &mut self,
        statements: impl FnOnce(&mut Self) -> rusqlite::Result<T>,
    ) -> Result<T> {
        statements(self).map_err(|e| {
            let fault = failure::of_sqlite(&self.shared.folder.place, &e);
            self.trace.fault.get_or_insert(fault).clone()
        })
    }

    /// Refuses an act without harm to the rest of the job.
    pub(crate) fn refuse(&self, why: String) -> StoreError {
        StoreError::Backend { place: self.shared.folder.place.clone(), why }
    }

    /// Returns the number of a record, if there is such a record.
    pub(crate) fn sequence(&mut self, kind: i64, id: &str) -> rusqlite::Result<Option<i64>> {
        if let Some((latest_kind, latest_id, sequence)) = &self.latest
            && *latest_kind == kind
            && latest_id == id
        {
            return Ok(Some(*sequence));
        }
        let sequence = self
            .connection
            .prepare_cached(
                "SELECT sequence FROM records INDEXED BY records_by_id \
                 WHERE team = ?1 AND kind = ?2 AND id = ?3",
            )?
            .query_row(params![self.team, kind, id], |row| row.get(0))
            .optional()?;
        if let Some(sequence) = sequence {
            self.latest = Some((kind, id.to_owned(), sequence));
        }
        Ok(sequence)
    }

    /// Returns the number of a name, which is added where it is new.
    pub(crate) fn intern(&mut self, name: &str) -> rusqlite::Result<i64> {
        if let Some(number) = self.shared.names.number(name) {
            return Ok(number);
        }
        let name: Arc<str> = Arc::from(name);
        let number = self.shared.names.add(&name);
        self.trace.interned.push(name.clone());
        self.connection
            .prepare_cached("INSERT INTO names (number, name) VALUES (?1, ?2)")?
            .execute(params![number, name])?;
        Ok(number)
    }

    /// Returns the number of a name that may have none.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.shared.names.number(name)
    }

    /// Notes that rows were changed.
    pub(crate) fn has_changed(&mut self) {
        self.trace.has_changed = true;
    }

    fn snapshot(&self) -> Snapshot<'_> {
        Snapshot {
            connection: self.connection,
            names: &self.shared.names,
            team: self.team,
            place: &self.shared.folder.place,
        }
    }

    fn insert_record(
        &mut self,
        (kind, id): (i64, &str),
        app: Option<&str>,
        attributes: &str,
    ) -> rusqlite::Result<Option<i64>> {
        let inserted = self
            .connection
            .prepare_cached(
                "INSERT INTO records (team, kind, id, app, attributes) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![self.team, kind, id, app, attributes]);
        if let Err(error) = inserted {
            let is_taken = error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
            return if is_taken { Ok(None) } else { Err(error) };
        }
        let sequence = self.connection.last_insert_rowid();
        self.add_to_count(kind, 1)?;
        self.latest = Some((kind, id.to_owned(), sequence));
        Ok(Some(sequence))
    }

    fn add_to_count(&mut self, kind: i64, added: i64) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO record_counts (team, kind, total) VALUES (?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET total = total + ?3",
            )?
            .execute(params![self.team, kind, added])?;
        Ok(())
    }

    /// Makes `facets` all that a record has.
    fn set_facets(
        &mut self,
        kind: i64,
        sequence: i64,
        facets: &[Facet<'_>],
        is_new: bool,
    ) -> rusqlite::Result<()> {
        let mut wanted: BTreeMap<(i64, &str), bool> = BTreeMap::new();
        for facet in facets {
            let name = self.intern(facet.name)?;
            self.know_facet_name(kind, name, sequence)?;
            wanted.insert((name, &facet.text), false);
        }
        for name in self.known_facet_names(kind)? {
            let mut of_name = wanted.range_mut((*name, "")..).take_while(|(key, _)| key.0 == *name);
            if of_name.next().is_none() {
                wanted.insert((*name, ""), false);
                continue;
            }
            of_name.for_each(|(_, is_repeated)| *is_repeated = true);
        }
        if !is_new {
            self.remove_other_facets(kind, sequence, &mut wanted)?;
        }
        self.insert_facets(kind, sequence, &wanted)
    }

    /// Deletes a record's facets that are not wanted, and takes those it has from the wanted.
    fn remove_other_facets(
        &mut self,
        kind: i64,
        sequence: i64,
        wanted: &mut BTreeMap<(i64, &str), bool>,
    ) -> rusqlite::Result<()> {
        let present: Vec<(i64, String, bool)> = self
            .connection
            .prepare_cached(
                "SELECT name, text, repeated FROM facets INDEXED BY facets_by_record \
                 WHERE team = ?1 AND sequence = ?2",
            )?
            .query_map(params![self.team, sequence], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM facets WHERE team = ?1 AND kind = ?2 AND name = ?3 AND text = ?4 \
             AND sequence = ?5",
        )?;
        for (name, text, is_repeated) in present {
            let key = (name, text.as_str());
            if wanted.get(&key) == Some(&is_repeated) {
                wanted.retain(|wanted, _| *wanted != key);
            } else {
                delete.execute(params![self.team, kind, name, text, sequence])?;
            }
        }
        Ok(())
    }

    fn insert_facets(
        &mut self,
        kind: i64,
        sequence: i64,
        wanted: &BTreeMap<(i64, &str), bool>,
    ) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO facets (team, kind, name, text, sequence, repeated) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for ((name, text), is_repeated) in wanted {
            insert.execute(params![self.team, kind, name, text, sequence, is_repeated])?;
        }
        Ok(())
    }

    fn known_facet_names(&mut self, kind: i64) -> rusqlite::Result<&Vec<i64>> {
        let entry = self.facet_names.entry((self.team, kind));
        match entry {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(unknown) => {
                let mut load = self
                    .connection
                    .prepare_cached("SELECT name FROM facet_names WHERE team = ?1 AND kind = ?2")?;
                let names = load
                    .query_map(params![self.team, kind], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                Ok(unknown.insert(names))
            }
        }
    }

    /// Makes a facet name one that all records of the kind have. Those that are there already,
    /// apart from the one being written, get the empty text.
    fn know_facet_name(&mut self, kind: i64, name: i64, writing: i64) -> rusqlite::Result<()> {
        if self.known_facet_names(kind)?.contains(&name) {
            return Ok(());
        }
        self.connection
            .prepare_cached("INSERT INTO facet_names (team, kind, name) VALUES (?1, ?2, ?3)")?
            .execute(params![self.team, kind, name])?;
        self.connection
            .prepare_cached(
                "INSERT INTO facets (team, kind, name, text, sequence, repeated) \
                 SELECT team, kind, ?3, '', sequence, 0 FROM records INDEXED BY records_by_kind \
                 WHERE team = ?1 AND kind = ?2 AND sequence <> ?4",
            )?
            .execute(params![self.team, kind, name, writing])?;
        if let Some(known) = self.facet_names.get_mut(&(self.team, kind)) {
            known.push(name);
        }
        Ok(())
    }

    fn delete_record(&mut self, kind: &str, id: &str, relations: Option<&[&str]>) -> Result<bool> {
        let Some(kind) = self.number(kind) else { return Ok(false) };
        self.run(|change| {
            let Some(sequence) = change.sequence(kind, id)? else { return Ok(false) };
            links::remove_all(change, id, sequence, relations)?;
            for sql in [
                "DELETE FROM facets WHERE team = ?1 AND sequence = ?2",
                "DELETE FROM records WHERE team = ?1 AND sequence = ?2",
            ] {
                change.connection.prepare_cached(sql)?.execute(params![change.team, sequence])?;
            }
            change.add_to_count(kind, -1)?;
            change.latest = None;
            change.has_changed();
            Ok(true)
        })
    }
}

impl Read for Change<'_> {
    fn team(&self) -> Result<Team> {
        self.snapshot().owner()
    }

    fn record(&self, kind: &str, id: &str) -> Result<Option<Record>> {
        self.snapshot().record(kind, id)
    }

    fn records(&self, kind: &str, ids: &[&str]) -> Result<Vec<Record>> {
        self.snapshot().records(kind, ids)
    }

    fn page(&self, listing: &Listing<'_>) -> Result<Page> {
        self.snapshot().page(listing)
    }

    fn count(&self, listing: &Listing<'_>) -> Result<u64> {
        self.snapshot().count(listing)
    }

    fn linked(&self, edge: Edge<'_>, ids: &[&str], limit: usize) -> Result<Vec<Linked>> {
        self.snapshot().linked(edge, ids, limit)
    }
}

impl Write for Change<'_> {
    fn insert(
        &mut self,
        kind: &str,
        id: &str,
        app: Option<&str>,
        attributes: &str,
        facets: &[Facet<'_>],
    ) -> Result<u64> {
        let inserted = self.run(|change| {
            let number = change.intern(kind)?;
            let Some(sequence) = change.insert_record((number, id), app, attributes)? else {
                return Ok(None);
            };
            change.set_facets(number, sequence, facets, true)?;
            change.has_changed();
            Ok(u64::try_from(sequence).ok())
        })?;
        inserted.ok_or_else(|| self.refuse(format!("{kind} {id} is there already")))
    }

    fn update(
        &mut self,
        kind: &str,
        id: &str,
        attributes: &str,
        facets: &[Facet<'_>],
    ) -> Result<()> {
        let Some(kind) = self.number(kind) else { return Ok(()) };
        self.run(|change| {
            let Some(sequence) = change.sequence(kind, id)? else { return Ok(()) };
            change
                .connection
                .prepare_cached("UPDATE records SET attributes = ?1 WHERE sequence = ?2")?
                .execute(params![attributes, sequence])?;
            change.set_facets(kind, sequence, facets, false)?;
            change.has_changed();
            Ok(())
        })
    }

    fn delete(&mut self, kind: &str, id: &str) -> Result<bool> {
        self.delete_record(kind, id, None)
    }

    fn delete_named_in(&mut self, kind: &str, id: &str, relations: &[&str]) -> Result<bool> {
        self.delete_record(kind, id, Some(relations))
    }

    fn link(&mut self, relation: &str, from: &str, to: &str) -> Result<()> {
        links::add(self, relation, from, to)
    }

    fn unlink(&mut self, relation: &str, from: &str, to: &str) -> Result<()> {
        links::remove(self, relation, from, to)
    }

    fn replace_links(&mut self, relation: &str, from: &str, to: &[&str]) -> Result<()> {
        links::replace(self, relation, from, to)
    }
}
