//! How the demo's live app shows in the store: reviews, events, pages, tests, declarations.
//!
//! It knows nothing of versions' own texts and pictures; start at [`add_presence`].
//!
//! Source: `behaviours.md` 2.10, 7.1 and 8.6.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::apps::DemoApp;
use super::identity;
use super::people;
use super::seeds::{Seeds, many, one};
use super::versions;

/// Adds what customers and editors see and say of the app, and what it declares.
pub(super) fn add_presence(seeds: &mut Seeds, app: &DemoApp) {
    add_reviews(seeds, app);
    let event = add_events(seeds, app);
    add_pages(seeds, app);
    add_experiment(seeds, app);
    add_declarations(seeds, app);
    add_tags(seeds, app);
    add_nominations(seeds, app, &event);
}

fn add_reviews(seeds: &mut Seeds, app: &DemoApp) {
    let live = versions::id(app.key, "IOS", "1.1");
    let mut ids = Vec::new();
    for (at, (rating, territory, title, body, reply)) in [
        (5, "USA", "Never late again", "I trust it more than the harbor wall.", Some("PUBLISHED")),
        (4, "GBR", "Good in a squall", "Would like bigger numbers.", Some("PENDING_PUBLISH")),
        (1, "DEU", "Startet nicht", "Seit dem Update bleibt der Bildschirm weiss.", None),
        (2, "USA", "Batteries", "Eats mine on long days.", None),
        (5, "JPN", "便利です", "毎朝使っています。", None),
        (3, "FRA", "Correct", "Il manque mon port.", None),
        (4, "NLD", "Mooi", "Prettig rustig scherm.", None),
        (5, "USA", "Lovely", "The widget is all I need.", None),
    ]
    .into_iter()
    .enumerate()
    .rev()
    {
        let days = i64::try_from(at).unwrap_or_default() * 2 + 1;
        let review = seeds.add(
            "customerReviews",
            &at.to_string(),
            json!({
                "rating": rating,
                "title": title,
                "body": body,
                "reviewerNickname": format!("sailor{}", 41 + at),
                "createdDate": seeds.days_ago(days),
                "territory": territory,
            }),
            [one("reviewTerritory", territory)],
        );
        if let Some(state) = reply {
            seeds.add(
                "customerReviewResponses",
                &at.to_string(),
                json!({
                    "responseBody": "Thank you, and fair winds.",
                    "lastModifiedDate": seeds.days_ago(days - 1),
                    "state": state,
                }),
                [one("review", &review)],
            );
        }
        ids.push(review);
    }
    seeds.link("apps", &app.id(), many("customerReviews", &ids));
    seeds.link("appStoreVersions", &live, many("customerReviews", &ids));
    let summary = seeds.add(
        "customerReviewSummarizations",
        "en-US",
        json!({
            "createdDate": seeds.days_ago(2),
            "locale": "en-US",
            "platform": "IOS",
            "text": "Sailors like how calm and exact it is; some miss their harbor.",
        }),
        [one("territory", "USA")],
    );
    seeds.link("apps", &app.id(), many("customerReviewSummarizations", &[summary]));
}

/// Adds an event that runs and one that is a draft; returns the id of the first.
fn add_events(seeds: &mut Seeds, app: &DemoApp) -> String {
    let mut running = String::new();
    for (name, state, starts_days_ago) in
        [("Spring tide watch", "PUBLISHED", 2), ("Midsummer race", "DRAFT", -40)]
    {
        let schedule = json!([{
            "territories": ["USA", "GBR", "DEU"],
            "publishStart": seeds.days_ago(starts_days_ago + 5),
            "eventStart": seeds.days_ago(starts_days_ago),
            "eventEnd": seeds.days_ago(starts_days_ago - 12),
        }]);
        let event = seeds.add(
            "appEvents",
            name,
            json!({
                "referenceName": name,
                "badge": "LIVE_EVENT",
                "eventState": state,
                "deepLink": "https://harborpine.example/tidewatch/events",
                "purchaseRequirement": "NO_COST_ASSOCIATED",
                "primaryLocale": "en-US",
                "priority": "NORMAL",
                "purpose": "APPROPRIATE_FOR_ALL_USERS",
                "territorySchedules": schedule,
            }),
            [one("app", &app.id())],
        );
        seeds.add(
            "appEventLocalizations",
            name,
            json!({
                "locale": "en-US",
                "name": name,
                "shortDescription": "Watch the highest water of the season.",
                "longDescription": "Follow the water together, from your own harbor.",
            }),
            [one("appEvent", &event)],
        );
        if state == "PUBLISHED" {
            running = event;
        }
    }
    running
}

