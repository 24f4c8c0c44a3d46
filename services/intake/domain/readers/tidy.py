"""Tidy CSV: one figure per row, for sources that have no form of their own. Pure.

Header ``indicator, geography, period, value, unit`` and, if there is one, ``n``, in any order. With
``;`` between fields the decimal sign is a comma, with ``,`` it is a point. ``..`` is suppressed, an
empty value nothing. Periods: ``2025``, ``2025-H1``, ``2025-Q3``, ``2025-06``, ``2025-W07``.
"""

import re

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.csv_table import (
    columns,
    header_of,
    pick,
    rows_of,
    same_width,
)
from services.intake.domain.readers.gathering import MOST_ANSWERS, Gathering
from services.intake.domain.readers.marks import Marks
from services.intake.domain.readers.reading import Figure, Place, Reading, refused, text_of
from shared.contracts.codes import StatisticCaution

SOURCE = "tidy"
HEADER = ("indicator", "geography", "period", "value", "unit")
NUMBER_OF_ANSWERS = "n"
_PERIOD = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]|W(0[1-9]|[1-4][0-9]|5[0-3])))?")
_COUNT = re.compile(r"[0-9]{1,8}")


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole file, or ``Refused`` naming the row and column."""
    delimiter = delimiter_of(content)
    marks = Marks(nothing=frozenset({""}), decimal="," if delimiter == ";" else ".")
    rows = rows_of(content, delimiter)
    place, names = header_of(rows)
    header = place, [name.lower() for name in names]
    wanted = (*HEADER, *([NUMBER_OF_ANSWERS] if NUMBER_OF_ANSWERS in header[1] else []))
    where = columns(header, wanted)
    gathering = Gathering(rest)
    for row in rows:
        told = pick(same_width(row, len(names)), where)
        at = {name: row[0].at(column + 1) for name, column in where.items()}
        gathering.row(row[0])
        value = marks.told(at["value"], told["value"])
        figure = Figure(
            place=at["value"],
            indicator=gathering.name(at["indicator"], told["indicator"]),
            geography=gathering.name(at["geography"], told["geography"]),
            period=period(at["period"], told["period"]),
            unit=gathering.name(at["unit"], told["unit"]),
            value=value.value,
            n=answers(at[NUMBER_OF_ANSWERS], told[NUMBER_OF_ANSWERS]) if "n" in told else None,
        )
        gathering.tell(figure, value)
    return gathering.done(SOURCE, StatisticCaution.AS_GIVEN)


def delimiter_of(content: bytes) -> str:
    """What parts the fields of the header."""
    first = text_of(content).partition("\n")[0]
    return ";" if first.count(";") >= first.count(",") else ","


def period(place: Place, told: str) -> str:
    """A period as the contract writes it."""
    if not _PERIOD.fullmatch(told):
        raise refused(
            "BAD_PERIOD",
            place,
            "perioden ska vara som 2025, 2025-H1, 2025-Q3, 2025-06 eller 2025-W07",
            "the period should be like 2025, 2025-H1, 2025-Q3, 2025-06 or 2025-W07",
        )
    return told


def answers(place: Place, told: str) -> int | None:
    """How many answered; nothing when it is empty or hidden."""
    text = "".join(told.split())
    if text in {"", ".."}:
        return None
    if not _COUNT.fullmatch(text) or int(text) > MOST_ANSWERS:
        raise refused(
            "BAD_NUMBER",
            place,
            "n ska vara ett heltal från noll och uppåt",
            "n should be a whole number from zero up",
        )
    return int(text)
