"""Surveys as tidy CSV, with a mapping that says which column is what. Pure.

For Stockholmsenkäten, Trygghetsmätningen and others that are handed over as tables. The mapping is
TOML::

    source = "stockholmsenkaten"     # the publisher's slug
    unit = "procent"
    caution = "SURVEY"               # or AS_GIVEN, OFFICIAL_STATISTICS, MIXED_INDICATORS
    indicator = "Trygg i skolan"     # or a column, below
    decimal = ","                    # "," or "."
    hidden = ["..", "x"]             # the publisher's marks for a suppressed value
    nothing = ["", "."]

    [columns]
    area = "Område"                  # area, year and value must be there
    grade = "Årskurs"
    sex = "Kön"
    year = "År"
    n = "Antal svar"
    value = "Andel"
    # indicator = "Fråga"
"""

import tomllib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.csv_table import Row, header_of, rows_of, same_width
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.marks import Marks
from services.intake.domain.readers.reading import NO_MORE, Figure, More, Reading, refused
from services.intake.domain.readers.tidy import answers, delimiter_of, period
from shared.contracts.codes import StatisticCaution
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.types import Slug

SOURCE = "survey"
LARGEST_MAP = 16 * 1024
MOST_DOTS = 1000  # a key of very many parts takes very long to read
PARTS = ("indicator", "grade", "sex")
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Mark = Annotated[str, StringConstraints(max_length=20)]

NO_MAP = Refusal(
    "STATISTICS.MAP_MISSING",
    "En enkät behöver en mappningsfil (TOML) som säger vilken kolumn som är vad.",
    "A survey needs a mapping file (TOML) that says which column is what.",
    UNPROCESSABLE,
    "map",
)
NOT_TOML = Refusal(
    "STATISTICS.MAP_NOT_TOML",
    "Mappningsfilen är ingen TOML eller större än 16 KiB.",
    "The mapping file is not TOML or larger than 16 KiB.",
    UNPROCESSABLE,
    "map",
)


class _Columns(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    area: Name
    year: Name
    value: Name
    indicator: Name | None = None
    grade: Name | None = None
    sex: Name | None = None
    n: Name | None = None


class Mapping(BaseModel):
    """What a mapping file may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Slug
    unit: Slug
    columns: _Columns
    caution: Literal[
        StatisticCaution.SURVEY,
        StatisticCaution.AS_GIVEN,
        StatisticCaution.OFFICIAL_STATISTICS,
        StatisticCaution.MIXED_INDICATORS,
    ] = StatisticCaution.SURVEY
    indicator: Name | None = None
    decimal: Literal[",", "."] = ","
    hidden: frozenset[Mark] = Field(default=frozenset({".."}), max_length=20)
    nothing: frozenset[Mark] = Field(default=frozenset({"", "."}), max_length=20)

    @property
    def published(self) -> dict[str, str]:
        """What of it becomes part of every figure, by key."""
        return {"source": self.source, "unit": self.unit, "indicator": self.indicator or ""}


def read(content: bytes, rest: Rest = no_rest, more: More = NO_MORE) -> Reading:
    """The whole file, or ``Refused`` naming the row and column, or the key of the mapping."""
    mapping = mapping_of(more.mapping)
    marks = Marks(mapping.hidden, mapping.nothing, decimal=mapping.decimal)
    rows = rows_of(content, delimiter_of(content))
    header = header_of(rows)
    names = {part: name for part, name in mapping.columns if name is not None}
    where = _columns(header, names)
    gathering = Gathering(rest)
    for row in rows:
        fields = same_width(row, len(header[1]))
        _row(gathering, (mapping, marks), (row[0], fields), where)
    return gathering.done(mapping.source, mapping.caution)


def mapping_of(content: bytes | None) -> Mapping:
    """The mapping, or ``Refused`` naming the key that is wrong."""
    if content is None:
        raise Refused(NO_MAP)
    try:
        if len(content) > LARGEST_MAP or content.count(b".") > MOST_DOTS:
            raise Refused(NOT_TOML)
        return Mapping.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except ValidationError as error:
        raise wrong(_key_of(error)) from error
    except (ValueError, RecursionError) as error:
        raise Refused(NOT_TOML) from error


def _columns(header: Row, names: dict[str, str]) -> dict[str, int]:
    """Where the columns stand; one that is missing is named by its key alone."""
    place, heads = header
    for part, name in names.items():
        if heads.count(name) != 1:
            sv, en = f"columns.{part} finns inte just en gång", f"columns.{part} is not there once"
            raise refused("WRONG_HEADER", place, sv, en)
    return {part: heads.index(name) for part, name in names.items()}


def _row(gathering: Gathering, how: tuple[Mapping, Marks], row: Row, where: dict[str, int]) -> None:
    (mapping, marks), (place, fields) = how, row
    at = {part: place.at(column + 1) for part, column in where.items()}
    told = {part: fields[column].strip() for part, column in where.items()}
    gathering.row(place)
    value = marks.told(at["value"], told["value"])
    labels = [mapping.indicator] if mapping.indicator else []
    labels += [told[part] for part in PARTS if told.get(part)]
    figure = Figure(
        place=at["value"],
        indicator=gathering.name(place, *(labels or [""])),
        geography=gathering.name(at["area"], told["area"]),
        period=period(at["year"], told["year"]),
        unit=mapping.unit,
        value=value.value,
        n=answers(at["n"], told["n"]) if "n" in told else None,
    )
    gathering.tell(figure, value)


def _key_of(error: ValidationError) -> str:
    """The known key that is wrong; one that nobody knows is the sender's word and stays unsaid."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = {*Mapping.model_fields, *_Columns.model_fields}
    if found["type"] == "extra_forbidden":
        return "en okänd nyckel / an unknown key"
    return ".".join(str(part) for part in found["loc"] if part in known)


def wrong(key: str) -> Refused:
    """The refusal of a mapping, by its key."""
    return Refused(
        Refusal(
            "STATISTICS.MAP_WRONG",
            f"Mappningsfilen: {key} saknas eller är fel.",
            f"The mapping file: {key} is missing or wrong.",
            UNPROCESSABLE,
            "map",
        )
    )
