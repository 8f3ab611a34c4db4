//! Who is in the demo teams, and which keys the first of them has.
//!
//! Passwords, key ids and private keys are made when seeding, not here. Start at [`TEAMS`].

use serde_json::json;

use super::apps;
use super::identity;
use super::seeds::{Seeds, many, one};

/// A team of the demo.
#[derive(Debug, Clone, Copy)]
pub struct DemoTeam {
    /// Name shown to people.
    pub name: &'static str,
    /// Developer team id, ten upper-case alphanumerics.
    pub developer_team: &'static str,
    /// People, the Account Holder first.
    pub people: &'static [DemoPerson],
    /// Keys; none where access was never requested.
    pub keys: &'static [DemoKey],
}

impl DemoTeam {
    /// Tells whether access to the API was requested and granted.
    #[must_use]
    pub fn has_access(&self) -> bool {
        !self.keys.is_empty()
    }
}

/// A person of a demo team.
#[derive(Debug, Clone, Copy)]
pub struct DemoPerson {
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// E-mail address, which is the user name.
    pub email: &'static str,
    /// `UserRole` values.
    pub roles: &'static [&'static str],
    /// Names of the apps that the person sees; none means all.
    apps: &'static [&'static str],
    /// Whether the person reaches certificates, identifiers and profiles.
    provisioning: bool,
}

impl DemoPerson {
    /// Returns the id of the person's `users` record.
    #[must_use]
    pub fn user_id(&self) -> String {
        identity::id("users", self.email)
    }
}

/// A key of a demo team.
#[derive(Debug, Clone, Copy)]
pub struct DemoKey {
    /// Name, for reference only; an individual key has its person's.
    pub name: &'static str,
    /// `UserRole` values; those of an individual key are its person's.
    pub roles: &'static [&'static str],
    /// E-mail address of the person whose individual key it is; `None` for a team key.
    pub person: Option<&'static str>,
    /// Whether it was revoked.
    pub revoked: bool,
}

const fn person(
    (first_name, last_name): (&'static str, &'static str),
    email: &'static str,
    roles: &'static [&'static str],
) -> DemoPerson {
    DemoPerson { first_name, last_name, email, roles, apps: &[], provisioning: false }
}

