//! Numbers that look random and are the same each time.

/// A xorshift generator. Source: Marsaglia, "Xorshift RNGs", 2003.
#[derive(Debug)]
pub(super) struct Seed(pub(super) u64);

impl Seed {
    /// Returns a number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % bound
    }

    /// Returns one of the items.
    pub(super) fn one<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }
}
