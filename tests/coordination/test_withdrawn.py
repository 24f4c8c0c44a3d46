"""Coordination follows what becomes of a concern in intake, and keeps what it had linked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.coordination.handlers import INCOMING
from services.coordination.pages.telling import Words, told
from services.coordination.store import Span
from services.coordination.store.story import story_of
from shared.bus.folding import Folding
from shared.contracts.codes import Role
from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernNarrativeExpunged,
    ConcernQuarantined,
    ConcernRegistered,
    ConcernRejected,
    ConcernReleased,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Event, Provenance, Received, meta_of
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.schemas import example_of
from shared.store.client import ReplaceOne
from tests.coordination.desk import DISTRICT, HERE, NOW, Desk, Json

WHY = Provenance(
    time=NOW,
    district=DistrictCode(HERE),
    agency=AgencyCode("FIELD_WORKERS"),
    actor_role=Role.REPORTER,
    correlation_id="test",
)
OBSERVED = NOW - timedelta(days=1)
EXAMPLE = example_of(ConcernRegistered)
LITTER = EXAMPLE.model_copy(
    update={"observed_from": OBSERVED, "registered_at": NOW, "observed_to": None, "synthetic": True}
)
HELD, OUT = example_of(ConcernQuarantined), example_of(ConcernReleased)
BACK, NEVER = example_of(ConcernWithdrawn), example_of(ConcernRejected)
BLANK = example_of(ConcernNarrativeExpunged)
MOVED = ConcernCorrected.model_validate(
    LITTER.model_dump()
    | {"category": "ENV.SHARPS", "place_id": "PL-KRON", "wants_feedback": False}
    | {"corrected_at": NOW + timedelta(hours=1)}
)
NOT_WAITING: dict[str, list[Event]] = {
    "held": [HELD],
    "rejected": [HELD, NEVER],
    "held, withdrawn": [HELD, BACK],
    "withdrawn": [LITTER, BACK],
    "corrected, withdrawn": [LITTER, MOVED, BACK],
    "released, withdrawn": [HELD, OUT, LITTER, BACK],
    "held, expunged": [HELD, BLANK],
    "rejected, expunged": [HELD, NEVER, BLANK],
    "withdrawn, expunged": [LITTER, BACK, BLANK],
}
WAITING: dict[str, list[Event]] = {
    "registered": [LITTER],
    "released": [HELD, OUT, LITTER],
    "corrected": [LITTER, MOVED],
    "expunged": [LITTER, BLANK],
}
LIVES = NOT_WAITING | WAITING


def life(concern_id: str, events: Sequence[Event], after: int = 0) -> list[Received[Event]]:
    """Return a concern's events as they come; `after` so many before them."""
    return [
        Received(meta_of(event, source="/intake", subject=concern_id, sequence=n, why=WHY), event)
        for n, event in enumerate(events, start=after + 1)
    ]


def folded(events: Sequence[Received[Event]], rows: Sequence[Json] = ()) -> list[Json]:
    """Return the row of the read model after these events of one concern."""
    known = {row["_id"]: row for row in rows}
    first = events[0].meta if events else None
    before: dict[str, Json] = {}
    if first is not None and first.subject not in known:
        seq = first.sequence - 1
        before[first.subject] = {"_id": first.subject, "seq": seq, "district": HERE}
    folding = Folding(INCOMING, known, before)
    for offset, received in enumerate(events):
        folding.take(received, 0, offset)
    result = folding.result()
    return [*result.inserts, *result.replaces]


async def come(desk: Desk, *events: Event, to: str | None = None) -> str:
    """Bring a concern's next events into the read model, as the projector would."""
    concern_id = to or str(uuid4())
    rows: list[Any] = await desk.store.incoming.rows.find({"_id": concern_id}).to_list(None)
    after = rows[0]["seq"] if rows else 0
    for row in folded(life(concern_id, events, after), rows):
        write = ReplaceOne({"_id": row["_id"]}, row, upsert=True)
        await desk.store.incoming.rows.bulk_write([write])
    return concern_id


def test_a_correction_shows_what_the_concern_says_now() -> None:
    [row] = folded(life("1", [LITTER, MOVED]))
    assert (row["category"], row["place_id"]) == ("ENV.SHARPS", "PL-KRON")
    assert row["registered_at"] == NOW


def test_of_an_expunged_text_nothing_is_left_to_read() -> None:
    [row] = folded(life("1", [LITTER, BLANK]))
    assert row["has_narrative"] is False


@given(st.sampled_from(sorted(LIVES)), st.data())
def test_a_row_is_the_same_however_its_events_were_batched(name: str, data: st.DataObject) -> None:
    events = life("1", LIVES[name])
    cut = data.draw(st.integers(0, len(events)))
    before = folded(events[:cut])
    after = folded(events[cut:], before)
    assert (after or before) == folded(events)


