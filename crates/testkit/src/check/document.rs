//! A success as a document: data, included, links and paging.

use std::collections::HashSet;

use russet_catalog::{Arity, Operation, OperationKind, Schema};
use serde_json::Value;

use super::{Findings, resource};
use crate::app::BASE;
use crate::reply::Reply;

/// Which form `data` has.
enum Data {
    Resources(&'static Schema),
    Resource { schema: &'static Schema, nullable: bool },
    Identifiers(&'static str),
    Identifier(&'static str),
}

/// Checks the document of a success.
pub fn check(reply: &Reply, operation: &'static Operation, query: &str, findings: &mut Findings) {
    let Some(document) = reply.json.as_object() else {
        return findings.add("body", "is not an object");
    };
    for name in document.keys() {
        let known = ["data", "included", "links", "meta"].contains(&name.as_str());
        findings.require(known, name, "is not a member of a document");
    }
    let Some(form) = form(operation) else {
        return findings.add("data", "the catalog does not say what it holds");
    };
    let asked = resource::Asked::of(query);
    let data = &reply.json["data"];
    match form {
        Data::Resources(schema) => {
            let items = list(data, findings);
            each(items, "data", findings, |item, at, findings| {
                resource::check(item, schema, &asked, at, findings);
            });
            paging(reply, items.len(), findings);
        }
        Data::Resource { nullable: true, .. } | Data::Identifier(_) if data.is_null() => {}
        Data::Resource { schema, .. } => {
            resource::check(data, schema, &asked, "data", findings);
            created(reply, findings);
        }
        Data::Identifiers(target) => {
            let items = list(data, findings);
            each(items, "data", findings, |item, at, findings| {
                resource::check_identifier(item, target, at, findings);
            });
            paging(reply, items.len(), findings);
        }
        Data::Identifier(target) => resource::check_identifier(data, target, "data", findings),
    }
    let own = reply.json["links"]["self"].as_str();
    findings.require(
        own.is_some_and(|link| link.starts_with(BASE)),
        "links/self",
        "is not a URL at the host that the client used",
    );
    included(reply, operation, &asked, findings);
}

fn form(operation: &'static Operation) -> Option<Data> {
    let target = || {
        let member = operation.member?;
        // The other schema of the type may be the one that has it.
        let mut schemas = operation.schema.into_iter().chain(others(operation.schema?.kind));
        let relationship = schemas.find_map(|schema| schema.relationship(member))?;
        Some((relationship.target, relationship.arity))
    };
    Some(match operation.kind {
        OperationKind::GetCollection | OperationKind::GetToManyRelated => {
            Data::Resources(operation.answers?)
        }
        OperationKind::GetToOneRelated => {
            Data::Resource { schema: operation.answers?, nullable: true }
        }
        OperationKind::GetInstance
        | OperationKind::CreateInstance
        | OperationKind::UpdateInstance => {
            Data::Resource { schema: operation.answers.or(operation.schema)?, nullable: false }
        }
        _ => match target()? {
            (target, Arity::Many) => Data::Identifiers(target),
            (target, Arity::One) => Data::Identifier(target),
        },
    })
}

fn others(kind: &str) -> impl Iterator<Item = &'static Schema> {
    russet_catalog::schemas_of(kind).iter().copied()
}

fn list<'a>(data: &'a Value, findings: &mut Findings) -> &'a [Value] {
    findings.require(data.is_array(), "data", "is not a list");
    data.as_array().map_or(&[], Vec::as_slice)
}

/// Checks each item, and that none is there twice.
fn each(
    items: &[Value],
    place: &str,
    findings: &mut Findings,
    check: impl Fn(&Value, &str, &mut Findings),
) {
    let mut seen = HashSet::new();
    for (index, item) in items.iter().enumerate() {
        let at = format!("{place}/{index}");
        check(item, &at, findings);
        let once = seen.insert((item["type"].as_str(), item["id"].as_str()));
        findings.require(once, &at, "is there twice");
    }
}

fn paging(reply: &Reply, items: usize, findings: &mut Findings) {
    let paging = &reply.json["meta"]["paging"];
    let (total, limit) = (paging["total"].as_u64(), paging["limit"].as_u64());
    findings.require(
        limit.is_some_and(|limit| items as u64 <= limit),
        "meta/paging/limit",
        "is not a page size that fits",
    );
    findings.require(
        total.is_some_and(|total| items as u64 <= total),
        "meta/paging/total",
        "is not a count that fits",
    );
    let next = reply.json["links"].get("next");
    let cursor = paging.get("nextCursor");
    let together = match (next.and_then(Value::as_str), cursor.and_then(Value::as_str)) {
        (Some(next), Some(cursor)) => {
            next.starts_with(BASE) && next.contains(&format!("cursor={cursor}"))
        }
        (None, None) => next.is_none() && cursor.is_none(),
        _ => false,
    };
    findings.require(together, "links/next", "and meta/paging/nextCursor do not belong together");
}

fn created(reply: &Reply, findings: &mut Findings) {
    let own = reply.json["data"]["links"]["self"].as_str();
    if reply.status == 201 {
        findings.require(
            reply.header("location") == own,
            "location",
            "is not the link of the new resource",
        );
    }
}

/// Included resources are of types that the operation lists, each once, and each is named by a
/// relationship of the primary data.
fn included(
    reply: &Reply,
    operation: &'static Operation,
    asked: &resource::Asked,
    findings: &mut Findings,
) {
    let Some(included) = reply.json.get("included") else {
        return findings.require(asked.include.is_empty(), "included", "is missing");
    };
    let data = &reply.json["data"];
    let primary = data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice);
    let mut named = HashSet::new();
    for relationship in
        primary.iter().filter_map(|item| item["relationships"].as_object()).flatten()
    {
        let data = &relationship.1["data"];
        for item in data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice) {
            named.insert((item["type"].as_str(), item["id"].as_str()));
        }
    }
    each(list(included, findings), "included", findings, |item, at, findings| {
        let kind = item["type"].as_str().unwrap_or("nothing");
        match operation.included.iter().find(|schema| schema.kind == kind) {
            Some(schema) => resource::check(item, schema, asked, at, findings),
            None => findings.add(at, format!("{kind} is not of the types that may be included")),
        }
        // Linkages are not shown where `fields` leaves the relationship out.
        let shown = asked.fields.is_empty();
        let linked = named.contains(&(item["type"].as_str(), item["id"].as_str()));
        findings.require(linked || !shown, at, "is named by no relationship of the data");
    });
}
