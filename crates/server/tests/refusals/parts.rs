//! What belongs to something: not there twice, not of another, not left behind, and replaced
//! without a trace.

use russet_catalog::{Operation, OperationKind};
use russet_engine::behaviors::REPLACED_BY_CREATE;
use russet_engine::reference::{PricePointId, Territory, TerritoryAvailabilityId};
use russet_testkit::{Caller, Reply, Role, Seed, TestApp};
use serde_json::{Map, Value, json};

const INVALID: &str = "ENTITY_ERROR.RELATIONSHIP.INVALID";

/// The type of which a create replaces only what was rejected.
const REVIEWED: &str = "betaAppReviewSubmissions";

fn point(subject: &str, tier: usize) -> String {
    let territory = Territory::find("USA").expect("a territory");
    PricePointId { subject: subject.to_owned(), territory, tier }.encode()
}

fn to(kind: &str, id: &str) -> Value {
    json!({ "data": { "type": kind, "id": id } })
}

/// A price schedule of an app with these price points.
fn schedule(app: &str, points: &[String]) -> Value {
    let (mut named, mut included) = (Vec::new(), Vec::new());
    for (at, point) in points.iter().enumerate() {
        let local = format!("${{p{at}}}");
        named.push(json!({ "type": "appPrices", "id": local }));
        included.push(json!({ "type": "appPrices", "id": local,
            "relationships": { "appPricePoint": to("appPricePoints", point) } }));
    }
    json!({ "data": { "type": "appPriceSchedules", "relationships": {
        "app": to("apps", app), "baseTerritory": to("territories", "USA"),
        "manualPrices": { "data": named } } }, "included": included })
}

fn subscription_price(subscription: &str, point: &str) -> Value {
    json!({ "data": { "type": "subscriptionPrices", "relationships": {
        "subscription": to("subscriptions", subscription),
        "subscriptionPricePoint": to("subscriptionPricePoints", point) } } })
}

/// Asserts that a reply refuses at one place, and that nothing has changed since.
fn refused(app: &TestApp, generation: u64, reply: &Reply, pointer: &str) {
    assert_eq!((reply.status, reply.codes()), (409, vec![INVALID]), "{reply}");
    assert_eq!(reply.json["errors"][0]["source"]["pointer"], pointer, "{reply}");
    assert_eq!(app.generation(), generation, "something changed: {reply}");
}

async fn ids(caller: &Caller, path: &str) -> Vec<String> {
    caller.get(path).await.expect(200).ids().into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn prices_that_are_there_twice_or_of_another_app_are_refused() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let apps = ids(&admin, "/v1/apps").await;
    let (mine, other) = (apps[0].as_str(), apps[1].as_str());
    let before = app.generation();
    let twice = schedule(mine, &[point(mine, 10), point(mine, 20), point(mine, 10)]);
    let reply = admin.post("/v1/appPriceSchedules", twice).await;
    refused(&app, before, &reply, "/included/2");
    let of_other = schedule(mine, &[point(other, 10)]);
    let reply = admin.post("/v1/appPriceSchedules", of_other).await;
    refused(&app, before, &reply, "/included/0/relationships/appPricePoint");
    // The same prices again are fine: those that are there go away with their schedule.
    for _ in 0..2 {
        let good = schedule(mine, &[point(mine, 10), point(mine, 20)]);
        admin.post("/v1/appPriceSchedules", good).await.expect(201);
    }
}

#[tokio::test]
async fn prices_of_another_subscription_are_refused() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let (one, other) = two_subscriptions(&admin).await;
    let before = app.generation();
    let body = subscription_price(&one, &point(&other, 10));
    let reply = admin.post("/v1/subscriptionPrices", body).await;
    refused(&app, before, &reply, "/data/relationships/subscriptionPricePoint");
    let good = subscription_price(&one, &point(&one, 10));
    admin.post("/v1/subscriptionPrices", good).await.expect(201);
}

#[tokio::test]
async fn territories_that_are_there_twice_or_already_are_refused() {
    let app = TestApp::new();
    let admin = app.caller(Role::Admin);
    let seed = |kind, id: &str| Seed {
        kind,
        id: id.to_owned(),
        app: Some("1".to_owned()),
        attributes: Map::new(),
        relationships: Vec::new(),
    };
    let japan = Territory::find("JPN").expect("a territory");
    let taken = TerritoryAvailabilityId { app: "1".to_owned(), territory: japan }.encode();
    app.plant(vec![seed("apps", "1"), seed("territoryAvailabilities", &taken)]);
    let body = |territories: [&str; 2]| {
        let local = |at: usize| format!("${{t{at}}}");
        let named = [0, 1].map(|at| json!({ "type": "territoryAvailabilities", "id": local(at) }));
        let included = [0, 1].map(|at| {
            json!({ "type": "territoryAvailabilities", "id": local(at),
                "attributes": { "available": true },
                "relationships": { "territory": to("territories", territories[at]) } })
        });
        json!({ "data": { "type": "appAvailabilities",
            "attributes": { "availableInNewTerritories": true },
            "relationships": { "app": to("apps", "1"),
                "territoryAvailabilities": { "data": named } } }, "included": included })
    };
    let before = app.generation();
    for territories in [["USA", "USA"], ["USA", "JPN"]] {
        let reply = admin.post("/v2/appAvailabilities", body(territories)).await;
        refused(&app, before, &reply, "/included/1");
    }
    admin.post("/v2/appAvailabilities", body(["USA", "FRA"])).await.expect(201);
}

