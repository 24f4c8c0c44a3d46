"""The sender: takes what is due, sends it, marks it. The wall clock drives it, in demos too."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from services.notify.commands.smtp import FAULT, Envelope, Fate, Letter, Outcome
from services.notify.domain import delivery as rules
from services.notify.domain.delivery import LEASE, Decision, Delivery
from services.notify.domain.mails import Surroundings, compose
from services.notify.store import Held, Store
from shared.contracts.codes import DeliveryState
from shared.contracts.district import District
from shared.store.errors import Conflict, StoreError, Unavailable
from shared.telemetry import context, log
from shared.telemetry.clock import Clock
from shared.telemetry.health import Status
from shared.telemetry.metrics import Metrics

POLL_SECONDS: Final = 0.5
AGAIN_SECONDS: Final = 1.0
STOP_SECONDS: Final = 12.0
ROUND: Final = 50
NOT_SENT: Final = Outcome(Fate.NOT_NOW, "NOT_SENT")

_log = log.get(__name__)


class Channel(Protocol):
    """What letters are sent with."""

    async def send(self, mail: Envelope) -> Outcome:
        """Send one mail; never raises for a failure to."""
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
        self._unmarked: dict[str, tuple[int, Outcome]] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._failing = False
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
            await asyncio.wait([self._task])

    def running(self) -> Status:
        """Whether the sender goes round without faults of our own."""
        if self._task is None or self._task.done():
            return Status(ok=False, detail_code="STOPPED")
        return Status(ok=False, detail_code="FAILING") if self._failing else Status(ok=True)

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            rest = await self._round()
            if rest and not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), rest)
        try:
            await self._settle()
            await self._channel.close()
        except Exception as error:  # noqa: BLE001 - the other parts must be stopped too
            _log.error("sender failed", exc_info=error)

    async def _round(self) -> float:
        """Send what is due; answers how long to rest."""
        try:
            rest = 0.0 if await self.send_due() else POLL_SECONDS
        except StoreError as error:
            _log.warning("sender waits", code=error.code)
            return AGAIN_SECONDS
        except Exception as error:  # noqa: BLE001 - the sender must outlive what nobody foresaw
            _log.error("sender failed", exc_info=error)
            self._failing = True
            return AGAIN_SECONDS
        self._failing = False
        return rest

    async def send_due(self) -> int:
        """One round over what is due; answers how many moved on."""
        await self._settle()
        moved = 0
        due = await self._store.due(self._desk.wall.now(), ROUND)
        for held in due:
            if self._stopping:
                break
            with context.bind(
                held.delivery.origin.correlation_id, held.delivery.origin.traceparent
            ):
                moved += await self._without_stopping_others(held)
        await self._channel.close()
        return moved

    async def _without_stopping_others(self, held: Held) -> bool:
        """Look at one delivery; answers whether it moved on."""
        try:
            await self.look_at(held)
        except Conflict:
            _log.info("another sender has it", event_id=held.delivery.origin.event_id)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a fault with one letter must not stop the rest
            _log.error("letter failed", event_id=held.delivery.origin.event_id, exc_info=error)
            return await self._set_aside(held)
        return True

    async def _set_aside(self, held: Held) -> bool:
        """Later again; a row that was moved, or that MongoDB refuses, is left to its lease."""
        now = self._desk.wall.now()
        later, events = rules.postponed(rules.claim(held.delivery, now), FAULT, now)
        try:
            await self._store.put(held, later, events, self._desk.clock.now())
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("letter stays", event_id=held.delivery.origin.event_id, exc_info=error)
            return False
        return True

    async def _settle(self) -> None:
        """Mark what this process knows the fate of and could not mark while MongoDB was away."""
        for delivery_id, (version, outcome) in list(self._unmarked.items()):
            held = await self._store.held(delivery_id)
            if held is not None and held.loaded.version < version:
                continue  # the claim did not come to stand: the row is due as it was
            del self._unmarked[delivery_id]
            if held is not None and held.loaded.version == version and self._store.wrote(held):
                with suppress(Conflict):
                    await self._mark(held, outcome)

    async def look_at(self, held: Held) -> None:
        """Send it, or decide what becomes of it when its sender has vanished."""
        if held.delivery.status is DeliveryState.SENDING:
            _log.warning("fate unknown", event_id=held.delivery.origin.event_id)
            await self._mark(held, Outcome(Fate.UNKNOWN))
        elif held.delivery.owed.recipient not in self._desk.district.agencies:
            await self._mark(held, Outcome(Fate.REFUSED, rules.NO_ADDRESS))
        else:
            await self._send(held)

    async def _send(self, held: Held) -> None:
        """Everything that can be wrong with the letter shows before the claim."""
        mail = (await self._letter(held)).enclosed()
        mine = await self._claimed(held)
        outcome = await self._handed_over(mail)
        self._sent.labels(outcome.fate.value).inc()
        await self._mark(mine, outcome)

    async def _claimed(self, held: Held) -> Held:
        claimed = rules.claim(held.delivery, self._desk.wall.now(), self._desk.lease)
        try:
            mine = await self._store.put(held, claimed, [], self._desk.clock.now())
        except Unavailable:
            self._unmarked[held.id] = (held.loaded.version + 1, NOT_SENT)
            raise
        self._unmarked.pop(held.id, None)
        return mine

    async def _handed_over(self, mail: Envelope) -> Outcome:
        try:
            return await self._channel.send(mail)
        except Exception as error:  # noqa: BLE001 - the row is claimed: its fate must be told
            _log.error("mail failed", exc_info=error)
            return Outcome(Fate.UNKNOWN, FAULT)

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

    async def _mark(self, held: Held, outcome: Outcome) -> None:
        """Store what became of it; as long as the lease lasts, an outage is waited out.

        An outage that outlasts it is remembered: the fate is known here, and told afterwards.
        """
        while True:
            marked, events = _decided(outcome, held.delivery, self._desk.wall.now())
            try:
                await self._store.put(held, marked, events, self._desk.clock.now())
            except Unavailable:
                if _lease_over(held.delivery, self._desk.wall.now()):
                    self._unmarked[held.id] = (held.loaded.version, outcome)
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
