//! The listening socket: connections within limits, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::Request;
use http_body_util::Either;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::{Server, api};

/// Connections served at once; more wait to be accepted.
const MOST_CONNECTIONS: usize = 4096;

/// How long a client may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long open requests may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Bytes of request head at most: URL, headers and an 8 kB JWT.
const LARGEST_HEAD: usize = 64 * 1024;

/// A bound socket, not yet serving.
pub struct Listener {
    socket: TcpListener,
    /// Address it is bound to, with the port that was chosen for port 0.
    pub address: SocketAddr,
}

impl Listener {
    /// Binds an address.
    ///
    /// # Errors
    /// When the port is taken or the address is not this machine's.
    pub async fn bind(address: SocketAddr) -> std::io::Result<Listener> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Listener { socket, address })
    }
}

/// Serves until `stop` holds `true`, then lets open requests finish.
///
/// Requests to the API go straight to it; the router has the rest.
pub async fn serve(listener: Listener, server: Arc<Server>, mut stop: watch::Receiver<bool>) {
    let router = server.router();
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listener.socket.accept() => match accepted {
                Ok(accepted) => accepted,
                // Out of file descriptors, most likely: wait for one to become free.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    #[expect(clippy::disallowed_methods, reason = "nothing tells when one is free")]
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stopped(&mut stop) => break,
        };
        let connection = connect(stream, peer, server.clone(), router.clone());
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%peer, %error, "a connection ended badly");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were dropped");
    }
}

/// Returns once the server is told to stop, or nobody is left to tell it.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    server: Arc<Server>,
    router: axum::Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    // Small answers go out at once; a failure to say so costs milliseconds, not correctness.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let (server, router) = (server.clone(), router.clone());
        async move {
            if request.uri().path().starts_with("/v") {
                return Ok(api::handle(server, request).await.map(Either::Left));
            }
            router.oneshot(request).await.map(|response| response.map(Either::Right))
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
}
