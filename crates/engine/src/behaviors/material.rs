//! Puts content into certificates and profiles: what `provisioning` makes of the resources that
//! they are linked with.
//!
//! Who may have one is the business of the two behaviors. Start at [`certificate`] and [`profile`].

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

use super::bundle_id_capabilities::enabled_option;
use super::certificates::{certificate_type, expiry, identified_by};
use crate::changes::{Draft, Effect, Resource, View};
use crate::dates;
use crate::failure::Fault;
use crate::provisioning::{
    Capability, CertificateOrder, Issued, MaterialFault, Person, ProfileOrder, ProfileType,
    TeamAuthority, TeamName, issue, issued_at, parse_csr, render_profile,
};

/// Kind and id of the record that keeps a team's authority; internal, as its underscore says.
const AUTHORITY: (&str, &str) = ("_authority", "current");

/// The owner of certificates that a team key asked for. Source: recorded certificates.
const API: &str = "Created via API";

impl From<MaterialFault> for Fault {
    fn from(fault: MaterialFault) -> Self {
        Fault::Material(fault.to_string())
    }
}

/// Returns the team's authority; where it has none yet, a new one and the effect that keeps it.
///
/// Drawing a key takes about 100 ms, once in a team's life, inside the write that needs it first.
pub(super) fn authority(view: &View<'_>) -> Result<(TeamAuthority, Vec<Effect>), Fault> {
    if let Some(kept) = kept_authority(view)? {
        return Ok((kept, Vec::new()));
    }
    let authority = TeamAuthority::generate()?;
    let effect = keep(&authority);
    Ok((authority, vec![effect]))
}

/// Returns the authority that the team has, if any.
pub(crate) fn kept_authority(view: &View<'_>) -> Result<Option<TeamAuthority>, Fault> {
    let (kind, id) = AUTHORITY;
    let kept = view.find(kind, id)?;
    Ok(kept
        .map(|kept| TeamAuthority::from_pem(kept.text("pem").unwrap_or_default()))
        .transpose()?)
}

/// Returns the effect that makes an authority the team's.
pub(crate) fn keep(authority: &TeamAuthority) -> Effect {
    let (kind, id) = AUTHORITY;
    let attributes = [("pem".to_owned(), authority.to_pem().into())].into_iter().collect();
    Effect::Create(Draft { kind, id: id.to_owned(), attributes, relationships: Vec::new() })
}

/// Returns the effects that give content to all certificates that have none, on the key of one
/// request: for records that were planted without going through a create.
pub(crate) fn certificates(
    authority: &TeamAuthority,
    view: &View<'_>,
    request: &str,
) -> Result<Vec<Effect>, Fault> {
    let mut effects = Vec::new();
    for planted in view.all("certificates")? {
        let kind = certificate_type(&planted);
        let (Some(kind), None) = (kind, planted.text("certificateContent")) else { continue };
        let start = expiry(&planted).map_or(Ok(view.now), |end| issued_at(kind, end))?;
        effects.extend(certificate(authority, view, &planted, request, start)?);
    }
    Ok(effects)
}

/// Returns the effects that give content to all active profiles that have none.
pub(crate) fn profiles(authority: &TeamAuthority, view: &View<'_>) -> Result<Vec<Effect>, Fault> {
    let mut effects = Vec::new();
    for planted in view.all("profiles")? {
        if planted.text("profileContent").is_none() {
            effects.extend(profile(authority, view, &planted)?);
        }
    }
    Ok(effects)
}

/// Returns the effect that issues a certificate on the key of a request and writes what it says
/// into the attributes; none where the type or the request is not known.
pub(super) fn certificate(
    authority: &TeamAuthority,
    view: &View<'_>,
    resource: &Resource,
    request: &str,
    start: Timestamp,
) -> Result<Option<Effect>, Fault> {
    let (Some(certificate_type), Ok(csr)) = (certificate_type(resource), parse_csr(request)) else {
        return Ok(None);
    };
    let team = view.team()?;
    let identified = match identified_by(certificate_type) {
        Some((kind, relationship)) => {
            let ids = view.linked(&resource.kind, &resource.id, relationship)?;
            ids.first().map(|id| view.find(kind, id)).transpose()?.flatten()
        }
        None => None,
    };
    let (name, id) = owner(&team.seed, resource, view)?;
    let order = CertificateOrder {
        certificate_type,
        team: TeamName { id: &team.seed, name: &team.name },
        person: Person { name: &name, id: &id },
        identifier: identified.as_ref().and_then(|resource| resource.text("identifier")),
        serial: serial(resource),
        now: start,
    };
    let issued =
        issue(authority, &csr, &order).map_err(|error| Fault::Material(error.to_string()))?;
    let (kind, id) = ("certificates", resource.id.clone());
    Ok(Some(Effect::Set { kind, id, attributes: computed(&issued) }))
}

