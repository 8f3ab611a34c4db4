//! `russet env`: prints what one tool needs to reach the running Russet as Apple's API.
//!
//! Also finds the running server and prepares the files that the variables name, which
//! `russet exec` shares. Nothing here starts or changes a server.

use std::env;
use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use russet_proxy::{
    Key, Reach, Tool, Variable, environment, system_roots, write_node_preload, write_trust_bundle,
};
use serde_json::json;

use crate::running;
use crate::state::{State, write_private};

/// How long the proxy may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Variables that name a file of trusted roots, the most general first.
const ROOTS: [&str; 3] = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// Print what a tool needs in its environment to reach this Russet, for `eval`.
#[derive(Args)]
pub struct Env {
    /// Folder of the data
    #[arg(long, value_name = "DIR", env = "RUSSET_DATA", default_value = "russet-data")]
    data: PathBuf,

    /// The tool, or the language that it is written in
    #[arg(long = "for", value_name = "TOOL", value_parser = tools())]
    tool: Tool,
}

impl Env {
    pub fn run(self) -> Result<ExitCode> {
        let data = running::absolute(&self.data)?;
        let Some((state, proxy)) = find(&data)? else {
            let data = self.data.display();
            bail!("no server is running on {data}; start one with `russet demo --data {data}`");
        };
        let mut out = std::io::stdout().lock();
        for variable in variables(&data, &state, proxy, Some(self.tool))? {
            out.write_all(&line(&variable))?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns the server that is running on `data`, an absolute path, and where its proxy is.
///
/// # Errors
/// When `russet.json` is there and cannot be read.
pub(super) fn find(data: &Path) -> Result<Option<(State, SocketAddr)>> {
    let Some(state) = State::load(data)? else { return Ok(None) };
    let proxy = state.proxy.as_deref().and_then(|address| address.parse().ok());
    Ok(proxy.filter(|proxy| is_proxy(*proxy)).map(|proxy| (state, proxy)))
}

/// Returns the variables for `tool`, or for all, after writing the files that they name.
///
/// # Errors
/// When a file cannot be read or written; the CA or a key, most likely.
pub(super) fn variables(
    data: &Path,
    state: &State,
    proxy: SocketAddr,
    tool: Option<Tool>,
) -> Result<Vec<Variable>> {
    let authority = running::authority(data);
    let named: Vec<PathBuf> = ROOTS.iter().filter_map(env::var_os).map(PathBuf::from).collect();
    let bundle = write_trust_bundle(&authority, system_roots(&named).as_deref())?;
    let reach = Reach {
        proxy,
        bundle,
        node_preload: write_node_preload(authority.folder())?,
        node_options: env::var_os("NODE_OPTIONS").unwrap_or_default(),
    };
    Ok(environment(tool, &reach, key(state)?.as_ref()))
}

/// Returns the key that tools shall sign with: the demo's ADMIN key, if this is a demo.
fn key(state: &State) -> Result<Option<Key>> {
    let Some((team, key)) = state.key_with_role("ADMIN") else { return Ok(None) };
    let file = key.file.clone();
    let private_key = std::fs::read_to_string(&file)
        .with_context(|| format!("the key file {} can not be read", file.display()))?;
    let fastlane_file = file.with_extension("json");
    let content = json!({
        "key_id": key.key_id,
        "issuer_id": team.issuer_id,
        "key": private_key,
        "in_house": false,
    });
    write_private(&fastlane_file, content.to_string().as_bytes())?;
    Ok(Some(Key {
        key_id: key.key_id.clone(),
        issuer_id: team.issuer_id.clone(),
        private_key,
        file,
        fastlane_file,
    }))
}

/// Tells whether Russet's proxy answers at `address`: after a crash `russet.json` is left behind,
/// and another program may have got the port.
fn is_proxy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains("this is Russet's proxy"))
}

/// Returns one variable as a line that any POSIX shell evaluates.
fn line(variable: &Variable) -> Vec<u8> {
    match &variable.value {
        None => format!("unset {}\n", variable.name).into_bytes(),
        Some(value) => {
            let mut line = format!("export {}=", variable.name).into_bytes();
            line.extend(quoted(value));
            line.push(b'\n');
            line
        }
    }
}

/// Puts a value into single quotes; within them only the quote itself means anything.
fn quoted(value: &OsStr) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for byte in value.as_bytes() {
        match byte {
            b'\'' => quoted.extend(br"'\''"),
            byte => quoted.push(*byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

fn tools() -> impl clap::builder::TypedValueParser<Value = Tool> {
    PossibleValuesParser::new(Tool::ALL.map(Tool::name)).try_map(|name| {
        Tool::ALL.into_iter().find(|tool| tool.name() == name).ok_or("not a tool that Russet knows")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_the_shell() {
        let tricky = "it's \"$HOME\" `x`\n\\ two lines";
        let variable = Variable { name: "X", value: Some(tricky.into()) };
        let mut script = line(&variable);
        script.extend(b"printf %s \"$X\"");
        let script = String::from_utf8(script).expect("the value is text");
        let shell = std::process::Command::new("sh").args(["-c", &script]).output();
        assert_eq!(shell.expect("sh runs").stdout, tricky.as_bytes());
    }

    #[test]
    fn what_must_not_be_set_is_unset() {
        assert_eq!(line(&Variable { name: "X", value: None }), b"unset X\n");
    }

    #[test]
    fn what_is_no_proxy_is_not_taken_for_one() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let other = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("it is asked");
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").expect("it listens");
        });
        assert!(!is_proxy(address));
        other.join().expect("it has answered");
        assert!(!is_proxy(address), "nobody is there any more");
    }
}
