//! The certificate types of the document, and what a certificate of each looks like.
//!
//! A table, not code: names, markers, issuer, validity and who or what a certificate stands for.
//! Sources are recorded certificates (development, distribution), published tool sources (markers)
//! and Apple's help (validity, keys of Apple Pay certificates); the pairing of common name and
//! marker where no certificate is recorded is our reading.

use super::authority::Issuer;
use super::csr::KeyKind;

/// `CertificateType` of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the document's values, spelled as Rust spells")]
pub enum CertificateType {
    ApplePay,
    ApplePayMerchantIdentity,
    ApplePayPspIdentity,
    ApplePayRsa,
    DeveloperIdKext,
    DeveloperIdKextG2,
    DeveloperIdApplication,
    DeveloperIdApplicationG2,
    Development,
    Distribution,
    IdentityAccess,
    IosDevelopment,
    IosDistribution,
    MacAppDistribution,
    MacInstallerDistribution,
    MacAppDevelopment,
    PassTypeId,
    PassTypeIdWithNfc,
}

/// Who or what a certificate stands for: decides its subject and its `displayName`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A member of the team, or the API.
    Person,
    /// The team.
    Team,
    /// A merchant id.
    Merchant,
    /// A pass type id.
    Pass,
}

/// How long a certificate is valid, in calendar units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validity {
    OneYear,
    FiveYears,
    TwentyFiveMonths,
}

/// What the key of a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    CodeSigning,
    MacInstaller,
    PassSigning,
    ClientAuthentication,
    PaymentDecryption,
}

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    kind: CertificateType,
    wire: &'static str,
    /// What the subject's common name starts with.
    pub(super) common_name: &'static str,
    /// What the attribute `name` starts with.
    pub(super) label: &'static str,
    pub(super) holder: Holder,
    pub(super) issuer: Issuer,
    /// Last arcs of the critical marker extensions.
    pub(super) markers: &'static [u64],
    pub(super) purpose: Purpose,
    pub(super) key: KeyKind,
    pub(super) validity: Validity,
    platform: Option<&'static str>,
}

impl CertificateType {
    /// All types, in the document's order.
    pub const ALL: [CertificateType; 18] = {
        let mut all = [CertificateType::ApplePay; 18];
        let mut at = 0;
        while at < all.len() {
            all[at] = ROWS[at].kind;
            at += 1;
        }
        all
    };

    /// Returns the type that the document calls `wire`.
    #[must_use]
    pub fn parse(wire: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.wire == wire).map(|row| row.kind)
    }

    /// Returns the document's name of the type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().wire
    }

    /// Returns what certificates of the type stand for.
    #[must_use]
    pub fn holder(self) -> Holder {
        self.row().holder
    }

    /// Returns the kind of key that a request for the type must carry. Source: Apple's help for
    /// developer accounts; `IDENTITY_ACCESS` is our reading (its key decrypts answers).
    #[must_use]
    pub fn key_kind(self) -> KeyKind {
        self.row().key
    }

    /// Returns the attribute `platform`; the types that serve all platforms have none. Source:
    /// recorded replies.
    #[must_use]
    pub fn platform(self) -> Option<&'static str> {
        self.row().platform
    }

    /// Returns what people call the type, `iOS Development`.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().label
    }

    pub(super) fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

const IOS: Option<&str> = Some("IOS");
const MAC: Option<&str> = Some("MAC_OS");

