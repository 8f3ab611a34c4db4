//! Conditions as SQL, in two forms: a *probe* that holds or does not for the record at hand (`r`),
//! and a *set* of all records for which it holds, found from the condition's own end. What drives
//! a query is a set or an order; everything else is probed (`plan.rs`).

use russet_store::{Condition, Edge, Result, Test};

use crate::names::storing_kind;
use crate::snapshot::Snapshot;
use crate::values::Values;

/// A condition with its names resolved.
#[derive(Debug)]
pub(crate) enum Resolved<'l> {
    /// Holds for every record.
    Always,
    /// Holds for none.
    Never,
    /// The id is one of these.
    Id(&'l [String]),
    /// The app is one of these or none.
    Apps(&'l [String]),
    /// A facet of the record at the end of the steps passes the test.
    Facet { steps: Vec<Step>, kind: i64, name: i64, test: &'l Test },
    /// There is a record of this kind at the end of the steps.
    Record { steps: Vec<Step>, kind: i64 },
    /// The end of the steps is one of these ids.
    Linked { steps: Vec<Step>, ids: &'l [String] },
    /// There is, or is not, anything at the end of the steps.
    Exists { steps: Vec<Step>, present: bool },
}

/// A hop with its names resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) is_forward: bool,
    pub(crate) relation: i64,
    /// The kind that stores the relation.
    pub(crate) kind: i64,
}

/// Resolves a condition's names.
pub(crate) fn resolve<'l>(
    snapshot: &Snapshot<'_>,
    listed: i64,
    condition: &'l Condition<'_>,
) -> Result<Resolved<'l>> {
    Ok(match condition {
        Condition::Id(ids) if ids.is_empty() => Resolved::Never,
        Condition::Id(ids) => Resolved::Id(ids),
        Condition::Apps(apps) => Resolved::Apps(apps),
        Condition::Linked { path, ids } => match steps(snapshot, path) {
            Some(steps) if !ids.is_empty() => Resolved::Linked { steps, ids },
            _ => Resolved::Never,
        },
        Condition::Exists { path, present } => match steps(snapshot, path) {
            Some(steps) => Resolved::Exists { steps, present: *present },
            None if *present => Resolved::Never,
            None => Resolved::Always,
        },
        Condition::Facet { path, kind, name, test } => {
            facet(snapshot, listed, path, (kind, name), test)?
        }
    })
}

/// Resolves hops; `None` where one of them was never stored.
pub(crate) fn steps(snapshot: &Snapshot<'_>, path: &[Edge<'_>]) -> Option<Vec<Step>> {
    path.iter().map(|edge| step(snapshot, *edge)).collect()
}

/// Resolves one hop.
pub(crate) fn step(snapshot: &Snapshot<'_>, edge: Edge<'_>) -> Option<Step> {
    let (is_forward, name) = match edge {
        Edge::Forward(name) => (true, name),
        Edge::Backward(name) => (false, name),
    };
    let relation = snapshot.names.number(name)?;
    let kind = snapshot.names.number(storing_kind(name))?;
    Some(Step { is_forward, relation, kind })
}

fn facet<'l>(
    snapshot: &Snapshot<'_>,
    listed: i64,
    path: &[Edge<'_>],
    (kind, name): (&str, &str),
    test: &'l Test,
) -> Result<Resolved<'l>> {
    let (Some(steps), Some(kind)) = (steps(snapshot, path), snapshot.names.number(kind)) else {
        return Ok(Resolved::Never);
    };
    // What is reached against a relation's direction is of the kind that stores it.
    let reached = match steps.last() {
        None => Some(listed),
        Some(last) => (!last.is_forward).then_some(last.kind),
    };
    if reached.is_some_and(|reached| reached != kind) {
        return Ok(Resolved::Never);
    }
    if let Some(name) = snapshot.facet_name(kind, name)? {
        return Ok(Resolved::Facet { steps, kind, name, test });
    }
    // No record of the kind has this facet: all of them count as having the empty text.
    Ok(match (passes_empty(test), steps.is_empty()) {
        (false, _) => Resolved::Never,
        (true, true) => Resolved::Always,
        (true, false) => Resolved::Record { steps, kind },
    })
}

fn passes_empty(test: &Test) -> bool {
    match test {
        Test::AnyOf(texts) | Test::Contains(texts) => texts.iter().any(String::is_empty),
        Test::Present(present) => !present,
        Test::AtLeast(_) | Test::LessThan(_) => false,
    }
}

