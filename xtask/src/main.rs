//! The workspace's own commands: `cargo xtask <command>`. None of it is part of the product.
//!
//! Each command is a module; this file only dispatches.

#![expect(clippy::print_stdout, reason = "commands answer on stdout")]

mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// The workspace's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask")]
enum Task {
    /// Check the rules of this repository that no compiler holds
    Tidy,
}

fn main() -> ExitCode {
    match run(Task::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Tidy => tidy::run(),
    }
}
