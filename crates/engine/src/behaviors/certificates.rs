//! Certificates: issued on the caller's key, limited in number, revoked for good.
//!
//! How a certificate is made is `material`'s; here is who gets one and what follows.

use jiff::Timestamp;
use russet_auth::Capability;
use russet_wire::{Code, Problem};
use serde_json::{Map, Value};

use super::{Behavior, material, profiles};
use crate::changes::{Change, Draft, Effect, Resource, View};
use crate::dates;
use crate::failure::{Failure, Fault};
use crate::ids::Ids;
use crate::provisioning::{CertificateType, Holder, parse_csr};

/// The behavior of `certificates`.
pub struct Certificates;

const KIND: &str = "certificates";

impl Behavior for Certificates {
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
                let kind = draft.text("certificateType").and_then(CertificateType::parse);
                let Some(kind) = kind else { return Ok(()) };
                if is_forbidden(kind, view) {
                    problems.splice(.., view.permit.refusal().0);
                    return Ok(());
                }
                check_request(kind, draft, problems);
                check_identifier(kind, draft, problems);
                check_limit(kind, view, problems)?;
            }
            Change::Update { before, attributes, .. } => {
                if attributes.contains_key("activated") && !has_activation(certificate_type(before))
                {
                    let detail = "The attribute 'activated' can not be included in a 'UPDATE' \
                                  operation for certificates other than Apple Pay's";
                    problems.push(
                        Problem::new(Code::AttributeNotAllowed, detail).at_attribute("activated"),
                    );
                }
            }
            Change::Delete { before } => {
                if certificate_type(before).is_some_and(|kind| is_forbidden_to_revoke(kind, view)) {
                    problems.splice(.., view.permit.refusal().0);
                }
            }
            Change::Link { .. } => {}
        }
        Ok(())
    }

    /// The certificate itself is issued in `follow`, which can keep a new authority with it.
    fn fill(&self, draft: &mut Draft, view: &View<'_>, ids: &mut Ids) -> Result<(), Failure> {
        let kind = draft.text("certificateType").and_then(CertificateType::parse);
        if has_activation(kind) {
            let current = active_ones(draft, view)?;
            draft.set("activated", current.is_empty());
        }
        let serial = (u128::from(ids.bits()) << 64) | u128::from(ids.bits());
        draft.default("serialNumber", format!("{serial:032X}"));
        Ok(())
    }

    fn shows(&self) -> &'static [&'static str] {
        &["csrContent"]
    }

    /// Shown as null, also where nobody sent one. Source: recorded replies; codemagic cannot do
    /// without it.
    fn derive(&self, attributes: &mut Map<String, Value>) {
        attributes.entry("csrContent").or_insert(Value::Null);
    }

    fn follow(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        _: &mut Ids,
    ) -> Result<Vec<Effect>, Failure> {
        match change {
            Change::Create { draft, .. } => {
                let Some(request) = draft.text("csrContent") else { return Ok(Vec::new()) };
                let (authority, mut effects) = material::authority(view)?;
                if let Some(made) = view.find(KIND, &draft.id)? {
                    let issued = material::certificate(&authority, view, &made, request, view.now)?;
                    effects.extend(issued);
                }
                Ok(effects)
            }
            Change::Update { before, attributes, .. } => {
                let activated = attributes.get("activated").and_then(Value::as_bool);
                if activated != Some(true) || before.flag("activated") {
                    return Ok(Vec::new());
                }
                deactivated(before, view)
            }
            Change::Delete { before } => {
                let naming = view.naming("profiles", "certificates", &before.id)?;
                Ok(profiles::invalidate(&naming))
            }
            Change::Link { .. } => Ok(Vec::new()),
        }
    }
}

/// Returns a certificate's type.
pub(super) fn certificate_type(certificate: &Resource) -> Option<CertificateType> {
    certificate.text("certificateType").and_then(CertificateType::parse)
}

/// Returns the last moment of a certificate.
pub(super) fn expiry(certificate: &Resource) -> Option<Timestamp> {
    certificate.text("expirationDate").and_then(dates::parse)
}

/// Developer ID is the Account Holder's alone, distribution needs more than a developer's role.
/// Source: Apple's help.
fn is_forbidden(kind: CertificateType, view: &View<'_>) -> bool {
    (is_developer_id(kind) && !view.permit.may(Capability::DeveloperIdSigning))
        || is_forbidden_to_revoke(kind, view)
}

