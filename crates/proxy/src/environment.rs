//! The variables that make each kind of client use the proxy, trust its CA and find the key.
//!
//! One table: a row for each variable, with the tools that read it. It knows no file and sets
//! nothing itself; `russet exec` applies all rows, `russet env` prints those of one tool. Start at
//! [`environment`].

use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::HOSTS;
use crate::authority::{AuthorityError, write_private};

/// A tool or runtime that `russet env --for` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The asc command line.
    Asc,
    /// codemagic-cli-tools.
    Codemagic,
    /// curl, and programs that use libcurl.
    Curl,
    /// fastlane and Spaceship.
    Fastlane,
    /// Any program written in Go.
    Go,
    /// Any program that runs on Node, Deno or Bun.
    Node,
    /// Any Python program: requests, httpx, urllib.
    Python,
    /// Any Ruby program: net/http, faraday.
    Ruby,
    /// Any Rust program that uses reqwest.
    Rust,
}

impl Tool {
    /// Every tool, by name.
    pub const ALL: [Self; 9] = [
        Self::Asc,
        Self::Codemagic,
        Self::Curl,
        Self::Fastlane,
        Self::Go,
        Self::Node,
        Self::Python,
        Self::Ruby,
        Self::Rust,
    ];

    /// Returns the name that the command line takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Codemagic => "codemagic",
            Self::Curl => "curl",
            Self::Fastlane => "fastlane",
            Self::Go => "go",
            Self::Node => "node",
            Self::Python => "python",
            Self::Ruby => "ruby",
            Self::Rust => "rust",
        }
    }
}

/// Where the proxy is and what makes clients trust it.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Address of the proxy.
    pub proxy: SocketAddr,
    /// The file that [`crate::write_trust_bundle`] wrote.
    pub bundle: PathBuf,
    /// The file that [`write_node_preload`] wrote.
    pub node_preload: PathBuf,
    /// `NODE_OPTIONS` as inherited; what it holds is kept.
    pub node_options: OsString,
}

/// A key that tools shall sign with. Has no `Debug`, since it holds a private key.
pub struct Key {
    /// Key id.
    pub key_id: String,
    /// Issuer id of the team.
    pub issuer_id: String,
    /// Private key, PEM.
    pub private_key: String,
    /// Where the .p8 file is.
    pub file: PathBuf,
    /// Where a JSON file with `key_id`, `issuer_id` and `key` is, as fastlane reads it.
    pub fastlane_file: PathBuf,
}

/// What shall become of one variable. Has no `Debug`: some values are private keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// Name.
    pub name: &'static str,
    /// Value, or none where the variable must not be set.
    pub value: Option<OsString>,
}

