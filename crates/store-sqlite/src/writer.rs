//! The thread that makes all changes.
//!
//! Jobs that wait together share one transaction and one sync of the disk. Each runs under a
//! savepoint of its own, so that one that is dropped, fails or panics takes nothing with it.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use rusqlite::Connection;
use russet_store::{Done, Result, StoreError, TeamNumber};

use crate::change::{Change, FacetNames};
use crate::failure;
use crate::shared::Shared;

/// How many jobs share a commit at most; about 10 ms of work.
const BATCH: usize = 256;

/// Work for the writer.
pub(crate) struct Task {
    /// The team whose data it changes; `None` for what belongs to the deployment.
    pub(crate) team: Option<TeamNumber>,
    /// Returns whether its changes shall be kept.
    pub(crate) work: Work,
    /// Called when that has happened.
    pub(crate) done: Done,
}

/// What a task does.
pub(crate) type Work = Box<dyn FnOnce(&mut Change<'_>) -> bool + Send>;

/// The writer's own state.
pub(crate) struct Writer {
    connection: Connection,
    facet_names: FacetNames,
    // Last, so that the folder is released when the connection is closed.
    shared: Arc<Shared>,
}

impl Writer {
    pub(crate) fn new(connection: Connection, shared: Arc<Shared>) -> Writer {
        Writer { connection, facet_names: FacetNames::default(), shared }
    }

    /// Carries out tasks until no sender is left and the queue is empty.
    pub(crate) fn run(mut self, queue: &Receiver<Task>) {
        while let Ok(first) = queue.recv() {
            let mut tasks = vec![first];
            tasks.extend(queue.try_iter().take(BATCH - 1));
            self.batch(tasks);
        }
        if !self.shared.folder.is_scratch() {
            // What stays in the log is read from there at the next start.
            drop(self.connection.pragma_update(None, "wal_checkpoint", "TRUNCATE"));
        }
    }

    fn batch(&mut self, tasks: Vec<Task>) {
        let mut batch = Batch { changed: BTreeSet::new(), interned: Vec::new(), lost: None };
        let is_alone = tasks.len() == 1;
        if let Err(error) = self.execute("BEGIN IMMEDIATE") {
            batch.lost = Some(error);
        }
        let mut ends: Vec<(Done, Result<()>)> = Vec::with_capacity(tasks.len());
        for Task { team, work, done } in tasks {
            let end = match &batch.lost {
                Some(lost) => Err(lost.clone()),
                None => self.job(team, work, is_alone, &mut batch),
            };
            ends.push((done, end));
        }
        if batch.lost.is_none()
            && let Err(error) = self.execute("COMMIT")
        {
            batch.lost = Some(error);
        }
        if let Some(lost) = batch.lost {
            if !self.connection.is_autocommit() {
                // Where even this fails, the next BEGIN does and says why.
                drop(self.execute("ROLLBACK"));
            }
            self.forget(&batch.interned);
            for (_, end) in &mut ends {
                if end.is_ok() {
                    *end = Err(lost.clone());
                }
            }
        } else {
            batch.changed.iter().for_each(|team| self.shared.grow(*team));
        }
        for (done, end) in ends {
            // A caller that panics has been told; the thread serves the others.
            drop(catch_unwind(AssertUnwindSafe(|| done(end))));
        }
    }

    fn job(
        &mut self,
        team: Option<TeamNumber>,
        work: Work,
        is_alone: bool,
        batch: &mut Batch,
    ) -> Result<()> {
        if !is_alone {
            self.execute("SAVEPOINT job")?;
        }
        let shared = self.shared.clone();
        let mut change = Change::new(&self.connection, &shared, &mut self.facet_names, team);
        let end = catch_unwind(AssertUnwindSafe(|| work(&mut change)));
        let trace = change.finish();
        let verdict = match (end, trace.fault) {
            (Err(panic), _) => Err(self.panicked(panic.as_ref())),
            (Ok(_), Some(fault)) => Err(fault),
            (Ok(is_kept), None) => Ok(is_kept),
        };
        if self.connection.is_autocommit() {
            // SQLite gave up the whole transaction, as it does when the disk is full.
            let lost = verdict.err().unwrap_or_else(|| self.backend("the transaction was lost"));
            batch.interned.extend(trace.interned);
            batch.lost = Some(lost.clone());
            return Err(lost);
        }
        if let Ok(true) = verdict {
            batch.interned.extend(trace.interned);
            batch.changed.extend(team.filter(|_| trace.has_changed));
        } else {
            self.forget(&trace.interned);
        }
        let closed = match (&verdict, is_alone) {
            (Ok(true), true) => Ok(()),
            (Ok(true), false) => self.execute("RELEASE job"),
            (_, true) => self.execute("ROLLBACK").and_then(|()| self.execute("BEGIN IMMEDIATE")),
            (_, false) => {
                self.execute("ROLLBACK TO job").and_then(|()| self.execute("RELEASE job"))
            }
        };
        if let Err(error) = closed {
            batch.lost = Some(error.clone());
            return Err(error);
        }
        verdict.map(|_| ())
    }

    fn forget(&mut self, interned: &[Arc<str>]) {
        self.shared.names.forget(interned);
        self.facet_names.clear();
    }

    fn panicked(&self, panic: &(dyn Any + Send)) -> StoreError {
        let words = panic
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        self.backend(&format!("a write panicked: {}", words.unwrap_or_default()))
    }

    fn backend(&self, why: &str) -> StoreError {
        let place = self.shared.folder.place.clone();
        StoreError::Backend { place, why: why.to_owned() }
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let run = || self.connection.prepare_cached(sql)?.execute(());
        run().map(|_| ()).map_err(|e| failure::of_sqlite(&self.shared.folder.place, &e))
    }
}

/// What the jobs of one commit have in common.
struct Batch {
    /// Teams whose data is changed.
    changed: BTreeSet<TeamNumber>,
    /// Names that the jobs added.
    interned: Vec<Arc<str>>,
    /// Why none of it can be kept.
    lost: Option<StoreError>,
}
