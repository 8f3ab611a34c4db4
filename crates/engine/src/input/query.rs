//! Reads a query string against the parameters that an operation has.
//!
//! A parameter that the operation does not have is ILLEGAL, an unknown member of a family that it
//! has, or a bad value, is INVALID, an absent required one REQUIRED (protocol facts, section 4.3).

use russet_catalog::{FilterTarget, Operation, OperationKind, Parameter};
use russet_store::Direction;
use russet_wire::{Code, Problem, Query, Refusal, decode_cursor};

/// The parameters of a read, known and checked.
#[derive(Debug, Default)]
pub struct ReadQuery {
    /// `filter[name]` with its target and values.
    pub filters: Vec<Filter>,
    /// `exists[name]`.
    pub exists: Vec<(&'static str, FilterTarget, bool)>,
    /// `sort`, first key first.
    pub sort: Vec<(&'static str, Direction)>,
    /// `fields[kind]`.
    pub fields: Vec<(&'static str, Vec<String>)>,
    /// `include`, each name once.
    pub include: Vec<&'static str>,
    /// `limit`.
    pub limit: Option<usize>,
    /// `limit[relationship]`.
    pub limits: Vec<(&'static str, usize)>,
    /// `cursor`, decoded: the key after which the page starts.
    pub cursor: Option<Vec<String>>,
    /// `cursor` as sent.
    pub cursor_text: String,
    /// What tells this list from others: operation, filters and order. Cursors carry it.
    pub list: String,
    /// Any other parameter.
    pub others: Vec<(&'static str, String)>,
}

/// One filter.
#[derive(Debug)]
pub struct Filter {
    /// Text between the brackets.
    pub name: &'static str,
    /// What it compares.
    pub target: FilterTarget,
    /// Any of these.
    pub values: Vec<String>,
}

impl ReadQuery {
    /// Returns the fields asked for of a kind, if any were.
    #[must_use]
    pub fn fields_of(&self, kind: &str) -> Option<&[String]> {
        self.fields.iter().find(|(known, _)| *known == kind).map(|(_, names)| names.as_slice())
    }
}

/// Reads the parameters of a request.
///
/// # Errors
/// `PARAMETER_ERROR.*`, every problem at once.
pub fn read(operation: &'static Operation, query: &Query) -> Result<ReadQuery, Refusal> {
    let mut reader = Reader { operation, out: ReadQuery::default(), problems: Vec::new() };
    for (name, value) in &query.0 {
        reader.parameter(name, value);
    }
    for parameter in operation.query {
        let missing = match parameter {
            Parameter::Filter { name, required: true, .. } => Some(format!("filter[{name}]")),
            Parameter::Other { name, required: true, .. } => Some((*name).to_owned()),
            _ => None,
        };
        if let Some(name) = missing.filter(|name| query.get(name).is_none_or(str::is_empty)) {
            let detail = format!("The parameter '{name}' is required for this request");
            reader.problems.push(Problem::new(Code::ParameterRequired, detail).in_parameter(name));
        }
    }
    reader.check_list();
    if reader.problems.is_empty() { Ok(reader.out) } else { Err(Refusal(reader.problems)) }
}

/// FNV-1a over texts, 32 bits: it tells lists apart, it proves nothing.
struct Digest(u32);

impl Default for Digest {
    fn default() -> Self {
        Digest(0x811c_9dc5)
    }
}

impl Digest {
    fn add(&mut self, text: &str) {
        // The zero keeps "ab", "c" from being "a", "bc".
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }

    fn text(&self) -> String {
        format!("{:08x}", self.0)
    }
}

struct Reader {
    operation: &'static Operation,
    out: ReadQuery,
    problems: Vec<Problem>,
}

impl Reader {
    fn parameter(&mut self, name: &str, value: &str) {
        let (family, member) = match name.split_once('[') {
            Some((family, rest)) => match rest.strip_suffix(']') {
                Some(member) => (family, Some(member)),
                None => return self.illegal(name),
            },
            None => (name, None),
        };
        match (family, member) {
            ("filter", Some(member)) => self.filter(name, member, value),
            ("exists", Some(member)) => self.exists(name, member, value),
            ("fields", Some(member)) => self.fields(name, member, value),
            ("limit", Some(member)) => self.limit_of(name, member, value),
            ("limit", None) => self.limit(name, value),
            ("sort", None) => self.sort(name, value),
            ("include", None) => self.include(name, value),
            ("cursor", None) => self.cursor(name, value),
            _ => self.other(name, value),
        }
    }

    fn filter(&mut self, name: &str, member: &str, value: &str) {
        let mut family = false;
        for parameter in self.operation.query {
            let Parameter::Filter { name: known, values, target, .. } = parameter else { continue };
            family = true;
            if *known != member {
                continue;
            }
            let asked = split(value);
            for item in asked.iter().filter(|item| !values.is_empty() && !is_one_of(item, values)) {
                self.invalid_value(name, item, values);
            }
            self.out.filters.push(Filter { name: known, target: *target, values: asked });
            return;
        }
        if family {
            self.invalid(name, format!("'{member}' is not a valid filter type"));
        } else {
            self.illegal(name);
        }
    }

    fn exists(&mut self, name: &str, member: &str, value: &str) {
        for parameter in self.operation.query {
            let Parameter::Exists { name: known, target } = parameter else { continue };
            if *known != member {
                return self.invalid(name, format!("'{member}' is not a valid exists type"));
            }
            return match value.to_ascii_lowercase().as_str() {
                "true" => self.out.exists.push((known, *target, true)),
                "false" => self.out.exists.push((known, *target, false)),
                _ => self.invalid_value(name, value, &["true", "false"]),
            };
        }
        self.illegal(name);
    }

    fn fields(&mut self, name: &str, member: &str, value: &str) {
        let mut family = false;
        for parameter in self.operation.query {
            let Parameter::Fields { kind, names } = parameter else { continue };
            family = true;
            if *kind != member {
                continue;
            }
            let asked = split(value);
            for item in asked.iter().filter(|item| !names.is_empty() && !is_one_of(item, names)) {
                self.invalid(name, format!("'{item}' is not a valid field name"));
            }
            self.out.fields.push((kind, asked));
            return;
        }
        if family {
            self.invalid(name, format!("'{member}' is not a valid resource type"));
        } else {
            self.illegal(name);
        }
    }

    fn limit(&mut self, name: &str, value: &str) {
        let maximum = self.operation.query.iter().find_map(|parameter| match parameter {
            Parameter::Limit { maximum } => Some(*maximum),
            _ => None,
        });
        match maximum {
            None => self.illegal(name),
            Some(maximum) => self.out.limit = self.number(name, value, maximum),
        }
    }

    fn limit_of(&mut self, name: &str, member: &str, value: &str) {
        let mut family = false;
        for parameter in self.operation.query {
            let Parameter::LimitOf { relationship, maximum } = parameter else { continue };
            family = true;
            if *relationship == member {
                if let Some(limit) = self.number(name, value, *maximum) {
                    self.out.limits.push((relationship, limit));
                }
                return;
            }
        }
        if family {
            self.invalid(name, format!("'{member}' is not a valid relationship name"));
        } else {
            self.illegal(name);
        }
    }

    fn number(&mut self, name: &str, value: &str, maximum: u32) -> Option<usize> {
        match value.parse::<u32>() {
            Ok(number) if (1..=maximum).contains(&number) => usize::try_from(number).ok(),
            _ => {
                let detail = format!(
                    "'{value}' is not a valid value for the parameter '{name}'. Expected a number from 1 to {maximum}"
                );
                self.invalid(name, detail);
                None
            }
        }
    }

    fn sort(&mut self, name: &str, value: &str) {
        let keys = self.operation.query.iter().find_map(|parameter| match parameter {
            Parameter::Sort { keys } => Some(*keys),
            _ => None,
        });
        let Some(keys) = keys else {
            return self.illegal(name);
        };
        for item in split(value) {
            let (key, direction) = match item.strip_prefix('-') {
                Some(key) => (key, Direction::Descending),
                None => (item.as_str(), Direction::Ascending),
            };
            match keys.iter().find(|known| **known == key) {
                Some(known) => self.out.sort.push((known, direction)),
                None => self.invalid(name, format!("'{item}' is not a valid sort type")),
            }
        }
    }

    fn include(&mut self, name: &str, value: &str) {
        let names = self.operation.query.iter().find_map(|parameter| match parameter {
            Parameter::Include { names } => Some(*names),
            _ => None,
        });
        let Some(names) = names else {
            return self.illegal(name);
        };
        for item in split(value) {
            match names.iter().find(|known| **known == item) {
                Some(known) if self.out.include.contains(known) => {}
                Some(known) => self.out.include.push(known),
                None => self.invalid(name, format!("'{item}' is not a valid relationship name")),
            }
        }
    }

    fn cursor(&mut self, name: &str, value: &str) {
        let pages = matches!(
            self.operation.kind,
            OperationKind::GetCollection
                | OperationKind::GetToManyRelated
                | OperationKind::GetToManyRelationship
        );
        if !pages {
            return self.illegal(name);
        }
        value.clone_into(&mut self.out.cursor_text);
        match decode_cursor(value) {
            Some(parts) => self.out.cursor = Some(parts),
            None => self.problems.push(bad_cursor(value)),
        }
    }

    /// A cursor is good for the list that gave it, with its filters and its order, and no other.
    fn check_list(&mut self) {
        let mut digest = Digest::default();
        digest.add(self.operation.id);
        for (key, direction) in &self.out.sort {
            digest.add(key);
            digest.add(if *direction == Direction::Ascending { "+" } else { "-" });
        }
        for filter in &self.out.filters {
            digest.add(filter.name);
            filter.values.iter().for_each(|value| digest.add(value));
        }
        for (name, _, present) in &self.out.exists {
            digest.add(name);
            digest.add(if *present { "true" } else { "false" });
        }
        self.out.list = digest.text();
        if let Some(mut parts) = self.out.cursor.take() {
            if parts.len() > 1 && parts[0] == self.out.list {
                parts.remove(0);
                self.out.cursor = Some(parts);
            } else {
                self.problems.push(bad_cursor(&self.out.cursor_text));
            }
        }
    }

    fn other(&mut self, name: &str, value: &str) {
        for parameter in self.operation.query {
            let Parameter::Other { name: known, values, .. } = parameter else { continue };
            if *known != name {
                continue;
            }
            for item in split(value) {
                if !values.is_empty() && !is_one_of(&item, values) {
                    self.invalid_value(name, &item, values);
                }
            }
            return self.out.others.push((known, value.to_owned()));
        }
        self.illegal(name);
    }

    fn illegal(&mut self, name: &str) {
        let detail = format!("The parameter '{name}' can not be used with this request");
        self.problems.push(Problem::new(Code::ParameterIllegal, detail).in_parameter(name));
    }

    fn invalid(&mut self, name: &str, detail: String) {
        self.problems.push(Problem::new(Code::ParameterInvalid, detail).in_parameter(name));
    }

    fn invalid_value(&mut self, name: &str, value: &str, values: &[&str]) {
        let known: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
        let detail = format!(
            "'{value}' is not a valid value for the parameter '{name}'. Expected one of: {}",
            known.join(", ")
        );
        self.invalid(name, detail);
    }
}

/// Returns the refusal of a cursor; clients match "is not a valid cursor for this request".
#[must_use]
pub fn bad_cursor(value: &str) -> Problem {
    let detail = format!("'{value}' is not a valid cursor for this request");
    Problem::new(Code::ParameterInvalid, detail).in_parameter("cursor")
}

/// Boolean filters arrive as `True` and `False` from Python clients.
fn is_one_of(item: &str, values: &[&str]) -> bool {
    values.contains(&item)
        || (*values == ["true", "false"] && item.eq_ignore_ascii_case("true"))
        || (*values == ["true", "false"] && item.eq_ignore_ascii_case("false"))
}

fn split(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
