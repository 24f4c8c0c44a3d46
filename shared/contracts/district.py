"""The district file: what a district may change, loaded and checked once at start."""

import tomllib
from collections.abc import Container, Iterable
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.codes import CategoryScope, DivertTarget
from shared.contracts.types import Code, Days, Latitude, Longitude, PlaceCode, SchoolArea

DEFAULT = "districts/kungsholmen.toml"

Words = Annotated[str, Field(min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Part):
    """Words for persons, Swedish first."""

    sv: Words
    en: Words

    def in_(self, lang: str) -> str:
        """The words in a language; Swedish unless it is English."""
        return self.en if lang == "en" else self.sv


class Category(_Part):
    """A behaviour or condition, never a group of people."""

    label: Text
    group: Code
    service_days: Days
    person_derived: bool
    scope: CategoryScope = CategoryScope.PLACE
    survey: Code | None = None
    retired: bool = False
    custodian_preference: tuple[Code, ...] = Field(min_length=1)


class Agency(_Part):
    """Somebody who reports or acts; `mail` is a role's mailbox, never a person's."""

    label: Text
    mail: Annotated[str, Field(pattern=r"^[a-z0-9._-]+@[a-z0-9.-]+$", max_length=100)]
    kind: Code


class Diversion(_Part):
    """Where somebody turns with what Samlad does not take in."""

    target: DivertTarget
    label: Text
    phone: Annotated[str, Field(pattern=r"^[0-9 -]{3,20}$")]
    url: Annotated[str, Field(pattern=r"^https://\S+$", max_length=200)] | None = None


class SeedPlace(_Part):
    """A place a new deployment starts with; after that, events decide."""

    id: PlaceCode
    name: Words
    lat: Latitude
    lon: Longitude
    part: Code
    custodians: tuple[Code, ...] = Field(min_length=1)


CodeList = dict[Code, Text]
Ladder = Annotated[tuple[Days, ...], Field(min_length=1)]


class _Limits(_Part):
    """The numbers a district decides."""

    k_anonymity: Annotated[int, Field(ge=2, le=100)]
    sspf_min_meetings: Annotated[int, Field(ge=1, le=50)]
    cycle_days: Annotated[int, Field(ge=1, le=62)]
    escalation_unaccepted_days: Ladder
    escalation_overdue_days: Ladder
    follow_up_days: Days
    baseline_days: Days
    problem_signal_days: Days
    problem_signal_concerns: Annotated[int, Field(ge=2, le=1_000)]
    case_reopen_days: Days
    near_metres: Annotated[int, Field(ge=1, le=10_000)]
    far_metres: Annotated[int, Field(ge=1, le=100_000)]


class _Lists(_Part):
    """The code lists a district decides."""

    parts: CodeList
    school_areas: dict[SchoolArea, Text]
    groups: CodeList
    agency_kinds: CodeList
    roles: CodeList
    measures: CodeList
    causes: CodeList
    motives: CodeList
    decline_reasons: CodeList
    out_of_scope_reasons: CodeList
    cancel_reasons: CodeList
    block_reasons: CodeList
    reopen_reasons: CodeList
    due_change_reasons: CodeList
    override_reasons: CodeList
    retire_reasons: CodeList
    feedback_codes: CodeList
    sspf_themes: CodeList
    sspf_functions: CodeList
    sspf_commitments: CodeList
    survey_questions: CodeList
    words: CodeList


class District(_Limits, _Lists):
    """One district: its codes, agencies, limits and the places it starts with."""

    code: Code
    name: Text
    inhabitants: Annotated[int, Field(ge=0)]
    inhabitants_year: Annotated[int, Field(ge=1900, le=2200)]
    land_km2: Annotated[float, Field(gt=0)]
    synthetic: bool = Field(description="Made-up data: every generated item says so")
    categories: dict[Code, Category]
    agencies: dict[Code, Agency]
    diversions: dict[Code, Diversion]
    places: tuple[SeedPlace, ...]
    public_names: tuple[Words, ...] = Field(
        default=(), description="Names of two words or more that the screen takes for no person's"
    )

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The district of a file, or the one the package carries.

        Raises:
            pydantic.ValidationError: a code is unknown or a value out of bounds.
        """
        if path is not None:
            return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        packaged = resources.files("shared.contracts").joinpath(DEFAULT)
        return cls.model_validate(tomllib.loads(packaged.read_text("utf-8")))

    def label(self, code: str) -> Text:
        """What a code is called; a code nobody knows is called itself."""
        return self._labels.get(code) or Text(sv=code, en=code)

    def place(self, place_id: str) -> SeedPlace | None:
        """A place the district starts with."""
        return next((place for place in self.places if place.id == place_id), None)

    @property
    def called(self) -> frozenset[str]:
        """What everything here is called, in both languages, and the other public names."""
        labels = {words for text in self._labels.values() for words in (text.sv, text.en)}
        return frozenset(labels | set(self.public_names))

    @cached_property
    def _labels(self) -> dict[str, Text]:
        lists = (getattr(self, name) for name in reversed(_Lists.model_fields))
        labels = {code: text for codes in lists for code, text in codes.items()}
        for named in (self.categories, self.agencies, self.diversions):
            labels |= {code: one.label for code, one in named.items()}
        places = {place.id: Text(sv=place.name, en=place.name) for place in self.places}
        return labels | places | {self.code: self.name}

    @model_validator(mode="after")
    def _closed(self) -> Self:
        for code, category in self.categories.items():
            _require(code, {category.group}, self.groups)
            _require(code, set(category.custodian_preference), self.agencies)
            _require(code, [category.survey] if category.survey else [], self.survey_questions)
        for code, agency in self.agencies.items():
            _require(code, {agency.kind}, self.agency_kinds)
        for place in self.places:
            _require(place.id, {place.part}, self.parts)
            _require(place.id, set(place.custodians), self.agencies)
        return self


def _require(where: str, codes: Iterable[str], known: Container[str]) -> None:
    unknown = {code for code in codes if code not in known}
    if unknown:
        raise ValueError(f"{where} names unknown codes: {sorted(map(str, unknown))}")
