//! The demo's apps and what every app has from the day it is made.
//!
//! It knows nothing of versions and builds; start at [`APPS`].
//!
//! Source: `behaviours.md` 1.2 for what exists from the start, 2.8 and 2.9 for what a sale needs.

use russet_engine::reference::{PricePointId, TERRITORIES, Territory, TerritoryAvailabilityId};
use serde_json::{Value, json};

use super::identity;
use super::seeds::{Link, Seeds, many, one};

/// An app of the demo.
#[derive(Debug, Clone, Copy)]
pub(super) struct DemoApp {
    /// Name that the demo's other parts call it by.
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) bundle_id: &'static str,
    subtitle: &'static str,
    sku: &'static str,
    /// Primary category, and subcategories of it.
    categories: (&'static str, &'static [&'static str]),
    pub(super) locales: &'static [&'static str],
    /// States of its app infos, the live one last.
    infos: &'static [&'static str],
    /// Number of the price in the United States, `None` where no price was set.
    tier: Option<usize>,
}

/// The apps of the first team.
pub(super) const APPS: [DemoApp; 5] = [
    DemoApp {
        key: "tidewatch",
        name: "Tidewatch",
        bundle_id: "com.harborpine.tidewatch",
        subtitle: "Tides, wind and harbors",
        sku: "TIDEWATCH-01",
        categories: ("WEATHER", &[]),
        locales: &["en-US", "de-DE", "ja"],
        infos: &["PREPARE_FOR_SUBMISSION", "READY_FOR_DISTRIBUTION"],
        tier: Some(0),
    },
    DemoApp {
        key: "pocketledger",
        name: "Pocket Ledger",
        bundle_id: "com.harborpine.pocketledger",
        subtitle: "Small books, kept well",
        sku: "POCKETLEDGER-01",
        categories: ("FINANCE", &[]),
        locales: &["en-US"],
        infos: &["PREPARE_FOR_SUBMISSION"],
        tier: None,
    },
    DemoApp {
        key: "orbitgolf",
        name: "Orbit Golf",
        bundle_id: "com.harborpine.orbitgolf",
        subtitle: "Eighteen holes, no gravity",
        sku: "ORBITGOLF-01",
        categories: ("GAMES", &["GAMES_CASUAL", "GAMES_SPORTS"]),
        locales: &["en-US", "fr-FR"],
        infos: &["WAITING_FOR_REVIEW", "READY_FOR_DISTRIBUTION"],
        tier: Some(36),
    },
    DemoApp {
        key: "quietroom",
        name: "Quiet Room",
        bundle_id: "com.harborpine.quietroom",
        subtitle: "Sounds to think by",
        sku: "QUIETROOM-01",
        categories: ("HEALTH_AND_FITNESS", &[]),
        locales: &["en-US"],
        infos: &["REJECTED", "READY_FOR_DISTRIBUTION"],
        tier: Some(10),
    },
    DemoApp {
        key: "signalbook",
        name: "Signal Book",
        bundle_id: "com.harborpine.signalbook",
        subtitle: "Flags and lights at sea",
        sku: "SIGNALBOOK-01",
        categories: ("REFERENCE", &[]),
        locales: &["en-US"],
        infos: &["PENDING_RELEASE"],
        tier: Some(0),
    },
];

impl DemoApp {
    /// Returns its Apple ID.
    pub(super) fn id(&self) -> String {
        id(self.key)
    }
}

/// Returns the Apple ID of the app that the demo calls so.
pub(super) fn id(key: &str) -> String {
    identity::id("apps", key)
}

/// Adds an app with its app infos, beta information, price and availability.
pub(super) fn add_app(seeds: &mut Seeds, app: &DemoApp) {
    let id = app.id();
    seeds.within(&id);
    let for_sale = app.tier.is_some();
    seeds.add_as(
        "apps",
        &id,
        json!({
            "name": app.name,
            "bundleId": app.bundle_id,
            "sku": app.sku,
            "primaryLocale": app.locales[0],
            "isOrEverWasMadeForKids": false,
            "contentRightsDeclaration": for_sale.then_some("DOES_NOT_USE_THIRD_PARTY_CONTENT"),
            "streamlinedPurchasingEnabled": true,
        }),
        [one("subscriptionGracePeriod", &id)],
    );
    add_beta_information(seeds, app, &id);
    for state in app.infos {
        add_info(seeds, app, &id, state);
    }
    if let Some(tier) = app.tier {
        add_price(seeds, &id, tier);
        add_availability(seeds, &id);
    }
}

fn add_beta_information(seeds: &mut Seeds, app: &DemoApp, id: &str) {
    seeds.add_as(
        "subscriptionGracePeriods",
        id,
        json!({"optIn": false, "sandboxOptIn": false}),
        [],
    );
    let contact = app.tier.is_some();
    seeds.add_as(
        "betaAppReviewDetails",
        id,
        json!({
            "contactFirstName": contact.then_some("Cleo"),
            "contactLastName": contact.then_some("Sand"),
            "contactPhone": contact.then_some("+14155550123"),
            "contactEmail": contact.then_some("cleo.sand@harborpine.example"),
            "demoAccountRequired": false,
        }),
        [one("app", id)],
    );
    seeds.add_as("betaLicenseAgreements", id, json!({}), [one("app", id)]);
    if contact {
        for locale in app.locales {
            seeds.add(
                "betaAppLocalizations",
                locale,
                json!({
                    "locale": locale,
                    "description": format!("{}, before anyone else sees it.", app.name),
                    "feedbackEmail": "beta@harborpine.example",
                    "marketingUrl": "https://harborpine.example",
                    "privacyPolicyUrl": "https://harborpine.example/privacy",
                }),
                [one("app", id)],
            );
        }
    }
}

