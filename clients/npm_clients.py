"""The npm clients: each script in npm/ prints one JSON line for each check that it made."""

import json
import pathlib

SCRIPTS = pathlib.Path(__file__).parent / "npm"


def run(checks, demo, folder):
    """Runs each script and counts its checks."""
    for script in sorted(SCRIPTS.glob("*_client.mjs")):
        # Node finds packages beside the script, so the script goes where the packages are.
        copy = folder / script.name
        copy.write_text(script.read_text())
        (folder / "check.mjs").write_text((SCRIPTS / "check.mjs").read_text())
        lines = checks.check(f"{script.stem} runs to its end", lambda: demo.exec(["node", copy]))
        for line in (lines or "").splitlines():
            report = json.loads(line)
            checks.check(report["fact"], lambda: _raise(report.get("error")))


def _raise(error):
    if error:
        raise AssertionError(error)
