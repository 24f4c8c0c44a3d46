"""A concern at the door: what is diverted, refused, quarantined, registered. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.intake.domain.geography import KnownPlace, Outline, Position, nearest
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import CategoryScope, ConcernState, FindingType
from shared.contracts.concerns import (
    ConcernDiverted,
    ConcernQuarantined,
    ConcernRegistered,
    Findings,
)
from shared.contracts.district import District
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.types import Code

OLDEST = timedelta(days=366)
MARGIN = timedelta(minutes=15)
AHEAD = timedelta(days=180)
UPCOMING = "EVT.UPCOMING"
DANGER = "DIV.ONGOING_DANGER"


_AS_SAID = (
    *("category", "secondary", "place_type", "certainty", "recurrence", "severity", "group_band"),
    *("flags", "measures_taken", "police_report", "wants_feedback", "synthetic"),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the district knows at the moment a report comes in."""

    district: District
    places: Mapping[str, KnownPlace]
    outline: Outline
    now: datetime


class Concern(BaseModel):
    """What intake keeps of a concern beside its vault."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal[
        ConcernState.REGISTERED,
        ConcernState.QUARANTINED,
        ConcernState.REJECTED,
        ConcernState.WITHDRAWN,
        ConcernState.EXPUNGED,
    ]
    registered: ConcernRegistered
    findings: tuple[Findings, ...] = ()
    external_reference: str | None = None
    reason: Code | None = None  # why it was withdrawn, released or rejected
    held: bool = False  # it was withdrawn while it waited: no text of it ever passed

    @property
    def first_status(self) -> ConcernState:
        """What its reporter was answered: whoever sends the same again is answered the same."""
        return ConcernState.QUARANTINED if self.findings else ConcernState.REGISTERED

    @property
    def passed(self) -> bool:
        """Whether the screen or a person let its text through."""
        waiting = {ConcernState.QUARANTINED, ConcernState.REJECTED}
        return self.status not in waiting and not self.held

    @property
    def event(self) -> ConcernRegistered | ConcernQuarantined:
        """The one fact its first append publishes."""
        if self.status is ConcernState.REGISTERED:
            return self.registered
        return ConcernQuarantined(
            category=self.registered.category,
            findings=self.findings,
            source_agency=self.registered.source_agency,
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the concern is put: a known place, a cell, and the point only where no person shows."""

    place_id: str | None = None
    cell: str | None = None
    point: Position | None = None


def diversion(report: ConcernReport, district: District) -> Code | None:
    """The code of where the reporter should turn instead, if intake is the wrong door."""
    codes = (DANGER,) if report.ongoing_danger else report.categories
    return next((code for code in codes if code in district.diversions), None)


def divert(report: ConcernReport, district: District, code: Code) -> ConcernDiverted:
    """The one thing kept of a diverted report: that there was one."""
    category = district.categories.get(report.category)
    group = category.group if category else code
    return ConcernDiverted(target=district.diversions[code].target, category_group=group)


def register(
    report: ConcernReport,
    found: Sequence[FindingType],
    *,
    agency: str,
    around: Surroundings,
) -> Concern:
    """The concern as it is kept, quarantined when the screen found anything.

    Raises:
        Refused: the report breaks one of the rules below.
    """
    registered = coded(report, agency=agency, around=around)
    if not found:
        return Concern(
            status=ConcernState.REGISTERED,
            registered=registered,
            external_reference=report.external_reference,
        )
    counts = tuple(Findings(type=kind, count=found.count(kind)) for kind in sorted(set(found)))
    return Concern(status=ConcernState.QUARANTINED, registered=registered, findings=counts)


def coded(report: ConcernReport, *, agency: str, around: Surroundings) -> ConcernRegistered:
    """What the report says in codes, at the moment of `around`; Refused when it breaks a rule."""
    for rule in RULES:
        if refusal := rule(report, around):
            raise Refused(refusal)
    spot = _spot(report, around)
    return ConcernRegistered(
        **{name: getattr(report, name) for name in _AS_SAID},
        place_id=spot.place_id,
        cell=spot.cell,
        lat=spot.point.lat if spot.point else None,
        lon=spot.point.lon if spot.point else None,
        observed_from=_hour(report.observed_from),
        observed_to=_hour(report.observed_to) if report.observed_to else None,
        has_narrative=bool(report.narrative),
        source_agency=agency,
        registered_at=around.now,
    )