fn add_pages(seeds: &mut Seeds, app: &DemoApp) {
    for (name, visible, states) in [
        ("For anglers", true, &["REPLACED_WITH_NEW_VERSION", "APPROVED"][..]),
        ("For rowers", false, &["PREPARE_FOR_SUBMISSION"][..]),
    ] {
        let id = identity::id("appCustomProductPages", &format!("{}/{name}", app.id()));
        let url = format!("https://apps.apple.com/app/id{}?ppid={id}", app.id());
        let links = [one("app", &app.id())];
        seeds.add_as(
            "appCustomProductPages",
            &id,
            json!({"name": name, "url": url, "visible": visible}),
            links,
        );
        for (at, state) in states.iter().enumerate() {
            let version = seeds.add(
                "appCustomProductPageVersions",
                &format!("{name}/{at}"),
                json!({"version": (at + 1).to_string(), "state": state}),
                [one("appCustomProductPage", &id)],
            );
            let text = seeds.add(
                "appCustomProductPageLocalizations",
                &format!("{name}/{at}"),
                json!({"locale": "en-US", "promotionalText": format!("{name}: know the water.")}),
                [one("appCustomProductPageVersion", &version)],
            );
            let parent = one("appCustomProductPageLocalization", &text);
            versions::add_screenshots(seeds, parent, &text, ("APP_IPHONE_67", 1290, 2796));
        }
    }
}

fn add_experiment(seeds: &mut Seeds, app: &DemoApp) {
    let live = versions::id(app.key, "IOS", "1.1");
    let experiment = seeds.add(
        "appStoreVersionExperiments",
        "icons",
        json!({
            "name": "Darker icon",
            "platform": "IOS",
            "trafficProportion": 30,
            "state": "APPROVED",
            "reviewRequired": true,
            "startDate": seeds.days_ago(12),
        }),
        [
            one("app", &app.id()),
            one("latestControlVersion", &live),
            many("controlVersions", &[live.as_str()]),
        ],
    );
    let treatment = seeds.add(
        "appStoreVersionExperimentTreatments",
        "icons",
        json!({"name": "Treatment A"}),
        [one("appStoreVersionExperimentV2", &experiment)],
    );
    seeds.add(
        "appStoreVersionExperimentTreatmentLocalizations",
        "icons",
        json!({"locale": "en-US"}),
        [one("appStoreVersionExperimentTreatment", &treatment)],
    );
}

fn add_declarations(seeds: &mut Seeds, app: &DemoApp) {
    for (family, state) in [("IPHONE", "PUBLISHED"), ("IPAD", "DRAFT")] {
        seeds.add(
            "accessibilityDeclarations",
            family,
            json!({
                "deviceFamily": family,
                "state": state,
                "supportsAudioDescriptions": false,
                "supportsCaptions": false,
                "supportsDarkInterface": true,
                "supportsDifferentiateWithoutColorAlone": true,
                "supportsLargerText": true,
                "supportsReducedMotion": true,
                "supportsSufficientContrast": true,
                "supportsVoiceControl": true,
                "supportsVoiceover": true,
            }),
            [one("app", &app.id())],
        );
    }
    seeds.add(
        "endUserLicenseAgreements",
        "custom",
        json!({"agreementText": "Do not steer by this app alone."}),
        [one("app", &app.id()), many("territories", &["DEU", "FRA"])],
    );
}

fn add_tags(seeds: &mut Seeds, app: &DemoApp) {
    let mut tags = Vec::new();
    for (name, visible) in [("Tides", true), ("Boating", true), ("Surfing", false)] {
        let tag = json!({"name": name, "visibleInAppStore": visible});
        tags.push(seeds.add("appTags", name, tag, [many("territories", &["USA", "GBR"])]));
    }
    seeds.link("apps", &app.id(), many("appTags", &tags));
    let words = ["sea", "calm", "small"];
    let keywords: Vec<_> = words
        .iter()
        .map(|word| {
            let id = URL_SAFE_NO_PAD.encode(format!("{}|en-US|{word}", app.id()));
            seeds.add_as("appKeywords", id, json!({}), [])
        })
        .collect();
    seeds.link("apps", &app.id(), many("searchKeywords", &keywords));
    let live = versions::id(app.key, "IOS", "1.1");
    let text = versions::localization_id(app, &live, "en-US");
    seeds.link("appStoreVersionLocalizations", &text, many("searchKeywords", &keywords));
}

fn add_nominations(seeds: &mut Seeds, app: &DemoApp, event: &str) {
    seeds.outside_apps();
    let author = people::marketing();
    for (name, state) in [("Spring tides", "SUBMITTED"), ("Autumn", "DRAFT")] {
        let submitted = state == "SUBMITTED";
        let mut links = vec![
            many("relatedApps", &[app.id()]),
            one("createdByActor", &author),
            one("lastModifiedByActor", &author),
            many("supportedTerritories", &["USA", "GBR"]),
        ];
        if submitted {
            links.push(one("submittedByActor", &author));
            links.push(many("inAppEvents", &[event]));
        }
        seeds.add(
            "nominations",
            name,
            json!({
                "name": name,
                "type": "NEW_CONTENT",
                "description": "A season of high water, told harbor by harbor.",
                "createdDate": seeds.days_ago(25),
                "lastModifiedDate": seeds.days_ago(20),
                "submittedDate": submitted.then(|| seeds.days_ago(20)),
                "state": state,
                "publishStartDate": seeds.days_ago(-30),
                "publishEndDate": seeds.days_ago(-44),
                "deviceFamilies": ["IPHONE", "IPAD"],
                "locales": ["en-US"],
                "hasInAppEvents": submitted,
                "launchInSelectMarketsFirst": false,
                "preOrderEnabled": false,
            }),
            links,
        );
    }
    seeds.within(&app.id());
}
