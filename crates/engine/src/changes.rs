//! Resources, proposed changes and effects as values: what behaviors look at and answer with.

use jiff::Timestamp;
use russet_auth::Permit;
use russet_catalog::Edge;
use russet_store::{Condition, Listing, Read, Record, Team, Test};
use serde_json::{Map, Value};

use crate::failure::Fault;
use crate::run::compute;
use crate::{facets, relations};

/// A kept resource with its attributes parsed.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Resource type.
    pub kind: String,
    /// Id.
    pub id: String,
    /// The app that it hangs from.
    pub app: Option<String>,
    /// Attributes.
    pub attributes: Map<String, Value>,
}

impl Resource {
    /// Parses a record.
    ///
    /// # Errors
    /// [`Fault::Data`] where the kept text is not a JSON object.
    pub fn parse(record: Record) -> Result<Resource, Fault> {
        match serde_json::from_str(&record.attributes) {
            Ok(attributes) => Ok(Resource {
                kind: record.kind.to_string(),
                id: record.id,
                app: record.app,
                attributes,
            }),
            Err(error) => Err(Fault::Data {
                kind: record.kind.to_string(),
                id: record.id,
                why: format!("attributes are not a JSON object: {error}"),
            }),
        }
    }

    /// Returns a string attribute.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }

    /// Returns a boolean attribute, `false` where it has no value.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.attributes.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// A resource about to be created. Its id and those it names are already the final ones.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Resource type.
    pub kind: &'static str,
    /// Id that it will have.
    pub id: String,
    /// Attributes; behaviors fill in what the caller did not or may not send.
    pub attributes: Map<String, Value>,
    /// Relationship name and ids, in order; empty for an explicit null.
    pub relationships: Vec<(&'static str, Vec<String>)>,
}

impl Draft {
    /// Returns a string attribute.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }

    /// Returns a boolean attribute, `false` where it has no value.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.attributes.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns the ids that a relationship names; empty where it is absent.
    #[must_use]
    pub fn ids(&self, relationship: &str) -> &[String] {
        self.relationships
            .iter()
            .find(|(name, _)| *name == relationship)
            .map_or(&[], |(_, ids)| ids.as_slice())
    }

    /// Returns the one id that a to-one relationship names.
    #[must_use]
    pub fn one(&self, relationship: &str) -> Option<&str> {
        self.ids(relationship).first().map(String::as_str)
    }

    /// Sets an attribute that has no value yet.
    pub fn default(&mut self, name: &str, value: impl Into<Value>) {
        if self.attributes.get(name).is_none_or(Value::is_null) {
            self.attributes.insert(name.to_owned(), value.into());
        }
    }

    /// Sets an attribute whatever its value was.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.attributes.insert(name.to_owned(), value.into());
    }
}

/// How a linkage operation changes a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkChange {
    /// POST: these are added.
    Add,
    /// DELETE: these are removed.
    Remove,
    /// PATCH: these are all there will be.
    Replace,
}

/// A change that a caller proposes.
#[derive(Debug)]
pub enum Change<'a> {
    /// A new resource; `inline` are those created with it.
    Create {
        /// The resource.
        draft: &'a Draft,
        /// Resources created inline with it.
        inline: &'a [Draft],
    },
    /// New values for a resource.
    Update {
        /// The resource as it is.
        before: &'a Resource,
        /// Attributes sent.
        attributes: &'a Map<String, Value>,
        /// Relationships sent.
        relationships: &'a [(&'static str, Vec<String>)],
        /// Resources created inline with it.
        inline: &'a [Draft],
    },
    /// The end of a resource.
    Delete {
        /// The resource as it is.
        before: &'a Resource,
    },
    /// Other linkages in one relationship.
    Link {
        /// The resource whose relationship it is.
        before: &'a Resource,
        /// Relationship name.
        relationship: &'static str,
        /// What is done with `ids`.
        how: LinkChange,
        /// Ids sent.
        ids: &'a [String],
    },
}

/// What follows from a change, applied in the same transaction.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Sets attributes of a resource.
    Set {
        /// Resource type.
        kind: &'static str,
        /// Id.
        id: String,
        /// Attributes and their new values.
        attributes: Vec<(&'static str, Value)>,
    },
    /// Creates a resource: it is filled by its behavior, and its own births and effects follow.
    Create(Draft),
    /// Deletes a resource and what belongs to it.
    Delete {
        /// Resource type.
        kind: &'static str,
        /// Id.
        id: String,
    },
    /// Changes linkages.
    Link {
        /// Resource type whose relationship it is.
        kind: &'static str,
        /// Id.
        id: String,
        /// Relationship name.
        relationship: &'static str,
        /// What is done with `to`.
        how: LinkChange,
        /// Ids.
        to: Vec<String>,
    },
}

