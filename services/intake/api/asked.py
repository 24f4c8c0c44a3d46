"""Which of one's own concerns are asked for: the same query for the list and for every file."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.intake.domain.own_concerns import Wanted
from shared.contracts.calendar import ZONE
from shared.contracts.codes import ConcernState
from shared.contracts.types import Code, PlaceCode

_YEARS = (date(1900, 1, 1), date(2199, 12, 31))
_NUMBER = re.compile(r"\s*[+-]?[\d_.]+(?:[eE][+-]?\d+)?\s*")


def _written(value: object) -> object:
    """A time is written as one; a bare number would be read as seconds since 1970."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        raise PydanticCustomError("datetime_text", "should be an RFC 3339 time with a zone")
    return value


_Day = Annotated[date, Field(ge=_YEARS[0], le=_YEARS[1])]
_Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]
Time = Annotated[_Moment, BeforeValidator(_written)]
When = Annotated[_Moment | _Day, BeforeValidator(_written)]
_A_TIME = "Dag eller tid / a day or a time."


async def wanted(  # noqa: PLR0913, PLR0917 - each filter by its own name
    category: Annotated[Code | None, Query(description="Huvudkategori / primary category")] = None,
    place_id: Annotated[PlaceCode | None, Query(description="Plats / place")] = None,
    status: Annotated[ConcernState | None, Query(description="Läge / state")] = None,
    observed_from: Annotated[
        When | None, Query(description=f"Sett från och med / seen from. {_A_TIME}")
    ] = None,
    observed_to: Annotated[
        When | None,
        Query(description="Sett före en tid, till och med en dag / before a time, through a day"),
    ] = None,
    registered_from: Annotated[
        When | None, Query(description=f"Mottagen från och med / taken in from. {_A_TIME}")
    ] = None,
    registered_to: Annotated[
        When | None,
        Query(description="Mottagen före en tid, till och med en dag / taken in before, through"),
    ] = None,
    external_reference: Annotated[
        str | None,
        Query(max_length=80, description="Eget ärendenummer, exakt / own reference, exactly"),
    ] = None,
) -> Wanted:
    """The filters as one object; a day is Stockholm's."""
    return Wanted(
        category=category,
        place_id=place_id,
        status=status,
        observed_from=_since(observed_from),
        observed_to=_until(observed_to),
        registered_from=_since(registered_from),
        registered_to=_until(registered_to),
        external_reference=external_reference,
    )


Asked = Annotated[Wanted, Depends(wanted)]


def _since(when: date | None) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    return datetime(when.year, when.month, when.day, tzinfo=ZONE).astimezone(UTC)


def _until(when: date | None) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    return _since(when + timedelta(days=1))
