//! What each role may do: the rules of `permissions.toml`, and the permit they lead to.
//!
//! It knows operations by their subject and kind, never what they do. Start at [`permit`].

mod permit;
mod table;

pub use permit::{Permit, permit};
pub use table::{Access, Capability, Evidence, Family, Reply, Rule, Ruling, families, ruling};
