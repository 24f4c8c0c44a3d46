"""The demo's coordinator: what a person would do at the EST meeting, through the API."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deploy.samlad.demo.client import Actor, FrontDoor, Json, Refusal
from deploy.samlad.demo.luck import luck
from deploy.samlad.demo.measures import CAUSES, STORY, Plan, causes_of, plans_for
from deploy.samlad.demo.patterns import CLUSTER, CLUSTER_PLACE

COORDINATOR: Final = Actor("DISTRICT_COORD", "COORDINATOR")
NEW_ASSIGNMENTS_A_WEEK: Final = 8
DUPLICATE_SHARE: Final = 0.06
STALE_DAYS: Final = 21
CLOSED_STATES: Final = ("CLOSED", "CANCELLED")

Spot = tuple[str, str | None]


@dataclass(slots=True)
class Coordinator:
    """Acts on what the APIs show, at demo time `now`.

    Attributes:
        door: the public APIs.
        now: the demo's time; the player moves it.
        pace: how much shorter than a full season this one is (1.0 for 26 weeks).
        given: assignments given at this meeting.
    """

    door: FrontDoor
    now: datetime
    pace: float
    given: int = 0

    async def meeting(self, *, story: bool) -> None:
        """Triage everything, plan measures for new problems, verify, follow up and resolve.

        While the `story` is told, one report a meeting is looked at in quarantine.
        """
        self.given = 0
        if story:
            await self.look_at_quarantine()
        await self._triage(story=story)
        await self._plan_measures()
        await self._verify_and_follow_up()
        await self._resolve()

    async def look_at_quarantine(self) -> None:
        """Read the report that has waited longest and do not take it in: it is about a person."""
        for item in (await self.door.every("/intake/v1/quarantine", COORDINATOR))[:1]:
            path, purpose = f"/intake/v1/quarantine/{item['concern_id']}", "QUARANTINE_REVIEW"
            await self.door.post(
                f"{path}/readings", COORDINATOR, {"purpose": purpose}, now=self.now
            )
            await self.door.post(
                f"{path}/reject", COORDINATOR, {"reason": "ABOUT_A_PERSON"}, now=self.now
            )

    async def _triage(self, *, story: bool) -> None:
        waiting = await self.door.every("/coordination/v1/triage", COORDINATOR)
        open_problems = await self._open_problems()
        if story and not any(p["place_id"] == CLUSTER_PLACE for p in open_problems.values()):
            waiting = await self._propose_cluster(waiting)
            open_problems = await self._open_problems()
        spots: dict[Spot, list[Json]] = defaultdict(list)
        for item in waiting:
            spots[_spot(item)].append(item)
        for spot, items in sorted(spots.items(), key=lambda pair: str(pair[0])):
            await self._triage_spot(spot, items, open_problems)

    async def _triage_spot(
        self, spot: Spot, items: list[Json], open_problems: dict[Spot, Json]
    ) -> None:
        problem = open_problems.get(spot)
        if problem is None and len(items) >= 2 and spot[1]:  # noqa: PLR2004 - two similar concerns
            await self._propose(items, judged=False)
            return
        first: Json | None = None
        for item in items:
            if problem is None:
                await self._judge_single(item)
            elif first and luck(item["concern_id"], "duplicate") < DUPLICATE_SHARE:
                await self._decide(item, "duplicate", {"duplicate_of": first["concern_id"]})
            else:
                await self._decide(item, "link", {"problem_id": problem["problem_id"]})
                first = item

    async def _judge_single(self, item: Json) -> None:
        stale = self.now - timedelta(days=STALE_DAYS * self.pace)
        if datetime.fromisoformat(item["observed_from"]) < stale:
            await self._decide(item, "out-of-scope", {"reason": "NO_PATTERN"})

    async def _decide(self, item: Json, command: str, body: Json) -> None:
        await self._tell(f"/coordination/v1/triage/{item['concern_id']}/{command}", body)

    async def _propose_cluster(self, waiting: Sequence[Json]) -> list[Json]:
        cluster = [i for i in waiting if _spot(i)[1] == CLUSTER_PLACE and i["category"] in CLUSTER]
        loud = sorted(cluster, key=lambda item: item["category"] != "ORD.LOUD_GATHERING")[:50]
        if len(loud) < 2:  # noqa: PLR2004 - two similar concerns
            return list(waiting)
        await self._propose(loud, judged=True)
        taken = {item["concern_id"] for item in loud}
        return [item for item in waiting if item["concern_id"] not in taken]

    async def _propose(self, items: Sequence[Json], *, judged: bool) -> None:
        ids = [item["concern_id"] for item in items][:50]
        body: Json = {"concern_ids": ids, "judged_pattern": judged}
        await self._tell("/coordination/v1/problems", body, key=f"problem-{ids[0]}")

    async def _open_problems(self) -> dict[Spot, Json]:
        problems = await self.door.every("/coordination/v1/problems", COORDINATOR)
        open_ones = [p for p in problems if p["state"] != "RESOLVED"]
        found: dict[Spot, Json] = {(p["category"], p["place_id"]): p for p in open_ones}
        for problem in open_ones:
            if problem["place_id"] == CLUSTER_PLACE and problem["category"] in CLUSTER:
                found.update({(category, CLUSTER_PLACE): problem for category in CLUSTER})
        return found

    async def _plan_measures(self) -> None:
        problems = await self.door.every("/coordination/v1/problems", COORDINATOR)
        fresh = [p for p in problems if p["state"] in {"IDENTIFIED", "REOPENED"}]
        for problem in sorted(fresh, key=lambda p: -int(p["concerns"])):
            story = problem["place_id"] == CLUSTER_PLACE and problem["category"] in CLUSTER
            plans = STORY if story else plans_for(problem)
            if self.given + len(plans) <= NEW_ASSIGNMENTS_A_WEEK:
                causes = CAUSES if story else causes_of(problem["category"])
                await self._analyse_and_prioritise(problem, causes)
                await self._give(problem, plans, story=story)

    async def _analyse_and_prioritise(self, problem: Json, causes: list[Json]) -> None:
        path = f"/coordination/v1/problems/{problem['problem_id']}"
        await self._tell(f"{path}/causes", {"causes": causes})
        scores = {"frequency": min(3, int(problem["concerns"]) // 2), "trend": 2, "deviation": 2}
        scores |= {"concentration": 2, "duration": 1, "signal": 2, "affected": 2, "harm": 1}
        gates = {"influenceable": True, "resources": True, "decision": "PRIORITISED"}
        await self._tell(f"{path}/prioritisation", {"scores": scores, **gates})

    async def _give(self, problem: Json, plans: Sequence[Plan], *, story: bool) -> None:
        for number, plan in enumerate(plans):
            days = 7 if story else 14
            body: Json = {
                "problem_id": problem["problem_id"],
                "cause_no": plan.cause_no,
                "measure": plan.measure,
                "due": (self.now + timedelta(days=days)).date().isoformat(),
            }
            if plan.owner:
                body["owner"] = plan.owner
            key = f"assignment-{problem['problem_id']}-{problem['version']}-{number}"
            await self._tell("/coordination/v1/assignments", body, key=key)
            self.given += 1

    async def _verify_and_follow_up(self) -> None:
        for item in await self.door.every("/coordination/v1/assignments", COORDINATOR):
            if item["state"] == "COMPLETED":
                await self._assignment(item, "verify")
            elif item["state"] == "VERIFIED":
                await self._follow_up(item)

    async def _follow_up(self, item: Json) -> None:
        completed = datetime.fromisoformat(item["completed_on"]).date()
        if (self.now.date() - completed).days < max(3, round(28 * self.pace)):
            return
        # no effect is named: the counts before and after say what it is
        story = item["place_id"] == CLUSTER_PLACE
        body: Json = {"displacement_place_id": "PL-KRIS"} if story else {}
        await self._assignment(item, "follow-up", body)
        await self._assignment(item, "close")

    async def _resolve(self) -> None:
        """A problem is gone when a measure of it helped; otherwise it persists."""
        given = await self.door.every("/coordination/v1/assignments", COORDINATOR)
        helped = {item["problem_id"] for item in given if item["effect"] == "IMPROVED"}
        for problem in await self.door.every("/coordination/v1/problems", COORDINATOR):
            if problem["state"] == "FOLLOW_UP":
                identity = problem["problem_id"]
                effect = "IMPROVED" if identity in helped else "UNCHANGED"
                path = f"/coordination/v1/problems/{identity}/resolve"
                await self._tell(path, {"effect": effect})

    async def redirect(self, item: Json) -> None:
        """Gives a declined assignment to the owner the decliner suggested."""
        await self._assignment(item, "redirect", {"to_owner": item["suggested_owner"]})

    async def _assignment(self, item: Json, command: str, body: Json | None = None) -> None:
        await self._tell(f"/coordination/v1/assignments/{item['assignment_id']}/{command}", body)

    async def _tell(self, path: str, body: Json | None = None, *, key: str | None = None) -> None:
        try:
            await self.door.post(path, COORDINATOR, body, now=self.now, key=key)
        except Refusal as refusal:
            if refusal.status != 409:  # noqa: PLR2004 - already so: a resumed week meets it
                raise


def _spot(item: Json) -> Spot:
    return (item["category"], item.get("place_id"))
