//! `cargo xtask ci`: everything that has to hold before a change is taken, in the order in which it
//! fails soonest. Continuous integration runs this and nothing else.
//!
//! It installs nothing itself: `clients/run` fetches the client tools that it drives.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tidy;

/// Names the file that `catalog --check` compares with; Apple's document is not ours to commit.
const DOCUMENT: &str = "RUSSET_OPENAPI_DOCUMENT";

/// What to leave out.
#[derive(clap::Args)]
pub struct Options {
    /// Leave out the tests with real clients, which need Python, Node and the network
    #[arg(long)]
    without_clients: bool,
}

/// Runs every check and prints how long each took.
///
/// # Errors
/// When a check fails; the ones after it are not run.
pub fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    let mut times = Vec::new();
    for (name, mut command) in steps(options) {
        println!("\n== {name}");
        let begun = Instant::now();
        let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
        if !status.success() {
            bail!("{name} failed ({status}) after {}", seconds(begun.elapsed()));
        }
        times.push((name, begun.elapsed()));
    }
    println!("\n== all checks passed");
    for (name, time) in times {
        println!("{:>7}  {name}", seconds(time));
    }
    println!("{:>7}  in all", seconds(started.elapsed()));
    Ok(())
}

fn steps(options: &Options) -> Vec<(&'static str, Command)> {
    let mut steps = vec![
        ("format", cargo(&["fmt", "--all", "--check"])),
        ("tidy", cargo(&["xtask", "tidy"])),
        ("coverage", cargo(&["xtask", "coverage", "--check"])),
        (
            "lints",
            cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        ),
    ];
    if installed("nextest") {
        steps.push(("tests", cargo(&["nextest", "run", "--workspace", "--locked"])));
        steps.push(("examples in the docs", cargo(&["test", "--workspace", "--locked", "--doc"])));
    } else {
        steps.push(("tests", cargo(&["test", "--workspace", "--locked"])));
    }
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    steps.push(("documentation", doc));
    match std::env::var_os(DOCUMENT) {
        Some(document) => steps.push(("catalog", catalog_check(document))),
        None => println!("catalog: not compared, {DOCUMENT} names no document"),
    }
    if installed("deny") {
        steps.push(("dependencies", cargo(&["deny", "check", "bans", "licenses", "sources"])));
    } else {
        println!(
            "dependencies: cargo-deny is not installed; tidy checks them by the same deny.toml"
        );
    }
    if !options.without_clients {
        steps.push(("the binary", cargo(&["build", "--locked"])));
        steps.push(("clients", clients()));
    }
    steps
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(tidy::root());
    command
}

fn catalog_check(document: OsString) -> Command {
    let mut command = cargo(&["xtask", "catalog", "--check", "--from"]);
    command.arg(document);
    command
}

fn clients() -> Command {
    let mut command = Command::new("python3");
    command.arg(Path::new("clients").join("run")).current_dir(tidy::root());
    command
}

/// Tells whether Cargo has a subcommand.
fn installed(subcommand: &str) -> bool {
    let mut command = cargo(&[subcommand, "--version"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
