//! The thirteen `UserRole` values of Apple's document, and sets of them.

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $wire:literal,)*) => {
        /// A value of Apple's `UserRole`. The last six are extras that come beside a role.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Role {
            $($(#[$doc])* #[serde(rename = $wire)] $variant,)*
        }

        impl Role {
            /// All values, in the order of the reference.
            pub const ALL: &'static [Role] = &[$(Role::$variant,)*];

            /// Returns the value as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Role::$variant => $wire,)* }
            }

            /// Parses the wire form, exactly.
            #[must_use]
            pub fn parse(text: &str) -> Option<Role> {
                match text { $($wire => Some(Role::$variant),)* _ => None }
            }
        }
    };
}

roles! {
    /// The one person who holds the account; every right; never granted through the API.
    AccountHolder = "ACCOUNT_HOLDER",
    /// Everything but what only the Account Holder may; always all apps.
    Admin = "ADMIN",
    /// All of an app's metadata, prices, submissions and testers.
    AppManager = "APP_MANAGER",
    /// Builds, internal testing, development certificates.
    Developer = "DEVELOPER",
    /// Texts, media, events and pages.
    Marketing = "MARKETING",
    /// Sales reports.
    Sales = "SALES",
    /// Sales and financial reports; always all apps.
    Finance = "FINANCE",
    /// Reviews and answers to them.
    CustomerSupport = "CUSTOMER_SUPPORT",
    /// Extra, deprecated: reports, and all apps.
    AccessToReports = "ACCESS_TO_REPORTS",
    /// Extra: may add app records.
    CreateApps = "CREATE_APPS",
    /// Extra: signing with cloud-managed Developer ID certificates.
    CloudManagedDeveloperId = "CLOUD_MANAGED_DEVELOPER_ID",
    /// Extra: signing with cloud-managed distribution certificates.
    CloudManagedAppDistribution = "CLOUD_MANAGED_APP_DISTRIBUTION",
    /// Extra, on by default: may generate a key of one's own.
    GenerateIndividualKeys = "GENERATE_INDIVIDUAL_KEYS",
}

impl Role {
    /// Returns how far up the role stands: nobody may grant a role at or above the own one.
    /// Source: recorded refusals of invitations.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Role::AccountHolder => 3,
            Role::Admin => 2,
            Role::AppManager => 1,
            _ => 0,
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of roles. Sixteen bits, so that a permission is one `and`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RoleSet(u16);

impl RoleSet {
    /// No role.
    pub const NONE: RoleSet = RoleSet(0);

    /// Every role and extra.
    pub const ALL: RoleSet = RoleSet::of(Role::ALL);

    /// Returns the set of these roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> RoleSet {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            bits |= 1 << roles[at] as u16;
            at += 1;
        }
        RoleSet(bits)
    }

    /// Returns whether `role` is in the set.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & (1 << role as u16) != 0
    }

    /// Returns whether the sets share a role.
    #[must_use]
    pub const fn intersects(self, other: RoleSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns what is in both sets.
    #[must_use]
    pub const fn intersection(self, other: RoleSet) -> RoleSet {
        RoleSet(self.0 & other.0)
    }

    /// Returns whether there is no role in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.contains(*role))
    }

    /// Returns the highest rank among the roles.
    #[must_use]
    pub fn rank(self) -> u8 {
        self.iter().map(Role::rank).max().unwrap_or(0)
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> RoleSet {
        roles.into_iter().fold(RoleSet::NONE, |set, role| RoleSet(set.0 | 1 << role as u16))
    }
}

impl std::fmt::Debug for RoleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for RoleSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for RoleSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<RoleSet, D::Error> {
        Ok(Vec::<Role>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_parses_from_what_it_prints() {
        assert_eq!(Role::ALL.len(), 13);
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(*role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!(Role::parse("admin"), None);
    }

    #[test]
    fn a_set_holds_exactly_its_roles() {
        let set: RoleSet = [Role::Finance, Role::Admin, Role::Admin].into_iter().collect();
        assert_eq!(set, RoleSet::of(&[Role::Admin, Role::Finance]));
        assert_eq!(set.iter().collect::<Vec<_>>(), [Role::Admin, Role::Finance]);
        assert!(!set.intersects(RoleSet::of(&[Role::Sales])));
        assert_eq!(RoleSet::ALL.iter().count(), 13);
    }
}
