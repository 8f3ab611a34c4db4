//! Tasks that write or check what is committed. Knows nothing of how Russet runs.
//!
//! Start reading at the command's own file; this one only names the commands.

use clap::{Parser, Subcommand};

mod catalog;

#[derive(Parser)]
#[command(about = "Writes and checks what is committed")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the catalog from Apple's `OpenAPI` document
    Catalog(catalog::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Catalog(arguments) => catalog::run(&arguments),
    }
}
