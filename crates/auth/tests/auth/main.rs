//! Auth as its callers use it: on a store, through its public functions.

mod jwt;
mod jwt_text;
mod keys;
mod permissions;
mod world;
