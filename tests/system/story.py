"""One problem's whole way through the APIs: so that mails, reports and closed actions exist."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from deploy.samlad.demo.client import Actor, FrontDoor, Json
from deploy.samlad.demo.summary import COORDINATOR
from shared.contracts.calendar import week_of
from tests.support.waiting import eventually

PARKS = Actor("DISTRICT_PARKS", "ACTION_OWNER")
SCORES = ("frequency", "trend", "deviation", "concentration", "duration", "signal", "affected")


async def problem_to_feedback(door: FrontDoor, concern_ids: Sequence[str]) -> Json:
    """Proposes, analyses, assigns, does, verifies, follows up, closes, resolves and reports.

    Returns the problem as coordination tells it afterwards.
    """
    now = datetime.now(UTC)
    problem = await _identified(door, concern_ids, now)
    assignment = await _assigned(door, problem, now)
    for step, actor in (("accept", PARKS), ("start", PARKS), ("complete", PARKS)):
        await door.post(f"{assignment}/{step}", actor, now=now)
    await door.post(f"{assignment}/verify", COORDINATOR, now=now)
    later = now + timedelta(days=30)
    await door.post(f"{assignment}/follow-up", COORDINATOR, {"effect": "IMPROVED"}, now=later)
    await door.post(f"{assignment}/close", COORDINATOR, now=later)
    await door.post(f"{problem}/resolve", COORDINATOR, {"effect": "IMPROVED"}, now=later)
    report = {"type": "weekly-situation", "period": week_of(now - timedelta(days=7))}
    await door.post("/reporting/v1/reports", COORDINATOR, report, now=now, key="story-report")
    return await door.get(problem, COORDINATOR)


async def _identified(door: FrontDoor, concern_ids: Sequence[str], now: datetime) -> str:
    body: Json = {"concern_ids": list(concern_ids), "judged_pattern": True}
    path = "/coordination/v1/problems"
    made = await door.post(path, COORDINATOR, body, now=now, key="story-problem")
    problem = f"{path}/{made['id']}"
    cause = {"no": 1, "side": "PLACE", "code": "POOR_MAINTENANCE", "could_act": PARKS.agency}
    await door.post(f"{problem}/causes", COORDINATOR, {"causes": [cause]}, now=now)
    scores = dict.fromkeys((*SCORES, "harm"), 2)
    gates = {"influenceable": True, "resources": True, "decision": "PRIORITISED"}
    await door.post(f"{problem}/prioritisation", COORDINATOR, {"scores": scores, **gates}, now=now)
    return problem


async def _assigned(door: FrontDoor, problem: str, now: datetime) -> str:
    due = (now + timedelta(days=14)).date().isoformat()
    body: Json = {"problem_id": problem.rpartition("/")[2], "cause_no": 1, "measure": "CLEANING"}
    body |= {"owner": PARKS.agency, "due": due}
    path = "/coordination/v1/assignments"
    made = await door.post(path, COORDINATOR, body, now=now, key="story-assignment")
    return f"{path}/{made['id']}"


async def feedback_delivered(door: FrontDoor, concern_ids: Sequence[str]) -> None:
    """Waits until notify has delivered the answer to every one of these reporters."""

    async def all_answered() -> bool:
        rows = await door.every("/notify/v1/deliveries", COORDINATOR, state="DELIVERED")
        return set(concern_ids) <= {row["about_id"] for row in rows}

    await eventually(all_answered, within=30)
