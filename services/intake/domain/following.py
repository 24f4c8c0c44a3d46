"""Where a report stands, in the words of who reported it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from shared.contracts.codes import CaseState, ConcernState
from shared.contracts.district import Text


class Step(IntEnum):
    """The way of a report, in order."""

    RECEIVED = 1
    LOOKED_AT = 2
    COORDINATOR = 3
    ACTION = 4
    CLOSED = 5


class Reached(StrEnum):
    """How far a step is."""

    DONE = "DONE"
    NOW = "NOW"
    NEXT = "NEXT"


@dataclass(frozen=True, slots=True)
class Told:
    """Where a report stands: the step it is at, none when it ended on the way."""

    step: Step | None
    title: Text
    words: Text


STEPS: Mapping[Step, Text] = {
    Step.RECEIVED: Text(sv="Mottagen", en="Received"),
    Step.LOOKED_AT: Text(sv="En person läser texten", en="A person reads the text"),
    Step.COORDINATOR: Text(sv="Hos samordnaren", en="With the coordinator"),
    Step.ACTION: Text(sv="Åtgärd", en="Action"),
    Step.CLOSED: Text(sv="Avslutad", en="Closed"),
}
RECEIVED = Told(
    Step.RECEIVED,
    Text(sv="Rapporten är mottagen", en="The report is received"),
    Text(sv="Den skickas strax vidare till samordnaren.", en="It soon goes to the coordinator."),
)
LOOKED_AT = Told(
    Step.LOOKED_AT,
    Text(sv="En person läser texten först", en="A person reads the text first"),
    Text(
        sv="Det kan finnas personuppgifter i det du skrev. Rapporten stannar här tills någon har "
        "tittat på den.",
        en="The text may hold personal data. The report stays here until somebody has looked.",
    ),
)
SENT_ON = Told(
    Step.COORDINATOR,
    Text(sv="Rapporten är skickad till samordnaren", en="Sent on to the coordinator"),
    Text(
        sv="Samordnaren har inte gått igenom den än.",
        en="The coordinator has not gone through it yet.",
    ),
)
GONE_THROUGH = Told(
    Step.COORDINATOR,
    Text(sv="Samordnaren har gått igenom rapporten", en="The coordinator has gone through it"),
    Text(
        sv="Den vägs ihop med andra rapporter från samma plats.",
        en="It is weighed with others from the same place.",
    ),
)
WORKED_ON = Told(
    Step.ACTION,
    Text(
        sv="Rapporten är del av ett problem vi arbetar med",
        en="The report is part of a problem we work with",
    ),
    Text(
        sv="Problemet får en orsak, en åtgärd, någon som ansvarar och ett slutdatum.",
        en="The problem gets a cause, an action, somebody responsible and a date.",
    ),
)
IN_ACTION = Told(
    Step.ACTION,
    Text(sv="En åtgärd pågår", en="An action is under way"),
    Text(
        sv="Någon ansvarar för åtgärden och den har ett slutdatum.",
        en="Somebody is responsible for it, and it has a date.",
    ),
)
FOLLOWED_UP = Told(
    Step.ACTION,
    Text(sv="Åtgärden är gjord och följs upp", en="The action is done and followed up"),
    Text(sv="Vi ser efter om den hjälpte.", en="We look whether it helped."),
)
CLOSED = Told(
    Step.CLOSED,
    Text(sv="Rapporten är avslutad", en="The report is closed"),
    Text(
        sv="Händer det igen, rapportera gärna igen.", en="If it happens again, please report again."
    ),
)
DUPLICATE = Told(
    Step.CLOSED,
    Text(sv="Samma sak var redan rapporterad", en="The same was reported before"),
    Text(
        sv="Din rapport räknas, och följs upp tillsammans med den första.",
        en="Yours counts, and is followed up together with the first.",
    ),
)
OUT_OF_SCOPE = Told(
    Step.CLOSED,
    Text(
        sv="Rapporten låg utanför det lokala arbetet",
        en="The report was outside the local work",
    ),
    Text(
        sv="Samordnaren kan inte göra något åt just detta.",
        en="The coordinator cannot act on this one.",
    ),
)
REJECTED = Told(
    None,
    Text(sv="Rapporten gick inte vidare", en="The report did not go further"),
    Text(
        sv="En person läste den. Den handlade om någon enskild, eller hörde inte hemma här. "
        "Rapportera gärna platsen igen, utan uppgifter om personer.",
        en="A person read it. It was about an individual, or did not belong here. Please report "
        "the place again, without anything about persons.",
    ),
)
WITHDRAWN = Told(
    None,
    Text(sv="Rapporten är tillbakadragen", en="The report is withdrawn"),
    Text(sv="Ingen arbetar vidare med den.", en="Nobody works on it any more."),
)
EXPUNGED = Told(
    None,
    Text(sv="Texten i rapporten är raderad", en="The report's text is erased"),
    Text(
        sv="Bara de kodade uppgifterna om plats och tid finns kvar.",
        en="Only the coded facts of place and time remain.",
    ),
)

IN_INTAKE: Mapping[ConcernState, Told] = {
    ConcernState.QUARANTINED: LOOKED_AT,
    ConcernState.REGISTERED: SENT_ON,
    ConcernState.RELEASED: SENT_ON,
    ConcernState.REJECTED: REJECTED,
    ConcernState.WITHDRAWN: WITHDRAWN,
    ConcernState.EXPUNGED: EXPUNGED,
}
IN_COORDINATION: Mapping[CaseState, Told] = {
    CaseState.REGISTERED: SENT_ON,
    CaseState.LINKED: WORKED_ON,
    CaseState.REOPENED: WORKED_ON,
    CaseState.IN_ACTION: IN_ACTION,
    CaseState.FOLLOW_UP: FOLLOWED_UP,
    CaseState.DUPLICATE: DUPLICATE,
    CaseState.OUT_OF_SCOPE: OUT_OF_SCOPE,
    CaseState.CLOSED: CLOSED,
}
GOES_ON = frozenset({ConcernState.REGISTERED, ConcernState.RELEASED, ConcernState.EXPUNGED})


def told(status: ConcernState, case: CaseState | None) -> Told:
    """Where a report stands, by its state here and that of its case in coordination."""
    if status not in GOES_ON or case is None:
        return IN_INTAKE.get(status, RECEIVED)
    return IN_COORDINATION.get(case, GONE_THROUGH)


def way(now: Told) -> list[tuple[Text, Reached]]:
    """Every step and how far it is; that somebody reads the text is told only while they do."""
    if now.step is None:
        return []
    shown = [step for step in Step if step is now.step or step is not Step.LOOKED_AT]
    return [(STEPS[step], _reached(step, now.step)) for step in shown]


def _reached(step: Step, now: Step) -> Reached:
    if step == now:
        return Reached.DONE if now is Step.CLOSED else Reached.NOW
    return Reached.DONE if step < now else Reached.NEXT
