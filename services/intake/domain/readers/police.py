"""Event notices of the Swedish Police (polisen.se/api/events): JSON, or an object per line. Pure.

Observed is how many notices the police published per type, place (municipality or county, as they
write it) and month: neither crimes nor calls. The month is that of the event, told by the date at
the beginning of ``name`` (its year by the day of publication). Of a notice seen in several versions
the last one seen counts; summaries of a night tell of others and are left out. Nothing else of a
notice is read further: not its text, heading, address or id.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.counting import LONGEST, Event, count
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.json_list import Record, records, text
from services.intake.domain.readers.reading import Place, Reading, Skip, line, refused
from shared.contracts.codes import StatisticCaution

SOURCE = "polisen-handelser"
SUMMARY = "sammanfattning"
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_PUBLISHED = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d{1,2}):(\d\d):(\d\d) ([+-]\d\d:\d\d)",  # the hour is not padded
    re.ASCII,
)
_HAPPENED = re.compile(r"(?P<day>[0-9]{1,2}) (?P<month>[a-zåäö]+)\b")


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole list, or ``Refused`` naming the item or row."""
    gathering = Gathering(rest)
    latest: dict[str, tuple[Place, Record]] = {}
    for place, told in records(content):
        gathering.row(place)
        event = told["event"] if isinstance(told.get("event"), dict) else told
        known = latest.pop(text(place, event, "id"), None)
        if known is not None:
            gathering.skip(known[0], Skip.OLDER_VERSION)
        latest[text(place, event, "id")] = place, event
    events: list[Event] = []
    published: list[date] = []
    for place, event in latest.values():
        day = _published(place, event)
        published.append(day)
        one = Event(place, [_short(place, event, "type")], _area(place, event), _day(event, day))
        if one.what[0].lower().startswith(SUMMARY):
            gathering.skip(place, Skip.SUMMARY_OF_OTHERS)
        else:
            events.append(one)
    if not latest:
        raise refused("NO_ROWS", line(1), "filen har inga händelser", "the file has no events")
    count(gathering, events, published)
    return gathering.done(SOURCE, StatisticCaution.POLICE_NOTICES)


def is_event(value: object) -> bool:
    """Whether an object looks like a notice, alone or as a version of one."""
    inner = value.get("event", value) if isinstance(value, dict) else None
    return isinstance(inner, dict) and {"datetime", "name", "type", "location"} <= inner.keys()


def _short(place: Place, event: Record, *names: str) -> str:
    found = text(place, event, *names)
    if len(found) > LONGEST:
        raise refused("BAD_LABEL", place, "typ eller ort är för lång", "type or place is too long")
    return found


def _area(place: Place, event: Record) -> str:
    return _short(place, event, "location", "name")


def _published(place: Place, event: Record) -> date:
    """The day of publication in Sweden, as the notice tells it."""
    found = _PUBLISHED.fullmatch(text(place, event, "datetime"))
    if found:
        day, hour, minute, second, zone = found.groups()
        try:
            told = datetime.fromisoformat(f"{day}T{hour:0>2}:{minute}:{second}{zone}")
            told.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            return told.date()
    sv, en = "datetime går inte att läsa", "datetime cannot be read"
    raise refused("BAD_PERIOD", place, sv, en)


def _day(event: Record, published: date) -> date:
    """The day of the event: of that day and month the one nearest to the first publication.

    Notices are dated anew when they are taken up again, also days after their publication.
    """
    found = _HAPPENED.match(str(event.get("name", "")).lower())
    if found is None or found["month"] not in MONTHS:
        return published
    month, day = MONTHS.index(found["month"]) + 1, int(found["day"])
    near: list[date] = []
    for year in (published.year - 1, published.year, published.year + 1):
        with suppress(ValueError):
            near.append(date(year, month, day))
    return min(near, key=lambda one: abs(one - published), default=published)
