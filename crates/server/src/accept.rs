//! Step 1 of a request: HTTP becomes an [`Incoming`], or is refused for its size or form.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use russet_wire::{Code, Problem, Refusal};

use crate::{LARGEST_BODY, LONGEST_URL, Server};

/// A request as it came in, whole and within limits.
pub struct Incoming {
    parts: Parts,
    /// Scheme and host that the client used.
    pub base: String,
    /// Whole body.
    pub body: Bytes,
    /// Real time of arrival.
    pub arrived: Timestamp,
    /// Simulated time of arrival.
    pub now: Timestamp,
}

impl Incoming {
    /// Returns the method as sent.
    pub fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    /// Returns the path as sent.
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// Returns the query as sent, without `?`.
    pub fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// Returns the value of the `Authorization` header, if there is exactly one.
    pub fn authorization(&self) -> Option<&[u8]> {
        let mut values = self.parts.headers.get_all(AUTHORIZATION).iter();
        let value = values.next()?;
        values.next().is_none().then(|| value.as_bytes())
    }

    /// Returns the `Content-Type`, if it is text.
    pub fn content_type(&self) -> Option<&str> {
        self.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
    }

    /// Returns the `Accept` header, if it is text.
    pub fn accept(&self) -> Option<&str> {
        self.parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok())
    }
}

/// Takes a request in.
///
/// # Errors
/// 400 for a bad `Host`, 413 and 414 for what is too large.
pub async fn accept<B>(server: &Server, request: Request<B>) -> Result<Incoming, Refusal>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<axum::BoxError>,
{
    let (parts, body) = request.into_parts();
    let length = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    if length > LONGEST_URL {
        let detail = format!("The URL is longer than {LONGEST_URL} bytes");
        return Err(Problem::new(Code::UriTooLong, detail).into());
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let authority = parts.uri.authority().map(Authority::as_str);
    let base = base(&parts.headers, authority, peer, &server.host)?;
    let body =
        if body.is_end_stream() { Bytes::new() } else { whole(&parts.headers, body).await? };
    Ok(Incoming {
        parts,
        base,
        body,
        arrived: (server.sources.real_time)(),
        now: (server.sources.time)(),
    })
}

async fn whole<B>(headers: &HeaderMap, body: B) -> Result<Bytes, Refusal>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<axum::BoxError>,
{
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if declared.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| n > LARGEST_BODY as u64) {
        return Err(too_large());
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Err(_) => {
            let detail = "The request body ended before it was complete";
            Err(Problem::new(Code::BadRequest, detail).into())
        }
    }
}

fn too_large() -> Refusal {
    let detail = format!("The request body is larger than {LARGEST_BODY} bytes");
    Problem::new(Code::PayloadTooLarge, detail).into()
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
