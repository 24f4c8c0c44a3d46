"""A steady stream of reports that does not give up: each is sent until it is answered."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from deploy.samlad.demo.client import Actor, FrontDoor
from deploy.samlad.demo.season import personal_number

CALLERS = 24
REPORTERS = ("GUARDS", "HOUSING_COOPS", "FIELD_WORKERS", "METRO_OPERATOR", "LIBRARIES")
SPOTS = (
    ("ENV.LITTER", "PL-HORN"),
    ("ORD.LOUD_GATHERING", "PL-HORN"),
    ("DRG.OPEN_USE", "PL-FRID"),
    ("ENV.LIGHTING", "PL-KRON"),
    ("DMG.GRAFFITI", "PL-THOR"),
)


@dataclass
class Load:
    """Sends `rate` reports a second from several agencies, 5 % with a canary in the narrative.

    Attributes:
        sent: how many reports were begun.
        registered: ids accepted and to be found everywhere.
        quarantined: ids accepted and to be found nowhere but in intake.
        canaries: every personal datum that was hidden in a narrative.
    """

    door: FrontDoor
    rate: float
    sent: int = 0
    registered: set[str] = field(default_factory=set)
    quarantined: set[str] = field(default_factory=set)
    canaries: list[str] = field(default_factory=list)
    unscreened: list[str] = field(default_factory=list)
    _rng: Random = field(default_factory=lambda: Random(20))  # noqa: S311 - not a secret
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def accepted(self) -> int:
        """How many were answered with 202."""
        return len(self.registered) + len(self.quarantined)

    async def run(self, until: asyncio.Event) -> None:
        """Sends at the rate, from as many callers as that takes, until told; then ends."""
        began, beats = time.monotonic(), count()

        async def caller() -> None:
            while not until.is_set():
                due = began + next(beats) / self.rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await self.one()

        await asyncio.gather(*(caller() for _ in range(CALLERS)))

    async def one(self) -> str:
        """One report; returns its id when it was answered."""
        number = next(self._numbers)
        self.sent += 1
        body, canary = self._body(number)
        actor = Actor(REPORTERS[number % len(REPORTERS)], "REPORTER")
        now = datetime.now(UTC)
        answer = await self.door.post(
            "/intake/v1/concerns", actor, body, now=now, key=f"load-{number}"
        )
        identity = str(answer["concern_id"])
        quarantined = answer["status"] == "QUARANTINED"
        (self.quarantined if quarantined else self.registered).add(identity)
        if canary and not quarantined:
            self.unscreened.append(canary)
        return identity

    def _body(self, number: int) -> tuple[dict[str, object], str]:
        category, place = SPOTS[number % len(SPOTS)]
        seen = datetime.now(UTC) - timedelta(hours=2 + number % 300)
        canary = self._canary(number) if number % 20 == 0 else ""
        body: dict[str, object] = {
            "category": category,
            "place_id": place,
            "place_type": "OUTDOOR",
            "observed_from": seen.isoformat(),
            "certainty": "SEEN",
            "recurrence": "FIRST",
            "severity": number % 4,
            "wants_feedback": True,
            "synthetic": True,
        }
        if canary:
            body["narrative"] = f"Syntetiskt: {canary} syns ofta här."
            self.canaries.append(canary)
        elif number % 3 == 0:
            body["narrative"] = "Syntetiskt: samma sak som förra veckan."
        return body, canary

    def _canary(self, number: int) -> str:
        kind = number // 20 % 3
        if kind == 0:
            return personal_number(self._rng)
        if kind == 1:
            return f"070-17406{self._rng.randint(5, 99):02}"
        return f"kanarie.{self._rng.getrandbits(32):08x}@example.org"
