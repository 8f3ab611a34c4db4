//! What `users` and `userInvitations` share: which roles see which apps and may do provisioning.
//!
//! Source: Apple's help on roles and its document; the wording of refusals and, where no reply is
//! recorded, their codes are ours.

use russet_auth::{Role, RoleSet};
use russet_wire::{Code, Problem};
use serde_json::Value;

const SEE_ALL_APPS: RoleSet = RoleSet::of(&[Role::AccountHolder, Role::Admin, Role::Finance]);

const MAY_PROVISION: RoleSet =
    RoleSet::of(&[Role::AccountHolder, Role::Admin, Role::AppManager, Role::Developer]);

/// What somebody is about to be.
pub(super) struct Person<'a> {
    /// Roles, those kept where none are sent.
    pub roles: RoleSet,
    /// `allAppsVisible` as sent.
    pub all_apps: Option<bool>,
    /// `provisioningAllowed` as sent.
    pub provisioning: Option<bool>,
    /// `visibleApps` as sent.
    pub apps: Option<&'a [String]>,
}

/// Reads a list of roles; values that are none are told elsewhere.
pub(super) fn roles(value: Option<&Value>) -> RoleSet {
    let names = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let roles: Vec<Role> = names.iter().filter_map(|name| Role::parse(name.as_str()?)).collect();
    RoleSet::of(&roles)
}

/// Appends a problem where a sent list of roles is empty. Our choice.
pub(super) fn check_roles(sent: Option<&Value>, problems: &mut Vec<Problem>) {
    if sent.and_then(Value::as_array).is_some_and(Vec::is_empty) {
        let detail = "A user must have at least one role.";
        problems.push(Problem::new(Code::AttributeInvalid, detail).at_attribute("roles"));
    }
}

/// Returns whether somebody with these roles sees every app, whatever is sent.
pub(super) fn always_sees_all(roles: RoleSet) -> bool {
    roles.intersects(SEE_ALL_APPS)
}

/// Appends a problem for each thing that the roles do not go with.
pub(super) fn check(person: &Person<'_>, problems: &mut Vec<Problem>) {
    if always_sees_all(person.roles) {
        if person.all_apps == Some(false) {
            let detail = "Users with the role ADMIN or FINANCE always see all apps.";
            let problem = Problem::new(Code::AttributeInvalid, detail);
            problems.push(problem.at_attribute("allAppsVisible"));
        }
        if person.apps.is_some_and(|apps| !apps.is_empty()) {
            problems.push(sees_all());
        }
    } else if person.all_apps == Some(true) && person.apps.is_some_and(|apps| !apps.is_empty()) {
        problems.push(sees_all());
    }
    if person.provisioning == Some(true) && !person.roles.intersects(MAY_PROVISION) {
        let detail = "Access to Certificates, Identifiers & Profiles needs the role ADMIN, APP_MANAGER or \
             DEVELOPER.";
        let problem = Problem::new(Code::AttributeInvalid, detail);
        problems.push(problem.at_attribute("provisioningAllowed"));
    }
}

/// The refusal of single apps for somebody who sees all.
pub(super) fn sees_all() -> Problem {
    let detail = "Visible apps can only be chosen for users who do not see all apps.";
    Problem::new(Code::RelationshipInvalid, detail).at_relationship("visibleApps")
}

/// The refusal of no app for somebody who does not see all.
pub(super) fn sees_none() -> Problem {
    let detail = "You must provide a value for the relationship 'visibleApps' with this request";
    Problem::new(Code::RelationshipRequired, detail).at_relationship("visibleApps")
}
