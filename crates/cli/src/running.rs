//! Joins store, keys, API and proxy into a running server.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use russet_auth::{Directory, Strictness};
use russet_proxy::{Authority, Proxy};
use russet_server::{Listener, Server, Sources, serve};
use russet_store::Store;
use russet_store_sqlite::SqliteStore;
use tokio::sync::watch;

use crate::demo;
use crate::edge;
use crate::state::State;

/// Where a server listens unless told otherwise.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8227);

/// Name of the value that holds the digest of the operator's secret.
const OPERATOR_SECRET: &str = "operator_secret_sha256";

/// How often the last uses of keys are written. A crash loses at most these seconds of them.
const KEEP_LAST_USED: std::time::Duration = std::time::Duration::from_secs(30);

/// Demo data or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Demo teams are planted into an empty store.
    Demo,
    /// The store stays as it is.
    Serve,
}

/// What a server is started with.
pub struct Settings {
    /// Demo data or none.
    pub kind: Kind,
    /// Data folder.
    pub data: PathBuf,
    /// Address to listen on; `None`: as last time, at first the default.
    pub listen: Option<SocketAddr>,
    /// URL to tell people, where it is not the address.
    pub public_url: Option<String>,
}

/// Runs a server until it is told to stop.
///
/// # Errors
/// What keeps it from starting, in one line that says what to do.
pub fn run(settings: &Settings) -> Result<ExitCode> {
    start_log();
    let store = Arc::new(SqliteStore::open(&settings.data)?);
    let known = State::load(&settings.data)?;
    let state = prepare(settings, &*store, known)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the machine refused to start threads")?;
    runtime.block_on(listen(settings, store, state))?;
    Ok(ExitCode::SUCCESS)
}

/// Logs go to stderr, one line a request; `RUSSET_LOG` says from which level on.
fn start_log() {
    let asked = std::env::var("RUSSET_LOG").unwrap_or_default();
    let level = asked.parse().unwrap_or(tracing::level_filters::LevelFilter::WARN);
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}

/// Plants demo data where there is none, and makes the operator's secret.
fn prepare(settings: &Settings, store: &dyn Store, known: Option<State>) -> Result<State> {
    let secret = match (store.value(OPERATOR_SECRET)?, &known) {
        (Some(digest), Some(state)) if digest == sha256_hex(&state.operator_secret) => {
            state.operator_secret.clone()
        }
        // The file was lost or is of other data: the old secret is of no use to anyone.
        _ => {
            let secret = edge::secret(40);
            store.set_value(OPERATOR_SECRET, &sha256_hex(&secret))?;
            secret
        }
    };
    let url = known.as_ref().map(|state| state.url.clone()).unwrap_or_default();
    let proxy = known.as_ref().and_then(|state| state.proxy.clone());
    let mut teams = known.map(|state| state.teams).unwrap_or_default();
    if settings.kind == Kind::Demo {
        let (keys, now) = (absolute(&settings.data)?.join("keys"), edge::real_time());
        demo::plant(store, &keys, now)?;
        teams = demo::describe(store, &keys, teams, now)?;
    }
    Ok(State { url, proxy, operator_secret: secret, teams })
}

fn sha256_hex(text: &str) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string can not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

