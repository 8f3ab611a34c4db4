//! A folder of a test's own, the `russet` processes started in it, and a plain HTTP client.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The binary under test.
pub const RUSSET: &str = env!("CARGO_BIN_EXE_russet");

/// A folder of a test's own.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A `russet` command that starts in this place, with nothing of the caller's settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(RUSSET);
        command.args(arguments).current_dir(self.0.path());
        for name in ["RUSSET_DATA", "RUSSET_LISTEN", "RUSSET_LOG", "RUSSET_PUBLIC_URL"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&mut self.command(arguments))
    }

    /// Starts a demo server at a free port.
    pub fn demo(&self) -> Server {
        self.start(&["demo", "--data", "data", "--listen", "127.0.0.1:0"])
    }

    /// Starts a server and returns when it is ready.
    pub fn start(&self, arguments: &[&str]) -> Server {
        self.start_command(&mut self.command(arguments))
    }

    /// As [`Place::start`] for a command made elsewhere. What it says on stderr is in `stderr`.
    pub fn start_command(&self, command: &mut Command) -> Server {
        let log = File::options().create(true).append(true).open(self.path("stderr")).unwrap();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        let lines = lines_of(&mut child);
        let ready = lines.recv_timeout(PATIENCE).unwrap_or_default();
        let Some(address) = ready.strip_prefix("ready http://").map(str::to_owned) else {
            let _ = child.kill();
            panic!("not ready: {ready:?}, {}", self.complaints());
        };
        Server { child, address, lines }
    }

    /// Everything that servers said on stderr.
    pub fn complaints(&self) -> String {
        std::fs::read_to_string(self.path("stderr")).unwrap_or_default()
    }

    /// `russet.json`.
    pub fn state(&self) -> Value {
        let text = std::fs::read(self.data().join("russet.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// The demo's key that fits, as `russet.json` describes it, and its issuer id.
    pub fn key(&self, fits: impl Fn(&Value) -> bool) -> (Value, String) {
        let state = self.state();
        for team in state["teams"].as_array().unwrap() {
            if let Some(key) = team["keys"].as_array().unwrap().iter().find(|key| fits(key)) {
                return (key.clone(), team["issuer_id"].as_str().unwrap().to_owned());
            }
        }
        panic!("no such key in {state}");
    }

    /// A JWT of the demo's Admin key.
    pub fn jwt(&self) -> String {
        let (key, issuer) = self.key(is_admin);
        self.sign(&key, Some(&issuer), &[])
    }

    /// A JWT made by `russet jwt`.
    pub fn sign(&self, key: &Value, issuer: Option<&str>, more: &[&str]) -> String {
        let (file, id) = (key["file"].as_str().unwrap(), key["key_id"].as_str().unwrap());
        let mut arguments = vec!["jwt", "--key-file", file, "--key-id", id];
        if let Some(issuer) = issuer {
            arguments.extend(["--issuer", issuer]);
        }
        arguments.extend(more);
        let ended = self.run(&arguments);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{}", ended.stdout);
        ended.stdout.trim_end().to_owned()
    }
}

/// Whether a key of `russet.json` is an active Admin team key.
pub fn is_admin(key: &Value) -> bool {
    key["kind"] == "team" && key["state"] == "active" && key["roles"][0] == "ADMIN"
}

/// A running server, killed when dropped.
pub struct Server {
    child: Child,
    /// `127.0.0.1:12345`.
    pub address: String,
    lines: Receiver<String>,
}

impl Server {
    /// The lines it said after `ready`, up to the one that fits.
    pub fn lines_until(&self, fits: impl Fn(&str) -> bool) -> String {
        let mut said = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("said {said}"));
            said.push_str(&line);
            said.push('\n');
            if fits(&line) {
                return said;
            }
        }
    }

    pub fn get(&self, path: &str, jwt: &str) -> (u16, Value) {
        ask(&self.address, "GET", path, jwt, "").unwrap()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an init system does and returns what it ended with.
    pub fn terminate(self) -> ExitStatus {
        self.end_by(Signal::TERM)
    }

    /// Ends it as Ctrl-C does and returns what it ended with.
    pub fn interrupt(self) -> ExitStatus {
        self.end_by(Signal::INT)
    }

    fn end_by(mut self, signal: Signal) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        // Its stdout closes with it: no need to look at the clock.
        let ended = loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(ended, mpsc::RecvTimeoutError::Disconnected, "it still runs");
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command came to.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Runs a command to its end, which must come by itself.
    pub fn of(command: &mut Command) -> Ended {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let process = Pid::from_child(&child);
        let (send, ended) = mpsc::channel();
        std::thread::spawn(move || send.send(child.wait_with_output()));
        let Ok(output) = ended.recv_timeout(PATIENCE) else {
            let _ = kill_process(process, Signal::KILL);
            panic!("it still runs: {command:?}");
        };
        let output = output.unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Checks that it failed with one line on stderr that holds all of `parts`.
    pub fn refused_with(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        assert!(self.stderr.starts_with("russet: "), "{}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in {}", self.stderr);
        }
    }
}

/// Sends one request on a connection of its own. `None` where no whole answer came back.
pub fn ask(address: &str, method: &str, path: &str, jwt: &str, body: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {jwt}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    if length.is_some_and(|length| length != body.len()) {
        return None;
    }
    Some((status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

/// The identifiers of all bundle ids, page by page.
pub fn bundle_identifiers(server: &Server, jwt: &str) -> Vec<String> {
    let mut identifiers = Vec::new();
    let mut path = "/v1/bundleIds?limit=200&fields[bundleIds]=identifier".to_owned();
    loop {
        let (status, page) = server.get(&path, jwt);
        assert_eq!(status, 200, "{page}");
        for item in page["data"].as_array().unwrap() {
            identifiers.push(item["attributes"]["identifier"].as_str().unwrap().to_owned());
        }
        match page["links"]["next"].as_str() {
            Some(next) => {
                next.strip_prefix(&format!("http://{}", server.address))
                    .unwrap()
                    .clone_into(&mut path);
            }
            None => return identifiers,
        }
    }
}

/// The body that creates a bundle id.
pub fn bundle_id(identifier: &str) -> String {
    let attributes =
        serde_json::json!({ "identifier": identifier, "name": "Kept", "platform": "IOS" });
    serde_json::json!({ "data": { "type": "bundleIds", "attributes": attributes } }).to_string()
}

/// Copies a folder's files, one level deep.
pub fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let said = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in said.lines().map_while(Result::ok) {
            // The test may have heard enough.
            let _ = send.send(line);
        }
    });
    lines
}
