//! What Russet keeps, and what a storage backend must be able to do.
//!
//! The store knows teams, records, linkages and facets; it does not know what a resource type
//! means, who may see it, or what HTTP is. Start at [`Store`], then [`Read`] and [`Write`]; a
//! backend proves itself with [`conformance::run`].

pub mod conformance;
mod listing;

pub use listing::{Condition, Direction, Edge, Hop, Linked, Listing, Order, Page, Test, Within};

use std::sync::Arc;

/// Number of a team in this store; never shown to anyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TeamNumber(pub u32);

/// A team and what identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Number in this store.
    pub number: TeamNumber,
    /// Name shown to people.
    pub name: String,
    /// Issuer id: a lower-case UUID, unique in the store.
    pub issuer: String,
    /// Ten upper-case alphanumerics: the developer team id, prefix of bundle ids.
    pub seed: String,
}

/// A kept resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Resource type, `betaGroups`.
    pub kind: Arc<str>,
    /// Id on the wire.
    pub id: String,
    /// Place in the order of creation, unique in the team and growing.
    pub sequence: u64,
    /// The app that it hangs from, if any; an app's own id for the app itself.
    pub app: Option<String>,
    /// Attributes as the JSON object text that is sent.
    pub attributes: String,
}

/// A value by which a record can be found or sorted.
///
/// `text` is order-preserving: byte order of the texts is the order of the values. An attribute
/// without a value has the empty text. An attribute that is a list has one facet an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet<'a> {
    /// Attribute name.
    pub name: &'a str,
    /// Value.
    pub text: String,
}

/// What can go wrong in a store. All of it is a fault of ours or of the machine, never of the
/// caller's request.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk that holds {place} is full; free some space and try again")]
    Full {
        /// Which file or server.
        place: String,
    },
    /// Another process uses the data.
    #[error("{place} is in use by another russet process{}; stop it, or choose another folder with --data", .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    InUse {
        /// Which folder.
        place: String,
        /// Process id of the holder, where it is known.
        pid: Option<u32>,
    },
    /// The data cannot be read as what it should be.
    #[error(
        "{place} is damaged or not a russet store: {why}; restore it from a backup, or move it away to start afresh"
    )]
    Damaged {
        /// Which file.
        place: String,
        /// What was found.
        why: String,
    },
    /// The data was written by a newer Russet.
    #[error(
        "{place} was written by a newer russet (schema {found}, this one knows {known}); use that version"
    )]
    Newer {
        /// Which file.
        place: String,
        /// Schema number found.
        found: u32,
        /// Highest schema number known.
        known: u32,
    },
    /// Anything else the backend reports.
    #[error("{place}: {why}")]
    Backend {
        /// Which file or server.
        place: String,
        /// The backend's own words.
        why: String,
    },
}

/// Result of store calls.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A piece of work done inside one write transaction.
///
/// It returns whether its changes shall be kept; on `false` nothing it did remains. It hands its
/// own result to the caller by the way it was made (a channel that it captured).
pub type Job = Box<dyn FnOnce(&mut dyn Write) -> bool + Send>;

/// Called once, when a [`Job`]'s changes are durable, were dropped as it asked, or failed.
pub type Done = Box<dyn FnOnce(Result<()>) + Send>;

/// A storage backend. Synchronous by design: SQLite reads cost less than a task switch, and one
/// writer orders all writes (`docs/decisions/0001-synchronous-store.md`).
pub trait Store: Send + Sync + 'static {
    /// Returns all teams. One of the two reads without a team.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn teams(&self) -> Result<Vec<Team>>;

    /// Adds a team and returns it with its number. Durable on return.
    ///
    /// # Errors
    /// When the issuer id is taken or the backend cannot be written.
    fn create_team(&self, name: &str, issuer: &str, seed: &str) -> Result<Team>;

    /// Returns a value kept for the deployment as a whole (clock, operator secret digest).
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn value(&self, name: &str) -> Result<Option<String>>;

    /// Keeps a value for the deployment as a whole. Durable on return.
    ///
    /// # Errors
    /// When the backend cannot be written.
    fn set_value(&self, name: &str, value: &str) -> Result<()>;

    /// Opens a snapshot of one team's data.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn read(&self, team: TeamNumber) -> Result<Box<dyn Read + '_>>;

    /// Queues `job` to run in a write transaction on one team's data, alone of all writes. Jobs
    /// that wait together share one commit; a job that returns `false` or panics leaves the
    /// others untouched. `done` is called after the commit is on disk.
    fn write(&self, team: TeamNumber, job: Job, done: Done);

    /// Returns a number that grows with each commit that changed this team's data. It grows after
    /// the change can be read and before the change's `done` is called, so what was read while
    /// the number stayed the same is still true.
    fn generation(&self, team: TeamNumber) -> u64;
}

