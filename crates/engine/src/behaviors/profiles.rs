//! Profiles: which certificates, devices and bundle ids go together, and what makes one invalid.
//!
//! How a profile is drawn up and signed is `material`'s.

use russet_auth::Capability as Right;
use russet_wire::{Code, Problem, Source};
use serde_json::Value;

use super::certificates::{certificate_type, expiry};
use super::{Behavior, bundle_ids, material};
use crate::changes::{Change, Draft, Effect, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;
use crate::provisioning::{CertificateType, DeviceRule, ProfileType, profile_expiry};

/// The behavior of `profiles`.
pub struct Profiles;

const KIND: &str = "profiles";

impl Behavior for Profiles {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        match change {
            Change::Create { draft, .. } => {
                name_the_missing_app_id(problems);
                check_name(draft, view, problems)?;
                let kind = draft.text("profileType").and_then(ProfileType::parse);
                let Some(kind) = kind else { return Ok(()) };
                if is_forbidden(kind, view) {
                    problems.splice(.., view.permit.refusal().0);
                    return Ok(());
                }
                check_bundle_id(kind, draft, view, problems)?;
                check_certificates(kind, draft, view, problems)?;
                check_devices(kind, draft, view, problems)?;
            }
            Change::Delete { before } => {
                let kind = before.text("profileType").and_then(ProfileType::parse);
                if kind.is_some_and(|kind| is_forbidden(kind, view)) {
                    problems.splice(.., view.permit.refusal().0);
                }
            }
            Change::Update { .. } | Change::Link { .. } => {}
        }
        Ok(())
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, ids: &mut Ids) -> Result<(), Failure> {
        let Some(kind) = draft.text("profileType").and_then(ProfileType::parse) else {
            return Ok(());
        };
        let mut ends = Vec::new();
        for id in draft.ids("certificates") {
            ends.extend(view.find("certificates", id)?.as_ref().and_then(expiry));
        }
        let expires = profile_expiry(kind, view.now, &ends).map_err(Fault::from)?;
        draft.default("platform", kind.platform());
        draft.default("profileState", "ACTIVE");
        draft.default("uuid", ids.uuid());
        draft.default("createdDate", view.now.to_string());
        draft.default("expirationDate", expires.to_string());
        Ok(())
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        match change {
            Change::Create { draft, .. } => {
                let (authority, mut effects) = material::authority(view)?;
                if let Some(made) = view.find(KIND, &draft.id)? {
                    effects.extend(material::profile(&authority, view, &made)?);
                }
                Ok(effects)
            }
            Change::Update { .. } | Change::Delete { .. } | Change::Link { .. } => Ok(Vec::new()),
        }
    }
}

/// Returns the effects that make profiles invalid. Their content is null from then on. Source:
/// Apple's help for the state, recorded replies for the content.
pub(super) fn invalidate(ids: &[String]) -> Vec<Effect> {
    ids.iter()
        .map(|id| Effect::Set {
            kind: KIND,
            id: id.clone(),
            attributes: vec![("profileState", "INVALID".into()), ("profileContent", Value::Null)],
        })
        .collect()
}

/// Profiles for distribution need more than a developer's role. Source: Apple's help.
fn is_forbidden(kind: ProfileType, view: &View<'_>) -> bool {
    let development = kind.certificate_types().contains(&CertificateType::Development);
    !development && !view.permit.may(Right::DistributionSigning)
}

/// The service says of a bundle id that is not there what it says nowhere else. Source: recorded.
fn name_the_missing_app_id(problems: &mut [Problem]) {
    let at_bundle_id = Some(Source::Pointer("/data/relationships/bundleId".to_owned()));
    for problem in problems {
        if problem.code == Code::RelationshipInvalid
            && problem.source == at_bundle_id
            && let Some(id) = problem.detail.rsplit('\'').nth(1)
        {
            let detail = format!("There is no App ID with ID '{id}' on this team.");
            *problem = Problem::new(Code::EntityError, detail);
        }
    }
}

/// Expired and invalid profiles keep their names. Source: recorded.
fn check_name(draft: &Draft, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let Some(name) = draft.text("name") else { return Ok(()) };
    // Names are found whatever their case, and taken only as they are.
    if view.having(KIND, "name", name)?.iter().any(|one| one.text("name") == Some(name)) {
        let detail = format!(
            "Multiple profiles found with the name '{name}'.  Please remove the duplicate profiles \
             and try again."
        );
        problems.push(Problem::new(Code::EntityError, detail));
    }
    Ok(())
}

