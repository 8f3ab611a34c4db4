//! Ids of new resources, made from entropy that is passed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use russet_catalog::IdFormat;

/// A stream of ids: the same seed gives the same ids.
#[derive(Debug, Clone)]
pub struct Ids(u128);

impl Ids {
    /// Starts a stream. The seed comes from the operating system's random source at the edge, or
    /// is fixed in tests.
    #[must_use]
    pub fn new(seed: u128) -> Self {
        Ids(seed)
    }

    /// Returns the next 64 bits (splitmix64 over both halves of the state).
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        #[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
        let (low, high) = (self.0 as u64, (self.0 >> 64) as u64);
        let mut z = low ^ high.rotate_left(29);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a lower-case version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.bits(), self.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | ((b >> 48) & 0x3fff),
            b & 0xffff_ffff_ffff
        )
    }

    /// Returns `length` upper-case letters and digits.
    pub fn alphanumeric(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        let mut bits = self.bits();
        (0..length)
            .map(|at| {
                if at > 0 && at % 12 == 0 {
                    bits = self.bits();
                }
                let symbol = ALPHABET[usize::try_from(bits & 31).unwrap_or(0)];
                bits >>= 5;
                char::from(symbol)
            })
            .collect()
    }

    /// Returns a ten-digit decimal, the shape of Apple IDs.
    pub fn decimal(&mut self) -> String {
        (6_000_000_000 + self.bits() % 900_000_000).to_string()
    }

    /// Returns an opaque id in base64url.
    pub fn base64url(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.uuid())
    }

    /// Returns an id of a format that does not depend on anything else; for one that does, a UUID
    /// stands in.
    pub fn of(&mut self, format: IdFormat) -> String {
        match format {
            IdFormat::Decimal => self.decimal(),
            IdFormat::Alphanumeric10 => self.alphanumeric(10),
            IdFormat::Base64Url | IdFormat::Encoded(_) => self.base64url(),
            IdFormat::Uuid | IdFormat::SameAs(_) | IdFormat::Joined { .. } | IdFormat::Code => {
                self.uuid()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_have_their_shape_and_do_not_repeat() {
        let mut ids = Ids::new(7);
        let made: HashSet<String> = (0..10_000).map(|_| ids.uuid()).collect();
        assert_eq!(made.len(), 10_000);
        assert!(made.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'4'));
        let made: HashSet<String> = (0..10_000).map(|_| ids.alphanumeric(10)).collect();
        assert_eq!(made.len(), 10_000);
        assert!(ids.decimal().len() == 10);
    }

    #[test]
    fn streams_of_neighboring_seeds_differ() {
        assert_ne!(Ids::new(1).uuid(), Ids::new(2).uuid());
    }
}
