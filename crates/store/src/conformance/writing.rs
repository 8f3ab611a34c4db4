//! Facts about jobs, snapshots and generations.

use std::panic::resume_unwind;
use std::sync::{Arc, mpsc};

use super::{all_of, ids, run_job, team, write};
use crate::{Edge, Facet, Listing, Order, Store, StoreError, Write};

fn insert(w: &mut dyn Write, id: &str) {
    let facets = [Facet { name: "name", text: id.to_owned() }];
    w.insert("apps", id, None, "{}", &facets).expect("inserted");
    w.link("apps.next", id, "0").expect("linked");
}

pub(super) fn false_leaves_nothing(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| insert(w, "1"));
    let dropped = run_job(
        store,
        team,
        Box::new(|w| {
            insert(w, "2");
            w.insert("kinds", "new", None, "{}", &[Facet { name: "novel", text: String::new() }])
                .expect("inserted");
            assert!(w.delete("apps", "1").expect("deleting works"));
            false
        }),
    );
    dropped.expect("dropping is what the job asked for");
    assert_eq!(ids(store, team, &all_of("apps")), ["1"]);
    assert_eq!(ids(store, team, &all_of("kinds")), Vec::<String>::new());
    let read = store.read(team).expect("a snapshot opens");
    let linked = read.linked(Edge::Backward("apps.next"), &["0"], 5).expect("reads work");
    assert_eq!((&linked[0].to, linked[0].total), (&vec!["1".to_owned()], 1));
    drop(read);
    // Names that were dropped with the job can be used again.
    write(store, team, |w| {
        w.insert("kinds", "new", None, "{}", &[Facet { name: "novel", text: "x".to_owned() }])
            .expect("inserted");
    });
    assert_eq!(ids(store, team, &all_of("kinds")), ["new"]);
}

pub(super) fn panic_harms_no_other(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    let (told, tells) = mpsc::channel();
    for number in 0..20 {
        let told = told.clone();
        let done = Box::new(move |result| told.send((number, result)).expect("someone waits"));
        store.write(
            team,
            Box::new(move |w| {
                insert(w, &number.to_string());
                if number % 5 == 2 {
                    // Not `panic!`, whose message would litter the test's output.
                    resume_unwind(Box::new("on purpose".to_owned()));
                }
                number % 5 != 3
            }),
            done,
        );
    }
    drop(told);
    let told: Vec<(i32, crate::Result<()>)> = tells.iter().collect();
    assert_eq!(told.len(), 20, "each done is called once");
    for (number, result) in told {
        match result {
            Err(StoreError::Backend { why, .. }) => {
                assert_eq!(number % 5, 2);
                assert!(why.contains("on purpose"), "{why}");
            }
            other => assert!(other.is_ok() && number % 5 != 2, "{number}: {other:?}"),
        }
    }
    let kept: Vec<String> =
        (0..20).filter(|n| ![2, 3].contains(&(n % 5))).map(|n| n.to_string()).collect();
    let mut found = ids(store, team, &all_of("apps"));
    found.sort_by_key(|id| id.parse::<u32>().ok());
    assert_eq!(found, kept);
}

pub(super) fn job_sees_its_changes(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| {
        insert(w, "1");
        insert(w, "2");
        assert!(w.record("apps", "1").expect("reads work").is_some());
        assert_eq!(w.count(&all_of("apps")).expect("counted"), 2);
        let linked = w.linked(Edge::Backward("apps.next"), &["0"], 5).expect("reads work");
        assert_eq!((linked[0].to.len(), linked[0].total), (2, 2));
        let order = vec![Order::Facet("name", crate::Direction::Descending)];
        let page = w.page(&Listing { order, ..all_of("apps") }).expect("reads work");
        assert_eq!(page.records[0].id, "2");
    });
}

