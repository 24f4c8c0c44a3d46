"""Another master key: nothing unreadable at any moment, and everything compared as before."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from typer.testing import CliRunner

from deploy.samlad import cli
from deploy.samlad.refusal import CannotError
from deploy.samlad.rotating import rotate
from deploy.samlad.secret_files import Secrets
from services.intake.commands import rotation
from services.intake.settings import Settings
from services.intake.store.data_keys import key_id
from services.intake.store.wrapped import WrappedKeys
from shared.security.master import MasterKey, MasterKeys
from shared.security.vault import VaultCipher, VaultRefusedError, WrappedKey
from tests.intake.conftest import Intake, concern, know_places, running

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("without_indexes")]

TEXT = "Lampan vid trappan är trasig."
MANY = 7
Json = dict[str, Any]


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def settings(settings_of: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that the command line reads too."""
    monkeypatch.setenv("SAMLAD_MONGO_URL", settings_of.mongo_url)
    monkeypatch.setenv("SAMLAD_DATABASE_PREFIX", settings_of.database_prefix)
    monkeypatch.setenv("SAMLAD_VAULT_KEY_FILE", str(settings_of.vault_key_file))
    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    return settings_of


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new.key"


async def rotated(new: Path) -> tuple[int, Any]:
    """What the command answers an operator, beside what runs here."""
    try:
        done = await asyncio.to_thread(rotate, new.parent, new)
    except CannotError as error:
        return error.code, str(error)
    return (1 if done["unreadable"] else 0), done


def with_new(settings: Settings, new: Path) -> Settings:
    """The settings of a service that knows both."""
    known = {"vault_key_file": new, "vault_former_key_files": [settings.vault_key_file]}
    return settings.model_copy(update=known)


async def texts(intake: Intake, keys: MasterKeys) -> list[str]:
    """Every narrative that opens with these keys."""
    cipher = VaultCipher(keys)
    wrapped = {row["_id"]: row["key"] for row in await intake.keys_of_vault()}
    return [
        cipher.unwrap(key, WrappedKey(wrapped[key])).open("narrative", row["vault"]["narrative"])
        for row in await intake.all("concerns")
        for key in (key_id(row["_id"], row.get("vault_key")),)
    ]


def follow(settings: Settings, new: Path) -> None:
    """Make the new key as the operator may do it."""
    standing = MasterKey.read(settings.vault_key_file.read_bytes())
    new.write_bytes(standing.successor(os.urandom(32)))


async def reports(intake: Intake) -> list[Json]:
    answers = [
        await intake.post("/intake/v1/concerns", concern(narrative=f"{TEXT} {n}"), key=f"k{n}")
        for n in range(MANY)
    ]
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json() for answer in answers]


async def test_everything_opens_with_the_new_key_alone_and_replays_are_recognised(
    settings: Settings, mongo_url: str, new: Path
) -> None:
    async with running(settings, mongo_url) as intake:
        await know_places(intake)
        first = await reports(intake)
    assert (await rotated(new))[0] == 0

    only_new = settings.model_copy(update={"vault_key_file": new})
    async with running(only_new, mongo_url) as intake:
        keys = only_new.vault_keys()
        assert len(await texts(intake, keys)) == MANY
        assert {row["under"] for row in await intake.keys_of_vault()} == {keys.current.name}
        with pytest.raises(VaultRefusedError):
            await texts(intake, MasterKeys.read(settings.vault_key_file.read_bytes()))
        assert await reports(intake) == first
        again = await intake.report("k0", narrative=f"{TEXT} 0")
        other = await intake.report("k0", narrative="Något annat.")
        assert again.headers["idempotent-replayed"] == "true"
        assert other.status_code == 422
        lines = await intake.all("audit")
    assert [(row["act"], row["count"]) for row in lines] == [("VAULT_ROTATED", MANY)] * 2


