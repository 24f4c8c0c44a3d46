"""What every reader of a publisher's file answers: figures, and an account of the rows. Pure."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from shared.contracts.codes import StatisticCaution
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

MOST_ROWS = 100_000
MOST_FIGURES = 200_000
LONGEST_LABEL = 600

TOO_MANY_ROWS = Refusal(
    "STATISTICS.TOO_MANY_ROWS",
    f"Filen har fler än {MOST_ROWS} rader. Dela den och läs in delarna var för sig.",
    f"The file has more than {MOST_ROWS} rows. Split it and import the parts one by one.",
    UNPROCESSABLE,
)
TOO_MANY_FIGURES = Refusal(
    "STATISTICS.TOO_MANY_FIGURES",
    f"Filen har fler än {MOST_FIGURES} siffror. Gör ett mindre uttag.",
    f"The file has more than {MOST_FIGURES} figures. Make a smaller extract.",
    UNPROCESSABLE,
)


class Skip(StrEnum):
    """Why a row of a readable file was not taken."""

    EXACT_DUPLICATE = "EXACT_DUPLICATE"
    ZERO_DUPLICATE = "ZERO_DUPLICATE"
    NOT_AVAILABLE_DUPLICATE = "NOT_AVAILABLE_DUPLICATE"
    PRELIMINARY_DUPLICATE = "PRELIMINARY_DUPLICATE"
    NO_FIGURES = "NO_FIGURES"
    NOT_AN_AREA = "NOT_AN_AREA"
    OLDER_VERSION = "OLDER_VERSION"
    SUMMARY_OF_OTHERS = "SUMMARY_OF_OTHERS"
    MARKED_DUPLICATE = "MARKED_DUPLICATE"
    NO_TABLE = "NO_TABLE"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file; rows, columns and sheets count from 1, 0 is none."""

    sheet: int
    row: int
    column: int = 0
    item: bool = field(default=False, compare=False)

    @property
    def words(self) -> tuple[str, str]:
        """In Swedish and English; sheets by number, for their names are the sender's words."""
        if self.item:
            return f"Post {self.row}", f"Item {self.row}"
        if self.sheet and self.column:
            cell = f"cell {letters(self.column)}{self.row}"
            return f"Blad {self.sheet}, {cell}", f"Sheet {self.sheet}, {cell}"
        if self.sheet:
            return f"Blad {self.sheet}, rad {self.row}", f"Sheet {self.sheet}, row {self.row}"
        if self.column:
            return (
                f"Rad {self.row}, kolumn {self.column}",
                f"Row {self.row}, column {self.column}",
            )
        return f"Rad {self.row}", f"Row {self.row}"

    @property
    def line(self) -> "Place":
        """The whole row."""
        return Place(self.sheet, self.row, item=self.item)

    def at(self, column: int) -> "Place":
        """The same row, in this column."""
        return Place(self.sheet, self.row, column, self.item)


def line(number: int) -> Place:
    """A row of a file without sheets."""
    return Place(0, number)


def item(number: int) -> Place:
    """A member of a list."""
    return Place(0, number, item=True)


def letters(column: int) -> str:
    """A column as spreadsheets name it: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def refused(code: str, place: Place, sv: str, en: str) -> Refused:
    """The file is refused whole; the words name the place, never what stands there."""
    where = place.words
    words = f"{where[0]}: {sv}.", f"{where[1]}: {en}."
    return Refused(Refusal(f"STATISTICS.{code}", *words, UNPROCESSABLE))


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure, ready to be compared with what is known."""

    place: Place
    indicator: str
    geography: str
    period: str
    unit: str
    value: float | None
    preliminary: bool = False
    n: int | None = None
    counted: tuple[Place, ...] = ()

    @property
    def rows(self) -> tuple[Place, ...]:
        """The rows it comes from: its own, or those it counts."""
        return self.counted or (self.place.line,)

    @property
    def suppressed(self) -> bool:
        """Whether the publisher withholds it or has none (never the same as zero)."""
        return self.value is None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is about."""
        return self.indicator, self.geography, self.period, self.unit


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not taken, and why."""

    place: Place
    reason: Skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file, read: nothing of it is missing in the account.

    A file that only names codes (a key) has labels and no figures. `said` are the texts that became
    slugs of units and codes without being anybody's name.
    """

    source: str
    caution: StatisticCaution
    rows: int
    figures: tuple[Figure, ...]
    skipped: tuple[Skipped, ...]
    labels: dict[str, str]
    named_at: dict[str, Place] = field(default_factory=dict)
    said: dict[str, Place] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """Rows whose figures are used."""
        return self.rows - len(self.skipped)

    @property
    def geographies(self) -> int:
        """How many areas the file speaks of."""
        return len({figure.geography for figure in self.figures})

    @property
    def period(self) -> tuple[str, str]:
        """First and last period of the file."""
        periods = [figure.period for figure in self.figures]
        return min(periods), max(periods)


@dataclass(frozen=True, slots=True)
class More:
    """What a sender says beside the file, for files that do not say it themselves."""

    period: str | None = None
    mapping: bytes | None = None


NO_MORE = More()

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def text_of(content: bytes) -> str:
    """The file as text: UTF-8 when it is that, otherwise ISO-8859-1 without control characters."""
    if content.count(b"\n") > MOST_ROWS + 1:
        raise Refused(TOO_MANY_ROWS)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-1")
    if found := CONTROL.search(text):
        row = text.count("\n", 0, found.start()) + 1
        raise refused("NOT_TEXT", line(row), "filen är inte text", "the file is not text")
    return text
