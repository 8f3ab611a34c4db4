//! What in-app purchases and subscriptions share: product ids and lengths of texts.
//!
//! Sources: Apple's help (characters, lengths, unique in the app over both types), reported
//! refusals. That an id is never used again, also not after its product is gone, is not kept.

use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::texts::{self, Most};
use crate::changes::View;
use crate::failure::Fault;

const KINDS: [&str; 2] = ["inAppPurchases", "subscriptions"];

/// Appends a problem for each text of a product that is too long.
pub(super) fn check_texts(sent: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let most = [
        ("name", "The reference name", Most::Characters(64)),
        ("reviewNote", "Review Notes", Most::Characters(4000)),
    ];
    texts::check_lengths(sent, &most, problems);
}

/// Appends a problem where a product id is malformed or taken in the app.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn check_product_id(
    sent: &Map<String, Value>,
    app: Option<&str>,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(id) = sent.get("productId").and_then(Value::as_str) else { return Ok(()) };
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_';
    if id.is_empty() || id.len() > 100 || !id.chars().all(allowed) {
        let detail = "A product ID has up to 100 letters, digits, periods and underscores.";
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("productId"));
        return Ok(());
    }
    for kind in KINDS {
        let taken = view.having(kind, "productId", id)?;
        if taken.iter().any(|product| product.app.as_deref() == app) {
            let detail = format!("The product ID '{id}' has already been used.");
            problems.push(Problem::new(Code::AttributeDuplicate, detail).at_attribute("productId"));
            break;
        }
    }
    Ok(())
}
