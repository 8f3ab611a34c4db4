//! A reply with the request that it answers.

use std::fmt;

use axum::http::response::Parts;
use bytes::Bytes;
use serde_json::Value;

/// A reply of the server.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Method of the request.
    pub method: String,
    /// Path and query of the request.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as sent.
    pub body: Bytes,
    /// Body as JSON; null where it is empty or something else.
    pub json: Value,
    /// What is wrong with the reply, whatever was asked.
    pub faults: Vec<String>,
}

impl Reply {
    pub(crate) fn new(method: &str, path: &str, parts: &Parts, body: Bytes) -> Reply {
        let headers = parts.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Reply {
            method: method.to_owned(),
            path: path.to_owned(),
            status: parts.status.as_u16(),
            headers: headers.collect(),
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
            body,
            faults: Vec::new(),
        }
    }

    /// Returns the value of a header, its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether the request was carried out.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the reply if it has this status.
    ///
    /// # Panics
    /// When it has another.
    #[expect(clippy::return_self_not_must_use, reason = "a test may be about the status only")]
    pub fn expect(self, status: u16) -> Reply {
        assert!(self.status == status, "{status} was expected: {self}");
        self
    }

    /// Returns the codes of the error document, in its order; none on a success.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map_or(&[][..], Vec::as_slice);
        errors.iter().filter_map(|error| error["code"].as_str()).collect()
    }

    /// Returns the id of the one resource in `data`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn id(&self) -> &str {
        self.json["data"]["id"].as_str().unwrap_or_else(|| panic!("there is no data.id: {self}"))
    }

    /// Returns the ids of the list in `data`, in its order.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        let list = self.json["data"].as_array();
        let list = list.unwrap_or_else(|| panic!("there is no list in data: {self}"));
        list.iter().filter_map(|item| item["id"].as_str()).collect()
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} {} was answered with {}", self.method, self.path, self.status)?;
        for fault in &self.faults {
            writeln!(out, "  {fault}")?;
        }
        let text = String::from_utf8_lossy(&self.body);
        let start: String = text.chars().take(1500).collect();
        write!(out, "  body: {start}")
    }
}
