//! Creates that ask for something to be done, of which nothing is done yet.
//!
//! Keeping a record of such a request would be an invented success. Those that leave nothing
//! behind that can be read are known by that, see `grade.rs`; these leave something. Take one off
//! the list when its behavior does what is asked.

/// Operation ids, sorted.
pub const NOT_DONE: &[&str] = &[
    // Starts a build in Xcode Cloud.
    "ciBuildRuns_createInstance",
    // Sends an event to a listener once more.
    "webhookDeliveries_createInstance",
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_sorted_and_names_operations() {
        assert!(super::NOT_DONE.is_sorted());
        for id in super::NOT_DONE {
            assert!(russet_catalog::operation(id).is_some(), "{id}");
        }
    }
}
