//! Applies changes inside a write transaction: records with their facets, linkages at both ends,
//! births, cascades and the effects that behaviors ask for.

use jiff::Timestamp;
use russet_auth::Permit;
use russet_catalog::{Arity, Birth, BirthId, Edge};
use russet_store::{Read, Write};
use serde_json::{Map, Value};

use super::{compute, kept, parts};
use crate::behaviors::{self, VISIBILITY_ROOT};
use crate::changes::{Change, Draft, Effect, LinkChange, Resource, View};
use crate::facets;
use crate::failure::{Failure, Fault};
use crate::ids::Ids;
use crate::relations::{self, Way};

/// How deep effects and births may follow from each other before it is taken for a loop of ours.
const DEEPEST: usize = 16;

/// A relationship and the ids that it names.
type Related = (&'static str, Vec<String>);

/// A write in progress.
pub struct Writer<'a> {
    write: &'a mut dyn Write,
    permit: &'a Permit,
    now: Timestamp,
    /// Source of ids.
    pub ids: Ids,
    /// Resources that were changed, for those who keep copies.
    pub touched: Vec<(&'static str, String)>,
    depth: usize,
}

impl<'a> Writer<'a> {
    /// Starts writing.
    pub fn new(write: &'a mut dyn Write, permit: &'a Permit, now: Timestamp, ids: Ids) -> Self {
        Writer { write, permit, now, ids, touched: Vec::new(), depth: 0 }
    }

    /// Returns what behaviors see.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View::new(self.read(), self.now, self.permit)
    }

    /// Returns the transaction for reading.
    #[must_use]
    pub fn read(&self) -> &dyn Read {
        &*self.write
    }

    /// Returns an id for a new resource of a kind.
    pub fn new_id(&mut self, kind: &str) -> String {
        self.ids.of(russet_catalog::id_format(kind))
    }

    /// Creates a resource: its behavior fills it, what is born with it is created, its effects
    /// follow. Its caller has checked it.
    ///
    /// # Errors
    /// Faults, and refusals of hooks.
    pub fn create(&mut self, draft: Draft, inline: &[Draft]) -> Result<(), Failure> {
        self.create_under(None, draft, inline)
    }

    /// As [`Writer::create`]; what belongs to no app by itself hangs from `app`.
    fn create_under(
        &mut self,
        app: Option<&str>,
        mut draft: Draft,
        inline: &[Draft],
    ) -> Result<(), Failure> {
        self.deeper()?;
        let behavior = behaviors::find(draft.kind);
        if let Some(behavior) = behavior {
            let mut ids = self.ids.clone();
            behavior.fill(&mut draft, &self.view(), &mut ids)?;
            self.ids = ids;
        }
        let app = self.app_of(&draft)?.or(app.map(str::to_owned));
        let all = draft.relationships.clone();
        let to_inline = |(_, ids): &Related| inline.iter().any(|made| ids.contains(&made.id));
        draft.relationships.retain(|related| !to_inline(related));
        self.insert_under(app.as_deref(), &mut draft)?;
        draft.relationships = all;
        for birth in russet_catalog::births(draft.kind) {
            self.give_birth(birth, &draft.id)?;
        }
        for child in inline {
            self.create_under(app.as_deref(), child.clone(), &[])?;
        }
        // A linkage that the far end keeps can be made only now that the far end is there.
        for (name, ids) in draft.relationships.iter().filter(|related| to_inline(related)) {
            self.relate(draft.kind, &draft.id, name, LinkChange::Replace, ids)?;
        }
        if let Some(behavior) = behavior {
            self.follow(behavior, &Change::Create { draft: &draft, inline })?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn give_birth(&mut self, birth: &'static Birth, parent: &str) -> Result<(), Failure> {
        let id = match birth.id {
            BirthId::SameAsParent => parent.to_owned(),
            BirthId::Fresh => self.new_id(birth.kind),
        };
        let damaged = |why: String| Fault::Data { kind: birth.kind.into(), id: id.clone(), why };
        let attributes =
            serde_json::from_str(birth.attributes).map_err(|error| damaged(error.to_string()))?;
        let name = relations::name_of(birth.edge)
            .ok_or_else(|| damaged("the way to its parent has no name".to_owned()))?;
        let relationships = vec![(name, vec![parent.to_owned()])];
        self.create(Draft { kind: birth.kind, id, attributes, relationships }, &[])
    }

    /// Sets attributes and relationships of a resource and lets its effects follow.
    ///
    /// # Errors
    /// Faults, and refusals of hooks.
    pub fn update(
        &mut self,
        before: &Resource,
        attributes: &Map<String, Value>,
        relationships: &[(&'static str, Vec<String>)],
        inline: &[Draft],
    ) -> Result<(), Failure> {
        for child in inline {
            self.create_under(before.app.as_deref(), child.clone(), &[])?;
        }
        self.set(before, attributes)?;
        for (name, ids) in relationships {
            let is_parts = parts::way(&before.kind, name).is_some();
            let how = if is_parts { LinkChange::Add } else { LinkChange::Replace };
            self.relate(&before.kind, &before.id, name, how, ids)?;
        }
        if let Some(behavior) = behaviors::find(&before.kind) {
            let change = Change::Update { before, attributes, relationships, inline };
            self.follow(behavior, &change)?;
        }
        Ok(())
    }

    /// Deletes a resource and what belongs to it, and lets its effects follow.
    ///
    /// # Errors
    /// Faults, and refusals of hooks.
    pub fn delete(&mut self, before: &Resource) -> Result<(), Failure> {
        self.deeper()?;
        let behavior = behaviors::find(&before.kind);
        let effects = match behavior {
            Some(behavior) => {
                let mut ids = self.ids.clone();
                let effects =
                    behavior.follow(&Change::Delete { before }, &self.view(), &mut ids)?;
                self.ids = ids;
                effects
            }
            None => Vec::new(),
        };
        let owned = russet_catalog::kind(&before.kind).map_or(&[][..], |kind| kind.owned);
        for child in owned {
            let Some(edge) = relations::stored(child.edge) else { continue };
            let linked = self.write.linked(edge, &[&before.id], usize::MAX)?;
            for id in linked.into_iter().flat_map(|linked| linked.to) {
                if let Some(record) = self.write.record(child.kind, &id)? {
                    self.delete(&Resource::parse(record)?)?;
                }
            }
        }
        // Others may have the same id: an app and its price schedule do.
        let naming: Vec<&str> = russet_catalog::relations()
            .iter()
            .filter(|relation| relation.to == before.kind)
            .map(|relation| relation.name)
            .collect();
        self.write.delete_named_in(&before.kind, &before.id, &naming)?;
        self.touch(&before.kind, &before.id);
        self.apply(effects)?;
        self.depth -= 1;
        Ok(())
    }

    /// Changes one relationship and lets the effects follow.
    ///
    /// # Errors
    /// Faults, and refusals of hooks.
    pub fn link(
        &mut self,
        before: &Resource,
        relationship: &'static str,
        how: LinkChange,
        ids: &[String],
    ) -> Result<(), Failure> {
        self.relate(&before.kind, &before.id, relationship, how, ids)?;
        if let Some(behavior) = behaviors::find(&before.kind) {
            self.follow(behavior, &Change::Link { before, relationship, how, ids })?;
        }
        Ok(())
    }

    /// Applies effects in order.
    ///
    /// # Errors
    /// Faults, and refusals of hooks.
    pub fn apply(&mut self, effects: Vec<Effect>) -> Result<(), Failure> {
        for effect in effects {
            match effect {
                Effect::Set { kind, id, attributes } => {
                    let Some(record) = self.write.record(kind, &id)? else { continue };
                    let before = Resource::parse(record)?;
                    let attributes: Map<String, Value> = attributes
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect();
                    self.deeper()?;
                    self.update(&before, &attributes, &[], &[])?;
                    self.depth -= 1;
                }
                Effect::Create(draft) => self.create(draft, &[])?,
                Effect::Delete { kind, id } => {
                    if let Some(record) = self.write.record(kind, &id)? {
                        self.delete(&Resource::parse(record)?)?;
                    }
                }
                Effect::Link { kind, id, relationship, how, to } => {
                    self.relate(kind, &id, relationship, how, &to)?;
                }
            }
        }
        Ok(())
    }

    fn follow(
        &mut self,
        behavior: &'static dyn behaviors::Behavior,
        change: &Change<'_>,
    ) -> Result<(), Failure> {
        let mut ids = self.ids.clone();
        let effects = behavior.follow(change, &self.view(), &mut ids)?;
        self.ids = ids;
        self.apply(effects)
    }

    /// Inserts a record with all attributes of its kind, its facets and its linkages; no hook but
    /// `derive` runs.
    ///
    /// # Errors
    /// When the store fails.
    pub fn insert(&mut self, draft: &mut Draft) -> Result<(), Fault> {
        let app = self.app_of(draft)?;
        self.insert_under(app.as_deref(), draft)
    }

    /// As [`Writer::insert`], under an app that the caller names.
    ///
    /// # Errors
    /// When the store fails.
    pub fn insert_under(&mut self, app: Option<&str>, draft: &mut Draft) -> Result<(), Fault> {
        kept::complete(draft.kind, &mut draft.attributes, self.now);
        let text = Value::Object(kept::shown(draft.kind, &draft.attributes)).to_string();
        let facets = facets::of(draft.kind, &draft.attributes);
        self.write.insert(draft.kind, &draft.id, app, &text, &facets)?;
        self.touch(draft.kind, &draft.id);
        for (name, ids) in &draft.relationships {
            self.relate(draft.kind, &draft.id, name, LinkChange::Add, ids)?;
        }
        Ok(())
    }

    /// Makes `to` all that a resource has in a relationship, with no hook; returns whether the
    /// catalog has such a relationship.
    ///
    /// # Errors
    /// When the store fails.
    pub fn replace(
        &mut self,
        kind: &str,
        id: &str,
        name: &str,
        to: &[String],
    ) -> Result<bool, Fault> {
        if relations::way(kind, name).is_none() {
            return Ok(false);
        }
        self.relate(kind, id, name, LinkChange::Replace, to)?;
        Ok(true)
    }

    fn set(&mut self, before: &Resource, attributes: &Map<String, Value>) -> Result<(), Fault> {
        let mut after = before.attributes.clone();
        for (name, value) in attributes {
            if after.contains_key(name) || kept::is_attribute(&before.kind, name) {
                after.insert(name.clone(), kept::normal(&before.kind, name, value.clone()));
            }
        }
        if let Some(behavior) = behaviors::find(&before.kind) {
            behavior.derive(&mut after);
        }
        let facets = facets::of(&before.kind, &after);
        let text = Value::Object(after).to_string();
        self.write.update(&before.kind, &before.id, &text, &facets)?;
        self.touch(&before.kind, &before.id);
        Ok(())
    }

    /// Changes what a resource has in a relationship, keeping to-one ends to-one.
    fn relate(
        &mut self,
        kind: &str,
        id: &str,
        name: &str,
        how: LinkChange,
        to: &[String],
    ) -> Result<(), Fault> {
        let Some(way) = relations::way(kind, name) else { return Ok(()) };
        self.touch(kind, id);
        match way.edge {
            Edge::Computed => Ok(()),
            Edge::Forward(relation) => self.relate_forward(relation, way, id, how, to),
            Edge::Backward(relation) => self.relate_backward(relation, way, id, how, to),
        }
    }

    fn relate_forward(
        &mut self,
        relation: &'static str,
        way: Way,
        id: &str,
        how: LinkChange,
        to: &[String],
    ) -> Result<(), Fault> {
        let far_is_one =
            russet_catalog::relation(relation).map(|r| r.inverse_arity) == Some(Arity::One);
        if far_is_one && how != LinkChange::Remove {
            for far in to {
                self.cut(russet_store::Edge::Backward(relation), far, Some(id))?;
            }
        }
        let far: Vec<&str> = to.iter().map(String::as_str).collect();
        match how {
            LinkChange::Replace => self.write.replace_links(relation, id, &far)?,
            LinkChange::Add => {
                for far in far {
                    self.write.link(relation, id, far)?;
                }
            }
            LinkChange::Remove => {
                for far in far {
                    self.write.unlink(relation, id, far)?;
                }
            }
        }
        for far in to {
            self.touch(way.target, far);
        }
        Ok(())
    }

    fn relate_backward(
        &mut self,
        relation: &'static str,
        way: Way,
        id: &str,
        how: LinkChange,
        to: &[String],
    ) -> Result<(), Fault> {
        let far_is_one = russet_catalog::relation(relation).map(|r| r.arity) == Some(Arity::One);
        if how == LinkChange::Replace || way.arity == Arity::One {
            self.cut(russet_store::Edge::Backward(relation), id, None)?;
        }
        for far in to {
            match how {
                LinkChange::Remove => self.write.unlink(relation, far, id)?,
                _ if far_is_one => self.write.replace_links(relation, far, &[id])?,
                _ => self.write.link(relation, far, id)?,
            }
            self.touch(way.target, far);
        }
        Ok(())
    }

    /// Removes every linkage that names `id` at the far end of a relation, but that from `keep`.
    fn cut(
        &mut self,
        edge: russet_store::Edge<'static>,
        id: &str,
        keep: Option<&str>,
    ) -> Result<(), Fault> {
        let russet_store::Edge::Backward(relation) = edge else { return Ok(()) };
        let linked = self.write.linked(edge, &[id], usize::MAX)?;
        for from in linked.into_iter().flat_map(|linked| linked.to) {
            if keep != Some(from.as_str()) {
                self.write.unlink(relation, &from, id)?;
            }
        }
        Ok(())
    }

    /// The app that a new resource hangs from: itself, or that of what it belongs to.
    fn app_of(&self, draft: &Draft) -> Result<Option<String>, Fault> {
        if draft.kind == VISIBILITY_ROOT {
            return Ok(Some(draft.id.clone()));
        }
        for (name, ids) in &draft.relationships {
            let Some(way) = relations::way(draft.kind, name) else { continue };
            let owns = relations::is_owner(draft.kind, way.edge);
            let (true, Some(owner)) = (owns, ids.first()) else { continue };
            if way.target == VISIBILITY_ROOT {
                return Ok(Some(owner.clone()));
            }
            if compute::is_reference(way.target) {
                continue;
            }
            if let Some(app) = self.write.record(way.target, owner)?.and_then(|r| r.app) {
                return Ok(Some(app));
            }
        }
        Ok(None)
    }

    fn touch(&mut self, kind: &str, id: &str) {
        if let Some(schema) = russet_catalog::schemas_of(kind).first() {
            self.touched.push((schema.kind, id.to_owned()));
        }
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let why = "effects follow from each other without end".to_owned();
            return Err(Fault::Data { kind: String::new(), id: String::new(), why });
        }
        Ok(())
    }
}
