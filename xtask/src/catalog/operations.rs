//! Operations: what they take and answer, less what `defaults` fills in.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::bodies::{deprecated_members, read_input};
use super::defaults::{self, Schemas};
use super::document::{Document, RawOperation, deprecated, only, reference, strings};
use super::parameters::QueryReader;
use super::records::{InlineRecord, OperationRecord, ResourceFile, SchemaRecord};
use super::resources::{answered, linkage, resource_kind};
use super::shapes::Shapes;

/// Adds the operations and inline forms to the files of their resource types.
///
/// # Errors
/// The first operation that is not understood, by id.
pub fn read<'d>(
    document: &'d Document,
    operations: &[RawOperation<'_>],
    shapes: &mut Shapes<'d>,
    files: &mut [ResourceFile],
) -> Result<()> {
    let known = files.to_vec();
    let all = known.iter().flat_map(|file| file.schemas.iter().map(|s| (file.kind.as_str(), s)));
    let mut reader = Reader { document, schemas: Schemas { all: all.collect() }, shapes };
    for raw in operations {
        let record = reader.operation(raw).with_context(|| raw.id.to_owned())?;
        let file = files.iter_mut().find(|file| file.kind == raw.parts()[1]);
        file.context("an operation without a file")?.operations.push(record);
    }
    for (name, schema) in document.schemas().filter(|(name, _)| name.ends_with("InlineCreate")) {
        let kind = resource_kind(schema).context("an inline form without a type")?;
        let record = reader.inline(kind, name, schema).with_context(|| name.to_owned())?;
        let file = files.iter_mut().find(|file| file.kind == kind);
        file.context("an inline form of an unknown type")?.inlines.push(record);
    }
    Ok(())
}

struct Reader<'a, 'd> {
    document: &'d Document,
    schemas: Schemas<'a>,
    shapes: &'a mut Shapes<'d>,
}

impl<'a> Reader<'a, '_> {
    fn operation(&mut self, raw: &RawOperation<'_>) -> Result<OperationRecord> {
        let mut record = OperationRecord {
            id: raw.id.to_owned(),
            method: raw.method.clone(),
            path: raw.path.to_owned(),
            deprecated: deprecated(raw.value),
            ..OperationRecord::default()
        };
        let (statuses, media) = raw.success()?;
        if statuses != defaults::statuses(raw.kind()) {
            record.statuses = statuses;
        }
        let names: Vec<String> = media.iter().map(|(name, _)| (*name).to_owned()).collect();
        if !names.is_empty() && names != ["application/json"] {
            record.media = names;
        }
        let json = media.iter().find(|(name, _)| *name == "application/json");
        let answer = json.or(media.first()).map(|(_, schema)| *schema);
        let mut included = Vec::new();
        if let Some(answer) = answer {
            (record.answers, included) = self.answer(raw, answer)?;
        }
        let primary = record.answers.as_deref().and_then(|name| self.schemas.named(name));
        let primary = primary.map(|(_, schema)| schema);
        if let Some((_, body)) = raw.body(self.document)? {
            self.body(raw, body, primary, &mut record)?;
        }
        let schemas = &self.schemas;
        QueryReader { schemas, shapes: self.shapes, primary, included: &included }
            .read(raw, &mut record)?;
        record.deprecated_members.sort();
        Ok(record)
    }

    /// Returns the name of what is answered and the schemas in `included`.
    fn answer(
        &mut self,
        raw: &RawOperation<'_>,
        answer: &Value,
    ) -> Result<(Option<String>, Vec<String>)> {
        let (name, schema) = self.document.follow(answer)?;
        if schema["type"] == "string" {
            return Ok((None, Vec::new())); // a file; its media type says which
        }
        let data = &schema["properties"]["data"];
        let mut included = Vec::new();
        if let Some(list) = schema["properties"].get("included") {
            let items = &list["items"];
            let one = std::slice::from_ref(items);
            let many = items.get("oneOf").and_then(Value::as_array).map(Vec::as_slice);
            for item in many.unwrap_or(one) {
                included.push(reference(item).context("included without $ref")?.to_owned());
            }
        }
        if let Some((primary, many)) = answered(self.document, answer)? {
            let list = matches!(raw.kind(), "getCollection" | "getToManyRelated");
            ensure!(many == list, "a list where one is expected, or the reverse");
            return Ok((Some(primary.to_owned()), included));
        }
        match raw.kind() {
            "getToOneRelationship" | "getToManyRelationship" => {
                let (many, kind) = linkage(data)?;
                ensure!(many == (raw.kind() == "getToManyRelationship"), "wrong arity");
                Ok((Some(kind), included))
            }
            "getMetrics" | "getToManyRelated" | "getToOneRelated" | "getCollection" => {
                self.shapes.name(name);
                Ok((Some(name.to_owned()), included))
            }
            _ => bail!("an answer that is not understood"),
        }
    }

    fn body(
        &mut self,
        raw: &RawOperation<'_>,
        body: &Value,
        primary: Option<&SchemaRecord>,
        record: &mut OperationRecord,
    ) -> Result<()> {
        only(body, &["type", "title", "properties", "required", "deprecated"])?;
        only(&body["properties"], &["data", "included"])?;
        ensure!(strings(body.get("required")) == ["data"], "it requires other than `data`");
        ensure!(deprecated(body) == record.deprecated, "only body or operation is deprecated");
        let data = &body["properties"]["data"];
        if !matches!(raw.kind(), "createInstance" | "updateInstance") {
            let (many, kind) = linkage(data)?;
            ensure!(many == (raw.kind() != "updateToOneRelationship"), "wrong arity");
            record.takes = Some(kind);
            return Ok(());
        }
        let kind = &data["properties"]["type"]["enum"];
        ensure!(strings(Some(kind)) == [raw.parts()[1]], "the body's type is not the path's");
        record.input = Some(read_input(data, primary, self.shapes)?);
        record.deprecated_members = deprecated_members(data);
        if let Some(list) = body["properties"].get("included") {
            let items = &list["items"];
            let one = std::slice::from_ref(items);
            let many = items.get("oneOf").and_then(Value::as_array).map(Vec::as_slice);
            for item in many.unwrap_or(one) {
                record.inline.push(reference(item).context("included without $ref")?.to_owned());
            }
        }
        Ok(())
    }

    fn inline(&mut self, kind: &'a str, name: &str, schema: &Value) -> Result<InlineRecord> {
        let answered = defaults::inline_schema(&self.schemas, kind, name);
        let members = read_input(schema, answered, self.shapes)?;
        Ok(InlineRecord { name: name.to_owned(), members })
    }
}