fn is_forbidden_to_revoke(kind: CertificateType, view: &View<'_>) -> bool {
    kind.holder() != Holder::Person && !view.permit.may(Capability::DistributionSigning)
}

fn is_developer_id(kind: CertificateType) -> bool {
    kind.as_str().starts_with("DEVELOPER_ID_")
}

/// The types of which a merchant id has one that is active. Source: Apple's help.
fn has_activation(kind: Option<CertificateType>) -> bool {
    matches!(kind, Some(CertificateType::ApplePay | CertificateType::ApplePayRsa))
}

/// The code and pointer are recorded, the text is ours.
fn check_request(kind: CertificateType, draft: &Draft, problems: &mut Vec<Problem>) {
    let Some(text) = draft.text("csrContent") else { return };
    let why = match parse_csr(text) {
        Ok(csr) if csr.key_kind() == kind.key_kind() => return,
        Ok(_) => format!("its key is not of the kind that '{}' certificates have", kind.as_str()),
        Err(problem) => problem.to_string(),
    };
    let detail = format!("Invalid certificate signing request: {why}.");
    problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("csrContent"));
}

fn check_identifier(kind: CertificateType, draft: &Draft, problems: &mut Vec<Problem>) {
    let Some((_, relationship)) = identified_by(kind) else { return };
    let told = problems.iter().any(|problem| {
        let pointer = format!("/data/relationships/{relationship}");
        problem.source == Some(russet_wire::Source::Pointer(pointer))
    });
    if draft.one(relationship).is_none() && !told {
        let detail = format!(
            "You must provide a value for the relationship '{relationship}' with this request"
        );
        problems
            .push(Problem::new(Code::RelationshipRequired, detail).at_relationship(relationship));
    }
}

/// The resource that a certificate of the type stands for: its type and the relationship to it.
pub(super) fn identified_by(kind: CertificateType) -> Option<(&'static str, &'static str)> {
    match kind.holder() {
        Holder::Merchant => Some(("merchantIds", "merchantId")),
        Holder::Pass => Some(("passTypeIds", "passTypeId")),
        Holder::Person | Holder::Team => None,
    }
}

/// Source: three distribution certificates of a type and five of Developer ID, by Apple's help and
/// clients. For development the reports say two or so for each person; a team's keys stand for
/// several people, so ten is our guess. Expired ones do not count.
fn check_limit(
    kind: CertificateType,
    view: &View<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(), Fault> {
    let most = match kind.holder() {
        Holder::Team if is_developer_id(kind) => 5,
        Holder::Team => 3,
        Holder::Person => 10,
        Holder::Merchant | Holder::Pass => return Ok(()),
    };
    let same = view.having(KIND, "certificateType", kind.as_str())?;
    let current = same.iter().filter(|one| expiry(one).is_none_or(|end| end > view.now)).count();
    if current >= most {
        let label = kind.label().strip_prefix("Apple ").unwrap_or(kind.label());
        let detail = format!(
            "You already have a current {label} certificate or a pending certificate request."
        );
        problems.push(Problem::new(Code::EntityError, detail));
    }
    Ok(())
}

/// Other active certificates of the type on the same merchant id.
fn active_ones(draft: &Draft, view: &View<'_>) -> Result<Vec<Resource>, Fault> {
    let Some(merchant) = draft.one("merchantId") else { return Ok(Vec::new()) };
    let kind = draft.text("certificateType");
    let mut all = view.related("merchantIds", merchant, "certificates")?;
    all.retain(|one| one.flag("activated") && one.text("certificateType") == kind);
    Ok(all)
}

/// Activating one deactivates the other. Source: Apple's help.
fn deactivated(before: &Resource, view: &View<'_>) -> Result<Vec<Effect>, Failure> {
    let mut effects = Vec::new();
    for merchant in view.linked(KIND, &before.id, "merchantId")? {
        for other in view.related("merchantIds", &merchant, "certificates")? {
            let same = other.text("certificateType") == before.text("certificateType");
            if same && other.flag("activated") && other.id != before.id {
                let attributes = vec![("activated", Value::Bool(false))];
                effects.push(Effect::Set { kind: KIND, id: other.id, attributes });
            }
        }
    }
    Ok(effects)
}
