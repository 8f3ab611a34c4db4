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