pub(super) fn snapshot_does_not_move(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    write(store, team, |w| insert(w, "1"));
    let before = store.read(team).expect("a snapshot opens");
    write(store, team, |w| {
        insert(w, "2");
        w.update("apps", "1", "{\"changed\":true}", &[]).expect("updated");
    });
    let after = store.read(team).expect("a snapshot opens");
    write(store, team, |w| assert!(w.delete("apps", "1").expect("deleting works")));
    for (read, attributes, total) in [(before, "{}", 1), (after, "{\"changed\":true}", 2)] {
        let record = read.record("apps", "1").expect("reads work").expect("it was there");
        assert_eq!(record.attributes, attributes);
        assert_eq!(read.count(&all_of("apps")).expect("counted"), total);
        assert_eq!(read.page(&all_of("apps")).expect("reads work").records.len() as u64, total);
    }
    assert_eq!(ids(store, team, &all_of("apps")), ["2"]);
}

pub(super) fn generation_rule(store: &Arc<dyn Store>) {
    let (one, two) = (team(store, 1), team(store, 2));
    for number in 0..10 {
        let (before, other) = (store.generation(one), store.generation(two));
        let (told, tells) = mpsc::channel();
        let id = number.to_string();
        let (seeing, looked_up) = (store.clone(), id.clone());
        store.write(
            one,
            Box::new(move |w| {
                insert(w, &id);
                true
            }),
            Box::new(move |result| {
                result.expect("the job is kept");
                let generation = seeing.generation(one);
                let read = seeing.read(one).expect("a snapshot opens");
                let record = read.record("apps", &looked_up).expect("reads work");
                told.send((generation, record.is_some())).expect("someone waits");
            }),
        );
        let (generation, is_there) = tells.recv().expect("done is called");
        assert!(generation > before, "it grows before done is called");
        assert!(is_there, "the change can be read before done is called");
        assert_eq!(store.generation(two), other, "another team's stays");
    }
    let before = store.generation(one);
    run_job(store, one, Box::new(|w| !w.delete("apps", "1").is_ok_and(|was_there| was_there)))
        .expect("dropping is what the job asked for");
    assert_eq!(store.generation(one), before, "what is dropped changes nothing");
}

pub(super) fn many_jobs(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    let (told, tells) = mpsc::channel();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let told = told.clone();
            scope.spawn(move || {
                for number in 0..50 {
                    let told = told.clone();
                    store.write(
                        team,
                        Box::new(move |w| {
                            insert(w, &format!("{thread}-{number}"));
                            true
                        }),
                        Box::new(move |result| told.send(result).expect("someone waits")),
                    );
                }
            });
        }
    });
    drop(told);
    let told: Vec<crate::Result<()>> = tells.iter().collect();
    assert_eq!(told.len(), 200);
    assert!(told.iter().all(Result::is_ok));
    let read = store.read(team).expect("a snapshot opens");
    assert_eq!(read.count(&all_of("apps")).expect("counted"), 200);
    let linked = read.linked(Edge::Backward("apps.next"), &["0"], 1000).expect("reads work");
    assert_eq!((linked[0].to.len(), linked[0].total), (200, 200));
}

pub(super) fn jobs_in_order(store: &Arc<dyn Store>) {
    let team = team(store, 1);
    let (told, tells) = mpsc::channel();
    for number in 0..100 {
        let told = told.clone();
        store.write(
            team,
            Box::new(move |w| {
                insert(w, &number.to_string());
                true
            }),
            Box::new(move |result| told.send(result.map(|()| number)).expect("someone waits")),
        );
    }
    drop(told);
    let order: Vec<i32> = tells.iter().map(|result| result.expect("the job is kept")).collect();
    assert_eq!(order, (0..100).collect::<Vec<i32>>());
    let listing = Listing { limit: 200, ..all_of("apps") };
    let wanted: Vec<String> = order.iter().map(ToString::to_string).collect();
    assert_eq!(ids(store, team, &listing), wanted);
}
