//! Holds how far the engine goes with each operation. COVERAGE.md is made of it
//! (`cargo xtask coverage`).

use std::fmt::Write as _;
use std::{env, fs};

use russet_catalog::operations;
use russet_engine::{behaviors, grade};

const GRADES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/grades.txt");

/// If you are here because the engine goes further, or a type got a behavior: accept as line 3 of
/// the list says, then run `cargo xtask coverage`.
#[test]
fn the_grade_of_each_operation_is_as_reviewed() {
    let mut text = String::from(
        "# How far the engine goes with each operation. 501: not at all, and why; F1: by the general\n\
         # rules; F2: with rules of the resource type's own (it has a behavior).\n\
         # Accept changes with RUSSET_ACCEPT=1 cargo test -p russet-engine --test grades\n",
    );
    for operation in operations() {
        // Writing to a string cannot fail.
        let _ = match grade::reason(operation) {
            Some(reason) => writeln!(text, "501 {} {reason}", operation.id),
            None if behaviors::find(operation.subject).is_some() => {
                writeln!(text, "F2 {}", operation.id)
            }
            None => writeln!(text, "F1 {}", operation.id),
        };
    }
    if env::var_os("RUSSET_ACCEPT").is_some() {
        fs::write(GRADES, &text).expect("the list can be written");
    }
    let reviewed = fs::read_to_string(GRADES).unwrap_or_default();
    let difference = text.lines().find(|line| !reviewed.lines().any(|known| known == *line));
    assert_eq!(difference, None, "see line 3 of {GRADES} for how to accept");
    assert!(text == reviewed, "{GRADES} has lines too many, or in another order");
}
