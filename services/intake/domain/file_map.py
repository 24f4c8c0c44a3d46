"""How the columns of a file become the fields of a report: usual names, or a map of one's own.

A map is TOML:

    delimiter = ";"
    ignore = ["Handläggare"]
    dates = ["%d/%m/%Y %H.%M"]
    [columns]               # name in the file = "field"
    "Typ av fel" = "category"
    [constants]             # field = value of every row that says nothing else
    certainty = "SEEN"
    [values.category]       # word in the file = "code"
    "Trasig lampa" = "ENV.LIGHTING"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from services.intake.domain.csv_text import no_file
from services.intake.domain.own_concerns import HEADS, ONLY_TOLD
from services.intake.domain.report import ConcernReport
from shared.contracts.refusal import Refused

MOST_WORDS: Final = 1000
LARGEST: Final = 64 * 1024  # characters
MOST_DOTS: Final = 2 * MOST_WORDS  # a key of very many parts takes very long to read
_PLAIN: Final = re.compile(r"[^\W\d][\w-]{0,39}")
_SHOWN: Final = 5
_DIRECTIVE: Final = re.compile("%.?", re.DOTALL)
# Parts of a time that are the same wherever it is read; names of zones are not.
_TIMES: Final = frozenset({
    "%Y", "%y", "%m", "%d", "%H", "%I", "%M", "%S", "%f", "%p", "%b", "%B", "%a", "%A", "%z",
})  # fmt: skip
# A point is two columns, and a time may be two: the day and the hour.
FIELDS: Final = (frozenset(ConcernReport.model_fields) - {"point"}) | {"lat", "lon", "date", "time"}
REFERENCE: Final = "concern_id"  # read, and no field of a report: the concern a row says it is
ALIASES: Final[Mapping[str, str]] = {
    "datum": "date",
    "tid": "time",
    "klockslag": "time",
    "klockan": "time",
    "tidpunkt": "observed_from",
    "från": "observed_from",
    "till": "observed_to",
    "plats-id": "place_id",
    "platskod": "place_id",
    "lat": "lat",
    "long": "lon",
    "lng": "lon",
    "platsen är okänd": "place_unknown",
    "okänd plats": "place_unknown",
    "platstyp": "place_type",
    "allvarlighet": "severity",
    "allvarsgrad": "severity",
    "upprepning": "recurrence",
    "antal": "group_band",
    "åtgärder": "measures_taken",
    "polisanmäld": "police_report",
    "återkoppling": "wants_feedback",
    "fritext": "narrative",
    "beskrivning": "narrative",
    "ärendenummer": "external_reference",
    "diarienummer": "external_reference",
    "pågående fara": "ongoing_danger",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "place_type": {
        "ute": "OUTDOOR",
        "utomhus": "OUTDOOR",
        "inne": "INDOOR",
        "inomhus": "INDOOR",
        "halvoffentlig": "SEMI_PUBLIC",
    },
    "certainty": {"sett": "SEEN", "bedömt": "ASSESSED", "hört": "TOLD"},
    "recurrence": {"första gången": "FIRST", "upprepat": "REPEATED", "pågående": "ONGOING"},
    "police_report": {"ja": "YES", "nej": "NO", "vet inte": "UNKNOWN", "vet ej": "UNKNOWN"},
    "flags": {
        "alkohol": "ALCOHOL",
        "narkotika": "DRUGS",
        "droger": "DRUGS",
        "fordon": "VEHICLE",
        "vapen": "WEAPON",
    },
}

_Word = Annotated[str, Field(max_length=200)]
_Words = Annotated[dict[_Word, _Word], Field(max_length=MOST_WORDS)]


def folded(words: str) -> str:
    """A word as it is compared: without the case, and spaces around."""
    return " ".join(words.split()).casefold()


class FileMap(BaseModel):
    """What a file of one's own says in other words."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    delimiter: Literal[";", ",", "\t"] | None = None
    columns: _Words = {}
    ignore: Annotated[list[_Word], Field(max_length=200)] = []
    constants: _Words = {}
    values: Annotated[dict[_Word, _Words], Field(max_length=len(FIELDS))] = {}
    dates: Annotated[list[_Word], Field(max_length=10)] = []

    @field_validator("columns")
    @classmethod
    def _to_fields(cls, given: dict[str, str]) -> dict[str, str]:
        _must_be_fields(given.values())
        return _by_folded(given)

    @field_validator("constants")
    @classmethod
    def _of_fields(cls, given: dict[str, str]) -> dict[str, str]:
        _must_be_fields(given)
        return given

    @field_validator("values")
    @classmethod
    def _words_of_fields(cls, given: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        _must_be_fields(given)
        return {field: _by_folded(words) for field, words in given.items()}

    @field_validator("dates")
    @classmethod
    def _with_an_hour(cls, given: list[str]) -> list[str]:
        for form in given:
            told = _DIRECTIVE.findall(form)
            if not _TIMES.issuperset(told) or len(set(told)) < len(told):
                raise ValueError("a part of a time that is unknown, or there twice")
            if "%H" not in told and not {"%I", "%p"}.issubset(told):
                raise ValueError("without an hour")
        return given

    @classmethod
    def read(cls, toml: str) -> Self:
        """The map in a TOML text.

        Raises:
            Refused: it is no map; the refusal names the table that is wrong.
        """
        if len(toml) > LARGEST:
            raise _no_map("> 64 KiB")
        if toml.count(".") > MOST_DOTS:
            raise _no_map("(TOML)")
        try:
            return cls.model_validate(tomllib.loads(toml.removeprefix("\ufeff")))
        except ValidationError as error:
            places = (map(str, one["loc"]) for one in error.errors())
            raise _not_as_a_map(next(place, "?") for place in places) from error
        except (ValueError, RecursionError) as error:  # numbers and tables without end, too
            raise _no_map("(TOML)") from error

    def field_of(self, head: str) -> str | None:
        """The field a column is for; empty when it is not to be read, None when unknown."""
        name = folded(head)
        if name in self.columns:
            return self.columns[name]
        if name in {folded(one) for one in self.ignore}:
            return ""
        return _USUAL.get(name)

    def value_of(self, field: str, word: str) -> str:
        """The code a word stands for; the word itself where the map says nothing."""
        for words in (self.values.get(field, {}), WORDS.get(field, {})):
            if (code := words.get(folded(word))) is not None:
                return code
        return word


def _usual() -> dict[str, str]:
    told = {folded(head): field for field, head in HEADS.items()}
    names = {**ALIASES, **{field: field for field in FIELDS | ONLY_TOLD}, **told}
    unread = ONLY_TOLD - {REFERENCE}
    return {name: "" if field in unread else field for name, field in names.items()}


_USUAL: Final[Mapping[str, str]] = _usual()


def _by_folded(given: Mapping[str, str]) -> dict[str, str]:
    told = {folded(word): meaning for word, meaning in given.items()}
    if any(told[folded(word)] != meaning for word, meaning in given.items()):
        raise ValueError("two meanings of one word")
    return told


def _must_be_fields(names: Iterable[str]) -> None:
    if not FIELDS.issuperset(names):
        raise ValueError("not a field of a report")


def _not_as_a_map(found: Iterable[str]) -> Refused:
    """Which tables are wrong; with one that is unknown, those that are known."""
    names = set(found)
    unknown = sorted(names - set(FileMap.model_fields))
    if not unknown:
        return _no_map(", ".join(sorted(names)))
    told = ", ".join(name if _PLAIN.fullmatch(name) else "?" for name in unknown[:_SHOWN])
    known = ", ".join(FileMap.model_fields)
    return no_file(
        "BAD_MAP",
        f"Kartan har något okänt: {told}. En karta kan ha: {known}.",
        f"The map has something unknown: {told}. A map may have: {known}.",
    )


def _no_map(where: str) -> Refused:
    return no_file(
        "BAD_MAP",
        f"Kartan för kolumner går inte att läsa: {where}.",
        f"The map of columns cannot be read: {where}.",
    )