@pytest.mark.stack
async def test_the_triage_list_holds_what_stands_and_nothing_else(desk: Desk) -> None:
    for events in NOT_WAITING.values():
        await come(desk, *events)
    waiting = {await come(desk, *events) for events in WAITING.values()}

    listed = await desk.read("triage")
    assert {one["concern_id"] for one in listed["items"]} == waiting
    assert listed["total"] == len(waiting)
    similar = {
        one["concern_id"] for item in listed["items"] for one in item["suggestions"]["similar"]
    }
    assert similar <= waiting


@pytest.mark.stack
async def test_what_was_withdrawn_counts_in_no_window(desk: Desk) -> None:
    for events in (*NOT_WAITING.values(), [LITTER], [HELD, OUT, LITTER], [LITTER, MOVED]):
        await come(desk, *events)
    begins, ends = OBSERVED - timedelta(days=1), OBSERVED + timedelta(days=1)
    span = Span(categories=("ENV.LITTER",), place_id="PL-HORN", begins=begins, ends=ends)

    assert await desk.store.incoming.count_in(span, HERE) == 2
    assert await desk.store.incoming.count_observed(HERE, begins, ends) == 3


@pytest.mark.stack
async def test_what_was_withdrawn_is_not_triaged(desk: Desk) -> None:
    other, gone = await come(desk, LITTER), await come(desk, LITTER, BACK)
    never = await come(desk, HELD, BACK)
    refused = [
        await desk.post(f"triage/{gone}/out-of-scope", {"reason": "NOT_SAFETY"}),
        await desk.post(f"triage/{gone}/duplicate", {"duplicate_of": other}),
        await desk.post(f"triage/{other}/duplicate", {"duplicate_of": gone}),
        await desk.post("problems", {"concern_ids": [other, gone]}),
    ]

    assert {answer.status_code for answer in refused} == {409}
    assert {answer.json()["code"] for answer in refused} == {"CONCERN_WITHDRAWN"}
    unknown = await desk.post(f"triage/{never}/out-of-scope", {"reason": "NOT_SAFETY"})
    assert unknown.status_code == 404


@pytest.mark.stack
async def test_a_linked_concern_keeps_its_link_and_shows_that_it_was_withdrawn(
    desk: Desk,
) -> None:
    ids = [await come(desk, LITTER) for _ in range(3)]
    problem = (await desk.done("problems", {"concern_ids": ids[:2]}))["id"]
    await come(desk, BACK, to=ids[0])
    await desk.done(f"triage/{ids[2]}/link", {"problem_id": problem})
    await come(desk, MOVED, to=ids[1])

    story = await desk.read(f"problems/{problem}")
    cases = {case["concern_id"]: case for case in story["cases"]}
    assert {one: case["withdrawn"] for one, case in cases.items()} == {
        ids[0]: True,
        ids[1]: False,
        ids[2]: False,
    }
    assert {case["state"] for case in cases.values()} == {"LINKED"}
    assert story["concerns"] == 2, "what was withdrawn is not counted when it is counted anew"
    assert (await desk.read("triage"))["total"] == 0
    told_of = await story_of(desk.store, problem, HERE)
    assert told_of is not None
    timeline = told(told_of, Words(DISTRICT, {}))
    assert any("Sedan återtagna: 1." in moment.text for moment in timeline)


@pytest.mark.stack
async def test_whoever_withdrew_is_owed_no_answer(desk: Desk) -> None:
    ids = [await come(desk, LITTER) for _ in range(2)]
    problem = (await desk.done("problems", {"concern_ids": ids}))["id"]
    await come(desk, BACK, to=ids[0])
    causes = [{"no": 1, "side": "PLACE", "code": "LATE_HOURS", "could_act": "PORT"}]
    await desk.done(f"problems/{problem}/causes", {"causes": causes})
    scores = ("frequency", "trend", "deviation", "concentration", "duration", "signal")
    low = {**dict.fromkeys(scores, 0), "affected": 0, "harm": 0}
    decision = {"scores": low, "influenceable": True, "resources": True}
    await desk.done(f"problems/{problem}/prioritisation", decision | {"decision": "DEPRIORITISED"})
    desk.now += timedelta(days=1)
    await desk.done(f"problems/{problem}/resolve", {"effect": "IMPROVED"})
    await desk.carry()

    story = await desk.read(f"problems/{problem}")
    feedback = {case["concern_id"]: case["feedback"] for case in story["cases"]}
    assert feedback == {ids[0]: "NOT_WANTED", ids[1]: "OWED"}
