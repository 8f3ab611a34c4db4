"""app-store-connect from crates.io (apple-platform-rs): another stack (reqwest, rustls), the same house.

It prints tables whose first column is the id.
"""

import signing
from checks import equal, holds


def run(checks, demo, folder):
    """Drives its bundle, certificate, device and profile commands."""
    key_file = demo.scratch / "crate-key.json"

    def tool(*command, status=0):
        return demo.exec([folder / "app-store-connect", "--api-key", key_file, *command], status)

    def rows(*command):
        lines = tool(*command).splitlines()[1:]
        return [[cell.strip() for cell in line.split(" | ")] for line in lines]

    def keyed():
        team, key = demo.admin_key()
        tool("create-api-key", "--issuer-id", team["issuer_id"], "--key-id", key["key_id"], key["file"])

    checks.check("create-api-key takes the key that the demo issued", keyed)

    def registered():
        made = rows("bundle", "register", "--identifier", "com.example.crate", "--name", "Crate")[0]
        equal(demo.get(f"/v1/bundleIds/{made[0]}")["data"]["attributes"]["platform"], "UNIVERSAL")
        return made[0]

    bundle_id = checks.check("bundle register creates", registered)
    checks.check("bundle list shows it", lambda: holds(bundle_id in [row[0] for row in rows("bundle", "list")], "not among them"))
    checks.check("bundle get reads it", lambda: equal(rows("bundle", "get", bundle_id)[0][2], "com.example.crate"))

    def enabled():
        tool("bundle", "enable-capability", bundle_id, "PUSH_NOTIFICATIONS")
        holds("PUSH_NOTIFICATIONS" in [row[1] for row in rows("bundle", "get-capabilities", bundle_id)], "not enabled")

    checks.check("bundle enable-capability enables", enabled)

    key, request = demo.scratch / "crate.key", demo.scratch / "crate.csr"
    signing.make_key(key)
    signing.make_request(key, request)

    def issued():
        made = rows("certificate", "create", "--type", "development", request)[0][0]
        equal(signing.certificate_public_key(tool("certificate", "get", made)), signing.public_key(key))
        return made

    certificate = checks.check("certificate create issues on the key of the request", issued)
    checks.check("certificate list shows it", lambda: holds(certificate in [row[0] for row in rows("certificate", "list")], "not among them"))

    def device_registered():
        made = rows("device", "register", "--name", "Crate phone", "--platform", "ios", "--udid", "00008030-00CC2B3C4D5E6F70")
        equal(rows("device", "get", made[0][0])[0][1], "Crate phone")
        return made[0][0]

    device = checks.check("device register registers", device_registered)
    checks.check("device list shows it", lambda: holds(device in [row[0] for row in rows("device", "list")], "not among them"))

    def profiled():
        made = rows(
            *["profile", "create", "--name", "Crate profile", "--profile-type", "ios-app-development"],
            *["--bundle-id", bundle_id, "--certificate", certificate, "--device", device],
        )[0][0]
        equal(rows("profile", "get-bundle-id", made)[0][0], bundle_id)
        equal([row[0] for row in rows("profile", "get-certificates", made)], [certificate])
        holds(made in [row[0] for row in rows("bundle", "get-profiles", bundle_id)], "not the bundle id's")
        return made

    profile = checks.check("profile create joins bundle id, certificate and device", profiled)

    def deleted():
        tool("profile", "delete", profile)
        tool("certificate", "revoke", certificate)
        tool("bundle", "delete", bundle_id)
        statuses = [demo.status(path) for path in (f"/v1/profiles/{profile}", f"/v1/certificates/{certificate}", f"/v1/bundleIds/{bundle_id}")]
        equal(statuses, [404, 404, 404])

    checks.check("profile delete, certificate revoke and bundle delete", deleted)
    checks.check("bundle get refuses what was deleted", lambda: tool("bundle", "get", bundle_id, status=None))
