//! Facts about linkages.

use std::sync::Arc;

use super::{all_of, run_job, team, write};
use crate::{Edge, Listing, Store, TeamNumber, Within, Write};

const BUILDS: &str = "groups.builds";

fn insert_all(w: &mut dyn Write, kind: &str, ids: &[&str]) {
    for id in ids {
        w.insert(kind, id, None, "{}", &[]).expect("inserted");
    }
}

/// Checks what one record is linked with, in each way in which it can be asked.
fn expect(store: &Arc<dyn Store>, team: TeamNumber, edge: Edge<'_>, id: &str, wanted: &[&str]) {
    let read = store.read(team).expect("a snapshot opens");
    let linked = read.linked(edge, &[id], 100).expect("reads work");
    assert_eq!(linked[0].to, wanted, "{edge:?} of {id}");
    assert_eq!(linked[0].total, wanted.len() as u64, "{edge:?} of {id}");
    let kind = match edge {
        Edge::Forward(_) => "builds",
        Edge::Backward(_) => "groups",
    };
    let mut seen = Vec::new();
    let mut after: Option<Vec<String>> = None;
    loop {
        let within = Some(Within { edge, id });
        let listing = Listing { within, after: after.as_deref(), limit: 2, ..all_of(kind) };
        assert_eq!(read.count(&listing).expect("counted"), wanted.len() as u64);
        let page = read.page(&listing).expect("reads work");
        seen.extend(page.records.into_iter().map(|record| record.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, wanted, "pages within {edge:?} of {id}");
}

pub(super) fn order_both_ways(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1", "2", "3", "4", "5"]);
        insert_all(w, "groups", &["b", "a", "c"]);
        for build in ["5", "1", "4", "2", "3"] {
            w.link(BUILDS, "a", build).expect("linked");
        }
        for group in ["c", "b"] {
            w.link(BUILDS, group, "1").expect("linked");
        }
        w.unlink(BUILDS, "a", "4").expect("unlinked");
        w.link(BUILDS, "a", "4").expect("linked");
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &["5", "1", "2", "3", "4"]);
    expect(store, team, Edge::Backward(BUILDS), "1", &["b", "a", "c"]);
    expect(store, team, Edge::Backward(BUILDS), "2", &["a"]);
}

pub(super) fn twice_is_once(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1", "2"]);
        insert_all(w, "groups", &["a"]);
        for build in ["1", "2", "1", "1"] {
            w.link(BUILDS, "a", build).expect("linked");
        }
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &["1", "2"]);
    expect(store, team, Edge::Backward(BUILDS), "1", &["a"]);
}

pub(super) fn replace_sets_all(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1", "2", "3", "4"]);
        insert_all(w, "groups", &["a", "b"]);
        w.replace_links(BUILDS, "a", &["1", "2", "3"]).expect("replaced");
        w.replace_links(BUILDS, "b", &["1", "2"]).expect("replaced");
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &["1", "2", "3"]);
    expect(store, team, Edge::Backward(BUILDS), "1", &["a", "b"]);
    write(store, team, |w| {
        w.replace_links(BUILDS, "a", &["4", "3", "1", "3", "4"]).expect("replaced");
        w.replace_links(BUILDS, "b", &[]).expect("replaced");
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &["4", "3", "1"]);
    expect(store, team, Edge::Forward(BUILDS), "b", &[]);
    expect(store, team, Edge::Backward(BUILDS), "1", &["a"]);
    expect(store, team, Edge::Backward(BUILDS), "2", &[]);
    write(store, team, |w| w.link(BUILDS, "a", "2").expect("linked"));
    expect(store, team, Edge::Forward(BUILDS), "a", &["4", "3", "1", "2"]);
}

pub(super) fn unlink_nothing(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        w.unlink("never.heard", "a", "1").expect("nothing happens");
        insert_all(w, "builds", &["1"]);
        insert_all(w, "groups", &["a"]);
        w.link(BUILDS, "a", "1").expect("linked");
        w.unlink(BUILDS, "a", "2").expect("nothing happens");
        w.unlink(BUILDS, "b", "1").expect("nothing happens");
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &["1"]);
}

