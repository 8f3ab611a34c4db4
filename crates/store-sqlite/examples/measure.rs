//! Measures the store: pages at two sizes (unless RECORDS is 0), point reads, opening, and durable creates.
//!
//! `cargo run --release --example measure -- FOLDER [RECORDS]`; what it prints is for reading, not
//! for asserting.
#![expect(clippy::print_stdout, reason = "it is a program that prints measurements")]

use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use russet_store::{
    Condition, Direction, Edge, Facet, Listing, Order, Result, Store, TeamNumber, Test, Within,
    Write,
};
use russet_store_sqlite::SqliteStore;

/// How many records one job adds while filling.
const CHUNK: u32 = 1000;

/// An id that looks random and is the same each time.
fn id(number: u32) -> String {
    let mixed = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let hex = format!("{mixed:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn insert(w: &mut dyn Write, number: u32, apps: u32) -> Result<()> {
    let facet = |name, text| Facet { name, text };
    let facets = [
        facet("version", format!("{:08}", number / 3)),
        facet("platform", ["IOS", "MAC_OS", "TV_OS"][number as usize % 3].to_owned()),
        facet("name", id(number.wrapping_mul(7))),
        facet("state", ["VALID", "PROCESSING"][usize::from(number % 100 == 0)].to_owned()),
    ];
    let app = format!("{}", number % apps);
    let attributes = format!(
        "{{\"version\":\"{number}\",\"uploadedDate\":\"2026-01-31T08:00:00-08:00\",\"padding\":\"{}\"}}",
        "x".repeat(500)
    );
    let id = id(number);
    w.insert("builds", &id, Some(&app), &attributes, &facets)?;
    w.link("builds.app", &id, &app)?;
    w.link("builds.group", &id, &format!("group {}", number % 50))
}

fn fill(store: &SqliteStore, team: TeamNumber, records: u32, apps: u32) {
    let (told, tells) = mpsc::channel();
    store.write(
        team,
        Box::new(move |w| {
            (0..apps).all(|app| w.insert("apps", &app.to_string(), None, "{}", &[]).is_ok())
        }),
        Box::new(|result| result.expect("apps are added")),
    );
    for chunk in 0..records / CHUNK {
        let told = told.clone();
        store.write(
            team,
            Box::new(move |w| {
                (chunk * CHUNK..(chunk + 1) * CHUNK).all(|n| insert(w, n, apps).is_ok())
            }),
            Box::new(move |result| told.send(result).expect("someone waits")),
        );
    }
    drop(told);
    tells.iter().for_each(|result| result.expect("records are added"));
}

fn texts(texts: &[&str]) -> Test {
    Test::AnyOf(texts.iter().map(|&text| text.to_owned()).collect())
}

fn facet(name: &'static str, test: Test) -> Condition<'static> {
    Condition::Facet { path: Vec::new(), kind: "builds", name, test }
}

fn listings() -> Vec<(&'static str, Listing<'static>)> {
    let all = Listing {
        kind: "builds",
        within: None,
        conditions: Vec::new(),
        order: Vec::new(),
        after: None,
        limit: 50,
    };
    let newest = vec![Order::Facet("version", Direction::Descending)];
    let app = Condition::Linked { path: vec![Edge::Forward("builds.app")], ids: vec!["3".into()] };
    let within = Some(Within { edge: Edge::Backward("builds.app"), id: "3" });
    vec![
        ("all", all.clone()),
        ("all, newest first", Listing { order: newest.clone(), ..all.clone() }),
        ("by id", Listing { order: vec![Order::Id(Direction::Ascending)], ..all.clone() }),
        ("of an app", Listing { within, ..all.clone() }),
        ("of an app, newest first", Listing { within, order: newest.clone(), ..all.clone() }),
        ("filter[app]", Listing { conditions: vec![app.clone()], ..all.clone() }),
        (
            "filter[app], newest first",
            Listing { conditions: vec![app.clone()], order: newest.clone(), ..all.clone() },
        ),
        (
            "filter[app], one version",
            Listing {
                conditions: vec![app, facet("version", texts(&["00000001"]))],
                ..all.clone()
            },
        ),
        (
            "one name",
            Listing { conditions: vec![facet("name", texts(&[&id(7 * 77)]))], ..all.clone() },
        ),
        (
            "one platform, newest first",
            Listing {
                conditions: vec![facet("platform", texts(&["IOS"]))],
                order: newest.clone(),
                ..all.clone()
            },
        ),
        (
            "two platforms",
            Listing {
                conditions: vec![facet("platform", texts(&["IOS", "TV_OS"]))],
                ..all.clone()
            },
        ),
        (
            "rare state, newest first",
            Listing {
                conditions: vec![facet("state", texts(&["PROCESSING"]))],
                order: newest,
                ..all.clone()
            },
        ),
        (
            "names that contain",
            Listing { conditions: vec![facet("name", Test::Contains(vec!["abc".into()]))], ..all },
        ),
    ]
}

/// Returns the median of some runs, in microseconds.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..41)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn pages(store: &SqliteStore, small: TeamNumber, large: TeamNumber) {
    for (name, listing) in listings() {
        let cost = |team| {
            let read = store.read(team).expect("a snapshot opens");
            let first = read.page(&listing).expect("a page is read");
            let second = Listing { after: first.next.as_deref(), ..listing.clone() };
            let page = median(|| drop(store.read(team).and_then(|read| read.page(&listing))));
            let next = median(|| drop(store.read(team).and_then(|read| read.page(&second))));
            let count = median(|| drop(store.read(team).and_then(|read| read.count(&listing))));
            (page, next, count, first.records.len())
        };
        let (s, l) = (cost(small), cost(large));
        println!(
            "{name:32} page {:8.0} {:8.0} ({:5.2})  next {:8.0} {:8.0} ({:5.2})  count {:6.0} {:8.0}  rows {} {}",
            s.0,
            l.0,
            l.0 / s.0,
            s.1,
            l.1,
            l.1 / s.1,
            s.2,
            l.2,
            s.3,
            l.3
        );
    }
    for (name, team) in [("small", small), ("large", large)] {
        let read = store.read(team).expect("a snapshot opens");
        let listing = &listings()[0].1;
        let page = read.page(listing).expect("a page is read");
        let ids: Vec<&str> = page.records.iter().map(|record| record.id.as_str()).collect();
        let linked = median(|| drop(read.linked(Edge::Forward("builds.app"), &ids, 10)));
        let back = median(|| drop(read.linked(Edge::Backward("builds.app"), &["1", "2", "3"], 50)));
        let many = median(|| drop(read.records("builds", &ids)));
        let held = median(|| drop(read.record("builds", ids[7])));
        let point =
            median(|| drop(store.read(team).and_then(|read| read.record("builds", ids[7]))));
        println!(
            "{name}: linked {linked:.0} back {back:.0} records {many:.0} record {held:.1} with snapshot {point:.1}"
        );
    }
}

/// Creates records from many callers at a time, each waiting for its own to be durable.
fn creates(store: &SqliteStore, team: TeamNumber) {
    const CALLERS: u32 = 64;
    const EACH: u32 = 400;
    let start = Instant::now();
    let (told, tells) = mpsc::channel();
    let send = |number: u32| {
        let told = told.clone();
        store.write(
            team,
            Box::new(move |w| insert(w, 0x4000_0000 + number, 1000).is_ok()),
            Box::new(move |result| {
                result.expect("the record is added");
                told.send(()).expect("someone waits");
            }),
        );
    };
    // A caller that is told sends its next: as many are under way as there are callers.
    for number in 0..CALLERS * EACH {
        if number >= CALLERS {
            tells.recv().expect("done is called");
        }
        send(number);
    }
    (0..CALLERS).for_each(|_| tells.recv().expect("done is called"));
    let rate = f64::from(CALLERS * EACH) / start.elapsed().as_secs_f64();
    println!("{CALLERS} callers: {rate:.0} durable creates a second");
}

/// What the disk and SQLite allow: one row a caller, nothing else, the same way of sharing commits.
fn bare(folder: &Path) {
    const CALLERS: usize = 64;
    const EACH: usize = 400;
    let connection = rusqlite::Connection::open(folder.join("bare.sqlite")).expect("it opens");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT NOT NULL);
             DELETE FROM rows;",
        )
        .expect("a table is made");
    let (send, jobs) = mpsc::channel::<u32>();
    let (told, tells) = mpsc::channel();
    let body = "x".repeat(600);
    let writer = std::thread::spawn(move || {
        while let Ok(first) = jobs.recv() {
            let batch: Vec<u32> = std::iter::once(first).chain(jobs.try_iter()).collect();
            let run = |sql: &str| {
                connection.prepare_cached(sql).and_then(|mut s| s.execute(())).expect("it runs")
            };
            run("BEGIN IMMEDIATE");
            for number in &batch {
                let mut insert = connection
                    .prepare_cached("INSERT INTO rows (id, body) VALUES (?1, ?2)")
                    .expect("prepared");
                insert.execute((id(*number), &body)).expect("inserted");
            }
            run("COMMIT");
            batch.iter().for_each(|_| told.send(()).expect("someone waits"));
        }
    });
    let start = Instant::now();
    for number in 0..CALLERS * EACH {
        if number >= CALLERS {
            tells.recv().expect("it is told");
        }
        send.send(u32::try_from(number).expect("a small number")).expect("it is sent");
    }
    drop(send);
    writer.join().expect("it ends");
    let rate = (CALLERS * EACH) as f64 / start.elapsed().as_secs_f64();
    println!("{CALLERS} callers, bare: {rate:.0} durable rows a second");
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder is named");
    let records = arguments.next().map_or(1_000_000, |count| count.parse().expect("a number"));
    let folder = Path::new(&folder);
    let store = SqliteStore::open(folder).expect("the store opens");
    if store.teams().expect("teams are read").is_empty() {
        let start = Instant::now();
        let team = |name| store.create_team(name, name, name).expect("a team is added").number;
        fill(&store, team("small"), 1000, 4);
        fill(&store, team("large"), records, 1000);
        println!("filled in {:.1} s", start.elapsed().as_secs_f64());
    }
    drop(store);
    let start = Instant::now();
    let store = SqliteStore::open(folder).expect("the store opens");
    println!("opened in {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    let teams = store.teams().expect("teams are read");
    if records > 0 {
        pages(&store, teams[0].number, teams[1].number);
    }
    for team in &teams {
        bare(folder);
        creates(&store, team.number);
    }
}
