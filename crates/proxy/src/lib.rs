//! The HTTPS proxy through which unmodified clients reach Russet under Apple's host names.
//!
//! No release tool takes a base URL from its environment, but all of them honor a proxy and a
//! file of trusted roots. So a client connects here, asks for [`HOSTS`], is shown a certificate of
//! the local [`Authority`], and its requests go on to the Russet server; every other host is
//! tunneled untouched. The crate decides nothing about the API: it does not know a resource type,
//! a key or a role. Start at [`Proxy::start`], then read `connect`, then `forward`.

mod authority;
mod certificates;
mod connect;
mod environment;
mod forward;
mod idle;
mod listen;
mod trust;

pub use authority::{Authority, AuthorityError, Clock};
pub use environment::{Key, Reach, Tool, Variable, environment, write_node_preload};
pub use listen::{Proxy, ProxyError, Running};
pub use trust::{system_roots, write_trust_bundle};

/// The hosts that Russet plays; the local CA can sign for these and nothing else.
///
/// The first is the API. The second is where fastlane turns with `in_house: true`: Russet refuses
/// what it asks, which is kinder than letting a rehearsal reach the real service. Upload hosts of
/// Apple's private protocols are left out, since Russet does not speak them.
pub const HOSTS: [&str; 2] =
    ["api.appstoreconnect.apple.com", "api.enterprise.developer.apple.com"];

/// Tells whether Russet plays `host`, in any case, with or without the root's final dot.
#[must_use]
pub fn plays(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    HOSTS.iter().any(|played| played.eq_ignore_ascii_case(host))
}
