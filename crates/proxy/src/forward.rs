//! Passing requests on: to the Russet server, or in the clear to another one.
//!
//! Method, target, headers (also their case) and bodies go through as they came, bodies as they
//! flow. What changes is what HTTP asks of every proxy (RFC 9110, 7.6.1), and `X-Forwarded-Proto`,
//! which tells the server to write `https` into links: whatever the client sent is replaced.
//! Start at [`Forwarder::serve_played`].

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

/// A body that is either passed on or made here.
pub(crate) type Body = Either<Incoming, Full<Bytes>>;

/// The largest head of a request. The longest known one is a JWT and a `next` link: 4 kB.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long a client may take to send a head, or keep a connection without sending one.
const HEAD: Duration = Duration::from_secs(75);

/// How long an unused connection to the server is kept: shorter than servers keep theirs, so that
/// no request meets one that is just being closed.
const KEPT: Duration = Duration::from_secs(5);

const CONNECT_WITHIN: Duration = Duration::from_secs(15);

/// Headers that concern one hop only. `transfer-encoding` is left: the body keeps its framing.
const ONE_HOP: [&str; 6] =
    ["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "upgrade"];

/// Sends requests on, over connections that it keeps.
pub(crate) struct Forwarder {
    upstream: SocketAddr,
    client: Client<HttpConnector, Incoming>,
}

impl Forwarder {
    /// Makes one for the Russet server at `upstream`; connects to nothing yet.
    pub(crate) fn new(upstream: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEPT)
            .http1_preserve_header_case(true)
            .build(connector);
        Self { upstream, client }
    }

    /// Serves what a client says inside TLS after it asked for `host`.
    pub(crate) async fn serve_played<S>(&self, stream: S, host: &str) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let pass = service_fn(|request| async move {
            Ok::<_, hyper::Error>(self.to_russet(request, host, "https").await)
        });
        // Without upgrades: an Upgrade header is dropped like any that concerns one hop only.
        http1()
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), pass)
            .await
            .map_err(io::Error::other)
    }

    /// Passes a request on to the Russet server; `scheme` is how the client reached `host`.
    pub(crate) async fn to_russet(
        &self,
        mut request: Request<Incoming>,
        host: &str,
        scheme: &'static str,
    ) -> Response<Body> {
        let Some(uri) = self.upstream_uri(request.uri()) else {
            return refuse(StatusCode::BAD_REQUEST, "the request's target is no path");
        };
        *request.uri_mut() = uri;
        *request.version_mut() = Version::HTTP_11;
        let headers = request.headers_mut();
        drop_one_hop(headers);
        headers
            .insert(HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static(scheme));
        if let (false, Ok(host)) = (headers.contains_key(HOST), HeaderValue::from_str(host)) {
            headers.insert(HOST, host);
        }
        match self.client.request(request).await {
            Ok(response) => response.map(Either::Left),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no answer from Russet");
                let why = format!(
                    "the Russet server at http://{} does not answer ({}); is it running? \
                     `russet demo` starts one",
                    self.upstream,
                    root_cause(&error),
                );
                refuse(StatusCode::BAD_GATEWAY, &why)
            }
        }
    }

    /// Passes a request in the clear on to the host that it names.
    pub(crate) async fn elsewhere(&self, mut request: Request<Incoming>) -> Response<Body> {
        let target = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        *request.version_mut() = Version::HTTP_11;
        drop_one_hop(request.headers_mut());
        // The target wins over Host (RFC 9112, 3.2.2); the client writes it anew.
        request.headers_mut().remove(HOST);
        match self.client.request(request).await {
            Ok(response) => response.map(Either::Left),
            Err(error) => {
                let why = format!("{target} cannot be reached: {}", root_cause(&error));
                refuse(StatusCode::BAD_GATEWAY, &why)
            }
        }
    }

    fn upstream_uri(&self, asked: &Uri) -> Option<Uri> {
        let mut parts = hyper::http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(Authority::try_from(self.upstream.to_string()).ok()?);
        let path = asked.path_and_query().cloned();
        parts.path_and_query = Some(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        Uri::from_parts(parts).ok()
    }
}

/// Returns the settings of every HTTP/1.1 listener here.
pub(crate) fn http1() -> hyper::server::conn::http1::Builder {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_header_size(MAX_HEAD_BYTES)
        .preserve_header_case(true);
    builder
}

/// Returns an answer that says why, in one line for a person.
pub(crate) fn refuse(status: StatusCode, why: &str) -> Response<Body> {
    let mut response = Response::new(Either::Right(Full::from(format!("russet: {why}\n"))));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

/// Returns the 200 that opens a tunnel.
pub(crate) fn empty() -> Response<Body> {
    Response::new(Either::Right(Full::default()))
}

/// Removes what concerns one hop only, also what `Connection` names.
fn drop_one_hop(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named.iter().map(String::as_str).chain(ONE_HOP) {
        headers.remove(name);
    }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
