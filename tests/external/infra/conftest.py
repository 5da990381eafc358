"""Owns where tools come from, and that what cannot be had skips by name."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

# What pip has installed for us stands before what the machine has.
os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def tool():
    """Returns a function that runs a program and returns what it said; the test skips when there is no such program."""

    def run(*command, ok=(0,), **options) -> str:
        if not shutil.which(command[0]):
            pytest.skip(f"there is no {command[0]} here")
        done = subprocess.run(command, capture_output=True, text=True, **options)
        assert done.returncode in ok, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def pytest_collection_modifyitems(items):
    """Manifests are rendered by kubectl, or kustomize."""
    if shutil.which("kubectl") or shutil.which("kustomize"):
        return
    for item in items:
        if item.fspath.basename == "test_manifests.py" or "manifest" in item.name:
            item.add_marker(pytest.mark.skip(reason="neither kubectl nor kustomize is here"))
