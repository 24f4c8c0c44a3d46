"""The quarantine desk as pages: a text is on one answer alone, to who said what for."""

import html
import logging
import re
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Line
from shared.contracts.codes import Role
from shared.store.errors import Unavailable, WriteUncertain
from shared.store.stream import Stream
from tests.intake.conftest import DISTRICT, NOW, Intake, Json, concern
from tests.intake.forms import problems_of
from tests.intake.people import Person, signed_in

pytestmark = pytest.mark.stack

PATH: Final = "/intake/quarantine"
CANARY: Final = "19900101-2385"
HELD: Final = f"Mannen {CANARY} står vid trappan."
CLEAN: Final = "Någon står vid trappan."
LOOK: Final = {"purpose": "QUARANTINE_REVIEW"}
DECISIONS: Final = (
    ("release", {"release_reason": "FALSE_ALARM"}, "REGISTERED"),
    ("redact", {"narrative": CLEAN}, "REGISTERED"),
    ("reject", {"reject_reason": "ABOUT_A_PERSON"}, "REJECTED"),
)


def coordinator(intake: Intake) -> Person:
    return signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)


def officer(intake: Intake) -> Person:
    return signed_in(intake, "RECORDS", Role.RECORDS_OFFICER)


async def held(intake: Intake, text: str = HELD, **changes: object) -> str:
    answer = await intake.report(**({"narrative": text} | changes))
    assert answer.json()["status"] == "QUARANTINED"
    return str(answer.json()["concern_id"])


async def lines(intake: Intake) -> list[tuple[str, str | None]]:
    rows = sorted(await intake.all("audit"), key=lambda row: row["_id"])
    return [(row["act"], row.get("purpose")) for row in rows]


async def state(intake: Intake) -> Json:
    [kept] = await intake.all("concerns")
    found: Json = kept["state"]
    return found


def quote_of(page: httpx.Response) -> str:
    """The markup of the text that is shown."""
    found = re.search(r'<p class="said">(.*?)</p>', page.text, re.DOTALL)
    assert found is not None
    return found.group(1)


def marks_of(page: httpx.Response) -> list[tuple[str, str]]:
    """What is marked in it, and as what."""
    found = re.findall(
        r'<mark>([^<]*)<span class="hidden"> \(([^<]*)\)</span></mark>', quote_of(page)
    )
    return [(html.unescape(text), kinds) for text, kinds in found]


def said_by(page: httpx.Response) -> str:
    """The text as somebody who sees it reads it."""
    plain = re.sub(r'<span class="hidden">[^<]*</span>', "", quote_of(page))
    return html.unescape(re.sub(r"</?mark>", "", plain))


async def test_the_list_tells_what_waits_oldest_first_and_never_a_text(intake: Intake) -> None:
    younger = await held(intake, f"{HELD} Eller 070-174 06 05, 070-174 06 06.")
    headers = intake.headers("LIBRARIES", str(uuid4()))
    headers["X-Samlad-Now"] = (NOW - timedelta(days=3, hours=2)).isoformat()
    body = concern(category="ENV.LITTER", observed_from="2026-06-01T22:10:00+02:00", narrative=HELD)
    sent = await intake.http.post("/intake/v1/concerns", json=body, headers=headers)
    older = sent.json()["concern_id"]

    page = await coordinator(intake).get(PATH)
    assert re.findall(rf"{PATH}/([0-9a-f-]{{36}})", page.text) == [older, younger]
    for words in (
        DISTRICT.label("ENV.LITTER").sv,
        DISTRICT.label("LIBRARIES").sv,
        "Har väntat 3 dygn",
        "telefonnummer (2 gånger)",
        "personnummer",
    ):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"
    assert CANARY not in page.text
    assert await lines(intake) == []


