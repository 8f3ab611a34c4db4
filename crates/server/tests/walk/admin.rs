//! The walk with an Admin's key on the demo: everything is read, made, changed and deleted.

use russet_testkit::{Role, TestApp};

use crate::create::Maker;
use crate::explore::Explorer;
use crate::journal::Journal;
use crate::known::Known;
use crate::{parameters, planted};

/// If you are here because an operation goes further or is refused by a new rule: line 3 of
/// `outcomes.txt` says how to accept. If it needs a value that no schema can tell: `sample.rs`.
#[tokio::test]
async fn every_operation_is_carried_out_or_says_why_not() {
    let app = TestApp::demo();
    let caller = app.caller(Role::Admin);
    let (mut known, mut journal) = (Known::default(), Journal::default());
    let mut explorer = Explorer::default();
    explorer.explore(&caller, &mut known, &mut journal).await;
    planted::plant_missing(&app, &mut known);
    explorer.explore(&caller, &mut known, &mut journal).await;
    parameters::try_each(&caller, &known, &mut journal).await;
    let mut maker =
        Maker { app: &app, caller: &caller, known: &mut known, journal: &mut journal, turn: 0 };
    maker.make_all().await;
    maker.update_all().await;
    maker.link_all().await;
    explorer.explore(&caller, maker.known, maker.journal).await;
    maker.delete_all().await;
    journal.assert_clean();
    journal.assert_honest();
    journal.assert_reviewed();
}