const fn team_key(name: &'static str, roles: &'static [&'static str]) -> DemoKey {
    DemoKey { name, roles, person: None, revoked: false }
}

/// The demo's teams: one with access and keys, one that never requested access.
pub const TEAMS: [DemoTeam; 2] = [
    DemoTeam {
        name: "Harbor & Pine",
        developer_team: "H4RB8RP7NE",
        people: HARBOR,
        keys: &[
            team_key("Release automation", &["ADMIN"]),
            team_key("Store pages", &["APP_MANAGER"]),
            team_key("Build machines", &["DEVELOPER"]),
            team_key("Campaigns", &["MARKETING"]),
            team_key("Daily sales", &["SALES"]),
            team_key("Ledger", &["FINANCE"]),
            team_key("Review replies", &["CUSTOMER_SUPPORT"]),
            team_key("Launch team", &["DEVELOPER", "MARKETING"]),
            DemoKey {
                name: "Old build machine",
                roles: &["DEVELOPER"],
                person: None,
                revoked: true,
            },
            DemoKey {
                name: "Dee Marlow",
                roles: &["DEVELOPER", "CREATE_APPS", "GENERATE_INDIVIDUAL_KEYS"],
                person: Some("dee.marlow@harborpine.example"),
                revoked: false,
            },
        ],
    },
    DemoTeam {
        name: "Fernhill Studio",
        developer_team: "FERNH7LLST",
        people: &[
            person(
                ("Iris", "Fern"),
                "iris.fern@fernhill.example",
                &["ACCOUNT_HOLDER", "ADMIN", "GENERATE_INDIVIDUAL_KEYS"],
            ),
            person(
                ("Noor", "Hill"),
                "noor.hill@fernhill.example",
                &["ADMIN", "GENERATE_INDIVIDUAL_KEYS"],
            ),
            person(
                ("Otto", "Lind"),
                "otto.lind@fernhill.example",
                &["DEVELOPER", "GENERATE_INDIVIDUAL_KEYS"],
            ),
        ],
        keys: &[],
    },
];

const HARBOR: &[DemoPerson] = &[
    DemoPerson {
        provisioning: true,
        ..person(
            ("Ada", "Harbor"),
            "ada.harbor@harborpine.example",
            &["ACCOUNT_HOLDER", "ADMIN", "GENERATE_INDIVIDUAL_KEYS"],
        )
    },
    DemoPerson {
        provisioning: true,
        ..person(
            ("Ben", "Pine"),
            "ben.pine@harborpine.example",
            &["ADMIN", "CLOUD_MANAGED_DEVELOPER_ID", "GENERATE_INDIVIDUAL_KEYS"],
        )
    },
    DemoPerson {
        provisioning: true,
        ..person(
            ("Cleo", "Sand"),
            "cleo.sand@harborpine.example",
            &["APP_MANAGER", "CLOUD_MANAGED_APP_DISTRIBUTION", "GENERATE_INDIVIDUAL_KEYS"],
        )
    },
    DemoPerson {
        apps: &["quietroom"],
        ..person(
            ("Cato", "Reed"),
            "cato.reed@harborpine.example",
            &["APP_MANAGER", "GENERATE_INDIVIDUAL_KEYS"],
        )
    },
    DemoPerson {
        apps: &["tidewatch", "orbitgolf"],
        provisioning: true,
        ..person(
            ("Dee", "Marlow"),
            "dee.marlow@harborpine.example",
            &["DEVELOPER", "CREATE_APPS", "GENERATE_INDIVIDUAL_KEYS"],
        )
    },
    person(
        ("Dov", "Keel"),
        "dov.keel@harborpine.example",
        &["DEVELOPER", "GENERATE_INDIVIDUAL_KEYS"],
    ),
    person(
        ("Mara", "Quay"),
        "mara.quay@harborpine.example",
        &["MARKETING", "GENERATE_INDIVIDUAL_KEYS"],
    ),
    person(
        ("Max", "Buoy"),
        "max.buoy@harborpine.example",
        &["MARKETING", "ACCESS_TO_REPORTS", "GENERATE_INDIVIDUAL_KEYS"],
    ),
    person(("Sol", "Brook"), "sol.brook@harborpine.example", &["SALES"]),
    person(("Fay", "Ledger"), "fay.ledger@harborpine.example", &["FINANCE"]),
    DemoPerson {
        apps: &["tidewatch"],
        ..person(
            ("Sue", "Port"),
            "sue.port@harborpine.example",
            &["CUSTOMER_SUPPORT", "GENERATE_INDIVIDUAL_KEYS"],
        )
    },
];

/// Adds the people of a team.
pub(super) fn add_people(seeds: &mut Seeds, team: &DemoTeam) {
    for person in team.people {
        let all = person.apps.is_empty();
        let apps: Vec<String> = person.apps.iter().map(|name| apps::id(name)).collect();
        seeds.add_as(
            "users",
            person.user_id(),
            json!({
                "username": person.email,
                "firstName": person.first_name,
                "lastName": person.last_name,
                "roles": person.roles,
                "allAppsVisible": all,
                "provisioningAllowed": person.provisioning,
            }),
            (!all).then(|| many("visibleApps", &apps)),
        );
    }
}

/// Adds the first team's open invitations: one fresh, one limited to an app, one about to lapse.
pub(super) fn add_invitations(seeds: &mut Seeds) {
    let invitations = [
        ("Jo", "Wren", "jo.wren@harborpine.example", "APP_MANAGER", 71, None),
        ("Kit", "Moss", "kit.moss@harborpine.example", "DEVELOPER", 40, Some("orbitgolf")),
        ("Lou", "Tern", "lou.tern@harborpine.example", "SALES", 2, None),
    ];
    for (first_name, last_name, email, role, hours_left, app) in invitations {
        seeds.add(
            "userInvitations",
            email,
            json!({
                "email": email,
                "firstName": first_name,
                "lastName": last_name,
                "expirationDate": seeds.hours_ago(-hours_left),
                "roles": [role],
                "allAppsVisible": app.is_none(),
                "provisioningAllowed": false,
            }),
            app.map(|name| one("visibleApps", &apps::id(name))),
        );
    }
}

/// Adds those who did something: people, the team's first key, Xcode Cloud and Apple.
pub(super) fn add_actors(seeds: &mut Seeds) {
    for person in HARBOR {
        seeds.add_as(
            "actors",
            person.user_id(),
            json!({
                "actorType": "USER",
                "userFirstName": person.first_name,
                "userLastName": person.last_name,
                "userEmail": person.email,
            }),
            [],
        );
    }
    seeds.add("actors", "xcode cloud", json!({"actorType": "XCODE_CLOUD"}), []);
    seeds.add("actors", "apple", json!({"actorType": "APPLE"}), []);
}

/// Returns the id of the actor that stands for the first team's app manager.
pub(super) fn app_manager() -> String {
    identity::id("users", "cleo.sand@harborpine.example")
}

/// Returns the id of the actor that stands for the first team's person in marketing.
pub(super) fn marketing() -> String {
    identity::id("users", "mara.quay@harborpine.example")
}
