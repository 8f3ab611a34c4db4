//! Step 8 of a request: what it came to becomes an HTTP response, with one log line.

use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, SERVER};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use http_body_util::Full;
use russet_engine::Failure;
use russet_wire::{Code, Problem, Refusal};

use crate::request_id::RequestId;

/// What is about to be sent, unless it is an error document.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// Media type of the body.
    pub media: &'static str,
    /// Body; empty for none.
    pub body: Bytes,
}

/// Body type of all responses.
pub type Body = Full<Bytes>;

/// The media type without a `charset`. Source: clients that compare the whole content type.
pub const JSON: &str = "application/json";

/// Builds the response.
pub fn respond(id: RequestId, result: Result<Answer, Failure>) -> Response<Body> {
    let mut response = match result {
        Ok(answer) => send(answer),
        Err(Failure::Refusal(refusal)) => refuse(id, &refusal),
        Err(Failure::Fault(fault)) => {
            tracing::error!(request.id = %id.base32(), error = %fault, "request failed");
            let detail = "An unexpected error occurred on the server side. If this issue \
                          continues, contact us at https://developer.apple.com/contact/.";
            refuse(id, &Problem::new(Code::Unexpected, detail).into())
        }
    };
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("daiquiri/3.0.0"));
    if let Ok(value) = HeaderValue::from_str(&id.base32()) {
        headers.insert(HeaderName::from_static("x-apple-jingle-correlation-key"), value);
    }
    if let Ok(value) = HeaderValue::from_str(&id.uuid()) {
        headers.insert(HeaderName::from_static("x-apple-request-uuid"), value);
    }
    response
}

fn send(answer: Answer) -> Response<Body> {
    let empty = answer.body.is_empty();
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = status(answer.status);
    if !empty {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answer.media));
    }
    if let Some(Ok(location)) = answer.location.map(|url| HeaderValue::from_str(&url)) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

fn refuse(id: RequestId, refusal: &Refusal) -> Response<Body> {
    let body = refusal.to_document(&id.base32()).to_string();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status(refusal.status());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
