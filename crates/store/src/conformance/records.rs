//! Facts about teams, values and records.

use std::sync::Arc;

use super::{all_of, ids, team, write};
use crate::{Condition, Direction, Facet, Listing, Order, Store, Test};

pub(super) fn teams_are_kept(store: &Arc<dyn Store>) {
    let first = store.create_team("Acme", "issuer-1", "AAAAAAAAAA").expect("a team can be added");
    let second = store.create_team("Beta", "issuer-2", "BBBBBBBBBB").expect("so can another");
    assert_ne!(first.number, second.number);
    assert_eq!(first.issuer, "issuer-1");
    assert!(store.create_team("Copy", "issuer-1", "CCCCCCCCCC").is_err(), "an issuer id is unique");
    let third =
        store.create_team("Gamma", "issuer-3", "CCCCCCCCCC").expect("a refusal does no harm");
    let all = [first, second, third];
    assert_eq!(store.teams().expect("teams are read"), all);
    for team in all {
        let read = store.read(team.number).expect("a snapshot opens");
        assert_eq!(read.team().expect("a snapshot knows its team"), team);
        drop(read);
        let seen = write(store, team.number, |w| w.team().expect("so does a job"));
        assert_eq!(seen, team);
    }
}

pub(super) fn values_are_kept(store: &Arc<dyn Store>) {
    assert_eq!(store.value("clock").expect("a value is read"), None);
    for value in ["1", "", "2026-01-31 \u{1f980} '\"\0"] {
        store.set_value("clock", value).expect("a value is kept");
        assert_eq!(store.value("clock").expect("a value is read").as_deref(), Some(value));
    }
    assert_eq!(store.value("other").expect("a value is read"), None);
}

pub(super) fn read_as_written(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    let attributes = r#"{"name":"Großes \u0000 'Ding' 🦀","n":null,"deep":{"a":[1,2.5e3]}}"#;
    let sequence = write(store, team, move |w| {
        assert!(w.record("apps", "1").expect("reads work").is_none());
        w.insert("apps", "1", Some("1"), attributes, &[]).expect("inserted")
    });
    let read = store.read(team).expect("a snapshot opens");
    let record = read.record("apps", "1").expect("reads work").expect("it is there");
    assert_eq!((&*record.kind, record.id.as_str()), ("apps", "1"));
    assert_eq!(record.app.as_deref(), Some("1"));
    assert_eq!(record.attributes, attributes);
    assert_eq!(record.sequence, sequence);
    assert!(read.record("apps", "2").expect("reads work").is_none());
    assert!(read.record("builds", "1").expect("reads work").is_none());
    let many = read.records("apps", &["2", "1", "0"]).expect("reads work");
    assert_eq!(many, [record]);
    assert!(read.records("apps", &[]).expect("reads work").is_empty());
    assert!(read.records("never", &["1"]).expect("reads work").is_empty());
}

pub(super) fn ids_are_unique(store: &Arc<dyn Store>) {
    let (one, two) = (team(store, 1), team(store, 2));
    write(store, one, |w| {
        w.insert("apps", "1", None, "{}", &[]).expect("inserted");
        assert!(w.insert("apps", "1", None, "{\"b\":1}", &[]).is_err(), "the id is taken");
        // A refused insert is no fault: the rest of the job stands.
        w.insert("apps", "2", None, "{}", &[]).expect("inserted");
        w.insert("builds", "1", None, "{}", &[]).expect("another kind has its own ids");
    });
    write(store, two, |w| {
        w.insert("apps", "1", None, "{}", &[]).expect("another team has its own ids");
    });
    assert_eq!(ids(store, one, &all_of("apps")), ["1", "2"]);
    let read = store.read(one).expect("a snapshot opens");
    let kept = read.record("apps", "1").expect("reads work").expect("it is there");
    assert_eq!(kept.attributes, "{}", "the refused insert left the first");
    assert_eq!(read.count(&all_of("apps")).expect("counted"), 2);
}

