"""Outcomes of SSPF meetings and the attestation of a term (domain §4). Pure.

The form has no field for a person, and a mere count has no field for a place: what must not be
stored has nowhere to stand. A refusal names the rule.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, model_validator

from services.intake.domain.geography import KnownPlace
from services.intake.domain.report import Closed
from services.intake.domain.sspf_terms import attestable, has_begun, month_of, term_of
from shared.contracts.codes import SspfLevel, YouthBand
from shared.contracts.district import District
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.sspf import Commitment, SspfMeetingOutcomeRecorded, SspfTermAttested
from shared.contracts.types import Code, Month, PlaceCode, SchoolArea, Term

PERSONAL = frozenset({
    "name", "initials", "personal_number", "age", "sex", "gender", "class", "school", "address",
    "family", "health", "ethnicity", "gang", "suspected_offence", "report_number", "minutes",
    "text", "note", "notes", "comment", "narrative", "date", "first_name", "last_name",
    "birth_date", "born", "phone", "email", "namn", "initialer", "personnummer", "ålder", "kön",
    "klass", "skola", "adress", "familj", "hälsa", "etnicitet", "gäng", "misstänkt_brott",
    "anmälningsnummer", "protokoll", "datum", "fritext", "anteckning",
})  # fmt: skip
_HUMP = re.compile(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])")
_GAP = re.compile(r"[\W_]+")
MONTHS_BACK = 24
MONTHS_AHEAD = 24


class SspfReport(Closed):
    """What may be said of one SSPF meeting; about persons: how many, in a band."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "month": "2026-05",
                    "level": "GROUP",
                    "band": "1-4",
                    "functions": ["SCHOOL", "SOCIAL_SERVICES", "POLICE", "LEISURE"],
                    "school_area": "SA-WEST",
                    "no_personal_data": True,
                }
            ]
        }
    )

    month: Annotated[Month, Field(description="Månad, aldrig datum / month, never a date")]
    term: Annotated[
        Term | None, Field(description="Termin, om den anges / term, if it is given")
    ] = None
    level: Annotated[SspfLevel, Field(description="Nivå / level")]
    band: Annotated[YouthBand, Field(description="Antal unga i spann / youths, banded")]
    functions: Annotated[
        tuple[Code, ...], Field(min_length=1, max_length=10, description="Funktioner / functions")
    ]
    themes: Annotated[tuple[Code, ...], Field(max_length=10, description="Teman / themes")] = ()
    commitments: Annotated[
        tuple[Commitment, ...], Field(max_length=10, description="Åtaganden / commitments")
    ] = ()
    school_area: Annotated[
        SchoolArea | None, Field(description="Skolområde, ej för antal / not for a mere count")
    ] = None
    place_id: Annotated[
        PlaceCode | None, Field(description="Plats, ej för antal / not for a mere count")
    ] = None
    no_personal_data: Annotated[
        StrictBool, Field(description="Intyg: inga personuppgifter / statement: no personal data")
    ]

    @model_validator(mode="before")
    @classmethod
    def _never_about_a_person(cls, said: object) -> object:
        if found := PERSONAL.intersection(_field_names(said)):
            raise Refused(
                _refusal(
                    "NO_PERSONAL_DATA",
                    "Ett SSPF-utfall får aldrig innehålla namn, initialer, personnummer, ålder, "
                    "kön, klass, skola, adress, familj, hälsa, etnicitet, gäng, misstänkt brott, "
                    "anmälningsnummer, protokoll, datum eller fri text.",
                    "An SSPF outcome may never hold name, initials, personal number, age, sex, "
                    "class, school, address, family, health, ethnicity, gang, suspected offence, "
                    "report number, minutes, a date or free text.",
                    min(found),
                )
            )
        return said


