"""Following a report by its reference: rules, and the pages as a resident meets them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.commands.references import SHOWN_FOR, ReferenceKey
from services.intake.domain.following import Reached, Step, told, way
from services.intake.domain.reference import ALPHABET, read, written
from shared.contracts.codes import CaseState, ConcernState
from tests.intake.conftest import NOW, Intake
from tests.intake.test_pages import form, reference_in, send

FOLLOW = "/intake/follow"
AT = {"X-Samlad-Now": NOW.isoformat()}
WALL = datetime(2026, 6, 5, 12, tzinfo=UTC)


@given(st.binary(min_size=8, max_size=32))
def test_a_reference_is_read_however_it_is_typed(secret: bytes) -> None:
    reference = written(secret)
    typed = reference.lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert re.fullmatch(f"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", reference)
    assert read(typed) == read(reference) == reference.replace("-", "")


def test_references_differ_and_nobody_makes_them_without_the_master_key() -> None:
    ours, others = ReferenceKey(bytes(32)), ReferenceKey(bytes(31) + b"\x01")
    ids = [str(uuid4()) for _ in range(200)]

    assert len({ours.of(one) for one in ids}) == len(ids)
    assert ours.of(ids[0]) != others.of(ids[0])
    assert ours.digest(ours.of(ids[0])) != others.digest(ours.of(ids[0]))
    assert read(ours.of(ids[0])) not in ours.digest(ours.of(ids[0])).upper()


@pytest.mark.parametrize("broken", ["", ".", "x.y", "9" * 40 + ".00", "-1.00", "1780000000."])
def test_a_broken_ticket_admits_nobody(broken: str) -> None:
    assert not ReferenceKey(bytes(32)).admits(broken, "a", WALL)


def test_a_ticket_admits_to_its_receipt_for_an_hour() -> None:
    references = ReferenceKey(bytes(32))
    ticket = references.ticket("a", WALL)

    assert references.admits(ticket, "a", WALL + SHOWN_FOR - timedelta(seconds=1))
    assert not references.admits(ticket, "a", WALL + SHOWN_FOR)
    assert not references.admits(ticket, "b", WALL)
    later = f"{int(ticket.partition('.')[0]) + 9999}.{ticket.partition('.')[2]}"
    assert not references.admits(later, "a", WALL)


@pytest.mark.parametrize(
    ("status", "case", "step"),
    [
        (ConcernState.SUBMITTED, None, Step.RECEIVED),
        (ConcernState.QUARANTINED, None, Step.LOOKED_AT),
        (ConcernState.REGISTERED, None, Step.COORDINATOR),
        (ConcernState.RELEASED, CaseState.TRIAGED, Step.COORDINATOR),
        (ConcernState.REGISTERED, CaseState.LINKED, Step.ACTION),
        (ConcernState.REGISTERED, CaseState.REOPENED, Step.ACTION),
        (ConcernState.REGISTERED, CaseState.IN_ACTION, Step.ACTION),
        (ConcernState.REGISTERED, CaseState.FOLLOW_UP, Step.ACTION),
        (ConcernState.REGISTERED, CaseState.DUPLICATE, Step.CLOSED),
        (ConcernState.REGISTERED, CaseState.OUT_OF_SCOPE, Step.CLOSED),
        (ConcernState.EXPUNGED, CaseState.CLOSED, Step.CLOSED),
        (ConcernState.REJECTED, None, None),
        (ConcernState.WITHDRAWN, CaseState.IN_ACTION, None),
        (ConcernState.EXPUNGED, None, None),
    ],
)
def test_a_report_is_told_to_stand_where_it_stands(
    status: ConcernState, case: CaseState | None, step: Step | None
) -> None:
    assert told(status, case).step is step


@pytest.mark.parametrize("status", list(ConcernState))
def test_every_state_has_words_in_both_languages(status: ConcernState) -> None:
    said = told(status, None)
    assert all((said.title.sv, said.title.en, said.words.sv, said.words.en))


def test_the_way_shows_what_is_done_now_and_next() -> None:
    acting = way(told(ConcernState.REGISTERED, CaseState.IN_ACTION))
    held = way(told(ConcernState.QUARANTINED, None))
    ended = way(told(ConcernState.REGISTERED, CaseState.CLOSED))

    assert [reached for _, reached in acting] == [
        Reached.DONE, Reached.DONE, Reached.NOW, Reached.NEXT
    ]  # fmt: skip
    assert [words.sv for words, reached in held if reached is Reached.NOW] == [
        "En person läser texten"
    ]
    assert {reached for _, reached in ended} == {Reached.DONE}
    assert way(told(ConcernState.REJECTED, None)) == []


async def followed(intake: Intake, reference: str) -> httpx.Response:
    return await intake.http.post(FOLLOW, data={"reference": reference}, headers=AT)


async def sent_reference(intake: Intake, **changes: object) -> str:
    sent = await send(intake, form(**changes))
    return reference_in((await intake.http.get(sent.headers["location"], headers=AT)).text)


@pytest.mark.stack
async def test_a_reporter_follows_a_report_by_its_reference(intake: Intake) -> None:
    reference = await sent_reference(intake, narrative="Fullt med burkar.")
    page = await followed(intake, f" {reference.lower().replace('-', ' ')}")

    assert page.status_code == 200
    assert "Rapporten är skickad till samordnaren" in page.text
    assert "Nedskräpning" in page.text
    assert "Hornsbergs strand" in page.text
    assert "tel:112" in page.text
    assert "burkar" not in page.text
    [kept] = await intake.all("concerns")
    assert kept["_id"] not in page.text


@pytest.mark.stack
async def test_a_quarantined_report_is_told_to_be_looked_at(intake: Intake) -> None:
    reference = await sent_reference(intake, narrative="Ring 070-174 06 05")
    page = await followed(intake, reference)

    assert "En person läser texten först" in page.text
    assert "070-174" not in page.text


@pytest.mark.stack
async def test_every_wrong_reference_gets_the_same_answer(intake: Intake) -> None:
    reference = await sent_reference(intake)
    [kept] = await intake.all("concerns")
    near = ("A" if reference[0] != "A" else "B") + reference[1:]
    pages = [await followed(intake, one) for one in ("", near, "x" * 5000, kept["_id"], "é%$")]

    assert {page.status_code for page in pages} == {422}
    assert len({page.text for page in pages}) == 1
    assert 'href="#reference"' in pages[0].text
    assert "tel:112" in pages[0].text


@pytest.mark.stack
async def test_the_reference_is_stored_nowhere_and_stands_in_no_address(intake: Intake) -> None:
    reference = await sent_reference(intake)
    sent = await send(intake, form())
    stored = str([await intake.all(name) for name in ("concerns", "concerns_log")])
    stored += str(await intake.keys_of_vault())

    assert reference not in stored
    assert read(reference) not in stored
    receipt = await intake.http.get(sent.headers["location"], headers=AT)
    assert reference_in(receipt.text) not in sent.headers["location"]
    asked = await intake.http.get(FOLLOW, params={"reference": reference}, headers=AT)
    assert reference not in asked.text


@pytest.mark.stack
async def test_an_agencys_report_has_no_reference_anybody_can_follow(intake: Intake) -> None:
    answer = await intake.report("k")
    [kept] = await intake.all("concerns")

    assert answer.status_code == 202
    assert "receipt" not in kept
    assert (await followed(intake, answer.json()["concern_id"])).status_code == 422


@pytest.mark.stack
async def test_a_closed_case_is_told_with_its_result_and_answer(intake: Intake) -> None:
    reference = await sent_reference(intake)
    [kept] = await intake.all("concerns")
    case = {
        "_id": kept["_id"],
        "moved_at": NOW,
        "triage": "ACCEPTED",
        "feedback": {"code": "MEASURE_DONE", "effect": "IMPROVED"},
    }
    await intake.mongo[intake.settings.database_name]["cases"].insert_one(case)
    page = await followed(intake, reference)

    assert "Rapporten är avslutad" in page.text
    assert "En åtgärd är genomförd och uppföljd" in page.text
    assert "A measure was carried out and followed up" in page.text
    assert "Förbättrat" in page.text


@pytest.mark.stack
async def test_a_report_in_a_problem_is_told_to_be_worked_on(intake: Intake) -> None:
    reference = await sent_reference(intake)
    [kept] = await intake.all("concerns")
    database = intake.mongo[intake.settings.database_name]
    linked = {"_id": kept["_id"], "moved_at": NOW, "problem_id": "p"}
    await database["cases"].insert_one(linked)
    await database["problems"].insert_one({"_id": "p", "moved_at": NOW, "state": "PRIORITISED"})

    assert "del av ett problem vi arbetar med" in (await followed(intake, reference)).text


@pytest.mark.stack
async def test_guessing_references_is_limited_as_open_forms_are(intake: Intake) -> None:
    answer = await followed(intake, "00000-00000")

    assert '"form";' in answer.headers["ratelimit-policy"]
