//! The commands, one file each.

mod bench_seed;
mod demo;
mod doctor;
mod env;
mod exec;
mod jwt;
mod serve;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// What `russet` can do.
#[derive(Subcommand)]
pub enum Command {
    /// Run a server with demo teams, users, keys and apps
    Demo(demo::Demo),
    /// Run a server, empty at first
    Serve(serve::Serve),
    /// Print a signed JWT
    Jwt(jwt::Jwt),
    /// Run a command so that it reaches this Russet as Apple's API
    Exec(exec::Exec),
    /// Print what a tool needs in its environment to reach this Russet
    Env(env::Env),
    /// Check the data folder, the server and the machine, and say what to do
    Doctor(doctor::Doctor),
    /// Write many records, for measurements
    #[command(hide = true)]
    BenchSeed(bench_seed::BenchSeed),
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// What went wrong, in one line, for stderr.
    pub fn run(self) -> Result<ExitCode> {
        match self {
            Command::Demo(demo) => demo.run(),
            Command::Serve(serve) => serve.run(),
            Command::Jwt(jwt) => jwt.run(),
            Command::Exec(exec) => exec.run(),
            Command::Env(env) => env.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::BenchSeed(seed) => seed.run(),
        }
    }
}
