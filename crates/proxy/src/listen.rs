//! Listening: accepts connections, counts them, ends them all on shutdown.
//!
//! What happens on a connection is in `connect`. Start at [`Proxy::start`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::authority::Authority;
use crate::connect::{self, Shared};
use crate::forward::Forwarder;

/// Connections served at once; further ones wait to be accepted. Observed clients open up to 40.
const MAX_CONNECTIONS: usize = 512;

/// How long to wait after the system refused a connection, mostly for want of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// The proxy, before it runs.
pub struct Proxy;

/// A running proxy; ends when it is dropped or shut down.
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    accepting: JoinHandle<()>,
}

/// Why the proxy did not start.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// Whoever can connect to the proxy can reach any host through it, so it stays on this machine.
    #[error("the proxy listens on this machine only, and {0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The address is taken or not allowed.
    #[error("the proxy cannot listen on {address}: {source}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl Proxy {
    /// Listens on `listen` (port 0 picks a free one) and serves until the result is dropped.
    ///
    /// Requests for [`crate::HOSTS`] go to the Russet server at `upstream`. The authority is not
    /// touched before the first of them.
    ///
    /// # Errors
    ///
    /// [`ProxyError`], where it cannot or must not listen there.
    pub async fn start(
        listen: SocketAddr,
        upstream: SocketAddr,
        authority: Arc<Authority>,
    ) -> Result<Running, ProxyError> {
        if !listen.ip().is_loopback() {
            return Err(ProxyError::NotLoopback(listen));
        }
        let failed = |source| ProxyError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let forwarder = Forwarder::new(upstream);
        let shared = Arc::new(Shared { own_address: address, authority, forwarder });
        let (stop, stopped) = oneshot::channel();
        let accepting = tokio::spawn(accept(listener, shared, stopped));
        Ok(Running { address, stop, accepting })
    }
}

impl Running {
    /// Returns where the proxy listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, cuts the connections that are open, and returns when all is closed.
    pub async fn shutdown(self) {
        drop(self.stop);
        // An error means that accepting has panicked, so nothing is left to close.
        let _ = self.accepting.await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the system does not say when it accepts again")]
async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        let room = connections.len() < MAX_CONNECTIONS;
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept(), if room => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connect::serve(stream, Arc::clone(&shared)));
                }
                Err(error) => {
                    tracing::warn!(%error, "the proxy could not accept a connection");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
}
