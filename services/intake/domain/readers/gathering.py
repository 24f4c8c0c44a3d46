"""What a reader gathers on its way through a file: figures, names, rows left out. Pure."""

import hashlib
import math
import unicodedata

from services.intake.domain.labels import LONGEST, slug
from services.intake.domain.pace import SLICE, Rest
from services.intake.domain.readers.marks import Told
from services.intake.domain.readers.reading import (
    CONTROL,
    LONGEST_LABEL,
    MOST_FIGURES,
    TOO_MANY_FIGURES,
    Figure,
    Place,
    Reading,
    Skip,
    Skipped,
    line,
    refused,
)
from shared.contracts.codes import StatisticCaution
from shared.contracts.refusal import Refused

LARGEST = 1e15
MOST_ANSWERS = 10_000_000


def compound(*labels: str) -> str:
    """Several labels as one slug, parted by dots; what is too long ends in its own mark."""
    whole = ".".join(slug(label) for label in labels)
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST - len(mark) - 1].rstrip('-.')}-{mark}"


class Gathering:
    """One file on its way: every figure once, every name its own slug, every row accounted for."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._figures: dict[tuple[str, str, str, str], Figure] = {}
        self._labels: dict[str, str] = {}
        self._named_at: dict[str, Place] = {}
        self._said: dict[str, Place] = {}
        self._rows: dict[Place, bool] = {}  # whether a figure of the row is used
        self._repeated: set[Place] = set()
        self._skipped: dict[Place, Skip] = {}

    def row(self, place: Place) -> None:
        """A data row begins; after every slice of rows others get their turn."""
        self._rows.setdefault(place, False)
        if len(self._rows) % SLICE == 0:
            self._rest()

    def skip(self, place: Place, reason: Skip) -> None:
        """The row is left out."""
        self._skipped[place] = reason

    def name(self, place: Place, *labels: str) -> str:
        """The slug of what is printed; refused when it has none or stands for something else."""
        if not all(map(slug, labels)) or sum(map(len, labels)) > LONGEST_LABEL:
            raise refused("BAD_LABEL", place, "här saknas ett namn", "a name is missing here")
        return self.code(
            place, compound(*labels), ", ".join(" ".join(one.split()) for one in labels)
        )

    def code(self, place: Place, named: str, label: str) -> str:
        """A slug made of a register's code, and what it is called."""
        label = unicodedata.normalize("NFC", label)
        if CONTROL.search(label):
            raise refused("BAD_LABEL", place, "namnet är inte text", "the name is not text")
        if self._labels.setdefault(named, label).casefold() != label.casefold():
            raise refused(
                "AMBIGUOUS_LABEL",
                place,
                "två namn går inte att skilja åt",
                "two names cannot be told apart",
            )
        self._named_at.setdefault(named, place)
        return named

    def say(self, place: Place, text: str) -> str:
        """The slug of a text that names nothing; the text is kept to be looked at."""
        self._said.setdefault(text, place)
        return slug(text)

    def add(self, figure: Figure) -> None:
        """A figure; told twice it counts once, told differently the file is refused."""
        self._fits(figure)
        known = self._figures.setdefault(figure.key, figure)
        if known is figure:
            self._rows.update(dict.fromkeys(figure.rows, True))
        elif (known.value, known.n) == (figure.value, figure.n):
            self._repeated.update(figure.rows)
        else:
            sv, en = known.place.words
            raise refused(
                "CONFLICTING_ROWS",
                figure.place,
                f"här står något annat än på {sv.lower()} om samma sak",
                f"this contradicts {en.lower()}",
            )
        if len(self._figures) > MOST_FIGURES:
            raise Refused(TOO_MANY_FIGURES)

    def tell(self, figure: Figure, told: Told) -> None:
        """As `add`, unless the publisher has nothing to tell here."""
        if told.said:
            self.add(figure)

    @staticmethod
    def _fits(figure: Figure) -> None:
        value, n = figure.value or 0.0, figure.n or 0
        if not (math.isfinite(value) and abs(value) < LARGEST and 0 <= n <= MOST_ANSWERS):
            raise refused(
                "BAD_NUMBER", figure.place, "talet är för stort", "the number is too large"
            )

    def done(self, source: str, caution: StatisticCaution) -> Reading:
        """The account; refused when there was nothing to read at all."""
        if not self._rows:
            raise refused(
                "NO_ROWS", line(1), "filen har inga datarader", "the file has no data rows"
            )
        for place, used in self._rows.items():
            if not used and place not in self._skipped:
                repeated = place in self._repeated
                self._skipped[place] = Skip.EXACT_DUPLICATE if repeated else Skip.NO_FIGURES
        if not self._figures:
            raise refused("NO_FIGURES", line(1), "filen har inga siffror", "no figures in the file")
        return self._reading(source, caution)

    def key(self, source: str, caution: StatisticCaution) -> Reading:
        """The account of a file that only names codes."""
        return self._reading(source, caution)

    def _reading(self, source: str, caution: StatisticCaution) -> Reading:
        skipped = [Skipped(place, reason) for place, reason in sorted(self._skipped.items())]
        return Reading(
            source=source,
            caution=caution,
            rows=len(self._rows),
            figures=tuple(self._figures.values()),
            skipped=tuple(skipped),
            labels=self._labels,
            named_at=self._named_at,
            said=self._said,
        )