class AttestationReport(Closed):
    """What the SSPF coordinator attests about a whole term."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"term": "2026-VT", "unique_band": "5-9"}]}
    )

    term: Annotated[Term, Field(description="Termin / term: VT, HT")]
    unique_band: Annotated[
        YouthBand, Field(description="Unika unga under terminen / unique youths over the term")
    ]


class CountOnly(Closed):
    """All that is ever stored of a meeting about individuals."""

    level: Literal[SspfLevel.INDIVIDUAL_COUNT_ONLY]
    month: Month
    term: Term
    band: YouthBand
    functions: tuple[Code, ...]


class GroupOutcome(Closed):
    """What is stored of a meeting on group or structure level."""

    level: Literal[SspfLevel.GROUP, SspfLevel.STRUCTURE]
    month: Month
    term: Term
    band: YouthBand
    functions: tuple[Code, ...]
    themes: tuple[Code, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    school_area: SchoolArea | None = None
    place_id: PlaceCode | None = None


Outcome = CountOnly | GroupOutcome


@dataclass(frozen=True, slots=True)
class Meetings:
    """What an outcome is judged against."""

    district: District
    places: Mapping[str, KnownPlace]
    now: datetime


def record(report: SspfReport, around: Meetings) -> Outcome:
    """The outcome as it is stored.

    Raises:
        Refused: the report breaks one of the rules below.
    """
    for rule in RULES:
        if refusal := rule(report, around):
            raise Refused(refusal)
    said = report.model_dump(exclude={"no_personal_data"}) | {"term": term_of(report.month)}
    if report.level is SspfLevel.INDIVIDUAL_COUNT_ONLY:
        kept = {name: said[name] for name in CountOnly.model_fields}
        return CountOnly.model_validate(kept)
    return GroupOutcome.model_validate(said)


def recorded(outcome: Outcome) -> SspfMeetingOutcomeRecorded:
    """The fact of an outcome."""
    return SspfMeetingOutcomeRecorded.model_validate(outcome.model_dump())


def attest(report: AttestationReport, now: datetime) -> SspfTermAttested:
    """The fact of an attestation; only of a term that has begun, and of the last three years."""
    if not has_begun(report.term, now):
        raise Refused(
            _refusal(
                "TERM_NOT_BEGUN", "Terminen har inte börjat.", "The term has not begun.", "term"
            )
        )
    if report.term not in attestable(now):
        raise Refused(
            _refusal(
                "TERM_TOO_OLD",
                "Terminen ska vara i år eller något av de två senaste åren.",
                "The term should be of this year or one of the two before.",
                "term",
            )
        )
    return SspfTermAttested(term=report.term, unique_band=report.unique_band)


def _field_names(said: object) -> Iterator[str]:
    """The names of all fields, however deep they lie and however they are written."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            yield _GAP.sub("_", _HUMP.sub("_", str(name))).strip("_").lower()
            yield from _field_names(value)
    elif isinstance(said, list):
        for value in said:
            yield from _field_names(value)


def _months(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)


def _stated(report: SspfReport, _around: Meetings) -> Refusal | None:
    if report.no_personal_data:
        return None
    return _refusal(
        "STATEMENT_MISSING",
        "Utfallet måste intyga att det inte innehåller personuppgifter.",
        "The outcome must state that it holds no personal data.",
        "no_personal_data",
    )


def _count_stands_alone(report: SspfReport, _around: Meetings) -> Refusal | None:
    """INDIVIDUAL_COUNT_ONLY carries no place, school area or theme, and makes no commitment."""
    more = (report.place_id, report.school_area, report.themes, report.commitments)
    if report.level is not SspfLevel.INDIVIDUAL_COUNT_ONLY or not any(more):
        return None
    return _refusal(
        "COUNT_ONLY",
        "INDIVIDUAL_COUNT_ONLY får inte ha plats, skolområde, tema eller åtagande.",
        "INDIVIDUAL_COUNT_ONLY carries no place, school area, theme or commitment.",
        "level",
    )


def _known_codes(report: SspfReport, around: Meetings) -> Refusal | None:
    district, owners = around.district, [one.owner_function for one in report.commitments]
    known = {
        "functions": set(report.functions) <= district.sspf_functions.keys(),
        "themes": set(report.themes) <= district.sspf_themes.keys(),
        "commitments": {one.code for one in report.commitments} <= district.sspf_commitments.keys()
        and set(owners) <= district.sspf_functions.keys(),
        "school_area": report.school_area in {None, *district.school_areas},
        "place_id": report.place_id in {None, *around.places},
    }
    if all(known.values()):
        return None
    return _refusal(
        "UNKNOWN_CODE",
        "En kod för funktion, tema, åtagande, skolområde eller plats är okänd.",
        "A code of function, theme, commitment, school area or place is unknown.",
        next(name for name, found in known.items() if not found),
    )


def _months_make_sense(report: SspfReport, around: Meetings) -> Refusal | None:
    now = _months(month_of(around.now))
    if report.term not in {None, term_of(report.month)}:
        return _refusal(
            "TERM_MISMATCH",
            "Månaden ligger inte i terminen.",
            "The month does not lie in the term.",
            "term",
        )
    if not now - MONTHS_BACK <= _months(report.month) <= now:
        return _refusal(
            "MONTH_OUT_OF_RANGE",
            "Månaden ska vara denna eller en av de senaste 24.",
            "The month should be this one or one of the last 24.",
            "month",
        )
    return None


def _commitments_in_time(report: SspfReport, around: Meetings) -> Refusal | None:
    now = _months(month_of(around.now))
    if all(
        _months(report.month) <= _months(one.due_month) <= now + MONTHS_AHEAD
        for one in report.commitments
    ):
        return None
    return _refusal(
        "DUE_MONTH_OUT_OF_RANGE",
        "Ett åtagande ska vara klart efter mötet och inom två år.",
        "A commitment is due after the meeting and within two years.",
        "commitments",
    )


RULES: tuple[Callable[[SspfReport, Meetings], Refusal | None], ...] = (
    _stated,
    _count_stands_alone,
    _known_codes,
    _months_make_sense,
    _commitments_in_time,
)


def _refusal(rule: str, sv: str, en: str, field: str) -> Refusal:
    return Refusal(f"SSPF.{rule}", sv, en, UNPROCESSABLE, field)
