"""The screen for personal data, as intake uses it: which kinds were found, never where or what."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from services.intake.domain.area_names import names_an_area
from services.intake.store import PlaceRow, Places
from shared.contracts.codes import FindingType
from shared.contracts.district import District
from shared.security.screen import Finding, screen
from shared.security.screen_known import WORD, Known, phrase_at

_AREAS: Final = (["kommun"], ["kommuns"], ["län"], ["läns"])


class Screening:
    """The screen, and what this district calls its places and agencies.

    What is known is put together once, and again when places were read under other names.
    """

    def __init__(self, district: District, places: Places, names: Iterable[str] = ()) -> None:
        self._public = district.called
        self._names = frozenset(names)
        self._places = places
        self._seen: Mapping[str, PlaceRow] = {}
        self._place_names: frozenset[str] = frozenset()
        self._known = Known.of(names=self._names, public=self._public)
        self._called = _folded(self._public)

    def look(self, text: str) -> tuple[Finding, ...]:
        """Every finding in a text, and where it stands."""
        return screen(text, self._up_to_date())

    def kinds_found(self, text: str) -> list[FindingType]:
        """The kind of every finding in a text."""
        return [finding.type for finding in self.look(text)]

    def kinds_in_labels(self, label: str) -> list[FindingType]:
        """The kind of every finding in a publisher's word for an area or an indicator.

        Areas have capitals, and nobody here knows all of the country's: of names, those of the
        deployment's list count alone.
        """
        listed = self._lists(label) and label.casefold() not in self._called
        return [kind for kind in self.kinds_found(label) if listed or kind is not FindingType.NAME]

    def kinds_by_hand(self, label: str) -> list[FindingType]:
        """As `kinds_in_labels`, of a table that anybody wrote: whatever looks like a name counts.

        Not what the district declares, nor what is built as areas are called.
        """
        return [
            one.type
            for one in self.look(label)
            if one.type is not FindingType.NAME
            or self._is_person(label, label[one.start : one.end])
        ]

    def _is_person(self, label: str, found: str) -> bool:
        if not self._called.isdisjoint({label.casefold(), found.casefold()}):
            return False
        return self._lists(found) or not names_an_area(found)

    def _lists(self, text: str) -> bool:
        """Whether a name of the list stands there with a capital, and is no municipality's."""
        words = [word.group() for word in WORD.finditer(text)] if self._names else []
        lows = [word.lower() for word in words]
        for at, word in enumerate(words):
            if phrase_at(lows[at:], self._known.full_names):
                return True
            listed = not self._known.names.isdisjoint({lows[at], lows[at].removesuffix("s")})
            if listed and word[0].isupper() and lows[at + 1 : at + 2] not in _AREAS:
                return True
        return False

    def _up_to_date(self) -> Known:
        rows = self._places.at_hand
        if rows is not self._seen:
            self._seen = rows
            names = frozenset(row.place.name for row in rows.values())
            if names != self._place_names:
                self._place_names = names
                self._known = Known.of(names=self._names, public=self._public | names)
                self._called = _folded(self._public | names)
        return self._known


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def read_names(file: Path | None) -> frozenset[str]:
    """The names of a file, one a line; what begins with # is a remark."""
    if file is None:
        return frozenset()
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
