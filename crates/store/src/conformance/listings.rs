//! Listings of every shape over data made at random, each compared with the model.

use std::sync::Arc;

use super::model::Model;
use super::seed::Seed;
use super::{team, write};
use crate::{
    Condition, Direction, Edge, Facet, Listing, Order, Read, Store, TeamNumber, Test, Within,
};

const KINDS: &[&str] = &["apps", "builds", "groups", "versions"];

/// Relations with the kind that each names.
const RELATIONS: &[(&str, &str)] = &[
    ("builds.app", "apps"),
    ("builds.version", "versions"),
    ("groups.app", "apps"),
    ("groups.builds", "builds"),
];

/// Facet names; the last is never written.
const NAMES: &[&str] = &["name", "platform", "tags", "number", "never"];

/// Texts, so few that they meet, with letter case, the empty one and bytes above ASCII.
const TEXTS: &[&str] = &["", "a", "A", "ab", "aB", "b", "ba", "ä", "1.0", "1.10", "1.2"];

/// Steps from a kind, and the kind at their end.
type Path = (Vec<Edge<'static>>, &'static str);

pub(super) fn equal_the_model(store: &Arc<dyn Store>) {
    let (mine, other) = (team(store, 1), team(store, 2));
    let mut seed = Seed(0x9e37_79b9_7f4a_7c15);
    let mut models = [Model::default(), Model::default()];
    for round in 0..6 {
        for (team, model) in [mine, other].into_iter().zip(&mut models) {
            let acts: Vec<Act> = (0..60).map(|_| act(&mut seed, model)).collect();
            write(store, team, move |w| acts.iter().for_each(|act| act.carry_out(w)));
        }
        for _ in 0..150 {
            compare(store, mine, &models[0], &mut seed);
        }
        if round % 2 == 0 {
            compare_linked(store, other, &models[1], &mut seed);
        }
    }
}

