//! Limits of texts that people write for the store: how long they are, which characters they take.
//!
//! Sources: limits in Apple's help and in recorded refusals (`Review Notes cannot be longer than
//! 4000 characters.`); the names of texts in details are those of the store's pages.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

/// The most that a text may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Most {
    /// Unicode characters.
    Characters(usize),
    /// Bytes of UTF-8.
    Bytes(usize),
}

/// A text: attribute, its name in details, its limit.
pub(super) type Text = (&'static str, &'static str, Most);

/// Appends a problem for each sent text that is too long.
pub(super) fn check_lengths(
    sent: &Map<String, Value>,
    texts: &[Text],
    problems: &mut Vec<Problem>,
) {
    for (name, label, most) in texts {
        let Some(text) = sent.get(*name).and_then(Value::as_str) else { continue };
        let (long, most, unit) = match most {
            Most::Characters(most) => (text.chars().count() > *most, most, "characters"),
            Most::Bytes(most) => (text.len() > *most, most, "bytes"),
        };
        if long {
            let detail = format!("{label} cannot be longer than {most} {unit}.");
            problems.push(Problem::new(Code::AttributeTooLong, detail).at_attribute(name));
        }
    }
}

/// Appends a problem where a sent text has nothing but white space. Our choice.
pub(super) fn check_not_blank(
    sent: &Map<String, Value>,
    (name, label): (&str, &str),
    problems: &mut Vec<Problem>,
) {
    if sent.get(name).and_then(Value::as_str).is_some_and(|text| text.trim().is_empty()) {
        let detail = format!("{label} cannot be empty.");
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute(name));
    }
}

/// Appends a problem where a sent text holds emoji or `<`. Source: recorded refusals of what is
/// new; which characters count as emoji is our reading.
pub(super) fn check_characters(
    sent: &Map<String, Value>,
    (name, label): (&str, &str),
    problems: &mut Vec<Problem>,
) {
    let refused = |c: &char| *c == '<' || ('\u{1F000}'..='\u{1FAFF}').contains(c);
    let text = sent.get(name).and_then(Value::as_str).unwrap_or_default();
    if let Some(found) = text.chars().find(refused) {
        let detail = format!(
            "An attribute value has invalid characters. - {label} can't contain the following \
             characters: {found}"
        );
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute(name));
    }
}

/// Appends a problem for each thing that review details do not take: long notes, telephone numbers
/// without a country code.
pub(super) fn check_review(sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    check_lengths(sent, &[("notes", "Review Notes", Most::Characters(4000))], problems);
    check_phone(sent, problems);
}

/// Appends a problem where a sent telephone number is none with a country code. Source: numbers
/// are checked as E.164 (Apple's document); that spaces, dashes, dots and parentheses may group
/// the digits is seen in lanes.
fn check_phone(sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let Some(phone) = sent.get("contactPhone").and_then(Value::as_str) else { return };
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let grouped = |c: char| c.is_ascii_digit() || " -.()".contains(c);
    let known = phone.strip_prefix('+').is_some_and(|rest| rest.chars().all(grouped));
    if !known || !(7..=15).contains(&digits) {
        let detail = "The phone number must begin with '+' and the country code.";
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("contactPhone"));
    }
}
