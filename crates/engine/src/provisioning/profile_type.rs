//! The profile types of the document: platform, allowed certificates, devices.

use super::CertificateType;

/// `profileType` of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the document's values, spelled as Rust spells")]
pub enum ProfileType {
    IosAppDevelopment,
    IosAppStore,
    IosAppAdhoc,
    IosAppInhouse,
    MacAppDevelopment,
    MacAppStore,
    MacAppDirect,
    TvosAppDevelopment,
    TvosAppStore,
    TvosAppAdhoc,
    TvosAppInhouse,
    MacCatalystAppDevelopment,
    MacCatalystAppStore,
    MacCatalystAppDirect,
}

/// Whether profiles of a type name devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceRule {
    /// At least one.
    Required,
    /// None.
    Forbidden,
}

/// What a profile is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Development,
    Store,
    AdHoc,
    InHouse,
    Direct,
}

/// What a profile's app runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Ios,
    Tvos,
    Mac,
}

impl ProfileType {
    /// All types, in the document's order.
    pub const ALL: [ProfileType; 14] = [
        ProfileType::IosAppDevelopment,
        ProfileType::IosAppStore,
        ProfileType::IosAppAdhoc,
        ProfileType::IosAppInhouse,
        ProfileType::MacAppDevelopment,
        ProfileType::MacAppStore,
        ProfileType::MacAppDirect,
        ProfileType::TvosAppDevelopment,
        ProfileType::TvosAppStore,
        ProfileType::TvosAppAdhoc,
        ProfileType::TvosAppInhouse,
        ProfileType::MacCatalystAppDevelopment,
        ProfileType::MacCatalystAppStore,
        ProfileType::MacCatalystAppDirect,
    ];

    /// Returns the type that the document calls `wire`.
    #[must_use]
    pub fn parse(wire: &str) -> Option<Self> {
        ProfileType::ALL.into_iter().find(|kind| kind.as_str() == wire)
    }

    /// Returns the document's name of the type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ProfileType::IosAppDevelopment => "IOS_APP_DEVELOPMENT",
            ProfileType::IosAppStore => "IOS_APP_STORE",
            ProfileType::IosAppAdhoc => "IOS_APP_ADHOC",
            ProfileType::IosAppInhouse => "IOS_APP_INHOUSE",
            ProfileType::MacAppDevelopment => "MAC_APP_DEVELOPMENT",
            ProfileType::MacAppStore => "MAC_APP_STORE",
            ProfileType::MacAppDirect => "MAC_APP_DIRECT",
            ProfileType::TvosAppDevelopment => "TVOS_APP_DEVELOPMENT",
            ProfileType::TvosAppStore => "TVOS_APP_STORE",
            ProfileType::TvosAppAdhoc => "TVOS_APP_ADHOC",
            ProfileType::TvosAppInhouse => "TVOS_APP_INHOUSE",
            ProfileType::MacCatalystAppDevelopment => "MAC_CATALYST_APP_DEVELOPMENT",
            ProfileType::MacCatalystAppStore => "MAC_CATALYST_APP_STORE",
            ProfileType::MacCatalystAppDirect => "MAC_CATALYST_APP_DIRECT",
        }
    }

    /// Returns the attribute `platform`. `BundleIdPlatform` has no tvOS, so those say IOS.
    #[must_use]
    pub fn platform(self) -> &'static str {
        match self.system() {
            System::Ios | System::Tvos => "IOS",
            System::Mac => "MAC_OS",
        }
    }

    /// Returns which certificates may be put into a profile of the type. Source: clients' tables
    /// and Apple's help.
    #[must_use]
    pub fn certificate_types(self) -> &'static [CertificateType] {
        use CertificateType as C;
        match (self.channel(), self.system()) {
            (Channel::Development, System::Mac) => &[C::MacAppDevelopment, C::Development],
            (Channel::Development, _) => &[C::IosDevelopment, C::Development],
            (Channel::Direct, _) => &[C::DeveloperIdApplication, C::DeveloperIdApplicationG2],
            (Channel::Store | Channel::AdHoc | Channel::InHouse, System::Mac) => {
                &[C::MacAppDistribution, C::Distribution]
            }
            (Channel::Store | Channel::AdHoc | Channel::InHouse, _) => {
                &[C::IosDistribution, C::Distribution]
            }
        }
    }

    /// Returns whether profiles of the type name devices.
    #[must_use]
    pub fn devices(self) -> DeviceRule {
        match self.channel() {
            Channel::Development | Channel::AdHoc => DeviceRule::Required,
            Channel::Store | Channel::InHouse | Channel::Direct => DeviceRule::Forbidden,
        }
    }

    /// Returns whether the bundle id may be a wildcard: development, ad hoc and in-house.
    #[must_use]
    pub fn takes_wildcard(self) -> bool {
        matches!(self.channel(), Channel::Development | Channel::AdHoc | Channel::InHouse)
    }

    /// Returns what people call the platform, for messages.
    #[must_use]
    pub fn platform_name(self) -> &'static str {
        match self.system() {
            System::Ios => "iOS",
            System::Tvos => "tvOS",
            System::Mac => "macOS",
        }
    }

    pub(super) fn channel(self) -> Channel {
        match self {
            ProfileType::IosAppDevelopment
            | ProfileType::MacAppDevelopment
            | ProfileType::TvosAppDevelopment
            | ProfileType::MacCatalystAppDevelopment => Channel::Development,
            ProfileType::IosAppStore
            | ProfileType::MacAppStore
            | ProfileType::TvosAppStore
            | ProfileType::MacCatalystAppStore => Channel::Store,
            ProfileType::IosAppAdhoc | ProfileType::TvosAppAdhoc => Channel::AdHoc,
            ProfileType::IosAppInhouse | ProfileType::TvosAppInhouse => Channel::InHouse,
            ProfileType::MacAppDirect | ProfileType::MacCatalystAppDirect => Channel::Direct,
        }
    }

    pub(super) fn system(self) -> System {
        match self {
            ProfileType::IosAppDevelopment
            | ProfileType::IosAppStore
            | ProfileType::IosAppAdhoc
            | ProfileType::IosAppInhouse => System::Ios,
            ProfileType::TvosAppDevelopment
            | ProfileType::TvosAppStore
            | ProfileType::TvosAppAdhoc
            | ProfileType::TvosAppInhouse => System::Tvos,
            ProfileType::MacAppDevelopment
            | ProfileType::MacAppStore
            | ProfileType::MacAppDirect
            | ProfileType::MacCatalystAppDevelopment
            | ProfileType::MacCatalystAppStore
            | ProfileType::MacCatalystAppDirect => System::Mac,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for kind in ProfileType::ALL {
            assert_eq!(ProfileType::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ProfileType::parse("IOS_APP"), None);
    }

    #[test]
    fn the_type_name_agrees_with_what_it_allows() {
        for kind in ProfileType::ALL {
            let name = kind.as_str();
            let lists_devices = name.ends_with("DEVELOPMENT") || name.ends_with("ADHOC");
            assert_eq!(kind.devices() == DeviceRule::Required, lists_devices, "{name}");
            assert_eq!(kind.platform() == "MAC_OS", name.starts_with("MAC_"), "{name}");
            let development = kind.certificate_types().contains(&CertificateType::Development);
            assert_eq!(development, name.ends_with("DEVELOPMENT"), "{name}");
            assert_eq!(
                kind.takes_wildcard(),
                !name.ends_with("STORE") && !name.ends_with("DIRECT")
            );
        }
    }
}
