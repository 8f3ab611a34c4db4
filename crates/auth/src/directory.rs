//! All keys and users of all teams in memory, so that every request can ask whether its key is
//! still good without reading the store.
//!
//! It is loaded once and refreshed for what each commit touched. It knows nothing of JWTs. Start
//! at [`Directory::load`] and [`Directory::refresh`].

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use russet_store::{
    Direction, Edge, Listing, Order, Read, Record, Result, Store, StoreError, TeamNumber,
};

use crate::keys::{API_KEYS, ApiKey, KeyOwner, each_key, find_key};
use crate::people::{USERS, User, VISIBLE_APPS};
use crate::public_key::PublicKey;
use crate::{KeyId, RoleSet};

/// Which apps a caller sees; what hangs off another app is as absent as the app itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Every app, future ones too.
    All,
    /// These, sorted by id.
    Some(Arc<[Arc<str>]>),
}

impl Visibility {
    /// Returns whether the app is seen.
    #[must_use]
    pub fn includes(&self, app: &str) -> bool {
        match self {
            Visibility::All => true,
            Visibility::Some(apps) => apps.binary_search_by(|seen| (**seen).cmp(app)).is_ok(),
        }
    }
}

/// Visible apps of one user that are read: more than any team has, all held in memory.
const MOST_APPS: usize = 1_000_000;

/// The keys and users of all teams of a store.
pub struct Directory {
    tables: RwLock<Tables>,
    /// Held while the store is read for a refresh: a refresh that read earlier must not be
    /// applied after one that read later.
    refreshing: Mutex<()>,
}

#[derive(Default)]
struct Tables {
    issuers: HashMap<TeamNumber, Arc<str>>,
    keys: HashMap<KeyId, Arc<KeyEntry>>,
    users: HashMap<TeamNumber, HashMap<String, Standing>>,
}

/// What a request needs to know of a key.
pub(crate) struct KeyEntry {
    pub(crate) id: KeyId,
    pub(crate) team: TeamNumber,
    pub(crate) issuer: Arc<str>,
    pub(crate) owner: Owner,
    pub(crate) active: bool,
    pub(crate) public: Arc<PublicKey>,
    /// Seconds since the epoch of a use that has not been taken yet; 0 for none.
    used: Arc<AtomicI64>,
}

/// Whose rights a key carries.
pub(crate) enum Owner {
    Team(RoleSet),
    User(Arc<str>),
}

/// What someone may do and see.
#[derive(Clone)]
pub(crate) struct Standing {
    pub(crate) roles: RoleSet,
    pub(crate) apps: Visibility,
}

impl Directory {
    /// Loads the keys and users of every team.
    ///
    /// # Errors
    /// When the store cannot be read or a record is damaged.
    pub fn load(store: &dyn Store) -> Result<Directory> {
        let mut tables = Tables::default();
        for team in store.teams()? {
            let issuer: Arc<str> = team.issuer.into();
            let read = store.read(team.number)?;
            let mut keys = Vec::new();
            each_key(&*read, |key| keys.push(key))?;
            for key in keys {
                tables.put_key(team.number, &issuer, key)?;
            }
            tables.users.insert(team.number, load_users(&*read)?);
            tables.issuers.insert(team.number, issuer);
        }
        Ok(Directory { tables: RwLock::new(tables), refreshing: Mutex::new(()) })
    }

    /// Reads anew what a commit touched: pairs of kind and id, of which only API keys and users
    /// count (a user counts as touched when its visible apps change). Call it after the commit
    /// and before anyone is told of it.
    ///
    /// # Errors
    /// When the store cannot be read or a record is damaged. The entries of the team that could
    /// not be read are dropped, so that nothing outdated is believed.
    pub fn refresh(
        &self,
        store: &dyn Store,
        team: TeamNumber,
        touched: &[(&str, &str)],
    ) -> Result<()> {
        if !touched.iter().any(|(kind, _)| [API_KEYS, USERS].contains(kind)) {
            return Ok(());
        }
        let _order = self.refreshing.lock();
        let outcome = self.refresh_in_order(store, team, touched);
        if outcome.is_err() {
            self.tables.write().forget(team, touched);
        }
        outcome
    }

    fn refresh_in_order(
        &self,
        store: &dyn Store,
        team: TeamNumber,
        touched: &[(&str, &str)],
    ) -> Result<()> {
        let issuer = self.issuer(store, team)?;
        let read = store.read(team)?;
        let mut keys = Vec::new();
        let mut users = Vec::new();
        for (kind, id) in touched {
            match *kind {
                API_KEYS => {
                    if let Some(kid) = KeyId::parse(id) {
                        keys.push((kid, find_key(&*read, kid)?));
                    }
                }
                USERS => users.push(((*id).to_owned(), load_user(&*read, id)?)),
                _ => {}
            }
        }
        let mut tables = self.tables.write();
        for (kid, key) in keys {
            match key {
                Some(key) => tables.put_key(team, &issuer, key)?,
                None => tables.drop_key(team, kid),
            }
        }
        let known = tables.users.entry(team).or_default();
        for (id, standing) in users {
            match standing {
                Some(standing) => known.insert(id, standing),
                None => known.remove(&id),
            };
        }
        Ok(())
    }

