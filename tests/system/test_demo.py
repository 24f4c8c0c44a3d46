"""The demo does the main job from nothing, and its summary is counted from outside."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.samlad.stack.ports import free_port

pytestmark = [pytest.mark.system, pytest.mark.embedded, pytest.mark.timeout(240)]

KEYS = {
    "concerns",
    "problems",
    "assignments",
    "closed_actions",
    "deliveries",
    "reports",
    "latency_ms",
    "seconds",
}


def demo(folder: Path, *options: str) -> dict[str, Any]:
    summary = folder / "summary.json"
    command = [sys.executable, "-m", "deploy.samlad", "demo", "--once", "--weeks", "4"]
    command += ["--data", str(folder / "data"), "--json", str(summary)]
    command += ["--port", str(free_port()), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(summary.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def summary(folder: Path) -> dict[str, Any]:
    return demo(folder)


def test_the_summary_has_the_promised_keys(summary: dict[str, Any]) -> None:
    assert set(summary) == KEYS
    assert set(summary["seconds"]) == {"set_up", "start", "play"}


def test_nothing_is_lost_and_nothing_applied_twice(summary: dict[str, Any]) -> None:
    concerns = summary["concerns"]
    assert concerns["lost"] == concerns["applied_twice"] == 0
    assert concerns["on_topic"] == concerns["projected"]
    assert concerns["sent"] == concerns["accepted"] + concerns["diverted"]
    assert concerns["projected"] >= 4 * 30


def test_every_thread_of_the_story_happens(summary: dict[str, Any]) -> None:
    assert summary["concerns"]["quarantined"] >= 1
    assert summary["concerns"]["diverted"] >= 4
    assert summary["problems"] >= 2
    assert summary["assignments"].get("CLOSED", 0) >= 1
    assert summary["closed_actions"].get("IMPROVED", 0) >= 1
    assert summary["deliveries"].get("DELIVERED", 0) >= 8
    assert summary["reports"] >= 4


def test_it_is_as_quick_as_promised(summary: dict[str, Any]) -> None:
    assert summary["seconds"]["start"] <= 15
    assert summary["seconds"]["play"] <= 60
    assert summary["latency_ms"]["p50"] < 1_000


def test_a_second_start_resumes_and_counts_the_same(folder: Path, summary: dict[str, Any]) -> None:
    again = demo(folder)
    for key in KEYS - {"seconds", "latency_ms"}:
        assert again[key] == summary[key]
