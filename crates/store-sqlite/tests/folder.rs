//! The data folder: its modes, what is kept in it, and files that are not what they should be.

use std::fs;
use std::path::{Path, PathBuf};

use russet_store::{Edge, Facet, Job, Store, StoreError};
use russet_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// A folder that goes with the test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder is made"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join("russet.sqlite")
    }

    /// A folder with a store that holds a few records.
    fn filled() -> Folder {
        let folder = Folder::new();
        let store = SqliteStore::open(folder.path()).expect("a store opens");
        store.create_team("Acme", "issuer", "SEED000001").expect("a team is added");
        store.set_value("clock", "5").expect("a value is kept");
        for number in 0..100 {
            let id = number.to_string();
            run(
                &store,
                Box::new(move |w| {
                    let facets = [Facet { name: "name", text: id.clone() }];
                    w.insert("apps", &id, None, &"x".repeat(1000), &facets).is_ok()
                        && w.link("apps.next", &id, "0").is_ok()
                }),
            );
        }
        folder
    }

    fn refusal(&self) -> StoreError {
        SqliteStore::open(self.path()).expect_err("the file is not a whole store")
    }
}

fn run(store: &SqliteStore, job: Job) {
    let (told, tells) = std::sync::mpsc::channel();
    let team = store.teams().expect("teams are read")[0].number;
    store.write(team, job, Box::new(move |result| told.send(result).expect("someone waits")));
    tells.recv().expect("done is called").expect("the job is carried out");
}

#[test]
fn what_was_written_is_there_after_reopening() {
    let folder = Folder::filled();
    let store = SqliteStore::open(folder.path()).expect("it opens again");
    let teams = store.teams().expect("teams are read");
    assert_eq!(teams[0].issuer, "issuer");
    assert_eq!(store.value("clock").expect("a value is read").as_deref(), Some("5"));
    let read = store.read(teams[0].number).expect("a snapshot opens");
    let record = read.record("apps", "7").expect("reads work").expect("it is there");
    assert_eq!(record.sequence, 8);
    let linked = read.linked(Edge::Backward("apps.next"), &["0"], 3).expect("reads work");
    assert_eq!(
        (linked[0].to.as_slice(), linked[0].total),
        (["0", "1", "2"].map(String::from).as_slice(), 100)
    );
    assert_eq!(store.check().expect("the check runs"), Vec::<String>::new());
}

#[test]
fn names_first_used_by_a_dropped_job_last_when_used_again() {
    let folder = Folder::filled();
    let store = SqliteStore::open(folder.path()).expect("it opens again");
    for is_kept in [false, true] {
        run(
            &store,
            Box::new(move |w| {
                let facets = [Facet { name: "novel", text: "a".to_owned() }];
                w.insert("novelties", "1", None, "{}", &facets).expect("inserted");
                w.link("novelties.app", "1", "0").expect("linked");
                is_kept
            }),
        );
    }
    drop(store);
    let store = SqliteStore::open(folder.path()).expect("it opens again");
    let read = store.read(store.teams().expect("teams are read")[0].number).expect("reads work");
    assert!(read.record("novelties", "1").expect("reads work").is_some());
    let linked = read.linked(Edge::Backward("novelties.app"), &["0"], 3).expect("reads work");
    assert_eq!(linked[0].total, 1);
}

#[test]
fn jobs_that_wait_are_carried_out_when_the_store_is_dropped() {
    let folder = Folder::filled();
    let store = SqliteStore::open(folder.path()).expect("it opens again");
    let team = store.teams().expect("teams are read")[0].number;
    for number in 0..500 {
        store.write(
            team,
            Box::new(move |w| w.insert("late", &number.to_string(), None, "{}", &[]).is_ok()),
            Box::new(|result| result.expect("the job is kept")),
        );
    }
    drop(store);
    let store = SqliteStore::open(folder.path()).expect("the folder is free at once");
    let read = store.read(team).expect("a snapshot opens");
    assert!(read.record("late", "499").expect("reads work").is_some());
}

