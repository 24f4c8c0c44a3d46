"""The audit trail on the records officer's desk."""

import re
from urllib.parse import quote

import pytest

from services.intake.commands.trail import Act, Purpose
from services.intake.domain.disposal import Kind
from services.intake.pages.trail_words import ACTS, PURPOSES, SUBJECTS
from shared.contracts.codes import Role
from tests.intake.conftest import Intake
from tests.intake.forms import problems_of
from tests.intake.people import Person, signed_in
from tests.intake.test_audit_trail import written_by_a_newer_version
from tests.intake.test_desk import librarian, reported

pytestmark = pytest.mark.stack

PATH = "/intake/audit"


def officer(intake: Intake) -> Person:
    return signed_in(intake, "RECORDS", Role.RECORDS_OFFICER)


async def read(intake: Intake) -> str:
    """A report whose text somebody read; its id."""
    one = await reported(intake, narrative="Tre lampor vid kanariefågeln.")
    await librarian(intake).send(f"/intake/concerns/{one}/narrative", purpose="OWN_FOLLOW_UP")
    return one


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<th scope="row">(\d+)</th>', page)]


async def test_a_line_is_told_in_words_and_that_it_was_read_is_a_line(intake: Intake) -> None:
    one = await read(intake)
    page = await officer(intake).get(PATH)

    assert page.status_code == 200
    assert numbers(page.text) == [1]
    for words in ("Fritexten lästes", "för att följa upp det myndigheten rapporterade", one):
        assert words in page.text
    assert "Bibliotek" in page.text
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert "NARRATIVE_READ" not in main
    assert "kanariefågeln" not in main
    assert "<script" not in main
    assert "no-store" in page.headers["cache-control"]
    assert problems_of(page.text) == []
    again = (await officer(intake).get(PATH)).text
    assert numbers(again) == [2, 1]
    assert "Spårloggen lästes" in again


async def test_the_lines_about_one_thing_or_since_a_day_alone(intake: Intake) -> None:
    one = await read(intake)
    await officer(intake).get(PATH)
    person = officer(intake)
    about = await person.get(f"{PATH}?subject={one}")
    of_the_trail = await person.get(f"{PATH}?subject=AUDIT")
    before = await person.get(f"{PATH}?since=2026-06-05")
    after = await person.get(f"{PATH}?since=2026-06-06")

    assert f'href="{PATH}?subject={one}"' in (await person.get(PATH)).text
    assert numbers(about.text) == [1]
    assert f'value="{one}"' in about.text
    assert numbers(of_the_trail.text) == [2]
    assert len(numbers(before.text)) == 4
    assert numbers(after.text) == []
    assert "Inga rader" in after.text
    for disposed in Kind:
        assert f"{PATH}?subject={disposed.value}" in after.text


async def test_paging_by_the_links_shows_every_line_once(intake: Intake) -> None:
    person = officer(intake)
    for _ in range(5):
        await person.get(f"{PATH}?since=2026-01-01")
    seen, path = [], f"{PATH}?limit=2&since=2026-01-01"
    while path:
        page = (await person.get(path)).text
        seen += numbers(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
        assert not path or "since=2026-01-01" in path
    assert seen == [5, 4, 3, 2, 1]
    beyond = (await person.get(f"{PATH}?page=9")).text
    assert "Till första sidan" in beyond


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "<script>"),
        ("subject", "Anna"),
        ("since", "i går"),
        ("since", "0001-01-01"),
    ],
)
async def test_a_question_that_cannot_be_read_is_told_at_its_field_and_leaves_no_line(
    intake: Intake, field: str, value: str
) -> None:
    page = await officer(intake).get(f"{PATH}?{field}={quote(value)}")

    assert page.status_code == 422
    assert re.findall(r'<li><a href="#(\w+)"', page.text) == [field]
    assert f'id="{field}-error"' in page.text
    assert "<script>" not in page.text
    assert problems_of(page.text) == []
    assert await intake.all("audit") == []


async def test_a_line_of_a_newer_version_is_shown_as_it_stands(intake: Intake) -> None:
    await written_by_a_newer_version(intake, "C.1")
    await intake.mongo[intake.settings.database_name]["audit"].update_one(
        {"_id": 1}, {"$set": {"weight": 7, "subject": "<b>two</b> words"}}
    )
    page = await officer(intake).get(PATH)

    assert page.status_code == 200
    for words in ("SEALED_TWICE, okänt för den här versionen", "OMBUDSMAN", "SUPERVISION"):
        assert words in page.text
    assert "weight: 7" in page.text
    assert "<b>two</b>" not in page.text


async def test_only_the_records_officer_of_the_district_reads_it(intake: Intake) -> None:
    for person in (
        librarian(intake),
        signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR),
        signed_in(intake, "RECORDS", Role.RECORDS_OFFICER, "SODERMALM"),
    ):
        assert (await person.get(PATH)).status_code == 403
        assert PATH not in (await person.get("/intake/")).text
    assert f'href="{PATH}"' in (await officer(intake).get("/intake/")).text
    nobody = await intake.http.get(PATH, headers={"Accept": "text/html"})
    assert nobody.headers["location"] == f"/coordination/sign-in?next={PATH}"
    assert await intake.all("audit") == []


def test_every_act_purpose_and_kind_has_words() -> None:
    assert ACTS.keys() == set(Act)
    assert PURPOSES.keys() == set(Purpose)
    assert set(Kind) <= SUBJECTS.keys()
