"""Destroyed means destroyed: no key, no sealed text, no backup that opens; the codes stand."""

from typing import Any

import pytest

from services.intake.commands.vault import Vault
from shared.contracts.ids import ConcernId
from shared.security.vault import VaultCipher, VaultRefusedError, WrappedKey
from shared.store.errors import Unavailable
from shared.store.stream import Stream
from tests.intake.conftest import Intake

pytestmark = pytest.mark.stack

TEXT = "Lampan vid trappan är trasig sedan en vecka."
GROUND = {"basis": "DATA_SUBJECT_REQUEST", "reference": "KUN 2026/00123"}
IN_QUARANTINE = "Ring Anders på 070-123 45 67 om det."
Json = dict[str, Any]


async def reported(intake: Intake, **changes: object) -> str:
    answer = await intake.report(**({"narrative": TEXT} | changes))
    assert answer.status_code == 202
    concern_id: str = answer.json()["concern_id"]
    return concern_id


async def expunge(intake: Intake, concern_id: str, body: Json | None = None) -> Any:  # noqa: ANN401 - an answer
    path = f"/intake/v1/concerns/{concern_id}/expunge"
    return await intake.post(path, body or GROUND, agency="RECORDS")


def opens(intake: Intake, document: Json, key: bytes) -> str:
    cipher = VaultCipher(intake.settings.vault_key_file.read_bytes())
    identity = ConcernId(document["_id"])
    return cipher.open(identity, "narrative", document["vault"]["narrative"], key=WrappedKey(key))


async def test_the_key_and_the_text_are_gone_and_a_backup_no_longer_opens(intake: Intake) -> None:
    concern_id = await reported(intake)
    [backup] = await intake.all("concerns")
    [key] = await intake.keys_of_vault()
    assert opens(intake, backup, key["key"]) == TEXT

    answer = await expunge(intake, concern_id)

    assert answer.status_code == 200
    assert answer.json() == {"concern_id": concern_id, "status": "REGISTERED", "version": 2}
    assert await intake.keys_of_vault() == []
    [standing] = await intake.all("concerns")
    assert standing["vault"] == {}
    await intake.report(narrative=TEXT)  # a key of another concern opens nothing either
    [another] = await intake.keys_of_vault()
    with pytest.raises(VaultRefusedError):
        opens(intake, backup, another["key"])


async def test_the_codes_stand_and_one_event_tells_the_basis(intake: Intake) -> None:
    concern_id = await reported(intake, external_reference="LIB-7")
    before = (await intake.get(f"/intake/v1/concerns/{concern_id}")).json()
    await expunge(intake, concern_id)
    after = (await intake.get(f"/intake/v1/concerns/{concern_id}")).json()

    assert before["concern"].pop("has_narrative") is True
    assert after["concern"].pop("has_narrative") is False
    assert (before.pop("version"), after.pop("version")) == (1, 2)
    assert after == before
    [standing] = await intake.all("concerns")
    told = [(entry["type"].split(".")[-2], entry["data"]) for entry in standing["outbox"]]
    assert told[1:] == [("ConcernNarrativeExpunged", '{"basis":"DATA_SUBJECT_REQUEST"}')]


async def test_a_line_in_the_trail_names_the_decision(intake: Intake) -> None:
    concern_id = await reported(intake)
    await expunge(intake, concern_id)
    [line] = await intake.all("audit")
    assert line["act"] == "NARRATIVE_EXPUNGED"
    assert (line["subject"], line["reference"]) == (concern_id, GROUND["reference"])


async def test_a_repeat_gets_the_same_answer_and_changes_nothing(intake: Intake) -> None:
    concern_id = await reported(intake)
    first = await expunge(intake, concern_id)
    again = await expunge(intake, concern_id, GROUND | {"basis": "SCREENING_MISS"})

    assert again.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["etag"] == '"2"'
    assert len(await intake.all("audit")) == 1
    [standing] = await intake.all("concerns")
    assert standing["expunged"]["basis"] == "DATA_SUBJECT_REQUEST"


async def test_the_reporters_repeat_is_still_recognised(intake: Intake) -> None:
    first = await intake.report("k", narrative=TEXT)
    await expunge(intake, first.json()["concern_id"])
    again = await intake.report("k", narrative=TEXT)
    other = await intake.report("k", narrative="Något annat.")

    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422
    [standing] = await intake.all("concerns")
    assert standing["vault"] == {}


async def test_what_waits_in_quarantine_is_expunged_whole(intake: Intake) -> None:
    concern_id = await reported(intake, narrative=IN_QUARANTINE, external_reference="LIB-7")
    answer = await expunge(intake, concern_id)
    assert answer.json()["status"] == "EXPUNGED"
    [standing] = await intake.all("concerns")
    assert standing["state"]["status"] == "EXPUNGED"
    assert "external_reference" not in standing["state"]
    assert standing["vault"] == {}
    assert await intake.keys_of_vault() == []
    again = await intake.get(f"/intake/v1/concerns/{concern_id}")
    assert again.json()["status"] == "EXPUNGED"


