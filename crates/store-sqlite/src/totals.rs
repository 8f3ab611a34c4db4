//! Totals of filtered lists that are still true.
//!
//! Counting what a filter leaves costs as much as there is; a total is the same until its team's
//! data changes, so it is kept with the generation that it was counted in.

use std::collections::HashMap;

use parking_lot::Mutex;
use russet_store::{Listing, TeamNumber};

/// How many totals are kept at most; then all are forgotten.
const MOST: usize = 1024;

/// Kept totals by team and list.
#[derive(Debug, Default)]
pub(crate) struct Totals(Mutex<HashMap<(TeamNumber, String), Total>>);

#[derive(Debug, Clone, Copy)]
struct Total {
    generation: u64,
    count: u64,
}

impl Totals {
    /// Returns what tells a list from others, whatever its page and order. `None` where the total
    /// is kept by the database.
    pub(crate) fn key(listing: &Listing<'_>) -> Option<String> {
        let filtered = !listing.conditions.is_empty();
        filtered.then(|| format!("{} {:?} {:?}", listing.kind, listing.within, listing.conditions))
    }

    /// Returns the total that was counted in this generation.
    pub(crate) fn get(&self, team: TeamNumber, key: &str, generation: u64) -> Option<u64> {
        let kept = self.0.lock();
        let total = kept.get(&(team, key.to_owned()))?;
        (total.generation == generation).then_some(total.count)
    }

    /// Keeps a total that was counted while the generation stayed this one.
    pub(crate) fn keep(&self, team: TeamNumber, key: String, generation: u64, count: u64) {
        let mut kept = self.0.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert((team, key), Total { generation, count });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_good_for_its_team_and_generation_only() {
        let totals = Totals::default();
        totals.keep(TeamNumber(1), "k".to_owned(), 7, 42);
        assert_eq!(totals.get(TeamNumber(1), "k", 7), Some(42));
        assert_eq!(totals.get(TeamNumber(1), "k", 8), None);
        assert_eq!(totals.get(TeamNumber(2), "k", 7), None);
        assert_eq!(totals.get(TeamNumber(1), "other", 7), None);
    }

    #[test]
    fn no_more_totals_are_kept_than_there_is_room_for() {
        let totals = Totals::default();
        for at in 0..3 * MOST {
            totals.keep(TeamNumber(1), at.to_string(), 1, 1);
            assert!(totals.0.lock().len() <= MOST);
        }
    }
}
