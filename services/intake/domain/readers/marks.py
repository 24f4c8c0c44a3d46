"""Numbers as publishers write them, and the marks they set where there is none. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from services.intake.domain.readers.reading import Place, refused

_SPACE: Final = re.compile(r"\s+")  # no-break spaces are spaces
_DIGITS: Final = re.compile(r"-?[0-9]{1,15}(?:[,.][0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class Told:
    """What a cell says: a value, that there is one but hidden, or nothing at all."""

    value: float | None
    said: bool = True


HIDDEN: Final = Told(None)
NOTHING: Final = Told(None, said=False)


@dataclass(frozen=True, slots=True)
class Marks:
    """How a publisher writes: decimal sign, and its words for hidden, nothing and zero."""

    hidden: frozenset[str] = frozenset({".."})
    nothing: frozenset[str] = frozenset({"", "."})
    zero: frozenset[str] = frozenset()
    decimal: str = ","

    def told(self, place: Place, cell: object) -> Told:
        """What stands there; refused when it is neither a number nor a mark of this publisher."""
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return Told(float(cell))
        text = _SPACE.sub("", "" if cell is None else str(cell)).replace("\u2212", "-")
        for marks, told in ((self.hidden, HIDDEN), (self.nothing, NOTHING), (self.zero, Told(0.0))):
            if text in marks:
                return told
        other = "." if self.decimal == "," else ","
        if isinstance(cell, str) and other not in text and _DIGITS.fullmatch(text):
            return Told(float(text.replace(",", ".")))
        raise refused(
            "BAD_NUMBER",
            place,
            "här ska det stå ett tal eller utgivarens tecken för dolt värde",
            "this should be a number or the publisher's mark for a hidden one",
        )
