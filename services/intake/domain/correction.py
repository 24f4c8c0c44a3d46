"""A concern set right in a form: what is kept as fields, and the report they make. Pure."""

from services.intake.domain.form import ON_THE_MAP, UNKNOWN_PLACE, Filled, report_of
from services.intake.domain.geography import Position, centre_of
from services.intake.domain.report import ConcernReport
from shared.contracts.calendar import ZONE
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.district import District

ASKED = (
    "category",
    "place_id",
    "place_type",
    "date",
    "hour",
    "certainty",
    "recurrence",
    "severity",
    "flags",
    "narrative",
)


def filled_of(kept: ConcernRegistered) -> Filled:
    """The form with what is kept; never a text, which stays as it is where none is written."""
    local = kept.observed_from.astimezone(ZONE)
    return Filled(
        category=kept.category,
        place_id=_place_of(kept),
        place_type=kept.place_type.value,
        date=local.date().isoformat(),
        hour=str(local.hour),
        certainty=kept.certainty.value,
        recurrence=kept.recurrence.value,
        severity=str(kept.severity),
        group_band=kept.group_band.value,
        flags=tuple(flag.value for flag in kept.flags),
        police_report=kept.police_report.value,
        wants_feedback="yes" if kept.wants_feedback else "",
    )


def corrected(filled: Filled, kept: ConcernRegistered, district: District) -> ConcernReport:
    """The report as it should have been; what the form does not ask for stays as it is.

    Raises:
        ValidationError: fields are missing or wrong.
    """
    before = filled_of(kept)
    asked = {name: getattr(filled, name) for name in ASKED} | _point(filled, kept, district)
    report = report_of(before.model_copy(update=asked), district)
    moved = (filled.date, filled.hour) != (before.date, before.hour)
    begun = report.observed_from if moved else kept.observed_from
    ended = kept.observed_to and begun + (kept.observed_to - kept.observed_from)
    stays = {
        "secondary": tuple(code for code in kept.secondary if code != report.category),
        "measures_taken": kept.measures_taken,
        "observed_from": begun,
        "observed_to": ended,
        "synthetic": kept.synthetic,
    }
    return report.model_copy(update=stays)


def _place_of(kept: ConcernRegistered) -> str:
    if kept.lat is not None:
        return ON_THE_MAP
    return kept.place_id or (ON_THE_MAP if kept.cell else UNKNOWN_PLACE)


def _point(filled: Filled, kept: ConcernRegistered, district: District) -> dict[str, str]:
    """The point it had, or the middle of its cell: the field is empty where there is neither."""
    if filled.place_id != ON_THE_MAP:
        return {}
    said = _position(filled, kept, district)
    return {"lat": str(said.lat), "lon": str(said.lon)} if said else {"place_id": ""}


def _position(filled: Filled, kept: ConcernRegistered, district: District) -> Position | None:
    """A cell is no point: its middle stands for it only where no point is kept of it either."""
    if kept.lat is not None and kept.lon is not None:
        return Position(kept.lat, kept.lon)
    codes = (filled.category, *kept.secondary)
    known = (district.categories[code] for code in codes if code in district.categories)
    if kept.cell and any(category.person_derived for category in known):
        return centre_of(kept.cell)
    return None
