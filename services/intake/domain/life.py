"""What becomes of a concern after it was taken in. Pure.

A rule answers how the concern is kept afterwards and what is told; nothing is told where it stood
like that already. Nothing leaves screening without a pass: of a quarantined concern only a person's
release makes a registered one, and a correction must pass the screen to be one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.intake.domain.concern import Concern, Surroundings, coded
from services.intake.domain.finding_words import listed
from services.intake.domain.geography import ANYWHERE
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import ConcernState, FindingType
from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernRegistered,
    ConcernRejected,
    ConcernReleased,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Event
from shared.contracts.intake_codes import RejectionReason, ReleaseReason, WithdrawalReason
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

REDACTED: Final = "REDACTED"
# What the person at the desk can tell to be something else: a street, a shop, an agency's page.
JUDGED: Final = frozenset({
    FindingType.NAME, FindingType.ADDRESS, FindingType.URL, FindingType.HANDLE,
})  # fmt: skip

# No answer will be given, so how to reach its reporter is no longer needed.
OVER: Final = frozenset({ConcernState.REJECTED, ConcernState.WITHDRAWN, ConcernState.EXPUNGED})
ENDED: Final = Refusal(
    "CONCERN.ENDED",
    "Rapporten är avvisad, återtagen eller raderad.",
    "The concern has been rejected, withdrawn or expunged.",
)
NOT_REGISTERED: Final = Refusal(
    "CONCERN.NOT_REGISTERED",
    "Bara en registrerad rapport kan rättas.",
    "Only a registered concern can be corrected.",
)
NOT_IN_QUARANTINE: Final = Refusal(
    "CONCERN.NOT_IN_QUARANTINE",
    "Rapporten är inte i karantän.",
    "The concern is not in quarantine.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """The concern as it is kept from now on, and what is told."""

    kept: Concern
    events: tuple[Event, ...] = ()


def withdraw(kept: Concern, reason: WithdrawalReason) -> Change:
    """Whoever reported it takes it back; taken back already, nothing happens."""
    if kept.status is ConcernState.WITHDRAWN:
        return Change(kept)
    if kept.status not in {ConcernState.REGISTERED, ConcernState.QUARANTINED}:
        raise Refused(ENDED)
    after = {"status": ConcernState.WITHDRAWN, "reason": reason.value, "held": not kept.passed}
    told = ConcernWithdrawn(reason=reason, source_agency=kept.registered.source_agency)
    return Change(kept.model_copy(update=after), (told,))


def correct(
    kept: Concern,
    report: ConcernReport,
    found: Sequence[FindingType],
    *,
    around: Surroundings,
    moved: bool = True,
) -> Change:
    """The report as it should have been; a text that is not given stays as it is.

    It is judged as of the day it was taken in, and a finding refuses it: what is registered
    already cannot wait in quarantine, and what waits there cannot be corrected from outside.
    Where it is not `moved` its point only stands for the place that is kept.
    """
    if kept.status is not ConcernState.REGISTERED:
        raise Refused(NOT_REGISTERED)
    then = replace(around, now=kept.registered.registered_at)
    then = then if moved else replace(then, outline=ANYWHERE)
    said = coded(report, agency=kept.registered.source_agency, around=then)
    if found:
        raise Refused(_found(found))
    registered = said.model_copy(
        update={
            "has_narrative": said.has_narrative or kept.registered.has_narrative,
            "synthetic": said.synthetic or kept.registered.synthetic,
            **({} if moved else kept.registered.model_dump(include={"place_id", "cell"})),
        }
    )
    if registered == kept.registered and not report.free_text:
        return Change(kept)
    told = ConcernCorrected(**registered.model_dump(), corrected_at=around.now)
    reference = report.external_reference or kept.external_reference
    after = {"registered": registered, "external_reference": reference}
    return Change(kept.model_copy(update=after), (told,))


def release(kept: Concern, reason: ReleaseReason, *, reference: str | None) -> Change:
    """A person lets the text stand as it was written, for a reason."""
    _in_quarantine(kept)
    released = ConcernReleased(
        findings=kept.findings,
        source_agency=kept.registered.source_agency,
        redacted=False,
        reason=reason,
    )
    after = {"reason": reason.value, "external_reference": reference}
    return _let_through(kept.model_copy(update=after), released, kept.registered)


def redact(
    kept: Concern, narrative: str | None, found: Sequence[FindingType], *, reference: str | None
) -> Change:
    """A person lets it through with another text, or none; numbers are never let through so."""
    _in_quarantine(kept)
    if left := [kind for kind in found if kind not in JUDGED]:
        raise Refused(_found(left))
    released = ConcernReleased(
        findings=kept.findings, source_agency=kept.registered.source_agency, redacted=True
    )
    registered = kept.registered.model_copy(update={"has_narrative": bool(narrative)})
    after = {"reason": REDACTED, "external_reference": reference}
    return _let_through(kept.model_copy(update=after), released, registered)


def reject(kept: Concern, reason: RejectionReason) -> Change:
    """A person does not let it through: it is never registered."""
    _in_quarantine(kept)
    rejected = ConcernRejected(
        findings=kept.findings, source_agency=kept.registered.source_agency, reason=reason
    )
    after = {"status": ConcernState.REJECTED, "reason": reason.value}
    return Change(kept.model_copy(update=after), (rejected,))


def _in_quarantine(kept: Concern) -> None:
    if kept.status is not ConcernState.QUARANTINED:
        raise Refused(NOT_IN_QUARANTINE)


def _let_through(kept: Concern, released: ConcernReleased, registered: ConcernRegistered) -> Change:
    after = {"status": ConcernState.REGISTERED, "registered": registered}
    return Change(kept.model_copy(update=after), (released, registered))


def _found(found: Sequence[FindingType]) -> Refusal:
    """The kinds of findings, never what was found."""
    told, en = listed(found), listed(found, "en")
    return Refusal(
        "CONCERN.PERSONAL_DATA",
        f"Texten kan innehålla personuppgifter ({told}) och är inte sparad.",
        f"The text may hold personal data ({en}) and was not stored.",
        UNPROCESSABLE,
    )
