//! Query parameters of an operation, less what `defaults` fills in.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::defaults::{self, Schemas};
use super::document::{RawOperation, deprecated, strings};
use super::records::{OperationRecord, ParameterRecord, SchemaRecord};
use super::shapes::Shapes;

/// Reads the query of one operation.
pub struct QueryReader<'a, 's, 'd> {
    /// Every schema.
    pub schemas: &'a Schemas<'s>,
    /// Converts the shapes of filters.
    pub shapes: &'a mut Shapes<'d>,
    /// Schema of what is answered.
    pub primary: Option<&'a SchemaRecord>,
    /// Schemas in `included`.
    pub included: &'a [String],
}

impl QueryReader<'_, '_, '_> {
    /// Adds the parameters to the operation's record.
    ///
    /// # Errors
    /// A parameter that is not understood.
    pub fn read(&mut self, raw: &RawOperation<'_>, record: &mut OperationRecord) -> Result<()> {
        let parameters = raw.value["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let include = parameters.iter().find(|parameter| parameter["name"] == "include");
        let include = include.map(values).unwrap_or_default();
        if include != defaults::include(record, self.primary) {
            record.include = Some(include.clone());
        }
        let usual = defaults::included(self.schemas, record, self.primary, &include);
        if usual.as_deref() != Some(self.included) {
            record.included = Some(self.included.to_vec());
        }
        let mut seen = Seen::default();
        for parameter in parameters {
            let name = parameter["name"].as_str().context("a parameter without a name")?;
            self.parameter(name, parameter, record, &mut seen).with_context(|| name.to_owned())?;
            if deprecated(parameter) {
                record.deprecated_members.push(name.to_owned());
            }
        }
        if seen.limit.unwrap_or(0) != defaults::limit(raw.kind()) {
            record.limit = Some(seen.limit.unwrap_or(0));
        }
        let relationships = self.primary.map(|schema| &schema.relationships[..]);
        let lists = relationships.unwrap_or_default().iter().filter(|r| r.many);
        let mut limited: Vec<&String> =
            lists.map(|r| &r.name).filter(|name| include.contains(name)).collect();
        limited.sort();
        seen.limits.sort();
        ensure!(seen.limits.iter().eq(limited), "limits for other than the included lists");
        let answered = record.answers.clone();
        seen.fields.sort();
        if seen.fields != defaults::fields(self.schemas, record, answered.as_deref(), self.included)
        {
            record.fields = Some(seen.fields);
        }
        record.fields_of.sort();
        record.limit_of.sort();
        record.parameters.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(())
    }

    fn parameter(
        &mut self,
        name: &str,
        parameter: &Value,
        record: &mut OperationRecord,
        seen: &mut Seen,
    ) -> Result<()> {
        let required = parameter.get("required") == Some(&Value::Bool(true));
        let bracketed = name.strip_suffix(']').and_then(|name| name.split_once('['));
        let family = bracketed.map_or(name, |(family, _)| family);
        let special = ["filter", "exists", "granularity", "groupBy", "period"].contains(&family);
        ensure!(special || !required, "unexpectedly required");
        match (family, bracketed.map(|(_, inner)| inner)) {
            _ if special => {
                let shape = self.shapes.parameter(&parameter["schema"])?;
                record.parameters.push((name.to_owned(), ParameterRecord { shape, required }));
            }
            ("fields", Some(kind)) => {
                let names = values(parameter);
                let answered = record.answers.as_deref();
                if names != defaults::field_names(self.schemas, kind, answered, self.included) {
                    record.fields_of.push((kind.to_owned(), names));
                }
                seen.fields.push(kind.to_owned());
            }
            ("limit", Some(relationship)) => {
                let maximum = maximum(parameter)?;
                if maximum != defaults::LIMIT_OF {
                    record.limit_of.push((relationship.to_owned(), maximum));
                }
                seen.limits.push(relationship.to_owned());
            }
            ("limit", None) => seen.limit = Some(maximum(parameter)?),
            ("sort", None) => record.sort = sort_keys(&values(parameter))?,
            ("include", None) => {}
            _ => bail!("unknown parameter"),
        }
        Ok(())
    }
}

/// Parameters that are compared with the rules once all have been read.
#[derive(Default)]
struct Seen {
    limit: Option<u32>,
    limits: Vec<String>,
    fields: Vec<String>,
}

fn values(parameter: &Value) -> Vec<String> {
    let values = strings(parameter["schema"].get("items").and_then(|items| items.get("enum")));
    values.into_iter().map(str::to_owned).collect()
}

fn maximum(parameter: &Value) -> Result<u32> {
    ensure!(parameter["schema"]["type"] == "integer", "a limit that is no integer");
    Ok(u32::try_from(parameter["schema"]["maximum"].as_u64().context("no maximum")?)?)
}

/// Returns the keys of a `sort` that takes each with and without `-`.
fn sort_keys(values: &[String]) -> Result<Vec<String>> {
    let bare: Vec<String> =
        values.iter().filter(|value| !value.starts_with('-')).cloned().collect();
    let signed = |key: &String| values.contains(&format!("-{key}"));
    ensure!(bare.iter().all(signed) && bare.len() * 2 == values.len(), "a one-way sort key");
    Ok(bare)
}
