"""An agency's own concern by API after it was taken in, on a real MongoDB and without Kafka."""

import asyncio
import json

import httpx
import pytest

from tests.intake.conftest import Intake, Json, concern

pytestmark = pytest.mark.stack

PATH = "/intake/v1/concerns"
TWICE = {"reason": "SENT_TWICE"}
PHONE = "Ring 070-174 06 05"


async def command(
    intake: Intake, path: str, body: Json, *, agency: str = "FIELD_WORKERS", read: int | None = None
) -> httpx.Response:
    headers = intake.headers(agency)
    if read is not None:
        headers["If-Match"] = f'"{read}"'
    return await intake.http.post(f"{PATH}/{path}", json=body, headers=headers)


async def reported(intake: Intake, **changes: object) -> str:
    return str((await intake.report("k", **changes)).json()["concern_id"])


async def events(intake: Intake) -> list[tuple[str, Json]]:
    [kept] = await intake.all("concerns")
    return [(one["type"].split(".")[-2], json.loads(one["data"])) for one in kept["outbox"]]


async def test_a_withdrawn_concern_says_so_and_its_repeat_is_answered_the_same(
    intake: Intake,
) -> None:
    one = await reported(intake, narrative="Tre lampor.")
    first = await command(intake, f"{one}/withdraw", TWICE, read=1)
    again = await command(intake, f"{one}/withdraw", TWICE, read=1)

    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert first.json() == {
        "concern_id": one,
        "status": "WITHDRAWN",
        "version": 2,
        "links": {"self": f"{PATH}/{one}"},
    }
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert [name for name, _ in await events(intake)] == ["ConcernRegistered", "ConcernWithdrawn"]
    seen = await intake.get(f"{PATH}/{one}")
    assert (seen.json()["status"], seen.json()["reason"]) == ("WITHDRAWN", "SENT_TWICE")
    assert seen.headers["etag"] == '"2"'


async def test_a_concern_is_withdrawn_once_however_many_ask_at_once(intake: Intake) -> None:
    one = await reported(intake)
    reasons = ["SENT_TWICE", "NOT_SO", "SENT_BY_MISTAKE"] * 3
    answers = await asyncio.gather(
        *(command(intake, f"{one}/withdraw", {"reason": reason}) for reason in reasons)
    )

    assert {answer.status_code for answer in answers} == {200}
    assert [name for name, _ in await events(intake)].count("ConcernWithdrawn") == 1


async def test_the_key_of_a_withdrawn_report_gives_its_first_answer(intake: Intake) -> None:
    first = await intake.report("k", narrative=PHONE)
    await command(intake, f"{first.json()['concern_id']}/withdraw", TWICE)
    again = await intake.report("k", narrative=PHONE)

    assert (again.status_code, again.json()) == (202, first.json())
    assert again.json()["status"] == "QUARANTINED"


async def test_another_agencys_concern_does_not_exist(intake: Intake) -> None:
    one = await reported(intake, narrative="x")
    for agency in ("LIBRARIES", "DISTRICT_COORD"):
        for path, body in ((f"{one}/withdraw", TWICE), (f"{one}/correct", concern())):
            assert (await command(intake, path, body, agency=agency)).status_code == 404
    missing = "00000000-0000-0000-0000-000000000000/withdraw"
    assert (await command(intake, missing, TWICE)).status_code == 404
    assert (await command(intake, f"{one}/withdraw", TWICE, agency="ELSEWHERE")).status_code == 403
    assert [name for name, _ in await events(intake)] == ["ConcernRegistered"]


async def test_a_command_for_an_older_version_is_stale(intake: Intake) -> None:
    one = await reported(intake)
    assert (await command(intake, f"{one}/correct", concern(severity=2), read=1)).is_success
    late = await command(intake, f"{one}/correct", concern(severity=3), read=1)
    later = await command(intake, f"{one}/withdraw", TWICE, read=1)

    assert (late.status_code, later.status_code) == (412, 412)
    assert (await command(intake, f"{one}/withdraw", TWICE, read=2)).is_success


