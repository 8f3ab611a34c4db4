//! Reads everything that can be reached, until nothing new turns up.

use std::collections::HashSet;

use russet_catalog::{Method, Operation, Parameter};
use russet_testkit::Caller;

use crate::journal::Journal;
use crate::known::{ABSENT, Known};
use crate::{method, path};

/// Resources of a type on which each read is tried. Enough that one of them has what is read.
const SAMPLES: usize = 6;

/// Reads that were made.
#[derive(Default)]
pub struct Explorer {
    visited: HashSet<(&'static str, String)>,
}

impl Explorer {
    /// Reads on until nothing new turns up.
    pub async fn explore(&mut self, caller: &Caller, known: &mut Known, journal: &mut Journal) {
        loop {
            let before = self.visited.len();
            for operation in reads() {
                for url in self.urls(operation, known) {
                    let reply = caller.send_unjudged(method(operation), &url, &[], b"").await;
                    journal.note(operation, &reply);
                    if reply.is_success() {
                        known.learn(&reply.json);
                    }
                }
            }
            if self.visited.len() == before {
                break;
            }
        }
        for operation in reads().filter(|operation| known.ids(operation.subject).is_empty()) {
            // Nothing of the type turned up: at least an absent one must be answered.
            let url = with_query(&path(operation, ABSENT), &known.required_query(operation, 0));
            journal.note(operation, &caller.send_unjudged("GET", &url, &[], b"").await);
        }
    }

    /// The reads of an operation that were not made yet: each plain, and with all that it includes.
    fn urls(&mut self, operation: &'static Operation, known: &Known) -> Vec<String> {
        let paths: Vec<String> = if operation.path.contains("{id}") {
            let ids = known.ids(operation.subject);
            ids.iter().take(SAMPLES).map(|id| path(operation, id)).collect()
        } else {
            vec![operation.path.to_owned()]
        };
        let turns = if known.required_query(operation, 0).is_empty() { 1 } else { SAMPLES };
        let mut urls = Vec::new();
        for path in paths {
            for turn in 0..turns {
                let required = known.required_query(operation, turn);
                urls.push(with_query(&path, &required));
                if let Some(include) = include(operation) {
                    let both = [required.as_str(), &include].join("&");
                    urls.push(with_query(&path, both.trim_start_matches('&')));
                }
            }
        }
        urls.retain(|url| self.visited.insert((operation.id, url.clone())));
        urls
    }
}

/// Returns the reads of the document.
pub fn reads() -> impl Iterator<Item = &'static Operation> {
    russet_catalog::operations().iter().filter(|operation| operation.method == Method::Get)
}

/// Puts a query behind a path.
pub fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn include(operation: &Operation) -> Option<String> {
    operation.query.iter().find_map(|parameter| match parameter {
        Parameter::Include { names } => Some(format!("include={}", names.join(","))),
        _ => None,
    })
}
