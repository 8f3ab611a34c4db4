//! What was written by hand is complete and fits the document.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use russet_catalog::{
    Arity, BirthId, Body, Comparison, DateNotation, DefaultOrder, Edge, FilterEnd, IdFormat,
    Parameter, Shape, births, comparison, date_notation, default_order, id_format, kind, kinds,
    operation, operations, relation, relations, schemas, schemas_of, sort_target, undecided,
};

/// Compares with a file that is reviewed; `UPDATE_SNAPSHOTS=1` writes it.
fn check_snapshot(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        actual, expected,
        "{name} differs: run with UPDATE_SNAPSHOTS=1 and review the file's diff"
    );
}

/// If you are here because the document has a new relationship or resource type: say in
/// `overlay/relations.toml` which side stores the relationship, and in `overlay/owners.toml` what
/// records of the type belong to. The head of each file explains its lines.
#[test]
fn every_relationship_is_stored_somewhere_and_every_type_has_its_owners() {
    assert!(undecided().is_empty(), "undecided: {:#?}", undecided());
}

#[test]
fn edges_name_relations_between_the_right_types() {
    for schema in schemas() {
        for relationship in schema.relationships {
            let at = format!("{}.{}", schema.kind, relationship.name);
            match relationship.edge {
                Edge::Forward(name) => {
                    let relation = relation(name).unwrap();
                    assert_eq!(
                        (relation.from, relation.to),
                        (schema.kind, relationship.target),
                        "{at}"
                    );
                }
                Edge::Backward(name) => {
                    let relation = relation(name).unwrap();
                    assert_eq!(
                        (relation.to, relation.from),
                        (schema.kind, relationship.target),
                        "{at}"
                    );
                }
                Edge::Computed => assert!(!relationship.owner, "{at}"),
            }
        }
    }
}

#[test]
fn schemas_of_one_type_agree_on_their_edges() {
    for kind in kinds() {
        let mut edges: BTreeMap<&str, Edge> = BTreeMap::new();
        for relationship in kind.schemas.iter().flat_map(|schema| schema.relationships) {
            let edge = *edges.entry(relationship.name).or_insert(relationship.edge);
            assert_eq!(edge, relationship.edge, "{}.{}", kind.name, relationship.name);
        }
    }
}

#[test]
fn lists_that_can_be_replaced_keep_their_order() {
    for operation in operations() {
        if let Some(Body::Linkage { arity: Arity::Many, .. }) = operation.body
            && operation.id.ends_with("_replaceToManyRelationship")
        {
            let member = operation.member.unwrap();
            let edge = operation.schema.unwrap().relationship(member).unwrap().edge;
            assert!(matches!(edge, Edge::Forward(_)), "{}", operation.id);
        }
    }
    let sets = schemas_of("appScreenshotSets")[0];
    assert_eq!(
        sets.relationship("appScreenshots").unwrap().edge,
        Edge::Forward("appScreenshotSets.appScreenshots")
    );
    let screenshots = schemas_of("appScreenshots")[0];
    let set = screenshots.relationship("appScreenshotSet").unwrap();
    assert_eq!(set.edge, Edge::Backward("appScreenshotSets.appScreenshots"));
    assert!(set.owner);
}

#[test]
fn what_a_body_sets_is_stored() {
    for operation in operations() {
        let Some(Body::Resource { relationships, inline, .. }) = operation.body else { continue };
        let inline = inline.iter().flat_map(|inline| inline.relationships);
        for relationship in relationships.iter().chain(inline) {
            assert_ne!(relationship.edge, Edge::Computed, "{} {}", operation.id, relationship.name);
        }
    }
}

#[test]
fn relations_are_sorted_and_named_once() {
    let names: Vec<&str> = relations().iter().map(|relation| relation.name).collect();
    let sorted: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names, sorted.into_iter().collect::<Vec<_>>());
}

/// Whether a record of the type can be reached from an app by edges of ownership.
fn hangs_off_an_app(name: &str, seen: &mut Vec<&'static str>) -> bool {
    kind(name).unwrap().owners.iter().any(|owner| {
        if owner.kind == "apps" {
            return true;
        }
        let fresh = !seen.contains(&owner.kind);
        seen.push(owner.kind);
        fresh && hangs_off_an_app(owner.kind, seen)
    })
}

#[test]
fn owners_are_as_reviewed() {
    let mut text = String::new();
    for kind in kinds() {
        let reach = if hangs_off_an_app(kind.name, &mut Vec::new()) { "app " } else { "team" };
        let _ = write!(text, "{reach} {}", kind.name);
        for owner in kind.owners {
            let edge = match owner.edge {
                Edge::Forward(name) => format!("> {name}"),
                Edge::Backward(name) => format!("< {name}"),
                Edge::Computed => panic!("{}: a computed owner", kind.name),
            };
            let _ = write!(text, ", {} {edge}", owner.kind);
        }
        text.push('\n');
    }
    check_snapshot("owners.txt", &text);
}