/// A change, to be made in the model and in the store.
enum Act {
    Insert(&'static str, String, Option<String>, Vec<(String, String)>),
    Update(&'static str, String, Vec<(String, String)>),
    Delete(&'static str, String),
    Link(&'static str, String, String),
    Unlink(&'static str, String, String),
    Replace(&'static str, String, Vec<String>),
}

/// Makes a change in the model and returns it.
fn act(seed: &mut Seed, model: &mut Model) -> Act {
    let kind = *seed.one(KINDS);
    // Few ids, the same in every kind.
    let id = |seed: &mut Seed| format!("{:02}", seed.below(40));
    let (relation, _) = *seed.one(RELATIONS);
    let storing = relation.split('.').next().unwrap_or(relation);
    let present = model.ids(storing);
    let from = if present.is_empty() { None } else { Some(seed.one(&present).clone()) };
    match (seed.below(10), from) {
        (0, _) => {
            let id = id(seed);
            model.delete(kind, &id, &naming(kind));
            Act::Delete(kind, id)
        }
        (1, _) => {
            let (id, facets) = (id(seed), facets(seed));
            model.update(kind, &id, &facets);
            Act::Update(kind, id, facets)
        }
        (2..=4, Some(from)) => {
            let to = id(seed);
            model.link(relation, &from, &to);
            Act::Link(relation, from, to)
        }
        (5, Some(from)) => {
            let to = id(seed);
            model.unlink(relation, &from, &to);
            Act::Unlink(relation, from, to)
        }
        (6, Some(from)) => {
            let to: Vec<String> = (0..seed.below(5)).map(|_| id(seed)).collect();
            let ids: Vec<&str> = to.iter().map(String::as_str).collect();
            model.replace_links(relation, &from, &ids);
            Act::Replace(relation, from, to)
        }
        _ => {
            let (id, facets) = (id(seed), facets(seed));
            let app = (seed.below(3) > 0).then(|| format!("{:02}", seed.below(4)));
            model.insert(kind, &id, app.as_deref(), &facets);
            Act::Insert(kind, id, app, facets)
        }
    }
}

impl Act {
    fn carry_out(&self, w: &mut dyn crate::Write) {
        match self {
            Act::Insert(kind, id, app, facets) => {
                // An id that is taken is refused, as in the model.
                drop(w.insert(kind, id, app.as_deref(), "{}", &borrowed(facets)));
            }
            Act::Update(kind, id, facets) => {
                w.update(kind, id, "{}", &borrowed(facets)).expect("updated");
            }
            Act::Delete(kind, id) => {
                w.delete_named_in(kind, id, &naming(kind)).expect("deleted");
            }
            Act::Link(relation, from, to) => w.link(relation, from, to).expect("linked"),
            Act::Unlink(relation, from, to) => w.unlink(relation, from, to).expect("unlinked"),
            Act::Replace(relation, from, to) => {
                let to: Vec<&str> = to.iter().map(String::as_str).collect();
                w.replace_links(relation, from, &to).expect("replaced");
            }
        }
    }
}

fn naming(kind: &str) -> Vec<&'static str> {
    RELATIONS.iter().filter(|(_, far)| *far == kind).map(|(relation, _)| *relation).collect()
}

fn facets(seed: &mut Seed) -> Vec<(String, String)> {
    let mut facets = Vec::new();
    for name in &NAMES[..4] {
        // A list has several, and now and then a name is left out.
        let count = if *name == "tags" { seed.below(4) } else { usize::from(seed.below(8) > 0) };
        for _ in 0..count {
            facets.push(((*name).to_owned(), (*seed.one(TEXTS)).to_owned()));
        }
    }
    facets
}

fn borrowed(facets: &[(String, String)]) -> Vec<Facet<'_>> {
    facets.iter().map(|(name, text)| Facet { name, text: text.clone() }).collect()
}

fn compare(store: &Arc<dyn Store>, team: TeamNumber, model: &Model, seed: &mut Seed) {
    let kind = *seed.one(KINDS);
    let (within_edge, within_id) = (edge_to(seed, kind), format!("{:02}", seed.below(40)));
    let within = within_edge
        .filter(|_| seed.below(3) == 0)
        .map(|edge| Within { edge, id: within_id.as_str() });
    let conditions = (0..seed.below(4)).map(|_| condition(seed, kind)).collect();
    let order = (0..seed.below(3)).map(|_| order(seed, kind)).collect();
    let limit = 1 + seed.below(7);
    let listing = Listing { kind, within, conditions, order, after: None, limit };
    let read = store.read(team).expect("a snapshot opens");
    let wanted = model.list(&listing);
    assert_eq!(walk(&*read, &listing), wanted, "{listing:?}");
    let count = read.count(&listing).expect("counted");
    assert_eq!(count, model.count(&listing) as u64, "{listing:?}");
}

/// Reads all pages of a listing.
fn walk(read: &dyn Read, listing: &Listing<'_>) -> Vec<String> {
    let mut seen = Vec::new();
    let mut after: Option<Vec<String>> = None;
    loop {
        let listing = Listing { after: after.as_deref(), ..listing.clone() };
        let page = read.page(&listing).expect("a page is read");
        assert!(page.records.len() <= listing.limit);
        assert!(page.records.iter().all(|record| &*record.kind == listing.kind));
        seen.extend(page.records.iter().map(|record| record.id.clone()));
        let Some(next) = page.next else { return seen };
        assert_eq!(page.records.len(), listing.limit, "only the last page is short: {listing:?}");
        assert!(listing.accepts(&next), "{next:?} is not a key of {listing:?}");
        after = Some(next);
    }
}

fn compare_linked(store: &Arc<dyn Store>, team: TeamNumber, model: &Model, seed: &mut Seed) {
    let read = store.read(team).expect("a snapshot opens");
    for (relation, _) in RELATIONS {
        for edge in [Edge::Forward(relation), Edge::Backward(relation)] {
            let ids: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let limit = seed.below(5);
            let linked = read.linked(edge, &ids, limit).expect("reads work");
            for (id, linked) in ids.iter().zip(linked) {
                let far = model.far(edge, id);
                assert_eq!(linked.from, *id);
                assert_eq!(linked.to, far[..limit.min(far.len())], "{edge:?} of {id}");
                assert_eq!(linked.total, far.len() as u64, "{edge:?} of {id}");
            }
        }
    }
}

/// An edge that ends at a kind.
fn edge_to(seed: &mut Seed, kind: &str) -> Option<Edge<'static>> {
    let mut edges = Vec::new();
    for (relation, far) in RELATIONS {
        if *far == kind {
            edges.push(Edge::Forward(relation));
        }
        if relation.starts_with(kind) {
            edges.push(Edge::Backward(relation));
        }
    }
    (!edges.is_empty()).then(|| *seed.one(&edges))
}

/// The paths of one or two steps from a kind.
fn paths(kind: &str) -> Vec<Path> {
    let from = |kind: &str| -> Vec<(Edge<'static>, &'static str)> {
        let mut edges = Vec::new();
        for (relation, far) in RELATIONS {
            let storing = KINDS.iter().find(|kind| relation.starts_with(**kind));
            if relation.starts_with(kind) {
                edges.push((Edge::Forward(relation), *far));
            }
            if let Some(storing) = storing
                && *far == kind
            {
                edges.push((Edge::Backward(relation), *storing));
            }
        }
        edges
    };
    let mut paths: Vec<Path> = Vec::new();
    for (first, middle) in from(kind) {
        paths.push((vec![first], middle));
        paths.extend(from(middle).into_iter().map(|(second, end)| (vec![first, second], end)));
    }
    paths
}

fn name(seed: &mut Seed) -> &'static str {
    NAMES[seed.below(NAMES.len())]
}

fn some_texts(seed: &mut Seed) -> Vec<String> {
    (0..=seed.below(3)).map(|_| (*seed.one(TEXTS)).to_owned()).collect()
}

fn some_ids(seed: &mut Seed) -> Vec<String> {
    (0..=seed.below(4)).map(|_| format!("{:02}", seed.below(40))).collect()
}

fn condition(seed: &mut Seed, kind: &'static str) -> Condition<'static> {
    let (path, end) = seed.one(&paths(kind)).clone();
    match seed.below(8) {
        0 => Condition::Id((0..10).flat_map(|_| some_ids(seed)).collect()),
        1 => Condition::Apps((0..seed.below(3)).map(|app| format!("{app:02}")).collect()),
        2 => Condition::Linked { path, ids: (0..4).flat_map(|_| some_ids(seed)).collect() },
        3 => Condition::Linked { path, ids: vec![format!("{:02}", seed.below(40))] },
        4 => Condition::Exists { path, present: seed.below(2) == 0 },
        5 => Condition::Facet { path, kind: end, name: name(seed), test: test(seed) },
        _ => Condition::Facet { path: Vec::new(), kind, name: name(seed), test: test(seed) },
    }
}

fn test(seed: &mut Seed) -> Test {
    match seed.below(6) {
        0 => Test::AnyOf(vec![(*seed.one(TEXTS)).to_owned()]),
        1 => Test::AnyOf(some_texts(seed)),
        2 => Test::Contains(some_texts(seed)),
        3 => Test::Present(seed.below(2) == 0),
        4 => Test::AtLeast((*seed.one(TEXTS)).to_owned()),
        _ => Test::LessThan((*seed.one(TEXTS)).to_owned()),
    }
}

fn order(seed: &mut Seed, kind: &'static str) -> Order<'static> {
    let direction = if seed.below(2) == 0 { Direction::Ascending } else { Direction::Descending };
    match seed.below(6) {
        0 => Order::Sequence(direction),
        1 => Order::Id(direction),
        2 => {
            let ways: Vec<Path> =
                paths(kind).into_iter().filter(|(path, _)| path.len() == 1).collect();
            let (path, end) = seed.one(&ways);
            Order::FacetOf(path[0], end, name(seed), direction)
        }
        _ => Order::Facet(name(seed), direction),
    }
}
