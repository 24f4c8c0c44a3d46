"""Disposal: what goes when, on the strength of which decision; without one nothing goes. Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import Field, TypeAdapter

from services.intake.domain.reference_number import DiaryNumber
from services.intake.domain.report import Closed

NO_DECISION: Final = {"sv": "inget beslut", "en": "no decision"}


class Kind(StrEnum):
    """What is disposed of together."""

    NARRATIVE = "NARRATIVE"
    QUARANTINED = "QUARANTINED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    CONTACT = "CONTACT"
    IMPORT_REPORTS = "IMPORT_REPORTS"
    AUDIT = "AUDIT"


class Decision(Closed):
    """That things of a kind go so many days after they came in."""

    kind: Kind = Field(alias="class")
    days: int = Field(ge=1, le=36_500)
    reference: DiaryNumber
    valid_from: date

    def before(self, now: datetime) -> datetime:
        """What came in until then is due."""
        return now - timedelta(days=self.days)


_DECISIONS = TypeAdapter(dict[str, list[Decision]])


def read(text: str) -> list[Decision]:
    """The decisions of a file, `[[decision]]` each; ValueError when it is not one of those."""
    given = tomllib.loads(text)
    if set(given) - {"decision"}:
        raise ValueError("a file of decisions holds [[decision]] and nothing else")
    return _DECISIONS.validate_python(given).get("decision", [])


def in_force(decisions: Iterable[Decision], today: date) -> Mapping[Kind, Decision]:
    """The latest decision of each kind that is valid today."""
    valid = sorted(
        (each for each in decisions if each.valid_from <= today), key=lambda each: each.valid_from
    )
    return {each.kind: each for each in valid}
