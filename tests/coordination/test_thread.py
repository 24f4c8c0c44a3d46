"""The thread of EST through the API, from the triage list to the effect and the answer."""

from datetime import timedelta

import pytest

from tests.coordination.desk import PARKS, Desk, Json

pytestmark = pytest.mark.stack

CAUSES: Json = {
    "causes": [
        {"no": 1, "side": "PLACE", "code": "NO_BINS_OR_TOILETS", "could_act": "DISTRICT_PARKS"},
        {"no": 2, "side": "PLACE", "code": "QUAY_ACCESS", "could_act": "PORT"},
    ]
}
SCORES = ("frequency", "trend", "deviation", "concentration", "duration", "signal", "affected")
PRIORITY: Json = {
    "scores": {**dict.fromkeys(SCORES, 2), "harm": 1},
    "influenceable": True,
    "resources": True,
    "decision": "PRIORITISED",
}


async def proposed(desk: Desk) -> tuple[str, list[str]]:
    """Let three similar concerns come in and propose a problem of them."""
    ids = [await desk.comes_in(observed_from=desk.now - timedelta(days=day)) for day in (3, 2, 1)]
    made = await desk.done("problems", {"concern_ids": ids})
    return made["id"], ids


async def prioritised(desk: Desk) -> tuple[str, list[str]]:
    """Propose, analyse and prioritise a problem."""
    problem, ids = await proposed(desk)
    desk.now += timedelta(minutes=5)
    await desk.done(f"problems/{problem}/causes", CAUSES)
    await desk.done(f"problems/{problem}/prioritisation", PRIORITY)
    return problem, ids


async def given(desk: Desk, problem: str, **more: object) -> str:
    """Give an assignment against the first cause."""
    due = (desk.now + timedelta(days=14)).date().isoformat()
    body = {"problem_id": problem, "cause_no": 1, "measure": "BINS", "due": due, **more}
    return str((await desk.done("assignments", body))["id"])


async def test_from_first_concern_to_effect_and_answer(desk: Desk) -> None:
    problem, ids = await prioritised(desk)
    later = await desk.comes_in()
    await desk.done(f"triage/{later}/link", {"problem_id": problem})
    assignment = await given(desk, problem)
    for command in ("accept", "start"):
        await desk.done(f"assignments/{assignment}/{command}", actor=PARKS)
    desk.now += timedelta(days=10)
    await desk.done(f"assignments/{assignment}/complete", actor=PARKS)
    await desk.done(f"assignments/{assignment}/verify")
    desk.now += timedelta(days=36)
    await desk.comes_in(observed_from=desk.now - timedelta(days=5))
    follow_up = {"effect": "IMPROVED", "displacement_place_id": "PL-KRIS"}
    await desk.done(f"assignments/{assignment}/follow-up", follow_up)
    closed = await desk.done(f"assignments/{assignment}/close")
    assert closed["state"] == "CLOSED"
    await desk.done(f"problems/{problem}/resolve", {"effect": "IMPROVED"})
    await desk.carry()

    story = await desk.read(f"problems/{problem}")
    assert story["state"] == "RESOLVED"
    assert story["concerns"] == 4
    assert story["assignments"][0]["follow_up"] == {
        "effect": "IMPROVED",
        "baseline_count": 4,
        "after_count": 1,
        "window_days": 28,
        "displacement_place_id": "PL-KRIS",
        "displacement_result": "NOT_DISPLACED",
    }
    assert {case["concern_id"] for case in story["cases"]} == {*ids, later}
    assert {case["feedback"] for case in story["cases"]} == {"OWED"}
    told = [one["type"] for one in story["timeline"]]
    assert told.count("FeedbackGiven") == 4
    assert told.index("ProblemIdentified") < told.index("AssignmentAssigned")
    assert "ActionClosed" in told

    for concern in (*ids, later):
        await desk.tell_delivered(concern)
    story = await desk.read(f"problems/{problem}")
    assert {case["feedback"] for case in story["cases"]} == {"DELIVERED"}


async def test_repeated_events_change_nothing(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem)
    for command in ("accept", "complete"):
        await desk.done(f"assignments/{assignment}/{command}", actor=PARKS)
    await desk.done(f"assignments/{assignment}/verify")
    desk.now += timedelta(days=2)
    await desk.done(f"assignments/{assignment}/follow-up", {"effect": "UNCHANGED"})
    await desk.done(f"assignments/{assignment}/close")
    await desk.done(f"problems/{problem}/resolve", {"effect": "UNCHANGED"})
    await desk.carry()
    before = [(one.meta.id, one.meta.sequence) for one in await desk.events()]
    versions = await versions_of(desk)
    for _ in range(2):
        await desk.carry(again=True)
    assert [(one.meta.id, one.meta.sequence) for one in await desk.events()] == before
    assert await versions_of(desk) == versions


async def versions_of(desk: Desk) -> dict[str, int]:
    found = {}
    for stream in desk.store.streams:
        async for document in stream.collection.find({}):
            found[document["_id"]] = document["v"]
    return found
