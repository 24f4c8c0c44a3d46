"""What a query asks for: which requests, of which time, in which status."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query, Request

from services.intake.api.open311.errors import faulty
from services.intake.domain.open311.posted import fault
from services.intake.domain.open311.status import Status
from shared.web.site import site_of

SPAN: Final = timedelta(days=90)
MOST: Final = 1000
LAST_PAGE: Final = 10**9
BAD_DATE: Final = fault(
    "BAD_DATE",
    "start_date och end_date ska vara tider med zon, 2026-06-05T00:00:00Z.",
    "start_date and end_date must be times with a zone, 2026-06-05T00:00:00Z.",
)
BACKWARDS: Final = fault(
    "BACKWARDS", "end_date ligger före start_date.", "end_date lies before start_date."
)
TOO_WIDE: Final = fault("TOO_WIDE", "Högst 90 dagar åt gången.", "At most 90 days at a time.")
BAD_STATUS: Final = fault("BAD_STATUS", "status är open eller closed.", "status is open or closed.")
TOO_MANY: Final = fault(
    "TOO_MANY", "Högst 1000 service_request_id.", "At most 1000 service_request_id."
)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when."""

    since: datetime
    until: datetime

    @property
    def whole_seconds(self) -> "Span":
        """The same, widened to full seconds: moments are told to the second."""
        first = self.since.replace(microsecond=0)
        return Span(first, self.until.replace(microsecond=999_999))

    @property
    def whole_hours(self) -> "Span":
        """The same, widened to full hours: whoever is told hours cannot ask for minutes."""
        first = self.since.replace(minute=0, second=0, microsecond=0)
        last = self.until.replace(minute=59, second=59, microsecond=999_999)
        return Span(first, last)


@dataclass(frozen=True, slots=True)
class Page:
    """The one-based number of a page, and how many are on each."""

    number: int = 1
    size: int = MOST

    @property
    def first(self) -> int:
        """How many come before it."""
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests: these ids, else those of a time, some services and some statuses."""

    ids: tuple[str, ...]
    span: Span
    codes: tuple[str, ...]
    statuses: frozenset[Status]
    page: Page


async def span(
    request: Request,
    start_date: Annotated[str, Query(max_length=40, description="Från, med zon / from")] = "",
    end_date: Annotated[str, Query(max_length=40, description="Till, med zon / until")] = "",
) -> Span:
    """The time asked for; without one the last 90 days."""
    since, until = _moment(start_date), _moment(end_date)
    if until is None:
        now = site_of(request).clock.now()
        until = now if since is None else _later(since, SPAN)
    if since is None:
        since = _later(until, -SPAN)
    if until < since:
        raise faulty([BACKWARDS])
    if until - since > SPAN:
        raise faulty([TOO_WIDE])
    return Span(since, until).whole_seconds


async def page(
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="Sida, från 1 / from 1")] = 1,
    page_size: Annotated[int, Query(ge=1, le=MOST, description="Antal / how many on each")] = MOST,
) -> Page:
    """Which page is asked for; the first thousand without one."""
    return Page(page, page_size)


async def wanted(
    request: Request,
    span: Annotated[Span, Depends(span)],
    page: Annotated[Page, Depends(page)],
    _ids: Annotated[
        str,
        Query(
            alias="service_request_id",
            max_length=40_000,
            description="Ett eller flera, med komma / comma-delimited",
        ),
    ] = "",
    _codes: Annotated[
        str,
        Query(
            alias="service_code",
            max_length=4_000,
            description="En eller flera, med komma / comma-delimited",
        ),
    ] = "",
    _status: Annotated[str, Query(alias="status", max_length=100, description="open, closed")] = "",
) -> Wanted:
    """Which requests are asked for; ids override everything else."""
    ids = _parts(request, "service_request_id")
    if len(ids) > MOST:
        raise faulty([TOO_MANY])
    try:
        statuses = frozenset(Status(one) for one in _parts(request, "status"))
    except ValueError as error:
        raise faulty([BAD_STATUS]) from error
    return Wanted(ids, span, _parts(request, "service_code"), statuses or frozenset(Status), page)


def _parts(request: Request, name: str) -> tuple[str, ...]:
    """What is told with commas between, or by giving the name again."""
    text = ",".join(request.query_params.getlist(name))
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        # An unescaped plus of a zone comes as a space.
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise faulty([BAD_DATE]) from error
    raise faulty([BAD_DATE])


def _later(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError as error:
        raise faulty([BAD_DATE]) from error


AskedSpan = Annotated[Span, Depends(span)]
AskedFor = Annotated[Wanted, Depends(wanted)]
