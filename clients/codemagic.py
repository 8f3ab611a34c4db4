"""codemagic-cli-tools: the commands of `app-store-connect` that a lane uses, each checked at the server.

Run last of all in a lane, `fetch-signing-files` must leave files that a build machine can open.
"""

import json

import signing
from checks import equal, holds

IDENTIFIER = "com.example.codemagic"

# Without one, the tool writes PEM into its .p12.
PASSWORD = "p12-password"


class Tool:
    """The `app-store-connect` command."""

    def __init__(self, demo, folder):
        self.demo = demo
        self.program = folder / "app-store-connect"
        self.files = demo.scratch / "signing"

    def text(self, *command, status=0, **options):
        """Runs a command and returns what it printed."""
        folders = ["--certificates-dir", self.files, "--profiles-dir", self.files]
        return self.demo.exec([self.program, "--no-color", *command, *folders], status, **options)

    def json(self, *command):
        """Runs a command with `--json` and returns what it printed."""
        return json.loads(self.text(*command, "--json"))

    def saved(self, suffix):
        """Returns the files that the tool saved, the newest last."""
        return sorted(self.files.glob(f"*{suffix}"), key=lambda path: path.stat().st_mtime_ns)


def run(checks, demo, folder):
    """Drives every group of commands."""
    tool = Tool(demo, folder)
    apps(checks, tool)
    bundle_ids(checks, tool)
    devices(checks, tool)
    certificates_and_profiles(checks, tool)
    fetch_signing_files(checks, tool)
    builds_and_beta_groups(checks, tool)
    app_store_versions(checks, tool)


def apps(checks, tool):
    """Lists and gets apps."""

    def listed():
        found = tool.json("apps", "list")
        holds(len(found) >= 3, f"{len(found)} apps")
        equal({app["id"] for app in found}, {app["id"] for app in tool.demo.get("/v1/apps")["data"]})
        return found

    found = checks.check("apps list shows every app of the team", listed)

    def narrowed():
        app = found[0]
        bundle_id = app["attributes"]["bundleId"]
        strict = tool.json("apps", "list", "--bundle-id-identifier", bundle_id, "--strict-match-identifier")
        equal([one["id"] for one in strict], [app["id"]])

    checks.check("apps list narrows by bundle id", narrowed)
    checks.check("apps get reads one app", lambda: equal(tool.json("apps", "get", found[0]["id"])["id"], found[0]["id"]))
    checks.check("apps list finds nothing for an unknown name", lambda: equal(tool.json("apps", "list", "--app-name", "No such app"), []))


def bundle_ids(checks, tool):
    """Creates a bundle id, gives it capabilities, takes them away and deletes it."""

    def created():
        made = tool.json("bundle-ids", "create", f"{IDENTIFIER}.gone", "--name", "Codemagic gone", "--platform", "IOS")
        equal(tool.demo.get(f"/v1/bundleIds/{made['id']}")["data"]["attributes"]["identifier"], f"{IDENTIFIER}.gone")
        return made

    made = checks.check("bundle-ids create creates", created)
    checks.check("bundle-ids get reads what was created", lambda: equal(tool.json("bundle-ids", "get", made["id"])["attributes"]["name"], "Codemagic gone"))
    checks.check(
        "bundle-ids list finds it by identifier",
        lambda: equal([one["id"] for one in tool.json("bundle-ids", "list", "--bundle-id-identifier", f"{IDENTIFIER}.gone")], [made["id"]]),
    )

    def refused():
        tool.text("bundle-ids", "create", f"{IDENTIFIER}.gone", status=None)
        same = [one for one in tool.json("bundle-ids", "list", "--bundle-id-identifier", f"{IDENTIFIER}.gone")]
        equal(len(same), 1)

    checks.check("bundle-ids create refuses an identifier twice", refused)

    def capabilities():
        return sorted(one["attributes"]["capabilityType"] for one in tool.json("bundle-ids", "capabilities", made["id"]))

    def enabled():
        before = capabilities()
        tool.text("bundle-ids", "enable-capabilities", made["id"], "--capability", "Push Notifications", "Associated Domains")
        equal(capabilities(), sorted({*before, "PUSH_NOTIFICATIONS", "ASSOCIATED_DOMAINS"}))

    def disabled():
        tool.text("bundle-ids", "disable-capabilities", made["id"], "--capability", "Push Notifications")
        holds("PUSH_NOTIFICATIONS" not in capabilities(), "still enabled")
        holds("ASSOCIATED_DOMAINS" in capabilities(), "the other one went too")

    checks.check("bundle-ids enable-capabilities enables two", enabled)
    checks.check("bundle-ids disable-capabilities disables one", disabled)
    checks.check("bundle-ids profiles is empty at first", lambda: equal(tool.json("bundle-ids", "profiles", "--bundle-ids", made["id"]), []))

    def deleted():
        tool.text("bundle-ids", "delete", made["id"])
        equal(tool.demo.status(f"/v1/bundleIds/{made['id']}"), 404)

    checks.check("bundle-ids delete deletes", deleted)
    checks.check("bundle-ids get refuses what was deleted", lambda: tool.text("bundle-ids", "get", made["id"], status=None))
    checks.check("bundle-ids delete --ignore-not-found accepts it", lambda: tool.text("bundle-ids", "delete", made["id"], "--ignore-not-found"))


