//! The store in one SQLite file.
//!
//! Reads run inline on connections of a pool, writes on one thread that lets jobs share commits.
//! It knows SQL and the file, and nothing of what resource types mean. Start at [`SqliteStore`];
//! `query.rs` writes the SQL of listings, `change.rs` that of changes.

mod change;
mod check;
mod condition;
#[cfg(test)]
mod explain;
mod failure;
mod folder;
mod links;
mod names;
mod plan;
mod pool;
mod query;
mod schema;
mod shared;
mod snapshot;
mod values;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use rusqlite::{OptionalExtension as _, Row, params};
use russet_store::{Done, Job, Read, Result, Store, StoreError, Team, TeamNumber};

use change::Change;
use folder::Folder;
use names::Names;
use pool::Pool;
use schema::Durability;
use shared::Shared;
use writer::{Task, Work, Writer};

/// A store in a folder of this machine. Dropping it finishes the jobs that wait.
#[derive(Debug)]
pub struct SqliteStore {
    // In the order in which they are dropped: connections before the folder's lock.
    pool: Pool,
    queue: Option<Sender<Task>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl SqliteStore {
    /// Opens the store in a folder, which is made if need be (mode 0700, files 0600).
    ///
    /// # Errors
    /// [`StoreError::InUse`] while another store has the folder, [`StoreError::Damaged`] where the
    /// file is not a whole store of Russet's, [`StoreError::Newer`] where a newer version wrote
    /// it, else what the file system reports.
    pub fn open(folder: &Path) -> Result<SqliteStore> {
        SqliteStore::start(Folder::hold(folder)?, Durability::Disk)
    }

    /// Makes an empty store that goes with the process, for tests and throw-away servers.
    ///
    /// It is a file in a temporary folder that is never synced: SQLite's own stores in memory
    /// either have no snapshots beside a writer or one connection only.
    ///
    /// # Errors
    /// What the file system reports.
    pub fn in_memory() -> Result<SqliteStore> {
        SqliteStore::start(Folder::scratch()?, Durability::Process)
    }

    fn start(folder: Folder, durability: Durability) -> Result<SqliteStore> {
        let (file, place) = (folder.file.clone(), folder.place.clone());
        let connection = schema::open_writer(&file, &place, durability)?;
        let names = Names::load(&connection).map_err(|e| failure::of_sqlite(&place, &e))?;
        let shared = Arc::new(Shared::new(names, folder));
        let writer = Writer::new(connection, shared.clone());
        let (queue, tasks) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run(&tasks))
            .map_err(|e| failure::of_file(&place, &e))?;
        let pool = Pool::new(file, place);
        Ok(SqliteStore { pool, queue: Some(queue), thread: Some(thread), shared })
    }

    fn send(&self, team: Option<TeamNumber>, work: Work, done: Done) {
        let task = Task { team, work, done };
        let refused = match &self.queue {
            Some(queue) => queue.send(task).err().map(|refused| refused.0),
            None => Some(task),
        };
        if let Some(task) = refused {
            let place = self.shared.folder.place.clone();
            let why = "the thread that writes has ended".to_owned();
            (task.done)(Err(StoreError::Backend { place, why }));
        }
    }

    /// Runs a change of the deployment's own data and waits for it.
    fn change<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Change<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answers) = mpsc::channel();
        let (end, ends) = mpsc::channel();
        let work: Work = Box::new(move |change| {
            let result = act(change);
            let is_kept = result.is_ok();
            // Whoever asked waits below.
            drop(answer.send(result));
            is_kept
        });
        self.send(None, work, Box::new(move |result| drop(end.send(result))));
        let place = || self.shared.folder.place.clone();
        let ended = || StoreError::Backend {
            place: place(),
            why: "the thread that writes has ended".to_owned(),
        };
        ends.recv().map_err(|_| ended())??;
        answers.recv().map_err(|_| ended())?
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.queue.take());
        // A job may hold the last handle; the thread then ends by itself.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // It catches the panics of jobs; one of its own was printed already.
            drop(thread.join());
        }
    }
}

impl Store for SqliteStore {
    fn teams(&self) -> Result<Vec<Team>> {
        self.pool.query(|connection| {
            connection
                .prepare_cached("SELECT number, name, issuer, seed FROM teams ORDER BY number")?
                .query_map((), team)?
                .collect()
        })
    }

    fn create_team(&self, name: &str, issuer: &str, seed: &str) -> Result<Team> {
        let (name, issuer, seed) = (name.to_owned(), issuer.to_owned(), seed.to_owned());
        self.change(move |change| {
            let added = change.run(|change| {
                let count = change
                    .connection
                    .prepare_cached(
                        "INSERT INTO teams (name, issuer, seed) VALUES (?1, ?2, ?3) \
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![name, issuer, seed])?;
                let number = u32::try_from(change.connection.last_insert_rowid());
                Ok(number.ok().filter(|_| count == 1))
            })?;
            let number = added.ok_or_else(|| {
                change.refuse(format!("a team has the issuer id {issuer} already"))
            })?;
            Ok(Team { number: TeamNumber(number), name, issuer, seed })
        })
    }

    fn value(&self, name: &str) -> Result<Option<String>> {
        self.pool.query(|connection| {
            connection
                .prepare_cached("SELECT value FROM deployment_values WHERE name = ?1")?
                .query_row((name,), |row| row.get(0))
                .optional()
        })
    }

    fn set_value(&self, name: &str, value: &str) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.change(move |change| {
            change.run(|change| {
                change
                    .connection
                    .prepare_cached(
                        "INSERT INTO deployment_values (name, value) VALUES (?1, ?2) \
                         ON CONFLICT DO UPDATE SET value = excluded.value",
                    )?
                    .execute(params![name, value])?;
                Ok(())
            })
        })
    }

    fn read(&self, team: TeamNumber) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.pool.read(&self.shared.names, team)?))
    }

    fn write(&self, team: TeamNumber, job: Job, done: Done) {
        self.send(Some(team), Box::new(move |change| job(change)), done);
    }

    fn generation(&self, team: TeamNumber) -> u64 {
        self.shared.generation(team)
    }
}

fn team(row: &Row<'_>) -> rusqlite::Result<Team> {
    Ok(Team {
        number: TeamNumber(row.get(0)?),
        name: row.get(1)?,
        issuer: row.get(2)?,
        seed: row.get(3)?,
    })
}
