//! What auth reads of `users` records, and who did something.
//!
//! A user is a record of the public type `users`: whatever changes it (the API, the console, an
//! accepted invitation) changes what its individual key may do.

use std::sync::Arc;

use russet_store::{Read, Result, StoreError};
use serde::{Deserialize, Serialize};

use crate::{KeyId, Role, RoleSet, Visibility};

/// Resource type of people.
pub const USERS: &str = "users";

/// Relation that holds the apps of users who do not see all.
pub const VISIBLE_APPS: &str = "users.visibleApps";

/// Who did something, as kept in records and audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// A person of the team, by user id.
    User(String),
    /// An API key.
    Key(KeyId),
    /// Russet itself: demo data, time, the simulator, the operator.
    System,
}

/// What counts of a `users` record's attributes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    #[serde(default)]
    pub roles: RoleSet,
    #[serde(default)]
    pub all_apps_visible: bool,
}

impl User {
    pub(crate) fn parse(id: &str, attributes: &str) -> Result<User> {
        serde_json::from_str(attributes).map_err(|error| StoreError::Damaged {
            place: format!("the record of user {id}"),
            why: error.to_string(),
        })
    }

    /// Loads a user, `None` where there is none.
    pub(crate) fn load(read: &(impl Read + ?Sized), id: &str) -> Result<Option<User>> {
        match read.record(USERS, id)? {
            Some(record) => User::parse(id, &record.attributes).map(Some),
            None => Ok(None),
        }
    }

    /// Returns whether the user sees every app. Account Holder, Admin and Finance always do, and
    /// `ACCESS_TO_REPORTS` gives all apps. Source: Apple's help on roles.
    pub(crate) fn sees_all_apps(&self) -> bool {
        const ALWAYS: RoleSet =
            RoleSet::of(&[Role::AccountHolder, Role::Admin, Role::Finance, Role::AccessToReports]);
        self.all_apps_visible || self.roles.intersects(ALWAYS)
    }

    /// Returns what the user sees, of whom `visible` are the linked apps.
    pub(crate) fn visibility(&self, visible: Vec<String>) -> Visibility {
        if self.sees_all_apps() {
            return Visibility::All;
        }
        let mut apps: Vec<Arc<str>> = visible.into_iter().map(Arc::from).collect();
        apps.sort_unstable();
        Visibility::Some(apps.into())
    }
}
