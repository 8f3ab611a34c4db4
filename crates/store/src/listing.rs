//! Lists as values: what to list, which of it, in what order, and from where on.

use crate::Record;

/// One direction of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge<'a> {
    /// From the kind that stores the relation to what it names.
    Forward(&'a str),
    /// From what is named back to the kind that stores the relation.
    Backward(&'a str),
}

/// One step of a path from the listed record to the records that a condition looks at.
pub type Hop<'a> = Edge<'a>;

/// Narrows a listing to what one record is linked with.
#[derive(Debug, Clone, Copy)]
pub struct Within<'a> {
    /// Edge from that record to the listed ones.
    pub edge: Edge<'a>,
    /// That record's id.
    pub id: &'a str,
}

/// A list of records of one kind.
#[derive(Debug, Clone)]
pub struct Listing<'a> {
    /// Resource type of the listed records.
    pub kind: &'a str,
    /// Only what this record is linked with.
    pub within: Option<Within<'a>>,
    /// All of these must hold.
    pub conditions: Vec<Condition<'a>>,
    /// First key first. Empty: the order of linkages for [`Edge::Forward`], else of creation.
    /// Ties are broken by creation, in the direction of the last key.
    pub order: Vec<Order<'a>>,
    /// The [`Page::next`] of the page before.
    pub after: Option<&'a [String]>,
    /// How many records at most; at least 1.
    pub limit: usize,
}

impl Listing<'_> {
    /// Returns whether a key can be a [`Page::next`] of this listing. A page after any other key
    /// is empty.
    ///
    /// A key has one text for each order key: the facet's text, the id, or the sequence number in
    /// decimal; then the sequence number that breaks ties, unless the order ends in one or in an
    /// id. In the order of linkages it is one number.
    #[must_use]
    pub fn accepts(&self, key: &[String]) -> bool {
        let is_number = |text: &String| text.parse::<i64>().is_ok();
        for (at, order) in self.order.iter().enumerate() {
            match (order, key.get(at)) {
                (Order::Facet(..) | Order::FacetOf(..), Some(_)) => {}
                (Order::Sequence(_), Some(text)) => return key.len() == at + 1 && is_number(text),
                (Order::Id(_), Some(_)) => return key.len() == at + 1,
                (_, None) => return false,
            }
        }
        key.len() == self.order.len() + 1 && key.last().is_some_and(is_number)
    }
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order<'a> {
    /// By creation.
    Sequence(Direction),
    /// By id.
    Id(Direction),
    /// By a facet of the listed record. A record without that facet sorts as the empty text, one
    /// with several (a list) as the smallest.
    Facet(&'a str, Direction),
    /// By a facet of the one record at the far end of an edge (`sort=preReleaseVersion`): edge,
    /// kind and facet name there.
    FacetOf(Edge<'a>, &'a str, &'a str, Direction),
}

/// A condition on the listed record. Paths are followed from it; a path with several ends holds
/// when any end does.
#[derive(Debug, Clone)]
pub enum Condition<'a> {
    /// The record's id is one of these.
    Id(Vec<String>),
    /// The record hangs from one of these apps (or is one of them), or from none.
    Apps(Vec<String>),
    /// A facet at the end of `path` passes `test`.
    Facet {
        /// Hops; empty for the record itself.
        path: Vec<Hop<'a>>,
        /// Kind at the end of the path.
        kind: &'a str,
        /// Facet name.
        name: &'a str,
        /// What it must be.
        test: Test,
    },
    /// The end of `path` (one hop at least) is one of these ids.
    Linked {
        /// Hops.
        path: Vec<Hop<'a>>,
        /// Ids.
        ids: Vec<String>,
    },
    /// Whether there is anything at the end of `path` (one hop at least).
    Exists {
        /// Hops.
        path: Vec<Hop<'a>>,
        /// `true`: there must be; `false`: there must not.
        present: bool,
    },
}

/// What a facet must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of these, exactly.
    AnyOf(Vec<String>),
    /// It contains one of these, whatever the case of ASCII letters.
    Contains(Vec<String>),
    /// Whether it has a value (a text that is not empty).
    Present(bool),
    /// At least this. What has no value passes neither this nor the next.
    AtLeast(String),
    /// Less than this.
    LessThan(String),
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records, in order.
    pub records: Vec<Record>,
    /// Where the next page starts; `None` on the last page.
    pub next: Option<Vec<String>>,
}

/// What one record has at the far end of an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The record asked about.
    pub from: String,
    /// The first far ids, in order.
    pub to: Vec<String>,
    /// How many there are in all.
    pub total: u64,
}
