//! Collects the demo's records: names become ids, offsets become dates.
//!
//! It knows no content; start at [`Seeds::add`].

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::identity;

/// A record to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedRecord {
    /// Resource type, `betaGroups`.
    pub kind: &'static str,
    /// Id on the wire.
    pub id: String,
    /// The app that it hangs from, if any.
    pub app: Option<String>,
    /// Attributes that have a value. Dates and times are RFC 3339 in UTC, to be put in the notation
    /// of their type.
    pub attributes: Map<String, Value>,
    /// Linkages, each named once, at one of its two ends: by a relationship of the type's schema or
    /// of the body that creates it. They may name records that come later.
    pub relationships: Vec<(&'static str, Vec<String>)>,
}

/// A relationship with the ids that it names.
pub(super) type Link = (&'static str, Vec<String>);

/// Returns a linkage to one resource.
pub(super) fn one(relationship: &'static str, id: &str) -> Link {
    (relationship, vec![id.to_owned()])
}

/// Returns linkages to some resources, in this order.
pub(super) fn many<S: AsRef<str>>(relationship: &'static str, ids: &[S]) -> Link {
    (relationship, ids.iter().map(|id| id.as_ref().to_owned()).collect())
}

/// The records collected so far, and the instant that dates are relative to.
pub(super) struct Seeds {
    now: Timestamp,
    app: Option<String>,
    records: Vec<SeedRecord>,
}

impl Seeds {
    /// Starts at an instant.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { now, app: None, records: Vec::new() }
    }

    /// Ends with the records in the order in which they were added.
    pub(super) fn finish(self) -> Vec<SeedRecord> {
        self.records
    }

    /// Makes what is added from here on hang from this app; its ids are scoped by the app.
    pub(super) fn within(&mut self, app: &str) {
        self.app = Some(app.to_owned());
    }

    /// Makes what is added from here on belong to the team alone.
    pub(super) fn outside_apps(&mut self) {
        self.app = None;
    }

    /// Adds a record under a name that is unique in its type and app, and returns its id.
    pub(super) fn add(
        &mut self,
        kind: &'static str,
        name: &str,
        attributes: Value,
        links: impl IntoIterator<Item = Link>,
    ) -> String {
        let scope = self.app.as_deref().unwrap_or("team");
        self.add_as(kind, identity::id(kind, &format!("{scope}/{name}")), attributes, links)
    }

    /// Adds a record whose id is not made from a name, and returns it.
    pub(super) fn add_as(
        &mut self,
        kind: &'static str,
        id: impl Into<String>,
        attributes: Value,
        links: impl IntoIterator<Item = Link>,
    ) -> String {
        let id = id.into();
        let mut attributes = match attributes {
            Value::Object(attributes) => attributes,
            _ => Map::new(),
        };
        attributes.retain(|_, value| !value.is_null());
        self.records.push(SeedRecord {
            kind,
            id: id.clone(),
            app: self.app.clone().filter(|_| kind == "apps" || is_owned(kind)),
            attributes,
            relationships: links.into_iter().collect(),
        });
        id
    }

    /// Adds a linkage to a record that was added before; nothing happens where there is none.
    pub(super) fn link(&mut self, kind: &str, id: &str, link: Link) {
        let known = self.records.iter_mut().find(|record| record.kind == kind && record.id == id);
        if let Some(record) = known {
            record.relationships.push(link);
        }
    }

    /// Returns the instant so many hours ago, or ahead where negative.
    pub(super) fn hours_ago(&self, hours: i64) -> String {
        let at = self.now.saturating_sub(SignedDuration::from_hours(hours));
        at.unwrap_or(self.now).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Returns the instant so many days ago, or ahead where negative.
    pub(super) fn days_ago(&self, days: i64) -> String {
        self.hours_ago(24 * days)
    }

    /// Returns the calendar date so many days ago, or ahead where negative, in UTC.
    pub(super) fn date_ago(&self, days: i64) -> String {
        let at = self.now.saturating_sub(SignedDuration::from_hours(24 * days));
        at.unwrap_or(self.now).strftime("%Y-%m-%d").to_string()
    }
}

/// Tells whether records of a type belong to another, and so to the app at the end of that chain.
fn is_owned(kind: &str) -> bool {
    russet_catalog::kind(kind).is_some_and(|kind| !kind.owners.is_empty())
}