def _spot(report: ConcernReport, around: Surroundings) -> Spot:
    if report.place_id:
        place = around.places[report.place_id]
        return Spot(place.place_id, place.position.cell)
    if not report.point:
        return Spot()
    said = Position(report.point.lat, report.point.lon)
    near = nearest(around.places.values(), said)
    personal = any(around.district.categories[code].person_derived for code in report.categories)
    return Spot(near.place_id if near else None, said.cell, None if personal else said.rounded)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _known_categories(report: ConcernReport, around: Surroundings) -> Refusal | None:
    if len(set(report.categories)) != len(report.categories):
        return _refusal(
            "CATEGORY_TWICE", "Samma kategori två gånger.", "The same category twice.", "secondary"
        )
    for place, code in enumerate(report.categories):
        field = "secondary" if place else "category"
        category = around.district.categories.get(code)
        if category is None:
            return _refusal("UNKNOWN_CATEGORY", "Kategorin är okänd.", "Unknown category.", field)
        if category.retired:
            return _refusal(
                "RETIRED_CATEGORY",
                "Kategorin används inte längre.",
                "The category is no longer in use.",
                field,
            )
    return None


def _known_measures(report: ConcernReport, around: Surroundings) -> Refusal | None:
    if all(code in around.district.measures for code in report.measures_taken):
        return None
    return _refusal(
        "UNKNOWN_MEASURE", "En åtgärdskod är okänd.", "A measure code is unknown.", "measures_taken"
    )


def _place_where_there_is_one(report: ConcernReport, around: Surroundings) -> Refusal | None:
    """A district-wide or school-area category carries no place; every other says where."""
    placeless = any(
        around.district.categories[code].scope != CategoryScope.PLACE for code in report.categories
    )
    placed = report.place_id is not None or report.point is not None
    if (report.place_id is not None) + (report.point is not None) + report.place_unknown > 1:
        return _refusal(
            "SEVERAL_PLACES",
            "Ange en av plats, punkt och okänd plats, inte flera.",
            "Give one of place, point and unknown place, not several.",
        )
    if placeless and placed:
        return _refusal(
            "NO_PLACE_ALLOWED",
            "Kategorin gäller hela stadsdelen eller ett skolområde och har ingen plats.",
            "The category is about the district or a school area and carries no place.",
            "place_id" if report.place_id is not None else "point",
        )
    if placeless or placed or report.place_unknown:
        return None
    return _refusal(
        "PLACE_MISSING",
        "Ange plats, punkt eller att platsen är okänd.",
        "Give a place, a point, or say that the place is unknown.",
        "place_id",
    )


def _known_place(report: ConcernReport, around: Surroundings) -> Refusal | None:
    if report.place_id is None:
        return None
    place = around.places.get(report.place_id)
    if place is not None and not place.retired:
        return None
    return _refusal("UNKNOWN_PLACE", "Platsen är okänd.", "The place is unknown.", "place_id")


def _inside_the_district(report: ConcernReport, around: Surroundings) -> Refusal | None:
    if report.point is None:
        return None
    said = Position(report.point.lat, report.point.lon)
    if around.outline.contains(said) or nearest(around.places.values(), said):
        return None
    return _refusal(
        "OUTSIDE_DISTRICT",
        "Punkten ligger utanför stadsdelsområdet.",
        "The point lies outside the district.",
        "point",
    )


def _observed_when(report: ConcernReport, around: Surroundings) -> Refusal | None:
    latest = around.now + (AHEAD if UPCOMING in report.categories else MARGIN)
    until = report.observed_to or report.observed_from
    if max(report.observed_from, until) > latest:
        late = "observed_from" if report.observed_from > latest else "observed_to"
        return _refusal(
            "IN_THE_FUTURE", "Tiden ligger i framtiden.", "The time lies in the future.", late
        )
    if report.observed_from < around.now - OLDEST:
        return _refusal(
            "TOO_OLD", "Det är mer än ett år sedan.", "It is more than a year ago.", "observed_from"
        )
    if until < report.observed_from:
        return _refusal(
            "ENDS_BEFORE_START",
            "Sluttiden ligger före starttiden.",
            "The end lies before the start.",
            "observed_to",
        )
    return None


RULES: tuple[Callable[[ConcernReport, Surroundings], Refusal | None], ...] = (
    _known_categories,
    _known_measures,
    _place_where_there_is_one,
    _known_place,
    _inside_the_district,
    _observed_when,
)


def _refusal(code: str, sv: str, en: str, field: str | None = None) -> Refusal:
    return Refusal(f"CONCERN.{code}", sv, en, UNPROCESSABLE, field)
