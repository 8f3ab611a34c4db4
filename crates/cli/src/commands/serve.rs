//! `russet serve`: the server, empty at first.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;

use crate::running::{self, Kind, Settings};

/// Run a server, empty at first.
#[derive(Args)]
pub struct Serve {
    /// Folder of the data; made where there is none
    #[arg(long, value_name = "DIR", env = "RUSSET_DATA", default_value = "russet-data")]
    data: PathBuf,

    /// PostgreSQL URL to keep the data in instead of the folder
    #[arg(long, value_name = "URL", env = "RUSSET_DATABASE")]
    database: Option<String>,

    /// Address to listen on; port 0 picks a free one. Default: the one used last with this data,
    /// at first 127.0.0.1:8227
    #[arg(long, value_name = "ADDR", env = "RUSSET_LISTEN")]
    listen: Option<SocketAddr>,

    /// URL under which people and clients reach this server
    #[arg(long, value_name = "URL", env = "RUSSET_PUBLIC_URL")]
    public_url: Option<String>,
}

impl Serve {
    pub fn run(self) -> Result<ExitCode> {
        if self.database.is_some() {
            bail!(
                "--database: PostgreSQL is not supported yet; leave it out to keep the data in the folder"
            );
        }
        running::run(&Settings {
            kind: Kind::Serve,
            data: self.data,
            listen: self.listen,
            public_url: self.public_url,
        })
    }
}
