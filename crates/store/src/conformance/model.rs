//! What listings mean, said in the plainest way: look at every record, keep what fits, sort.
//!
//! One team's data in vectors. Slow on purpose; backends are compared with it.

use std::cmp::Ordering;

use crate::{Condition, Direction, Edge, Listing, Order, Test};

/// One team's data.
#[derive(Debug, Default)]
pub struct Model {
    records: Vec<Kept>,
    /// Relation, from, to; in the order of the relationship for each `from`.
    linkages: Vec<(String, String, String)>,
    next: u64,
}

#[derive(Debug)]
struct Kept {
    kind: String,
    id: String,
    app: Option<String>,
    facets: Vec<(String, String)>,
    sequence: u64,
}

impl Model {
    /// Adds a record; returns whether the id was free.
    pub fn insert(
        &mut self,
        kind: &str,
        id: &str,
        app: Option<&str>,
        facets: &[(String, String)],
    ) -> bool {
        if self.find(kind, id).is_some() {
            return false;
        }
        self.next += 1;
        self.records.push(Kept {
            kind: kind.to_owned(),
            id: id.to_owned(),
            app: app.map(str::to_owned),
            facets: facets.to_vec(),
            sequence: self.next,
        });
        true
    }

    /// Replaces the facets of a record.
    pub fn update(&mut self, kind: &str, id: &str, facets: &[(String, String)]) {
        let records = &mut self.records;
        if let Some(kept) = records.iter_mut().find(|kept| kept.kind == kind && kept.id == id) {
            kept.facets = facets.to_vec();
        }
    }

    /// Deletes a record, the linkages from it, and those to its id in `relations`.
    pub fn delete(&mut self, kind: &str, id: &str, relations: &[&str]) {
        if self.find(kind, id).is_none() {
            return;
        }
        self.records.retain(|kept| kept.kind != kind || kept.id != id);
        self.linkages.retain(|(relation, from, to)| {
            let is_from = stores(relation) == kind && from == id;
            let is_to = relations.contains(&relation.as_str()) && to == id;
            !is_from && !is_to
        });
    }

    /// Adds a linkage as the last one, unless it is there.
    pub fn link(&mut self, relation: &str, from: &str, to: &str) {
        let linkage = (relation.to_owned(), from.to_owned(), to.to_owned());
        if self.find(stores(relation), from).is_some() && !self.linkages.contains(&linkage) {
            self.linkages.push(linkage);
        }
    }

    /// Removes a linkage.
    pub fn unlink(&mut self, relation: &str, from: &str, to: &str) {
        self.linkages.retain(|(r, f, t)| r != relation || f != from || t != to);
    }

    /// Makes `to` all that `from` has.
    pub fn replace_links(&mut self, relation: &str, from: &str, to: &[&str]) {
        self.linkages.retain(|(r, f, _)| r != relation || f != from);
        for to in to {
            self.link(relation, from, to);
        }
    }

    /// Returns the ids of all records of a kind.
    #[must_use]
    pub fn ids(&self, kind: &str) -> Vec<String> {
        self.of_kind(kind).map(|kept| kept.id.clone()).collect()
    }

    /// Returns the ids of what a listing holds, in its order; `after` and `limit` play no part.
    #[must_use]
    pub fn list(&self, listing: &Listing<'_>) -> Vec<String> {
        let far = listing.within.map(|within| self.far(within.edge, within.id));
        let mut kept: Vec<&Kept> = self
            .of_kind(listing.kind)
            .filter(|kept| far.as_ref().is_none_or(|far| far.contains(&kept.id)))
            .filter(|kept| listing.conditions.iter().all(|condition| self.holds(kept, condition)))
            .collect();
        match (&far, listing.order.is_empty()) {
            (Some(far), true) => {
                kept.sort_by_key(|kept| far.iter().position(|id| *id == kept.id));
            }
            _ => kept.sort_by(|a, b| self.compare(a, b, &listing.order)),
        }
        kept.into_iter().map(|kept| kept.id.clone()).collect()
    }

    /// Returns how many records a listing holds.
    #[must_use]
    pub fn count(&self, listing: &Listing<'_>) -> usize {
        match listing.within {
            Some(within) if listing.conditions.is_empty() => self.far(within.edge, within.id).len(),
            _ => self.list(listing).len(),
        }
    }

