//! What was acknowledged is there after `kill -9`, after a full disk, and after an orderly end.

use std::sync::mpsc;

use crate::place::{Place, ask, bundle_id, bundle_identifiers};

/// Kills in the middle of writes, one after the other on the same folder.
const ROUNDS: usize = 5;

/// Clients that write at once.
const WRITERS: usize = 6;

/// Creates that are acknowledged in a round before the kill.
const ENOUGH: usize = 60;

#[test]
fn every_acknowledged_create_outlives_kill_9() {
    let place = Place::new();
    let mut server = place.demo();
    let address = server.address.clone();
    let jwt = place.jwt();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let (told, tells) = mpsc::channel();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (told, address, jwt) = (told.clone(), address.clone(), jwt.clone());
                std::thread::spawn(move || {
                    write_until_it_ends(round, writer, &address, &jwt, &told);
                })
            })
            .collect();
        drop(told);
        acknowledged.extend(tells.iter().take(ENOUGH));
        server.kill();
        // Those that were acknowledged between the count and the kill.
        acknowledged.extend(tells.iter());
        for writer in writers {
            writer.join().unwrap();
        }
        server = place.start(&["demo", "--data", "data"]);
        assert_eq!(server.address, address, "the same address without being told");
        let kept = bundle_identifiers(&server, &jwt);
        for identifier in &acknowledged {
            assert!(kept.contains(identifier), "round {round}: {identifier} is lost");
        }
    }
    assert!(acknowledged.len() >= ROUNDS * ENOUGH, "{}", acknowledged.len());
    server.kill();
    let doctor = place.run(&["doctor", "--data", "data", "--json"]);
    assert!(doctor.stdout.contains("whole, no server uses it"), "{doctor:?}");
}

#[test]
fn a_killed_demo_is_planted_whole_or_anew() {
    let place = Place::new();
    // Killed at some moment of its first start, each time a little later.
    for size in [1, 200, 600, 1_000, 1_400] {
        let mut child = place
            .command(&["demo", "--data", "data", "--listen", "127.0.0.1:0"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let log = place.data().join("russet.sqlite-wal");
        let grown = || std::fs::metadata(&log).is_ok_and(|log| log.len() > size * 1024);
        while !grown()
            && child.try_wait().unwrap().is_none()
            && !place.data().join("russet.json").exists()
        {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let server = place.start(&["demo", "--data", "data", "--listen", "127.0.0.1:0"]);
        let (status, apps) = server.get("/v1/apps", &place.jwt());
        assert_eq!(status, 200, "{apps}");
        assert!(apps["data"].as_array().unwrap().len() >= 3, "{apps}");
        server.kill();
        std::fs::remove_dir_all(place.data()).unwrap();
    }
}

#[test]
fn a_full_disk_refuses_writes_keeps_reads_and_loses_nothing() {
    let place = Place::new();
    place.demo().terminate();
    // A limit on the size of files stands for the end of the disk; needs no right to mount one.
    let script = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" demo --data data";
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", script, crate::place::RUSSET]).current_dir(place.path(""));
    let server = place.start_command(&mut limited);
    let jwt = place.jwt();
    let mut acknowledged = Vec::new();
    let refused = (0..4_000).find_map(|n| {
        let identifier = format!("org.russet.full.n{n}");
        // Long names fill it sooner.
        let body = bundle_id(&identifier).replace("Kept", &"n".repeat(20_000));
        let (status, answer) = ask(&server.address, "POST", "/v1/bundleIds", &jwt, &body).unwrap();
        if status == 201 {
            acknowledged.push(identifier);
            return None;
        }
        Some((status, answer))
    });
    let (status, answer) = refused.expect("it never became full");
    assert_eq!(status, 500, "{answer}");
    assert_eq!(answer["errors"][0]["code"], "UNEXPECTED_ERROR");
    assert_eq!(server.get("/v1/apps", &jwt).0, 200, "reads go on");
    let complaint = place.complaints();
    assert!(complaint.contains("free some space") || complaint.contains("space"), "{complaint}");
    server.kill();
    let server = place.start(&["demo", "--data", "data"]);
    let kept = bundle_identifiers(&server, &jwt);
    for identifier in &acknowledged {
        assert!(kept.contains(identifier), "{identifier} is lost");
    }
    let body = bundle_id("org.russet.roomy");
    let (status, answer) = ask(&server.address, "POST", "/v1/bundleIds", &jwt, &body).unwrap();
    assert_eq!(status, 201, "{answer}");
}

/// Creates bundle ids until the server is gone, telling each that was acknowledged.
fn write_until_it_ends(
    round: usize,
    writer: usize,
    address: &str,
    jwt: &str,
    told: &mpsc::Sender<String>,
) {
    for n in 0.. {
        let identifier = format!("org.russet.kept.r{round}.w{writer}.n{n}");
        let body = bundle_id(&identifier);
        match ask(address, "POST", "/v1/bundleIds", jwt, &body) {
            Some((201, _)) => drop(told.send(identifier)),
            Some((status, answer)) => panic!("{status} {answer}"),
            None => break,
        }
    }
}