/// What a behavior can see: the team's data as this transaction sees it, the time, the caller.
pub struct View<'a> {
    read: &'a dyn Read,
    /// The simulated time.
    pub now: Timestamp,
    /// Who asks and what they may do.
    pub permit: &'a Permit,
}

impl<'a> View<'a> {
    /// Joins what a view consists of.
    #[must_use]
    pub fn new(read: &'a dyn Read, now: Timestamp, permit: &'a Permit) -> Self {
        View { read, now, permit }
    }

    /// Returns the team.
    ///
    /// # Errors
    /// When the store fails.
    pub fn team(&self) -> Result<Team, Fault> {
        Ok(self.read.team()?)
    }

    /// Returns a resource, whoever may see it.
    ///
    /// # Errors
    /// When the store fails or holds damaged data.
    pub fn find(&self, kind: &str, id: &str) -> Result<Option<Resource>, Fault> {
        if let Some(record) = compute::find(kind, id) {
            return Resource::parse(record).map(Some);
        }
        self.read.record(kind, id)?.map(Resource::parse).transpose()
    }

    /// Returns the ids that a resource is linked with in a relationship, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn linked(&self, kind: &str, id: &str, relationship: &str) -> Result<Vec<String>, Fault> {
        let edge = relations::way(kind, relationship).and_then(|way| relations::stored(way.edge));
        let Some(edge) = edge else { return Ok(Vec::new()) };
        let linked = self.read.linked(edge, &[id], usize::MAX)?;
        Ok(linked.into_iter().next().map(|linked| linked.to).unwrap_or_default())
    }

    /// Returns the ids of the resources of a kind that name a resource in a relationship, seen from
    /// the named one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn naming(&self, kind: &str, relationship: &str, id: &str) -> Result<Vec<String>, Fault> {
        let edge = match relations::way(kind, relationship).map(|way| way.edge) {
            Some(Edge::Forward(relation)) => russet_store::Edge::Backward(relation),
            Some(Edge::Backward(relation)) => russet_store::Edge::Forward(relation),
            Some(Edge::Computed) | None => return Ok(Vec::new()),
        };
        let linked = self.read.linked(edge, &[id], usize::MAX)?;
        Ok(linked.into_iter().next().map(|linked| linked.to).unwrap_or_default())
    }

    /// Returns the resources that a resource is linked with in a relationship, in order.
    ///
    /// # Errors
    /// When the store fails or holds damaged data.
    pub fn related(
        &self,
        kind: &str,
        id: &str,
        relationship: &str,
    ) -> Result<Vec<Resource>, Fault> {
        let Some(target) = relations::way(kind, relationship).map(|way| way.target) else {
            return Ok(Vec::new());
        };
        let ids = self.linked(kind, id, relationship)?;
        let mut resources = Vec::with_capacity(ids.len());
        for id in ids {
            resources.extend(self.find(target, &id)?);
        }
        Ok(resources)
    }

    /// Returns the resources of a kind whose attribute has exactly this value. The attribute must
    /// be a facet: one that the catalog filters or sorts by, or that [`Behavior::facets`] names.
    ///
    /// [`Behavior::facets`]: crate::behaviors::Behavior::facets
    ///
    /// # Errors
    /// When the store fails or holds damaged data.
    pub fn having(&self, kind: &str, attribute: &str, value: &str) -> Result<Vec<Resource>, Fault> {
        debug_assert!(facets::names(kind).contains(&attribute), "{kind}.{attribute} is no facet");
        let text = facets::filter_text(kind, attribute, value);
        let listing = Listing {
            kind,
            within: None,
            conditions: vec![Condition::Facet {
                path: Vec::new(),
                kind,
                name: attribute,
                test: Test::AnyOf(vec![text]),
            }],
            order: Vec::new(),
            after: None,
            limit: 10_000,
        };
        self.read.page(&listing)?.records.into_iter().map(Resource::parse).collect()
    }

    /// Returns how many resources of a kind the team has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count(&self, kind: &str) -> Result<u64, Fault> {
        let listing = Listing {
            kind,
            within: None,
            conditions: Vec::new(),
            order: Vec::new(),
            after: None,
            limit: 1,
        };
        Ok(self.read.count(&listing)?)
    }

    /// Returns all resources of a kind, in the order of creation. For kinds of which a team has few.
    ///
    /// # Errors
    /// When the store fails or holds damaged data.
    pub fn all(&self, kind: &str) -> Result<Vec<Resource>, Fault> {
        let listing = Listing {
            kind,
            within: None,
            conditions: Vec::new(),
            order: Vec::new(),
            after: None,
            limit: 1_000,
        };
        let mut page = self.read.page(&listing)?;
        let mut resources = Vec::new();
        loop {
            for record in page.records {
                resources.push(Resource::parse(record)?);
            }
            let Some(after) = page.next else { return Ok(resources) };
            page = self.read.page(&Listing { after: Some(&after), ..listing.clone() })?;
        }
    }
}
