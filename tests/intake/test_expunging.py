"""Destroyed means destroyed: no key, no sealed text, no backup that opens; the codes stand."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.commands.vault import Vault
from services.intake.store.data_keys import DataKeys, key_id
from shared.security.vault import VaultCipher, VaultRefusedError, WrappedKey
from shared.store.errors import Unavailable
from shared.store.stream import Stream
from tests.intake.conftest import NOW, Intake, concern
from tests.intake.test_contacts import MAIL
from tests.intake.test_pages import form, send

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
    place = key_id(document["_id"], document.get("vault_key"))
    return cipher.unwrap(place, WrappedKey(key)).open("narrative", document["vault"]["narrative"])


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

    assert (before.pop("external_reference"), after.pop("external_reference")) == ("LIB-7", None)
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


async def with_contact(intake: Intake, **changes: str) -> str:
    """A resident's report with a contact, and no text unless one is given."""
    filled = form(contact=MAIL, **({"narrative": ""} | changes))
    assert (await send(intake, filled)).status_code == 303
    return intake.concern_id(str(filled["idempotency_key"]), "RESIDENTS")


async def contacts_of(intake: Intake) -> list[Json]:
    keys = intake.mongo[intake.settings.keys_database_name]
    return await keys["contacts"].find().to_list(None)


@pytest.mark.parametrize("narrative", [TEXT, None])
async def test_the_agencys_own_reference_goes_too_with_or_without_a_text(
    intake: Intake, narrative: str | None
) -> None:
    one = await reported(intake, narrative=narrative, external_reference="LIB-7 KANARIE")
    answer = await expunge(intake, one)
    again = await expunge(intake, one)

    assert (answer.status_code, answer.json()["status"]) == (200, "REGISTERED")
    assert (again.json(), again.headers["idempotent-replayed"]) == (answer.json(), "true")
    assert "KANARIE" not in str(await intake.all("concerns"))
    assert "KANARIE" not in str(await intake.all("concerns_log"))
    assert len(await intake.all("audit")) == 1


@pytest.mark.parametrize("narrative", [TEXT, "", IN_QUARANTINE])
async def test_the_contact_goes_too_with_or_without_a_text(intake: Intake, narrative: str) -> None:
    one = await with_contact(intake, narrative=narrative)
    assert len(await contacts_of(intake)) == 1
    answer = await expunge(intake, one)

    assert answer.status_code == 200, answer.text
    assert await contacts_of(intake) == await intake.keys_of_vault() == []
    [line] = await intake.all("audit")
    assert (line["act"], line["reference"]) == ("NARRATIVE_EXPUNGED", GROUND["reference"])


