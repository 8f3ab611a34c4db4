//! What each operation came to, and everything that the API would not have answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs};

use russet_catalog::Operation;
use russet_testkit::Reply;

const OUTCOMES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/walk/outcomes.txt");

/// The notes of a walk.
#[derive(Default)]
pub struct Journal {
    outcomes: BTreeMap<&'static str, Outcome>,
    findings: Vec<String>,
}

/// How an operation was answered at its best: a success before any refusal, what is not carried
/// out before what was not asked rightly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Outcome {
    rank: u8,
    text: String,
}

impl Outcome {
    fn of(reply: &Reply) -> Outcome {
        let rank = match reply.status {
            200..=299 => 0,
            501 => 1,
            409 | 410 | 422 => 2,
            400 | 415 => 3,
            403 => 4,
            _ => 5,
        };
        let mut text = reply.status.to_string();
        if rank > 1
            && let Some(code) = reply.codes().first()
        {
            text = format!("{text} {code}");
        }
        Outcome { rank, text }
    }
}

impl Journal {
    /// Notes a reply: its outcome, and what is wrong with it.
    pub fn note(&mut self, operation: &'static Operation, reply: &Reply) {
        let outcome = Outcome::of(reply);
        let best = self.outcomes.entry(operation.id).or_insert_with(|| outcome.clone());
        if outcome < *best {
            *best = outcome;
        }
        self.judge(reply);
    }

    /// Notes what is wrong with a reply, whatever it came to.
    pub fn judge(&mut self, reply: &Reply) {
        if !reply.faults.is_empty() {
            self.findings.push(reply.to_string());
        }
    }

    /// Notes something that contradicts an earlier reply.
    pub fn find(&mut self, what: String) {
        self.findings.push(what);
    }

    /// Returns whether an operation was carried out.
    pub fn succeeded(&self, operation: &Operation) -> bool {
        self.outcomes.get(operation.id).is_some_and(|outcome| outcome.rank == 0)
    }

    /// Fails when anything was found.
    ///
    /// # Panics
    /// Then.
    pub fn assert_clean(&self) {
        if let Some(file) =
            env::var_os("RUSSET_WALK_FINDINGS").filter(|_| !self.findings.is_empty())
        {
            fs::write(file, self.findings.join("\n\n")).expect("the findings can be written");
        }
        let shown: Vec<&str> = self.findings.iter().take(20).map(String::as_str).collect();
        assert!(
            self.findings.is_empty(),
            "{} findings (RUSSET_WALK_FINDINGS=file keeps all):\n\n{}",
            self.findings.len(),
            shown.join("\n\n")
        );
    }

    /// Fails unless exactly those operations answer 501 of which the engine says so.
    ///
    /// # Panics
    /// Then.
    pub fn assert_honest(&self) {
        for operation in russet_catalog::operations() {
            let outcome = self.outcomes.get(operation.id).map_or("never asked", |o| &o.text);
            let reason = russet_engine::grade::reason(operation);
            let honest = (outcome == "501") == reason.is_some();
            assert!(
                honest,
                "{} was answered {outcome}, but engine::grade says {reason:?}",
                operation.id
            );
        }
    }

    /// Compares with the reviewed outcomes, or accepts these.
    ///
    /// # Panics
    /// When they differ.
    pub fn assert_reviewed(&self) {
        let mut text = String::from(
            "# What each operation came to for an Admin on the demo: a success, what it was refused\n\
             # with at best, or 501. COVERAGE.md is made of it.\n\
             # Accept changes with RUSSET_ACCEPT=1 cargo test -p russet-server --test walk admin\n",
        );
        for operation in russet_catalog::operations() {
            let outcome = self.outcomes.get(operation.id).map_or("never asked", |o| &o.text);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {outcome}", operation.id);
        }
        if env::var_os("RUSSET_ACCEPT").is_some() {
            fs::write(OUTCOMES, &text).expect("the outcomes can be written");
        }
        let reviewed = fs::read_to_string(OUTCOMES).unwrap_or_default();
        let changed: Vec<&str> = text
            .lines()
            .filter(|line| !reviewed.lines().any(|known| known == *line))
            .take(20)
            .collect();
        assert!(
            text == reviewed,
            "outcomes differ from the reviewed ones; line 3 of outcomes.txt says how to accept:\n{}",
            changed.join("\n")
        );
    }
}
