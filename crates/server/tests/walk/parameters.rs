//! Each query parameter that an operation lists, with a value that it lists.

use russet_catalog::{Operation, Parameter};
use russet_testkit::Caller;

use crate::explore::{reads, with_query};
use crate::journal::Journal;
use crate::known::Known;
use crate::path;

/// Tries every parameter of every read once. A documented parameter with a documented value is
/// never refused.
pub async fn try_each(caller: &Caller, known: &Known, journal: &mut Journal) {
    for operation in reads() {
        let base = path(operation, known.id_for(operation));
        let required = known.required_query(operation, 0);
        let plain = caller.send_unjudged("GET", &with_query(&base, &required), &[], b"").await;
        if !plain.is_success() {
            continue;
        }
        for parameter in operation.query {
            let part = part(operation, parameter, known);
            let name = part.split('=').next().unwrap_or_default();
            let again = required.split('&').any(|other| other.split('=').next() == Some(name));
            let query = if again { required.clone() } else { format!("{required}&{part}") };
            let url = with_query(&base, query.trim_matches('&'));
            let reply = caller.send_unjudged("GET", &url, &[], b"").await;
            journal.judge(&reply);
            if !(reply.is_success() || reply.status == 501) {
                journal
                    .find(format!("{}: a documented parameter is refused\n{reply}", operation.id));
            }
        }
    }
}

fn part(operation: &Operation, parameter: &Parameter, known: &Known) -> String {
    match parameter {
        Parameter::Filter { name, values, target, .. } => {
            format!("filter[{name}]={}", known.filter_value(operation, values, *target, 0))
        }
        Parameter::Exists { name, .. } => format!("exists[{name}]=true"),
        Parameter::Sort { keys } => {
            let keys: Vec<String> = keys.iter().map(|key| format!("-{key}")).collect();
            format!("sort={}", keys.join(","))
        }
        Parameter::Fields { kind, names } => format!("fields[{kind}]={}", names.join(",")),
        Parameter::Include { names } => format!("include={}", names.join(",")),
        Parameter::Limit { maximum } => format!("limit={maximum}"),
        Parameter::LimitOf { relationship, maximum } => {
            format!("include={relationship}&limit[{relationship}]={maximum}")
        }
        Parameter::Other { name, values, .. } => {
            format!("{name}={}", values.first().unwrap_or(&"walk"))
        }
    }
}
