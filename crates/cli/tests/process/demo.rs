//! `russet demo` and `russet serve`: ready means ready, and the same data is there again.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::place::{Place, RUSSET, Server, ask, bundle_id, is_admin};

#[test]
fn file_is_complete_and_private_before_ready_is_said() {
    let place = Place::new();
    let server = place.demo();
    let file = place.data().join("russet.json");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&place.data()), 0o700);
    let state = place.state();
    assert_eq!(state["url"], format!("http://{}", server.address));
    assert!(state["operator_secret"].as_str().unwrap().len() >= 32);
    let [with_access, without] = state["teams"].as_array().unwrap().as_slice() else {
        panic!("{state}");
    };
    assert_eq!(without["keys"], Value::Array(Vec::new()));
    for team in [with_access, without] {
        assert!(!team["name"].as_str().unwrap().is_empty());
        assert_eq!(team["issuer_id"].as_str().unwrap().len(), 36);
        for user in team["users"].as_array().unwrap() {
            assert!(user["email"].as_str().unwrap().contains('@'), "{user}");
            assert!(user["password"].as_str().unwrap().len() >= 12, "{user}");
            assert!(!user["roles"].as_array().unwrap().is_empty(), "{user}");
        }
    }
    check_keys(with_access["keys"].as_array().unwrap());
}

/// One key for each role, one revoked, one individual, each in a file of its own.
fn check_keys(keys: &[Value]) {
    for key in keys {
        let file = Path::new(key["file"].as_str().unwrap());
        assert!(file.is_absolute(), "{key}");
        assert_eq!(mode(file), 0o600, "{key}");
        let prefix = if key["kind"] == "team" { "AuthKey_" } else { "ApiKey_" };
        let name = format!("{prefix}{}.p8", key["key_id"].as_str().unwrap());
        assert_eq!(file.file_name().unwrap().to_str().unwrap(), name);
        assert_eq!(key["kind"] == "individual", key["user"].is_string(), "{key}");
    }
    let roles =
        ["ADMIN", "APP_MANAGER", "DEVELOPER", "MARKETING", "SALES", "FINANCE", "CUSTOMER_SUPPORT"];
    for role in roles {
        let fits = |key: &&Value| {
            key["kind"] == "team"
                && key["state"] == "active"
                && key["roles"] == serde_json::json!([role])
        };
        assert!(keys.iter().any(|key| fits(&key)), "no key for {role}");
    }
    assert!(keys.iter().any(|key| key["state"] == "revoked"));
    assert!(keys.iter().any(|key| key["kind"] == "individual"));
}

#[test]
fn printed_line_answers_200() {
    let place = Place::new();
    let server = place.demo();
    let said = server.lines_until(|line| line.contains("russet.json"));
    let line = said.lines().find(|line| line.contains("curl ")).expect("a line to copy");
    let folder = Path::new(RUSSET).parent().unwrap().to_str().unwrap();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    let script = format!("{} -o answer.json -w '%{{http_code}}'", line.trim());
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("PATH", path)
        .current_dir(place.path(""))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "200", "{script}: {output:?}");
    let answer: Value =
        serde_json::from_slice(&std::fs::read(place.path("answer.json")).unwrap()).unwrap();
    assert!(answer["data"].as_array().unwrap().len() >= 3, "{answer}");
}

#[test]
fn same_data_is_at_the_same_address_after_an_orderly_end() {
    let place = Place::new();
    let server = place.demo();
    let (address, before) = (server.address.clone(), place.state());
    let jwt = place.jwt();
    let body = bundle_id("org.russet.kept");
    let (status, made) = ask(&address, "POST", "/v1/bundleIds", &jwt, &body).unwrap();
    assert_eq!(status, 201, "{made}");
    let (_, apps) = server.get("/v1/apps?limit=200", &jwt);
    assert_eq!(server.terminate().code(), Some(0), "{}", place.complaints());

    let server = place.start(&["demo", "--data", "data"]);
    assert_eq!(server.address, address);
    let mut after = place.state();
    after["proxy"] = before["proxy"].clone();
    assert_eq!(after, before, "keys, users, passwords and secret are the same");
    let path = format!("/v1/bundleIds/{}", made["data"]["id"].as_str().unwrap());
    assert_eq!(server.get(&path, &jwt).1["data"], made["data"]);
    assert_eq!(server.get("/v1/apps?limit=200", &jwt).1, apps);
}

#[test]
fn first_start_at_a_taken_port_spoils_nothing() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = place.run(&["demo", "--data", "data", "--listen", &address]);
    refused.refused_with(&[&address, "--listen"]);
    drop(taken);
    let server = place.demo();
    assert_eq!(server.get("/v1/apps", &place.jwt()).0, 200);
}

#[test]
fn lost_russet_json_comes_back_with_the_next_start() {
    let place = Place::new();
    let server = place.demo();
    let (before, jwt) = (place.state(), place.jwt());
    let body = bundle_id("org.russet.kept");
    assert_eq!(ask(&server.address, "POST", "/v1/bundleIds", &jwt, &body).unwrap().0, 201);
    server.kill();
    std::fs::remove_file(place.data().join("russet.json")).unwrap();

    let server = place.demo();
    let after = place.state();
    for (team, was) in
        after["teams"].as_array().unwrap().iter().zip(before["teams"].as_array().unwrap())
    {
        assert_eq!((&team["keys"], &team["issuer_id"]), (&was["keys"], &was["issuer_id"]));
        assert_eq!(emails(team), emails(was));
    }
    assert!(
        crate::place::bundle_identifiers(&server, &jwt).contains(&"org.russet.kept".to_owned())
    );
    assert!(server.lines_until(|line| line.contains("russet.json")).contains("curl "));
}

#[test]
fn moved_folder_names_its_keys_where_they_are() {
    let place = Place::new();
    place.demo().terminate();
    std::fs::rename(place.data(), place.path("elsewhere")).unwrap();
    let server = place.start(&["demo", "--data", "elsewhere"]);
    std::fs::rename(place.path("elsewhere"), place.data()).unwrap();
    let (key, _) = place.key(is_admin);
    assert!(key["file"].as_str().unwrap().contains("/elsewhere/keys/"), "{key}");
    drop(server);
}

#[test]
fn serve_starts_empty_and_answers_nobody() {
    let place = Place::new();
    let server: Server = place.start(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    let state = place.state();
    assert_eq!(state["teams"], Value::Null);
    assert_eq!(mode(&place.data().join("russet.json")), 0o600);
    assert_eq!(server.get("/v1/apps", "none").0, 401);
    assert_eq!(server.get("/readyz", "none").0, 200);
    assert_eq!(server.get("/healthz", "none").0, 200);
    assert_eq!(server.terminate().code(), Some(0));
}

#[test]
fn interrupt_ends_it_as_terminate_does() {
    let place = Place::new();
    assert_eq!(place.demo().interrupt().code(), Some(0), "{}", place.complaints());
}

fn emails(team: &Value) -> Vec<&str> {
    team["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
