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
        let mut text = String::with_capacity(26);
        for at in 0..26 {
            // The last character holds three bits and two of padding.
            let bits = if at == 25 { self.0 << 2 } else { self.0 >> (123 - 5 * at) };
            text.push(symbol(ALPHABET, bits));
        }
        text
    }

    /// Returns the UUID form, lower case.
    #[must_use]
    pub fn uuid(self) -> String {
        let mut text = String::with_capacity(36);
        for nibble in 0..32 {
            if matches!(nibble, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(symbol(b"0123456789abcdef", self.0 >> (124 - 4 * nibble)));
        }
        text
    }
}

/// The symbol for the lowest bits; the alphabet's length is a power of two.
fn symbol<const N: usize>(alphabet: &[u8; N], bits: u128) -> char {
    char::from(alphabet[usize::try_from(bits % N as u128).unwrap_or(0)])
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