/// Returns SQL that holds when the condition does for record `r`; `None` where it always does.
pub(crate) fn probe<'l>(condition: &Resolved<'l>, values: &mut Values<'l>) -> Option<String> {
    Some(match condition {
        Resolved::Always => return None,
        Resolved::Never => "FALSE".to_owned(),
        Resolved::Id(ids) => format!("r.id {}", values.any_of(ids)),
        Resolved::Apps(apps) => format!("(r.app IS NULL OR r.app {})", values.any_of(apps)),
        Resolved::Facet { steps, kind, name, test } if steps.is_empty() => {
            facet_probe("r.sequence", (*kind, *name), test, values)
        }
        Resolved::Facet { steps, kind, name, test } => {
            let mut walk = Walk::along(steps, values);
            let sequence = walk.sequence(*kind, values);
            let test = facet_probe(&sequence, (*kind, *name), test, values);
            walk.exists(&test)
        }
        Resolved::Record { steps, kind } => {
            let mut walk = Walk::along(steps, values);
            let sequence = walk.sequence(*kind, values);
            walk.exists(&format!("{sequence} IS NOT NULL"))
        }
        Resolved::Linked { steps, ids } => {
            let walk = Walk::along(steps, values);
            let any_of = values.any_of(ids);
            let test = match (steps.last(), &walk.sequence) {
                // The key holds the number of the linking record, not its id.
                (Some(last), Some(sequence)) if !last.is_forward => {
                    format!("{sequence} {}", numbered(last.kind, &any_of, values))
                }
                _ => format!("{} {any_of}", walk.id),
            };
            walk.exists(&test)
        }
        Resolved::Exists { steps, present } => {
            let exists = Walk::along(steps, values).exists("TRUE");
            if *present { exists } else { format!("NOT {exists}") }
        }
    })
}

/// SQL for the sequence numbers of the records of a kind with some ids.
fn numbered(kind: i64, any_of: &str, values: &mut Values<'_>) -> String {
    let kind = values.integer(kind);
    // One id is looked up once; `IN` would make a table of it for every row.
    let compare = if any_of.starts_with('=') { "=" } else { "IN" };
    format!(
        "{compare} (SELECT n.sequence FROM records n INDEXED BY records_by_id \
         WHERE n.team = ?1 AND n.kind = {kind} AND n.id {any_of})"
    )
}

fn facet_probe<'l>(
    sequence: &str,
    (kind, name): (i64, i64),
    test: &'l Test,
    values: &mut Values<'l>,
) -> String {
    let name = values.integer(name);
    let of_record = |test: &str| {
        format!(
            "EXISTS (SELECT 1 FROM facets t INDEXED BY facets_by_record \
             WHERE t.team = ?1 AND t.sequence = {sequence} AND t.name = {name} AND {test})"
        )
    };
    match test {
        Test::AnyOf(texts) => {
            let kind = values.integer(kind);
            format!(
                "EXISTS (SELECT 1 FROM facets t WHERE t.team = ?1 AND t.kind = {kind} \
                 AND t.name = {name} AND t.text {} AND t.sequence = {sequence})",
                values.any_of(texts)
            )
        }
        Test::Contains(needles) => {
            let any: Vec<String> = needles
                .iter()
                .map(|needle| values.text(needle.to_ascii_lowercase()))
                .map(|place| format!("instr(lower(t.text), {place}) > 0"))
                .collect();
            if any.is_empty() {
                "FALSE".to_owned()
            } else {
                of_record(&format!("({})", any.join(" OR ")))
            }
        }
        Test::Present(true) => of_record("t.text > ''"),
        Test::Present(false) => format!("NOT {}", of_record("t.text > ''")),
        Test::AtLeast(_) | Test::LessThan(_) => of_record(&range("t.text", test, values)),
    }
}

/// SQL for the tests that are a range of texts. A record without a value is in none.
fn range<'l>(column: &str, test: &'l Test, values: &mut Values<'l>) -> String {
    match test {
        Test::AtLeast(least) if !least.is_empty() => {
            format!("{column} >= {}", values.text(least.as_str()))
        }
        Test::LessThan(bound) => {
            format!("{column} > '' AND {column} < {}", values.text(bound.as_str()))
        }
        _ => format!("{column} > ''"),
    }
}

/// The tables between record `r` and the end of some steps.
struct Walk {
    tables: Vec<String>,
    filters: Vec<String>,
    /// The end's id.
    id: String,
    /// The end's number, where it is at hand without a look at `records`.
    sequence: Option<String>,
}

impl Walk {
    /// From record `r` along some steps.
    fn along(steps: &[Step], values: &mut Values<'_>) -> Walk {
        let mut walk = Walk {
            tables: Vec::new(),
            filters: Vec::new(),
            id: "r.id".to_owned(),
            sequence: Some("r.sequence".to_owned()),
        };
        steps.iter().for_each(|step| walk.go(*step, values));
        walk
    }

    /// From the end of some steps back to where they start.
    fn back(mut self, steps: &[Step], values: &mut Values<'_>) -> Walk {
        for step in steps.iter().rev() {
            self.go(Step { is_forward: !step.is_forward, ..*step }, values);
        }
        self
    }

