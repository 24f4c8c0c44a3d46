"""What compose promises: a season from nothing, and nothing lost by kills, stops and restarts."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.samlad.stack.ports import free_port
from deploy.samlad.testing.docker import Compose
from tests.support.waiting import eventually

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]

WEEKS = 8
SERVICES = ("intake", "coordination", "notify", "reporting")
KILLED = (*SERVICES, "kafka", "mongo", "caddy", "mail", "player")
SUMMARY = {
    "concerns",
    "problems",
    "assignments",
    "closed_actions",
    "deliveries",
    "reports",
    "latency_ms",
    "seconds",
}


@pytest.fixture(scope="module")
def demo() -> Iterator[Compose]:
    """The demo from nothing, as an operator brings it up."""
    compose = Compose(
        files=("docker-compose.yml", "docker-compose.demo.yml"),
        settings={"SAMLAD_DEMO_PORT": str(free_port()), "SAMLAD_DEMO_WEEKS": str(WEEKS)},
    )
    try:
        compose.up()
        yield compose
    finally:
        compose.down()


@pytest.fixture(scope="module")
def killed(demo: Compose) -> list[str]:
    """Every container, killed in turn and started again: those before the season was over."""
    during = []
    for name in KILLED:
        if not _played(demo):
            during.append(name)
        demo.run("kill", name)
        time.sleep(1)
        demo.run("start", name)
        time.sleep(1)
    return during


@pytest.fixture(scope="module")
def summary(
    demo: Compose, killed: list[str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The season's summary, when it has been played to its end in spite of that."""
    assert killed
    _until_played(demo)
    return _summary(demo, tmp_path_factory.mktemp("demo"))


def test_every_container_was_killed_while_the_season_was_played(killed: list[str]) -> None:
    assert killed == list(KILLED), "longer seasons are needed here: WEEKS"


def _until_played(demo: Compose) -> None:
    asyncio.run(eventually(lambda: _played(demo), within=400, every=1))


def _played(demo: Compose) -> bool:
    state = demo.state("player")
    return (state["Status"], state["ExitCode"]) == ("exited", 0)


def _summary(demo: Compose, folder: Path) -> dict[str, Any]:
    copied = demo.copied("player", "/demo/summary.json", folder / "summary.json")
    found: dict[str, Any] = json.loads(copied.read_text("utf-8"))
    return found


def test_a_season_played_while_containers_are_killed_loses_nothing(
    summary: dict[str, Any],
) -> None:
    assert set(summary) == SUMMARY
    concerns = summary["concerns"]
    assert (concerns["lost"], concerns["applied_twice"]) == (0, 0)
    assert concerns["on_topic"] == concerns["projected"]
    assert concerns["accepted"] >= 30 * WEEKS
    assert summary["reports"] >= WEEKS


def test_down_and_up_again_loses_nothing(
    demo: Compose, summary: dict[str, Any], tmp_path: Path
) -> None:
    demo.run("down", within=120)
    demo.up()
    _until_played(demo)
    again = _summary(demo, tmp_path)
    for name in ("concerns", "problems", "assignments", "closed_actions", "deliveries"):
        assert again[name] == summary[name], name


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_stops_in_order_within_its_grace(
    demo: Compose, summary: dict[str, Any], name: str
) -> None:
    assert summary
    began = time.monotonic()
    demo.run("stop", name)
    assert time.monotonic() - began < 25
    assert demo.state(name)["ExitCode"] in {0, 143}, "it had to be killed"
    demo.run("start", name)