# Broken off in between


async def test_without_its_line_nothing_is_destroyed(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("AWAY")

    concern_id = await reported(intake)
    with monkeypatch.context() as broken:
        broken.setattr("services.intake.commands.audit.AuditTrail.note", away)
        answer = await expunge(intake, concern_id)

    assert answer.status_code == 503
    [document] = await intake.all("concerns")
    [key] = await intake.keys_of_vault()
    assert opens(intake, document, key["key"]) == TEXT


async def test_ended_before_the_key_everything_is_as_it_was_and_a_repeat_finishes(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern_id = await reported(intake)
    with monkeypatch.context() as broken:
        broken.setattr(Vault, "destroy", _killed)
        assert (await expunge(intake, concern_id)).status_code == 500
    [document] = await intake.all("concerns")
    [key] = await intake.keys_of_vault()
    assert opens(intake, document, key["key"]) == TEXT
    await _finished(intake, concern_id)


async def test_ended_after_the_key_nothing_opens_and_a_repeat_finishes(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern_id = await reported(intake)
    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", _killed)
        assert (await expunge(intake, concern_id)).status_code == 500
    assert await intake.keys_of_vault() == []
    [document] = await intake.all("concerns")
    assert len(document["outbox"]) == 1
    await _finished(intake, concern_id)


async def _killed(*_: object, **__: object) -> None:
    raise RuntimeError


async def _finished(intake: Intake, concern_id: str) -> None:
    answer = await expunge(intake, concern_id)
    assert answer.status_code == 200
    assert "idempotent-replayed" not in answer.headers
    assert await intake.keys_of_vault() == []
    [standing] = await intake.all("concerns")
    assert standing["vault"] == {}
    assert len(standing["outbox"]) == 2


async def test_what_somebody_else_seals_meanwhile_is_destroyed_too(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern_id = await reported(intake)
    append, tried = Stream.append, list[str]()
    database = intake.mongo[intake.settings.database_name]

    async def moved(stream: Stream, id_: str, **told: Any) -> int:  # noqa: ANN401 - as it is
        if not tried:
            tried.append(id_)
            await database["concerns"].update_one({"_id": id_}, {"$inc": {"v": 1}})
            keys = intake.mongo[intake.settings.keys_database_name]["data_keys"]
            await keys.insert_one({"_id": id_, "key": b"of a text sealed meanwhile"})
        return await append(stream, id_, **told)

    monkeypatch.setattr(Stream, "append", moved)
    answer = await expunge(intake, concern_id)
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    assert await intake.keys_of_vault() == []


async def test_for_another_version_than_was_read_nothing_is_destroyed(intake: Intake) -> None:
    concern_id = await reported(intake)
    path = f"/intake/v1/concerns/{concern_id}/expunge"
    stale = intake.headers("RECORDS", "k") | {"If-Match": '"7"'}
    assert (await intake.http.post(path, json=GROUND, headers=stale)).status_code == 412
    assert len(await intake.keys_of_vault()) == 1
    current = intake.headers("RECORDS", "k") | {"If-Match": '"1"'}
    assert (await intake.http.post(path, json=GROUND, headers=current)).status_code == 200


# Who, what


@pytest.mark.parametrize("agency", ["FIELD_WORKERS", "DISTRICT_COORD", "DISTRICT_PREVENTION"])
async def test_only_the_records_officer_destroys(intake: Intake, agency: str) -> None:
    concern_id = await reported(intake)
    path = f"/intake/v1/concerns/{concern_id}/expunge"
    assert (await intake.post(path, GROUND, agency=agency)).status_code == 403
    assert len(await intake.keys_of_vault()) == 1


async def test_what_does_not_exist_and_what_has_no_text_are_said(intake: Intake) -> None:
    nobody = await expunge(intake, "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e")
    textless = await expunge(intake, await reported(intake, narrative=None))
    diverted = await intake.report(ongoing_danger=True)
    assert diverted.status_code == 422
    [mark] = [each for each in await intake.all("concerns") if "expires" in each]

    assert nobody.status_code == 404
    assert (textless.status_code, textless.json()["code"]) == (409, "CONCERN.NOTHING_TO_EXPUNGE")
    assert (await expunge(intake, mark["_id"])).status_code == 404
    assert await intake.all("audit") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": ""},
        {"reference": "utan nummer"},
        {"reference": "anna@example.org 1"},
        {"reference": "19811218-9876"},
        {"reference": "x" * 41},
        {"basis": "BECAUSE"},
        {"note": "extra"},
    ],
)
async def test_a_ground_is_a_code_and_a_diary_number(intake: Intake, wrong: Json) -> None:
    concern_id = await reported(intake)
    assert (await expunge(intake, concern_id, GROUND | wrong)).status_code == 422
    assert len(await intake.keys_of_vault()) == 1
