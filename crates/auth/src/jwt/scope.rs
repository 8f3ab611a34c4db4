//! The `scope` claim: which requests a JWT is for.

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::denied::Rejection;

/// Parameters that play no part in the comparison, on both sides. Source: Apple's text.
const LEFT_OUT: [&[u8]; 3] = [b"limit", b"cursor", b"sort"];

/// Resource types that long-lived JWTs may name. Source: Apple's list; the names are our reading.
const LONG_LIVED: [&str; 13] = [
    "ciBuildActions",
    "ciBuildRuns",
    "ciIssues",
    "ciMacOsVersions",
    "ciProducts",
    "ciTestResults",
    "ciWorkflows",
    "ciXcodeVersions",
    "diagnosticSignatures",
    "scmGitReferences",
    "scmProviders",
    "scmPullRequests",
    "scmRepositories",
];

/// What hangs off apps and builds and may be named as well.
const LONG_LIVED_METRICS: [&str; 2] = ["perfPowerMetrics", "diagnosticSignatures"];

/// A JWT's scope.
#[derive(Debug, Clone)]
pub(super) struct Scope(Arc<[Entry]>);

#[derive(Debug)]
struct Entry {
    /// Only GET entries have an effect; others are kept to tell that they are there.
    get: bool,
    segments: Vec<Vec<u8>>,
    query: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Scope {
    /// Parses the entries: method, one space, path that starts with a slash, optional query.
    pub(super) fn parse(entries: &[String]) -> Result<Scope, Rejection> {
        const MALFORMED: Rejection =
            Rejection::Malformed("a scope entry is not a method, a space and a path");
        let parse = |entry: &String| {
            let (method, target) = entry.split_once(' ').ok_or(MALFORMED)?;
            if !target.starts_with('/') || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(MALFORMED);
            }
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let own = |bytes: Cow<'_, [u8]>| bytes.into_owned();
            Ok(Entry {
                get: method == "GET",
                segments: segments(path).map(own).collect(),
                query: compared(query)
                    .into_iter()
                    .map(|(name, value)| (own(name), own(value)))
                    .collect(),
            })
        };
        entries
            .iter()
            .map(parse)
            .collect::<Result<Vec<_>, _>>()
            .map(|entries| Scope(entries.into()))
    }

    /// Returns whether an entry lists the GET of this path and query. Compared after
    /// percent-decoding, segment by segment, so that an encoded slash is no separator.
    pub(super) fn lists(&self, path: &str, query: &str) -> bool {
        let query = compared(query);
        self.0.iter().any(|entry| {
            entry.get
                && entry.segments.iter().map(|own| Cow::Borrowed(own.as_slice())).eq(segments(path))
                && entry.query.len() == query.len()
                && entry.query.iter().zip(&query).all(|(own, asked)| {
                    own.0.as_slice() == &*asked.0 && own.1.as_slice() == &*asked.1
                })
        })
    }

    /// Returns whether the JWT may live for months: it lists something, only GETs, and only what
    /// Apple's list allows.
    pub(super) fn may_live_long(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|entry| entry.get && entry.may_live_long())
    }
}

impl Entry {
    /// Returns whether the path is `/v1/<listed type>…` or `/v1/apps|builds/{id}/<metrics>`.
    fn may_live_long(&self) -> bool {
        let segments: Vec<&str> = self
            .segments
            .iter()
            .map(|segment| std::str::from_utf8(segment).unwrap_or(""))
            .collect();
        match segments.as_slice() {
            ["", "v1" | "v2" | "v3", "apps" | "builds", _, metrics] => {
                LONG_LIVED_METRICS.contains(metrics)
            }
            ["", "v1" | "v2" | "v3", kind, ..] => LONG_LIVED.contains(kind),
            _ => false,
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = Cow<'_, [u8]>> {
    path.split('/').map(|segment| Cow::from(percent_decode_str(segment)))
}

/// A query parameter, decoded.
type Parameter<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Returns the parameters that are compared, decoded and sorted.
fn compared(query: &str) -> Vec<Parameter<'_>> {
    let decode = |text| Cow::from(percent_decode_str(text));
    let mut parameters: Vec<_> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .filter(|(name, _)| !LEFT_OUT.contains(&&**name))
        .collect();
    parameters.sort_unstable();
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(entries: &[&str]) -> Scope {
        let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        Scope::parse(&entries).expect("well-formed")
    }

    #[test]
    fn a_request_is_listed_whatever_the_order_and_encoding_of_its_parameters() {
        let scope = scope(&["GET /v1/apps?filter[platform]=IOS&include=builds&limit=10"]);
        assert!(scope.lists("/v1/apps", "include=builds&filter%5Bplatform%5D=IOS"));
        assert!(scope.lists("/v1/apps", "filter[platform]=IOS&sort=-name&include=builds&cursor=x"));
        for (path, query) in [
            ("/v1/apps", ""),
            ("/v1/apps", "filter[platform]=IOS"),
            ("/v1/apps", "filter[platform]=MAC_OS&include=builds"),
            ("/v1/apps", "filter[platform]=IOS&include=builds&include=builds"),
            ("/v1/apps", "filter[platform]=IOS&include=builds&limit[builds]=3"),
            ("/v1/apps/", "filter[platform]=IOS&include=builds"),
            ("/v1/apps/1", "filter[platform]=IOS&include=builds"),
            ("/v2/apps", "filter[platform]=IOS&include=builds"),
        ] {
            assert!(!scope.lists(path, query), "{path}?{query}");
        }
    }

    #[test]
    fn an_id_is_literal_and_an_encoded_slash_separates_nothing() {
        let scope = scope(&["GET /v1/apps/1/builds", "GET /v1/apps/*"]);
        assert!(scope.lists("/v1/%61pps/1/builds", ""));
        assert!(!scope.lists("/v1/apps/1%2Fbuilds", ""));
        assert!(!scope.lists("/v1/apps/2", ""));
    }

    #[test]
    fn entries_other_than_get_have_no_effect() {
        assert!(!scope(&["POST /v1/apps"]).lists("/v1/apps", ""));
    }

    #[test]
    fn malformed_entries_are_refused() {
        for entry in ["", "GET", "GET/v1/apps", "get /v1/apps", "GET v1/apps", "GET  /v1/apps"] {
            assert!(Scope::parse(&[entry.to_owned()]).is_err(), "{entry}");
        }
    }

    #[test]
    fn only_what_apple_lists_may_live_long() {
        for entry in [
            "GET /v1/ciProducts",
            "GET /v1/ciBuildRuns/1/builds",
            "GET /v1/apps/1/perfPowerMetrics?filter[platform]=IOS",
            "GET /v1/builds/1/diagnosticSignatures",
            "GET /v1/diagnosticSignatures/1/logs",
        ] {
            assert!(scope(&[entry]).may_live_long(), "{entry}");
        }
        for entry in [
            "GET /v1/apps",
            "GET /v1/apps/1",
            "GET /v1/apps/1/builds",
            "GET /v1/ciArtifacts/1",
            "POST /v1/ciBuildRuns",
            "GET /ciProducts",
        ] {
            assert!(!scope(&[entry]).may_live_long(), "{entry}");
            assert!(!scope(&["GET /v1/ciProducts", entry]).may_live_long(), "{entry}");
        }
        assert!(!scope(&[]).may_live_long());
    }
}
