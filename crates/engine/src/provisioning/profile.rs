//! Draws up provisioning profiles: an XML property list with the recorded keys, CMS-signed.
//!
//! Left out: `DER-Encoded-Profile`, the same facts in another encoding that newer profiles carry;
//! no client read so far opens it, and it could not be checked against a recorded one.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use plist::{Dictionary, Value};

use super::entitlements::{Scope, entitlements};
use super::profile_type::{Channel, System};
use super::{Capability, DeviceRule, MaterialFault, ProfileType, TeamAuthority, TeamName, cms};

/// What goes into a profile.
#[derive(Debug, Clone, Copy)]
pub struct ProfileOrder<'a> {
    /// Attribute `name`.
    pub name: &'a str,
    /// Type.
    pub profile_type: ProfileType,
    /// Attribute `uuid`.
    pub uuid: &'a str,
    /// The team that it belongs to.
    pub team: TeamName<'a>,
    /// The bundle id's `name`.
    pub app_id_name: &'a str,
    /// The bundle id's `identifier`, explicit or wildcard.
    pub identifier: &'a str,
    /// The bundle id's `seedId`.
    pub prefix: &'a str,
    /// The bundle id's capabilities.
    pub capabilities: &'a [Capability<'a>],
    /// Certificates, DER.
    pub certificates: &'a [Vec<u8>],
    /// UDIDs of the devices; not written for types that name none.
    pub devices: &'a [&'a str],
    /// Attribute `createdDate`.
    pub created: Timestamp,
    /// Attribute `expirationDate`, from [`profile_expiry`].
    pub expires: Timestamp,
}

/// Returns when a profile that is created now expires: a development profile runs a full year,
/// the others end with the first of their certificates, Developer ID ones run 18 years. Source:
/// recorded profiles; Apple's help for Developer ID; in-house is our reading.
///
/// # Errors
/// When the clock is near the end of what dates can say.
pub fn profile_expiry(
    profile_type: ProfileType,
    created: Timestamp,
    certificates_expire: &[Timestamp],
) -> Result<Timestamp, MaterialFault> {
    let start = created.to_zoned_datetime(TimeZone::UTC);
    let year = start.checked_add(365.days())?.timestamp();
    Ok(match profile_type.channel() {
        Channel::Development => year,
        Channel::Direct => start.checked_add(18.years())?.timestamp(),
        Channel::Store | Channel::AdHoc | Channel::InHouse => {
            certificates_expire.iter().copied().chain([year]).min().unwrap_or(year)
        }
    })
}

/// Returns the profile: DER CMS `SignedData` around the property list.
///
/// # Errors
/// When it cannot be written or signed.
pub fn render_profile(
    authority: &TeamAuthority,
    order: &ProfileOrder<'_>,
) -> Result<Vec<u8>, MaterialFault> {
    let mut text = Vec::new();
    Value::Dictionary(property_list(order)?)
        .to_writer_xml(&mut text)
        .map_err(|error| MaterialFault::Signing(error.to_string()))?;
    cms::sign(authority, &text, order.created)
}

fn property_list(order: &ProfileOrder<'_>) -> Result<Dictionary, MaterialFault> {
    let channel = order.profile_type.channel();
    let system = order.profile_type.system();
    let scope = Scope {
        prefix: order.prefix,
        identifier: order.identifier,
        team: order.team.id,
        channel,
        system,
    };
    let certificates = order.certificates.iter().cloned().map(Value::Data).collect();
    let mut keys = Dictionary::new();
    let mut put = |key: &str, value: Value| keys.insert(key.to_owned(), value);
    put("AppIDName", order.app_id_name.into());
    put("ApplicationIdentifierPrefix", strings(&[order.prefix]));
    put("CreationDate", date(order.created)?);
    put("Platform", strings(platforms(system)));
    put("IsXcodeManaged", false.into());
    put("DeveloperCertificates", Value::Array(certificates));
    put("Entitlements", Value::Dictionary(entitlements(scope, order.capabilities)));
    put("ExpirationDate", date(order.expires)?);
    put("Name", order.name.into());
    match channel {
        Channel::InHouse | Channel::Direct => {
            put("ProvisionsAllDevices", true.into());
        }
        Channel::Development | Channel::AdHoc | Channel::Store => {
            if order.profile_type.devices() == DeviceRule::Required {
                put("ProvisionedDevices", strings(order.devices));
            }
        }
    }
    put("TeamIdentifier", strings(&[order.team.id]));
    put("TeamName", order.team.name.into());
    put("TimeToLive", days_between(order.created, order.expires).into());
    put("UUID", order.uuid.into());
    put("Version", 1.into());
    Ok(keys)
}

fn platforms(system: System) -> &'static [&'static str] {
    match system {
        System::Ios => &["iOS", "xrOS", "visionOS"],
        System::Tvos => &["tvOS"],
        System::Mac => &["OSX"],
    }
}

fn strings(list: &[&str]) -> Value {
    Value::Array(list.iter().map(|text| Value::String((*text).to_owned())).collect())
}

fn date(at: Timestamp) -> Result<Value, MaterialFault> {
    let text = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    plist::Date::from_xml_format(&text)
        .map(Value::Date)
        .map_err(|error| MaterialFault::Date(error.to_string()))
}

fn days_between(start: Timestamp, end: Timestamp) -> i64 {
    (end.as_second() - start.as_second()) / 86_400
}