pub(super) fn many_at_once(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1", "2", "3", "4", "5"]);
        insert_all(w, "groups", &["a", "b", "c"]);
        w.replace_links(BUILDS, "a", &["3", "1", "2", "5"]).expect("replaced");
        w.replace_links(BUILDS, "c", &["2", "far away"]).expect("replaced");
    });
    let read = store.read(team).expect("a snapshot opens");
    let ask = |edge, ids: &[&str], limit| -> Vec<(String, String, u64)> {
        let linked = read.linked(edge, ids, limit).expect("reads work");
        linked.into_iter().map(|l| (l.from, l.to.join(" "), l.total)).collect()
    };
    let row = |from: &str, to: &str, total| (from.to_owned(), to.to_owned(), total);
    assert_eq!(
        ask(Edge::Forward(BUILDS), &["c", "x", "a", "b"], 2),
        [row("c", "2 far away", 2), row("x", "", 0), row("a", "3 1", 4), row("b", "", 0)]
    );
    assert_eq!(ask(Edge::Forward(BUILDS), &["a", "b"], 0), [row("a", "", 4), row("b", "", 0)]);
    assert_eq!(
        ask(Edge::Backward(BUILDS), &["2", "far away", "4"], 1),
        [row("2", "a", 2), row("far away", "c", 1), row("4", "", 0)]
    );
    assert_eq!(ask(Edge::Forward("never.heard"), &["a"], 5), [row("a", "", 0)]);
    assert_eq!(ask(Edge::Forward(BUILDS), &[], 5), []);
}

pub(super) fn from_nowhere(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1"]);
        assert!(w.link(BUILDS, "a", "1").is_err());
        assert!(w.replace_links(BUILDS, "a", &["1"]).is_err());
    });
    expect(store, team, Edge::Backward(BUILDS), "1", &[]);
}

pub(super) fn delete_unlinks(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1", "2"]);
        insert_all(w, "groups", &["a", "b"]);
        for group in ["a", "b"] {
            w.replace_links(BUILDS, group, &["1", "2"]).expect("replaced");
            w.link("groups.self", group, "a").expect("linked");
        }
        assert!(w.delete("builds", "1").expect("deleting works"));
        assert!(w.delete("groups", "a").expect("deleting works"));
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &[]);
    expect(store, team, Edge::Forward(BUILDS), "b", &["2"]);
    expect(store, team, Edge::Backward(BUILDS), "1", &[]);
    expect(store, team, Edge::Backward(BUILDS), "2", &["b"]);
    expect(store, team, Edge::Forward("groups.self"), "b", &[]);
    expect(store, team, Edge::Backward("groups.self"), "a", &[]);
    // Who comes back under the same id starts with nothing.
    write(store, team, |w| insert_all(w, "groups", &["a"]));
    expect(store, team, Edge::Forward(BUILDS), "a", &[]);
    let kept = run_job(store, team, Box::new(|w| w.delete("groups", "a").is_ok()));
    kept.expect("deleting again works");
}

pub(super) fn delete_spares_namesakes(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert_all(w, "builds", &["1"]);
        insert_all(w, "details", &["1"]);
        insert_all(w, "groups", &["a"]);
        w.link(BUILDS, "a", "1").expect("linked");
        w.link("groups.detail", "a", "1").expect("linked");
        w.link("builds.groups", "1", "a").expect("linked");
        w.link("details.groups", "1", "a").expect("linked");
        assert!(w.delete_named_in("details", "1", &["groups.detail"]).expect("deleted"));
        assert!(!w.delete_named_in("details", "1", &[BUILDS]).expect("there is none"));
    });
    expect(store, team, Edge::Forward(BUILDS), "a", &["1"]);
    expect(store, team, Edge::Forward("groups.detail"), "a", &[]);
    let read = store.read(team).expect("a snapshot opens");
    for (edge, total) in [("builds.groups", 1), ("details.groups", 0)] {
        let linked = read.linked(Edge::Backward(edge), &["a"], 5).expect("reads work");
        assert_eq!(linked[0].total, total, "{edge}");
    }
}
