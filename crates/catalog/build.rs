//! Turns `data/*.toml` and `overlay/*.toml` into constants, so that nothing is parsed at start.
//!
//! Reads here, decides relationships in `build/relations.rs` and filters in `build/filters.rs`,
//! and writes Rust in `build/emit.rs` and `build/emit_overlay.rs`.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "format/defaults.rs"]
mod defaults;
#[path = "build/emit.rs"]
mod emit;
#[path = "build/emit_overlay.rs"]
mod emit_overlay;
#[path = "build/emit_routes.rs"]
mod emit_routes;
#[path = "build/filters.rs"]
mod filters;
#[path = "format/read.rs"]
mod read;
#[path = "format/records.rs"]
mod records;
#[path = "build/relations.rs"]
mod relations;
#[path = "format/shape.rs"]
mod shape;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    for watched in ["build.rs", "build", "data", "format", "overlay"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let files = read_resources(&root.join("data"))?;
    let shapes = read::read_shapes(&fs::read_to_string(root.join("data/shapes.toml"))?)?;
    let overlay = |name: &str| -> Result<toml::Table, Failure> {
        Ok(fs::read_to_string(root.join("overlay").join(name))?.parse()?)
    };
    let verdicts = emit_overlay::texts(&overlay("relations.toml")?)?;
    let relations = relations::Relations::decide(&files, &verdicts)?;
    let owners = emit_overlay::Owners::read(&overlay("owners.toml")?, &relations)?;
    let mut filters = emit_overlay::texts(&overlay("filters.toml")?)?;
    filters.extend(emit_overlay::texts(&overlay("sorts.toml")?)?);
    let mut code = emit::Emitter::new(&files, &shapes, &relations, &owners, &filters).write()?;
    let facts = emit_overlay::Facts {
        ids: overlay("ids.toml")?,
        dates: overlay("dates.toml")?,
        orders: overlay("orders.toml")?,
        births: overlay("births.toml")?,
        comparisons: overlay("comparisons.toml")?,
    };
    code += &emit_overlay::write(&files, &relations, &owners, &facts)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("catalog.rs"), code)?;
    Ok(())
}

fn read_resources(folder: &Path) -> Result<Vec<records::ResourceFile>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if kind != "SOURCE" && kind != "shapes" {
            let text = fs::read_to_string(&path)?;
            let file = read::read_resource(&kind, &text);
            files.push(file.map_err(|error| format!("data/{kind}.toml: {error}"))?);
        }
    }
    files.sort_by(|a, b| a.kind.cmp(&b.kind));
    Ok(files)
}
