//! One resource object: its attributes as kept, its relationships as links, its own link.

use russet_catalog::{Arity, Relationship, Schema};
use russet_store::Record;
use russet_wire::json;
use serde_json::value::RawValue;

use super::Asked;
use crate::run::{Included, IncludedLinkage};

/// Writes resource objects of one answer.
pub struct Writer<'a> {
    /// The request.
    pub asked: Asked<'a>,
    /// Linkages of primary resources; `None` while writing included ones.
    pub included: Option<&'a Included>,
}

/// Returns the URL of a resource.
#[must_use]
pub fn self_link(base: &str, schema: &Schema, id: &str) -> String {
    format!("{base}{}/{id}", schema.path)
}

impl Writer<'_> {
    /// Appends a resource. `index` is its place among the primary resources.
    pub fn push(&self, out: &mut String, schema: &Schema, record: &Record, index: Option<usize>) {
        let fields = self.asked.read.and_then(|read| read.fields_of(schema.kind));
        out.push_str("{\"type\":\"");
        out.push_str(schema.kind);
        out.push_str("\",\"id\":");
        json::push_string(out, &record.id);
        if !schema.attributes.is_empty() {
            push_attributes(out, schema, record, fields);
        }
        self.push_relationships(out, schema, record, index, fields);
        out.push_str(",\"links\":{\"self\":");
        json::push_string(out, &self_link(self.asked.base, schema, &record.id));
        out.push_str("}}");
    }

    fn push_relationships(
        &self,
        out: &mut String,
        schema: &Schema,
        record: &Record,
        index: Option<usize>,
        fields: Option<&[String]>,
    ) {
        let mut first = true;
        for relationship in schema.relationships {
            let linkage = self.linkage_of(relationship);
            let wanted = fields.is_none_or(|names| names.iter().any(|n| n == relationship.name));
            let linked = relationship.self_link || relationship.related_link;
            if !wanted || !(linked || linkage.is_some()) {
                continue;
            }
            out.push_str(if first { ",\"relationships\":{\"" } else { ",\"" });
            first = false;
            out.push_str(relationship.name);
            out.push_str("\":{");
            let mut empty = true;
            if let (Some(linkage), Some(index)) = (linkage, index) {
                push_data(out, linkage, index);
                empty = false;
            }
            if linked {
                if !empty {
                    out.push(',');
                }
                self.push_links(out, schema, &record.id, relationship);
            }
            out.push('}');
        }
        if !first {
            out.push('}');
        }
    }

    fn linkage_of(&self, relationship: &Relationship) -> Option<&IncludedLinkage> {
        let included = self.included?;
        included.linkages.iter().find(|linkage| linkage.name == relationship.name)
    }

    fn push_links(&self, out: &mut String, schema: &Schema, id: &str, relationship: &Relationship) {
        out.push_str("\"links\":{");
        if relationship.self_link {
            out.push_str("\"self\":\"");
            push_path(out, self.asked.base, schema, id);
            out.push_str("/relationships/");
            out.push_str(relationship.name);
            out.push('"');
        }
        if relationship.related_link {
            out.push_str(if relationship.self_link { ",\"related\":\"" } else { "\"related\":\"" });
            push_path(out, self.asked.base, schema, id);
            out.push('/');
            out.push_str(relationship.name);
            out.push('"');
        }
        out.push('}');
    }
}

/// Ids are ours and hold nothing that JSON escapes.
fn push_path(out: &mut String, base: &str, schema: &Schema, id: &str) {
    out.push_str(base);
    out.push_str(schema.path);
    out.push('/');
    out.push_str(id);
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

/// Appends the attributes: the kept text as it is where all of it is wanted, else the members
/// that are.
fn push_attributes(out: &mut String, schema: &Schema, record: &Record, fields: Option<&[String]>) {
    let only_schema = russet_catalog::schemas_of(schema.kind).len() == 1;
    if fields.is_none() && only_schema {
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
        let in_schema = only_schema || schema.attribute(name).is_some();
        let wanted = fields.is_none_or(|names| names.iter().any(|asked| asked == name));
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

/// The members of an object in their order, values unparsed.
struct Members<'a>(Vec<(String, &'a RawValue)>);

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
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
