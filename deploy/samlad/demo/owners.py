"""The demo's owning agencies: they accept or decline, start and complete what they were given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from statistics import NormalDist
from typing import Final

from deploy.samlad.demo.client import Actor, FrontDoor, Json, Refusal
from deploy.samlad.demo.luck import luck
from deploy.samlad.demo.patterns import CLUSTER_PLACE
from deploy.samlad.demo.summary import COORDINATOR

DECLINED_SHARE: Final = 0.15
MEDIAN_DAYS: Final = 12
SPREAD: Final = 0.45
OPEN_STATES: Final = ("ASSIGNED", "DECLINED", "ACCEPTED", "IN_PROGRESS")


@dataclass(slots=True)
class Owners:
    """Everybody who was given an assignment.

    Attributes:
        door: the public APIs.
        now: the demo's time; the player moves it.
        weeks: length of the season; the story's measures are done in time for its follow-up.
    """

    door: FrontDoor
    now: datetime
    weeks: int

    async def work(self) -> list[Json]:
        """One day's work; returns the declined assignments, for the coordinator."""
        declined = []
        for item in await self.door.every("/coordination/v1/assignments", COORDINATOR):
            if item["state"] not in OPEN_STATES:
                continue
            if item["state"] == "DECLINED":
                declined.append(item)
            else:
                await self._act(item, age=self.now - datetime.fromisoformat(item["asked_at"]))
        return declined

    async def _act(self, item: Json, *, age: timedelta) -> None:
        days = age / timedelta(days=1)
        identity = item["assignment_id"]
        if item["state"] == "ASSIGNED" and days >= 3 * luck(identity, "answer") * self._hurry():
            await self._answer(item)
        elif item["state"] == "ACCEPTED":
            await self._tell(item, "start")
        elif item["state"] == "IN_PROGRESS" and days >= self._days_to_done(item):
            await self._tell(item, "complete")

    async def _answer(self, item: Json) -> None:
        story_decline = item["measure"] == "BUOYS" and item["owner"] == "TRAFFIC_OFFICE"
        unlucky = luck(item["assignment_id"], "decline") < DECLINED_SHARE
        if story_decline or (unlucky and not item["redirected"] and not _story(item)):
            owner = "PORT" if story_decline else "DISTRICT_COORD"
            body: Json = {"reason": "NOT_OUR_CONTROL", "suggested_owner": owner}
            await self._tell(item, "decline", body)
        else:
            await self._tell(item, "accept")

    def _hurry(self) -> float:
        return min(1.0, self.weeks / 8)

    def _days_to_done(self, item: Json) -> float:
        if _story(item):
            return min(float(MEDIAN_DAYS), self.weeks * 7 * 0.2)
        chance = min(max(luck(item["assignment_id"], "days"), 0.001), 0.999)
        return exp(log(MEDIAN_DAYS) + SPREAD * NormalDist().inv_cdf(chance)) * self._hurry()

    async def _tell(self, item: Json, command: str, body: Json | None = None) -> None:
        path = f"/coordination/v1/assignments/{item['assignment_id']}/{command}"
        try:
            actor = Actor(item["owner"], "ACTION_OWNER")
            await self.door.post(path, actor, body, now=self.now)
        except Refusal as refusal:
            if refusal.status != 409:  # noqa: PLR2004 - already so: a resumed week meets it
                raise


def _story(item: Json) -> bool:
    return bool(item["place_id"] == CLUSTER_PLACE)
