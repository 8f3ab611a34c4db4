//! Turns what SQLite and the file system report into [`StoreError`]s.

use std::io;

use rusqlite::ErrorCode;
use russet_store::StoreError;

/// Turns an error of SQLite's into the store's.
pub(crate) fn of_sqlite(place: &str, error: &rusqlite::Error) -> StoreError {
    let place = place.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { place },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { place, why: words(error) }
        }
        _ => StoreError::Backend { place, why: words(error) },
    }
}

/// Turns an error of the file system's into the store's.
pub(crate) fn of_file(place: &str, error: &io::Error) -> StoreError {
    let place = place.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { place },
        _ => StoreError::Backend { place, why: error.to_string() },
    }
}

/// SQLite's own words; `rusqlite` prints some of them twice.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}