async def test_a_correction_takes_the_place_of_what_was_said_before(intake: Intake) -> None:
    one = await reported(intake, narrative="Gammalt.", external_reference="D-1")
    answer = await command(
        intake, f"{one}/correct", concern(category="ENV.LITTER", place_id="PL-KRON")
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "REGISTERED")
    [_, (name, told)] = await events(intake)
    assert name == "ConcernCorrected"
    assert (told["category"], told["place_id"], told["has_narrative"]) == (
        "ENV.LITTER",
        "PL-KRON",
        True,
    )
    seen = (await intake.get(f"{PATH}/{one}")).json()
    assert (seen["concern"]["category"], seen["external_reference"]) == ("ENV.LITTER", "D-1")
    assert await narrative(intake, one) == "Gammalt."


async def test_a_corrected_text_takes_the_place_of_the_old_one(intake: Intake) -> None:
    one = await reported(intake, narrative="Gammalt.")
    await command(intake, f"{one}/correct", concern(narrative="Nytt."))
    again = await command(intake, f"{one}/correct", concern(narrative="Nytt."))

    assert await narrative(intake, one) == "Nytt."
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await intake.keys_of_vault()) == 1


async def test_a_text_may_come_with_a_correction(intake: Intake) -> None:
    one = await reported(intake)
    await command(intake, f"{one}/correct", concern(narrative="Nu med text."))

    assert (await intake.get(f"{PATH}/{one}")).json()["concern"]["has_narrative"] is True
    assert await narrative(intake, one) == "Nu med text."


@pytest.mark.parametrize("field", ["narrative", "external_reference"])
async def test_a_finding_refuses_a_correction_whole(intake: Intake, field: str) -> None:
    one = await reported(intake, narrative="Gammalt.")
    [before] = await intake.all("concerns")
    answer = await command(intake, f"{one}/correct", concern(severity=3, **{field: PHONE}))

    assert (answer.status_code, answer.json()["code"]) == (422, "CONCERN.PERSONAL_DATA")
    assert "070-174" not in answer.text
    [after] = await intake.all("concerns")
    assert after == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place_id": "PL-NOWHERE"}, "CONCERN.UNKNOWN_PLACE"),
        ({"category": "FRD.OLDER_PEOPLE"}, "CONCERN.NO_PLACE_ALLOWED"),
        ({"ongoing_danger": True}, "diverted"),
        ({"category": "DIV.CRIME"}, "diverted"),
    ],
)
async def test_a_correction_keeps_the_rules_of_a_report(
    intake: Intake, change: Json, code: str
) -> None:
    one = await reported(intake)
    answer = await command(intake, f"{one}/correct", concern(**change))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [name for name, _ in await events(intake)] == ["ConcernRegistered"]
    assert await intake.all("diversions") == []


async def test_what_waits_in_quarantine_may_be_withdrawn_but_not_corrected(
    intake: Intake,
) -> None:
    one = await reported(intake, narrative=PHONE)
    corrected = await command(intake, f"{one}/correct", concern(narrative="Utan nummer."))
    withdrawn = await command(intake, f"{one}/withdraw", TWICE)

    assert (corrected.status_code, corrected.json()["code"]) == (409, "CONCERN.NOT_REGISTERED")
    assert withdrawn.json()["status"] == "WITHDRAWN"
    assert [name for name, _ in await events(intake)] == ["ConcernQuarantined", "ConcernWithdrawn"]


async def test_bad_commands_are_refused_and_change_nothing(intake: Intake) -> None:
    one = await reported(intake)
    for body in ({}, {"reason": "BECAUSE"}, {"reason": "SENT_TWICE", "note": "x"}):
        answer = await command(intake, f"{one}/withdraw", body)
        assert answer.status_code == 422
        assert "BECAUSE" not in answer.text
    headers = intake.headers("FIELD_WORKERS") | {"If-Match": "two"}
    odd = await intake.http.post(f"{PATH}/{one}/withdraw", json=TWICE, headers=headers)
    assert odd.status_code == 400
    assert [name for name, _ in await events(intake)] == ["ConcernRegistered"]


async def narrative(intake: Intake, one: str) -> str:
    answer = await command(intake, f"{one}/narrative-readings", {"purpose": "OWN_FOLLOW_UP"})
    assert answer.is_success, answer.text
    return str(answer.json()["narrative"])
