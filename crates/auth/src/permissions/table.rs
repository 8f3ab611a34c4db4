//! The rules, and which of them each operation falls under.

use std::collections::HashMap;
use std::sync::OnceLock;

use russet_catalog::{Operation, OperationKind};

use crate::{Role, RoleSet};

include!(concat!(env!("OUT_DIR"), "/permissions.rs"));

/// What an operation does to its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It answers and changes nothing.
    Read,
    /// It makes one.
    Create,
    /// It changes one or its relationships.
    Update,
    /// It deletes one.
    Delete,
}

impl Access {
    /// Returns what operations of a kind do.
    #[must_use]
    pub const fn of(kind: OperationKind) -> Access {
        match kind {
            OperationKind::GetCollection
            | OperationKind::GetInstance
            | OperationKind::GetToManyRelated
            | OperationKind::GetToOneRelated
            | OperationKind::GetToManyRelationship
            | OperationKind::GetToOneRelationship
            | OperationKind::GetMetrics => Access::Read,
            OperationKind::CreateInstance => Access::Create,
            OperationKind::UpdateInstance
            | OperationKind::CreateToManyRelationship
            | OperationKind::ReplaceToManyRelationship
            | OperationKind::DeleteToManyRelationship
            | OperationKind::UpdateToOneRelationship => Access::Update,
            OperationKind::DeleteInstance => Access::Delete,
        }
    }
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Apple's pages or document say so.
    Documented,
    /// Recorded replies, clients or write-ups show it.
    Seen,
    /// Our reading.
    Inferred,
}

/// What some operations ask for beyond a role; whether it is needed the record or the body decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// External groups and testers, public links.
    ExternalTesting,
    /// Anything of a build but `usesNonExemptEncryption`.
    BuildDetails,
    /// Certificates and profiles for distribution.
    DistributionSigning,
    /// Developer ID certificates.
    DeveloperIdSigning,
    /// Adding an app record.
    CreateApps,
}

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Any of these roles.
    pub roles: RoleSet,
    /// Where it comes from.
    pub source: Evidence,
    /// What those without this capability may not do although the operation is open to them.
    pub condition: Option<Capability>,
    /// Why, where there is more to say.
    pub note: &'static str,
}

/// How "role too low" is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// `This request is forbidden for security reasons`.
    SecurityReasons,
    /// `Unable to process request.`, with an empty detail: seen on TestFlight's writes.
    UnableToProcess,
}

/// Resource types that share their rules.
#[derive(Debug)]
pub struct Family {
    /// Name for people.
    pub name: &'static str,
    /// Resource types, sorted.
    pub types: &'static [&'static str],
    /// Who reads.
    pub read: Rule,
    /// Who creates.
    pub create: Option<Rule>,
    /// Who changes.
    pub update: Option<Rule>,
    /// Who deletes.
    pub delete: Option<Rule>,
    /// Whether individual keys may call it at all.
    pub individual_keys: bool,
    /// How writes are refused.
    pub refusal: Reply,
}

impl Family {
    /// Returns the rule for an access.
    #[must_use]
    pub fn rule(&self, access: Access) -> Option<&Rule> {
        match access {
            Access::Read => Some(&self.read),
            Access::Create => self.create.as_ref(),
            Access::Update => self.update.as_ref(),
            Access::Delete => self.delete.as_ref(),
        }
    }
}

/// Returns every family, in the order of `permissions.toml`: what a page about roles is drawn
/// from.
#[must_use]
pub fn families() -> &'static [Family] {
    FAMILIES
}

impl Capability {
    /// Returns who has it.
    #[must_use]
    pub fn roles(self) -> RoleSet {
        CAPABILITIES
            .iter()
            .find(|(capability, _)| *capability == self)
            .map_or(RoleSet::NONE, |(_, rule)| rule.roles)
    }
}

/// What the rules come to for one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// Any of these roles.
    pub roles: RoleSet,
    /// Whether individual keys may call it.
    pub individual_keys: bool,
    /// The rule's condition.
    pub condition: Option<Capability>,
    /// How "role too low" is answered.
    pub refusal: Reply,
}

/// The rules by resource type and, for exceptions, by operation id.
struct Index {
    families: HashMap<&'static str, &'static Family>,
    exceptions: HashMap<&'static str, &'static Rule>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| Index {
        families: FAMILIES
            .iter()
            .flat_map(|family| family.types.iter().map(move |kind| (*kind, family)))
            .collect(),
        exceptions: EXCEPTIONS.iter().map(|(id, rule)| (*id, rule)).collect(),
    })
}

/// Returns what the rules come to for an operation; `None` where no rule covers it, which a test
/// rules out.
#[must_use]
pub fn ruling(operation: &Operation) -> Option<Ruling> {
    let index = index();
    let family = index.families.get(operation.subject)?;
    let access = Access::of(operation.kind);
    let rule = match index.exceptions.get(operation.id) {
        Some(rule) => rule,
        None => family.rule(access)?,
    };
    let mut ruling = Ruling {
        roles: rule.roles,
        individual_keys: family.individual_keys,
        condition: rule.condition,
        refusal: if access == Access::Read { Reply::SecurityReasons } else { family.refusal },
    };
    // What a read answers with must be open to the caller as well as where it starts.
    if access == Access::Read
        && let Some(target) = far_end(operation)
    {
        let far = index.families.get(target)?;
        ruling.roles = ruling.roles.intersection(far.read.roles);
        ruling.individual_keys &= far.individual_keys;
    }
    Some(ruling)
}

/// Returns the resource type at the far end of a related or linkage read.
fn far_end(operation: &Operation) -> Option<&'static str> {
    let member = operation.member?;
    if let Some(schema) = operation.answers {
        return Some(schema.kind);
    }
    let relationships = operation.schema?.relationships;
    relationships.iter().find(|candidate| candidate.name == member).map(|found| found.target)
}

/// Returns whether these roles read resources of a type.
pub(crate) fn may_read(roles: RoleSet, kind: &str) -> bool {
    index().families.get(kind).is_some_and(|family| family.read.roles.intersects(roles))
}

/// Returns whether individual keys may call for a type at all.
pub(crate) fn open_to_individual_keys(kind: &str) -> bool {
    index().families.get(kind).is_some_and(|family| family.individual_keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_names_an_operation_once() {
        for (at, (id, _)) in EXCEPTIONS.iter().enumerate() {
            assert!(russet_catalog::operation(id).is_some(), "{id} is no operation");
            assert!(EXCEPTIONS[..at].iter().all(|(known, _)| known != id), "{id} is there twice");
        }
    }

    #[test]
    fn every_capability_has_its_roles_in_the_file() {
        assert!(Capability::ExternalTesting.roles().contains(Role::AppManager));
        assert_eq!(CAPABILITIES.len(), 5);
        for (capability, rule) in CAPABILITIES {
            assert!(rule.roles.contains(Role::AccountHolder), "{capability:?}");
        }
    }
}
