//! The permit: proof that a caller may carry out an operation, and the limits it does so under.

use std::sync::Arc;

use russet_catalog::Operation;
use russet_store::TeamNumber;
use russet_wire::{Code, Problem, Refusal};

use super::table::{Capability, Reply, may_read, open_to_individual_keys, ruling};
use crate::{Actor, KeyKind, Principal, Role, RoleSet, Visibility};

/// Permission to carry out one operation for one team. The engine does nothing without one, and
/// only [`permit`] and [`Permit::for_system`] make them.
#[derive(Debug)]
pub struct Permit {
    team: TeamNumber,
    roles: RoleSet,
    apps: Visibility,
    actor: Actor,
    user: Option<Arc<str>>,
    kind: Option<KeyKind>,
    operation: Option<&'static str>,
    condition: Option<Capability>,
    refusal: Reply,
}

/// Returns a permit for the operation, or says why there is none.
///
/// # Errors
/// 403 `FORBIDDEN_ERROR` where none of the caller's roles may, or the key is an individual one and
/// such keys never may. Source: recorded replies.
pub fn permit(principal: &Principal, operation: &Operation) -> Result<Permit, Refusal> {
    // An operation without a rule is closed to everybody; a test keeps that from happening.
    let Some(ruling) = ruling(operation) else { return Err(Reply::SecurityReasons.refusal()) };
    let kind = principal.kind();
    let closed = kind == KeyKind::Individual && !ruling.individual_keys;
    if closed || !ruling.roles.intersects(principal.roles()) {
        return Err(ruling.refusal.refusal());
    }
    Ok(Permit {
        team: principal.team(),
        roles: principal.roles(),
        apps: principal.apps().clone(),
        actor: Actor::Key(principal.key()),
        user: principal.user().cloned(),
        kind: Some(kind),
        operation: Some(operation.id),
        condition: ruling.condition,
        refusal: ruling.refusal,
    })
}

impl Reply {
    /// Returns the refusal.
    fn refusal(self) -> Refusal {
        Refusal::from(match self {
            Reply::SecurityReasons => {
                Problem::new(Code::Forbidden, "The API key in use does not allow this request")
            }
            Reply::UnableToProcess => {
                Problem::new(Code::Forbidden, "").titled("Unable to process request.")
            }
        })
    }
}

impl Permit {
    /// Returns a permit for everything in a team, for what Russet does itself: seeding demo data,
    /// `tick`, the simulator and the operator's acts. Never call it while serving a request to the
    /// REST API: tidy lists the callers.
    #[must_use]
    pub fn for_system(team: TeamNumber) -> Permit {
        Permit {
            team,
            roles: RoleSet::ALL,
            apps: Visibility::All,
            actor: Actor::System,
            user: None,
            kind: None,
            operation: None,
            condition: None,
            refusal: Reply::SecurityReasons,
        }
    }

    /// Returns the permit with fewer roles and, where `apps` are given, only those of the apps it
    /// saw. A permit can only ever be narrowed.
    #[must_use]
    pub fn narrowed(mut self, roles: RoleSet, apps: Option<&[&str]>) -> Permit {
        self.roles = self.roles.intersection(roles);
        if let Some(apps) = apps {
            let mut both: Vec<Arc<str>> = apps
                .iter()
                .filter(|app| self.apps.includes(app))
                .map(|app| Arc::from(*app))
                .collect();
            both.sort_unstable();
            self.apps = Visibility::Some(both.into());
        }
        self
    }

    /// Returns the team; no transaction crosses it.
    #[must_use]
    pub fn team(&self) -> TeamNumber {
        self.team
    }

    /// Returns the roles that the caller acts with.
    #[must_use]
    pub fn roles(&self) -> RoleSet {
        self.roles
    }

    /// Returns which apps the caller sees; what hangs off another is as absent as the app itself.
    #[must_use]
    pub fn apps(&self) -> &Visibility {
        &self.apps
    }

    /// Returns who acts, for audit and `actors`.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Returns the user whose individual key acts.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Returns whether the permit is for this operation. The engine checks it, so that a permit
    /// for one operation does not carry out another.
    #[must_use]
    pub fn covers(&self, operation: &Operation) -> bool {
        self.operation.is_none_or(|id| id == operation.id)
    }

    /// Returns whether the caller has a capability.
    #[must_use]
    pub fn may(&self, capability: Capability) -> bool {
        self.roles.intersects(capability.roles())
    }

    /// Returns the capability that the operation asks for and the caller lacks: then the record
    /// or the body decides, and the operation's behavior refuses what needs it.
    #[must_use]
    pub fn lacks(&self) -> Option<Capability> {
        self.condition.filter(|capability| !self.may(*capability))
    }

    /// Returns what a behavior refuses with where it finds that the caller may not after all: the
    /// 403 of the operation's family.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        self.refusal.refusal()
    }

    /// Returns whether the caller reads resources of a type: `include` leaves out what it may
    /// not read.
    #[must_use]
    pub fn may_read(&self, kind: &str) -> bool {
        may_read(self.roles, kind)
            && (self.kind != Some(KeyKind::Individual) || open_to_individual_keys(kind))
    }

    /// Returns whether the caller may give someone these roles, or act on someone who has them:
    /// all must stand below the own highest one, so that the Account Holder's is never given.
    /// Source: recorded refusals of invitations.
    #[must_use]
    pub fn may_assign(&self, roles: RoleSet) -> bool {
        let below = |role: Role| role.rank() < self.roles.rank();
        self.actor == Actor::System || roles.iter().all(below)
    }
}
