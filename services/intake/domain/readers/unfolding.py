"""What a zipped workbook unfolds to, counted while it unfolds: it may say anything of itself. Pure.

A part is XML that is read as a stream or as a tree. A stream lets go of each row and of each shared
string when it has been read; what is held between two of them is bounded, and so is a whole tree.
A part is what its name says: a workbook that uses it as another one is refused. A part that nobody
opens is only counted.
"""

import re
import zipfile
from collections.abc import Callable
from typing import IO, Final
from xml.parsers import expat

from services.intake.domain.pace import Rest
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

MIB: Final = 1024 * 1024
LARGEST: Final = 64 * MIB  # unpacked, all parts together; Skolenkäten is 17
MOST_PARTS: Final = 500
MOST_SHEETS: Final = 100
MOST_CELLS: Final = 1_500_000  # of all sheets that are read; Skolenkäten has 330,000 in one
MOST_HELD: Final = 50_000  # elements: a row of 16,384 cells, or the styles of a workbook
LARGEST_HELD: Final = 4 * MIB
MOST_LET_GO: Final = 500_000  # rows and shared strings of a part
KNOWN_PACKING: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
Unfold = Callable[[zipfile.ZipInfo], IO[bytes]]
_STEP: Final = 64 * 1024
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET: Final = re.compile(r"xl/worksheets/[^/]+", re.IGNORECASE)
STRINGS: Final = re.compile(r"xl/sharedStrings[^/]*", re.IGNORECASE)
UNOPENED: Final = re.compile(
    r"xl/(calcChain\.xml|((pivotCache|pivotTables|media|drawings|threadedComments)/|comments).*)"
    r"|docProps/(app\.xml|thumbnail\..*)",
    re.IGNORECASE,
)
_LET_GO: Final = {SHEET: (f"{MAIN} row", 3), STRINGS: (f"{MAIN} si", 2)}  # and how deep it stands

TOO_LARGE = Refusal(
    "STATISTICS.TOO_LARGE_INSIDE",
    f"Arbetsboken är för stor uppackad: högst {LARGEST // MIB} MiB, {MOST_SHEETS} blad, "
    f"{MOST_CELLS} celler och {MOST_HELD} format, sammanslagna celler eller regler.",
    f"The workbook is too large unpacked: at most {LARGEST // MIB} MiB, {MOST_SHEETS} sheets, "
    f"{MOST_CELLS} cells and {MOST_HELD} formats, merged cells or rules.",
    UNPROCESSABLE,
)


def check(archive: zipfile.ZipFile, rest: Rest) -> None:
    """Unfold every part once, a little at a time; nothing of it is kept.

    Raises:
        Refused: together they are too large, or one would be when it is read.
        zipfile.BadZipFile: a part is packed in another way, or unfolds to more than it says.
    """
    parts, room = archive.infolist(), LARGEST
    if len(parts) > MOST_PARTS:
        raise Refused(TOO_LARGE)
    for part in parts:
        room -= _unfolded(part, archive.open, room, rest)


def _unfolded(part: zipfile.ZipInfo, unfold: Unfold, room: int, rest: Rest) -> int:
    if part.compress_type not in KNOWN_PACKING:
        raise zipfile.BadZipFile("packed in another way")
    said, part.file_size = part.file_size, room + _STEP + 1  # zipfile stops where this says
    held, size = None if UNOPENED.fullmatch(part.filename) else _Held(part.filename), 0
    with unfold(part) as unfolding:
        while step := unfolding.read(_STEP):
            size += len(step)
            if size > room:
                raise Refused(TOO_LARGE)
            if held:
                held.feed(step)
            rest()
    if size != said:
        raise zipfile.BadZipFile("unfolds to another size than it says")
    return size


class _Held:
    """What a reader of this part has to hold at a time."""

    def __init__(self, name: str) -> None:
        lets_go = (each for named, each in _LET_GO.items() if named.fullmatch(name))
        self._lets_go = next(lets_go, None)
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ends
        self._is_xml = True
        self._fed = self._let_go_at = 0
        self._depth = self._elements = self._let_go = 0

    def feed(self, step: bytes) -> None:
        """Go on; what is no XML (a picture) is not read by anybody."""
        if not self._is_xml:
            return
        self._fed += len(step)
        try:
            self._parser.Parse(step)
        except expat.ExpatError:
            self._is_xml = False
            return
        if self._fed - self._let_go_at > LARGEST_HELD:
            raise Refused(TOO_LARGE)

    def _begins(self, _name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._elements > MOST_HELD:
            raise Refused(TOO_LARGE)

    def _ends(self, name: str) -> None:
        if self._lets_go == (name, self._depth):
            self._elements, self._let_go_at = 0, self._parser.CurrentByteIndex
            self._let_go += 1
            if self._let_go > MOST_LET_GO:
                raise Refused(TOO_LARGE)
        self._depth -= 1
