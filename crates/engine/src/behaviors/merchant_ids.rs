//! Merchant ids: identifiers that are unique in the team, and not deleted while a certificate
//! needs them. Pass type ids follow the same rules, so [`Identified`] serves both.

use russet_wire::{Code, Problem};

use super::bundle_ids::{is_identifier, malformed, taken};
use super::certificates::expiry;
use super::{Behavior, unchanged};
use crate::changes::{Change, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of a type of which certificates name one.
pub struct Identified {
    /// Resource type.
    pub(super) kind: &'static str,
    /// What people call it.
    pub(super) what: &'static str,
}

/// The behavior of `merchantIds`.
pub static MERCHANT_IDS: Identified = Identified { kind: "merchantIds", what: "Merchant ID" };

impl Behavior for Identified {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn facets(&self) -> &'static [&'static str] {
        &["identifier"]
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                let Some(identifier) = draft.text("identifier") else { return Ok(()) };
                if !is_identifier(identifier) || identifier.contains('*') {
                    problems.push(malformed(self.what, identifier));
                } else if !view.having(self.kind, "identifier", identifier)?.is_empty() {
                    problems.push(taken(&format!("A {}", self.what), identifier));
                }
            }
            Change::Delete { before } => {
                let certificates = view.related(self.kind, &before.id, "certificates")?;
                if certificates.iter().any(|one| expiry(one).is_some_and(|end| end > view.now)) {
                    // Our reading; no reply is recorded.
                    let detail = format!(
                        "The {} '{}' has active certificates, so it can not be removed at this time.",
                        self.what,
                        before.text("identifier").unwrap_or_default()
                    );
                    problems.push(Problem::new(Code::EntityError, detail));
                }
            }
            Change::Update { .. } | Change::Link { .. } => {}
        }
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        _: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        Ok(match change {
            Change::Update { before, attributes, .. } => {
                unchanged::restore(self.kind, before, attributes, &["name"])
            }
            Change::Create { .. } | Change::Delete { .. } | Change::Link { .. } => Vec::new(),
        })
    }
}
