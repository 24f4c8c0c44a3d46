"""A follow-up through the API: which reports it counts, and what it says."""

from datetime import timedelta

import pytest

from shared.contracts.closed_actions import ActionClosed
from tests.coordination.desk import PARKS, Desk, Json
from tests.coordination.test_pages import page, sign_in
from tests.coordination.test_thread import given, prioritised

pytestmark = pytest.mark.stack


async def done_after(desk: Desk, days: int) -> tuple[str, str]:
    """Start a measure today, complete and verify it after some days; the problem and it."""
    problem, _ = await prioritised(desk)
    path = f"assignments/{await given(desk, problem)}"
    for command in ("accept", "start"):
        await desk.done(f"{path}/{command}", actor=PARKS)
    desk.now += timedelta(days=days)
    await desk.done(f"{path}/complete", actor=PARKS)
    await desk.done(f"{path}/verify")
    return problem, path


async def seen(desk: Desk, days_ago: int, **fields: object) -> str:
    return await desk.comes_in(observed_from=desk.now - timedelta(days=days_ago), **fields)


async def followed(desk: Desk, path: str, body: Json | None = None) -> Json:
    """Follow up; what was found, with the day it was done."""
    await desk.done(f"{path}/follow-up", body)
    found: Json = await desk.read(path)
    return found


async def test_an_early_follow_up_compares_as_many_days_as_there_have_been(desk: Desk) -> None:
    await seen(desk, 20)  # before the start, but longer ago than there are days to compare
    problem, path = await done_after(desk, 4)
    for days_ago in (1, 2, 0):  # while it was being done, and on the day it was
        await seen(desk, days_ago)
    desk.now += timedelta(days=8)
    # the last one on the day of the follow-up itself
    first, *_ = [await seen(desk, days_ago) for days_ago in (7, 1, 1, 0)]
    twice, odd = await seen(desk, 3), await seen(desk, 3)
    await seen(desk, 3, place_id="PL-KRIS")
    await seen(desk, 3, category="NOISE.MUSIC")
    await desk.done(f"triage/{twice}/duplicate", {"duplicate_of": first})
    await desk.done(f"triage/{odd}/out-of-scope", {"reason": "TOO_VAGUE"})
    found = await followed(desk, path)
    counted = found["follow_up"]
    assert (counted["window_days"], counted["baseline_count"], counted["after_count"]) == (7, 3, 3)
    assert counted["effect"] == "UNCHANGED"
    assert found["followed_up_on"] < found["follow_up_due"]
    await sign_in(desk)
    told = await page(desk, f"/coordination/problems/{problem}")
    assert "Uppföljningen gjordes tidigt" in told
    assert "under 7 dagar före start och lika lång tid efter" in told
    await desk.done(f"{path}/close")
    told_events = [one.event for one in await desk.events()]
    [closed] = [event for event in told_events if isinstance(event, ActionClosed)]
    assert closed.model_dump(include={"baseline_count", "after_count", "window_days"}) == {
        "baseline_count": 3,
        "after_count": 3,
        "window_days": 7,
    }


@pytest.mark.parametrize("days", [0, 1])
async def test_a_follow_up_without_a_whole_day_to_count_is_refused(desk: Desk, days: int) -> None:
    _, path = await done_after(desk, 4)
    desk.now += timedelta(days=days)
    refused = await desk.post(f"{path}/follow-up", {"effect": "IMPROVED"})
    assert refused.status_code == 409
    assert "FOLLOW_UP_TOO_SOON" in refused.text
    assert "hel dag" in refused.text
    assert "whole day" in refused.text


async def test_what_was_done_earlier_than_it_was_told_has_its_baseline_before_that(
    desk: Desk,
) -> None:
    problem, _ = await prioritised(desk)
    path = f"assignments/{await given(desk, problem)}"
    await desk.done(f"{path}/accept", actor=PARKS)
    desk.now += timedelta(days=6)
    done_on = (desk.now - timedelta(days=6)).date().isoformat()
    await desk.done(f"{path}/complete", {"completed_on": done_on}, actor=PARKS)
    await desk.done(f"{path}/verify")
    await seen(desk, 2)
    found = await followed(desk, path)
    assert found["baseline"]["ends"] == done_on
    counted = found["follow_up"]
    assert (counted["window_days"], counted["baseline_count"], counted["after_count"]) == (5, 3, 1)


async def test_a_day_nobody_can_mean_is_refused(desk: Desk) -> None:
    problem, _ = await prioritised(desk)
    path = f"assignments/{await given(desk, problem)}"
    await desk.done(f"{path}/accept", actor=PARKS)
    refused = await desk.post(f"{path}/complete", {"completed_on": "0001-01-01"}, actor=PARKS)
    assert refused.status_code == 422
