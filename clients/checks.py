"""Counts checks and prints one line for each."""

import time


class Checks:
    """What was found so far. `suite` names the client that is being driven."""

    def __init__(self):
        self.suite = ""
        self.passed = 0
        self.failed = 0

    def check(self, fact, action):
        """Runs `action`, which raises when `fact` does not hold, and returns its result, or None."""
        started = time.monotonic()
        try:
            result = action()
        except Exception as error:  # every failure of a check is a finding, not a crash
            self.failed += 1
            print(f"FAIL {self.suite}: {fact}", flush=True)
            for line in f"{type(error).__name__}: {error}".splitlines():
                print(f"       {line}", flush=True)
            return None
        self.passed += 1
        print(f"ok   {self.suite}: {fact} ({time.monotonic() - started:.1f} s)", flush=True)
        return result


def equal(found, wanted):
    """Raises when two values differ, showing both."""
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def holds(condition, otherwise):
    """Raises `otherwise` when a condition does not hold."""
    if not condition:
        raise AssertionError(otherwise)
