//! Writes schemas and operations as Rust constants of the types in `src/model.rs`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::defaults::{self, Schemas};
use super::emit_overlay::Owners;
use super::emit_routes;
use super::filters::{self, End, Target};
use super::records::{
    InputName, InputRecord, InputType, OperationRecord, ParameterRecord, ResourceFile, SchemaRecord,
};
use super::relations::{Relations, Side};
use super::shape::ShapeText;

/// What the constants are made from.
pub struct Emitter<'a> {
    files: &'a [ResourceFile],
    shapes: BTreeMap<&'a str, &'a ShapeText>,
    relations: &'a Relations,
    owners: &'a Owners,
    filters: &'a [(String, String)],
    schemas: Schemas<'a>,
    /// Constants for lists that occur more than once, by their text.
    lists: BTreeMap<String, usize>,
    named: BTreeMap<String, String>,
}

impl<'a> Emitter<'a> {
    /// Returns an emitter over everything that was read.
    pub fn new(
        files: &'a [ResourceFile],
        shapes: &'a [(String, ShapeText)],
        relations: &'a Relations,
        owners: &'a Owners,
        filters: &'a [(String, String)],
    ) -> Self {
        let schemas = files
            .iter()
            .flat_map(|file| file.schemas.iter().map(|schema| (file.kind.as_str(), schema)));
        Self {
            files,
            shapes: shapes.iter().map(|(name, shape)| (name.as_str(), shape)).collect(),
            relations,
            owners,
            filters,
            schemas: Schemas { all: schemas.collect() },
            lists: BTreeMap::new(),
            named: BTreeMap::new(),
        }
    }

    /// Returns the constants.
    ///
    /// # Errors
    /// A name that leads nowhere.
    pub fn write(mut self) -> Result<String, String> {
        let mut out = String::new();
        let mut all: Vec<&str> = Vec::new();
        for (kind, schema) in self.schemas.all.clone() {
            let text = self.schema(kind, schema)?;
            let _ = writeln!(out, "static S_{}: Schema = {text};", schema.name);
            all.push(&schema.name);
        }
        let refs: Vec<String> = all.iter().map(|name| format!("&S_{name}")).collect();
        let _ = writeln!(
            out,
            "pub(crate) static SCHEMAS: [&Schema; {}] = [{}];",
            refs.len(),
            refs.join(", ")
        );
        let mut operations: Vec<&OperationRecord> =
            self.files.iter().flat_map(|file| &file.operations).collect();
        operations.sort_by(|a, b| a.id.cmp(&b.id));
        let _ =
            writeln!(out, "pub(crate) static OPERATIONS: [Operation; {}] = [", operations.len());
        for operation in &operations {
            let text = self.operation(operation);
            let _ = writeln!(out, "{},", text.map_err(|e| format!("{}: {e}", operation.id))?);
        }
        out.push_str("];\n");
        out.push_str(&emit_routes::write(&self.schemas, &operations));
        out.push_str(&self.sorts(&operations)?);
        for (text, number) in &self.lists {
            let _ = writeln!(out, "const L{number}: &[&str] = &{text};");
        }
        for (name, text) in &self.named {
            let _ = writeln!(out, "const N_{name}: Shape = {text};");
        }
        Ok(out)
    }

    fn schema(&mut self, kind: &str, schema: &SchemaRecord) -> Result<String, String> {
        let mut attributes = String::new();
        for attribute in &schema.attributes {
            let shape = self.shape(&attribute.shape)?;
            let _ =
                write!(attributes, "Attribute {{ name: {:?}, shape: {shape} }}, ", attribute.name);
        }
        let mut relationships = String::new();
        for relationship in &schema.relationships {
            let name = (kind.to_owned(), relationship.name.clone());
            let (self_link, related_link) = self.links(schema, &relationship.name);
            let _ = write!(
                relationships,
                "Relationship {{ name: {:?}, arity: {}, target: {:?}, self_link: {self_link}, \
                 related_link: {related_link}, has_data: {}, edge: {}, owner: {} }}, ",
                relationship.name,
                arity(relationship.many),
                relationship.target,
                relationship.has_data,
                edge(self.relations.sides.get(&name)),
                self.owners.has(kind, &relationship.name, self.relations),
            );
        }
        Ok(format!(
            "Schema {{ name: {:?}, kind: {kind:?}, path: {:?}, attributes: &[{attributes}], \
             relationships: &[{relationships}] }}",
            schema.name, schema.path
        ))
    }

