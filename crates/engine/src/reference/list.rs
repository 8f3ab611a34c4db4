//! Lists of reference data: their length and the resource at a position, without making the rest.
//!
//! It knows neither pages nor cursors: a page is a range of positions. Start at [`collection`] for
//! top-level lists and at [`related`] for those below a resource.

use super::identifiers::PricePointId;
use super::price_points::PriceTable;
use super::territories::{TERRITORIES, Territory};
use super::{
    APP_CATEGORIES, AppCategory, ReferenceRecord, category_record, price_point_record, record,
    subject_kind, territory_record,
};

/// What a request narrows a list by. Names that a list does not know do not narrow it: refusing
/// parameters is done before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrowing<'a> {
    /// Each `filter[name]` with its values: any of them.
    pub filters: &'a [(&'a str, &'a [&'a str])],
    /// Each `exists[name]`.
    pub exists: &'a [(&'a str, bool)],
}

impl Narrowing<'_> {
    /// Tells whether a resource whose `name` has these values passes the filter of that name.
    fn admits(&self, name: &str, values: &[&str]) -> bool {
        let mut named = self.filters.iter().filter(|(filter, _)| *filter == name);
        named.all(|(_, wanted)| values.iter().any(|value| wanted.contains(value)))
    }

    fn admits_presence(&self, name: &str, present: bool) -> bool {
        self.exists.iter().all(|(exists, wanted)| *exists != name || *wanted == present)
    }
}

/// A list of resources of one type, in a fixed order.
#[derive(Debug, Clone)]
pub struct ReferenceList(Content);

#[derive(Debug, Clone)]
enum Content {
    Territories(Vec<&'static Territory>),
    Categories(Vec<&'static AppCategory>),
    Points { table: PriceTable, subject: String, territories: Vec<&'static Territory> },
    Equalizations { table: PriceTable, base: PricePointId, territories: Vec<&'static Territory> },
}

impl ReferenceList {
    /// Returns how many resources the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Content::Territories(territories) | Content::Equalizations { territories, .. } => {
                territories.len()
            }
            Content::Categories(categories) => categories.len(),
            Content::Points { table, territories, .. } => {
                territories.len() * table.len_per_territory()
            }
        }
    }

    /// Tells whether the list has no resource.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the resource at a position from 0 on.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<ReferenceRecord> {
        match &self.0 {
            Content::Territories(territories) => {
                territories.get(position).map(|territory| territory_record(territory))
            }
            Content::Categories(categories) => {
                categories.get(position).map(|category| category_record(category))
            }
            Content::Points { table, subject, territories } => {
                let length = table.len_per_territory();
                let territory = territories.get(position / length)?;
                let id = table.id(subject, territory, position % length)?;
                Some(price_point_record(*table, &table.point(id)?))
            }
            Content::Equalizations { table, base, territories } => {
                let id = table.equalize(base, territories.get(position)?)?;
                Some(price_point_record(*table, &table.point(id)?))
            }
        }
    }
}

/// Returns the top-level list of a type, by id. `None` where the API offers none.
#[must_use]
pub fn collection(kind: &str, narrowing: Narrowing<'_>) -> Option<ReferenceList> {
    match kind {
        "territories" => Some(ReferenceList(Content::Territories(TERRITORIES.iter().collect()))),
        "appCategories" => {
            let admits = |category: &&AppCategory| {
                narrowing.admits("platforms", category.platforms())
                    && narrowing.admits_presence("parent", category.parent.is_some())
            };
            let categories = APP_CATEGORIES.iter().filter(admits).collect();
            Some(ReferenceList(Content::Categories(categories)))
        }
        _ => None,
    }
}

/// Returns the list, or the one resource, that a relationship of a resource leads to. `None` where
/// the id names nothing or the relationship does not lead to reference data.
///
/// `kind` is a type of reference data, or `apps`, `inAppPurchases` or `subscriptions`, whose
/// existence is not looked at. Adjusted equalizations are the equalizations: how Apple adjusts them
/// to a plan is not known, so `planType` and `upfrontPricePointId` do not narrow (our choice).
#[must_use]
pub fn related(
    kind: &str,
    id: &str,
    member: &str,
    narrowing: Narrowing<'_>,
) -> Option<ReferenceList> {
    let admits = |territory: &&Territory| narrowing.admits("territory", &[territory.code]);
    if let Some(table) = PriceTable::of_subject(kind) {
        if member != points_member(table) {
            return None;
        }
        let territories = TERRITORIES.iter().filter(admits).collect();
        return Some(ReferenceList(Content::Points { table, subject: id.to_owned(), territories }));
    }
    if let Some(table) = PriceTable::of_points(kind)
        && member != "territory"
    {
        let adjusted = table == PriceTable::Subscription && member == "adjustedEqualizations";
        if member != "equalizations" && !adjusted {
            return None;
        }
        let base = table.find(id)?.id;
        let owned = narrowing.admits(subject_filter(table), &[base.subject.as_str()]);
        let others = PriceTable::others(&base).into_iter();
        let territories = others.filter(|territory| owned && admits(territory)).collect();
        return Some(ReferenceList(Content::Equalizations { table, base, territories }));
    }
    one_or_parts(kind, id, member)
}

/// Follows the relationships that [`record`] answers with.
fn one_or_parts(kind: &str, id: &str, member: &str) -> Option<ReferenceList> {
    let links = record(kind, id)?.links;
    let (_, ids) = links.iter().find(|(name, _)| *name == member)?;
    Some(ReferenceList(match (kind, member) {
        ("appCategories", _) => {
            Content::Categories(ids.iter().filter_map(|id| AppCategory::find(id)).collect())
        }
        (_, "territory") => {
            Content::Territories(ids.iter().filter_map(|id| Territory::find(id)).collect())
        }
        _ => return None,
    }))
}

