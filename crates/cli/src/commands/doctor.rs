//! `russet doctor`: checks the data folder, the server and the machine, and says what to do.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use russet_store::StoreError;
use russet_store_sqlite::SqliteStore;

use crate::state::State;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Check the data folder, the server and the machine.
#[derive(Args)]
pub struct Doctor {
    /// Folder of the data
    #[arg(long, value_name = "DIR", env = "RUSSET_DATA", default_value = "russet-data")]
    data: PathBuf,

    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

/// One thing looked at.
struct Finding {
    what: &'static str,
    /// What is wrong and what to do about it, or why it is fine.
    result: Result<String, String>,
}

impl Doctor {
    #[expect(clippy::unnecessary_wraps, reason = "all commands end alike")]
    pub fn run(self) -> Result<ExitCode> {
        let mut findings = Vec::new();
        let state = self.look_at_files(&mut findings);
        if let Some(state) = &state {
            findings.push(Finding { what: "server", result: ask_server(&state.url) });
            for (team, key) in state.teams.iter().flat_map(|t| t.keys.iter().map(move |k| (t, k))) {
                if let Err(error) = std::fs::metadata(&key.file) {
                    let why = format!(
                        "the file of key {} of {} can not be read: {error}; the key can not be downloaded again",
                        key.key_id, team.name
                    );
                    findings.push(Finding { what: "keys", result: Err(why) });
                }
            }
        }
        let sick = findings.iter().any(|finding| finding.result.is_err());
        if self.json {
            let list: Vec<serde_json::Value> = findings.iter().map(to_json).collect();
            println!("{}", serde_json::json!({ "findings": list, "healthy": !sick }));
        } else {
            for finding in &findings {
                match &finding.result {
                    Ok(why) => println!("ok       {}: {why}", finding.what),
                    Err(why) => println!("problem  {}: {why}", finding.what),
                }
            }
        }
        Ok(if sick { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn look_at_files(&self, findings: &mut Vec<Finding>) -> Option<State> {
        let data = self.data.display();
        if !self.data.is_dir() {
            let why = format!("{data} does not exist; `russet demo --data {data}` makes it");
            findings.push(Finding { what: "data folder", result: Err(why) });
            return None;
        }
        findings.push(Finding { what: "data folder", result: self.modes() });
        let result = match SqliteStore::open(&self.data) {
            Ok(store) => match store.check() {
                Ok(problems) if problems.is_empty() => Ok("whole, no server uses it".to_owned()),
                Ok(problems) => Err(format!(
                    "the database is damaged ({}); restore it from a backup",
                    problems.join("; ")
                )),
                Err(error) => Err(error.to_string()),
            },
            Err(StoreError::InUse { pid, .. }) => Ok(match pid {
                Some(pid) => format!("in use by a running server (process {pid})"),
                None => "in use by a running server".to_owned(),
            }),
            Err(error) => Err(error.to_string()),
        };
        findings.push(Finding { what: "database", result });
        match State::load(&self.data) {
            Ok(Some(state)) => Some(state),
            Ok(None) => {
                let why = "there is no russet.json; start the server once".to_owned();
                findings.push(Finding { what: "russet.json", result: Err(why) });
                None
            }
            Err(error) => {
                findings.push(Finding { what: "russet.json", result: Err(format!("{error:#}")) });
                None
            }
        }
    }

    fn modes(&self) -> Result<String, String> {
        let path = State::path(&self.data);
        match std::fs::metadata(&path) {
            Ok(file) if file.permissions().mode() & 0o077 != 0 => Err(format!(
                "{} holds secrets and others can read it; chmod 600 {}",
                path.display(),
                path.display()
            )),
            _ => Ok(format!("{}, secrets are readable by their owner only", self.data.display())),
        }
    }
}

fn ask_server(url: &str) -> Result<String, String> {
    let hint = "start it with `russet demo` or `russet serve`";
    let Some(address) = url.strip_prefix("http://").and_then(|a| a.parse::<SocketAddr>().ok())
    else {
        return Ok(format!("{url} is not an address on this machine; not asked"));
    };
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer)?;
        Ok(answer)
    };
    match ask() {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") => Ok(format!("{url} is ready")),
        Ok(answer) => Err(format!(
            "{url} answers, but is not ready: {}",
            answer.lines().next().unwrap_or("nothing")
        )),
        Err(error) => Err(format!("{url} does not answer ({error}); {hint}")),
    }
}

fn to_json(finding: &Finding) -> serde_json::Value {
    let (ok, detail) = match &finding.result {
        Ok(detail) => (true, detail),
        Err(detail) => (false, detail),
    };
    serde_json::json!({ "what": finding.what, "ok": ok, "detail": detail })
}
