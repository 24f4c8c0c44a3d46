"""The kinds of files Samlad reads, who publishes them, and how to tell them apart. Pure."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import orjson

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers import (
    bra_kommun,
    bra_lagesbild,
    bra_p1m,
    bra_sol,
    deso,
    json_stat,
    police,
    requests,
    skolenkaten,
    skolverket,
    survey,
    tidy,
)
from services.intake.domain.readers.csv_table import normal
from services.intake.domain.readers.reading import NO_MORE, More, Reading
from services.intake.domain.readers.workbook import MAGIC, Cells, first_rows
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

AUTO: Final = "auto"
HEAD: Final = 4096

Reader = Callable[[bytes, Rest, More], Reading]


@dataclass(frozen=True)
class Head:
    """The beginning of a file, as far as needed to tell what it is."""

    content: bytes
    more: More = NO_MORE
    rest: Rest = no_rest

    @cached_property
    def lines(self) -> list[str]:
        """Its first lines, when it is text."""
        start = self.content[:HEAD]
        if start.startswith(MAGIC):
            return []
        try:
            text = codecs.getincrementaldecoder("utf-8-sig")().decode(start)  # may end in a letter
        except UnicodeDecodeError:
            text = start.decode("iso-8859-1")
        return [line.strip() for line in text.splitlines()]

    @cached_property
    def first(self) -> str:
        """Its first line."""
        return self.lines[0] if self.lines else ""

    def fields(self, delimiter: str) -> list[str]:
        """Its first line as column names."""
        names = [name.strip(' "') for name in self.first.split(delimiter)]
        return normal(names)

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """What it says as JSON: the whole, the first of a list, or the first line; else None."""
        if self.first[:1] not in {"{", "["}:
            return None
        for part in (self.content, self.first.encode()):
            try:
                value = orjson.loads(part.removeprefix(b"\xef\xbb\xbf"))
            except orjson.JSONDecodeError:
                continue
            return value[0] if isinstance(value, list) and value else value
        return None

    @cached_property
    def sheets(self) -> list[list[tuple[int, Cells]]]:
        """The first two rows of every sheet, when it is a workbook."""
        if not self.content.startswith(MAGIC):
            return []
        return first_rows(self.content, self.rest, 2)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name for machines, its publisher, how it is known and read."""

    source: str
    publisher: str
    what_sv: str
    what_en: str
    known: Callable[[Head], bool]
    reader: Reader

    def read(self, content: bytes, rest: Rest = no_rest, more: More = NO_MORE) -> Reading:
        """The whole file; ``Refused`` when it is not of this kind."""
        return self.reader(content, rest, more)


def _alone(read: Callable[[bytes, Rest], Reading]) -> Reader:
    """A reader that needs nothing beside the file."""
    return lambda content, rest, _: read(content, rest)


def _survey(content: bytes, rest: Rest, more: More) -> Reading:
    """A survey, under a name of its own: other kinds have their own caution."""
    if survey.mapping_of(more.mapping).source in _BY_SOURCE:
        raise survey.wrong("source")
    return survey.read(content, rest, more)


def _is_skolenkaten(head: Head) -> bool:
    return any(skolenkaten.is_title(rows[0][1][0]) for rows in head.sheets[:1] if rows)


def _is_kommun(head: Head) -> bool:
    names = [name.strip() for name in head.first.split(";")]
    if len(names) < 2 or names[0].lower() not in bra_kommun.AREA:  # noqa: PLR2004 - a name, a figure
        return False
    return any(name in bra_kommun.KNOWN or name[-4:].isdigit() for name in names[1:])


def _is_tidy(head: Head) -> bool:
    return any(set(tidy.HEADER) <= set(head.fields(delimiter)) for delimiter in ";,")


