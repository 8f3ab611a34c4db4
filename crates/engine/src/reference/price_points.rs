//! The price points of apps, in-app purchases and subscriptions: computed, never stored.
//!
//! It does not know whether the subject exists or who may see it; start at [`PriceTable`].
//!
//! Every storefront has the same number of points, so a position in a list of them is divided, not
//! searched: lists are by storefront's code, then ascending (`protocol.md` 4.6).

use super::currencies::{Currency, FIRST_YEAR, SECOND_YEAR, TIERS, present_amount};
use super::identifiers::PricePointId;
use super::territories::{TERRITORIES, Territory};

/// What is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceTable {
    /// Apps: free, then 800 prices. Source: a recorded list of two storefronts has 1602.
    App,
    /// In-app purchases: 800 prices. Source: recorded lists start at 10001.
    InAppPurchase,
    /// Subscriptions: 800 prices. Source: recorded lists start at 10001.
    Subscription,
}

/// The price of a subject in a storefront.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePoint {
    /// Subject, storefront and tier, which are also the resource's id.
    pub id: PricePointId,
    /// What a customer pays, `9.99`.
    pub customer_price: String,
    /// What is left of it, `7.0`.
    pub proceeds: String,
    /// What is left of it after a subscriber's first year, `8.49`; of subscriptions alone.
    pub proceeds_year_2: Option<String>,
}

impl PriceTable {
    /// Returns the table that prices resources of this type.
    #[must_use]
    pub fn of_subject(kind: &str) -> Option<Self> {
        match kind {
            "apps" => Some(Self::App),
            "inAppPurchases" => Some(Self::InAppPurchase),
            "subscriptions" => Some(Self::Subscription),
            _ => None,
        }
    }

    /// Returns the table whose points are resources of this type.
    #[must_use]
    pub fn of_points(kind: &str) -> Option<Self> {
        match kind {
            "appPricePoints" => Some(Self::App),
            "inAppPurchasePricePoints" => Some(Self::InAppPurchase),
            "subscriptionPricePoints" => Some(Self::Subscription),
            _ => None,
        }
    }

    /// Returns the number of points in each storefront.
    #[must_use]
    pub fn len_per_territory(self) -> usize {
        TIERS + 1 - self.first_tier()
    }

    /// Returns the id at a position of a storefront's ascending list.
    #[must_use]
    pub fn id(
        self,
        subject: &str,
        territory: &'static Territory,
        position: usize,
    ) -> Option<PricePointId> {
        let tier = self.first_tier() + position;
        (tier <= TIERS).then(|| PricePointId { subject: subject.to_owned(), territory, tier })
    }

    /// Returns the point that an id names. `None` for a malformed id and for one that is not a
    /// point of this table.
    #[must_use]
    pub fn find(self, id: &str) -> Option<PricePoint> {
        self.point(PricePointId::parse(id)?)
    }

    /// Returns the point at a subject, storefront and tier.
    #[must_use]
    pub fn point(self, id: PricePointId) -> Option<PricePoint> {
        if id.tier < self.first_tier() {
            return None;
        }
        let currency = Currency::find(id.territory.currency)?;
        let price = currency.price(id.tier)?;
        Some(PricePoint {
            customer_price: present_amount(price),
            proceeds: present_amount(currency.proceeds(price, FIRST_YEAR)),
            proceeds_year_2: (self == Self::Subscription)
                .then(|| present_amount(currency.proceeds(price, SECOND_YEAR))),
            id,
        })
    }

    /// Returns the point of another storefront that corresponds to `base`, for the same subject.
    #[must_use]
    pub fn equalize(
        self,
        base: &PricePointId,
        territory: &'static Territory,
    ) -> Option<PricePointId> {
        let from = Currency::find(base.territory.currency)?;
        let tier = Currency::find(territory.currency)?.equalize(from, base.tier)?;
        Some(PricePointId { subject: base.subject.clone(), territory, tier })
    }

    /// Returns the storefronts that a point is equalized in: all but its own.
    ///
    /// Source: a recorded list for a point in one storefront has 174.
    #[must_use]
    pub fn others(base: &PricePointId) -> Vec<&'static Territory> {
        TERRITORIES.iter().filter(|territory| **territory != *base.territory).collect()
    }

    fn first_tier(self) -> usize {
        match self {
            Self::App => 0,
            Self::InAppPurchase | Self::Subscription => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLES: [PriceTable; 3] =
        [PriceTable::App, PriceTable::InAppPurchase, PriceTable::Subscription];

    fn storefront(code: &str) -> &'static Territory {
        Territory::find(code).expect("a storefront")
    }

    #[test]
    fn apps_can_be_free_and_products_cannot() {
        assert_eq!(TABLES.map(PriceTable::len_per_territory), [801, 800, 800]);
        let free = PricePointId { subject: "1".to_owned(), territory: storefront("USA"), tier: 0 };
        let amounts = PriceTable::App.point(free.clone()).map(|point| point.customer_price);
        assert_eq!(amounts.as_deref(), Some("0.0"));
        assert_eq!(PriceTable::InAppPurchase.find(&free.encode()), None);
        assert_eq!(PriceTable::Subscription.find(&free.encode()), None);
    }

    #[test]
    fn second_year_is_told_of_subscriptions_alone() {
        let point = |table: PriceTable| {
            let id = table.id("6470878936", storefront("USA"), 9)?;
            table.find(&id.encode())?.proceeds_year_2
        };
        assert_eq!(TABLES.map(point), [None, None, Some("0.84".to_owned())]);
    }

    #[test]
    fn ids_past_the_last_tier_name_nothing() {
        let id = PricePointId { subject: "1".to_owned(), territory: storefront("USA"), tier: 801 };
        assert!(TABLES.iter().all(|table| table.find(&id.encode()).is_none()));
        assert!(TABLES.iter().all(|table| table.id("1", id.territory, 801).is_none()));
    }

    #[test]
    fn every_point_is_found_by_its_id_again() {
        for table in TABLES {
            for territory in &TERRITORIES {
                for position in (0..table.len_per_territory()).step_by(89) {
                    let id = table.id("42", territory, position).expect("a position");
                    assert_eq!(table.find(&id.encode()).map(|point| point.id), Some(id));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_point_has_one_counterpart_in_each_other_storefront(at in 0..175_usize, tier in 0..=800_usize) {
            let base = PricePointId { subject: "42".to_owned(), territory: &TERRITORIES[at], tier };
            let others = PriceTable::others(&base);
            prop_assert_eq!(others.len(), 174);
            for territory in others {
                let found = PriceTable::App.equalize(&base, territory).expect("a counterpart");
                prop_assert_eq!(found.tier == 0, tier == 0);
                if territory.currency == base.territory.currency {
                    prop_assert_eq!(found.tier, tier);
                }
            }
        }
    }
}
