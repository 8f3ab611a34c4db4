//! The numbers that stand for kinds, relations and facet names in every key.
//!
//! All of them are kept in memory: there are a few thousand at most. A name is findable as soon as
//! a job uses it; until its commit no row bears its number, so readers find nothing, and a number
//! is never given to another name while the process runs.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use rusqlite::Connection;

/// All names known to the store.
#[derive(Debug)]
pub(crate) struct Names {
    known: RwLock<Known>,
}

#[derive(Debug)]
struct Known {
    numbers: HashMap<Arc<str>, i64>,
    next: i64,
}

impl Names {
    /// Loads the names that are kept.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Names> {
        let mut statement = connection.prepare("SELECT name, number FROM names")?;
        let numbers: HashMap<Arc<str>, i64> = statement
            .query_map((), |row| Ok((Arc::from(row.get_ref(0)?.as_str()?), row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let next = numbers.values().max().map_or(1, |highest| highest + 1);
        Ok(Names { known: RwLock::new(Known { numbers, next }) })
    }

    /// Returns the number of a name, if it has one.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.known.read().numbers.get(name).copied()
    }

    /// Returns the number of a name and the name to share.
    pub(crate) fn find(&self, name: &str) -> Option<(i64, Arc<str>)> {
        self.known.read().numbers.get_key_value(name).map(|(name, number)| (*number, name.clone()))
    }

    /// Gives a number to a name that has none. Only the writer calls it.
    pub(crate) fn add(&self, name: &Arc<str>) -> i64 {
        let mut known = self.known.write();
        let number = known.next;
        known.next += 1;
        known.numbers.insert(name.clone(), number);
        number
    }

    /// Forgets names whose rows were rolled back.
    pub(crate) fn forget(&self, names: &[Arc<str>]) {
        if names.is_empty() {
            return;
        }
        let mut known = self.known.write();
        for name in names {
            known.numbers.remove(name);
        }
    }
}

/// Returns the kind that stores a relation: the part of its name before the dot.
pub(crate) fn storing_kind(relation: &str) -> &str {
    relation.split_once('.').map_or(relation, |(kind, _)| kind)
}