    fn go(&mut self, step: Step, values: &mut Values<'_>) {
        let here = if step.is_forward {
            format!("from_sequence = {}", self.sequence(step.kind, values))
        } else {
            format!("to_id = {}", self.id)
        };
        let hop = format!("h{}", self.tables.len());
        let relation = values.integer(step.relation);
        self.tables.push(format!("linkages {hop}"));
        self.filters
            .push(format!("{hop}.team = ?1 AND {hop}.{here} AND {hop}.relation = {relation}"));
        self.id = format!("{hop}.{}", if step.is_forward { "to_id" } else { "from_id" });
        self.sequence = (!step.is_forward).then(|| format!("{hop}.from_sequence"));
    }

    /// The end's number, which must be of this kind.
    fn sequence(&mut self, kind: i64, values: &mut Values<'_>) -> String {
        if let Some(sequence) = &self.sequence {
            return sequence.clone();
        }
        let table = format!("q{}", self.tables.len());
        let kind = values.integer(kind);
        self.tables.push(format!("records {table} INDEXED BY records_by_id"));
        self.filters.push(format!(
            "{table}.team = ?1 AND {table}.kind = {kind} AND {table}.id = {}",
            self.id
        ));
        let sequence = format!("{table}.sequence");
        self.sequence = Some(sequence.clone());
        sequence
    }

    fn exists(&self, test: &str) -> String {
        let (tables, filters) = (self.tables.join(" CROSS JOIN "), self.filters.join(" AND "));
        format!("EXISTS (SELECT 1 FROM {tables} WHERE {filters} AND {test})")
    }
}

/// SQL for the text of a facet of the first record at the end of a step, empty where there is
/// none.
pub(crate) fn facet_text(step: Step, (kind, name): (i64, i64), values: &mut Values<'_>) -> String {
    let mut walk = Walk::along(&[step], values);
    let sequence = walk.sequence(kind, values);
    let name = values.integer(name);
    let (tables, filters) = (walk.tables.join(" CROSS JOIN "), walk.filters.join(" AND "));
    let order = if step.is_forward { "position" } else { "from_sequence" };
    format!(
        "coalesce((SELECT t.text FROM {tables} CROSS JOIN facets t INDEXED BY facets_by_record \
         WHERE {filters} AND t.team = ?1 AND t.sequence = {sequence} AND t.name = {name} \
         AND t.repeated = 0 ORDER BY h0.{order} LIMIT 1), '')"
    )
}

/// All records for which a condition holds.
#[derive(Debug)]
pub(crate) struct Set {
    /// Whether it gives ids (else sequence numbers).
    pub(crate) by_id: bool,
    /// `SELECT` of them, perhaps with repetitions; it can be cut short.
    pub(crate) select: String,
}

/// Returns the set for which a condition holds; `None` where it can only be probed.
pub(crate) fn set<'l>(condition: &Resolved<'l>, values: &mut Values<'l>) -> Option<Set> {
    let (end, steps) = match condition {
        Resolved::Id(ids) => (listed_ids(ids, values), &[] as &[Step]),
        Resolved::Linked { steps, ids } => (listed_ids(ids, values), steps.as_slice()),
        Resolved::Facet { steps, kind, name, test } => {
            (with_facet((*kind, *name), test, values)?, steps.as_slice())
        }
        _ => return None,
    };
    let mut walk = end;
    if steps.last().is_some_and(|last| last.is_forward) && walk.id.is_empty() {
        walk.tables.push("records e ON e.sequence = t.sequence".to_owned());
        walk.id = "e.id".to_owned();
    }
    let walk = walk.back(steps, values);
    let column = walk.sequence.as_ref().unwrap_or(&walk.id);
    let select = format!(
        "SELECT {column} FROM {} WHERE {}",
        walk.tables.join(" CROSS JOIN "),
        walk.filters.join(" AND ")
    );
    Some(Set { by_id: walk.sequence.is_none(), select })
}

/// Records known by their ids.
fn listed_ids(ids: &[String], values: &mut Values<'_>) -> Walk {
    Walk {
        tables: vec![format!("rarray({}) a", values.list(ids))],
        filters: vec!["TRUE".to_owned()],
        id: "a.value".to_owned(),
        sequence: None,
    }
}

/// Records with a facet, known by their numbers only.
fn with_facet<'l>(
    (kind, name): (i64, i64),
    test: &'l Test,
    values: &mut Values<'l>,
) -> Option<Walk> {
    let (kind, name) = (values.integer(kind), values.integer(name));
    let test = match test {
        Test::AnyOf(texts) => format!("t.text {}", values.any_of(texts)),
        Test::AtLeast(_) | Test::LessThan(_) => range("t.text", test, values),
        Test::Contains(_) | Test::Present(_) => return None,
    };
    Some(Walk {
        tables: vec!["facets t".to_owned()],
        filters: vec![format!("t.team = ?1 AND t.kind = {kind} AND t.name = {name} AND {test}")],
        id: String::new(),
        sequence: Some("t.sequence".to_owned()),
    })
}
