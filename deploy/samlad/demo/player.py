"""Plays the season through the public HTTP APIs, as the agencies and the coordinator would."""

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from deploy.samlad.demo.client import Actor, FrontDoor, Json, Refusal
from deploy.samlad.demo.coordinator import Coordinator
from deploy.samlad.demo.owners import Owners
from deploy.samlad.demo.progress import Progress
from deploy.samlad.demo.season import (
    FOLLOW_UP_SHARE,
    SEASON_WEEKS,
    STOCKHOLM,
    Submission,
    in_cluster,
    local,
    monday,
    week_of_season,
)
from deploy.samlad.demo.summary import COORDINATOR
from shared.contracts.calendar import week_of
from shared.contracts.district import District

SSPF: Final = Actor("DISTRICT_PREVENTION", "SSPF_COORDINATOR")
CALLERS: Final = 8
SAMPLES_A_WEEK: Final = 20
MEETING_DAY: Final = 4
TERM_BREAK: Final = range(24, 34)  # ISO weeks without school


class Player:
    """One season, played week by week.

    Args:
        door: the public APIs.
        progress: what has been played; kept up to date.
        path: where progress is stored after each week.
        say: told one line per week.
        told: told the time that every service knows from now on.
    """

    def __init__(
        self,
        door: FrontDoor,
        progress: Progress,
        *,
        path: Path,
        say: Callable[[str], None],
        told: Callable[[datetime], None],
    ) -> None:
        self._door = door
        self._progress = progress
        self._path = path
        self._say = say
        self._told = told
        start = local(monday(0), 7)
        pace = min(1.0, progress.weeks / SEASON_WEEKS)
        self._coordinator = Coordinator(door, start, pace)
        self._owners = Owners(door, start, progress.weeks)
        self._callers = asyncio.Semaphore(CALLERS)

    async def play(self) -> None:
        """Plays what is left of the season."""
        await self._register_places()
        for week in range(self._progress.done, self._progress.weeks):
            began = time.monotonic()
            after = await self._week(week)
            after.done = week + 1
            after.play_seconds += time.monotonic() - began
            self._progress = after
            after.store(self._path)
            self._say(f"week {week_of(local(monday(week), 12))}: {after.accepted} accepted")

        await self._tick(self._progress.now)

    @property
    def progress(self) -> Progress:
        """What has been played so far."""
        return self._progress

    async def _register_places(self) -> None:
        now = local(monday(0), 7)
        for place in District.load().places:
            body = {"place_id": place.id, "name": place.name, "lat": place.lat, "lon": place.lon}
            body |= {"part": place.part, "custodians": list(place.custodians)}
            path = "/coordination/v1/places"
            await self._door.post(path, COORDINATOR, body, now=now, key=f"place-{place.id}")
        await self._until(self._places_known, 30)

    async def _places_known(self) -> bool:
        known = await self._door.get("/intake/v1/places", COORDINATOR, limit=200)
        return len(known["items"]) >= len(District.load().places)

    async def _week(self, week: int) -> Progress:
        tally = self._progress.model_copy()
        submissions = week_of_season(week=week, weeks=tally.weeks, seed=tally.seed)
        await self._open_cycle(week)
        registered: set[str] = set()
        for day in range(7):
            registered |= await self._submit(_of_day(submissions, week, day), tally)
            await self._end_of_day(monday(week) + timedelta(days=day))
            if day == MEETING_DAY:
                await self._meet(week, registered)
        await self._end_of_week(week)
        return tally

    async def _submit(self, submissions: Iterable[Submission], tally: Progress) -> set[str]:
        answers = await asyncio.gather(*(self._send(one, tally) for one in submissions))
        return {answer for answer in answers if answer}

    async def _send(self, submission: Submission, tally: Progress) -> str | None:
        """One report; returns the concern's id where it was registered."""
        actor = Actor(submission.agency, "REPORTER")
        tally.sent += 1
        async with self._callers:
            try:
                answer = await self._door.post(
                    "/intake/v1/concerns",
                    actor,
                    submission.body,
                    now=submission.at,
                    key=submission.key,
                )
            except Refusal as refusal:
                if "turn_to" not in refusal.problem:
                    raise
                tally.diverted += 1
                return None
            tally.accepted += 1
            return await self._note(answer, tally)

    async def _note(self, answer: Json, tally: Progress) -> str | None:
        concern_id = str(answer["concern_id"])
        tally.ids = [*tally.ids, concern_id]
        if answer["status"] == "QUARANTINED":
            tally.quarantined += 1
            return None
        sampled = len(tally.latency_ms) < SAMPLES_A_WEEK * (tally.done + 1)
        if sampled:
            tally.latency_ms = [*tally.latency_ms, await self._visible_after(concern_id)]
        return concern_id

    async def _visible_after(self, concern_id: str) -> float:
        began = time.monotonic()

        async def visible() -> bool:
            try:
                await self._door.get(f"/reporting/v1/concerns/{concern_id}", COORDINATOR)
            except Refusal as refusal:
                if refusal.status != 404:  # noqa: PLR2004 - not there yet
                    raise
                return False
            return True

        await self._until(visible, 30, pause=0.01)
        return round((time.monotonic() - began) * 1000, 1)

    async def _end_of_day(self, day: date) -> None:
        now = local(day, 17)
        self._owners.now = self._coordinator.now = now
        for declined in await self._owners.work():
            await self._coordinator.redirect(declined)
        await self._tick(local(day, 18))

    async def _tick(self, now: datetime) -> None:
        self._told(now)  # first: a service that comes back meanwhile is told the same
        for service in ("intake", "coordination", "notify", "reporting"):
            path, body = f"/{service}/v1/demo/tick", {"now": now.isoformat()}
            await self._door.post(path, COORDINATOR, body, now=now)

    async def _open_cycle(self, week: int) -> None:
        if week % 2:
            return
        first, path = monday(week), "/coordination/v1/est-cycles"
        now = local(first, 8)
        for cycle in await self._door.every(path, COORDINATOR):
            if cycle["state"] == "OPEN" and cycle["begins"] != str(first):
                await self._door.post(f"{path}/{cycle['cycle_id']}/close", COORDINATOR, now=now)
        body: Json = {"from": str(first), "to": str(first + timedelta(days=14))}
        await self._door.post(path, COORDINATOR, body, now=now, key=f"cycle-{first}")

    async def _meet(self, week: int, registered: set[str]) -> None:
        async def all_in_triage() -> bool:
            waiting = await self._door.every("/coordination/v1/triage", COORDINATOR)
            return registered <= {item["concern_id"] for item in waiting}

        await self._until(all_in_triage, 5)
        self._coordinator.now = local(monday(week) + timedelta(days=MEETING_DAY), 13)
        await self._coordinator.meeting(story=in_cluster(week, self._progress.weeks))

    async def _end_of_week(self, week: int) -> None:
        """Sunday's SSPF outcomes; on Monday, when the week is over, its picture and its report."""
        await self._sspf(week, local(monday(week) + timedelta(days=6), 20))
        now = local(monday(week + 1), 8)
        iso = week_of(local(monday(week), 12))
        level, motive = self._level(week)
        body: Json = {"week": iso, "level": level, "motive": motive}
        path = "/coordination/v1/pictures"
        picture = await self._door.post(path, COORDINATOR, body, now=now, key=f"picture-{iso}")
        await self._adopt(picture, now)
        await self._until(partial(self._level_shown, iso), 10)
        report: Json = {"type": "weekly-situation", "period": iso}
        path = "/reporting/v1/reports"
        await self._door.post(path, COORDINATOR, report, now=now, key=f"report-{iso}")

    async def _level_shown(self, week: str) -> bool:
        shown = await self._door.get("/reporting/v1/situation", COORDINATOR, week=week)
        return shown.get("level") is not None

    async def _adopt(self, picture: Json, now: datetime) -> None:
        path = f"/coordination/v1/pictures/{picture['id']}/adopt"
        try:
            await self._door.post(path, COORDINATOR, now=now)
        except Refusal as refusal:
            if refusal.status != 409:  # noqa: PLR2004 - adopted before the last stop
                raise

    def _level(self, week: int) -> tuple[str, str]:
        weeks = self._progress.weeks
        if in_cluster(week, weeks):
            early = not in_cluster(week - 1, weeks)
            return ("YELLOW" if early else "ORANGE", "CLUSTER_AT_PLACE")
        if week < FOLLOW_UP_SHARE * weeks:
            return ("YELLOW", "RISING_TREND")
        return ("GREEN", "MEASURES_HELP")

    async def _sspf(self, week: int, now: datetime) -> None:
        iso_week = monday(week).isocalendar().week
        month, term = f"{now:%Y-%m}", f"{now:%Y}-{'VT' if now.month < 8 else 'HT'}"  # noqa: PLR2004 - autumn term from August
        if week % 2 == 0 and iso_week not in TERM_BREAK:
            for area in ("SA-EAST", "SA-WEST"):
                body: Json = {"month": month, "term": term, "school_area": area, "level": "GROUP"}
                body |= {"functions": ["SCHOOL", "SOCIAL_SERVICES", "POLICE", "LEISURE"]}
                body |= {"band": "1-4", "themes": ["SCHOOL_ABSENCE"], "no_personal_data": True}
                key = f"sspf-{area}-{monday(week)}"
                await self._door.post("/intake/v1/sspf-outcomes", SSPF, body, now=now, key=key)
        if week == self._progress.weeks - 1:
            body = {"term": term, "unique_band": "5-9"}
            path, key = "/intake/v1/sspf-attestations", f"attest-{term}"
            await self._door.post(path, SSPF, body, now=now, key=key)

    async def _until(
        self, holds: Callable[[], object], seconds: float, *, pause: float = 0.1
    ) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if await holds():  # type: ignore[misc]
                return
            await asyncio.sleep(pause)


def _of_day(submissions: list[Submission], week: int, day: int) -> list[Submission]:
    date_ = monday(week) + timedelta(days=day)
    last = day == 6  # noqa: PLR2004 - what is reported in the small hours of Monday is Sunday's
    return [
        s
        for s in submissions
        if (d := s.at.astimezone(STOCKHOLM).date()) == date_ or (last and d > date_)
    ]
