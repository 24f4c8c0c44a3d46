"""The types fields of events are made of: every string is bounded and has a pattern.

The one text type is `ReviewedText`, for words that are meant to be public.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PLACE = r"PL-[A-Z0-9]{2,12}"
DECIMALS = 4  # of a position: about ten metres


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the years 1 to 9999 in UTC") from error


def _ascii(value: str) -> str:
    r"""A schema's `\d` is one of ten digits; here it would be any script's."""
    if not value.isascii():
        raise ValueError("only the digits 0 to 9")
    return value


def _coarse(value: float) -> float:
    if round(value, DECIMALS) != value:
        raise ValueError(f"at most {DECIMALS} decimals")
    return value


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*(\.[A-Z0-9_]+)*$", max_length=40)]
Uuid = Annotated[str, StringConstraints(pattern=f"^{_UUID}$", max_length=36)]
PlaceCode = Annotated[str, StringConstraints(pattern=f"^{_PLACE}$", max_length=15)]
AggregateId = Annotated[str, StringConstraints(pattern=f"^({_UUID}|{_PLACE})$", max_length=36)]
SchoolArea = Annotated[str, StringConstraints(pattern=r"^SA-[A-Z0-9]{2,12}$", max_length=15)]
Cell = Annotated[str, StringConstraints(pattern=r"^89[0-9a-f]{13}$", max_length=15)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-._][a-z0-9]+)*$", max_length=80)]
Week = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$", max_length=8),
    AfterValidator(_ascii),
]
Month = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", max_length=7), AfterValidator(_ascii)
]
Term = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-(VT|HT)$", max_length=7), AfterValidator(_ascii)
]
Period = Annotated[
    str,
    StringConstraints(
        pattern=r"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]|W(0[1-9]|[1-4]\d|5[0-3])))?$", max_length=8
    ),
    AfterValidator(_ascii),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", max_length=64)]
MethodVersion = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+){0,2}$", max_length=12), AfterValidator(_ascii)
]
UtcTime = Annotated[AwareDatetime, AfterValidator(_utc)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
CoarseLatitude = Annotated[Latitude, AfterValidator(_coarse)]
CoarseLongitude = Annotated[Longitude, AfterValidator(_coarse)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Score = Annotated[int, Field(ge=0, le=3)]
Days = Annotated[int, Field(ge=0, le=3_650)]


class Reviewed:
    """Marks the one type of text that may travel: one line, no control characters."""


ReviewedText = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=280, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
    ),
    Field(json_schema_extra={"x-reviewed-text": True}),
    Reviewed(),
]
