//! `cargo xtask tidy`: the rules of this repository that no compiler holds, each with a message that
//! says what to do.
//!
//! It knows layout and words, never behavior. Start at [`findings`]: every line there is one family of
//! rules, in a module of its own. The same rules run in `cargo test`.

mod dependencies;
mod edges;
mod rust;
mod source;
mod text;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// A broken rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// `path` or `path:line`, from the repository's root.
    place: String,
    /// What is wrong and what to do.
    message: String,
}

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.message)
    }
}

/// Prints every broken rule.
///
/// # Errors
/// When a rule is broken, or the repository cannot be read.
pub fn run() -> Result<()> {
    let findings = findings(&crate::tidy::root())?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    ensure!(findings.is_empty(), "{} broken rule(s), listed above", findings.len());
    println!("tidy: every rule holds");
    Ok(())
}

/// Returns the repository's root.
#[must_use]
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

fn findings(root: &Path) -> Result<Vec<Finding>> {
    let files = files(root)?;
    let mut findings = edges::check(root)?;
    findings.extend(dependencies::check(root)?);
    findings.extend(text::check(&files));
    findings.extend(rust::check(&files, &kinds(&files)));
    findings.sort();
    Ok(findings)
}

/// A text file of the repository.
struct File {
    path: String,
    text: String,
}

/// Lists the text files that are committed or could be.
fn files(root: &Path) -> Result<Vec<File>> {
    let listing = output(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut files = Vec::new();
    for path in listing.split('\0').filter(|path| !path.is_empty()) {
        // A file can be listed and deleted; one that is not UTF-8 is not ours to read.
        if let Ok(text) = std::fs::read_to_string(root.join(path)) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

/// Returns the resource types, which the catalog keeps one per file.
fn kinds(files: &[File]) -> Vec<&str> {
    files
        .iter()
        .filter_map(|file| file.path.strip_prefix("crates/catalog/data/")?.strip_suffix(".toml"))
        .filter(|stem| stem.starts_with(char::is_lowercase))
        .collect()
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    /// If you are here because this failed: each line names a place and what to do there.
    #[test]
    fn every_rule_holds_in_this_repository() {
        let findings = super::findings(&super::root()).unwrap();
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
    }
}
