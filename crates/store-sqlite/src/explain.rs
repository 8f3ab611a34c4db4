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

#[test]
fn show() {
    let newest = vec![Order::Facet("version", Direction::Descending)];
    let app = |id: &str| Condition::Linked {
        path: vec![Edge::Forward("builds.app")],
        ids: vec![id.to_owned()],
    };
    let key = ["00100".to_owned(), "7".to_owned()];
    let forms = [
        builds(),
        Listing { order: newest.clone(), ..builds() },
        Listing { order: newest.clone(), after: Some(&key), ..builds() },
        Listing {
            conditions: vec![facet("platform", any_of(&["IOS"]))],
            order: newest.clone(),
            ..builds()
        },
        Listing { conditions: vec![facet("platform", any_of(&["IOS", "TV_OS"]))], ..builds() },
        Listing { conditions: vec![app("usual")], order: newest.clone(), ..builds() },
        Listing { conditions: vec![app("rare")], order: newest.clone(), ..builds() },
        Listing {
            within: Some(Within { edge: Edge::Forward("groups.builds"), id: "g" }),
            ..builds()
        },
    ];
    for plan in plans(&forms) {
        println!("{plan}\n");
    }
}
