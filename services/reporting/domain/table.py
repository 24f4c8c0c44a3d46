"""A week's table: conditions as they are, what derives from persons as it may be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.reporting.domain.circulation import Cell
from services.reporting.domain.disclosure import ALL, Layout, Protected, protect
from shared.contracts.codes import CategoryScope
from shared.contracts.district import District

NO_PLACE: Final = "-"
NO_PLACE_NAME: Final = "Utan angiven plats"
OTHER: Final = "OTHER"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted. `counts` are concerns by (place id, category), `places` rows of places.

    `hidden_before` is what earlier editions of the week hid.
    """

    counts: Mapping[Cell, int]
    places: Sequence[Row] = ()
    hidden_before: frozenset[Cell] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Table:
    """Conditions as they are, persons as they may be shown, and the words for both."""

    district: District
    places: tuple[Row, ...]
    groups: Mapping[str, tuple[str, ...]]
    conditions: Mapping[Cell, int]
    persons: Protected
    person_codes: frozenset[str]

    @classmethod
    def of(cls, counted: "Counted", district: District, *, preliminary: bool) -> "Table":
        """The table of a week. A preliminary one shows conditions and the sum, nothing more."""
        counts = _placed(counted.counts, district)
        places = _places(counted.places, {place for place, _ in counts})
        groups = _groups(district, {code for _, code in counts})
        codes = frozenset(
            code for codes in groups.values() for code in codes if _of_persons(code, district)
        )
        ids = [place["_id"] for place in places]
        layout = Layout.of(ids, {g: [c for c in own if c in codes] for g, own in groups.items()})
        conditions = Layout.of(
            ids, {g: [c for c in own if c not in codes] for g, own in groups.items()}
        ).sums(counts)
        if preliminary:
            persons = _sum_only(layout, counts, district.k_anonymity)
        else:
            k, before = district.k_anonymity, counted.hidden_before
            persons = protect(counts, layout, k=k, hidden_before=before)
        return cls(district, places, groups, conditions, persons, codes)

    @property
    def names(self) -> dict[str, str]:
        """What the places are called."""
        return {place["_id"]: place["name"] for place in self.places}

    def value(self, place: str, name: str) -> int | None:
        """A cell or sum over conditions and persons together; None as soon as one is hidden."""
        key = (place, name)
        if key in self.persons.hidden:
            return None
        return self.conditions.get(key, 0) + self.persons.shown.get(key, 0)


def _placed(counts: Mapping[Cell, int], district: District) -> dict[Cell, int]:
    """Categories that belong to no place stand without one, whatever came in."""
    placed: dict[Cell, int] = {}
    for (place, code), n in counts.items():
        known = district.categories.get(code)
        anywhere = known is not None and known.scope is not CategoryScope.PLACE
        cell = (NO_PLACE if anywhere else place, code)
        placed[cell] = placed.get(cell, 0) + n
    return placed


def _places(rows: Sequence[Row], counted: set[str]) -> tuple[Row, ...]:
    """The district's places and those counted at, in alphabetical order; "no place" last."""
    known = {row["_id"]: row for row in rows}
    stands = {key for key, row in known.items() if not row.get("retired")} | counted
    named = [known.get(key, {"_id": key, "name": key}) for key in stands - {NO_PLACE}]
    ordered = sorted(named, key=lambda row: (_swedish_order(row["name"]), row["_id"]))
    return (*ordered, {"_id": NO_PLACE, "name": NO_PLACE_NAME})


def _swedish_order(name: str) -> str:
    return name.lower().translate(str.maketrans("åäö", "{|}"))


def _groups(district: District, counted: set[str]) -> dict[str, tuple[str, ...]]:
    """Every group with its categories in use; codes nobody knows stand together."""
    groups: dict[str, list[str]] = {code: [] for code in district.groups}
    for code, category in district.categories.items():
        if not category.retired or code in counted:
            groups[category.group].append(code)
    unknown = sorted(counted - district.categories.keys())
    return {code: tuple(own) for code, own in (*groups.items(), (OTHER, unknown)) if own}


def _of_persons(code: str, district: District) -> bool:
    """What is not known to be a condition counts as derived from persons."""
    known = district.categories.get(code)
    return known is None or known.person_derived


def _sum_only(layout: Layout, counts: Mapping[Cell, int], k: int) -> Protected:
    """Of an unfinished week only the sum: its changes from hour to hour would tell the cells."""
    cells = layout.sums(counts)
    shown = {(ALL, ALL): cells[ALL, ALL]} if cells[ALL, ALL] >= k else {}
    return Protected(shown, frozenset(cells.keys() - shown.keys()))
