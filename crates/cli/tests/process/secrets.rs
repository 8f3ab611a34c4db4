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

/// Who is gone before the answer must not keep the roles that the request took away.
#[test]
fn role_taken_away_by_a_caller_that_left_is_gone() {
    use std::io::Write as _;
    let place = Place::new();
    let server = place.demo();
    let admin = place.jwt();
    let (individual, _) = place.key(|key| key["kind"] == "individual");
    let theirs = place.sign(&individual, None, &[]);
    let path = format!("/v1/users?filter[username]={}", individual["user"].as_str().unwrap());
    let user = server.get(&path, &admin).1["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(server.get("/v1/betaTesters", &theirs).0, 200);
    let body = serde_json::json!({ "data": { "type": "users", "id": user,
        "attributes": { "roles": ["CUSTOMER_SUPPORT"] } } })
    .to_string();
    let request = format!(
        "PATCH /v1/users/{user} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {admin}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let roles = |user: &serde_json::Value| user["data"]["attributes"]["roles"].to_string();
    let begun = std::time::Instant::now();
    while !roles(&server.get(&format!("/v1/users/{user}"), &admin).1).contains("CUSTOMER_SUPPORT") {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "it was not carried out");
        // One that the server sees the end of at once may not be carried out at all.
        let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
    }
    assert_eq!(server.get("/v1/betaTesters", &theirs).0, 403, "as the new role says");
}
