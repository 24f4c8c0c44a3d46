"""Lists of single events become counts per what, where and month. Pure.

The figure is "how many of them the file holds". The first and the last month of a file may be cut
off, so their counts are preliminary: a longer list replaces them, and they never replace what a
longer list told. Between them a list is taken to be whole: a selection is not for import. A kind
that does not occur in a month gives no figure: nothing is made a zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.reading import Figure, Place

UNIT = "antal"
UNKNOWN_AREA = "Okänt område"
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a list: nothing of it but what it is, where roughly and on which day."""

    place: Place
    what: Sequence[str]
    area: str
    day: date

    @property
    def month(self) -> str:
        """The month it counts in."""
        return f"{self.day.year}-{self.day.month:02}"


def count(gathering: Gathering, events: Iterable[Event], listed: Iterable[date]) -> None:
    """Add the counts; `listed` are the days the list covers, which tell where it is cut off."""
    days = sorted(listed)
    edges = {f"{day.year}-{day.month:02}" for day in (days[:1] + days[-1:])}
    rows: dict[tuple[str, str, str], list[Place]] = {}
    for one in events:
        indicator = gathering.name(one.place, *one.what)
        about = indicator, gathering.name(one.place, one.area), one.month
        rows.setdefault(about, []).append(one.place)
    for (indicator, geography, month), counted in rows.items():
        gathering.add(
            Figure(
                place=counted[0],
                indicator=indicator,
                geography=geography,
                period=month,
                unit=UNIT,
                value=float(len(counted)),
                preliminary=month <= min(edges) or month >= max(edges),
                counted=tuple(counted),
            )
        )
