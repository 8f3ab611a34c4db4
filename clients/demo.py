"""A demo server to drive clients against, and the two ways to reach it: through `russet exec`, as a
client does, and directly, to ask what is true."""

import json
import os
import subprocess
import urllib.error
import urllib.request

READY_SECONDS = 30


class Demo:
    """A running `russet demo` on a folder of its own."""

    def __init__(self, russet, scratch):
        self.russet = russet
        self.scratch = scratch
        self.data = scratch / "data"
        self.process = None
        self.url = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self, listen="127.0.0.1:0"):
        """Starts the server and returns when it is ready."""
        self.process = subprocess.Popen(
            [self.russet, "demo", "--data", self.data, "--listen", listen],
            cwd=self.scratch,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.url = line.split()[1].rstrip("/")
                return
        raise RuntimeError(f"the server ended with {self.process.wait()} before it was ready")

    def kill(self):
        """Ends the server as a crash would (SIGKILL)."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def exec(self, command, status=0, **environment):
        """Runs a command through `russet exec` and returns its stdout.

        Raises when it ends with another status than `status` (None: any but 0).
        """
        done = subprocess.run(
            [self.russet, "exec", "--data", self.data, "--", *map(str, command)],
            cwd=self.scratch,
            # Clients cache JWTs and write files in these; none of it may outlive the run.
            env={
                **os.environ,
                "HOME": str(self.scratch),
                "TMPDIR": str(self.scratch),
                "RUST_BACKTRACE": "0",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        expected = done.returncode != 0 if status is None else done.returncode == status
        if not expected:
            output = (done.stdout + done.stderr).strip()
            raise AssertionError(f"status {done.returncode}, wanted {status}:\n{output[-1500:]}")
        return done.stdout

    def get(self, path):
        """Reads a path of the API directly and returns the document."""
        return self._request("GET", path)

    def post(self, path, document):
        """Creates something directly and returns the document."""
        return self._request("POST", path, document)

    def status(self, path):
        """Returns the status of a GET."""
        try:
            self._request("GET", path)
        except urllib.error.HTTPError as error:
            return error.code
        return 200

    def _request(self, method, path, document=None):
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {self._jwt()}")
        if document is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(document).encode()
        with urllib.request.urlopen(request, timeout=READY_SECONDS) as reply:
            return json.load(reply)

    def _jwt(self):
        """Signs a JWT with the ADMIN team key of the demo."""
        team, key = self.admin_key()
        return subprocess.run(
            [self.russet, "jwt", "--key-file", key["file"], "--key-id", key["key_id"], "--issuer", team["issuer_id"]],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def admin_key(self):
        """Returns the demo team and its active ADMIN team key."""
        described = json.loads((self.data / "russet.json").read_text())
        for team in described["teams"]:
            for key in team["keys"]:
                if key["kind"] == "team" and key["state"] == "active" and "ADMIN" in key["roles"]:
                    return team, key
        raise RuntimeError("russet.json names no active ADMIN team key")
