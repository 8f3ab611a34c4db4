//! How SQLite carries out each form of listing: which index it starts from, and that it looks at
//! no table from end to end.
//!
//! If you are here because a plan changed: a listing's cost must not grow with the number of
//! records, so no line may say SCAN, and only what is sorted from a set may use a B-tree.

use rusqlite::params_from_iter;
use russet_store::{Condition, Direction, Edge, Facet, Listing, Order, Test, Within, Write};

use crate::change::{Change, FacetNames};
use crate::folder::Folder;
use crate::names::Names;
use crate::query;
use crate::schema::{self, Durability};
use crate::shared::Shared;
use crate::snapshot::{Snapshot, within};

/// Fills a team with builds of two apps and returns the plans of some listings' pages.
fn plans(listings: &[Listing<'_>]) -> Vec<String> {
    let folder = Folder::scratch().expect("a folder is made");
    let connection = schema::open_writer(&folder.file, &folder.place, Durability::Process);
    let connection = connection.expect("a store opens");
    let names = Names::load(&connection).expect("names are read");
    let shared = Shared::new(names, folder);
    let mut facet_names = FacetNames::default();
    let team = Some(russet_store::TeamNumber(1));
    let mut change = Change::new(&connection, &shared, &mut facet_names, team);
    fill(&mut change).expect("records are added");
    let snapshot = Snapshot {
        connection: &connection,
        names: &shared.names,
        team: 1,
        place: &shared.folder.place,
    };
    listings.iter().map(|listing| plan(&snapshot, listing)).collect()
}

fn fill(w: &mut dyn Write) -> russet_store::Result<()> {
    w.insert("groups", "g", None, "{}", &[])?;
    for number in 0..2000 {
        let facets = [
            Facet { name: "version", text: format!("{number:05}") },
            Facet { name: "platform", text: ["IOS", "TV_OS"][number % 2].to_owned() },
        ];
        let id = number.to_string();
        w.insert("builds", &id, None, "{}", &facets)?;
        w.link("builds.app", &id, if number % 500 == 0 { "rare" } else { "usual" })?;
        if number % 100 == 0 {
            w.link("groups.builds", "g", &id)?;
        }
    }
    Ok(())
}

fn plan(snapshot: &Snapshot<'_>, listing: &Listing<'_>) -> String {
    let kind = snapshot.names.number(listing.kind).expect("the kind is known");
    let within = within(listing);
    let conditions = snapshot.resolve(kind, within.as_ref(), listing).expect("resolved");
    let query = query::page(snapshot, kind, listing, &conditions).expect("written");
    let query = query.expect("something can match");
    let mut statement = snapshot
        .connection
        .prepare(&format!("EXPLAIN QUERY PLAN {}", query.sql))
        .expect("SQLite accepts it");
    let lines = statement
        .query_map(params_from_iter(query.values.parameters()), |row| row.get(3))
        .expect("SQLite explains it")
        .collect::<rusqlite::Result<Vec<String>>>()
        .expect("SQLite explains it");
    lines.join("\n")
}

fn builds() -> Listing<'static> {
    Listing {
        kind: "builds",
        within: None,
        conditions: Vec::new(),
        order: Vec::new(),
        after: None,
        limit: 50,
    }
}

fn facet(name: &'static str, test: Test) -> Condition<'static> {
    Condition::Facet { path: Vec::new(), kind: "builds", name, test }
}

fn any_of(texts: &[&str]) -> Test {
    Test::AnyOf(texts.iter().map(|&text| text.to_owned()).collect())
}

fn of_app(id: &str) -> Condition<'static> {
    Condition::Linked { path: vec![Edge::Forward("builds.app")], ids: vec![id.to_owned()] }
}

