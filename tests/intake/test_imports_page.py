"""Concerns from a file on the page, as a person without JavaScript meets it."""

import base64
import html
import re
import zlib
from dataclasses import dataclass

import httpx
import pytest

from services.intake.pages import imports
from services.intake.store.imports import ConcernImports
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal
from shared.security.session import SessionSeal, opened
from shared.store.errors import Unavailable
from shared.store.group_commit import GroupCommit
from tests.intake.conftest import DISTRICT, NOW, Intake, Json

pytestmark = pytest.mark.stack

PATH = "/intake/imports"
AT = {"X-Samlad-Now": NOW.isoformat()}
HEADS = "category;place_id;place_type;observed_from;certainty;recurrence;severity;narrative"
CANARY = "19900101-2385"


def row(severity: int | str = 1, narrative: str = "", category: str = "ENV.LIGHTING") -> str:
    seen = "2026-06-05T22:10:00+02:00"
    return f"{category};PL-HORN;OUTDOOR;{seen};SEEN;REPEATED;{severity};{narrative}"


def file(*rows: str) -> bytes:
    return "\r\n".join([HEADS, *rows, ""]).encode("utf-8-sig")


MIXED = file(
    row(), row(2, f"Det var {CANARY}"), row(category="DIV.CRIME"), row("x"), row(category="ENV.NO")
)


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody signed in, who sends forms as they were shown."""

    intake: Intake
    cookie: str
    token: str

    async def get(self, path: str = PATH) -> httpx.Response:
        return await self.intake.http.get(path, headers=AT | {"Cookie": self.cookie})

    async def choose(self, content: bytes, **changes: str) -> httpx.Response:
        page = await self.get()
        return await self.send(hidden(page.text) | changes, content)

    async def confirm(self, page: httpx.Response, **changes: str) -> httpx.Response:
        return await self.send(hidden(page.text) | changes)

    async def send(self, fields: Json, content: bytes | None = None) -> httpx.Response:
        given = fields.items()
        parts = [(name, (None, value)) for name, value in given]
        chosen = [] if content is None else [("file", ("lista.csv", content, "text/csv"))]
        return await self.intake.http.post(
            PATH, files=[*parts, *chosen], headers=AT | {"Cookie": self.cookie}
        )


def hidden(page: str) -> Json:
    form = next(part for part in page.split("<form") if 'enctype="multipart/form-data"' in part)
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def browser(intake: Intake, agency: str = "LIBRARIES", role: Role = Role.REPORTER) -> Browser:
    who = Principal(district=DistrictCode(DISTRICT.code), agency=AgencyCode(agency), role=role)
    session = opened(who, intake.app.state.site.wall_now())
    seal = SessionSeal(intake.settings.secret_file.read_bytes())
    return Browser(intake, f"samlad_session={seal.seal(session)}", session.csrf)


async def stored(intake: Intake) -> dict[str, int]:
    names = ("concerns", "diversions", "concern_imports")
    return {name: len(await intake.all(name)) for name in names}


NOTHING = {"concerns": 0, "diversions": 0, "concern_imports": 0}


async def test_a_stranger_is_led_to_the_sign_in(intake: Intake) -> None:
    for answer in (await intake.http.get(PATH), await intake.http.post(PATH)):
        assert answer.status_code == 303
        assert answer.headers["location"] == "/coordination/sign-in?next=/intake/imports"


async def test_a_role_that_may_not_report_has_no_business_here(intake: Intake) -> None:
    page = await browser(intake, "DISTRICT_COORD", Role.ANALYST).get()

    assert page.status_code == 403


async def test_the_page_asks_for_a_file_and_needs_no_script(intake: Intake) -> None:
    page = (await browser(intake).get()).text

    assert 'type="file"' in page
    assert 'enctype="multipart/form-data"' in page
    assert 'lang="en"' in page
    assert "tel:112" in page
    assert "<script" not in page.split("</head>")[1]
    assert " style=" not in page


async def test_a_file_that_brings_nothing_is_not_offered_to_be_taken_in(intake: Intake) -> None:
    good = await browser(intake).choose(MIXED)
    useless = await browser(intake).choose(file(row("x"), row(category="ENV.NO")))

    assert "Läs in filen" in good.text
    assert "Läs in filen" not in useless.text
    assert "Ingen rad skulle läsas in" in useless.text


async def test_the_first_step_shows_every_row_and_stores_nothing(intake: Intake) -> None:
    page = await browser(intake).choose(MIXED)

    assert page.status_code == 200
    for words in (
        "<td>Ny</td>",
        "En person granskar texten först",
        "Hör hemma någon",
        "114 14",
    ):
        assert words in page.text
    assert re.search(r'\(114 14\) <span lang="en"', page.text)  # in Swedish too
    assert re.search(
        r">5</th>\s*<td>Avvisad</td>\s*<td>Allvar <code>severity</code></td>", page.text
    )
    assert "Kategorin är okänd." in page.text
    assert CANARY not in page.text
    assert "no-store" in page.headers["cache-control"]
    assert await stored(intake) == NOTHING
    assert await intake.keys_of_vault() == []


async def test_the_second_step_takes_the_rows_in_and_keeps_what_became_of_them(
    intake: Intake,
) -> None:
    person = browser(intake)
    sent = await person.confirm(await person.choose(MIXED))
    page = await person.get(sent.headers["location"])

    assert (sent.status_code, page.status_code) == (303, 200)
    kept = [one for one in await intake.all("concerns") if "agency" in one]
    assert {one["agency"] for one in kept} == {"LIBRARIES"}
    assert {one["state"]["status"] for one in kept} == {"REGISTERED", "QUARANTINED"}
    assert len(await intake.all("diversions")) == 1
    [made] = await intake.all("concern_imports")
    assert [one["outcome"] for one in made["rows"]] == [
        "TAKEN", "QUARANTINED", "DIVERTED", "REFUSED", "REFUSED",
    ]  # fmt: skip
    assert [one["row"] for one in made["rows"]] == [2, 3, 4, 5, 6]
    assert made["rows"][3]["columns"] == ["severity"]
    assert CANARY not in str(made)
    assert made["rows"][0]["concern_id"] in page.text
    earlier = (await person.get()).text
    assert f"{PATH}/{made['_id']}" in earlier
    assert "5 rader, 1 nya" in earlier


async def test_the_same_file_and_a_longer_one_bring_nothing_twice(intake: Intake) -> None:
    person = browser(intake)
    await person.confirm(await person.choose(file(row(), row(), row(2))))
    again = await person.choose(file(row(), row(), row(2)))
    assert again.text.count("<td>Fanns redan</td>") == 3
    await person.confirm(again)
    longer = await person.choose(file(row(3), row(), row(), row(2), row()))
    await person.confirm(longer)

    assert longer.text.count("<td>Fanns redan</td>") == 3
    assert longer.text.count("<td>Ny</td>") == 2
    assert len(await intake.all("concerns")) == 5
    counts = sorted(one["counts"]["TAKEN"] for one in await intake.all("concern_imports"))
    assert counts == [0, 2, 3]


async def test_an_own_export_changes_nothing_whatever_its_rows_say(intake: Intake) -> None:
    person = browser(intake)
    await person.confirm(await person.choose(file(row(), row(2), row(3, f"Hej {CANARY}"))))
    before = await stored(intake)
    exported = await intake.get("/intake/v1/concerns?format=csv", agency="LIBRARIES")
    changed = exported.content.replace(b"ENV.LIGHTING", b"ENV.NO", 1).replace(b";SEEN;", b";x;", 1)
    tried = await person.choose(changed)
    done = await person.confirm(tried)

    assert tried.text.count("<td>Fanns redan</td>") == 3
    assert done.status_code in {200, 303}
    assert (await stored(intake))["concerns"] == before["concerns"]
    theirs = await browser(intake, "FIELD_WORKERS").choose(exported.content)
    assert "<td>Fanns redan</td>" not in theirs.text


async def test_confirming_twice_is_one_import(intake: Intake) -> None:
    person = browser(intake)
    tried = await person.choose(file(row()))
    first, second = await person.confirm(tried), await person.confirm(tried)

    assert first.headers["location"] == second.headers["location"]
    assert await stored(intake) == NOTHING | {"concerns": 1, "concern_imports": 1}


async def test_a_map_is_used_in_both_steps(intake: Intake) -> None:
    mapping = '[columns]\r\n"Fel" = "category"\r\n[values.category]\r\n"Släckt" = "ENV.LIGHTING"'
    content = file(row(category="Släckt")).replace(b"category", b"Fel")
    person = browser(intake)
    tried = await person.choose(content, mapping=mapping)
    done = await person.confirm(tried)

    assert done.status_code == 303
    [kept] = await intake.all("concerns")
    assert kept["state"]["registered"]["category"] == "ENV.LIGHTING"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Filen är tom."),
        (MIXED + b"\x00", "Rad 7:"),
        (file(row(), row(narrative='"x')), "Rad 3:"),
        (file(row(narrative="x" * 1_000_000)), "Rad 2:"),
        (";".join(f"k{n}" for n in range(200)).encode(), "Rad 1:"),
        (file(row()).replace(b"severity", CANARY.encode()), "Rad 1: okänd rubrik i kolumn 7"),
        (file(*(row() for _ in range(5001))), "Fler än 5000 rader."),
    ],
    ids=["empty", "NUL", "quotes", "1 MB cell", "200 columns", "unknown head", "5001 rows"],
)
async def test_a_hostile_file_is_refused_naming_the_row_and_nothing_is_stored(
    intake: Intake, content: bytes, words: str
) -> None:
    person = browser(intake)
    tried = await person.choose(content)
    packed = base64.b64encode(zlib.compress(content)).decode()
    forced = await person.send(hidden((await person.get()).text) | {"content": packed})

    for page in (tried, forced) if content else (tried,):
        assert page.status_code == 422
        assert 'href="#file"' in page.text
        assert words in page.text
        assert CANARY not in page.text
    assert await stored(intake) == NOTHING


@pytest.mark.parametrize(
    "packed",
    ["x", "!!!!", base64.b64encode(b"no zlib").decode(),
     base64.b64encode(zlib.compress(b"x" * 50_000_000)).decode()],
    ids=["no base64", "signs", "no zlib", "a bomb"],
)  # fmt: skip
async def test_what_the_browser_did_not_hold_is_refused(intake: Intake, packed: str) -> None:
    person = browser(intake)
    page = await person.send(hidden((await person.get()).text) | {"content": packed})

    assert page.status_code == 422
    assert "Välj filen igen." in page.text


async def test_a_form_with_a_file_needs_its_token(intake: Intake) -> None:
    person = browser(intake)
    fields = hidden((await person.get()).text)
    for wrong in ({}, {"csrf": "x"}, {"csrf": browser(intake).token}):
        rest = {name: value for name, value in fields.items() if name != "csrf"}
        answer = await person.send(rest | wrong, file(row()))
        assert (answer.status_code, answer.json()["code"]) == (403, "form-expired")
    assert await stored(intake) == NOTHING


async def test_a_form_shown_to_another_agency_is_not_taken(intake: Intake) -> None:
    shown = hidden((await browser(intake, "FIELD_WORKERS").get()).text)
    person = browser(intake)
    typed = {"csrf": person.token, "mapping": '"Typ" = "category"'}
    answer = await person.send(shown | typed, file(row()))

    assert answer.status_code == 409
    assert await stored(intake) == NOTHING
    assert typed["mapping"] in html.unescape(answer.text)  # what was typed is not lost


async def test_anothers_import_does_not_exist(intake: Intake) -> None:
    person = browser(intake)
    done = await person.confirm(await person.choose(file(row())))
    other = browser(intake, "FIELD_WORKERS")

    assert (await other.get(done.headers["location"])).status_code == 404
    assert done.headers["location"] not in (await other.get()).text


async def test_when_nothing_can_be_stored_the_rows_say_so_and_a_repeat_ends_it(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_group: GroupCommit, *_documents: Json | None) -> None:
        raise Unavailable("AWAY")

    person = browser(intake)
    tried = await person.choose(file(row(), row(2)))
    with monkeypatch.context() as broken:
        broken.setattr(GroupCommit, "insert", away)
        first = await person.confirm(tried)
    told = await person.get(first.headers["location"])

    assert "Alla rader gick inte att spara" in told.text
    assert await stored(intake) == NOTHING | {"concern_imports": 1}
    again = await person.confirm(tried)
    assert again.headers["location"] == first.headers["location"]
    assert "Alla rader" not in (await person.get(again.headers["location"])).text
    assert await stored(intake) == NOTHING | {"concerns": 2, "concern_imports": 1}


async def test_an_account_that_could_not_be_kept_is_kept_by_sending_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_imports: ConcernImports, *_: object, **__: object) -> None:
        raise Unavailable("AWAY")

    person = browser(intake)
    tried = await person.choose(file(row(), row(2)))
    with monkeypatch.context() as broken:
        broken.setattr(ConcernImports, "keep", away)
        broken.setattr(ConcernImports, "latest", away)
        first = await person.confirm(tried)
    again = await person.confirm(first)

    assert (first.status_code, again.status_code) == (503, 303)
    assert first.headers["retry-after"]
    assert "Sänd igen om en stund" in first.text
    assert await stored(intake) == NOTHING | {"concerns": 2, "concern_imports": 1}


async def test_a_file_the_browser_could_not_hold_is_refused(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LARGEST_PACKED", 10)
    packed = await browser(intake).choose(file(row()))
    monkeypatch.setattr(imports, "LARGEST_FILE", 10)
    whole = await browser(intake).choose(file(row()))

    assert packed.status_code == whole.status_code == 413
    assert await stored(intake) == NOTHING


@pytest.mark.slow
async def test_a_large_file_passes_both_steps(intake: Intake) -> None:
    rows = [row(number % 4, f"Lampa {number} vid kajen är släckt sedan länge. " * 8)
            for number in range(3000)]  # fmt: skip
    person = browser(intake)
    tried = await person.choose(file(*rows))
    done = await person.confirm(tried)

    assert len(file(*rows)) > 1024 * 1024
    assert (tried.status_code, done.status_code) == (200, 303)
    assert len(await intake.all("concerns")) == 3000
