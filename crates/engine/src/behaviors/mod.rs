//! What is special about a resource type: one file per type, one line in [`ALL`].
//!
//! The engine carries out any operation by itself; a behavior adds defaults, refusals and
//! consequences. It sees a [`View`] and answers with values; it never writes and never calls the
//! engine. A type without a behavior is stored as the catalog describes it.

pub mod absent;
pub mod acts;
mod app_info_localizations;
mod app_infos;
mod app_store_review_details;
mod app_store_version_localizations;
mod app_store_version_phased_releases;
mod app_store_versions;
mod apps;
mod attached_builds;
mod beta_app_localizations;
mod beta_app_review_details;
mod beta_app_review_submissions;
mod beta_build_localizations;
mod beta_groups;
mod beta_tester_invitations;
mod beta_testers;
mod build_beta_details;
mod build_beta_notifications;
mod builds;
mod bundle_id_capabilities;
mod bundle_ids;
mod certificates;
mod customer_review_responses;
mod devices;
mod end_user_license_agreements;
mod in_app_purchase_localizations;
mod in_app_purchases;
mod locales;
pub(crate) mod material;
mod merchant_ids;
mod new_version;
mod pass_type_ids;
mod people;
mod product_localizations;
mod products;
mod profiles;
mod review_submission_items;
mod review_submissions;
mod subscription_group_localizations;
mod subscription_groups;
mod subscription_localizations;
mod subscriptions;
mod tester_access;
#[cfg(test)]
mod testing;
mod texts;
mod unchanged;
mod user_invitations;
mod users;
mod version_numbers;
mod webhooks;

use crate::changes::{Change, Draft, Effect, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;
use russet_wire::Problem;
use serde_json::{Map, Value};

/// The type from which visibility follows: everything that hangs from an app that a caller cannot
/// see is absent for them.
pub const VISIBILITY_ROOT: &str = "apps";

/// Types whose create replaces the one that is there: they have the id of what they belong to.
/// Source: price schedules and purchase availabilities are replaced by POST (documented); a build
/// that beta review rejected is submitted again (reported).
pub const REPLACED_BY_CREATE: &[&str] = &[
    "appPriceSchedules",
    "betaAppReviewSubmissions",
    "inAppPurchaseAvailabilities",
    "inAppPurchasePriceSchedules",
    "subscriptionAvailabilities",
];

/// Types whose create, where there is one already, changes nothing and answers with that one.
/// Source: observed of capabilities.
pub const KEPT_BY_CREATE: &[&str] = &["bundleIdCapabilities"];

/// Filter values that find another value too: resource type, attribute, value sent, value found.
/// Source: `filter[platform]` on bundle ids was seen to return universal ones, and clients look
/// for an id that they created for iOS with that filter.
pub const ALSO_FOUND: &[(&str, &str, &str, &str)] = &[
    ("bundleIds", "platform", "IOS", "UNIVERSAL"),
    ("bundleIds", "platform", "MAC_OS", "UNIVERSAL"),
];

/// Hooks of one resource type. Hooks that it does not need keep their empty default.
pub trait Behavior: Sync {
    /// Returns the resource type.
    fn kind(&self) -> &'static str;

    /// Returns attributes that the behavior looks records up by, besides those that the catalog
    /// filters and sorts by.
    fn facets(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns attributes that answers show although the document's schemas do not have them. Any
    /// other that a body has and no schema is seen by the hooks and not kept.
    fn shows(&self) -> &'static [&'static str] {
        &[]
    }

    /// Appends a problem for each reason not to make a change.
    ///
    /// # Errors
    /// Faults of the store only.
    fn check(&self, _: &Change<'_>, _: &View<'_>, _: &mut Vec<Problem>) -> Result<(), Fault> {
        Ok(())
    }

    /// Fills in what a new resource has that its caller did not send. Runs after `check`.
    ///
    /// # Errors
    /// Faults, and refusals that only show while filling.
    fn fill(&self, _: &mut Draft, _: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        Ok(())
    }

    /// Computes attributes that follow from others of the same resource. Runs on every write.
    fn derive(&self, _: &mut Map<String, Value>) {}

    /// Returns what else changes. Runs after the change is made, and sees it.
    ///
    /// # Errors
    /// Faults, and refusals that only show then.
    fn follow(&self, _: &Change<'_>, _: &View<'_>, _: &mut Ids) -> Result<Vec<Effect>, Failure> {
        Ok(Vec::new())
    }
}

/// All behaviors, sorted by resource type.
pub static ALL: &[&dyn Behavior] = &[
    &app_info_localizations::AppInfoLocalizations,
    &app_infos::AppInfos,
    &app_store_review_details::AppStoreReviewDetails,
    &app_store_version_localizations::AppStoreVersionLocalizations,
    &app_store_version_phased_releases::AppStoreVersionPhasedReleases,
    &app_store_versions::AppStoreVersions,
    &apps::Apps,
    &beta_app_localizations::BetaAppLocalizations,
    &beta_app_review_details::BetaAppReviewDetails,
    &beta_app_review_submissions::BetaAppReviewSubmissions,
    &beta_build_localizations::BetaBuildLocalizations,
    &beta_groups::BetaGroups,
    &beta_tester_invitations::BetaTesterInvitations,
    &beta_testers::BetaTesters,
    &build_beta_details::BuildBetaDetails,
    &build_beta_notifications::BuildBetaNotifications,
    &builds::Builds,
    &bundle_id_capabilities::BundleIdCapabilities,
    &bundle_ids::BundleIds,
    &certificates::Certificates,
    &customer_review_responses::CustomerReviewResponses,
    &devices::Devices,
    &end_user_license_agreements::EndUserLicenseAgreements,
    &in_app_purchase_localizations::IN_APP_PURCHASE_LOCALIZATIONS,
    &in_app_purchases::InAppPurchases,
    &merchant_ids::MERCHANT_IDS,
    &pass_type_ids::PASS_TYPE_IDS,
    &profiles::Profiles,
    &review_submission_items::ReviewSubmissionItems,
    &review_submissions::ReviewSubmissions,
    &subscription_group_localizations::SUBSCRIPTION_GROUP_LOCALIZATIONS,
    &subscription_groups::SubscriptionGroups,
    &subscription_localizations::SUBSCRIPTION_LOCALIZATIONS,
    &subscriptions::Subscriptions,
    &user_invitations::UserInvitations,
    &users::Users,
    &webhooks::Webhooks,
];

/// Returns the behavior of a resource type, if it has one.
#[must_use]
pub fn find(kind: &str) -> Option<&'static dyn Behavior> {
    ALL.binary_search_by(|behavior| behavior.kind().cmp(kind)).ok().map(|at| ALL[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaviors_are_sorted_and_name_known_types() {
        assert!(
            ALL.is_sorted_by(|a, b| a.kind() < b.kind()),
            "If you are here because you added a behavior: keep `ALL` sorted by resource type."
        );
        for behavior in ALL {
            assert!(!russet_catalog::schemas_of(behavior.kind()).is_empty(), "{}", behavior.kind());
        }
    }
}
