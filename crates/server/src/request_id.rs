//! Request ids: 128 bits, written as a UUID and as 26 characters of base32.
//!
//! Source: recorded replies, whose correlation key is the base32 form of the request UUID and
//! equals the id of error objects.

/// The id of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub u128);

impl RequestId {
    /// Returns the 26-character form, upper-case base32 without padding.
    #[must_use]
    pub fn base32(self) -> String {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        (0..26)
            .map(|at| {
                // The last character holds three bits and two of padding.
                let bits = if at == 25 { self.0 << 2 } else { self.0 >> (123 - 5 * at) };
                char::from(ALPHABET[usize::try_from(bits & 31).unwrap_or(0)])
            })
            .collect()
    }

    /// Returns the UUID form, lower case.
    #[must_use]
    pub fn uuid(self) -> String {
        let hex = format!("{:032x}", self.0);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::RequestId;

    #[test]
    fn both_forms_hold_the_same_bits() {
        let id = RequestId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(id.uuid(), "01234567-89ab-cdef-0123-456789abcdef");
        // As `base32` of the same sixteen bytes prints it.
        assert_eq!(id.base32(), "AERUKZ4JVPG66AJDIVTYTK6N54");
    }
}