async def test_without_its_line_neither_reference_nor_contact_is_destroyed(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("AWAY")

    one, other = await with_contact(intake), await reported(intake, external_reference="LIB-7")
    monkeypatch.setattr("services.intake.commands.audit.AuditTrail.note", away)
    assert [(await expunge(intake, each)).status_code for each in (one, other)] == [503, 503]
    assert len(await contacts_of(intake)) == 1
    assert "LIB-7" in str(await intake.all("concerns"))


async def test_two_officers_at_once_destroy_once(intake: Intake) -> None:
    one = await reported(intake, external_reference="LIB-7")
    answers = await asyncio.gather(*(expunge(intake, one) for _ in range(4)))

    assert [(each.status_code, each.json()["version"]) for each in answers] == [(200, 2)] * 4
    [standing] = await intake.all("concerns")
    assert len(standing["outbox"]) == 2


async def test_what_is_taken_back_after_its_text_was_destroyed_is_expunged_whole(
    intake: Intake,
) -> None:
    """Else it would be due for disposal for ever."""
    one = await reported(intake)
    await expunge(intake, one)
    path = f"/intake/v1/concerns/{one}/withdraw"
    assert (await intake.post(path, {"reason": "SENT_TWICE"})).status_code == 200
    answer = await expunge(intake, one)
    again = await expunge(intake, one)

    assert (answer.status_code, answer.json()["status"]) == (200, "EXPUNGED")
    assert "idempotent-replayed" not in answer.headers
    assert again.headers["idempotent-replayed"] == "true"


# Texts that were taken away before


async def test_a_key_whose_last_text_is_taken_away_is_destroyed_with_it(intake: Intake) -> None:
    one = await reported(intake, narrative=IN_QUARANTINE)
    [backup] = await intake.all("concerns")
    path = f"/intake/v1/quarantine/{one}/redact"
    answer = await intake.post(path, {"narrative": None}, agency="DISTRICT_COORD")

    assert answer.json()["status"] == "REGISTERED"
    assert (await intake.all("concerns"))[0]["vault"] == {}
    assert await intake.keys_of_vault() == []
    await intake.report(narrative=TEXT)
    [another] = await intake.keys_of_vault()
    with pytest.raises(VaultRefusedError):
        opens(intake, backup, another["key"])


async def test_a_key_left_where_the_redaction_broke_off_is_swept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await reported(intake)
    one = await reported(intake, narrative=IN_QUARANTINE)
    path = f"/intake/v1/quarantine/{one}/redact"
    with monkeypatch.context() as broken:
        broken.setattr(DataKeys, "destroy", _killed)
        answer = await intake.post(path, {"narrative": None}, agency="DISTRICT_COORD")
    assert answer.status_code == 500
    assert len(await intake.keys_of_vault()) == 2
    assert await sweep_an_hour_later(intake) == [kept]


async def test_a_redaction_that_did_not_come_to_stand_keeps_its_key(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await reported(intake, narrative=IN_QUARANTINE)
    path = f"/intake/v1/quarantine/{one}/redact"
    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", _killed)
        answer = await intake.post(path, {"narrative": None}, agency="DISTRICT_COORD")
    assert answer.status_code == 500
    assert await sweep_an_hour_later(intake) == [one]
    [document] = await intake.all("concerns")
    [key] = await intake.keys_of_vault()
    assert opens(intake, document, key["key"]) == IN_QUARANTINE


async def test_a_text_that_is_sealed_meanwhile_keeps_its_key(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right after the text went, before its key does, the agency writes another."""
    one = await reported(intake, narrative=IN_QUARANTINE)
    destroy = DataKeys.destroy

    async def after_a_correction(keys: DataKeys, key: str) -> None:
        monkeypatch.undo()
        path = f"/intake/v1/concerns/{one}/correct"
        assert (await intake.post(path, concern(narrative=TEXT))).status_code == 200
        await destroy(keys, key)

    monkeypatch.setattr(DataKeys, "destroy", after_a_correction)
    path = f"/intake/v1/quarantine/{one}/redact"
    await intake.post(path, {"narrative": None}, agency="DISTRICT_COORD")
    [document] = await intake.all("concerns")
    [key] = await intake.keys_of_vault()
    assert opens(intake, document, key["key"]) == TEXT


async def test_a_key_without_a_text_is_something_to_expunge(intake: Intake) -> None:
    one = await reported(intake, narrative=None)
    keys = intake.mongo[intake.settings.keys_database_name]["data_keys"]
    await keys.insert_one({"_id": one, "key": b"of a text taken away long ago"})
    assert (await expunge(intake, one)).status_code == 200
    assert await intake.keys_of_vault() == []


async def sweep_an_hour_later(intake: Intake) -> list[str]:
    """Age every key by two hours and let the service sweep; the ids of those left."""
    keys = intake.mongo[intake.settings.keys_database_name]["data_keys"]
    old = datetime.now(UTC) - timedelta(hours=2)
    await keys.update_many({"written": {"$exists": True}}, {"$set": {"written": old}})
    answer = await intake.http.post("/intake/v1/demo/tick", json={"now": NOW.isoformat()})
    assert answer.status_code < 300
    return [key["_id"] for key in await intake.keys_of_vault()]


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


async def test_sent_again_between_the_key_and_the_text_it_is_not_readable_and_nothing_breaks(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern_id = await intake.report("k-9", narrative=TEXT)
    path = f"/intake/v1/concerns/{concern_id.json()['concern_id']}"
    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", _killed)
        assert (await expunge(intake, concern_id.json()["concern_id"])).status_code == 500
    assert (await intake.report("k-9", narrative=TEXT)).status_code == 202
    assert len(await intake.keys_of_vault()) == 1

    reading = await intake.post(f"{path}/narrative-readings", {"purpose": "OWN_FOLLOW_UP"})

    assert reading.status_code in {404, 409, 410}
    await _finished(intake, concern_id.json()["concern_id"])


async def test_a_report_sent_again_afterwards_makes_nothing_to_expunge(intake: Intake) -> None:
    sent = await intake.report("k-9", narrative=TEXT)
    concern_id = sent.json()["concern_id"]
    await expunge(intake, concern_id)
    assert (await intake.report("k-9", narrative=TEXT)).headers["idempotent-replayed"] == "true"

    again = await expunge(intake, concern_id)

    assert again.headers["idempotent-replayed"] == "true"
    [standing] = await intake.all("concerns")
    assert len(standing["outbox"]) == 2


async def test_a_late_repeat_of_a_correction_neither_brings_the_text_back_nor_is_called_done(
    intake: Intake,
) -> None:
    concern_id = await reported(intake)
    path = f"/intake/v1/concerns/{concern_id}/correct"
    body = concern(narrative="Lampan vid bron är trasig.")
    assert (await intake.post(path, body)).status_code == 200
    await expunge(intake, concern_id)

    assert (await intake.post(path, body)).status_code == 412

    [standing] = await intake.all("concerns")
    assert standing["vault"] == {}
    read = intake.headers("FIELD_WORKERS", "k") | {"If-Match": f'"{standing["v"]}"'}
    meant = await intake.http.post(path, json=body, headers=read)
    assert (meant.status_code, "idempotent-replayed" in meant.headers) == (200, False)
