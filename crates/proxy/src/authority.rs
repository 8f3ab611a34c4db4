//! The local certificate authority: a folder on the user's machine and what is made from it.
//!
//! Nothing is read, made or drawn at random before the first use, so that a server that carries a
//! proxy starts as fast as one that does not. Start at [`Authority::in_folder`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio_rustls::rustls::{self, ServerConfig, crypto::aws_lc_rs, version};

use crate::HOSTS;
use crate::certificates::{self, Ca, Unusable};

/// Where the time comes from; the command line passes the system's clock.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// How long before its end a server certificate is replaced.
const RENEWED_BEFORE: Duration = Duration::from_secs(10 * 24 * 60 * 60);

/// A certificate authority kept in a folder: `ca.pem`, and `ca.key` that only its owner can read.
pub struct Authority {
    folder: PathBuf,
    clock: Clock,
    ready: Mutex<Option<Ready>>,
}

struct Ready {
    config: Arc<ServerConfig>,
    renew_at: SystemTime,
}

/// Why the authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file or the folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder holds something else than what Russet wrote there.
    #[error("{} is damaged: {why}; remove that folder and a new CA will be made", path.display())]
    Damaged {
        /// Which folder.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// A certificate could not be signed.
    #[error("no certificate could be signed: {0}")]
    Signing(String),
}

impl Authority {
    /// Names the folder and the clock; touches neither the disk nor the random generator.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>, clock: Clock) -> Self {
        Self { folder: folder.into(), clock, ready: Mutex::new(None) }
    }

    /// Returns where the CA's certificate is, once [`Authority::prepare`] has returned.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the CA, or makes one where there is none or it has ended, and signs a certificate for
    /// [`HOSTS`] unless one is at hand. Takes some tens of milliseconds the first time.
    ///
    /// # Errors
    ///
    /// [`AuthorityError`], each of which tells the reader what to do.
    pub fn prepare(&self) -> Result<(), AuthorityError> {
        self.server_config().map(drop)
    }

    /// Returns the TLS settings with a certificate that is good now, if that takes no work.
    pub(crate) fn ready_config(&self) -> Option<Arc<ServerConfig>> {
        let now = (self.clock)();
        let ready = self.ready.lock();
        ready.as_ref().filter(|ready| now < ready.renew_at).map(|ready| Arc::clone(&ready.config))
    }

    /// Returns the TLS settings with a certificate that is good now.
    pub(crate) fn server_config(&self) -> Result<Arc<ServerConfig>, AuthorityError> {
        let now = (self.clock)();
        let mut ready = self.ready.lock();
        if let Some(ready) = ready.as_ref().filter(|ready| now < ready.renew_at) {
            return Ok(Arc::clone(&ready.config));
        }
        let ca = self.load_or_make(now)?;
        let leaf = certificates::make_leaf(&ca, &HOSTS, now).map_err(signing)?;
        let renew_at = (leaf.ends - RENEWED_BEFORE).max(now + Duration::from_secs(60));
        let config = Arc::new(tls(leaf.chain, leaf.key).map_err(signing)?);
        *ready = Some(Ready { config: Arc::clone(&config), renew_at });
        Ok(config)
    }

    /// Reads the CA under a lock, so that two processes that start together agree on one.
    fn load_or_make(&self, now: SystemTime) -> Result<Ca, AuthorityError> {
        make_private_folder(&self.folder)?;
        let lock_path = self.folder.join("lock");
        let lock = OpenOptions::new().create(true).append(true).open(&lock_path);
        let lock = lock.map_err(at(&lock_path))?;
        lock.lock().map_err(at(&lock_path))?;

        if let Some(ca) = self.load()? {
            match certificates::check_ca(&ca, &HOSTS, now) {
                Ok(()) => return Ok(ca),
                Err(Unusable::Outdated) => {}
                Err(Unusable::Damaged(why)) => {
                    return Err(AuthorityError::Damaged { path: self.folder.clone(), why });
                }
            }
        }
        let ca = certificates::make_ca(&HOSTS, now).map_err(signing)?;
        // The key goes first: a crash in between leaves a folder without ca.pem, which is made anew.
        remove(&self.ca_file())?;
        write_private(&self.folder.join("ca.key"), ca.key_pem.as_bytes())?;
        write_private(&self.ca_file(), ca.certificate_pem.as_bytes())?;
        Ok(ca)
    }

    fn load(&self) -> Result<Option<Ca>, AuthorityError> {
        let Some(certificate_pem) = read(&self.ca_file())? else { return Ok(None) };
        let Some(key_pem) = read(&self.folder.join("ca.key"))? else { return Ok(None) };
        Ok(Some(Ca { certificate_pem, key_pem }))
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), AuthorityError> {
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let write = || -> io::Result<()> {
        remove_if_there(&aside)?;
        let mut file = create_private(&aside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    write().map_err(at(path))
}

pub(crate) fn make_private_folder(folder: &Path) -> Result<(), AuthorityError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(at(folder))
}

pub(crate) fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn remove(path: &Path) -> Result<(), AuthorityError> {
    remove_if_there(path).map_err(at(path))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> AuthorityError {
    let path = path.to_owned();
    move |source| AuthorityError::Io { path, source }
}

fn signing(error: impl std::fmt::Display) -> AuthorityError {
    AuthorityError::Signing(error.to_string())
}

/// TLS 1.3 and 1.2 with HTTP/1.1 alone: some clients offer h2 too, and it must never be chosen
/// since nobody speaks it behind here (observed clients, all of which take http/1.1).
fn tls(
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: rustls::pki_types::PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
