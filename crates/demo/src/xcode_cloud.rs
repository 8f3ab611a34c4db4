//! The Xcode Cloud side of the demo's live app: source, tools, workflows and runs.
//!
//! It knows what Xcode Cloud built, not what became of the builds; start at [`add_xcode_cloud`].
//!
//! Source: `behaviours.md` 8.1.

use serde_json::{Value, json};

use super::apps::DemoApp;
use super::builds;
use super::identity;
use super::seeds::{Seeds, many, one};

/// Adds the repository, the tools and the product with its workflows and runs.
pub(super) fn add_xcode_cloud(seeds: &mut Seeds, app: &DemoApp) {
    let source = add_source(seeds, app);
    let tools = add_tools(seeds);
    seeds.within(&app.id());
    add_cloud(seeds, app, &source, &tools);
}

/// Ids of a repository and of its main branch.
struct Source {
    repository: String,
    branch: String,
    pull_request: String,
}

fn add_source(seeds: &mut Seeds, app: &DemoApp) -> Source {
    seeds.outside_apps();
    let kind = json!({"kind": "GITHUB_CLOUD", "displayName": "GitHub", "isOnPremise": false});
    let provider = seeds.add(
        "scmProviders",
        "host",
        json!({"scmProviderType": kind, "url": "https://github.com"}),
        [],
    );
    let branch = identity::id("scmGitReferences", "main");
    let repository = seeds.add(
        "scmRepositories",
        app.key,
        json!({
            "lastAccessedDate": seeds.hours_ago(5),
            "httpCloneUrl": format!("https://git.harborpine.example/{}.git", app.key),
            "sshCloneUrl": format!("ssh://git@git.harborpine.example/{}.git", app.key),
            "ownerName": "harborpine",
            "repositoryName": app.key,
        }),
        [one("scmProvider", &provider), one("defaultBranch", &branch)],
    );
    let reference = |name: &str, kind: &str| {
        let family = if kind == "TAG" { "tags" } else { "heads" };
        let canonical = format!("refs/{family}/{name}");
        json!({"name": name, "canonicalName": canonical, "isDeleted": false, "kind": kind})
    };
    let main = reference("main", "BRANCH");
    seeds.add_as("scmGitReferences", &branch, main, [one("repository", &repository)]);
    for (name, kind) in [("release/1.2", "BRANCH"), ("1.1", "TAG")] {
        seeds.add(
            "scmGitReferences",
            name,
            reference(name, kind),
            [one("repository", &repository)],
        );
    }
    let pull_request = seeds.add(
        "scmPullRequests",
        "57",
        json!({
            "title": "Draw the harbor wall",
            "number": 57,
            "webUrl": format!("https://git.harborpine.example/{}/pull/57", app.key),
            "sourceRepositoryOwner": "harborpine",
            "sourceRepositoryName": app.key,
            "sourceBranchName": "harbor-wall",
            "destinationRepositoryOwner": "harborpine",
            "destinationRepositoryName": app.key,
            "destinationBranchName": "main",
            "isClosed": false,
            "isCrossRepository": false,
        }),
        [one("repository", &repository)],
    );
    Source { repository, branch, pull_request }
}

/// Ids of the Xcode and macOS versions that workflows build with.
struct Tools {
    xcode: String,
    macos: String,
}

