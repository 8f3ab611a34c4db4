//! The file of trusted roots that clients are given.
//!
//! `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` replace a client's trust store, so the
//! file holds the roots that the client would have used and Russet's CA after them. Start at
//! [`write_trust_bundle`].

use std::fs;
use std::path::{Path, PathBuf};

use crate::authority::{Authority, AuthorityError, read, write_private};

/// Where systems keep their roots in one file, the commonest first.
const PLACES: [&str; 7] = [
    // Debian, Ubuntu, Arch, Alpine, Gentoo
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    // openSUSE
    "/etc/ssl/ca-bundle.pem",
    // macOS, Alpine, FreeBSD, OpenBSD
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    // Nix
    "/etc/ssl/certs/ca-bundle.crt",
];

/// Finds the file of roots in use: the first of `named` that exists, else the system's own.
///
/// `named` are the values of the variables that would have replaced it, if set. A system without
/// such a file (Windows) has none, and clients then trust Russet's hosts alone.
#[must_use]
pub fn system_roots(named: &[PathBuf]) -> Option<PathBuf> {
    let places = PLACES.iter().map(PathBuf::from);
    named.iter().cloned().chain(places).find(|path| path.is_file())
}

/// Writes `ca-bundle.pem` into the authority's folder, the roots in `roots` with the CA after
/// them, and returns where it is. Makes the CA where there is none yet.
///
/// # Errors
///
/// As [`Authority::prepare`]; also where a file cannot be read or written.
pub fn write_trust_bundle(
    authority: &Authority,
    roots: Option<&Path>,
) -> Result<PathBuf, AuthorityError> {
    authority.prepare()?;
    let path = authority.folder().join("ca-bundle.pem");
    let ca = read(&authority.ca_file())?.unwrap_or_default();
    // Inside another `russet exec` the roots in use are this very file, or hold this CA already.
    let own =
        roots.is_some_and(|roots| fs::canonicalize(roots).ok() == fs::canonicalize(&path).ok());
    let roots = if own { system_roots(&[]) } else { roots.map(Path::to_owned) };
    let mut bundle = match roots {
        Some(roots) => read(&roots)?.unwrap_or_default().replace(&ca, ""),
        None => String::new(),
    };
    if !bundle.is_empty() && !bundle.ends_with('\n') {
        bundle.push('\n');
    }
    bundle.push_str(&ca);
    if read(&path)?.as_deref() != Some(&bundle) {
        write_private(&path, bundle.as_bytes())?;
    }
    Ok(path)
}
