//! Plants the demo into an empty store: teams, records, access, keys and their files.

use std::path::Path;
use std::sync::mpsc;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use russet_auth::{
    Actor, Decision, Issued, IssuerId, Permit, Role, RoleSet, decide_access, issue_individual_key,
    issue_team_key, request_access, revoke,
};
use russet_engine::seed::{Seed, plant as plant_records};
use russet_store::{Store, TeamNumber, Write};

use super::people::{DemoKey, DemoTeam, TEAMS};
use crate::edge;
use crate::state::{Key, Team, User, write_private};

/// Plants the demo teams and returns what `russet.json` says of them.
///
/// # Errors
/// When the store or the key files cannot be written.
pub fn plant(store: &dyn Store, keys: &Path, now: Timestamp) -> Result<Vec<Team>> {
    std::fs::create_dir_all(keys).with_context(|| format!("{} can not be made", keys.display()))?;
    let mut teams = Vec::new();
    for demo in &TEAMS {
        teams.push(plant_team(store, demo, keys, now)?);
    }
    Ok(teams)
}

fn plant_team(
    store: &dyn Store,
    demo: &'static DemoTeam,
    folder: &Path,
    now: Timestamp,
) -> Result<Team> {
    let issuer = IssuerId::draw(&mut edge::draw);
    let team = store.create_team(demo.name, issuer.as_str(), demo.developer_team)?;
    let records = super::team_records(demo, now);
    let issued = in_one_write(store, team.number, move |write, permit| {
        let seeds = records.into_iter().map(|record| Seed {
            kind: record.kind,
            id: record.id,
            app: record.app,
            attributes: record.attributes,
            relationships: record.relationships,
        });
        plant_records(write, permit, now, seeds.collect())?;
        issue_keys(write, demo, now)
    })?;
    let mut keys = Vec::new();
    for (plan, issued) in demo.keys.iter().zip(issued) {
        let file = folder.join(issued.file_name());
        let key_id = issued.key.id.to_string();
        write_private(&file, issued.private_key.into_text().as_bytes())?;
        keys.push(Key {
            kind: if plan.person.is_some() { "individual" } else { "team" }.to_owned(),
            key_id,
            roles: plan.roles.iter().map(|role| (*role).to_owned()).collect(),
            state: if plan.revoked { "revoked" } else { "active" }.to_owned(),
            user: plan.person.map(str::to_owned),
            file,
        });
    }
    let users = demo.people.iter().map(|person| User {
        email: person.email.to_owned(),
        password: edge::secret(16),
        roles: person.roles.iter().map(|role| (*role).to_owned()).collect(),
    });
    Ok(Team { name: team.name, issuer_id: team.issuer, users: users.collect(), keys })
}

fn issue_keys(write: &mut dyn Write, demo: &DemoTeam, now: Timestamp) -> Result<Vec<Issued>> {
    if !demo.has_access() {
        return Ok(Vec::new());
    }
    request_access(write, &Actor::System, now)?;
    decide_access(write, Decision::Approve, "Part of the demo", now)?;
    let mut all = Vec::new();
    for plan in demo.keys {
        let issued = issue_key(write, demo, plan, now)?;
        if plan.revoked {
            revoke(write, &Actor::System, issued.key.id, now)?;
        }
        all.push(issued);
    }
    Ok(all)
}

fn issue_key(
    write: &mut dyn Write,
    demo: &DemoTeam,
    plan: &DemoKey,
    now: Timestamp,
) -> Result<Issued> {
    let mut draw = edge::draw;
    if let Some(email) = plan.person {
        let person = demo
            .people
            .iter()
            .find(|person| person.email == email)
            .ok_or_else(|| anyhow!("the demo has no {email}"))?;
        return Ok(issue_individual_key(write, &person.user_id(), now, &mut draw)?);
    }
    let roles: Option<Vec<Role>> = plan.roles.iter().map(|role| Role::parse(role)).collect();
    let roles = roles.ok_or_else(|| anyhow!("the demo key '{}' has an unknown role", plan.name))?;
    Ok(issue_team_key(write, &Actor::System, plan.name, RoleSet::of(&roles), now, &mut draw)?)
}

/// Runs work in one write transaction and waits until it is durable.
fn in_one_write<T: Send + 'static>(
    store: &dyn Store,
    team: TeamNumber,
    work: impl FnOnce(&mut dyn Write, &Permit) -> Result<T> + Send + 'static,
) -> Result<T> {
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
    receive.recv().context("the store stopped while the demo was planted")??;
    made.recv().context("the demo was not planted")?
}
