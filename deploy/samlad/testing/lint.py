"""The lint tier: style, types and who may import whom."""

import subprocess
import sys
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


def lint() -> Count:
    """Run every check and print what the failing ones said."""
    with ThreadPoolExecutor(2) as threads:
        checked = list(threads.map(_check, sorted(CHECKS, key=_longest_first)))
    for each in checked:
        print(f"  {'ok    ' if each.well else 'FAILED'} {each.name}")
        if not each.well:
            print(each.output)
    failed = sum(not each.well for each in checked)
    return Count(len(checked) - failed, failed, 0)


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
