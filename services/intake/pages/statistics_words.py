"""Imports of statistics in words: kinds of files, why a row was left out, which field is wrong."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from services.intake.commands.concerns import KEY_REUSED
from services.intake.commands.import_files import Imported
from services.intake.domain.readers.kinds import AUTO, KINDS, named
from services.intake.domain.readers.reading import Skip
from services.intake.domain.statistics import KEPT_DEFINITIVE, MOST_LISTED, Account
from shared.web.words import number_sv, said

Options = Sequence[tuple[str, str | Sequence[tuple[str, str]]]]

LEFT_OUT: Final[Mapping[str, str]] = {
    Skip.EXACT_DUPLICATE: "Samma rad finns redan i filen / The same row stands in the file already",
    Skip.ZERO_DUPLICATE: "En nolla vid sidan av en siffra om samma sak / A zero beside a figure",
    Skip.NOT_AVAILABLE_DUPLICATE: (
        "”Uppgift saknas” vid sidan av en siffra om samma sak / ”Not available” beside a figure"
    ),
    Skip.PRELIMINARY_DUPLICATE: (
        "Preliminär vid sidan av en slutlig siffra / Preliminary beside a definitive figure"
    ),
    Skip.NO_FIGURES: "Raden har inga siffror / The row has no figures",
    Skip.NOT_AN_AREA: "Raden gäller inget område / The row is about no area",
    Skip.OLDER_VERSION: "En nyare version av samma post finns / A newer version stands in the file",
    Skip.SUMMARY_OF_OTHERS: "Raden summerar andra rader / The row sums up others",
    Skip.MARKED_DUPLICATE: "Utgivaren har märkt den som dubblett / Marked a duplicate",
    Skip.NO_TABLE: "Bladet är ingen tabell med siffror per år / The sheet has no figures by year",
    KEPT_DEFINITIVE: (
        "En slutlig siffra finns redan: en preliminär ersätter den inte / "
        "A definitive figure stands: a preliminary one does not replace it"
    ),
}
#: The field a refusal is about; all others are about the file.
FIELDS: Final[Mapping[str, str]] = {
    "STATISTICS.UNKNOWN_KIND": "source",
    "STATISTICS.PERIOD_MISSING": "period",
    "STATISTICS.MAP_MISSING": "mapping",
    "STATISTICS.MAP_NOT_TOML": "mapping",
    "STATISTICS.MAP_WRONG": "mapping",
    "fetched-ahead": "fetched_on",
}
INSTEAD: Final[Mapping[str, str]] = {
    "STATISTICS.UNKNOWN_KIND": (
        "Det går inte att se vilket slags fil det är. Välj slaget i listan. / "
        "What kind of file this is cannot be seen. Choose it in the list."
    ),
    KEY_REUSED.code: (
        "En annan fil har redan lästs in från den här sidan, och den står kvar. Den här filen är "
        "inte inläst: välj den och pröva den igen. / Another file was taken in from this page "
        "already, and stands. This one has not been taken in: choose it and try it again."
    ),
}


def kinds() -> Options:
    """What the form lets one choose from, by publisher; by the content first."""
    by_publisher: list[tuple[str, Sequence[tuple[str, str]]]] = [
        (publisher, [(one.source, f"{one.what_sv} / {one.what_en}") for one in some])
        for publisher, some in groupby(KINDS, lambda one: one.publisher)
    ]
    return [(AUTO, "Känn igen slaget på innehållet / Tell by the content"), *by_publisher]


def _kind(source: str) -> tuple[str, str]:
    """A kind of file and its publisher; a survey is called what its map says."""
    kind = named(source)
    if kind is None:
        return source, ""
    return f"{kind.what_sv[0].upper()}{kind.what_sv[1:]} / {kind.what_en}", kind.publisher


class Told:
    """An import as a page tells it."""

    def __init__(self, done: Imported) -> None:
        self.done = done
        self.account: Account = done.account
        self.kind, self.publisher = _kind(done.source)

    @property
    def left_out(self) -> int:
        """How many rows were left out."""
        return self.account.rows - self.account.taken

    @property
    def changes(self) -> int:
        """How many rows bring something new."""
        return self.account.new + self.account.superseded + self.account.older

    @property
    def sheets(self) -> list[list[str]]:
        """A row per sheet of a workbook, for a table."""
        return [
            [str(one.number), number_sv(one.taken), number_sv(one.skipped)]
            for one in self.account.sheets
        ]

    @property
    def rows(self) -> list[list[str]]:
        """The first rows that were left out, with why, for a table; the sheet where there are."""
        return [
            [*([str(place.sheet)] if self.account.sheets else []), str(place.row), _why(reason)]
            for place, reason in self.account.skipped[:MOST_LISTED]
        ]


def _why(reason: str) -> str:
    return said(LEFT_OUT.get(reason, reason))
