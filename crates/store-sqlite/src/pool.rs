//! Read connections, handed out inline and taken back when the reader is done.

use std::path::PathBuf;

use parking_lot::Mutex;
use rusqlite::Connection;
use russet_store::{Edge, Linked, Listing, Page, Read, Record, Result, Team, TeamNumber};

use crate::failure;
use crate::schema;
use crate::shared::Shared;
use crate::snapshot::Snapshot;
use crate::totals::Totals;

/// The idle read connections of a store.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Connection>>,
    /// How many are kept: as many as there can be readers at a time, within reason.
    most: usize,
    file: PathBuf,
    place: String,
}

impl Pool {
    /// Starts without a connection.
    pub(crate) fn new(file: PathBuf, place: String) -> Pool {
        let readers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Pool { idle: Mutex::new(Vec::new()), most: readers.clamp(2, 16), file, place }
    }

    /// Opens a snapshot of a team's data as it is now.
    pub(crate) fn read<'s>(&'s self, shared: &'s Shared, team: TeamNumber) -> Result<Reader<'s>> {
        // Before the snapshot: what it shows is of this generation or of a later one.
        let generation = shared.generation(team);
        let connection = Some(self.take()?);
        let reader = Reader { pool: self, connection, shared, team, generation };
        let begin = |connection: &Connection| {
            connection.prepare_cached("BEGIN")?.execute(())?;
            // The first look at a table is what fixes the snapshot.
            connection.prepare_cached("SELECT 1 FROM teams WHERE number = ?1")?.exists((team.0,))
        };
        begin(reader.connection()).map_err(|e| failure::of_sqlite(&self.place, &e))?;
        Ok(reader)
    }

    /// Runs one query.
    pub(crate) fn query<T>(
        &self,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let connection = self.take()?;
        let result = run(&connection).map_err(|e| failure::of_sqlite(&self.place, &e));
        self.put_back(connection);
        result
    }

    fn take(&self) -> Result<Connection> {
        let idle = self.idle.lock().pop();
        idle.map_or_else(|| schema::open_reader(&self.file, &self.place), Ok)
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock();
        if idle.len() < self.most {
            idle.push(connection);
        }
    }
}

/// A snapshot of one team's data on a connection of the pool.
#[derive(Debug)]
pub(crate) struct Reader<'s> {
    pool: &'s Pool,
    /// There until it is dropped.
    connection: Option<Connection>,
    shared: &'s Shared,
    team: TeamNumber,
    /// What the team's generation was when the snapshot was opened.
    generation: u64,
}

impl Reader<'_> {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a reader has its connection until it is dropped")
    }

    fn snapshot(&self) -> Snapshot<'_> {
        Snapshot {
            connection: self.connection(),
            names: &self.shared.names,
            team: i64::from(self.team.0),
            place: &self.pool.place,
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let ended = connection.prepare_cached("COMMIT").and_then(|mut s| s.execute(()));
            // A connection that cannot end its snapshot would serve old data for ever.
            if ended.is_ok() {
                self.pool.put_back(connection);
            }
        }
    }
}

impl Read for Reader<'_> {
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
        let Some(key) = Totals::key(listing) else { return self.snapshot().count(listing) };
        let Shared { totals, .. } = self.shared;
        if let Some(count) = totals.get(self.team, &key, self.generation) {
            return Ok(count);
        }
        let count = self.snapshot().count(listing)?;
        if self.shared.generation(self.team) == self.generation {
            totals.keep(self.team, key, self.generation, count);
        }
        Ok(count)
    }

    fn linked(&self, edge: Edge<'_>, ids: &[&str], limit: usize) -> Result<Vec<Linked>> {
        self.snapshot().linked(edge, ids, limit)
    }
}
