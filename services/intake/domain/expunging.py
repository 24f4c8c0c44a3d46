"""What is left of a concern when everything personal about it is destroyed. Pure.

A registered concern stays registered: place, behaviour and time are about nobody and go on being
worked on. One that waits, was rejected or was taken back counts for nothing any more; without its
texts it is expunged whole: of the codes a shell stays, so that a repeat is still recognised.
"""

from typing import Final

from services.intake.domain.concern import Concern
from shared.contracts.codes import ConcernState
from shared.contracts.refusal import Refusal, Refused

ENDING: Final = frozenset({ConcernState.QUARANTINED, ConcernState.REJECTED, ConcernState.WITHDRAWN})
NOTHING_KEPT: Final = Refusal(
    "CONCERN.NOTHING_TO_EXPUNGE",
    "Rapporten har inget att radera: ingen text, inget eget nummer och ingen kontakt.",
    "The concern has nothing to expunge: no text, no own reference and no contact.",
)


def expunged(kept: Concern, *, apart: bool, texts_only: bool = False) -> Concern:
    """The concern without what was written; Refused when there never was anything personal.

    Attributes:
        apart: whether anything is kept beside the codes: a sealed text, a key, a contact.
        texts_only: a concern that stays registered keeps its agency's own reference.
    """
    whole = kept.status in ENDING
    written = kept.registered.has_narrative or kept.external_reference is not None
    if not (apart or whole or written):
        raise Refused(NOTHING_KEPT)
    registered = kept.registered.model_copy(update={"has_narrative": False})
    gone: dict[str, object] = {"registered": registered}
    if whole or not texts_only:
        gone["external_reference"] = None
    if whole:
        gone["status"] = ConcernState.EXPUNGED
    return kept.model_copy(update=gone)