@pytest.mark.parametrize("who", [coordinator, officer])
async def test_who_may_decide_finds_the_way_from_the_desk(intake: Intake, who: object) -> None:
    person = coordinator(intake) if who is coordinator else officer(intake)
    desk = await person.get("/intake/")
    assert desk.status_code == 200
    assert f'href="{PATH}"' in desk.text
    assert (await person.get(PATH)).status_code == 200


async def test_nobody_is_led_to_the_sign_in_and_back(intake: Intake) -> None:
    one = await held(intake)
    for path in (PATH, f"{PATH}/{one}"):
        answer = await intake.http.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/coordination/sign-in?next={path}"
    for way, fields, _ in DECISIONS:
        answer = await intake.http.post(f"{PATH}/{one}/{way}", data=fields)
        assert answer.headers["location"] == f"/coordination/sign-in?next={PATH}/{one}"
    assert (await state(intake))["status"] == "QUARANTINED"


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.COORDINATOR, Role.RECORDS_OFFICER}]
)
async def test_no_other_role_sees_or_decides_anything(intake: Intake, role: Role) -> None:
    one = await held(intake)
    await refused_everything(signed_in(intake, "FIELD_WORKERS", role), one)
    assert await lines(intake) == []


async def test_the_desk_of_another_district_sees_and_decides_nothing(intake: Intake) -> None:
    one = await held(intake)
    await refused_everything(
        signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR, "SODERMALM"), one
    )
    assert await lines(intake) == []


async def refused_everything(person: Person, one: str) -> None:
    answers = [await person.get(PATH), await person.get(f"{PATH}/{one}")]
    answers.append(await person.send(f"{PATH}/{one}", **LOOK))
    for way, fields, _ in DECISIONS:
        answers.append(await person.send(f"{PATH}/{one}/{way}", version=1, **fields))
    assert {answer.status_code for answer in answers} == {403}
    assert not any(CANARY in answer.text for answer in answers)
    assert (await state(person.intake))["status"] == "QUARANTINED"


async def test_a_purpose_is_asked_for_before_anything_is_opened(intake: Intake) -> None:
    one, desk = await held(intake), coordinator(intake)
    asked = await desk.get(f"{PATH}/{one}")
    assert re.search(r'value="QUARANTINE_REVIEW" checked', asked.text)
    for fields in ({}, {"purpose": "TRIAGE"}, {"purpose": "<script>"}):
        wrong = await desk.send(f"{PATH}/{one}", **fields)
        assert wrong.status_code == 422
        assert 'href="#purpose"' in wrong.text
        assert "<script>" not in wrong.text
        assert CANARY not in asked.text + wrong.text
    assert await lines(intake) == []


