//! The bare servers that Russet is measured against: each does one thing and nothing else.
//!
//! They are this program re-executed (`xtask bench-server`), so that they run in a process of their own
//! as Russet does. Start at [`run`].

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::{Context, Result};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Which bare server to be.
#[derive(clap::Subcommand)]
pub enum Bare {
    /// Send the same bytes to whoever asks
    Bytes {
        /// What to send
        body: PathBuf,
    },
    /// Send the same bytes after verifying the request's JWT
    Verified {
        /// What to send
        body: PathBuf,
        /// The key's public point, in base64url
        public_key: String,
    },
    /// Insert one row for each request, many in one commit
    Insert {
        /// Database file
        database: PathBuf,
    },
}

/// Serves until the process is ended.
///
/// # Errors
/// When no port is free or a file cannot be opened.
pub fn run(bare: Bare) -> Result<()> {
    let router = match bare {
        Bare::Bytes { body } => {
            Router::new().fallback(bytes).with_state(Bytes::from(std::fs::read(body)?))
        }
        Bare::Verified { body, public_key } => {
            let key = URL_SAFE_NO_PAD.decode(public_key)?;
            let state = Arc::new(Verified { body: std::fs::read(body)?.into(), key });
            Router::new().fallback(verified).with_state(state)
        }
        Bare::Insert { database } => {
            let (sender, receiver) = channel();
            let connection = open(&database)?;
            std::thread::spawn(move || write(connection, &receiver));
            Router::new().fallback(insert).with_state(sender)
        }
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("ready http://{}", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}

fn json(status: StatusCode, body: Bytes) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn bytes(State(body): State<Bytes>) -> Response {
    json(StatusCode::OK, body)
}

struct Verified {
    body: Bytes,
    key: Vec<u8>,
}

async fn verified(State(state): State<Arc<Verified>>, headers: HeaderMap) -> Response {
    match check(&state.key, &headers) {
        Some(()) => json(StatusCode::OK, state.body.clone()),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// Verifies an ES256 signature, and nothing else that a JWT says.
fn check(key: &[u8], headers: &HeaderMap) -> Option<()> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (payload, signature) = value.strip_prefix("Bearer ")?.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key);
    key.verify(payload.as_bytes(), &signature).ok()
}

type Insert = (Bytes, oneshot::Sender<i64>);

async fn insert(State(writer): State<Sender<Insert>>, body: Bytes) -> Response {
    let (done, committed) = oneshot::channel();
    let sent = writer.send((body.clone(), done));
    match committed.await {
        Ok(_) if sent.is_ok() => json(StatusCode::CREATED, body),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn open(database: &PathBuf) -> Result<Connection> {
    let connection = Connection::open(database).context("cannot open the database")?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL)", [])?;
    Ok(connection)
}

/// Commits whatever is waiting, together, and answers when it is on disk.
fn write(mut connection: Connection, inserts: &Receiver<Insert>) -> Result<()> {
    while let Ok(first) = inserts.recv() {
        let mut answers = Vec::new();
        let transaction = connection.transaction()?;
        for (body, done) in std::iter::once(first).chain(inserts.try_iter().take(1023)) {
            transaction
                .prepare_cached("INSERT INTO rows (body) VALUES (?1)")?
                .execute([body.as_ref()])?;
            answers.push((done, transaction.last_insert_rowid()));
        }
        transaction.commit()?;
        for (done, row) in answers {
            // A client that went away needs no answer.
            let _ = done.send(row);
        }
    }
    Ok(())
}
