//! `cargo xtask bench`: measures Russet against bare servers that do the least possible, in one run and
//! in turn, and prints each ratio beside its target.
//!
//! The first command only builds in release and hands over to the release build of itself, which is
//! the load generator and, re-executed, the bare servers. It knows Russet as its users do: by its
//! command line and its HTTP. Start at [`measure`].

mod cases;
mod child;
mod jwt;
mod load;
mod mocks;
mod report;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::tidy;

/// What to measure, and how long.
#[derive(clap::Args, Clone)]
pub struct Options {
    /// One short round of each, on fewer records: to see that it works, not to quote
    #[arg(long)]
    quick: bool,
    /// Measure only the rows whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// Records of the large list
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Apple's `OpenAPI` document: also measures Prism and Mockoon, which npm installs under target/
    #[arg(long)]
    document: Option<PathBuf>,
    /// Measure without writing docs/benchmark.md and docs/benchmark.json
    #[arg(long)]
    no_write: bool,
}

impl Options {
    fn rounds(&self) -> usize {
        if self.quick { 1 } else { 5 }
    }

    fn duration(&self) -> Duration {
        Duration::from_secs(if self.quick { 1 } else { 3 })
    }

    fn records(&self) -> usize {
        if self.quick { self.records.min(20_000) } else { self.records }
    }

    /// Tells whether a row is asked for.
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

/// Builds Russet and this tool in release, and hands over to the latter.
///
/// # Errors
/// When the build or the measurement fails.
pub fn run() -> Result<()> {
    let root = tidy::root();
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(&root).args([
        "build",
        "--release",
        "--locked",
        "-p",
        "russet",
        "-p",
        "xtask",
    ]);
    ensure!(build.status()?.success(), "the release build failed");
    let mut measure = Command::new(release_folder()?.join("xtask"));
    measure.arg("bench-measure").args(std::env::args_os().skip(2)).current_dir(&root);
    ensure!(measure.status()?.success(), "the measurement failed");
    Ok(())
}

/// Returns the folder of the release build that belongs to this build.
fn release_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let profile = program.parent().context("no folder")?;
    Ok(profile.parent().context("no target folder")?.join("release"))
}

/// Measures every row that is asked for, prints the table and writes it.
///
/// # Errors
/// When a server cannot be started, or answers with another status than expected.
pub fn measure(options: &Options) -> Result<()> {
    let scratch = scratch_folder()?;
    let rows = cases::all(options, &scratch)?;
    println!("\n{}", report::table(&rows));
    if !options.no_write && !options.quick && options.only.is_none() {
        report::write(&tidy::root(), &rows)?;
        println!("written to docs/benchmark.md and docs/benchmark.json");
    }
    std::fs::remove_dir_all(&scratch).context("cannot remove the scratch folder")
}

/// Makes an empty folder beside the build, so that data lies on the disk that holds the checkout.
fn scratch_folder() -> Result<PathBuf> {
    let target = release_folder()?;
    let folder = target.parent().unwrap_or(Path::new("target")).join("bench-data");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
