//! Writes the SQL of one page, or of one count, of a listing.
//!
//! Pages are cut by key, never by offset. `r` is the listed record, `w` the row that drives the
//! query where that is not a record.

use russet_store::{Direction, Listing, Result};

use crate::condition::{self, Resolved, Step};
use crate::plan::{self, Drive, Key};
use crate::snapshot::Snapshot;
use crate::values::Values;

/// A query with its values.
#[derive(Debug)]
pub(crate) struct Query<'l> {
    pub(crate) sql: String,
    pub(crate) values: Values<'l>,
    /// How many columns after the record's own make the key of a row.
    pub(crate) keys: usize,
}

/// Writes the query of a page; `None` where nothing can match. It asks for one record more than
/// the limit.
pub(crate) fn page<'l>(
    snapshot: &Snapshot<'_>,
    kind: i64,
    listing: &'l Listing<'l>,
    conditions: &[Resolved<'l>],
) -> Result<Option<Query<'l>>> {
    let keys = plan::keys(snapshot, kind, listing)?;
    if conditions.iter().any(|c| matches!(c, Resolved::Never))
        || !listing.after.is_none_or(|after| listing.accepts(after))
    {
        return Ok(None);
    }
    let drive = plan::for_page(snapshot, kind, conditions, keys[0].0, listing.limit)?;
    let needs_record = keys.iter().any(|(key, _)| key.needs_record());
    let mut parts = Parts::start(snapshot, kind, (drive, needs_record), conditions);
    let columns: Vec<String> = keys.iter().map(|(key, _)| parts.column(*key, drive)).collect();
    if let Some(after) = listing.after {
        let filter = parts.after(&keys, &columns, after);
        parts.filters.push(filter);
    }
    let more = i64::try_from(listing.limit).unwrap_or(i64::MAX).saturating_add(1);
    let limit = parts.values.integer(more);
    let (from, filter) = (parts.tables.join(" CROSS JOIN "), parts.filters.join(" AND "));
    let order = directed(&keys, &columns);
    let sql = if matches!(drive, Drive::Set(_)) {
        // Only what is on the page is read in full, not all that is sorted.
        let places: Vec<String> = (1..=columns.len()).map(|at| format!("p.k{at}")).collect();
        let named: Vec<String> =
            columns.iter().enumerate().map(|(at, c)| format!("{c} AS k{}", at + 1)).collect();
        format!(
            "SELECT o.sequence, o.id, o.app, o.attributes, {} FROM \
             (SELECT r.sequence AS sequence, {} FROM {from} WHERE {filter} \
             ORDER BY {order} LIMIT {limit}) p CROSS JOIN records o ON o.sequence = p.sequence \
             ORDER BY {}",
            places.join(", "),
            named.join(", "),
            directed(&keys, &places),
        )
    } else {
        format!(
            "SELECT r.sequence, r.id, r.app, r.attributes, {} FROM {from} WHERE {filter} \
             ORDER BY {order} LIMIT {limit}",
            columns.join(", "),
        )
    };
    Ok(Some(Query { sql, values: parts.values, keys: columns.len() }))
}

/// The columns of an `ORDER BY`.
fn directed(keys: &[(Key, Direction)], columns: &[String]) -> String {
    let directed: Vec<String> = keys
        .iter()
        .zip(columns)
        // A constant is no order, and SQLite would take it for the place of a column.
        .filter(|((key, _), _)| *key != Key::Empty)
        .map(|((_, direction), column)| match direction {
            Direction::Ascending => column.clone(),
            Direction::Descending => format!("{column} DESC"),
        })
        .collect();
    directed.join(", ")
}