    /// Whether any operation is offered on the linkage, and whether the related read is.
    fn links(&self, schema: &SchemaRecord, name: &str) -> (bool, bool) {
        let own = format!("{}/{{id}}/relationships/{name}", schema.path);
        let related = format!("{}/{{id}}/{name}", schema.path);
        let offered = |path: &str| {
            self.files.iter().flat_map(|file| &file.operations).any(|o| o.path == path)
        };
        (offered(&own), offered(&related))
    }

    fn operation(&mut self, operation: &OperationRecord) -> Result<String, String> {
        let parts: Vec<&str> = operation.path.split('/').skip(1).collect();
        let base = format!("/{}/{}", parts[0], parts[1]);
        let schema = self.schemas.all.iter().find(|(_, schema)| schema.path == base);
        let schema = schema.map(|(_, schema)| *schema);
        let answers = operation.answers.as_deref().and_then(|name| self.schemas.named(name));
        let answered = answers.map(|(_, schema)| schema);
        let include = operation.include.clone();
        let include = include.unwrap_or_else(|| defaults::include(operation, answered));
        let usual = defaults::included(&self.schemas, operation, answered, &include);
        let included = operation.included.clone().or(usual).ok_or("no `included`")?;
        let list = self.included(&included)?;
        let media = match &operation.media[..] {
            [] if operation.answers.is_some() => vec!["application/json".to_owned()],
            given => given.to_vec(),
        };
        let statuses = match &operation.statuses[..] {
            [] => defaults::statuses(operation.kind()),
            given => given.to_vec(),
        };
        let kind = operation.kind();
        let member = (parts.len() > 3).then(|| parts[parts.len() - 1]);
        Ok(format!(
            "Operation {{ id: {:?}, kind: OperationKind::{}{}, method: Method::{}, path: {:?}, \
             subject: {:?}, schema: {}, member: {member:?}, answers: {}, included: {list}, \
             body: {}, query: &[{}], media: {}, statuses: &{statuses:?}, deprecated: {} }}",
            operation.id,
            kind[..1].to_uppercase(),
            &kind[1..],
            method(&operation.method)?,
            operation.path,
            parts[1],
            schema_ref(schema),
            schema_ref(answered),
            self.body(parts[1], operation, answered.or(schema))?,
            self.query(operation, answers, &include, &included)?,
            self.list(&media),
            operation.deprecated,
        ))
    }

    fn included(&self, names: &[String]) -> Result<String, String> {
        let refs: Result<Vec<String>, String> = names
            .iter()
            .map(|name| {
                let found = self.schemas.named(name).ok_or_else(|| format!("no schema {name}"));
                found.map(|_| format!("&S_{name}"))
            })
            .collect();
        Ok(format!("&[{}]", refs?.join(", ")))
    }

    fn body(
        &mut self,
        kind: &str,
        operation: &OperationRecord,
        schema: Option<&SchemaRecord>,
    ) -> Result<String, String> {
        if let Some(target) = &operation.takes {
            let many = arity(operation.kind() != "updateToOneRelationship");
            return Ok(format!("Some(&Body::Linkage {{ target: {target:?}, arity: {many} }})"));
        }
        let Some(input) = &operation.input else { return Ok("None".to_owned()) };
        let members = self.input(kind, input, schema)?;
        let mut inlines = String::new();
        for name in &operation.inline {
            let found = self.files.iter().find_map(|file| {
                file.inlines.iter().find(|inline| inline.name == *name).map(|i| (&file.kind, i))
            });
            let (kind, inline) = found.ok_or_else(|| format!("no inline form {name}"))?;
            let schema = defaults::inline_schema(&self.schemas, kind, name);
            let members = self.input(kind, &inline.members, schema)?;
            let _ = write!(inlines, "Inline {{ kind: {kind:?}, {members} }}, ");
        }
        Ok(format!("Some(&Body::Resource {{ kind: {kind:?}, {members}, inline: &[{inlines}] }})"))
    }

    fn input(
        &mut self,
        kind: &str,
        input: &InputRecord,
        schema: Option<&SchemaRecord>,
    ) -> Result<String, String> {
        let mut attributes = String::new();
        let mut relationships = String::new();
        let required = input.required.iter().map(|name| (name, true));
        for (member, required) in required.chain(input.optional.iter().map(|name| (name, false))) {
            let InputName { name, nullable } = member;
            match input_type(input, schema, name)? {
                InputType::Attribute(shape) => {
                    let shape = self.shape(&shape)?;
                    let _ = write!(
                        attributes,
                        "InputAttribute {{ name: {name:?}, shape: {shape}, \
                         required: {required}, nullable: {nullable} }}, "
                    );
                }
                InputType::Relationship { many, target } => {
                    let key = (kind.to_owned(), name.clone());
                    let _ = write!(
                        relationships,
                        "InputRelationship {{ name: {name:?}, arity: {}, target: {target:?}, \
                         required: {required}, nullable: {}, edge: {} }}, ",
                        arity(many),
                        !required && !many,
                        edge(self.relations.sides.get(&key)),
                    );
                }
            }
        }
        Ok(format!("attributes: &[{attributes}], relationships: &[{relationships}]"))
    }