/// Source: clients match the start of the detail; its end is our wording.
fn check_bundle_id(
    kind: ProfileType,
    draft: &Draft,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let Some(id) = draft.one("bundleId") else { return Ok(()) };
    let Some(bundle_id) = view.find("bundleIds", id)? else { return Ok(()) };
    let identifier = bundle_id.text("identifier").unwrap_or_default();
    let platform = bundle_id.text("platform").unwrap_or_default();
    let fits = platform == "UNIVERSAL" || platform == kind.platform();
    if !fits || (bundle_ids::is_wildcard(identifier) && !kind.takes_wildcard()) {
        let detail = format!(
            "You are not allowed to create '{}' profile with App ID '{identifier}'.",
            kind.platform_name()
        );
        problems.push(Problem::new(Code::EntityError, detail));
    }
    Ok(())
}

/// Source: clients' tables of types; the texts are ours.
fn check_certificates(
    kind: ProfileType,
    draft: &Draft,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let sent = draft.ids("certificates");
    if sent.is_empty() && !has_problem_at(problems, "certificates") {
        problems.push(required("certificates"));
    }
    for id in sent {
        let Some(certificate) = view.find("certificates", id)? else { continue };
        let allowed = kind.certificate_types();
        if !certificate_type(&certificate).is_some_and(|of| allowed.contains(&of)) {
            let detail = format!(
                "The certificate '{id}' of type '{}' can not be used in a profile of type '{}'.",
                certificate.text("certificateType").unwrap_or_default(),
                kind.as_str()
            );
            problems.push(
                Problem::new(Code::RelationshipInvalid, detail).at_relationship("certificates"),
            );
        }
    }
    Ok(())
}

fn check_devices(
    kind: ProfileType,
    draft: &Draft,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let sent = draft.ids("devices");
    match kind.devices() {
        DeviceRule::Forbidden if !sent.is_empty() => problems.push(no_devices()),
        DeviceRule::Required if sent.is_empty() && !has_problem_at(problems, "devices") => {
            problems.push(required("devices"));
        }
        DeviceRule::Required => {
            let mut devices = Vec::with_capacity(sent.len());
            for id in sent {
                devices.extend(view.find("devices", id)?);
            }
            problems.extend(unfit_devices(kind, &devices));
        }
        DeviceRule::Forbidden => {}
    }
    Ok(())
}

/// Source: recorded for App Store profiles; the same words serve the other types without devices.
fn no_devices() -> Problem {
    let detail = "No devices can be associated to Provisioning Profiles for the App Store.";
    Problem::new(Code::RelationshipNotAllowed, detail)
        .titled("A relationship in the provided entity is not allowed for this request")
}

/// Source: both texts are recorded, the second for an Apple TV in an iOS profile. Macs may be in
/// iOS profiles, since Macs with Apple silicon run iOS apps (fastlane can ask for them).
fn unfit_devices(kind: ProfileType, devices: &[Resource]) -> Option<Problem> {
    let enabled = |device: &Resource| device.text("status") == Some("ENABLED");
    let fits = |device: &Resource| {
        let class = device.text("deviceClass").unwrap_or_default();
        match kind.platform_name() {
            "tvOS" => class == "APPLE_TV",
            "iOS" => class != "APPLE_TV",
            _ => device.text("platform") == Some("MAC_OS"),
        }
    };
    let detail = if !devices.iter().all(enabled) {
        format!(
            "There are no current {} devices on this team matching the provided device IDs.",
            kind.platform()
        )
    } else if !devices.iter().all(fits) {
        "Invalid deviceClass for profile type.".to_owned()
    } else {
        return None;
    };
    Some(Problem::new(Code::EntityError, detail))
}

fn required(relationship: &str) -> Problem {
    let detail =
        format!("You must provide a value for the relationship '{relationship}' with this request");
    Problem::new(Code::RelationshipRequired, detail).at_relationship(relationship)
}

/// Whether the caller is told of something else about a relationship already.
fn has_problem_at(problems: &[Problem], relationship: &str) -> bool {
    let start = format!("/data/relationships/{relationship}");
    problems.iter().any(
        |problem| matches!(&problem.source, Some(Source::Pointer(at)) if at.starts_with(&start)),
    )
}
