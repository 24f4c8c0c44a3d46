"""A problem's events as a story in plain Swedish: what happened, when, by whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import singledispatch

from services.coordination.domain.signals import Concern
from services.coordination.pages.steps import days
from services.coordination.store.story import Story
from shared.contracts import assignments as on
from shared.contracts import est
from shared.contracts.calendar import day_of, week_of
from shared.contracts.codes import Effect, PriorityDecision
from shared.contracts.district import District
from shared.contracts.envelope import Event
from shared.store.entries import StoredEvent
from shared.web.words import date_sv


@dataclass(frozen=True, slots=True)
class Words:
    """What codes are called."""

    district: District
    places: Mapping[str, str]

    def of(self, code: str | None) -> str:
        """A code of the district file, in Swedish."""
        return self.district.label(code).sv if code else ""

    def place(self, place_id: str | None) -> str:
        """A place by its name."""
        return self.places.get(place_id, self.of(place_id)) if place_id else "utan plats"


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline; `kind` is how its mark looks.

    Entries of one day with the same `many` are told as one: so many of those.
    """

    time: datetime
    title: str
    text: str = ""
    by: str = ""
    kind: str = "plain"
    many: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an event says; None of it where another event says it better."""

    title: str
    text: str = ""
    kind: str = "plain"
    many: str = ""


def told(story: Story, words: Words) -> Sequence[Moment]:
    """The whole story: concerns when they were observed, everything else when it happened."""
    measures = {one.id: words.of(one.state.measure) for one in story.assignments}
    concerns = {one.id: one for one in story.concerns}
    moments = _observed(story.concerns, words)
    for one in story.events:
        said = say(one.event, words)
        if said is not None:
            moments.append(_moment(one, said, words, _about(one, measures, concerns, words)))
    return gathered(sorted(moments, key=lambda moment: moment.time))


def gathered(moments: Sequence[Moment]) -> Sequence[Moment]:
    """The moments with those of one day that say the same told as one, where the first was."""
    found: dict[tuple[date, str, str], list[Moment]] = {}
    for number, moment in enumerate(moments):
        alike = moment.many or f"{moment.title}#{number}"
        found.setdefault((day_of(moment.time), alike, moment.text), []).append(moment)
    return [_as_one(alike) for alike in found.values()]


def _as_one(alike: Sequence[Moment]) -> Moment:
    first = alike[0]
    if len(alike) == 1:
        return first
    by = ", ".join(dict.fromkeys(moment.by for moment in alike))
    return replace(first, title=f"{len(alike)} {first.many}", by=by)


def _observed(concerns: Sequence[Concern], words: Words) -> list[Moment]:
    """What was seen, week by week, each week where its first observation was."""
    weeks: dict[str, list[Concern]] = {}
    for concern in concerns:
        weeks.setdefault(week_of(concern.observed_from), []).append(concern)
    return [_seen_in_week(seen, words) for seen in weeks.values()]


def _seen_in_week(seen: Sequence[Concern], words: Words) -> Moment:
    kinds = Counter(words.of(one.category) for one in seen)
    where = ", ".join(dict.fromkeys(words.place(one.place_id) for one in seen))
    what = ", ".join(f"{kind} ({number})" for kind, number in kinds.most_common())
    taken_back = sum(one.withdrawn for one in seen)
    since = f" Sedan återtagna: {taken_back}." if taken_back else ""
    return Moment(
        min(one.observed_from for one in seen),
        "Iakttagelse" if len(seen) == 1 else f"{len(seen)} iakttagelser under veckan",
        f"{next(iter(kinds)) if len(seen) == 1 else what}. {where}.{since}",
        ", ".join(dict.fromkeys(words.of(one.source_agency) for one in seen)),
    )


def _moment(one: StoredEvent, said: Said, words: Words, about: str) -> Moment:
    title = f"{said.title}: {about}" if about else said.title
    by = words.of(one.meta.agency)
    return Moment(one.meta.time, title, said.text, by, said.kind, said.many)


def _about(
    one: StoredEvent, measures: Mapping[str, str], concerns: Mapping[str, Concern], words: Words
) -> str:
    if one.meta.subject in measures:
        return measures[one.meta.subject]
    concern = concerns.get(one.meta.subject)
    return words.of(concern.category) if concern else ""


@singledispatch
def say(_event: Event, _words: Words) -> Said | None:
    """What an event says; most tell all in their name."""
    return None


@say.register
def _(_event: est.ConcernLinkedToProblem, _words: Words) -> Said:
    return Said("Rapport kopplad", many="rapporter kopplade")


@say.register
def _(event: est.FeedbackGiven, words: Words) -> Said:
    owed = "Rapportören har bett om svar." if event.wants_feedback else "Inget svar begärt."
    text = f"{words.of(event.feedback_code)}. {owed}"
    return Said("Återkoppling", text, "done", many="återkopplingar")


@say.register
def _(event: est.ProblemIdentified, words: Words) -> Said:
    number = len(event.concern_ids)
    text = f"{words.of(event.category)}, {words.place(event.place_id)}: {number} rapporter."
    return Said("Problem föreslaget", text, "decision")


@say.register
def _(event: est.CauseAnalysisRecorded, words: Words) -> Said:
    causes = "; ".join(f"{one.no}. {words.of(one.code)}" for one in event.causes)
    return Said("Orsaker nedskrivna", f"{causes}.", "decision")


@say.register
def _(event: est.PrioritisationDecided, words: Words) -> Said:
    yes = event.decision is PriorityDecision.PRIORITISED
    why = f" Avvikelse: {words.of(event.override_reason)}." if event.override_reason else ""
    title = "Problemet prioriterat" if yes else "Problemet nedprioriterat"
    return Said(title, f"{event.total} poäng av 24.{why}", "decision")


@say.register
def _(event: est.ProblemResolved, words: Words) -> Said:
    gone = event.effect is Effect.IMPROVED
    title = "Problemet löst" if gone else "Problemet kvarstår"
    return Said(title, f"{words.of(event.effect)}.", "done" if gone else "warn")


@say.register
def _(event: est.ProblemReopened, words: Words) -> Said:
    return Said("Problemet öppnat igen", f"{words.of(event.reason)}.", "warn")


@say.register
def _(event: est.FollowUpScheduled, _words: Words) -> Said:
    return Said("Uppföljning planerad", f"{_day(event.due)}.")


@say.register
def _(event: est.FollowUpRecorded, words: Words) -> Said:
    counts = (
        f"{event.baseline_count} rapporter före, {event.after_count} efter "
        f"({days(event.window_days)}). {words.of(event.effect)}."
    )
    if event.displacement_result is not None:
        at = words.place(event.displacement_place_id)
        counts += f" Överflyttning till {at}: {words.of(event.displacement_result)}."
    return Said("Uppföljning", counts, "decision")


@say.register
def _(event: on.AssignmentAssigned, words: Words) -> Said:
    text = f"{words.of(event.owner)}, klart senast {_day(event.due)}."
    return Said("Uppdrag givet", text, "decision")


@say.register
def _(event: on.AssignmentDeclined, words: Words) -> Said:
    text = f"{words.of(event.reason)}. Föreslår {words.of(event.suggested_owner)}."
    return Said("Avböjt", text, "warn")


@say.register
def _(event: on.AssignmentRedirected, words: Words) -> Said:
    return Said(
        "Omdirigerat", f"Från {words.of(event.from_owner)} till {words.of(event.to_owner)}."
    )


@say.register
def _(event: on.AssignmentStarted, _words: Words) -> Said:
    length = days((event.baseline_to - event.baseline_from).days)
    return Said("Påbörjat", f"{event.baseline_count} rapporter under {length} före.")


@say.register
def _(event: on.AssignmentBlocked, words: Words) -> Said:
    return Said("Hindrat", f"{words.of(event.reason)}.", "warn")


@say.register
def _(event: on.AssignmentCompleted, _words: Words) -> Said:
    return Said("Utfört", f"{_day(event.completed_on)}.", "done")


@say.register
def _(event: on.AssignmentClosed, words: Words) -> Said:
    return Said("Avslutat", f"Effekt: {words.of(event.effect)}.", "done")


@say.register
def _(event: on.AssignmentCancelled, words: Words) -> Said:
    return Said("Inställt", f"{words.of(event.reason)}.", "warn")


@say.register
def _(event: on.AssignmentReopened, words: Words) -> Said:
    return Said("Öppnat igen", f"{words.of(event.reason)}.", "warn")


@say.register
def _(event: on.AssignmentDueDateChanged, words: Words) -> Said:
    return Said(
        "Ny förfallodag",
        f"{_day(event.new)} i stället för {_day(event.old)}. {words.of(event.reason)}.",
    )


@say.register
def _(event: on.AssignmentEscalationRaised, words: Words) -> Said:
    text = f"{words.of(event.kind)}, {event.days} dagar. Nivå {event.level}."
    return Said("Påminnelse", text, "warn")


@say.register
def _(_event: on.AssignmentAccepted, _words: Words) -> Said:
    return Said("Accepterat")


@say.register
def _(_event: on.AssignmentUnblocked, _words: Words) -> Said:
    return Said("Inte längre hindrat")


@say.register
def _(_event: on.AssignmentVerified, _words: Words) -> Said:
    return Said("Kontrollerat", "Någon har sett att det är gjort.", "done")


def _day(day: date) -> str:
    return date_sv(day)
