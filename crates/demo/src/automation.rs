//! What runs by itself around the demo's apps: webhooks, analytics, sandbox testers.
//!
//! It knows nothing of store pages; start at [`add_automation`] and [`add_sandbox_testers`].
//!
//! Source: `behaviours.md` 7.3, 8.3 and 8.8.

use serde_json::{Value, json};

use super::apps::DemoApp;
use super::identity;
use super::seeds::{Seeds, many, one};

/// Adds an app's webhook and analytics reports.
pub(super) fn add_automation(seeds: &mut Seeds, app: &DemoApp) {
    add_webhook(seeds, app);
    add_analytics(seeds, app);
}

/// Adds the team's sandbox testers.
pub(super) fn add_sandbox_testers(seeds: &mut Seeds) {
    for (first, last, territory, interrupt, rate) in [
        ("Sandy", "Shore", "USA", false, "MONTHLY_RENEWAL_EVERY_FIVE_MINUTES"),
        ("Bob", "Reef", "DEU", true, "MONTHLY_RENEWAL_EVERY_ONE_HOUR"),
        ("Yuki", "Nami", "JPN", false, "MONTHLY_RENEWAL_EVERY_THREE_MINUTES"),
    ] {
        let account = format!("{first}.{last}@sandbox.example").to_lowercase();
        seeds.add(
            "sandboxTesters",
            &account,
            json!({
                "firstName": first,
                "lastName": last,
                "acAccountName": account,
                "territory": territory,
                "applePayCompatible": true,
                "interruptPurchases": interrupt,
                "subscriptionRenewalRate": rate,
            }),
            [],
        );
    }
}

fn add_webhook(seeds: &mut Seeds, app: &DemoApp) {
    let url = "https://hooks.harborpine.example/app-store-connect";
    let webhook = seeds.add(
        "webhooks",
        "releases",
        json!({
            "enabled": true,
            "eventTypes": [
                "APP_STORE_VERSION_APP_VERSION_STATE_UPDATED",
                "BUILD_UPLOAD_STATE_UPDATED",
            ],
            "name": "Releases",
            "url": url,
        }),
        [one("app", &app.id())],
    );
    let mut deliveries = Vec::new();
    for (hours, state, status) in [(50, "SUCCEEDED", Some(200)), (26, "FAILED", Some(503))] {
        let name = hours.to_string();
        let payload: Value = json!({"data": {
            "type": "appStoreVersionAppVersionStateUpdated",
            "id": identity::id("webhookEvents payload", &name),
            "version": 1,
            "attributes": {"newValue": "READY_FOR_DISTRIBUTION", "oldValue": "IN_REVIEW"},
        }});
        let event = seeds.add(
            "webhookEvents",
            &name,
            json!({
                "eventType": "APP_STORE_VERSION_APP_VERSION_STATE_UPDATED",
                "payload": payload.to_string(),
                "ping": false,
                "createdDate": seeds.hours_ago(hours),
            }),
            [],
        );
        deliveries.push(seeds.add(
            "webhookDeliveries",
            &name,
            json!({
                "createdDate": seeds.hours_ago(hours),
                "deliveryState": state,
                "errorMessage": (state == "FAILED").then_some("The receiver answered 503."),
                "redelivery": false,
                "sentDate": seeds.hours_ago(hours),
                "request": {"url": url},
                "response": status.map(|code| json!({"httpStatusCode": code, "body": ""})),
            }),
            [one("event", &event)],
        ));
    }
    seeds.link("webhooks", &webhook, many("deliveries", &deliveries));
}

fn add_analytics(seeds: &mut Seeds, app: &DemoApp) {
    let mut reports = Vec::new();
    for (name, category) in [
        ("App Sessions Standard", "APP_USAGE"),
        ("App Store Discovery and Engagement Standard", "APP_STORE_ENGAGEMENT"),
        ("App Downloads Standard", "COMMERCE"),
        ("App Store Installation and Deletion Standard", "APP_USAGE"),
    ] {
        let report =
            seeds.add("analyticsReports", name, json!({"name": name, "category": category}), []);
        let mut instances = Vec::new();
        for day in 2..5 {
            let key = format!("{name}/{day}");
            let checksum = identity::checksum(&key);
            let segment = seeds.add(
                "analyticsReportSegments",
                &key,
                json!({
                    "checksum": checksum,
                    "sizeInBytes": 2_048,
                    "url": format!("https://assets.harborpine.example/analytics/{checksum}.gz"),
                }),
                [],
            );
            let instance = json!({"granularity": "DAILY", "processingDate": seeds.date_ago(day)});
            let links = [many("segments", &[segment])];
            instances.push(seeds.add("analyticsReportInstances", &key, instance, links));
        }
        seeds.link("analyticsReports", &report, many("instances", &instances));
        reports.push(report);
    }
    seeds.add(
        "analyticsReportRequests",
        "ongoing",
        json!({"accessType": "ONGOING", "stoppedDueToInactivity": false}),
        [one("app", &app.id()), many("reports", &reports)],
    );
}