    /// Returns the team's issuer id, and remembers it for a team made after the load.
    fn issuer(&self, store: &dyn Store, team: TeamNumber) -> Result<Arc<str>> {
        if let Some(issuer) = self.tables.read().issuers.get(&team) {
            return Ok(issuer.clone());
        }
        let found = store.teams()?.into_iter().find(|candidate| candidate.number == team);
        let issuer: Arc<str> = match found {
            Some(team) => team.issuer.into(),
            None => {
                return Err(StoreError::Damaged {
                    place: format!("team {}", team.0),
                    why: "it is not in the list of teams".to_owned(),
                });
            }
        };
        self.tables.write().issuers.insert(team, issuer.clone());
        Ok(issuer)
    }

    /// Returns a key, in whatever state.
    pub(crate) fn key(&self, id: KeyId) -> Option<Arc<KeyEntry>> {
        self.tables.read().keys.get(&id).cloned()
    }

    /// Returns what a user may do and see; `None` once the user is gone.
    pub(crate) fn user(&self, team: TeamNumber, id: &str) -> Option<Standing> {
        self.tables.read().users.get(&team)?.get(id).cloned()
    }

    /// Returns when keys were used since this was last called, in whole seconds, and forgets it.
    /// Write it with [`crate::write_last_used`]; what is taken and not written is lost.
    pub fn take_last_used(&self) -> Vec<(TeamNumber, KeyId, Timestamp)> {
        let tables = self.tables.read();
        let taken = tables.keys.values().filter_map(|key| {
            let second = key.used.swap(0, Ordering::Relaxed);
            let used = Timestamp::from_second(second).ok()?;
            (second != 0).then_some((key.team, key.id, used))
        });
        taken.collect()
    }
}

impl KeyEntry {
    /// Notes that the key was used. Writes once a second at most, so that cores which serve the
    /// same key do not fight over the value.
    pub(crate) fn note_use(&self, now: Timestamp) {
        let second = now.as_second();
        if self.used.load(Ordering::Relaxed) < second {
            self.used.store(second, Ordering::Relaxed);
        }
    }
}

impl Tables {
    fn put_key(&mut self, team: TeamNumber, issuer: &Arc<str>, key: ApiKey) -> Result<()> {
        let known = self.keys.get(&key.id);
        if known.is_some_and(|known| known.team != team) {
            // Key ids are unique in a team; that two teams draw the same one of 36^10 is not
            // worth more than this: the first keeps it.
            return Ok(());
        }
        let used = known.map(|known| known.used.clone()).unwrap_or_default();
        let public = match known {
            Some(known) if known.public.is(&key.public_key) => known.public.clone(),
            _ => Arc::new(PublicKey::parse(key.id, &key.public_key)?),
        };
        let entry = KeyEntry {
            id: key.id,
            team,
            issuer: issuer.clone(),
            active: key.is_active(),
            owner: match key.owner {
                KeyOwner::Team { roles } => Owner::Team(roles),
                KeyOwner::User(id) => Owner::User(id.into()),
            },
            public,
            used,
        };
        self.keys.insert(key.id, Arc::new(entry));
        Ok(())
    }

    fn drop_key(&mut self, team: TeamNumber, id: KeyId) {
        if self.keys.get(&id).is_some_and(|known| known.team == team) {
            self.keys.remove(&id);
        }
    }

    fn forget(&mut self, team: TeamNumber, touched: &[(&str, &str)]) {
        for (kind, id) in touched {
            match *kind {
                API_KEYS => {
                    if let Some(kid) = KeyId::parse(id) {
                        self.drop_key(team, kid);
                    }
                }
                USERS => {
                    self.users.entry(team).or_default().remove(*id);
                }
                _ => {}
            }
        }
    }
}

fn load_users(read: &dyn Read) -> Result<HashMap<String, Standing>> {
    let mut users = HashMap::new();
    each_record(read, USERS, |record| {
        let standing = standing(read, record)?;
        users.insert(record.id.clone(), standing);
        Ok(())
    })?;
    Ok(users)
}

fn load_user(read: &dyn Read, id: &str) -> Result<Option<Standing>> {
    read.record(USERS, id)?.map(|record| standing(read, &record)).transpose()
}

fn standing(read: &dyn Read, record: &Record) -> Result<Standing> {
    let user = User::parse(&record.id, &record.attributes)?;
    let linked = if user.sees_all_apps() {
        Vec::new()
    } else {
        let edge = Edge::Forward(VISIBLE_APPS);
        let mut linked = read.linked(edge, &[&record.id], MOST_APPS)?;
        linked.pop().map(|linked| linked.to).unwrap_or_default()
    };
    Ok(Standing { apps: user.visibility(linked), roles: user.roles })
}

/// Calls `visit` for every record of a kind, oldest first.
pub(crate) fn each_record(
    read: &(impl Read + ?Sized),
    kind: &str,
    mut visit: impl FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let mut after: Option<Vec<String>> = None;
    loop {
        let page = read.page(&Listing {
            kind,
            within: None,
            conditions: Vec::new(),
            order: vec![Order::Sequence(Direction::Ascending)],
            after: after.as_deref(),
            limit: 500,
        })?;
        page.records.iter().try_for_each(&mut visit)?;
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
