//! A key as it is kept: its public half and what people are shown of it.

use jiff::{SignedDuration, Timestamp};
use russet_store::{Direction, Facet, Listing, Order, Read, Record, Result, StoreError, Write};
use serde::{Deserialize, Serialize};

use crate::{Actor, KeyId, Role, RoleSet};

/// Kind of the records that keys are kept in; internal, like every kind that starts with `_`.
pub const API_KEYS: &str = "_apiKeys";

/// Facet by which active keys are counted: `team`, or `user:<id>`; empty once revoked.
pub(super) const ACTIVE_FOR: &str = "activeFor";

/// How long revoked keys stay listed. Source: Apple's help, 30 days.
const REVOKED_LISTED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The two kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Belongs to the team, carries roles of its own, sees all apps.
    Team,
    /// Belongs to a user and follows that user's roles and apps.
    Individual,
}

impl KeyKind {
    /// Returns the name of the file that the private key is handed out in. Tools tell the kinds
    /// apart by it. Source: clients.
    #[must_use]
    pub fn file_name(self, id: KeyId) -> String {
        match self {
            KeyKind::Team => format!("AuthKey_{id}.p8"),
            KeyKind::Individual => format!("ApiKey_{id}.p8"),
        }
    }
}

/// Whose rights a key carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyOwner {
    /// The team: the key has these roles, fixed when it is issued.
    Team {
        /// Roles, never empty.
        roles: RoleSet,
    },
    /// A user, by id: the key has that user's roles and apps, as they are at each request.
    User(String),
}

/// Whether a key can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeyState {
    /// It can. Keys do not expire.
    Active,
    /// It never can again.
    Revoked {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Actor,
    },
}

/// A key without its private half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Key id, the `kid` of its JWTs.
    #[serde(skip, default = "unknown_id")]
    pub id: KeyId,
    /// Name, for reference only; empty for individual keys, which show their user's.
    pub nickname: String,
    /// Whose rights it carries.
    pub owner: KeyOwner,
    /// Whether it can be used.
    pub state: KeyState,
    /// Public key: uncompressed point, 65 bytes.
    #[serde(with = "point")]
    pub public_key: Vec<u8>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// When it was last used, as far as that has been written.
    pub last_used: Option<Timestamp>,
}

/// Stands in until the id is taken from the record that holds the key.
fn unknown_id() -> KeyId {
    KeyId::draw(&mut |bytes| bytes.fill(0))
}

impl ApiKey {
    /// Returns which kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self.owner {
            KeyOwner::Team { .. } => KeyKind::Team,
            KeyOwner::User(_) => KeyKind::Individual,
        }
    }

    /// Returns whether it can be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == KeyState::Active
    }

    /// Reads a key from its record.
    pub(crate) fn from_record(record: &Record) -> Result<ApiKey> {
        let damaged = |why: String| StoreError::Damaged {
            place: format!("the record of API key {}", record.id),
            why,
        };
        let mut key: ApiKey =
            serde_json::from_str(&record.attributes).map_err(|error| damaged(error.to_string()))?;
        key.id = KeyId::parse(&record.id).ok_or_else(|| damaged("not a key id".to_owned()))?;
        Ok(key)
    }

    pub(super) fn insert(&self, write: &mut dyn Write) -> Result<()> {
        write
            .insert(API_KEYS, self.id.as_str(), None, &self.attributes()?, &self.facets())
            .map(|_| ())
    }

    pub(super) fn update(&self, write: &mut dyn Write) -> Result<()> {
        write.update(API_KEYS, self.id.as_str(), &self.attributes()?, &self.facets())
    }

    fn attributes(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| StoreError::Backend {
            place: format!("API key {}", self.id),
            why: error.to_string(),
        })
    }

    fn facets(&self) -> Vec<Facet<'static>> {
        let text = match (&self.state, &self.owner) {
            (KeyState::Revoked { .. }, _) => String::new(),
            (KeyState::Active, owner) => owner.facet(),
        };
        vec![Facet { name: ACTIVE_FOR, text }]
    }
}

impl KeyOwner {
    /// Returns the text of [`ACTIVE_FOR`] while the key is active.
    pub(super) fn facet(&self) -> String {
        match self {
            KeyOwner::Team { .. } => "team".to_owned(),
            KeyOwner::User(id) => format!("user:{id}"),
        }
    }
}

/// Finds a key of the team, in whatever state.
///
/// # Errors
/// When the store cannot be read or the record is damaged.
pub fn find_key(read: &(impl Read + ?Sized), id: KeyId) -> Result<Option<ApiKey>> {
    read.record(API_KEYS, id.as_str())?.as_ref().map(ApiKey::from_record).transpose()
}

/// Returns the keys that people are shown, oldest first: active ones, and revoked ones for 30
/// days.
///
/// # Errors
/// When the store cannot be read or a record is damaged.
pub fn list_keys(read: &(impl Read + ?Sized), now: Timestamp) -> Result<Vec<ApiKey>> {
    let mut keys = Vec::new();
    each_key(read, |key| {
        let listed = match key.state {
            KeyState::Active => true,
            KeyState::Revoked { at, .. } => now.duration_since(at) < REVOKED_LISTED,
        };
        if listed {
            keys.push(key);
        }
    })?;
    Ok(keys)
}

/// Keeps when keys were last used; what is older than the record's own time is left out.
///
/// # Errors
/// When the store cannot be written or a record is damaged.
pub fn write_last_used(write: &mut dyn Write, uses: &[(KeyId, Timestamp)]) -> Result<()> {
    for (id, used) in uses {
        let Some(mut key) = find_key(write, *id)? else { continue };
        if key.last_used.is_none_or(|known| known < *used) {
            key.last_used = Some(*used);
            key.update(write)?;
        }
    }
    Ok(())
}

/// Calls `visit` for every key of the team, revoked ones included, oldest first.
pub(crate) fn each_key(read: &(impl Read + ?Sized), mut visit: impl FnMut(ApiKey)) -> Result<()> {
    crate::directory::each_record(read, API_KEYS, |record| {
        visit(ApiKey::from_record(record)?);
        Ok(())
    })
}

/// Returns the listing of active keys of one owner.
pub(super) fn active_for(owner: String) -> Listing<'static> {
    Listing {
        kind: API_KEYS,
        within: None,
        conditions: vec![russet_store::Condition::Facet {
            path: Vec::new(),
            kind: API_KEYS,
            name: ACTIVE_FOR,
            test: russet_store::Test::AnyOf(vec![owner]),
        }],
        order: vec![Order::Sequence(Direction::Ascending)],
        after: None,
        limit: 1,
    }
}

/// Roles offered for team keys. Source: a client's snapshot of Apple's page.
pub(super) const OFFERED: RoleSet = RoleSet::of(&[
    Role::Admin,
    Role::AppManager,
    Role::Developer,
    Role::Finance,
    Role::Sales,
    Role::CustomerSupport,
    Role::Marketing,
]);

/// The public key as base64 text.
mod point {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