def devices(checks, tool):
    """Registers devices and finds them."""
    udid = "00008030-001A2B3C4D5E6F70"

    def registered():
        made = tool.json("devices", "register", "--name", "Codemagic phone", "--platform", "IOS", "--udid", udid)
        equal(tool.demo.get(f"/v1/devices/{made['id']}")["data"]["attributes"]["udid"], udid)

    checks.check("devices register registers", registered)

    def listed():
        found = tool.json("devices", "list", "--name", "Codemagic phone", "--platform", "IOS", "--status", "ENABLED")
        equal([one["attributes"]["udid"] for one in found], [udid])

    checks.check("devices list finds it by name, platform and status", listed)
    again = ["devices", "register", "--name", "Codemagic again", "--platform", "IOS", "--udid", udid]
    checks.check("devices register refuses a UDID twice", lambda: tool.text(*again, status=None))
    checks.check("devices register --ignore-registration-errors goes on", lambda: tool.text(*again, "--ignore-registration-errors"))


def certificates_and_profiles(checks, tool):
    """Issues a certificate on an own key, puts it into a profile, saves, lists and deletes both."""
    key = tool.demo.scratch / "codemagic.key"
    signing.make_key(key)
    with_key = ["--certificate-key", f"@file:{key}"]

    def issued():
        made = tool.json("certificates", "create", "--type", "IOS_DEVELOPMENT", *with_key, "--save", "--p12-password", PASSWORD)
        equal(signing.certificate_public_key(signing.certificate_in_p12(tool.saved(".p12")[-1], PASSWORD)), signing.public_key(key))
        return made

    certificate = checks.check("certificates create --save writes a .p12 on the key of the request", issued)
    checks.check("certificates get reads it", lambda: equal(tool.json("certificates", "get", certificate["id"])["id"], certificate["id"]))

    def listed():
        # With a key the tool opens every certificate of the type, and prints them all.
        found = tool.json("certificates", "list", "--type", "IOS_DEVELOPMENT", *with_key)
        equal({one["attributes"]["certificateType"] for one in found}, {"IOS_DEVELOPMENT"})
        holds(certificate["id"] in [one["id"] for one in found], "not among them")

    checks.check("certificates list finds it by type, and opens each", listed)

    bundle_id = checks.check("bundle-ids create for a profile", lambda: tool.json("bundle-ids", "create", f"{IDENTIFIER}.profile"))

    def profiled():
        device = tool.json("devices", "list", "--name", "Codemagic phone")[0]
        made = tool.json(
            *["profiles", "create", bundle_id["id"], "--type", "IOS_APP_DEVELOPMENT", "--name", "Codemagic profile"],
            *["--certificate-ids", certificate["id"], "--device-ids", device["id"], "--save"],
        )
        inside = signing.profile(tool.saved(".mobileprovision")[-1])
        equal(inside["UUID"], made["attributes"]["uuid"])
        equal(inside["Name"], "Codemagic profile")
        equal(inside["ProvisionedDevices"], [device["attributes"]["udid"]])
        holds(inside["Entitlements"]["application-identifier"].endswith(f"{IDENTIFIER}.profile"), inside["Entitlements"])
        equal(len(inside["DeveloperCertificates"]), 1)
        return made

    profile = checks.check("profiles create --save writes a .mobileprovision with its parts inside", profiled)
    checks.check("profiles get reads it", lambda: equal(tool.json("profiles", "get", profile["id"])["attributes"]["name"], "Codemagic profile"))
    checks.check(
        "profiles list finds it by name and type",
        lambda: equal([one["id"] for one in tool.json("profiles", "list", "--name", "Codemagic profile", "--type", "IOS_APP_DEVELOPMENT")], [profile["id"]]),
    )
    checks.check(
        "bundle-ids profiles lists it",
        lambda: equal([one["id"] for one in tool.json("bundle-ids", "profiles", "--bundle-ids", bundle_id["id"])], [profile["id"]]),
    )

    def deleted(kind, made):
        tool.text(kind, "delete", made["id"])
        equal(tool.demo.status(f"/v1/{kind}/{made['id']}"), 404)

    checks.check("profiles delete deletes", lambda: deleted("profiles", profile))
    checks.check("certificates delete revokes", lambda: deleted("certificates", certificate))


