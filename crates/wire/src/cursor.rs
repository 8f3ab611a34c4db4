//! Opaque cursors: the key at which the next page starts, as a query-safe text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes the parts of a key.
#[must_use]
pub fn encode_cursor(parts: &[String]) -> String {
    let text = serde_json::Value::from(parts.to_vec()).to_string();
    URL_SAFE_NO_PAD.encode(text)
}

/// Decodes a cursor; `None` where it is none of ours.
#[must_use]
pub fn decode_cursor(text: &str) -> Option<Vec<String>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let parts: Vec<String> = match serde_json::from_slice(&bytes).ok()? {
        serde_json::Value::Array(items) => items
            .into_iter()
            .map(|item| match item {
                serde_json::Value::String(text) => Some(text),
                _ => None,
            })
            .collect::<Option<_>>()?,
        _ => return None,
    };
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let parts = vec!["näme, \"x\"".to_owned(), "42".to_owned()];
        assert_eq!(decode_cursor(&encode_cursor(&parts)), Some(parts));
    }

    #[test]
    fn anything_else_is_no_cursor() {
        for text in ["", "!", "Mg", "e30", "W10", "WzFd"] {
            assert_eq!(decode_cursor(text), None, "{text}");
        }
    }
}
