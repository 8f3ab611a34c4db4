//! `russet exec` and `russet env` as a shell meets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

#[test]
fn status_is_the_commands_own() {
    let place = place();
    for (script, expected) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143)] {
        let output = exec(&place, &["sh", "-c", script]);
        assert_eq!(output.status.code(), Some(expected), "{script}: {}", complaints(&output));
    }
}

#[test]
fn command_gets_a_proxy_roots_and_a_key_that_exist() {
    let script = "test -s \"$SSL_CERT_FILE\" && test -s \"$ASC_PRIVATE_KEY_PATH\" && \
                  test -s \"$APP_STORE_CONNECT_API_KEY_PATH\" && test -z \"${SSL_CERT_DIR+set}\" && \
                  head -n 1 \"$ASC_PRIVATE_KEY_PATH\" && echo \"$HTTPS_PROXY\"";
    let place = place();
    let output = exec(&place, &["sh", "-c", script]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    let lines: Vec<_> = said.lines().collect();
    let [pem, proxy] = lines[..] else { panic!("{said}{}", complaints(&output)) };
    assert_eq!(pem, "-----BEGIN PRIVATE KEY-----");
    assert!(proxy.starts_with("http://127.0.0.1:"), "{proxy}");
}

#[test]
fn server_of_its_own_is_gone_with_its_data_afterwards() {
    let output = exec(&place(), &["sh", "-c", "echo $SSL_CERT_FILE; echo $HTTPS_PROXY"]);
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    let mut lines = said.lines();
    let bundle = PathBuf::from(lines.next().unwrap());
    assert!(bundle.is_absolute() && !bundle.exists(), "{}", bundle.display());
    assert!(!bundle.ancestors().nth(2).unwrap().exists());
    assert!(!answers(lines.next().unwrap()));
    assert!(complaints(&output).contains("demo server"), "{}", complaints(&output));
}

#[test]
fn running_server_is_used_and_left_running() {
    let place = place();
    let (mut server, data) = demo(&place);
    let said = text(&exec(&place, &["sh", "-c", "echo $HTTPS_PROXY"]));
    let state = std::fs::read_to_string(data.join("russet.json")).unwrap();
    let proxy = said.trim_end().strip_prefix("http://").unwrap();
    assert!(state.contains(proxy), "{proxy} is not the proxy of {state}");
    assert!(answers(said.trim_end()), "it still runs");
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn proxy_has_the_same_address_after_a_restart() {
    let place = place();
    let mut proxies = Vec::new();
    for _ in 0..2 {
        let (mut server, _) = demo(&place);
        proxies.push(text(&exec(&place, &["sh", "-c", "echo $HTTPS_PROXY"])));
        server.kill().unwrap();
        server.wait().unwrap();
    }
    assert!(proxies[0].starts_with("http://127.0.0.1:"), "{proxies:?}");
    assert_eq!(proxies[0], proxies[1], "what a shell has evaluated holds on");
}

#[test]
fn request_to_end_reaches_the_command() {
    let script = "trap 'exit 9' TERM; echo started; while :; do :; done";
    let place = place();
    let mut running = spawn(&place, &["sh", "-c", script]);
    wait_for_line(&mut running);
    kill_process(pid(&running), Signal::TERM).unwrap();
    let ended = running.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(9), "{}", complaints(&ended));
}

#[test]
fn server_of_its_own_ends_even_when_exec_is_killed() {
    let place = place();
    let mut running = spawn(&place, &["sh", "-c", "echo $HTTPS_PROXY; cat"]);
    let proxy = wait_for_line(&mut running);
    assert!(answers(&proxy));
    running.kill().unwrap();
    running.wait().unwrap();
    let begun = Instant::now();
    while answers(&proxy) {
        assert!(begun.elapsed() < Duration::from_secs(20), "the demo server lives on");
    }
}

#[test]
fn command_that_does_not_exist_is_named() {
    let output = exec(&place(), &["no-such-tool"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complaints(&output).contains("no-such-tool can not be run"), "{}", complaints(&output));
}

#[test]
fn exec_without_a_command_is_wrong_usage() {
    assert_eq!(exec(&place(), &[]).status.code(), Some(2));
}

#[test]
fn env_prints_what_a_shell_can_evaluate() {
    let place = place();
    let (mut server, data) = demo(&place);
    let script = r#"
        SSL_CERT_DIR=/somewhere
        lines=$("$RUSSET" env --data "$DATA" --for codemagic) || exit 3
        eval "$lines"
        echo "$APP_STORE_CONNECT_PRIVATE_KEY" | head -n 1
        echo "$HTTPS_PROXY"
        echo "${SSL_CERT_DIR-unset}"
    "#;
    let output = Command::new("sh")
        .args(["-c", script])
        .env("RUSSET", russet())
        .env("DATA", &data)
        .output()
        .unwrap();
    let said = text(&output);
    let lines: Vec<_> = said.lines().collect();
    let [pem, proxy, folder] = lines[..] else { panic!("{said}{}", complaints(&output)) };
    assert_eq!(pem, "-----BEGIN PRIVATE KEY-----");
    assert!(answers(proxy), "{proxy}");
    assert_eq!(folder, "unset");
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn env_without_a_server_says_how_to_start_one() {
    let place = place();
    let output = Command::new(russet())
        .args(["env", "--for", "curl", "--data", "absent"])
        .current_dir(place.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output), "");
    assert!(complaints(&output).contains("russet demo --data absent"), "{}", complaints(&output));
}

fn russet() -> &'static str {
    env!("CARGO_BIN_EXE_russet")
}

fn place() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn command(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(russet());
    command.args(["exec", "--data", "data", "--"]).args(arguments);
    // What a killed exec leaves behind goes with the place.
    command.current_dir(place.path()).env("TMPDIR", place.path());
    command
}

fn exec(place: &TempDir, arguments: &[&str]) -> Output {
    command(place, arguments).stdin(Stdio::null()).output().unwrap()
}

fn spawn(place: &TempDir, arguments: &[&str]) -> Child {
    command(place, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Starts a demo server and returns when it is ready.
fn demo(place: &TempDir) -> (Child, PathBuf) {
    let data = place.path().join("data");
    let mut server = Command::new(russet())
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let line = wait_for_line(&mut server);
    assert!(line.starts_with("ready "), "{line}");
    (server, Path::new(&data).to_owned())
}

/// Returns the first line that a process says; what it says later is read and dropped.
fn wait_for_line(child: &mut Child) -> String {
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
    line.trim_end().to_owned()
}

/// Tells whether something accepts connections at `url`.
fn answers(url: &str) -> bool {
    TcpStream::connect(url.strip_prefix("http://").unwrap()).is_ok()
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complaints(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
