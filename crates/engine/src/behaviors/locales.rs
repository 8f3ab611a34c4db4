//! Localizations: one for each locale of what they belong to, and always one in the primary one.

use russet_wire::{Code, Problem};

use crate::changes::{Draft, Resource, View};
use crate::failure::Fault;

/// Appends a problem where the parent has a localization in the draft's locale already. `parent`
/// is the type that it belongs to, `own` and `list` the names of the relationship on both sides.
/// Source: recorded; tools read the detail and update instead.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn check_new(
    draft: &Draft,
    (parent, own, list): (&str, &str, &str),
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let (Some(id), Some(locale)) = (draft.one(own), draft.text("locale")) else { return Ok(()) };
    if has(view, (parent, id, list), locale)? {
        let detail =
            format!("A localization with the locale '{locale}' already exists. Try updating it.");
        problems.push(Problem::new(Code::AttributeDuplicate, detail).at_attribute("locale"));
    }
    Ok(())
}

/// Returns whether a resource has a localization in a locale.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn has(
    view: &View<'_>,
    (parent, id, list): (&str, &str, &str),
    locale: &str,
) -> Result<bool, Fault> {
    let there = view.related(parent, id, list)?;
    Ok(there.iter().any(|one| one.text("locale") == Some(locale)))
}

/// Returns the primary locale of the app that something hangs from.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn primary(view: &View<'_>, app: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(app) = app else { return Ok(None) };
    let app = view.find("apps", app)?;
    Ok(app.and_then(|app| app.text("primaryLocale").map(str::to_owned)))
}

/// Appends a problem where a localization about to be deleted is in the app's primary locale.
/// Source: Apple's help; status and wording are our choice.
///
/// # Errors
/// When the store fails or holds damaged data.
pub(super) fn check_end(
    before: &Resource,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let primary = primary(view, before.app.as_deref())?;
    if primary.is_some() && primary.as_deref() == before.text("locale") {
        let detail = "The localization in the primary locale of the app can not be deleted.";
        problems.push(Problem::new(Code::State, detail));
    }
    Ok(())
}
