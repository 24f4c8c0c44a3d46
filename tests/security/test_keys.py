import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.contracts.codes import Role
from shared.security.keys import (
    FileKeyRing,
    KeyRecord,
    RecordKeyRing,
    issue,
    looks_like_key,
    read_records,
    write_records,
)
from shared.security.roles import ROLE_RIGHTS, Principal, Right, Via, allowed

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def issued(days: int = 30) -> tuple[str, KeyRecord]:
    return issue("test", "LIBRARIES", Role.REPORTER, "KUNGSHOLMEN", days, NOW)


def test_a_key_is_written_as_ours_and_kept_as_its_hash_alone() -> None:
    plaintext, record = issued()
    assert plaintext.startswith("sml_test_")
    assert looks_like_key(plaintext)
    assert plaintext not in record.model_dump_json()
    assert issued()[0] != plaintext


def test_a_kind_of_key_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="prod"):
        issue("prod", "LIBRARIES", Role.REPORTER, "KUNGSHOLMEN", 30)


def test_a_key_finds_its_agency_until_it_expires() -> None:
    plaintext, record = issued(days=30)
    ring = RecordKeyRing([record])
    holder = ring.find(plaintext, NOW)
    assert holder is not None
    assert (holder.agency, holder.role, holder.via) == ("LIBRARIES", Role.REPORTER, Via.KEY)
    assert ring.find(plaintext, NOW + timedelta(days=29)) is not None
    assert ring.find(plaintext, NOW + timedelta(days=30)) is None


@pytest.mark.parametrize("text", ["", "sml_test_", "Bearer x", "sml_test_" + "a" * 43, "å" * 52])
def test_anything_else_finds_nobody(text: str) -> None:
    assert RecordKeyRing([issued()[1]]).find(text, NOW) is None


def test_a_key_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = FileKeyRing(path)
    plaintext, record = issued()
    assert ring.find(plaintext, NOW) is None
    write_records(path, [record])
    assert ring.find(plaintext, NOW) is not None
    assert read_records(path) == [record]
    assert path.stat().st_mode & 0o077 == 0
    write_records(path, [])
    os.utime(path, ns=(1, 1))
    assert ring.find(plaintext, NOW) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"keys": [{"sha256": 1}]}', "\0"])
def test_a_broken_key_file_lets_nobody_in(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")
    assert FileKeyRing(path).find(issued()[0], NOW) is None


def test_a_key_file_that_goes_away_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    plaintext, record = issued()
    write_records(path, [record])
    ring = FileKeyRing(path)
    assert ring.find(plaintext, NOW) is not None
    path.unlink()
    assert ring.find(plaintext, NOW) is None


def test_a_key_file_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    plaintext, record = issued()
    write_records(path, [record])
    assert plaintext.removeprefix("sml_test_") not in path.read_text(encoding="utf-8")
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"keys"}


def someone(role: Role) -> Principal:
    _, record = issue("test", "LIBRARIES", role, "KUNGSHOLMEN", 1, NOW)
    return record.principal()


@pytest.mark.parametrize("right", list(Right))
def test_every_right_is_decided_and_never_for_the_public_or_the_system(right: Right) -> None:
    assert ROLE_RIGHTS[right]
    assert not allowed(someone(Role.PUBLIC), right)
    assert not allowed(someone(Role.SYSTEM), right)


def test_only_the_sspf_coordinator_records_sspf() -> None:
    assert [role for role in Role if allowed(someone(role), Right.RECORD_SSPF)] == [
        Role.SSPF_COORDINATOR
    ]


def test_a_time_without_a_zone_in_the_key_file_is_in_utc(tmp_path: Path) -> None:
    plaintext, record = issued(days=1)
    written = record.model_dump(mode="json") | {"expires": "2026-06-02T00:00:00"}
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [written]}), encoding="utf-8")
    ring = FileKeyRing(path)
    assert ring.find(plaintext, NOW + timedelta(hours=23)) is not None
    assert ring.find(plaintext, NOW + timedelta(hours=24)) is None
