//! Query strings and paths: percent-decoding and the pairs of a query, nothing about meaning.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::{Code, Problem, Refusal};

/// The decoded parameters of a query string, in the order sent, each at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// Parses the text behind `?`. `+` stands for a space. Empty parts between `&` are skipped.
    ///
    /// # Errors
    /// `PARAMETER_ERROR.INVALID` for each name or value that is not UTF-8 or holds NUL, and for
    /// each parameter given twice (the real service rejects duplicates; the wording is ours).
    pub fn parse(text: &str) -> Result<Query, Refusal> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut problems = Vec::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (raw_name, raw_value) = part.split_once('=').unwrap_or((part, ""));
            let (Some(name), Some(value)) = (decode(raw_name), decode(raw_value)) else {
                problems.push(
                    Problem::new(Code::ParameterInvalid, "A parameter is not valid UTF-8 text")
                        .in_parameter(printable(raw_name)),
                );
                continue;
            };
            if pairs.iter().any(|(known, _)| *known == name) {
                let detail = format!("The parameter '{name}' can not be given more than once");
                problems.push(Problem::new(Code::ParameterInvalid, detail).in_parameter(name));
                continue;
            }
            pairs.push((name, value));
        }
        if problems.is_empty() { Ok(Query(pairs)) } else { Err(Refusal(problems)) }
    }

    /// Returns the value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Decodes a path. `None` where it is not UTF-8, holds NUL, or hides a slash in an escape.
#[must_use]
pub fn decode_path(path: &str) -> Option<Cow<'_, str>> {
    if !path.contains('%') {
        return (!path.contains('\0')).then_some(Cow::Borrowed(path));
    }
    let segments: Option<Vec<String>> = path
        .split('/')
        .map(|segment| {
            let text = percent_decode_str(segment).decode_utf8().ok()?;
            (!text.contains(['/', '\0'])).then(|| text.into_owned())
        })
        .collect();
    segments.map(|segments| Cow::Owned(segments.join("/")))
}

fn decode(text: &str) -> Option<String> {
    let spaced;
    let text = if text.contains('+') {
        spaced = text.replace('+', " ");
        spaced.as_str()
    } else {
        text
    };
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.contains('\0')).then(|| decoded.into_owned())
}

fn printable(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        Query::parse(text).expect("parses").0
    }

    #[test]
    fn brackets_may_be_raw_or_escaped() {
        assert_eq!(pairs("filter[app]=1"), pairs("filter%5Bapp%5D=1"));
    }

    #[test]
    fn plus_and_escape_are_spaces() {
        assert_eq!(pairs("a=x+y")[0].1, "x y");
        assert_eq!(pairs("a=x%20y")[0].1, "x y");
        assert_eq!(pairs("a=x%2By")[0].1, "x+y");
    }

    #[test]
    fn a_repeated_parameter_is_refused_by_name() {
        let refused = Query::parse("limit=1&limit=2").expect_err("refused");
        assert_eq!(refused.0[0].source, Some(crate::Source::Parameter("limit".into())));
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        assert!(Query::parse("a=%FF").is_err());
        assert!(Query::parse("a=%00").is_err());
        assert!(decode_path("/v1/apps/%FF").is_none());
        assert!(decode_path("/v1/apps/a%2Fb").is_none());
        assert!(decode_path("/v1/apps/%00").is_none());
        assert_eq!(decode_path("/v1/%61pps").as_deref(), Some("/v1/apps"));
    }
}