async def test_the_text_is_on_the_answer_to_the_audited_look_and_nowhere_else(
    intake: Intake, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    one, desk = await held(intake), coordinator(intake)
    before = [await desk.get(path) for path in ("/intake/", PATH, f"{PATH}/{one}")]
    looked = await desk.send(f"{PATH}/{one}", **LOOK)
    wrong = [
        await desk.send(f"{PATH}/{one}/release", version=1),
        await desk.send(f"{PATH}/{one}/redact", version=1, narrative=""),
        await desk.send(f"{PATH}/{one}/reject", version=1),
    ]
    done = await desk.send(f"{PATH}/{one}/reject", version=1, reject_reason="ABOUT_A_PERSON")
    after = await desk.get(done.headers["location"])

    assert looked.status_code == 200
    assert looked.headers["cache-control"] == "no-store"
    assert said_by(looked) == HELD
    assert (CANARY, "personnummer") in marks_of(looked)
    assert [answer.status_code for answer in wrong] == [422, 422, 422]
    for answer in [*before, *wrong, done, after]:
        assert CANARY not in answer.text
        assert CANARY not in repr(answer.headers)
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in repr(await intake.all("audit"))
    assert await lines(intake) == [
        ("QUARANTINE_READ", "QUARANTINE_REVIEW"),
        ("QUARANTINE_REJECTED", None),
    ]


async def test_without_a_line_in_the_trail_nothing_is_shown_or_decided(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, desk = await held(intake), coordinator(intake)

    async def away(_trail: AuditTrail, _line: Line) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr(AuditTrail, "note", away)
    answers = [await desk.send(f"{PATH}/{one}", **LOOK)]
    for way, fields, _ in DECISIONS:
        answers.append(await desk.send(f"{PATH}/{one}/{way}", version=1, **fields))
    assert [answer.status_code for answer in answers] == [503] * 4
    assert not any(CANARY in answer.text for answer in answers)
    assert CLEAN in answers[2].text  # what was written at the desk is not lost
    assert (await state(intake))["status"] == "QUARANTINED"


@pytest.mark.parametrize(("way", "fields", "status"), DECISIONS)
async def test_a_decision_leads_back_to_the_list_which_says_so(
    intake: Intake, way: str, fields: dict[str, str], status: str
) -> None:
    one, desk = await held(intake), officer(intake)
    done = await desk.send(f"{PATH}/{one}/{way}", version=1, **fields)
    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}?done={way}")
    page = (await desk.get(done.headers["location"])).text
    assert 'role="status"' in page
    assert one not in page
    assert "Inget väntar" in page
    assert (await state(intake))["status"] == status


@pytest.mark.parametrize(("way", "fields", "status"), DECISIONS)
async def test_a_decision_that_broke_off_is_finished_by_its_repeat(
    intake: Intake,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    fields: dict[str, str],
    status: str,
) -> None:
    """Stored, and then the answer was lost: the form is there still, and leads to the end."""
    one, desk = await held(intake), coordinator(intake)
    contacts = intake.mongo[intake.settings.keys_database_name]["contacts"]
    await contacts.insert_one({"_id": one, "key": b"k", "sealed": b"s"})
    append = Stream.append

    async def uncertain(stream: Stream, *args: Any, **named: Any) -> int:  # noqa: ANN401 - passed on
        await append(stream, *args, **named)
        raise WriteUncertain("NO_ANSWER")

    with monkeypatch.context() as broken:
        broken.setattr(Stream, "append", uncertain)
        unsure = await desk.send(f"{PATH}/{one}/{way}", version=1, **fields)
    assert unsure.status_code == 503
    assert 'name="version" value="1"' in unsure.text
    assert f'action="{PATH}/{one}/{way}"' in unsure.text
    done = await desk.send(f"{PATH}/{one}/{way}", version=1, **fields)

    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}?done={way}")
    assert (await state(intake))["status"] == status
    assert len(await contacts.find().to_list(None)) == (0 if status == "REJECTED" else 1)


async def test_a_list_says_nothing_of_a_decision_that_there_is_not(intake: Intake) -> None:
    page = await coordinator(intake).get(f"{PATH}?done=<script>")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert 'role="status"' not in page.text


@pytest.mark.parametrize(("way", "fields", "status"), DECISIONS)
async def test_a_decision_sent_twice_is_carried_out_once(
    intake: Intake, way: str, fields: dict[str, str], status: str
) -> None:
    one, desk = await held(intake), coordinator(intake)
    for _ in range(2):
        done = await desk.send(f"{PATH}/{one}/{way}", version=1, **fields)
        assert done.status_code == 303
    assert (await state(intake))["status"] == status
    assert len(await lines(intake)) == 1


@pytest.mark.parametrize(("way", "fields", "_status"), DECISIONS)
async def test_who_comes_second_is_told_that_somebody_was_first(
    intake: Intake, way: str, fields: dict[str, str], _status: str
) -> None:
    one = await held(intake)
    other = {"reject_reason": "SENT_TWICE"}
    await officer(intake).send(f"{PATH}/{one}/reject", version=1, **other)
    late = await coordinator(intake).send(f"{PATH}/{one}/{way}", version=1, **fields)
    assert late.status_code == 412
    assert "Någon annan kan ha hunnit före" in late.text
    assert f'href="{PATH}"' in late.text
    assert CLEAN not in late.text
    assert (await state(intake))["reason"] == "SENT_TWICE"


