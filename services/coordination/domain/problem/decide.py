"""What may be done with a problem, and when; every function answers events or a refusal."""

from collections.abc import Sequence
from typing import Final

from services.coordination.domain.decision import UNCHANGED, Decision, wrong_state
from services.coordination.domain.problem.state import Priority, Problem
from services.coordination.domain.signals import Concern, Likeness, commonest_place, is_pattern
from shared.contracts.codes import Effect, PriorityDecision, ProblemState
from shared.contracts.envelope import Event
from shared.contracts.est import (
    Cause,
    CauseAnalysisRecorded,
    PrioritisationDecided,
    ProblemIdentified,
    ProblemProfileUpdated,
    ProblemReopened,
    ProblemResolved,
    Scores,
)
from shared.contracts.refusal import UNPROCESSABLE, Refusal
from shared.contracts.types import Code

P = ProblemState

ENOUGH_POINTS: Final = 8  # a third of the 24 there are
OPEN: Final = frozenset(P) - {P.RESOLVED}
POSSIBLE: Final = {
    "link": OPEN,
    "causes": OPEN - {P.PERSISTING},
    "prioritisation": OPEN - {P.PERSISTING},
    "quick fix": OPEN - {P.DEPRIORITISED},
    "measure": frozenset({P.PRIORITISED, P.IN_ACTION, P.FOLLOW_UP, P.PERSISTING}),
    "resolve": frozenset({P.FOLLOW_UP, P.PERSISTING, P.DEPRIORITISED}),
    "reopen": frozenset({P.RESOLVED, P.PERSISTING}),
}

NOT_SIMILAR: Final = Refusal(
    code="NOT_SIMILAR",
    sv="Ett problem är minst två liknande rapporter; annars ange att det är ett bedömt mönster",
    en="A problem is at least two similar concerns; otherwise say that it is a judged pattern",
    status=UNPROCESSABLE,
)
PLACE_NEEDED: Final = Refusal(
    code="PLACE_NEEDED",
    sv="Ange platsen: utan plats finns ingen som har rådighet",
    en="Name the place: without it nobody has control",
    status=UNPROCESSABLE,
)
NUMBERED_TWICE: Final = Refusal(
    code="CAUSE_NUMBERED_TWICE",
    sv="Varje orsak har sitt eget nummer",
    en="Every cause has a number of its own",
    status=UNPROCESSABLE,
)
ANALYSE_FIRST: Final = Refusal(
    code="ANALYSE_FIRST",
    sv="Skriv ned orsakerna innan problemet prioriteras",
    en="Write down the causes before the problem is prioritised",
)
OVERRIDE_NEEDS_REASON: Final = Refusal(
    code="OVERRIDE_NEEDS_REASON",
    sv="Beslutet avviker från poängen eller villkoren; ange varför",
    en="The decision differs from the scores or the gates; say why",
    status=UNPROCESSABLE,
)
STILL_IN_ACTION: Final = Refusal(
    code="STILL_IN_ACTION",
    sv="Åtgärder pågår; avsluta eller ställ in dem först",
    en="Measures are under way; close or cancel them first",
)
NO_SUCH_CAUSE: Final = Refusal(
    code="NO_SUCH_CAUSE",
    sv="Orsaken med det numret finns inte",
    en="There is no cause with that number",
    status=UNPROCESSABLE,
)


def identify(
    concerns: Sequence[Concern], *, likeness: Likeness, judged: bool, place_id: str | None
) -> Decision:
    """Propose a problem of similar concerns, or (`judged`) of what the group sees as a pattern."""
    if not concerns or not (judged or is_pattern(concerns, likeness)):
        return NOT_SIMILAR
    place = place_id or commonest_place(concerns)
    if place is None:
        return PLACE_NEEDED
    identified = ProblemIdentified(
        category=concerns[0].category,
        place_id=place,
        concern_ids=tuple(concern.id for concern in concerns),
        first_observed=min(concern.observed_from for concern in concerns),
    )
    return (identified, _profile(concerns))


def update_profile(state: Problem, linked: Sequence[Concern]) -> tuple[Event, ...]:
    """Count the linked concerns anew; what has not changed is not told."""
    if not linked:
        return UNCHANGED
    profile = _profile(linked)
    known = (state.concerns, state.last_observed, state.agencies)
    told = (profile.concerns, profile.last_observed, profile.agencies)
    return UNCHANGED if told == known else (profile,)


def may_link(state: Problem) -> Refusal | None:
    """Whether a concern may be linked to it: to a resolved one only after it is reopened."""
    return _impossible("link", state)


def record_causes(state: Problem, causes: Sequence[Cause]) -> Decision:
    """Write down why the problem is there and who could act; the whole list each time."""
    if len({cause.no for cause in causes}) < len(causes):
        return NUMBERED_TWICE
    recorded = CauseAnalysisRecorded(causes=tuple(causes))
    return _impossible("causes", state) or (recorded,)


def suggested_decision(scores: Scores, *, influenceable: bool, resources: bool) -> PriorityDecision:
    """What scores and gates alone would say."""
    enough = total_of(scores) >= ENOUGH_POINTS
    if enough and influenceable and resources:
        return PriorityDecision.PRIORITISED
    return PriorityDecision.DEPRIORITISED


def total_of(scores: Scores) -> int:
    """The sum of the eight components."""
    return sum(int(points) for points in scores.model_dump().values())


def prioritise(state: Problem, wanted: Priority) -> Decision:
    """Decide whether to work with it now; against scores or gates only with a reason."""
    if refused := _impossible("prioritisation", state):
        return refused
    if not state.causes:
        return ANALYSE_FIRST
    putting_off = wanted.decision is PriorityDecision.DEPRIORITISED
    if putting_off and state.state in {P.IN_ACTION, P.FOLLOW_UP}:
        return STILL_IN_ACTION
    suggested = suggested_decision(
        wanted.scores, influenceable=wanted.influenceable, resources=wanted.resources
    )
    if wanted.decision is not suggested and wanted.override_reason is None:
        return OVERRIDE_NEEDS_REASON
    return (PrioritisationDecided(**wanted.model_dump()),)


def may_assign(state: Problem, cause_no: int | None) -> Refusal | None:
    """Whether a measure may be given: against one of its causes, or as a quick fix (no number)."""
    refused = _impossible("quick fix" if cause_no is None else "measure", state)
    if refused or cause_no is None:
        return refused
    return None if state.cause(cause_no) else NO_SUCH_CAUSE


def resolve(state: Problem, effect: Effect) -> Decision:
    """End it with what the measures did: improved resolves it, anything else is watched on."""
    return _impossible("resolve", state) or (ProblemResolved(effect=effect),)


def reopen(state: Problem, reason: Code) -> Decision:
    """It is back."""
    return _impossible("reopen", state) or (ProblemReopened(reason=reason),)


def _profile(concerns: Sequence[Concern]) -> ProblemProfileUpdated:
    return ProblemProfileUpdated(
        concerns=len(concerns),
        last_observed=max(concern.observed_from for concern in concerns),
        agencies=len({concern.source_agency for concern in concerns}),
    )


def _impossible(command: str, state: Problem) -> Refusal | None:
    return None if state.state in POSSIBLE[command] else wrong_state(command, state.state)
