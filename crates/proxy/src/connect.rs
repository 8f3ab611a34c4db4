//! One connection to the proxy: what it asks for first, and the tunnel that follows a CONNECT.
//!
//! Takes CONNECT as real clients send it: without any header, with Host with or without port, with
//! `connection: close`, with `proxy-connection`. Hosts that Russet plays are answered here, others
//! are tunneled byte for byte. What is said inside TLS is `forward`'s. Start at [`serve`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::http::uri::Authority as HostAndPort;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::Acceptor;
use tokio_rustls::server::TlsStream;

use crate::authority::Authority;
use crate::forward::{self, Body, Forwarder, refuse};
use crate::idle::Idle;
use crate::plays;

/// How long nothing may move on a connection (our choice: longer than any poll of a client).
const IDLE: Duration = Duration::from_secs(600);

/// How long a client may take for its TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// How long another host may take to be reached.
const REACH: Duration = Duration::from_secs(15);

/// The TLS record that says `unrecognized_name`, fatally (RFC 8446, 6).
const UNRECOGNIZED_NAME: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) own_address: SocketAddr,
    pub(crate) authority: Arc<Authority>,
    pub(crate) forwarder: Forwarder,
}

/// What a connection becomes after its CONNECT was answered with 200.
struct Tunnel {
    upgrade: OnUpgrade,
    end: End,
}

enum End {
    /// Russet's own, with the TLS settings to answer with.
    Played { host: String, config: Arc<ServerConfig> },
    /// Someone else's.
    Elsewhere(TcpStream),
}

/// Serves one connection until it ends.
pub(crate) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Without it small answers wait for the client's acknowledgment; nothing is lost if it fails.
    let _ = stream.set_nodelay(true);
    let tunnel = Mutex::new(None);
    let served = forward::http1()
        .serve_connection(
            TokioIo::new(Idle::new(stream, IDLE)),
            service_fn(|request| answer(request, &shared, &tunnel)),
        )
        .with_upgrades()
        .await;
    let outcome = match (served, tunnel.into_inner()) {
        (Ok(()), Some(tunnel)) => follow(tunnel, &shared).await,
        (Ok(()), None) => Ok(()),
        (Err(error), _) => Err(io::Error::other(error)),
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection to the proxy ended early");
    }
}

/// Answers what comes in the clear.
async fn answer(
    request: Request<Incoming>,
    shared: &Shared,
    tunnel: &Mutex<Option<Tunnel>>,
) -> Result<Response<Body>, hyper::Error> {
    if request.method() == Method::CONNECT {
        return Ok(match open(request, shared).await {
            Ok(opened) => {
                *tunnel.lock() = Some(opened);
                forward::empty()
            }
            Err(refusal) => *refusal,
        });
    }
    let Some(target) = request.uri().authority().cloned() else {
        return Ok(refuse(
            StatusCode::BAD_REQUEST,
            "this is Russet's proxy: set it as HTTPS_PROXY, or run the tool with `russet exec`",
        ));
    };
    if request.uri().scheme_str() != Some("http") {
        return Ok(refuse(
            StatusCode::BAD_REQUEST,
            "reach https addresses through this proxy with CONNECT",
        ));
    }
    if plays(target.host()) {
        return Ok(shared.forwarder.to_russet(request, target.host(), "http").await);
    }
    match resolve(&target, 80, shared).await {
        Ok(_) => Ok(shared.forwarder.elsewhere(request).await),
        Err(refusal) => Ok(*refusal),
    }
}

/// Prepares the far end of a CONNECT before it is answered, so that a failure can be explained.
async fn open(request: Request<Incoming>, shared: &Shared) -> Result<Tunnel, Box<Response<Body>>> {
    let refusal = |status, why: &str| Box::new(refuse(status, why));
    let Some(target) = request.uri().authority().cloned() else {
        return Err(refusal(StatusCode::BAD_REQUEST, "CONNECT takes a host and a port"));
    };
    let end = if plays(target.host()) {
        let config = config(shared).await.map_err(|why| {
            tracing::error!(%why, "the proxy has no certificate to show");
            refusal(StatusCode::BAD_GATEWAY, &why)
        })?;
        End::Played { host: target.host().to_owned(), config }
    } else {
        let addresses = resolve(&target, 443, shared).await?;
        match timeout(REACH, TcpStream::connect(&addresses[..])).await {
            Ok(Ok(stream)) => End::Elsewhere(stream),
            Ok(Err(error)) => {
                let why = format!("{target} cannot be reached: {error}");
                return Err(refusal(StatusCode::BAD_GATEWAY, &why));
            }
            Err(_) => {
                let why = format!("{target} did not answer within {} s", REACH.as_secs());
                return Err(refusal(StatusCode::GATEWAY_TIMEOUT, &why));
            }
        }
    };
    Ok(Tunnel { upgrade: hyper::upgrade::on(request), end })
}

/// Returns the TLS settings; the first time, and when a certificate has to be renewed, on a thread
/// that may block.
async fn config(shared: &Shared) -> Result<Arc<ServerConfig>, String> {
    if let Some(config) = shared.authority.ready_config() {
        return Ok(config);
    }
    let authority = Arc::clone(&shared.authority);
    tokio::task::spawn_blocking(move || authority.server_config())
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())
}

/// Looks up where `target` is; refuses this proxy itself, which would call itself for ever.
async fn resolve(
    target: &HostAndPort,
    default_port: u16,
    shared: &Shared,
) -> Result<Vec<SocketAddr>, Box<Response<Body>>> {
    let refusal = |status, why: &str| Box::new(refuse(status, why));
    let host = target.host().trim_start_matches('[').trim_end_matches(']');
    let port = target.port_u16().unwrap_or(default_port);
    let found = tokio::net::lookup_host((host, port)).await.map_err(|error| {
        refusal(StatusCode::BAD_GATEWAY, &format!("{host} cannot be found: {error}"))
    })?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.contains(&shared.own_address) {
        return Err(refusal(StatusCode::LOOP_DETECTED, "this proxy does not call itself"));
    }
    Ok(addresses)
}

/// Carries on after the 200 of a CONNECT.
async fn follow(tunnel: Tunnel, shared: &Shared) -> io::Result<()> {
    let upgraded = tunnel.upgrade.await.map_err(io::Error::other)?;
    let mut client = TokioIo::new(upgraded);
    match tunnel.end {
        End::Elsewhere(mut server) => {
            copy_bidirectional(&mut client, &mut server).await?;
            Ok(())
        }
        End::Played { host, config } => {
            let handshake = timeout(HANDSHAKE, shake_hands(client, &host, config));
            let stream = handshake.await.map_err(|_| io::ErrorKind::TimedOut)??;
            shared.forwarder.serve_played(stream, &host).await
        }
    }
}

/// Completes the TLS handshake; a client that names another server than it asked for is refused.
async fn shake_hands<S>(
    client: S,
    host: &str,
    config: Arc<ServerConfig>,
) -> io::Result<TlsStream<S>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut start = LazyConfigAcceptor::new(Acceptor::default(), client).await?;
    let hello = start.client_hello();
    // No name at all is accepted: the CONNECT has already said which host is meant.
    let named = hello.server_name().map(str::to_owned);
    let asked = host.strip_suffix('.').unwrap_or(host);
    if let Some(named) = named.filter(|named| !named.eq_ignore_ascii_case(asked)) {
        start.io.write_all(&UNRECOGNIZED_NAME).await?;
        start.io.shutdown().await?;
        return Err(io::Error::other(format!("asked for {host}, then named {named}")));
    }
    start.into_stream(config).await
}
