//! Plants the demo and hands its private keys out as files.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use russet_auth::{ApiKey, KeyKind, KeyOwner, list_keys};
use russet_demo::{DemoTeam, HandOut, PlantError, TEAMS};
use russet_store::Store;

use crate::edge;
use crate::state::{Key, Team, User, write_private};

/// Plants the demo teams that are missing; their private keys become files of `keys`.
///
/// # Errors
/// When the store or the key files cannot be written.
pub fn plant(store: &dyn Store, keys: &Path, now: Timestamp) -> Result<()> {
    if russet_demo::missing(store)?.is_empty() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(keys)
        .with_context(|| format!("{} can not be made", keys.display()))?;
    let folder = keys.to_owned();
    let hand_out: HandOut<()> = Arc::new(move |issued| {
        let file = folder.join(issued.file_name());
        write_private(&file, issued.private_key.into_text().as_bytes())
            .map_err(|error| PlantError::NotHandedOut(format!("{error:#}")))
    });
    let randomness: russet_demo::Randomness = Arc::new(edge::draw);
    russet_demo::plant_missing(store, now, &randomness, &hand_out)?;
    Ok(())
}

/// Returns what `russet.json` says of the demo teams of a store: what it said so far, with key
/// files where the folder is now, or anew, with new passwords, where it said nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn describe(
    store: &dyn Store,
    keys: &Path,
    mut known: Vec<Team>,
    now: Timestamp,
) -> Result<Vec<Team>> {
    let mut described = Vec::new();
    for team in store.teams()? {
        let Some(plan) = TEAMS.iter().find(|plan| russet_demo::is_of(&team, plan)) else {
            continue;
        };
        let at = known.iter().position(|known| {
            known.issuer_id == team.issuer && known.keys.is_empty() == plan.keys.is_empty()
        });
        described.push(match at.map(|at| known.swap_remove(at)) {
            Some(known) => move_keys(known, keys),
            None => describe_team(store, plan, team, keys, now)?,
        });
    }
    Ok(described)
}

fn move_keys(mut team: Team, keys: &Path) -> Team {
    for key in &mut team.keys {
        let here = key.file.file_name().map(|name| keys.join(name));
        if let Some(here) = here.filter(|here| here.exists()) {
            key.file = here;
        }
    }
    team
}

fn describe_team(
    store: &dyn Store,
    plan: &DemoTeam,
    team: russet_store::Team,
    keys: &Path,
    now: Timestamp,
) -> Result<Team> {
    let listed = list_keys(&*store.read(team.number)?, now)?;
    let users = plan.people.iter().map(|person| User {
        email: person.email.to_owned(),
        password: edge::secret(16),
        roles: person.roles.iter().map(|role| (*role).to_owned()).collect(),
    });
    Ok(Team {
        name: team.name,
        issuer_id: team.issuer,
        users: users.collect(),
        keys: listed.iter().map(|key| describe_key(plan, key, keys)).collect(),
    })
}

fn describe_key(plan: &DemoTeam, key: &ApiKey, keys: &Path) -> Key {
    let kind = match key.kind() {
        KeyKind::Team => "team",
        KeyKind::Individual => "individual",
    };
    let (roles, user) = match &key.owner {
        KeyOwner::Team { roles } => {
            (roles.iter().map(|role| role.as_str().to_owned()).collect(), None)
        }
        KeyOwner::User(id) => {
            let person = plan.people.iter().find(|person| person.user_id() == *id);
            let roles = person.map_or(&[][..], |person| person.roles);
            let roles = roles.iter().map(|role| (*role).to_owned()).collect();
            (roles, person.map(|person| person.email.to_owned()))
        }
    };
    Key {
        kind: kind.to_owned(),
        key_id: key.id.to_string(),
        roles,
        state: if key.is_active() { "active" } else { "revoked" }.to_owned(),
        user,
        file: keys.join(key.kind().file_name(key.id)),
    }
}
