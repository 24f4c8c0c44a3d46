"""What every rule here is made of: a state that never changes, and an answer that is a value."""

from typing import Final, TypeAlias

from pydantic import BaseModel, ConfigDict

from shared.contracts.envelope import Event
from shared.contracts.refusal import Refusal

Decision: TypeAlias = tuple[Event, ...] | Refusal

UNCHANGED: Final[tuple[Event, ...]] = ()


class State(BaseModel):
    """What is known of something; a change is a new value."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def wrong_state(command: str, state: str) -> Refusal:
    """The command cannot be given in this state."""
    return Refusal(
        code="WRONG_STATE",
        sv=f"Det går inte nu: läget är {state} ({command})",
        en=f"Not possible now: the state is {state} ({command})",
    )
