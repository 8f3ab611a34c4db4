//! One team with people and keys in a SQLite store in memory, and clients that sign whatever text
//! they are told to.

use std::sync::{Arc, mpsc};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use russet_auth::{
    API_KEYS, Actor, Authenticator, Decision, Denied, Directory, Draw, Issued, KeyId, Principal,
    RequestLine, Role, RoleSet, Strictness, USERS, VISIBLE_APPS,
};
use russet_store::{Store, Team, TeamNumber, Write};
use serde_json::{Value, json};

/// Seconds at which every test happens: 2026-01-01T00:00:00Z.
pub const NOW: i64 = 1_767_225_600;

/// Issuer id of the team.
pub const ISSUER: &str = "57246542-96fe-1a63-e053-0824d011072a";

pub struct World {
    pub store: Arc<dyn Store>,
    pub team: Team,
    pub authenticator: Authenticator,
    drawn: u64,
}

/// A client: a key and its private half.
pub struct Client {
    pub id: KeyId,
    pub pem: String,
    pair: EcdsaKeyPair,
}

/// Returns the time some seconds after [`NOW`].
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).expect("in range")
}

/// Returns randomness that is the same in every run, a stream for each number.
pub fn draw(stream: u64) -> impl FnMut(&mut [u8]) {
    let mut count = 0u64;
    move |bytes| {
        for chunk in bytes.chunks_mut(32) {
            let input = [stream.to_le_bytes(), count.to_le_bytes()].concat();
            count += 1;
            chunk.copy_from_slice(&digest(&SHA256, &input).as_ref()[..chunk.len()]);
        }
    }
}

impl World {
    /// A team that has access, and nobody in it.
    pub fn new() -> World {
        let mut world = World::without_access();
        world.write(|write| {
            russet_auth::request_access(write, &Actor::System, at(0)).expect("asked first");
            russet_auth::decide_access(write, Decision::Approve, "", at(0)).expect("pending");
        });
        world
    }

    pub fn without_access() -> World {
        let store: Arc<dyn Store> = open_store();
        let team = store.create_team("Team", ISSUER, "SEED123456").expect("the first team");
        let directory = Arc::new(Directory::load(&*store).expect("loads"));
        let authenticator = Authenticator::new(directory, Strictness::Tolerant);
        World { store, team, authenticator, drawn: 0 }
    }

    /// Does a job in the team's data and returns what it returned, once it is committed.
    pub fn write<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut dyn Write) -> T + Send + 'static,
    ) -> T {
        let (result, results) = mpsc::channel();
        let (done, finished) = mpsc::channel();
        let run = move |write: &mut dyn Write| result.send(job(write)).is_ok();
        let report = move |outcome| done.send(outcome).expect("somebody waits");
        self.store.write(self.team.number, Box::new(run), Box::new(report));
        finished.recv().expect("the job ends").expect("it commits");
        results.recv().expect("the job ran")
    }

    /// As [`World::write`], with randomness.
    pub fn draw<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut dyn Write, Draw<'_>) -> T + Send + 'static,
    ) -> T {
        self.drawn += 1;
        let mut source = draw(self.drawn);
        self.write(move |write| job(write, &mut source))
    }

    pub fn refresh(&self, touched: &[(&str, &str)]) {
        let directory = self.authenticator.directory();
        directory.refresh(&*self.store, self.team.number, touched).expect("the store is read");
    }

    /// Puts a user there, or changes the one that is there.
    pub fn user(
        &mut self,
        id: &'static str,
        roles: &'static [Role],
        apps: Option<&'static [&str]>,
    ) {
        let attributes = json!({
            "username": format!("{id}@example.com"),
            "roles": RoleSet::of(roles),
            "allAppsVisible": apps.is_none(),
        })
        .to_string();
        self.write(move |write| {
            if write.record(USERS, id).expect("reads").is_some() {
                write.update(USERS, id, &attributes, &[]).expect("writes");
            } else {
                write.insert(USERS, id, None, &attributes, &[]).expect("writes");
            }
            write.replace_links(VISIBLE_APPS, id, apps.unwrap_or_default()).expect("writes");
        });
        self.refresh(&[(USERS, id)]);
    }

    pub fn team_key(&mut self, roles: &'static [Role]) -> Client {
        let issued = self.draw(move |write, draw| {
            let roles = RoleSet::of(roles);
            russet_auth::issue_team_key(write, &Actor::System, "Key", roles, at(0), draw)
        });
        self.client(issued.expect("every rule is kept"))
    }

    pub fn individual_key(&mut self, user: &'static str) -> Client {
        let issued = self
            .draw(move |write, draw| russet_auth::issue_individual_key(write, user, at(0), draw));
        self.client(issued.expect("every rule is kept"))
    }

    fn client(&self, issued: Issued) -> Client {
        self.refresh(&[(API_KEYS, issued.key.id.as_str())]);
        Client::new(issued.key.id, issued.private_key.into_text())
    }

    /// Asks for the apps at [`NOW`].
    pub fn ask(&self, jwt: &str) -> Result<Principal, Denied> {
        self.ask_at(jwt, at(0))
    }

    pub fn ask_at(&self, jwt: &str, now: Timestamp) -> Result<Principal, Denied> {
        let line = RequestLine { method: "GET", path: "/v1/apps", query: "" };
        let header = format!("Bearer {jwt}");
        self.authenticator.authenticate(Some(header.as_bytes()), &line, now)
    }

    pub fn team(&self) -> TeamNumber {
        self.team.number
    }
}

impl Client {
    pub fn new(id: KeyId, pem: String) -> Client {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).expect("base64");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        Client { id, pem, pair: pair.expect("PKCS#8 on P-256") }
    }

    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "kid": self.id, "typ": "JWT" })
    }

    /// Signs a JWT of these texts.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign_digest(&digest(&SHA256, signed.as_bytes())).expect("signs");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// Signs a JWT of these claims.
    pub fn jwt(&self, claims: &Value) -> String {
        self.sign(&self.header().to_string(), &claims.to_string())
    }
}

/// Claims of a team key's JWT that nothing is wrong with.
pub fn team_claims() -> Value {
    json!({ "iss": ISSUER, "iat": NOW, "exp": NOW + 600, "aud": "appstoreconnect-v1" })
}

/// Claims of an individual key's JWT that nothing is wrong with.
pub fn user_claims() -> Value {
    json!({ "sub": "user", "iat": NOW, "exp": NOW + 600, "aud": "appstoreconnect-v1" })
}

fn open_store() -> Arc<dyn Store> {
    Arc::new(russet_store_sqlite::SqliteStore::in_memory().expect("memory opens"))
}
