//! Certificates and provisioning profiles as real material: X.509 on the key of the caller's CSR,
//! and CMS-signed property lists, both from a CA that belongs to the team.
//!
//! Release tools open both, so a plausible blob is not enough (`docs/decisions/0004-provisioning-material.md`).
//! Everything here is a function of its arguments: no store, no HTTP, no clock. The one exception
//! is [`TeamAuthority::generate`], which draws a key and is called at the edge. What may be
//! created by whom, limits and states are the business of the behaviors.
//!
//! Start at [`TeamAuthority`], then [`parse_csr`], [`issue`] and [`render_profile`].

mod authority;
mod certificate;
mod certificate_type;
mod cms;
mod csr;
mod der;
mod entitlements;
#[cfg(test)]
mod openssl_tests;
mod profile;
mod profile_type;

pub use authority::TeamAuthority;
pub use certificate::{CertificateOrder, CertificateProblem, Issued, Person, issue, issued_at};
pub use certificate_type::{CertificateType, Holder};
pub use csr::{Csr, CsrProblem, KeyKind, parse_csr};
pub use entitlements::Capability;
pub use profile::{ProfileOrder, profile_expiry, render_profile};
pub use profile_type::{DeviceRule, ProfileType};

/// The developer team as its certificates and profiles name it.
#[derive(Debug, Clone, Copy)]
pub struct TeamName<'a> {
    /// Ten upper-case alphanumerics.
    pub id: &'a str,
    /// Name shown to people.
    pub name: &'a str,
}

/// Why material could not be made. Never the caller's doing.
#[derive(Debug, thiserror::Error)]
pub enum MaterialFault {
    /// The kept authority cannot be read back.
    #[error("the team's certificate authority is damaged: {0}")]
    Authority(String),
    /// A key could not be drawn or a signature not be made.
    #[error("signing failed: {0}")]
    Signing(String),
    /// A date lies outside what certificates can say.
    #[error("the simulated clock is too far from the present for certificates: {0}")]
    Date(String),
}

impl From<rcgen::Error> for MaterialFault {
    fn from(error: rcgen::Error) -> Self {
        MaterialFault::Signing(error.to_string())
    }
}

impl From<jiff::Error> for MaterialFault {
    fn from(error: jiff::Error) -> Self {
        MaterialFault::Date(error.to_string())
    }
}