/// Reads within one consistent snapshot of one team's data.
pub trait Read {
    /// Returns the team itself.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn team(&self) -> Result<Team>;

    /// Returns one record.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn record(&self, kind: &str, id: &str) -> Result<Option<Record>>;

    /// Returns records by id, in the order asked, absent ones left out.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn records(&self, kind: &str, ids: &[&str]) -> Result<Vec<Record>>;

    /// Returns one page of a listing.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn page(&self, listing: &Listing<'_>) -> Result<Page>;

    /// Returns how many records a listing holds on all its pages (its `after` and `limit` play no
    /// part). Costs the same at any size where the listing has no conditions; what a record is
    /// linked with is then counted by linkages, whether or not the far records are kept here.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn count(&self, listing: &Listing<'_>) -> Result<u64>;

    /// Returns, for each of `ids`, the first `limit` ids at the far end of `edge` in the order of
    /// the relationship, and how many there are. One pass, whatever the number of ids.
    ///
    /// # Errors
    /// When the backend cannot be read.
    fn linked(&self, edge: Edge<'_>, ids: &[&str], limit: usize) -> Result<Vec<Linked>>;
}

/// Reads and changes within one write transaction. It sees its own changes.
pub trait Write: Read {
    /// Adds a record and returns its sequence number.
    ///
    /// # Errors
    /// When the id is taken within the kind, or the backend cannot be written.
    fn insert(
        &mut self,
        kind: &str,
        id: &str,
        app: Option<&str>,
        attributes: &str,
        facets: &[Facet<'_>],
    ) -> Result<u64>;

    /// Replaces attributes and facets of a record; nothing happens where there is none.
    ///
    /// # Errors
    /// When the backend cannot be written.
    fn update(
        &mut self,
        kind: &str,
        id: &str,
        attributes: &str,
        facets: &[Facet<'_>],
    ) -> Result<()>;

    /// Deletes a record with its facets and every linkage from or to it; returns whether there
    /// was one.
    ///
    /// # Errors
    /// When the backend cannot be written.
    fn delete(&mut self, kind: &str, id: &str) -> Result<bool>;

    /// Deletes like [`Write::delete`], but of the linkages to the id only those in `relations`:
    /// the ones that name this kind. Records of several kinds may share an id (a build and its
    /// beta detail do), and what names the others must stay.
    ///
    /// # Errors
    /// When the backend cannot be written.
    fn delete_named_in(&mut self, kind: &str, id: &str, relations: &[&str]) -> Result<bool>;

    /// Adds `to` as the last of what `from` has in `relation`; nothing happens where it is there
    /// already. A relation is named after the kind that stores it, `betaGroups.builds`, and
    /// `from` must be a record of that kind; `to` need not be kept here.
    ///
    /// # Errors
    /// When `from` is not there, or the backend cannot be written.
    fn link(&mut self, relation: &str, from: &str, to: &str) -> Result<()>;

    /// Removes one linkage; nothing happens where there is none.
    ///
    /// # Errors
    /// When the backend cannot be written.
    fn unlink(&mut self, relation: &str, from: &str, to: &str) -> Result<()>;

    /// Makes `to` all that `from` has in `relation`, in this order; a repeated id counts once.
    ///
    /// # Errors
    /// When `from` is not there, or the backend cannot be written.
    fn replace_links(&mut self, relation: &str, from: &str, to: &[&str]) -> Result<()>;
}