fn add_tools(seeds: &mut Seeds) -> Tools {
    let destination = json!({
        "deviceTypeName": "iPhone 17",
        "deviceTypeIdentifier": "com.apple.CoreSimulator.SimDeviceType.iPhone-17",
        "availableRuntimes": [{
            "runtimeName": "Latest from Selected Xcode (iOS 26.0)",
            "runtimeIdentifier": "default",
        }],
        "kind": "SIMULATOR",
    });
    let mut xcodes = Vec::new();
    for (version, name) in [("26.0", "Xcode 26.0 (17A324)"), ("16.4", "Xcode 16.4 (16F6)")] {
        let xcode = json!({"version": version, "name": name, "testDestinations": [destination]});
        xcodes.push(seeds.add("ciXcodeVersions", version, xcode, []));
    }
    let mut systems = Vec::new();
    for (version, name) in [("26.0", "macOS Tahoe 26.0"), ("15.6", "macOS Sequoia 15.6")] {
        let system = json!({"version": version, "name": name});
        systems.push(seeds.add(
            "ciMacOsVersions",
            version,
            system,
            [many("xcodeVersions", &xcodes)],
        ));
    }
    Tools { xcode: xcodes.swap_remove(0), macos: systems.swap_remove(0) }
}

fn add_cloud(seeds: &mut Seeds, app: &DemoApp, source: &Source, tools: &Tools) {
    let bundle = identity::id("bundleIds", &format!("team/{}", app.bundle_id));
    let product = seeds.add(
        "ciProducts",
        "product",
        json!({"name": app.name, "createdDate": seeds.days_ago(200), "productType": "APP"}),
        [
            one("app", &app.id()),
            one("bundleId", &bundle),
            many("primaryRepositories", &[source.repository.as_str()]),
        ],
    );
    let links = [
        one("product", &product),
        one("repository", &source.repository),
        one("xcodeVersion", &tools.xcode),
        one("macOsVersion", &tools.macos),
    ];
    let workflows = [("Nightly", "TEST"), ("Release", "ARCHIVE")].map(|(name, action)| {
        let workflow = workflow(seeds, app, name, action);
        seeds.add("ciWorkflows", name, workflow, links.clone())
    });
    let [nightly, release] = &workflows;
    for (number, workflow, action, progress, status) in [
        (1, nightly, "TEST", "COMPLETE", Some("SUCCEEDED")),
        (2, nightly, "TEST", "COMPLETE", Some("FAILED")),
        (3, release, "ARCHIVE", "COMPLETE", Some("SUCCEEDED")),
        (4, nightly, "TEST", "RUNNING", None),
    ] {
        let run = Run { number, action, progress, status };
        add_run(seeds, app, source, (&product, workflow), &run);
    }
}

fn workflow(seeds: &Seeds, app: &DemoApp, name: &str, action: &str) -> Value {
    let destination = if action == "TEST" { "ANY_IOS_SIMULATOR" } else { "ANY_IOS_DEVICE" };
    json!({
        "name": name,
        "description": format!("{name} of {}", app.name),
        "branchStartCondition": {
            "source": {"isAllMatch": false, "patterns": [{"pattern": "main", "isPrefix": false}]},
            "autoCancel": true,
        },
        "manualBranchStartCondition": {"source": {"isAllMatch": true, "patterns": []}},
        "actions": [{
            "name": format!("{} - iOS", title(action)),
            "actionType": action,
            "destination": destination,
            "scheme": app.name,
            "platform": "IOS",
            "isRequiredToPass": true,
        }],
        "isEnabled": true,
        "isLockedForEditing": false,
        "clean": false,
        "containerFilePath": format!("{}.xcodeproj", app.key),
        "lastModifiedDate": seeds.days_ago(40),
    })
}

struct Run {
    number: i64,
    action: &'static str,
    progress: &'static str,
    status: Option<&'static str>,
}

