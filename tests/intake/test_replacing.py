"""A text that was replaced is gone: no copy of the concern from before opens with any key left."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deploy.samlad.rotating import rotate
from services.intake.commands.trail import Line
from services.intake.settings import Settings
from services.intake.store.data_keys import DataKeys
from shared.security.master import MasterKey, MasterKeys
from shared.security.sealing import VaultRefusedError, decrypt, joined
from shared.security.vault import DataKey, VaultCipher, WrappedKey
from shared.store.errors import Unavailable, WriteUncertain
from shared.store.stream import Stream
from tests.intake.conftest import Intake, Json, concern, know_places, running
from tests.intake.test_expunging import expunge, sweep_an_hour_later
from tests.intake.test_open311 import Desk

pytestmark = pytest.mark.stack

CONCERNS, QUARANTINE = "/intake/v1/concerns", "/intake/v1/quarantine"
OLD, NEW, NEWER = "Lampan vid bron är trasig.", "Lampan vid trappan.", "Båda lamporna."
NUMBER = "19900101-2385"
HELD, NUMBERED = f"Mannen {NUMBER} står vid trappan.", f"D {NUMBER}"
DESK, FOLLOW_UP = "DISTRICT_COORD", {"purpose": "OWN_FOLLOW_UP"}
HEADER = 5  # of a wrapped key: 2 and its master's id


# What opens


def in_the_clear(row: Json, masters: MasterKeys) -> bytes:
    """A data key, as somebody has it who has the master keys and the keys' database."""
    master = next(each for each in masters.all if each.id == row["key"][1:HEADER])
    bound = b"samlad vault key\x00" + joined(row["_id"])
    return decrypt(AESGCM(master.wrapping), row["key"], bound, row["key"][:HEADER])


def tried(sealed: bytes, key: bytes, places: Iterable[str], field: str) -> str | None:
    for place in places:
        try:
            bound = b"samlad vault text\x00" + joined(place, field)
            return decrypt(AESGCM(key), sealed, bound).decode()
        except VaultRefusedError:
            continue
    return None


async def opening(intake: Intake, document: Json, settings: Settings | None = None) -> Json:
    """Every text of a copy of a concern that some key which stands opens, wherever it belongs."""
    rows = await intake.keys_of_vault()
    named = f"{document['_id']}#{document.get('vault_key')}"
    places = [document["_id"], named, *(row["_id"] for row in rows)]
    masters = (settings or intake.settings).vault_keys()
    return {
        field: text
        for field, sealed in document["vault"].items()
        for row in rows
        if (text := tried(sealed, in_the_clear(row, masters), places, field)) is not None
    }


async def copy(intake: Intake) -> Json:
    """The one concern as a backup has it."""
    [document] = await intake.all("concerns")
    return document


# What is done


async def reported(intake: Intake, narrative: str = OLD, **changes: object) -> str:
    answer = await intake.report("k", narrative=narrative, **changes)
    assert answer.status_code == 202
    return str(answer.json()["concern_id"])


async def correct(intake: Intake, one: str, **changes: object) -> httpx.Response:
    return await intake.post(f"{CONCERNS}/{one}/correct", concern(**changes))


async def decide(intake: Intake, one: str, how: str, **body: object) -> httpx.Response:
    return await intake.post(f"{QUARANTINE}/{one}/{how}", body, agency=DESK)


async def read(intake: Intake, one: str) -> str:
    answer = await intake.post(f"{CONCERNS}/{one}/narrative-readings", FOLLOW_UP)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["narrative"])


async def test_what_was_corrected_opens_with_no_key_that_stands(intake: Intake) -> None:
    one = await reported(intake)
    backup = await copy(intake)
    assert await opening(intake, backup) == {"narrative": OLD}

    assert (await correct(intake, one, narrative=NEW)).status_code == 200

    assert await opening(intake, backup) == {}
    assert await opening(intake, await copy(intake)) == {"narrative": NEW}
    assert await read(intake, one) == NEW


