"""The doctor says whether the vault's key file opens what is there."""

from pathlib import Path

import pytest

from deploy.samlad.doctor import Finding, Verdict, examine
from deploy.samlad.refusal import CannotError
from deploy.samlad.secret_files import Secrets
from services.intake.store.wrapped import Kind, Wrapped
from shared.security.master import MasterKey, MasterKeys
from shared.security.vault import VaultCipher
from shared.store.client import Document, connect

pytestmark = pytest.mark.stack

OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
SUCCESSOR = MasterKey.read(OLD).successor(NEW)


def wrapped(number: int, content: bytes) -> Document:
    keys = MasterKeys.read(content)
    kind = Kind.CONTACT if number % 2 else Kind.CONCERN
    place = Wrapped(kind, f"C-{number:03}", b"").place
    return {
        "_id": f"C-{number:03}",
        "key": VaultCipher(keys).new_key(place).wrapped,
        "under": keys.current.name,
    }


async def found(
    tmp_path: Path, mongo_url: str, name: str, *, files: tuple[bytes, ...], kept: tuple[bytes, ...]
) -> Finding:
    """What the doctor says with these key files, of data keys that these master keys wrapped."""
    client = connect(mongo_url)
    database = client.database(f"{name}_vault_keys")
    for number, content in enumerate(kept):
        kind = Kind.CONTACT if number % 2 else Kind.CONCERN
        await database[kind.value].insert_one(wrapped(number, content))
    await client.close()
    paths = [tmp_path / f"{number}.key" for number in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    settings = {
        "SAMLAD_MONGO_URL": mongo_url,
        "SAMLAD_DATABASE_PREFIX": f"{name}_",
        "SAMLAD_VAULT_KEY_FILE": str(paths[0] if paths else tmp_path / "none"),
        "SAMLAD_VAULT_FORMER_KEY_FILES": ",".join(map(str, paths[1:])),
    }
    [one] = [each for each in examine(tmp_path, settings) if each.what == "vault"]
    return one


@pytest.mark.parametrize(
    ("files", "kept", "verdict", "told"),
    [
        ((OLD,), (), Verdict.OK, "0 data keys"),
        ((OLD,), (OLD,) * 4, Verdict.OK, "4 data keys"),
        ((SUCCESSOR, OLD), (SUCCESSOR,) * 3, Verdict.OK, "3 data keys"),
        ((SUCCESSOR, OLD), (SUCCESSOR, SUCCESSOR, OLD), Verdict.WARN, "1 data keys"),
        ((SUCCESSOR,), (SUCCESSOR, SUCCESSOR, OLD), Verdict.FAIL, "1 of 3"),
        ((OTHER,), (OLD, OLD), Verdict.FAIL, "2 of 2"),
        ((SUCCESSOR, OTHER), (), Verdict.FAIL, "do not follow"),
        ((b"short",), (), Verdict.FAIL, "32 bytes"),
        ((), (OLD,), Verdict.FAIL, "FileNotFoundError"),
    ],
)
async def test_the_key_files_are_tried_on_the_data_keys(  # noqa: PLR0913, PLR0917 - a row of the table
    tmp_path: Path,
    mongo_url: str,
    database_name: str,
    files: tuple[bytes, ...],
    kept: tuple[bytes, ...],
    verdict: Verdict,
    told: str,
) -> None:
    one = await found(tmp_path, mongo_url, database_name, files=files, kept=kept)

    assert (one.verdict, told in one.found) == (verdict, True), one.found
    assert bool(one.advice) == (verdict is not Verdict.OK)


async def test_one_lost_key_among_hundreds_is_found_where_another_key_wrapped_it(
    tmp_path: Path, mongo_url: str, database_name: str
) -> None:
    kept = (*(OLD,) * 200, OTHER)
    one = await found(tmp_path, mongo_url, database_name, files=(OLD,), kept=kept)

    assert (one.verdict, one.found.split()[0]) == (Verdict.FAIL, "1")


def test_no_vault_key_is_made_during_a_rotation(tmp_path: Path) -> None:
    files = {
        "SAMLAD_VAULT_KEY_FILE": str(tmp_path / "mistyped.key"),
        "SAMLAD_VAULT_FORMER_KEY_FILES": str(tmp_path / "vault.key"),
    }
    with pytest.raises(CannotError, match="former"):
        Secrets(tmp_path, files).make(demo=False)
    assert not (tmp_path / "mistyped.key").exists()
