//! The server under test, its store, its teams and its clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use jiff::Timestamp;
use russet_auth::{Directory, Permit, Role, RoleSet, Strictness, issue_individual_key, revoke};
use russet_engine::seed::{Seed, plant};
use russet_server::{Server, Sources};
use russet_store::{Store, TeamNumber, Write};
use russet_store_sqlite::SqliteStore;
use serde_json::{Map, json};

use crate::caller::Caller;
use crate::keys::{self, Drawn, TestKey};

/// Scheme and host that callers use, and that every link must name: Apple's, as through the proxy.
pub const BASE: &str = "https://api.appstoreconnect.apple.com";

/// When every test begins.
const START: &str = "2026-10-15T09:30:00Z";

/// A server with its own empty store, or one with the demo in it.
pub struct TestApp {
    server: Arc<Server>,
    router: axum::Router,
    store: Arc<SqliteStore>,
    drawn: Drawn,
    seconds: Arc<AtomicI64>,
    teams: Vec<TestTeam>,
}

/// A team that may use the API.
struct TestTeam {
    number: TeamNumber,
    issuer: String,
    keys: Vec<TestKey>,
}

impl TestApp {
    /// Starts with one team that has nothing but a key for each role that team keys may have.
    ///
    /// # Panics
    /// When the store cannot be made.
    #[must_use]
    pub fn new() -> TestApp {
        Self::with_teams(&["One"])
    }

    /// Starts with two such teams; the second is the one of [`TestApp::outsider`].
    ///
    /// # Panics
    /// When the store cannot be made.
    #[must_use]
    pub fn with_two_teams() -> TestApp {
        Self::with_teams(&["One", "Two"])
    }

    /// Starts with the demo's teams, and with an empty one for [`TestApp::outsider`].
    ///
    /// # Panics
    /// When the store cannot be made.
    #[must_use]
    pub fn demo() -> TestApp {
        let (store, drawn) = keys::empty_store();
        let planted = russet_demo::plant(&*store, start(), &drawn.randomness());
        let planted = planted.expect("the demo can be planted");
        let with_access = planted.into_iter().filter(|team| team.plan.has_access());
        let mut teams: Vec<TestTeam> = with_access
            .map(|planted| TestTeam {
                number: planted.team.number,
                issuer: planted.team.issuer,
                keys: planted
                    .keys
                    .into_iter()
                    .map(|(plan, key)| TestKey::of_demo(plan, key))
                    .collect(),
            })
            .collect();
        teams.push(empty_team(&*store, &drawn, "Next door"));
        Self::start(store, drawn, teams)
    }

    fn with_teams(names: &[&str]) -> TestApp {
        let (store, drawn) = keys::empty_store();
        let teams = names.iter().map(|name| empty_team(&*store, &drawn, name)).collect();
        Self::start(store, drawn, teams)
    }

    fn start(store: Arc<SqliteStore>, drawn: Drawn, teams: Vec<TestTeam>) -> TestApp {
        let seconds = Arc::new(AtomicI64::new(start().as_second()));
        let clock = seconds.clone();
        let sources = Sources {
            real_time: Box::new(start),
            time: Box::new(move || at(clock.load(Ordering::Relaxed))),
            seed: Box::new(|| 0x0007_e57c_0de0_0000),
        };
        let directory = Arc::new(Directory::load(&*store).expect("the keys can be loaded"));
        let host = BASE.trim_start_matches("https://").to_owned();
        let server = Server::new(store.clone(), directory, Strictness::default(), sources, host);
        TestApp { router: server.router(), server, store, drawn, seconds, teams }
    }

    /// Returns a caller with the team key that has this role and no other.
    ///
    /// # Panics
    /// When team keys cannot have the role.
    #[must_use]
    pub fn caller(&self, role: Role) -> Caller {
        self.team_caller(0, role)
    }

    /// Returns a caller of another team, which has nothing.
    ///
    /// # Panics
    /// When there is one team only, or team keys cannot have the role.
    #[must_use]
    pub fn outsider(&self, role: Role) -> Caller {
        assert!(self.teams.len() > 1, "use TestApp::with_two_teams or TestApp::demo");
        self.team_caller(1, role)
    }

    fn team_caller(&self, team: usize, role: Role) -> Caller {
        let team = &self.teams[team];
        let found = team.keys.iter().find(|key| key.is_for(role));
        let key = found.unwrap_or_else(|| panic!("there is no team key for {role} alone"));
        self.with_key(&key.jwt(Some(&team.issuer), start()))
    }

    /// Returns a caller without a JWT.
    #[must_use]
    pub fn anonymous(&self) -> Caller {
        Caller::new(self.router.clone(), None)
    }

