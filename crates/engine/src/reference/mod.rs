//! Reference data: what the store answers alike for every team and no request changes.
//!
//! Storefronts, categories and price points come from tables and arithmetic here, not from the
//! store. Whether an app, in-app purchase or subscription exists, and who may see it, is the
//! caller's to ask first. Start at [`record`], [`collection`] and [`related`].

mod app_categories;
mod currencies;
mod identifiers;
mod list;
mod price_points;
mod territories;

pub use app_categories::{APP_CATEGORIES, AppCategory};
pub use identifiers::{PricePointId, TerritoryAvailabilityId};
pub use list::{Narrowing, ReferenceList, collection, related};
pub use price_points::{PricePoint, PriceTable};
pub use territories::{TERRITORIES, Territory};

/// The resource types that are answered from here, sorted.
pub const KINDS: [&str; 5] = [
    "appCategories",
    "appPricePoints",
    "inAppPurchasePricePoints",
    "subscriptionPricePoints",
    "territories",
];

/// A resource that is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRecord {
    /// Resource type, one of [`KINDS`].
    pub kind: &'static str,
    /// Id.
    pub id: String,
    /// JSON text of all attributes of the schema.
    pub attributes: String,
    /// Linkages by relationship, also empty ones; relationships without `data` are left out.
    pub links: Vec<(&'static str, Vec<String>)>,
}

/// Returns the resource with this type and id. `None` for other types, and for ids that name
/// nothing; the subject of a price point is not looked at, see [`subject`].
#[must_use]
pub fn record(kind: &str, id: &str) -> Option<ReferenceRecord> {
    match kind {
        "territories" => Territory::find(id).map(territory_record),
        "appCategories" => AppCategory::find(id).map(category_record),
        _ => {
            let table = PriceTable::of_points(kind)?;
            Some(price_point_record(table, &table.find(id)?))
        }
    }
}

/// Returns type and id of the app, in-app purchase or subscription that a price point belongs to.
#[must_use]
pub fn subject(kind: &str, id: &str) -> Option<(&'static str, String)> {
    let table = PriceTable::of_points(kind)?;
    Some((subject_kind(table), table.find(id)?.id.subject))
}

fn subject_kind(table: PriceTable) -> &'static str {
    match table {
        PriceTable::App => "apps",
        PriceTable::InAppPurchase => "inAppPurchases",
        PriceTable::Subscription => "subscriptions",
    }
}

fn territory_record(territory: &Territory) -> ReferenceRecord {
    ReferenceRecord {
        kind: "territories",
        id: territory.code.to_owned(),
        attributes: format!(r#"{{"currency":"{}"}}"#, territory.currency),
        links: Vec::new(),
    }
}

fn category_record(category: &AppCategory) -> ReferenceRecord {
    let platforms = category.platforms().join(r#"",""#);
    let subcategories = category.subcategories().map(|part| part.id.to_owned()).collect();
    let parent = category.parent.map(str::to_owned).into_iter().collect();
    ReferenceRecord {
        kind: "appCategories",
        id: category.id.to_owned(),
        attributes: format!(r#"{{"platforms":["{platforms}"]}}"#),
        links: vec![("subcategories", subcategories), ("parent", parent)],
    }
}

fn price_point_record(table: PriceTable, point: &PricePoint) -> ReferenceRecord {
    let PricePoint { id, customer_price, proceeds, proceeds_year_2 } = point;
    let year_2 = match proceeds_year_2 {
        Some(amount) => format!(r#","proceedsYear2":"{amount}""#),
        None => String::new(),
    };
    let territory = ("territory", vec![id.territory.code.to_owned()]);
    let (kind, links) = match table {
        PriceTable::App => ("appPricePoints", vec![("app", vec![id.subject.clone()]), territory]),
        PriceTable::InAppPurchase => ("inAppPurchasePricePoints", vec![territory]),
        PriceTable::Subscription => ("subscriptionPricePoints", vec![territory]),
    };
    ReferenceRecord {
        kind,
        id: id.encode(),
        attributes: format!(
            r#"{{"customerPrice":"{customer_price}","proceeds":"{proceeds}"{year_2}}}"#
        ),
        links,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The price point of a recorded reply, for USD 0.99 of subscription 6470878936.
    const RECORDED: &str = "eyJzIjoiNjQ3MDg3ODkzNiIsInQiOiJVU0EiLCJwIjoiMTAwMTAifQ";

    #[test]
    fn kinds_are_sorted() {
        assert!(KINDS.is_sorted());
    }

    #[test]
    fn territory_tells_its_currency() {
        let found = record("territories", "GBR").expect("a storefront");
        assert_eq!(found.attributes, r#"{"currency":"GBP"}"#);
        assert_eq!(record("territories", "gbr"), None);
    }

    #[test]
    fn category_tells_platforms_parent_and_parts() {
        let found = record("appCategories", "STICKERS_ART").expect("a category");
        assert_eq!(found.attributes, r#"{"platforms":["IOS"]}"#);
        assert_eq!(
            found.links,
            [("subcategories", vec![]), ("parent", vec!["STICKERS".to_owned()])]
        );
        let games = record("appCategories", "GAMES").expect("a category");
        assert_eq!(games.attributes, r#"{"platforms":["IOS","MAC_OS","TV_OS","VISION_OS"]}"#);
        assert_eq!((games.links[0].1.len(), games.links[1].1.len()), (16, 0));
    }

    #[test]
    fn recorded_subscription_price_point_is_answered_as_recorded() {
        let found = record("subscriptionPricePoints", RECORDED).expect("a price point");
        let recorded = r#"{"customerPrice":"0.99","proceeds":"0.7","proceedsYear2":"0.84"}"#;
        assert_eq!(found.attributes, recorded);
        assert_eq!(found.links, [("territory", vec!["USA".to_owned()])]);
        let owner = subject("subscriptionPricePoints", RECORDED);
        assert_eq!(owner, Some(("subscriptions", "6470878936".to_owned())));
    }

    #[test]
    fn app_price_point_names_its_app() {
        let found = record("appPricePoints", RECORDED).expect("a price point");
        assert_eq!(found.attributes, r#"{"customerPrice":"0.99","proceeds":"0.7"}"#);
        assert_eq!(found.links[0], ("app", vec!["6470878936".to_owned()]));
        assert_eq!(record("apps", "6470878936"), None);
    }
}
