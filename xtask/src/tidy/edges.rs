//! Which crate may depend on which: the arrows of ARCHITECTURE.md, and the few outside crates that
//! belong to one layer only.
//!
//! It reads manifests, not code; [`super::rust`] looks at the code. Start at [`EDGES`].

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde::Deserialize;

use super::{Finding, output};

/// The crates that each crate may depend on. The table of ARCHITECTURE.md; a new line or name needs a
/// file in `docs/decisions/`.
const EDGES: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("catalog", &[]),
    ("store", &[]),
    ("store-sqlite", &["store"]),
    ("store-postgres", &["store"]),
    ("auth", &["wire", "catalog", "store"]),
    ("engine", &["wire", "catalog", "store", "auth"]),
    ("demo", &["catalog", "store", "auth", "engine"]),
    ("server", &["wire", "catalog", "store", "auth", "engine"]),
    ("console", &["wire", "catalog", "store", "auth", "engine"]),
    ("proxy", &[]),
    ("cli", ALL),
    ("testkit", ALL),
    ("xtask", &["catalog"]),
];

const ALL: &[&str] = &[
    "wire",
    "catalog",
    "store",
    "store-sqlite",
    "store-postgres",
    "auth",
    "engine",
    "demo",
    "server",
    "console",
    "proxy",
];

/// What tests may use besides [`EDGES`].
const TEST_EDGES: &[(&str, &[&str])] = &[
    ("auth", &["store-sqlite"]),
    ("engine", &["store-sqlite"]),
    ("server", &["testkit"]),
    ("console", &["testkit"]),
    ("cli", &["testkit"]),
];

/// Outside crates that belong to some of our crates only, and why.
const LAYERS: &[(&str, &[&str], &str)] = &[
    ("axum", &["server", "console", "testkit", "xtask"], "HTTP belongs to server and console"),
    ("rusqlite", &["store-sqlite", "xtask"], "SQL belongs to the store-* crates"),
    ("tokio-postgres", &["store-postgres"], "SQL belongs to the store-* crates"),
    (
        "anyhow",
        &["cli", "xtask"],
        "libraries return thiserror enums, so that callers can tell cases apart",
    ),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let json = output(Command::new(env!("CARGO")).current_dir(root).args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version=1",
    ]))?;
    let metadata: Metadata = serde_json::from_str(&json)?;
    Ok(metadata.packages.iter().flat_map(check_package).collect())
}

fn check_package(package: &Package) -> Vec<Finding> {
    let name = short(&package.name);
    let place = if name == "xtask" {
        "xtask/Cargo.toml".to_owned()
    } else {
        format!("crates/{name}/Cargo.toml")
    };
    let Some(allowed) = listed(EDGES, name) else {
        let message = "a new crate: write a file in docs/decisions/, then add it to EDGES in \
                       xtask/src/tidy/edges.rs and to ARCHITECTURE.md";
        return vec![Finding::new(place, message)];
    };
    let in_tests = listed(TEST_EDGES, name).unwrap_or_default();
    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        let test = dependency.kind.as_deref() == Some("dev");
        if let Some(other) = dependency.name.strip_prefix("russet-") {
            if !(allowed.contains(&other) || test && in_tests.contains(&other)) {
                let message = format!(
                    "`{name}` must not depend on `{other}`: the arrows of ARCHITECTURE.md point \
                     one way. Move what is needed to a crate that both may use, or decide the new \
                     edge in docs/decisions/ and add it to EDGES in xtask/src/tidy/edges.rs"
                );
                findings.push(Finding::new(&place, message));
            }
        } else if let Some((layer, homes, reason)) =
            LAYERS.iter().find(|(layer, ..)| *layer == dependency.name)
            && !homes.contains(&name)
        {
            let message = format!("`{name}` must not depend on `{layer}`: {reason}");
            findings.push(Finding::new(&place, message));
        }
    }
    findings
}

fn short(package: &str) -> &str {
    package.strip_prefix("russet-").unwrap_or(if package == "russet" { "cli" } else { package })
}

fn listed<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, allowed)| *allowed)
}

#[cfg(test)]
mod tests {
    use super::{Dependency, Package, check_package};

    fn check(name: &str, dependency: &str, kind: Option<&str>) -> usize {
        let dependency =
            Dependency { name: dependency.to_owned(), kind: kind.map(ToOwned::to_owned) };
        check_package(&Package { name: name.to_owned(), dependencies: vec![dependency] }).len()
    }

    #[test]
    fn only_listed_edges_pass() {
        assert_eq!(check("russet-engine", "russet-auth", None), 0);
        assert_eq!(check("russet-engine", "russet-server", None), 1);
        assert_eq!(check("russet-store", "russet-wire", None), 1);
        assert_eq!(check("russet-novelty", "serde", None), 1);
    }

    #[test]
    fn tests_may_use_more_than_code() {
        assert_eq!(check("russet-engine", "russet-store-sqlite", Some("dev")), 0);
        assert_eq!(check("russet-engine", "russet-store-sqlite", None), 1);
        assert_eq!(check("russet-engine", "russet-testkit", Some("dev")), 1);
    }

    #[test]
    fn http_and_sql_stay_in_their_layers() {
        assert_eq!(check("russet-engine", "axum", None), 1);
        assert_eq!(check("russet-server", "axum", None), 0);
        assert_eq!(check("russet-server", "rusqlite", None), 1);
    }
}
