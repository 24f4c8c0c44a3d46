"""The places a person chooses from: all of them, or those that answer to a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.finding import matches
from services.intake.domain.form import ON_THE_MAP, Filled
from services.intake.store import PlaceRow
from shared.contracts.district import District

LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Choices:
    """The list as it is shown, what the search found in words, and every place for the map."""

    rows: Sequence[PlaceRow]
    chosen: str
    told: str
    points: Sequence[dict[str, Any]]


def choices(rows: Sequence[PlaceRow], values: Filled, district: District) -> Choices:
    """The places that answer to the search; all of them when none does or nothing is sought.

    What was chosen stays in the list; a search with one answer chooses it.
    """
    found = [row for row in rows if _answers(row, values.q, district)] if values.q else []
    chosen = ON_THE_MAP if values.position else values.place_id
    if not chosen and len(found) == 1:
        chosen = found[0].place.place_id
    shown = [row for row in rows if not found or row in found or row.place.place_id == chosen]
    told = _told(len(found)) if values.q else ""
    return Choices(shown, chosen, told, _points(rows, district))


def _answers(row: PlaceRow, sought: str, district: District) -> bool:
    return matches(sought[:LONGEST_SEARCH], row.place.name, district.label(row.part).sv)


def _told(count: int) -> str:
    if not count:
        return "Ingen plats heter så. Hela listan visas. / No such place: the whole list is shown."
    if count == 1:
        return "En plats passar. / One place fits."
    return f"{count} platser passar. / {count} places fit."


def _points(rows: Sequence[PlaceRow], district: District) -> Sequence[dict[str, Any]]:
    return [
        {
            "id": row.place.place_id,
            "name": row.place.name,
            "part": district.label(row.part).sv,
            "lat": row.place.position.lat,
            "lon": row.place.position.lon,
        }
        for row in rows
    ]