async def test_killed_midway_everything_stays_readable_and_a_second_run_finishes(
    settings: Settings, mongo_url: str, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(settings, new)
    replace, batches = WrappedKeys.replace, list[int]()

    async def killed_at_the_third(this: WrappedKeys, keys: Any, master: str) -> None:  # noqa: ANN401 - as it is
        batches.append(len(keys))
        if len(batches) == 3:
            raise Killed
        await replace(this, keys, master)

    both = with_new(settings, new)
    async with running(both, mongo_url) as intake:
        await know_places(intake)
    async with running(settings, mongo_url) as intake:
        await reports(intake)
    async with running(both, mongo_url) as intake:
        with monkeypatch.context() as killed:
            killed.setattr(WrappedKeys, "replace", killed_at_the_third)
            with pytest.raises(Killed):
                await rotated(new)
        keys = both.vault_keys()
        under = [row["under"] for row in await intake.keys_of_vault()]
        assert under.count(keys.current.name) == 4
        assert len(await texts(intake, keys)) == MANY
        replayed = await intake.report("k6", narrative=f"{TEXT} 6")
        assert replayed.headers["idempotent-replayed"] == "true"

        code, done = await rotated(new)
        assert (code, done["rewrapped"], done["unreadable"]) == (0, MANY - 4, 0)
        assert len(await texts(intake, MasterKeys(keys.current))) == MANY
        assert (await rotated(new))[1]["rewrapped"] == 0


async def test_contacts_are_wrapped_anew_too(settings: Settings, mongo_url: str, new: Path) -> None:
    place = f"{TEXT}/contact"
    key = VaultCipher(settings.vault_keys()).new_key(place)
    sealed = key.seal("contact", "anna@example.org")
    with MongoClient[Json](mongo_url) as mongo:
        contacts = mongo[settings.keys_database_name]["contacts"]
        contacts.insert_one({"_id": TEXT, "key": key.wrapped, "sealed": sealed})
        assert (await rotated(new))[1]["rewrapped"] == 1
        [kept] = contacts.find().to_list()
    after = VaultCipher(settings.model_copy(update={"vault_key_file": new}).vault_keys())
    opened = after.unwrap(place, WrappedKey(kept["key"])).open("contact", kept["sealed"])
    assert opened == "anna@example.org"


async def test_while_a_running_intake_does_not_know_the_new_key_nothing_is_wrapped(
    settings: Settings, mongo_url: str, new: Path
) -> None:
    async with running(settings, mongo_url) as intake:
        await know_places(intake)
        await reports(intake)
        before = await intake.keys_of_vault()
        code, said = await rotated(new)
        assert code == 5
        assert f"SAMLAD_VAULT_KEY_FILE={new}" in said
        assert f"SAMLAD_VAULT_FORMER_KEY_FILES={settings.vault_key_file}" in said
        assert await intake.keys_of_vault() == before
        assert await intake.all("audit") == []

    async with running(with_new(settings, new), mongo_url):
        assert (await rotated(new))[0] == 0


async def test_a_key_destroyed_meanwhile_stays_destroyed_and_a_foreign_one_is_told(
    settings: Settings, mongo_url: str, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(settings, mongo_url) as intake:
        await know_places(intake)
        await reports(intake)
    replace = WrappedKeys.replace
    with MongoClient[Json](mongo_url) as mongo:
        kept = mongo[settings.keys_database_name]["data_keys"]
        kept.insert_one({"_id": "0", "key": VaultCipher(bytes(32)).new_key("0").wrapped})
        gone = kept.find({}, {"_id": 1}).sort("_id", 1).to_list()[1]["_id"]

        async def destroyed_first(this: WrappedKeys, keys: Any, master: str) -> None:  # noqa: ANN401 - as it is
            kept.delete_one({"_id": gone})
            await replace(this, keys, master)

        monkeypatch.setattr(WrappedKeys, "replace", destroyed_first)
        code, done = await rotated(new)
        assert (code, done["unreadable"]) == (1, 1)
        assert kept.find_one({"_id": gone}) is None


def test_a_file_of_32_bytes_is_completed_and_one_of_another_vault_refused(
    settings: Settings, new: Path
) -> None:
    own = os.urandom(32)
    new.write_bytes(own)
    assert asyncio.run(rotated(new))[0] == 0
    assert new.read_bytes()[:32] == own
    assert new.stat().st_mode & 0o777 == 0o600
    new.write_bytes(MasterKey.read(os.urandom(32)).successor(os.urandom(32)))
    assert asyncio.run(rotated(new))[0] == 5
    new.write_bytes(b"short")
    assert asyncio.run(rotated(new))[0] == 5
    assert asyncio.run(rotated(settings.vault_key_file))[0] == 2


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("SAMLAD_VAULT_FORMER_KEY_FILES", raising=False)
    return monkeypatch


def test_the_former_keys_are_named_with_commas(environment: pytest.MonkeyPatch) -> None:
    assert Settings().vault_former_key_files == []
    environment.setenv("SAMLAD_VAULT_FORMER_KEY_FILES", "")
    assert Settings().vault_former_key_files == []
    environment.setenv("SAMLAD_VAULT_FORMER_KEY_FILES", "a/one.key,two.key")
    assert Settings().vault_former_key_files == [Path("a/one.key"), Path("two.key")]


def test_the_command_tells_what_became_of_the_keys(settings: Settings, new: Path) -> None:
    command = ["vault", "rotate", "--new-key-file", str(new), "--json"]
    done = CliRunner().invoke(cli.app, command)
    name = MasterKey.read(new.read_bytes()).name
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"under": name, "rewrapped": 0, "unreadable": 0}


def test_a_rotated_key_is_not_taken_for_a_broken_one(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    file = MasterKey.read(os.urandom(32)).successor(os.urandom(32))
    secrets.vault.write_bytes(file)
    secrets.make(demo=False)
    assert secrets.vault.read_bytes() == file
