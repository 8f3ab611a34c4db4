//! Licenses, bans and duplicate versions of what is depended on, by the rules of `deny.toml`.
//!
//! `cargo deny` reads the same file; this does its three offline checks where it is not installed
//! (see `docs/decisions/0005-deny-in-tidy.md`). Start at [`check`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Finding, output};

#[derive(Deserialize)]
struct Deny {
    graph: Graph,
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Entry>,
    skip: Vec<Entry>,
}

/// A crate, or some of its versions (`syn@2`), and why it is listed.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "crate")]
    spec: String,
    reason: String,
}

impl Entry {
    fn covers(&self, package: &Package) -> bool {
        let (name, version) = self.spec.split_once('@').unwrap_or((&self.spec, ""));
        let rest = package.version.strip_prefix(version);
        let at_a_dot =
            rest.is_some_and(|rest| version.is_empty() || rest.is_empty() || rest.starts_with('.'));
        name == package.name && at_a_dot
    }
}

/// A package as `cargo tree` prints it.
struct Package {
    name: String,
    version: String,
    license: String,
    /// Where it comes from when that is not a registry: a folder or a repository.
    source: Option<String>,
}

impl Package {
    /// Reads `name v1.0.0 (proc-macro) (source)|license`.
    fn parse(line: &str) -> Option<Self> {
        let (package, license) = line.split_once('|')?;
        let mut words = package.split_whitespace();
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let source = words.find(|word| !matches!(*word, "(proc-macro)" | "(*)"));
        Some(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            license: license.trim_end_matches(" (*)").to_owned(),
            source: source.map(|word| word.trim_matches(['(', ')']).to_owned()),
        })
    }
}

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let deny = std::fs::read_to_string(root.join("deny.toml")).context("deny.toml")?;
    let deny: Deny = toml::from_str(&deny).context("deny.toml")?;
    let mut findings = Vec::new();
    for target in &deny.graph.targets {
        findings.extend(check_packages(root, &deny, &packages(root, target)?));
    }
    findings.dedup();
    Ok(findings)
}

/// Returns the packages that are built for a target, tests included.
///
/// `cargo metadata` would add optional ones that no feature turns on.
fn packages(root: &Path, target: &str) -> Result<Vec<Package>> {
    let tree = output(Command::new(env!("CARGO")).current_dir(root).args([
        "tree",
        "--workspace",
        "--locked",
        "--prefix=none",
        "--format={p}|{l}",
        "--target",
        target,
    ]))?;
    let lines: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(lines.into_iter().filter_map(Package::parse).collect())
}

fn check_packages(root: &Path, deny: &Deny, packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |message: String| findings.push(Finding::new("deny.toml", message));
    let mut versions: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in packages {
        let Package { name, version, .. } = package;
        let license = &package.license;
        if !is_allowed(license, &deny.licenses.allow) {
            found(format!(
                "{name} {version} is under `{license}`, which is not allowed: do without it, or allow the license"
            ));
        }
        if let Some(entry) = deny.bans.deny.iter().find(|entry| entry.covers(package)) {
            found(format!("{name} {version} is banned: {}", entry.reason));
        }
        if let Some(source) = package.source.as_deref()
            && !Path::new(source).starts_with(root)
        {
            found(format!("{name} {version} comes from {source}: use the registry's release"));
        }
        if !deny.bans.skip.iter().any(|entry| entry.covers(package)) {
            versions.entry(name).or_default().push(package);
        }
    }
    for (name, packages) in versions.iter().filter(|(_, packages)| packages.len() > 1) {
        let versions: Vec<&str> = packages.iter().map(|package| package.version.as_str()).collect();
        found(format!(
            "{name} is built in versions {}: align them (`cargo tree --invert {name}@…`), or add one to \
             `skip` with the reason why it is borne",
            versions.join(" and ")
        ));
    }
    for entry in &deny.bans.skip {
        let name = entry.spec.split('@').next().unwrap_or_default();
        if packages.iter().filter(|package| package.name == name).count() < 2 {
            found(format!(
                "`skip` lists {}, but it is not duplicated any more: remove the line",
                entry.spec
            ));
        }
    }
    findings
}

/// Tells whether an SPDX expression can be met with the allowed licenses.
fn is_allowed(expression: &str, allow: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, allow) && rest.is_empty()
}

fn either(rest: &mut &[&str], allow: &[String]) -> bool {
    let mut met = both(rest, allow);
    while let ["OR", tail @ ..] = *rest {
        *rest = tail;
        met |= both(rest, allow);
    }
    met
}

fn both(rest: &mut &[&str], allow: &[String]) -> bool {
    let mut met = one(rest, allow);
    while let ["AND", tail @ ..] = *rest {
        *rest = tail;
        met &= one(rest, allow);
    }
    met
}

fn one(rest: &mut &[&str], allow: &[String]) -> bool {
    let listed = |license: &str| allow.iter().any(|allowed| allowed == license);
    match *rest {
        ["(", tail @ ..] => {
            *rest = tail;
            let met = either(rest, allow);
            *rest = rest.strip_prefix(&[")"]).unwrap_or_default();
            met
        }
        [license, "WITH", exception, tail @ ..] => {
            *rest = tail;
            listed(&format!("{license} WITH {exception}"))
        }
        [license, tail @ ..] => {
            *rest = tail;
            listed(license)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Deny, Package, check_packages, is_allowed};

    const DENY: &str = r#"
        graph.targets = []
        licenses.allow = ["MIT", "Zlib"]
        bans.deny = [{ crate = "openssl", reason = "no" }]
        bans.skip = [{ crate = "syn@2", reason = "old macros" }]
    "#;

    fn package(name: &str, version: &str) -> Package {
        Package::parse(&format!("{name} v{version} (proc-macro)|MIT (*)")).unwrap()
    }

    fn check(packages: &[Package]) -> Vec<String> {
        let deny: Deny = toml::from_str(DENY).unwrap();
        check_packages(Path::new("/repository"), &deny, packages)
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_license_expression_is_met_by_allowed_licenses() {
        let allow = ["MIT".to_owned(), "Zlib".to_owned()];
        for met in ["MIT", "Apache-2.0 OR MIT", "MIT/Apache-2.0", "(GPL-3.0 OR Zlib) AND MIT"] {
            assert!(is_allowed(met, &allow), "{met}");
        }
        for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT WITH x", "MIT MIT"] {
            assert!(!is_allowed(unmet, &allow), "{unmet}");
        }
    }

    #[test]
    fn duplicates_need_a_reason_and_reasons_end() {
        let borne = [package("syn", "2.0.1"), package("syn", "3.0.1")];
        assert_eq!(check(&borne), [""; 0]);
        let double = [package("syn", "3.0.1"), package("syn", "4.0.0"), package("syn", "2.9.9")];
        assert_eq!(check(&double).len(), 1);
        assert!(check(&[package("syn", "3.0.1")])[0].contains("remove the line"));
    }

    #[test]
    fn banned_crates_and_other_sources_are_found() {
        let borne = || [package("syn", "2.0.1"), package("syn", "3.0.1")];
        let [a, b] = borne();
        assert!(check(&[package("openssl", "0.10.0"), a, b])[0].contains("banned"));
        let mut git = package("serde", "1.0.0");
        git.source = Some("https://example.com/serde".to_owned());
        let [a, b] = borne();
        assert_eq!(check(&[git, a, b]).len(), 1);
    }
}
