//! The demo's builds: in every state of processing, of export compliance and of beta review.
//!
//! Which groups get them is told in `testflight`; start at [`BUILDS`].
//!
//! Source: `behaviours.md` 3.1 for what an upload makes, 3.3 for the states that go together.

use serde_json::json;

use super::apps::DemoApp;
use super::identity;
use super::seeds::{Link, Seeds, many, one};

/// A build of the demo.
#[derive(Debug, Clone, Copy)]
pub(super) struct DemoBuild {
    /// App, as the demo calls it.
    app: &'static str,
    platform: &'static str,
    /// Version of the train.
    train: &'static str,
    /// Number within the train.
    number: &'static str,
    days_ago: i64,
    processing: &'static str,
    /// States of internal and external testing.
    beta: (&'static str, &'static str),
    /// State of the beta review, where it was asked for.
    review: Option<&'static str>,
}

const fn build(
    (app, platform): (&'static str, &'static str),
    (train, number): (&'static str, &'static str),
    days_ago: i64,
    beta: (&'static str, &'static str),
) -> DemoBuild {
    let processing = "VALID";
    DemoBuild { app, platform, train, number, days_ago, processing, beta, review: None }
}

const fn reviewed(build: DemoBuild, state: &'static str) -> DemoBuild {
    DemoBuild { review: Some(state), ..build }
}

const fn processed(build: DemoBuild, state: &'static str) -> DemoBuild {
    DemoBuild { processing: state, ..build }
}

const TIDE: (&str, &str) = ("tidewatch", "IOS");
const GOLF: (&str, &str) = ("orbitgolf", "IOS");
const TESTING: (&str, &str) = ("IN_BETA_TESTING", "IN_BETA_TESTING");
const READY: (&str, &str) = ("READY_FOR_BETA_TESTING", "READY_FOR_BETA_SUBMISSION");

/// All builds, the oldest of each app first.
pub(super) const BUILDS: [DemoBuild; 21] = [
    build(TIDE, ("1.0", "100"), 210, ("EXPIRED", "EXPIRED")),
    build(TIDE, ("1.1", "110"), 34, ("READY_FOR_BETA_TESTING", "BETA_APPROVED")),
    build(TIDE, ("1.2", "120"), 3, READY),
    build(TIDE, ("1.2", "121"), 1, READY),
    build(("tidewatch", "MAC_OS"), ("1.1", "110"), 33, READY),
    reviewed(build(GOLF, ("1.9", "190"), 120, ("EXPIRED", "EXPIRED")), "APPROVED"),
    reviewed(build(GOLF, ("1.9", "191"), 80, ("IN_BETA_TESTING", "BETA_APPROVED")), "APPROVED"),
    reviewed(build(GOLF, ("2.0", "210"), 21, TESTING), "APPROVED"),
    reviewed(build(GOLF, ("2.0", "211"), 14, ("IN_BETA_TESTING", "BETA_REJECTED")), "REJECTED"),
    reviewed(
        build(GOLF, ("2.0", "212"), 6, ("IN_BETA_TESTING", "WAITING_FOR_BETA_REVIEW")),
        "WAITING_FOR_REVIEW",
    ),
    build(GOLF, ("2.0", "213"), 5, ("IN_BETA_TESTING", "READY_FOR_BETA_SUBMISSION")),
    reviewed(build(GOLF, ("2.1", "220"), 4, ("IN_BETA_TESTING", "IN_BETA_REVIEW")), "IN_REVIEW"),
    build(GOLF, ("2.1", "221"), 3, ("MISSING_EXPORT_COMPLIANCE", "MISSING_EXPORT_COMPLIANCE")),
    build(GOLF, ("2.1", "222"), 3, ("IN_EXPORT_COMPLIANCE_REVIEW", "IN_EXPORT_COMPLIANCE_REVIEW")),
    processed(
        build(GOLF, ("2.1", "223"), 2, ("PROCESSING_EXCEPTION", "PROCESSING_EXCEPTION")),
        "INVALID",
    ),
    build(GOLF, ("2.1", "224"), 2, ("READY_FOR_BETA_TESTING", "NOT_APPLICABLE")),
    processed(build(GOLF, ("2.1", "225"), 0, ("PROCESSING", "PROCESSING")), "PROCESSING"),
    build(("orbitgolf", "MAC_OS"), ("2.0", "210"), 20, READY),
    build(("quietroom", "IOS"), ("1.0", "1"), 200, ("EXPIRED", "EXPIRED")),
    build(("quietroom", "IOS"), ("1.1", "2"), 9, READY),
    build(("signalbook", "IOS"), ("1.0", "1"), 12, READY),
];