#[tokio::test]
async fn lists_of_parts_can_be_put_in_another_order_only() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let (mut mine, mut theirs) = (None, Vec::new());
    for id in ids(&admin, "/v1/apps").await {
        let path = format!("/v1/apps/{id}/relationships/promotedPurchases");
        let parts = ids(&admin, &path).await;
        match mine {
            None if parts.len() > 1 => mine = Some((path, parts)),
            _ => theirs.extend(parts),
        }
    }
    let (path, mut parts) = mine.expect("an app has promoted purchases");
    let list = |ids: &[String]| {
        let data: Vec<Value> =
            ids.iter().map(|id| json!({ "type": "promotedPurchases", "id": id })).collect();
        json!({ "data": data })
    };
    let before = app.generation();
    let mut wrong = vec![parts[1..].to_vec(), Vec::new()];
    wrong.extend(
        theirs.first().map(|other| [parts.as_slice(), std::slice::from_ref(other)].concat()),
    );
    for ids in wrong {
        refused(&app, before, &admin.patch(&path, list(&ids)).await, "/data");
    }
    parts.reverse();
    admin.patch(&path, list(&parts)).await.expect(204);
    assert_eq!(ids(&admin, &path).await, parts);
}

#[tokio::test]
async fn prices_removed_from_their_subscription_are_gone() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let (one, other) = two_subscriptions(&admin).await;
    let path = format!("/v1/subscriptions/{one}/relationships/prices");
    let mut made = Vec::new();
    for id in [&one, &other] {
        let body = subscription_price(id, &point(id, 10));
        made.push(admin.post("/v1/subscriptionPrices", body).await.expect(201).id().to_owned());
    }
    let naming = |id: &str| json!({ "data": [{ "type": "subscriptionPrices", "id": id }] });
    let before = app.generation();
    let reply = admin.send_json("DELETE", &path, &naming(&made[1])).await;
    refused(&app, before, &reply, "/data");
    admin.send_json("DELETE", &path, &naming(&made[0])).await.expect(204);
    assert!(!ids(&admin, &path).await.contains(&made[0]));
    admin.delete(&format!("/v1/subscriptionPrices/{}", made[0])).await.expect(404);
}

/// Two subscriptions of the demo.
#[tokio::test]
async fn an_update_takes_no_parts_from_another_and_loses_none() {
    let app = TestApp::demo();
    let caller = app.caller(Role::Admin);
    let (one, other) = two_subscriptions(&caller).await;
    for (subscription, tier) in [(&one, 10), (&one, 20), (&other, 10)] {
        let body = subscription_price(subscription, &point(subscription, tier));
        caller.post("/v1/subscriptionPrices", body).await.expect(201);
    }
    let prices = |of: &str| format!("/v1/subscriptions/{of}/prices?limit=200");
    let (own, foreign) = (ids(&caller, &prices(&one)).await, ids(&caller, &prices(&other)).await);
    assert!(own.len() >= 2 && !foreign.is_empty(), "both have prices");
    let patch = |price: &str| {
        json!({ "data": { "type": "subscriptions", "id": one, "relationships": {
            "prices": { "data": [{ "type": "subscriptionPrices", "id": price }] } } } })
    };
    let target = format!("/v1/subscriptions/{one}");
    let generation = app.generation();
    let reply = caller.patch(&target, patch(&foreign[0])).await;
    refused(&app, generation, &reply, "/data/relationships/prices");
    caller.patch(&target, patch(&own[0])).await.expect(200);
    assert_eq!(ids(&caller, &prices(&one)).await.len(), own.len(), "what is not named stays");
    assert_eq!(ids(&caller, &prices(&other)).await, foreign);
}

async fn two_subscriptions(caller: &Caller) -> (String, String) {
    let mut found = Vec::new();
    for app in ids(caller, "/v1/apps").await {
        for group in ids(caller, &format!("/v1/apps/{app}/subscriptionGroups")).await {
            found.extend(
                ids(caller, &format!("/v1/subscriptionGroups/{group}/subscriptions")).await,
            );
        }
    }
    let [one, other, ..] = found.as_slice() else { panic!("two subscriptions: {found:?}") };
    (one.clone(), other.clone())
}

/// A create that replaces: its type, what it belongs to and its body.
type Replacing = (&'static str, &'static str, String, Value);

