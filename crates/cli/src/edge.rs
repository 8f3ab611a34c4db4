//! The edge to the machine: the clock, the random source, and the folder's file modes.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;

/// Returns the machine's time.
#[expect(clippy::disallowed_methods, reason = "this is the edge where time comes in")]
pub fn real_time() -> Timestamp {
    Timestamp::now()
}

/// Fills a buffer from the operating system's random source.
///
/// A process without randomness must not issue keys: it ends here, with a message.
#[expect(clippy::disallowed_methods, reason = "this is the edge where randomness comes in")]
pub fn draw(bytes: &mut [u8]) {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if SystemRandom::new().fill(bytes).is_err() {
        if !WARNED.swap(true, Ordering::Relaxed) {
            eprintln!("russet: the system's random source failed; nothing can be issued safely");
        }
        std::process::abort();
    }
}

/// Returns 128 random bits.
pub fn seed() -> u128 {
    let mut bytes = [0; 16];
    draw(&mut bytes);
    u128::from_le_bytes(bytes)
}

/// Returns random text of so many lower-case letters and digits: five bits a character.
pub fn secret(length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0; length];
    draw(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}
