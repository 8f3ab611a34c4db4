//! What the writer's thread and the readers have in common.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;
use russet_store::TeamNumber;

use crate::folder::Folder;
use crate::names::Names;
use crate::totals::Totals;

/// Outlives both the store and its writer, so the folder is held until the last of them is gone.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) names: Names,
    pub(crate) folder: Folder,
    pub(crate) totals: Totals,
    /// By team number.
    generations: RwLock<Vec<AtomicU64>>,
}

impl Shared {
    pub(crate) fn new(names: Names, folder: Folder) -> Shared {
        Shared { names, folder, totals: Totals::default(), generations: RwLock::new(Vec::new()) }
    }

    /// Returns how often this team's data was changed since the start.
    pub(crate) fn generation(&self, team: TeamNumber) -> u64 {
        let generations = self.generations.read();
        generations.get(team.0 as usize).map_or(0, |number| number.load(Ordering::Acquire))
    }

    /// Notes a change of this team's data.
    pub(crate) fn grow(&self, team: TeamNumber) {
        let at = team.0 as usize;
        if let Some(number) = self.generations.read().get(at) {
            number.fetch_add(1, Ordering::AcqRel);
            return;
        }
        let mut generations = self.generations.write();
        generations.resize_with(at + 1, AtomicU64::default);
        generations[at].fetch_add(1, Ordering::AcqRel);
    }
}
