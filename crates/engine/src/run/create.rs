//! From a checked body to drafts with final ids, all named resources known to exist.

use russet_auth::Permit;
use russet_catalog::InputRelationship;
use russet_store::Read;
use russet_wire::{Code, Identifier, Linkage, Problem};

use super::{identity, parts, resolve};
use crate::changes::Draft;
use crate::failure::Fault;
use crate::ids::Ids;
use crate::input::Entity;
use crate::input::entity::is_local;
use crate::{reference, relations};

/// The resources that a body makes or names.
#[derive(Debug)]
pub struct Resolved {
    /// Relationships of the primary resource.
    pub relationships: Vec<(&'static str, Vec<String>)>,
    /// Inline resources.
    pub inline: Vec<Draft>,
}

/// Type and id of a resource.
type About = (&'static str, String);

/// Gives inline resources their ids and checks that everything named is there. `subject` is the
/// resource that an update is about.
///
/// # Errors
/// When the store fails; what is not there is appended to `problems`.
pub fn resolve(
    read: &dyn Read,
    permit: &Permit,
    kind: &'static str,
    subject: Option<&str>,
    entity: &mut Entity,
    ids: &mut Ids,
    problems: &mut Vec<Problem>,
) -> Result<Resolved, Fault> {
    let problems = &mut *problems;
    let about = about(read, kind, subject, entity)?;
    let mut locals: Vec<(String, String)> = Vec::with_capacity(entity.inline.len());
    let mut resolver = Resolver { read, permit, about: &about, locals: &locals, problems };
    let subject = subject.map(str::to_owned).or_else(|| {
        let direct: Vec<(&'static str, Vec<String>)> = entity
            .relationships
            .iter()
            .map(|(known, linkage)| (known.name, direct_ids(linkage)))
            .collect();
        identity::owner(kind, &direct)
    });
    let mut inline = Vec::with_capacity(entity.inline.len());
    for (index, made) in entity.inline.iter_mut().enumerate() {
        let at = format!("/included/{index}");
        let kind = made.schema.kind;
        let relationships = resolver.relationships(kind, &made.relationships, &at)?;
        let attributes = std::mem::take(&mut made.attributes);
        let id = identity::new_id(kind, &attributes, &relationships, subject.as_deref(), ids);
        inline.push(Draft { kind, id, attributes, relationships });
    }
    for (made, draft) in entity.inline.iter().zip(&inline) {
        locals.push((made.local_id.clone(), draft.id.clone()));
    }
    let mut resolver = Resolver { read, permit, about: &about, locals: &locals, problems };
    // Inline resources may name each other: what was local is known only now.
    for (index, (made, draft)) in entity.inline.iter().zip(&mut inline).enumerate() {
        if made.relationships.iter().any(|(_, linkage)| names_local(linkage)) {
            let at = format!("/included/{index}");
            draft.relationships = resolver.relationships(draft.kind, &made.relationships, &at)?;
        }
    }
    let relationships = resolver.relationships(kind, &entity.relationships, "/data")?;
    Ok(Resolved { relationships, inline })
}

/// Returns what a request is about: the resource that it updates, and what its resource belongs to.
fn about(
    read: &dyn Read,
    kind: &'static str,
    subject: Option<&str>,
    entity: &Entity,
) -> Result<Vec<About>, Fault> {
    let mut about = owners(kind, &entity.relationships);
    let Some(id) = subject else { return Ok(about) };
    about.push((kind, id.to_owned()));
    for owner in russet_catalog::kind(kind).map_or(&[][..], |kind| kind.owners) {
        let ids = parts::has(read, owner.edge, id)?;
        about.extend(ids.into_iter().map(|id| (owner.kind, id)));
    }
    Ok(about)
}

/// Returns what relationships say that a resource belongs to.
fn owners(kind: &str, sent: &[(&'static InputRelationship, Linkage)]) -> Vec<About> {
    let owning = sent.iter().filter(|(known, _)| relations::is_owner(kind, known.edge));
    owning
        .flat_map(|(known, linkage)| direct_ids(linkage).into_iter().map(|id| (known.target, id)))
        .collect()
}

/// Checks that the identifiers of a linkage body are there.
///
/// # Errors
/// When the store fails.
pub fn resolve_linkage(
    read: &dyn Read,
    permit: &Permit,
    linkage: &Linkage,
    problems: &mut Vec<Problem>,
) -> Result<Vec<String>, Fault> {
    let identifiers = identifiers(linkage);
    let mut ids = Vec::with_capacity(identifiers.len());
    for (index, identifier) in identifiers.iter().enumerate() {
        if resolve::find(read, permit, &identifier.kind, &identifier.id)?.is_none() {
            let at = match linkage {
                Linkage::One(_) => "/data".to_owned(),
                Linkage::Many(_) => format!("/data/{index}"),
            };
            problems.push(not_there(identifier).at(at));
        } else if !ids.contains(&identifier.id) {
            ids.push(identifier.id.clone());
        }
    }
    Ok(ids)
}

struct Resolver<'a> {
    read: &'a dyn Read,
    permit: &'a Permit,
    about: &'a [About],
    locals: &'a [(String, String)],
    problems: &'a mut Vec<Problem>,
}

impl Resolver<'_> {
    fn relationships(
        &mut self,
        kind: &str,
        sent: &[(&'static InputRelationship, Linkage)],
        at: &str,
    ) -> Result<Vec<(&'static str, Vec<String>)>, Fault> {
        let owners = owners(kind, sent);
        let mut relationships = Vec::with_capacity(sent.len());
        for (known, linkage) in sent {
            let mut ids = Vec::new();
            for (index, identifier) in identifiers(linkage).iter().enumerate() {
                if is_local(&identifier.id) {
                    let local = self.locals.iter().find(|(local, _)| *local == identifier.id);
                    ids.extend(local.map(|(_, id)| id.clone()));
                } else if let Some(problem) = self.refusal(identifier, &owners)? {
                    let name = known.name;
                    let pointer = match linkage {
                        Linkage::One(_) => format!("{at}/relationships/{name}"),
                        Linkage::Many(_) => format!("{at}/relationships/{name}/data/{index}"),
                    };
                    self.problems.push(problem.at(pointer));
                } else if !ids.contains(&identifier.id) {
                    ids.push(identifier.id.clone());
                }
            }
            relationships.push((known.name, ids));
        }
        Ok(relationships)
    }

    /// Returns why a resource cannot be named: it is not there, or it is the price of something
    /// else. Source: that the latter is refused in these words is our choice.
    fn refusal(&self, identifier: &Identifier, owners: &[About]) -> Result<Option<Problem>, Fault> {
        let Identifier { kind, id } = identifier;
        if resolve::find(self.read, self.permit, kind, id)?.is_none() {
            return Ok(Some(not_there(identifier)));
        }
        let Some((subject, of)) = reference::subject(kind, id) else { return Ok(None) };
        let mut expected =
            owners.iter().chain(self.about).filter(|(kind, _)| *kind == subject).peekable();
        let Some((_, first)) = expected.peek() else { return Ok(None) };
        if expected.clone().any(|(_, id)| *id == of) {
            return Ok(None);
        }
        let detail = format!(
            "The resource of type '{kind}' with id '{id}' is not one of the resource of type '{subject}' with id '{first}'"
        );
        Ok(Some(Problem::new(Code::RelationshipInvalid, detail)))
    }
}

fn names_local(linkage: &Linkage) -> bool {
    identifiers(linkage).iter().any(|identifier| is_local(&identifier.id))
}

fn direct_ids(linkage: &Linkage) -> Vec<String> {
    identifiers(linkage).iter().map(|identifier| identifier.id.clone()).collect()
}

fn identifiers(linkage: &Linkage) -> &[Identifier] {
    match linkage {
        Linkage::One(one) => one.as_slice(),
        Linkage::Many(many) => many,
    }
}

/// Source: `ENTITY_ERROR.RELATIONSHIP.INVALID` is recorded for what does not exist; that the
/// detail names it is our choice.
fn not_there(identifier: &Identifier) -> Problem {
    let detail = format!(
        "The specified resource does not exist. There is no resource of type '{}' with id '{}'",
        identifier.kind, identifier.id
    );
    Problem::new(Code::RelationshipInvalid, detail)
}
