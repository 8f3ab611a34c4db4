//! The thorough check of a store, for `russet doctor`.

use russet_store::Result;

use crate::SqliteStore;

/// Each finds rows that break a promise of the schema, and says which.
const PROMISES: &[(&str, &str)] = &[
    (
        "a total of records is wrong",
        "SELECT 1 FROM record_counts c WHERE c.total <> (SELECT count(*) FROM records r \
         WHERE r.team = c.team AND r.kind = c.kind) LIMIT 1",
    ),
    (
        "a total of linkages from a record is wrong",
        "SELECT 1 FROM forward_counts c WHERE c.total <> (SELECT count(*) FROM linkages l \
         INDEXED BY linkages_forward WHERE l.team = c.team AND l.from_sequence = c.from_sequence \
         AND l.relation = c.relation) LIMIT 1",
    ),
    (
        "a total of linkages to a record is wrong",
        "SELECT 1 FROM backward_counts c WHERE c.total <> (SELECT count(*) FROM linkages l \
         WHERE l.team = c.team AND l.to_id = c.to_id AND l.relation = c.relation) LIMIT 1",
    ),
    (
        "a linkage comes from a record that is not there",
        "SELECT 1 FROM linkages l WHERE NOT EXISTS (SELECT 1 FROM records r \
         WHERE r.sequence = l.from_sequence AND r.team = l.team AND r.id = l.from_id) LIMIT 1",
    ),
    (
        "a facet belongs to a record that is not there",
        "SELECT 1 FROM facets f WHERE NOT EXISTS (SELECT 1 FROM records r \
         WHERE r.sequence = f.sequence AND r.team = f.team AND r.kind = f.kind) LIMIT 1",
    ),
    (
        "a record lacks a facet that its kind has",
        "SELECT 1 FROM facet_names n JOIN records r ON r.team = n.team AND r.kind = n.kind \
         WHERE NOT EXISTS (SELECT 1 FROM facets f WHERE f.team = n.team \
         AND f.sequence = r.sequence AND f.name = n.name AND f.repeated = 0) LIMIT 1",
    ),
];

impl SqliteStore {
    /// Reads the whole file and returns what is wrong with it, nothing where all is well.
    ///
    /// Takes about a second for each gigabyte.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>> {
        self.pool.query(|connection| {
            let mut found: Vec<String> = connection
                .prepare("PRAGMA integrity_check")?
                .query_map((), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            found.retain(|line| line != "ok");
            for (broken, sql) in PROMISES {
                if connection.prepare(sql)?.exists(())? {
                    found.push((*broken).to_owned());
                }
            }
            Ok(found)
        })
    }
}
