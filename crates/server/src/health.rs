//! Whether the process is alive, and whether it can serve.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::Server;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store can be read.
pub async fn ready(State(server): State<Arc<Server>>) -> (StatusCode, String) {
    match server.store.teams() {
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("the store can not be read: {error}\n"))
        }
    }
}
