//! The demo's App Store versions: in every state that a release goes through.
//!
//! It knows the versions, their texts, pictures and submissions, not the builds; start at
//! [`VERSIONS`].
//!
//! Source: `behaviours.md` 2.2 for the two words of each state, 2.6 for submissions and items.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::apps::DemoApp;
use super::builds;
use super::identity;
use super::people;
use super::seeds::{Link, Seeds, many, one};

/// A version of the demo.
#[derive(Debug, Clone, Copy)]
pub(super) struct DemoVersion {
    app: &'static str,
    platform: &'static str,
    number: &'static str,
    state: &'static str,
    days_ago: i64,
    /// Number of the build that is attached, of the train of the same name.
    build: Option<&'static str>,
    /// State of the submission that it is or was part of, and of its item there.
    submission: Option<(&'static str, &'static str)>,
    /// State of its phased release and the day that it has reached.
    phased: Option<(&'static str, i64)>,
}

const fn version(
    (app, platform): (&'static str, &'static str),
    number: &'static str,
    state: &'static str,
    days_ago: i64,
    build: Option<&'static str>,
) -> DemoVersion {
    let (submission, phased) = (None, None);
    DemoVersion { app, platform, number, state, days_ago, build, submission, phased }
}

const fn submitted(
    version: DemoVersion,
    submission: &'static str,
    item: &'static str,
) -> DemoVersion {
    DemoVersion { submission: Some((submission, item)), ..version }
}

const fn phased(version: DemoVersion, state: &'static str, day: i64) -> DemoVersion {
    DemoVersion { phased: Some((state, day)), ..version }
}

const TIDE: (&str, &str) = ("tidewatch", "IOS");
const GOLF: (&str, &str) = ("orbitgolf", "IOS");
const ROOM: (&str, &str) = ("quietroom", "IOS");

/// All versions, the oldest of each app first.
pub(super) const VERSIONS: [DemoVersion; 12] = [
    submitted(
        version(TIDE, "1.0", "REPLACED_WITH_NEW_VERSION", 210, Some("100")),
        "COMPLETE",
        "APPROVED",
    ),
    phased(
        submitted(
            version(TIDE, "1.1", "READY_FOR_DISTRIBUTION", 34, Some("110")),
            "COMPLETE",
            "APPROVED",
        ),
        "ACTIVE",
        3,
    ),
    version(TIDE, "1.2", "PREPARE_FOR_SUBMISSION", 4, None),
    version(("tidewatch", "MAC_OS"), "1.1", "READY_FOR_DISTRIBUTION", 33, Some("110")),
    version(("pocketledger", "IOS"), "1.0", "PREPARE_FOR_SUBMISSION", 2, None),
    submitted(
        version(GOLF, "1.9", "READY_FOR_DISTRIBUTION", 118, Some("191")),
        "COMPLETE",
        "APPROVED",
    ),
    phased(
        submitted(
            version(GOLF, "2.0", "WAITING_FOR_REVIEW", 20, Some("210")),
            "WAITING_FOR_REVIEW",
            "READY_FOR_REVIEW",
        ),
        "INACTIVE",
        0,
    ),
    submitted(
        version(("orbitgolf", "MAC_OS"), "2.0", "IN_REVIEW", 19, Some("210")),
        "IN_REVIEW",
        "READY_FOR_REVIEW",
    ),
    version(ROOM, "1.0", "READY_FOR_DISTRIBUTION", 200, Some("1")),
    submitted(version(ROOM, "1.1", "REJECTED", 9, Some("2")), "UNRESOLVED_ISSUES", "REJECTED"),
    submitted(
        version(("signalbook", "IOS"), "1.0", "PENDING_DEVELOPER_RELEASE", 12, Some("1")),
        "COMPLETE",
        "APPROVED",
    ),
    version(("signalbook", "MAC_OS"), "1.0", "DEVELOPER_REJECTED", 8, None),
];

impl DemoVersion {
    fn id(&self) -> String {
        id(self.app, self.platform, self.number)
    }

    /// Tells whether its store page is filled in.
    fn complete(&self) -> bool {
        self.app != "pocketledger"
    }

    fn released(&self) -> bool {
        matches!(self.state, "READY_FOR_DISTRIBUTION" | "REPLACED_WITH_NEW_VERSION")
    }