/// Checks that each listing's plan starts from an index and sorts nothing.
fn in_order(listings: &[(&str, Listing<'_>)]) {
    let (starts, listings): (Vec<_>, Vec<_>) = listings.iter().cloned().unzip();
    for ((start, listing), plan) in starts.iter().zip(&listings).zip(plans(&listings)) {
        assert!(plan.starts_with(start), "{listing:?}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{listing:?}\n{plan}");
        assert_no_scan(&plan);
    }
}

/// A list of texts or ids that was bound may be scanned, and so may one page.
fn assert_no_scan(plan: &str) {
    for line in plan.lines().filter(|line| line.contains("SCAN")) {
        let is_short =
            ["SCAN rarray", "SCAN a ", "SCAN p", "SCAN r"].iter().any(|s| line.starts_with(s));
        assert!(is_short, "{plan}");
        assert!(!line.contains("INDEX records") && !line.contains("USING INDEX"), "{plan}");
    }
}

#[test]
fn listings_in_an_indexs_order_follow_it() {
    let newest = vec![Order::Facet("version", Direction::Descending)];
    let (sequence, text) = (["7".to_owned()], ["00100".to_owned(), "7".to_owned()]);
    let (app, group) = (
        Some(Within { edge: Edge::Backward("builds.app"), id: "usual" }),
        Some(Within { edge: Edge::Forward("groups.builds"), id: "g" }),
    );
    let ios = vec![facet("platform", any_of(&["IOS"]))];
    let kind = "SEARCH r USING INDEX records_by_kind (team=? AND kind=?";
    let facets = "SEARCH w USING PRIMARY KEY (team=? AND kind=? AND name=?";
    let back = "SEARCH w USING PRIMARY KEY (team=? AND to_id=? AND relation=?";
    let forward =
        "SEARCH w USING COVERING INDEX linkages_forward (team=? AND from_sequence=? AND relation=?";
    let by_id = vec![Order::Id(Direction::Descending)];
    in_order(&[
        (&format!("{kind})"), builds()),
        (&format!("{kind} AND sequence>?)"), Listing { after: Some(&sequence), ..builds() }),
        (&format!("{facets})"), Listing { order: newest.clone(), ..builds() }),
        (
            &format!("{facets} AND (text,sequence)<(?,?))"),
            Listing { order: newest.clone(), after: Some(&text), ..builds() },
        ),
        ("SEARCH r USING INDEX records_by_id", Listing { order: by_id, ..builds() }),
        (&format!("{back})"), Listing { within: app, ..builds() }),
        (
            &format!("{back} AND from_sequence>?)"),
            Listing { within: app, after: Some(&sequence), ..builds() },
        ),
        (&format!("{forward})"), Listing { within: group, ..builds() }),
        (
            &format!("{forward} AND position>?)"),
            Listing { within: group, after: Some(&sequence), ..builds() },
        ),
        (&format!("{facets} AND text=?)"), Listing { conditions: ios.clone(), ..builds() }),
        (
            &format!("{facets} AND text=? AND sequence>?)"),
            Listing { conditions: ios.clone(), after: Some(&sequence), ..builds() },
        ),
        // Half of the records fit: following the order finds a page soon.
        (&format!("{facets})"), Listing { conditions: ios, order: newest.clone(), ..builds() }),
        (
            &format!("{facets})"),
            Listing { conditions: vec![of_app("usual")], order: newest, ..builds() },
        ),
    ]);
}

#[test]
fn few_matches_are_gathered_and_sorted() {
    let newest = vec![Order::Facet("version", Direction::Descending)];
    let group =
        Condition::Linked { path: vec![Edge::Backward("groups.builds")], ids: vec!["g".into()] };
    let listings = [
        Listing { conditions: vec![of_app("rare")], order: newest.clone(), ..builds() },
        Listing { conditions: vec![group], order: newest.clone(), ..builds() },
        Listing {
            conditions: vec![Condition::Id(vec!["3".into(), "5".into()])],
            order: newest.clone(),
            ..builds()
        },
        Listing {
            conditions: vec![facet("version", Test::LessThan("00004".into()))],
            order: vec![Order::Id(Direction::Ascending)],
            ..builds()
        },
    ];
    for (listing, plan) in listings.iter().zip(plans(&listings)) {
        assert!(plan.contains("USE TEMP B-TREE FOR ORDER BY"), "{listing:?}\n{plan}");
        assert!(!plan.contains("records_by_kind"), "{listing:?}\n{plan}");
        assert_no_scan(&plan);
    }
}
