//! Prism and Mockoon serving the same document, for those who wonder what a mock would do.
//!
//! npm installs both under `target/`; Apple's document has to be named, since it is not ours to ship.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

/// A mock server that runs until this value is dropped.
pub struct Mock {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

/// The mocks: a name, the npm package, its command, and how many times faster Russet has to be.
pub const ALL: [(&str, &str, &str, f64); 2] = [
    ("Prism", "@stoplight/prism-cli@5.14.2", "prism", 450.0),
    ("Mockoon", "@mockoon/cli@9.3.0", "mockoon-cli", 200.0),
];

impl Mock {
    /// Installs and starts a mock of a document.
    ///
    /// # Errors
    /// When npm fails or nothing listens after two minutes.
    pub fn start(package: &str, command: &str, document: &Path, folder: &Path) -> Result<Self> {
        let mut install = Command::new("npm");
        install
            .args(["install", "--silent", "--no-audit", "--no-fund", package, "--prefix"])
            .arg(folder);
        ensure!(install.status()?.success(), "npm could not install {package}");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
        let mut mock = Command::new(folder.join("node_modules/.bin").join(command));
        if command == "prism" {
            mock.args(["mock", "--host", "127.0.0.1", "--port", &port]).arg(document);
        } else {
            mock.args(["start", "--hostname", "127.0.0.1", "--port", &port, "--data"])
                .arg(document);
        }
        let child = mock.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut mock = Self { child, address: format!("127.0.0.1:{port}").parse()? };
        mock.wait()?;
        Ok(mock)
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the mock ended with {status}");
            }
            if TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok() {
                return Ok(());
            }
            std::thread::yield_now();
        }
        bail!("the mock did not listen in two minutes")
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
