"""What the API refuses, repeats and hides."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest

from tests.coordination.desk import (
    ANALYST,
    COORDINATOR,
    ELSEWHERE,
    PARKS,
    POLICE,
    REPORTER,
    TRAFFIC,
    Actor,
    Desk,
)
from tests.coordination.test_thread import CAUSES, PRIORITY, given, prioritised, proposed

pytestmark = pytest.mark.stack

NOBODY: Final = str(uuid4())
COMMANDS: Final = (
    "accept",
    "start",
    "unblock",
    "complete",
    "verify",
    "close",
)


async def test_the_triage_list_shows_the_oldest_first_with_what_it_may_belong_to(
    desk: Desk,
) -> None:
    problem, _ = await proposed(desk)
    old = await desk.comes_in(registered_at=desk.now - timedelta(days=9))
    young = await desk.comes_in(category="ENV.SHARPS", place_id=None, lat=59.3405, lon=18.0078)
    twin = await desk.comes_in(category="ENV.SHARPS")
    await desk.comes_in(district="SODERMALM")
    listed = await desk.read("triage")
    assert listed["items"][0]["concern_id"] == old
    assert listed["total"] == 3
    rows = {item["concern_id"]: item["suggestions"] for item in listed["items"]}
    assert [one["problem_id"] for one in rows[old]["problems"]] == [problem]
    assert rows[young]["problems"] == []
    assert [one["concern_id"] for one in rows[twin]["similar"]] == []
    assert [one["concern_id"] for one in rows[old]["similar"]] == []


async def test_triage_is_decided_once(desk: Desk) -> None:
    problem, [linked, *_] = await proposed(desk)
    one, other = await desk.comes_in(), await desk.comes_in()
    marked = await desk.done(f"triage/{one}/duplicate", {"duplicate_of": other})
    assert marked["state"] == "DUPLICATE"
    answers = {
        "itself": await desk.post(f"triage/{other}/duplicate", {"duplicate_of": other}),
        "chain": await desk.post(f"triage/{other}/duplicate", {"duplicate_of": one}),
        "unknown": await desk.post(f"triage/{other}/duplicate", {"duplicate_of": NOBODY}),
        "twice": await desk.post(f"triage/{linked}/out-of-scope", {"reason": "NOT_SAFETY"}),
        "reason": await desk.post(f"triage/{other}/out-of-scope", {"reason": "BORING"}),
        "problem": await desk.post(f"triage/{other}/link", {"problem_id": NOBODY}),
        "concern": await desk.post(f"triage/{NOBODY}/link", {"problem_id": problem}),
    }
    assert {name: (a.status_code, a.json()["code"]) for name, a in answers.items()} == {
        "itself": (422, "DUPLICATE_OF_ITSELF"),
        "chain": (409, "DUPLICATE_CHAIN"),
        "unknown": (422, "NO_SUCH_CONCERN"),
        "twice": (409, "TRIAGED_ALREADY"),
        "reason": (422, "UNKNOWN_CODE"),
        "problem": (422, "NO_SUCH_PROBLEM"),
        "concern": (404, "not-found"),
    }
    assert {a.headers["content-type"] for a in answers.values()} == {"application/problem+json"}


async def test_the_same_wish_is_granted_once(desk: Desk) -> None:
    problem, ids = await prioritised(desk)
    due = (desk.now + timedelta(days=5)).date().isoformat()
    body = {"problem_id": problem, "cause_no": 1, "measure": "BINS", "due": due}
    first = await desk.post("assignments", body, key="k1")
    again = await desk.post("assignments", body, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert first.headers["location"] == f"/coordination/v1/assignments/{first.json()['id']}"
    other = await desk.post("assignments", {**body, "measure": "TOILETS"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    proposal = await desk.post("problems", {"concern_ids": ids})
    assert (proposal.status_code, proposal.json()["code"]) == (409, "TRIAGED_ALREADY")
    missing = await desk.http.post(
        "/coordination/v1/assignments", json=body, headers=desk.headers(COORDINATOR)
    )
    assert missing.status_code == 400
    assert (await desk.read("assignments"))["total"] == 1


async def test_a_stale_reader_is_told_so(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem)
    stale = await desk.post(f"assignments/{assignment}/accept", actor=PARKS, read=9)
    assert stale.status_code == 412
    fresh = await desk.post(f"assignments/{assignment}/accept", actor=PARKS, read=1)
    assert fresh.status_code == 200
    assert fresh.headers["etag"] == '"2"'
    assert fresh.json() == {"id": assignment, "state": "ACCEPTED", "version": 2}
    again = await desk.post(f"assignments/{assignment}/accept", actor=PARKS)
    assert (again.status_code, again.json()["code"]) == (409, "WRONG_STATE")
    shown = await desk.get(f"assignments/{assignment}")
    assert shown.headers["etag"] == '"2"'


async def test_the_owner_is_the_custodian_and_others_do_not_see_it(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem)
    own = await desk.read("assignments", actor=PARKS)
    assert [one["owner"] for one in own["items"]] == ["DISTRICT_PARKS"]
    assert (await desk.read("assignments", actor=TRAFFIC))["total"] == 0
    assert (await desk.read("assignments", owner="PORT"))["total"] == 0
    assert (await desk.get(f"assignments/{assignment}", actor=TRAFFIC)).status_code == 404
    assert (await desk.get(f"assignments/{assignment}", actor=PARKS)).status_code == 200
    for command in ("accept", "start", "complete", "unblock"):
        answer = await desk.post(f"assignments/{assignment}/{command}", actor=TRAFFIC)
        assert answer.status_code == 404
    for command in ("verify", "close"):
        answer = await desk.post(f"assignments/{assignment}/{command}", actor=PARKS)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        ("triage", {COORDINATOR, POLICE, ANALYST}),
        ("problems", {COORDINATOR, POLICE, ANALYST}),
        ("assignments", {COORDINATOR, POLICE, ANALYST, PARKS}),
        ("places", {COORDINATOR, POLICE, ANALYST, PARKS}),
        ("pictures", {COORDINATOR, POLICE, ANALYST, PARKS}),
        ("est-cycles", {COORDINATOR, POLICE, ANALYST, PARKS}),
    ],
)
async def test_who_may_read_what(desk: Desk, path: str, readers: set[Actor]) -> None:
    for actor in (COORDINATOR, POLICE, ANALYST, PARKS, REPORTER, ELSEWHERE):
        answer = await desk.get(path, actor=actor)
        assert answer.status_code == (200 if actor in readers else 403), actor
    nobody = await desk.http.get(f"/coordination/v1/{path}")
    assert nobody.status_code == 401
    assert nobody.headers["content-type"] == "application/problem+json"


async def test_only_the_desk_decides(desk: Desk) -> None:
    problem, _ = await proposed(desk)
    waiting = await desk.comes_in()
    due = (desk.now + timedelta(days=5)).date().isoformat()
    wishes = {
        f"triage/{waiting}/link": {"problem_id": problem},
        "problems": {"concern_ids": [waiting], "judged_pattern": True},
        f"problems/{problem}/prioritisation": PRIORITY,
        f"problems/{problem}/resolve": {"effect": "IMPROVED"},
        "assignments": {"problem_id": problem, "quick_fix": True, "measure": "BINS", "due": due},
        "est-cycles": {"from": "2026-06-01", "to": "2026-06-15"},
    }
    for path, body in wishes.items():
        for actor in (ANALYST, POLICE, PARKS, REPORTER, ELSEWHERE):
            assert (await desk.post(path, body, actor=actor)).status_code == 403, path
    assert (await desk.post(f"problems/{problem}/causes", CAUSES, actor=POLICE)).status_code == 200
    assert (await desk.post(f"problems/{problem}/causes", CAUSES, actor=ANALYST)).status_code == 403


async def test_a_declined_measure_finds_its_owner(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem, owner="TRAFFIC_OFFICE", measure="BUOYS")
    why = {"reason": "NOT_OUR_CONTROL", "suggested_owner": "PORT"}
    unknown = {**why, "suggested_owner": "SOMEBODY"}
    refused = await desk.post(f"assignments/{assignment}/decline", unknown, actor=TRAFFIC)
    assert refused.json()["code"] == "UNKNOWN_CODE"
    await desk.done(f"assignments/{assignment}/decline", why, actor=TRAFFIC)
    await desk.done(f"assignments/{assignment}/redirect", {"to_owner": "PORT"})
    assert (await desk.get(f"assignments/{assignment}", actor=TRAFFIC)).status_code == 404
    shown = await desk.read(f"assignments/{assignment}")
    assert (shown["owner"], shown["state"], shown["redirected"]) == ("PORT", "ASSIGNED", True)


async def test_every_other_turn_an_assignment_can_take(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    path = f"assignments/{await given(desk, problem)}"
    due = (desk.now + timedelta(days=30)).date().isoformat()
    assert (await desk.read(f"problems/{problem}"))["state"] == "IN_ACTION"
    await desk.done(f"{path}/change-due-date", {"due": due, "reason": "AWAITING_PERMIT"})
    for command in ("accept", "start"):
        await desk.done(f"{path}/{command}", actor=PARKS)
    await desk.done(f"{path}/block", {"reason": "WEATHER"}, actor=PARKS)
    await desk.done(f"{path}/unblock", actor=PARKS)
    await desk.done(f"{path}/complete", {"completed_on": "2026-06-09"}, actor=PARKS)
    await desk.done(f"{path}/reopen", {"reason": "NOT_DONE"})
    await desk.done(f"{path}/cancel", {"reason": "REPLACED"})
    shown = await desk.read(path)
    assert (shown["state"], shown["due"]) == ("CANCELLED", due)
    assert (await desk.read(f"problems/{problem}"))["state"] == "PRIORITISED"


async def test_nothing_closes_without_a_follow_up(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    path = f"assignments/{await given(desk, problem)}"
    for command in ("accept", "complete"):
        await desk.done(f"{path}/{command}", actor=PARKS)
    await desk.done(f"{path}/verify")
    refused = await desk.post(f"{path}/close", {"effect": "IMPROVED"})
    assert (refused.status_code, refused.json()["code"]) == (409, "NO_FOLLOW_UP")
    nowhere = {"effect": "DISPLACED", "displacement_place_id": "PL-NOWHERE"}
    assert (await desk.post(f"{path}/follow-up", nowhere)).json()["code"] == "NO_SUCH_PLACE"
    desk.now += timedelta(days=29)
    await desk.done(f"{path}/follow-up")
    assert (await desk.read(path))["follow_up"]["effect"] == "IMPROVED"
    early = await desk.post(f"problems/{problem}/resolve", {"effect": "IMPROVED"})
    assert early.status_code == 409


async def test_a_week_has_one_picture_in_force(desk: Desk) -> None:
    await desk.comes_in()
    week = {"week": "2026-W24", "level": "YELLOW", "motive": "CLUSTER_AT_PLACE"}
    first = (await desk.done("pictures", week))["id"]
    await desk.done(f"pictures/{first}/adopt")
    assert (await desk.post(f"pictures/{first}/adopt")).status_code == 409
    second = (await desk.done("pictures", {**week, "level": "ORANGE"}))["id"]
    desk.now += timedelta(hours=1)
    await desk.done(f"pictures/{second}/adopt", actor=POLICE)
    shown = {one["picture_id"]: one for one in (await desk.read("pictures"))["items"]}
    assert shown[first]["state"] == "SUPERSEDED"
    assert shown[first]["superseded_by"] == second
    assert shown[second]["state"] == "ADOPTED"
    assert shown[second]["count"] == {"concerns": 1, "problems": 0, "open_assignments": 0}
    assert await desk.names_of_events(second) == [
        "SituationPictureCompiled",
        "SituationPictureAdopted",
        "SituationLevelChanged",
    ]
    assert (await desk.post("pictures", {**week, "week": "2026-W54"})).status_code == 422
    assert (await desk.post("pictures", {**week, "week": "2025-W53"})).status_code == 422


async def test_one_cycle_at_a_time(desk: Desk) -> None:
    period = {"from": "2026-06-01", "to": "2026-06-15"}
    opened = (await desk.done("est-cycles", period))["id"]
    assert (await desk.post("est-cycles", period)).json()["code"] == "CYCLE_OPEN"
    await desk.done(f"est-cycles/{opened}/close")
    await desk.done("est-cycles", {"from": "2026-06-15", "to": "2026-06-29"})
    assert (await desk.read("est-cycles"))["total"] == 2


async def test_places_change_hands_and_attention(desk: Desk) -> None:
    horn = (await desk.read("places"))["items"][0]
    body = {name: horn[name] for name in ("place_id", "name", "lat", "lon", "part", "custodians")}
    assert (await desk.post("places", body)).headers["idempotent-replayed"] == "true"
    other = await desk.post("places", {**body, "name": "Kajen"})
    assert (other.status_code, other.json()["code"]) == (409, "PLACE_STANDS")
    await desk.done("places/PL-HORN/control", {"custodians": ["PORT"]})
    await desk.done("places/PL-HORN/prioritise", {"motive": "CLUSTER_AT_PLACE"})
    await desk.done("places/PL-HORN/deprioritise", {"motive": "CALM_PERIOD"})
    await proposed(desk)
    in_use = await desk.post("places/PL-HORN/retire", {"reason": "MERGED"})
    assert (in_use.status_code, in_use.json()["code"]) == (409, "PLACE_IN_USE")
    await desk.done("places/PL-KRIS/retire", {"reason": "MERGED"})
    listed = {one["place_id"]: one for one in (await desk.read("places"))["items"]}
    assert "PL-KRIS" not in listed
    assert listed["PL-HORN"]["custodians"] == ["PORT"]
    somewhere = [await desk.comes_in(place_id="PL-KRIS") for _ in range(2)]
    gone = await desk.post("problems", {"concern_ids": somewhere})
    assert (gone.status_code, gone.json()["code"]) == (422, "NO_SUCH_PLACE")


async def test_time_raises_each_reminder_once(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem)
    later = desk.now + timedelta(days=16)
    for _ in range(2):
        told = await desk.http.post("/coordination/v1/demo/tick", json={"now": later.isoformat()})
        assert told.status_code == 200
    shown = await desk.read(f"assignments/{assignment}")
    assert [(one["kind"], one["level"]) for one in shown["escalations"]] == [
        ("UNACCEPTED", 2),
        ("OVERDUE", 1),
    ]
    desk.now = later
    assert (await desk.read("assignments", overdue="true"))["total"] == 1


async def test_a_linked_concern_counts_and_a_resolved_problem_takes_no_more(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    await desk.done(f"triage/{await desk.comes_in()}/link", {"problem_id": problem})
    listed = (await desk.read("problems", state="PRIORITISED", place_id="PL-HORN"))["items"]
    assert [(one["problem_id"], one["concerns"]) for one in listed] == [(problem, 4)]
    off = {"scores": dict.fromkeys(PRIORITY["scores"], 0), "decision": "DEPRIORITISED"}
    await desk.done(f"problems/{problem}/prioritisation", {**PRIORITY, **off})
    await desk.done(f"problems/{problem}/resolve", {"effect": "IMPROVED"})
    late = await desk.comes_in()
    refused = await desk.post(f"triage/{late}/link", {"problem_id": problem})
    assert refused.json()["code"] == "WRONG_STATE"
    desk.now += timedelta(hours=1)
    await desk.done(f"problems/{problem}/reopen", {"reason": "RECURRED"})
    await desk.done(f"triage/{late}/link", {"problem_id": problem})
    assert (await desk.read("problems", category="ENV.SHARPS"))["total"] == 0
    await desk.carry()
    codes = {one["feedback_code"] for one in (await desk.read(f"problems/{problem}"))["cases"]}
    assert codes == {"NO_ACTION", None}


async def test_unknown_things_do_not_exist(desk: Desk) -> None:
    assert (await desk.get(f"problems/{NOBODY}")).status_code == 404
    assert (await desk.get(f"assignments/{NOBODY}")).status_code == 404
    for command in COMMANDS:
        assert (await desk.post(f"assignments/{NOBODY}/{command}")).status_code == 404
    assert (await desk.post(f"problems/{NOBODY}/reopen", {"reason": "RECURRED"})).status_code == 404
    extra = await desk.post("est-cycles", {"from": "2026-06-01", "to": "2026-06-02", "why": "x"})
    assert extra.status_code == 422
