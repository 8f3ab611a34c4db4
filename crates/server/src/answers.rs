//! Answers that are still true: the document of a read is kept until its team's data changes.
//!
//! The store counts commits per team (`Store::generation`); a kept answer is used only while that
//! count is what it was before the answer was read, so it equals what reading anew would give. A
//! read's document depends on nothing but the team's data, the caller with the roles and apps that the
//! permit was given for, the host and the request line: all of them are in the key.

use bytes::Bytes;
use moka::sync::Cache;
use russet_auth::{Actor, Permit, Visibility};

/// Bytes of documents and keys kept at most; the budget of the whole server is 64 MB.
const CAPACITY: u64 = 16 * 1024 * 1024;

/// Documents larger than this are not kept.
const LARGEST: usize = 2 * 1024 * 1024;

/// Kept documents.
pub struct Answers(Cache<String, Answer>);

#[derive(Clone)]
struct Answer {
    generation: u64,
    body: Bytes,
}

impl Answers {
    /// Starts with none.
    pub fn new() -> Self {
        let weigher = |key: &String, answer: &Answer| {
            u32::try_from(key.len() + answer.body.len() + 128).unwrap_or(u32::MAX)
        };
        Answers(Cache::builder().max_capacity(CAPACITY).weigher(weigher).build())
    }

    /// Returns the key of a read.
    pub fn key(permit: &Permit, base: &str, path: &str, query: &str) -> String {
        let mut key = String::with_capacity(base.len() + path.len() + query.len() + 64);
        key.push_str(&permit.team().0.to_string());
        if let Actor::Key(caller) = permit.actor() {
            key.push(' ');
            key.push_str(caller.as_str());
        }
        // Roles and apps of a user may change between the look at the table of users and the look
        // at the generation: what the permit says decides.
        if permit.user().is_some() {
            for role in permit.roles().iter() {
                key.push(' ');
                key.push_str(role.as_str());
            }
            if let Visibility::Some(apps) = permit.apps() {
                key.push_str(" only");
                for app in apps.iter() {
                    key.push(' ');
                    key.push_str(app);
                }
            }
        }
        for part in [base, path, query] {
            key.push('\n');
            key.push_str(part);
        }
        key
    }

    /// Returns the document kept under `key` if it is of this generation.
    pub fn get(&self, key: &str, generation: u64) -> Option<Bytes> {
        self.0.get(key).filter(|answer| answer.generation == generation).map(|answer| answer.body)
    }

    /// Keeps a document that was read while the generation was still this one.
    pub fn keep(&self, key: String, generation: u64, body: Bytes) {
        if body.len() <= LARGEST {
            self.0.insert(key, Answer { generation, body });
        }
    }
}
