//! The values bound to one SQL text, and the places that stand for them in it.

use std::borrow::Cow;
use std::rc::Rc;

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

/// A value to bind.
#[derive(Debug)]
pub(crate) enum Bound<'a> {
    Integer(i64),
    Text(Cow<'a, str>),
    List(Rc<Vec<Value>>),
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Bound::Integer(number) => Ok(ToSqlOutput::from(*number)),
            Bound::Text(text) => Ok(ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))),
            Bound::List(list) => list.to_sql(),
        }
    }
}

/// Values in the order in which they are bound. The first is the team, so `?1` is it everywhere.
#[derive(Debug)]
pub(crate) struct Values<'a>(Vec<Bound<'a>>);

impl<'a> Values<'a> {
    /// Starts with the team.
    pub(crate) fn of_team(team: i64) -> Values<'a> {
        Values(vec![Bound::Integer(team)])
    }

    /// Adds a number and returns its place, `?7`.
    pub(crate) fn integer(&mut self, number: i64) -> String {
        self.add(Bound::Integer(number))
    }

    /// Adds a text and returns its place.
    pub(crate) fn text(&mut self, text: impl Into<Cow<'a, str>>) -> String {
        self.add(Bound::Text(text.into()))
    }

    /// Adds texts and returns what makes a column one of them, `= ?7` or `IN (…)`.
    pub(crate) fn any_of<S: AsRef<str>>(&mut self, texts: &'a [S]) -> String {
        match texts {
            [only] => format!("= {}", self.text(only.as_ref())),
            _ => format!("IN (SELECT value FROM rarray({}))", self.list(texts)),
        }
    }

    /// Adds texts and returns the place of their array.
    pub(crate) fn list<S: AsRef<str>>(&mut self, texts: &[S]) -> String {
        self.add(Bound::List(list(texts)))
    }

    /// Returns all of them, to bind.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Bound<'a>> {
        self.0.iter()
    }

    fn add(&mut self, value: Bound<'a>) -> String {
        self.0.push(value);
        format!("?{}", self.0.len())
    }
}

/// Returns texts as an array to bind.
pub(crate) fn list<S: AsRef<str>>(texts: &[S]) -> Rc<Vec<Value>> {
    Rc::new(texts.iter().map(|text| Value::Text(text.as_ref().to_owned())).collect())
}