fn add_run(
    seeds: &mut Seeds,
    app: &DemoApp,
    source: &Source,
    (product, workflow): (&str, &str),
    run: &Run,
) {
    let number = run.number;
    let hours = 20 * (5 - number);
    let failures = i64::from(run.status == Some("FAILED"));
    let issues =
        json!({"analyzerWarnings": 0, "errors": 0, "testFailures": failures, "warnings": 2});
    let mut links = vec![
        one("product", product),
        one("workflow", workflow),
        one("sourceBranchOrTag", &source.branch),
    ];
    let pull_request = number == 2;
    if pull_request {
        links.push(one("pullRequest", &source.pull_request));
        links.push(one("destinationBranch", &source.branch));
    }
    if run.action == "ARCHIVE" {
        links.push(many("builds", &[builds::id(app.key, "IOS", "1.2", "121")]));
    }
    let id = seeds.add(
        "ciBuildRuns",
        &number.to_string(),
        json!({
            "number": number,
            "createdDate": seeds.hours_ago(hours),
            "startedDate": seeds.hours_ago(hours),
            "finishedDate": run.status.map(|_| seeds.hours_ago(hours - 1)),
            "sourceCommit": commit(app, number),
            "isPullRequestBuild": pull_request,
            "issueCounts": issues,
            "executionProgress": run.progress,
            "completionStatus": run.status,
            "startReason": if pull_request { "PULL_REQUEST_OPEN" } else { "GIT_REF_CHANGE" },
        }),
        links,
    );
    let action = json!({
        "name": format!("{} - iOS", title(run.action)),
        "actionType": run.action,
        "startedDate": seeds.hours_ago(hours),
        "finishedDate": run.status.map(|_| seeds.hours_ago(hours - 1)),
        "issueCounts": issues,
        "executionProgress": run.progress,
        "completionStatus": run.status,
        "isRequiredToPass": true,
    });
    let action = seeds.add("ciBuildActions", &number.to_string(), action, [one("buildRun", &id)]);
    if run.status.is_some() {
        add_results(seeds, &action, run);
    }
}

fn commit(app: &DemoApp, number: i64) -> Value {
    let person = json!({"displayName": "Dee Marlow"});
    json!({
        "commitSha": format!("{}0a1b2c3d", identity::checksum(&number.to_string())),
        "message": "Draw the harbor wall",
        "author": person,
        "committer": person,
        "webUrl": format!("https://git.harborpine.example/{}/commit/{number}", app.key),
    })
}

/// Adds what a finished action leaves: a file, and results or an issue of its tests.
fn add_results(seeds: &mut Seeds, action: &str, run: &Run) {
    let archive = run.action == "ARCHIVE";
    let artifact = seeds.add(
        "ciArtifacts",
        action,
        json!({
            "fileType": if archive { "ARCHIVE" } else { "RESULT_BUNDLE" },
            "fileName": if archive { "archive.zip" } else { "results.zip" },
            "fileSize": 1_204_224,
            "downloadUrl": format!("https://assets.harborpine.example/artifacts/{action}.zip"),
        }),
        [],
    );
    seeds.link("ciBuildActions", action, many("artifacts", &[artifact]));
    if archive {
        return;
    }
    let failed = run.status == Some("FAILED");
    let place = json!({"path": "Tests/TideTests.swift", "lineNumber": 88});
    let result = seeds.add(
        "ciTestResults",
        action,
        json!({
            "className": "TideTests",
            "name": "testSpringTide()",
            "status": if failed { "FAILURE" } else { "SUCCESS" },
            "fileSource": place,
            "message": failed.then_some("expected 4.2, found 4.1"),
            "destinationTestResults": [{
                "uuid": identity::id("destination", action),
                "deviceName": "iPhone 17",
                "osVersion": "26.0",
                "status": if failed { "FAILURE" } else { "SUCCESS" },
                "duration": 0.4,
            }],
        }),
        [],
    );
    seeds.link("ciBuildActions", action, many("testResults", &[result]));
    if failed {
        let issue = seeds.add(
            "ciIssues",
            action,
            json!({
                "issueType": "TEST_FAILURE",
                "message": "testSpringTide(): expected 4.2, found 4.1",
                "fileSource": place,
                "category": "Test",
            }),
            [],
        );
        seeds.link("ciBuildActions", action, many("issues", &[issue]));
    }
}

/// `TEST` as it stands in names, `Test`.
fn title(action: &str) -> String {
    let (first, rest) = action.split_at(1);
    format!("{first}{}", rest.to_lowercase())
}
