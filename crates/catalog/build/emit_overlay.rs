//! Writes what the overlay says of resource types: owners, ids, dates, orders and births.

use std::collections::BTreeMap;
use std::fmt::Write;

use toml::{Table, Value};

use super::emit::edge;
use super::records::ResourceFile;
use super::relations::{Name, Relations, Side};

/// Owners by resource type: the side that leads from the owned to its owner, and the owner's type.
#[derive(Debug, Default)]
pub struct Owners {
    by_kind: BTreeMap<String, Vec<(Side, String)>>,
}

impl Owners {
    /// Reads `owners.toml`.
    ///
    /// # Errors
    /// A relationship that does not exist.
    pub fn read(table: &Table, relations: &Relations) -> Result<Self, String> {
        let mut by_kind: BTreeMap<String, Vec<(Side, String)>> = BTreeMap::new();
        for (kind, names) in table {
            let list = by_kind.entry(kind.clone()).or_default();
            for name in names.as_array().into_iter().flatten().filter_map(Value::as_str) {
                let at = || format!("overlay/owners.toml: {kind}: {name} does not exist");
                let found = owner_side(kind, name, relations);
                list.push(found.ok_or_else(at)?);
            }
        }
        Ok(Self { by_kind })
    }

    /// Whether the relationship leads to the owner of its resource type.
    pub fn has(&self, kind: &str, name: &str, relations: &Relations) -> bool {
        let side = relations.sides.get(&(kind.to_owned(), name.to_owned()));
        self.by_kind.get(kind).is_some_and(|owners| owners.iter().any(|(s, _)| Some(s) == side))
    }
}

/// Returns the side that `owners.toml` names, `app` or `appPriceSchedules.manualPrices`.
fn owner_side(kind: &str, name: &str, relations: &Relations) -> Option<(Side, String)> {
    if let Some((owner, far)) = name.split_once('.') {
        let key: Name = (owner.to_owned(), far.to_owned());
        let stored = relations.sides.get(&key) == Some(&Side::Forward(key.clone()));
        return stored.then(|| (Side::Backward(key), owner.to_owned()));
    }
    let key: Name = (kind.to_owned(), name.to_owned());
    let side = relations.sides.get(&key).filter(|side| **side != Side::Computed)?;
    Some((side.clone(), relations.traits.get(&key)?.target.clone()))
}

/// Returns a table of strings as pairs.
///
/// # Errors
/// A value that is not a string.
pub fn texts(table: &Table) -> Result<Vec<(String, String)>, String> {
    table
        .iter()
        .map(|(key, value)| {
            let text = value.as_str().ok_or_else(|| format!("{key}: not a string"))?;
            Ok((key.clone(), text.to_owned()))
        })
        .collect()
}

/// The files of the overlay that say something of single types, by their names.
pub struct Facts {
    /// `ids.toml`
    pub ids: Table,
    /// `dates.toml`
    pub dates: Table,
    /// `orders.toml`
    pub orders: Table,
    /// `births.toml`
    pub births: Table,
    /// `comparisons.toml`
    pub comparisons: Table,
}

/// Returns the constants of `src/kinds.rs`.
///
/// # Errors
/// An overlay line that is not understood or names an unknown type.
pub fn write(
    files: &[ResourceFile],
    relations: &Relations,
    owners: &Owners,
    facts: &Facts,
) -> Result<String, String> {
    let Facts { ids, dates, orders, births, comparisons } = facts;
    let mut kinds: Vec<&ResourceFile> =
        files.iter().filter(|file| !file.schemas.is_empty()).collect();
    kinds.sort_by(|a, b| a.kind.cmp(&b.kind));
    let known = |kind: &str| kinds.iter().any(|file| file.kind == kind);
    let named = ids.keys().chain(dates.keys()).chain(births.keys()).chain(owners.by_kind.keys());
    if let Some(unknown) = named.into_iter().find(|kind| !known(kind)) {
        return Err(format!("overlay: there is no resource type {unknown}"));
    }
    let mut out = String::new();
    let _ = writeln!(out, "pub(crate) static KINDS: [Kind; {}] = [", kinds.len());
    let mut unowned: Vec<String> = Vec::new();
    for file in &kinds {
        let kind = &file.kind;
        if !owners.by_kind.contains_key(kind) {
            unowned.push(format!("{kind} (overlay/owners.toml)"));
        }
        let schemas: Vec<String> =
            file.schemas.iter().map(|schema| format!("&S_{}", schema.name)).collect();
        let id = ids.get(kind).and_then(Value::as_str).unwrap_or("uuid");
        let dates = dates.get(kind).and_then(Value::as_str).unwrap_or("pacific");
        let _ = writeln!(
            out,
            "Kind {{ name: {kind:?}, schemas: &[{}], id_format: {}, dates: {}, owners: &[{}], \
             owned: &[{}], births: &[{}] }},",
            schemas.join(", "),
            id_format(id).ok_or_else(|| format!("overlay/ids.toml: {kind}: `{id}`"))?,
            date_notation(dates).ok_or_else(|| format!("overlay/dates.toml: {kind}"))?,
            owners_of(owners, kind),
            owned_by(owners, kind),
            births_of(relations, ids, births, kind)?,
        );
    }
    out.push_str("];\n");
    write_relations(&mut out, relations);
    write_orders(&mut out, orders)?;
    write_comparisons(&mut out, files, comparisons)?;
    let undecided = relations
        .undecided
        .iter()
        .map(|(kind, name)| format!("{kind}.{name} (overlay/relations.toml)"));
    let undecided: Vec<String> = undecided.chain(unowned).collect();
    let _ = writeln!(out, "pub(crate) static UNDECIDED: &[&str] = &{undecided:?};");
    Ok(out)
}