KINDS: Final = (
    Kind(
        bra_sol.SOURCE,
        "Brottsförebyggande rådet (Brå)",
        "SOL databasfil (txt)",
        "database file of SOL (txt)",
        lambda head: tuple(head.first.rstrip(";").split(";")) == bra_sol.HEADER,
        _alone(bra_sol.read),
    ),
    Kind(
        bra_p1m.SOURCE,
        "Brottsförebyggande rådet (Brå)",
        "tabell P1M b, hela landet (csv)",
        "table P1M b, whole country (csv)",
        lambda head: head.first.startswith(bra_p1m.TITLE),
        _alone(bra_p1m.read),
    ),
    Kind(
        bra_kommun.SOURCE,
        "Brottsförebyggande rådet (Brå)",
        "anmälda brott per kommun (csv)",
        "reported crimes per municipality (csv)",
        _is_kommun,
        bra_kommun.read,
    ),
    Kind(
        bra_lagesbild.SOURCE,
        "Brottsförebyggande rådet (Brå)",
        "indikatorer för kommuners lägesbild (xlsx)",
        "indicators for municipalities' pictures (xlsx)",
        lambda head: any(map(bra_lagesbild.has_form, head.sheets)),
        _alone(bra_lagesbild.read),
    ),
    Kind(
        skolverket.SOURCE,
        "Skolverket",
        "elever per årskurs (csv)",
        "pupils per grade (csv)",
        lambda head: head.first.startswith(skolverket.FIRST_LINE),
        _alone(skolverket.read),
    ),
    Kind(
        skolenkaten.SOURCE,
        "Skolinspektionen",
        "Skolenkäten (xlsx)",
        "the school survey (xlsx)",
        _is_skolenkaten,
        _alone(skolenkaten.read),
    ),
    Kind(
        json_stat.SOURCE,
        "Statistiska centralbyrån (SCB)",
        "tabell ur statistikdatabasen (JSON-stat 2)",
        "table of the statistics database (JSON-stat 2)",
        lambda head: json_stat.is_dataset(head.json),
        _alone(json_stat.read),
    ),
    Kind(
        deso.SOURCE,
        "Statistiska centralbyrån (SCB)",
        "nyckel DeSO-RegSO (csv): namn på områden, ingen statistik",
        "key DeSO-RegSO (csv): names of areas, no statistic",
        lambda head: head.first.split(",") == list(deso.HEADER),
        _alone(deso.read),
    ),
    Kind(
        police.SOURCE,
        "Polismyndigheten",
        "händelsenotiser (json, jsonl): antal per typ, ort och månad",
        "event notices (json, jsonl): number per type, place and month",
        lambda head: police.is_event(head.json),
        _alone(police.read),
    ),
    Kind(
        requests.OPEN311,
        "en kommun med Open311 / a city with Open311",
        "felanmälningar (GeoReport v2, json): antal per tjänst, område och månad",
        "service requests (GeoReport v2, json): number per service, area and month",
        lambda head: requests.is_request(head.json),
        _alone(requests.read_open311),
    ),
    Kind(
        requests.CITY311,
        "City of Chicago, City of New York",
        "felanmälningar (311, csv): antal per tjänst, område och månad",
        "service requests (311, csv): number per service, area and month",
        lambda head: requests.form_of(head.fields(",")) is not None,
        _alone(requests.read_311),
    ),
    Kind(
        survey.SOURCE,
        "t.ex. Stockholms stad / e.g. City of Stockholm",
        "enkät som tabell (csv) med mappningsfil",
        "survey as a table (csv) with a mapping file",
        lambda head: head.more.mapping is not None,
        _survey,
    ),
    Kind(
        tidy.SOURCE,
        "vem som helst / anybody",
        "en siffra per rad (csv: indicator, geography, period, value, unit, n)",
        "one figure per row (csv: indicator, geography, period, value, unit, n)",
        _is_tidy,
        _alone(tidy.read),
    ),
)
_BY_SOURCE: Final = {kind.source: kind for kind in KINDS}
SOURCES: Final = (*_BY_SOURCE, AUTO)


def named(source: str) -> Kind | None:
    """The kind of that name; None for the name a survey's map gave."""
    return _BY_SOURCE.get(source)


def kind_of(source: str, content: bytes, more: More = NO_MORE, rest: Rest = no_rest) -> Kind:
    """The kind of that name; with ``auto`` the one the content shows, or ``Refused``."""
    if source != AUTO:
        return _BY_SOURCE[source]
    head = Head(content, more, rest)
    if head.more.mapping is not None:
        return _BY_SOURCE[survey.SOURCE]
    found = next((kind for kind in KINDS if kind.known(head)), None)
    if found is None:
        listed = ", ".join(_BY_SOURCE)
        raise Refused(
            Refusal(
                "STATISTICS.UNKNOWN_KIND",
                "Det går inte att se vilket slags fil det är. Ange ett slag.",
                f"What kind of file this is cannot be seen. Say one of: {listed}.",
                UNPROCESSABLE,
                "source",
            )
        )
    return found
