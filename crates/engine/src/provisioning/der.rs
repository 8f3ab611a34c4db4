//! Writes the few DER values that certificates' extensions and CMS need.
//!
//! It only writes; what comes from outside is read by `x509-parser`. Source: X.690.

/// Returns a value with its tag and length.
pub(super) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut out = vec![tag];
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // At most eight bytes of length, so the count fits into the low bits.
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

/// Returns `SEQUENCE` of encoded parts.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tagged(0x30, &parts.concat())
}

/// Returns the content of a `SET OF` encoded parts, in the order that DER demands.
pub(super) fn set_content(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    parts.concat()
}

/// Returns `SET OF` encoded parts.
pub(super) fn set(parts: Vec<Vec<u8>>) -> Vec<u8> {
    tagged(0x31, &set_content(parts))
}

/// Returns an explicitly tagged, constructed value, `[number] content`.
pub(super) fn context(number: u8, content: &[u8]) -> Vec<u8> {
    tagged(0xa0 | number, content)
}

/// Returns a small `INTEGER`.
pub(super) fn integer(value: u8) -> Vec<u8> {
    debug_assert!(value < 0x80, "larger integers need a sign byte");
    tagged(0x02, &[value])
}

/// Returns `OCTET STRING`.
pub(super) fn octets(content: &[u8]) -> Vec<u8> {
    tagged(0x04, content)
}

/// Returns `UTF8String`.
pub(super) fn utf8(text: &str) -> Vec<u8> {
    tagged(0x0c, text.as_bytes())
}

/// Returns `NULL`.
pub(super) fn null() -> Vec<u8> {
    tagged(0x05, &[])
}

/// Returns `OBJECT IDENTIFIER`; at least two arcs.
pub(super) fn oid(arcs: &[u64]) -> Vec<u8> {
    let mut content = Vec::new();
    if let [first, second, rest @ ..] = arcs {
        for arc in std::iter::once(&(first * 40 + second)).chain(rest) {
            let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
            for group in (0..groups).rev() {
                let more = if group > 0 { 0x80 } else { 0 };
                content.push(more | u8::try_from((arc >> (7 * group)) & 0x7f).unwrap_or(0));
            }
        }
    }
    tagged(0x06, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(octets(&[7; 3])[..2], [0x04, 3]);
        assert_eq!(octets(&[7; 127])[..2], [0x04, 127]);
        assert_eq!(octets(&[7; 128])[..3], [0x04, 0x81, 128]);
        assert_eq!(octets(&[7; 256])[..4], [0x04, 0x82, 1, 0]);
        assert_eq!(octets(&[]), [0x04, 0]);
    }

    #[test]
    fn object_identifiers_use_base_128() {
        assert_eq!(oid(&[1, 2, 840, 113_549]), [6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]);
        assert_eq!(oid(&[2, 5, 29, 0]), [6, 3, 0x55, 0x1d, 0]);
    }

    #[test]
    fn sets_are_sorted() {
        assert_eq!(set(vec![integer(9), integer(1)]), [0x31, 6, 2, 1, 1, 2, 1, 9]);
    }
}
