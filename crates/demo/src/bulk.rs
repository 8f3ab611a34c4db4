//! Many records of two types, for measurements: nothing that a lane would want to read.
//!
//! Start at [`plant_bulk`]. Ids follow from numbers, as the demo's follow from names.

use jiff::Timestamp;
use russet_engine::seed::{Seed, plant as plant_records};
use russet_store::{Store, TeamNumber};
use serde_json::{Map, Value, json};

use crate::identity;
use crate::plant::{PlantError, in_one_write};

/// Records in one transaction.
const BATCH: usize = 10_000;

/// Plants so many apps and so many bundle ids, beside what the team has. Durable on return.
///
/// # Errors
/// When the store cannot be written, or has them already.
pub fn plant_bulk(
    store: &dyn Store,
    team: TeamNumber,
    now: Timestamp,
    apps: usize,
    bundle_ids: usize,
) -> Result<(), PlantError> {
    let records = (0..apps).map(app).chain((0..bundle_ids).map(bundle_id));
    let mut batches = records.peekable();
    while batches.peek().is_some() {
        let batch: Vec<Seed> = batches.by_ref().take(BATCH).collect();
        in_one_write(store, team, move |write, permit| {
            Ok(plant_records(write, permit, now, batch)?)
        })?;
    }
    Ok(())
}

fn app(number: usize) -> Seed {
    let key = format!("bulk {number}");
    let attributes = json!({
        "name": format!("Bulk app {number:04}"),
        "bundleId": format!("com.example.bulk.app{number}"),
        "sku": format!("BULK-{number:04}"),
        "primaryLocale": "en-US",
        "isOrEverWasMadeForKids": false,
        "contentRightsDeclaration": "DOES_NOT_USE_THIRD_PARTY_CONTENT",
    });
    seed("apps", &key, attributes)
}

fn bundle_id(number: usize) -> Seed {
    let key = format!("bulk {number}");
    let attributes = json!({
        "identifier": format!("com.example.bulk.n{number}"),
        "name": format!("Bulk {number:07}"),
        "platform": if number.is_multiple_of(3) { "MAC_OS" } else { "IOS" },
        "seedId": "BULKSEED00",
    });
    seed("bundleIds", &key, attributes)
}

fn seed(kind: &'static str, key: &str, attributes: Value) -> Seed {
    let attributes = match attributes {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let id = identity::id(kind, key);
    let app = (kind == "apps").then(|| id.clone());
    Seed { kind, id, app, attributes, relationships: Vec::new() }
}
