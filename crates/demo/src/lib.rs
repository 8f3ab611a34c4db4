//! The demo's content as data: two teams, one of which has apps in every state a lane meets.
//!
//! It knows records, people and the keys to issue; passwords, and where private keys are put, are the
//! caller's. Dates count from the instant of planting, ids follow from names, so that two demos
//! differ in nothing but dates and secrets. Start at [`TEAMS`], [`team_records`] and [`plant`].

mod apps;
mod automation;
mod builds;
mod bulk;
mod game_center;
mod identity;
mod offers;
mod people;
mod plant;
mod presence;
mod products;
mod provisioning;
mod seeds;
mod testflight;
mod versions;
mod xcode_cloud;

use jiff::Timestamp;

pub use bulk::plant_bulk;
pub use people::{DemoKey, DemoPerson, DemoTeam, TEAMS};
pub use plant::{
    HandOut, PlantError, PlantedTeam, Randomness, is_of, missing, plant, plant_missing,
};
pub use seeds::SeedRecord;

use seeds::Seeds;

/// A certificate signing request on a key that nobody has: the demo's certificates are issued on it.
pub const CERTIFICATE_REQUEST: &str = include_str!("certificate_request.pem");

/// Returns the records of a demo team, those that others hang from first.
#[must_use]
pub fn team_records(team: &DemoTeam, now: Timestamp) -> Vec<SeedRecord> {
    let mut seeds = Seeds::new(now);
    if team.has_access() {
        for app in &apps::APPS {
            apps::add_app(&mut seeds, app);
            builds::add_builds(&mut seeds, app);
            versions::add_versions(&mut seeds, app);
            match app.key {
                "tidewatch" => {
                    testflight::add_internal_group(&mut seeds, app);
                    products::add_products(&mut seeds, app);
                    presence::add_presence(&mut seeds, app);
                    xcode_cloud::add_xcode_cloud(&mut seeds, app);
                    automation::add_automation(&mut seeds, app);
                }
                "orbitgolf" => {
                    testflight::add_testflight(&mut seeds, app);
                    game_center::add_game_center(&mut seeds, app);
                }
                _ => {}
            }
        }
        seeds.outside_apps();
        provisioning::add_provisioning(&mut seeds, team.developer_team);
        people::add_actors(&mut seeds);
        people::add_invitations(&mut seeds);
        automation::add_sandbox_testers(&mut seeds);
    }
    people::add_people(&mut seeds, team);
    seeds.finish()
}

#[cfg(test)]
mod tests;
