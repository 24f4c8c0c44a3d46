"""The SSPF form as a person fills it in: choices in, an outcome's report out. Pure.

Every field is a choice; there is no field to write in, so that nothing about a person can be sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.intake.domain.sspf import MONTHS_AHEAD, MONTHS_BACK, SspfReport
from shared.contracts.calendar import ZONE

COMMITMENTS = 3
WORDS: Mapping[str, str] = {
    "month": "Välj månad / Choose a month",
    "level": "Välj vad mötet arbetade med / Choose what it worked with",
    "band": "Välj hur många unga som diskuterades / Choose how many",
    "functions": "Välj vilka som var med / Choose who took part",
    "no_personal_data": "Intyga att utfallet inte innehåller personuppgifter / Attest it",
    "commitments": (
        "Ett åtagande har vad, vem och när: fyll i alla tre eller ingen / All three, or none"
    ),
    "term": "Välj termin / Choose a term",
    "unique_band": "Välj hur många unika unga terminen gällde / Choose how many",
}
FIELDS: Mapping[str, str] = {
    "SSPF.STATEMENT_MISSING": "no_personal_data",
    "SSPF.COUNT_ONLY": "level",
    "SSPF.MONTH_OUT_OF_RANGE": "month",
    "SSPF.TERM_MISMATCH": "month",
    "SSPF.DUE_MONTH_OUT_OF_RANGE": "commitments",
    "SSPF.TERM_NOT_BEGUN": "term",
    "SSPF.TERM_TOO_OLD": "term",
}
AMISS = "Något i formuläret stämmer inte / Something in the form is not right"
Filled = Mapping[str, Sequence[str]]


def report_of(filled: Filled) -> SspfReport:
    """The report the form makes; ValidationError when something is missing or unknown."""
    said: dict[str, Any] = {
        "month": _one(filled, "month"),
        "level": _one(filled, "level"),
        "band": _one(filled, "band"),
        "functions": _all(filled, "functions"),
        "themes": _all(filled, "themes"),
        "school_area": _one(filled, "school_area") or None,
        "place_id": _one(filled, "place_id") or None,
        "no_personal_data": bool(_one(filled, "no_personal_data")),
        "commitments": commitments_of(filled),
    }
    return SspfReport.model_validate(said)


def commitments_of(filled: Filled) -> list[dict[str, str]]:
    """The rows of which anything was chosen."""
    rows = []
    for number in range(1, COMMITMENTS + 1):
        names = ("code", "owner_function", "due_month")
        row = {name: _one(filled, f"{name}_{number}") for name in names}
        if any(row.values()):
            rows.append(row)
    return rows


def errors_of(error: ValidationError) -> dict[str, str]:
    """Words for every field that is missing or wrong; never what stands in it."""
    names = [str(one["loc"][0]) if one["loc"] else "form" for one in error.errors()]
    return {name: WORDS.get(name, AMISS) for name in names}


def unattested(filled: Filled) -> dict[str, str]:
    """That the attestation is missing, so that it is told with everything else that is wrong."""
    name = "no_personal_data"
    return {} if _one(filled, name) else {name: WORDS[name]}


def field_of(code: str) -> str:
    """The field a refusal is about."""
    return FIELDS.get(code, "form")


def months_back(now: datetime) -> list[str]:
    """The months a meeting may have been in, this one first."""
    return [_month(now, -number) for number in range(MONTHS_BACK + 1)]


def months_ahead(now: datetime) -> list[str]:
    """The months a commitment may be due in."""
    return [_month(now, number) for number in range(MONTHS_AHEAD + 1)]


def _month(now: datetime, away: int) -> str:
    local = now.astimezone(ZONE)
    months = local.year * 12 + local.month - 1 + away
    return f"{months // 12}-{months % 12 + 1:02}"


def _one(filled: Filled, name: str) -> str:
    values = filled.get(name, ())
    return values[0] if values else ""


def _all(filled: Filled, name: str) -> list[str]:
    return [value for value in filled.get(name, ()) if value]
