//! Who sees some apps only: what hangs from another app is as absent as the app.

use russet_catalog::OperationKind;
use russet_testkit::{Caller, Role, TestApp};
use serde_json::Value;

use crate::create::of_kind;
use crate::explore::Explorer;
use crate::journal::Journal;
use crate::known::{ABSENT, Known};
use crate::send;

#[tokio::test]
async fn what_hangs_from_an_app_is_seen_with_the_app_only() {
    let app = TestApp::demo();
    let listed = app.caller(Role::Admin).get("/v1/apps").await.expect(200);
    let apps = listed.ids();
    assert!(apps.len() > 1, "the demo has several apps");
    let mut journal = Journal::default();
    let mut compared = 0;
    for (at, one) in apps.iter().enumerate() {
        let other = apps[(at + 1) % apps.len()];
        let sees_one = app.individual(Role::AppManager, &[one]);
        let sees_other = app.individual(Role::AppManager, &[other]);
        let of_one = everything(&sees_one, &mut journal).await;
        let of_other = everything(&sees_other, &mut journal).await;
        assert_eq!(of_one.ids("apps"), [*one], "only the visible app turns up");
        let reads = of_kind(OperationKind::GetInstance);
        for read in reads.filter(|read| belongs_to_something(read.subject)) {
            let kind = read.subject;
            let hidden = of_other.ids(kind).iter().filter(|id| !of_one.ids(kind).contains(id));
            for id in hidden.take(3) {
                let reply = send(&sees_one, read, id, &Value::Null).await;
                let absent = send(&sees_one, read, ABSENT, &Value::Null).await;
                compared += 1;
                if (reply.status, reply.codes()) != (absent.status, absent.codes()) {
                    journal.find(format!("{} shows what hangs from another app\n{reply}", read.id));
                }
            }
        }
    }
    assert!(compared > 100, "only {compared} resources hang from one app and not from the next");
    journal.assert_clean();
}

#[tokio::test]
async fn apps_that_are_not_seen_do_not_count_in_what_comes_along() {
    let app = TestApp::demo();
    let listed = app.caller(Role::Admin).get("/v1/apps").await.expect(200);
    let apps = listed.ids();
    let admin = app.caller(Role::Admin);
    let users = admin.get("/v1/users?include=visibleApps&limit=200").await.expect(200);
    let seen_by = |reply: &russet_testkit::Reply| -> Vec<(u64, usize)> {
        let users = reply.json["data"].as_array().cloned().unwrap_or_default();
        let of = |user: &Value| {
            let linkage = &user["relationships"]["visibleApps"];
            let total = linkage["meta"]["paging"]["total"].as_u64().unwrap_or(0);
            (total, linkage["data"].as_array().map_or(0, Vec::len))
        };
        users.iter().map(of).collect()
    };
    assert!(seen_by(&users).iter().any(|(total, _)| *total > 0), "someone sees some apps only");
    for one in &apps {
        let caller = app.individual(Role::AppManager, &[one]);
        let users = caller.get("/v1/users?include=visibleApps&limit=200").await.expect(200);
        for (total, shown) in seen_by(&users) {
            assert_eq!(total, shown as u64, "a total tells of apps that the caller does not see");
        }
    }
}

#[tokio::test]
async fn a_list_follows_the_apps_of_its_reader_at_once() {
    let app = TestApp::demo();
    let admin = app.caller(Role::Admin);
    let listed = admin.get("/v1/apps").await.expect(200);
    let apps = listed.ids();
    let before = admin.get("/v1/users?limit=200").await.expect(200);
    let caller = app.individual(Role::Developer, &[apps[0]]);
    let users = admin.get("/v1/users?limit=200").await.expect(200);
    let new = users.ids().into_iter().find(|id| !before.ids().contains(id));
    let user = new.expect("an individual key has a user").to_owned();
    for (at, expected) in [(1, 2), (0, 1), (1, 2)] {
        let seen = if at == 0 { vec![apps[0]] } else { vec![apps[0], apps[1]] };
        let data: Vec<Value> =
            seen.iter().map(|id| serde_json::json!({ "type": "apps", "id": id })).collect();
        let path = format!("/v1/users/{user}/relationships/visibleApps");
        admin.patch(&path, serde_json::json!({ "data": data })).await.expect(204);
        let now = caller.get("/v1/apps?fields[apps]=name").await.expect(200);
        assert_eq!(now.ids().len(), expected, "{now}");
    }
}

/// What belongs to nothing is the team's, and seen by everybody in it.
fn belongs_to_something(kind: &str) -> bool {
    kind == "apps" || russet_catalog::kind(kind).is_some_and(|kind| !kind.owners.is_empty())
}

async fn everything(caller: &Caller, journal: &mut Journal) -> Known {
    let mut known = Known::default();
    Explorer::default().explore(caller, &mut known, journal).await;
    known
}
