//! Localizations of subscriptions; the rules are in `product_localizations`.

use super::product_localizations::ProductLocalizations;
use super::texts::Most;

/// The behavior of `subscriptionLocalizations`.
pub static SUBSCRIPTION_LOCALIZATIONS: ProductLocalizations = ProductLocalizations {
    kind: "subscriptionLocalizations",
    parents: ["subscription", "version"],
    texts: &[
        ("name", "The display name", Most::Characters(35)),
        ("description", "The description", Most::Characters(55)),
    ],
};