/// The relationship of a subject that lists its price points.
fn points_member(table: PriceTable) -> &'static str {
    match table {
        PriceTable::App => "appPricePoints",
        PriceTable::InAppPurchase | PriceTable::Subscription => "pricePoints",
    }
}

/// The filter of equalizations that names the subject; apps have none.
fn subject_filter(table: PriceTable) -> &'static str {
    match table {
        PriceTable::App => subject_kind(table),
        PriceTable::InAppPurchase => "inAppPurchaseV2",
        PriceTable::Subscription => "subscription",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(list: &ReferenceList) -> Vec<String> {
        (0..list.len()).filter_map(|position| list.get(position)).map(|found| found.id).collect()
    }

    fn narrowed<'a>(filters: &'a [(&'a str, &'a [&'a str])]) -> Narrowing<'a> {
        Narrowing { filters, exists: &[] }
    }

    #[test]
    fn collections_are_all_territories_and_all_categories() {
        let length = |kind| collection(kind, Narrowing::default()).map(|list| list.len());
        assert_eq!(length("territories"), Some(175));
        assert_eq!(length("appCategories"), Some(57));
        assert_eq!(length("appPricePoints"), None);
    }

    #[test]
    fn categories_are_narrowed_by_platform_and_parent() {
        let mac = narrowed(&[("platforms", &["MAC_OS"])]);
        let top = Narrowing { exists: &[("parent", false)], ..mac };
        let parts = Narrowing { exists: &[("parent", true)], ..Narrowing::default() };
        let length = |narrowing| collection("appCategories", narrowing).map(|list| list.len());
        assert_eq!(length(mac), Some(57 - 16));
        assert_eq!(length(top), Some(25));
        assert_eq!(length(parts), Some(31));
    }

    #[test]
    fn price_points_are_by_storefront_then_ascending() {
        let wanted = narrowed(&[("territory", &["USA", "CAN", "US"])]);
        let list = related("apps", "6447402192", "appPricePoints", wanted).expect("a list");
        assert_eq!(list.len(), 1602, "as in a recorded reply");
        let recorded = "eyJzIjoiNjQ0NzQwMjE5MiIsInQiOiJDQU4iLCJwIjoiMTAwMDAifQ";
        assert_eq!(list.get(0).map(|found| found.id).as_deref(), Some(recorded));
        let usa = list.get(801).expect("the first of the second storefront");
        assert_eq!(usa.links[1].1, ["USA"]);
        assert_eq!(list.get(1602), None);
    }

    #[test]
    fn unknown_territory_gives_an_empty_list() {
        let wanted = narrowed(&[("territory", &["US"])]);
        let list = related("subscriptions", "1", "pricePoints", wanted).expect("a list");
        assert!(list.is_empty());
    }

    #[test]
    fn positions_of_the_whole_list_name_distinct_points_that_are_found_again() {
        let list = related("inAppPurchases", "42", "pricePoints", Narrowing::default());
        let list = list.expect("a list");
        assert_eq!(list.len(), 175 * 800);
        for position in (0..list.len()).step_by(797) {
            let found = list.get(position).expect("a point");
            assert_eq!(record("inAppPurchasePricePoints", &found.id), Some(found));
        }
    }

    #[test]
    fn equalizations_are_one_for_each_other_storefront() {
        let base = "eyJzIjoiNjQ0NzQ5NzgzMiIsInQiOiJVU0EiLCJwIjoiMTAxMjcifQ";
        let all = related("subscriptionPricePoints", base, "equalizations", Narrowing::default());
        assert_eq!(all.as_ref().map(ReferenceList::len), Some(174));
        let wanted = narrowed(&[("territory", &["CAN", "JPN", "USA"])]);
        let some = related("subscriptionPricePoints", base, "adjustedEqualizations", wanted);
        let canada = "eyJzIjoiNjQ0NzQ5NzgzMiIsInQiOiJDQU4iLCJwIjoiMTAxNDIifQ";
        let found = ids(&some.expect("a list"));
        assert_eq!((found.len(), found[0].as_str()), (2, canada), "as in a recorded reply");
        let foreign = narrowed(&[("subscription", &["1"])]);
        let none = related("subscriptionPricePoints", base, "equalizations", foreign);
        assert_eq!(none.map(|list| list.len()), Some(0));
    }

    #[test]
    fn to_one_relationships_lead_to_one_resource_or_none() {
        let point = "eyJzIjoiNjQ0NzQ5NzgzMiIsInQiOiJVU0EiLCJwIjoiMTAxMjcifQ";
        let reach = |kind, id, member| {
            related(kind, id, member, Narrowing::default()).map(|list| ids(&list))
        };
        assert_eq!(reach("appPricePoints", point, "territory"), Some(vec!["USA".to_owned()]));
        assert_eq!(reach("appCategories", "GAMES_CARD", "parent"), Some(vec!["GAMES".to_owned()]));
        assert_eq!(reach("appCategories", "GAMES", "parent"), Some(vec![]));
        assert_eq!(reach("appCategories", "GAMES", "subcategories").map(|ids| ids.len()), Some(16));
        assert_eq!(reach("appPricePoints", point, "adjustedEqualizations"), None);
        assert_eq!(reach("appPricePoints", "nonsense", "equalizations"), None);
        assert_eq!(reach("apps", "1", "builds"), None);
    }
}
