"""The screen for personal data, as intake uses it: which kinds were found, never where or what."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from services.intake.store import PlaceRow, Places
from shared.contracts.codes import FindingType
from shared.contracts.district import District
from shared.security.screen import Finding, screen
from shared.security.screen_known import Known


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

    def look(self, text: str) -> tuple[Finding, ...]:
        """Every finding in a text, and where it stands."""
        return screen(text, self._up_to_date())

    def kinds_found(self, text: str) -> list[FindingType]:
        """The kind of every finding in a text."""
        return [finding.type for finding in self.look(text)]

    def kinds_in_labels(self, label: str) -> list[FindingType]:
        """The kind of every finding in a publisher's word for an area or an indicator.

        Areas have capitals, and nobody here knows all of the country's: names are not looked for.
        """
        return [kind for kind in self.kinds_found(label) if kind is not FindingType.NAME]

    def _up_to_date(self) -> Known:
        rows = self._places.at_hand
        if rows is not self._seen:
            self._seen = rows
            names = frozenset(row.place.name for row in rows.values())
            if names != self._place_names:
                self._place_names = names
                self._known = Known.of(names=self._names, public=self._public | names)
        return self._known


def read_names(file: Path | None) -> frozenset[str]:
    """The names of a file, one a line; what begins with # is a remark."""
    if file is None:
        return frozenset()
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
