//! Who sends requests: a JWT, or none, and the router that it goes to.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Request;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower::ServiceExt;

use crate::app::BASE;
use crate::check;
use crate::reply::Reply;

/// A caller of the API.
#[derive(Clone)]
pub struct Caller {
    router: axum::Router,
    authorization: Option<String>,
}

impl Caller {
    pub(crate) fn new(router: axum::Router, authorization: Option<String>) -> Caller {
        Caller { router, authorization }
    }

    /// Sends a GET.
    ///
    /// # Panics
    /// When the reply is not one that the API gives.
    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").await
    }

    /// Sends a POST of JSON.
    ///
    /// # Panics
    /// When the reply is not one that the API gives.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send_json("POST", path, &body).await
    }

    /// Sends a PATCH of JSON.
    ///
    /// # Panics
    /// When the reply is not one that the API gives.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send_json("PATCH", path, &body).await
    }

    /// Sends a DELETE.
    ///
    /// # Panics
    /// When the reply is not one that the API gives.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], b"").await
    }

    /// Sends any method with a body of JSON.
    ///
    /// # Panics
    /// When the reply is not one that the API gives.
    pub async fn send_json(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send(method, path, &[("content-type", "application/json")], body.to_string()).await
    }

    /// Sends a request as it is, with the caller's JWT and Apple's host.
    ///
    /// # Panics
    /// When the reply is not one that the API gives.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Reply {
        let reply = self.send_unjudged(method, path, headers, body).await;
        assert!(reply.faults.is_empty(), "{reply}");
        reply
    }

    /// Sends a request and leaves it to the caller to look at [`Reply::faults`].
    ///
    /// # Panics
    /// When it is no request at all.
    pub async fn send_unjudged(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Reply {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 51000));
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", BASE.trim_start_matches("https://"))
            .header("x-forwarded-proto", "https")
            .extension(ConnectInfo(peer));
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Full::new(Bytes::copy_from_slice(body.as_ref()));
        let request = request.body(body).expect("a request that HTTP can carry");
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the reply's body is whole").to_bytes();
        let mut reply = Reply::new(method, path, &parts, body);
        reply.faults = check::check(&reply);
        reply
    }
}
