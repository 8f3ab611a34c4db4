//! `russet demo`: a server with demo data, the same again when the folder exists.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::running::{self, Kind, Settings};

/// Run a server with demo teams, users, keys and apps.
#[derive(Args)]
pub struct Demo {
    /// Folder of the data; made where there is none
    #[arg(long, value_name = "DIR", env = "RUSSET_DATA", default_value = "russet-data")]
    data: PathBuf,

    /// Address to listen on; port 0 picks a free one. Default: the one used last with this data,
    /// at first 127.0.0.1:8227
    #[arg(long, value_name = "ADDR", env = "RUSSET_LISTEN")]
    listen: Option<SocketAddr>,

    /// End when stdin closes: `russet exec` leaves no server behind, however it ends itself
    #[arg(long, hide = true)]
    until_stdin_closes: bool,
}

impl Demo {
    pub fn run(self) -> Result<ExitCode> {
        if self.until_stdin_closes {
            std::thread::spawn(|| {
                // Whether it ends or fails, nobody is there any more.
                let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
                std::process::exit(0);
            });
        }
        running::run(&Settings {
            kind: Kind::Demo,
            data: self.data,
            listen: self.listen,
            public_url: None,
        })
    }
}