pub(super) fn update_replaces(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    let named = |text: &str| Listing {
        conditions: vec![Condition::Facet {
            path: Vec::new(),
            kind: "apps",
            name: "name",
            test: Test::AnyOf(vec![text.to_owned()]),
        }],
        ..all_of("apps")
    };
    let before = write(store, team, |w| {
        let facet = |text: &str| [Facet { name: "name", text: text.to_owned() }];
        let sequence = w.insert("apps", "1", Some("1"), "{}", &facet("old")).expect("inserted");
        w.insert("apps", "2", Some("2"), "{}", &facet("old")).expect("inserted");
        w.update("apps", "1", "{\"name\":\"new\"}", &facet("new")).expect("updated");
        w.update("apps", "9", "{}", &facet("new")).expect("updating nothing does nothing");
        w.update("never", "9", "{}", &facet("new")).expect("updating nothing does nothing");
        sequence
    });
    assert_eq!(ids(store, team, &named("old")), ["2"]);
    assert_eq!(ids(store, team, &named("new")), ["1"]);
    let read = store.read(team).expect("a snapshot opens");
    let record = read.record("apps", "1").expect("reads work").expect("it is there");
    assert_eq!(record.attributes, "{\"name\":\"new\"}");
    assert_eq!((record.sequence, record.app.as_deref()), (before, Some("1")));
    assert!(read.record("apps", "9").expect("reads work").is_none());
}

pub(super) fn teams_are_apart(store: &Arc<dyn Store>) {
    let (one, two) = (team(store, 1), team(store, 2));
    for (team, text) in [(one, "first"), (two, "second")] {
        write(store, team, move |w| {
            let facet = [Facet { name: "name", text: text.to_owned() }];
            w.insert("apps", "1", Some("1"), &format!("\"{text}\""), &facet).expect("inserted");
            w.insert("builds", text, Some("1"), "{}", &[]).expect("inserted");
            w.link("builds.app", text, "1").expect("linked");
        });
    }
    write(store, two, |w| {
        assert!(!w.delete("builds", "first").expect("deleting works"));
        w.unlink("builds.app", "first", "1").expect("unlinking works");
    });
    for (team, text, other) in [(one, "first", "second"), (two, "second", "first")] {
        let read = store.read(team).expect("a snapshot opens");
        let app = read.record("apps", "1").expect("reads work").expect("it is there");
        assert_eq!(app.attributes, format!("\"{text}\""));
        assert!(read.record("builds", other).expect("reads work").is_none());
        let edge = crate::Edge::Backward("builds.app");
        let linked = read.linked(edge, &["1"], 10).expect("reads work");
        assert_eq!((&linked[0].to, linked[0].total), (&vec![text.to_owned()], 1));
        let within = Some(crate::Within { edge, id: "1" });
        let builds = Listing { within, ..all_of("builds") };
        assert_eq!(ids(store, team, &builds), [text]);
        assert_eq!(read.count(&builds).expect("counted"), 1);
        let by_name =
            Listing { order: vec![Order::Facet("name", Direction::Ascending)], ..all_of("apps") };
        assert_eq!(read.page(&by_name).expect("reads work").records, [app]);
        assert_eq!(read.count(&all_of("apps")).expect("counted"), 1);
    }
    let nobody = store.read(crate::TeamNumber(4_000_000)).expect("a snapshot opens");
    assert!(nobody.record("apps", "1").expect("reads work").is_none());
}

pub(super) fn sequences_grow(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    let mut last = 0;
    for round in 0..5 {
        let sequence = write(store, team, move |w| {
            let id = format!("{round}");
            let sequence = w.insert("apps", &id, None, "{}", &[]).expect("inserted");
            assert!(w.delete("apps", &id).expect("deleting works"));
            assert!(!w.delete("apps", &id).expect("deleting works"), "it is gone");
            sequence
        });
        assert!(sequence > last, "{sequence} was given out after {last}");
        last = sequence;
    }
}

pub(super) fn odd_keys_are_empty(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        let facets = [Facet { name: "name", text: "a".to_owned() }];
        w.insert("apps", "1", None, "{}", &facets).expect("inserted");
    });
    let keys: [&[&str]; 6] = [&[], &["x"], &["1", "1"], &["a", "x"], &["a", "1", "1"], &["-1e9"]];
    for order in [vec![], vec![Order::Facet("name", Direction::Ascending)]] {
        for key in keys {
            let after: Vec<String> = key.iter().map(|&text| text.to_owned()).collect();
            let listing = Listing { order: order.clone(), after: Some(&after), ..all_of("apps") };
            if !listing.accepts(&after) {
                assert_eq!(ids(store, team, &listing), Vec::<String>::new(), "{key:?}");
            }
        }
    }
}
