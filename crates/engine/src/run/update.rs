//! Writes: one job in one transaction, refused as a whole or made as a whole.

use jiff::Timestamp;
use russet_auth::Permit;
use russet_catalog::{IdFormat, Operation, OperationKind, Schema};
use russet_store::Write;
use russet_wire::{Code, Linkage, Problem};
use serde_json::{Map, Value};

use super::{Included, Outcome, Writer, create, identity, kept, parts, resolve};
use crate::behaviors;
use crate::changes::{Change, Draft, LinkChange, Resource};
use crate::failure::{Failure, Fault};
use crate::grade;
use crate::ids::Ids;
use crate::input::{Entity, Input};

/// What a write came to, and which resources it changed.
pub type Written = (Outcome, Vec<(&'static str, String)>);

/// Carries out a create, update, delete or change of linkages.
///
/// # Errors
/// 404 where the resource in the path is not there, then 409 with everything that is wrong with
/// the body and the state. The caller's transaction is to be dropped.
pub fn write(
    store: &mut dyn Write,
    permit: &Permit,
    operation: &'static Operation,
    id: Option<&str>,
    input: Input,
    now: Timestamp,
    ids: Ids,
) -> Result<Written, Failure> {
    super::require_cover(permit, operation)?;
    if grade::reason(operation).is_some() {
        return Err(grade::not_yet(operation).into());
    }
    let schema = operation.schema.ok_or_else(|| grade::not_yet(operation))?;
    let mut writing = Writing { writer: Writer::new(store, permit, now, ids), permit, schema };
    let outcome = match (operation.kind, input, id) {
        (OperationKind::CreateInstance, Input::Entity(entity, problems), None) => {
            writing.create(entity, problems)?
        }
        (OperationKind::UpdateInstance, Input::Entity(entity, problems), Some(id)) => {
            writing.update(id, entity, problems)?
        }
        (OperationKind::DeleteInstance, Input::Nothing, Some(id)) => {
            writing.delete(id)?;
            done(operation)
        }
        (kind, Input::Linkage(linkage, problems), Some(id)) => {
            let known = link_change(kind).zip(operation.member);
            let (how, member) = known.ok_or_else(|| grade::not_yet(operation))?;
            writing.link(id, member, how, &linkage, problems)?;
            done(operation)
        }
        _ => return Err(grade::not_yet(operation).into()),
    };
    Ok((outcome, writing.writer.touched))
}

/// Returns what an operation does to linkages; `None` where it does nothing to them.
fn link_change(kind: OperationKind) -> Option<LinkChange> {
    match kind {
        OperationKind::CreateToManyRelationship => Some(LinkChange::Add),
        OperationKind::DeleteToManyRelationship => Some(LinkChange::Remove),
        OperationKind::ReplaceToManyRelationship | OperationKind::UpdateToOneRelationship => {
            Some(LinkChange::Replace)
        }
        OperationKind::GetCollection
        | OperationKind::GetInstance
        | OperationKind::CreateInstance
        | OperationKind::UpdateInstance
        | OperationKind::DeleteInstance
        | OperationKind::GetToManyRelated
        | OperationKind::GetToOneRelated
        | OperationKind::GetToManyRelationship
        | OperationKind::GetToOneRelationship
        | OperationKind::GetMetrics => None,
    }
}

/// Three deletes are answered 202 instead of 204. Source: Apple's document.
fn done(operation: &Operation) -> Outcome {
    if operation.statuses.contains(&202) { Outcome::Accepted } else { Outcome::Done }
}

struct Writing<'a> {
    writer: Writer<'a>,
    permit: &'a Permit,
    schema: &'static Schema,
}

impl Writing<'_> {
    fn create(
        &mut self,
        mut entity: Entity,
        mut problems: Vec<Problem>,
    ) -> Result<Outcome, Failure> {
        let mut ids = self.writer.ids.clone();
        let kind = self.schema.kind;
        let resolved = self.resolve(None, &mut entity, &mut ids, &mut problems)?;
        let (attributes, relationships) = (entity.attributes, resolved.relationships);
        let id = identity::new_id(kind, &attributes, &relationships, None, &mut ids);
        let draft = Draft { kind, id, attributes, relationships };
        self.writer.ids = ids;
        let change = Change::Create { draft: &draft, inline: &resolved.inline };
        self.check(&change, &mut problems)?;
        for inline in &resolved.inline {
            let change = Change::Create { draft: inline, inline: &[] };
            if let Some(behavior) = behaviors::find(inline.kind) {
                behavior.check(&change, &self.writer.view(), &mut problems)?;
            }
        }
        self.check_inline_of_new(&draft, &resolved.inline, &mut problems)?;
        refuse(problems)?;
        require_done(kind, &draft.attributes)?;
        let id = draft.id.clone();
        if behaviors::KEPT_BY_CREATE.contains(&kind)
            && self.writer.read().record(kind, &id)?.is_some()
        {
            return self.answer(kind, &id, true);
        }
        self.make_room(kind, &id)?;
        self.writer.create(draft, &resolved.inline)?;
        self.answer(kind, &id, true)
    }

    /// Where there is one already that stays, that alone is refused, by [`Writing::make_room`].
    fn check_inline_of_new(
        &self,
        draft: &Draft,
        inline: &[Draft],
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let read = self.writer.read();
        let there = read.record(draft.kind, &draft.id)?;
        if there.is_some() && !behaviors::REPLACED_BY_CREATE.contains(&draft.kind) {
            return Ok(());
        }
        let replaced = there.map(Resource::parse).transpose()?;
        parts::check_inline(read, replaced.as_ref(), inline, problems)
    }

    /// Where the id follows from what the new resource belongs to, there may be one already: for
    /// some types a create replaces it, for the others it is refused. Source: recorded.
    fn make_room(&mut self, kind: &'static str, id: &str) -> Result<(), Failure> {
        let Some(record) = self.writer.read().record(kind, id)? else { return Ok(()) };
        if behaviors::REPLACED_BY_CREATE.contains(&kind) {
            return self.writer.delete(&Resource::parse(record)?);
        }
        let detail = format!("A resource of type '{kind}' with id '{id}' already exists");
        let problem = Problem::new(Code::RelationshipInvalid, detail);
        Err(match russet_catalog::id_format(kind) {
            IdFormat::SameAs(name) => problem.at_relationship(name),
            _ => problem,
        }
        .into())
    }

    fn update(
        &mut self,
        id: &str,
        mut entity: Entity,
        mut problems: Vec<Problem>,
    ) -> Result<Outcome, Failure> {
        let before = self.require(id)?;
        let mut ids = self.writer.ids.clone();
        let resolved = self.resolve(Some(id), &mut entity, &mut ids, &mut problems)?;
        self.writer.ids = ids;
        let change = Change::Update {
            before: &before,
            attributes: &entity.attributes,
            relationships: &resolved.relationships,
            inline: &resolved.inline,
        };
        self.check(&change, &mut problems)?;
        let (read, named) = (self.writer.read(), &resolved.relationships);
        parts::check_inline(read, None, &resolved.inline, &mut problems)?;
        parts::check_update(read, &before, named, &resolved.inline, &mut problems)?;
        refuse(problems)?;
        require_done(self.schema.kind, &entity.attributes)?;
        self.writer.update(
            &before,
            &entity.attributes,
            &resolved.relationships,
            &resolved.inline,
        )?;
        self.answer(self.schema.kind, id, false)
    }

    fn delete(&mut self, id: &str) -> Result<(), Failure> {
        let before = self.require(id)?;
        let mut problems = Vec::new();
        self.check(&Change::Delete { before: &before }, &mut problems)?;
        refuse(problems)?;
        self.writer.delete(&before)
    }

    fn link(
        &mut self,
        id: &str,
        relationship: &'static str,
        how: LinkChange,
        linkage: &Linkage,
        mut problems: Vec<Problem>,
    ) -> Result<(), Failure> {
        let before = self.require(id)?;
        refuse(std::mem::take(&mut problems))?;
        let ids = create::resolve_linkage(self.writer.read(), self.permit, linkage, &mut problems)?;
        let change = Change::Link { before: &before, relationship, how, ids: &ids };
        self.check(&change, &mut problems)?;
        let read = self.writer.read();
        parts::check_linkage(read, &before, relationship, how, &ids, &mut problems)?;
        refuse(problems)?;
        if how == LinkChange::Remove {
            self.delete_parts(&before.kind, relationship, &ids)?;
        }
        self.writer.link(&before, relationship, how, &ids)
    }

    /// What is removed from all that it can belong to is deleted. Source: inferred; a price without
    /// a subscription is nothing.
    fn delete_parts(
        &mut self,
        kind: &str,
        relationship: &str,
        ids: &[String],
    ) -> Result<(), Failure> {
        let Some(way) = parts::way(kind, relationship) else { return Ok(()) };
        for id in ids {
            if let Some(record) = self.writer.read().record(way.target, id)? {
                self.writer.delete(&Resource::parse(record)?)?;
            }
        }
        Ok(())
    }

    fn resolve(
        &self,
        subject: Option<&str>,
        entity: &mut Entity,
        ids: &mut Ids,
        problems: &mut Vec<Problem>,
    ) -> Result<create::Resolved, Fault> {
        let read = self.writer.read();
        create::resolve(read, self.permit, self.schema.kind, subject, entity, ids, problems)
    }

    fn require(&self, id: &str) -> Result<Resource, Failure> {
        let record = resolve::require(self.writer.read(), self.permit, self.schema.kind, id)?;
        Ok(Resource::parse(record)?)
    }

    fn check(&self, change: &Change<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
        match behaviors::find(self.schema.kind) {
            Some(behavior) => behavior.check(change, &self.writer.view(), problems),
            None => Ok(()),
        }
    }

    fn answer(&self, kind: &str, id: &str, created: bool) -> Result<Outcome, Failure> {
        let record = self.writer.read().record(kind, id)?;
        Ok(Outcome::One { schema: self.schema, record, included: Included::default(), created })
    }
}

/// A flag that no answer shows (`submitted`, `canceled`) asks for something to be done. Where no
/// behavior does it, a success would be invented.
fn require_done(kind: &str, attributes: &Map<String, Value>) -> Result<(), Failure> {
    if behaviors::find(kind).is_some() {
        return Ok(());
    }
    let asks = |(name, value): &(&String, &Value)| {
        **value == Value::Bool(true) && !kept::is_attribute(kind, name)
    };
    match attributes.iter().find(asks) {
        Some((name, _)) => Err(grade::not_yet_set(kind, name).into()),
        None => Ok(()),
    }
}

/// Refuses with every problem, each once. What is wrong with the request itself wins over the state
/// that it meets (protocol facts, section 4.7).
fn refuse(mut problems: Vec<Problem>) -> Result<(), Failure> {
    let of_state = |problem: &Problem| problem.code.as_str().starts_with("STATE_ERROR");
    if !problems.iter().all(of_state) {
        problems.retain(|problem| !of_state(problem));
    }
    let mut told = Vec::new();
    problems.retain(|problem| {
        let place = problem.source.clone().map(|source| (problem.code, source));
        let new = place.is_none() || !told.contains(&place);
        told.push(place);
        new
    });
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}
