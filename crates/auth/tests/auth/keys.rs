//! The life of keys: access, issuing with each of its rules, use, revocation, listing.

use std::sync::Arc;

use crate::world::{ISSUER, World, at, team_claims, user_claims};
use jiff::Timestamp;
use russet_auth::{
    API_KEYS, AccessError, AccessState, Actor, Decision, Denied, Directory, IssueError, IssuerId,
    JwtRequest, KeyFileError, KeyState, Rejection, RevokeError, Role, RoleSet, SigningKey, USERS,
    Visibility, access_state, decide_access, find_key, issue_individual_key, issue_team_key,
    list_keys, request_access, revoke, sign_jwt, write_last_used,
};

const OFFERED: [Role; 7] = [
    Role::Admin,
    Role::AppManager,
    Role::Developer,
    Role::Finance,
    Role::Sales,
    Role::CustomerSupport,
    Role::Marketing,
];

const EXTRA: Role = Role::GenerateIndividualKeys;

fn user(id: &str) -> Actor {
    Actor::User(id.to_owned())
}

impl World {
    /// Tries to issue a team key and returns the error's words, empty where there is none.
    fn refused_team_key(&mut self, by: Actor, name: &str, roles: &'static [Role]) -> String {
        let name = name.to_owned();
        let issued = self.draw(move |write, draw| {
            issue_team_key(write, &by, &name, RoleSet::of(roles), at(0), draw)
        });
        issued.err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn refused_individual_key(&mut self, id: &'static str) -> Option<IssueError> {
        self.draw(move |write, draw| issue_individual_key(write, id, at(0), draw)).err()
    }

    fn revoke(&mut self, by: Actor, id: russet_auth::KeyId, now: Timestamp) -> Option<RevokeError> {
        let outcome = self.write(move |write| revoke(write, &by, id, now));
        self.refresh(&[(API_KEYS, id.as_str())]);
        outcome.err()
    }
}

#[test]
fn no_key_is_issued_before_access_is_granted() {
    let mut world = World::without_access();
    world.user("holder", &[Role::AccountHolder], None);
    world.user("admin", &[Role::Admin, EXTRA], None);
    let closed = |world: &mut World| {
        let words = world.refused_team_key(user("holder"), "Key", &[Role::Admin]);
        assert!(words.contains("no access"), "{words}");
        let individual = world.refused_individual_key("admin");
        assert!(matches!(individual, Some(IssueError::AccessNotGranted)), "{individual:?}");
    };
    closed(&mut world);
    let asked = world.write(|write| request_access(write, &user("admin"), at(0)));
    assert!(matches!(asked, Err(AccessError::NotAccountHolder)));
    let early = world.write(|write| decide_access(write, Decision::Approve, "", at(0)));
    assert!(matches!(early, Err(AccessError::NothingPending)));
    world.write(|write| request_access(write, &user("holder"), at(1))).expect("the holder asks");
    let again = world.write(|write| request_access(write, &user("holder"), at(1)));
    assert!(matches!(again, Err(AccessError::AlreadyPending)));
    closed(&mut world);
    world.write(|write| decide_access(write, Decision::Decline, "who?", at(2))).expect("pending");
    closed(&mut world);
    let state = world.write(|write| access_state(write).expect("reads"));
    assert_eq!(state, AccessState::Declined { decided_at: at(2), reason: "who?".into() });
    world.write(|write| request_access(write, &user("holder"), at(3))).expect("asked again");
    world.write(|write| decide_access(write, Decision::Approve, "", at(4))).expect("pending");
    assert_eq!(world.refused_team_key(user("holder"), "Key", &[Role::Admin]), "");
    let late = world.write(|write| request_access(write, &user("holder"), at(5)));
    assert!(matches!(late, Err(AccessError::AlreadyApproved)));
}

#[test]
fn only_account_holder_and_admin_issue_team_keys() {
    let mut world = World::new();
    world.user("holder", &[Role::AccountHolder], None);
    world.user("admin", &[Role::Admin], None);
    world.user("manager", &[Role::AppManager, Role::Finance, EXTRA], None);
    for id in ["holder", "admin"] {
        assert_eq!(world.refused_team_key(user(id), "Key", &[Role::Developer]), "", "{id}");
    }
    for id in ["manager", "nobody"] {
        let words = world.refused_team_key(user(id), "Key", &[Role::Developer]);
        assert!(words.contains("only the Account Holder and Admins"), "{id}: {words}");
    }
    let key = world.team_key(&[Role::Admin]).id;
    let words = world.refused_team_key(Actor::Key(key), "Key", &[Role::Developer]);
    assert!(words.contains("only the Account Holder"), "{words}");
}

#[test]
fn a_team_key_has_a_name_of_1_to_100_characters() {
    let mut world = World::new();
    let longest = "é".repeat(100);
    for name in ["x", "CI", "リリース 🚀", "a\"b\\c\u{1}", longest.as_str()] {
        assert_eq!(world.refused_team_key(Actor::System, name, &[Role::Sales]), "", "{name}");
    }
    for name in ["", " ", "\u{a0}\t", &"é".repeat(101)] {
        let words = world.refused_team_key(Actor::System, name, &[Role::Sales]);
        assert!(words.contains("1 to 100 characters"), "{name}: {words}");
    }
    let kept = world.write(|write| list_keys(write, at(0)).expect("reads"));
    assert_eq!(kept[2].nickname, "リリース 🚀");
    assert_eq!(kept[3].nickname, "a\"b\\c\u{1}");
}

#[test]
fn a_team_key_has_one_or_more_of_the_seven_roles_offered() {
    let mut world = World::new();
    for role in Role::ALL {
        let one: &'static [Role] = std::slice::from_ref(role);
        let words = world.refused_team_key(Actor::System, "Key", one);
        assert_eq!(words.is_empty(), OFFERED.contains(role), "{role}: {words}");
        assert!(words.is_empty() || words.contains(role.as_str()), "{words}");
    }
    assert_eq!(world.refused_team_key(Actor::System, "Key", &OFFERED), "");
    assert!(world.refused_team_key(Actor::System, "Key", &[]).contains("at least one role"));
}

#[test]
fn a_team_has_at_most_fifty_active_team_keys() {
    let mut world = World::new();
    world.user("u1", &[Role::Developer, EXTRA], None);
    let first = world.team_key(&[Role::Admin]);
    for _ in 1..50 {
        world.team_key(&[Role::Admin]);
    }
    let words = world.refused_team_key(Actor::System, "Key", &[Role::Admin]);
    assert!(words.contains("50 active keys"), "{words}");
    world.individual_key("u1");
    assert!(world.revoke(Actor::System, first.id, at(1)).is_none());
    assert_eq!(world.refused_team_key(Actor::System, "Key", &[Role::Admin]), "");
    assert!(!world.refused_team_key(Actor::System, "Key", &[Role::Admin]).is_empty());
}

#[test]
fn an_individual_key_is_for_eligible_roles() {
    let mut world = World::new();
    let cases: &[(&'static str, &'static [Role], bool)] = &[
        ("admin", &[Role::Admin, EXTRA], true),
        ("manager", &[Role::AppManager, EXTRA], true),
        ("support", &[Role::CustomerSupport, EXTRA], true),
        ("developer", &[Role::Developer, EXTRA], true),
        ("marketing", &[Role::Marketing, EXTRA], true),
        ("both", &[Role::Sales, Role::Marketing, EXTRA], true),
        ("finance", &[Role::Finance, EXTRA], false),
        ("sales", &[Role::Sales, EXTRA], false),
        ("extras", &[EXTRA, Role::AccessToReports, Role::CreateApps], false),
    ];
    for (id, roles, eligible) in cases {
        world.user(id, roles, None);
        let outcome = world.refused_individual_key(id);
        assert_eq!(outcome.is_none(), *eligible, "{id}: {outcome:?}");
        assert!(*eligible || matches!(outcome, Some(IssueError::UserNotEligible)), "{id}");
    }
    assert!(matches!(world.refused_individual_key("nobody"), Some(IssueError::UserUnknown)));
}

#[test]
fn an_individual_key_needs_the_permission_that_can_be_taken_away() {
    let mut world = World::new();
    world.user("developer", &[Role::Developer], None);
    let outcome = world.refused_individual_key("developer");
    assert!(matches!(outcome, Some(IssueError::GenerationNotPermitted)), "{outcome:?}");
    world.user("developer", &[Role::Developer, EXTRA], None);
    assert!(world.refused_individual_key("developer").is_none());
    world.user("holder", &[Role::AccountHolder], None);
    assert!(world.refused_individual_key("holder").is_none());
}

#[test]
fn a_user_has_one_active_individual_key() {
    let mut world = World::new();
    world.user("u1", &[Role::Developer, EXTRA], None);
    world.user("u2", &[Role::Developer, EXTRA], None);
    let first = world.individual_key("u1");
    let outcome = world.refused_individual_key("u1");
    assert!(matches!(outcome, Some(IssueError::AlreadyHasKey)), "{outcome:?}");
    world.individual_key("u2");
    assert!(world.revoke(user("u1"), first.id, at(1)).is_none());
    world.individual_key("u1");
}

#[test]
fn the_private_key_is_handed_out_and_not_kept() {
    let mut world = World::new();
    let issued = world
        .draw(|write, draw| {
            issue_team_key(write, &Actor::System, "CI", RoleSet::of(&[Role::Admin]), at(0), draw)
        })
        .expect("issued");
    assert_eq!(issued.file_name(), format!("AuthKey_{}.p8", issued.key.id));
    let id = issued.key.id;
    let pem = issued.private_key.into_text();
    let lines: Vec<&str> = pem.lines().collect();
    assert_eq!(lines[0], "-----BEGIN PRIVATE KEY-----");
    assert_eq!(lines[1].len(), 64);
    assert_eq!(*lines.last().unwrap(), "-----END PRIVATE KEY-----");
    let signer = SigningKey::from_pem(&pem).expect("PKCS#8");
    assert_eq!(signer.public_key(), issued.key.public_key);
    let kept = world.write(move |write| write.record(API_KEYS, id.as_str()).expect("reads"));
    let kept = kept.expect("kept").attributes;
    for line in &lines[1..lines.len() - 1] {
        assert!(!kept.contains(&line[..16]), "{line} is in {kept}");
    }
    world.user("u1", &[Role::Developer, EXTRA], None);
    let issued =
        world.draw(|write, draw| issue_individual_key(write, "u1", at(0), draw)).expect("issued");
    assert_eq!(issued.file_name(), format!("ApiKey_{}.p8", issued.key.id));
}

#[test]
fn a_revoked_key_is_refused_on_the_next_request() {
    let mut world = World::new();
    let client = world.team_key(&[Role::Admin]);
    let jwt = client.jwt(&team_claims());
    world.ask(&jwt).expect("first seen");
    world.ask(&jwt).expect("seen before");
    assert!(world.revoke(Actor::System, client.id, at(1)).is_none());
    assert_eq!(world.ask(&jwt).unwrap_err(), Denied::NotAuthorized(Rejection::Revoked));
    let fresh = client.jwt(&user_claims());
    assert!(world.ask(&fresh).is_err());
    let again = world.revoke(Actor::System, client.id, at(2));
    assert!(matches!(again, Some(RevokeError::AlreadyRevoked { at: when }) if when == at(1)));
    let id = client.id;
    let kept = world.write(move |write| find_key(write, id).expect("reads").expect("there"));
    assert_eq!(kept.state, KeyState::Revoked { at: at(1), by: Actor::System });
}

#[test]
fn keys_are_revoked_by_their_keepers_and_individual_ones_by_their_user() {
    let mut world = World::new();
    world.user("holder", &[Role::AccountHolder], None);
    world.user("admin", &[Role::Admin, EXTRA], None);
    world.user("manager", &[Role::AppManager, EXTRA], None);
    let team = world.team_key(&[Role::Developer]);
    let individual = world.individual_key("admin");
    for (by, id) in [("manager", team.id), ("manager", individual.id), ("nobody", team.id)] {
        let outcome = world.revoke(user(by), id, at(1));
        assert!(matches!(outcome, Some(RevokeError::NotAllowed)), "{by}: {outcome:?}");
    }
    let own = world.individual_key("manager");
    assert!(world.revoke(user("manager"), own.id, at(1)).is_none());
    assert!(world.revoke(user("holder"), individual.id, at(1)).is_none());
    assert!(world.revoke(user("admin"), team.id, at(1)).is_none());
    let absent = russet_auth::KeyId::parse("ABCDEFGHIJ").expect("well-formed");
    assert!(matches!(world.revoke(user("admin"), absent, at(1)), Some(RevokeError::Unknown(_))));
}

#[test]
fn revoked_keys_stay_listed_for_30_days() {
    let mut world = World::new();
    let (kept, gone) = (world.team_key(&[Role::Admin]).id, world.team_key(&[Role::Sales]).id);
    world.revoke(Actor::System, gone, at(0));
    let mut listed = |seconds: i64| {
        let keys = world.write(move |write| list_keys(write, at(seconds)).expect("reads"));
        keys.into_iter().map(|key| key.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(30 * 86_400 - 1), [kept, gone]);
    assert_eq!(listed(30 * 86_400), [kept]);
}

#[test]
fn an_individual_key_follows_its_user() {
    let mut world = World::new();
    world.user("u1", &[Role::Developer, EXTRA], Some(&["1002", "1001"]));
    let client = world.individual_key("u1");
    let jwt = client.jwt(&user_claims());
    let first = world.ask(&jwt).expect("let in");
    assert_eq!(first.user().map(|user| &**user), Some("u1"));
    assert_eq!(first.roles(), RoleSet::of(&[Role::Developer, EXTRA]));
    assert!(first.apps().includes("1001") && first.apps().includes("1002"));
    assert!(!first.apps().includes("1003"));

    world.user("u1", &[Role::Marketing], Some(&["1003"]));
    let next = world.ask(&jwt).expect("let in");
    assert_eq!(next.roles(), RoleSet::of(&[Role::Marketing]));
    assert!(next.apps().includes("1003") && !next.apps().includes("1001"));

    world.user("u1", &[Role::Marketing], None);
    assert_eq!(world.ask(&jwt).expect("let in").apps(), &Visibility::All);

    // Admins see all apps whatever their record says.
    world.user("u1", &[Role::Admin], Some(&["1003"]));
    assert_eq!(world.ask(&jwt).expect("let in").apps(), &Visibility::All);

    world.write(|write| write.delete(USERS, "u1").expect("deletes"));
    world.refresh(&[(USERS, "u1")]);
    assert_eq!(world.ask(&jwt).unwrap_err(), Denied::NotAuthorized(Rejection::UserGone));
}

#[test]
fn keys_and_users_are_there_after_a_restart() {
    let mut world = World::new();
    world.user("u1", &[Role::Developer, EXTRA], Some(&["1001"]));
    let (team, individual) = (world.team_key(&[Role::Sales]), world.individual_key("u1"));
    let revoked = world.team_key(&[Role::Sales]);
    world.revoke(Actor::System, revoked.id, at(0));
    let directory = Arc::new(Directory::load(&*world.store).expect("loads"));
    world.authenticator =
        russet_auth::Authenticator::new(directory, russet_auth::Strictness::Tolerant);
    assert!(world.ask(&team.jwt(&team_claims())).is_ok());
    assert!(world.ask(&individual.jwt(&user_claims())).expect("let in").apps().includes("1001"));
    assert!(world.ask(&revoked.jwt(&team_claims())).is_err());
}

#[test]
fn when_keys_were_used_is_collected_once() {
    let mut world = World::new();
    let (used, unused) = (world.team_key(&[Role::Admin]), world.team_key(&[Role::Admin]));
    let jwt = used.jwt(&team_claims());
    for second in [3, 9, 7] {
        world.ask_at(&jwt, at(second)).expect("let in");
    }
    assert!(world.ask(&unused.jwt(&user_claims())).is_err());
    let taken = world.authenticator.directory().take_last_used();
    assert_eq!(taken, [(world.team(), used.id, at(9))]);
    assert!(world.authenticator.directory().take_last_used().is_empty());
    let id = used.id;
    let kept = world.write(move |write| {
        write_last_used(write, &[(id, at(9))]).expect("writes");
        write_last_used(write, &[(id, at(5))]).expect("writes");
        find_key(write, id).expect("reads").expect("there")
    });
    assert_eq!(kept.last_used, Some(at(9)));
}

#[test]
fn a_jwt_signed_for_the_command_line_is_let_in() {
    let mut world = World::new();
    world.user("u1", &[Role::Developer, EXTRA], None);
    let issuer = IssuerId::parse(ISSUER).expect("well-formed");
    for (client, issuer) in
        [(world.team_key(&[Role::Admin]), Some(&issuer)), (world.individual_key("u1"), None)]
    {
        let signer = SigningKey::from_pem(&client.pem).expect("PKCS#8");
        let scope = ["GET /v1/apps".to_owned()];
        let request = JwtRequest {
            key_id: client.id,
            issuer,
            now: at(0),
            lifetime: std::time::Duration::from_secs(20 * 60),
            scope: &scope,
        };
        world.ask(&sign_jwt(&signer, &request).expect("signs")).expect("let in");
        let endless = JwtRequest { lifetime: std::time::Duration::MAX, ..request };
        assert!(sign_jwt(&signer, &endless).is_err());
    }
}

#[test]
fn an_unreadable_key_file_says_what_is_wrong() {
    const SEC1: &str = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n\
        -----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHoAoGCCqGSM49\n\
        AwEHoUQDQgAE@\n-----END EC PRIVATE KEY-----";
    let mut world = World::new();
    let pem = world.team_key(&[Role::Admin]).pem;
    for text in [pem.replace('\n', "\r\n"), pem.trim_end().to_owned(), format!("note\n{pem}\n\n")] {
        assert!(SigningKey::from_pem(&text).is_ok());
    }
    let cases = [
        (String::new(), KeyFileError::NotPem),
        ("MIGTAgEAMBMGByqGSM49".to_owned(), KeyFileError::NotPem),
        (pem.replace("-----END", "----END"), KeyFileError::NotPem),
        (pem.replace("PRIVATE KEY", "PUBLIC KEY"), KeyFileError::OtherBlock("PUBLIC KEY".into())),
        (pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"), KeyFileError::Encrypted),
        (pem.replacen('M', "*", 1), KeyFileError::NotBase64),
        (pem.replacen("MI", "MA", 1), KeyFileError::NotP256),
        (SEC1.to_owned(), KeyFileError::NotBase64),
    ];
    for (text, expected) in cases {
        assert_eq!(SigningKey::from_pem(&text).err(), Some(expected), "{text}");
    }
}
