//! Turns what SQLite and the file system report into [`StoreError`]s.

use std::io;

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_WRITE;
use russet_store::StoreError;

/// What to do where this user may not write.
const CLOSED: &str = "make it writable for this user, or choose another folder with --data";

/// What to do where writing failed though the disk did not say that it is full.
const UNWRITTEN: &str = "free some space, lift the limit on file sizes, or check the disk";

/// Turns an error of SQLite's into the store's.
pub(crate) fn of_sqlite(place: &str, error: &rusqlite::Error) -> StoreError {
    let place = place.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { place },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { place, why: words(error) }
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::Backend { place, why: format!("{}; {CLOSED}", words(error)) }
        }
        _ if error.sqlite_extended_error_code() == Some(SQLITE_IOERR_WRITE) => {
            StoreError::Backend { place, why: format!("{}; {UNWRITTEN}", words(error)) }
        }
        _ => StoreError::Backend { place, why: words(error) },
    }
}

/// Turns an error of the file system's into the store's.
pub(crate) fn of_file(place: &str, error: &io::Error) -> StoreError {
    let place = place.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { place },
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists => {
            StoreError::Backend { place, why: format!("{error}; {CLOSED}") }
        }
        io::ErrorKind::FileTooLarge => {
            StoreError::Backend { place, why: format!("{error}; {UNWRITTEN}") }
        }
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
