//! HTTP for the API: limits, headers, and the path of a request from bytes to bytes.
//!
//! It decides nothing about keys, roles or resources: `auth` and `engine` do. Start at
//! [`Server::router`], then `api.rs`, which is the path of one request, top to bottom.

mod accept;
mod answers;
mod api;
mod health;
mod listen;
mod request_id;
mod respond;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use russet_auth::{Authenticator, Directory, KeyId, Strictness};
use russet_engine::Ids;
use russet_store::{Store, StoreError, TeamNumber};
use tokio::sync::oneshot;

pub use listen::{Listener, serve};

/// Largest request body, in bytes. A price schedule with 175 inline prices has about 100 kB.
pub const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Longest path and query, in bytes. `fields` of every type of a list come to about 6 kB.
pub const LONGEST_URL: usize = 16 * 1024;

/// Where a server takes time and randomness from: values at the edge, fixed in tests.
pub struct Sources {
    /// The real clock, for JWTs.
    pub real_time: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// The simulated clock, for everything else.
    pub time: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Seed of ids, drawn when the first id is needed: the first random bytes cost more than a
    /// whole start.
    pub seed: Box<dyn Fn() -> u128 + Send + Sync>,
}

/// The API of one store.
pub struct Server {
    store: Arc<dyn Store>,
    authenticator: Authenticator,
    sources: Sources,
    ids: Mutex<Option<Ids>>,
    answers: answers::Answers,
    /// Host to name in links where a request has none (HTTP/1.0), `127.0.0.1:8227`.
    host: String,
}

impl Server {
    /// Joins the parts of a server. `host` is named in links where a request names none.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        directory: Arc<Directory>,
        strictness: Strictness,
        sources: Sources,
        host: String,
    ) -> Arc<Server> {
        Arc::new(Server {
            store,
            authenticator: Authenticator::new(directory, strictness),
            sources,
            ids: Mutex::new(None),
            answers: answers::Answers::new(),
            host,
        })
    }

    /// Returns the table of keys and users, to be refreshed by whoever changes them elsewhere.
    #[must_use]
    pub fn directory(&self) -> &Arc<Directory> {
        self.authenticator.directory()
    }

    /// Returns the routes: health checks and, for every other path, the API.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        axum::Router::new()
            .route("/healthz", axum::routing::get(health::alive))
            .route("/readyz", axum::routing::get(health::ready))
            .fallback(api::routed)
            .with_state(self.clone())
    }

    /// Keeps when keys were last used, as far as that is not kept yet. Called now and then and at
    /// the end, never by a request.
    ///
    /// # Errors
    /// When the store cannot be written; the times of that team are lost.
    pub async fn keep_last_used(&self) -> Result<(), StoreError> {
        let mut uses: HashMap<TeamNumber, Vec<(KeyId, Timestamp)>> = HashMap::new();
        for (team, key, at) in self.directory().take_last_used() {
            uses.entry(team).or_default().push((key, at));
        }
        for (team, uses) in uses {
            let (send, receive) = oneshot::channel();
            let job = Box::new(move |write: &mut dyn russet_store::Write| {
                russet_auth::write_last_used(write, &uses).is_ok()
            });
            self.store.write(team, job, Box::new(move |result| drop(send.send(result))));
            // Without an answer the store has ended, and with it the process.
            receive.await.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    /// Returns a stream of ids of its own for one request.
    fn fork_ids(&self) -> Ids {
        let mut ids = self.ids.lock();
        let stream = ids.get_or_insert_with(|| Ids::new((self.sources.seed)()));
        let (high, low) = (stream.bits(), stream.bits());
        Ids::new(u128::from(high) << 64 | u128::from(low))
    }
}
