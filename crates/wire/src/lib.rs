//! The JSON:API grammar as Apple speaks it: error documents and their table of codes, query
//! strings, request bodies, cursors and the pieces of answers.
//!
//! It knows nothing of resource types, teams or storage. Start at [`Problem`] for refusals, at
//! [`RequestDocument`] and [`Query`] for what comes in, at [`json`] for what goes out.

mod body;
mod code;
mod cursor;
pub mod json;
mod problem;
mod query;

pub use body::{Identifier, Linkage, NewResource, RequestDocument};
pub use code::Code;
pub use cursor::{decode_cursor, encode_cursor};
pub use problem::{Problem, Refusal, Source, pointer_token};
pub use query::{Query, decode_path};