async def test_what_is_decided_is_not_opened_again(intake: Intake) -> None:
    one, desk = await held(intake), coordinator(intake)
    await desk.send(f"{PATH}/{one}/reject", version=1, reject_reason="SENT_TWICE")
    for answer in (
        await desk.get(f"{PATH}/{one}"),
        await desk.send(f"{PATH}/{one}", **LOOK),
        await desk.send(f"{PATH}/{one}/release", version=2),
    ):
        assert answer.status_code == 409
        assert "inte i karantän" in answer.text
        assert CANARY not in answer.text
    assert [act for act, _ in await lines(intake)] == ["QUARANTINE_REJECTED"]


async def test_what_is_not_there_is_not_found(intake: Intake) -> None:
    desk, nowhere = coordinator(intake), f"{PATH}/{uuid4()}"
    answers = [await desk.get(nowhere), await desk.send(nowhere, **LOOK)]
    for way, fields, _ in DECISIONS:
        answers.append(await desk.send(f"{nowhere}/{way}", version=1, **fields))
        answers.append(await desk.send(f"{nowhere}/{way}", version=1))
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 10, "²"])
async def test_a_decision_without_the_version_that_was_read_is_none(
    intake: Intake, version: str
) -> None:
    one = await held(intake)
    path, fields = f"{PATH}/{one}/release", {"release_reason": "FALSE_ALARM"}
    answer = await coordinator(intake).send(path, version=version, **fields)
    assert answer.status_code == 400
    assert (await state(intake))["status"] == "QUARANTINED"


async def test_a_form_without_its_token_decides_nothing(intake: Intake) -> None:
    one, desk = await held(intake), coordinator(intake)
    looked = await desk.send(f"{PATH}/{one}", csrf="wrong", **LOOK)
    answers = [looked]
    for way, fields, _ in DECISIONS:
        answers.append(await desk.send(f"{PATH}/{one}/{way}", version=1, csrf="wrong", **fields))
    assert {answer.status_code for answer in answers} == {403}
    assert CANARY not in looked.text
    assert (await state(intake))["status"] == "QUARANTINED"
    assert await lines(intake) == []


async def test_the_forms_carry_the_version_that_was_read(intake: Intake) -> None:
    page = (await coordinator(intake).send(f"{PATH}/{await held(intake)}", **LOOK)).text
    assert re.findall(r'name="version" value="(\d+)"', page) == ["1", "1", "1"]


async def test_a_text_that_still_says_too_much_stays_in_the_form(intake: Intake) -> None:
    one, desk = await held(intake), coordinator(intake)
    written = "Ring 070-174 06 05 om lampan."
    answer = await desk.send(f"{PATH}/{one}/redact", version=1, narrative=written)
    assert answer.status_code == 422
    assert 'href="#narrative"' in answer.text
    assert "finns fortfarande: telefonnummer" in answer.text
    assert f">{written}</textarea>" in answer.text
    assert marks_of(answer) == [("070-174 06 05", "telefonnummer")]
    assert CANARY not in answer.text
    assert (await state(intake))["status"] == "QUARANTINED"
    assert written not in repr(await intake.all("concerns"))

    done = await desk.send(f"{PATH}/{one}/redact", version=1, narrative=CLEAN)
    assert done.status_code == 303
    path = f"/intake/v1/concerns/{one}/narrative-readings"
    read = await intake.post(path, {"purpose": "TRIAGE"}, agency="DISTRICT_COORD")
    assert read.json()["narrative"] == CLEAN


