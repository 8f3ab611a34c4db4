//! The rules of Certificates, Identifiers & Profiles, as requests and replies.

mod certificates;
mod identifiers;
mod planted;
mod profiles;
mod team;
