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

/// What belongs to nothing is the team's, and seen by everybody in it.
fn belongs_to_something(kind: &str) -> bool {
    kind == "apps" || russet_catalog::kind(kind).is_some_and(|kind| !kind.owners.is_empty())
}

async fn everything(caller: &Caller, journal: &mut Journal) -> Known {
    let mut known = Known::default();
    Explorer::default().explore(caller, &mut known, journal).await;
    known
}
