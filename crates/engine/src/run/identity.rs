//! The ids of new resources, where they follow from what the resource belongs to.
//!
//! Source: ids in recorded replies; which type has which form is the catalog's business.

use jiff::tz::TimeZone;
use russet_catalog::IdFormat;
use serde_json::{Map, Value};

use crate::ids::Ids;
use crate::reference::{self, PricePointId, Territory, TerritoryAvailabilityId};
use crate::relations;

type Relationships<'a> = &'a [(&'static str, Vec<String>)];

/// Returns the id of a new resource. `subject` is what the request as a whole is about, for
/// resources made inline, which do not name it themselves.
pub fn new_id(
    kind: &str,
    attributes: &Map<String, Value>,
    relationships: Relationships<'_>,
    subject: Option<&str>,
    ids: &mut Ids,
) -> String {
    let format = russet_catalog::id_format(kind);
    let known = match format {
        IdFormat::SameAs(name) => one(relationships, name).map(str::to_owned),
        IdFormat::Joined { relationship, attribute } => one(relationships, relationship)
            .zip(attributes.get(attribute).and_then(Value::as_str))
            .map(|(far, value)| format!("{far}_{value}")),
        IdFormat::Encoded(keys) => encoded(kind, keys, attributes, relationships, subject),
        _ => None,
    };
    known.unwrap_or_else(|| ids.of(format))
}

/// Returns what a resource belongs to, as far as its own relationships say.
pub fn owner(kind: &str, relationships: Relationships<'_>) -> Option<String> {
    relationships.iter().find_map(|(name, ids)| {
        let way = relations::way(kind, name)?;
        relations::is_owner(kind, way.edge).then(|| ids.first().cloned()).flatten()
    })
}

fn one<'a>(relationships: Relationships<'a>, name: &str) -> Option<&'a str> {
    let (_, ids) = relationships.iter().find(|(known, _)| *known == name)?;
    ids.first().map(String::as_str)
}

/// The notations of price points, prices and territory availabilities.
fn encoded(
    kind: &str,
    keys: &[&str],
    attributes: &Map<String, Value>,
    relationships: Relationships<'_>,
    subject: Option<&str>,
) -> Option<String> {
    let point = relationships.iter().find_map(|(name, ids)| {
        let target = relations::way(kind, name)?.target;
        reference::subject(target, ids.first()?)?;
        PricePointId::parse(ids.first()?)
    });
    if keys.contains(&"sd") {
        let bound = |name: &str| {
            let date: jiff::civil::Date = attributes.get(name)?.as_str()?.parse().ok()?;
            Some(date.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_second())
        };
        return Some(point?.encode_price(bound("startDate"), bound("endDate")));
    }
    let territory = Territory::find(one(relationships, "territory")?)?;
    Some(TerritoryAvailabilityId { app: subject?.to_owned(), territory }.encode())
}
