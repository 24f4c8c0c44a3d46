"""Runs the tiers in their order and counts."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from deploy.samlad.places import data_folder, root
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.kit import set_up
from deploy.samlad.testing import leftovers, tiers
from deploy.samlad.testing.count import Count, from_report
from deploy.samlad.testing.coverage import judge
from deploy.samlad.testing.lint import Linted, lint
from deploy.samlad.testing.tiers import BACKENDS, EMBEDDED, Tier

NO_TESTS = 5
#: What is compiled once serves every process of the tests, even where the environment says no.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def run(
    wanted: Sequence[str], *, fast: bool, backend: str = EMBEDDED, coverage: bool = False
) -> int:
    """Run the wanted tiers of a backend, else all; returns the exit code."""
    if backend not in BACKENDS:
        raise CannotError(f"There is no backend {backend}: {', '.join(BACKENDS)}.", Exit.USAGE)
    names = tiers.names_of(backend)
    unknown = set(wanted) - set(names)
    if unknown:
        raise CannotError(f"There is no tier {', '.join(unknown)}: {', '.join(names)}.", Exit.USAGE)
    chosen = tuple(wanted) or (tiers.FAST if fast else tiers.usual_of(backend))
    folder = data_folder() / "test"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "coverage").mkdir(parents=True)
    began = time.monotonic()
    set_up()
    for name in leftovers.remove():
        print(f"removed the containers of {name}, which an earlier run left behind", flush=True)
    total = _all(tiers.there(backend, coverage=coverage), chosen, folder)
    if backend == EMBEDDED:
        print("\n=== coverage", flush=True)
        total += judge(folder / "coverage", chosen, whole=coverage)
    if total != Count():
        print(f"\n{time.monotonic() - began:.0f} s\n{total}", flush=True)
    return Exit.FAILED if total.failed else Exit.DONE


def _all(there: Sequence[Tier], chosen: Sequence[str], folder: Path) -> Count:
    """Run the tiers one after another; lint, which keeps one core busy, beside the first."""
    total = Count()
    with ThreadPoolExecutor(1) as beside:
        linting = [beside.submit(lint)] if tiers.LINT in chosen else []
        for tier in there:
            if tier.asked and tier.name not in chosen:
                print(f"\n=== {tier.name}: not run; `./samlad test --tier {tier.name}` does")
            if tier.name in chosen:
                total += tier_of(tier, folder)
                total += sum(map(_linted, linting), Count())
                linting.clear()
        return total + sum(map(_linted, linting), Count())


def _linted(linting: Future[Linted]) -> Count:
    print("\n=== lint: style, types, who may import whom", flush=True)
    done = linting.result()
    for each in done.checks:
        print(f"  {'ok    ' if each.well else 'FAILED'} {each.name}")
        if not each.well:
            print(each.output)
    return _said(tiers.LINT, done.count, done.seconds)


def tier_of(tier: Tier, folder: Path) -> Count:
    """Run one tier with what it needs, or say why it cannot run here."""
    print(f"\n=== {tier.name}: {tier.says}", flush=True)
    missing = tier.missing()
    if missing:
        print(f"--- {tier.name}: skipped: {missing}", flush=True)
        return Count()
    began = time.monotonic()
    environment = {**os.environ, **COMPILED, **_measured(tier, folder), **tier.environment()}
    try:
        with tier.backing(folder / tier.name, environment) as told:
            count = pytest_of(tier, folder, {**environment, **told})
    except CannotError as error:
        print(f"  FAILED {error}")
        count = Count(failed=1)
    return _said(tier.name, count, time.monotonic() - began)


def pytest_of(tier: Tier, folder: Path, environment: Mapping[str, str]) -> Count:
    """Run the tests of a tier. What ran nothing or fell over counts as a failure."""
    report = folder / f"{tier.name}.xml"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-m", tier.marker, "-rs", "--tb=short"),
        *(("-n", str(tier.workers), "--dist", "worksteal") if tier.workers else ()),
        *(f"--junitxml={report}", "-o", "junit_logging=no"),
        f"--basetemp={folder / f'tmp-{tier.name}'}",
        *(("--cov", "--cov-report=") if tier.measured else ()),
        *tier.where,
    ]
    done = subprocess.run(command, check=False, cwd=root(), env=dict(environment))
    count = from_report(report)
    if done.returncode == NO_TESTS or not count.passed + count.failed:
        print(f"  FAILED tier {tier.name} ran no tests")
        return Count(failed=1)
    if done.returncode and not count.failed:
        return count + Count(failed=1)
    return count


def _measured(tier: Tier, folder: Path) -> dict[str, str]:
    told = {"COVERAGE_FILE": str(folder / "coverage" / f".coverage.{tier.name}")}
    if tier.children_measured:
        told["COVERAGE_PROCESS_START"] = str(root() / "pyproject.toml")
    return told if tier.measured else {}


def _said(name: str, count: Count, seconds: float) -> Count:
    print(f"--- {name}: {count} ({seconds:.0f} s)", flush=True)
    return count
