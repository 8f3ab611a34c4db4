//! Opens connections and brings the file to the schema that this version knows.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, vtab::array};
use russet_store::{Result, StoreError};

use crate::failure;

/// Marks a file as Russet's: "Rsst" in ASCII. Source: our choice.
const APPLICATION: i32 = 0x5273_7374;

/// Migrations in order; the position of the last one applied, from 1, is the schema number.
const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_records.sql")];

/// How many prepared statements a connection keeps. Lists come in some dozens of shapes.
const STATEMENTS: usize = 96;

/// How far a commit is carried before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// To the disk.
    Disk,
    /// To the operating system; for stores that end with the process.
    Process,
}

/// Opens the connection that writes, and brings the file to the schema of this version.
pub(crate) fn open_writer(file: &Path, place: &str, durability: Durability) -> Result<Connection> {
    let open = || {
        let connection = Connection::open_with_flags(
            file,
            OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        let synchronous = match durability {
            Durability::Disk => "FULL",
            Durability::Process => "OFF",
        };
        // 8 MiB of pages: what a full batch of jobs changes. 16 MiB of log: pages that change
        // often are copied back once for many commits, and a start after a crash stays short.
        connection.execute_batch(&format!(
            "PRAGMA synchronous = {synchronous}; PRAGMA cache_size = -8192; \
             PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 16777216;"
        ))?;
        prepare(&connection)?;
        Ok(connection)
    };
    let mut connection = open().map_err(|e| failure::of_sqlite(place, &e))?;
    // Before anything that would change a file that is not ours.
    let found = identify(&connection, place)?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(|e| failure::of_sqlite(place, &e))?;
    migrate(&mut connection, place, found)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(file: &Path, place: &str) -> Result<Connection> {
    let open = || {
        let connection = Connection::open_with_flags(
            file,
            // Readers of a log write to its index, so they cannot open the file read-only.
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048;")?;
        prepare(&connection)?;
        Ok(connection)
    };
    open().map_err(|e| failure::of_sqlite(place, &e))
}

/// Returns the schema number of the file, 0 for an empty one.
fn identify(connection: &Connection, place: &str) -> Result<u32> {
    let number = |query: &str| -> Result<i64> {
        connection.query_row(query, (), |row| row.get(0)).map_err(|e| failure::of_sqlite(place, &e))
    };
    let application = number("PRAGMA application_id")?;
    let is_empty = number("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)")? == 1;
    if application != i64::from(APPLICATION) && !is_empty {
        let why = "it belongs to another application".to_owned();
        return Err(StoreError::Damaged { place: place.to_owned(), why });
    }
    let found = u32::try_from(number("PRAGMA user_version")?).unwrap_or(u32::MAX);
    if found > known() {
        return Err(StoreError::Newer { place: place.to_owned(), found, known: known() });
    }
    Ok(found)
}

/// Brings the file to the schema that this version knows.
fn migrate(connection: &mut Connection, place: &str, found: u32) -> Result<()> {
    if found == known() {
        return Ok(());
    }
    let mut run = || {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for migration in MIGRATIONS.iter().skip(found as usize) {
            transaction.execute_batch(migration)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", known())?;
        transaction.commit()
    };
    run().map_err(|e| failure::of_sqlite(place, &e))
}

/// The highest schema number that this version knows.
fn known() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;")?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else SQLite plans some statements anew for each value that is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    array::load_module(connection)
}
