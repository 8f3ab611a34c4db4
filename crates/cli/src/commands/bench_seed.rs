//! `russet bench-seed`: many records in a demo's folder, for `cargo xtask bench`. Not for people, so
//! the help does not list it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use russet_store::Store;
use russet_store_sqlite::SqliteStore;

use crate::edge;

/// Write many records into a demo's data folder.
#[derive(Args)]
pub struct BenchSeed {
    /// Folder of the data, made by `russet demo`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// How many apps
    #[arg(long, default_value_t = 0)]
    apps: usize,

    /// How many bundle ids
    #[arg(long, default_value_t = 0)]
    bundle_ids: usize,
}

impl BenchSeed {
    pub fn run(self) -> Result<ExitCode> {
        let store = SqliteStore::open(&self.data)?;
        let teams = store.teams()?;
        let team =
            teams.first().context("there is no team; run `russet demo` on the folder first")?;
        let now = edge::real_time();
        russet_demo::plant_bulk(&store, team.number, now, self.apps, self.bundle_ids)?;
        Ok(ExitCode::SUCCESS)
    }
}