fn owners_of(owners: &Owners, kind: &str) -> String {
    let mut text = String::new();
    for (side, owner) in owners.by_kind.get(kind).into_iter().flatten() {
        let _ = write!(text, "Owner {{ kind: {owner:?}, edge: {} }}, ", edge(Some(side)));
    }
    text
}

/// The same seen from the owner: the edge leads to what it owns.
fn owned_by(owners: &Owners, kind: &str) -> String {
    let mut text = String::new();
    for (owned, list) in &owners.by_kind {
        for (side, _) in list.iter().filter(|(_, owner)| owner == kind) {
            let back = match side {
                Side::Forward(name) => Side::Backward(name.clone()),
                Side::Backward(name) => Side::Forward(name.clone()),
                Side::Computed => continue,
            };
            let _ = write!(text, "Owner {{ kind: {owned:?}, edge: {} }}, ", edge(Some(&back)));
        }
    }
    text
}

fn births_of(
    relations: &Relations,
    ids: &Table,
    births: &Table,
    kind: &str,
) -> Result<String, String> {
    let mut text = String::new();
    for (born, how) in births.get(kind).and_then(Value::as_table).into_iter().flatten() {
        let field = |key: &str| how.get(key).and_then(Value::as_str);
        let at = || format!("overlay/births.toml: {kind}: {born}");
        let by = field("by").ok_or_else(at)?;
        let attributes = field("attributes").ok_or_else(at)?;
        let side = relations.sides.get(&(born.clone(), by.to_owned())).ok_or_else(at)?;
        let same = ids.get(born).and_then(Value::as_str) == Some(&format!("same {by}"));
        let id = if same { "SameAsParent" } else { "Fresh" };
        let _ = write!(
            text,
            "Birth {{ kind: {born:?}, edge: {}, id: BirthId::{id}, attributes: {attributes:?} }}, ",
            edge(Some(side)),
        );
    }
    Ok(text)
}

fn id_format(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    Some(match words[..] {
        ["uuid"] => "IdFormat::Uuid".to_owned(),
        ["decimal"] => "IdFormat::Decimal".to_owned(),
        ["alphanumeric10"] => "IdFormat::Alphanumeric10".to_owned(),
        ["base64url"] => "IdFormat::Base64Url".to_owned(),
        ["code"] => "IdFormat::Code".to_owned(),
        ["same", relationship] => format!("IdFormat::SameAs({relationship:?})"),
        ["joined", relationship, attribute] => format!(
            "IdFormat::Joined {{ relationship: {relationship:?}, attribute: {attribute:?} }}"
        ),
        ["encoded", ref keys @ ..] => format!("IdFormat::Encoded(&{keys:?})"),
        _ => return None,
    })
}

fn date_notation(text: &str) -> Option<&'static str> {
    match text {
        "pacific" => Some("DateNotation::Pacific"),
        "milliseconds" => Some("DateNotation::Milliseconds"),
        "utc" => Some("DateNotation::Utc"),
        _ => None,
    }
}

fn write_relations(out: &mut String, relations: &Relations) {
    let mut rows = Vec::new();
    for (name, side) in &relations.sides {
        if *side != Side::Forward(name.clone()) {
            continue;
        }
        let traits = &relations.traits[name];
        let mut back = relations
            .sides
            .iter()
            .filter(|(_, side)| **side == Side::Backward(name.clone()))
            .map(|(other, _)| relations.traits[other].many)
            .peekable();
        // Without an inverse, any number may name the same far end.
        let to_one = back.peek().is_some() && back.all(|many| !many);
        rows.push(format!(
            "Relation {{ name: \"{}.{}\", from: {:?}, to: {:?}, arity: {}, inverse_arity: {} }}",
            name.0,
            name.1,
            name.0,
            traits.target,
            if traits.many { "Arity::Many" } else { "Arity::One" },
            if to_one { "Arity::One" } else { "Arity::Many" },
        ));
    }
    let _ = writeln!(
        out,
        "pub(crate) static RELATIONS: [Relation; {}] = [{}];",
        rows.len(),
        rows.join(",\n")
    );
}

fn write_orders(out: &mut String, orders: &Table) -> Result<(), String> {
    let mut rows: Vec<String> = Vec::new();
    for (list, order) in texts(orders)? {
        if order != "newest" {
            return Err(format!("overlay/orders.toml: {list}: `{order}`"));
        }
        rows.push(format!("{list:?}"));
    }
    rows.sort();
    let _ = writeln!(out, "pub(crate) static NEWEST_FIRST: &[&str] = &[{}];", rows.join(", "));
    Ok(())
}

fn write_comparisons(
    out: &mut String,
    files: &[ResourceFile],
    comparisons: &Table,
) -> Result<(), String> {
    let mut rows: Vec<String> = Vec::new();
    for (attribute, comparison) in texts(comparisons)? {
        let at = || format!("overlay/comparisons.toml: {attribute}: `{comparison}`");
        let (kind, name) = attribute.split_once('.').ok_or_else(at)?;
        if !super::filters::has_attribute(files, kind, name) {
            return Err(at());
        }
        let variant = match comparison.as_str() {
            "dotted" => "Dotted",
            "folded" => "Folded",
            "caseless" => "Caseless",
            "contained" => "Contained",
            _ => return Err(at()),
        };
        rows.push(format!("({kind:?}, {name:?}, Comparison::{variant})"));
    }
    let _ = writeln!(
        out,
        "pub(crate) static COMPARISONS: &[(&str, &str, Comparison)] = &[{}];",
        rows.join(", ")
    );
    Ok(())
}