/// Writes the query of a count; `None` where nothing can match.
pub(crate) fn count<'l>(
    snapshot: &Snapshot<'_>,
    kind: i64,
    conditions: &[Resolved<'l>],
) -> Result<Option<Query<'l>>> {
    if conditions.iter().any(|c| matches!(c, Resolved::Never)) {
        return Ok(None);
    }
    let drive = plan::for_count(snapshot, kind, conditions)?;
    let mut parts = Parts::start(snapshot, kind, (drive, false), conditions);
    // Each driving row is a record's, so their number is enough where nothing else is asked.
    if matches!(drive, Drive::OneText(_) | Drive::OneEnd(_)) && parts.filters.len() == 1 {
        parts.tables.truncate(1);
    }
    let sql = format!(
        "SELECT count(*) FROM {} WHERE {}",
        parts.tables.join(" CROSS JOIN "),
        parts.filters.join(" AND "),
    );
    Ok(Some(Query { sql, values: parts.values, keys: 0 }))
}

struct Parts<'l> {
    tables: Vec<String>,
    filters: Vec<String>,
    values: Values<'l>,
}

impl<'l> Parts<'l> {
    /// The tables of the drive, and the conditions that it does not see to.
    fn start(
        snapshot: &Snapshot<'_>,
        kind: i64,
        (drive, mut needs_record): (Drive, bool),
        conditions: &[Resolved<'l>],
    ) -> Parts<'l> {
        let mut parts = Parts {
            tables: Vec::new(),
            filters: Vec::new(),
            values: Values::of_team(snapshot.team),
        };
        let driver = drive.condition().map(|at| &conditions[at]);
        needs_record |= conditions
            .iter()
            .enumerate()
            .any(|(at, condition)| drive.condition() != Some(at) && condition.needs_record());
        match drive {
            Drive::Kind => parts.all("records_by_kind", kind),
            Drive::KindById => parts.all("records_by_id", kind),
            Drive::FacetOrder(name) => {
                let (kind, name) = (parts.values.integer(kind), parts.values.integer(name));
                parts.tables.push("facets w".to_owned());
                parts.tables.push("records r ON r.sequence = w.sequence".to_owned());
                parts.filters.push(format!(
                    "w.team = ?1 AND w.kind = {kind} AND w.name = {name} AND w.repeated = 0"
                ));
            }
            Drive::Set(_) => {
                if let Some(set) = driver.and_then(|c| condition::set(c, &mut parts.values)) {
                    parts.set(kind, &set, needs_record);
                }
            }
            Drive::OneText(_) => parts.one_text(driver),
            Drive::OneEnd(_) => parts.one_end(driver),
            Drive::Position(_) => parts.position(kind, driver),
        }
        for (at, condition) in conditions.iter().enumerate() {
            if drive.condition() != Some(at)
                && let Some(probe) = condition::probe(condition, &mut parts.values)
            {
                parts.filters.push(probe);
            }
        }
        parts
    }

    fn all(&mut self, index: &str, kind: i64) {
        let kind = self.values.integer(kind);
        self.tables.push(format!("records r INDEXED BY {index}"));
        self.filters.push(format!("r.team = ?1 AND r.kind = {kind}"));
    }

    fn set(&mut self, kind: i64, set: &condition::Set, needs_record: bool) {
        let select = &set.select;
        if set.by_id {
            self.all("records_by_id", kind);
            self.filters.push(format!("r.id IN ({select})"));
        } else if needs_record {
            self.tables.push("records r NOT INDEXED".to_owned());
            self.filters.push(format!("r.sequence IN ({select})"));
        } else {
            self.tables.push(format!("(SELECT DISTINCT sequence FROM ({select})) r"));
            self.filters.push("TRUE".to_owned());
        }
    }

    fn one_text(&mut self, driver: Option<&Resolved<'l>>) {
        let Some(Resolved::Facet { kind, name, test: russet_store::Test::AnyOf(texts), .. }) =
            driver
        else {
            return;
        };
        let (kind, name) = (self.values.integer(*kind), self.values.integer(*name));
        let text = self.values.any_of(texts);
        self.tables.push("facets w".to_owned());
        self.tables.push("records r ON r.sequence = w.sequence".to_owned());
        self.filters
            .push(format!("w.team = ?1 AND w.kind = {kind} AND w.name = {name} AND w.text {text}"));
    }

