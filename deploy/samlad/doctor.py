"""What this machine has and lacks, and how the running system feels."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.samlad.places import kit_folder, root, vendor_folder
from deploy.samlad.refusal import CannotError
from deploy.samlad.stack.state import State, runs

GIB = 1024**3
ENOUGH_DISK = 2 * GIB


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `needed` says whether the system can do without."""

    what: str
    well: bool
    said: str
    needed: bool = True

    def row(self) -> dict[str, object]:
        """Return it as a row of the answer."""
        return {"what": self.what, "well": self.well, "needed": self.needed, "said": self.said}


def examine(folder: Path) -> list[Finding]:
    """Look at everything; never raises."""
    return [*_machine(folder), *_programs(), *_system(folder)]


def _machine(folder: Path) -> list[Finding]:
    free = shutil.disk_usage(root()).free
    writable = os.access(folder if folder.exists() else folder.parent, os.W_OK)
    return [
        Finding("Python", sys.version_info >= (3, 11), platform.python_version()),
        Finding("system", sys.platform == "linux", platform.platform(), needed=False),
        Finding("disk", free > ENOUGH_DISK, f"{free // GIB} GiB free"),
        Finding("data folder", writable, str(folder)),
    ]


def _programs() -> list[Finding]:
    from deploy.samlad.stack import caddy, mongo
    from deploy.samlad.testing.browser import chromium

    jars = len(list((kit_folder() / "kafka").glob("*.jar")))
    browser = chromium()
    return [
        Finding("Kafka", jars > 0, f"{jars} jars", needed=False),
        _program("mongod", mongo.program),
        _program("caddy", caddy.program),
        Finding(
            "browser assets", any(vendor_folder().glob("*")), str(vendor_folder()), needed=False
        ),
        Finding(
            "Chromium", browser is not None, str(browser or "none: no browser tests"), needed=False
        ),
    ]


def _program(name: str, find: Callable[[], Path]) -> Finding:
    try:
        return Finding(name, well=True, said=str(find()))
    except CannotError as error:
        return Finding(name, well=False, said=str(error))


def _system(folder: Path) -> list[Finding]:
    state = State.read(folder)
    if state is None or not state.alive():
        return [Finding("system", well=False, said="not running", needed=False)]
    parts = [
        Finding(name, runs(pid), f"process {pid}, started again: {state.restarts.get(name, 0)}")
        for name, pid in state.pids.items()
    ]
    return [*parts, *(_readiness(name, url) for name, url in state.services.items())]


def _readiness(name: str, url: str) -> Finding:
    import httpx

    try:
        answer = httpx.get(f"{url}/{name}/health/ready", timeout=5, trust_env=False)
        checks = answer.json().get("checks", {})
    except (httpx.HTTPError, ValueError, AttributeError):
        return Finding(f"{name} ready", well=False, said="no answer")
    bad = [check for check, status in checks.items() if not status.get("ok")]
    return Finding(f"{name} ready", answer.is_success, ", ".join(bad) or "every check is well")
