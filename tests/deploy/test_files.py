"""Ports, secrets and keys: kept, private, and shown once."""

import json
import os
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.samlad import keyring
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import Secrets, demo_keys
from deploy.samlad.stack.ports import RANGE, Ports, free_port, is_free
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.security.keys import FileKeyRing


def test_a_free_port_lies_below_those_of_outgoing_connections() -> None:
    assert free_port() in RANGE


def test_a_part_keeps_its_port_from_one_start_to_the_next(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json").of("kafka")
    assert Ports(tmp_path / "ports.json").of("kafka") == first


def test_a_port_that_was_taken_meanwhile_is_replaced_and_said_so(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json").of("kafka")
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert not is_free(first)
        again = Ports(tmp_path / "ports.json")
        assert again.of("kafka") != first
    assert f"port {first} of kafka is taken" in again.moved[0]


def test_no_two_parts_get_the_same_port(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    wanted = free_port()
    assert ports.of("one", wanted) == wanted
    assert ports.of("two", wanted) != wanted


def test_a_broken_port_file_is_as_none(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("[1")
    assert Ports(tmp_path / "ports.json").of("kafka") in RANGE


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.make(demo=True)
    files = (secrets.session, secrets.vault, secrets.keys, secrets.demo_keys)
    before = [path.read_bytes() for path in files]
    secrets.make(demo=True)
    assert [path.read_bytes() for path in files] == before
    assert {_mode(path) for path in files} == {0o600}
    assert len(secrets.session.read_bytes()) == len(secrets.vault.read_bytes()) == 32


def test_a_half_written_secret_is_made_anew(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.session.write_bytes(b"half")
    secrets.make(demo=False)
    assert len(secrets.session.read_bytes()) == 32
    assert not secrets.demo_keys.exists()


@pytest.mark.parametrize("content", [b"", b"half", b"x" * 33])
def test_a_vault_key_that_is_there_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    secrets = Secrets(tmp_path)
    secrets.vault.write_bytes(content)
    with pytest.raises(CannotError, match="left as it is"):
        secrets.make(demo=True)
    assert secrets.vault.read_bytes() == content


@pytest.mark.parametrize("size", [32, 93])
def test_no_vault_key_is_made_beside_another_one(tmp_path: Path, size: int) -> None:
    (tmp_path / "vault.key").write_bytes(bytes(size))
    secrets = Secrets(tmp_path, {"SAMLAD_VAULT_KEY_FILE": str(tmp_path / "valut.key")})
    with pytest.raises(CannotError, match="SAMLAD_VAULT_KEY_FILE"):
        secrets.make(demo=False)
    assert not secrets.vault.exists()


def test_other_secrets_and_what_a_broken_start_left_are_no_vault_keys(tmp_path: Path) -> None:
    for name in ("secret", "session", "vault.key.half", "session.half"):
        (tmp_path / name).write_bytes(bytes(32))
    (tmp_path / "notes.txt").write_text("other")
    secrets = Secrets(tmp_path, {"SAMLAD_SECRET_FILE": str(tmp_path / "session")})
    secrets.make(demo=True)
    assert len(secrets.vault.read_bytes()) == 32


def test_every_agency_has_a_demo_key_to_report_and_to_act(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    secrets.make(demo=True)
    keys, ring = demo_keys(secrets.demo_keys), FileKeyRing(secrets.keys)
    for agency in District.load().agencies:
        for role in (Role.REPORTER, Role.ACTION_OWNER):
            found = ring.find(keys[agency, role], datetime.now(UTC))
            assert found
            assert (found.agency, found.role) == (agency, role)
    assert ("DISTRICT_COORD", "COORDINATOR") in keys


def test_a_key_is_shown_once_works_and_is_worthless_after_it_was_revoked(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    key, record = keyring.add(
        file, "FIRE_BRIGADE", "REPORTER", kind="team", days=30, label="station"
    )
    assert key not in file.read_text("utf-8")
    assert FileKeyRing(file).find(key, datetime.now(UTC))
    [row] = keyring.listed(file)
    assert (row["agency"], row["kind"], row["label"]) == ("FIRE_BRIGADE", "team", "station")
    assert key not in json.dumps(row)
    keyring.remove(file, record.sha256[:12])
    os.utime(file, (1, 1))
    assert FileKeyRing(file).find(key, datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("agency", "role", "kind"),
    [
        ("NOBODY", "REPORTER", "test"),
        ("FIRE_BRIGADE", "KING", "test"),
        ("FIRE_BRIGADE", "REPORTER", "eternal"),
    ],
)
def test_a_key_for_something_unknown_is_refused(
    agency: str, role: str, kind: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotError) as refused:
        keyring.add(tmp_path / "keys.json", agency, role, kind=kind, days=1, label="")
    assert refused.value.code == Exit.USAGE


def test_only_a_fingerprint_that_means_one_key_revokes(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    _, record = keyring.add(file, "REGION", "REPORTER", kind="test", days=1, label="")
    for fingerprint in ("", record.sha256[:3], "0" * 12):
        with pytest.raises(CannotError):
            keyring.remove(file, fingerprint)
    assert len(keyring.listed(file)) == 1


def test_a_file_that_holds_no_keys_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(CannotError, match="not a key file"):
        keyring.listed(tmp_path / "keys.json")
