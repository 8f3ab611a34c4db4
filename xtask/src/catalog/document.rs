//! Apple's document as JSON, with the checks that nothing in it is new to us.

use std::fmt::Write;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

/// Schema keywords that the generator knows; any other stops it.
const KEYWORDS: [&str; 15] = [
    "type",
    "properties",
    "$ref",
    "required",
    "enum",
    "items",
    "title",
    "nullable",
    "format",
    "deprecated",
    "oneOf",
    "discriminator",
    "maximum",
    "minimum",
    "additionalProperties",
];

/// The document.
pub struct Document {
    /// Its version, `4.4.1`.
    pub version: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub digest: String,
    schemas: Map<String, Value>,
    paths: Map<String, Value>,
}

/// Media types with the schemas of their bodies.
pub type Answers<'a> = Vec<(&'a str, &'a Value)>;

/// An operation as the document has it.
pub struct RawOperation<'a> {
    /// Operation id.
    pub id: &'a str,
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: String,
    /// Path template.
    pub path: &'a str,
    /// The operation object.
    pub value: &'a Value,
}

impl RawOperation<'_> {
    /// Returns the last part of the id.
    pub fn kind(&self) -> &str {
        self.id.rsplit('_').next().unwrap_or_default()
    }

    /// Returns the parts of the path, `v1`, `apps`, `{id}`, `builds`.
    pub fn parts(&self) -> Vec<&str> {
        self.path.split('/').skip(1).collect()
    }

    /// Returns the path up to the resource type, `/v1/apps`.
    pub fn base(&self) -> String {
        let parts = self.parts();
        format!("/{}", parts[..2.min(parts.len())].join("/"))
    }

    /// Returns the request body's schema.
    pub fn body<'d>(&self, document: &'d Document) -> Result<Option<(&'d str, &'d Value)>> {
        let Some(body) = self.value.get("requestBody") else { return Ok(None) };
        let content = body["content"].as_object().context("a body without content")?;
        ensure!(content.len() == 1, "{}: more than one request media type", self.id);
        let schema = &content.get("application/json").context("a body that is not JSON")?["schema"];
        document.follow(schema).map(Some)
    }

    /// Returns the success statuses and what they answer.
    pub fn success(&self) -> Result<(Vec<u16>, Answers<'_>)> {
        let responses = self.value["responses"].as_object().context("no responses")?;
        let mut statuses = Vec::new();
        let mut media = Vec::new();
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with('2')) {
            statuses.push(status.parse()?);
            for (name, content) in response["content"].as_object().into_iter().flatten() {
                media.push((name.as_str(), &content["schema"]));
            }
        }
        statuses.sort_unstable();
        Ok((statuses, media))
    }
}

impl Document {
    /// Parses the document and checks every schema keyword in it.
    ///
    /// # Errors
    /// What is not JSON or not known.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut root: Value = serde_json::from_slice(bytes).context("not JSON")?;
        let version = root["info"]["version"].as_str().context("no version")?.to_owned();
        let take = |value: &mut Value| match value.take() {
            Value::Object(map) => Ok(map),
            _ => bail!("no paths or schemas"),
        };
        let schemas = take(&mut root["components"]["schemas"])?;
        let paths = take(&mut root["paths"])?;
        for (name, schema) in &schemas {
            check_keywords(schema).with_context(|| format!("schema {name}"))?;
        }
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let digest = digest.as_ref().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(Self { version, digest, schemas, paths })
    }

    /// Returns the named schema.
    pub fn schema(&self, name: &str) -> Result<&Value> {
        self.schemas.get(name).with_context(|| format!("no schema {name}"))
    }

    /// Returns every schema by name.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.schemas.iter().map(|(name, schema)| (name.as_str(), schema))
    }

    /// Returns what a `$ref` points at.
    pub fn follow<'a>(&'a self, node: &Value) -> Result<(&'a str, &'a Value)> {
        let name = reference(node).with_context(|| format!("expected $ref, found {node}"))?;
        let (name, schema) = self.schemas.get_key_value(name).context("a dangling $ref")?;
        Ok((name, schema))
    }

    /// Returns every operation.
    ///
    /// # Errors
    /// A method, key, parameter or error status that is not known.
    pub fn operations(&self) -> Result<Vec<RawOperation<'_>>> {
        let mut all = Vec::new();
        for (path, item) in &self.paths {
            for (method, value) in item.as_object().context("a path that is no object")? {
                match method.as_str() {
                    "get" | "post" | "patch" | "delete" => {}
                    "parameters" => {
                        let names: Vec<&Value> =
                            value.as_array().into_iter().flatten().map(|p| &p["name"]).collect();
                        ensure!(names == ["id"], "{path}: parameters other than `id`");
                        continue;
                    }
                    _ => bail!("{path}: unknown method or key {method}"),
                }
                let id = value["operationId"].as_str().context("no operationId")?;
                let operation = RawOperation { id, method: method.to_uppercase(), path, value };
                check_operation(&operation).with_context(|| id.to_owned())?;
                all.push(operation);
            }
        }
        Ok(all)
    }
}

/// Returns the name that a `$ref` holds.
pub fn reference(node: &Value) -> Option<&str> {
    node.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// Returns whether the document marks a node deprecated.
pub fn deprecated(node: &Value) -> bool {
    node.get("deprecated") == Some(&Value::Bool(true))
}

/// Returns the strings of a list, nothing when there is no list.
pub fn strings(node: Option<&Value>) -> Vec<&str> {
    node.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the members of `properties`.
pub fn properties(node: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let map = node.get("properties").and_then(Value::as_object);
    map.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Fails on a key that is not in the list.
pub fn only(node: &Value, known: &[&str]) -> Result<()> {
    for key in node.as_object().context("not an object")?.keys() {
        ensure!(known.contains(&key.as_str()), "`{key}` is not known here");
    }
    Ok(())
}

fn check_keywords(schema: &Value) -> Result<()> {
    only(schema, &KEYWORDS)?;
    for (name, property) in properties(schema) {
        check_keywords(property).with_context(|| name.to_owned())?;
    }
    for key in ["items", "additionalProperties"] {
        let inner = schema.get(key).filter(|inner| !inner.is_boolean());
        inner.map_or(Ok(()), check_keywords)?;
    }
    schema.get("oneOf").and_then(Value::as_array).into_iter().flatten().try_for_each(check_keywords)
}

fn check_operation(operation: &RawOperation<'_>) -> Result<()> {
    let known = ["tags", "operationId", "responses", "parameters", "requestBody", "deprecated"];
    only(operation.value, &known)?;
    let known = [
        "name",
        "in",
        "description",
        "schema",
        "style",
        "explode",
        "required",
        "deprecated",
        "examples",
    ];
    for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
        only(parameter, &known)?;
        only(&parameter["schema"], &["type", "items", "maximum", "enum"])?;
        ensure!(parameter["in"] == "query", "a parameter outside the query");
        let form = parameter["style"] == "form" && parameter.get("explode") != Some(&true.into());
        ensure!(form, "a parameter that is not a comma list");
    }
    let mut expected = vec!["400", "401", "403"];
    if operation.path.contains("{id}") {
        expected.push("404");
    }
    if operation.value.get("requestBody").is_some() {
        expected.extend(["409", "422"]);
    }
    expected.push("429");
    let mut errors: Vec<&str> = operation.value["responses"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .filter(|status| !status.starts_with('2'))
        .collect();
    errors.sort_unstable();
    ensure!(errors == expected, "error statuses {errors:?} are not the usual ones");
    Ok(())
}
