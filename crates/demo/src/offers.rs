//! The offers of the demo's subscriptions: introductory, promotional, by code and to win back.
//!
//! It knows offers, not the products; start at [`add_offers`].
//!
//! Source: `behaviours.md` 6.4.

use russet_engine::reference::PricePointId;
use serde_json::json;

use super::apps;
use super::seeds::{Seeds, many, one};

/// Adds one offer of each kind to the two subscriptions that are on sale.
pub(super) fn add_offers(seeds: &mut Seeds, monthly: &str, yearly: &str) {
    seeds.add(
        "subscriptionIntroductoryOffers",
        "trial",
        json!({
            "startDate": seeds.date_ago(120),
            "duration": "ONE_WEEK",
            "offerMode": "FREE_TRIAL",
            "numberOfPeriods": 1,
        }),
        [one("subscription", monthly), one("territory", "USA")],
    );
    let price = add_price(seeds, "subscriptionPromotionalOfferPrices", monthly, 10);
    seeds.add(
        "subscriptionPromotionalOffers",
        "spring",
        json!({
            "duration": "ONE_MONTH",
            "name": "Spring",
            "numberOfPeriods": 2,
            "offerCode": "spring-2",
            "offerMode": "PAY_AS_YOU_GO",
        }),
        [one("subscription", monthly), many("prices", &[price])],
    );
    let price = add_price(seeds, "winBackOfferPrices", yearly, 127);
    seeds.add(
        "winBackOffers",
        "return",
        json!({
            "referenceName": "Come back aboard",
            "offerId": "return-1",
            "duration": "ONE_YEAR",
            "offerMode": "PAY_UP_FRONT",
            "periodCount": 1,
            "customerEligibilityPaidSubscriptionDurationInMonths": 3,
            "customerEligibilityTimeSinceLastSubscribedInMonths": {"minimum": 2, "maximum": 24},
            "customerEligibilityWaitBetweenOffersInMonths": 6,
            "startDate": seeds.date_ago(20),
            "priority": "NORMAL",
            "promotionIntent": "NOT_PROMOTED",
        }),
        [one("subscription", yearly), many("prices", &[price])],
    );
    add_codes(seeds, yearly);
}

fn add_codes(seeds: &mut Seeds, subscription: &str) {
    let price = add_price(seeds, "subscriptionOfferCodePrices", subscription, 62);
    let code = seeds.add(
        "subscriptionOfferCodes",
        "regatta",
        json!({
            "name": "Regatta",
            "customerEligibilities": ["NEW", "EXPIRED"],
            "offerEligibility": "REPLACE_INTRO_OFFERS",
            "duration": "ONE_YEAR",
            "offerMode": "PAY_UP_FRONT",
            "numberOfPeriods": 1,
            "totalNumberOfCodes": 600,
            "productionCodeCount": 600,
            "sandboxCodeCount": 0,
            "active": true,
            "autoRenewEnabled": true,
        }),
        [one("subscription", subscription), many("prices", &[price])],
    );
    let dates = (seeds.days_ago(10), seeds.date_ago(-60));
    seeds.add(
        "subscriptionOfferCodeCustomCodes",
        "regatta",
        json!({
            "customCode": "REGATTA",
            "numberOfCodes": 100,
            "createdDate": dates.0,
            "expirationDate": dates.1,
            "active": true,
        }),
        [one("offerCode", &code)],
    );
    seeds.add(
        "subscriptionOfferCodeOneTimeUseCodes",
        "regatta",
        json!({
            "numberOfCodes": 500,
            "createdDate": dates.0,
            "expirationDate": dates.1,
            "active": true,
            "environment": "PRODUCTION",
        }),
        [one("offerCode", &code)],
    );
}

/// Adds what an offer costs in the United States.
fn add_price(seeds: &mut Seeds, kind: &'static str, subscription: &str, tier: usize) -> String {
    let point =
        PricePointId { subject: subscription.to_owned(), territory: apps::base_territory(), tier };
    let links =
        [one("territory", point.territory.code), one("subscriptionPricePoint", &point.encode())];
    seeds.add(kind, &format!("{subscription}/USA"), json!({}), links)
}