    fn query(
        &mut self,
        operation: &OperationRecord,
        answers: Option<(&str, &SchemaRecord)>,
        include: &[String],
        included: &[String],
    ) -> Result<String, String> {
        let mut out = String::new();
        for (whole, parameter) in &operation.parameters {
            let kind = answers.map_or("", |(kind, _)| kind);
            out.push_str(&self.parameter(kind, whole, parameter)?);
        }
        if !operation.sort.is_empty() {
            let _ = write!(out, "Parameter::Sort {{ keys: {} }}, ", self.list(&operation.sort));
        }
        let answered = operation.answers.as_deref();
        let kinds = operation.fields.clone();
        let usual = || defaults::fields(&self.schemas, operation, answered, included);
        for kind in kinds.unwrap_or_else(usual) {
            let given = operation.fields_of.iter().find(|(other, _)| *other == kind);
            let names = given.map_or_else(
                || defaults::field_names(&self.schemas, &kind, answered, included),
                |(_, names)| names.clone(),
            );
            let names = self.list(&names);
            let _ = write!(out, "Parameter::Fields {{ kind: {kind:?}, names: {names} }}, ");
        }
        if !include.is_empty() {
            let names = self.list(include);
            let _ = write!(out, "Parameter::Include {{ names: {names} }}, ");
        }
        out.push_str(&limits(operation, answers.map(|(_, schema)| schema), include));
        Ok(out)
    }

    /// Writes a filter, an `exists` or a parameter of a report.
    fn parameter(
        &mut self,
        kind: &str,
        whole: &str,
        parameter: &ParameterRecord,
    ) -> Result<String, String> {
        let values = self.values(&parameter.shape)?;
        let required = parameter.required;
        let bracketed = whole.strip_suffix(']').and_then(|whole| whole.split_once('['));
        let Some((family, name)) = bracketed else {
            return Ok(format!(
                "Parameter::Other {{ name: {whole:?}, values: {values}, required: {required} }}, "
            ));
        };
        let target = filters::resolve(self.files, self.relations, self.filters, kind, name)?;
        let target = filter_target(&target);
        Ok(match family {
            "exists" => format!("Parameter::Exists {{ name: {name:?}, target: {target} }}, "),
            _ => format!(
                "Parameter::Filter {{ name: {name:?}, values: {values}, required: {required}, \
                 target: {target} }}, "
            ),
        })
    }

    /// Writes what each sort key of each listed type compares.
    fn sorts(&self, operations: &[&OperationRecord]) -> Result<String, String> {
        let mut rows: BTreeMap<(&str, &str), String> = BTreeMap::new();
        for operation in operations {
            let answers = operation.answers.as_deref().and_then(|name| self.schemas.named(name));
            let Some((kind, _)) = answers else { continue }; // metrics sort their own rows
            for key in &operation.sort {
                let target = filters::resolve(self.files, self.relations, self.filters, kind, key)?;
                rows.insert((kind, key), filter_target(&target));
            }
        }
        let rows: Vec<String> = rows
            .iter()
            .map(|((kind, key), target)| format!("({kind:?}, {key:?}, {target})"))
            .collect();
        let ty = "&[(&str, &str, FilterTarget)]";
        Ok(format!("pub(crate) static SORTS: {ty} = &[{}];\n", rows.join(",\n")))
    }

    /// Allowed values of a parameter; none where it is free.
    fn values(&mut self, shape: &ShapeText) -> Result<String, String> {
        match shape {
            ShapeText::Array(item) => self.values(item),
            ShapeText::Enum(values) => Ok(self.list(values)),
            ShapeText::Named(name) => {
                let shape = *self.shapes.get(name.as_str()).ok_or("an unknown shape")?;
                self.values(shape)
            }
            _ => Ok("&[]".to_owned()),
        }
    }

