//! Plants the demo teams: team, records, access and keys, in one write transaction each.
//!
//! A start that was killed in between is completed by the next: a team carries a marker once it is
//! whole, and private keys are handed out before the commit that makes their keys good.

use std::sync::{Arc, mpsc};
use std::thread;

use jiff::Timestamp;
use russet_auth::{
    AccessError, Actor, Decision, IssueError, Issued, IssuerId, Permit, RevokeError, Role, RoleSet,
    decide_access, issue_individual_key, issue_team_key, request_access, revoke,
};
use russet_engine::Fault;
use russet_engine::provisioning::{MaterialFault, TeamAuthority};
use russet_engine::seed::{Seed, equip, plant as plant_records};
use russet_store::{Store, StoreError, Team, TeamNumber, Write};

use crate::people::{DemoKey, DemoTeam, TEAMS};
use crate::seeds::SeedRecord;

/// Where randomness comes from: fills the buffer it is given.
pub type Randomness = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Kind of the record that tells that a team is planted whole; internal, as its underscore says.
const MARKER: &str = "_demo";

/// Takes a key that is about to be committed. What it fails with undoes the team.
pub type HandOut<K> = Arc<dyn Fn(Issued) -> Result<K, PlantError> + Send + Sync>;

/// A demo team as planted.
pub struct PlantedTeam<K = Issued> {
    /// What was planned.
    pub plan: &'static DemoTeam,
    /// The team in the store.
    pub team: Team,
    /// Its keys, each with its plan, in the plan's order.
    pub keys: Vec<(&'static DemoKey, K)>,
}

/// Why a demo was not planted.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record was not taken.
    #[error(transparent)]
    Record(#[from] Fault),
    /// The authority was not drawn.
    #[error(transparent)]
    Material(#[from] MaterialFault),
    /// Access was not given.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A key was not issued.
    #[error(transparent)]
    Key(#[from] IssueError),
    /// A key was not revoked.
    #[error(transparent)]
    Revoke(#[from] RevokeError),
    /// A private key was not handed out.
    #[error("{0}")]
    NotHandedOut(String),
    /// The content names what it does not have.
    #[error("the demo has no {0}")]
    Content(String),
    /// The store went away.
    #[error("the store stopped while the demo was planted")]
    Stopped,
}

/// Plants the demo teams into a new store.
///
/// # Errors
/// When the store fails. A team is planted whole or not at all.
pub fn plant(
    store: &dyn Store,
    now: Timestamp,
    randomness: &Randomness,
) -> Result<Vec<PlantedTeam>, PlantError> {
    plant_missing(store, now, randomness, &(Arc::new(Ok) as HandOut<Issued>))
}

/// Plants those demo teams that are missing; none where the store has teams of somebody else.
///
/// # Errors
/// When the store or `hand_out` fails. A team is planted whole or not at all.
pub fn plant_missing<K: Send + 'static>(
    store: &dyn Store,
    now: Timestamp,
    randomness: &Randomness,
    hand_out: &HandOut<K>,
) -> Result<Vec<PlantedTeam<K>>, PlantError> {
    missing(store)?
        .into_iter()
        .map(|plan| plant_team(store, plan, now, randomness, hand_out.clone()))
        .collect()
}

/// Returns the demo teams that are not planted; none where the store has teams of somebody else.
///
/// # Errors
/// When the store fails.
pub fn missing(store: &dyn Store) -> Result<Vec<&'static DemoTeam>, StoreError> {
    let teams = store.teams()?;
    let mut missing: Vec<_> = TEAMS.iter().collect();
    for team in teams {
        let Some(plan) = TEAMS.iter().find(|plan| is_of(&team, plan)) else {
            return Ok(Vec::new());
        };
        if store.read(team.number)?.record(MARKER, MARKER)?.is_some() {
            missing.retain(|other| other.name != plan.name);
        }
    }
    Ok(missing)
}

/// Returns whether a team of the store is this one of the demo.
#[must_use]
pub fn is_of(team: &Team, plan: &DemoTeam) -> bool {
    team.name == plan.name && team.seed == plan.developer_team
}

fn plant_team<K: Send + 'static>(
    store: &dyn Store,
    plan: &'static DemoTeam,
    now: Timestamp,
    randomness: &Randomness,
    hand_out: HandOut<K>,
) -> Result<PlantedTeam<K>, PlantError> {
    let begun = store.teams()?.into_iter().find(|team| is_of(team, plan));
    let team = if let Some(begun) = begun {
        begun
    } else {
        let issuer = IssuerId::draw(&mut |bytes| randomness(bytes));
        store.create_team(plan.name, issuer.as_str(), plan.developer_team)?
    };
    // Drawn while the rest is written: it takes as long.
    let authority = plan.has_access().then(|| thread::spawn(TeamAuthority::generate));
    let records = crate::team_records(plan, now);
    let randomness = randomness.clone();
    let issued = in_one_write(store, team.number, move |write, permit| {
        plant_records(write, permit, now, records.into_iter().map(seed).collect())?;
        if let Some(drawing) = authority {
            let authority = drawing.join().map_err(|_| PlantError::Stopped)??;
            equip(write, permit, now, authority, crate::CERTIFICATE_REQUEST)?;
        }
        let issued = issue_keys(write, plan, now, &randomness)?;
        write.insert(MARKER, MARKER, None, "{}", &[])?;
        issued.into_iter().map(|issued| hand_out(issued)).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(PlantedTeam { plan, team, keys: plan.keys.iter().zip(issued).collect() })
}

fn seed(record: SeedRecord) -> Seed {
    let SeedRecord { kind, id, app, attributes, relationships } = record;
    Seed { kind, id, app, attributes, relationships }
}

fn issue_keys(
    write: &mut dyn Write,
    plan: &DemoTeam,
    now: Timestamp,
    randomness: &Randomness,
) -> Result<Vec<Issued>, PlantError> {
    if !plan.has_access() {
        return Ok(Vec::new());
    }
    request_access(write, &Actor::System, now)?;
    decide_access(write, Decision::Approve, "Part of the demo", now)?;
    let mut all = Vec::new();
    for key in plan.keys {
        let issued = issue_key(write, plan, key, now, randomness)?;
        if key.revoked {
            revoke(write, &Actor::System, issued.key.id, now)?;
        }
        all.push(issued);
    }
    Ok(all)
}

fn issue_key(
    write: &mut dyn Write,
    plan: &DemoTeam,
    key: &DemoKey,
    now: Timestamp,
    randomness: &Randomness,
) -> Result<Issued, PlantError> {
    let mut draw = |bytes: &mut [u8]| randomness(bytes);
    if let Some(email) = key.person {
        let person = plan.people.iter().find(|person| person.email == email);
        let person = person.ok_or_else(|| PlantError::Content(email.to_owned()))?;
        return Ok(issue_individual_key(write, &person.user_id(), now, &mut draw)?);
    }
    let roles: Option<Vec<Role>> = key.roles.iter().map(|role| Role::parse(role)).collect();
    let roles = roles.ok_or_else(|| PlantError::Content(format!("role as '{}'", key.name)))?;
    Ok(issue_team_key(write, &Actor::System, key.name, RoleSet::of(&roles), now, &mut draw)?)
}

/// Runs work in one write transaction and waits until it is durable.
pub(crate) fn in_one_write<T: Send + 'static>(
    store: &dyn Store,
    team: TeamNumber,
    work: impl FnOnce(&mut dyn Write, &Permit) -> Result<T, PlantError> + Send + 'static,
) -> Result<T, PlantError> {
    let (send, receive) = mpsc::channel();
    let (result, made) = mpsc::channel();
    let job = Box::new(move |write: &mut dyn Write| {
        let outcome = work(write, &Permit::for_system(team));
        let keep = outcome.is_ok();
        // The receiver waits below.
        let _ = result.send(outcome);
        keep
    });
    let done = Box::new(move |outcome| drop(send.send(outcome)));
    store.write(team, job, done);
    receive.recv().map_err(|_| PlantError::Stopped)??;
    made.recv().map_err(|_| PlantError::Stopped)?
}
