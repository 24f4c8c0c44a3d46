"""Intake's audit trail as the operator reads it: straight from MongoDB, with the vault's key."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from deploy.samlad.opened import opened
from deploy.samlad.refusal import CannotError, Exit
from services.intake.commands.audit import AuditTrail, Report
from services.intake.store.audit import Asked
from services.intake.store.traces import Kept
from shared.security.audit import Head

if TYPE_CHECKING:
    from deploy.samlad.opened import Opened

T = TypeVar("T")
COLUMNS = ("at", "act", "subject", "agency", "role", "purpose", "reference", "count")


@dataclass(frozen=True, slots=True)
class Verified:
    """How the chain stands; and what is kept beside it, where there is no line and no head."""

    report: Report
    kept: Kept | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong, nor must have been there."""
        return not self.report.found and not (self.kept and self.kept.noted)

    @property
    def warning(self) -> str | None:
        """What an empty trail may mean, in words."""
        if self.kept and self.kept.noted:
            return (
                f"the trail is empty, but {self.kept.decided} decisions on concerns and "
                f"{self.kept.keys} API keys stand, each of which left a line: "
                "it was deleted together with its head"
            )
        if self.kept and self.kept.concerns:
            return (
                f"the trail is empty while {self.kept.concerns} concerns are kept: "
                "right if nobody has read or decided anything yet, else it was deleted"
            )
        return None


def verified(folder: Path, noted: str | None) -> Verified:
    """Return how the chain stands. Raises CannotError when it cannot be read."""
    head = None if noted is None else _head(noted)

    async def check(trail: AuditTrail, where: "Opened") -> Verified:
        report = await trail.check(head)
        empty = report.lines == 0 and report.head is None
        return Verified(report, await where.store.traces.kept() if empty else None)

    return _with_trail(folder, check)


def verdict(verified: Verified) -> dict[str, Any]:
    """Return how it stands as it is told."""
    report = verified.report
    return {
        "whole": verified.whole,
        "warning": verified.warning,
        "lines": report.lines,
        "head": None if report.head is None else str(report.head),
        "found": [_told(asdict(each)) for each in report.found],
    }


def shown(
    folder: Path, subject: str | None, since: datetime | None, *, limit: int
) -> list[dict[str, Any]]:
    """Return lines, oldest first; the reading is noted before."""

    async def read(trail: AuditTrail, where: "Opened") -> list[dict[str, Any]]:
        moment = None if since is None else since.replace(tzinfo=UTC)
        asked = Asked(where.district, subject, moment)
        rows, _ = await trail.read(asked, where.why(), limit=limit)
        return [{"number": row["_id"], **{name: row.get(name) for name in COLUMNS}} for row in rows]

    return _with_trail(folder, read)[::-1]


def _with_trail(folder: Path, work: "Callable[[AuditTrail, Opened], Awaitable[T]]") -> T:
    async def run() -> T:
        async with opened(folder) as where:
            return await work(AuditTrail(where.store.audit, where.vault), where)

    return asyncio.run(run())


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if name == "fault" else value for name, value in found.items()}


def _head(noted: str) -> Head:
    count, _, link = noted.partition(":")
    if not count.isdecimal() or not link:
        raise CannotError("A head is written NUMBER:LINK.", Exit.USAGE)
    return Head(int(count), link)