/// Where a row's value comes from.
#[derive(Clone, Copy)]
enum Value {
    /// URL of the proxy.
    Proxy,
    /// File of trusted roots.
    Bundle,
    /// `NODE_OPTIONS` with the preload added.
    NodeOptions,
    /// Always the same.
    Text(&'static str),
    /// Not set: what a caller's own environment may hold would win over the rest.
    Unset,
    KeyId,
    IssuerId,
    PrivateKey,
    KeyFile,
    KeyFolder,
    FastlaneFile,
    /// Not set once a key is given.
    UnsetByKey,
}

/// The tools that read a variable.
enum For {
    Every,
    These(&'static [Tool]),
}

use For::{Every, These};
use Tool::{Asc, Codemagic, Curl, Fastlane, Go, Node, Python, Ruby, Rust};

/// Tools without variables of their own for the key: their authors read one of the common names.
const PROGRAMS: For = These(&[Go, Node, Python, Ruby, Rust]);

/// Sources: observed clients for the way (`HTTPS_PROXY` in both spellings since curl and Ruby read
/// the lower one); public sources of each tool for its key variables.
const TABLE: [(&str, Value, For); 40] = [
    ("HTTPS_PROXY", Value::Proxy, Every),
    ("https_proxy", Value::Proxy, Every),
    ("NO_PROXY", Value::Text("127.0.0.1,localhost,::1"), Every),
    ("no_proxy", Value::Text("127.0.0.1,localhost,::1"), Every),
    ("SSL_CERT_FILE", Value::Bundle, Every),
    ("SSL_CERT_DIR", Value::Unset, Every),
    // requests reads neither of the above, and prefers the first of these two.
    ("REQUESTS_CA_BUNDLE", Value::Bundle, These(&[Codemagic, Python])),
    ("CURL_CA_BUNDLE", Value::Bundle, These(&[Codemagic, Curl, Python])),
    ("NODE_EXTRA_CA_CERTS", Value::Bundle, These(&[Node])),
    ("NODE_OPTIONS", Value::NodeOptions, These(&[Node])),
    ("NODE_USE_ENV_PROXY", Value::Text("1"), These(&[Node])),
    ("DENO_CERT", Value::Bundle, These(&[Node])),
    ("SPACESHIP_PROXY", Value::Proxy, These(&[Fastlane])),
    ("SPACESHIP_PROXY_SSL_VERIFY_NONE", Value::Unset, These(&[Fastlane])),
    // codemagic-cli-tools
    ("APP_STORE_CONNECT_KEY_IDENTIFIER", Value::KeyId, These(&[Codemagic])),
    ("APP_STORE_CONNECT_ISSUER_ID", Value::IssuerId, Every),
    ("APP_STORE_CONNECT_PRIVATE_KEY", Value::PrivateKey, These(&[Codemagic])),
    // fastlane: the action app_store_connect_api_key, every action's api_key_path, Spaceship alone
    ("APP_STORE_CONNECT_API_KEY_KEY_ID", Value::KeyId, These(&[Fastlane])),
    ("APP_STORE_CONNECT_API_KEY_ISSUER_ID", Value::IssuerId, These(&[Fastlane])),
    ("APP_STORE_CONNECT_API_KEY_KEY_FILEPATH", Value::KeyFile, These(&[Fastlane])),
    ("APP_STORE_CONNECT_API_KEY_KEY", Value::UnsetByKey, These(&[Fastlane])),
    ("APP_STORE_CONNECT_API_KEY_IN_HOUSE", Value::UnsetByKey, These(&[Fastlane])),
    ("APP_STORE_CONNECT_API_KEY_PATH", Value::FastlaneFile, These(&[Fastlane])),
    ("SPACESHIP_CONNECT_API_KEY_ID", Value::KeyId, These(&[Fastlane])),
    ("SPACESHIP_CONNECT_API_ISSUER_ID", Value::IssuerId, These(&[Fastlane])),
    ("SPACESHIP_CONNECT_API_KEY_FILEPATH", Value::KeyFile, These(&[Fastlane])),
    ("SPACESHIP_CONNECT_API_KEY", Value::UnsetByKey, These(&[Fastlane])),
    ("SPACESHIP_CONNECT_API_TOKEN_TEXT", Value::UnsetByKey, These(&[Fastlane])),
    ("SPACESHIP_CONNECT_API_IN_HOUSE", Value::UnsetByKey, These(&[Fastlane])),
    // asc, and many small tools that took over its names. A key in the keychain would win.
    ("ASC_KEY_ID", Value::KeyId, Every),
    ("ASC_ISSUER_ID", Value::IssuerId, Every),
    ("ASC_PRIVATE_KEY_PATH", Value::KeyFile, Every),
    ("ASC_PRIVATE_KEY", Value::UnsetByKey, Every),
    ("ASC_PRIVATE_KEY_B64", Value::UnsetByKey, Every),
    ("ASC_BYPASS_KEYCHAIN", Value::Text("1"), These(&[Asc])),
    ("ASC_PROFILE", Value::UnsetByKey, These(&[Asc])),
    // altool, notarytool and what looks for AuthKey_<id>.p8 in a folder
    ("API_PRIVATE_KEYS_DIR", Value::KeyFolder, Every),
    // names that several npm, PyPI and crates.io packages read
    ("APP_STORE_CONNECT_KEY_ID", Value::KeyId, PROGRAMS),
    ("APP_STORE_CONNECT_P8_PATH", Value::KeyFile, PROGRAMS),
    ("APP_STORE_CONNECT_PRIVATE_KEY_PATH", Value::KeyFile, PROGRAMS),
];

/// Returns the variables that `tool` reads, or those of all tools.
///
/// Without a key (a server whose keys are not in its folder) the rows for the key are left out.
#[must_use]
pub fn environment(tool: Option<Tool>, reach: &Reach, key: Option<&Key>) -> Vec<Variable> {
    TABLE
        .iter()
        .filter(|(_, _, tools)| match (tool, tools) {
            (None, _) | (_, Every) => true,
            (Some(tool), These(tools)) => tools.contains(&tool),
        })
        .filter_map(|&(name, value, _)| {
            let value = value_of(value, reach, key)?;
            Some(Variable { name, value })
        })
        .collect()
}

/// Writes the script that Node loads first into `folder`, and returns where it is.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn write_node_preload(folder: &Path) -> Result<PathBuf, AuthorityError> {
    let path = folder.join("node-preload.cjs");
    let hosts = HOSTS.join("', '");
    let script = include_str!("node_preload.cjs").replace("RUSSET_HOSTS", &hosts);
    write_private(&path, script.as_bytes())?;
    Ok(path)
}

/// Returns the value, with `Some(None)` for "not set", and `None` for a row without meaning here.
#[expect(clippy::option_option, reason = "three cases; the outer one never leaves this file")]
fn value_of(value: Value, reach: &Reach, key: Option<&Key>) -> Option<Option<OsString>> {
    let text = match value {
        Value::Unset => return Some(None),
        Value::UnsetByKey => return key.map(|_| None),
        Value::Proxy => format!("http://{}", reach.proxy).into(),
        Value::Bundle => reach.bundle.clone().into_os_string(),
        Value::NodeOptions => node_options(&reach.node_options, &reach.node_preload),
        Value::Text(text) => text.into(),
        Value::KeyId => key?.key_id.clone().into(),
        Value::IssuerId => key?.issuer_id.clone().into(),
        Value::PrivateKey => key?.private_key.clone().into(),
        Value::KeyFile => key?.file.clone().into_os_string(),
        Value::KeyFolder => key?.file.parent()?.as_os_str().to_owned(),
        Value::FastlaneFile => key?.fastlane_file.clone().into_os_string(),
    };
    Some(Some(text))
}

/// Adds the preload to what is there, in quotes and escaped as Node reads this variable.
fn node_options(inherited: &OsStr, preload: &Path) -> OsString {
    let quoted = preload.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    let mut options = inherited.to_owned();
    if !options.is_empty() {
        options.push(" ");
    }
    options.push(format!("--require \"{quoted}\""));
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach() -> Reach {
        Reach {
            proxy: SocketAddr::from(([127, 0, 0, 1], 8228)),
            bundle: "/d/ca-bundle.pem".into(),
            node_preload: "/d/a \"b\"/p.cjs".into(),
            node_options: "--max-old-space-size=99".into(),
        }
    }

    fn key() -> Key {
        Key {
            key_id: "2X9R4HXF34".into(),
            issuer_id: "57246542-96fe-1a63-e053-0824d011072a".into(),
            private_key: "PEM".into(),
            file: "/d/keys/AuthKey_2X9R4HXF34.p8".into(),
            fastlane_file: "/d/key.json".into(),
        }
    }

    /// Says what becomes of a variable, with "unset" and "left alone" in words.
    fn fate(variables: &[Variable], name: &str) -> String {
        match variables.iter().find(|variable| variable.name == name) {
            None => "left alone".to_owned(),
            Some(Variable { value: None, .. }) => "unset".to_owned(),
            Some(Variable { value: Some(value), .. }) => value.to_string_lossy().into_owned(),
        }
    }

    #[test]
    fn every_tool_gets_the_proxy_the_roots_and_a_key() {
        for tool in Tool::ALL {
            let variables = environment(Some(tool), &reach(), Some(&key()));
            let name = tool.name();
            assert_eq!(fate(&variables, "HTTPS_PROXY"), "http://127.0.0.1:8228", "{name}");
            assert_eq!(fate(&variables, "SSL_CERT_FILE"), "/d/ca-bundle.pem", "{name}");
            assert_eq!(fate(&variables, "SSL_CERT_DIR"), "unset", "{name}");
            let signs =
                variables.iter().any(|it| it.value.as_deref() == Some("2X9R4HXF34".as_ref()));
            assert!(signs, "{name} has no key id");
        }
    }

    #[test]
    fn no_variable_is_named_twice() {
        let mut names: Vec<_> = TABLE.iter().map(|(name, ..)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn codemagic_gets_the_variables_of_codemagic_alone() {
        let variables = environment(Some(Codemagic), &reach(), Some(&key()));
        assert_eq!(fate(&variables, "APP_STORE_CONNECT_PRIVATE_KEY"), "PEM");
        assert_eq!(fate(&variables, "NODE_OPTIONS"), "left alone");
    }

    #[test]
    fn without_a_key_the_callers_own_key_is_left_alone() {
        let variables = environment(None, &reach(), None);
        assert_eq!(fate(&variables, "ASC_KEY_ID"), "left alone");
        assert_eq!(fate(&variables, "ASC_PRIVATE_KEY"), "left alone");
        assert_eq!(fate(&variables, "HTTPS_PROXY"), "http://127.0.0.1:8228");
    }

    #[test]
    fn node_options_keep_what_was_there_and_quote_the_path() {
        let variables = environment(Some(Node), &reach(), None);
        let expected = r#"--max-old-space-size=99 --require "/d/a \"b\"/p.cjs""#;
        assert_eq!(fate(&variables, "NODE_OPTIONS"), expected);
    }
}
