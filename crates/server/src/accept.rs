//! Step 1 of a request: HTTP becomes an [`Incoming`], or is refused for its size or form.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use russet_wire::{Code, Problem, Refusal};

use crate::{LARGEST_BODY, LONGEST_URL, Server};

/// A request as it came in, whole and within limits.
pub struct Incoming {
    /// Method as sent.
    pub method: String,
    /// Path as sent.
    pub path: String,
    /// Query as sent, without `?`.
    pub query: String,
    /// Value of the one `Authorization` header.
    pub authorization: Option<Vec<u8>>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Accept`.
    pub accept: Option<String>,
    /// Scheme and host that the client used.
    pub base: String,
    /// Whole body.
    pub body: Bytes,
    /// Real time of arrival.
    pub arrived: Timestamp,
    /// Simulated time of arrival.
    pub now: Timestamp,
}

/// Takes a request in.
///
/// # Errors
/// 400 for a bad `Host`, 413 and 414 for what is too large.
pub async fn accept(
    server: &Server,
    request: Request<axum::body::Body>,
) -> Result<Incoming, Refusal> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    if path.len() + query.len() > LONGEST_URL {
        let detail = format!("The URL is longer than {LONGEST_URL} bytes");
        return Err(Problem::new(Code::UriTooLong, detail).into());
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let base = base(&parts.headers, parts.uri.authority().map(|a| a.as_str()), peer, &server.host)?;
    let declared = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if declared.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| n > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => return Err(too_large()),
        Err(_) => {
            let detail = "The request body ended before it was complete";
            return Err(Problem::new(Code::BadRequest, detail).into());
        }
    };
    Ok(Incoming {
        method: parts.method.as_str().to_owned(),
        path,
        query,
        authorization: only(&parts.headers, AUTHORIZATION.as_str()).map(<[u8]>::to_vec),
        content_type: text(&parts.headers, CONTENT_TYPE.as_str()),
        accept: text(&parts.headers, ACCEPT.as_str()),
        base,
        body,
        arrived: (server.sources.real_time)(),
        now: (server.sources.time)(),
    })
}

fn too_large() -> Refusal {
    let detail = format!("The request body is larger than {LARGEST_BODY} bytes");
    Problem::new(Code::PayloadTooLarge, detail).into()
}

/// The value of a header that stands there exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.as_bytes())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The scheme and host for links. Only a peer on this machine (the proxy) is believed when it says
/// that the client came by https.
fn base(
    headers: &HeaderMap,
    authority: Option<&str>,
    peer: Option<SocketAddr>,
    fallback: &str,
) -> Result<String, Refusal> {
    let host = match (authority, headers.get(HOST)) {
        (Some(authority), _) => authority,
        (None, Some(value)) => value.to_str().map_err(|_| bad_host())?,
        (None, None) => fallback,
    };
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    if host.is_empty() || host.len() > 255 || !host.bytes().all(good) {
        return Err(bad_host());
    }
    let local = peer.is_some_and(|peer| peer.ip().is_loopback());
    let https = headers.get("x-forwarded-proto").is_some_and(|value| value == "https");
    let scheme = if local && https { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

fn bad_host() -> Refusal {
    Problem::new(Code::BadRequest, "The Host header does not name a host").into()
}
