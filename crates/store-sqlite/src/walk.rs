//! Joins along linkages: from the listed record to the ends of a path, or from the ends back.

use crate::condition::Step;
use crate::values::Values;

/// Joined tables and what is known of the records at their end.
#[derive(Debug)]
pub(crate) struct Walk {
    tables: Vec<String>,
    filters: Vec<String>,
    /// The end's id, where it is at hand without a look at `records`.
    id: Option<String>,
    /// The end's number, likewise.
    sequence: Option<String>,
}

impl Walk {
    /// Starts at ids: a table, and its column with them.
    pub(crate) fn from_ids(table: String, id: &str) -> Walk {
        let id = Some(id.to_owned());
        Walk { tables: vec![table], filters: vec!["TRUE".to_owned()], id, sequence: None }
    }

    /// Starts at numbers of records: a table, which of its rows, and its column with them.
    pub(crate) fn from_numbers(table: String, filter: String, sequence: &str) -> Walk {
        let sequence = Some(sequence.to_owned());
        Walk { tables: vec![table], filters: vec![filter], id: None, sequence }
    }

    /// Goes from record `r` along some steps.
    pub(crate) fn along(steps: &[Step], values: &mut Values<'_>) -> Walk {
        let mut walk = Walk {
            tables: Vec::new(),
            filters: Vec::new(),
            id: Some("r.id".to_owned()),
            sequence: Some("r.sequence".to_owned()),
        };
        for step in steps {
            walk.go(*step, values);
        }
        walk
    }

    /// Goes from the end of some steps back to where they start.
    pub(crate) fn back(mut self, steps: &[Step], values: &mut Values<'_>) -> Walk {
        for step in steps.iter().rev() {
            self.go(Step { is_forward: !step.is_forward, ..*step }, values);
        }
        self
    }

    /// Joins a table.
    pub(crate) fn join(&mut self, table: &str, filter: &str) {
        self.tables.push(table.to_owned());
        self.filters.push(filter.to_owned());
    }

    /// The end's id.
    pub(crate) fn id(&mut self) -> String {
        if let Some(id) = &self.id {
            return id.clone();
        }
        let table = format!("q{}", self.tables.len());
        let sequence = self.sequence.clone().unwrap_or_default();
        self.join(&format!("records {table}"), &format!("{table}.sequence = {sequence}"));
        self.id.insert(format!("{table}.id")).clone()
    }

    /// The end's number, which must be of this kind.
    pub(crate) fn sequence(&mut self, kind: i64, values: &mut Values<'_>) -> String {
        if let Some(sequence) = &self.sequence {
            return sequence.clone();
        }
        let table = format!("q{}", self.tables.len());
        let (id, kind) = (self.id.clone().unwrap_or_default(), values.integer(kind));
        self.join(
            &format!("records {table} INDEXED BY records_by_id"),
            &format!("{table}.team = ?1 AND {table}.kind = {kind} AND {table}.id = {id}"),
        );
        self.sequence.insert(format!("{table}.sequence")).clone()
    }

    /// What is at hand of the end, its number before its id, and whether it is the id.
    pub(crate) fn column(&self) -> (bool, &str) {
        match (&self.sequence, &self.id) {
            (Some(sequence), _) => (false, sequence),
            (None, id) => (true, id.as_deref().unwrap_or_default()),
        }
    }

    /// SQL from `FROM` on.
    pub(crate) fn from(&self) -> String {
        format!("{} WHERE {}", self.tables.join(" CROSS JOIN "), self.filters.join(" AND "))
    }

    /// SQL that holds where there is an end that passes a test.
    pub(crate) fn exists(&self, test: &str) -> String {
        format!("EXISTS (SELECT 1 FROM {} AND {test})", self.from())
    }

    fn go(&mut self, step: Step, values: &mut Values<'_>) {
        let here = if step.is_forward {
            format!("from_sequence = {}", self.sequence(step.kind, values))
        } else {
            format!("to_id = {}", self.id())
        };
        let hop = format!("h{}", self.tables.len());
        let relation = values.integer(step.relation);
        self.join(
            &format!("linkages {hop}"),
            &format!("{hop}.team = ?1 AND {hop}.{here} AND {hop}.relation = {relation}"),
        );
        let column = |name: &str| Some(format!("{hop}.{name}"));
        (self.id, self.sequence) = if step.is_forward {
            (column("to_id"), None)
        } else {
            (column("from_id"), column("from_sequence"))
        };
    }
}