/// A certificate that signs code.
const fn code(
    kind: CertificateType,
    wire: &'static str,
    names: [&'static str; 2],
    holder: Holder,
    markers: &'static [u64],
    platform: Option<&'static str>,
) -> Row {
    let [common_name, label] = names;
    Row {
        kind,
        wire,
        common_name,
        label,
        holder,
        issuer: Issuer::DeveloperRelations,
        markers,
        purpose: Purpose::CodeSigning,
        key: KeyKind::Rsa2048,
        validity: Validity::OneYear,
        platform,
    }
}

/// A certificate that signs code for distribution outside the store.
const fn developer_id(
    kind: CertificateType,
    wire: &'static str,
    name: &'static str,
    issuer: Issuer,
    markers: &'static [u64],
) -> Row {
    let row = code(kind, wire, [name, name], Holder::Team, markers, MAC);
    Row { issuer, validity: Validity::FiveYears, ..row }
}

/// A certificate of a merchant id.
const fn merchant(
    kind: CertificateType,
    wire: &'static str,
    name: &'static str,
    purpose: Purpose,
    key: KeyKind,
) -> Row {
    Row {
        kind,
        wire,
        common_name: name,
        label: name,
        holder: Holder::Merchant,
        issuer: Issuer::DeveloperRelationsG2,
        markers: &[],
        purpose,
        key,
        validity: Validity::TwentyFiveMonths,
        platform: None,
    }
}

/// A certificate of a pass type id.
const fn pass(kind: CertificateType, wire: &'static str, name: &'static str) -> Row {
    let row = code(kind, wire, [name, name], Holder::Pass, &[], None);
    Row { issuer: Issuer::DeveloperRelationsG4, purpose: Purpose::PassSigning, ..row }
}

const ROWS: [Row; 18] = {
    use CertificateType as T;
    use Holder::{Person, Team};
    use KeyKind::{EcP256, Rsa2048};
    use Purpose::{ClientAuthentication, PaymentDecryption};
    const PAYMENT: &str = "Apple Pay Payment Processing";
    const KEXT: &str = "Developer ID Kext";
    const DEVELOPER_ID: &str = "Developer ID Application";
    const INSTALLER: [&str; 2] =
        ["3rd Party Mac Developer Installer", "Mac Installer Distribution"];
    [
        merchant(T::ApplePay, "APPLE_PAY", PAYMENT, PaymentDecryption, EcP256),
        merchant(
            T::ApplePayMerchantIdentity,
            "APPLE_PAY_MERCHANT_IDENTITY",
            "Apple Pay Merchant Identity",
            ClientAuthentication,
            Rsa2048,
        ),
        merchant(
            T::ApplePayPspIdentity,
            "APPLE_PAY_PSP_IDENTITY",
            "Apple Pay Payment Service Provider Identity",
            ClientAuthentication,
            Rsa2048,
        ),
        merchant(T::ApplePayRsa, "APPLE_PAY_RSA", PAYMENT, PaymentDecryption, Rsa2048),
        developer_id(T::DeveloperIdKext, "DEVELOPER_ID_KEXT", KEXT, Issuer::DeveloperId, &[13, 18]),
        developer_id(
            T::DeveloperIdKextG2,
            "DEVELOPER_ID_KEXT_G2",
            KEXT,
            Issuer::DeveloperIdG2,
            &[13, 18],
        ),
        developer_id(
            T::DeveloperIdApplication,
            "DEVELOPER_ID_APPLICATION",
            DEVELOPER_ID,
            Issuer::DeveloperId,
            &[13],
        ),
        developer_id(
            T::DeveloperIdApplicationG2,
            "DEVELOPER_ID_APPLICATION_G2",
            DEVELOPER_ID,
            Issuer::DeveloperIdG2,
            &[13],
        ),
        code(T::Development, "DEVELOPMENT", ["Apple Development"; 2], Person, &[2, 12], None),
        code(T::Distribution, "DISTRIBUTION", ["Apple Distribution"; 2], Team, &[4, 7], None),
        merchant(
            T::IdentityAccess,
            "IDENTITY_ACCESS",
            "Identity Access",
            PaymentDecryption,
            EcP256,
        ),
        code(
            T::IosDevelopment,
            "IOS_DEVELOPMENT",
            ["iPhone Developer", "iOS Development"],
            Person,
            &[2],
            IOS,
        ),
        code(
            T::IosDistribution,
            "IOS_DISTRIBUTION",
            ["iPhone Distribution", "iOS Distribution"],
            Team,
            &[4],
            IOS,
        ),
        code(
            T::MacAppDistribution,
            "MAC_APP_DISTRIBUTION",
            ["3rd Party Mac Developer Application", "Mac App Distribution"],
            Team,
            &[7],
            MAC,
        ),
        Row {
            purpose: Purpose::MacInstaller,
            ..code(
                T::MacInstallerDistribution,
                "MAC_INSTALLER_DISTRIBUTION",
                INSTALLER,
                Team,
                &[8],
                MAC,
            )
        },
        code(
            T::MacAppDevelopment,
            "MAC_APP_DEVELOPMENT",
            ["Mac Developer", "Mac Development"],
            Person,
            &[12],
            MAC,
        ),
        pass(T::PassTypeId, "PASS_TYPE_ID", "Pass Type ID"),
        pass(T::PassTypeIdWithNfc, "PASS_TYPE_ID_WITH_NFC", "Pass Type ID with NFC"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_finds_its_own_row() {
        for kind in CertificateType::ALL {
            assert_eq!(kind.row().kind, kind);
            assert_eq!(CertificateType::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(CertificateType::parse("ios_development"), None);
    }
}
