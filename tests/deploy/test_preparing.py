"""`samlad prepare`: what has to be there before the services start, made once and then kept."""

import json
import stat
from pathlib import Path

import pytest
from pymongo import MongoClient

from deploy.samlad import indexes
from deploy.samlad.preparing import prepare
from deploy.samlad.refusal import CannotError
from deploy.samlad.secret_files import Secrets
from shared.store.client import connect

SECRETS = ("SAMLAD_SECRET_FILE", "SAMLAD_VAULT_KEY_FILE", "SAMLAD_KEYS_FILE")


@pytest.fixture
def told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kafka_bootstrap: list[str],
    mongo_url: str,
    database_name: str,
) -> dict[str, Path]:
    """The settings of a system whose secrets lie in several folders."""
    files = {name: tmp_path / name.lower() / "file" for name in SECRETS}
    for name, path in files.items():
        monkeypatch.setenv(name, str(path))
    monkeypatch.setenv("SAMLAD_KAFKA", ",".join(kafka_bootstrap))
    monkeypatch.setenv("SAMLAD_MONGO_URL", mongo_url)
    monkeypatch.setenv("SAMLAD_DATABASE_PREFIX", f"{database_name}_")
    return files


@pytest.mark.stack
async def test_everything_is_made_once_and_kept_the_second_time(
    told: dict[str, Path], tmp_path: Path, mongo_url: str, database_name: str
) -> None:
    client = connect(mongo_url)
    assert "intake.concerns.own" in await indexes.missing(client, f"{database_name}_")
    said: list[str] = []
    await _prepared(tmp_path, said)
    before = {name: path.read_bytes() for name, path in told.items()}
    await _prepared(tmp_path, said)
    assert {name: path.read_bytes() for name, path in told.items()} == before
    assert len(before["SAMLAD_VAULT_KEY_FILE"]) == len(before["SAMLAD_SECRET_FILE"]) == 32
    assert await indexes.missing(client, f"{database_name}_") == []
    await client.close()
    assert "9 topics are as described, 0 of them made or changed now" in said[-2]


async def _prepared(folder: Path, said: list[str]) -> None:
    import asyncio  # noqa: PLC0415 - prepare runs a loop of its own

    await asyncio.to_thread(prepare, folder, replication=1, say=said.append)


@pytest.mark.stack
async def test_a_dropped_index_is_missed_and_made_again(
    told: dict[str, Path], tmp_path: Path, mongo_url: str, database_name: str
) -> None:
    assert told
    await _prepared(tmp_path, [])
    with MongoClient[dict[str, object]](mongo_url) as mongo:
        mongo[f"{database_name}_notify"]["live"].drop_index("once")
        mongo[f"{database_name}_vault_keys"]["data_keys"].drop()
    client = connect(mongo_url)
    assert "notify.live.once" in await indexes.missing(client, f"{database_name}_")
    await _prepared(tmp_path, [])
    assert await indexes.missing(client, f"{database_name}_") == []
    await client.close()


def test_secrets_lie_where_the_settings_say_for_their_owner_alone(tmp_path: Path) -> None:
    there = {name: str(tmp_path / name / "file") for name in SECRETS}
    secrets = Secrets(tmp_path, there)
    secrets.make(demo=True)
    assert str(secrets.vault) == there["SAMLAD_VAULT_KEY_FILE"]
    for path in (*map(Path, there.values()), secrets.demo_keys):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert json.loads(secrets.demo_keys.read_text("utf-8"))


def test_a_folder_that_takes_no_secrets_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    monkeypatch.setenv("SAMLAD_SECRET_FILE", str(tmp_path / "file" / "secret"))
    with pytest.raises(CannotError, match="secrets cannot be written"):
        prepare(tmp_path, replication=1, say=print)
