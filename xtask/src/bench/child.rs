//! Servers in processes of their own: Russet and the bare ones, started, watched and ended.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::jwt::Signer;
use super::release_folder;

/// A server that runs until this value is dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its `ready` line.
    pub ready_after: Duration,
}

impl Server {
    fn start(command: &mut Command) -> Result<Self> {
        let begun = Instant::now();
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let output = child.stdout.take().context("no stdout")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next().transpose()? {
            if let Some(url) = line.strip_prefix("ready ") {
                let ready_after = begun.elapsed();
                let address =
                    url.trim().trim_start_matches("http://").trim_end_matches('/').parse()?;
                // Nothing may block on a full pipe.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { child, address, ready_after });
            }
        }
        bail!("{command:?} ended with {} before it was ready", child.wait()?)
    }

    /// Starts a demo on a folder.
    ///
    /// # Errors
    /// When it ends before it is ready.
    pub fn russet(data: &Path) -> Result<Self> {
        let mut command = Command::new(release_folder()?.join("russet"));
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        Self::start(command.stderr(Stdio::null()))
    }

    /// Starts a bare server.
    ///
    /// # Errors
    /// As [`Server::russet`].
    pub fn bare<const N: usize>(arguments: [&str; N]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        Self::start(command.arg("bench-server").args(arguments))
    }

    /// Returns the resident memory in megabytes (10^6 bytes).
    ///
    /// # Errors
    /// When the system does not tell (it is Linux's `/proc`).
    pub fn resident_megabytes(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kibibytes: f64 = line.split_whitespace().nth(1).context("no VmRSS")?.parse()?;
        Ok(kibibytes * 1.024 / 1000.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Writes records into a demo's folder: more apps, and bundle ids by the thousand.
///
/// # Errors
/// When the command fails.
pub fn seed(data: &Path, apps: usize, bundle_ids: usize) -> Result<()> {
    let mut command = Command::new(release_folder()?.join("russet"));
    command.arg("bench-seed").arg("--data").arg(data);
    command.args(["--apps", &apps.to_string(), "--bundle-ids", &bundle_ids.to_string()]);
    let status = command.status()?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// Reads the demo's active ADMIN team key.
///
/// # Errors
/// When `russet.json` names none.
pub fn admin_key(data: &Path) -> Result<Signer> {
    let text = std::fs::read_to_string(data.join("russet.json"))?;
    let described: serde_json::Value = serde_json::from_str(&text)?;
    let list =
        |value: &serde_json::Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    for team in list(&described, "teams") {
        for key in list(&team, "keys") {
            let admin = list(&key, "roles").iter().any(|role| role == "ADMIN");
            if admin && key["kind"] == "team" && key["state"] == "active" {
                let text =
                    |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                let file = PathBuf::from(text(&key["file"]));
                return Signer::read(&file, &text(&key["key_id"]), &text(&team["issuer_id"]));
            }
        }
    }
    bail!("russet.json names no active ADMIN team key")
}