    /// Tells whether it is the first of its app and platform, which has no release notes.
    fn first(&self) -> bool {
        let same = |other: &&Self| (other.app, other.platform) == (self.app, self.platform);
        VERSIONS.iter().find(same).is_some_and(|first| first.number == self.number)
    }
}

/// Returns the id of a version that [`VERSIONS`] has.
pub(super) fn id(app: &str, platform: &str, number: &str) -> String {
    identity::id("appStoreVersions", &format!("{app}/{platform}/{number}"))
}

/// Returns the id of a localization of a version.
pub(super) fn localization_id(app: &DemoApp, version: &str, locale: &str) -> String {
    let name = format!("{}/{version}/{locale}", app.id());
    identity::id("appStoreVersionLocalizations", &name)
}

/// Adds an app's versions with texts, pictures, review details and submissions.
pub(super) fn add_versions(seeds: &mut Seeds, app: &DemoApp) {
    for version in VERSIONS.iter().filter(|version| version.app == app.key) {
        add_version(seeds, app, version);
    }
}

fn add_version(seeds: &mut Seeds, app: &DemoApp, version: &DemoVersion) {
    let id = version.id();
    let mut links: Vec<Link> = vec![one("app", &app.id())];
    if let Some(number) = version.build {
        let build = builds::id(version.app, version.platform, version.number, number);
        links.push(one("build", &build));
    }
    let complete = version.complete();
    let manual = version.state == "PENDING_DEVELOPER_RELEASE";
    seeds.add_as(
        "appStoreVersions",
        &id,
        json!({
            "platform": version.platform,
            "versionString": version.number,
            "appStoreState": old_state(version.state),
            "appVersionState": version.state,
            "copyright": complete.then_some("2026 Harbor & Pine"),
            "reviewType": "APP_STORE",
            "releaseType": if manual { "MANUAL" } else { "AFTER_APPROVAL" },
            "downloadable": true,
            "createdDate": seeds.days_ago(version.days_ago),
        }),
        links,
    );
    for locale in app.locales {
        add_localization(seeds, app, version, locale);
    }
    if complete {
        seeds.add(
            "appStoreReviewDetails",
            &id,
            json!({
                "contactFirstName": "Cleo",
                "contactLastName": "Sand",
                "contactPhone": "+14155550123",
                "contactEmail": "cleo.sand@harborpine.example",
                "demoAccountRequired": false,
                "notes": "Nothing needs an account.",
            }),
            [one("appStoreVersion", &id)],
        );
    }
    if let Some((state, day)) = version.phased {
        let active = state == "ACTIVE";
        seeds.add(
            "appStoreVersionPhasedReleases",
            &id,
            json!({
                "phasedReleaseState": state,
                "startDate": active.then(|| seeds.days_ago(day - 1)),
                "totalPauseDuration": 0,
                "currentDayNumber": day,
            }),
            [one("appStoreVersion", &id)],
        );
    }
    if let Some((state, item)) = version.submission {
        add_submission(seeds, app, version, (state, item));
    }
}

/// The older word for a version's state. Source: `behaviours.md` 2.2.
fn old_state(state: &str) -> &str {
    match state {
        "READY_FOR_DISTRIBUTION" => "READY_FOR_SALE",
        "PROCESSING_FOR_DISTRIBUTION" => "PROCESSING_FOR_APP_STORE",
        other => other,
    }
}

fn add_localization(seeds: &mut Seeds, app: &DemoApp, version: &DemoVersion, locale: &str) {
    let complete = version.complete();
    let id = localization_id(app, &version.id(), locale);
    let notes = complete && !version.first();
    seeds.add_as(
        "appStoreVersionLocalizations",
        &id,
        json!({
            "locale": locale,
            "description": complete.then(|| format!("{} is made by a small team at the sea.", app.name)),
            "keywords": complete.then_some("sea,calm,small"),
            "marketingUrl": complete.then_some("https://harborpine.example"),
            "promotionalText": complete.then_some("New this season."),
            "supportUrl": complete.then_some("https://harborpine.example/support"),
            "whatsNew": notes.then_some("Small repairs below the waterline."),
        }),
        [one("appStoreVersion", &version.id())],
    );
    if !complete || locale != app.locales[0] {
        return;
    }
    let displays: &[(&str, u32, u32)] = match version.platform {
        "MAC_OS" => &[("APP_DESKTOP", 2880, 1800)],
        _ => &[("APP_IPHONE_67", 1290, 2796), ("APP_IPAD_PRO_3GEN_129", 2048, 2732)],
    };
    for display in displays {
        add_screenshots(seeds, one("appStoreVersionLocalization", &id), &id, *display);
    }
}

/// Adds a set of three screenshots below a localization of a version or page.
pub(super) fn add_screenshots(
    seeds: &mut Seeds,
    parent: Link,
    name: &str,
    (display, width, height): (&str, u32, u32),
) {
    let set = identity::id("appScreenshotSets", &format!("{name}/{display}"));
    let ids: Vec<_> =
        (1..=3).map(|at| identity::id("appScreenshots", &format!("{set}/{at}"))).collect();
    seeds.add_as(
        "appScreenshotSets",
        &set,
        json!({"screenshotDisplayType": display}),
        [parent, many("appScreenshots", &ids)],
    );
    for (at, id) in ids.iter().enumerate() {
        let url = format!("https://assets.harborpine.example/shots/{id}/{{w}}x{{h}}bb.{{f}}");
        seeds.add_as(
            "appScreenshots",
            id,
            json!({
                "fileSize": 240_000 + 1_000 * at,
                "fileName": format!("{}.png", at + 1),
                "sourceFileChecksum": identity::checksum(id),
                "imageAsset": {"templateUrl": url, "width": width, "height": height},
                "assetToken": format!("Demo/{id}.png"),
                "assetType": "SCREENSHOT",
                "uploadOperations": [],
                "assetDeliveryState": {"errors": [], "warnings": [], "state": "COMPLETE"},
            }),
            [],
        );
    }
}

fn add_submission(
    seeds: &mut Seeds,
    app: &DemoApp,
    version: &DemoVersion,
    (state, item): (&str, &str),
) {
    let manager = people::app_manager();
    let id = identity::id("reviewSubmissions", &version.id());
    let mut links = vec![
        one("app", &app.id()),
        one("submittedByActor", &manager),
        one("lastUpdatedByActor", &manager),
    ];
    if !version.released() {
        links.push(one("appStoreVersionForReview", &version.id()));
    }
    seeds.add_as(
        "reviewSubmissions",
        &id,
        json!({
            "platform": version.platform,
            "submittedDate": seeds.days_ago((version.days_ago - 3).max(1)),
            "state": state,
        }),
        links,
    );
    seeds.add_as(
        "reviewSubmissionItems",
        URL_SAFE_NO_PAD.encode(format!("{id}|6|{}", version.id())),
        json!({"state": item}),
        [one("reviewSubmission", &id), one("appStoreVersion", &version.id())],
    );
}
