//! Changes of linkages, with the counters of both directions.

use std::collections::HashSet;

use rusqlite::{OptionalExtension as _, params};
use russet_store::Result;

use crate::change::Change;
use crate::names::storing_kind;

/// The end that a linkage comes from.
#[derive(Debug, Clone, Copy)]
struct From<'a> {
    relation: i64,
    sequence: i64,
    id: &'a str,
}

/// Adds a linkage as the last one.
pub(crate) fn add(change: &mut Change<'_>, relation: &str, from: &str, to: &str) -> Result<()> {
    let from = linking(change, relation, from)?;
    change.run(|change| {
        let position: Option<i64> = change
            .connection
            .prepare_cached(
                "SELECT position FROM linkages INDEXED BY linkages_forward WHERE team = ?1 \
                 AND from_sequence = ?2 AND relation = ?3 ORDER BY position DESC LIMIT 1",
            )?
            .query_row(params![change.team, from.sequence, from.relation], |row| row.get(0))
            .optional()?;
        if insert(change, from, to, position.map_or(0, |last| last + 1))? {
            count_forward(change, from, 1)?;
            count_backward(change, from.relation, to, 1)?;
        }
        Ok(())
    })
}

/// Removes a linkage.
pub(crate) fn remove(change: &mut Change<'_>, relation: &str, from: &str, to: &str) -> Result<()> {
    if change.number(relation).is_none() {
        return Ok(());
    }
    let Some(kind) = change.number(storing_kind(relation)) else { return Ok(()) };
    change.run(|change| {
        let Some(sequence) = change.sequence(kind, from)? else { return Ok(()) };
        let relation = change.intern(relation)?;
        let from = From { relation, sequence, id: from };
        if delete(change, from, to)? {
            count_forward(change, from, -1)?;
            count_backward(change, relation, to, -1)?;
        }
        Ok(())
    })
}

/// Makes `to` all that there is, in this order.
pub(crate) fn replace(
    change: &mut Change<'_>,
    relation: &str,
    from: &str,
    to: &[&str],
) -> Result<()> {
    let from = linking(change, relation, from)?;
    let mut seen = HashSet::new();
    let wanted: Vec<&str> = to.iter().copied().filter(|id| seen.insert(*id)).collect();
    change.run(|change| {
        let present: Vec<String> = change
            .connection
            .prepare_cached(
                "SELECT to_id FROM linkages INDEXED BY linkages_forward WHERE team = ?1 \
                 AND from_sequence = ?2 AND relation = ?3 ORDER BY position",
            )?
            .query_map(params![change.team, from.sequence, from.relation], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        if present == wanted {
            return Ok(());
        }
        for id in &present {
            delete(change, from, id)?;
            if !seen.contains(id.as_str()) {
                count_backward(change, from.relation, id, -1)?;
            }
        }
        let before: HashSet<&str> = present.iter().map(String::as_str).collect();
        for (position, id) in (0_i64..).zip(&wanted) {
            insert(change, from, id, position)?;
            if !before.contains(id) {
                count_backward(change, from.relation, id, 1)?;
            }
        }
        let length = |ids: usize| i64::try_from(ids).unwrap_or(i64::MAX);
        count_forward(change, from, length(wanted.len()) - length(present.len()))
    })
}

/// Removes every linkage from a record, and those to it: all, or those of some relations.
pub(crate) fn remove_all(
    change: &mut Change<'_>,
    id: &str,
    sequence: i64,
    relations: Option<&[&str]>,
) -> rusqlite::Result<()> {
    for sql in [
        "UPDATE backward_counts SET total = total - 1 WHERE team = ?1 AND (to_id, relation) IN \
         (SELECT to_id, relation FROM linkages INDEXED BY linkages_forward \
         WHERE team = ?1 AND from_sequence = ?2)",
        "DELETE FROM linkages WHERE (team, to_id, relation, from_sequence) IN \
         (SELECT team, to_id, relation, from_sequence FROM linkages INDEXED BY linkages_forward \
         WHERE team = ?1 AND from_sequence = ?2)",
        "DELETE FROM forward_counts WHERE team = ?1 AND from_sequence = ?2",
    ] {
        change.connection.prepare_cached(sql)?.execute(params![change.team, sequence])?;
    }
    let naming: Vec<i64> = match relations {
        Some(names) => names.iter().filter_map(|name| change.number(name)).collect(),
        None => change
            .connection
            .prepare_cached(
                "SELECT DISTINCT relation FROM linkages WHERE team = ?1 AND to_id = ?2",
            )?
            .query_map(params![change.team, id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?,
    };
    for relation in naming {
        for sql in [
            "UPDATE forward_counts SET total = total - 1 WHERE team = ?1 AND relation = ?3 \
             AND from_sequence IN (SELECT from_sequence FROM linkages \
             WHERE team = ?1 AND to_id = ?2 AND relation = ?3)",
            "DELETE FROM linkages WHERE team = ?1 AND to_id = ?2 AND relation = ?3",
            "DELETE FROM backward_counts WHERE team = ?1 AND to_id = ?2 AND relation = ?3",
        ] {
            change.connection.prepare_cached(sql)?.execute(params![change.team, id, relation])?;
        }
    }
    Ok(())
}

/// Finds the record that a linkage comes from. Refuses where there is none: such a linkage would
/// outlive its record.
fn linking<'a>(change: &mut Change<'_>, relation: &str, id: &'a str) -> Result<From<'a>> {
    let kind = storing_kind(relation);
    let found = change.run(|change| {
        let number = change.intern(kind)?;
        let Some(sequence) = change.sequence(number, id)? else { return Ok(None) };
        Ok(Some(From { relation: change.intern(relation)?, sequence, id }))
    })?;
    found.ok_or_else(|| change.refuse(format!("{kind} {id} is not there, so {relation} cannot be")))
}

fn insert(
    change: &mut Change<'_>,
    from: From<'_>,
    to: &str,
    position: i64,
) -> rusqlite::Result<bool> {
    let added = change
        .connection
        .prepare_cached(
            "INSERT INTO linkages (team, to_id, relation, from_sequence, from_id, position) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )?
        .execute(params![change.team, to, from.relation, from.sequence, from.id, position])?;
    Ok(note(change, added))
}

fn delete(change: &mut Change<'_>, from: From<'_>, to: &str) -> rusqlite::Result<bool> {
    let removed = change
        .connection
        .prepare_cached(
            "DELETE FROM linkages WHERE team = ?1 AND to_id = ?2 AND relation = ?3 \
             AND from_sequence = ?4",
        )?
        .execute(params![change.team, to, from.relation, from.sequence])?;
    Ok(note(change, removed))
}

/// Notes whether rows were changed, and returns it.
fn note(change: &mut Change<'_>, rows: usize) -> bool {
    if rows > 0 {
        change.has_changed();
    }
    rows > 0
}

fn count_forward(change: &mut Change<'_>, from: From<'_>, added: i64) -> rusqlite::Result<()> {
    change
        .connection
        .prepare_cached(
            "INSERT INTO forward_counts (team, from_sequence, relation, total) \
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET total = total + ?4",
        )?
        .execute(params![change.team, from.sequence, from.relation, added])?;
    Ok(())
}

fn count_backward(
    change: &mut Change<'_>,
    relation: i64,
    to: &str,
    added: i64,
) -> rusqlite::Result<()> {
    change
        .connection
        .prepare_cached(
            "INSERT INTO backward_counts (team, to_id, relation, total) \
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET total = total + ?4",
        )?
        .execute(params![change.team, to, relation, added])?;
    Ok(())
}