#[tokio::test]
async fn replacing_creates_leave_everything_else_of_their_owner() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let creates = replacing(&app, &admin).await;
    for kind in REPLACED_BY_CREATE {
        let mut compared = 0;
        for (_, owner, id, body) in creates.iter().filter(|(of, ..)| of == kind) {
            let path = format!("/v1/{kind}");
            let at_first = totals(&admin, owner, id).await;
            // What is in review cannot be sent again: there, the one to replace is planted.
            if *kind != REVIEWED {
                admin.post(&path, body.clone()).await.expect(201);
            }
            let before = totals(&admin, owner, id).await;
            let kept = at_first.iter().zip(&before).all(|(first, now)| first.1 <= now.1);
            assert!(kept, "{kind} of {owner} {id}: {at_first:?} became {before:?}");
            assert!(before.iter().any(|(_, total)| *total > 0), "{owner} {id} has nothing");
            if admin.post(&path, body.clone()).await.status != 201 {
                assert_eq!(*kind, REVIEWED);
                continue;
            }
            assert_eq!(totals(&admin, owner, id).await, before, "{kind} of {owner} {id}");
            compared += 1;
        }
        assert!(compared > 0, "no create of '{kind}' is tried here");
    }
}

async fn replacing(app: &TestApp, caller: &Caller) -> Vec<Replacing> {
    let first = ids(caller, "/v1/apps").await.swap_remove(0);
    let (subscription, _) = two_subscriptions(caller).await;
    let mut purchases = Vec::new();
    for app in ids(caller, "/v1/apps").await {
        purchases.extend(ids(caller, &format!("/v1/apps/{app}/inAppPurchasesV2")).await);
    }
    let purchase = purchases.swap_remove(0);
    let open = |kind: &str, name: &str, far: &str, id: &str| {
        json!({ "data": { "type": kind, "attributes": { "availableInNewTerritories": true },
            "relationships": { name: to(far, id),
                "availableTerritories": { "data": [{ "type": "territories", "id": "USA" }] } } } })
    };
    let price = json!({ "type": "inAppPurchasePrices", "id": "${p}" });
    let mut made = price.clone();
    made["relationships"] = json!({ "inAppPurchasePricePoint":
        to("inAppPurchasePricePoints", &point(&purchase, 10)) });
    let prices = json!({ "data": { "type": "inAppPurchasePriceSchedules", "relationships": {
        "inAppPurchase": to("inAppPurchases", &purchase), "baseTerritory": to("territories", "USA"),
        "manualPrices": { "data": [price] } } }, "included": [made] });
    let of_purchase =
        open("inAppPurchaseAvailabilities", "inAppPurchase", "inAppPurchases", &purchase);
    let of_subscription =
        open("subscriptionAvailabilities", "subscription", "subscriptions", &subscription);
    let of_app = schedule(&first, &[point(&first, 10)]);
    let mut all: Vec<Replacing> = vec![
        ("appPriceSchedules", "apps", first, of_app),
        ("inAppPurchasePriceSchedules", "inAppPurchases", purchase.clone(), prices),
        ("inAppPurchaseAvailabilities", "inAppPurchases", purchase, of_purchase),
        ("subscriptionAvailabilities", "subscriptions", subscription, of_subscription),
    ];
    for build in ids(caller, "/v1/builds?limit=200").await {
        plant_rejected(app, caller, &build).await;
        let body = json!({ "data": { "type": REVIEWED,
            "relationships": { "build": to("builds", &build) } } });
        all.push((REVIEWED, "builds", build, body));
    }
    all
}

/// Gives a build that was not sent to beta review a rejected submission.
async fn plant_rejected(app: &TestApp, caller: &Caller, build: &str) {
    let there = caller.get(&format!("/v1/builds/{build}/betaAppReviewSubmission")).await;
    if there.json["data"].is_object() {
        return;
    }
    let of = caller.get(&format!("/v1/builds/{build}/app")).await.expect(200);
    let attributes = json!({ "betaReviewState": "REJECTED" });
    app.plant(vec![Seed {
        kind: REVIEWED,
        id: build.to_owned(),
        app: Some(of.id().to_owned()),
        attributes: attributes.as_object().cloned().unwrap_or_default(),
        relationships: vec![("build", vec![build.to_owned()])],
    }]);
}

/// What a resource has: how many of each list, and whether there is a one.
async fn totals(caller: &Caller, kind: &str, id: &str) -> Vec<(&'static str, u64)> {
    let reads = |operation: &&Operation| {
        let related = [OperationKind::GetToManyRelated, OperationKind::GetToOneRelated]
            .contains(&operation.kind);
        related && operation.subject == kind
    };
    let mut totals = Vec::new();
    for operation in russet_catalog::operations().iter().filter(reads) {
        let path = operation.path.replace("{id}", id);
        let reply = caller.send_unjudged("GET", &path, &[], b"").await;
        let total = reply.json["meta"]["paging"]["total"].as_u64();
        totals.push((operation.id, total.unwrap_or(reply.json["data"].is_object().into())));
    }
    totals
}
