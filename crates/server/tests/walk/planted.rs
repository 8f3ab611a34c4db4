//! One record of every resource type that the demo has none of, so that each operation has
//! something to be tried on.

use russet_catalog::{Edge, IdFormat, Kind, Owner};
use russet_engine::{Ids, reference};
use russet_testkit::{Seed, TestApp};
use serde_json::{Map, Value};

use crate::known::Known;
use crate::sample;

/// Plants what is missing, owners first, and notes it.
pub fn plant_missing(app: &TestApp, known: &mut Known) {
    let mut ids = Ids::new(0x9e55);
    loop {
        let missing = russet_catalog::kinds().iter().filter(|kind| is_missing(kind, known));
        let seeds: Vec<Seed> = missing.filter_map(|kind| seed(kind, known, &mut ids)).collect();
        if seeds.is_empty() {
            return;
        }
        for seed in &seeds {
            known.add(seed.kind, &seed.id);
        }
        app.plant(seeds);
    }
}

/// Plants one more record of a type and returns its id; `None` while there is no owner.
pub fn plant_one(app: &TestApp, known: &mut Known, kind: &str, turn: usize) -> Option<String> {
    let kind = russet_catalog::kind(kind).filter(|kind| !reference::KINDS.contains(&kind.name))?;
    let seed = seed(kind, known, &mut Ids::new(turn as u128))?;
    let id = seed.id.clone();
    let new = known.add(kind.name, &id);
    if new {
        app.plant(vec![seed]);
    }
    new.then_some(id)
}

fn is_missing(kind: &Kind, known: &Known) -> bool {
    !kind.schemas.is_empty()
        && !reference::KINDS.contains(&kind.name)
        && known.ids(kind.name).is_empty()
}

/// A record with every attribute, its first possible owner and all that it can name; `None` while
/// there is no owner.
fn seed(kind: &'static Kind, known: &Known, ids: &mut Ids) -> Option<Seed> {
    let mut relationships = Vec::new();
    if !kind.owners.is_empty() {
        relationships = kind.owners.iter().find_map(|owner| owned_by(kind, *owner, known))?;
    }
    let attributes: Map<String, Value> = kind
        .schemas
        .iter()
        .flat_map(|schema| schema.attributes)
        .map(|known| {
            let value = sample::attribute(kind.name, known.name, known.shape, 0);
            (known.name.to_owned(), value)
        })
        .collect();
    for known_relationship in kind.schemas.iter().flat_map(|schema| schema.relationships) {
        let name = known_relationship.name;
        let taken = relationships.iter().any(|(taken, _)| *taken == name);
        let owner = kind.owners.iter().any(|owner| owner.edge == known_relationship.edge);
        let stored = matches!(known_relationship.edge, Edge::Forward(_));
        if let (false, false, true, Some(far)) =
            (taken, owner, stored, known.ids(known_relationship.target).first())
        {
            relationships.push((name, vec![far.clone()]));
        }
    }
    let id = match kind.id_format {
        IdFormat::SameAs(_) => relationships.first().map(|(_, far)| far[0].clone()),
        _ => None,
    };
    let id = id.unwrap_or_else(|| ids.of(kind.id_format));
    Some(Seed { kind: kind.name, id, app: None, attributes, relationships })
}

/// The linkage to an owner that is known. An owner that this side has no name for is named by the
/// owner alone, so there is nothing to plant here.
fn owned_by(
    kind: &'static Kind,
    owner: Owner,
    known: &Known,
) -> Option<Vec<(&'static str, Vec<String>)>> {
    let mut all = kind.schemas.iter().flat_map(|schema| schema.relationships);
    let name = match owner.edge {
        Edge::Forward(relation) => relation.split_once('.').map(|(_, name)| name),
        _ => all.find(|relationship| relationship.edge == owner.edge).map(|known| known.name),
    };
    let Some(name) = name else { return Some(Vec::new()) };
    let id = known.ids(owner.kind).first()?;
    Some(vec![(name, vec![id.clone()])])
}
