"""Statistics from a file on the page, as a person without JavaScript meets it."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.intake.commands.statistics import Busy, Statistics
from services.intake.domain.readers.reading import Skip
from services.intake.domain.statistics import KEPT_DEFINITIVE
from services.intake.pages import statistics
from services.intake.pages.statistics_words import LEFT_OUT
from services.intake.store.statistics_imports import StatisticsImports
from shared.contracts.codes import Role
from shared.store.errors import Conflict, Unavailable
from shared.store.group_commit import GroupCommit
from tests.intake.conftest import DISTRICT, NOW, Intake, Json
from tests.intake.forms import problems_of
from tests.intake.people import Person, signed_in
from tests.intake.test_imports_page import hidden
from tests.intake.test_kinds_api import ENKAT, LAGESBILD, MAP, book, text
from tests.intake.test_pages_in_outages import gone

pytestmark = pytest.mark.stack

PATH = "/intake/statistics"
HEAD = "indicator;geography;period;value;unit;n"
TIDY = text(HEAD, "Trygg;Ett;2025;81,5;procent;120", "Trygg;Två;2025;..;procent;4")
SURVEY = text("Var;När;Andel;n", "Ett;2025;40;4")
CANARY = "19900101-2385"
NOTHING = {"imports": 0, "statistics": 0, "labels": 0, "used_keys": 0}


def analyst(intake: Intake, agency: str = "DISTRICT_COORD") -> Person:
    return signed_in(intake, agency, Role.ANALYST)


async def choose(person: Person, content: bytes | None, **typed: str) -> httpx.Response:
    """The form as it was shown, with a file."""
    shown = hidden((await person.get(PATH)).text)
    return await send(person, shown | {"source": "auto"} | typed, content)


async def confirm(person: Person, page: httpx.Response, **changes: str) -> httpx.Response:
    return await send(person, hidden(page.text) | changes)


async def send(person: Person, fields: Json, content: bytes | None = None) -> httpx.Response:
    parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
    if content is not None:
        parts.append(("file", ("fil.csv", content, "text/csv")))
    return await person.intake.http.post(PATH, files=parts, headers=person.headers)


async def stored(intake: Intake) -> dict[str, int]:
    return {name: len(await intake.all(name)) for name in NOTHING}


def wrong(page: httpx.Response) -> set[str]:
    """The fields the error summary leads to."""
    assert 'id="error-summary" autofocus' in page.text
    return set(re.findall(r'<li><a href="#(\w+)"', page.text))


def main(page: httpx.Response) -> str:
    return page.text[page.text.index("<main") : page.text.index("</main>")]


def row_of(page: httpx.Response, key: str) -> str:
    """What stands beside these words in a summary."""
    found = re.search(rf"<dt>{re.escape(key)}.*?</dt>\s*<dd>(.*?)</dd>", page.text, re.DOTALL)
    assert found is not None, key
    return html.unescape(found[1])


async def test_who_may_by_the_api_sees_the_page_and_who_may_not_does_not(intake: Intake) -> None:
    for role in (Role.ANALYST, Role.COORDINATOR, Role.OPERATOR):
        person = signed_in(intake, "DISTRICT_COORD", role)
        page = await person.get(PATH)
        assert page.status_code == 200
        assert problems_of(page.text) == []
        assert f'href="{PATH}"' in (await person.get("/intake/")).text
    for person in (
        signed_in(intake, "LIBRARIES", Role.ACTION_OWNER),
        signed_in(intake, "DISTRICT_COORD", Role.ANALYST, "SODERMALM"),
    ):
        assert (await person.get(PATH)).status_code == 403
        assert (await send(person, {"csrf": person.csrf}, TIDY)).status_code == 403
    for answer in (await intake.http.get(PATH), await intake.http.post(PATH)):
        assert answer.headers["location"] == f"/coordination/sign-in?next={PATH}"
    reporter = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    assert PATH not in (await reporter.get("/intake/")).text


async def test_the_form_asks_what_the_api_takes_and_needs_no_script(intake: Intake) -> None:
    page = await analyst(intake).get(PATH)

    for name in ("file", "source", "fetched_on", "period", "mapping"):
        assert f'name="{name}"' in page.text
    assert '<option value="auto" selected>' in page.text
    for source in ("bra-sol", "skolenkaten", "json-stat", "tidy"):
        assert f'<option value="{source}">' in page.text
    assert '<optgroup label="Brottsförebyggande rådet (Brå)">' in page.text
    assert "<script" not in main(page)
    assert " style=" not in main(page)
    assert 'lang="en"' in main(page)


async def test_a_file_is_tried_first_and_nothing_is_stored(intake: Intake) -> None:
    page = await choose(analyst(intake), TIDY, fetched_on="2026-05-04")

    assert page.status_code == 200
    assert "Inget är sparat än" in page.text
    assert row_of(page, "Lästa rader") == "2"
    assert row_of(page, "Tagna rader") == "2"
    assert row_of(page, "varav nya") == "2"
    assert row_of(page, "Hämtad") == "4 maj 2026"
    assert row_of(page, "Visas alltid med").startswith(DISTRICT.label("AS_GIVEN").sv)
    assert "En siffra per rad" in row_of(page, "Slags fil")
    assert row_of(page, "Utgivare").startswith("vem som helst")
    assert "no-store" in page.headers["cache-control"]
    assert problems_of(page.text) == []
    assert await stored(intake) == NOTHING


async def test_the_second_step_takes_it_in_and_it_is_listed(intake: Intake) -> None:
    person = analyst(intake)
    tried = await choose(person, TIDY, fetched_on="2026-05-04")
    done = await confirm(person, tried)
    page = await person.get(done.headers["location"])

    assert (done.status_code, page.status_code) == (303, 200)
    assert "Filen är inläst" in page.text
    assert row_of(page, "Tagna rader") == "2"
    assert problems_of(page.text) == []
    [kept] = await intake.all("imports")
    assert (kept["state"]["source"], kept["state"]["fetched_on"]) == ("tidy", "2026-05-04")
    assert len(await intake.all("statistics")) == 2
    earlier = await person.get(PATH)
    assert f'href="{done.headers["location"]}"' in earlier.text
    for words in ("Hämtad", "4 maj 2026", "2 rader: 2 tagna, 0 överhoppade", "5 juni 2026 kl."):
        assert words in earlier.text
    assert DISTRICT.label("AS_GIVEN").sv in earlier.text
    assert problems_of(earlier.text) == []


async def test_the_latest_is_first_and_the_list_is_paged(intake: Intake) -> None:
    person = analyst(intake)
    assert "Inga än" in (await person.get(PATH)).text
    made = []
    for number in range(3):
        at = (NOW + timedelta(minutes=number)).isoformat()
        later = Person(intake, person.headers | {"X-Samlad-Now": at}, person.csrf)
        content = text(HEAD, f"Trygg;Ett;202{number};81,5;procent;120")
        done = await confirm(later, await choose(later, content))
        made.append(done.headers["location"])
    first, second, beyond = [
        await person.get(f"{PATH}?limit=2&page={number}") for number in (1, 2, 9)
    ]

    links = rf'href="({PATH}/[0-9a-f-]+)"'
    assert re.findall(links, first.text) == made[:0:-1]
    assert re.findall(links, second.text) == made[:1]
    assert "Sida 1 av 2" in first.text
    assert "Till första sidan" in beyond.text
    assert "Inga än" not in beyond.text


async def test_the_same_file_again_is_told_to_be_there_and_changes_nothing(intake: Intake) -> None:
    person = analyst(intake)
    tried = await choose(person, TIDY)
    done = await confirm(person, tried)
    twice = await confirm(person, tried)
    again = await choose(analyst(intake, "POLICE_NORRMALM"), TIDY)
    same_figures = await choose(person, TIDY + b"\n")

    assert twice.headers["location"] == done.headers["location"]
    assert "redan inläst" in again.text
    assert f'href="{done.headers["location"]}"' in again.text
    assert "Filen skulle inte ändra något" in same_figures.text
    for page in (again, same_figures):
        assert "Läs in filen" not in page.text
    assert len(await intake.all("imports")) == 1
    assert all(len(one["outbox"]) == 1 for one in await intake.all("statistics"))


async def test_rows_left_out_are_named_with_why_and_sheets_are_told_apart(intake: Intake) -> None:
    person = analyst(intake)
    tried = await choose(person, ENKAT)
    page = await person.get((await confirm(person, tried)).headers["location"])

    for shown in (tried, page):
        table = shown.text[shown.text.index("Överhoppade rader, och varför") :]
        assert re.search(
            r'<th scope="row">1</th>\s*<td>5</td>\s*<td>Raden gäller inget område', table
        )
        sheets = shown.text[shown.text.index("Rader per blad") :]
        assert re.search(r'<th scope="row">1</th>\s*<td class="number">1</td>', sheets)
        assert "NOT_AN_AREA" not in shown.text
        assert problems_of(shown.text) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LAGESBILD.replace(b"PK", b"PX", 1), "Rad 1"),
        (text(HEAD, "Trygg;Ett;2025;x;procent;1"), "Rad 2, kolumn 4"),
        (text(HEAD, f"{CANARY};Ett;2025;1;procent;1"), "Rad 2"),
        (text(HEAD), "Rad 1"),
    ],
)
async def test_a_file_that_is_not_what_it_says_is_refused_whole(
    intake: Intake, content: bytes, words: str
) -> None:
    page = await choose(analyst(intake), content, source="tidy", fetched_on="2026-05-04")

    assert page.status_code == 422
    assert wrong(page) == {"file"}
    assert words in page.text
    assert CANARY not in page.text
    assert 'value="2026-05-04"' in page.text  # what was typed stands
    assert '<option value="tidy" selected>' in page.text
    assert problems_of(page.text) == []
    assert await stored(intake) == NOTHING


def test_every_reason_a_row_is_left_out_for_has_words() -> None:
    assert LEFT_OUT.keys() == {*Skip, KEPT_DEFINITIVE}


async def test_a_wrong_cell_of_a_workbook_is_named_by_sheet_and_cell(intake: Intake) -> None:
    content = book(["Rån"], ["Kommun", "Antal 2025"], ["Ett", "Anna Hemlig"])
    page = await choose(analyst(intake), content)

    assert page.status_code == 422
    assert "Blad 1, cell B3" in page.text
    assert "Hemlig" not in page.text


@pytest.mark.parametrize(
    ("typed", "content", "field"),
    [
        ({}, None, "file"),
        ({"source": "scb"}, TIDY, "source"),
        ({"period": "i fjol"}, TIDY, "period"),
        ({"fetched_on": "i går"}, TIDY, "fetched_on"),
        ({"fetched_on": "2027-01-01"}, TIDY, "fetched_on"),
        ({"source": "survey"}, SURVEY, "mapping"),
        ({"mapping": "<script>"}, SURVEY, "mapping"),
        ({"source": "bra-kommun"}, text("name;numCrimes", "Ett;1"), "period"),
        ({}, b"something else", "source"),
    ],
)
async def test_what_is_wrong_beside_the_file_is_told_at_its_field(
    intake: Intake, typed: dict[str, str], content: bytes | None, field: str
) -> None:
    page = await choose(analyst(intake), content, **typed)

    assert page.status_code == 422
    assert wrong(page) == {field}
    assert "Välj filen igen" in page.text
    assert f'id="{field}-error"' in page.text
    assert "<script>" not in main(page)
    assert problems_of(page.text) == []
    for name, value in typed.items():
        assert name == "source" or html.escape(value) in page.text
    assert await stored(intake) == NOTHING


async def test_a_survey_is_read_by_its_map_in_both_steps(intake: Intake) -> None:
    person = analyst(intake)
    tried = await choose(person, SURVEY, mapping=MAP.decode(), period="")
    done = await confirm(person, tried)

    assert row_of(tried, "Slags fil") == "exempelenkaten"
    assert done.status_code == 303, done.text
    [kept] = await intake.all("statistics")
    assert (kept["state"]["source"], kept["state"]["value"]) == ("exempelenkaten", 40)


async def test_a_form_needs_its_token_and_the_agency_it_was_shown_to(intake: Intake) -> None:
    person = analyst(intake)
    shown = hidden((await person.get(PATH)).text)
    stray = await send(person, shown | {"csrf": "x", "source": "auto"}, TIDY)
    other = {"agency": "LIBRARIES", "source": "tidy", "period": "2025"}
    moved = await send(person, shown | other, TIDY)

    assert stray.status_code == 403
    assert moved.status_code == 409
    assert 'value="2025"' in moved.text
    assert await stored(intake) == NOTHING


async def test_what_the_browser_did_not_hold_is_refused(intake: Intake) -> None:
    person = analyst(intake)
    for held in ("x", "!!!!"):
        page = await send(
            person, hidden((await person.get(PATH)).text) | {"content": held, "source": "auto"}
        )
        assert page.status_code == 422
        assert "Välj filen igen." in page.text


async def test_anothers_districts_import_does_not_exist(intake: Intake) -> None:
    person = analyst(intake)
    done = await confirm(person, await choose(person, TIDY))
    await intake.mongo[intake.settings.database_name]["imports"].update_one(
        {}, {"$set": {"district": "SODERMALM"}}
    )

    assert (await person.get(done.headers["location"])).status_code == 404
    assert (await person.get(f"{PATH}/{uuid4()}")).status_code == 404
    assert "Inga än" in (await person.get(PATH)).text


@pytest.mark.parametrize("error", [Unavailable("AWAY"), Conflict("FIGURES_MOVED")])
async def test_a_broken_off_import_is_sent_again_from_the_form_and_ends_whole(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    person = analyst(intake)
    tried = await choose(person, TIDY)
    with monkeypatch.context() as broken:
        broken.setattr(GroupCommit, "insert", gone(error))
        broken.setattr(StatisticsImports, "page", gone(Unavailable("AWAY")))
        first = await confirm(person, tried)
    again = await confirm(person, first)

    assert (first.status_code, again.status_code) == (503, 303)
    assert first.headers["retry-after"]
    assert "Sänd igen om en stund" in first.text
    assert "Inga än" not in first.text
    assert problems_of(first.text) == []
    assert len(await intake.all("imports")) == 1


async def test_who_comes_while_another_file_is_taken_in_keeps_the_form(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Statistics, "take_in", gone(Busy()))
    page = await choose(analyst(intake), TIDY, period="2025")

    assert page.status_code == 503
    assert page.headers["retry-after"]
    assert "En annan inläsning pågår" in page.text
    assert 'value="2025"' in page.text


async def test_a_file_the_browser_could_not_hold_is_refused(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "LARGEST_PACKED", 10)
    page = await choose(analyst(intake), TIDY)

    assert page.status_code == 413
    assert "samlad import" in page.text
    assert await stored(intake) == NOTHING


async def test_a_file_larger_than_other_forms_may_be_passes_both_steps(intake: Intake) -> None:
    rows = [f"Trygg;Ort {number};2025;{number % 97};procent;{number}" for number in range(3000)]
    content = text(HEAD, *rows)
    person = analyst(intake)
    tried = await choose(person, content)
    done = await confirm(person, tried)

    assert len(content) > 64 * 1024
    assert (tried.status_code, done.status_code) == (200, 303)
    assert len(await intake.all("statistics")) == 3000
