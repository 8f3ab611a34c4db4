//! What every backend must do, as checks that a backend's own tests call.
//!
//! Knows only the traits. [`run`] makes a fresh store for each fact; the files below hold the
//! facts by theme, [`model`] says what listings mean in the plainest way, and `listings` compares
//! a backend with it.

mod linkages;
mod listings;
pub mod model;
mod records;
mod seed;
mod writing;

use std::sync::{Arc, mpsc};

use crate::{Done, Job, Listing, Result, Store, TeamNumber, Write};

/// Checks one fact on an empty store.
type Check = fn(&Arc<dyn Store>);

/// Checks every promise of the traits on stores that `make_store` makes, empty each time.
///
/// # Panics
/// When a promise is broken; the message says which.
pub fn run(make_store: &dyn Fn() -> Arc<dyn Store>) {
    let facts: &[(&str, Check)] = &[
        ("teams are kept and issuers are unique", records::teams_are_kept),
        ("values are kept and replaced", records::values_are_kept),
        ("a record is read as it was written", records::read_as_written),
        ("an id is unique within kind and team", records::ids_are_unique),
        ("update replaces attributes and facets", records::update_replaces),
        ("another team's data does not exist", records::teams_are_apart),
        ("sequence numbers grow and are not reused", records::sequences_grow),
        ("a key that does not fit gives an empty page", records::odd_keys_are_empty),
        ("linkages keep their order both ways", linkages::order_both_ways),
        ("linking twice is linking once", linkages::twice_is_once),
        ("replacing linkages sets all and their order", linkages::replace_sets_all),
        ("unlinking what is not linked does nothing", linkages::unlink_nothing),
        ("linked answers for many records at once", linkages::many_at_once),
        ("nothing can be linked from a record that is not there", linkages::from_nowhere),
        ("deleting removes linkages both ways", linkages::delete_unlinks),
        ("deleting spares those with the same id", linkages::delete_spares_namesakes),
        ("a job that returns false leaves nothing", writing::false_leaves_nothing),
        ("a job that panics harms no other", writing::panic_harms_no_other),
        ("a job sees its own changes", writing::job_sees_its_changes),
        ("a snapshot does not move", writing::snapshot_does_not_move),
        ("the generation follows the rule", writing::generation_rule),
        ("jobs from many threads are all carried out", writing::many_jobs),
        ("jobs of one caller run in order", writing::jobs_in_order),
        ("listings equal the model's", listings::equal_the_model),
    ];
    for (fact, check) in facts {
        let store = make_store();
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&store)));
        assert!(checked.is_ok(), "the store does not keep this promise: {fact}");
    }
}

/// Adds a team whose issuer id ends in `number`.
fn team(store: &Arc<dyn Store>, number: u8) -> TeamNumber {
    let issuer = format!("57246542-96fe-1a63-e053-0824d01107{number:02x}");
    let team =
        store.create_team(&format!("Team {number}"), &issuer, &format!("SEED0000{number:02}"));
    team.expect("a team can be added").number
}

/// Runs a job, waits until it is durable and returns what it made.
fn write<T: Send + 'static>(
    store: &Arc<dyn Store>,
    team: TeamNumber,
    act: impl FnOnce(&mut dyn Write) -> T + Send + 'static,
) -> T {
    let (made, makes) = mpsc::channel();
    let job: Job = Box::new(move |write| made.send(act(write)).is_ok());
    run_job(store, team, job).expect("the job is kept");
    makes.recv().expect("the job ran")
}

/// Runs a job and returns what its `done` was told.
fn run_job(store: &Arc<dyn Store>, team: TeamNumber, job: Job) -> Result<()> {
    let (told, tells) = mpsc::channel();
    let done: Done = Box::new(move |result| told.send(result).expect("someone waits"));
    store.write(team, job, done);
    tells.recv().expect("done is called")
}

/// All records of a kind, by creation.
fn all_of(kind: &str) -> Listing<'_> {
    Listing {
        kind,
        within: None,
        conditions: Vec::new(),
        order: Vec::new(),
        after: None,
        limit: 50,
    }
}

/// The ids on a listing's first page.
fn ids(store: &Arc<dyn Store>, team: TeamNumber, listing: &Listing<'_>) -> Vec<String> {
    let read = store.read(team).expect("a snapshot opens");
    let page = read.page(listing).expect("a page is read");
    page.records.into_iter().map(|record| record.id).collect()
}