async fn listen(settings: &Settings, store: Arc<SqliteStore>, mut state: State) -> Result<()> {
    // An address that others reach is listened on only where it is said outright, each time.
    let last = state
        .url
        .strip_prefix("http://")
        .and_then(|address| address.parse().ok())
        .filter(|address: &SocketAddr| address.ip().is_loopback());
    let address = settings.listen.or(last).unwrap_or(DEFAULT_LISTEN);
    let listener = Listener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; stop what listens there, or choose another address with --listen")
    })?;
    let address = listener.address;
    let directory = Arc::new(Directory::load(&*store)?);
    let sources = Sources {
        real_time: Box::new(edge::real_time),
        time: Box::new(edge::real_time),
        seed: Box::new(edge::seed),
    };
    let server = Server::new(store, directory, Strictness::default(), sources, address.to_string());
    let (stop, stopped) = watch::channel(false);
    let keeping = tokio::spawn(keep_last_used(server.clone(), stopped.clone()));
    let serving = tokio::spawn(serve(listener, server.clone(), stopped));
    let last_proxy = state.proxy.as_deref().and_then(|address| address.parse().ok());
    let proxy = start_proxy(&settings.data, address, last_proxy).await?;
    state.url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    state.proxy = Some(proxy.address().to_string());
    state.save(&settings.data)?;
    // Whoever reads `ready` may send the signal at once.
    let asked_to_stop = stop_signal()?;
    announce(settings, &state)?;
    asked_to_stop.await;
    // Nobody listens any more only if serving has ended by itself.
    let _ = stop.send(true);
    proxy.shutdown().await;
    serving.await.context("the server ended badly")?;
    keeping.await.context("the last uses of keys were not kept")?;
    server.keep_last_used().await.context("the last uses of keys were not kept")?;
    Ok(())
}

/// Keeps every few seconds when keys were last used, until the server stops.
async fn keep_last_used(server: Arc<Server>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(KEEP_LAST_USED);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = async { drop(stopped.wait_for(|stop| *stop).await) } => return,
        }
        if let Err(error) = server.keep_last_used().await {
            tracing::warn!(%error, "the last uses of keys were not kept");
        }
    }
}

/// The proxy gets a port of its own; clients are told it by `russet env` and `russet exec`. It takes
/// the one it had last, if that is free, so that shells that evaluated `russet env` keep working.
async fn start_proxy(
    data: &Path,
    server: SocketAddr,
    last: Option<SocketAddr>,
) -> Result<russet_proxy::Running> {
    let authority = Arc::new(authority(data));
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let reachable = if server.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()))
    } else {
        server
    };
    if let Some(last) = last
        && let Ok(running) = Proxy::start(last, reachable, Arc::clone(&authority)).await
    {
        return Ok(running);
    }
    Ok(Proxy::start(any_port, reachable, authority).await?)
}

/// Returns the CA of a data folder; makes none yet.
pub fn authority(data: &Path) -> Authority {
    Authority::in_folder(data.join("ca"), Arc::new(system_clock))
}

#[expect(clippy::disallowed_methods, reason = "certificates are good in the machine's time")]
fn system_clock() -> SystemTime {
    SystemTime::now()
}

/// Says on stdout that the server is ready and what to do next. A reader that has gone away after
/// the first line does not keep the server from serving.
fn announce(settings: &Settings, state: &State) -> Result<()> {
    let text = format!("ready {}\n{}", state.url, next_steps(settings, state));
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("stdout can not be written")
        }
        _ => Ok(()),
    }
}

fn next_steps(settings: &Settings, state: &State) -> String {
    let file = State::path(&settings.data);
    let file = file.display();
    let Some((team, key)) = state.key_with_role("ADMIN") else {
        return format!("This server's address and the operator's secret: {file}\n");
    };
    // The binary may not be where the shell looks for it.
    let russet = std::env::current_exe()
        .map_or_else(|_| "russet".to_owned(), |path| quoted(&path.display().to_string()));
    let (key_file, data) = (key.file.display().to_string(), settings.data.display().to_string());
    format!(
        "\nTry it, in another terminal:\n\n  curl -s -H \"Authorization: Bearer $({russet} jwt --key-file {} \
         --key-id {} --issuer {})\" {}/v1/apps\n\n  {russet} exec --data {} -- YOUR-RELEASE-TOOL\n\n\
         Keys, users and this server's address: {file}\n",
        quoted(&key_file),
        key.key_id,
        team.issuer_id,
        state.url,
        quoted(&data)
    )
}

/// Quotes a word for a shell where it needs that.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Listens for the signals that end a server, from now on.
fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Returns a path that holds wherever the reader stands.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is not a usable path", path.display()))
}
