//! Holds the demo's content against what Apple's document allows.

use std::collections::{HashMap, HashSet};

use russet_catalog::{Arity, Body, Edge, OperationKind, Shape, kind, operations, schemas_of};
use serde_json::Value;

use super::records;

/// Tells whether a value has a shape.
fn fits(value: &Value, shape: &Shape) -> bool {
    match shape {
        Shape::String(_) | Shape::Date | Shape::DateTime => value.is_string(),
        Shape::Integer => value.is_i64() || value.is_u64(),
        Shape::Number => value.is_number(),
        Shape::Boolean => value.is_boolean(),
        Shape::Enum(allowed) => value.as_str().is_some_and(|text| allowed.contains(&text)),
        Shape::Array(inner) => {
            value.as_array().is_some_and(|items| items.iter().all(|item| fits(item, inner)))
        }
        Shape::Object(members) => value.as_object().is_some_and(|object| {
            object.iter().all(|(name, value)| {
                let member = members.iter().find(|member| member.name == name);
                member.is_some_and(|member| fits(value, &member.shape))
            })
        }),
        Shape::Map => value.is_object(),
        Shape::Any => true,
    }
}

/// Returns arity and edge of a relationship, of the schema or of the body that creates the type.
fn relationship(of: &str, name: &str) -> Option<(Arity, Edge)> {
    let shown = schemas_of(of).iter().flat_map(|schema| schema.relationships);
    let shown = shown.filter(|shown| shown.name == name).map(|shown| (shown.arity, shown.edge));
    let creates = operations()
        .iter()
        .filter(|operation| operation.kind == OperationKind::CreateInstance)
        .filter_map(|operation| operation.body);
    let set = creates.flat_map(|body| match body {
        Body::Resource { kind, relationships, .. } if *kind == of => *relationships,
        _ => &[],
    });
    let set = set.filter(|set| set.name == name).map(|set| (set.arity, set.edge));
    shown.chain(set).next()
}

#[test]
fn attributes_are_those_of_the_document() {
    for record in records() {
        let schemas = schemas_of(record.kind);
        assert!(!schemas.is_empty(), "{}", record.kind);
        for (name, value) in &record.attributes {
            let known = schemas.iter().flat_map(|schema| schema.attributes);
            let fitting =
                known.filter(|known| known.name == name).any(|known| fits(value, &known.shape));
            assert!(fitting, "{}.{name} {value}", record.kind);
        }
    }
}

#[test]
fn each_linkage_is_kept_once_and_within_its_arity() {
    let mut pairs = HashSet::new();
    let mut far_ends: HashMap<(&str, String), usize> = HashMap::new();
    let mut near_ends: HashMap<(&str, String), usize> = HashMap::new();
    for record in records() {
        for (name, targets) in &record.relationships {
            let found = relationship(record.kind, name);
            let (arity, edge) = found.unwrap_or_else(|| panic!("{}.{name}", record.kind));
            assert!(arity == Arity::Many || targets.len() == 1, "{}.{name}", record.kind);
            for target in targets {
                let (relation, from, to) = match edge {
                    Edge::Forward(relation) => (relation, &record.id, target),
                    Edge::Backward(relation) => (relation, target, &record.id),
                    Edge::Computed => panic!("{}.{name} is not kept", record.kind),
                };
                assert!(pairs.insert((relation, from.clone(), to.clone())), "{relation} twice");
                *far_ends.entry((relation, from.clone())).or_default() += 1;
                *near_ends.entry((relation, to.clone())).or_default() += 1;
            }
        }
    }
    for (ends, one_side) in [(far_ends, true), (near_ends, false)] {
        for ((name, id), count) in ends {
            let relation = russet_catalog::relation(name).expect("a relation");
            let arity = if one_side { relation.arity } else { relation.inverse_arity };
            assert!(arity == Arity::Many || count == 1, "{name} of {id}: {count}");
        }
    }
}

#[test]
fn only_what_is_owned_hangs_from_an_app() {
    for record in records().iter().filter(|record| record.kind != "apps" && record.app.is_some()) {
        let owners = kind(record.kind).map(|kind| kind.owners);
        assert!(owners.is_some_and(|owners| !owners.is_empty()), "{}", record.kind);
    }
}

#[test]
fn what_is_owned_names_its_owner_at_one_of_both_ends() {
    let records = records();
    let mut linked: HashSet<(&str, &str, bool)> = HashSet::new();
    for record in &records {
        for (name, targets) in &record.relationships {
            match relationship(record.kind, name) {
                Some((_, Edge::Forward(relation))) => {
                    linked.insert((relation, &record.id, true));
                    linked.extend(targets.iter().map(|target| (relation, target.as_str(), false)));
                }
                Some((_, Edge::Backward(relation))) => {
                    linked.insert((relation, &record.id, false));
                    linked.extend(targets.iter().map(|target| (relation, target.as_str(), true)));
                }
                _ => {}
            }
        }
    }
    let mut ownerless = HashSet::new();
    for record in &records {
        let owners = kind(record.kind).map_or(&[][..], |kind| kind.owners);
        let named = owners.iter().any(|owner| match owner.edge {
            Edge::Forward(relation) => linked.contains(&(relation, record.id.as_str(), true)),
            Edge::Backward(relation) => linked.contains(&(relation, record.id.as_str(), false)),
            Edge::Computed => false,
        });
        if !named && !owners.is_empty() {
            ownerless.insert(record.kind);
        }
    }
    assert_eq!(ownerless, HashSet::new());
}