#[test]
fn what_is_owned_mirrors_owners() {
    let mut owners = 0;
    let mut owned = 0;
    for kind in kinds() {
        owners += kind.owners.len();
        owned += kind.owned.len();
        for part in kind.owned {
            let back = match part.edge {
                Edge::Forward(name) => Edge::Backward(name),
                Edge::Backward(name) => Edge::Forward(name),
                Edge::Computed => panic!("{}: computed", kind.name),
            };
            let part = russet_catalog::kind(part.kind).unwrap();
            assert!(part.owners.iter().any(|o| o.kind == kind.name && o.edge == back));
        }
    }
    assert_eq!(owners, owned);
}

/// The relationships whose linkages no schema or body shows, and those that nothing stores.
#[test]
fn edges_are_as_reviewed() {
    let mut lines = BTreeSet::new();
    for schema in schemas() {
        for relationship in schema.relationships {
            let edge = match relationship.edge {
                Edge::Forward(name) => format!("stores {name}"),
                Edge::Backward(name) => format!("inverse of {name}"),
                Edge::Computed => "computed".to_owned(),
            };
            lines.insert(format!("{}.{} {edge}\n", schema.kind, relationship.name));
        }
    }
    check_snapshot("edges.txt", &lines.into_iter().collect::<String>());
}

#[test]
fn filters_that_look_at_nothing_stored_are_as_reviewed() {
    let mut lines = BTreeSet::new();
    for operation in operations() {
        for parameter in operation.query {
            if let Parameter::Filter { name, target, .. } | Parameter::Exists { name, target } =
                parameter
                && matches!(target.end, FilterEnd::Special)
            {
                lines.insert(format!("{} {name}\n", operation.id));
            }
        }
    }
    check_snapshot("special_filters.txt", &lines.into_iter().collect::<String>());
}

#[test]
fn filters_look_where_their_names_say() {
    let target = |id: &str, wanted: &str| {
        let parameters = operation(id).unwrap().query.iter();
        let found = parameters.filter_map(|parameter| match parameter {
            Parameter::Filter { name, target, .. } | Parameter::Exists { name, target }
                if *name == wanted =>
            {
                Some(format!("{:?} {:?}", target.path, target.end))
            }
            _ => None,
        });
        found.collect::<String>()
    };
    assert_eq!(target("betaGroups_getCollection", "id"), "[] Id");
    assert_eq!(
        target("betaGroups_getCollection", "app"),
        r#"[] Relationship(Forward("betaGroups.app"))"#
    );
    assert_eq!(
        target("builds_getCollection", "preReleaseVersion.version"),
        r#"[Forward("builds.preReleaseVersion")] Attribute { kind: "preReleaseVersions", name: "version" }"#
    );
    assert_eq!(
        target("builds_getCollection", "betaAppReviewSubmission.betaReviewState"),
        r#"[Backward("betaAppReviewSubmissions.build")] Attribute { kind: "betaAppReviewSubmissions", name: "betaReviewState" }"#
    );
    assert_eq!(
        target("apps_customerReviews_getToManyRelated", "publishedResponse"),
        r#"[] Relationship(Backward("customerReviewResponses.review"))"#
    );
}

