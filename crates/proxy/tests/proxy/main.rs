//! The proxy as clients meet it: real sockets, real TLS, a small server behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod authority;
mod clients;
mod connecting;
mod stand;
mod through_tls;
