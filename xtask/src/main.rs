//! The workspace's own commands: `cargo xtask <command>`. They write or check what is committed, and
//! know nothing of how Russet runs.
//!
//! Start reading at the command's own file; this one only names the commands.

#![expect(clippy::print_stdout, reason = "commands answer on stdout")]

mod bench;
mod catalog;
mod ci;
mod coverage;
mod tidy;

use std::process::ExitCode;

use clap::Parser;

/// The workspace's own commands
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Measure Russet against bare servers and print each ratio beside its target
    Bench(bench::Options),
    /// Measure, in the release build
    #[command(hide = true)]
    BenchMeasure(bench::Options),
    /// Be one of the bare servers
    #[command(hide = true, subcommand)]
    BenchServer(bench::server::Bare),
    /// Write the catalog from Apple's `OpenAPI` document
    Catalog(catalog::Arguments),
    /// Run everything that has to hold before a change is taken
    Ci(ci::Options),
    /// Write COVERAGE.md: how far Russet goes with each operation
    Coverage(coverage::Options),
    /// Check the rules of this repository that no compiler holds
    Tidy,
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Bench(_) => bench::run(),
        Command::BenchMeasure(options) => bench::measure(&options),
        Command::BenchServer(bare) => bench::server::run(bare),
        Command::Catalog(arguments) => catalog::run(&arguments),
        Command::Ci(options) => ci::run(&options),
        Command::Coverage(options) => coverage::run(&options),
        Command::Tidy => tidy::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
