//! The text of a JWT: one signature has one text, and no other text verifies.

use std::sync::OnceLock;

use crate::world::{Client, World, team_claims};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use russet_auth::Role;

/// A world to ask, a client of it, and a JWT that nothing is wrong with.
fn valid() -> &'static (World, Client, String) {
    static VALID: OnceLock<(World, Client, String)> = OnceLock::new();
    VALID.get_or_init(|| {
        let mut world = World::new();
        let client = world.team_key(&[Role::Admin]);
        let jwt = client.jwt(&team_claims());
        world.ask(&jwt).expect("let in");
        (world, client, jwt)
    })
}

fn refused(text: &str) {
    assert!(valid().0.ask(text).is_err(), "let in: {text}");
}

fn parts(jwt: &str) -> [&str; 3] {
    let mut parts = jwt.split('.');
    std::array::from_fn(|_| parts.next().expect("three parts"))
}

#[test]
fn a_jwt_has_exactly_three_parts() {
    let (_, _, jwt) = valid();
    let [header, claims, signature] = parts(jwt);
    for text in [
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{jwt}."),
        format!(".{jwt}"),
        format!("{jwt}.{signature}"),
        format!("{header}.{claims}..{signature}"),
        "..".to_owned(),
        ".".to_owned(),
    ] {
        refused(&text);
    }
}

#[test]
fn padded_spaced_and_standard_base64_are_refused() {
    let (_, client, jwt) = valid();
    let [header, claims, signature] = parts(jwt);
    for text in [
        format!("{header}.{claims}.{signature}=="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}==.{signature}"),
        format!("{header} .{claims}.{signature}"),
        format!("{header}.\n{claims}.{signature}"),
        format!("{header}.{claims}.{signature}\n"),
        format!("{header}.{claims}.\0{signature}"),
    ] {
        refused(&text);
    }
    // A signature whose standard form differs, which not every one does.
    let differing = (0..).map(|count| {
        let mut claims = team_claims();
        claims["n"] = count.into();
        client.jwt(&claims)
    });
    let jwt = differing.into_iter().find(|jwt| parts(jwt)[2].contains(['-', '_'])).expect("one");
    valid().0.ask(&jwt).expect("let in as it is");
    let [header, claims, signature] = parts(&jwt);
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("canonical");
    refused(&format!("{header}.{claims}.{}", STANDARD.encode(&bytes).trim_end_matches('=')));
    refused(&format!("{header}.{claims}.{}", URL_SAFE.encode(&bytes)));
}

#[test]
fn trailing_bits_that_are_not_zero_are_refused() {
    let (_, _, jwt) = valid();
    // 64 bytes leave four bits unused in the last letter: A, Q, g and w are the canonical ones.
    let (rest, last) = jwt.split_at(jwt.len() - 1);
    assert!("AQgw".contains(last), "{last}");
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for letter in alphabet.chars().filter(|letter| !last.contains(*letter)) {
        refused(&format!("{rest}{letter}"));
    }
}

#[test]
fn a_der_signature_is_refused() {
    let (_, _, jwt) = valid();
    let [header, claims, signature] = parts(jwt);
    let raw = URL_SAFE_NO_PAD.decode(signature).expect("canonical");
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(31);
        let mut value = bytes[start..].to_vec();
        if value[0] >= 0x80 {
            value.insert(0, 0);
        }
        let length = u8::try_from(value.len()).expect("at most 33");
        [vec![2, length], value].concat()
    };
    let body = [integer(&raw[..32]), integer(&raw[32..])].concat();
    let der = [vec![0x30, u8::try_from(body.len()).expect("at most 70")], body].concat();
    refused(&format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode(&der)));
    refused(&format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 64])));
}

#[test]
fn a_mac_made_with_the_public_key_is_refused() {
    let (world, client, _) = valid();
    let private = russet_auth::SigningKey::from_pem(&client.pem).expect("a key");
    for algorithm in ["HS256", "ES256"] {
        let header = format!(r#"{{"alg":"{algorithm}","kid":"{}"}}"#, client.id);
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(team_claims().to_string())
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, private.public_key());
        let mac = hmac::sign(&key, signed.as_bytes());
        let mac = URL_SAFE_NO_PAD.encode(mac.as_ref());
        assert!(world.ask(&format!("{signed}.{mac}")).is_err());
        assert!(world.ask(&format!("{signed}.{mac}{mac}")).is_err());
    }
}

#[test]
fn another_key_does_not_verify() {
    let mut world = World::new();
    let (one, other) = (world.team_key(&[Role::Admin]), world.team_key(&[Role::Admin]));
    let forged = other.sign(&one.header().to_string(), &team_claims().to_string());
    assert!(world.ask(&forged).is_err());
    assert!(world.ask(&one.jwt(&team_claims())).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_any_byte_verifies(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (world, _, jwt) = valid();
        let mut text = jwt.clone().into_bytes();
        let place = place.index(text.len());
        prop_assume!(text[place] != byte);
        text[place] = byte;
        let header = [b"Bearer ", text.as_slice()].concat();
        let line = russet_auth::RequestLine { method: "GET", path: "/v1/apps", query: "" };
        let outcome = world.authenticator.authenticate(Some(&header), &line, crate::world::at(0));
        prop_assert!(outcome.is_err());
    }

    #[test]
    fn no_cut_and_no_insertion_verifies(
        place in any::<prop::sample::Index>(),
        length in 0usize..90,
        inserted in "[A-Za-z0-9_.=-]{0,4}",
    ) {
        let (world, _, jwt) = valid();
        let start = place.index(jwt.len());
        let end = (start + length).min(jwt.len());
        let text = format!("{}{inserted}{}", &jwt[..start], &jwt[end..]);
        prop_assume!(text != *jwt);
        prop_assert!(world.ask(&text).is_err());
    }

    #[test]
    fn no_bytes_at_all_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (world, ..) = valid();
        let line = russet_auth::RequestLine { method: "GET", path: "/v1/apps", query: "" };
        for header in [bytes.clone(), [b"Bearer ".to_vec(), bytes].concat()] {
            let outcome = world.authenticator.authenticate(Some(&header), &line, crate::world::at(0));
            prop_assert!(outcome.is_err());
        }
    }

    #[test]
    fn no_json_in_header_and_claims_brings_it_down(header in ".{0,80}", claims in ".{0,80}") {
        let (world, client, _) = valid();
        prop_assert!(world.ask(&client.sign(&header, &claims)).is_err());
    }
}
