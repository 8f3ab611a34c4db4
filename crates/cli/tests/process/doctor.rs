//! `russet doctor` on data that is well, at rest and damaged.

use serde_json::Value;

use crate::place::Place;

#[test]
fn running_demo_is_healthy() {
    let place = Place::new();
    let server = place.demo();
    let ended = place.run(&["doctor", "--data", "data"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.lines().all(|line| line.starts_with("ok ")), "{}", ended.stdout);
    assert!(ended.stdout.contains(&format!("http://{} is ready", server.address)));
}

#[test]
fn stopped_demo_is_told_apart_from_a_damaged_one() {
    let place = Place::new();
    place.demo().terminate();
    let findings = examine(&place);
    assert_eq!(finding(&findings, "database")["ok"], true, "{findings}");
    assert_eq!(finding(&findings, "server")["ok"], false, "{findings}");
    let detail = finding(&findings, "server")["detail"].as_str().unwrap();
    assert!(detail.contains("russet demo"), "{detail}");
}

#[test]
fn damage_inside_the_database_is_found() {
    let place = Place::new();
    place.demo().terminate();
    let file = place.data().join("russet.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let findings = examine(&place);
    assert_eq!(finding(&findings, "database")["ok"], false, "{findings}");
    let detail = finding(&findings, "database")["detail"].as_str().unwrap();
    assert!(detail.contains("restore it from a backup"), "{detail}");
}

#[test]
fn lost_key_file_is_named() {
    let place = Place::new();
    let server = place.demo();
    let (key, _) = place.key(crate::place::is_admin);
    std::fs::remove_file(key["file"].as_str().unwrap()).unwrap();
    let findings = examine(&place);
    let detail = finding(&findings, "keys")["detail"].as_str().unwrap();
    assert!(detail.contains(key["key_id"].as_str().unwrap()), "{detail}");
    drop(server);
}

#[test]
fn file_that_others_can_read_is_a_problem() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    place.demo().terminate();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(place.data().join("russet.json"), open).unwrap();
    let findings = examine(&place);
    let detail = finding(&findings, "data folder")["detail"].as_str().unwrap();
    assert!(detail.contains("chmod 600"), "{detail}");
}

#[test]
fn absent_folder_is_said_to_be_absent() {
    let ended = Place::new().run(&["doctor", "--data", "nowhere"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("`russet demo --data nowhere` makes it"), "{ended:?}");
}

fn examine(place: &Place) -> Value {
    let ended = place.run(&["doctor", "--data", "data", "--json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["healthy"], false);
    report
}

fn finding<'a>(report: &'a Value, what: &str) -> &'a Value {
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|finding| finding["what"] == what).unwrap_or_else(|| panic!("{what}: {report}"))
}
