//! The types in which the catalog says what Apple's API is. All of it is `'static`: `build.rs`
//! turns `data/*.toml` and `overlay/*.toml` into constants of these types.

/// A resource schema: one shape in which resources of a type are answered.
///
/// Sixteen types have two schemas (v1 and v2); records are kept per type, answers use the schema
/// that the operation names.
#[derive(Debug)]
pub struct Schema {
    /// Name in Apple's document, `BetaGroup`.
    pub name: &'static str,
    /// Resource type on the wire, `betaGroups`.
    pub kind: &'static str,
    /// Path before `/{id}` in links, `/v1/betaGroups`.
    pub path: &'static str,
    /// Attributes in the document's order.
    pub attributes: &'static [Attribute],
    /// Relationships in the document's order.
    pub relationships: &'static [Relationship],
}

/// An attribute that a schema answers with.
#[derive(Debug)]
pub struct Attribute {
    /// Member name.
    pub name: &'static str,
    /// JSON shape of a value that is not null.
    pub shape: Shape,
}

/// The JSON shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any string; the format is the document's (`uri`, `email`), empty when it gives none.
    String(&'static str),
    /// A calendar date, `2026-01-31`.
    Date,
    /// An RFC 3339 date and time with offset.
    DateTime,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these strings, in the document's order.
    Enum(&'static [&'static str]),
    /// A list.
    Array(&'static Shape),
    /// An object with known members.
    Object(&'static [Member]),
    /// An object with any member names and string values.
    Map,
    /// Anything: the document gives no type.
    Any,
}

/// A member of an object-valued attribute.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Member name.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Whether the document requires it.
    pub required: bool,
    /// Whether null is accepted.
    pub nullable: bool,
}

/// How many resources a relationship names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// At most one.
    One,
    /// Any number, in an order.
    Many,
}

/// A relationship of a schema.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, only ever read by name")]
pub struct Relationship {
    /// Member name.
    pub name: &'static str,
    /// To-one or to-many.
    pub arity: Arity,
    /// Resource type at the far end.
    pub target: &'static str,
    /// Whether `links.self` exists: some `/relationships/` operation is offered.
    pub self_link: bool,
    /// Whether `links.related` exists: the related read is offered.
    pub related_link: bool,
    /// Whether the document lists `data` (and so `include` may fill it).
    pub has_data: bool,
    /// Where its linkages are kept.
    pub edge: Edge,
    /// Whether this side belongs to the far end: it is deleted with it and inherits its app.
    pub owner: bool,
}

/// Where the linkages of a relationship are kept. Each pair of inverse relationships shares one
/// relation, named after the side that stores it (`betaGroups.app`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// This side stores it.
    Forward(&'static str),
    /// The far side stores it; this is the inverse.
    Backward(&'static str),
    /// Nothing is stored: a behavior or reference data answers it.
    Computed,
}

/// The fourteen kinds of operation, the last part of an operation id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OperationKind {
    /// `GET /v1/things`
    GetCollection,
    /// `GET /v1/things/{id}`
    GetInstance,
    /// `POST /v1/things`
    CreateInstance,
    /// `PATCH /v1/things/{id}`
    UpdateInstance,
    /// `DELETE /v1/things/{id}`
    DeleteInstance,
    /// `GET /v1/things/{id}/others`
    GetToManyRelated,
    /// `GET /v1/things/{id}/other`
    GetToOneRelated,
    /// `GET /v1/things/{id}/relationships/others`
    GetToManyRelationship,
    /// `GET /v1/things/{id}/relationships/other`
    GetToOneRelationship,
    /// `POST /v1/things/{id}/relationships/others`
    CreateToManyRelationship,
    /// `PATCH /v1/things/{id}/relationships/others`
    ReplaceToManyRelationship,
    /// `DELETE /v1/things/{id}/relationships/others`
    DeleteToManyRelationship,
    /// `PATCH /v1/things/{id}/relationships/other`
    UpdateToOneRelationship,
    /// `GET /v1/things/{id}/metrics/usages`
    GetMetrics,
}

/// HTTP methods that the document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

