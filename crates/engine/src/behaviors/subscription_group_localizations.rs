//! Localizations of subscription groups; the rules are in `product_localizations`. No limit of
//! their texts is known.

use super::product_localizations::ProductLocalizations;

/// The behavior of `subscriptionGroupLocalizations`.
pub static SUBSCRIPTION_GROUP_LOCALIZATIONS: ProductLocalizations = ProductLocalizations {
    kind: "subscriptionGroupLocalizations",
    parents: ["subscriptionGroup", "version"],
    texts: &[],
};
