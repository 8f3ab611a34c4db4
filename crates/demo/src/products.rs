//! What the demo's first app sells: in-app purchases and subscriptions in every state.
//!
//! It knows products, their prices and offers; start at [`add_products`].
//!
//! Source: `behaviours.md` 6.1, 6.3 and 6.4.

use russet_engine::reference::{PricePointId, PriceTable, TERRITORIES};
use serde_json::json;

use super::apps::{self, DemoApp};
use super::identity;
use super::offers;
use super::people;
use super::seeds::{Seeds, many, one};

/// Adds in-app purchases, subscription groups with subscriptions, offers and promoted purchases.
pub(super) fn add_products(seeds: &mut Seeds, app: &DemoApp) {
    let mut promoted = Vec::new();
    for product in &PURCHASES {
        let id = add_purchase(seeds, app, product);
        if product.state == "APPROVED" {
            promoted.push(one("inAppPurchaseV2", &id));
        }
    }
    let group = add_group(seeds, app, "Tidewatch Plus", "APPROVED");
    let (_, monthly) = (
        add_subscription(seeds, &group, &("Weekly", "weekly", "ONE_WEEK", 3), None),
        add_subscription(seeds, &group, &("Monthly", "monthly", "ONE_MONTH", 2), Some(36)),
    );
    let yearly = add_subscription(seeds, &group, &("Yearly", "yearly", "ONE_YEAR", 1), Some(177));
    add_group(seeds, app, "Tidewatch Crew", "PREPARE_FOR_SUBMISSION");
    offers::add_offers(seeds, &monthly, &yearly);

    promoted.push(one("subscription", &yearly));
    for (at, product) in promoted.into_iter().enumerate() {
        let state = json!({"visibleForAllUsers": true, "enabled": true, "state": "APPROVED"});
        seeds.add("promotedPurchases", &at.to_string(), state, [one("app", &app.id()), product]);
    }
}

struct Purchase {
    name: &'static str,
    product: &'static str,
    /// `inAppPurchaseType`.
    sort: &'static str,
    state: &'static str,
    /// State of its version and localizations.
    version: &'static str,
    /// Number of its price in the United States.
    tier: Option<usize>,
}

const PURCHASES: [Purchase; 6] = [
    Purchase {
        name: "Ten charts",
        product: "charts10",
        sort: "CONSUMABLE",
        state: "APPROVED",
        version: "APPROVED",
        tier: Some(10),
    },
    Purchase {
        name: "Harbor atlas",
        product: "atlas",
        sort: "NON_CONSUMABLE",
        state: "APPROVED",
        version: "APPROVED",
        tier: Some(62),
    },
    Purchase {
        name: "Night colors",
        product: "night",
        sort: "NON_CONSUMABLE",
        state: "READY_TO_SUBMIT",
        version: "PREPARE_FOR_SUBMISSION",
        tier: Some(36),
    },
    Purchase {
        name: "Season pass",
        product: "season",
        sort: "NON_RENEWING_SUBSCRIPTION",
        state: "WAITING_FOR_REVIEW",
        version: "WAITING_FOR_REVIEW",
        tier: Some(127),
    },
    Purchase {
        name: "Fifty charts",
        product: "charts50",
        sort: "CONSUMABLE",
        state: "REJECTED",
        version: "REJECTED",
        tier: Some(36),
    },
    Purchase {
        name: "Lighthouse sounds",
        product: "sounds",
        sort: "NON_CONSUMABLE",
        state: "MISSING_METADATA",
        version: "PREPARE_FOR_SUBMISSION",
        tier: None,
    },
];

fn add_purchase(seeds: &mut Seeds, app: &DemoApp, purchase: &Purchase) -> String {
    let id = seeds.add(
        "inAppPurchases",
        purchase.product,
        json!({
            "name": purchase.name,
            "productId": format!("{}.{}", app.bundle_id, purchase.product),
            "inAppPurchaseType": purchase.sort,
            "state": purchase.state,
            "reviewNote": purchase.tier.map(|_| "Found under Settings, Store."),
            "familySharable": false,
            "contentHosting": false,
        }),
        [one("app", &app.id())],
    );
    let version = json!({"version": 1, "state": purchase.version});
    seeds.add("inAppPurchaseVersions", &id, version, [one("inAppPurchase", &id)]);
    let Some(tier) = purchase.tier else { return id };
    seeds.add(
        "inAppPurchaseLocalizations",
        &id,
        json!({
            "name": purchase.name,
            "locale": "en-US",
            "description": "For those who stay out longer.",
            "state": localization_state(purchase.version),
        }),
        [one("inAppPurchaseV2", &id)],
    );
    let screenshot = review_screenshot(&id);
    seeds.add(
        "inAppPurchaseAppStoreReviewScreenshots",
        &id,
        screenshot,
        [one("inAppPurchaseV2", &id)],
    );
    let everywhere: Vec<_> = TERRITORIES.iter().map(|territory| territory.code).collect();
    seeds.add_as(
        "inAppPurchaseAvailabilities",
        &id,
        json!({"availableInNewTerritories": true}),
        [one("inAppPurchase", &id), many("availableTerritories", &everywhere)],
    );
    add_purchase_price(seeds, &id, tier);
    if purchase.state == "APPROVED" {
        add_offer_code(seeds, &id);
    }
    id
}

/// A localization has fewer states than the version it hangs on.
fn localization_state(version: &str) -> &str {
    match version {
        "APPROVED" | "REJECTED" | "WAITING_FOR_REVIEW" => version,
        _ => "PREPARE_FOR_SUBMISSION",
    }
}