#[test]
fn every_sort_key_compares_something_stored() {
    for operation in operations() {
        let Some(kind) = operation.answers.map(|schema| schema.kind) else { continue };
        for parameter in operation.query {
            let Parameter::Sort { keys } = parameter else { continue };
            for key in *keys {
                let end = sort_target(kind, key).unwrap().end;
                let compares = matches!(end, FilterEnd::Id | FilterEnd::Attribute { .. });
                assert!(compares, "{kind} {key}: give its path in overlay/sorts.toml");
            }
        }
    }
    let version = sort_target("builds", "preReleaseVersion").unwrap();
    assert_eq!(format!("{:?}", version.path), r#"[Forward("builds.preReleaseVersion")]"#);
    assert!(sort_target("builds", "nope").is_none());
}

#[test]
fn attributes_compare_as_whole_texts_unless_said_otherwise() {
    assert_eq!(comparison("builds", "version"), Comparison::Dotted);
    assert_eq!(comparison("devices", "udid"), Comparison::Folded);
    assert_eq!(comparison("bundleIds", "identifier"), Comparison::Contained);
    assert_eq!(comparison("betaGroups", "name"), Comparison::Whole);
}

#[test]
fn births_fit_the_schemas() {
    for kind in kinds() {
        for birth in kind.births {
            let text = birth.attributes;
            let schema = schemas_of(birth.kind).last().unwrap();
            for name in text.split(['{', ',']).filter_map(|part| part.split_once(':')) {
                let name = name.0.trim_matches('"');
                assert!(schema.attribute(name).is_some(), "{}: {name}", birth.kind);
            }
            let Edge::Forward(name) = birth.edge else { panic!("{}: no edge up", birth.kind) };
            assert_eq!(relation(name).unwrap().to, kind.name);
        }
    }
    let born: Vec<(&str, BirthId)> = births("apps").iter().map(|b| (b.kind, b.id)).collect();
    assert_eq!(
        born,
        [
            ("appInfos", BirthId::Fresh),
            ("betaAppReviewDetails", BirthId::SameAsParent),
            ("betaLicenseAgreements", BirthId::SameAsParent),
            ("subscriptionGracePeriods", BirthId::SameAsParent),
        ]
    );
}

#[test]
fn ids_that_follow_another_name_a_stored_relationship() {
    for kind in kinds() {
        if let IdFormat::SameAs(name) | IdFormat::Joined { relationship: name, .. } = kind.id_format
        {
            let relation = relation(&format!("{}.{name}", kind.name));
            assert!(relation.is_some(), "{}: {name}", kind.name);
        }
    }
    assert_eq!(id_format("apps"), IdFormat::Decimal);
    assert_eq!(id_format("betaGroups"), IdFormat::Uuid);
    assert_eq!(id_format("appPricePoints"), IdFormat::Encoded(&["s", "t", "p"]));
    assert_eq!(date_notation("certificates"), DateNotation::Milliseconds);
    assert_eq!(date_notation("builds"), DateNotation::Pacific);
}

/// Each line of `overlay/orders.toml` must name a list; a misspelt one would change nothing.
#[test]
fn every_order_belongs_to_a_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("overlay/orders.toml");
    let orders: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let newest: Vec<_> =
        operations().iter().filter(|o| default_order(o) == DefaultOrder::NewestFirst).collect();
    for list in orders.keys() {
        let found = newest.iter().any(|operation| match operation.member {
            None => operation.subject == list,
            Some(member) => *list == format!("{}.{member}", operation.subject),
        });
        assert!(found, "{list}");
    }
}

#[test]
fn a_group_is_created_with_what_the_document_says() {
    let create = operation("betaGroups_createInstance").unwrap();
    let Some(Body::Resource { kind, attributes, relationships, inline }) = create.body else {
        panic!("no body")
    };
    assert_eq!((*kind, inline.len()), ("betaGroups", 0));
    let name = attributes.iter().find(|attribute| attribute.name == "name").unwrap();
    assert!(name.required && !name.nullable && name.shape == Shape::String(""));
    let limit = attributes.iter().find(|attribute| attribute.name == "publicLinkLimit").unwrap();
    assert!(!limit.required && limit.nullable && limit.shape == Shape::Integer);
    let app = relationships.iter().find(|relationship| relationship.name == "app").unwrap();
    assert!(app.required && app.arity == Arity::One && app.target == "apps");
}

#[test]
fn shapes_that_bodies_alone_have_are_known() {
    let create = operation("certificates_createInstance").unwrap();
    let Some(Body::Resource { attributes, relationships, .. }) = create.body else { panic!() };
    assert!(attributes.iter().any(|a| a.name == "csrContent" && a.required));
    let merchant = relationships.iter().find(|r| r.name == "merchantId").unwrap();
    assert_eq!(merchant.edge, Edge::Forward("certificates.merchantId"));
    assert!(schemas_of("certificates")[0].relationship("merchantId").is_none());
}

#[test]
fn media_types_and_statuses_are_the_documents() {
    let sales = operation("salesReports_getCollection").unwrap();
    assert_eq!((sales.media, sales.statuses), (&["application/a-gzip"][..], &[200][..]));
    assert!(sales.schema.is_none() && sales.answers.is_none());
    let leave = operation("betaTesters_deleteInstance").unwrap();
    assert_eq!((leave.media, leave.statuses), (&[][..], &[202, 204][..]));
    let values = operation("inAppPurchaseOfferCodeOneTimeUseCodes_values_getToOneRelated").unwrap();
    assert_eq!(values.media, ["text/csv"]);
    let points = operation("apps_appPricePoints_getToManyRelated").unwrap();
    assert_eq!(points.media, ["application/json", "text/csv"]);
    assert_eq!(operations().iter().filter(|operation| operation.deprecated).count(), 159);
}
