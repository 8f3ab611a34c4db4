//! The SQLite store keeps every promise of the traits.

use std::sync::Arc;

use russet_store::{Store, conformance};
use russet_store_sqlite::SqliteStore;

#[test]
fn sqlite_keeps_every_promise() {
    conformance::run(&|| -> Arc<dyn Store> {
        Arc::new(SqliteStore::in_memory().expect("a store opens"))
    });
}
