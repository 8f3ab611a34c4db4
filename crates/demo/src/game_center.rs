//! The Game Center side of the demo's game: leaderboards, a set and achievements.
//!
//! It uses the resources with versions, which supersede those with releases; start at
//! [`add_game_center`].
//!
//! Source: `behaviours.md` 8.2.

use serde_json::json;

use super::apps::DemoApp;
use super::seeds::{Seeds, many, one};
use super::versions;

/// Adds the detail that turns Game Center on, and what hangs on it.
pub(super) fn add_game_center(seeds: &mut Seeds, app: &DemoApp) {
    let detail = seeds.add(
        "gameCenterDetails",
        "detail",
        json!({"arcadeEnabled": false, "challengeEnabled": false}),
        [one("app", &app.id())],
    );
    let live = versions::id(app.key, "IOS", "1.9");
    let version = seeds.add(
        "gameCenterAppVersions",
        "1.9",
        json!({"enabled": true}),
        [one("appStoreVersion", &live)],
    );
    seeds.link("gameCenterDetails", &detail, many("gameCenterAppVersions", &[version]));
    seeds.add(
        "gameCenterEnabledVersions",
        "1.9",
        json!({"platform": "IOS", "versionString": "1.9"}),
        [one("app", &app.id())],
    );
    let boards = add_leaderboards(seeds, app, &detail);
    add_set(seeds, app, &detail, &boards);
    add_achievements(seeds, app, &detail);
}

fn add_leaderboards(seeds: &mut Seeds, app: &DemoApp, detail: &str) -> Vec<String> {
    let mut boards = Vec::new();
    for (name, order, state) in
        [("Fewest strokes", "ASC", "LIVE"), ("Longest drive", "DESC", "PREPARE_FOR_SUBMISSION")]
    {
        let board = seeds.add(
            "gameCenterLeaderboards",
            name,
            json!({
                "defaultFormatter": "INTEGER",
                "referenceName": name,
                "vendorIdentifier": identifier(app, "board", name),
                "submissionType": "BEST_SCORE",
                "scoreSortType": order,
                "scoreRangeStart": "0",
                "scoreRangeEnd": "100000",
                "archived": false,
                "visibility": "SHOW_FOR_ALL",
            }),
            [one("gameCenterDetail", detail)],
        );
        let version = seeds.add(
            "gameCenterLeaderboardVersions",
            name,
            json!({"version": 1, "state": state}),
            [one("leaderboard", &board)],
        );
        seeds.add(
            "gameCenterLeaderboardLocalizations",
            name,
            json!({"locale": "en-US", "name": name, "formatterSuffix": " points"}),
            [one("version", &version)],
        );
        boards.push(board);
    }
    boards
}

fn add_set(seeds: &mut Seeds, app: &DemoApp, detail: &str, boards: &[String]) {
    let name = "All boards";
    let set = seeds.add(
        "gameCenterLeaderboardSets",
        name,
        json!({"referenceName": name, "vendorIdentifier": identifier(app, "set", name)}),
        [one("gameCenterDetail", detail), many("gameCenterLeaderboards", boards)],
    );
    let version = seeds.add(
        "gameCenterLeaderboardSetVersions",
        name,
        json!({"version": 1, "state": "PREPARE_FOR_SUBMISSION"}),
        [one("leaderboardSet", &set)],
    );
    seeds.add(
        "gameCenterLeaderboardSetLocalizations",
        name,
        json!({"locale": "en-US", "name": name}),
        [one("version", &version)],
    );
}

fn add_achievements(seeds: &mut Seeds, app: &DemoApp, detail: &str) {
    for (name, points, state) in [
        ("Hole in one", 50, "LIVE"),
        ("Once around", 25, "LIVE"),
        ("Dark side", 100, "PREPARE_FOR_SUBMISSION"),
    ] {
        let achievement = seeds.add(
            "gameCenterAchievements",
            name,
            json!({
                "referenceName": name,
                "vendorIdentifier": identifier(app, "achievement", name),
                "points": points,
                "showBeforeEarned": true,
                "repeatable": false,
                "archived": false,
            }),
            [one("gameCenterDetail", detail)],
        );
        let version = seeds.add(
            "gameCenterAchievementVersions",
            name,
            json!({"version": 1, "state": state}),
            [one("achievement", &achievement)],
        );
        seeds.add(
            "gameCenterAchievementLocalizations",
            name,
            json!({
                "locale": "en-US",
                "name": name,
                "beforeEarnedDescription": "Not yet.",
                "afterEarnedDescription": "Well played.",
            }),
            [one("version", &version)],
        );
    }
}

fn identifier(app: &DemoApp, part: &str, name: &str) -> String {
    format!("{}.{part}.{}", app.bundle_id, name.to_lowercase().replace(' ', "_"))
}