    fn shape(&mut self, shape: &ShapeText) -> Result<String, String> {
        Ok(match shape {
            ShapeText::String(format) => format!("Shape::String({format:?})"),
            ShapeText::Date => "Shape::Date".to_owned(),
            ShapeText::DateTime => "Shape::DateTime".to_owned(),
            ShapeText::Integer { .. } => "Shape::Integer".to_owned(),
            ShapeText::Number => "Shape::Number".to_owned(),
            ShapeText::Boolean => "Shape::Boolean".to_owned(),
            ShapeText::Any => "Shape::Any".to_owned(),
            ShapeText::Map(_) => "Shape::Map".to_owned(),
            ShapeText::Enum(values) => format!("Shape::Enum({})", self.list(values)),
            ShapeText::Array(item) => format!("Shape::Array(&{})", self.shape(item)?),
            ShapeText::Object(members) => {
                let mut text = String::new();
                for member in members {
                    let _ = write!(
                        text,
                        "Member {{ name: {:?}, shape: {}, required: {}, nullable: {} }}, ",
                        member.name,
                        self.shape(&member.shape)?,
                        member.required,
                        member.nullable
                    );
                }
                format!("Shape::Object(&[{text}])")
            }
            ShapeText::Named(name) => {
                if !self.named.contains_key(name) {
                    let shape = *self.shapes.get(name.as_str()).ok_or("an unknown shape")?;
                    let text = self.shape(shape)?;
                    self.named.insert(name.clone(), text);
                }
                format!("N_{name}")
            }
        })
    }

    /// Returns the constant of a list of strings.
    fn list(&mut self, values: &[String]) -> String {
        if values.is_empty() {
            return "&[]".to_owned();
        }
        let next = self.lists.len();
        let number = *self.lists.entry(format!("{values:?}")).or_insert(next);
        format!("L{number}")
    }
}

fn limits(
    operation: &OperationRecord,
    answered: Option<&SchemaRecord>,
    include: &[String],
) -> String {
    let mut out = String::new();
    let limit = operation.limit.unwrap_or_else(|| defaults::limit(operation.kind()));
    if limit != 0 {
        let _ = write!(out, "Parameter::Limit {{ maximum: {limit} }}, ");
    }
    let relationships = answered.map(|schema| &schema.relationships[..]).unwrap_or_default();
    for relationship in relationships.iter().filter(|r| r.many && include.contains(&r.name)) {
        let name = &relationship.name;
        let given = operation.limit_of.iter().find(|(other, _)| other == name);
        let maximum = given.map_or(defaults::LIMIT_OF, |(_, maximum)| *maximum);
        let _ =
            write!(out, "Parameter::LimitOf {{ relationship: {name:?}, maximum: {maximum} }}, ");
    }
    out
}

fn input_type(
    input: &InputRecord,
    schema: Option<&SchemaRecord>,
    name: &str,
) -> Result<InputType, String> {
    let given = input.types.iter().find(|(other, _)| other == name).map(|(_, kind)| kind.clone());
    let from_schema = || {
        let schema = schema?;
        let attribute = schema.attributes.iter().find(|attribute| attribute.name == name);
        let relationship = schema.relationships.iter().find(|r| r.name == name);
        attribute.map(|a| InputType::Attribute(a.shape.clone())).or_else(|| {
            relationship.map(|r| InputType::Relationship { many: r.many, target: r.target.clone() })
        })
    };
    given.or_else(from_schema).ok_or_else(|| format!("nothing says what {name} is"))
}

fn arity(many: bool) -> &'static str {
    if many { "Arity::Many" } else { "Arity::One" }
}

/// Returns the edge; what is undecided counts as computed, and a test fails.
pub fn edge(side: Option<&Side>) -> String {
    match side {
        Some(Side::Forward((kind, name))) => format!("Edge::Forward(\"{kind}.{name}\")"),
        Some(Side::Backward((kind, name))) => format!("Edge::Backward(\"{kind}.{name}\")"),
        Some(Side::Computed) | None => "Edge::Computed".to_owned(),
    }
}

fn filter_target(target: &Target) -> String {
    let path: Vec<String> = target.path.iter().map(|side| edge(Some(side))).collect();
    let end = match &target.end {
        End::Id => "Id".to_owned(),
        End::Attribute(kind, name) => format!("Attribute {{ kind: {kind:?}, name: {name:?} }}"),
        End::Relationship(side) => format!("Relationship({})", edge(Some(side))),
        End::Special => "Special".to_owned(),
    };
    format!("FilterTarget {{ path: &[{}], end: FilterEnd::{end} }}", path.join(", "))
}

/// Returns an optional reference to a schema's constant.
pub fn schema_ref(schema: Option<&SchemaRecord>) -> String {
    schema.map_or_else(|| "None".to_owned(), |schema| format!("Some(&S_{})", schema.name))
}

fn method(method: &str) -> Result<&'static str, String> {
    match method {
        "GET" => Ok("Get"),
        "POST" => Ok("Post"),
        "PATCH" => Ok("Patch"),
        "DELETE" => Ok("Delete"),
        _ => Err(format!("unknown method {method}")),
    }
}
