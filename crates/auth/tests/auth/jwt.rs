//! Every claim and every form of a JWT: what is let in, and what is not.

use crate::world::{Client, ISSUER, NOW, World, at, team_claims, user_claims};
use russet_auth::{Denied, Rejection, RequestLine, Role, Strictness};
use russet_wire::Refusal;
use serde_json::{Value, json};

fn team() -> (World, Client) {
    let mut world = World::new();
    let client = world.team_key(&[Role::Admin]);
    (world, client)
}

/// Returns the claims with some members set, or taken away where the value is null.
fn with(mut claims: Value, changes: &[(&str, Value)]) -> Value {
    for (name, value) in changes {
        match value {
            Value::Null => drop(claims.as_object_mut().expect("an object").shift_remove(*name)),
            value => claims[*name] = value.clone(),
        }
    }
    claims
}

#[track_caller]
fn rejected(outcome: Result<russet_auth::Principal, Denied>, what: &str) -> Rejection {
    match outcome {
        Err(Denied::NotAuthorized(why)) => why,
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn a_team_key_is_known_by_its_jwt() {
    let (world, client) = team();
    let principal = world.ask(&client.jwt(&team_claims())).expect("let in");
    assert_eq!(principal.key(), client.id);
    assert_eq!(principal.team(), world.team());
    assert!(principal.roles().contains(Role::Admin));
    assert_eq!(principal.user(), None);
}

#[test]
fn everything_that_real_clients_send_is_let_in() {
    let (mut world, client) = team();
    let changes: &[(&str, &[(&str, Value)])] = &[
        ("fastlane, longest", &[("iat", (NOW - 60).into()), ("exp", (NOW + 1200).into())]),
        ("codemagic, no iat", &[("iat", Value::Null), ("exp", (NOW + 19 * 60).into())]),
        ("asc, aud is a list", &[("aud", json!(["appstoreconnect-v1"]))]),
        ("AvdLee, floats", &[("iat", json!(1_767_225_600.25)), ("exp", json!(1_767_226_800.25))]),
        ("asconnect", &[("exp", (NOW + 300).into())]),
        ("several audiences", &[("aud", json!(["other", "appstoreconnect-v1"]))]),
        ("other claims", &[("bid", json!("com.x")), ("nonce", json!(1)), ("nbf", json!(NOW + 99))]),
        ("a clock ahead", &[("iat", (NOW + 60).into())]),
        ("exponents", &[("iat", json!(1.767_225_6e9))]),
    ];
    for (what, changes) in changes {
        let outcome = world.ask(&client.jwt(&with(team_claims(), changes)));
        assert!(outcome.is_ok(), "{what}: {outcome:?}");
    }
    world.user("u1", &[Role::Developer, Role::GenerateIndividualKeys], None);
    let client = world.individual_key("u1");
    world.ask(&client.jwt(&user_claims())).expect("fastlane without issuer");
}

#[test]
fn each_claim_that_is_wrong_is_refused() {
    let (world, client) = team();
    let identity = |why| Rejection::Identity(why);
    let cases: &[(&str, Value, Rejection)] = &[
        ("iss", Value::Null, identity("iss is not the key's team")),
        (
            "iss",
            json!("57246542-96fe-1a63-e053-0824d011072b"),
            identity("iss is not the key's team"),
        ),
        ("iss", json!(ISSUER.to_uppercase()), identity("iss is not the key's team")),
        ("iss", json!(""), identity("iss is not the key's team")),
        ("sub", json!("user"), identity("a team key's JWT has sub")),
        ("aud", json!("appstoreconnect-v2"), Rejection::Audience),
        ("aud", json!("apple-developer-enterprise-v1"), Rejection::Audience),
        ("aud", json!([]), Rejection::Audience),
        ("aud", json!(["x"]), Rejection::Audience),
        ("exp", json!(NOW), Rejection::Expired),
        ("exp", json!(NOW - 1), Rejection::Expired),
        ("exp", json!(0), Rejection::Expired),
        ("iat", json!(NOW + 61), Rejection::IssuedInFuture),
    ];
    for (name, value, expected) in cases {
        let jwt = client.jwt(&with(team_claims(), &[(name, value.clone())]));
        let why = rejected(world.ask(&jwt), &format!("{name} = {value}"));
        assert_eq!(why, *expected, "{name} = {value}");
    }
}

#[test]
fn each_claim_of_the_wrong_json_type_is_refused() {
    let (world, client) = team();
    let valid = team_claims();
    for name in ["iss", "aud", "exp", "iat"] {
        for value in ["null", "true", "{}", "[1]", "-1", "\"soon\"", "1e300", "99999999999999"] {
            let text = valid.to_string();
            let member = format!("{:?}:{}", name, valid[name]);
            let text = text.replace(&member, &format!("{name:?}:{value}"));
            let why = rejected(world.ask(&client.sign(&client.header().to_string(), &text)), &text);
            let expected = match (name, value) {
                ("iss", "\"soon\"") => matches!(why, Rejection::Identity(_)),
                ("aud", "\"soon\"") => why == Rejection::Audience,
                _ => matches!(why, Rejection::Malformed(_)),
            };
            assert!(expected, "{name} = {value}: {why}");
        }
    }
    for (name, value) in
        [("sub", "null"), ("scope", "null"), ("scope", "\"GET /v1/apps\""), ("scope", "[1]")]
    {
        let text = valid.to_string().replacen('{', &format!("{{{name:?}:{value},"), 1);
        rejected(world.ask(&client.sign(&client.header().to_string(), &text)), &text);
    }
}

#[test]
fn claims_that_are_no_object_are_refused() {
    let (world, client) = team();
    let list = json!([ISSUER, null, "appstoreconnect-v1", NOW + 600]).to_string();
    let valid = team_claims().to_string();
    let inner = client.jwt(&team_claims());
    for text in ["", "null", "{}", "[]", "\"x\"", list.as_str(), inner.as_str(), &valid[..50]] {
        rejected(world.ask(&client.sign(&client.header().to_string(), text)), text);
    }
    let trailing = format!("{valid} x");
    rejected(world.ask(&client.sign(&client.header().to_string(), &trailing)), &trailing);
    let spaced = format!(" {valid}\n");
    world.ask(&client.sign(&client.header().to_string(), &spaced)).expect("JSON may be spaced");
}

#[test]
fn an_individual_key_says_sub_and_no_iss() {
    let mut world = World::new();
    world.user("u1", &[Role::Marketing, Role::GenerateIndividualKeys], None);
    let client = world.individual_key("u1");
    world.ask(&client.jwt(&user_claims())).expect("let in");
    for changes in [
        &[("iss", json!(ISSUER))][..],
        &[("sub", Value::Null)],
        &[("sub", json!("u1"))],
        &[("sub", json!("User"))],
        &[("sub", Value::Null), ("iss", json!(ISSUER))],
    ] {
        let why = rejected(world.ask(&client.jwt(&with(user_claims(), changes))), "individual");
        assert!(matches!(why, Rejection::Identity(_)), "{changes:?}: {why}");
    }
}

#[test]
fn the_header_may_be_in_any_order_and_without_typ() {
    let (world, client) = team();
    let claims = team_claims().to_string();
    let kid = client.id;
    for header in [
        format!(r#"{{"typ":"JWT","kid":"{kid}","alg":"ES256"}}"#),
        format!(r#"{{"kid":"{kid}","alg":"ES256"}}"#),
        format!(r#"{{"kid":"{kid}","typ":"jwt","alg":"ES256","x5c":["a"],"jku":"https://x"}}"#),
        format!(r#"{{"kid":"{kid}","\u0061lg":"ES256"}}"#),
    ] {
        let outcome = world.ask(&client.sign(&header, &claims));
        assert!(outcome.is_ok(), "{header}: {outcome:?}");
    }
}

#[test]
fn each_wrong_header_is_refused() {
    let (world, client) = team();
    let claims = team_claims().to_string();
    let kid = client.id;
    for header in [
        format!(r#"{{"alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"None","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"es256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES384","kid":"{kid}"}}"#),
        format!(r#"{{"alg":["ES256"],"kid":"{kid}"}}"#),
        format!(r#"{{"alg":null,"kid":"{kid}"}}"#),
        format!(r#"{{"kid":"{kid}"}}"#),
        r#"{"alg":"ES256"}"#.to_owned(),
        r#"{"alg":"ES256","kid":"ZZZZZZZZZZ"}"#.to_owned(),
        r#"{"alg":"ES256","kid":""}"#.to_owned(),
        format!(r#"{{"alg":"ES256","kid":"{kid} "}}"#),
        format!(r#"{{"alg":"ES256","kid":"{}"}}"#, kid.as_str().to_lowercase()),
        format!(r#"{{"alg":"ES256","kid":["{kid}"]}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"JWS"}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","typ":null}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","crit":["exp"]}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","crit":null}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","b64":false,"crit":["b64"]}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","b64":true}}"#),
        format!(r#"{{"alg":"ES256","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"none","\u0061lg":"ES256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","kid":"ZZZZZZZZZZ","kid":"{kid}"}}"#),
        format!(r#"["ES256","{kid}"]"#),
        String::new(),
    ] {
        rejected(world.ask(&client.sign(&header, &claims)), &header);
    }
}

#[test]
fn a_member_that_occurs_twice_is_refused() {
    let (world, client) = team();
    let valid = team_claims().to_string();
    for member in [
        format!("\"iss\":\"{ISSUER}\""),
        format!("\"exp\":{}", NOW + 600),
        format!("\"iat\":{NOW}"),
        "\"aud\":\"appstoreconnect-v1\"".to_owned(),
    ] {
        let twice = valid.replacen('{', &format!("{{{member},"), 1);
        let why = rejected(world.ask(&client.sign(&client.header().to_string(), &twice)), &twice);
        assert!(matches!(why, Rejection::Malformed(_)), "{twice}");
    }
}

#[test]
fn a_lifetime_beyond_twenty_one_minutes_needs_a_scope_for_it() {
    let (world, client) = team();
    let asked = |changes: &[(&str, Value)]| world.ask(&client.jwt(&with(team_claims(), changes)));
    asked(&[("exp", (NOW + 21 * 60).into())]).expect("fastlane's longest");
    asked(&[("iat", Value::Null), ("exp", (NOW + 20 * 60).into())]).expect("from arrival");
    for changes in [
        &[("exp", json!(NOW + 21 * 60 + 1))][..],
        &[("exp", json!(1_767_225_600.0 + 1260.5))],
        &[("iat", json!(NOW - 20 * 60)), ("exp", json!(NOW + 120))],
        &[("iat", Value::Null), ("exp", json!(NOW + 21 * 60 + 1))],
        &[("exp", json!(NOW + 3600)), ("scope", json!([]))],
        &[("exp", json!(NOW + 3600)), ("scope", json!(["GET /v1/apps"]))],
        &[
            ("exp", json!(NOW + 3600)),
            ("scope", json!(["GET /v1/ciProducts", "POST /v1/ciBuildRuns"])),
        ],
        &[("exp", json!(NOW + 184 * 86_400)), ("scope", json!(["GET /v1/ciProducts"]))],
    ] {
        let why = rejected(asked(changes), &format!("{changes:?}"));
        assert!(matches!(why, Rejection::Lifetime(_)), "{changes:?}: {why}");
    }
    let scope = json!(["GET /v1/ciProducts", "GET /v1/apps/1/perfPowerMetrics"]);
    let long = with(team_claims(), &[("exp", json!(NOW + 183 * 86_400)), ("scope", scope)]);
    let line = RequestLine { method: "GET", path: "/v1/ciProducts", query: "limit=5" };
    let header = format!("Bearer {}", client.jwt(&long));
    let ask = |day: i64| {
        world.authenticator.authenticate(Some(header.as_bytes()), &line, at(day * 86_400))
    };
    ask(0).expect("it may");
    ask(182).expect("months later");
    rejected(ask(183), "expired");
}

#[test]
fn a_strict_clock_takes_no_iat_ahead() {
    let (world, client) = team();
    let directory = world.authenticator.directory().clone();
    let strict = russet_auth::Authenticator::new(directory, Strictness::Exact);
    let line = RequestLine { method: "GET", path: "/v1/apps", query: "" };
    for (iat, expected) in [(NOW - 60, true), (NOW, true), (NOW + 1, false), (NOW + 60, false)] {
        let header = format!("Bearer {}", client.jwt(&with(team_claims(), &[("iat", json!(iat))])));
        let outcome = strict.authenticate(Some(header.as_bytes()), &line, at(0));
        assert_eq!(outcome.is_ok(), expected, "{}", iat - NOW);
    }
}

#[test]
fn a_jwt_seen_before_ends_at_its_exp_and_not_later() {
    let (world, client) = team();
    let jwt = client.jwt(&team_claims());
    for second in [0, 599] {
        world.ask_at(&jwt, at(second)).expect("still good");
    }
    assert_eq!(rejected(world.ask_at(&jwt, at(600)), "over"), Rejection::Expired);
}

#[test]
fn a_scope_lets_in_what_it_lists_and_nothing_else() {
    let (world, client) = team();
    let scope = json!(["GET /v1/apps?filter[platform]=IOS", "POST /v1/betaGroups"]);
    let jwt = client.jwt(&with(team_claims(), &[("scope", scope)]));
    let header = format!("Bearer {jwt}");
    let ask = |method, path, query| {
        let line = RequestLine { method, path, query };
        world.authenticator.authenticate(Some(header.as_bytes()), &line, at(0)).map(|_| ())
    };
    assert_eq!(ask("GET", "/v1/apps", "limit=3&filter%5Bplatform%5D=IOS"), Ok(()));
    assert_eq!(ask("GET", "/v1/apps", ""), Err(Denied::OutOfScope));
    assert_eq!(ask("GET", "/v1/betaGroups", ""), Err(Denied::OutOfScope));
    for method in ["POST", "PATCH", "DELETE", "HEAD"] {
        assert_eq!(ask(method, "/v1/betaGroups", ""), Err(Denied::MethodOutOfScope));
    }
    let statuses = [Denied::OutOfScope, Denied::MethodOutOfScope]
        .map(|denied| Refusal::from(denied).to_document("R")["errors"][0].clone());
    assert_eq!(statuses[0]["code"], "FORBIDDEN_ERROR");
    assert_eq!(statuses[0]["status"], "403");
    assert_eq!(statuses[1]["code"], "METHOD_NOT_ALLOWED");
    assert_eq!(statuses[1]["status"], "405");
}

#[test]
fn every_401_has_the_one_body() {
    let denied = [Rejection::Missing, Rejection::Revoked, Rejection::Malformed("x")];
    for rejection in denied {
        let body = Refusal::from(Denied::from(rejection)).to_document("R");
        assert_eq!(
            body.to_string(),
            "{\"errors\":[{\"status\":\"401\",\"code\":\"NOT_AUTHORIZED\",\
             \"title\":\"Authentication credentials are missing or invalid.\",\
             \"detail\":\"Provide a properly configured and signed bearer token, and make sure that \
             it has not expired. Learn more about Generating Tokens for API Requests \
             https://developer.apple.com/go/?id=api-generating-tokens\"}]}"
        );
    }
}

#[test]
fn the_header_must_be_one_bearer_jwt() {
    let (world, client) = team();
    let jwt = client.jwt(&team_claims());
    let line = RequestLine { method: "GET", path: "/v1/apps", query: "" };
    let ask = |header: &[u8]| world.authenticator.authenticate(Some(header), &line, at(0));
    for scheme in ["Bearer ", "bearer ", "BEARER   "] {
        assert!(ask(format!("{scheme}{jwt}").as_bytes()).is_ok(), "{scheme}");
    }
    let refused = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        jwt.clone(),
        format!("Bearer{jwt}"),
        format!("Bearer\t{jwt}"),
        format!("Basic {jwt}"),
        format!("Token {jwt}"),
        format!("Bearer {jwt} "),
        format!("Bearer {jwt} {jwt}"),
        format!("Bearer {jwt}, Bearer {jwt}"),
        format!("Bearer \"{jwt}\""),
    ];
    for header in &refused {
        rejected(ask(header.as_bytes()), header);
    }
    rejected(ask(b"Bearer \xff\xfe.\x80.\x00"), "no UTF-8");
    let none = world.authenticator.authenticate(None, &line, at(0));
    assert_eq!(rejected(none, "no header"), Rejection::Missing);
}

#[test]
fn a_header_beyond_8_kb_is_refused_before_it_is_looked_at() {
    let (world, client) = team();
    let padded =
        |bytes: usize| client.jwt(&with(team_claims(), &[("x", json!("a".repeat(bytes)))]));
    world.ask(&padded(5500)).expect("large, but not too large");
    assert_eq!(rejected(world.ask(&padded(6500)), "too large"), Rejection::TooLarge);
    assert_eq!(rejected(world.ask(&"a".repeat(100_000)), "too large"), Rejection::TooLarge);
}