impl DemoBuild {
    /// Returns its id.
    pub(super) fn id(&self) -> String {
        id(self.app, self.platform, self.train, self.number)
    }

    /// Tells whether it can be given to testers.
    fn testable(&self) -> bool {
        self.processing == "VALID" && self.beta.0 == "IN_BETA_TESTING"
    }

    fn expired(&self) -> bool {
        self.beta.0 == "EXPIRED"
    }

    /// The answer on encryption; one was never given, one is yes.
    fn encryption(&self) -> Option<bool> {
        match self.beta.0 {
            "MISSING_EXPORT_COMPLIANCE" | "PROCESSING" | "PROCESSING_EXCEPTION" => None,
            "IN_EXPORT_COMPLIANCE_REVIEW" => Some(true),
            _ => Some(false),
        }
    }
}

/// Returns the id of a build that [`BUILDS`] has.
pub(super) fn id(app: &str, platform: &str, train: &str, number: &str) -> String {
    identity::id("builds", &format!("{app}/{platform}/{train}/{number}"))
}

/// Returns the ids of an app's iOS builds that its own people test.
pub(super) fn in_testing(app: &str) -> Vec<String> {
    let builds = BUILDS.iter().filter(|build| build.app == app && build.platform == "IOS");
    builds.filter(|build| build.testable()).map(DemoBuild::id).collect()
}

/// Returns the ids of those of them that everyone may test.
pub(super) fn in_external_testing(app: &str) -> Vec<String> {
    let builds = BUILDS.iter().filter(|build| build.app == app && build.platform == "IOS");
    builds.filter(|build| build.beta.1 == "IN_BETA_TESTING").map(DemoBuild::id).collect()
}

/// Adds an app's builds with their trains and all that an upload makes.
pub(super) fn add_builds(seeds: &mut Seeds, app: &DemoApp) {
    let mut trains: Vec<String> = Vec::new();
    for build in BUILDS.iter().filter(|build| build.app == app.key) {
        let train = identity::id(
            "preReleaseVersions",
            &format!("{}/{}/{}", build.app, build.platform, build.train),
        );
        if !trains.contains(&train) {
            trains.push(train.clone());
            seeds.add_as(
                "preReleaseVersions",
                &train,
                json!({"version": build.train, "platform": build.platform}),
                [one("app", &app.id())],
            );
        }
        add_build(seeds, app, build, &train);
        add_upload(seeds, app, build);
    }
}

fn add_build(seeds: &mut Seeds, app: &DemoApp, build: &DemoBuild, train: &str) {
    let id = build.id();
    let mac = build.platform == "MAC_OS";
    let processed = build.processing != "PROCESSING";
    let icon = json!({
        "templateUrl": format!("https://assets.harborpine.example/{}/{{w}}x{{h}}bb.{{f}}", app.key),
        "width": 1024,
        "height": 1024,
    });
    let bundle = identity::id("buildBundles", &id);
    let mut links: Vec<Link> = vec![one("app", &app.id()), one("preReleaseVersion", train)];
    if processed {
        links.push(many("buildBundles", &[&bundle]));
    }
    seeds.add_as(
        "builds",
        &id,
        json!({
            "version": build.number,
            "uploadedDate": seeds.days_ago(build.days_ago),
            "expirationDate": seeds.days_ago(build.days_ago - 90),
            "expired": build.expired(),
            "minOsVersion": if mac { "14.0" } else { "17.0" },
            "lsMinimumSystemVersion": mac.then_some("14.0"),
            "computedMinMacOsVersion": processed.then_some(if mac { "14.0" } else { "13.0" }),
            "iconAssetToken": processed.then_some(&icon),
            "processingState": build.processing,
            "buildAudienceType":
                if build.beta.1 == "NOT_APPLICABLE" { "INTERNAL_ONLY" } else { "APP_STORE_ELIGIBLE" },
            "usesNonExemptEncryption": build.encryption(),
        }),
        links,
    );
    if processed {
        let file = format!("{}.{}", app.key, if mac { "pkg" } else { "ipa" });
        add_bundle(seeds, app, &bundle, &file);
    }
    add_beta(seeds, app, build, &id);
}