async def test_what_was_redacted_opens_with_no_key_that_stands(intake: Intake) -> None:
    one = await reported(intake, HELD, external_reference=NUMBERED)
    backup = await copy(intake)
    assert await opening(intake, backup) == {"narrative": HELD, "external_reference": NUMBERED}

    assert (await decide(intake, one, "redact", narrative=NEW)).status_code == 200

    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW


async def test_each_of_several_corrections_takes_the_one_before(intake: Intake) -> None:
    one = await reported(intake)
    backups = [await copy(intake)]
    for text in (NEW, NEWER, OLD, OLD):
        await correct(intake, one, narrative=text, severity=len(backups) % 3)
        backups.append(await copy(intake))

    opened = [await opening(intake, each) for each in backups]
    assert opened == [{}, {}, {}, {}, {"narrative": OLD}]
    assert len(await intake.keys_of_vault()) == 1


async def test_a_text_that_stays_still_opens_and_its_copy_from_before_does_not(
    intake: Intake,
) -> None:
    """An own reference with a finding stays sealed at a release, and when the text is corrected."""
    one = await reported(intake, external_reference=NUMBERED)
    await decide(intake, one, "release", reason="FALSE_ALARM")
    backup = await copy(intake)
    await correct(intake, one, narrative=NEW)

    assert await opening(intake, backup) == {}
    wanted = {"concern_id": one, "reference": "KUN 2026/00123"}
    given = await intake.post("/intake/v1/access-exports", wanted, agency="RECORDS")
    [account] = given.json()["reports"]
    assert account["texts"] == {"narrative": NEW, "external_reference": NUMBERED}
    assert (account["unreadable"], account["further"]) == ([], {})


async def test_a_reference_that_a_release_took_from_the_vault_is_sealed_nowhere(
    intake: Intake,
) -> None:
    one = await reported(intake, HELD, external_reference="D-17")
    backup = await copy(intake)
    await decide(intake, one, "release", reason="FALSE_ALARM")

    assert await opening(intake, backup) == {}
    assert await opening(intake, await copy(intake)) == {"narrative": HELD}


async def test_what_was_posted_goes_with_the_text_that_is_corrected(intake: Intake) -> None:
    desk = Desk(intake)
    one = await desk.posted(description=OLD)
    backup = await copy(intake)
    assert (await opening(intake, backup)).keys() == {"narrative", "open311"}
    for changes in ({"narrative": NEW}, {"severity": 2}):
        await correct(intake, one, **changes)

    assert await opening(intake, backup) == {}
    assert (await desk.read(one))["description"] == NEW


async def test_a_correction_of_codes_alone_leaves_text_and_key_as_they_are(intake: Intake) -> None:
    one = await reported(intake)
    before, keys = await copy(intake), await intake.keys_of_vault()
    assert (await correct(intake, one, severity=2)).status_code == 200

    assert (await copy(intake))["vault"] == before["vault"]
    assert await intake.keys_of_vault() == keys


async def test_a_text_that_comes_late_has_a_key_and_may_be_replaced(intake: Intake) -> None:
    one = str((await intake.report("k")).json()["concern_id"])
    assert await intake.keys_of_vault() == []
    await correct(intake, one, narrative=OLD)
    backup = await copy(intake)
    assert await opening(intake, backup) == {"narrative": OLD}
    await correct(intake, one, narrative=NEW)

    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW


async def test_another_concerns_texts_and_keys_are_left_alone(intake: Intake) -> None:
    other = str((await intake.report("other", narrative=NEWER)).json()["concern_id"])
    one = await reported(intake)
    for text in (NEW, OLD):
        await correct(intake, one, narrative=text)
    await expunge(intake, one)

    assert await sweep_an_hour_later(intake) == [other]
    assert await read(intake, other) == NEWER


# The report again


async def test_the_report_sent_again_neither_opens_nor_disturbs_anything(intake: Intake) -> None:
    one = await reported(intake)
    backup = await copy(intake)
    await correct(intake, one, narrative=NEW)
    again = await asyncio.gather(*(intake.report("k", narrative=OLD) for _ in range(10)))

    assert {answer.headers.get("idempotent-replayed") for answer in again} == {"true"}
    assert {answer.json()["concern_id"] for answer in again} == {one}
    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW
    [left] = await sweep_an_hour_later(intake)
    assert left != one  # the key the repeats made anew, which nothing names
    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW


