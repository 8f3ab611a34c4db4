//! curl, Node and Python, where they are installed, with nothing but the variables set.
//!
//! These prove the wiring of the variables; a machine without one of them skips its test and says
//! so on stderr.

use std::ffi::OsString;
use std::process::Stdio;

use russet_proxy::{
    Authority, Reach, Tool, environment, system_roots, write_node_preload, write_trust_bundle,
};
use tokio::process::Command;

use crate::stand::{API, LARGE, Stand, system_clock};

#[tokio::test]
async fn curl_reaches_russet_by_its_variables() {
    let stand = Stand::start().await;
    let url = format!("https://{API}/v1/apps");
    let arguments = ["--silent", "--show-error", "--globoff", &url];
    let Some(said) = run(&stand, Tool::Curl, "curl", &arguments).await else { return };
    assert!(
        said.contains("GET /v1/apps\n") && said.contains("x-forwarded-proto: https\n"),
        "{said}"
    );
}

#[tokio::test]
async fn python_reaches_russet_by_its_variables() {
    let stand = Stand::start().await;
    let script = format!(
        "import urllib.request, urllib.error\n\
         request = urllib.request.Request('https://{API}/v1/apps?limit=1', method='DELETE')\n\
         print(urllib.request.urlopen(request).read().decode())\n"
    );
    let Some(said) = run(&stand, Tool::Python, "python3", &["-c", &script]).await else { return };
    assert!(said.contains("DELETE /v1/apps?limit=1\n"), "{said}");
}

#[tokio::test]
async fn node_reaches_russet_by_fetch_https_and_tls() {
    let stand = Stand::start().await;
    let script = include_str!("node_client.mjs");
    let arguments = ["--input-type=module", "--eval", script, API, &LARGE.to_string()];
    let Some(said) = run(&stand, Tool::Node, "node", &arguments).await else { return };
    let expected =
        ["fetch", "post", "large", "parallel", "stream", "https", "agent", "tls", "away"];
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        expected.map(|name| format!("{name} ok")),
        "{said}"
    );
}

/// Runs a program with the variables of `tool` and returns what it said, or nothing where it is
/// not installed.
async fn run(stand: &Stand, tool: Tool, program: &str, arguments: &[&str]) -> Option<String> {
    let authority = Authority::in_folder(stand.folder.path(), system_clock());
    let reach = Reach {
        proxy: stand.proxy.address(),
        bundle: write_trust_bundle(&authority, system_roots(&[]).as_deref()).unwrap(),
        node_preload: write_node_preload(stand.folder.path()).unwrap(),
        node_options: OsString::new(),
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    for variable in environment(Some(tool), &reach, None) {
        match variable.value {
            Some(value) => command.env(variable.name, value),
            None => command.env_remove(variable.name),
        };
    }
    let output = match command.output().await {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("{program} is not installed: this test has shown nothing");
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {}: {said}{complained}", output.status);
    Some(said)
}
