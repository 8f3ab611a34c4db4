//! `russet.json`: what a running server tells programs on this machine about itself.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The contents of `russet.json`. It holds secrets: its mode is 0600.
#[derive(Clone, Serialize, Deserialize)]
pub struct State {
    /// URL of the server.
    pub url: String,
    /// Address of the HTTPS proxy through which clients reach the server as Apple's API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Secret of the operator's API.
    pub operator_secret: String,
    /// Demo teams; empty for `serve`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Team>,
}

/// A demo team.
#[derive(Clone, Serialize, Deserialize)]
pub struct Team {
    /// Name.
    pub name: String,
    /// Issuer id.
    pub issuer_id: String,
    /// Its people.
    pub users: Vec<User>,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// A person of a demo team.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    /// E-mail address.
    pub email: String,
    /// Password of the console.
    pub password: String,
    /// `UserRole` values.
    pub roles: Vec<String>,
}

/// A key of a demo team.
#[derive(Clone, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the file are a contract")]
pub struct Key {
    /// `team` or `individual`.
    pub kind: String,
    /// Key id.
    pub key_id: String,
    /// Roles; for an individual key those of its user when it was issued.
    pub roles: Vec<String>,
    /// `active` or `revoked`.
    pub state: String,
    /// E-mail address of an individual key's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Absolute path of the .p8 file.
    pub file: PathBuf,
}

impl State {
    /// Returns where the file is in a data folder.
    pub fn path(data: &Path) -> PathBuf {
        data.join("russet.json")
    }

    /// Reads the file of a data folder; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read or is not what it should be.
    pub fn load(data: &Path) -> Result<Option<State>> {
        let path = Self::path(data);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("{} can not be read", path.display()));
            }
        };
        let state = serde_json::from_slice(&text).with_context(|| {
            format!("{} is damaged; remove it and start russet again", path.display())
        })?;
        Ok(Some(state))
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, data: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        write_private(&Self::path(data), text.as_bytes())
    }

    /// Returns the first active team key that has a role, with its team.
    pub fn key_with_role(&self, role: &str) -> Option<(&Team, &Key)> {
        self.teams.iter().find_map(|team| {
            let key = team.keys.iter().find(|key| {
                key.kind == "team" && key.state == "active" && key.roles.iter().any(|r| r == role)
            });
            key.map(|key| (team, key))
        })
    }
}

/// Writes a file that only its owner can read, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let beside = path.with_extension("new");
    let failed = || format!("{} can not be written", path.display());
    // A leftover of a crash may have another mode.
    let _ = fs::remove_file(&beside);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .with_context(failed)?;
    file.write_all(bytes).with_context(failed)?;
    file.sync_all().with_context(failed)?;
    fs::rename(&beside, path).with_context(failed)
}
