//! The proxy as clients meet it: real sockets, real TLS, a small server behind.

mod authority;
mod clients;
mod connecting;
mod stand;
mod through_tls;