    fn one_end(&mut self, driver: Option<&Resolved<'l>>) {
        let Some(Resolved::Linked { steps, ids }) = driver else { return };
        let [Step { relation, .. }] = steps.as_slice() else { return };
        let (relation, id) = (self.values.integer(*relation), self.values.any_of(ids));
        self.tables.push("linkages w".to_owned());
        self.tables.push("records r ON r.sequence = w.from_sequence".to_owned());
        self.filters.push(format!("w.team = ?1 AND w.to_id {id} AND w.relation = {relation}"));
    }

    fn position(&mut self, kind: i64, driver: Option<&Resolved<'l>>) {
        let Some(Resolved::Linked { steps, ids }) = driver else { return };
        let [Step { relation, kind: from, .. }] = steps.as_slice() else { return };
        let (relation, from) = (self.values.integer(*relation), self.values.integer(*from));
        let (id, kind) = (self.values.any_of(ids), self.values.integer(kind));
        self.tables.push("linkages w INDEXED BY linkages_forward".to_owned());
        self.tables.push(format!(
            "records r INDEXED BY records_by_id \
             ON r.team = ?1 AND r.kind = {kind} AND r.id = w.to_id"
        ));
        self.filters.push(format!(
            "w.team = ?1 AND w.relation = {relation} AND w.from_sequence = \
             (SELECT n.sequence FROM records n WHERE n.team = ?1 AND n.kind = {from} AND n.id {id})"
        ));
    }

    /// The column or expression of a key, with the tables that it needs.
    fn column(&mut self, key: Key, drive: Drive) -> String {
        match (key, drive) {
            (Key::Position, _) => "w.position".to_owned(),
            (Key::Id, _) => "r.id".to_owned(),
            (Key::Empty, _) => "''".to_owned(),
            // The driving row's own column lets the index give the order.
            (Key::Sequence, Drive::FacetOrder(_) | Drive::OneText(_)) => "w.sequence".to_owned(),
            (Key::Sequence, Drive::OneEnd(_)) => "w.from_sequence".to_owned(),
            (Key::Sequence, _) => "r.sequence".to_owned(),
            (Key::Facet(name), Drive::FacetOrder(driving)) if name == driving => {
                "w.text".to_owned()
            }
            (Key::Facet(name), _) => {
                let table = format!("k{}", self.tables.len());
                let name = self.values.integer(name);
                self.tables.push(format!(
                    "facets {table} INDEXED BY facets_by_record ON {table}.team = ?1 AND \
                     {table}.sequence = r.sequence AND {table}.name = {name} \
                     AND {table}.repeated = 0"
                ));
                format!("{table}.text")
            }
            (Key::FacetOf(step, kind, name), _) => {
                condition::facet_text(step, (kind, name), &mut self.values)
            }
        }
    }

    /// The restriction to what comes after a key.
    fn after(
        &mut self,
        keys: &[(Key, Direction)],
        columns: &[String],
        after: &'l [String],
    ) -> String {
        let places: Vec<String> = keys
            .iter()
            .zip(after)
            .map(|((key, _), value)| match (key, value.parse()) {
                (Key::Position | Key::Sequence, Ok(number)) => self.values.integer(number),
                _ => self.values.text(value.as_str()),
            })
            .collect();
        let beyond = |direction: Direction| match direction {
            Direction::Ascending => ">",
            Direction::Descending => "<",
        };
        let first = keys[0].1;
        if keys.iter().all(|(_, direction)| *direction == first) {
            // An index can start at a row value.
            let compare = beyond(first);
            return format!("({}) {compare} ({})", columns.join(", "), places.join(", "));
        }
        let mut nested = String::from("FALSE");
        for (((_, direction), column), place) in keys.iter().zip(columns).zip(&places).rev() {
            let compare = beyond(*direction);
            nested = format!("({column} {compare} {place} OR ({column} = {place} AND {nested}))");
        }
        let (column, place, compare) = (&columns[0], &places[0], beyond(first));
        format!("{column} {compare}= {place} AND {nested}")
    }
}
