//! One resource object: its attributes as kept, its relationships as links, its own link.
//!
//! What is the same for all resources of a schema in an answer is decided once, in a [`Plan`].

use std::borrow::Cow;

use russet_catalog::{Arity, Relationship, Schema};
use russet_store::Record;
use russet_wire::json;
use serde_json::value::RawValue;

use super::Asked;
use crate::run::{Included, IncludedLinkage};

/// How the resources of one schema are written in one answer.
pub struct Plan<'a> {
    base: &'a str,
    schema: &'static Schema,
    /// Whether records of the type hold no attributes of another schema.
    only_schema: bool,
    fields: Option<&'a [String]>,
    relationships: Vec<(&'static Relationship, Option<&'a IncludedLinkage>)>,
}

/// Returns the URL of a resource.
#[must_use]
pub fn self_link(base: &str, schema: &Schema, id: &str) -> String {
    format!("{base}{}/{id}", schema.path)
}

impl<'a> Plan<'a> {
    /// Decides how resources of a schema are written. `included` holds the linkages of primary
    /// resources; it is `None` for included ones.
    #[must_use]
    pub fn new(asked: Asked<'a>, schema: &'static Schema, included: Option<&'a Included>) -> Self {
        let fields = asked.read.and_then(|read| read.fields_of(schema.kind));
        let linkages = included.map_or(&[][..], |included| included.linkages.as_slice());
        let relationships = schema
            .relationships
            .iter()
            .map(|known| (known, linkages.iter().find(|linkage| linkage.name == known.name)))
            .filter(|(known, linkage)| {
                let wanted = fields.is_none_or(|names| names.iter().any(|n| n == known.name));
                wanted && (known.self_link || known.related_link || linkage.is_some())
            })
            .collect();
        let only_schema = russet_catalog::schemas_of(schema.kind).len() == 1;
        Plan { base: asked.base, schema, only_schema, fields, relationships }
    }

    /// Returns the schema that the plan is for.
    #[must_use]
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// Returns about how many bytes a resource comes to.
    #[must_use]
    pub fn size_of(&self, record: &Record) -> usize {
        let attributes = if self.fields.is_some() { 128 } else { record.attributes.len() };
        let link = self.base.len() + self.schema.path.len() + record.id.len() + 48;
        attributes + link + 64 + self.relationships.len() * (2 * link + 64)
    }

    /// Appends a resource. `index` is its place among the primary resources.
    pub fn push(&self, out: &mut String, record: &Record, index: usize) {
        out.push_str("{\"type\":\"");
        out.push_str(self.schema.kind);
        out.push_str("\",\"id\":");
        json::push_string(out, &record.id);
        if !self.schema.attributes.is_empty() {
            self.push_attributes(out, record);
        }
        for (nth, (relationship, linkage)) in self.relationships.iter().enumerate() {
            out.push_str(if nth == 0 { ",\"relationships\":{\"" } else { ",\"" });
            out.push_str(relationship.name);
            out.push_str("\":{");
            let links = relationship.self_link || relationship.related_link;
            if let Some(linkage) = linkage {
                push_data(out, linkage, index);
                if links {
                    out.push(',');
                }
            }
            if links {
                self.push_links(out, &record.id, relationship);
            }
            out.push('}');
        }
        if !self.relationships.is_empty() {
            out.push('}');
        }
        out.push_str(",\"links\":{\"self\":\"");
        self.push_path(out, &record.id);
        out.push_str("\"}}");
    }

    fn push_links(&self, out: &mut String, id: &str, relationship: &Relationship) {
        out.push_str("\"links\":{");
        if relationship.self_link {
            out.push_str("\"self\":\"");
            self.push_path(out, id);
            out.push_str("/relationships/");
            out.push_str(relationship.name);
            out.push('"');
        }
        if relationship.related_link {
            out.push_str(if relationship.self_link { ",\"related\":\"" } else { "\"related\":\"" });
            self.push_path(out, id);
            out.push('/');
            out.push_str(relationship.name);
            out.push('"');
        }
        out.push('}');
    }

    /// Ids are ours and hold nothing that JSON escapes; the host was checked when it came in.
    fn push_path(&self, out: &mut String, id: &str) {
        out.push_str(self.base);
        out.push_str(self.schema.path);
        out.push('/');
        out.push_str(id);
    }

    /// Appends the attributes: the kept text as it is where all of it is wanted, else the members
    /// that are.
    fn push_attributes(&self, out: &mut String, record: &Record) {
        if self.fields.is_none() && self.only_schema {
            out.push_str(",\"attributes\":");
            out.push_str(&record.attributes);
            return;
        }
        let Ok(members) = serde_json::from_str::<Members<'_>>(&record.attributes) else {
            out.push_str(",\"attributes\":{}");
            return;
        };
        let mut first = true;
        for (name, value) in &members.0 {
            let in_schema = self.only_schema || self.schema.attribute(name).is_some();
            let wanted = self.fields.is_none_or(|names| names.iter().any(|asked| asked == name));
            if !(in_schema && wanted) {
                continue;
            }
            out.push_str(if first { ",\"attributes\":{" } else { "," });
            first = false;
            json::push_string(out, name);
            out.push(':');
            out.push_str(value.get());
        }
        if !first {
            out.push('}');
        }
    }
}

fn push_data(out: &mut String, linkage: &IncludedLinkage, index: usize) {
    let empty = Vec::new();
    let (ids, total) =
        linkage.linked.get(index).map_or((&empty, 0), |linked| (&linked.to, linked.total));
    if linkage.arity == Arity::One {
        out.push_str("\"data\":");
        match ids.first() {
            Some(id) => json::push_identifier(out, linkage.target, id),
            None => out.push_str("null"),
        }
        return;
    }
    out.push_str("\"meta\":{\"paging\":{\"total\":");
    out.push_str(&total.to_string());
    out.push_str(",\"limit\":");
    out.push_str(&linkage.limit.to_string());
    out.push_str("}},\"data\":[");
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        json::push_identifier(out, linkage.target, id);
    }
    out.push(']');
}

/// The members of an object in their order, values unparsed, names borrowed where they can be.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(32));
                while let Some((Name(name), value)) =
                    map.next_entry::<Name<'de>, &'de RawValue>()?
                {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A member's name, borrowed unless it holds an escape.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
