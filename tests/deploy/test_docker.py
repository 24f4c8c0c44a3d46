"""Tests on containers where none can be had: one line, and nothing fails."""

from pathlib import Path

import pytest

from deploy.samlad.testing import docker, run, tiers
from deploy.samlad.testing.count import Count
from deploy.samlad.testing.docker import KAFKA_IMAGE, Compose, project_with_ports


@pytest.fixture
def said_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that is a script: what it is asked, it answers by its exit code."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "docker"


def _script(path: Path, *refused: str) -> None:
    cases = "".join(f'"{words}"*) exit 1 ;;\n' for words in refused)
    path.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}esac\n', "utf-8")
    path.chmod(0o755)


def test_a_machine_without_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert docker.missing() == "no docker command on this machine"


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (("info",), "no Docker daemon answers"),
        (("compose version",), "docker has no compose plugin"),
        (("image inspect", "pull"), f"the image {KAFKA_IMAGE} cannot be had"),
        (("image inspect",), None),
        ((), None),
    ],
)
def test_what_is_missing_is_said(said_by: Path, refused: tuple[str, ...], why: str | None) -> None:
    _script(said_by, *refused)
    assert docker.missing() == why


def test_without_a_daemon_every_tier_on_containers_is_skipped_with_the_reason(
    said_by: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _script(said_by, "info")
    for tier in tiers.IN_CONTAINERS:
        assert run.tier_of(tier, tmp_path) == Count()
        assert f"{tier.name}: skipped: no Docker daemon answers" in capsys.readouterr().out


def test_the_tiers_on_containers_leave_no_marked_test_to_the_others() -> None:
    assert tiers.names_of(tiers.CONTAINERS) == ("stack", "containers", "system")
    assert "not containers" in tiers.UNIT.marker


def test_every_project_has_a_name_and_ports_of_its_own() -> None:
    one, other = project_with_ports(), project_with_ports()
    assert one.project != other.project
    assert len(set(one.settings.values())) == len(one.settings)
    assert {one.address("kafka"), one.address("mongo")} <= {
        f"127.0.0.1:{port}" for port in one.settings.values()
    }
    assert Compose().container("intake").endswith("-intake-1")
