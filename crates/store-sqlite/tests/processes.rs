//! Other processes: one folder is one process's, and a kill at any moment loses nothing that was
//! acknowledged and leaves nothing half done.
//!
//! The test binary runs itself again as the other process (`acts_as_the_other_process`).

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use russet_store::{Edge, Facet, Listing, Store, StoreError, TeamNumber, Write};
use russet_store_sqlite::SqliteStore;

/// Tells the other process which folder to use.
const FOLDER: &str = "RUSSET_STORE_TEST_FOLDER";

/// How many jobs the other process keeps under way.
const UNDER_WAY: u32 = 16;

/// Starts the other process on a folder.
fn start(folder: &Path) -> (Child, impl Iterator<Item = String>) {
    let mut child = Command::new(std::env::current_exe().expect("a test has a path"))
        .args(["--exact", "acts_as_the_other_process", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test binary runs");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    // What else a test binary prints is not for us.
    let lines =
        lines.map_while(Result::ok).filter_map(|line| Some(line.split_once("::")?.1.to_owned()));
    (child, lines)
}

fn say(words: &str) {
    let mut out = std::io::stdout();
    // Without a listener there is nobody to tell.
    drop(writeln!(out, "::{words}").and_then(|()| out.flush()));
}

/// Passes at once in a normal run. With a folder it writes for ever: a group, then builds, each
/// in one job with its linkage; it says the number of each job that was acknowledged.
#[test]
fn acts_as_the_other_process() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = SqliteStore::open(Path::new(&folder)).expect("the folder is free");
    let team = match store.teams().expect("teams are read").first() {
        Some(team) => team.number,
        None => store.create_team("Team", "issuer", "SEED000001").expect("a team is added").number,
    };
    say("open");
    let (told, tells) = mpsc::channel::<u32>();
    let first = u32::try_from(total(&store, "builds")).expect("a small number");
    for number in first.. {
        if number >= first + UNDER_WAY {
            say(&tells.recv().expect("done is called").to_string());
        }
        let told = told.clone();
        store.write(
            team,
            Box::new(move |w| insert_build(w, number).is_ok()),
            Box::new(move |result| {
                result.expect("the job is kept");
                // The receiver ends with the process.
                told.send(number).unwrap_or_default();
            }),
        );
    }
}

fn insert_build(w: &mut dyn Write, number: u32) -> russet_store::Result<()> {
    let (group, build) = (format!("group {}", number / 10), format!("build {number}"));
    if w.record("groups", &group)?.is_none() {
        w.insert("groups", &group, None, "{}", &[])?;
    }
    let facets = [Facet { name: "version", text: format!("{number:08}") }];
    w.insert("builds", &build, None, "{}", &facets)?;
    w.link("builds.group", &build, &group)
}

fn all_of(kind: &str) -> Listing<'_> {
    let limit = 1_000_000;
    Listing { kind, within: None, conditions: Vec::new(), order: Vec::new(), after: None, limit }
}

fn total(store: &SqliteStore, kind: &str) -> u64 {
    let read = store.read(TeamNumber(1)).expect("a snapshot opens");
    read.count(&all_of(kind)).expect("counted")
}

#[test]
fn a_kill_loses_nothing_acknowledged_and_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let mut acknowledged: Vec<u32> = Vec::new();
    // Killed while it starts, at its first jobs, and later, within a batch or between two.
    for lines_before_kill in [0, 1, 2, 9, 41, 230, 517, 900] {
        let (mut child, mut lines) = start(folder.path());
        let heard: Vec<String> = lines.by_ref().take(lines_before_kill).collect();
        child.kill().expect("it is killed");
        let rest: Vec<String> = lines.collect();
        child.wait().expect("it has ended");
        acknowledged.extend(heard.iter().chain(&rest).filter_map(|line| line.parse::<u32>().ok()));
        let store = SqliteStore::open(folder.path()).expect("the store opens after a kill");
        assert_eq!(store.check().expect("the check runs"), Vec::<String>::new());
        let read = store.read(TeamNumber(1)).expect("a snapshot opens");
        let builds = read.page(&all_of("builds")).expect("a page is read").records;
        for number in &acknowledged {
            let is_there = builds.iter().any(|build| build.id == format!("build {number}"));
            assert!(is_there, "build {number} was acknowledged and is gone");
        }
        let ids: Vec<&str> = builds.iter().map(|build| build.id.as_str()).collect();
        let linked = read.linked(Edge::Forward("builds.group"), &ids, 2).expect("reads work");
        for linked in linked {
            assert_eq!(linked.to.len(), 1, "{} is half done", linked.from);
            let group = read.record("groups", &linked.to[0]).expect("reads work");
            assert!(group.is_some(), "the group of {} is missing", linked.from);
        }
    }
    assert!(acknowledged.len() > 1000, "only {} jobs were acknowledged", acknowledged.len());
}

#[test]
fn a_second_process_is_refused_until_the_first_has_ended() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (mut child, mut lines) = start(folder.path());
    assert_eq!(lines.next().as_deref(), Some("open"));
    let refused = SqliteStore::open(folder.path()).expect_err("the folder is in use");
    let place = folder.path().display();
    let pid = child.id();
    assert_eq!(
        refused.to_string(),
        format!(
            "{place} is in use by another russet process (process {pid}); stop it, or choose \
             another folder with --data"
        )
    );
    assert!(matches!(refused, StoreError::InUse { pid: Some(found), .. } if found == pid));
    child.kill().expect("it is killed");
    child.wait().expect("it has ended");
    SqliteStore::open(folder.path()).expect("the folder is free again");
}
