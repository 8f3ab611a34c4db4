//! Who tests the demo's apps: groups of each kind, testers in each state, their feedback.
//!
//! The builds are told in `builds`; start at [`add_testflight`].

use serde_json::{Value, json};

use super::apps::DemoApp;
use super::builds;
use super::identity;
use super::seeds::{Seeds, many, one};

/// Adds groups, testers, feedback and encryption declarations of the app that is in testing.
pub(super) fn add_testflight(seeds: &mut Seeds, app: &DemoApp) {
    let internal = builds::in_testing(app.key);
    let external = builds::in_external_testing(app.key);
    let team = add_group(seeds, app, "Harbor & Pine", &Reach::Everything, &internal);
    let some = &internal[..internal.len().min(2)];
    let quality = add_group(seeds, app, "Quality", &Reach::Internal, some);
    let friends = add_group(seeds, app, "Friends", &Reach::External, &external);
    let public = add_group(seeds, app, "Open beta", &Reach::PublicLink, &external);
    let criteria = json!({
        "lastModifiedDate": seeds.days_ago(18),
        "deviceFamilyOsVersionFilters": [
            {"deviceFamily": "IPHONE", "minimumOsInclusive": "17.0"},
            {"deviceFamily": "IPAD", "minimumOsInclusive": "17.0"},
        ],
    });
    seeds.add("betaRecruitmentCriteria", "Open beta", criteria, [one("betaGroup", &public)]);

    for (first, last, state, group) in [
        ("Cleo", "Sand", "INSTALLED", &team),
        ("Dee", "Marlow", "INSTALLED", &team),
        ("Dov", "Keel", "INVITED", &quality),
        ("Pia", "Vale", "INSTALLED", &friends),
        ("Quin", "Ashe", "ACCEPTED", &friends),
        ("Rhea", "Cole", "INVITED", &friends),
        ("Seth", "Dune", "NOT_INVITED", &friends),
        ("Tess", "Elm", "REVOKED", &friends),
    ] {
        let team = group == &team || group == &quality;
        let domain = if team { "harborpine.example" } else { "testers.example" };
        let email = format!("{first}.{last}@{domain}").to_lowercase();
        add_tester(seeds, app, (Some((first, last)), Some(&email), state), group);
    }
    for name in [Some(("Una", "Ford")), None] {
        add_tester(seeds, app, (name, None, "INSTALLED"), &public);
    }
    add_feedback(seeds, app);
    add_encryption(seeds, app);
}

/// Adds the one group that an app without outside testers has.
pub(super) fn add_internal_group(seeds: &mut Seeds, app: &DemoApp) {
    add_group(seeds, app, "Harbor & Pine", &Reach::Everything, &[]);
}

enum Reach {
    /// Internal, with every build.
    Everything,
    /// Internal, with chosen builds.
    Internal,
    External,
    PublicLink,
}

fn add_group(
    seeds: &mut Seeds,
    app: &DemoApp,
    name: &str,
    reach: &Reach,
    builds: &[String],
) -> String {
    let internal = matches!(reach, Reach::Everything | Reach::Internal);
    let public = matches!(reach, Reach::PublicLink);
    seeds.add(
        "betaGroups",
        name,
        json!({
            "name": name,
            "createdDate": seeds.days_ago(140),
            "isInternalGroup": internal,
            "hasAccessToAllBuilds": internal.then_some(matches!(reach, Reach::Everything)),
            "publicLinkEnabled": (!internal).then_some(public),
            "publicLinkId": public.then_some("0rb1tG0l"),
            "publicLink": public.then_some("https://testflight.apple.com/join/0rb1tG0l"),
            "publicLinkLimitEnabled": (!internal).then_some(public),
            "publicLinkLimit": public.then_some(500),
            "feedbackEnabled": true,
            "iosBuildsAvailableForAppleSiliconMac": true,
            "iosBuildsAvailableForAppleVision": true,
        }),
        [one("app", &app.id()), many("builds", builds)],
    )
}

