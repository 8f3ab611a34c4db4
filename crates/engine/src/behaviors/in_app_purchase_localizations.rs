//! Localizations of in-app purchases; the rules are in `product_localizations`.

use super::product_localizations::ProductLocalizations;
use super::texts::Most;

/// The behavior of `inAppPurchaseLocalizations`.
pub static IN_APP_PURCHASE_LOCALIZATIONS: ProductLocalizations = ProductLocalizations {
    kind: "inAppPurchaseLocalizations",
    parents: ["inAppPurchaseV2", "version"],
    texts: &[
        ("name", "The display name", Most::Characters(35)),
        ("description", "The description", Most::Characters(55)),
    ],
};
