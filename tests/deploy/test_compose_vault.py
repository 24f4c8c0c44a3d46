"""Compose lets an operator rotate the vault's key and decide on disposal, by `.env` alone."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.samlad.places import root
from services.intake.settings import Settings
from shared.security.master import MasterKey

_READ = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
Json = dict[str, Any]
DECISION = """
[[decision]]
class = "REJECTED"
days = 90
reference = "KUN 2026/1"
valid_from = 2026-01-01
"""


def composed(**env: str) -> Json:
    """The services of docker-compose.yml, as compose reads it with this `.env`."""

    def filled(node: Any) -> Any:  # noqa: ANN401 - any YAML
        if isinstance(node, dict):
            return {name: filled(value) for name, value in node.items()}
        if isinstance(node, list):
            return [filled(each) for each in node]
        if not isinstance(node, str):
            return node
        return _READ.sub(lambda read: env.get(read[1]) or (read[2] or ""), node)

    told = yaml.safe_load((root() / "docker-compose.yml").read_text("utf-8"))
    services: Json = filled(told["services"])
    return services


def settings_in(service: Json, here: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Intake's settings in the container, whose files lie where `here` says."""
    for name, value in service["environment"].items():
        for inside, outside in here.items():
            value = re.sub(rf"(?<![\w.]){inside}", str(outside), str(value))  # noqa: PLW2901
        monkeypatch.setenv(name, value)
    return Settings()


def mounts(service: Json) -> dict[str, str]:
    """What lies where in the container."""
    short = [one.split(":") for one in service["volumes"] if isinstance(one, str)]
    long = [one for one in service["volumes"] if not isinstance(one, str)]
    return {inside: outside for outside, inside, *_ in short} | {
        one["target"]: one["source"] for one in long
    }


def test_without_settings_there_is_one_key_and_no_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vault.key").write_bytes(bytes(32))
    intake = composed()["intake"]
    decisions = mounts(intake)["/decisions/retention.toml"]
    here = {"/vault": tmp_path, "/decisions/retention.toml": Path(decisions)}
    found = settings_in(intake, here, monkeypatch)

    assert (found.vault_key_file, found.vault_former_key_files) == (tmp_path / "vault.key", [])
    assert len(found.vault_keys().all) == 1
    assert found.decisions() == []


def test_another_key_and_the_former_one_reach_intake_and_the_operators_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = MasterKey.read(bytes(32))
    (tmp_path / "vault.key").write_bytes(bytes(32))
    (tmp_path / "second.key").write_bytes(first.successor(bytes(range(32))))
    services = composed(
        SAMLAD_VAULT_KEY_FILE="/vault/second.key", SAMLAD_VAULT_FORMER_KEY_FILES="/vault/vault.key"
    )
    found = settings_in(services["intake"], {"/vault": tmp_path}, monkeypatch)

    assert [each.wrapping for each in found.vault_keys().all] == [bytes(range(32)), bytes(32)]
    assert mounts(services["intake"])["/vault"] == mounts(services["prepare"])["/vault"] == "vault"
    for name in ("SAMLAD_VAULT_KEY_FILE", "SAMLAD_VAULT_FORMER_KEY_FILES"):
        told = services["prepare"]["environment"][name]
        assert told == services["intake"]["environment"][name]


def test_a_file_of_decisions_of_this_machine_reaches_intake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "decisions.toml"
    file.write_text(DECISION)
    (tmp_path / "vault.key").write_bytes(bytes(32))
    intake = composed(SAMLAD_RETENTION_FILE=str(file))["intake"]
    inside = intake["environment"]["SAMLAD_RETENTION_FILE"]
    here = {"/vault": tmp_path, inside: Path(mounts(intake)[inside])}
    found = settings_in(intake, here, monkeypatch)

    assert [each.reference for each in found.decisions()] == ["KUN 2026/1"]
    [mounted] = [one for one in intake["volumes"] if not isinstance(one, str)]
    assert (mounted["type"], mounted["read_only"]) == ("bind", True)
    assert mounted["bind"] == {"create_host_path": False}  # else a missing file becomes a folder
