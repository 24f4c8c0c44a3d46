"""Runs the tiers in their order and counts."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.samlad.places import data_folder, root
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.kit import set_up
from deploy.samlad.stack.state import State
from deploy.samlad.testing import tiers
from deploy.samlad.testing.count import Count, from_report
from deploy.samlad.testing.coverage import judge
from deploy.samlad.testing.lint import lint
from deploy.samlad.testing.tiers import TIERS, Tier

NO_TESTS = 5
START_WITHIN = 120.0


def run(wanted: Sequence[str], *, fast: bool) -> int:
    """Run the wanted tiers, else all; returns the exit code."""
    unknown = set(wanted) - set(tiers.NAMES)
    if unknown:
        raise CannotError(
            f"There is no tier {', '.join(unknown)}: {', '.join(tiers.NAMES)}.", Exit.USAGE
        )
    chosen = tuple(wanted) or (tiers.FAST if fast else tiers.NAMES)
    folder = data_folder() / "test"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "coverage").mkdir(parents=True)
    began = time.monotonic()
    set_up()
    total = _lint() if tiers.LINT in chosen else Count()
    for tier in TIERS:
        if tier.name in chosen:
            total += tier_of(tier, folder)
    total += _coverage(chosen, folder / "coverage")
    print(f"\n{time.monotonic() - began:.0f} s\n{total}", flush=True)
    return Exit.FAILED if total.failed else Exit.DONE


def _lint() -> Count:
    print("\n=== lint: style, types, who may import whom", flush=True)
    began = time.monotonic()
    return _said(tiers.LINT, lint(), began)


def tier_of(tier: Tier, folder: Path) -> Count:
    """Run one tier with what it needs, or say why it cannot run here."""
    print(f"\n=== {tier.name}: {tier.says}", flush=True)
    missing = tier.missing()
    if missing:
        print(f"--- {tier.name}: skipped: {missing}", flush=True)
        return Count()
    began = time.monotonic()
    environment = {**os.environ, **_measured(tier, folder), **tier.environment()}
    if tier.needs_stack:
        with _stack(folder / "stack", environment) as addresses:
            count = pytest_of(tier, folder, environment | addresses)
    else:
        count = pytest_of(tier, folder, environment)
    return _said(tier.name, count, began)


def pytest_of(tier: Tier, folder: Path, environment: Mapping[str, str]) -> Count:
    """Run the tests of a tier. What ran nothing or fell over counts as a failure."""
    report = folder / f"{tier.name}.xml"
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-m", tier.marker, "-rs", "--tb=short"),
        *(("-n", str(tier.workers), "--dist", "loadfile") if tier.workers else ()),
        *(f"--junitxml={report}", "-o", "junit_logging=no"),
        f"--basetemp={folder / f'tmp-{tier.name}'}",
        *(("--cov", "--cov-report=") if tier.measured else ()),
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
    into = {"COVERAGE_FILE": str(folder / "coverage" / f".coverage.{tier.name}")}
    if tier.children_measured:
        into["COVERAGE_PROCESS_START"] = str(root() / "pyproject.toml")
    return into


@contextmanager
def _stack(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "deploy.samlad", "stack", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(environment))
    try:
        state = _until_ready(folder, process)
        yield {"SAMLAD_TEST_KAFKA": ",".join(state.kafka), "SAMLAD_TEST_MONGO": state.mongo_url}
    finally:
        process.terminate()
        process.wait(60)


def _until_ready(folder: Path, process: subprocess.Popen[bytes]) -> State:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        state = State.read(folder)
        if state and state.ready:
            return state
        time.sleep(0.05)
    raise CannotError(f"Kafka and MongoDB did not start; see {folder / 'logs'}.", Exit.FAILED)


def _coverage(chosen: Sequence[str], folder: Path) -> Count:
    if set(chosen) != set(tiers.NAMES):
        print("\n=== coverage: not judged, since not every tier was run")
        return Count()
    print("\n=== coverage", flush=True)
    return judge(folder)


def _said(name: str, count: Count, began: float) -> Count:
    print(f"--- {name}: {count} ({time.monotonic() - began:.0f} s)", flush=True)
    return count
