"""Did it help? Equally many days are counted before the start and after the completion."""

from datetime import date, datetime, timedelta

from services.coordination.domain.decision import State
from shared.contracts.calendar import day_of
from shared.contracts.codes import DisplacementResult, Effect


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

    @property
    def within_chance(self) -> bool:
        """Whether the difference is no larger than chance alone makes it: √(before + after).

        Reports come one by one. Where nothing has changed, each of two windows of one length
        holds a number that scatters with its own square root, and their difference with the
        root of the sum. Up to one such scatter is noise: 1 against 0, 3 against 1, 8 against 5.
        A fixed share cannot tell that: a quarter of four is one report, a quarter of 400 is not.
        """
        return self.increase**2 <= self.before + self.after


class Compared(State):
    """The two windows of a follow-up: of one length, and without a day in common."""

    before: Window
    after: Window


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
    """The whole days before a day; before the start of a measure they are its baseline."""
    return Window(begins=day - timedelta(days=days), ends=day)


def compared(
    *, started_on: date, completed_on: date, followed_up_on: date, longest: int
) -> Compared | None:
    """What a follow-up on a day counts; None before there is a whole day to count.

    The later window lies after the completion: it begins the day after at the earliest and ends
    at the follow-up, whose own day is not over and does not count. It has at most the `longest`
    days, the last ones. The earlier window has just as many, directly before the measure began;
    one that was reported as done for an earlier day began on that day at the latest.
    """
    days = min((followed_up_on - completed_on).days - 1, longest)
    if days < 1:
        return None
    return Compared(
        before=window_before(min(started_on, completed_on), days),
        after=window_before(followed_up_on, days),
    )


def follow_up_due(completed_on: date, now: datetime, days: int) -> date:
    """So many days after the measure was done, and never in the past."""
    return max(completed_on + timedelta(days=days), day_of(now))


def suggested_effect(counts: Counts) -> Effect:
    """Fewer, more, or the same but for chance; nothing in either window tells nothing."""
    if counts.before == counts.after == 0:
        return Effect.UNKNOWN
    if counts.within_chance:
        return Effect.UNCHANGED
    return Effect.WORSE if counts.increase > 0 else Effect.IMPROVED


def displacement(here: Counts, there: Counts) -> DisplacementResult:
    """Whether what fell here rose at the other place: not, partly, or all of it."""
    if there.before == 0 and there.after == 0 and here.before == 0:
        return DisplacementResult.UNKNOWN
    if there.increase <= 0 or there.within_chance:
        return DisplacementResult.NOT_DISPLACED
    whole = there.increase >= -here.increase > 0
    return DisplacementResult.DISPLACED if whole else DisplacementResult.PARTLY_DISPLACED