/// Returns the effect that draws a profile up of what it is linked with; none where it is not
/// active or has no bundle id.
pub(super) fn profile(
    authority: &TeamAuthority,
    view: &View<'_>,
    resource: &Resource,
) -> Result<Option<Effect>, Fault> {
    let related = |name: &str| view.related("profiles", &resource.id, name);
    let profile_type = resource.text("profileType").and_then(ProfileType::parse);
    let bundle_id = related("bundleId")?.into_iter().next();
    let (Some(profile_type), Some(bundle_id)) = (profile_type, bundle_id) else { return Ok(None) };
    if resource.text("profileState") != Some("ACTIVE") {
        return Ok(None);
    }
    let capabilities = view.related("bundleIds", &bundle_id.id, "bundleIdCapabilities")?;
    let capabilities: Vec<Capability<'_>> = capabilities.iter().map(capability).collect();
    let devices = related("devices")?;
    let udids: Vec<&str> = devices.iter().filter_map(|device| device.text("udid")).collect();
    let certificates: Vec<Vec<u8>> = related("certificates")?
        .iter()
        .filter_map(|certificate| STANDARD.decode(certificate.text("certificateContent")?).ok())
        .collect();
    let team = view.team()?;
    let date = |name: &str| resource.text(name).and_then(dates::parse).unwrap_or(view.now);
    let order = ProfileOrder {
        name: resource.text("name").unwrap_or_default(),
        profile_type,
        uuid: resource.text("uuid").unwrap_or_default(),
        team: TeamName { id: &team.seed, name: &team.name },
        app_id_name: bundle_id.text("name").unwrap_or_default(),
        identifier: bundle_id.text("identifier").unwrap_or_default(),
        prefix: bundle_id.text("seedId").unwrap_or(&team.seed),
        capabilities: &capabilities,
        certificates: &certificates,
        devices: &udids,
        created: date("createdDate"),
        expires: date("expirationDate"),
    };
    let content = STANDARD.encode(render_profile(authority, &order)?);
    let attributes = vec![("profileContent", content.into())];
    Ok(Some(Effect::Set { kind: "profiles", id: resource.id.clone(), attributes }))
}

fn capability(resource: &Resource) -> Capability<'_> {
    Capability {
        kind: resource.text("capabilityType").unwrap_or_default(),
        option: enabled_option(resource),
    }
}

/// Entropy for the serial number: the digits that the resource was given.
fn serial(resource: &Resource) -> u128 {
    let digits = resource.text("serialNumber").and_then(|digits| digits.get(..32));
    digits.and_then(|digits| u128::from_str_radix(digits, 16).ok()).unwrap_or(1)
}

/// `csrContent` is shown as null. Source: recorded replies; codemagic cannot do without it.
fn computed(issued: &Issued) -> Vec<(&'static str, Value)> {
    vec![
        ("name", issued.name.as_str().into()),
        ("displayName", issued.display_name.as_str().into()),
        ("serialNumber", issued.serial_number.as_str().into()),
        ("platform", issued.platform.into()),
        ("expirationDate", issued.expires.to_string().into()),
        ("certificateContent", issued.content().into()),
        ("csrContent", Value::Null),
    ]
}

/// Name and id of the person that a development certificate belongs to: whom the resource names,
/// else the user who asks, else the API.
fn owner(team: &str, resource: &Resource, view: &View<'_>) -> Result<(String, String), Fault> {
    let user = view.permit.user().map(|id| view.find("users", id)).transpose()?.flatten();
    let full_name = user.map(|user| {
        let part = |name| user.text(name).unwrap_or_default();
        format!("{} {}", part("firstName"), part("lastName")).trim().to_owned()
    });
    let given = resource.text("displayName").map(str::to_owned);
    let name = given.or(full_name).unwrap_or_else(|| API.to_owned());
    let id = person_id(team, &name);
    Ok((name, id))
}

/// Ten upper-case alphanumerics, the same each time.
fn person_id(team: &str, name: &str) -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let digest = digest(&SHA256, format!("{team}/{name}").as_bytes());
    let symbols = digest.as_ref().iter().take(10);
    symbols.map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}
