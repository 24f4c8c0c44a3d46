"""A week's table: conditions as they are, what derives from persons as it may be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

    `published` is what the first edition of the week told about persons. It stands: two tables of
    different days would tell by their difference what came in between.
    """

    counts: Mapping[Cell, int]
    places: Sequence[Row] = ()
    published: Protected | None = None


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
        """The table of a week. A preliminary one shows conditions only."""
        counts, before = _placed(counted.counts, district), counted.published
        if preliminary:
            before = Protected({}, frozenset())
        if before is not None:
            counts = {cell: n for cell, n in counts.items() if not _of_persons(cell[1], district)}
        places, groups = _lines(counts, counted, district)
        codes = frozenset(code for own in groups.values() for code in own)
        persons = frozenset(code for code in codes if _of_persons(code, district))
        ids = [place["_id"] for place in places]
        layout = _part(ids, groups, persons)
        table = (
            protect(counts, layout, k=district.k_anonymity)
            if before is None
            else _as_before(before, layout)
        )
        conditions = _part(ids, groups, codes - persons).sums(counts)
        return cls(district, places, groups, conditions, table, persons)

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


def _lines(
    counts: Mapping[Cell, int], counted: "Counted", district: District
) -> tuple[tuple[Row, ...], dict[str, tuple[str, ...]]]:
    """The table's places and groups: those in use, those counted, and those it had before."""
    before = counted.published
    cells = {*counts, *(() if before is None else before.shown.keys() | before.hidden)}
    codes = {code for _, code in cells} - {ALL, OTHER} - district.groups.keys()
    places = {place for place, _ in cells} - {ALL}
    return _places(counted.places, places), _groups(district, codes)


def _part(
    places: Sequence[str], groups: Mapping[str, Sequence[str]], codes: frozenset[str]
) -> Layout:
    """The table of some of the categories."""
    return Layout.of(
        places, {name: [code for code in own if code in codes] for name, own in groups.items()}
    )


def _as_before(before: Protected, layout: Layout) -> Protected:
    """What was shown is shown with the same value, everything else is hidden."""
    cells = frozenset(layout.cells())
    shown = {cell: n for cell, n in before.shown.items() if cell in cells}
    return Protected(shown, cells - shown.keys(), withheld=before.withheld)
