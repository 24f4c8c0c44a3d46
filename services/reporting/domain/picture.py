"""The weekly situation picture as it is published: the same document for page, JSON and PDF."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.domain.times import Day, Moment
from shared.contracts.district import Text

METHOD_VERSION = "2"

Shown = Annotated[int | None, Field(description="Antal; null = dolt / count; null = hidden")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CategoryLine(_Part):
    """One category in the whole district."""

    code: str
    label: Text
    person_derived: bool
    total: Shown


class GroupLine(_Part):
    """One group of categories in the whole district."""

    code: str
    label: Text
    total: Shown
    categories: tuple[CategoryLine, ...]


class PlaceLine(_Part):
    """One place; `groups` are its counts by group code. Places stand in alphabetical order."""

    place_id: str
    name: str
    lat: float | None
    lon: float | None
    groups: dict[str, Shown]
    total: Shown


class CellLine(_Part):
    """One category at one place, where it may be shown and is not zero."""

    place_id: str
    category: str
    n: int


class Effort(_Part):
    """How much was reported by how many: counts mean little without it."""

    agencies: int
    per_agency: float | None


class Level(_Part):
    """The level the coordinator's group adopted for the week."""

    level: str
    label: Text
    motive: str
    motive_label: Text
    previous: str | None


class ActionLine(_Part):
    """A measure that ended in the week, with its effect."""

    place_id: str
    place: str
    category: str
    category_label: Text
    measure: str
    measure_label: Text
    custodian_label: Text
    effect: str
    effect_label: Text
    closed_on: Day


class SetAside(_Part):
    """Reports that are not among the counted ones."""

    quarantined: Shown
    diverted: Shown


class Rule(_Part):
    """Which rule of disclosure applied, and to how many cells."""

    k: int
    cells: int
    hidden_cells: int
    withheld: bool
    words: Text
    editions: Text | None = Field(description="Om senare utgåvor / about later editions")


class Picture(_Part):
    """One week of one district."""

    district: str
    district_name: Text
    week: str
    first_day: Day
    last_day: Day
    as_of: Moment
    preliminary: bool
    synthetic: bool
    method_version: str
    total: Shown
    summary_sv: tuple[str, ...]
    summary_en: tuple[str, ...]
    level: Level | None
    groups: tuple[GroupLine, ...]
    places: tuple[PlaceLine, ...]
    cells: tuple[CellLine, ...]
    effort: Effort
    set_aside: SetAside
    actions: tuple[ActionLine, ...]
    rule: Rule
