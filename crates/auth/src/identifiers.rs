//! Key ids and issuer ids: their form, parsed once and then carried.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A source of randomness: fills the slice. It is drawn at an edge of the process and passed in,
/// so that nothing here touches a global generator and tests can repeat.
pub type Draw<'a> = &'a mut dyn FnMut(&mut [u8]);

/// A key id: ten upper-case letters and digits. Source: Apple's examples.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 10]);

impl KeyId {
    /// Parses a key id, exactly.
    #[must_use]
    pub fn parse(text: &str) -> Option<KeyId> {
        let bytes: [u8; 10] = text.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            .then_some(KeyId(bytes))
    }

    /// Returns a random key id.
    #[must_use]
    pub fn draw(draw: Draw<'_>) -> KeyId {
        const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let mut id = [0; 10];
        let mut byte = [0];
        for place in &mut id {
            // 252 is the largest multiple of 36 in a byte: above it, some letters would be likelier.
            *place = loop {
                draw(&mut byte);
                if byte[0] < 252 {
                    break ALPHABET[usize::from(byte[0] % 36)];
                }
            };
        }
        KeyId(id)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the default is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<KeyId, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        KeyId::parse(&text).ok_or_else(|| serde::de::Error::custom("not a key id"))
    }
}

/// An issuer id: a UUID in lower case, one for each team. Source: Apple's team keys page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssuerId(String);

impl IssuerId {
    /// Parses an issuer id, exactly: lower case, four hyphens, no braces.
    #[must_use]
    pub fn parse(text: &str) -> Option<IssuerId> {
        let well_formed = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        well_formed.then(|| IssuerId(text.to_owned()))
    }

    /// Returns a random issuer id (UUID version 4).
    #[must_use]
    pub fn draw(draw: Draw<'_>) -> IssuerId {
        let mut bytes = [0; 16];
        draw(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for nibble in [byte >> 4, byte & 0x0f] {
                text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        IssuerId(text)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IssuerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that count up, so that every value of a byte is drawn.
    fn counting() -> impl FnMut(&mut [u8]) {
        let mut next = 0u8;
        move |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        }
    }

    #[test]
    fn a_key_id_is_ten_upper_case_alphanumerics() {
        assert_eq!(KeyId::parse("2X9R4HXF34").unwrap().as_str(), "2X9R4HXF34");
        for text in ["", "2X9R4HXF3", "2X9R4HXF345", "2x9r4hxf34", "2X9R4HXF3_", "ÄX9R4HXF3"] {
            assert_eq!(KeyId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn drawn_ids_parse_and_use_every_letter_alike() {
        let mut draw = counting();
        let mut seen = [0u32; 128];
        for _ in 0..252 {
            let id = KeyId::draw(&mut draw);
            assert_eq!(KeyId::parse(id.as_str()), Some(id));
            id.as_str().bytes().for_each(|byte| seen[usize::from(byte)] += 1);
        }
        assert!(seen.iter().all(|count| [0, 70].contains(count)), "{seen:?}");
        let issuer = IssuerId::draw(&mut draw);
        assert_eq!(IssuerId::parse(issuer.as_str()), Some(issuer));
    }

    #[test]
    fn an_issuer_id_is_a_lower_case_uuid() {
        assert!(IssuerId::parse("57246542-96fe-1a63-e053-0824d011072a").is_some());
        for text in [
            "",
            "57246542-96FE-1a63-e053-0824d011072a",
            "5724654296fe1a63e0530824d011072a",
            "{57246542-96fe-1a63-e053-0824d01107}",
            "57246542-96fe-1a63-e053-0824d011072g",
        ] {
            assert_eq!(IssuerId::parse(text), None, "{text}");
        }
    }
}