fn add_info(seeds: &mut Seeds, app: &DemoApp, app_id: &str, state: &'static str) {
    let rated = app.tier.is_some();
    let (category, parts) = app.categories;
    let mut links: Vec<Link> = vec![one("app", app_id)];
    if rated {
        links.push(one("primaryCategory", category));
        links.push(one("secondaryCategory", "UTILITIES"));
        let places = ["primarySubcategoryOne", "primarySubcategoryTwo"];
        links.extend(places.into_iter().zip(parts).map(|(place, part)| one(place, part)));
    }
    let info = identity::id("appInfos", &format!("{}/{state}", app.key));
    links.push(one("ageRatingDeclaration", &info));
    seeds.add_as(
        "appInfos",
        &info,
        json!({
            "state": state,
            "appStoreState": old_state(state),
            "appStoreAgeRating": rated.then_some("FOUR_PLUS"),
            "brazilAgeRating": rated.then_some("L"),
            "brazilAgeRatingV2": rated.then_some("SELF_RATED_L"),
            "koreaAgeRating": rated.then_some("ALL"),
        }),
        links,
    );
    seeds.add_as("ageRatingDeclarations", &info, if rated { harmless() } else { json!({}) }, []);
    for locale in app.locales {
        seeds.add(
            "appInfoLocalizations",
            &format!("{state}/{locale}"),
            json!({
                "locale": locale,
                "name": app.name,
                "subtitle": rated.then_some(app.subtitle),
                "privacyPolicyUrl": rated.then_some("https://harborpine.example/privacy"),
            }),
            [one("appInfo", &info)],
        );
    }
}

/// The older word for an app info's state. Source: `behaviours.md` 2.2.
fn old_state(state: &str) -> &str {
    match state {
        "READY_FOR_DISTRIBUTION" => "READY_FOR_SALE",
        "PENDING_RELEASE" => "PENDING_DEVELOPER_RELEASE",
        other => other,
    }
}

/// The answers of an app that nobody need be kept from.
fn harmless() -> Value {
    let never = [
        "alcoholTobaccoOrDrugUseOrReferences",
        "contests",
        "gamblingSimulated",
        "gunsOrOtherWeapons",
        "horrorOrFearThemes",
        "matureOrSuggestiveThemes",
        "medicalOrTreatmentInformation",
        "profanityOrCrudeHumor",
        "sexualContentGraphicAndNudity",
        "sexualContentOrNudity",
        "violenceCartoonOrFantasy",
        "violenceRealistic",
        "violenceRealisticProlongedGraphicOrSadistic",
    ];
    let no = [
        "advertising",
        "ageAssurance",
        "gambling",
        "healthOrWellnessTopics",
        "lootBox",
        "messagingAndChat",
        "parentalControls",
        "socialMedia",
        "socialMediaAgeRestricted",
        "unrestrictedWebAccess",
        "userGeneratedContent",
    ];
    let answers = never.into_iter().map(|question| (question, json!("NONE")));
    let answers = answers.chain(no.into_iter().map(|question| (question, json!(false))));
    let overrides = ["ageRatingOverride", "ageRatingOverrideV2", "koreaAgeRatingOverride"];
    let overrides = overrides.into_iter().map(|name| (name, json!("NONE")));
    answers.chain(overrides).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The storefront that the demo's prices start from.
pub(super) fn base_territory() -> &'static Territory {
    let position = Territory::position("USA").unwrap_or_default();
    &TERRITORIES[position]
}

/// Adds the schedule of an app: one price by hand, from which the others are computed.
fn add_price(seeds: &mut Seeds, app: &str, tier: usize) {
    let base = PricePointId { subject: app.to_owned(), territory: base_territory(), tier };
    let price = base.encode_price(None, None);
    seeds.add_as(
        "appPriceSchedules",
        app,
        json!({}),
        [
            one("app", app),
            one("baseTerritory", base.territory.code),
            many("manualPrices", &[&price]),
        ],
    );
    seeds.add_as(
        "appPrices",
        price,
        json!({"manual": true}),
        [one("appPricePoint", &base.encode()), one("territory", base.territory.code)],
    );
}

/// Adds where an app is sold: everywhere.
fn add_availability(seeds: &mut Seeds, app: &str) {
    let id = |territory| TerritoryAvailabilityId { app: app.to_owned(), territory }.encode();
    let availabilities: Vec<_> = TERRITORIES.iter().map(id).collect();
    seeds.add_as(
        "appAvailabilities",
        app,
        json!({"availableInNewTerritories": true}),
        [one("app", app), many("territoryAvailabilities", &availabilities)],
    );
    for (territory, id) in TERRITORIES.iter().zip(availabilities) {
        seeds.add_as(
            "territoryAvailabilities",
            id,
            json!({
                "available": true,
                "preOrderEnabled": false,
                "contentStatuses": ["AVAILABLE"],
            }),
            [one("territory", territory.code)],
        );
    }
}
