"""Destroying a text as a page: by a reference, on a ground, by who is sure."""

import re
from uuid import uuid4

import pytest

from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Line
from shared.contracts.codes import Role
from shared.store.errors import Unavailable
from tests.intake.conftest import Intake, Json
from tests.intake.forms import problems_of
from tests.intake.people import Person, signed_in

pytestmark = pytest.mark.stack

PATH = "/intake/expunge"
CANARY = "Tre lampor vid kanariefågeln är släckta."
ORDER = {"basis": "DATA_SUBJECT_REQUEST", "reference": "KUN 2026/00123", "sure": "yes"}


def officer(intake: Intake) -> Person:
    return signed_in(intake, "RECORDS", Role.RECORDS_OFFICER)


async def written(intake: Intake) -> str:
    answer = await intake.report(narrative=CANARY)
    return str(answer.json()["concern_id"])


async def standing(intake: Intake) -> Json:
    [kept] = await intake.all("concerns")
    return kept


async def test_a_text_is_destroyed_and_the_codes_stand(intake: Intake) -> None:
    one, desk = await written(intake), officer(intake)
    page = await desk.get(PATH)
    assert (page.status_code, problems_of(page.text)) == (200, [])
    done = await desk.send(PATH, concern_id=one, **ORDER)
    assert done.status_code == 200
    assert "Texten är raderad" in done.text
    assert done.headers["cache-control"] == "no-store"
    kept = await standing(intake)
    assert (kept["state"]["status"], kept["vault"]) == ("REGISTERED", {})
    assert await intake.keys_of_vault() == []
    [line] = await intake.all("audit")
    assert (line["act"], line["subject"], line["reference"]) == (
        "NARRATIVE_EXPUNGED",
        one,
        ORDER["reference"],
    )
    assert "redan raderad" in (await desk.send(PATH, concern_id=one, **ORDER)).text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"concern_id": ""}, "concern_id"),
        ({"concern_id": "<script>"}, "concern_id"),
        ({"concern_id": str(uuid4())}, "concern_id"),
        ({"basis": ""}, "basis"),
        ({"basis": "WHIM"}, "basis"),
        ({"reference": ""}, "reference"),
        ({"reference": "19811218-9876"}, "reference"),
        ({"sure": ""}, "sure"),
    ],
)
async def test_a_slip_destroys_nothing_and_says_where(
    intake: Intake, change: dict[str, str], field: str
) -> None:
    fields = ORDER | {"concern_id": await written(intake)} | change
    answer = await officer(intake).send(PATH, **fields)
    assert answer.status_code == 422
    assert re.findall(r'<li><a href="#(\w+)"', answer.text) == [field]
    assert "<script>" not in answer.text
    assert problems_of(answer.text) == []
    assert "narrative" in (await standing(intake))["vault"]
    assert await intake.all("audit") == []


async def test_without_a_line_nothing_is_destroyed(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await written(intake)

    async def away(_trail: AuditTrail, _line: Line) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr(AuditTrail, "note", away)
    answer = await officer(intake).send(PATH, concern_id=one, **ORDER)
    assert answer.status_code == 503
    assert "Skicka igen" in answer.text
    assert one in answer.text
    assert len(await intake.keys_of_vault()) == 1


async def test_only_the_records_officer_of_the_district_may(intake: Intake) -> None:
    one = await written(intake)
    others = [role for role in Role if role is not Role.RECORDS_OFFICER]
    people = [signed_in(intake, "DISTRICT_COORD", role) for role in others]
    people.append(signed_in(intake, "RECORDS", Role.RECORDS_OFFICER, "SODERMALM"))
    for person in people:
        assert (await person.get(PATH)).status_code == 403
        assert (await person.send(PATH, concern_id=one, **ORDER)).status_code == 403
    stray = await officer(intake).send(PATH, concern_id=one, csrf="wrong", **ORDER)
    assert stray.status_code == 403
    nobody = await intake.http.get(PATH, headers={"Accept": "text/html"})
    assert nobody.headers["location"] == f"/coordination/sign-in?next={PATH}"
    assert "narrative" in (await standing(intake))["vault"]
