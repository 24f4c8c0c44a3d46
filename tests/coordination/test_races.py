"""Many at once: one wish is granted once, and nobody's decision is lost."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from tests.coordination.desk import Desk
from tests.coordination.test_thread import given, prioritised

pytestmark = pytest.mark.stack


def codes(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


async def test_the_same_key_ten_times_at_once_makes_one(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    due = (desk.now + timedelta(days=5)).date().isoformat()
    body = {"problem_id": problem, "cause_no": 1, "measure": "BINS", "due": due}
    wishes = [desk.post("assignments", body, key="once") for _ in range(10)]
    answers = await asyncio.gather(*wishes)
    assert codes(answers) == [201] * 10
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await desk.read("assignments"))["total"] == 1


async def test_ten_bodies_under_one_key_make_one(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    bodies = [
        {
            "problem_id": problem,
            "cause_no": 1,
            "measure": "BINS",
            "due": (desk.now + timedelta(days=day)).date().isoformat(),
        }
        for day in range(1, 11)
    ]
    wishes = [desk.post("assignments", body, key="once") for body in bodies]
    answers = await asyncio.gather(*wishes)
    assert codes(answers) == [201] + [422] * 9
    assert (await desk.read("assignments"))["total"] == 1


async def test_one_of_ten_takes_it_on_and_the_others_are_told(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem)
    tries = [desk.post(f"assignments/{assignment}/accept") for _ in range(10)]
    assert codes(await asyncio.gather(*tries)) == [200] + [409] * 9
    told = await desk.names_of_events(assignment)
    assert told.count("AssignmentAccepted") == 1


async def test_of_ten_who_read_the_same_version_one_is_first(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    assignment = await given(desk, problem)
    due = (desk.now + timedelta(days=30)).date().isoformat()
    body = {"due": due, "reason": "REPRIORITISED"}
    tries = [
        desk.post(f"assignments/{assignment}/change-due-date", body, read=1) for _ in range(10)
    ]
    assert codes(await asyncio.gather(*tries)) == [200] + [412] * 9


async def test_concerns_linked_at_once_are_all_counted(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    ids = [await desk.comes_in() for _ in range(6)]
    links = [desk.post(f"triage/{one}/link", {"problem_id": problem}) for one in ids]
    assert codes(await asyncio.gather(*links)) == [200] * 6
    await desk.carry()
    assert (await desk.read(f"problems/{problem}"))["concerns"] == 9


async def test_a_concern_is_linked_to_one_problem_only(desk: Desk) -> None:
    first, _ = await prioritised(desk)
    second, _ = await prioritised(desk)
    concern = await desk.comes_in()
    links = [
        desk.post(f"triage/{concern}/link", {"problem_id": problem}) for problem in (first, second)
    ]
    assert codes(await asyncio.gather(*links)) == [200, 409]
