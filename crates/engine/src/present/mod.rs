//! Step 7 of a request: an [`Outcome`] becomes the bytes of a JSON:API document.
//!
//! Attributes are sent as the text that is kept; links are put together from the schema. Links
//! name the host that the client used.

mod resource;

use russet_catalog::{Arity, Operation};
use russet_wire::{Query, encode_cursor, json};

use self::resource::Plan;
use crate::input::ReadQuery;
use crate::run::{Included, Listed, Outcome, Paging};

/// What an answer needs to know of the request.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Scheme and host that the client used, `https://api.appstoreconnect.apple.com`.
    pub base: &'a str,
    /// Path as the client sent it.
    pub path: &'a str,
    /// Query as the client sent it, without `?`.
    pub query: &'a str,
    /// The operation.
    pub operation: &'static Operation,
    /// Its parameters, for reads.
    pub read: Option<&'a ReadQuery>,
}

/// A document ready to be sent.
#[derive(Debug)]
pub struct Presented {
    /// HTTP status.
    pub status: u16,
    /// `Location`, on 201.
    pub location: Option<String>,
    /// Body; empty on 204 and 202.
    pub body: String,
}

/// Presents an outcome.
#[must_use]
pub fn present(asked: Asked<'_>, outcome: &Outcome) -> Presented {
    let mut body = String::new();
    let mut status = 200;
    let mut location = None;
    match outcome {
        Outcome::Done => status = 204,
        Outcome::Accepted => status = 202,
        Outcome::Page(listed) => page(&mut body, asked, listed),
        Outcome::Linkage { arity, target, ids, paging, included } => {
            linkage(&mut body, asked, *arity, target, ids, paging.as_ref(), included);
        }
        Outcome::One { schema, record, included, created } => {
            let mut own = None;
            body.push_str("{\"data\":");
            match record {
                None => body.push_str("null"),
                Some(record) => {
                    Plan::new(asked, schema, Some(included)).push(&mut body, record, 0);
                    own = Some(resource::self_link(asked.base, schema, &record.id));
                }
            }
            push_included(&mut body, asked, included);
            body.push_str(",\"links\":{\"self\":");
            match &own {
                Some(own) if *created => {
                    // Source: recorded creates answer with the link of the collection.
                    json::push_string(&mut body, &format!("{}{}", asked.base, asked.path));
                    location = Some(own.clone());
                    status = 201;
                }
                _ => push_url(&mut body, asked, None, true),
            }
            body.push_str("}}");
        }
    }
    Presented { status, location, body }
}

fn page(body: &mut String, asked: Asked<'_>, listed: &Listed) {
    let plan = Plan::new(asked, listed.schema, Some(&listed.included));
    body.reserve(listed.records.iter().map(|record| plan.size_of(record)).sum());
    body.push_str("{\"data\":[");
    for (index, record) in listed.records.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        plan.push(body, record, index);
    }
    body.push(']');
    push_included(body, asked, &listed.included);
    push_page_links(body, asked, &listed.paging);
}

fn linkage(
    body: &mut String,
    asked: Asked<'_>,
    arity: Arity,
    target: &str,
    ids: &[String],
    paging: Option<&Paging>,
    included: &Included,
) {
    body.push_str("{\"data\":");
    if arity == Arity::One {
        match ids.first() {
            Some(id) => json::push_identifier(body, target, id),
            None => body.push_str("null"),
        }
    } else {
        body.push('[');
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            json::push_identifier(body, target, id);
        }
        body.push(']');
    }
    push_included(body, asked, included);
    if let Some(paging) = paging {
        push_page_links(body, asked, paging);
        return;
    }
    body.push_str(",\"links\":{\"self\":");
    push_url(body, asked, None, true);
    // Source: recorded linkage replies name the related resource too.
    if let Some((parent, member)) = asked.path.rsplit_once("/relationships/") {
        body.push_str(",\"related\":");
        json::push_string(body, &format!("{}{parent}/{member}", asked.base));
    }
    body.push_str("}}");
}

fn push_included(body: &mut String, asked: Asked<'_>, included: &Included) {
    if asked.read.is_none_or(|read| read.include.is_empty()) {
        return;
    }
    let mut plans: Vec<Plan<'_>> = Vec::new();
    body.push_str(",\"included\":[");
    for (index, (schema, record)) in included.records.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        let known = plans.iter().position(|plan| std::ptr::eq(plan.schema(), *schema));
        let at = known.unwrap_or_else(|| {
            plans.push(Plan::new(asked, schema, None));
            plans.len() - 1
        });
        plans[at].push(body, record, index);
    }
    body.push(']');
}

fn push_page_links(body: &mut String, asked: Asked<'_>, paging: &Paging) {
    let list = asked.read.map_or("", |read| read.list.as_str());
    let next = paging.next.as_deref().map(|key| {
        let parts: Vec<String> =
            std::iter::once(list.to_owned()).chain(key.iter().cloned()).collect();
        encode_cursor(&parts)
    });
    body.push_str(",\"links\":{\"self\":");
    push_url(body, asked, None, true);
    if next.is_some() || asked.read.is_some_and(|read| read.cursor.is_some()) {
        body.push_str(",\"first\":");
        push_url(body, asked, None, false);
    }
    if let Some(next) = &next {
        body.push_str(",\"next\":");
        push_url(body, asked, Some(next), false);
    }
    body.push_str("},\"meta\":{\"paging\":{\"total\":");
    body.push_str(&paging.total.to_string());
    body.push_str(",\"limit\":");
    body.push_str(&paging.limit.to_string());
    if let Some(next) = &next {
        body.push_str(",\"nextCursor\":");
        json::push_string(body, next);
    }
    body.push_str("}}}");
}

/// Appends the request's URL: as sent, or without its cursor and with another.
fn push_url(body: &mut String, asked: Asked<'_>, cursor: Option<&str>, as_sent: bool) {
    let mut url =
        String::with_capacity(asked.base.len() + asked.path.len() + asked.query.len() + 8);
    url.push_str(asked.base);
    url.push_str(asked.path);
    let mut separator = '?';
    if let Some(cursor) = cursor {
        url.push_str("?cursor=");
        url.push_str(cursor);
        separator = '&';
    }
    let parts = asked.query.split('&').filter(|part| !part.is_empty());
    for part in parts.filter(|part| as_sent || !is_cursor(part)) {
        url.push(separator);
        url.push_str(part);
        separator = '&';
    }
    json::push_string(body, &url);
}

/// Whether a part of a query is the cursor, however its name is written.
fn is_cursor(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    name == "cursor" || Query::parse(name).is_ok_and(|query| query.get("cursor").is_some())
}
