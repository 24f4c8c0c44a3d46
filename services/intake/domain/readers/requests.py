"""Lists of service requests: Open311 as JSON, and the 311 exports of Chicago and New York. Pure.

Observed is how many requests the list holds per service, area and month of request. Nothing else of
a request is read further: no address, description, position, number or status note. The area is
the community area, the community board, or in Cologne the district after " - " in the address;
where there is none it is "Okänt område" (in a city's CSV of that city).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.counting import LONGEST, UNKNOWN_AREA, Event, count
from services.intake.domain.readers.csv_table import (
    columns,
    header_of,
    normal,
    pick,
    rows_of,
    same_width,
    wrong_header,
)
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.json_list import Record, records, text
from services.intake.domain.readers.reading import Place, Reading, Skip, refused
from shared.contracts.codes import StatisticCaution

OPEN311, CITY311 = "open311", "311-csv"
UNTOLD = "Utan uppgift"
_DISTRICT = re.compile(r"[^\W\d_][^\W\d_ ./()-]*(?:[ ./-]{1,2}[^\W\d_]+){0,4}")
_DAY = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9][0-9])-(?P<d>[0-9][0-9])(?:T.*)?"),
    re.compile(r"(?P<m>[0-9][0-9])/(?P<d>[0-9][0-9])/(?P<y>[0-9]{4}) .*"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """Where a city's export tells what, where and when."""

    id: str
    day: str
    service: tuple[str, ...]
    area: str
    area_prefix: str
    duplicate: tuple[str, str] | None = None

    @property
    def wanted(self) -> list[str]:
        """The columns that are read."""
        duplicate = [self.duplicate[0]] if self.duplicate else []
        return [self.id, self.day, *self.service, self.area, *duplicate]


FORMS = (
    Form(
        id="service_request_number",
        day="creation_date",
        service=("type_of_service_request", "what_is_the_nature_of_this_code_violation"),
        area="community_area",
        area_prefix="Chicago community area ",
        duplicate=("status", "Completed - Dup"),
    ),
    Form(
        id="unique_key",
        day="created_date",
        service=("complaint_type",),
        area="community_board",
        area_prefix="New York community board ",
    ),
)


def read_open311(content: bytes, rest: Rest = no_rest) -> Reading:
    """A GeoReport v2 answer in JSON, or ``Refused`` naming the item."""
    gathering = Gathering(rest)
    told = ((place, _request(place, record)) for place, record in records(content))
    return _counted(gathering, OPEN311, told)


def read_311(content: bytes, rest: Rest = no_rest) -> Reading:
    """A city's CSV, or ``Refused`` naming the row and column."""
    gathering, rows = Gathering(rest), rows_of(content, ",")
    place, names = header_of(rows)
    header = place, normal(names)
    form = form_of(header[1])
    if form is None:
        raise wrong_header(place, FORMS[1].wanted)
    where = columns(header, form.wanted)

    def told() -> Iterator[tuple[Place, tuple[str, Event | None]]]:
        for row in rows:
            fields = pick(same_width(row, len(names)), where)
            yield row[0], _of_city(row[0], form, fields)

    return _counted(gathering, CITY311, told())


def form_of(header: list[str]) -> Form | None:
    """The city whose columns these are."""
    return next((form for form in FORMS if set(form.wanted) <= set(header)), None)


def is_request(value: object) -> bool:
    """Whether an object looks like an Open311 request."""
    return isinstance(value, dict) and {"service_request_id", "service_code"} <= value.keys()


def _counted(
    gathering: Gathering, source: str, told: Iterator[tuple[Place, tuple[str, Event | None]]]
) -> Reading:
    """The counts; an id a second time is skipped, and so is what the city marked a duplicate."""
    events: list[Event] = []
    seen: set[str] = set()
    for place, (identity, event) in told:
        gathering.row(place)
        if identity in seen:
            gathering.skip(place, Skip.EXACT_DUPLICATE)
        elif event is None:
            gathering.skip(place, Skip.MARKED_DUPLICATE)
        else:
            events.append(event)
        seen.add(identity)
    count(gathering, events, [event.day for event in events])
    return gathering.done(source, StatisticCaution.SERVICE_REQUESTS)


def _request(place: Place, record: Record) -> tuple[str, Event | None]:
    if not is_request(record):
        sv, en = "inget Open311-ärende", "no Open311 request"
        raise refused("WRONG_FORM", place, sv, en)
    service = _short(place, text(place, record, "service_name"))
    day = _day(place, text(place, record, "requested_datetime"))
    event = Event(place, [service], _district(record.get("address")), day)
    return text(place, record, "service_request_id"), event


def _district(address: object) -> str:
    """What follows the last " - " when it can be the name of a district; never the rest."""
    before, _, after = str(address or "").rpartition(" - ")
    known = before and len(after) <= LONGEST and _DISTRICT.fullmatch(after.strip())
    return after.strip() if known else UNKNOWN_AREA


def _of_city(place: Place, form: Form, told: dict[str, str]) -> tuple[str, Event | None]:
    if not told[form.id]:
        raise refused("FIELD_MISSING", place, "ärendets nummer saknas", "the number is missing")
    if form.duplicate and told[form.duplicate[0]] == form.duplicate[1]:
        return told[form.id], None
    service = [_short(place, told[name] or UNTOLD) for name in form.service]
    area = told[form.area]
    unknown = not area or area.lower() == "0 unspecified"
    area = form.area_prefix + (UNKNOWN_AREA.lower() if unknown else _short(place, area))
    return told[form.id], Event(place, service, area, _day(place, told[form.day]))


def _short(place: Place, label: str) -> str:
    if len(label) > LONGEST:
        sv, en = "tjänst eller område är för långt", "service or area is too long"
        raise refused("BAD_LABEL", place, sv, en)
    return label


def _day(place: Place, told: str) -> date:
    """The day as the city tells it, in its own local time."""
    for form in _DAY:
        if found := form.fullmatch(told):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
    raise refused("BAD_PERIOD", place, "dagen går inte att läsa", "the day cannot be read")