async def test_what_nobody_sees_in_a_text_is_left_out_when_it_is_written_anew(
    intake: Intake,
) -> None:
    one, desk = await held(intake), coordinator(intake)
    done = await desk.send(f"{PATH}/{one}/redact", version=1, narrative=f"\x07{CLEAN}\x1b")
    assert done.status_code == 303
    path = f"/intake/v1/concerns/{one}/narrative-readings"
    read = await intake.post(path, {"purpose": "TRIAGE"}, agency="DISTRICT_COORD")
    assert read.json()["narrative"] == CLEAN


@pytest.mark.parametrize("written", ["", "  \n ", "x" * 501])
async def test_no_text_is_lost_by_a_slip(intake: Intake, written: str) -> None:
    one = await held(intake)
    path = f"{PATH}/{one}/redact"
    answer = await coordinator(intake).send(path, version=1, narrative=written)
    assert answer.status_code == 422
    assert 'href="#narrative"' in answer.text
    assert (await state(intake))["registered"]["has_narrative"] is True


async def test_the_whole_text_is_taken_away_where_the_box_says_so(intake: Intake) -> None:
    one = await held(intake)
    fields = {"without": "yes", "narrative": HELD}
    done = await coordinator(intake).send(f"{PATH}/{one}/redact", version=1, **fields)
    assert done.status_code == 303
    kept = await state(intake)
    assert (kept["status"], kept["registered"]["has_narrative"]) == ("REGISTERED", False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"<script>alert(1)</script> {CANARY}", CANARY),
        (f"👩‍👩‍👧‍👦🇸🇪 vid trappan: {CANARY} står där", CANARY),
        (f"A\u030a\u0308\u0301\u0301 e\u0301 och o\u0308 {CANARY}\u0301!", CANARY),
        (f'{"å" * 300} {CANARY} "><img src=x onerror=alert(1)>', CANARY),
        (f"rad ett\n  rad två & {CANARY}\n</p></blockquote><form>", CANARY),
    ],
)
async def test_any_text_is_shown_as_it_is_with_the_finding_marked(
    intake: Intake, text: str, found: str
) -> None:
    """The text is a text node, whatever stands in it, and marks are in characters."""
    one = await held(intake, text)
    path = f"/intake/v1{PATH.removeprefix('/intake')}/{one}/readings"
    told = (await intake.post(path, LOOK, agency="DISTRICT_COORD")).json()["texts"][0]
    page = await coordinator(intake).send(f"{PATH}/{one}", **LOOK)

    assert said_by(page) == told["text"]
    assert re.sub(r"</?(mark|span)[^>]*>", "", quote_of(page)).count("<") == 0
    marked = [part for part, kinds in marks_of(page) if "personnummer" in kinds]
    assert [part.rstrip("\u0301") for part in marked] == [found]
    inside = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert inside is not None
    assert html.unescape(inside.group(1)) == told["text"]
    assert "<script>alert" not in page.text
    assert "<img" not in page.text


async def test_everything_that_was_written_is_shown_and_only_the_narrative_is_masked(
    intake: Intake,
) -> None:
    one = await held(intake, "Tre lampor.", external_reference="D-17 070-174 06 05")
    page = (await coordinator(intake).send(f"{PATH}/{one}", **LOOK)).text
    assert "Eget nummer" in page
    assert "<mark>070-174 06 05" in page
    assert ">Tre lampor.</textarea>" in page


async def test_every_field_has_its_words_and_every_error_leads_to_one(intake: Intake) -> None:
    one, desk = await held(intake), coordinator(intake)
    pages = [await desk.get(PATH), await desk.get(f"{PATH}/{one}")]
    pages.append(await desk.send(f"{PATH}/{one}", **LOOK))
    pages.append(await desk.send(f"{PATH}/{one}"))
    for way, _, _ in DECISIONS:
        pages.append(await desk.send(f"{PATH}/{one}/{way}", version=1))
    for page in pages:
        assert problems_of(page.text) == []
    order = re.findall(r'action="[^"]*/(release|redact|reject)"', pages[2].text)
    assert order == ["release", "redact", "reject"]