    /// Returns a caller whose team key was revoked.
    ///
    /// # Panics
    /// When the store fails.
    #[must_use]
    pub fn revoked(&self) -> Caller {
        let team = &self.teams[0];
        let mut draw = self.drawn.clone();
        let key = self.write(team.number, move |write, _| {
            let key = keys::issue(write, &mut draw, &[Role::Admin]);
            revoke(write, &russet_auth::Actor::System, key.id(), start())
                .expect("it can be revoked");
            key
        });
        self.refresh(team.number, &[(russet_auth::API_KEYS, key.id().as_str())]);
        self.with_key(&key.jwt(Some(&team.issuer), start()))
    }

    /// Returns a caller with the individual key of a new user who has this role and sees these
    /// apps, or all where none are named.
    ///
    /// # Panics
    /// When the role cannot have one.
    #[must_use]
    pub fn individual(&self, role: Role, visible_apps: &[&str]) -> Caller {
        let team = self.teams[0].number;
        let mut draw = self.drawn.clone();
        let user = draw.ids().uuid();
        let attributes = json!({
            "username": format!("{user}@test.example"),
            "firstName": "Test",
            "lastName": role.as_str(),
            "roles": [role, Role::GenerateIndividualKeys],
            "allAppsVisible": visible_apps.is_empty(),
            "provisioningAllowed": false,
        });
        let apps = visible_apps.iter().map(|app| (*app).to_owned()).collect();
        let seed = Seed {
            kind: russet_auth::USERS,
            id: user.clone(),
            app: None,
            attributes: attributes.as_object().cloned().unwrap_or_else(Map::new),
            relationships: vec![("visibleApps", apps)],
        };
        let owner = user.clone();
        let key = self.write(team, move |write, permit| {
            plant(write, permit, start(), vec![seed]).expect("a user can be planted");
            let issued =
                issue_individual_key(write, &owner, start(), &mut |bytes| draw.fill(bytes));
            TestKey::new(RoleSet::of(&[role]), false, issued.expect("an individual key is issued"))
        });
        self.refresh(
            team,
            &[(russet_auth::USERS, &user), (russet_auth::API_KEYS, key.id().as_str())],
        );
        self.with_key(&key.jwt(None, start()))
    }

    /// Returns a caller that sends this JWT, good or bad.
    #[must_use]
    pub fn with_key(&self, jwt: &str) -> Caller {
        Caller::new(self.router.clone(), Some(format!("Bearer {jwt}")))
    }

    /// Plants records into the first team, as they are.
    ///
    /// # Panics
    /// When the store fails or a linkage is unknown.
    pub fn plant(&self, seeds: Vec<Seed>) {
        let now = self.now();
        self.write(self.teams[0].number, move |write, permit| {
            plant(write, permit, now, seeds).expect("the records can be planted");
        });
    }

    /// Returns how many commits changed the first team's data.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.store.generation(self.teams[0].number)
    }

    /// Returns the time at which requests arrive.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        at(self.seconds.load(Ordering::Relaxed))
    }

    /// Moves the simulated time ahead; JWTs stay good.
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    fn refresh(&self, team: TeamNumber, touched: &[(&str, &str)]) {
        let directory = self.server.directory();
        directory.refresh(&*self.store, team, touched).expect("the keys can be read");
    }

    fn write<T: Send + 'static>(
        &self,
        team: TeamNumber,
        work: impl FnOnce(&mut dyn Write, &Permit) -> T + Send + 'static,
    ) -> T {
        in_one_write(&*self.store, team, work)
    }
}

impl Default for TestApp {
    fn default() -> Self {
        Self::new()
    }
}

fn empty_team(store: &dyn Store, drawn: &Drawn, name: &str) -> TestTeam {
    let mut draw = drawn.clone();
    let issuer = draw.ids().uuid();
    let seed = draw.ids().alphanumeric(10);
    let team = store.create_team(name, &issuer, &seed).expect("a team can be made");
    let keys = in_one_write(store, team.number, move |write, _| {
        keys::give_access(write, start());
        keys::TEAM_KEY_ROLES.iter().map(|role| keys::issue(write, &mut draw, &[*role])).collect()
    });
    TestTeam { number: team.number, issuer, keys }
}

/// Runs work in one write transaction and waits for it.
fn in_one_write<T: Send + 'static>(
    store: &dyn Store,
    team: TeamNumber,
    work: impl FnOnce(&mut dyn Write, &Permit) -> T + Send + 'static,
) -> T {
    let (send, receive) = mpsc::channel();
    let (result, made) = mpsc::channel();
    let job = Box::new(move |write: &mut dyn Write| {
        result.send(work(write, &Permit::for_system(team))).is_ok()
    });
    let done = Box::new(move |outcome| drop(send.send(outcome)));
    store.write(team, job, done);
    receive.recv().expect("the store answers").expect("the write is kept");
    made.recv().expect("the work was done")
}

/// Returns when every test begins.
pub(crate) fn start() -> Timestamp {
    START.parse().expect("a time")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time within reach")
}
