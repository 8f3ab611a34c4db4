//! Plants the demo and hands its private keys out as files.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use russet_demo::PlantedTeam;
use russet_store::Store;

use crate::edge;
use crate::state::{Key, Team, User, write_private};

/// Plants the demo teams and returns what `russet.json` says of them.
///
/// # Errors
/// When the store or the key files cannot be written.
pub fn plant(store: &dyn Store, keys: &Path, now: Timestamp) -> Result<Vec<Team>> {
    std::fs::create_dir_all(keys).with_context(|| format!("{} can not be made", keys.display()))?;
    let randomness: russet_demo::Randomness = Arc::new(edge::draw);
    let planted = russet_demo::plant(store, now, &randomness)?;
    planted.into_iter().map(|team| hand_out(team, keys)).collect()
}

fn hand_out(planted: PlantedTeam, folder: &Path) -> Result<Team> {
    let mut keys = Vec::new();
    for (plan, issued) in planted.keys {
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
    let users = planted.plan.people.iter().map(|person| User {
        email: person.email.to_owned(),
        password: edge::secret(16),
        roles: person.roles.iter().map(|role| (*role).to_owned()).collect(),
    });
    let (name, issuer_id) = (planted.team.name, planted.team.issuer);
    Ok(Team { name, issuer_id, users: users.collect(), keys })
}
