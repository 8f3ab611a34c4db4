//! What a resource type is beyond its schemas: owners, ids, dates, births. The facts are in
//! `overlay/*.toml`, each with its source.

use crate::{Arity, Edge, Schema};

/// A resource type.
#[derive(Debug)]
pub struct Kind {
    /// Its name on the wire, `betaGroups`.
    pub name: &'static str,
    /// Schemas in which resources of the type are answered, by name.
    pub schemas: &'static [&'static Schema],
    /// How its ids look.
    pub id_format: IdFormat,
    /// How its date-times are printed.
    pub dates: DateNotation,
    /// What its records belong to; none where they belong to the team. A record has one of them,
    /// of a to-many edge all. It is deleted with its owner and visible where its owner is.
    pub owners: &'static [Owner],
    /// What belongs to its records; the edges lead there.
    pub owned: &'static [Owner],
    /// Records that come to be with each of its records.
    pub births: &'static [Birth],
}

/// The way from a record to its owner, or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// Resource type at the far end.
    pub kind: &'static str,
    /// Edge that leads there; never [`Edge::Computed`].
    pub edge: Edge,
}

/// How the ids of a resource type look. Source: ids in recorded replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdFormat {
    /// A lower-case UUID.
    Uuid,
    /// Digits, from one number space.
    Decimal,
    /// Ten upper-case letters and digits.
    Alphanumeric10,
    /// The id at the far end of this relationship.
    SameAs(&'static str),
    /// The id at the far end of a relationship, `_`, the value of an attribute.
    Joined {
        /// Relationship whose far end starts the id.
        relationship: &'static str,
        /// Attribute that ends it.
        attribute: &'static str,
    },
    /// Base64url without padding of a JSON object with these keys.
    Encoded(&'static [&'static str]),
    /// Base64url without padding, opaque.
    Base64Url,
    /// Given with the record: a territory's code, a category's name, a keyword.
    Code,
}

/// How date-times are printed. Source: recorded replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateNotation {
    /// `2021-02-02T04:00:19-08:00`: no fraction, the offset of Los Angeles at that time.
    Pacific,
    /// `2019-11-29T13:56:50.220+0000`.
    Milliseconds,
    /// `2025-06-09T10:09:30.123Z`.
    Utc,
}

/// A record that comes to be with its parent.
#[derive(Debug)]
pub struct Birth {
    /// Resource type of the born record.
    pub kind: &'static str,
    /// Edge from the born record to its parent.
    pub edge: Edge,
    /// Where its id comes from.
    pub id: BirthId,
    /// Its first attributes as a JSON object; those not named are null.
    pub attributes: &'static str,
}

/// Where the id of a born record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthId {
    /// It has its parent's id.
    SameAsParent,
    /// A new one of its type's format.
    Fresh,
}

/// A stored relation, named after the side that stores it.
#[derive(Debug)]
pub struct Relation {
    /// `betaGroups.app`; the second part need not be a relationship that a schema shows.
    pub name: &'static str,
    /// Resource type that stores it.
    pub from: &'static str,
    /// Resource type at the far end.
    pub to: &'static str,
    /// How many far ends a record names. Those of a to-many are in an order.
    pub arity: Arity,
    /// How many records may name the same far end.
    pub inverse_arity: Arity,
}

/// Order of a list that the request does not sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultOrder {
    /// In the order of creation.
    OldestFirst,
    /// The latest creation first.
    NewestFirst,
}

/// How values of an attribute compare, in sorts and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// As whole texts.
    Whole,
    /// As dotted numbers: `1.10` after `1.9`, leading zeros do not count.
    Dotted,
    /// Without case and dashes.
    Folded,
    /// As whole texts, whatever the case.
    Caseless,
    /// As [`Comparison::Caseless`]; filters also find longer values that hold theirs.
    Contained,
}
