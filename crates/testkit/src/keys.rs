//! Keys of test teams: issued as anywhere else, private halves kept to sign JWTs.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use russet_auth::{
    Actor, Decision, Issued, IssuerId, JwtRequest, KeyId, Role, RoleSet, SigningKey, decide_access,
    issue_team_key, request_access, sign_jwt,
};
use russet_demo::{DemoKey, Randomness};
use russet_engine::Ids;
use russet_store::Write;
use russet_store_sqlite::SqliteStore;

use crate::app::start;

/// The roles that team keys may have. Source: Apple's page, as a client's snapshot shows it.
pub const TEAM_KEY_ROLES: [Role; 7] = [
    Role::Admin,
    Role::AppManager,
    Role::Developer,
    Role::Marketing,
    Role::Sales,
    Role::Finance,
    Role::CustomerSupport,
];

/// Seeded randomness: the same for every run of a test.
#[derive(Clone)]
pub struct Drawn(Arc<Mutex<Ids>>);

impl Drawn {
    /// Fills a buffer.
    pub fn fill(&self, bytes: &mut [u8]) {
        let mut ids = self.0.lock();
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&ids.bits().to_le_bytes()[..chunk.len()]);
        }
    }

    /// Returns the stream behind it.
    pub fn ids(&mut self) -> parking_lot::MutexGuard<'_, Ids> {
        self.0.lock()
    }

    /// Returns it in the form that planting the demo takes.
    pub fn randomness(&self) -> Randomness {
        let drawn = self.clone();
        Arc::new(move |bytes| drawn.fill(bytes))
    }
}

/// Makes an empty store and the randomness that fills it.
pub fn empty_store() -> (Arc<SqliteStore>, Drawn) {
    let store = SqliteStore::in_memory().expect("a store can be made");
    (Arc::new(store), Drawn(Arc::new(Mutex::new(Ids::new(0x5eed)))))
}

/// A key and what it takes to use it.
pub struct TestKey {
    roles: RoleSet,
    usable_by_team: bool,
    id: KeyId,
    signing: SigningKey,
}

impl TestKey {
    /// Keeps an issued key. `usable_by_team`: it is a team key and active.
    pub fn new(roles: RoleSet, usable_by_team: bool, issued: Issued) -> TestKey {
        let signing = SigningKey::from_pem(&issued.private_key.into_text());
        let signing = signing.expect("an issued key can be read");
        TestKey { roles, usable_by_team, id: issued.key.id, signing }
    }

    /// Keeps a key of the demo.
    pub fn of_demo(plan: &DemoKey, issued: Issued) -> TestKey {
        let roles = plan.roles.iter().filter_map(|role| Role::parse(role)).collect();
        TestKey::new(roles, plan.person.is_none() && !plan.revoked, issued)
    }

    /// Returns the key id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Returns whether it is an active team key with this role and no other.
    pub fn is_for(&self, role: Role) -> bool {
        self.usable_by_team && self.roles == RoleSet::of(&[role])
    }

    /// Signs a JWT; no issuer makes it one of an individual key.
    pub fn jwt(&self, issuer: Option<&str>, now: Timestamp) -> String {
        let issuer = issuer.map(|text| IssuerId::parse(text).expect("an issuer id"));
        let request = JwtRequest {
            key_id: self.id,
            issuer: issuer.as_ref(),
            now,
            lifetime: Duration::from_secs(1200),
            scope: &[],
        };
        sign_jwt(&self.signing, &request).expect("a JWT can be signed")
    }
}

/// Lets a team use the API.
pub fn give_access(write: &mut dyn Write, now: Timestamp) {
    request_access(write, &Actor::System, now).expect("access can be requested");
    decide_access(write, Decision::Approve, "for a test", now).expect("access can be given");
}

/// Issues a team key.
pub fn issue(write: &mut dyn Write, draw: &mut Drawn, roles: &[Role]) -> TestKey {
    let set = RoleSet::of(roles);
    let mut fill = |bytes: &mut [u8]| draw.fill(bytes);
    let issued = issue_team_key(write, &Actor::System, "Test", set, start(), &mut fill);
    TestKey::new(set, true, issued.expect("a team key is issued"))
}
