//! Rules on Rust sources: what each layer may name, and which attributes are not used here.
//!
//! They look at tokens, so they are cheap and can be fooled; a rule that needs types belongs in a test
//! of the crate itself. Start at [`check`].

use std::ffi::OsStr;
use std::path::Path;

use super::source::{Kind, Token, tokens};
use super::{File, Finding};

/// Paths in which the engine may name resource types: behaviors, and data that is about types.
const NAMES_TYPES: &[&str] = &[
    "crates/engine/src/behaviors",
    "crates/engine/src/provisioning",
    "crates/engine/src/reference",
];

/// Who may act without a caller's JWT, and so make a permit for the system itself.
const SYSTEM_CALLERS: &[&str] = &[
    // Defines it.
    "crates/auth/",
    // Lays down the demo's data before anyone can call.
    "crates/demo/src/",
    // Tests of the engine itself have no caller.
    "crates/engine/tests/",
    "crates/engine/src/behaviors/testing.rs",
    "crates/testkit/src/",
];

pub(super) fn check(files: &[File], kinds: &[&str]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| Path::new(&file.path).extension() == Some(OsStr::new("rs")))
        .flat_map(|file| check_file(file, kinds))
        .collect()
}

fn check_file(file: &File, kinds: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.path.contains("src/") && !file.text.trim_start().starts_with("//!") {
        let message =
            "open the module with `//!`: what it is for, what it refuses to know, where to start";
        findings.push(Finding::new(&file.path, message));
    }
    let Some(tokens) = tokens(&file.text) else {
        findings.push(Finding::new(&file.path, "this is not Rust that can be read"));
        return findings;
    };
    let mut found = |line: usize, message: String| {
        findings.push(Finding::new(format!("{}:{line}", file.path), message));
    };
    for (index, token) in tokens.iter().enumerate() {
        let message = attribute(&tokens[index..])
            .or_else(|| layer(&file.path, token))
            .or_else(|| system_permit(&file.path, &tokens[..=index]))
            .or_else(|| resource_type(&file.path, token, kinds))
            .or_else(|| open_match(&file.path, &tokens[index..]));
        if let Some(message) = message {
            found(token.line, message);
        }
    }
    findings
}

/// Refuses attributes that hide a lint or a test.
fn attribute(tokens: &[Token]) -> Option<String> {
    let [hash, open, rest @ ..] = tokens else { return None };
    if !hash.is_mark('#') || open.kind != Kind::Open('[') {
        return None;
    }
    let end = rest.iter().position(|token| token.depth == open.depth)?;
    let inside = &rest[..end];
    let has = |word: &str| inside.iter().any(|token| token.is_word(word));
    let name = inside.first()?;
    if name.is_word("ignore") {
        return Some(
            "a skipped test proves nothing: assert today's behavior and say why it is wrong".into(),
        );
    }
    if name.is_word("allow") || name.is_word("cfg_attr") && has("allow") {
        return Some(
            "use `#[expect(lint, reason = \"…\")]`, which fails once it is not needed".into(),
        );
    }
    if name.is_word("expect") && !has("reason") {
        return Some("say why: `#[expect(lint, reason = \"…\")]`".into());
    }
    None
}

/// Keeps HTTP and SQL in their crates.
fn layer(path: &str, token: &Token) -> Option<String> {
    let within = |homes: &[&str]| homes.iter().any(|home| path.starts_with(home));
    match &token.kind {
        Kind::Word(word)
            if word == "axum"
                && !within(&[
                    "crates/server/",
                    "crates/console/",
                    "crates/testkit/",
                    "xtask/src/bench",
                ]) =>
        {
            Some("`axum` belongs to server and console: take and return our own types here".into())
        }
        Kind::Text(text) if is_sql(text) && !within(&["crates/store-", "xtask/src/"]) => {
            Some("SQL belongs to the store-* crates: ask the `Store` trait instead".into())
        }
        _ => None,
    }
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    let starts = |words: &str| text.starts_with(words);
    starts("SELECT ")
        || starts("INSERT INTO ")
        || starts("DELETE FROM ")
        || starts("CREATE TABLE ")
        || starts("CREATE INDEX ")
        || starts("PRAGMA ")
        || starts("UPDATE ") && text.contains(" SET ")
}

/// Keeps work without a caller to the few places that have none.
fn system_permit(path: &str, tokens: &[Token]) -> Option<String> {
    let [.., permit, first, second, last] = tokens else { return None };
    let called = permit.is_word("Permit")
        && first.is_mark(':')
        && second.is_mark(':')
        && last.is_word("for_system");
    if !called || last.in_test || SYSTEM_CALLERS.iter().any(|home| path.starts_with(home)) {
        return None;
    }
    Some(
        "`Permit::for_system` skips every permission: pass the caller's permit on, or add this place \
         with its reason to SYSTEM_CALLERS in xtask/src/tidy/rust.rs"
            .into(),
    )
}

