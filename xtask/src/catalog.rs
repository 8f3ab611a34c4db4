//! `cargo xtask catalog`: writes `crates/catalog/data` from Apple's `OpenAPI` document.
//!
//! It takes over facts and no prose, and stops on anything that it does not know rather than
//! leaving it out. Start at [`run`], then `catalog/operations.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

mod bodies;
mod document;
mod operations;
mod parameters;
mod resources;
mod shapes;

#[path = "../../crates/catalog/format/defaults.rs"]
mod defaults;
#[path = "../../crates/catalog/format/read.rs"]
#[expect(dead_code, reason = "the catalog's tests read the files back")]
mod read;
#[path = "../../crates/catalog/format/records.rs"]
mod records;
#[path = "../../crates/catalog/format/shape.rs"]
mod shape;
#[path = "../../crates/catalog/format/write.rs"]
mod write;

use document::Document;

/// What the command takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Apple's document
    #[arg(long)]
    from: PathBuf,
    /// Write nothing, fail where a file differs from what the document says
    #[arg(long)]
    check: bool,
}

/// Writes the data files, or with `--check` compares them.
///
/// # Errors
/// What in the document is not known, or which files differ.
pub fn run(arguments: &Arguments) -> Result<()> {
    let bytes = fs::read(&arguments.from)
        .with_context(|| format!("cannot read {}", arguments.from.display()))?;
    let files = generate(&Document::parse(&bytes)?)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/catalog/data");
    let present = present_files(&folder)?;
    if arguments.check {
        let wrong: Vec<&str> = present
            .keys()
            .chain(files.keys())
            .filter(|name| present.get(*name) != files.get(*name))
            .map(String::as_str)
            .collect();
        if !wrong.is_empty() {
            bail!("{} differ from the document; run without --check", wrong.join(", "));
        }
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    for name in present.keys().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, text) in files.iter().filter(|(name, text)| present.get(*name) != Some(*text)) {
        fs::write(folder.join(name), text)?;
    }
    println!("{} files in crates/catalog/data", files.len());
    Ok(())
}

fn present_files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}

/// Returns every file by name.
fn generate(document: &Document) -> Result<BTreeMap<String, String>> {
    let operations = document.operations()?;
    let mut shapes = shapes::Shapes::new(document);
    let mut resources = resources::read(document, &operations, &mut shapes)?;
    operations::read(document, &operations, &mut shapes, &mut resources)?;
    let mut files = BTreeMap::new();
    for file in &mut resources {
        file.schemas.sort_by(|a, b| a.name.cmp(&b.name));
        file.inlines.sort_by(|a, b| a.name.cmp(&b.name));
        file.operations.sort_by(|a, b| a.id.cmp(&b.id));
        files.insert(format!("{}.toml", file.kind), write::write_resource(file));
    }
    files.insert("shapes.toml".to_owned(), write::write_shapes(&shapes.named()?));
    files.insert("SOURCE.toml".to_owned(), source(document, &resources));
    Ok(files)
}

fn source(document: &Document, resources: &[records::ResourceFile]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in resources.iter().flat_map(|file| &file.operations) {
        *kinds.entry(operation.kind()).or_default() += 1;
    }
    let schemas: usize = resources.iter().map(|file| file.schemas.len()).sum();
    let types = resources.iter().filter(|file| !file.schemas.is_empty()).count();
    let inlines: usize = resources.iter().map(|file| file.inlines.len()).sum();
    let all: usize = kinds.values().sum();
    let kinds: Vec<String> =
        kinds.iter().map(|(kind, count)| format!("{kind} = {count}\n")).collect();
    format!(
        "{}\n[document]\nversion = \"{}\"\nsha256 = \"{}\"\n\n[counts]\noperations = {all}\n\
         resource_types = {types}\nschemas = {schemas}\ninline_creates = {inlines}\n\n\
         [counts.operation_kinds]\n{}",
        write::HEADER,
        document.version,
        document.digest,
        kinds.concat(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A document with one resource type and one operation.
    fn small() -> Value {
        let errors = ["400", "401", "403", "429"];
        let mut responses = json!({"200": {"description": "", "content":
            {"application/json": {"schema": {"$ref": "#/components/schemas/ThingsResponse"}}}}});
        for status in errors {
            responses[status] = json!({"description": ""});
        }
        let parameter = |name: &str, schema: Value| json!({"name": name, "in": "query", "schema": schema, "style": "form"});
        let list =
            |values: &[&str]| json!({"type": "array", "items": {"type": "string", "enum": values}});
        json!({
            "info": {"version": "1"},
            "components": {"schemas": {
                "Thing": {"type": "object", "title": "Thing", "required": ["id", "type"], "properties": {
                    "type": {"type": "string", "enum": ["things"]},
                    "id": {"type": "string"},
                    "attributes": {"type": "object", "properties": {
                        "count": {"type": "integer", "minimum": 0, "maximum": 9},
                        "color": {"$ref": "#/components/schemas/Color"},
                    }},
                }},
                "Color": {"type": "string", "enum": ["RED", "BLUE"]},
                "ThingsResponse": {"type": "object", "required": ["data", "links"], "properties": {
                    "data": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                }},
            }},
            "paths": {"/v1/things": {"get": {
                "operationId": "things_getCollection",
                "tags": [],
                "parameters": [
                    parameter("filter[color]", list(&["RED", "BLUE"])),
                    parameter("sort", list(&["count", "-count"])),
                    parameter("fields[things]", list(&["count", "color"])),
                    parameter("limit", json!({"type": "integer", "maximum": 100})),
                ],
                "responses": responses,
            }}},
        })
    }

    fn outcome(document: &Value) -> Result<BTreeMap<String, String>> {
        generate(&Document::parse(document.to_string().as_bytes())?)
    }

    #[test]
    fn a_resource_type_becomes_a_file() {
        let files = outcome(&small()).unwrap();
        let expected = r#"# Generated by `cargo xtask catalog`, do not edit.

[schema.Thing]
path = "/v1/things"

[schema.Thing.attributes]
count = "integer 0..9"
color = "Color"

[operation.things_getCollection]
call = "GET /v1/things -> Thing"
"filter[color]" = "[Color]"
sort = ["count"]
limit = 100
"#;
        assert_eq!(files["things.toml"], expected);
        assert!(files["shapes.toml"].ends_with("\nColor = \"enum(RED, BLUE)\"\n"));
        assert!(files["SOURCE.toml"].contains("getCollection = 1"));
    }

    /// What the generator does not know must stop it, wherever it is.
    #[test]
    fn anything_unknown_stops_the_generator() {
        let changes: [(&str, Value); 9] = [
            (
                "/components/schemas/Thing/properties/attributes/properties/count/pattern",
                json!("x"),
            ),
            (
                "/components/schemas/Thing/properties/attributes/properties/count/format",
                json!("int8"),
            ),
            (
                "/components/schemas/Thing/properties/attributes/properties/count/type",
                json!("tuple"),
            ),
            ("/components/schemas/Thing/properties/extra", json!({"type": "object"})),
            ("/components/schemas/Color/allOf", json!([])),
            ("/paths/~1v1~1things/get/parameters/0/name", json!("search")),
            ("/paths/~1v1~1things/get/parameters/1/schema/items/enum", json!(["count"])),
            ("/paths/~1v1~1things/get/responses/418", json!({})),
            ("/paths/~1v1~1things/put", json!({})),
        ];
        for (pointer, value) in changes {
            let mut document = small();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[key] = value;
            assert!(outcome(&document).is_err(), "{pointer}");
        }
    }
}
