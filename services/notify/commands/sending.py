"""The sender: takes what is due, sends it, marks it. The wall clock drives it, in demos too."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from services.notify.commands.smtp import Fate, Letter, Outcome
from services.notify.domain import delivery as rules
from services.notify.domain.delivery import LEASE, Decision, Delivery
from services.notify.domain.mails import Surroundings, compose
from services.notify.store import Held, Store
from shared.contracts.codes import DeliveryState
from shared.contracts.district import District
from shared.store.errors import Conflict, StoreError, Unavailable
from shared.telemetry import context, log
from shared.telemetry.clock import Clock
from shared.telemetry.metrics import Metrics

POLL_SECONDS: Final = 0.5
AGAIN_SECONDS: Final = 1.0
STOP_SECONDS: Final = 12.0
ROUND: Final = 50
FAULT: Final = "FAULT"

_log = log.get(__name__)


class Channel(Protocol):
    """What letters are sent with."""

    async def send(self, letter: Letter) -> Outcome:
        """Send one letter; never raises for a failure to."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the sender writes with: `clock` tells the events' time, `wall` drives the sending."""

    district: District
    public_url: str
    sender: str
    clock: Clock
    wall: Clock
    lease: timedelta = LEASE


class Sending:
    """Runs as long as the app does; MongoDB and the mail server may be away meanwhile."""

    def __init__(self, store: Store, channel: Channel, desk: Desk, metrics: Metrics) -> None:
        self._store = store
        self._channel = channel
        self._desk = desk
        self._sent = metrics.counter("mails", "Mails handed to the mail server.", ("fate",))
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something is due; look soon."""
        self._wake.set()

    async def start(self) -> None:
        """Begin in the background."""
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name="sender")

    async def stop(self) -> None:
        """Finish the letter in hand, bounded, and take no other."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_SECONDS)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                rest = 0.0 if await self.send_due() else POLL_SECONDS
            except StoreError as error:
                _log.warning("sender waits", code=error.code)
                rest = AGAIN_SECONDS
            except Exception as error:  # noqa: BLE001 - the sender must outlive what nobody foresaw
                _log.error("sender failed", exc_info=error)
                rest = AGAIN_SECONDS
            if rest and not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), rest)
        await self._channel.close()

    async def send_due(self) -> int:
        """One round over what is due; answers how many there were."""
        due = await self._store.due(self._desk.wall.now(), ROUND)
        for held in due:
            if self._stopping:
                break
            with context.bind(
                held.delivery.origin.correlation_id, held.delivery.origin.traceparent
            ):
                await self._without_stopping_others(held)
        await self._channel.close()
        return len(due)

    async def _without_stopping_others(self, held: Held) -> None:
        try:
            await self.look_at(held)
        except Conflict:
            _log.info("another sender has it", event_id=held.delivery.origin.event_id)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault with one letter must not stop the rest
            _log.error("letter failed", event_id=held.delivery.origin.event_id, exc_info=error)
            await self._set_aside(held)

    async def _set_aside(self, held: Held) -> None:
        now = self._desk.wall.now()
        later, events = rules.postponed(rules.claim(held.delivery, now), FAULT, now)
        await self._store.put(held, later, events, self._desk.clock.now())

    async def look_at(self, held: Held) -> None:
        """Send it, or decide what becomes of it when its sender has vanished."""
        if held.delivery.status is DeliveryState.SENDING:
            _log.warning("fate unknown", event_id=held.delivery.origin.event_id)
            await self._mark(held, rules.fate_unknown)
        elif held.delivery.owed.recipient not in self._desk.district.agencies:
            await self._mark(held, lambda mine, _now: rules.refused(mine, rules.NO_ADDRESS))
        else:
            await self._send(held)

    async def _send(self, held: Held) -> None:
        letter = await self._letter(held)
        claimed = rules.claim(held.delivery, self._desk.wall.now(), self._desk.lease)
        mine = await self._store.put(held, claimed, [], self._desk.clock.now())
        outcome = await self._channel.send(letter)
        self._sent.labels(outcome.fate.value).inc()
        await self._mark(mine, lambda delivery, now: _decided(outcome, delivery, now))

    async def _letter(self, held: Held) -> Letter:
        desk, owed = self._desk, held.delivery.owed
        place_id = owed.facts.place_id
        place = await self._place(place_id) if place_id else None
        mail = compose(owed, Surroundings(desk.district, desk.public_url, place))
        return Letter(
            message_id=f"<{held.id}@{desk.sender.rpartition('@')[2]}>",
            sender=desk.sender,
            recipient=desk.district.agencies[owed.recipient].mail,
            subject=mail.subject,
            text=mail.text,
            date=desk.wall.now(),
        )

    async def _place(self, place_id: str) -> str:
        told = await self._store.place_name(place_id)
        return told or self._desk.district.label(place_id).sv

    async def _mark(self, held: Held, decide: Callable[[Delivery, datetime], Decision]) -> None:
        """Store what became of it; as long as the lease lasts, an outage is waited out."""
        while True:
            marked, events = decide(held.delivery, self._desk.wall.now())
            try:
                await self._store.put(held, marked, events, self._desk.clock.now())
            except Unavailable:
                if _lease_over(held.delivery, self._desk.wall.now()):
                    raise
                await asyncio.sleep(AGAIN_SECONDS / 2)
            else:
                return


def _lease_over(delivery: Delivery, now: datetime) -> bool:
    return delivery.due_at is None or delivery.due_at <= now


def _decided(outcome: Outcome, delivery: Delivery, now: datetime) -> Decision:
    match outcome.fate:
        case Fate.TAKEN:
            return rules.accepted(delivery)
        case Fate.REFUSED:
            return rules.refused(delivery, outcome.reason)
        case Fate.NOT_NOW:
            return rules.postponed(delivery, outcome.reason, now)
        case Fate.UNKNOWN:
            return rules.fate_unknown(delivery, now)
