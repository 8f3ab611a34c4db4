//! `russet exec`: runs a command that reaches this Russet as Apple's API, and ends as it ends.
//!
//! The proxy is the running server's own. Where no server runs, a demo server on a temporary
//! folder is started first and removed afterwards. The variables come from `env`.

use std::ffi::OsString;
use std::fs::File;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::signal::unix::{self, SignalKind, signal};

use super::env;
use crate::running;
use crate::state::State;

/// Run a command so that it reaches this Russet as Apple's API.
#[derive(Args)]
pub struct Exec {
    /// Folder of the data
    #[arg(long, value_name = "DIR", env = "RUSSET_DATA", default_value = "russet-data")]
    data: PathBuf,

    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CMD"
    )]
    command: Vec<OsString>,
}

impl Exec {
    pub fn run(self) -> Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the machine refused to start")?;
        runtime.block_on(self.run_command())
    }

    async fn run_command(self) -> Result<ExitCode> {
        let Some((program, arguments)) = self.command.split_first() else {
            bail!("there is no command to run");
        };
        let given = running::absolute(&self.data)?;
        let mut found = env::find(&given)?.map(|found| (given.clone(), found));
        let mut throw_away = None;
        if found.is_none() {
            let demo = ThrowAway::start().await?;
            let data = demo.folder.path().to_owned();
            found = env::find(&data)?.map(|found| (data, found));
            throw_away = Some(demo);
            say_that_it_is_thrown_away(&self.data);
        }
        let (data, (state, proxy)) = found.context("the demo server started without its proxy")?;
        if state.teams.is_empty() {
            eprintln!(
                "russet: the keys of this server are not in its folder; CMD signs with its own key"
            );
        }
        // From here on a request to end is the command's, even one that comes before it runs.
        let terminate = signal(SignalKind::terminate())?;
        let mut command = Command::new(program);
        command.args(arguments);
        for variable in env::variables(&data, &state, proxy, None)? {
            match variable.value {
                Some(value) => command.env(variable.name, value),
                None => command.env_remove(variable.name),
            };
        }
        let child =
            command.spawn().with_context(|| format!("{} can not be run", program.display()))?;
        let status = wait(child, terminate).await?;
        if let Some(demo) = throw_away {
            demo.end().await?;
        }
        Ok(code(status))
    }
}

/// A demo server that lives as long as the command.
struct ThrowAway {
    folder: TempDir,
    server: Child,
    /// Kept open: a server that cannot say something ends.
    _said: BufReader<ChildStdout>,
}

impl ThrowAway {
    async fn start() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("russet-exec-")
            .tempdir()
            .context("no temporary folder can be made")?;
        let complaints = folder.path().join("stderr");
        let own = std::env::current_exe().context("the russet program cannot find itself")?;
        let mut server = Command::new(own)
            .args(["demo", "--until-stdin-closes", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            // Open until this process ends, even if it is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&complaints)?)
            // Ctrl-C in a terminal is for the command, which may still need the server to end well.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .context("a demo server can not be started")?;
        let said = server.stdout.take().context("the demo server has no stdout")?;
        let mut said = BufReader::new(said);
        let mut line = String::new();
        while !line.starts_with("ready ") {
            line.clear();
            if said.read_line(&mut line).await? == 0 {
                let why = std::fs::read_to_string(&complaints).unwrap_or_default();
                bail!("the demo server did not start: {}", why.trim_end());
            }
        }
        Ok(Self { folder, server, _said: said })
    }

    /// Ends the server and removes its data.
    async fn end(mut self) -> Result<()> {
        self.server.kill().await.context("the demo server can not be ended")?;
        let folder = self.folder.path().to_owned();
        self.folder.close().with_context(|| format!("{} can not be removed", folder.display()))
    }
}

fn say_that_it_is_thrown_away(data: &Path) {
    let why = if State::path(data).exists() {
        format!("the server of {} is not running", data.display())
    } else {
        format!("no server has run in {}", data.display())
    };
    eprintln!("russet: {why}; CMD talks to a demo server that is removed when it ends");
}

/// Waits for the command, and passes on the signals that ask it to end.
///
/// A terminal sends Ctrl-C and Ctrl-\ to every process in front of it, so the command has them
/// already; twice would make many tools give up their own cleaning up. Listening for them begins
/// after the command has begun, so that what a shell told this process to ignore (`&`) it ignores too.
async fn wait(mut child: Child, mut terminate: unix::Signal) -> Result<ExitStatus> {
    let in_terminal = std::io::stdin().is_terminal();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    loop {
        let (received, by_terminal) = tokio::select! {
            status = child.wait() => return Ok(status?),
            _ = interrupt.recv() => (Signal::INT, in_terminal),
            _ = quit.recv() => (Signal::QUIT, in_terminal),
            _ = terminate.recv() => (Signal::TERM, false),
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let (Some(pid), false) = (pid, by_terminal) {
            // It fails only where the command has just ended, which `wait` then reports.
            let _ = kill_process(pid, received);
        }
    }
}

/// Returns the command's status as shells count it: 128 and the number of the signal that ended it.
fn code(status: ExitStatus) -> ExitCode {
    let number = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    number.and_then(|number| u8::try_from(number).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_the_commands_own() {
        for (raw, expected) in [(0, 0), (3 << 8, 3), (255 << 8, 255), (15, 143), (2, 130)] {
            let status = ExitStatus::from_raw(raw);
            assert_eq!(code(status), ExitCode::from(expected), "{status}");
        }
    }
}