fn add_tester(
    seeds: &mut Seeds,
    app: &DemoApp,
    (name, email, state): (Option<(&str, &str)>, Option<&str>, &str),
    group: &str,
) -> String {
    let installed = state == "INSTALLED";
    let device = json!({
        "model": "iPhone16,1",
        "platform": "IOS",
        "osVersion": "18.1",
        "appBuildVersion": "210",
    });
    seeds.add(
        "betaTesters",
        email.unwrap_or(name.map_or("anonymous", |(_, last)| last)),
        json!({
            "firstName": name.map(|(first, _)| first),
            "lastName": name.map(|(_, last)| last),
            "email": email,
            "inviteType": if email.is_some() { "EMAIL" } else { "PUBLIC_LINK" },
            "state": state,
            "appDevices": if installed { vec![device] } else { Vec::new() },
        }),
        [many("apps", &[app.id()]), many("betaGroups", &[group])],
    )
}

fn add_feedback(seeds: &mut Seeds, app: &DemoApp) {
    let build = builds::id(app.key, "IOS", "2.0", "210");
    let tester = identity::id("betaTesters", &format!("{}/pia.vale@testers.example", app.id()));
    let device = |created: String, comment: &str| {
        json!({
            "createdDate": created,
            "comment": comment,
            "email": "pia.vale@testers.example",
            "deviceModel": "iPhone16,1",
            "osVersion": "18.1",
            "locale": "en-US",
            "timeZone": "Europe/Lisbon",
            "architecture": "arm64e",
            "connectionType": "WIFI",
            "appUptimeInMilliseconds": 182_400,
            "diskBytesAvailable": 41_203_855_360_u64,
            "diskBytesTotal": 127_989_493_760_u64,
            "batteryPercentage": 64,
            "screenWidthInPoints": 393,
            "screenHeightInPoints": 852,
            "appPlatform": "IOS",
            "devicePlatform": "IOS",
            "deviceFamily": "IPHONE",
            "buildBundleId": app.bundle_id,
        })
    };
    let mut screens = Vec::new();
    for (days, comment) in [(11, "The ball left the screen."), (8, "Hole seven is dark.")] {
        let mut feedback = device(seeds.days_ago(days), comment);
        feedback["screenshots"] = json!([{
            "url": format!("https://assets.harborpine.example/feedback/{days}.jpg"),
            "width": 1179,
            "height": 2556,
            "expirationDate": seeds.days_ago(days - 30),
        }]);
        let links = [one("build", &build), one("tester", &tester)];
        screens.push(seeds.add("betaFeedbackScreenshotSubmissions", comment, feedback, links));
    }
    let screens = many("betaFeedbackScreenshotSubmissions", &screens);
    seeds.link("apps", &app.id(), screens);
    let log: Value = json!({
        "logText": "Incident Identifier: 0B1D-DEMO\nException Type: EXC_BREAKPOINT (SIGTRAP)\n",
    });
    let log = seeds.add("betaCrashLogs", "first", log, []);
    let crash = device(seeds.days_ago(7), "Closed itself on the last hole.");
    let links = [one("build", &build), one("tester", &tester), one("crashLog", &log)];
    let crash = seeds.add("betaFeedbackCrashSubmissions", "first", crash, links);
    seeds.link("apps", &app.id(), many("betaFeedbackCrashSubmissions", &[crash]));
}

fn add_encryption(seeds: &mut Seeds, app: &DemoApp) {
    for (name, state, code, builds) in [
        ("approved", "APPROVED", Some("1A2B3C4D"), Vec::new()),
        ("waiting", "IN_REVIEW", None, vec![builds::id(app.key, "IOS", "2.1", "222")]),
    ] {
        let document = identity::id("appEncryptionDeclarationDocuments", name);
        seeds.add(
            "appEncryptionDeclarations",
            name,
            json!({
                "appDescription": "A game whose scores travel encrypted.",
                "createdDate": seeds.days_ago(if code.is_some() { 60 } else { 3 }),
                "exempt": false,
                "containsProprietaryCryptography": false,
                "containsThirdPartyCryptography": true,
                "availableOnFrenchStore": true,
                "appEncryptionDeclarationState": state,
                "codeValue": code,
            }),
            [
                one("app", &app.id()),
                one("appEncryptionDeclarationDocument", &document),
                many("builds", &builds),
            ],
        );
        seeds.add_as(
            "appEncryptionDeclarationDocuments",
            document,
            json!({
                "fileSize": 48_211,
                "fileName": format!("{name}.pdf"),
                "sourceFileChecksum": identity::checksum(name),
                "uploadOperations": [],
                "assetDeliveryState": {"errors": [], "warnings": [], "state": "COMPLETE"},
            }),
            [],
        );
    }
}
