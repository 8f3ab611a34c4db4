//! What a server says on stderr never holds a JWT, a key, a password or the operator's secret.

use crate::place::{Place, ask, bundle_id, is_admin};

#[test]
fn logs_hold_no_secret_even_at_the_finest_level() {
    let place = Place::new();
    let arguments = ["demo", "--data", "data", "--listen", "127.0.0.1:0"];
    let server = place.start_command(place.command(&arguments).env("RUSSET_LOG", "trace"));
    let (key, issuer) = place.key(is_admin);
    let jwt = place.sign(&key, Some(&issuer), &[]);
    let bad = format!("{}x", &jwt[..jwt.len() - 1]);
    assert_eq!(server.get("/v1/apps", &jwt).0, 200);
    assert_eq!(server.get("/v1/apps", &bad).0, 401);
    assert_eq!(server.get("/v1/nowhere", &jwt).0, 404);
    let body = bundle_id("org.russet.in-the-body");
    assert_eq!(ask(&server.address, "POST", "/v1/bundleIds", &jwt, &body).unwrap().0, 201);
    assert_eq!(ask(&server.address, "POST", "/v1/bundleIds", &jwt, "{").unwrap().0, 400);
    assert_eq!(server.terminate().code(), Some(0));

    let log = place.complaints();
    assert!(log.contains("GET /v1/apps"), "it logs at all: {log:.300}");
    let (head, _) = jwt.split_once('.').unwrap();
    assert!(!log.contains(head), "a JWT's head");
    for part in jwt.split('.').chain(bad.split('.')) {
        assert!(!log.contains(part), "a part of a JWT: {part}");
    }
    assert!(!log.contains("org.russet.in-the-body"), "a body");
    assert!(!log.contains("PRIVATE KEY"), "a key");
    let state = place.state();
    assert!(!log.contains(state["operator_secret"].as_str().unwrap()), "the operator's secret");
    for team in state["teams"].as_array().unwrap() {
        for user in team["users"].as_array().unwrap() {
            assert!(!log.contains(user["password"].as_str().unwrap()), "a password");
        }
        for key in team["keys"].as_array().unwrap() {
            let pem = std::fs::read_to_string(key["file"].as_str().unwrap()).unwrap();
            for line in pem.lines() {
                assert!(!log.contains(line), "a line of a key file");
            }
        }
    }
}
