"""The audit trail as a page: what was looked at or destroyed, by which agency, and why.

Only read; that it was read is a line of its own, which stands before anything is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import known
from services.intake.pages.trail_words import ACTS, PURPOSES, SUBJECTS, UNKNOWN, both, worded
from services.intake.pages.visitor import AuditVisitor, to_sign_in
from services.intake.store.audit import Asked
from shared.contracts.calendar import ZONE
from shared.contracts.district import District
from shared.contracts.types import Code, Uuid
from shared.security.roles import Principal
from shared.store.client import Document
from shared.web.pages import Pages
from shared.web.paging import Listing, Page
from shared.web.requests import provenance
from shared.web.site import site_of
from shared.web.words import joined, number_sv, said, time_sv

PATH: Final = "/intake/audit"
WRONG: Final[Mapping[str, str]] = {
    "subject": "Skriv ett id som det står i spårloggen / Write an id as the trail has it",
    "since": "Skriv dagen som 2026-05-04 / Write the day like this",
}
HEADS: Final = (
    "Rad / Line",
    "När / When",
    "Vad / What",
    "Om / About",
    "Av / By",
    "Varför / Why",
    ("Antal / Count", "number"),
)
#: What stands in a line beside what the table has a place for.
TOLD: Final = frozenset({
    "_id", "district", "prev", "link", "at", "act", "subject", "agency", "role", "purpose",
    "reference", "count", "correlation_id",
})  # fmt: skip
Until = Annotated[int | None, Query(ge=1, le=2**53 - 1)]
FIRST_YEAR, LAST_YEAR = 1900, 2199
_SUBJECT: Final[TypeAdapter[str]] = TypeAdapter(Uuid | Code)


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines and how many there are; `until` is the last that stood at the first page."""

    rows: Sequence[Document] = ()
    total: int = 0
    until: int | None = None


def router(pages: Pages, trail: AuditTrail) -> APIRouter:
    """The page `/intake/audit`."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(pages, trail)

    @routes.get(PATH)
    async def lines(
        request: Request, who: AuditVisitor, part: Listing, until: Until = None
    ) -> Response:
        return to_sign_in(request) if who is None else await desk.show(request, who, part, until)

    return routes


class _Desk:
    """Shows the lines that are asked for."""

    def __init__(self, pages: Pages, trail: AuditTrail) -> None:
        self._pages = pages
        self._trail = trail

    async def show(
        self, request: Request, who: Principal, part: Page, until: int | None
    ) -> Response:
        """The lines, the newest first; or what is wrong with the question, and none."""
        values = {name: request.query_params.get(name, "").strip() for name in WRONG}
        errors = {name: WRONG[name] for name, amiss in _amiss(values).items() if amiss}
        if errors:
            return self._render(request, values, part, Lines(), errors)
        subject, since = values["subject"] or None, _start(values["since"])
        asked = Asked(who.district, subject, since, until)
        rows, total = await self._trail.read(
            asked, provenance(request, who), skip=part.skip, limit=part.limit
        )
        if until is None and rows and part.page == 1:
            until = rows[0]["_id"]
        return self._render(request, values, part, Lines(rows, total, until))

    def _render(
        self,
        request: Request,
        values: Mapping[str, str],
        part: Page,
        found: Lines,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        kept = {name: value for name, value in values.items() if value}
        keep: dict[str, Any] = kept if found.until is None else kept | {"until": found.until}
        district = site_of(request).district
        answer = self._pages.render(
            request,
            "audit.html",
            422 if errors else 200,
            values=values,
            errors=errors or {},
            heads=HEADS,
            rows=[_cells(row, district) for row in found.rows],
            total=found.total,
            part=part,
            keep=f"{urlencode(keep)}&" if keep else "",
            subjects=[(_about(code), both(text)) for code, text in SUBJECTS.items()],
        )
        answer.headers["cache-control"] = "no-store"
        return answer


def _amiss(values: Mapping[str, str]) -> dict[str, bool]:
    since = values["since"]
    return {
        "subject": bool(values["subject"]) and not _is_subject(values["subject"]),
        "since": bool(since) and _start(since) is None,
    }


def _is_subject(written: str) -> bool:
    try:
        _SUBJECT.validate_python(written)
    except ValidationError:
        return False
    return True


def _start(written: str) -> datetime | None:
    """The beginning of the day as a form writes it; nothing where it is none."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return datetime.combine(day, time(), ZONE)


def _about(subject: str) -> str:
    """The address of the lines about this alone."""
    return f"{PATH}?{urlencode({'subject': subject})}"


def _cells(row: Document, district: District) -> list[object]:
    """A line as the table shows it; what a newer version wrote as it stands."""
    act, count = str(row["act"]), row["count"]
    by = (both(district.label(str(row[name]))) for name in ("agency", "role"))
    return [
        str(row["_id"]),
        time_sv(row["at"]),
        said(worded(ACTS, act) if known(row) else joined([act, UNKNOWN], ", ")),
        _subject(str(row["subject"])),
        said(joined(by, ", ")),
        _why(row) or None,
        number_sv(count) if isinstance(count, int) else str(count),
    ]


def _subject(subject: str) -> str | tuple[Markup, str]:
    """What a line is about, leading to the lines about this alone."""
    if not _is_subject(subject):
        return subject
    return said(worded(SUBJECTS, subject)), _about(subject)


def _why(row: Document) -> Markup:
    """Purpose and decision, and whatever else stands there."""
    purpose, reference = str(row.get("purpose") or ""), str(row.get("reference") or "")
    further = [f"{name}: {row[name]}" for name in sorted(row.keys() - TOLD)]
    return said(joined(each for each in (worded(PURPOSES, purpose), reference, *further) if each))