/// Keeps the engine general.
fn resource_type(path: &str, token: &Token, kinds: &[&str]) -> Option<String> {
    let Kind::Text(text) = &token.kind else { return None };
    let general = path.starts_with("crates/engine/src/")
        && !path.ends_with("/tests.rs")
        && !NAMES_TYPES.iter().any(|home| path.starts_with(home));
    if !general || token.in_test || !kinds.contains(&text.as_str()) {
        return None;
    }
    Some(format!(
        "the engine names no resource type: move what is special about `{text}` to \
         crates/engine/src/behaviors/, or to the catalog's overlay when it is a fact"
    ))
}

/// Refuses `_` in a match on operation kinds.
fn open_match(path: &str, tokens: &[Token]) -> Option<String> {
    let (open, rest) = tokens.split_first()?;
    if !path.starts_with("crates/engine/src/") || open.kind != Kind::Open('{') {
        return None;
    }
    let end = rest.iter().position(|token| token.depth == open.depth)?;
    let arms: Vec<&Token> =
        rest[..end].iter().filter(|token| token.depth == open.depth + 1).collect();
    let names_kind = arms.windows(2).any(|pair| {
        (pair[0].is_word("OperationKind") || pair[0].is_word("Kind")) && pair[1].is_mark(':')
    });
    let wildcard = arms
        .windows(3)
        .any(|arm| arm[0].is_word("_") && arm[1].is_mark('=') && arm[2].is_mark('>'));
    (names_kind && wildcard).then(|| {
        "match on every operation kind, without `_`: a new kind has to be thought about here".into()
    })
}

#[cfg(test)]
mod tests {
    use super::super::File;
    use super::check_file;

    fn check(path: &str, code: &str) -> usize {
        let file = File { path: path.to_owned(), text: format!("//! Example.\n{code}") };
        check_file(&file, &["betaGroups", "apps"]).len()
    }

    #[test]
    fn hidden_lints_and_tests_are_found() {
        assert_eq!(check("crates/wire/src/a.rs", "#[allow(dead_code)]\nfn a() {}"), 1);
        assert_eq!(check("crates/wire/src/a.rs", "#![allow(dead_code)]"), 1);
        assert_eq!(
            check("crates/wire/src/a.rs", "#[cfg_attr(test, allow(dead_code))]\nfn a() {}"),
            1
        );
        assert_eq!(check("crates/wire/src/a.rs", "#[ignore]\n#[test]\nfn a() {}"), 1);
        assert_eq!(check("crates/wire/src/a.rs", "#[expect(dead_code)]\nfn a() {}"), 1);
        assert_eq!(
            check("crates/wire/src/a.rs", "#[expect(dead_code, reason = \"x\")]\nfn a() {}"),
            0
        );
    }

    #[test]
    fn layers_are_kept() {
        assert_eq!(check("crates/engine/src/a.rs", "use axum::Router;"), 1);
        assert_eq!(check("crates/server/src/a.rs", "use axum::Router;"), 0);
        assert_eq!(check("crates/engine/src/a.rs", "const A: &str = \"SELECT 1\";"), 1);
        assert_eq!(check("crates/store-sqlite/src/a.rs", "const A: &str = \"SELECT 1\";"), 0);
        assert_eq!(check("crates/engine/src/a.rs", "fn a() { Permit::for_system(team) }"), 1);
        assert_eq!(check("crates/demo/src/plant.rs", "fn a() { Permit::for_system(team) }"), 0);
    }

    #[test]
    fn the_engine_stays_general() {
        let code = "const A: &str = \"betaGroups\";";
        assert_eq!(check("crates/engine/src/a.rs", code), 1);
        assert_eq!(check("crates/engine/src/behaviors/a.rs", code), 0);
        assert_eq!(
            check("crates/engine/src/a.rs", &format!("#[cfg(test)]\nmod tests {{ {code} }}")),
            0
        );
        let closed = "fn a(k: OperationKind) { match k { OperationKind::GetMetrics => 1, } }";
        assert_eq!(check("crates/engine/src/a.rs", closed), 0);
        let open = "fn a(k: OperationKind) { match k { OperationKind::GetMetrics => 1, _ => 2 } }";
        assert_eq!(check("crates/engine/src/a.rs", open), 1);
    }

    #[test]
    fn a_module_says_what_it_is_for() {
        let file = File { path: "crates/wire/src/a.rs".to_owned(), text: "fn a() {}".to_owned() };
        assert_eq!(check_file(&file, &[]).len(), 1);
    }
}
