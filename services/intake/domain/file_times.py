"""Times as people write them in a file: read where only one thing can be meant, else refused. Pure.

Without a map: a day as `2026-04-02` and an hour as `9`, `9.30`, `21:00`, `0930` or `kl. 14`; also
a span of hours, which past midnight ends the next day. What the map's `dates` name is read by them
alone. A zone is only what is written as one, after minutes; any other time is Stockholm's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from datetime import timezone as offset_of
from typing import Final

from services.intake.domain.report import YEARS
from shared.contracts.calendar import ZONE

HOUR_MISSING: Final = "hour_missing"
NO_TIME: Final = "time_form"
TWO_ENDS: Final = "time_two_ends"
_LONGEST: Final = 200
_FURTHEST: Final = timedelta(hours=14)  # no zone is further from UTC
_FORMS_OF_HOURS: Final = ("%H:%M", "%H.%M", "%H%M")
_MIDNIGHT: Final = "24"
_DAY = r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})-|(?P<short>[0-9]{2}))(?P<day>[0-9]{2})"
_CLOCK: Final = re.compile(
    r"(?:kl(?:ockan)?\.?\s*)?"
    r"(?P<hour>[0-9]{1,2})(?:(?:[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]+))?)?)"
    r"|(?<=[0-9]{2})(?P<minutes>[0-9]{2})(?P<seconds>[0-9]{2})?)?"
    r"(?P<zone>\s?Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_UNTIL: Final = re.compile(r"\s*(?:[-\N{EN DASH}\N{EM DASH}]|\btill\b)\s*", re.IGNORECASE)
_WHOLE_DAY: Final = re.compile(_DAY)
_MOMENT: Final = re.compile(rf"{_DAY}(?:(?P<t>T)|\s+)(?P<clock>\S.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """When something was seen."""

    since: datetime
    until: datetime | None = None


def times_of(
    cells: Mapping[str, str], forms: Sequence[str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The times of a row's cells as RFC 3339 writes them, and what is wrong by field.

    Args:
        cells: by field; `date` and `time` together say when it began, and perhaps ended.
        forms: how the map says that times are written.
    """
    told: dict[str, str] = {}
    wrong: list[tuple[str, str]] = []
    began = _began(cells, forms)
    if isinstance(began, str):
        wrong.append(("observed_from", began))
    elif began:
        told["observed_from"] = began.since.isoformat()
    ended = seen(cells["observed_to"], forms) if "observed_to" in cells else None
    if isinstance(ended, str):
        wrong.append(("observed_to", ended))
    elif ended and ended.until:
        wrong.append(("observed_to", NO_TIME))
    elif ended:
        told["observed_to"] = ended.since.isoformat()
    if isinstance(began, Seen) and began.until:
        if ended:
            return told, [*wrong, ("observed_to", TWO_ENDS)]
        told["observed_to"] = began.until.isoformat()
    return told, wrong


def _began(cells: Mapping[str, str], forms: Sequence[str]) -> Seen | str | None:
    if "observed_from" in cells:
        return seen(cells["observed_from"], forms)
    if "date" not in cells:
        return None
    return seen(cells["date"], forms, cells.get("time", ""))


def seen(cell: str, forms: Sequence[str], hours: str = "") -> Seen | str:
    """When it was; else what is wrong with it, as a code."""
    if len(cell) + len(hours) > _LONGEST:
        return NO_TIME
    if forms:
        return _by(forms, cell, hours)
    if hours and not _WHOLE_DAY.fullmatch(cell):
        return NO_TIME
    return _plain(f"{cell} {hours}".strip())


def _plain(cell: str) -> Seen | str:
    if day := _WHOLE_DAY.fullmatch(cell):
        return HOUR_MISSING if _date(day) else NO_TIME
    parts = _MOMENT.fullmatch(cell)
    day_of = _date(parts) if parts else None
    if parts is None or day_of is None:
        return NO_TIME
    clock = parts["clock"]
    alone = _CLOCK.fullmatch(clock)
    # A minus begins a zone after a T or seconds, as RFC 3339 writes it; else it means "until".
    if alone and _is_whole(alone, strict=bool(parts["t"])):
        return _seen(day_of, clock, None)
    hours = _UNTIL.split(clock)
    if parts["t"] or len(hours) != 2:  # noqa: PLR2004 - from and to
        return NO_TIME
    return _seen(day_of, *hours)


def _by(forms: Sequence[str], cell: str, hours: str) -> Seen | str:
    """As the map says; hours of a column of their own may be written otherwise, or as a span."""
    if (whole := _formed(forms, f"{cell} {hours}".strip())) is not None:
        return Seen(whole)
    if not hours:
        return HOUR_MISSING if _WHOLE_DAY.fullmatch(cell) else NO_TIME
    since, *until = _UNTIL.split(hours)
    clock = _time(since)
    if clock is None or clock.tzinfo or len(until) > 1:
        return NO_TIME
    written = (_formed(forms, f"{cell} {clock:{form}}") for form in _FORMS_OF_HOURS)
    start = next((each for each in written if each), None)
    if start is None:
        return NO_TIME
    return _span(start, *until) if until else Seen(start)


def _formed(forms: Sequence[str], text: str) -> datetime | None:
    for form in forms:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added
        except (ValueError, OverflowError):
            continue
        if moment.year in YEARS and abs(moment.utcoffset() or timedelta()) <= _FURTHEST:
            return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    return None


def _seen(day: date, since: str, until: str | None) -> Seen | str:
    begins = _time(since)
    if begins is None:
        return NO_TIME
    start = datetime.combine(day, begins, begins.tzinfo or ZONE)
    if until is None:
        return Seen(start)
    return _span(start, until) if begins.tzinfo is None else NO_TIME


def _span(start: datetime, until: str) -> Seen | str:
    """Until that hour; the next day where the day's is past. The same hour is no span."""
    clock = _CLOCK.fullmatch(until)
    midnight = clock is not None and clock["hour"] == _MIDNIGHT
    ends = _time(until.replace(_MIDNIGHT, "00", 1) if midnight else until)
    begins = start.timetz().replace(tzinfo=None)
    if ends is None or ends.tzinfo or ends == begins or (midnight and ends != time()):
        return NO_TIME
    day = start.date() + timedelta(days=ends < begins)
    return Seen(start, datetime.combine(day, ends, ZONE))


def _is_whole(clock: re.Match[str], *, strict: bool) -> bool:
    """Whether what looks like a zone can only be one."""
    zone = clock["zone"] or ""
    seconds = clock["second"] or clock["seconds"]
    return not zone.startswith("-") or strict or bool(seconds)


def _date(parts: re.Match[str]) -> date | None:
    try:
        day = date(int(parts["year"]), int(parts["month"] or parts["short"]), int(parts["day"]))
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _time(text: str) -> time | None:
    """A time of the day, with its zone where one is written after minutes; None for no time."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    minute = found["minute"] or found["minutes"]
    try:
        zone = _zone(found["zone"]) if found["zone"] else None
        if zone and minute is None:
            return None
        second, part = found["second"] or found["seconds"] or "0", (found["part"] or "")[:6]
        return time(
            int(found["hour"]), int(minute or 0), int(second), int(part.ljust(6, "0")), zone
        )
    except ValueError:
        return None


def _zone(text: str) -> offset_of:
    if text.strip() in {"Z", "z"}:
        return offset_of(timedelta())
    hours, minutes = int(text[1:3]), int(text[-2:])
    away = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or away > _FURTHEST:  # noqa: PLR2004 - minutes of an hour
        raise ValueError("no zone is so far away")
    return offset_of(-away if text[0] == "-" else away)
