"""Did it help? Equally many days are counted before the start and before the follow-up."""

from datetime import date, datetime, timedelta
from typing import Final

from services.coordination.domain.decision import State
from shared.contracts.calendar import day_of
from shared.contracts.codes import DisplacementResult, Effect

CLEAR_CHANGE: Final = 0.25


class Window(State):
    """Whole local days: from `begins` up to, not including, `ends`."""

    begins: date
    ends: date

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.ends - self.begins).days


class Baseline(Window):
    """How many concerns of the category the place had before the measure began."""

    count: int


class Counts(State):
    """The same place counted twice, over windows of the same length."""

    before: int
    after: int

    @property
    def increase(self) -> int:
        """How many more there are; negative when there are fewer."""
        return self.after - self.before


class Measured(State):
    """The result of a follow-up: what the group judged and what was counted."""

    effect: Effect
    baseline_count: int
    after_count: int
    window_days: int
    displacement_place_id: str | None = None
    displacement_result: DisplacementResult | None = None

    @property
    def counted_effect(self) -> Effect:
        """What the two counts alone would say; the group may judge otherwise."""
        return suggested_effect(Counts(before=self.baseline_count, after=self.after_count))


def window_before(day: date, days: int) -> Window:
    """The days before a day: before the start it is the baseline, later the after-count."""
    return Window(begins=day - timedelta(days=days), ends=day)


def follow_up_due(completed_on: date, now: datetime, days: int) -> date:
    """So many days after the measure was done, and never in the past."""
    return max(completed_on + timedelta(days=days), day_of(now))


def suggested_effect(counts: Counts) -> Effect:
    """What the two counts alone would say; the group may judge otherwise."""
    if counts.before == 0:
        return Effect.UNKNOWN if counts.after == 0 else Effect.WORSE
    if counts.after <= counts.before * (1 - CLEAR_CHANGE):
        return Effect.IMPROVED
    return Effect.WORSE if _clearly_more(counts) else Effect.UNCHANGED


def displacement(here: Counts, there: Counts) -> DisplacementResult:
    """Whether what fell here rose at the other place: not, partly, or all of it."""
    if there.before == 0 and there.after == 0 and here.before == 0:
        return DisplacementResult.UNKNOWN
    if not _clearly_more(there):
        return DisplacementResult.NOT_DISPLACED
    whole = there.increase >= -here.increase > 0
    return DisplacementResult.DISPLACED if whole else DisplacementResult.PARTLY_DISPLACED


def _clearly_more(counts: Counts) -> bool:
    return counts.increase > 0 and counts.after >= counts.before * (1 + CLEAR_CHANGE)
