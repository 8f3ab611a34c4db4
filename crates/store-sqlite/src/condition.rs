//! Conditions as SQL, in two forms: a *probe* that holds or does not for the record at hand (`r`),
//! and a *set* of all records for which it holds, found from the condition's own end. What drives
//! a query is a set or an order; everything else is probed (`plan.rs`).

use russet_store::{Condition, Edge, Result, Test};

use crate::names::storing_kind;
use crate::snapshot::Snapshot;
use crate::values::Values;
use crate::walk::Walk;

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
        Condition::Linked { path, ids } => match steps(snapshot, listed, path) {
            Some(steps) if !ids.is_empty() => Resolved::Linked { steps, ids },
            _ => Resolved::Never,
        },
        Condition::Exists { path, present } => match steps(snapshot, listed, path) {
            Some(steps) => Resolved::Exists { steps, present: *present },
            None if *present => Resolved::Never,
            None => Resolved::Always,
        },
        Condition::Facet { path, kind, name, test } => {
            facet(snapshot, listed, path, (kind, name), test)?
        }
    })
}

/// Resolves hops; `None` where one of them was never stored, or is another kind's to store.
fn steps(snapshot: &Snapshot<'_>, listed: i64, path: &[Edge<'_>]) -> Option<Vec<Step>> {
    let steps: Vec<Step> = path.iter().map(|edge| step(snapshot, *edge)).collect::<Option<_>>()?;
    let is_own = steps.first().is_none_or(|first| !first.is_forward || first.kind == listed);
    is_own.then_some(steps)
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
    let (Some(steps), Some(kind)) = (steps(snapshot, listed, path), snapshot.names.number(kind))
    else {
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

impl Resolved<'_> {
    /// Whether a probe looks at more of the record than its number.
    pub(crate) fn needs_record(&self) -> bool {
        match self {
            Resolved::Always | Resolved::Never => false,
            Resolved::Id(_) | Resolved::Apps(_) => true,
            Resolved::Facet { steps, .. }
            | Resolved::Record { steps, .. }
            | Resolved::Linked { steps, .. }
            | Resolved::Exists { steps, .. } => steps.first().is_some_and(|s| !s.is_forward),
        }
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
            let mut walk = Walk::along(steps, values);
            let any_of = values.any_of(ids);
            let test = match steps.last() {
                // The key holds the number of the linking record, not its id.
                Some(last) if !last.is_forward => {
                    let numbers = numbered(last.kind, &any_of, values);
                    format!("{} {numbers}", walk.sequence(last.kind, values))
                }
                _ => format!("{} {any_of}", walk.id()),
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
        Test::Contains(_) => of_record(&contains("t.text", test, values)),
        Test::Present(true) => of_record("t.text > ''"),
        Test::Present(false) => format!("NOT {}", of_record("t.text > ''")),
        Test::AtLeast(_) | Test::LessThan(_) => of_record(&range("t.text", test, values)),
    }
}

/// SQL for the test that looks into texts.
fn contains<'l>(column: &str, test: &'l Test, values: &mut Values<'l>) -> String {
    let Test::Contains(needles) = test else { return "FALSE".to_owned() };
    let tests: Vec<String> = needles
        .iter()
        .map(|needle| values.text(needle.to_ascii_lowercase()))
        .map(|place| format!("instr(lower({column}), {place}) > 0"))
        .collect();
    if tests.is_empty() { "FALSE".to_owned() } else { format!("({})", tests.join(" OR ")) }
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

/// SQL for the text of a facet of the first record at the end of a step, empty where there is
/// none.
pub(crate) fn facet_text(step: Step, (kind, name): (i64, i64), values: &mut Values<'_>) -> String {
    let mut walk = Walk::along(&[step], values);
    let sequence = walk.sequence(kind, values);
    let name = values.integer(name);
    let order = if step.is_forward { "position" } else { "from_sequence" };
    walk.join(
        "facets t INDEXED BY facets_by_record",
        &format!("t.team = ?1 AND t.sequence = {sequence} AND t.name = {name} AND t.repeated = 0"),
    );
    format!("coalesce((SELECT t.text FROM {} ORDER BY h0.{order} LIMIT 1), '')", walk.from())
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
    let walk = end.back(steps, values);
    let (by_id, column) = walk.column();
    let name = if by_id { "id" } else { "sequence" };
    let select = format!("SELECT {column} AS {name} FROM {}", walk.from());
    Some(Set { by_id, select })
}

/// Returns SQL that counts how many of the first texts are hits, for a test that looks into them.
pub(crate) fn sample<'l>(
    condition: &Resolved<'l>,
    look: i64,
    values: &mut Values<'l>,
) -> Option<String> {
    let Resolved::Facet { kind, name, test: test @ Test::Contains(_), .. } = condition else {
        return None;
    };
    let (kind, name, look) = (values.integer(*kind), values.integer(*name), values.integer(look));
    let test = contains("t.text", test, values);
    Some(format!(
        "SELECT count(*) FROM (SELECT {test} AS is_hit FROM facets t WHERE t.team = ?1 \
         AND t.kind = {kind} AND t.name = {name} LIMIT {look}) WHERE is_hit"
    ))
}

/// Records known by their ids.
fn listed_ids(ids: &[String], values: &mut Values<'_>) -> Walk {
    Walk::from_ids(format!("rarray({}) a", values.list(ids)), "a.value")
}

/// Records with a facet, known by their numbers.
fn with_facet<'l>(
    (kind, name): (i64, i64),
    test: &'l Test,
    values: &mut Values<'l>,
) -> Option<Walk> {
    let (kind, name) = (values.integer(kind), values.integer(name));
    let test = match test {
        Test::AnyOf(texts) => format!("t.text {}", values.any_of(texts)),
        Test::AtLeast(_) | Test::LessThan(_) => range("t.text", test, values),
        Test::Contains(_) => contains("t.text", test, values),
        Test::Present(_) => return None,
    };
    let filter = format!("t.team = ?1 AND t.kind = {kind} AND t.name = {name} AND {test}");
    Some(Walk::from_numbers("facets t".to_owned(), filter, "t.sequence"))
}