#[cfg(unix)]
#[test]
fn the_folder_and_its_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let nested = folder.path().join("deep");
    let store = SqliteStore::open(&nested).expect("a store opens");
    store.set_value("clock", "5").expect("a value is kept");
    let mode = |path: &PathBuf| fs::metadata(path).expect("it is there").permissions().mode();
    assert_eq!(mode(&nested) & 0o777, 0o700);
    let files: Vec<PathBuf> = fs::read_dir(&nested)
        .expect("it is there")
        .map(|entry| entry.expect("read").path())
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file) & 0o777, 0o600, "{}", file.display());
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let folder = Folder::new();
    fs::write(folder.file(), "something else entirely, and long enough to be a header")
        .expect("written");
    let refused = folder.refusal();
    assert_eq!(
        refused.to_string(),
        format!(
            "{} is damaged or not a russet store: it is not an SQLite file; restore it from a \
             backup, or move it away to start afresh",
            folder.file().display()
        )
    );
}

#[test]
fn another_applications_file_is_refused_and_left_alone() {
    let folder = Folder::new();
    let other = rusqlite::Connection::open(folder.file()).expect("made");
    other.execute_batch("CREATE TABLE theirs (x)").expect("made");
    drop(other);
    let before = fs::read(folder.file()).expect("read");
    let refused = folder.refusal();
    assert!(
        matches!(&refused, StoreError::Damaged { why, .. } if why.contains("another application")),
        "{refused}"
    );
    assert_eq!(fs::read(folder.file()).expect("read"), before);
}

#[test]
fn a_file_cut_short_is_refused() {
    let folder = Folder::filled();
    let whole = fs::read(folder.file()).expect("read");
    for length in [60, 4096, whole.len() - 4096] {
        fs::write(folder.file(), &whole[..length]).expect("written");
        let refused = folder.refusal();
        assert!(matches!(refused, StoreError::Damaged { .. }), "{length} bytes: {refused}");
    }
    fs::write(folder.file(), whole).expect("written");
    SqliteStore::open(folder.path()).expect("the whole file opens");
}

#[test]
fn a_damaged_file_is_found_out() {
    let folder = Folder::filled();
    let whole = fs::read(folder.file()).expect("read");
    // Every page but the first, which holds the schema, one after the other.
    let mut found_at_once = 0;
    let pages = whole.len() / 4096;
    for page in 1..pages {
        let mut damaged = whole.clone();
        damaged[page * 4096..][..200].fill(0xff);
        fs::write(folder.file(), &damaged).expect("written");
        match SqliteStore::open(folder.path()) {
            Ok(store) => match store.check() {
                Ok(found) => assert!(!found.is_empty(), "page {page}"),
                Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{error}"),
            },
            Err(error) => {
                assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
                found_at_once += 1;
            }
        }
    }
    assert!(found_at_once > 0, "damage to what is read at the start is found at the start");
}

#[test]
fn a_newer_versions_file_is_refused() {
    let folder = Folder::filled();
    let file = rusqlite::Connection::open(folder.file()).expect("opened");
    file.pragma_update(None, "user_version", 999).expect("set");
    drop(file);
    assert_eq!(
        folder.refusal().to_string(),
        format!(
            "{} was written by a newer russet (schema 999, this one knows 1); use that version",
            folder.file().display()
        )
    );
}

#[test]
fn a_wrong_total_is_found_by_the_check() {
    let folder = Folder::filled();
    let file = rusqlite::Connection::open(folder.file()).expect("opened");
    file.execute("UPDATE record_counts SET total = total + 1", ()).expect("changed");
    drop(file);
    let store = SqliteStore::open(folder.path()).expect("it opens");
    assert_eq!(store.check().expect("the check runs"), ["a total of records is wrong"]);
}