    /// Returns the ids at the far end of an edge, in order.
    #[must_use]
    pub fn far(&self, edge: Edge<'_>, id: &str) -> Vec<String> {
        match edge {
            Edge::Forward(relation) => self
                .linkages
                .iter()
                .filter(|(r, from, _)| r == relation && from == id)
                .map(|(_, _, to)| to.clone())
                .collect(),
            Edge::Backward(relation) => {
                let mut from: Vec<&String> = self
                    .linkages
                    .iter()
                    .filter(|(r, _, to)| r == relation && to == id)
                    .map(|(_, from, _)| from)
                    .collect();
                from.sort_by_key(|id| self.find(stores(relation), id).map(|kept| kept.sequence));
                from.into_iter().cloned().collect()
            }
        }
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Kept> {
        self.records.iter().filter(move |kept| kept.kind == kind)
    }

    fn find(&self, kind: &str, id: &str) -> Option<&Kept> {
        self.of_kind(kind).find(|kept| kept.id == id)
    }

    fn ends(&self, id: &str, path: &[Edge<'_>]) -> Vec<String> {
        path.iter().fold(vec![id.to_owned()], |ids, edge| {
            ids.iter().flat_map(|id| self.far(*edge, id)).collect()
        })
    }

    fn holds(&self, kept: &Kept, condition: &Condition<'_>) -> bool {
        match condition {
            Condition::Id(ids) => ids.contains(&kept.id),
            Condition::Apps(apps) => kept.app.as_ref().is_none_or(|app| apps.contains(app)),
            Condition::Linked { path, ids } => {
                self.ends(&kept.id, path).iter().any(|end| ids.contains(end))
            }
            Condition::Exists { path, present } => self.ends(&kept.id, path).is_empty() != *present,
            Condition::Facet { path, name, test, .. } if path.is_empty() => {
                passes(kept, name, test)
            }
            Condition::Facet { path, kind, name, test } => self
                .ends(&kept.id, path)
                .iter()
                .filter_map(|end| self.find(kind, end))
                .any(|end| passes(end, name, test)),
        }
    }

    fn compare(&self, a: &Kept, b: &Kept, order: &[Order<'_>]) -> Ordering {
        let mut last = Direction::Ascending;
        for key in order {
            let (ordering, direction) = match *key {
                Order::Sequence(direction) => (a.sequence.cmp(&b.sequence), direction),
                Order::Id(direction) => (a.id.cmp(&b.id), direction),
                Order::Facet(name, direction) => {
                    (smallest(a, name).cmp(smallest(b, name)), direction)
                }
                Order::FacetOf(edge, kind, name, direction) => {
                    let text = |kept: &Kept| {
                        let far = self.far(edge, &kept.id);
                        let first = far.iter().find_map(|id| self.find(kind, id));
                        first.map_or(String::new(), |first| smallest(first, name).to_owned())
                    };
                    (text(a).cmp(&text(b)), direction)
                }
            };
            if ordering.is_ne() {
                return directed(ordering, direction);
            }
            last = direction;
        }
        directed(a.sequence.cmp(&b.sequence), last)
    }
}

/// Returns the kind that stores a relation.
fn stores(relation: &str) -> &str {
    relation.split('.').next().unwrap_or(relation)
}

fn directed(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    }
}

fn texts<'k>(kept: &'k Kept, name: &str) -> Vec<&'k str> {
    let of_name = kept.facets.iter().filter(|(facet, _)| facet == name);
    let texts: Vec<&str> = of_name.map(|(_, text)| text.as_str()).collect();
    if texts.is_empty() { vec![""] } else { texts }
}

fn smallest<'k>(kept: &'k Kept, name: &str) -> &'k str {
    texts(kept, name).into_iter().min().unwrap_or_default()
}

fn passes(kept: &Kept, name: &str, test: &Test) -> bool {
    let texts = texts(kept, name);
    let any = |passes: &dyn Fn(&str) -> bool| texts.iter().any(|text| passes(text));
    match test {
        Test::AnyOf(wanted) => any(&|text| wanted.iter().any(|wanted| wanted == text)),
        Test::Contains(needles) => any(&|text| {
            let lower = text.to_ascii_lowercase();
            needles.iter().any(|needle| lower.contains(&needle.to_ascii_lowercase()))
        }),
        Test::Present(present) => any(&|text| !text.is_empty()) == *present,
        Test::AtLeast(least) => any(&|text| !text.is_empty() && text >= least.as_str()),
        Test::LessThan(bound) => any(&|text| !text.is_empty() && text < bound.as_str()),
    }
}
