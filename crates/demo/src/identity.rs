//! Ids of the demo's records: derived from names, so that every demo has the same ones.
//!
//! It knows the shapes that ids have (`protocol.md` 6.5) and no content; start at [`id`].

use aws_lc_rs::digest::{SHA256, digest};

/// Returns the id of the demo's record with this name, in the shape that its type has.
pub(super) fn id(kind: &str, name: &str) -> String {
    match kind {
        "apps" | "inAppPurchases" | "subscriptions" | "subscriptionGroups" | "winBackOffers" => {
            let digits = leading_u64(&hash(kind, name)) % 900_000_000;
            (6_000_000_000 + digits).to_string()
        }
        "bundleIds" | "certificates" | "devices" | "merchantIds" | "passTypeIds" | "profiles" => {
            alphanumeric(&hash(kind, name))
        }
        _ => uuid(&hash(kind, name)),
    }
}

/// Returns 32 hexadecimal digits that stand for the MD5 checksum of a file with this name.
pub(super) fn checksum(name: &str) -> String {
    hex(&hash("checksum", name)[..16])
}

fn hash(kind: &str, name: &str) -> [u8; 32] {
    let text = format!("russet demo\n{kind}\n{name}");
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    bytes
}

fn leading_u64(hash: &[u8; 32]) -> u64 {
    hash[..8].iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Ten upper-case letters and digits, without the ones that look alike.
fn alphanumeric(hash: &[u8; 32]) -> String {
    const SYMBOLS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    hash[..10].iter().map(|byte| char::from(SYMBOLS[usize::from(byte % 32)])).collect()
}

/// A lower-case UUID of version 8, the one for ids made by a rule of one's own.
fn uuid(hash: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shape_of_their_type() {
        let app = id("apps", "tidewatch");
        assert!(app.len() == 10 && app.starts_with('6') && app.parse::<u64>().is_ok(), "{app}");
        let device = id("devices", "phone");
        assert!(device.len() == 10 && device.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(device, device.to_uppercase());
        let build = id("builds", "42");
        assert!(build.len() == 36 && build.as_bytes()[14] == b'8', "{build}");
    }

    #[test]
    fn ids_follow_from_type_and_name_alone() {
        assert_eq!(id("builds", "42"), id("builds", "42"));
        assert_ne!(id("builds", "42"), id("builds", "43"));
        assert_ne!(id("builds", "42"), id("betaGroups", "42"));
    }
}
