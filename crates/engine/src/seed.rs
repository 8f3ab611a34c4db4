//! Plants records as they are: for demo data and tests, before anyone is served.
//!
//! No rule is checked and nothing is born by itself; attributes are completed, dates put into the
//! notation of their type, facets and linkages made as for any other record.

use jiff::Timestamp;
use russet_auth::Permit;
use russet_store::Write;
use serde_json::{Map, Value};

use crate::behaviors::material;
use crate::changes::{Draft, Effect};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;
use crate::provisioning::TeamAuthority;
use crate::run::Writer;

/// A record to be planted.
#[derive(Debug, Clone, PartialEq)]
pub struct Seed {
    /// Resource type.
    pub kind: &'static str,
    /// Id on the wire.
    pub id: String,
    /// The app that it hangs from, if any.
    pub app: Option<String>,
    /// Attributes that have a value.
    pub attributes: Map<String, Value>,
    /// Linkages, each named at one of its two ends; they may name records that come later.
    pub relationships: Vec<(&'static str, Vec<String>)>,
}

/// Plants records, then their linkages.
///
/// # Errors
/// When the store fails, or a linkage is named by a relationship that the catalog does not have.
pub fn plant(
    write: &mut dyn Write,
    permit: &Permit,
    now: Timestamp,
    seeds: Vec<Seed>,
) -> Result<(), Fault> {
    let mut writer = Writer::new(write, permit, now, Ids::new(0));
    let mut links = Vec::new();
    for seed in seeds {
        let Seed { kind, id, app, attributes, relationships } = seed;
        let mut draft = Draft { kind, id, attributes, relationships: Vec::new() };
        writer.insert_under(app.as_deref(), &mut draft)?;
        links
            .extend(relationships.into_iter().map(|(name, to)| (kind, draft.id.clone(), name, to)));
    }
    for (kind, id, name, to) in links {
        if !writer.replace(kind, &id, name, &to)? {
            let why = format!("the catalog has no relationship '{name}' to plant");
            return Err(Fault::Data { kind: kind.to_owned(), id, why });
        }
    }
    Ok(())
}

/// Gives planted certificates and profiles their content: certificates on the key of `request`,
/// profiles of what they are linked with, both from `authority`, which becomes the team's unless
/// it has one.
///
/// # Errors
/// When the store fails or nothing can be signed.
pub fn equip(
    write: &mut dyn Write,
    permit: &Permit,
    now: Timestamp,
    authority: TeamAuthority,
    request: &str,
) -> Result<(), Fault> {
    let mut writer = Writer::new(write, permit, now, Ids::new(0));
    let kept = material::kept_authority(&writer.view())?;
    if kept.is_none() {
        apply(&mut writer, vec![material::keep(&authority)])?;
    }
    let authority = kept.unwrap_or(authority);
    let certificates = material::certificates(&authority, &writer.view(), request)?;
    apply(&mut writer, certificates)?;
    let profiles = material::profiles(&authority, &writer.view())?;
    apply(&mut writer, profiles)
}

fn apply(writer: &mut Writer<'_>, effects: Vec<Effect>) -> Result<(), Fault> {
    writer.apply(effects).map_err(|failure| match failure {
        Failure::Fault(fault) => fault,
        Failure::Refusal(refusal) => Fault::Material(format!("planted records: {refusal:?}")),
    })
}
