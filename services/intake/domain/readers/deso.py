"""SCB's key from DeSO to RegSO: a lookup, no statistic. Pure.

Nothing is observed. What is kept is what the codes of both divisions are called, under the slugs
that figures of SCB's tables have (``region-0180c3930``), so that those can be shown by name.
"""

import re

from services.intake.domain.labels import slug
from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.csv_table import (
    columns,
    header_of,
    pick,
    rows_of,
    same_width,
)
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.reading import Place, Reading, Skip, line, refused
from shared.contracts.codes import StatisticCaution

SOURCE = "scb-deso-regso"
HEADER = ("Kommun", "Kommunnamn", "DeSO_2018", "RegSO_2020", "RegSOkod_2020")
_DESO = re.compile(r"[0-9]{4}[ABC][0-9]{4}")
_REGSO = re.compile(r"[0-9]{4}R[0-9]{3}")


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole key, or ``Refused`` naming the row and column."""
    rows = rows_of(content, ",")
    header = header_of(rows)
    where = columns(header, HEADER)
    gathering, seen = Gathering(rest), dict[str, str]()
    for place, fields in rows:
        told = pick(same_width((place, fields), len(header[1])), where)
        gathering.row(place)
        deso, regso = told["DeSO_2018"], told["RegSOkod_2020"]
        _check(place, where, told)
        if deso in seen:
            gathering.skip(place, Skip.EXACT_DUPLICATE)
        if seen.setdefault(deso, regso) != regso:
            sv, en = "samma DeSO i två RegSO", "the same DeSO in two RegSO"
            raise refused("CONFLICTING_ROWS", place.at(where["DeSO_2018"] + 1), sv, en)
        within = f"{told['RegSO_2020']}, {told['Kommunnamn']}"
        gathering.code(place, slug(f"region {deso}"), f"{deso} {within}")
        gathering.code(place, slug(f"region {regso}"), f"{regso} {within}")
    if not seen:
        raise refused("NO_ROWS", line(1), "filen har inga datarader", "the file has no data rows")
    return gathering.key(SOURCE, StatisticCaution.OFFICIAL_STATISTICS)


def _check(place: Place, where: dict[str, int], told: dict[str, str]) -> None:
    for name, form in (("DeSO_2018", _DESO), ("RegSOkod_2020", _REGSO)):
        if not form.fullmatch(told[name]) or not told[name].startswith(told["Kommun"]):
            raise refused(
                "BAD_CODE",
                place.at(where[name] + 1),
                "koden ska höra till kommunen och ha rätt form",
                "the code should belong to the municipality and have the right form",
            )
    if not told["RegSO_2020"] or not told["Kommunnamn"]:
        raise refused("BAD_LABEL", place, "här saknas ett namn", "a name is missing here")