def fetch_signing_files(checks, tool):
    """Makes everything that a build needs in one command, and finds it again."""
    key = tool.demo.scratch / "fetch.key"
    signing.make_key(key)
    identifier = f"{IDENTIFIER}.fetch"
    command = [
        *["fetch-signing-files", identifier, "--type", "IOS_APP_STORE", "--strict-match-identifier"],
        *["--certificate-key", f"@file:{key}", "--p12-password", PASSWORD],
    ]

    def made():
        before = len(tool.saved(".p12")), len(tool.saved(".mobileprovision"))
        tool.text(*command, "--create")
        equal((len(tool.saved(".p12")), len(tool.saved(".mobileprovision"))), (before[0] + 1, before[1] + 1))
        equal(signing.certificate_public_key(signing.certificate_in_p12(tool.saved(".p12")[-1], PASSWORD)), signing.public_key(key))
        return signing.profile(tool.saved(".mobileprovision")[-1])

    first = checks.check("fetch-signing-files --create writes a .p12 and a .mobileprovision", made)

    def found():
        tool.text(*command)
        equal(signing.profile(tool.saved(".mobileprovision")[-1])["UUID"], first["UUID"])

    checks.check("fetch-signing-files finds the same files again", found)


def builds_and_beta_groups(checks, tool):
    """Reads builds, and adds one to a beta group and takes it out."""

    def listed():
        found = tool.json("builds", "list", "--processing-state", "VALID", "--not-expired")
        holds(found, "no valid build")
        holds(all(not one["attributes"]["expired"] for one in found), "an expired one is among them")
        return found

    builds = checks.check("builds list narrows by state and expiry", listed)
    build = builds[0] if builds else {"id": "none"}
    app = checks.check("builds app reads the app of a build", lambda: tool.json("builds", "app", build["id"]))
    checks.check("builds get reads one", lambda: equal(tool.json("builds", "get", build["id"])["attributes"]["version"], build["attributes"]["version"]))
    checks.check("builds list narrows by app", lambda: holds(build["id"] in [one["id"] for one in tool.json("builds", "list", "--app-id", app["id"])], "not among them"))
    checks.check("builds beta-details reads them", lambda: equal(tool.json("builds", "beta-details", build["id"])["id"], build["id"]))
    checks.check("builds pre-release-version reads it", lambda: holds(tool.json("builds", "pre-release-version", build["id"])["attributes"]["version"], "no version"))
    checks.check("apps builds lists them", lambda: holds(tool.json("apps", "builds", app["id"]), "none"))
    checks.check("apps pre-release-versions lists them", lambda: holds(tool.json("apps", "pre-release-versions", app["id"]), "none"))
    checks.check("get-latest-testflight-build-number prints one", lambda: holds(tool.text("get-latest-testflight-build-number", app["id"]).strip(), "nothing"))

    def group():
        return tool.demo.post(
            "/v1/betaGroups",
            {
                "data": {
                    "type": "betaGroups",
                    "attributes": {"name": "Codemagic testers", "isInternalGroup": True, "hasAccessToAllBuilds": False},
                    "relationships": {"app": {"data": {"type": "apps", "id": app["id"]}}},
                }
            },
        )["data"]["id"]

    group_id = checks.check("a beta group for the app", group)

    def members():
        return [one["id"] for one in tool.demo.get(f"/v1/betaGroups/{group_id}/relationships/builds")["data"]]

    def added():
        tool.text("beta-groups", "add-build", build["id"], "--beta-group", "Codemagic testers")
        equal(members(), [build["id"]])

    def removed():
        tool.text("beta-groups", "remove-build", build["id"], "--beta-group", "Codemagic testers")
        equal(members(), [])

    checks.check("beta-groups add-build adds", added)
    checks.check("beta-groups remove-build removes", removed)

    def noted():
        made = tool.json("beta-build-localizations", "create", build["id"], "--locale", "de-DE", "--whats-new", "Erste Notiz")
        tool.json("beta-build-localizations", "modify", made["id"], "--whats-new", "Zweite Notiz")
        equal(tool.json("beta-build-localizations", "get", made["id"])["attributes"]["whatsNew"], "Zweite Notiz")
        equal([one["id"] for one in tool.json("beta-build-localizations", "list", build["id"], "--locale", "de-DE")], [made["id"]])
        tool.text("beta-build-localizations", "delete", made["id"])
        equal(tool.json("beta-build-localizations", "list", build["id"], "--locale", "de-DE"), [])

    checks.check("beta-build-localizations create, modify, get, list and delete", noted)


def app_store_versions(checks, tool):
    """Reads versions and writes their texts."""

    def editable():
        for app in tool.json("apps", "list"):
            for version in tool.json("apps", "app-store-versions", app["id"]):
                if version["attributes"]["appStoreState"] == "PREPARE_FOR_SUBMISSION":
                    return version
        raise AssertionError("no version in preparation")

    version = checks.check("apps app-store-versions shows one in preparation", editable)
    checks.check("app-store-versions get reads it", lambda: equal(tool.json("app-store-versions", "get", version["id"])["id"], version["id"]))

    def rewritten():
        texts = tool.json("app-store-versions", "localizations", version["id"])
        text = texts[0]["id"]
        tool.json("app-store-version-localizations", "modify", text, "--promotional-text", "From a lane")
        equal(tool.json("app-store-version-localizations", "get", text)["attributes"]["promotionalText"], "From a lane")

    checks.check("app-store-version-localizations modify writes a text", rewritten)
