//! The data files say the same when they are read and written again, and hold everything.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic too")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../format/read.rs"]
mod read;
#[path = "../format/records.rs"]
mod records;
#[path = "../format/shape.rs"]
mod shape;
#[path = "../format/write.rs"]
mod write;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn resource_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "SOURCE" && name != "shapes" {
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    files
}

/// If you are here because a file differs: it was edited by hand, or the format changed. Run
/// `cargo xtask catalog --from <document>`.
#[test]
fn each_file_is_written_back_byte_for_byte() {
    for (kind, text) in resource_files() {
        let file = read::read_resource(&kind, &text).unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(write::write_resource(&file), text, "{kind}");
    }
    let text = fs::read_to_string(folder().join("shapes.toml")).unwrap();
    assert_eq!(write::write_shapes(&read::read_shapes(&text).unwrap()), text);
}

#[test]
fn counts_are_those_of_the_document() {
    let source: toml::Table =
        fs::read_to_string(folder().join("SOURCE.toml")).unwrap().parse().unwrap();
    let counts = source["counts"].as_table().unwrap();
    let count = |value: usize| i64::try_from(value).unwrap();
    let mut kinds: BTreeMap<String, i64> = BTreeMap::new();
    let (mut schemas, mut inlines, mut types) = (0, 0, 0);
    for (kind, text) in resource_files() {
        let file = read::read_resource(&kind, &text).unwrap();
        schemas += count(file.schemas.len());
        inlines += count(file.inlines.len());
        types += i64::from(!file.schemas.is_empty());
        for operation in &file.operations {
            *kinds.entry(operation.kind().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(counts["operations"].as_integer(), Some(kinds.values().sum()));
    assert_eq!(counts["schemas"].as_integer(), Some(schemas));
    assert_eq!(counts["inline_creates"].as_integer(), Some(inlines));
    assert_eq!(counts["resource_types"].as_integer(), Some(types));
    let stated: BTreeMap<String, i64> = counts["operation_kinds"]
        .as_table()
        .unwrap()
        .iter()
        .map(|(kind, count)| (kind.clone(), count.as_integer().unwrap()))
        .collect();
    assert_eq!(kinds, stated);
}

/// If you are here because of a new version of the document: put its counts here, after reading
/// the diff of the data files.
#[test]
fn version_4_4_1_has_1263_operations_of_14_kinds() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for operation in russet_catalog::operations() {
        *kinds.entry(operation.id.rsplit('_').next().unwrap().to_owned()).or_default() += 1;
    }
    let expected = [
        ("createInstance", 158),
        ("createToManyRelationship", 18),
        ("deleteInstance", 111),
        ("deleteToManyRelationship", 21),
        ("getCollection", 41),
        ("getInstance", 172),
        ("getMetrics", 15),
        ("getToManyRelated", 199),
        ("getToManyRelationship", 194),
        ("getToOneRelated", 89),
        ("getToOneRelationship", 87),
        ("replaceToManyRelationship", 21),
        ("updateInstance", 122),
        ("updateToOneRelationship", 15),
    ];
    let expected = expected.map(|(kind, count)| (kind.to_owned(), count));
    assert_eq!(kinds, BTreeMap::from(expected));
    assert_eq!(russet_catalog::operations().len(), 1263);
    assert_eq!(russet_catalog::kinds().len(), 214);
    assert_eq!(russet_catalog::schemas().len(), 230);
}

#[test]
fn every_shape_that_can_be_written_can_be_read() {
    for text in [
        "string",
        "string uri",
        "integer",
        "integer int64 0..9007199254740991",
        "[[{a!: string, b?: [enum(X, Y)], c!?: Name}]]",
        "map map string",
        "{}",
        "date-time",
        "any",
    ] {
        assert_eq!(shape::parse_shape(text).unwrap().to_string(), text);
    }
}

#[test]
fn a_shape_that_makes_no_sense_is_refused() {
    for text in ["", "[string", "{a string}", "enum(A", "string uri email", "integer 1..x"] {
        assert!(shape::parse_shape(text).is_err(), "{text}");
    }
}

#[test]
fn a_file_with_an_unknown_key_is_refused() {
    for text in [
        "[schemas.A]\npath = \"/v1/a\"\n",
        "[schema.A]\npath = \"/v1/a\"\nkind = \"a\"\n",
        "[schema.A.relationships]\nb = \"several c\"\n",
        "[schema.A.relationships]\nb = \"one c, no idea\"\n",
        "[operations]\na = \"GET /v1/a => A\"\n",
        "[operations]\na = \"GET /v1/a -> A, soon\"\n",
        "[operation.a]\nlimit = 200\n",
    ] {
        assert!(read::read_resource("a", text).is_err(), "{text}");
    }
}