/// One operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// Operation id, `betaGroups_getCollection`.
    pub id: &'static str,
    /// Its kind.
    pub kind: OperationKind,
    /// Method.
    pub method: Method,
    /// Path template, `/v1/betaGroups/{id}/builds`.
    pub path: &'static str,
    /// Resource type that the path starts with, `betaGroups`.
    pub subject: &'static str,
    /// Schema of the resource that `{id}` (or the collection, or the create) names. `None` where
    /// the subject has no schema (`salesReports`).
    pub schema: Option<&'static Schema>,
    /// Relationship, related or metrics name behind the id, `builds`.
    pub member: Option<&'static str>,
    /// Schema of the resources in the answer's `data`; `None` for linkages, files and metrics.
    pub answers: Option<&'static Schema>,
    /// Schemas that `included` may hold.
    pub included: &'static [&'static Schema],
    /// Body that it takes.
    pub body: Option<&'static Body>,
    /// Query parameters, `fields` apart from those of array form included.
    pub query: &'static [Parameter],
    /// Media types of a success, `application/json` first where offered; empty for 204.
    pub media: &'static [&'static str],
    /// Success statuses in the document, `200`, `201`, `202`, `204`.
    pub statuses: &'static [u16],
    /// Whether the document marks it deprecated (it answers all the same).
    pub deprecated: bool,
}

/// The body that an operation takes.
#[derive(Debug)]
pub enum Body {
    /// `{"data": {type, id?, attributes, relationships}, "included": […]}`
    Resource {
        /// Resource type that `data.type` must be.
        kind: &'static str,
        /// Settable attributes.
        attributes: &'static [InputAttribute],
        /// Settable relationships.
        relationships: &'static [InputRelationship],
        /// Schemas that top-level `included` may create.
        inline: &'static [Inline],
    },
    /// `{"data": {type, id} | null}` (one) or `{"data": [{type, id}, …]}` (many).
    Linkage {
        /// Resource type of the identifiers.
        target: &'static str,
        /// One or many.
        arity: Arity,
    },
}

/// A resource that a create or update may make inline, from top-level `included`.
#[derive(Debug)]
pub struct Inline {
    /// Resource type.
    pub kind: &'static str,
    /// Settable attributes.
    pub attributes: &'static [InputAttribute],
    /// Settable relationships.
    pub relationships: &'static [InputRelationship],
}

/// An attribute that a body may set.
#[derive(Debug)]
pub struct InputAttribute {
    /// Member name.
    pub name: &'static str,
    /// Accepted JSON shape.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Whether null is accepted.
    pub nullable: bool,
}

/// A relationship that a body may set.
#[derive(Debug)]
pub struct InputRelationship {
    /// Member name.
    pub name: &'static str,
    /// To-one or to-many.
    pub arity: Arity,
    /// Resource type of its identifiers.
    pub target: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Whether `data: null` is accepted (to-one).
    pub nullable: bool,
    /// Where its linkages are kept, also where no schema shows the relationship.
    pub edge: Edge,
}

/// A query parameter of an operation.
#[derive(Debug)]
pub enum Parameter {
    /// `filter[name]`, a comma list: any of.
    Filter {
        /// Text between the brackets, `preReleaseVersion.version`.
        name: &'static str,
        /// Allowed values; empty when free.
        values: &'static [&'static str],
        /// Whether the request must carry it.
        required: bool,
        /// What it compares.
        target: FilterTarget,
    },
    /// `exists[name]`, `true` or `false`.
    Exists {
        /// Text between the brackets.
        name: &'static str,
        /// What it looks at.
        target: FilterTarget,
    },
    /// `sort`, a comma list of keys, `-` for descending.
    Sort {
        /// Keys without their sign, once each.
        keys: &'static [&'static str],
    },
    /// `fields[kind]`, a comma list.
    Fields {
        /// Resource type.
        kind: &'static str,
        /// Allowed names; empty when free.
        names: &'static [&'static str],
    },
    /// `include`, a comma list of relationship names.
    Include {
        /// Allowed names.
        names: &'static [&'static str],
    },
    /// `limit`.
    Limit {
        /// Largest value.
        maximum: u32,
    },
    /// `limit[relationship]`.
    LimitOf {
        /// Included to-many relationship.
        relationship: &'static str,
        /// Largest value.
        maximum: u32,
    },
    /// Any other (`granularity`, `groupBy`, `period`).
    Other {
        /// Whole name.
        name: &'static str,
        /// Allowed values; empty when free.
        values: &'static [&'static str],
        /// Whether the request must carry it.
        required: bool,
    },
}

/// What a filter or `exists` looks at: hops through relationships, then an end.
#[derive(Debug, Clone, Copy)]
pub struct FilterTarget {
    /// Edges to follow from the listed record, in order; usually none.
    pub path: &'static [Edge],
    /// What is compared there.
    pub end: FilterEnd,
}

/// What a filter compares at the end of its path.
#[derive(Debug, Clone, Copy)]
pub enum FilterEnd {
    /// The id.
    Id,
    /// A stored attribute of records of `kind`.
    Attribute {
        /// Resource type at the end of the path.
        kind: &'static str,
        /// Attribute name.
        name: &'static str,
    },
    /// The ids at the far end of a relationship.
    Relationship(Edge),
    /// Nothing that is stored; a behavior or report decides.
    Special,
}
