//! What the data files hold, before anything is derived from it. `read` and `write` are exact
//! inverses on these types; `defaults` says what a record leaves out.

use super::shape::ShapeText;

/// One file: everything about one resource type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceFile {
    /// Resource type, `betaGroups`; the file's name.
    pub kind: String,
    /// Schemas in which resources of the type are answered, by name.
    pub schemas: Vec<SchemaRecord>,
    /// Forms in which a create takes resources of the type in `included`, by name.
    pub inlines: Vec<InlineRecord>,
    /// Operations whose path starts with the type, by operation id.
    pub operations: Vec<OperationRecord>,
}

/// A resource schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRecord {
    /// Name in the document.
    pub name: String,
    /// Path before `/{id}`.
    pub path: String,
    /// Whether the document marks it deprecated.
    pub deprecated: bool,
    /// Attributes in the document's order.
    pub attributes: Vec<AttributeRecord>,
    /// Relationships in the document's order.
    pub relationships: Vec<RelationshipRecord>,
}

/// An attribute of a schema: `name = "integer"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeRecord {
    /// Member name.
    pub name: String,
    /// Its shape.
    pub shape: ShapeText,
    /// Whether the document marks it deprecated.
    pub deprecated: bool,
}

/// A relationship of a schema: `app = "one apps"`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, only ever read by name")]
pub struct RelationshipRecord {
    /// Member name.
    pub name: String,
    /// Whether it is to-many.
    pub many: bool,
    /// Resource type at the far end.
    pub target: String,
    /// Whether the document lists `data`; otherwise `no data`.
    pub has_data: bool,
    /// Whether the document lists `links`; otherwise `no links`.
    pub has_links: bool,
    /// Whether the document marks it deprecated.
    pub deprecated: bool,
}

/// A form for inline creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineRecord {
    /// Name in the document.
    pub name: String,
    /// What it takes.
    pub members: InputRecord,
}

/// The members that a body or inline form takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputRecord {
    /// Members that must be there, attributes first.
    pub required: Vec<InputName>,
    /// Members that may be there, attributes first.
    pub optional: Vec<InputName>,
    /// Shapes (or `one apps`) of members that the answered schema lacks or shapes otherwise.
    pub types: Vec<(String, InputType)>,
}

/// A member of a body: `publicLinkLimit?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputName {
    /// Member name.
    pub name: String,
    /// Whether null is accepted.
    pub nullable: bool,
}

/// What a member of a body is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputType {
    /// An attribute of this shape.
    Attribute(ShapeText),
    /// A relationship, to-many or not, to this resource type.
    Relationship {
        /// Whether it is to-many.
        many: bool,
        /// Resource type of its identifiers.
        target: String,
    },
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OperationRecord {
    /// Operation id.
    pub id: String,
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Linkage writes: resource type of the identifiers sent.
    pub takes: Option<String>,
    /// Schema (reads and writes), resource type (linkage reads) or shape (metrics) answered.
    pub answers: Option<String>,
    /// Media types where they are not just `application/json`.
    pub media: Vec<String>,
    /// Success statuses where they are not the kind's own.
    pub statuses: Vec<u16>,
    /// Whether the document marks it deprecated.
    pub deprecated: bool,
    /// Body of a create or update.
    pub input: Option<InputRecord>,
    /// Inline forms that `included` takes, in the document's order.
    pub inline: Vec<String>,
    /// Schemas in `included`, where not the usual.
    pub included: Option<Vec<String>>,
    /// Names that `include` takes, where not the usual; empty when there is no `include`.
    pub include: Option<Vec<String>>,
    /// Resource types with a `fields` parameter, where not the usual.
    pub fields: Option<Vec<String>>,
    /// Names that `fields[type]` takes, where not the schema's; empty when free.
    pub fields_of: Vec<(String, Vec<String>)>,
    /// Largest `limit`, where not the usual; 0 when there is none.
    pub limit: Option<u32>,
    /// Largest `limit[relationship]`, where not the usual.
    pub limit_of: Vec<(String, u32)>,
    /// Keys that `sort` takes, without their sign.
    pub sort: Vec<String>,
    /// Every other parameter, by whole name: `filter[app]`, `exists[app]`, `granularity`.
    pub parameters: Vec<(String, ParameterRecord)>,
    /// Parameters and body members that the document marks deprecated.
    pub deprecated_members: Vec<String>,
}

/// A query parameter: `"required [Platform]"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterRecord {
    /// Shape of its value; a list is sent with commas.
    pub shape: ShapeText,
    /// Whether the request must carry it.
    pub required: bool,
}

impl OperationRecord {
    /// Returns the last part of the operation id, `getToManyRelated`.
    pub fn kind(&self) -> &str {
        self.id.rsplit('_').next().unwrap_or_default()
    }
}
