"""A recorded SSPF outcome as it is kept: immutable, or taken back for a reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from services.intake.domain.sspf import Outcome
from shared.contracts.intake_codes import SspfOutcomeState, WithdrawalReason
from shared.contracts.sspf import SspfMeetingOutcomeWithdrawn

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class Kept:
    """An outcome, and why it was taken back, if it was."""

    outcome: Outcome
    withdrawn: WithdrawalReason | None = None

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Kept":
        """The outcome of what is stored."""
        said = {name: value for name, value in state.items() if name != "withdrawn"}
        reason = state.get("withdrawn")
        return cls(_OUTCOME.validate_python(said), WithdrawalReason(reason) if reason else None)

    @property
    def state(self) -> SspfOutcomeState:
        """Whether it counts."""
        return SspfOutcomeState.WITHDRAWN if self.withdrawn else SspfOutcomeState.RECORDED

    @property
    def stored(self) -> dict[str, Any]:
        """What is stored of it."""
        said = self.outcome.model_dump(mode="json")
        return said | ({"withdrawn": self.withdrawn.value} if self.withdrawn else {})


def withdraw(
    kept: Kept, reason: WithdrawalReason
) -> tuple[Kept, tuple[SspfMeetingOutcomeWithdrawn, ...]]:
    """Take it back; taken back already, nothing happens and the first reason stands."""
    if kept.withdrawn is not None:
        return kept, ()
    return replace(kept, withdrawn=reason), (SspfMeetingOutcomeWithdrawn(reason=reason),)