fn add_beta(seeds: &mut Seeds, app: &DemoApp, build: &DemoBuild, id: &str) {
    seeds.add_as(
        "buildBetaDetails",
        id,
        json!({
            "autoNotifyEnabled": build.testable(),
            "internalBuildState": build.beta.0,
            "externalBuildState": build.beta.1,
        }),
        [one("build", id)],
    );
    for locale in app.locales {
        seeds.add(
            "betaBuildLocalizations",
            &format!("{id}/{locale}"),
            json!({
                "locale": locale,
                "whatsNew": build.testable().then_some("Please try the new start screen."),
            }),
            [one("build", id)],
        );
    }
    if let Some(state) = build.review {
        seeds.add_as(
            "betaAppReviewSubmissions",
            id,
            json!({
                "betaReviewState": state,
                "submittedDate": seeds.hours_ago(24 * build.days_ago - 2),
            }),
            [one("build", id)],
        );
    }
}

fn add_bundle(seeds: &mut Seeds, app: &DemoApp, bundle: &str, file: &str) {
    let size = seeds.add(
        "buildBundleFileSizes",
        &format!("{bundle}/universal"),
        json!({
            "deviceModel": "Universal",
            "osVersion": "17.0",
            "downloadBytes": 28_311_552,
            "installBytes": 61_865_984,
        }),
        [],
    );
    seeds.add_as(
        "buildBundles",
        bundle,
        json!({
            "bundleId": app.bundle_id,
            "bundleType": "APP",
            "sdkBuild": "23A337",
            "platformBuild": "23A337",
            "fileName": file,
            "hasSirikit": false,
            "hasOnDemandResources": false,
            "hasPrerenderedIcon": true,
            "usesLocationServices": app.key == "tidewatch",
            "isIosBuildMacAppStoreCompatible": true,
            "includesSymbols": true,
            "supportedArchitectures": ["arm64"],
            "requiredCapabilities": ["arm64"],
            "deviceProtocols": [],
            "locales": app.locales,
            "minimumOsVersion": "17.0",
        }),
        [many("buildBundleFileSizes", &[size])],
    );
}

fn add_upload(seeds: &mut Seeds, app: &DemoApp, build: &DemoBuild) {
    let id = build.id();
    let processing = build.processing == "PROCESSING";
    let failed = build.processing == "INVALID";
    let mut errors = Vec::new();
    if failed {
        errors.push(json!({"code": "90683", "description": "A purpose string is missing."}));
    }
    let state = match build.processing {
        "PROCESSING" => "PROCESSING",
        "INVALID" => "FAILED",
        _ => "COMPLETE",
    };
    seeds.add(
        "buildUploads",
        &id,
        json!({
            "cfBundleShortVersionString": build.train,
            "cfBundleVersion": build.number,
            "createdDate": seeds.hours_ago(24 * build.days_ago + 1),
            "state": {"errors": errors, "warnings": [], "infos": [], "state": state},
            "platform": build.platform,
            "uploadedDate": seeds.days_ago(build.days_ago),
        }),
        std::iter::once(one("app", &app.id())).chain((!processing).then(|| one("build", &id))),
    );
}
