//! What keeps a server from starting: one line that says what to do, and exit code 1.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::place::{Ended, Place, RUSSET, copy_files};

#[test]
fn folder_has_one_server_at_a_time() {
    let place = Place::new();
    let server = place.demo();
    for command in ["demo", "serve"] {
        let second = place.run(&[command, "--data", "data", "--listen", "127.0.0.1:0"]);
        second.refused_with(&["data is in use by another russet process", "stop it", "--data"]);
    }
    assert_eq!(server.get("/readyz", "").0, 200, "the first one goes on");
}

#[test]
fn port_in_use_is_named() {
    let place = Place::new();
    let server = place.demo();
    let second = place.run(&["demo", "--data", "other", "--listen", &server.address]);
    second.refused_with(&[&server.address, "stop what listens there", "--listen"]);
}

#[test]
fn address_of_another_machine_is_named() {
    let ended = Place::new().run(&["demo", "--data", "data", "--listen", "192.0.2.1:8227"]);
    ended.refused_with(&["192.0.2.1:8227", "--listen"]);
}

#[test]
fn damaged_database_is_named_and_left_alone() {
    let place = Place::new();
    place.demo().terminate();
    let whole = std::fs::read(place.data().join("russet.sqlite")).unwrap();
    let mut without_schema = whole.clone();
    without_schema[100..4096].fill(0);
    let cases: [(&str, &[u8]); 3] = [
        ("text", b"this was a database once"),
        ("half", &whole[..whole.len() / 2]),
        ("without-schema", &without_schema),
    ];
    for (name, bytes) in cases {
        copy_files(&place.data(), &place.path(name));
        let file = place.path(name).join("russet.sqlite");
        std::fs::write(&file, bytes).unwrap();
        for command in ["demo", "serve"] {
            let ended = place.run(&[command, "--data", name, "--listen", "127.0.0.1:0"]);
            ended.refused_with(&["russet.sqlite", "is damaged", "backup"]);
        }
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{name}");
    }
}

#[test]
fn damaged_russet_json_is_named() {
    let place = Place::new();
    place.demo().terminate();
    let file = place.data().join("russet.json");
    for text in [&b""[..], b"{", b"[]", b"{\"url\":5}", b"\xFF\xFE"] {
        std::fs::write(&file, text).unwrap();
        let ended = place.run(&["demo", "--data", "data"]);
        ended.refused_with(&["russet.json", "is damaged", "remove it"]);
    }
    std::fs::remove_file(&file).unwrap();
    drop(place.demo());
}

#[test]
fn folder_that_is_a_file_is_named() {
    let place = Place::new();
    std::fs::write(place.path("data"), "a file").unwrap();
    let ended = place.run(&["demo", "--data", "data"]);
    ended.refused_with(&["data", "--data"]);
}

#[test]
fn folder_that_cannot_be_written_is_named() {
    let place = Place::new();
    std::fs::create_dir(place.path("data")).unwrap();
    let closed = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(place.path("data"), closed).unwrap();
    for data in ["data", "data/below"] {
        let ended = as_nobody(&place, &["demo", "--data", data, "--listen", "127.0.0.1:0"]);
        ended.refused_with(&["data", "--data"]);
    }
}

#[test]
fn full_disk_is_named_at_the_first_start() {
    let place = Place::new();
    for blocks in ["64", "400", "900"] {
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" demo --data data --listen 127.0.0.1:0"
        );
        let mut limited = Command::new("sh");
        limited.args(["-c", &script, RUSSET]).current_dir(place.path(""));
        Ended::of(&mut limited).refused_with(&["russet.sqlite", "free some space"]);
    }
    let server = place.demo();
    assert_eq!(server.get("/v1/apps", &place.jwt()).0, 200, "with space it is whole");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let place = Place::new();
    let cases: [&[&str]; 9] = [
        &[],
        &["nonsense"],
        &["demo", "--nonsense"],
        &["demo", "--listen", "somewhere"],
        &["demo", "--listen", "127.0.0.1:99999"],
        &["serve", "extra"],
        &["jwt"],
        &["jwt", "--key-file", "f", "--key-id", "ABCDE12345", "--lifetime", "soon"],
        &["env", "--for", "nothing-known"],
    ];
    for arguments in cases {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.stdout.is_empty(), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains("Usage") || ended.stderr.contains("--help"), "{ended:?}");
    }
}

#[test]
fn setting_that_is_not_carried_out_is_refused() {
    let ended = Place::new().run(&["serve", "--database", "postgres://localhost/russet"]);
    ended.refused_with(&["--database", "not supported yet"]);
}

/// Runs the binary as a user without rights: root may write everywhere.
fn as_nobody(place: &Place, arguments: &[&str]) -> Ended {
    if !rustix::process::geteuid().is_root() {
        return place.run(arguments);
    }
    let binary = place.path("russet");
    std::fs::copy(RUSSET, &binary).unwrap();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.path(""), open).unwrap();
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(place.path("")).uid(65_534).gid(65_534);
    Ended::of(&mut command)
}
