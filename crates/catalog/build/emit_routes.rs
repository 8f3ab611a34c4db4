//! Writes the table in which `src/find.rs` looks paths up.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::defaults::Schemas;
use super::emit::schema_ref;
use super::records::OperationRecord;

type Places<'p> = BTreeMap<&'p str, Vec<usize>>;

/// Operations of one resource type in one version, by their place in the list of operations.
#[derive(Default)]
struct Base<'p> {
    whole: Vec<usize>,
    linkages: Places<'p>,
    related: Places<'p>,
    metrics: Places<'p>,
}

/// Returns the table. Names are sorted by length and then by bytes, so that most comparisons of a
/// search compare two numbers.
pub fn write(schemas: &Schemas<'_>, operations: &[&OperationRecord]) -> String {
    let mut bases: BTreeMap<(&str, &str), Base<'_>> = BTreeMap::new();
    for (_, schema) in &schemas.all {
        let (version, resource) = schema.path[1..].split_once('/').unwrap_or_default();
        bases.entry((resource, version)).or_default();
    }
    for (index, operation) in operations.iter().enumerate() {
        let parts: Vec<&str> = operation.path.split('/').skip(1).collect();
        let base = bases.entry((parts[1], parts[0])).or_default();
        let place = match parts[..] {
            [_, _, _, "relationships", name] => base.linkages.entry(name).or_default(),
            [_, _, _, "metrics", name] => base.metrics.entry(name).or_default(),
            [_, _, _, name] => base.related.entry(name).or_default(),
            _ => &mut base.whole,
        };
        place.push(index);
    }
    let mut out = format!("pub(crate) static BASES: [Base; {}] = [\n", bases.len());
    let mut bases: Vec<_> = bases.into_iter().collect();
    bases.sort_by_key(|((resource, version), _)| (resource.len(), *resource, *version));
    for ((resource, version), base) in &bases {
        let path = format!("/{version}/{resource}");
        let schema = schemas.all.iter().find(|(_, schema)| schema.path == path);
        let _ = writeln!(
            out,
            "Base {{ resource: {resource:?}, version: {version:?}, schema: {}, whole: {}, \
             linkages: {}, related: {}, metrics: {} }},",
            schema_ref(schema.map(|(_, schema)| *schema)),
            list(&base.whole),
            places(&base.linkages),
            places(&base.related),
            places(&base.metrics),
        );
    }
    out.push_str("];\n");
    out
}

fn list(indexes: &[usize]) -> String {
    let refs: Vec<String> = indexes.iter().map(|i| format!("&OPERATIONS[{i}]")).collect();
    format!("&[{}]", refs.join(", "))
}

fn places(places: &Places<'_>) -> String {
    let mut places: Vec<_> = places.iter().collect();
    places.sort_by_key(|(name, _)| (name.len(), **name));
    let rows = places.iter().map(|(name, indexes)| format!("({name:?}, {})", list(indexes)));
    format!("&[{}]", rows.collect::<Vec<_>>().join(", "))
}
