"""Intake's audit trail as the operator reads it: straight from MongoDB, with the vault's key."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from deploy.samlad.opened import opened
from deploy.samlad.refusal import CannotError, Exit
from services.intake.commands.audit import AuditTrail, Report
from services.intake.store.audit import Asked
from shared.security.audit import Head

if TYPE_CHECKING:
    from deploy.samlad.opened import Opened

T = TypeVar("T")
COLUMNS = ("at", "act", "subject", "agency", "role", "purpose", "reference", "count")


def verified(folder: Path, noted: str | None) -> Report:
    """Return how the chain stands. Raises CannotError when it cannot be read."""
    head = None if noted is None else _head(noted)
    return _with_trail(folder, lambda trail, _: trail.check(head))


def verdict(report: Report) -> dict[str, Any]:
    """Return the report as it is told."""
    return {
        "whole": not report.found,
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
