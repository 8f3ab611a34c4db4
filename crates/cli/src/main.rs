//! The `russet` binary: the only place where the parts are joined.
//!
//! Each command is a file in `commands/`. A command says what it did on stdout, why it failed in
//! one line on stderr, and exits with 0 (done), 1 (refused or failed) or 2 (wrong usage).

#![expect(clippy::print_stdout, reason = "a command says what it did on stdout")]

mod commands;
mod demo;
mod edge;
mod running;
mod state;

use std::process::ExitCode;

use clap::Parser;

/// App Store Connect API, self-hosted: keys, rules, state and time under your control.
#[derive(Parser)]
#[command(name = "russet", version, about, arg_required_else_help = true)]
struct Russet {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let russet = Russet::parse();
    match russet.command.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("russet: {error:#}");
            ExitCode::FAILURE
        }
    }
}
