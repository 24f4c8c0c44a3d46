"""A post becomes a report: its place, its words, its answers. Pure."""

import unicodedata
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.intake.domain.open311.attributes import said_by
from services.intake.domain.open311.description import told
from services.intake.domain.open311.posted import PLACE, Faulty, Posted, fault, too_long
from services.intake.domain.report import LONGEST_NARRATIVE, ConcernReport

WHERE = "Plats enligt rapportören: "
BAD_TIME = fault(
    "BAD_TIME",
    "attribute[observed_from] ska vara en tid som finns, 2026-06-05T22:00:00+02:00.",
    "attribute[observed_from] must be a time that exists, 2026-06-05T22:00:00+02:00.",
)


def report_of(posted: Posted, hour: datetime, *, synthetic: bool) -> ConcernReport:
    """The report a post makes; what nobody said about the time is this hour.

    Raises:
        Faulty: the text is longer than a narrative, or the time is none.
    """
    said: dict[str, Any] = {"observed_from": hour.isoformat()} | said_by(posted.attributes)
    narrative = narrative_of(posted)
    if len(narrative) > LONGEST_NARRATIVE:
        raise Faulty([too_long("description", LONGEST_NARRATIVE)])
    try:
        return ConcernReport.model_validate(
            said
            | _place(posted)
            | {
                "category": posted.service_code,
                "narrative": narrative or None,
                "external_reference": own_case(posted),
                "synthetic": synthetic,
            }
        )
    except ValidationError as error:
        raise Faulty([BAD_TIME]) from error


def own_case(posted: Posted) -> str | None:
    """The link to the sender's own case: what tells two reports of the same words apart."""
    return told(posted.description or "").link


def besides(posted: Posted) -> tuple[str, ...]:
    """The texts of a post that are no part of the report, yet kept: they are screened too."""
    told_already = "place_unknown" in _place(posted)
    texts = (None if told_already else posted.address_string, posted.address_id)
    return tuple(text for text in texts if text and not PLACE.fullmatch(text))


def narrative_of(posted: Posted) -> str:
    """What was told; an address is part of it where nothing else says the place."""
    said_where = posted.address_string if "place_unknown" in _place(posted) else None
    where = f"{WHERE}{said_where.strip()}" if said_where else ""
    text = told(posted.description or "").text
    return unicodedata.normalize("NFC", "\n\n".join(part for part in (text, where) if part))


def _place(posted: Posted) -> dict[str, Any]:
    if posted.lat and posted.long:
        return {"point": {"lat": float(posted.lat), "lon": float(posted.long)}}
    if posted.address_id and PLACE.fullmatch(posted.address_id):
        return {"place_id": posted.address_id}
    return {"place_unknown": True}
