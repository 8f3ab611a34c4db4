//! What Apple's API is: resource types, schemas and operations.

mod model;
pub use model::*;
