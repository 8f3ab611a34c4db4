//! JWTs whose signature has been verified, by the digest of their whole text.
//!
//! Only what verified gets in, so a flood of bad JWTs costs no memory; and the number is bounded,
//! so a client that signs a JWT for each request costs a few megabytes. Each shard keeps two
//! generations: when the young one is full it becomes the old one and the old one is dropped. A
//! JWT found in the old one moves to the young, so what is in use stays.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use parking_lot::RwLock;

use super::scope::Scope;
use crate::KeyId;
use crate::public_key::PublicKey;

/// SHA-256 of a JWT.
pub(super) type Digest = [u8; 32];

/// Shards, so that cores which remember at the same time rarely wait.
const SHARDS: usize = 16;
/// JWTs in one generation of one shard: 16 x 2 x 512 = 16,384 in all.
const GENERATION: usize = 512;

/// What is still needed of a JWT once its signature is known to be good.
#[derive(Clone)]
pub(super) struct Verified {
    pub kid: KeyId,
    /// The key that verified it; a key of the same id with another public half is another key.
    pub public: Arc<PublicKey>,
    /// `exp`, in milliseconds.
    pub expires: i64,
    pub scope: Option<Scope>,
}

/// The JWTs seen.
pub(super) struct Seen([RwLock<Shard>; SHARDS]);

#[derive(Default)]
struct Shard {
    young: Generation,
    old: Generation,
}

type Generation = HashMap<Digest, Verified, BuildHasherDefault<DigestHasher>>;

impl Seen {
    pub(super) fn new() -> Seen {
        Seen(std::array::from_fn(|_| RwLock::default()))
    }

    pub(super) fn get(&self, digest: &Digest) -> Option<Verified> {
        let shard = &self.0[usize::from(digest[0]) % SHARDS];
        {
            let shard = shard.read();
            if let Some(verified) = shard.young.get(digest) {
                return Some(verified.clone());
            }
            if !shard.old.contains_key(digest) {
                return None;
            }
        }
        let mut shard = shard.write();
        let verified = shard.old.remove(digest)?;
        shard.remember(*digest, verified.clone());
        Some(verified)
    }

    pub(super) fn remember(&self, digest: Digest, verified: Verified) {
        self.0[usize::from(digest[0]) % SHARDS].write().remember(digest, verified);
    }
}

impl Shard {
    fn remember(&mut self, digest: Digest, verified: Verified) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, verified);
    }
}

/// Takes eight bytes of the digest as the hash: SHA-256 needs no further mixing, and nobody can
/// choose digests of JWTs that verify.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some((_, last)) = bytes.split_last_chunk::<8>() {
            self.0 = u64::from_le_bytes(*last);
        }
    }

    fn write_usize(&mut self, _length: usize) {}
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};

    use super::*;

    fn entry(number: usize, public: &Arc<PublicKey>) -> (Digest, Verified) {
        let digest = digest(&SHA256, &number.to_le_bytes()).as_ref().try_into().expect("32 bytes");
        let kid = KeyId::parse("2X9R4HXF34").expect("well-formed");
        (digest, Verified { kid, public: public.clone(), expires: 0, scope: None })
    }

    #[test]
    fn what_is_in_use_stays_and_the_rest_is_bounded() {
        let public = PublicKey::any();
        let seen = Seen::new();
        let (used, verified) = entry(0, &public);
        seen.remember(used, verified);
        for number in 1..100_000 {
            let (digest, verified) = entry(number, &public);
            seen.remember(digest, verified);
            assert!(seen.get(&used).is_some(), "after {number}");
        }
        let (first, _) = entry(1, &public);
        assert!(seen.get(&first).is_none());
        let held: usize =
            seen.0.iter().map(|shard| shard.read().young.len() + shard.read().old.len()).sum();
        assert!(held <= SHARDS * 2 * GENERATION, "{held}");
    }
}
