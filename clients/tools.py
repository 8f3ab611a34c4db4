"""Installs the clients, pinned in versions.toml, each once into a folder under the cache."""

import pathlib
import subprocess
import sys
import tomllib

VERSIONS = tomllib.loads((pathlib.Path(__file__).parent / "versions.toml").read_text())


def pip(cache):
    """Returns the folder with the commands that the PyPI clients install."""
    folder = _folder(cache, "pip")
    if not _complete(folder):
        _run(sys.executable, "-m", "venv", "--clear", folder)
        specs = [f"{name}=={version}" for name, version in VERSIONS["pip"].items()]
        _run(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *specs)
        _mark(folder)
    return folder / "bin"


def npm(cache):
    """Returns the folder in which Node finds the npm clients."""
    folder = _folder(cache, "npm")
    if not _complete(folder):
        folder.mkdir(parents=True, exist_ok=True)
        specs = [f"{name}@{version}" for name, version in VERSIONS["npm"].items()]
        _run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *specs)
        _mark(folder)
    return folder


def cargo(cache):
    """Returns the folder with the commands that the crates.io clients install."""
    folder = _folder(cache, "cargo")
    if not _complete(folder):
        for name, version in VERSIONS["cargo"].items():
            _run("cargo", "install", "--quiet", "--debug", "--locked", "--root", folder, f"{name}@{version}")
        _mark(folder)
    return folder / "bin"


def _folder(cache, kind):
    """Names a folder after the versions in it, so that raising one installs anew."""
    return cache / "-".join([kind, *(f"{name}-{version}" for name, version in VERSIONS[kind].items())])


def _complete(folder):
    return (folder / ".complete").exists()


def _mark(folder):
    (folder / ".complete").touch()


def _run(*command):
    print("==", *map(str, command[:4]), "…", flush=True)
    subprocess.run(command, check=True)
