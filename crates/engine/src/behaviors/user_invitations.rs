//! Invitations into a team: they lapse after three days, and vanish when accepted.
//!
//! Sources: Apple's help and document, recorded refusals of roles at or above the caller's. The
//! code for an address that is in the team is reported, its wording ours. Guess: who sees all
//! apps where the request does not say (everybody for whom it names none).

use jiff::SignedDuration;
use russet_wire::{Code, Problem};
use serde_json::Value;

use super::Behavior;
use super::people::{self, Person};
use crate::changes::{Change, Draft, Resource, View};
use crate::failure::{Failure, Fault};
use crate::ids::Ids;

/// The behavior of `userInvitations`.
pub struct UserInvitations;

const KIND: &str = "userInvitations";

const LIFETIME: SignedDuration = SignedDuration::from_hours(72);

impl Behavior for UserInvitations {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check(
        &self,
        change: &Change<'_>,
        view: &View<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Fault> {
        let Change::Create { draft, .. } = change else { return Ok(()) };
        let roles = people::roles(draft.attributes.get("roles"));
        if !view.permit.may_assign(roles) {
            problems.splice(.., view.permit.refusal().0);
            return Ok(());
        }
        people::check_roles(draft.attributes.get("roles"), problems);
        let flag = |name: &str| draft.attributes.get(name).and_then(Value::as_bool);
        let (all_apps, apps) = (flag("allAppsVisible"), draft.ids("visibleApps"));
        let provisioning = flag("provisioningAllowed");
        people::check(&Person { roles, all_apps, provisioning, apps: Some(apps) }, problems);
        let limited = all_apps == Some(false) && !people::always_sees_all(roles);
        if limited && apps.is_empty() {
            problems.push(people::sees_none());
        }
        check_email(draft, view, problems)
    }

    fn fill(&self, draft: &mut Draft, view: &View<'_>, _: &mut Ids) -> Result<(), Failure> {
        let lapses = view.now.checked_add(LIFETIME).unwrap_or(view.now);
        draft.set("expirationDate", lapses.to_string());
        let none_named = draft.ids("visibleApps").is_empty();
        draft.default("allAppsVisible", none_named);
        draft.default("provisioningAllowed", false);
        Ok(())
    }
}

fn check_email(draft: &Draft, view: &View<'_>, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let Some(email) = draft.text("email") else { return Ok(()) };
    let same = |one: &Resource, name: &str| {
        one.text(name).is_some_and(|known| known.eq_ignore_ascii_case(email))
    };
    let member = view.all("users")?.iter().any(|user| same(user, "username"));
    let detail = if member {
        format!("The user '{email}' is already a member of the team.")
    } else if view.all(KIND)?.iter().any(|invitation| same(invitation, "email")) {
        format!("The user '{email}' has already been invited to the team.")
    } else {
        return Ok(());
    };
    problems.push(Problem::new(Code::AttributeDuplicate, detail).at_attribute("email"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::behaviors::testing::{APP, World, new};

    fn invitation(email: &str, more: &Value) -> Value {
        let mut attributes =
            json!({"email": email, "firstName": "Jo", "lastName": "Wren", "roles": ["DEVELOPER"]});
        for (name, value) in more.as_object().expect("an object") {
            attributes[name] = value.clone();
        }
        new("userInvitations", &attributes, &[])
    }

    #[test]
    fn an_invitation_lapses_after_three_days() {
        let sent = invitation("jo@example.com", &json!({}));
        let expected = json!({"status": 201, "data": {"attributes": {
            "expirationDate": "2026-01-03T16:00:00-08:00", "allAppsVisible": true,
            "provisioningAllowed": false,
        }}});
        World::new().check("POST /v1/userInvitations", &sent, &expected);
    }

    #[test]
    fn an_invitation_gives_no_role_at_or_above_the_callers() {
        let mut world = World::new();
        let refused = ("FORBIDDEN_ERROR", "", "The API key in use does not allow this request");
        let admin = invitation("jo@example.com", &json!({"roles": ["ADMIN"]}));
        world.refuses("POST /v1/userInvitations", &admin, refused);
        let manager = invitation("jo@example.com", &json!({"roles": ["APP_MANAGER"]}));
        world.refuses("APP_MANAGER POST /v1/userInvitations", &manager, refused);
        world.check("POST /v1/userInvitations", &manager, &json!({"status": 201}));
    }

    #[test]
    fn an_invitation_gives_at_least_one_role() {
        World::new().refuses(
            "POST /v1/userInvitations",
            &invitation("jo@example.com", &json!({"roles": []})),
            (
                "ENTITY_ERROR.ATTRIBUTE.INVALID",
                "/data/attributes/roles",
                "A user must have at least one role.",
            ),
        );
    }

    #[test]
    fn an_address_is_invited_once_and_members_are_not() {
        let mut world = World::new();
        world.plant("users", "u1", &json!({"username": "ada@example.com"}), &[]);
        world.create("/v1/userInvitations", &invitation("jo@example.com", &json!({})));
        for (email, detail) in [
            ("Jo@example.com", "The user 'Jo@example.com' has already been invited to the team."),
            ("ada@example.com", "The user 'ada@example.com' is already a member of the team."),
        ] {
            world.refuses(
                "POST /v1/userInvitations",
                &invitation(email, &json!({})),
                ("ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "/data/attributes/email", detail),
            );
        }
    }

    #[test]
    fn an_invitation_to_some_apps_names_them() {
        let mut world = World::new();
        let mut sent = invitation("jo@example.com", &json!({"allAppsVisible": false}));
        world.refuses(
            "POST /v1/userInvitations",
            &sent,
            (
                "ENTITY_ERROR.RELATIONSHIP.REQUIRED",
                "/data/relationships/visibleApps",
                "You must provide a value for the relationship 'visibleApps' with this request",
            ),
        );
        sent["data"]["relationships"]["visibleApps"] =
            json!({"data": [{"type": "apps", "id": APP}]});
        let limited = json!({"status": 201, "data": {"attributes": {"allAppsVisible": false}}});
        world.check("POST /v1/userInvitations", &sent, &limited);
    }
}
