"""Composes a week's picture: the protected table, the level, the measures, the words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from services.reporting.domain import sentences
from services.reporting.domain.disclosure import ALL, Protected
from services.reporting.domain.picture import (
    METHOD_VERSION,
    ActionLine,
    CategoryLine,
    CellLine,
    Effort,
    GroupLine,
    Level,
    Picture,
    PlaceLine,
    Rule,
    SetAside,
)
from services.reporting.domain.table import Counted, Row, Table
from shared.contracts.calendar import parse_week
from shared.contracts.district import District, Text

_OTHER_LABEL = Text(sv="Övrigt", en="Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What is known of a week, beside its counts: who reported, the level, what was done."""

    week: str
    counted: Counted
    agencies: int
    quarantined: int
    diverted: int
    picture: Row | None = None
    actions: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """How the picture is published: when, whether for good, and with what kind of data."""

    as_of: str
    preliminary: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Composed:
    """The picture, and what it tells about persons: later editions of the week tell the same."""

    picture: Picture
    persons: Protected


def compose(week: Week, district: District, edition: Edition) -> Composed:
    """The picture of a week, protected."""
    table = Table.of(week.counted, district, preliminary=edition.preliminary)
    groups = tuple(_group(table, code) for code in table.groups)
    actions = tuple(_action(row, district, table.names) for row in week.actions)
    total = table.value(ALL, ALL)
    told = sentences.Told(
        week=week.week,
        total=total,
        effort=Effort(agencies=week.agencies, per_agency=_each(total, week.agencies)),
        groups=groups,
        level=_level(week.picture, district),
        actions=actions,
        conditions=table.conditions[ALL, ALL] if edition.preliminary else None,
    )
    return Composed(_picture(week, table, edition, told), table.persons)


def _picture(week: Week, table: Table, edition: Edition, told: sentences.Told) -> Picture:
    district, monday = table.district, parse_week(week.week)
    return Picture(
        district=district.code,
        district_name=district.name,
        week=week.week,
        first_day=monday.isoformat(),
        last_day=(monday + timedelta(days=6)).isoformat(),
        as_of=edition.as_of,
        preliminary=edition.preliminary,
        synthetic=edition.synthetic,
        method_version=METHOD_VERSION,
        total=told.total,
        summary_sv=sentences.swedish(told),
        summary_en=sentences.english(told),
        level=told.level,
        groups=tuple(told.groups),
        places=tuple(_place(table, row) for row in table.places),
        cells=tuple(_cells(table)),
        effort=told.effort,
        set_aside=_set_aside(week, district.k_anonymity, preliminary=edition.preliminary),
        actions=tuple(told.actions),
        rule=_rule(table, district.k_anonymity, preliminary=edition.preliminary),
    )


def _set_aside(week: Week, k: int, *, preliminary: bool) -> SetAside:
    if preliminary:
        return SetAside(quarantined=None, diverted=None)
    return SetAside(quarantined=_alone(week.quarantined, k), diverted=_alone(week.diverted, k))


def _group(table: Table, code: str) -> GroupLine:
    lines = tuple(
        CategoryLine(
            code=own,
            label=_category_label(table.district, own),
            person_derived=own in table.person_codes,
            total=table.value(ALL, own),
        )
        for own in table.groups[code]
    )
    label = table.district.groups.get(code, _OTHER_LABEL)
    return GroupLine(code=code, label=label, total=table.value(ALL, code), categories=lines)


def _place(table: Table, row: Row) -> PlaceLine:
    place = row["_id"]
    return PlaceLine(
        place_id=place,
        name=row["name"],
        lat=row.get("lat"),
        lon=row.get("lon"),
        groups={group: table.value(place, group) for group in table.groups},
        total=table.value(place, ALL),
    )


def _cells(table: Table) -> list[CellLine]:
    codes = [code for own in table.groups.values() for code in own]
    found = []
    for row, code in product(table.places, codes):
        n = table.value(row["_id"], code)
        if n:
            found.append(CellLine(place_id=row["_id"], category=code, n=n))
    return found


def _level(picture: Row | None, district: District) -> Level | None:
    if picture is None:
        return None
    return Level(
        level=picture["level"],
        label=district.label(picture["level"]),
        motive=picture["motive"],
        motive_label=district.label(picture["motive"]),
        previous=picture.get("previous_level"),
    )


def _action(row: Row, district: District, names: Mapping[str, str]) -> ActionLine:
    return ActionLine(
        place_id=row["place_id"],
        place=names.get(row["place_id"], row["place_id"]),
        category=row["category"],
        category_label=_category_label(district, row["category"]),
        measure=row["measure"],
        measure_label=district.label(row["measure"]),
        custodian_label=district.label(row["custodian"]),
        effect=row["effect"],
        effect_label=district.label(row["effect"]),
        closed_on=row["closed_on"],
    )


def _category_label(district: District, code: str) -> Text:
    known = district.categories.get(code)
    return known.label if known else Text(sv=code, en=code)


def _each(total: int | None, agencies: int) -> float | None:
    return None if total is None or not agencies else round(total / agencies, 1)


def _alone(n: int, k: int) -> int | None:
    return n if n >= k else None


def _rule(table: Table, k: int, *, preliminary: bool) -> Rule:
    persons = table.persons
    return Rule(
        k=k,
        cells=len(persons.hidden) + len(persons.shown),
        hidden_cells=len(persons.hidden),
        withheld=persons.withheld,
        words=sentences.rule(k, preliminary=preliminary, withheld=persons.withheld),
        editions=None if preliminary else sentences.STANDS,
    )
