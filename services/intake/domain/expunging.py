"""What is left of a concern when its texts are destroyed. Pure.

A registered concern stays registered: place, behaviour and time are about nobody and go on being
worked on. One that waits, was rejected or was taken back counts for nothing any more; without its
texts it is expunged whole: of the codes a shell stays, so that a repeat is still recognised.
"""

from collections.abc import Collection
from typing import Final

from services.intake.domain.concern import Concern
from shared.contracts.codes import ConcernState
from shared.contracts.refusal import Refusal, Refused

ENDING: Final = frozenset({ConcernState.QUARANTINED, ConcernState.REJECTED, ConcernState.WITHDRAWN})
NOTHING_KEPT: Final = Refusal(
    "CONCERN.NOTHING_TO_EXPUNGE",
    "Rapporten har ingen fritext att radera.",
    "The concern has no text to expunge.",
)


def expunged(kept: Concern, sealed: Collection[str]) -> Concern:
    """The concern without the texts in these sealed fields; Refused when there never were any."""
    whole = kept.status in ENDING
    if not (sealed or whole or kept.registered.has_narrative):
        raise Refused(NOTHING_KEPT)
    registered = kept.registered.model_copy(update={"has_narrative": False})
    if not whole:
        return kept.model_copy(update={"registered": registered})
    gone = {"status": ConcernState.EXPUNGED, "external_reference": None}
    return kept.model_copy(update={"registered": registered, **gone})
