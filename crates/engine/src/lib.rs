//! Carries out any operation that the catalog lists, on any store.
//!
//! A request comes as a permit, an operation and what was sent: [`read_input`] makes it an
//! [`Input`], [`run::read`] or [`run::write`] an [`Outcome`], [`present`] a document. It knows
//! neither HTTP nor SQL, and names no resource type outside `behaviors/`, `provisioning/` and
//! `reference/`. Read `run/mod.rs` next, then one behavior.

pub mod behaviors;
pub mod changes;
mod dates;
mod facets;
mod failure;
pub mod grade;
mod ids;
mod input;
mod present;
pub mod provisioning;
pub mod reference;
mod relations;
pub mod run;
pub mod seed;

pub use failure::{Failure, Fault};
pub use ids::Ids;
pub use input::{Input, ReadQuery, Sent, read_input};
pub use present::{Asked, Presented, present};
pub use run::Outcome;
