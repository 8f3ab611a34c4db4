//! What belongs to something else: whether it may be made beside what is there, and that no change
//! of a linkage leaves it without its owner or takes it from another.
//!
//! It knows owners from the catalog and names none. Start at [`check_inline`] and
//! [`check_linkage`].

use russet_catalog::{Arity, Edge};
use russet_store::Read;
use russet_wire::{Code, Problem};

use crate::changes::{Draft, LinkChange, Resource};
use crate::failure::Fault;
use crate::relations::{self, Way};

/// Checks that resources made inline have ids that neither repeat nor are taken. `replaced` is what
/// goes away first, with all that belongs to it. Source: our choice; such ids follow from a price,
/// or from a territory, so it is that which is there twice.
///
/// # Errors
/// When the store fails; ids that are taken are appended to `problems`.
pub fn check_inline(
    read: &dyn Read,
    replaced: Option<&Resource>,
    inline: &[Draft],
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    for (index, draft) in inline.iter().enumerate() {
        let Draft { kind, id, .. } = draft;
        let same = |other: &Draft| other.kind == *kind && other.id == *id;
        let detail = if inline[..index].iter().any(same) {
            format!("The request includes the resource of type '{kind}' with id '{id}' twice")
        } else if read.record(kind, id)?.is_some() && !goes_away(read, replaced, draft)? {
            format!("A resource of type '{kind}' with id '{id}' already exists")
        } else {
            continue;
        };
        let problem = Problem::new(Code::RelationshipInvalid, detail);
        problems.push(problem.at(format!("/included/{index}")));
    }
    Ok(())
}

fn goes_away(read: &dyn Read, replaced: Option<&Resource>, draft: &Draft) -> Result<bool, Fault> {
    let Some(replaced) = replaced else { return Ok(false) };
    let owned = russet_catalog::kind(&replaced.kind).map_or(&[][..], |kind| kind.owned);
    for child in owned.iter().filter(|child| child.kind == draft.kind) {
        if has(read, child.edge, &replaced.id)?.contains(&draft.id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the way of a relationship whose far ends belong to the near one and to no other.
#[must_use]
pub fn way(kind: &str, name: &str) -> Option<Way> {
    let way = relations::way(kind, name)?;
    let (back, belongs_to_one) = match way.edge {
        Edge::Forward(name) => {
            (Edge::Backward(name), russet_catalog::relation(name)?.inverse_arity == Arity::One)
        }
        Edge::Backward(name) => {
            (Edge::Forward(name), russet_catalog::relation(name)?.arity == Arity::One)
        }
        Edge::Computed => return None,
    };
    let belongs = belongs_to_one && relations::is_owner(way.target, back);
    (belongs && way.arity == Arity::Many).then_some(way)
}

/// Checks that a change of a list of parts names those that are there: a replacement all of them,
/// in the order that they shall have, any other change only such. Source: Apple documents these
/// PATCH operations as setting the order; what else is refused is our choice.
///
/// # Errors
/// When the store fails; a refusal is appended to `problems`.
pub fn check_linkage(
    read: &dyn Read,
    before: &Resource,
    relationship: &str,
    how: LinkChange,
    ids: &[String],
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(way) = way(&before.kind, relationship) else { return Ok(()) };
    let there = has(read, way.edge, &before.id)?;
    let foreign = ids.iter().any(|id| !there.contains(id));
    let detail = match how {
        LinkChange::Replace if foreign || there.iter().any(|id| !ids.contains(id)) => format!(
            "The relationship '{relationship}' can be put in another order only: all of its resources must be named, and no others"
        ),
        LinkChange::Add | LinkChange::Remove if foreign => {
            format!("Only resources that are in the relationship '{relationship}' can be named")
        }
        LinkChange::Replace | LinkChange::Add | LinkChange::Remove => return Ok(()),
    };
    problems.push(Problem::new(Code::RelationshipInvalid, detail).at("/data"));
    Ok(())
}

/// Checks that the parts which an update names are its own or made with it: it takes none from
/// another. Those that it does not name stay (our choice: a price is added, none is lost).
///
/// # Errors
/// When the store fails; refusals are appended to `problems`.
pub fn check_update(
    read: &dyn Read,
    before: &Resource,
    relationships: &[(&'static str, Vec<String>)],
    inline: &[Draft],
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    for (name, ids) in relationships {
        let Some(way) = way(&before.kind, name) else { continue };
        let there = has(read, way.edge, &before.id)?;
        let made = |id: &String| inline.iter().any(|d| d.kind == way.target && d.id == *id);
        if ids.iter().any(|id| !there.contains(id) && !made(id)) {
            let detail =
                format!("Only resources that are in the relationship '{name}' can be named");
            problems.push(Problem::new(Code::RelationshipInvalid, detail).at_relationship(name));
        }
    }
    Ok(())
}

/// Returns the ids behind an edge.
///
/// # Errors
/// When the store fails.
pub fn has(read: &dyn Read, edge: Edge, id: &str) -> Result<Vec<String>, Fault> {
    let Some(edge) = relations::stored(edge) else { return Ok(Vec::new()) };
    let linked = read.linked(edge, &[id], usize::MAX)?;
    Ok(linked.into_iter().flat_map(|linked| linked.to).collect())
}
