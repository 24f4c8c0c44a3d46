"""`servicerequestupdates`, as FixMyStreet polls it: every move once, in order, by a lasting id."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.intake.projections import CASES, PROBLEMS
from shared.contracts.codes import Effect, TriageOutcome
from shared.contracts.envelope import Event, Received, meta_of
from shared.contracts.est import (
    ConcernLinkedToProblem,
    ConcernMarkedDuplicate,
    ConcernTriaged,
    FeedbackGiven,
    ProblemIdentified,
    ProblemReopened,
    ProblemResolved,
)
from tests.intake.conftest import DISTRICT, NOW, Intake
from tests.intake.test_cases import WHY
from tests.intake.test_open311 import Desk

pytestmark = pytest.mark.stack

HOUR = timedelta(hours=1)
LINKED = ConcernTriaged(outcome=TriageOutcome.LINKED)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Coordination:
    """What its projectors would have written of events, one after the other."""

    intake: Intake

    async def tells(self, subject: str, event: Event, at: datetime) -> str:
        """Tell of an event; its id."""
        cases = type(event) in CASES
        name, fold = ("cases", CASES) if cases else ("problems", PROBLEMS)
        rows = self.intake.mongo[self.intake.settings.database_name][name]
        row = await rows.find_one({"_id": subject}) or {"_id": subject, "seq": 0}
        sequence, why = row["seq"] + 1, replace(WHY, time=at)
        meta = meta_of(event, source="/coordination", subject=subject, sequence=sequence, why=why)
        now = fold[type(event)](row, Received(meta, event)) | {"seq": sequence}
        await rows.replace_one({"_id": subject}, now, upsert=True)
        return str(meta.id)


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake)


@pytest.fixture
def coordination(intake: Intake) -> Coordination:
    return Coordination(intake)


async def updates(desk: Desk, at: datetime, **query: str) -> list[Row]:
    answer = await replace(desk, now=at).get("servicerequestupdates.json", query)
    assert answer.status_code == 200, answer.text
    found: list[Row] = answer.json()
    return found


def identified(number: str) -> ProblemIdentified:
    return ProblemIdentified(
        category="ENV.LIGHTING", place_id="PL-HORN", concern_ids=(number,), first_observed=NOW
    )


def answered(problem: str) -> FeedbackGiven:
    return FeedbackGiven(
        feedback_code="MEASURE_DONE",
        problem_id=problem,
        effect=Effect.IMPROVED,
        wants_feedback=True,
        source_agency="LIBRARIES",
    )


async def whole_life(coordination: Coordination, number: str) -> list[str]:
    """A request that is triaged, linked, solved, comes back, and is answered; an hour between."""
    problem = str(uuid4())
    return [
        await coordination.tells(subject, event, NOW + place * HOUR)
        for place, (subject, event) in enumerate(
            [
                (problem, identified(number)),
                (number, LINKED),
                (number, ConcernLinkedToProblem(problem_id=problem)),
                (problem, ProblemResolved(effect=Effect.IMPROVED)),
                (problem, ProblemReopened(reason="RECURRED")),
                (problem, ProblemResolved(effect=Effect.IMPROVED)),
                (number, answered(problem)),
            ],
            start=-1,
        )
    ]


async def test_every_move_is_told_the_first_first(desk: Desk, coordination: Coordination) -> None:
    number = await desk.posted()
    events = await whole_life(coordination, number)
    found = await updates(desk, NOW + 9 * HOUR)

    assert [(one["status"], one["updated_datetime"]) for one in found] == [
        ("investigating", "2026-06-05T21:40:00Z"),
        ("in_progress", "2026-06-05T22:40:00Z"),
        ("fixed", "2026-06-05T23:40:00Z"),
        ("open", "2026-06-06T00:40:00Z"),
        ("fixed", "2026-06-06T01:40:00Z"),
        ("fixed", "2026-06-06T02:40:00Z"),
    ]
    assert [one["update_id"] for one in found] == [f"{number}-{event}" for event in events[1:]]
    assert {one["service_request_id"] for one in found} == {number}
    assert found[-1]["description"] == DISTRICT.feedback_codes["MEASURE_DONE"].sv
    assert found[1]["description"] == DISTRICT.label("PART_OF_PROBLEM").sv


async def test_who_polls_span_after_span_is_told_each_once(
    desk: Desk, coordination: Coordination
) -> None:
    number = await desk.posted()
    told: list[str] = []
    end = NOW + 9 * HOUR
    await whole_life(coordination, number)
    since = NOW - HOUR
    while since < end:
        until = since + HOUR - timedelta(seconds=1)
        query = {"start_date": since.isoformat(), "end_date": until.isoformat()}
        told += [one["update_id"] for one in await updates(desk, end, **query)]
        since += HOUR
    assert told == [one["update_id"] for one in await updates(desk, end)]
    assert len(told) == len(set(told)) == 6


async def test_what_was_told_keeps_its_id_whatever_happens_after(
    desk: Desk, coordination: Coordination
) -> None:
    number, other = await desk.posted(), str(uuid4())
    await coordination.tells(number, LINKED, NOW + HOUR)
    first = await updates(desk, NOW + 2 * HOUR)
    await coordination.tells(number, ConcernMarkedDuplicate(duplicate_of=other), NOW + 3 * HOUR)
    both = await updates(desk, NOW + 4 * HOUR)
    assert [one["status"] for one in both] == ["investigating", "duplicate"]
    assert both[:1] == first


async def test_a_move_that_changes_nothing_that_is_told_is_none(
    desk: Desk, coordination: Coordination
) -> None:
    """Triaged and linked in one moment is one update; an answer given twice is one."""
    number, problem = await desk.posted(), str(uuid4())
    await coordination.tells(problem, identified(number), NOW + HOUR)
    await coordination.tells(number, LINKED, NOW + HOUR)
    linked = ConcernLinkedToProblem(problem_id=problem)
    event = await coordination.tells(number, linked, NOW + HOUR)
    for later in (2, 3):
        await coordination.tells(number, answered(problem), NOW + later * HOUR)
    found = await updates(desk, NOW + 4 * HOUR)
    assert [one["status"] for one in found] == ["in_progress", "fixed"]
    assert found[0]["update_id"] == f"{number}-{event}"


async def test_a_problem_moves_every_request_that_is_part_of_it(
    desk: Desk, coordination: Coordination
) -> None:
    problem, numbers = str(uuid4()), [await desk.posted(), await desk.posted(lat="59.340511")]
    for number in numbers:
        await coordination.tells(number, ConcernLinkedToProblem(problem_id=problem), NOW)
    await coordination.tells(problem, ProblemResolved(effect=Effect.IMPROVED), NOW + HOUR)
    found = await updates(desk, NOW + 2 * HOUR)
    assert [one["status"] for one in found] == ["in_progress"] * 2 + ["fixed"] * 2
    assert len({one["update_id"] for one in found}) == 4
    assert {one["service_request_id"] for one in found[2:]} == set(numbers)


async def test_what_is_withdrawn_or_rejected_is_told_when_it_was(
    desk: Desk, coordination: Coordination
) -> None:
    number = await desk.posted()
    held = await desk.posted(description="Ring 070-174 06 05 om lampan.")
    await coordination.tells(number, LINKED, NOW - HOUR)
    for agency, path, body in (
        ("FIELD_WORKERS", f"concerns/{number}/withdraw", {"reason": "SENT_TWICE"}),
        ("DISTRICT_COORD", f"quarantine/{held}/reject", {"reason": "ABOUT_A_PERSON"}),
    ):
        headers = desk.intake.headers(agency)
        done = await desk.intake.http.post(f"/intake/v1/{path}", json=body, headers=headers)
        assert done.is_success, done.text
    await coordination.tells(number, ConcernMarkedDuplicate(duplicate_of=held), NOW + HOUR)

    found = await updates(desk, NOW + 2 * HOUR)
    assert [(one["status"], one["service_request_id"]) for one in found[:1]] == [
        ("investigating", number)
    ]
    assert {one["status"] for one in found[1:]} == {"no_further_action"}
    assert {(one["service_request_id"], one["description"]) for one in found[1:]} == {
        (number, DISTRICT.label("WITHDRAWN").sv),
        (held, DISTRICT.label("REJECTED").sv),
    }
    assert {one["updated_datetime"] for one in found[1:]} == {"2026-06-05T21:40:00Z"}
    assert found == await updates(desk, NOW + 3 * HOUR)


async def test_what_is_expunged_before_anybody_decided_is_told_once(desk: Desk) -> None:
    held = await desk.posted(description="Ring 070-174 06 05 om lampan.")
    gone = await desk.posted(description="Ring 070-174 06 06 om lampan.")
    ground = {"basis": "DATA_SUBJECT_REQUEST", "reference": "KUN 2026/00123"}
    rejected = {"reason": "ABOUT_A_PERSON"}
    for agency, path, body in (
        ("RECORDS", f"concerns/{held}/expunge", ground),
        ("DISTRICT_COORD", f"quarantine/{gone}/reject", rejected),
        ("RECORDS", f"concerns/{gone}/expunge", ground),
    ):
        headers = desk.intake.headers(agency)
        done = await desk.intake.http.post(f"/intake/v1/{path}", json=body, headers=headers)
        assert done.is_success, done.text
    found = await updates(desk, NOW + HOUR)
    assert {(one["service_request_id"], one["status"]) for one in found} == {
        (held, "no_further_action"),
        (gone, "no_further_action"),
    }
    assert len(found) == 2
    assert (await desk.read(held))["status"] == "closed"


async def test_a_view_from_before_moves_were_kept_tells_its_latest_and_then_each(
    desk: Desk, coordination: Coordination
) -> None:
    number = await desk.posted()
    cases = desk.intake.mongo[desk.intake.settings.database_name]["cases"]
    old = {"_id": number, "seq": 1, "triage": "LINKED", "moved_at": NOW}
    await cases.insert_one(old)
    (before,) = await updates(desk, NOW + HOUR)
    assert before["update_id"] == f"{number}-investigating-2026-06-05T21:40:00Z"

    again = ConcernMarkedDuplicate(duplicate_of=str(uuid4()))
    await coordination.tells(number, again, NOW + HOUR)
    found = await updates(desk, NOW + 2 * HOUR)
    assert found[0] == before
    assert [one["status"] for one in found] == ["investigating", "duplicate"]


async def test_the_same_is_told_in_xml(desk: Desk, coordination: Coordination) -> None:
    number = await desk.posted()
    await whole_life(coordination, number)
    later = replace(desk, now=NOW + 9 * HOUR)
    answer = await later.get("servicerequestupdates.xml")
    told = [one["update_id"] for one in await updates(desk, later.now)]
    assert answer.text.count("<request_update>") == len(told) == 6
    assert all(f"<update_id>{one}</update_id>" in answer.text for one in told)


async def test_spans_of_whole_seconds_leave_no_moment_out(
    desk: Desk, coordination: Coordination
) -> None:
    """A client knows times to the second: one span ends at :00, the next begins at :01."""
    number = await desk.posted()
    await coordination.tells(number, LINKED, NOW + HOUR + timedelta(milliseconds=700))
    second = timedelta(seconds=1)
    for kind in ("servicerequestupdates", "requests"):
        moved = replace(desk, now=NOW + 3 * HOUR)
        whole = (await moved.get(f"{kind}.json")).json()
        times = ("updated_datetime", "requested_datetime")
        at = datetime.fromisoformat(whole[0][times[kind == "requests"]])
        spans = [(at - HOUR, at - second), (at, at), (at + second, at + HOUR)]
        told = [
            (
                await moved.get(
                    f"{kind}.json", {"start_date": f"{a:%FT%TZ}", "end_date": f"{b:%FT%TZ}"}
                )
            ).json()
            for a, b in spans
        ]
        assert told == [[], whole, []], kind


@pytest.mark.parametrize("moves_after", [False, True])
async def test_a_request_that_is_over_was_updated_when_it_ended(
    desk: Desk, coordination: Coordination, *, moves_after: bool
) -> None:
    """GeoReport: of a closed request, `updated_datetime` is when it was closed."""
    number = await desk.posted()
    await coordination.tells(number, LINKED, NOW + HOUR)
    headers = desk.intake.headers("FIELD_WORKERS") | {"X-Samlad-Now": (NOW + 2 * HOUR).isoformat()}
    path = f"/intake/v1/concerns/{number}/withdraw"
    done = await desk.intake.http.post(path, json={"reason": "SENT_TWICE"}, headers=headers)
    assert done.is_success, done.text
    if moves_after:
        await coordination.tells(
            number, ConcernMarkedDuplicate(duplicate_of=str(uuid4())), NOW + 3 * HOUR
        )
    shown = await desk.read(number)
    assert (shown["status"], shown["updated_datetime"]) == ("closed", "2026-06-05T23:40:00Z")