async def test_the_report_sent_again_in_the_middle_of_a_correction_keeps_no_key_alive(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await reported(intake)
    backup = await copy(intake)
    append = Stream.append

    async def meanwhile(stream: Stream, *args: Any, **named: Any) -> int:  # noqa: ANN401 - passed on
        assert (await intake.report("k", narrative=OLD)).headers["idempotent-replayed"] == "true"
        return await append(stream, *args, **named)

    monkeypatch.setattr(Stream, "append", meanwhile)
    assert (await correct(intake, one, narrative=NEW)).status_code == 200

    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW


# Broken off


async def _killed(*_: object, **__: object) -> None:
    raise RuntimeError


def _after(whole: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def done_and_killed(*args: object, **named: object) -> None:
        await whole(*args, **named)
        raise RuntimeError

    return done_and_killed


STEPS = [
    (DataKeys, "add", False),
    (DataKeys, "unsettle", False),
    (Stream, "append", False),
    (DataKeys, "destroy", True),
]


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(("part", "step", "stands"), STEPS)
async def test_broken_off_anywhere_what_stands_opens_and_the_sweep_takes_the_rest(
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    part: type,
    step: str,
    stands: bool,  # noqa: FBT001 - a row of the table
    finished: bool,  # noqa: FBT001 - a row of the table
) -> None:
    one = await reported(intake)
    backup = await copy(intake)
    await sweep_an_hour_later(intake)  # its key is settled: nobody would look at it again
    stands = stands or (step == "append" and finished)
    with monkeypatch.context() as broken:
        broken.setattr(part, step, _after(getattr(part, step)) if finished else _killed)
        assert (await correct(intake, one, narrative=NEW)).status_code == 500

    expected = NEW if stands else OLD
    assert await read(intake, one) == expected
    [left] = await sweep_an_hour_later(intake)
    assert await read(intake, one) == expected
    assert await opening(intake, backup) == ({} if stands else {"narrative": OLD})

    again = await correct(intake, one, narrative=NEW)
    assert (again.status_code, "idempotent-replayed" in again.headers) == (200, stands)
    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW
    assert (await sweep_an_hour_later(intake) == [left]) == stands


async def test_a_write_that_may_stand_leaves_the_text_readable_and_the_old_key_to_the_sweep(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await reported(intake, HELD)
    backup = await copy(intake)
    append = Stream.append

    async def uncertain(stream: Stream, *args: Any, **named: Any) -> int:  # noqa: ANN401 - passed on
        await append(stream, *args, **named)
        raise WriteUncertain("NO_ANSWER")

    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", uncertain)
        assert (await decide(intake, one, "redact", narrative=NEW)).status_code == 503
    assert await read(intake, one) == NEW
    assert (await decide(intake, one, "redact", narrative=NEW)).status_code == 200
    await sweep_an_hour_later(intake)

    assert await opening(intake, backup) == {}
    assert await read(intake, one) == NEW


async def test_without_its_new_key_nothing_is_written(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable("AWAY")

    one = await reported(intake)
    before = await copy(intake)
    with monkeypatch.context() as broken:
        broken.setattr(DataKeys, "add", away)
        assert (await correct(intake, one, narrative=NEW)).status_code == 503
    assert await copy(intake) == before
    assert await read(intake, one) == OLD


async def test_expunging_destroys_the_keys_of_what_broke_off_too(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await reported(intake)
    backups = [await copy(intake)]
    for step in ("append", "destroy"):
        part = Stream if step == "append" else DataKeys
        with monkeypatch.context() as broken:
            broken.setattr(part, step, _killed)
            assert (await correct(intake, one, narrative=NEW)).status_code == 500
        backups.append(await copy(intake))
    assert len(await intake.keys_of_vault()) == 3

    assert (await expunge(intake, one)).status_code == 200

    assert await intake.keys_of_vault() == []
    assert [await opening(intake, each) for each in backups] == [{}, {}, {}]


async def test_a_text_whose_key_an_expunging_destroyed_before_it_broke_off_is_never_opened_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction in between neither breaks nor hides it; the same expunging finishes."""
    one = await reported(intake, external_reference=NUMBERED)
    await decide(intake, one, "release", reason="FALSE_ALARM")
    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", _killed)
        assert (await expunge(intake, one)).status_code == 500
    assert (await correct(intake, one, narrative=NEW)).status_code == 200
    kept = await copy(intake)
    assert set(kept["vault"]) == {"narrative", "external_reference"}
    assert await opening(intake, kept) == {"narrative": NEW}

    assert (await expunge(intake, one)).status_code == 200
    assert (await copy(intake))["vault"] == {}
    assert await intake.keys_of_vault() == []


async def test_a_text_taken_away_beside_one_that_nothing_opens_makes_no_key(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await Desk(intake).posted(description=OLD)
    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", _killed)
        assert (await expunge(intake, one)).status_code == 500
    assert (await correct(intake, one, severity=2)).status_code == 200
    kept = await copy(intake)
    assert set(kept["vault"]) == {"narrative"}
    assert await intake.keys_of_vault() == []

    assert (await expunge(intake, one)).status_code == 200
    assert (await copy(intake))["vault"] == {}


# At the same time


async def test_many_correct_and_read_at_once_and_every_reading_gives_a_text(
    intake: Intake,
) -> None:
    one = await reported(intake)
    backup = await copy(intake)
    texts = [f"Lampa {number}." for number in range(4)]

    async def corrected(text: str) -> int:
        return (await correct(intake, one, narrative=text)).status_code

    async def readings() -> set[str]:
        return {await read(intake, one) for _ in range(6)}

    correcting = asyncio.gather(*(corrected(text) for text in texts))
    first, second = await asyncio.gather(readings(), readings())
    assert await correcting == [200] * len(texts)
    assert first | second <= {OLD, *texts}
    last = await read(intake, one)
    assert last in texts
    [_] = await sweep_an_hour_later(intake)
    assert await opening(intake, backup) == {}
    assert await read(intake, one) == last


@pytest.fixture
def before_opening(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Does something once, after a concern was read and before its texts are opened."""

    def then(act: Callable[[], Awaitable[httpx.Response]]) -> None:
        of = DataKeys.of

        async def late(keys: DataKeys, ids: list[str]) -> dict[str, bytes]:
            monkeypatch.setattr(DataKeys, "of", of)
            assert (await act()).status_code == 200
            return await of(keys, ids)

        monkeypatch.setattr(DataKeys, "of", late)

    return then


Then = Callable[[Callable[[], Awaitable[httpx.Response]]], None]


async def test_a_reading_that_meets_a_correction_gives_the_text_that_stands(
    intake: Intake, before_opening: Then
) -> None:
    one = await reported(intake)
    before_opening(lambda: correct(intake, one, narrative=NEW))
    assert await read(intake, one) == NEW


async def test_a_reading_that_meets_a_correction_and_the_report_sent_again_gives_a_text(
    intake: Intake, before_opening: Then
) -> None:
    """The repeat makes a key of the first one's id: it opens nothing of what was read."""
    one = await reported(intake)

    async def corrected_and_repeated() -> httpx.Response:
        answer = await correct(intake, one, narrative=NEW)
        assert (await intake.report("k", narrative=OLD)).status_code == 202
        return answer

    before_opening(corrected_and_repeated)
    assert await read(intake, one) == NEW


async def test_a_reading_that_meets_an_expunging_finds_no_text(
    intake: Intake, before_opening: Then
) -> None:
    one = await reported(intake)
    await correct(intake, one, narrative=NEW)
    before_opening(lambda: expunge(intake, one))
    answer = await intake.post(f"{CONCERNS}/{one}/narrative-readings", FOLLOW_UP)
    assert (answer.status_code, answer.json()["code"]) == (404, "CONCERN.NO_NARRATIVE")


async def test_a_look_at_the_desk_that_meets_a_redaction_shows_the_text_that_stands(
    intake: Intake, before_opening: Then
) -> None:
    one = await reported(intake, HELD)
    before_opening(lambda: decide(intake, one, "redact", narrative=NEW))
    answer = await decide(intake, one, "readings", purpose="QUARANTINE_REVIEW")
    assert [text["text"] for text in answer.json()["texts"]] == [NEW]


async def test_a_read_back_that_meets_a_correction_gives_the_text_that_stands(
    intake: Intake, before_opening: Then
) -> None:
    desk = Desk(intake)
    one = await desk.posted(description=OLD)
    before_opening(lambda: correct(intake, one, narrative=NEW))
    assert (await desk.read(one))["description"] == NEW


async def test_an_account_that_meets_a_correction_calls_nothing_unreadable(
    intake: Intake, before_opening: Then
) -> None:
    one = await Desk(intake).posted(description=OLD)
    before_opening(lambda: correct(intake, one, narrative=NEW))
    wanted = {"concern_id": one, "reference": "KUN 2026/00123"}
    answer = await intake.post("/intake/v1/access-exports", wanted, agency="RECORDS")
    [account] = answer.json()["reports"]
    assert (account["texts"], account["unreadable"]) == ({"narrative": NEW}, [])


# Another master key in the middle


@pytest.mark.parametrize(("part", "step"), [(Stream, "append"), (DataKeys, "destroy")])
async def test_another_master_key_in_the_middle_of_a_correction_loses_nothing(
    settings_of: Settings,
    mongo_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: type,
    step: str,
) -> None:
    monkeypatch.setenv("SAMLAD_MONGO_URL", mongo_url)
    monkeypatch.setenv("SAMLAD_DATABASE_PREFIX", settings_of.database_prefix)
    monkeypatch.setenv("SAMLAD_VAULT_KEY_FILE", str(settings_of.vault_key_file))
    new = tmp_path / "new.key"
    standing = MasterKey.read(settings_of.vault_key_file.read_bytes())
    new.write_bytes(standing.successor(os.urandom(32)))
    only_new = settings_of.model_copy(update={"vault_key_file": new})
    both = only_new.model_copy(update={"vault_former_key_files": [settings_of.vault_key_file]})

    async with running(settings_of, mongo_url) as intake:
        await know_places(intake)
        one = await reported(intake, external_reference=NUMBERED)
        await decide(intake, one, "release", reason="FALSE_ALARM")
        backup = await copy(intake)
    async with running(both, mongo_url) as intake:
        whole = getattr(part, step)

        async def rotated_first(*args: object, **named: object) -> object:
            done = await asyncio.to_thread(rotate, tmp_path, new)
            assert done["unreadable"] == 0
            return await whole(*args, **named)

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(part, step, rotated_first)
            assert (await correct(intake, one, narrative=NEW)).status_code == 200
        assert await opening(intake, backup, both) == {}
    async with running(only_new, mongo_url) as intake:
        texts = {"narrative": NEW, "external_reference": NUMBERED}
        assert await opening(intake, await copy(intake), only_new) == texts
        assert await read(intake, one) == NEW


async def test_a_line_about_a_replacement_stands_before_its_keys_are_touched(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_trail: object, *_lines: Line) -> None:
        raise Unavailable("AWAY")

    one = await reported(intake, HELD)
    keys = await intake.keys_of_vault()
    monkeypatch.setattr("services.intake.commands.audit.AuditTrail.note", away)
    assert (await decide(intake, one, "redact", narrative=NEW)).status_code == 503
    assert await intake.keys_of_vault() == keys


async def test_sealing_a_report_unwraps_a_key_only_where_another_stands(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwrapped, unwrap = list[str](), VaultCipher.unwrap

    def counted(cipher: VaultCipher, place: str, key: WrappedKey) -> DataKey:
        unwrapped.append(place)
        return unwrap(cipher, place, key)

    monkeypatch.setattr(VaultCipher, "unwrap", counted)
    one = await reported(intake, HELD, external_reference=NUMBERED)
    assert unwrapped == []
    await reported(intake, HELD, external_reference=NUMBERED)
    assert unwrapped == []
    await intake.mongo[intake.settings.database_name]["concerns"].delete_one({"_id": one})
    await reported(intake, HELD, external_reference=NUMBERED)
    assert unwrapped == [one]
