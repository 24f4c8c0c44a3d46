"""The lint tier: style, types and who may import whom."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.samlad.places import root
from deploy.samlad.testing.count import Count

CHECKS = {
    "style (ruff check)": ("ruff", "check", "."),
    "format (ruff format)": ("ruff", "format", "--check", "."),
    "types (mypy)": ("mypy", "services", "shared", "deploy", "tests"),
    "imports (import-linter)": ("lint-imports",),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One check and what it said."""

    name: str
    well: bool
    output: str


@dataclass(frozen=True, slots=True)
class Linted:
    """What all checks said, and how long they took together."""

    checks: tuple[Checked, ...]
    seconds: float

    @property
    def count(self) -> Count:
        """Checks by outcome."""
        failed = sum(not each.well for each in self.checks)
        return Count(len(self.checks) - failed, failed, 0)


def lint() -> Linted:
    """Run every check, two at a time."""
    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        checked = tuple(threads.map(_check, sorted(CHECKS, key=_longest_first)))
    return Linted(checked, time.monotonic() - began)


def _longest_first(name: str) -> bool:
    return "mypy" not in name


def _check(name: str) -> Checked:
    program, *arguments = CHECKS[name]
    command = [str(Path(sys.executable).parent / program), *arguments]
    done = subprocess.run(
        command,
        check=False,
        cwd=root(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Checked(name, done.returncode == 0, done.stdout)