fn add_purchase_price(seeds: &mut Seeds, purchase: &str, tier: usize) {
    let base =
        PricePointId { subject: purchase.to_owned(), territory: apps::base_territory(), tier };
    let price = base.encode_price(None, None);
    seeds.add_as(
        "inAppPurchasePriceSchedules",
        purchase,
        json!({}),
        [
            one("inAppPurchase", purchase),
            one("baseTerritory", base.territory.code),
            many("manualPrices", &[&price]),
        ],
    );
    let links =
        [one("inAppPurchasePricePoint", &base.encode()), one("territory", base.territory.code)];
    seeds.add_as("inAppPurchasePrices", price, json!({"manual": true}), links);
}

fn add_offer_code(seeds: &mut Seeds, purchase: &str) {
    let base =
        PricePointId { subject: purchase.to_owned(), territory: apps::base_territory(), tier: 1 };
    let price = seeds.add(
        "inAppPurchaseOfferPrices",
        purchase,
        json!({}),
        [one("territory", base.territory.code), one("pricePoint", &base.encode())],
    );
    let code = seeds.add(
        "inAppPurchaseOfferCodes",
        purchase,
        json!({
            "name": "Boat show",
            "customerEligibilities": ["NON_SPENDER", "CHURNED_SPENDER"],
            "productionCodeCount": 250,
            "sandboxCodeCount": 0,
            "active": true,
        }),
        [one("inAppPurchase", purchase), many("prices", &[price])],
    );
    seeds.add(
        "inAppPurchaseOfferCodeCustomCodes",
        purchase,
        json!({
            "customCode": "BOATSHOW",
            "numberOfCodes": 250,
            "createdDate": seeds.days_ago(15),
            "expirationDate": seeds.date_ago(-45),
            "active": true,
        }),
        [one("offerCode", &code), one("createdByActor", &people::app_manager())],
    );
}

fn add_group(seeds: &mut Seeds, app: &DemoApp, name: &str, state: &str) -> String {
    let id = seeds.add(
        "subscriptionGroups",
        name,
        json!({"referenceName": name}),
        [one("app", &app.id())],
    );
    let version = json!({"version": 1, "state": state});
    seeds.add("subscriptionGroupVersions", name, version, [one("subscriptionGroup", &id)]);
    if state == "APPROVED" {
        seeds.add(
            "subscriptionGroupLocalizations",
            name,
            json!({"name": name, "locale": "en-US", "state": state}),
            [one("subscriptionGroup", &id)],
        );
    }
    id
}

fn add_subscription(
    seeds: &mut Seeds,
    group: &str,
    (name, product, period, level): &(&str, &str, &str, i64),
    tier: Option<usize>,
) -> String {
    let (state, version) = match tier {
        Some(_) => ("APPROVED", "APPROVED"),
        None => ("MISSING_METADATA", "PREPARE_FOR_SUBMISSION"),
    };
    let id = seeds.add(
        "subscriptions",
        product,
        json!({
            "name": name,
            "productId": format!("com.harborpine.tidewatch.plus.{product}"),
            "familySharable": false,
            "state": state,
            "subscriptionPeriod": period,
            "groupLevel": level,
        }),
        [one("group", group)],
    );
    let number = json!({"version": 1, "state": version});
    seeds.add("subscriptionVersions", product, number, [one("subscription", &id)]);
    let Some(tier) = tier else { return id };
    seeds.add(
        "subscriptionLocalizations",
        product,
        json!({
            "name": format!("Plus, {}", name.to_lowercase()),
            "locale": "en-US",
            "description": "Every harbor, every tide.",
            "state": "APPROVED",
        }),
        [one("subscription", &id)],
    );
    let screenshot = review_screenshot(&id);
    seeds.add(
        "subscriptionAppStoreReviewScreenshots",
        product,
        screenshot,
        [one("subscription", &id)],
    );
    let everywhere: Vec<_> = TERRITORIES.iter().map(|territory| territory.code).collect();
    let open = json!({"availableInNewTerritories": true});
    let links = [one("subscription", &id), many("availableTerritories", &everywhere)];
    seeds.add_as("subscriptionAvailabilities", &id, open, links.clone());
    let open = json!({"availableInNewTerritories": true, "planType": "UPFRONT"});
    seeds.add("subscriptionPlanAvailabilities", product, open, links);
    add_subscription_prices(seeds, &id, tier);
    id
}

fn add_subscription_prices(seeds: &mut Seeds, subscription: &str, tier: usize) {
    let base =
        PricePointId { subject: subscription.to_owned(), territory: apps::base_territory(), tier };
    for territory in &TERRITORIES {
        let Some(point) = PriceTable::Subscription.equalize(&base, territory) else { continue };
        seeds.add(
            "subscriptionPrices",
            &format!("{subscription}/{}", territory.code),
            json!({"preserved": false, "planType": "UPFRONT"}),
            [
                one("subscription", subscription),
                one("territory", territory.code),
                one("subscriptionPricePoint", &point.encode()),
            ],
        );
    }
}

fn review_screenshot(name: &str) -> serde_json::Value {
    let url = format!("https://assets.harborpine.example/review/{name}/{{w}}x{{h}}bb.{{f}}");
    json!({
        "fileSize": 181_204,
        "fileName": "review.png",
        "sourceFileChecksum": identity::checksum(name),
        "imageAsset": {"templateUrl": url, "width": 1290, "height": 2796},
        "assetToken": format!("Demo/{name}.png"),
        "assetType": "SCREENSHOT",
        "uploadOperations": [],
        "assetDeliveryState": {"errors": [], "warnings": [], "state": "COMPLETE"},
    })
}
