//! The `russet` binary as people, scripts and crashes meet it: real processes, real sockets, real
//! files. Start at `place.rs`, which starts and asks them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bytes;
mod crash;
mod demo;
mod doctor;
mod jwt;
mod place;
mod secrets;
mod trouble;
