"""The audit trail as a chain: what is noted stands, and it shows when it no longer does."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final

from services.intake.commands.trail import Act, Line
from services.intake.commands.vault import Vault
from services.intake.store.audit import Asked, AuditLines
from shared.contracts.envelope import Provenance
from shared.security.audit import AuditKey, Head, number_of
from shared.security.inspection import Fault, Found, Inspection
from shared.store.client import Document
from shared.store.entries import to_milliseconds
from shared.store.errors import Conflict, StoreError, Unavailable, WriteUncertain
from shared.telemetry import log

TRIES: Final = 30
LONGEST_REST_SECONDS: Final = 0.05
MOST_AT_ONCE: Final = 200
MOST_DISPOSED: Final = 5_000
EVERYTHING: Final = "AUDIT"
_PURPOSE: Final = b"samlad intake audit 1\x00"

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """How the chain stands; `head` may be noted elsewhere and asked for again."""

    lines: int
    head: Head | None
    found: Sequence[Found]


@dataclass(slots=True, eq=False)
class _Waiting:
    lines: Sequence[Line]
    answer: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _End:
    """Where the chain goes on, and the head that moves with it, if it may."""

    at: Head
    standing: Document | None
    moves: bool


class AuditTrail:
    """Writes and checks lines; those waiting at the same moment are written together."""

    def __init__(self, lines: AuditLines, vault: Vault) -> None:
        self._lines = lines
        self._key = AuditKey(vault.keys.derived(_PURPOSE))
        self._waiting: list[_Waiting] = []
        self._turn = asyncio.Lock()

    async def note(self, *lines: Line) -> None:
        """Write the lines, all or none, acknowledged by the majority; Unavailable if it cannot."""
        if not lines:
            return
        mine = _Waiting(lines, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not mine.answer.done():
                    await self._write_waiting()
            await mine.answer
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    async def check(self, noted: Head | None = None) -> Report:
        """Go through the whole chain."""
        kept = await self._lines.base()
        base = self._key.opened_base(kept)
        inspection = Inspection(self._key, noted, base or Head())
        before = await self._lines.head()
        async for row in self._lines.all():
            inspection.see(row)
        after = await self._lines.head()
        if await self._lines.base() != kept:
            return await self.check(noted)  # lines were disposed of meanwhile
        found = inspection.end(before, after)
        if base is None:
            found = [Found(Fault.BASE_CHANGED, 0), *found]
        return Report(inspection.lines, self._key.opened(after) if after else None, found)

    async def due(self, before: datetime) -> int:
        """How many lines were written until then."""
        return await self._lines.count_until(before)

    async def dispose(self, before: datetime) -> int:
        """Remove the first lines, up to 5,000 written until then; the chain begins after them.

        The base is moved first: broken off, the next run removes what it left. Lines that are not
        as they were written stay, and all behind them: they are evidence.
        """
        standing = await self._lines.base()
        base = self._key.opened_base(standing)
        if base is None:
            return 0
        moved = await self._disposable(base, before)
        if moved != base:
            await self._lines.move_base(standing, self._key.sealed_base(moved))
        return await self._lines.forget_until(moved.count)

    async def _disposable(self, base: Head, before: datetime) -> Head:
        for row in await self._lines.after(base.count, limit=MOST_DISPOSED):
            number = base.count + 1
            whole = row["_id"] == number and self._key.wrote(row, number)
            if not whole or row["prev"] != base.link or row["at"] > before:
                break
            base = Head(number, row["link"])
        return base

    async def read(
        self, asked: Asked, why: Provenance, *, skip: int = 0, limit: int
    ) -> tuple[list[Document], int]:
        """Lines as they are kept, newest first, and how many there are.

        The reading is a line of its own, which stands before anything is given out.
        """
        rows, standing = await self._lines.some(asked, skip=skip, limit=limit)
        about = asked.subject or EVERYTHING
        await self.note(Line(act=Act.AUDIT_READ, subject=about, why=why, count=standing))
        return rows, standing

    async def _write_waiting(self) -> None:
        batch = self._next()
        error: StoreError | None = WriteUncertain("STOPPED")
        try:
            await self._write([_entry(line) for each in batch for line in each.lines])
            error = None
        except StoreError as raised:
            error = raised
        finally:
            _answer(batch, error)

    def _next(self) -> list[_Waiting]:
        """Those whose turn it is: whole, and together few enough unless one alone has many."""
        totals = accumulate(len(each.lines) for each in self._waiting)
        number = max(1, sum(total <= MOST_AT_ONCE for total in totals))
        batch, self._waiting = self._waiting[:number], self._waiting[number:]
        return batch

    async def _write(self, entries: Sequence[Document]) -> None:
        for _ in range(TRIES):
            end = await self._end()
            rows = self._key.chained(end.at, entries)
            head = self._key.sealed(Head(rows[-1]["_id"], rows[-1]["link"])) if end.moves else None
            try:
                await self._lines.add(rows, standing=end.standing, head=head)
            except Conflict:
                await asyncio.sleep(random.uniform(0, LONGEST_REST_SECONDS))  # noqa: S311 - no secret
            else:
                return
        raise Unavailable("AUDIT_BUSY")

    async def _end(self) -> _End:
        """After the head or the last line, whichever is later: a number once given is gone.

        A head that is not ours, or gone while lines stand, is left as it is, to be found.
        """
        standing = await self._lines.head()
        last = await self._lines.last()
        head = Head() if standing is None else self._key.opened(standing)
        moves = head is not None and (standing is not None or last is None)
        if not moves:
            _log.error("audit chain broken", code="HEAD")
        number = number_of(last) if last else None
        if last is None or number is None or (head is not None and head.count >= number):
            return _End(head or Head(), standing, moves)
        return _End(Head(number, str(last.get("link"))), standing, moves)


def _entry(line: Line) -> Document:
    told = {
        "at": to_milliseconds(line.why.time),
        "act": line.act.value,
        "subject": line.subject,
        "district": str(line.why.district),
        "agency": str(line.why.agency),
        "role": line.why.actor_role.value,
        "correlation_id": line.why.correlation_id,
        "purpose": line.purpose.value if line.purpose else None,
        "reference": line.reference,
        "count": line.count,
    }
    return {name: value for name, value in told.items() if value is not None}


def _answer(batch: Sequence[_Waiting], error: StoreError | None) -> None:
    for waiting in batch:
        if waiting.answer.done():
            continue
        if error is None:
            waiting.answer.set_result(None)
        else:
            waiting.answer.set_exception(type(error)(error.code))
