//! The data folder: who may read it, who holds it, and whether its file looks whole.
//!
//! Knows nothing of SQL. One process at a time may hold a folder; the operating system's lock on
//! `lock` goes with the process however it ends.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use russet_store::{Result, StoreError};

use crate::failure;

/// Name of the database file in the folder.
const FILE: &str = "russet.sqlite";

/// First bytes of every SQLite file. Source: SQLite's file format, section 1.3.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// A folder held by this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The database file.
    pub(crate) file: PathBuf,
    /// How messages call the database file.
    pub(crate) place: String,
    path: PathBuf,
    is_scratch: bool,
    _lock: Option<File>,
}

impl Folder {
    /// Makes the folder if need be and takes its lock.
    pub(crate) fn hold(path: &Path) -> Result<Folder> {
        let place = path.display().to_string();
        create(path, &place)?;
        let lock = lock(path, &place)?;
        let file = path.join(FILE);
        let place = file.display().to_string();
        refuse_unlike(&file, &place)?;
        if !file.exists() {
            restricted().create(true).open(&file).map_err(|e| failure::of_file(&place, &e))?;
            // The name of the new file must outlive a power cut as its contents do.
            File::open(path)
                .and_then(|folder| folder.sync_all())
                .map_err(|e| failure::of_file(&place, &e))?;
        }
        Ok(Folder { file, place, path: path.to_owned(), is_scratch: false, _lock: Some(lock) })
    }

    /// Makes a folder of this process's own that is removed when dropped.
    pub(crate) fn scratch() -> Result<Folder> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let place = "the temporary folder";
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("russet-scratch-{}-{count}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match builder().recursive(false).create(&path) {
                Ok(()) => {
                    let file = path.join(FILE);
                    let place = file.display().to_string();
                    return Ok(Folder { file, place, path, is_scratch: true, _lock: None });
                }
                // Left by a process that was killed and had this one's id.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failure::of_file(place, &error)),
            }
        }
    }

    /// Returns whether it is removed when dropped.
    pub(crate) fn is_scratch(&self) -> bool {
        self.is_scratch
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_scratch {
            // Nobody is left to be told; the system clears its temporary folder.
            drop(fs::remove_dir_all(&self.path));
        }
    }
}

fn create(path: &Path, place: &str) -> Result<()> {
    builder().recursive(true).create(path).map_err(|e| failure::of_file(place, &e))
}

fn lock(folder: &Path, place: &str) -> Result<File> {
    let of_file = |e: std::io::Error| failure::of_file(place, &e);
    let mut file = restricted().create(true).open(folder.join("lock")).map_err(of_file)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who holds it is a courtesy: the refusal stands without it.
            let pid =
                file.read_to_string(&mut holder).ok().and_then(|_| holder.trim().parse().ok());
            return Err(StoreError::InUse { place: place.to_owned(), pid });
        }
        Err(TryLockError::Error(error)) => return Err(of_file(error)),
    }
    file.set_len(0).map_err(of_file)?;
    file.rewind().map_err(of_file)?;
    writeln!(file, "{}", std::process::id()).map_err(of_file)?;
    Ok(file)
}

/// Refuses a file that SQLite did not write or that was cut short. Cheap: reads the header only.
fn refuse_unlike(file: &Path, place: &str) -> Result<()> {
    let damaged = |why: &str| StoreError::Damaged { place: place.to_owned(), why: why.to_owned() };
    let mut header = Vec::new();
    let length = match File::open(file) {
        Ok(opened) => {
            let read = (&opened).take(100).read_to_end(&mut header);
            read.and_then(|_| opened.metadata()).map_err(|e| failure::of_file(place, &e))?.len()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failure::of_file(place, &error)),
    };
    if length == 0 {
        return Ok(());
    }
    if !header.starts_with(MAGIC) {
        return Err(damaged("it is not an SQLite file"));
    }
    let number = |at: usize, bytes: usize| {
        header.get(at..at + bytes).map(|b| b.iter().fold(0_u64, |sum, b| sum << 8 | u64::from(*b)))
    };
    let (Some(page_bytes), Some(pages)) = (number(16, 2), number(28, 4)) else {
        return Err(damaged("its header is cut short"));
    };
    // Pages that are still in the log may lie behind the end of the file.
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let has_log = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    let page_bytes = if page_bytes == 1 { 65536 } else { page_bytes };
    if !has_log && length < page_bytes * pages {
        return Err(damaged("its end is missing"));
    }
    Ok(())
}

fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn restricted() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
