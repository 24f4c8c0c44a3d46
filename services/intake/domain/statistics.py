"""What a file's figures do to what is known about the same things. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from services.intake.domain.pace import Rest, no_rest, paced
from services.intake.domain.readers.reading import Figure, Place, Reading
from shared.contracts.ids import aggregate_id
from shared.contracts.refusal import UNPROCESSABLE, Refusal
from shared.contracts.statistics import StatisticObserved, StatisticsImported

KEPT_DEFINITIVE = "PRELIMINARY_AFTER_DEFINITIVE"
MOST_LISTED = 1000
FETCHED_AHEAD = Refusal(
    "fetched-ahead",
    "Dagen har inte varit än",
    "The day has not been yet",
    UNPROCESSABLE,
    "fetched_on",
)


class Verdict(IntEnum):
    """What becomes of a figure, and of a row: its weightiest figure decides."""

    KEPT_DEFINITIVE = 0
    UNCHANGED = 1
    OLDER = 2
    NEW = 3
    SUPERSEDES = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """Which import figures come with, and when their file was fetched, if that was said."""

    import_id: str | None = None
    fetched_on: date | None = None


UNTOLD = Origin()


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure as a fact, with the id of what it is about."""

    rows: tuple[Place, ...]
    id: str
    fact: StatisticObserved


@dataclass(frozen=True, slots=True)
class Sheet:
    """What became of the rows of one sheet of a workbook."""

    number: int
    taken: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every row of a file: taken (new, superseding, unchanged, older) or skipped."""

    rows: int
    taken: int
    new: int
    superseded: int
    unchanged: int
    older: int
    skipped: tuple[tuple[Place, str], ...]
    sheets: tuple[Sheet, ...] = ()


def observations(
    reading: Reading, district: str, rest: Rest = no_rest, origin: Origin = UNTOLD
) -> list[Observation]:
    """The facts of a file, in its order."""
    return [
        _observation(figure, reading.source, district, origin)
        for figure in paced(reading.figures, rest)
    ]


def _observation(figure: Figure, source: str, district: str, origin: Origin) -> Observation:
    fact = StatisticObserved(
        source=source,
        indicator=figure.indicator,
        geography=figure.geography,
        period=figure.period,
        value=figure.value,
        suppressed=figure.suppressed,
        preliminary=figure.preliminary,
        unit=figure.unit,
        n=figure.n,
        fetched_on=origin.fetched_on,
        import_id=origin.import_id,
    )
    about = (fact.source, fact.indicator, fact.geography, fact.period, fact.unit)
    return Observation(figure.rows, aggregate_id("statistic", district, "|".join(about)), fact)


def judge(
    known: StatisticObserved | None, new: StatisticObserved, latest: date | None = None
) -> Verdict:
    """Definitive before preliminary, then fetched later before earlier, then as they come.

    `latest` is the last day the known figure was fetched; a day that was not said decides nothing.
    """
    if known is None:
        return Verdict.NEW
    if new.preliminary and not known.preliminary:
        return Verdict.KEPT_DEFINITIVE
    if tells_the_same(known, new):
        return Verdict.UNCHANGED
    if known.preliminary == new.preliminary and _is_later(latest, new.fetched_on):
        return Verdict.OLDER
    return Verdict.SUPERSEDES


def tells_the_same(one: StatisticObserved, other: StatisticObserved) -> bool:
    """Whether two figures about the same thing tell the same, wherever they came from."""
    return _told(one) == _told(other)


def _told(fact: StatisticObserved) -> tuple[float | int | bool | None, ...]:
    return fact.value, fact.suppressed, fact.preliminary, fact.n


def _is_later(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one > other


def fetched_later(now: date | None, before: date | None) -> bool:
    """Whether a file is said to have been fetched later than it was said before, if it was."""
    return now is not None and (before is None or now > before)


def latest_fetch(
    known: StatisticObserved | None, latest: date | None, new: StatisticObserved
) -> date | None:
    """The last day the standing figure was fetched, once the new one counts."""
    if known is None or known.preliminary != new.preliminary:
        return new.fetched_on
    return max((day for day in (latest, new.fetched_on) if day), default=None)


def by_row(verdicts: Iterable[tuple[Place, Verdict]]) -> dict[Place, Verdict]:
    """A row's verdict is that of its weightiest figure."""
    rows: dict[Place, Verdict] = {}
    for row, verdict in verdicts:
        rows[row] = max(verdict, rows.get(row, verdict))
    return rows


def account(reading: Reading, rows: Mapping[Place, Verdict]) -> Account:
    """The sum of a file."""
    kept = [row for row, verdict in rows.items() if verdict is Verdict.KEPT_DEFINITIVE]
    skipped = [(one.place, str(one.reason)) for one in reading.skipped]
    skipped += [(row, KEPT_DEFINITIVE) for row in kept]
    verdicts = list(rows.values())
    named = 0 if reading.figures else reading.taken  # a key of codes: its rows give names
    return Account(
        rows=reading.rows,
        taken=reading.taken - len(kept),
        new=verdicts.count(Verdict.NEW) + named,
        superseded=verdicts.count(Verdict.SUPERSEDES),
        unchanged=verdicts.count(Verdict.UNCHANGED),
        older=verdicts.count(Verdict.OLDER),
        skipped=tuple(sorted(skipped)),
        sheets=_by_sheet(rows.keys() - set(kept), (place for place, _ in skipped)),
    )


def _by_sheet(taken: Iterable[Place], skipped: Iterable[Place]) -> tuple[Sheet, ...]:
    """The rows of each sheet; nothing of a file without sheets."""
    used = Counter(place.sheet for place in taken if place.sheet)
    left = Counter(place.sheet for place in skipped if place.sheet)
    return tuple(Sheet(number, used[number], left[number]) for number in sorted(used | left))


def fetched_ahead(fetched_on: date | None, now: datetime) -> Refusal | None:
    """A file cannot have been fetched later than tomorrow, wherever the sender's day begins."""
    if fetched_on is None or fetched_on <= now.date() + timedelta(days=1):
        return None
    return FETCHED_AHEAD


def imported(
    reading: Reading, sum_of: Account, sha256: str, fetched_on: date | None = None
) -> StatisticsImported:
    """The fact that a file was taken in, whole."""
    first, last = reading.period
    return StatisticsImported(
        source=reading.source,
        content_sha256=sha256,
        period_from=first,
        period_to=last,
        geographies=reading.geographies,
        rows=sum_of.rows,
        taken=sum_of.taken,
        skipped=len(sum_of.skipped),
        caution=reading.caution,
        fetched_on=fetched_on,
    )
