"""What is made up where everything else is real: kept as any other, told to nobody beyond intake.

Systems are tried with it: it is screened, sealed, listed and read back, and changes no figure.
"""

from collections.abc import Sequence
from typing import Final

from shared.contracts.envelope import Event
from shared.store.stream import Loaded

AT_HOME: Final = "at_home"


def going_out(standing: Loaded, events: Sequence[Event]) -> Sequence[Event]:
    """The events of a change that go out: none where the concern stays at home."""
    return () if standing.extra.get(AT_HOME) else events
