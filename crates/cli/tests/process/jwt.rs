//! `russet jwt` against the server that verifies what it signs.

use crate::place::{Place, is_admin};

#[test]
fn team_and_individual_keys_sign_what_the_server_believes() {
    let place = Place::new();
    let server = place.demo();
    let (key, issuer) = place.key(is_admin);
    let jwt = place.sign(&key, Some(&issuer), &[]);
    assert_eq!(jwt.split('.').count(), 3, "{jwt}");
    assert_eq!(server.get("/v1/apps", &jwt).0, 200);
    assert_eq!(server.get("/v1/apps", &place.sign(&key, None, &[])).0, 401, "no issuer");

    let (individual, _) = place.key(|key| key["kind"] == "individual");
    assert_eq!(server.get("/v1/apps", &place.sign(&individual, None, &[])).0, 200);
    let wrong = place.sign(&individual, Some(&issuer), &[]);
    assert_eq!(server.get("/v1/apps", &wrong).0, 401, "an individual key has no issuer");

    let (revoked, issuer) = place.key(|key| key["state"] == "revoked");
    assert_eq!(server.get("/v1/apps", &place.sign(&revoked, Some(&issuer), &[])).0, 401);
}

#[test]
fn scope_and_lifetime_are_what_was_asked_for() {
    let place = Place::new();
    let server = place.demo();
    let (key, issuer) = place.key(is_admin);
    let sign = |more: &[&str]| place.sign(&key, Some(&issuer), more);

    let scoped =
        sign(&["--scope", "GET /v1/apps?filter[platform]=IOS", "--scope", "GET /v1/users"]);
    assert_eq!(server.get("/v1/users", &scoped).0, 200);
    assert_eq!(server.get("/v1/users?limit=1", &scoped).0, 200, "limit does not count");
    assert_eq!(server.get("/v1/apps", &scoped).0, 403);
    assert_eq!(server.get("/v1/builds", &scoped).0, 403);

    assert_eq!(server.get("/v1/apps", &sign(&["--lifetime", "20m"])).0, 200);
    assert_eq!(server.get("/v1/apps", &sign(&["--lifetime", "30m"])).0, 401);
    assert_eq!(server.get("/v1/apps", &sign(&["--lifetime", "0"])).0, 401);
    let long = sign(&["--lifetime", "30d", "--scope", "GET /v1/ciProducts"]);
    assert_eq!(server.get("/v1/ciProducts", &long).0, 200);
    let long = sign(&["--lifetime", "30d", "--scope", "GET /v1/apps"]);
    assert_eq!(server.get("/v1/apps", &long).0, 401, "apps are not on the long-lived list");
}

#[test]
fn key_files_that_are_none_are_named_with_what_is_wrong() {
    let place = Place::new();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(place.path(name), bytes).unwrap();
        place.run(&["jwt", "--key-file", name, "--key-id", "ABCDE12345"])
    };
    file("empty.p8", b"").refused_with(&["empty.p8", "PEM"]);
    file("text.p8", b"hello\n").refused_with(&["text.p8", "BEGIN PRIVATE KEY"]);
    file("noise.p8", &[0xFF, 0xFE, 0, 1, 2]).refused_with(&["noise.p8", "BEGIN PRIVATE KEY"]);
    let cut = b"-----BEGIN PRIVATE KEY-----\nMIGT\n-----END PRIVATE KEY-----\n";
    file("cut.p8", cut).refused_with(&["cut.p8"]);

    let absent = place.run(&["jwt", "--key-file", "absent.p8", "--key-id", "ABCDE12345"]);
    absent.refused_with(&["absent.p8", "No such file"]);
    std::fs::create_dir(place.path("folder")).unwrap();
    let folder = place.run(&["jwt", "--key-file", "folder", "--key-id", "ABCDE12345"]);
    folder.refused_with(&["folder", "directory"]);
}

#[test]
fn ids_that_are_none_are_named() {
    let place = Place::new();
    let server = place.demo();
    let (key, _) = place.key(is_admin);
    let file = key["file"].as_str().unwrap();
    place.run(&["jwt", "--key-file", file, "--key-id", "abc"]).refused_with(&["'abc'", "key id"]);
    let arguments = ["jwt", "--key-file", file, "--key-id", "ABCDE12345", "--issuer", "me"];
    place.run(&arguments).refused_with(&["'me'", "issuer id"]);
    drop(server);
}
