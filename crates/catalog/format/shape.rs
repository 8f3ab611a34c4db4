//! The text in which the data files write the JSON shape of a value.
//!
//! `string`, `string uri`, `date`, `date-time`, `integer int64 0..9`, `number`, `boolean`, `any`,
//! `enum(A, B)`, `[string]`, `{key!: string, value?: string}` (`!` required, `?` accepts null),
//! `map string` (any member names), and `Name` for a shape in `shapes.toml`.

use std::fmt;

/// The JSON shape of a value, as the document states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeText {
    /// A string with the document's format, empty when it gives none.
    String(String),
    /// A calendar date.
    Date,
    /// A date and time.
    DateTime,
    /// A whole number.
    Integer {
        /// The document's format, empty when it gives none.
        format: String,
        /// Smallest and largest value, where the document limits it.
        range: Option<(i64, i64)>,
    },
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Anything.
    Any,
    /// One of these strings.
    Enum(Vec<String>),
    /// A list.
    Array(Box<ShapeText>),
    /// An object with known members.
    Object(Vec<MemberText>),
    /// An object with any member names.
    Map(Box<ShapeText>),
    /// A shape of `shapes.toml`.
    Named(String),
}

/// A member of an object shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberText {
    /// Member name.
    pub name: String,
    /// Its shape.
    pub shape: ShapeText,
    /// Whether the document requires it.
    pub required: bool,
    /// Whether null is accepted.
    pub nullable: bool,
}

impl fmt::Display for ShapeText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(format) if format.is_empty() => out.write_str("string"),
            Self::String(format) => write!(out, "string {format}"),
            Self::Date => out.write_str("date"),
            Self::DateTime => out.write_str("date-time"),
            Self::Integer { format, range } => {
                out.write_str("integer")?;
                if !format.is_empty() {
                    write!(out, " {format}")?;
                }
                range.map_or(Ok(()), |(low, high)| write!(out, " {low}..{high}"))
            }
            Self::Number => out.write_str("number"),
            Self::Boolean => out.write_str("boolean"),
            Self::Any => out.write_str("any"),
            Self::Enum(values) => write!(out, "enum({})", values.join(", ")),
            Self::Array(item) => write!(out, "[{item}]"),
            Self::Object(members) => {
                let members: Vec<String> = members.iter().map(MemberText::to_string).collect();
                write!(out, "{{{}}}", members.join(", "))
            }
            Self::Map(value) => write!(out, "map {value}"),
            Self::Named(name) => out.write_str(name),
        }
    }
}

impl fmt::Display for MemberText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let required = if self.required { "!" } else { "" };
        let nullable = if self.nullable { "?" } else { "" };
        write!(out, "{}{required}{nullable}: {}", self.name, self.shape)
    }
}

/// Parses a shape.
///
/// # Errors
/// A sentence that quotes the place where the text stops making sense.
pub fn parse_shape(text: &str) -> Result<ShapeText, String> {
    let mut reader = Reader { rest: text };
    let shape = reader.shape()?;
    if reader.rest.is_empty() { Ok(shape) } else { Err(reader.stuck("the end")) }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn shape(&mut self) -> Result<ShapeText, String> {
        if self.take("[") {
            let item = self.shape()?;
            self.expect("]")?;
            return Ok(ShapeText::Array(Box::new(item)));
        }
        if self.take("{") {
            return self.members();
        }
        if self.take("enum(") {
            let (values, rest) = self.rest.split_once(')').ok_or_else(|| self.stuck("`)`"))?;
            self.rest = rest;
            return Ok(ShapeText::Enum(values.split(", ").map(str::to_owned).collect()));
        }
        if self.take("map ") {
            return Ok(ShapeText::Map(Box::new(self.shape()?)));
        }
        match self.word() {
            "" => Err(self.stuck("a shape")),
            "string" => Ok(ShapeText::String(self.next_word().unwrap_or_default().to_owned())),
            "date" => Ok(ShapeText::Date),
            "date-time" => Ok(ShapeText::DateTime),
            "number" => Ok(ShapeText::Number),
            "boolean" => Ok(ShapeText::Boolean),
            "any" => Ok(ShapeText::Any),
            "integer" => self.integer(),
            name => Ok(ShapeText::Named(name.to_owned())),
        }
    }

    fn integer(&mut self) -> Result<ShapeText, String> {
        let mut format = String::new();
        let mut range = None;
        while let Some(word) = self.next_word() {
            match word.split_once("..") {
                None => word.clone_into(&mut format),
                Some((low, high)) => match (low.parse(), high.parse()) {
                    (Ok(low), Ok(high)) => range = Some((low, high)),
                    _ => return Err(self.stuck("a range before this")),
                },
            }
        }
        Ok(ShapeText::Integer { format, range })
    }

    fn members(&mut self) -> Result<ShapeText, String> {
        let mut members = Vec::new();
        while !self.take("}") {
            if !members.is_empty() {
                self.expect(", ")?;
            }
            let name = self.word().to_owned();
            let required = self.take("!");
            let nullable = self.take("?");
            self.expect(": ")?;
            members.push(MemberText { name, shape: self.shape()?, required, nullable });
        }
        Ok(ShapeText::Object(members))
    }

    fn next_word(&mut self) -> Option<&'a str> {
        let before = self.rest;
        if self.take(" ") {
            let word = self.word();
            if !word.is_empty() {
                return Some(word);
            }
        }
        self.rest = before;
        None
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, text: &str) -> Result<(), String> {
        if self.take(text) { Ok(()) } else { Err(self.stuck(&format!("`{text}`"))) }
    }

    fn stuck(&self, wanted: &str) -> String {
        format!("expected {wanted} at `{}`", self.rest)
    }
}
