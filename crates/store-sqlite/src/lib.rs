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
mod totals;
mod values;
mod walk;
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
        Ok(Box::new(self.pool.read(&self.shared, team)?))
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

#[cfg(test)]
mod tests {
    use super::*;
    use russet_store::Listing;

    fn all() -> Listing<'static> {
        let (within, conditions, order, after) = (None, Vec::new(), Vec::new(), None);
        Listing { kind: "apps", within, conditions, order, after, limit: 100 }
    }

    /// Lets the file grow by no more than a few pages.
    fn bound(store: &SqliteStore, pages: &'static str) {
        let bounded = store.change(move |change| {
            change.run(|change| {
                let sql = format!("PRAGMA max_page_count = {pages}");
                change.connection.query_row(&sql, (), |_| Ok(()))
            })
        });
        bounded.expect("a bound is set");
    }

    #[test]
    fn a_full_disk_fails_what_does_not_fit_and_nothing_that_was_acknowledged() {
        let store = SqliteStore::in_memory().expect("a store opens");
        let team =
            store.create_team("Acme", "issuer", "SEED000001").expect("a team is added").number;
        bound(&store, "60");
        let (told, tells) = mpsc::channel();
        for number in 0..40 {
            let told = told.clone();
            let size = if number % 10 == 5 { 400_000 } else { 100 };
            let job: Job = Box::new(move |w| {
                w.insert("apps", &number.to_string(), None, &"x".repeat(size), &[]).is_ok()
            });
            let done: Done =
                Box::new(move |result| told.send((number, result)).expect("someone waits"));
            store.write(team, job, done);
        }
        drop(told);
        let mut acknowledged = Vec::new();
        for (number, result) in tells {
            match result {
                Ok(()) => acknowledged.push(number.to_string()),
                Err(StoreError::Full { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert!(!acknowledged.contains(&"5".to_owned()), "it cannot fit");
        let kept = store.read(team).and_then(|read| read.page(&all())).expect("a page is read");
        let kept: Vec<String> = kept.records.into_iter().map(|record| record.id).collect();
        assert_eq!(kept, acknowledged);
        bound(&store, "100000");
        let (told, tells) = mpsc::channel();
        let job: Job = Box::new(|w| w.insert("apps", "late", None, "{}", &[]).is_ok());
        store.write(team, job, Box::new(move |result| told.send(result).expect("someone waits")));
        tells.recv().expect("done is called").expect("there is room again");
        assert_eq!(store.check().expect("the check runs"), Vec::<String>::new());
    }

    #[test]
    fn the_last_handle_may_be_dropped_by_a_job() {
        let store = Arc::new(SqliteStore::in_memory().expect("a store opens"));
        let team =
            store.create_team("Acme", "issuer", "SEED000001").expect("a team is added").number;
        let (told, tells) = mpsc::channel();
        let (held, last) = mpsc::channel::<()>();
        let handle = store.clone();
        let done: Done = Box::new(move |result| {
            last.recv().expect("the other handle is gone");
            drop(handle);
            told.send(result).expect("someone waits");
        });
        store.write(team, Box::new(|_| true), done);
        drop(store);
        held.send(()).expect("the writer waits");
        tells.recv().expect("done is called").expect("the job is kept");
    }
}
